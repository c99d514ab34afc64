"""Memories at moments of songs: kept, found again, changed, forgotten. All of a person's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import PLACES
from senandung.domain.fuzzy_date import FuzzyDate
from senandung.domain.memory import Felt, KeptMemory, Memory, Voice
from senandung.domain.music import TrackShown
from senandung.domain.track import plain_letters
from senandung.remembering.store.memories import MemoryPersonRow, MemoryRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import find_track, shown, visible_to

NEAR = 0.45
"""How far on the plane a memory may lie from a feeling's word that is searched for."""

LARGEST_VOICE = 12 << 20
"""Bytes of a voice note."""

_LONGEST_KEY = 400


@dataclass(frozen=True)
class Asked:
    """What is searched for; what is not asked is None or empty.

    Parameters
    ----------
    text : words that all stand in the memory (its text, people, place, feeling, time) or in its song's names.
    person : a name in it.
    place : a part of its place.
    year : one in which it may have been.
    feeling : a word, as the person said it or near it on the plane.
    track_id : of one song.
    kind : memory or chills.
    """

    text: str = ""
    person: str = ""
    place: str = ""
    year: int | None = None
    feeling: str = ""
    track_id: int | None = None
    kind: str | None = None

    def __bool__(self) -> bool:
        return self != Asked()


@dataclass(frozen=True)
class Facets:
    """What there is to search by, with counts, the commonest first; years in order."""

    people: tuple[tuple[str, int], ...] = ()
    places: tuple[tuple[str, int], ...] = ()
    years: tuple[tuple[int, int], ...] = ()
    feelings: tuple[tuple[str, int], ...] = ()
    memories: int = 0


def add_memory(
    session: Session,
    account_id: int,
    track_id: int,
    memory: Memory,
    *,
    at: datetime,
    voice: Voice | None = None,
    vow_id: int | None = None,
    created: datetime | None = None,
) -> KeptMemory:
    """Keep a memory. The first of a song is its primary one.

    Parameters
    ----------
    voice : its voice note, as it was recorded.
    vow_id : the listening in which it came.
    created : when it was first kept, where it comes from another home.

    Raises `InvalidValueError` for a track that the person has not, a moment behind its end, a memory that says nothing.
    """
    found = find_track(session, track_id, account_id)
    if found is None:
        raise InvalidValueError(f"there is no such song, got {track_id}")
    row = MemoryRow(account_id=account_id, track_id=track_id, vow_id=vow_id, created=created or at, changed=at)
    _fill(row, memory, found.duration_ms)
    _put_voice(row, voice)
    if memory.kind == "memory":
        require(_says_something(row), "a memory must say something", memory.text)
        row.primary = _primary(session, account_id, track_id) is None
    session.add(row)
    session.flush()
    return _kept(row, session.get_one(TrackRow, track_id))


def change_memory(
    session: Session,
    account_id: int,
    memory_id: int,
    memory: Memory,
    *,
    at: datetime,
    voice: Voice | None = None,
    silent: bool = False,
) -> KeptMemory | None:
    """Write a memory anew; None where the person has no such one.

    Parameters
    ----------
    voice : another voice note; None keeps what it has.
    silent : it shall have none any more.
    """
    row = _row(session, account_id, memory_id)
    if row is None:
        return None
    track = session.get_one(TrackRow, row.track_id)
    _fill(row, replace(memory, kind=row.kind), track.duration_ms)
    if voice is not None or silent:
        _put_voice(row, voice)
    require(row.kind == "chills" or _says_something(row), "a memory must say something", memory.text)
    row.changed = at
    session.flush()
    return _kept(row, track)


def delete_memory(session: Session, account_id: int, memory_id: int) -> bool:
    """Delete a memory, its people and its voice note; whether there was one. `database.forget` then cleans the file."""
    row = _row(session, account_id, memory_id)
    if row is None:
        return False
    track_id, primary = row.track_id, row.primary
    session.delete(row)
    session.flush()
    if primary:
        heir = session.scalar(_memories_of(account_id, track_id).order_by(MemoryRow.created, MemoryRow.id).limit(1))
        if heir is not None:
            heir.primary = True
    return True


def delete_all_memories(session: Session, account_id: int) -> int:
    """Delete every memory of a person; how many there were."""
    count = session.scalar(select(func.count()).where(MemoryRow.account_id == account_id)) or 0
    session.execute(delete(MemoryRow).where(MemoryRow.account_id == account_id))
    return count


def make_primary(session: Session, account_id: int, memory_id: int) -> bool:
    """Let a memory be the one of its song that a bookmark shows; whether there was one."""
    row = _row(session, account_id, memory_id)
    if row is None or row.kind != "memory":
        return False
    session.execute(
        update(MemoryRow)
        .where(MemoryRow.account_id == account_id, MemoryRow.track_id == row.track_id)
        .values(primary=MemoryRow.id == memory_id)
    )
    return True


