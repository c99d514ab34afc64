"""Memories at moments of songs: written down, changed, found, taken along, forgotten; what a new song is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.home import Home
from senandung.domain.checks import require
from senandung.domain.errors import FileError
from senandung.domain.feeling import Feeling
from senandung.domain.fuzzy_date import FuzzyDate, parse_fuzzy_date
from senandung.domain.memory import KeptMemory, Memory, Voice, felt_of, people_of
from senandung.domain.music import TrackShown
from senandung.remembering import memories as kept
from senandung.remembering import memory_books, vows
from senandung.remembering.accounts import Person
from senandung.remembering.memories import LARGEST_VOICE, Asked, Facets
from senandung.remembering.memory_books import Taken
from senandung.remembering.store.database import forget

if TYPE_CHECKING:
    from senandung.domain.memory_book import MemoryBook

VOICE_KINDS: Mapping[str, str] = {
    ".webm": "audio/webm", ".ogg": "audio/ogg", ".opus": "audio/ogg", ".oga": "audio/ogg", ".m4a": "audio/mp4",
    ".mp4": "audio/mp4", ".aac": "audio/aac", ".mp3": "audio/mpeg", ".wav": "audio/wav", ".flac": "audio/flac",
}  # fmt: skip
"""What a voice note may be, by the ending of its name."""

BORN = "born"
"""The name of the person's setting that holds the year of their birth."""


@dataclass(frozen=True)
class Written:
    """A memory as a person writes it down.

    Parameters
    ----------
    start_ms, end_ms : the moment in the song, in milliseconds.
    when : in their words.
    first, last : the days, where they are given beside the words; they then stand above them.
    people, words : parted by commas.
    valence, arousal : the feeling's point, in -1..1, both or none.
    """

    start_ms: int = 0
    end_ms: int | None = None
    when: str = ""
    first: date | None = None
    last: date | None = None
    people: str = ""
    place: str = ""
    valence: float | None = None
    arousal: float | None = None
    words: str = ""
    text: str = ""


def understood(person: Person, said: str, *, today: date) -> FuzzyDate:
    """When something was, in a person's words; their year of birth helps where they told it."""
    return parse_fuzzy_date(said, today=today, born=born_of(person))


def born_of(person: Person) -> int | None:
    """The year of a person's birth, where they told it."""
    born = person.settings.get(BORN)
    return born if isinstance(born, int) else None


def memory_of(person: Person, written: Written, *, today: date) -> Memory:
    """The memory that was written down. Raises `InvalidValueError` for what breaks a rule."""
    if written.last is not None:
        when = FuzzyDate(" ".join(written.when.split()), written.first or written.last, written.last)
    else:
        when = understood(person, written.when, today=today)
    return Memory(
        written.start_ms,
        written.end_ms,
        when=when,
        people=people_of(written.people),
        place=" ".join(written.place.split()),
        felt=felt_of(written.valence, written.arousal, written.words),
        text=written.text.strip(),
    )


def add(
    home: Home, person: Person, track_id: int, written: Written, *, at: datetime, today: date, voice: Path | None = None
) -> KeptMemory:
    """Keep a memory.

    Parameters
    ----------
    today : the day where the person is.
    voice : the file of its voice note, which is kept as it is.
    """
    memory, note = memory_of(person, written, today=today), None if voice is None else load_voice(voice)
    with home.database.writing() as session:
        return kept.add_memory(session, person.id, track_id, memory, at=at, voice=note)


def change(
    home: Home,
    person: Person,
    memory_id: int,
    written: Written,
    *,
    at: datetime,
    today: date,
    voice: Path | None = None,
    silent: bool = False,
) -> KeptMemory | None:
    """Write a memory anew; None where the person has no such one. What it said before is gone."""
    memory, note = memory_of(person, written, today=today), None if voice is None else load_voice(voice)
    with home.database.writing() as session:
        changed = kept.change_memory(session, person.id, memory_id, memory, at=at, voice=note, silent=silent)
    forget(home.database)
    return changed


def add_chills(
    home: Home, person: Person, track_id: int, start_ms: int, *, at: datetime, vow_id: int | None = None
) -> KeptMemory:
    """Keep a moment of chills ("merinding")."""
    with home.database.writing() as session:
        own = vow_id is not None and vows.find_vow(session, person.id, vow_id) is not None
        memory = Memory(start_ms, kind="chills")
        return kept.add_memory(session, person.id, track_id, memory, at=at, vow_id=vow_id if own else None)


