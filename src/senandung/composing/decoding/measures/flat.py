"""A piece as arrays of notes on one time line: what every measure reads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import METRES, Piece


@dataclass(frozen=True)
class FlatPiece:
    """The notes of a piece. Times are steps (24 a quarter) from its first bar; `bar_starts` has one more for the end.

    `part` and `drum` say whose a note is; notes are in the order of bars, then parts.
    """

    start: NDArray[np.int64]
    pitch: NDArray[np.int64]
    length: NDArray[np.int64]
    part: NDArray[np.int64]
    bar: NDArray[np.int64]
    drum: NDArray[np.bool_]
    bar_starts: NDArray[np.int64]
    parts: int

    @property
    def bars(self) -> int:
        """How many bars there are."""
        return len(self.bar_starts) - 1

    @property
    def quarters(self) -> float:
        """How many quarters the piece lasts."""
        return float(self.bar_starts[-1]) / 24

    @cached_property
    def pitched(self) -> NDArray[np.bool_]:
        """Which notes are not a drum's."""
        return ~self.drum

    @cached_property
    def moments(self) -> NDArray[np.int64]:
        """The different times at which pitched notes begin."""
        return np.unique(self.start[self.pitched])

    @cached_property
    def roll(self) -> NDArray[np.bool_]:
        """Which MIDI pitches sound at each of the `moments`, shape (moments, 128); a pitch in two parts counts once."""
        return self.roll_of(None)

    def roll_of(self, part: int | None) -> NDArray[np.bool_]:
        """As `roll`, of one part."""
        found = np.zeros((len(self.moments), 128), dtype=np.bool_)
        chosen = self.pitched if part is None else self.pitched & (self.part == part)
        start, pitch = self.start[chosen], self.pitch[chosen]
        first = np.searchsorted(self.moments, start)
        last = np.searchsorted(self.moments, start + self.length[chosen])
        for low, high, key in zip(first.tolist(), last.tolist(), pitch.tolist(), strict=True):
            found[low:high, key] = True
        return found


def flatten(piece: Piece) -> FlatPiece:
    """The notes of a piece as arrays."""
    starts = np.concatenate([[0], np.cumsum([METRES[bar.metre].steps for bar in piece.bars])]).astype(np.int64)
    rows = [
        (note.start + int(begin), note.pitch, note.length, part, index)
        for index, (bar, begin) in enumerate(zip(piece.bars, starts, strict=False))
        for part, notes in enumerate(bar.notes)
        for note in notes
    ]
    table = np.asarray(rows, dtype=np.int64).reshape(-1, 5)
    drums = np.asarray([part.instrument == "drums" for part in piece.parts] or [False])
    return FlatPiece(
        table[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4], drums[table[:, 3]], starts, len(piece.parts)
    )
