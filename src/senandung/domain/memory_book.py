"""A person's memories as they go from home to home: whole, with the names of their songs instead of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from senandung.domain.checks import require
from senandung.domain.listen import Piece
from senandung.domain.memory import ENDINGS, NOTHING, Memory, Note, Voice


@dataclass(frozen=True)
class BookMemory:
    """A memory of a book. `vow` is the place of its listening in the book, None where it came in none."""

    piece: Piece
    memory: Memory
    created: datetime
    changed: datetime
    primary: bool = False
    voice: Voice | None = None
    vow: int | None = None


@dataclass(frozen=True)
class BookVow:
    """A listening of a book; see `domain.memory.Vow`."""

    piece: Piece
    started: datetime
    ended: datetime | None = None
    ended_how: str | None = None
    elsewhere: bool = False
    heard_ms: int = 0
    before: Note = NOTHING
    after: Note = NOTHING

    def __post_init__(self) -> None:
        known = self.ended_how is None or self.ended_how in ENDINGS
        require(known, f"a listening's end must be one of {', '.join(ENDINGS)}", self.ended_how)


@dataclass(frozen=True)
class MemoryBook:
    """All that a person remembers, at a point in time."""

    at: datetime
    memories: tuple[BookMemory, ...] = ()
    vows: tuple[BookVow, ...] = ()

    def __post_init__(self) -> None:
        for each in self.memories:
            inside = each.vow is None or 0 <= each.vow < len(self.vows)
            require(inside, "a memory's listening must be one of its book", each.vow)