def delete(home: Home, person: Person, memory_id: int) -> bool:
    """Delete a memory for good: its row, its voice note, and what the database's file still held of them."""
    with home.database.writing() as session:
        gone = kept.delete_memory(session, person.id, memory_id)
    if gone:
        forget(home.database)
    return gone


def delete_all(home: Home, person: Person) -> int:
    """Delete all memories and chills of a person for good; how many there were."""
    with home.database.writing() as session:
        count = kept.delete_all_memories(session, person.id)
    forget(home.database)
    return count


def make_primary(home: Home, person: Person, memory_id: int) -> bool:
    """Let a memory be the one of its song that a bookmark shows."""
    with home.database.writing() as session:
        return kept.make_primary(session, person.id, memory_id)


def find(home: Home, person: Person, memory_id: int) -> KeptMemory | None:
    """A memory of the person."""
    with home.database.reading() as session:
        return kept.find_memory(session, person.id, memory_id)


def voice(home: Home, person: Person, memory_id: int) -> Voice | None:
    """The voice note of a memory."""
    with home.database.reading() as session:
        return kept.voice_of(session, person.id, memory_id)


def of_track(home: Home, person: Person, track_id: int) -> tuple[KeptMemory, ...]:
    """The memories and chills of a song, by their moment."""
    with home.database.reading() as session:
        return kept.memories_of_track(session, person.id, track_id)


def search(
    home: Home, person: Person, asked: Asked, *, most: int = 50, skip: int = 0
) -> tuple[tuple[KeptMemory, ...], int]:
    """Memories that fit all that is asked, the latest first, and how many there are in all."""
    with home.database.reading() as session:
        return kept.search_memories(session, person.id, asked, most=most, skip=skip)


def facets(home: Home, person: Person) -> Facets:
    """What a person's memories can be searched by."""
    with home.database.reading() as session:
        return kept.facets(session, person.id)


@dataclass(frozen=True)
class Traces:
    """What a new song can be made of: what a memory says, how it felt, and its voice note, which may hold a tune."""

    text: str
    feeling: Feeling | None
    voice: Voice | None
    track: TrackShown
    start_ms: int


def traces_of(home: Home, person: Person, memory_id: int) -> Traces | None:
    """What a memory gives a new song; None where the person has no such one. Nothing leaves the machine."""
    with home.database.reading() as session:
        found = kept.find_memory(session, person.id, memory_id)
        if found is None:
            return None
        note = kept.voice_of(session, person.id, memory_id)
    memory = found.memory
    return Traces(memory.text, memory.felt.feeling(), note, found.track, memory.start_ms)


def load_voice(path: Path) -> Voice:
    """A voice note as it was recorded. Raises `FileError` for what is no sound, by its ending or by what it holds."""
    from senandung.files.audio import load_audio
    from senandung.files.reading import read_bytes

    kind = VOICE_KINDS.get(path.suffix.lower())
    if kind is None:
        raise FileError(path, f"a voice note must be one of {', '.join(VOICE_KINDS)}")
    data = read_bytes(path, LARGEST_VOICE)
    load_audio(path, sample_rate=8000, mono=True)
    return Voice(kind, data)


# from home to home


def book_of(home: Home, person: Person, *, at: datetime) -> MemoryBook:
    """All that a person remembers, with the names of the songs."""
    with home.database.reading() as session:
        return memory_books.book_of(session, person.id, at=at)


def export(home: Home, person: Person, path: Path, *, at: datetime) -> int:
    """Write all memories of a person to a new file: `.json`, which `import_book` reads, or `.html`, to be read.

    Returns
    -------
    How many memories and chills it holds.
    """
    from senandung.drawing.memories_page import save_memories_page
    from senandung.files.memories_json import save_memories
    from senandung.files.paths import given_path

    path = given_path(path)
    ending = path.suffix.lower()
    require(ending in (".json", ".html"), "memories are exported as .json or .html", path.name)
    require(not path.exists(), "the file must be new", str(path))
    book = book_of(home, person, at=at)
    if ending == ".json":
        save_memories(book, path)
    else:
        save_memories_page(book, path, language=person.language)
    return len(book.memories)


def import_book(home: Home, person: Person, path: Path, *, at: datetime) -> Taken:
    """Take in what `export` wrote; what is here already stays as it is.

    A song that is not here becomes a track that is known by its names alone, until its file comes.
    Raises `FileError` for what is no such file.
    """
    from senandung.files.memories_json import load_memories
    from senandung.files.paths import given_path

    book = load_memories(given_path(path))
    with home.database.writing() as session:
        return memory_books.take_in(session, person.id, book, at=at)
