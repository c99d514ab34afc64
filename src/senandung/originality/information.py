"""How common a turn of a tune is: bits of an interval after the three before it, and of a change of pace.

What everybody writes (a scale, a repeated note, a broken chord) is foretold by what stands before it and counts little;
what is rare counts much. Counted over all voices of an index, smoothed by Witten & Bell's rule (1991, method C of "The
zero-frequency problem"), each order falling back on the one below.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WIDEST = 12
"""Semitones of an interval; wider ones count as this."""

SYMBOLS = 2 * WIDEST + 1
PACES = 5
"""Classes of how long a step is against the one before: a quarter, half, as long, double, four times."""

ORDERS = 4
UNIT = 8
"""Steps of a bit in which the tables are kept."""

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Information:
    """Tables of `UNIT`ths of a bit: `intervals[k]` of an interval after k others, `paces` of a class after another."""

    intervals: tuple[Bytes, ...]
    paces: Bytes

    def __post_init__(self) -> None:
        for table in (*self.intervals, self.paces):
            table.setflags(write=False)

    @classmethod
    def fit(cls, intervals: NDArray[np.int64], paces: NDArray[np.int64], begins: NDArray[np.bool_]) -> Information:
        """Count the voices of an index.

        Parameters
        ----------
        intervals : semitones to each note from the one before it.
        paces : class of pace of each note, 0..4.
        begins : True at the first note of each voice.
        """
        symbols = np.clip(intervals, -WIDEST, WIDEST) + WIDEST
        since = np.arange(len(begins)) - np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
        shares = np.full((), 1.0 / SYMBOLS)
        tables = []
        for order in range(ORDERS):
            usable = np.flatnonzero(since > order)
            code = np.zeros(len(usable), dtype=np.int64)
            for back in range(order, -1, -1):
                code = code * SYMBOLS + symbols[usable - back]
            counts = np.bincount(code, minlength=SYMBOLS ** (order + 1)).reshape((SYMBOLS,) * (order + 1))
            shares = _smoothed(counts, shares)
            tables.append(_bits(shares))
        usable = np.flatnonzero(since > 2)
        code = paces[usable - 1] * PACES + paces[usable]
        counts = np.bincount(code, minlength=PACES * PACES).reshape(PACES, PACES)
        return cls(tuple(tables), _bits(_smoothed(counts, np.full((), 1.0 / PACES))))

    def of_line(self, pitches: NDArray[np.int64]) -> NDArray[np.float64]:
        """Bits of each note of a tune after those before it; the first has none.

        Parameters
        ----------
        pitches : shape (..., notes).
        """
        symbols = np.clip(np.diff(pitches, axis=-1), -WIDEST, WIDEST) + WIDEST
        found = np.zeros(pitches.shape)
        count = symbols.shape[-1]
        for order in range(min(ORDERS, count)):
            last = count if order == ORDERS - 1 else order + 1
            index = tuple(symbols[..., order - back : last - back] for back in range(order, -1, -1))
            found[..., order + 1 : last + 1] = self.intervals[order][index] / UNIT
        return found


def _smoothed(counts: NDArray[np.int64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    kinds = (counts > 0).sum(axis=-1, keepdims=True)
    total = counts.sum(axis=-1, keepdims=True)
    backed = np.broadcast_to(below, counts.shape)  # the order below, whatever stands first
    mixed: NDArray[np.float64] = (counts + np.maximum(kinds, 1) * backed) / (total + np.maximum(kinds, 1))
    return mixed


def _bits(shares: NDArray[np.float64]) -> Bytes:
    found: Bytes = np.clip(np.rint(-UNIT * np.log2(shares)), 1, 255).astype(np.uint8)
    return found
