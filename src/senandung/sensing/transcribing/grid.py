"""Where the beats lie, how many make a bar, and on which part of a beat each note was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.domain.time import TICKS_PER_QUARTER, Tick

Floats = NDArray[np.float64]

DIVISIONS = (1, 2, 4, 3, 6)
"""Parts into which a beat is divided."""

PRICE = {1: 0.0, 2: 0.05, 4: 0.12, 3: 0.2, 6: 0.5}
"""What a division costs beside its deviations: players divide into two before three (ours)."""

STRAY = 0.045
"""Seconds by which a note usually strays from where it was meant."""

SURE = 1.12
"""How far the beats of a bar must differ in weight for three against four to be believed."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Beats and bars.

    Parameters
    ----------
    beats : seconds of the beats, from before the first note to after the last, shape (b,), rising.
    first : the number of a beat that begins a bar.
    bar : beats in a bar, 3 or 4.
    sure : whether the bar was heard, and not only supposed.
    """

    beats: Floats
    first: int
    bar: int
    sure: bool

    @property
    def tempo(self) -> float:
        """Beats a minute: of the whole."""
        return float(60 * (len(self.beats) - 1) / (self.beats[-1] - self.beats[0]))

    def position(self, seconds: Floats) -> Floats:
        """Beats since the first, with fractions."""
        return np.asarray(np.interp(seconds, self.beats, np.arange(len(self.beats))))


def lay_grid(beats: Floats, notes: Sequence[PlayedNote], *, usual: float = 100.0) -> Grid:
    """Beats over all notes, and the bars that their weights suggest.

    Parameters
    ----------
    beats : seconds of the beats that were heard; with fewer than four the grid has `usual` beats a minute.
    notes : at least one, in order.
    """
    start, end = notes[0].onset, max(note.onset + note.duration for note in notes)
    row = np.asarray(beats, dtype=np.float64)
    if len(row) < 4:
        row = start + np.arange(4) * 60 / usual
    ahead, after = float(np.median(np.diff(row[:9]))), float(np.median(np.diff(row[-9:])))
    before = row[0] - ahead * np.arange(max(0, int(np.ceil((row[0] - start) / ahead))), 0, -1)
    behind = row[-1] + after * np.arange(1, max(0, int(np.ceil((end - row[-1]) / after))) + 1)
    row = np.concatenate((before, row, behind))
    # Beats that lie far before the first note belong to nothing.
    row = row[max(0, int(np.searchsorted(row, start + 0.3 * ahead, side="right")) - 1) :]
    if len(row) < 2:
        row = np.array([start, start + ahead])
    first, bar, sure = _bars(row, notes)
    return Grid(row, first, bar, sure)


def _bars(beats: Floats, notes: Sequence[PlayedNote]) -> tuple[int, int, bool]:
    """First beat of a bar, beats a bar, and whether that is sure: where long and low notes begin."""
    weight = np.zeros(len(beats))
    place = np.interp([note.onset for note in notes], beats, np.arange(len(beats)))
    middle = float(np.mean([note.pitch for note in notes]))
    for note, at in zip(notes, place, strict=True):
        beat = round(float(at))
        if abs(at - beat) < 0.2 and beat < len(weight):
            weight[beat] += 0.3 + min(note.duration, 2.0) + 0.05 * max(0.0, middle - note.pitch)
    weight = np.log1p(weight)
    best: dict[int, tuple[float, int]] = {}
    for bar in (3, 4):
        means = [float(weight[phase::bar].mean()) if len(weight[phase::bar]) else 0.0 for phase in range(bar)]
        around = float(np.mean(means)) or 1.0
        best[bar] = (max(means) / around, int(np.argmax(means)))
    three = len(beats) >= 12 and best[3][0] > best[4][0] * 1.03 and best[3][0] > SURE
    bar = 3 if three else 4
    return best[bar][1], bar, len(beats) >= 12 and best[bar][0] > SURE


def place_notes(notes: Sequence[PlayedNote], grid: Grid) -> list[tuple[Tick, Tick]]:
    """Onset and end of each note in ticks from the beginning of the first bar.

    Each beat takes the division that its onsets fit best, cheap ones first; ends follow the same divisions.
    """
    onsets = grid.position(np.array([note.onset for note in notes]))
    ends = grid.position(np.array([note.onset + note.duration for note in notes]))
    division = _divisions(onsets, grid)
    lead = (grid.bar - grid.first) % grid.bar
    placed = []
    for onset, end in zip(onsets, ends, strict=True):
        at = _nearest(float(onset), division)
        least = TICKS_PER_QUARTER // 4 if division[min(int(at), len(division) - 1)] % 3 else TICKS_PER_QUARTER // 6
        until = _nearest(float(end), division)
        first = round((at + lead) * TICKS_PER_QUARTER)
        placed.append((first, max(round((until + lead) * TICKS_PER_QUARTER), first + least)))
    return placed


def _divisions(onsets: Floats, grid: Grid) -> list[int]:
    """Into how many parts each beat is divided."""
    seconds = np.diff(grid.beats, append=2 * grid.beats[-1] - grid.beats[-2])
    result = []
    # What rounds up to the next beat belongs to it.
    inside = np.floor(onsets + 0.08).astype(int)
    for beat, length in enumerate(seconds):
        own = onsets[inside == beat] - beat
        if not len(own):
            result.append(2)
            continue

        def cost(parts: int, own: Floats = own, length: float = float(length)) -> float:
            off = np.abs(own * parts - np.round(own * parts)) / parts * length / STRAY
            crowded = len(own) - len(np.unique(np.round(own * parts)))
            return float((off**2).mean()) + PRICE[parts] * (1 + 0.0 * crowded)

        result.append(min(DIVISIONS, key=cost))
    return result


def _nearest(place: float, division: Sequence[int]) -> float:
    """The nearest part of a beat."""
    beat = min(max(int(np.floor(place + 0.08)), 0), len(division) - 1)
    parts = division[beat] if division[beat] > 1 else 2
    return max(0.0, beat + round((place - beat) * parts) / parts)
