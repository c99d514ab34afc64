"""Parallel fifths and octaves between two voices."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from senandung.domain.song import Note
from senandung.domain.time import Tick

PERFECT = (0, 7)
"""Intervals, in semitones without octaves, that two voices must not keep while both move."""


class Voice:
    """One voice as a function of time: which pitch sounds at a tick.

    Where notes overlap, the one that began last counts.
    """

    def __init__(self, notes: Sequence[Note]) -> None:
        self.notes = sorted(notes)
        self.onsets = [note.onset for note in self.notes]

    def at(self, tick: Tick) -> int | None:
        """The pitch at a tick, or None where the voice rests."""
        index = bisect.bisect_right(self.onsets, tick) - 1
        if index < 0 or self.notes[index].end <= tick:
            return None
        return self.notes[index].pitch


def is_parallel(before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether two voices (upper, lower) move in fifths or octaves; contrary motion between them counts as well.

    >>> is_parallel((67, 60), (69, 62)), is_parallel((67, 60), (69, 60)), is_parallel((67, 60), (69, 65))
    (True, False, False)
    """
    if before[0] == after[0] or before[1] == after[1]:
        return False
    interval = (before[0] - before[1]) % 12
    return interval in PERFECT and (after[0] - after[1]) % 12 == interval


def parallels(upper: Sequence[Note], lower: Sequence[Note]) -> tuple[Tick, ...]:
    """Ticks at which both voices move and keep a fifth or an octave (Fux, *Gradus ad Parnassum*, 1725).

    A rest of either voice breaks the motion.

    >>> parallels([Note(0, 480, 67), Note(480, 480, 69)], [Note(0, 480, 60), Note(480, 480, 62)])
    (480,)
    """
    first, second = Voice(upper), Voice(lower)
    found = []
    for tick in sorted({*first.onsets, *second.onsets}):
        if tick == 0:
            continue
        high_before, low_before = first.at(tick - 1), second.at(tick - 1)
        high_after, low_after = first.at(tick), second.at(tick)
        if high_before is None or low_before is None or high_after is None or low_after is None:
            continue
        if is_parallel((high_before, low_before), (high_after, low_after)):
            found.append(tick)
    return tuple(found)
