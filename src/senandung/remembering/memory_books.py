"""All that a person remembers as a book that goes to another home, and a book taken in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from senandung.domain.errors import InvalidValueError
from senandung.domain.listen import Piece
from senandung.domain.memory import Memory
from senandung.domain.memory_book import BookMemory, BookVow, MemoryBook
from senandung.remembering import vows
from senandung.remembering.memories import add_memory, make_primary, same_memory, search_memories, voice_of
from senandung.remembering.plays import tracks_for
from senandung.remembering.tracks import find_track

_ALL = 10**9


@dataclass(frozen=True)
class Taken:
    """What came of a file of memories: how many are new, and how many were here already."""

    memories: int = 0
    listenings: int = 0
    known: int = 0


def book_of(session: Session, account_id: int, *, at: datetime) -> MemoryBook:
    """All that a person remembers, with the names of the songs."""
    own = vows.all_vows(session, account_id)
    places = {vow.id: place for place, vow in enumerate(own)}
    found, _ = search_memories(session, account_id, most=_ALL)
    songs = {each.track.id for each in found} | {vow.track.id for vow in own}
    pieces = {number: _piece(session, account_id, number) for number in songs}
    memories = tuple(
        BookMemory(
            pieces[each.track.id],
            each.memory,
            each.created,
            each.changed,
            each.primary,
            voice_of(session, account_id, each.id) if each.voice else None,
            places.get(each.vow_id) if each.vow_id is not None else None,
        )
        for each in reversed(found)
    )
    listenings = tuple(
        BookVow(
            pieces[vow.track.id],
            vow.started,
            vow.ended,
            vow.ended_how,
            vow.elsewhere,
            vow.heard_ms,
            vow.before,
            vow.after,
        )
        for vow in own
    )
    return MemoryBook(at, memories, listenings)


def take_in(session: Session, account_id: int, book: MemoryBook, *, at: datetime) -> Taken:
    """Take in a book; what is here already stays as it is.

    A song that is not here becomes a track that is known by its names alone, until its file comes.
    """
    taken = Taken()
    pieces = [*(vow.piece for vow in book.vows), *(each.piece for each in book.memories)]
    numbers = tracks_for(session, account_id, pieces, at=at)
    places: dict[int, int] = {}
    for place, vow in enumerate(book.vows):
        same = vows.same_vow(session, account_id, numbers[vow.piece], vow.started)
        if same is not None:
            places[place], taken = same, replace(taken, known=taken.known + 1)
            continue
        places[place] = vows.take_vow(session, account_id, numbers[vow.piece], vow)
        taken = replace(taken, listenings=taken.listenings + 1)
    for each in book.memories:
        number = numbers[each.piece]
        memory = _within(session, account_id, number, each.memory)
        if same_memory(session, account_id, number, memory, each.created):
            taken = replace(taken, known=taken.known + 1)
            continue
        new = add_memory(
            session,
            account_id,
            number,
            memory,
            at=each.changed,
            voice=each.voice,
            vow_id=None if each.vow is None else places[each.vow],
            created=each.created,
        )
        if each.primary:
            make_primary(session, account_id, new.id)
        taken = replace(taken, memories=taken.memories + 1)
    return taken


def _piece(session: Session, account_id: int, track_id: int) -> Piece:
    track = find_track(session, track_id, account_id)
    if track is None:
        raise InvalidValueError(f"there is no such song, got {track_id}")
    return Piece(
        track.title or "?", track.artist, track.album, track.duration_ms, track.isrc, track.mbid, track.address
    )


def _within(session: Session, account_id: int, track_id: int, memory: Memory) -> Memory:
    """The memory with its moment in the song as it is here, which may be a shorter version."""
    track = find_track(session, track_id, account_id)
    if track is None or track.duration_ms is None or memory.start_ms <= track.duration_ms:
        return memory
    return replace(memory, start_ms=track.duration_ms, end_ms=None)
