"""Memories: kept, found, changed, and gone when they are deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from homes import KINDS, open_one
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import PLACES
from senandung.domain.fuzzy_date import FuzzyDate, parse_fuzzy_date
from senandung.domain.memory import Felt, KeptMemory, Memory, Voice, felt_of, people_of
from senandung.remembering.memories import (
    Asked,
    add_memory,
    change_memory,
    delete_all_memories,
    delete_memory,
    facets,
    find_memory,
    make_primary,
    memories_of_track,
    primary_memories,
    same_memory,
    search_memories,
    voice_of,
)
from senandung.remembering.store.database import Database, forget
from senandung.remembering.store.memories import MemoryPersonRow
from settled import NOW, People, settle

TODAY = date(2026, 3, 1)
RAIN = Memory(
    83_400,
    91_000,
    when=parse_fuzzy_date("sekitar Lebaran 2009", today=TODAY),
    people=("Ibu", "Pak Raden"),
    place="Stasiun Tugu, Yogyakarta",
    felt=Felt(-0.1, -0.05, ("rindu",)),
    text="Hujan di peron, ibu melambaikan payung merah.",
)
VOICE = Voice("audio/webm", b"\x1aE\xdf\xa3 not really a recording")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    yield from open_one(request.param, tmp_path)


@pytest.fixture
def people(database: Database) -> People:
    return settle(database)


def add(database: Database, who: int, track: int, memory: Memory = RAIN, voice: Voice | None = None) -> KeptMemory:
    with database.writing() as session:
        return add_memory(session, who, track, memory, voice=voice, at=NOW)


def titles(database: Database, who: int, asked: Asked) -> list[str]:
    with database.reading() as session:
        found, count = search_memories(session, who, asked)
    assert count == len(found)
    return [each.track.title for each in found]


def test_a_memory_comes_back_whole(database: Database, people: People) -> None:
    kept = add(database, people.ibu, people.songs[0], voice=VOICE)
    with database.reading() as session:
        again = find_memory(session, people.ibu, kept.id)
        assert again == kept
        assert again is not None
        assert again.memory == RAIN
        assert again.track.title == "Kangen"
        assert again.voice == "audio/webm"
        assert again.created == again.changed == NOW
        assert voice_of(session, people.ibu, kept.id) == VOICE
        assert memories_of_track(session, people.ibu, people.songs[0]) == (kept,)


def test_another_person_gets_nothing(database: Database, people: People) -> None:
    kept = add(database, people.ibu, people.songs[0], voice=VOICE)
    with database.writing() as session:
        assert find_memory(session, people.dewi, kept.id) is None
        assert voice_of(session, people.dewi, kept.id) is None
        assert memories_of_track(session, people.dewi, people.songs[0]) == ()
        assert search_memories(session, people.dewi) == ((), 0)
        assert primary_memories(session, people.dewi) == ()
        assert facets(session, people.dewi).memories == 0
        assert facets(session, people.dewi).people == ()
        assert change_memory(session, people.dewi, kept.id, RAIN, at=NOW) is None
        assert not delete_memory(session, people.dewi, kept.id)
        assert not make_primary(session, people.dewi, kept.id)
        assert delete_all_memories(session, people.dewi) == 0
    with database.reading() as session:
        assert find_memory(session, people.ibu, kept.id) == kept


def test_songs_of_others_take_no_memory(database: Database, people: People) -> None:
    with pytest.raises(InvalidValueError, match="no such song"):
        add(database, people.dewi, people.own)
    with pytest.raises(InvalidValueError, match="no such song"):
        add(database, people.ibu, 999_999)


def test_what_says_nothing_or_lies_behind_the_song_is_refused(database: Database, people: People) -> None:
    with pytest.raises(InvalidValueError, match="must say something"):
        add(database, people.ibu, people.songs[0], Memory(1000))
    with pytest.raises(InvalidValueError, match="ends at 240000 ms"):
        add(database, people.ibu, people.songs[0], replace(RAIN, start_ms=240_001, end_ms=None))
    with pytest.raises(InvalidValueError, match="at most 12 MB"):
        add(database, people.ibu, people.songs[0], voice=Voice("audio/webm", bytes((12 << 20) + 1)))
    chills = add(database, people.ibu, people.songs[0], Memory(1000, kind="chills"))
    assert not chills.primary


def test_the_first_memory_of_a_song_is_primary_and_its_place_is_inherited(database: Database, people: People) -> None:
    first, second, third = (add(database, people.ibu, people.songs[0], replace(RAIN, text=text)) for text in "abc")
    assert [each.primary for each in (first, second, third)] == [True, False, False]
    with database.writing() as session:
        assert make_primary(session, people.ibu, third.id)
    with database.reading() as session:
        assert [each.id for each in primary_memories(session, people.ibu)] == [third.id]
    with database.writing() as session:
        assert delete_memory(session, people.ibu, third.id)
    with database.reading() as session:
        assert [each.id for each in primary_memories(session, people.ibu)] == [first.id]


def test_a_memory_is_changed(database: Database, people: People) -> None:
    kept = add(database, people.ibu, people.songs[0], voice=VOICE)
    later = NOW + timedelta(days=3)
    other = replace(RAIN, people=("Pak Raden", "Dewi"), text="Bukan payung, jas hujan.", place="Solo", end_ms=None)
    with database.writing() as session:
        changed = change_memory(session, people.ibu, kept.id, other, at=later)
        assert changed is not None
        assert (changed.memory, changed.created, changed.changed, changed.voice) == (other, NOW, later, "audio/webm")
    with database.reading() as session:
        assert find_memory(session, people.ibu, kept.id) == changed
        assert {row.name for row in session.scalars(select(MemoryPersonRow))} == {"Pak Raden", "Dewi"}
    assert titles(database, people.ibu, Asked(text="payung merah")) == []
    assert titles(database, people.ibu, Asked(place="solo")) == ["Kangen"]
    with database.writing() as session:
        silent = change_memory(session, people.ibu, kept.id, other, silent=True, at=later)
        assert silent is not None and silent.voice is None
        assert voice_of(session, people.ibu, kept.id) is None


def test_memories_are_found_by_all_that_they_hold(database: Database, people: People) -> None:
    add(database, people.ibu, people.songs[0])
    school = Memory(
        0, when=FuzzyDate("waktu SMA", date(1999, 7, 1), date(2003, 6, 30)), people=("Dewi",),
        place="Kantin SMA 3", felt=Felt(0.7, 0.4), text="Tertawa sampai menangis. 100% bahagia",
    )  # fmt: skip
    add(database, people.ibu, people.songs[1], school)
    add(
        database,
        people.ibu,
        people.songs[2],
        replace(school, when=FuzzyDate(), people=(), place="", text="Tanpa tanggal"),
    )
    found = {
        "Lilin-Lilin Kecil": (
            Asked(text="MENANGIS tertawa"), Asked(text="lilin kantin"), Asked(text="chrisye"), Asked(person="dewi"),
            Asked(place="sma 3"), Asked(year=1999), Asked(year=2003), Asked(text="100%"), Asked(text="waktu sma"),
            Asked(track_id=people.songs[1]),
        ),
        "Kangen": (
            Asked(year=2009), Asked(feeling="rindu"), Asked(feeling="longing"), Asked(person="pak raden"),
            Asked(text="payung", feeling="rindu", person="Ibu"), Asked(text="rindu"),
        ),
    }  # fmt: skip
    for title, many in found.items():
        for asked in many:
            assert titles(database, people.ibu, asked) == [title], asked
    assert titles(database, people.ibu, Asked(feeling="senang")) == ["Lilin-Lilin Kecil", "Bengawan Solo"]
    for nothing in (
        Asked(year=2004),
        Asked(text="100%x"),
        Asked(person="dew"),
        Asked(feeling="marah"),
        Asked(place="tertawa"),
    ):
        assert titles(database, people.ibu, nothing) == [], nothing
    assert titles(database, people.ibu, Asked()) == ["Kangen", "Lilin-Lilin Kecil", "Bengawan Solo"]


def test_pages_of_what_was_found(database: Database, people: People) -> None:
    for number in range(7):
        add(database, people.ibu, people.songs[0], replace(RAIN, text=str(number)))
    with database.reading() as session:
        pages = [search_memories(session, people.ibu, most=3, skip=skip) for skip in (0, 3, 6)]
    assert [len(found) for found, _ in pages] == [3, 3, 1]
    assert {count for _, count in pages} == {7}
    assert len({each.id for found, _ in pages for each in found}) == 7


def test_what_there_is_to_search_by(database: Database, people: People) -> None:
    add(database, people.ibu, people.songs[0])
    add(database, people.ibu, people.songs[1], replace(RAIN, people=("IBU",), place="Solo", felt=Felt(words=("haru",))))
    with database.reading() as session:
        found = facets(session, people.ibu)
    assert found.memories == 2
    assert [(name.lower(), count) for name, count in found.people] == [("ibu", 2), ("pak raden", 1)]
    assert dict(found.places) == {"Solo": 1, "Stasiun Tugu, Yogyakarta": 1}
    assert found.years == ((2009, 2),)
    assert dict(found.feelings) == {"rindu": 1, "haru": 1}


def test_a_memory_of_another_home_is_known_again(database: Database, people: People) -> None:
    add(database, people.ibu, people.songs[0])
    with database.reading() as session:
        assert same_memory(session, people.ibu, people.songs[0], RAIN, NOW)
        assert not same_memory(session, people.dewi, people.songs[0], RAIN, NOW)
        assert not same_memory(session, people.ibu, people.songs[0], replace(RAIN, text="lain"), NOW)


def test_what_was_deleted_is_in_no_file(tmp_path: Path) -> None:
    marks = [b"payung merah sekali", b"Nyai Sekar Kedhaton", b"Pelabuhan Sunda Kelapa", b"suara-yang-disimpan"]
    voice = Voice("audio/webm", marks[3] * 3000)
    secret = replace(RAIN, text=marks[0].decode() * 400, people=(marks[1].decode(),), place=marks[2].decode())
    for database in open_one("sqlite", tmp_path):
        people = settle(database)
        other = add(database, people.ibu, people.songs[1], replace(RAIN, text="yang ini tinggal"))
        kept = add(database, people.ibu, people.songs[0], secret, voice)
        changed = add(database, people.ibu, people.songs[0], secret)
        forget(database)
        before = b"".join(path.read_bytes() for path in tmp_path.glob("home.db*"))
        assert all(mark in before for mark in marks)
        with database.writing() as session:
            assert delete_memory(session, people.ibu, kept.id)
            assert change_memory(session, people.ibu, changed.id, replace(RAIN, text="pendek"), at=NOW)
        forget(database)
        after = b"".join(path.read_bytes() for path in tmp_path.glob("home.db*"))
        assert [mark for mark in marks if mark.lower() in after.lower()] == []
        assert b"yang ini tinggal" in after
        with database.reading() as session:
            assert find_memory(session, people.ibu, other.id) == other


def test_a_deleted_person_takes_their_memories_along(database: Database, people: People) -> None:
    add(database, people.ibu, people.songs[0])
    with database.writing() as session:
        assert delete_all_memories(session, people.ibu) == 1
    with database.reading() as session:
        assert session.scalars(select(MemoryPersonRow)).all() == []


@given(some.lists(some.text(max_size=60)))
def test_people_of_any_line_are_named_once(names: list[str]) -> None:
    found = people_of(",".join(names))
    assert people_of(", ".join(found)) == found
    assert len({name.casefold() for name in found}) == len(found)


@given(some.floats(-1, 1), some.floats(-1, 1), some.lists(some.sampled_from([*PLACES, "campur aduk"]), max_size=5))
def test_a_feelings_point_stands_above_its_words(valence: float, arousal: float, words: list[str]) -> None:
    assert felt_of(valence, arousal, words).place == (valence, arousal)
    worded = felt_of(None, None, ", ".join(words).upper())
    assert list(worded.words) == list(dict.fromkeys(words))
    assert (worded.place is None) == (not set(words) & set(PLACES))


def test_half_a_point_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="valence and arousal"):
        Felt(0.5)
    with pytest.raises(InvalidValueError, match="must end after"):
        Memory(1000, 1000)
    with pytest.raises(InvalidValueError, match="named once"):
        Memory(0, people=("Ibu", "Ibu"))