def find_memory(session: Session, account_id: int, memory_id: int) -> KeptMemory | None:
    """A memory of the person; None where they have no such one."""
    row = _row(session, account_id, memory_id)
    return None if row is None else _kept(row, session.get_one(TrackRow, row.track_id))


def voice_of(session: Session, account_id: int, memory_id: int) -> Voice | None:
    """The voice note of a memory; None where there is none."""
    row = _row(session, account_id, memory_id)
    return None if row is None or row.voice is None else Voice(row.voice_mime or "", row.voice)


def memories_of_track(session: Session, account_id: int, track_id: int) -> tuple[KeptMemory, ...]:
    """The memories and chills of a song, by their moment."""
    found = session.execute(
        _all(account_id).where(MemoryRow.track_id == track_id).order_by(MemoryRow.start_ms, MemoryRow.id)
    )
    return tuple(_kept(row, track) for row, track in found)


def primary_memories(session: Session, account_id: int) -> tuple[KeptMemory, ...]:
    """The one memory of each song that a bookmark shows, the newest first."""
    found = session.execute(_all(account_id).where(MemoryRow.primary).order_by(MemoryRow.changed.desc(), MemoryRow.id))
    return tuple(_kept(row, track) for row, track in found)


def search_memories(
    session: Session,
    account_id: int,
    asked: Asked = Asked(),
    *,
    most: int = 50,
    skip: int = 0,
) -> tuple[tuple[KeptMemory, ...], int]:
    """Memories that fit all that is asked, by their time, the latest first, and how many there are in all.

    Those whose time is not known stand last, the newest kept first.
    """
    where = _conditions(asked)
    count = session.scalar(
        select(func.count()).select_from(MemoryRow).join(TrackRow).where(MemoryRow.account_id == account_id, *where)
    )
    order = (MemoryRow.when_to.is_(None), MemoryRow.when_to.desc(), MemoryRow.created.desc(), MemoryRow.id.desc())
    found = session.execute(_all(account_id).where(*where).order_by(*order).limit(most).offset(skip))
    return tuple(_kept(row, track) for row, track in found), count or 0


def facets(session: Session, account_id: int, *, most: int = 40) -> Facets:
    """What a person's memories can be searched by."""
    own = MemoryRow.account_id == account_id
    people = session.execute(
        select(func.max(MemoryPersonRow.name), func.count().label("n"))
        .join(MemoryRow, MemoryRow.id == MemoryPersonRow.memory_id)
        .where(own)
        .group_by(MemoryPersonRow.key)
        .order_by(func.count().desc(), MemoryPersonRow.key)
        .limit(most)
    ).all()
    places = session.execute(
        select(MemoryRow.place, func.count())
        .where(own, MemoryRow.place != "")
        .group_by(MemoryRow.place)
        .order_by(func.count().desc(), MemoryRow.place)
        .limit(most)
    ).all()
    years: dict[int, int] = {}
    words: dict[str, int] = {}
    rows = session.execute(
        select(MemoryRow.when_from, MemoryRow.when_to, MemoryRow.feeling_words, MemoryRow.kind).where(own)
    ).all()
    for first, last, felt, _kind in rows:
        middle = FuzzyDate("", first, last).middle
        if middle is not None:
            years[middle.year] = years.get(middle.year, 0) + 1
        for word in felt:
            words[word] = words.get(word, 0) + 1
    return Facets(
        tuple((str(name), int(count)) for name, count in people),
        tuple((str(name), int(count)) for name, count in places),
        tuple(sorted(years.items())),
        tuple(sorted(words.items(), key=lambda item: (-item[1], item[0]))[:most]),
        sum(1 for row in rows if row.kind == "memory"),
    )


def tracks_with(session: Session, account_id: int, words: str, *, most: int = 6) -> tuple[TrackShown, ...]:
    """Tracks whose names hold all words, those known from a history alone too: memories hang on both."""
    query = select(TrackRow).where(visible_to(account_id))
    for word in plain_letters(words).split():
        query = query.where(TrackRow.search.like(f"%{_escaped(word)}%", escape="\\"))
    return tuple(map(shown, session.scalars(query.order_by(TrackRow.search, TrackRow.id).limit(most))))


def same_memory(session: Session, account_id: int, track_id: int, memory: Memory, created: datetime) -> bool:
    """Whether a memory of another home is here already: the same song, moment, words and first day."""
    found = session.scalar(
        select(MemoryRow.id).where(
            MemoryRow.account_id == account_id,
            MemoryRow.track_id == track_id,
            MemoryRow.start_ms == memory.start_ms,
            MemoryRow.created == created,
            MemoryRow.text == memory.text,
        )
    )
    return found is not None


def _all(account_id: int) -> Select[MemoryRow, TrackRow]:
    return select(MemoryRow, TrackRow).join(TrackRow).where(MemoryRow.account_id == account_id, visible_to(account_id))


def _row(session: Session, account_id: int, memory_id: int) -> MemoryRow | None:
    return session.scalar(select(MemoryRow).where(MemoryRow.id == memory_id, MemoryRow.account_id == account_id))


