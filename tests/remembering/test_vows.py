"""Listenings without skipping: how they begin and end, and what is kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from homes import KINDS, open_one
from senandung.domain.errors import InvalidValueError
from senandung.domain.memory import Felt, Memory, Note
from senandung.remembering.memories import add_memory, find_memory
from senandung.remembering.store.database import Database
from senandung.remembering.vows import (
    all_vows,
    begin_vow,
    delete_vow,
    end_vow,
    find_vow,
    note_vow,
    vowed_songs,
    vows_of_track,
)
from settled import NOW, People, settle

BEFORE = Note("Sudah tujuh tahun tidak berani.", Felt(-0.6, 0.3, ("takut",)))
AFTER = Note("Ternyata bisa.", Felt(0.35, -0.2, ("lega",)))


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    yield from open_one(request.param, tmp_path)


@pytest.fixture
def people(database: Database) -> People:
    return settle(database)


def test_a_listening_is_kept_with_its_notes(database: Database, people: People) -> None:
    with database.writing() as session:
        vow = begin_vow(session, people.ibu, people.songs[0], BEFORE, at=NOW)
    assert (vow.before, vow.after, vow.ended, vow.ended_how) == (BEFORE, Note(), None, None)
    with database.writing() as session:
        ended = end_vow(session, people.ibu, vow.id, "heard", heard_ms=239_000, at=NOW + timedelta(minutes=4))
        assert ended is not None and (ended.ended_how, ended.heard_ms) == ("heard", 239_000)
        noted = note_vow(session, people.ibu, vow.id, after=AFTER)
        assert noted is not None and (noted.before, noted.after) == (BEFORE, AFTER)
    with database.reading() as session:
        assert find_vow(session, people.ibu, vow.id) == noted
        assert vows_of_track(session, people.ibu, people.songs[0]) == (noted,)
        assert [(track.title, when) for track, when in vowed_songs(session, people.ibu)] == [("Kangen", NOW)]


def test_the_first_end_stands_but_for_a_page_that_was_closed(database: Database, people: People) -> None:
    ends = []
    for said in (("stopped", "left"), ("left", "heard"), ("heard", "stopped")):
        with database.writing() as session:
            vow = begin_vow(session, people.ibu, people.songs[0], Note(), at=NOW)
            for how in said:
                end_vow(session, people.ibu, vow.id, how, heard_ms=1000, at=NOW)
        with database.reading() as session:
            found = find_vow(session, people.ibu, vow.id)
            assert found is not None
            ends.append(found.ended_how)
    assert ends == ["stopped", "heard", "heard"]
    with pytest.raises(InvalidValueError, match="heard, stopped, left"), database.writing() as session:
        end_vow(session, people.ibu, vow.id, "gave up", at=NOW)


def test_a_listening_that_was_left_without_a_word_is_not_shown(database: Database, people: People) -> None:
    with database.writing() as session:
        silent = begin_vow(session, people.ibu, people.songs[0], Note(), at=NOW)
        end_vow(session, people.ibu, silent.id, "left", at=NOW)
        said = begin_vow(session, people.ibu, people.songs[0], BEFORE, at=NOW)
        end_vow(session, people.ibu, said.id, "stopped", at=NOW)
    with database.reading() as session:
        assert [vow.id for vow in all_vows(session, people.ibu)] == [said.id]


def test_a_song_heard_elsewhere_has_the_persons_word(database: Database, people: People) -> None:
    with database.writing() as session:
        vow = begin_vow(session, people.ibu, people.elsewhere, BEFORE, at=NOW, elsewhere=True)
        assert vow.elsewhere and vow.track.title == "Sempurna"
        assert end_vow(session, people.ibu, vow.id, "heard", at=NOW) is not None
    with pytest.raises(InvalidValueError, match="no such song"), database.writing() as session:
        begin_vow(session, people.dewi, people.elsewhere, BEFORE, at=NOW)


def test_another_person_sees_nothing(database: Database, people: People) -> None:
    with database.writing() as session:
        vow = begin_vow(session, people.ibu, people.songs[0], BEFORE, at=NOW)
        assert find_vow(session, people.dewi, vow.id) is None
        assert end_vow(session, people.dewi, vow.id, "heard", at=NOW) is None
        assert note_vow(session, people.dewi, vow.id, after=AFTER) is None
        assert not delete_vow(session, people.dewi, vow.id)
        assert vows_of_track(session, people.dewi, people.songs[0]) == ()
        assert vowed_songs(session, people.dewi) == ()


def test_a_listening_is_deleted_and_its_chills_stay(database: Database, people: People) -> None:
    with database.writing() as session:
        vow = begin_vow(session, people.ibu, people.songs[0], BEFORE, at=NOW)
        chills = add_memory(session, people.ibu, people.songs[0], Memory(95_000, kind="chills"), vow_id=vow.id, at=NOW)
        assert chills.vow_id == vow.id
    with database.writing() as session:
        assert delete_vow(session, people.ibu, vow.id)
    with database.reading() as session:
        kept = find_memory(session, people.ibu, chills.id)
        assert kept is not None and kept.vow_id is None
