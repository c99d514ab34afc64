"""Memories through the API: as written, taken to another home and back, made a page, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from homes import KINDS, open_one
from senandung.api import memories
from senandung.api.home import Home
from senandung.api.memories import Written
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.memory import Felt, Note
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio
from senandung.remembering import vows
from senandung.remembering.accounts import Person
from senandung.remembering.memories import Asked
from senandung.remembering.memory_books import Taken
from settled import NOW, People, settle

TODAY = date(2026, 3, 1)
RAIN = Written(
    83_400, 91_000, when="sekitar Lebaran 2009", people="Ibu, Pak Raden", place="Stasiun  Tugu", valence=-0.1,
    arousal=0.2, words="rindu, longing, haru", text=" Hujan di peron. ",
)  # fmt: skip


@pytest.fixture(params=KINDS)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Home, People]]:
    for database in open_one(request.param, tmp_path / "home"):
        people = settle(database)
        yield Home(database, tmp_path / "home", Person(people.ibu, "ibu", owner=True)), people


@pytest.fixture
def hum(tmp_path: Path) -> Path:
    path = tmp_path / "senandung.ogg"
    time = np.arange(16_000, dtype=np.float32) / 16_000
    save_audio(Recording((0.2 * np.sin(2 * np.pi * 220 * time))[np.newaxis].astype(np.float32), 16_000), path)
    return path


def test_a_memory_is_kept_as_it_is_written(here: tuple[Home, People], hum: Path) -> None:
    home, people = here
    kept = memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY, voice=hum)
    memory = kept.memory
    assert (memory.when.first, memory.when.last) == (date(2009, 9, 4), date(2009, 10, 14))
    assert (memory.people, memory.place, memory.text) == (("Ibu", "Pak Raden"), "Stasiun Tugu", "Hujan di peron.")
    assert memory.felt == Felt(-0.1, 0.2, ("rindu", "haru"))
    assert memories.voice(home, home.owner, kept.id) == memories.load_voice(hum)
    told = replace(RAIN, first=date(2009, 9, 1), last=date(2009, 9, 2))
    changed = memories.change(home, home.owner, kept.id, told, at=NOW, today=TODAY)
    assert changed is not None
    when = changed.memory.when
    assert (when.said, when.first, when.last) == ("sekitar Lebaran 2009", date(2009, 9, 1), date(2009, 9, 2))
    assert memories.of_track(home, home.owner, people.songs[0]) == (changed,)


def test_a_year_of_birth_helps_to_understand(here: tuple[Home, People]) -> None:
    home, _ = here
    assert memories.understood(home.owner, "waktu SMA", today=TODAY).last is None
    born = replace(home.owner, settings={"born": 1990})
    assert memories.understood(born, "waktu SMA", today=TODAY).first == date(2005, 7, 1)


def test_what_is_no_voice_note_is_refused(here: tuple[Home, People], tmp_path: Path) -> None:
    home, people = here
    for name, said in (
        ("surat.txt", "must be one of"),
        ("palsu.ogg", "not a sound file"),
        ("palsu.webm", "not a sound"),
    ):
        path = tmp_path / name
        path.write_bytes(b"this is a letter and no sound at all" * 20)
        with pytest.raises(FileError, match=said):
            memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY, voice=path)
    assert memories.facets(home, home.owner).memories == 0


def test_a_new_song_can_be_made_of_it(here: tuple[Home, People], hum: Path) -> None:
    home, people = here
    kept = memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY, voice=hum)
    traces = memories.traces_of(home, home.owner, kept.id)
    assert traces is not None and traces.feeling is not None and traces.voice is not None
    assert (traces.text, traces.track.title, traces.start_ms) == ("Hujan di peron.", "Kangen", 83_400)
    assert (traces.feeling.valence, traces.feeling.arousal) == (-0.1, 0.2)
    assert memories.traces_of(home, Person(people.dewi, "dewi"), kept.id) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_book_goes_to_another_home_and_comes_back(
    here: tuple[Home, People], hum: Path, tmp_path: Path, kind: str
) -> None:
    home, people = here
    memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY, voice=hum)
    first = memories.add(home, home.owner, people.elsewhere, replace(RAIN, when="", text="dulu"), at=NOW, today=TODAY)
    second = memories.add(home, home.owner, people.elsewhere, replace(RAIN, text="dulu sekali"), at=NOW, today=TODAY)
    assert first.primary and memories.make_primary(home, home.owner, second.id)
    with home.database.writing() as session:
        before = Note("Takut.", Felt(-0.5, 0.4))
        vow = vows.begin_vow(session, people.ibu, people.songs[0], before, at=NOW)
        vows.end_vow(session, people.ibu, vow.id, "heard", heard_ms=1000, at=NOW + timedelta(minutes=4))
        vows.note_vow(session, people.ibu, vow.id, after=Note("Lega."))
    memories.add_chills(home, home.owner, people.songs[0], 95_000, at=NOW, vow_id=vow.id)
    book = memories.book_of(home, home.owner, at=NOW)
    assert len(book.memories) == 4
    assert memories.export(home, home.owner, tmp_path / "book.json", at=NOW) == 4
    for database in open_one(kind, tmp_path / "other"):
        other = settle(database)
        away = Home(database, tmp_path / "other", Person(other.ibu, "ibu", owner=True))
        taken = memories.import_book(away, away.owner, tmp_path / "book.json", at=NOW)
        assert taken == Taken(memories=4, listenings=1)
        assert memories.book_of(away, away.owner, at=NOW) == book
        again = memories.import_book(away, away.owner, tmp_path / "book.json", at=NOW)
        assert again == Taken(known=5)
        assert memories.book_of(away, away.owner, at=NOW) == book
        dewi = Person(other.dewi, "dewi")
        assert memories.import_book(away, dewi, tmp_path / "book.json", at=NOW).memories == 4
        assert len(memories.search(away, dewi, Asked(person="Pak Raden"))[0]) == 3


def test_the_page_holds_all_that_was_said_and_asks_nothing_of_anybody(
    here: tuple[Home, People], hum: Path, tmp_path: Path
) -> None:
    home, people = here
    memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY, voice=hum)
    memories.add(home, home.owner, people.songs[1], replace(RAIN, when="", text="<b>&"), at=NOW, today=TODAY)
    assert memories.export(home, home.owner, tmp_path / "book.html", at=NOW) == 2
    page = (tmp_path / "book.html").read_text("utf-8")
    for said in ("Hujan di peron.", "Stasiun Tugu", "Pak Raden", "rindu", "sekitar Lebaran 2009", "Kangen", "1:23",
                 "2009", "Entah kapan", "&lt;b&gt;&amp;", "data:audio/ogg;base64,"):  # fmt: skip
        assert said in page, said
    assert "<b>" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_a_file_is_never_written_over(here: tuple[Home, People], tmp_path: Path) -> None:
    home, _ = here
    (tmp_path / "book.json").write_text("mine")
    with pytest.raises(InvalidValueError, match="must be new"):
        memories.export(home, home.owner, tmp_path / "book.json", at=NOW)
    with pytest.raises(InvalidValueError, match=r"\.json or \.html"):
        memories.export(home, home.owner, tmp_path / "book.pdf", at=NOW)


def test_what_is_forgotten_is_gone(here: tuple[Home, People]) -> None:
    home, people = here
    kept = memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY)
    assert not memories.delete(home, Person(people.dewi, "dewi"), kept.id)
    assert memories.delete(home, home.owner, kept.id)
    assert not memories.delete(home, home.owner, kept.id)
    assert memories.find(home, home.owner, kept.id) is None
    memories.add(home, home.owner, people.songs[0], RAIN, at=NOW, today=TODAY)
    assert memories.delete_all(home, home.owner) == 1
    if home.database.sqlite:
        left = b"".join(path.read_bytes() for path in home.folder.glob("home.db*"))
        assert b"Hujan di peron" not in left and b"Pak Raden" not in left