def _memories_of(account_id: int, track_id: int) -> Select[MemoryRow]:
    return select(MemoryRow).where(
        MemoryRow.account_id == account_id, MemoryRow.track_id == track_id, MemoryRow.kind == "memory"
    )


def _primary(session: Session, account_id: int, track_id: int) -> MemoryRow | None:
    return session.scalar(_memories_of(account_id, track_id).where(MemoryRow.primary).limit(1))


def _conditions(asked: Asked) -> Sequence[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for word in plain_letters(asked.text).split():
        like = f"%{_escaped(word)}%"
        where.append(or_(MemoryRow.search.like(like, escape="\\"), TrackRow.search.like(like, escape="\\")))
    if asked.person:
        named = select(MemoryPersonRow.memory_id).where(MemoryPersonRow.key == _key(asked.person))
        where.append(MemoryRow.id.in_(named))
    if asked.place:
        where.append(MemoryRow.search.like(f"%@%{_escaped(_plain(asked.place))}%", escape="\\"))
    if asked.year is not None and 1 <= asked.year <= 9999:
        where.append(MemoryRow.when_to >= date(asked.year, 1, 1))
        where.append(or_(MemoryRow.when_from.is_(None), MemoryRow.when_from <= date(asked.year, 12, 31)))
    if asked.feeling:
        where.append(_feels(asked.feeling))
    if asked.track_id is not None:
        where.append(MemoryRow.track_id == asked.track_id)
    if asked.kind is not None:
        where.append(MemoryRow.kind == asked.kind)
    return where


def _feels(word: str) -> ColumnElement[bool]:
    """As the person said it, or a point near it."""
    english = {place.english: name for name, place in PLACES.items()}
    name = english.get(word.strip().lower(), word.strip().lower())
    said = MemoryRow.search.like(f"%|{_escaped(name)}|%", escape="\\")
    if name not in PLACES:
        return said
    across, up = MemoryRow.valence - PLACES[name].valence, MemoryRow.arousal - PLACES[name].arousal
    return or_(said, across * across + up * up <= NEAR * NEAR)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _plain(text: str) -> str:
    """Plain letters, past the function's own store: what a person wrote is not kept in memory."""
    return plain_letters.__wrapped__(text) if text.strip() else ""


def _key(name: str) -> str:
    return _plain(name)[:_LONGEST_KEY]


def _fill(row: MemoryRow, memory: Memory, duration_ms: int | None) -> None:
    within = duration_ms is None or memory.start_ms <= duration_ms
    require(within, f"a memory's moment must lie in its song, which ends at {duration_ms} ms", memory.start_ms)
    end = memory.end_ms if duration_ms is None or memory.end_ms is None else min(memory.end_ms, duration_ms)
    row.kind, row.start_ms = memory.kind, memory.start_ms
    row.end_ms = end if end is not None and end > memory.start_ms else None
    row.when_said, row.when_from, row.when_to = memory.when.said, memory.when.first, memory.when.last
    row.place, row.text = memory.place, memory.text
    row.valence, row.arousal, row.feeling_words = memory.felt.valence, memory.felt.arousal, list(memory.felt.words)
    named = {_key(name): name for name in reversed(memory.people)}
    kept = {person.key: person for person in row.people}
    row.people = []
    for position, (key, name) in enumerate(reversed(named.items())):
        person = kept.get(key) or MemoryPersonRow(key=key)
        person.name, person.position = name, position
        row.people.append(person)
    parts = [_plain(part) for part in (memory.text, " ".join(memory.people), memory.when.said, *memory.felt.words)]
    where = f"@{_plain(memory.place)}" if memory.place else ""
    felt = f"|{'|'.join(memory.felt.words)}|" if memory.felt.words else ""
    row.search = " ".join(part for part in (*parts, felt, where) if part)


def _put_voice(row: MemoryRow, voice: Voice | None) -> None:
    if voice is not None:
        size = len(voice.data)
        require(0 < size <= LARGEST_VOICE, f"a voice note must have at most {LARGEST_VOICE >> 20} MB", size)
    row.voice, row.voice_mime = (None, None) if voice is None else (voice.data, voice.mime)


def _says_something(row: MemoryRow) -> bool:
    said = (row.text.strip(), row.voice_mime, row.people, row.place.strip(), row.when_said, row.feeling_words)
    return any(said) or row.valence is not None


def _kept(row: MemoryRow, track: TrackRow) -> KeptMemory:
    memory = Memory(
        row.start_ms,
        row.end_ms,
        row.kind,
        FuzzyDate(row.when_said, row.when_from, row.when_to),
        tuple(person.name for person in row.people),
        row.place,
        Felt(row.valence, row.arousal, tuple(row.feeling_words)),
        row.text,
    )
    return KeptMemory(row.id, shown(track), memory, row.created, row.changed, row.primary, row.voice_mime, row.vow_id)
