"""Where the beats lie, how many make a bar, and on which part of a beat each note was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE
from senandung.domain.performance import PlayedNote
from senandung.domain.time import TICKS_PER_QUARTER, Tick

Floats = NDArray[np.float64]

DIVISIONS = (1, 2, 4, 3, 6)
"""Parts into which a beat is divided."""

PRICE = {1: 0.0, 2: 0.05, 4: 0.15, 3: 0.3, 6: 1.0}
LONE = {1: 0.0, 2: 0.05, 4: 0.4, 3: 1.0, 6: 2.5}
"""What a division costs beside its deviations, the second where one note alone speaks for it: players divide into two
before three, and one note may simply be early (ours)."""

STRAY = 0.045
"""Seconds by which a note usually strays from where it was meant."""

SURE = 2.5
"""Standard errors by which the first beats of bars stand above the others where the bar is believed."""

OFF_BEAT = 1.2
"""How much more must begin between the beats that were heard than on them, for the beats to lie there."""

STEADY = 400.0
"""How strongly beats are kept evenly apart."""

FAST, EVERY_OTHER = 118.0, 1.3
"""Beats a minute from which every other beat may be the beat, and how much more must begin there."""


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
    row = _settled(row, notes)
    first, bar, sure = _bars(row, notes)
    return Grid(row, first, bar, sure)


def follow_beats(beats: Floats, strength: NDArray[np.float32], notes: Sequence[PlayedNote]) -> Floats:
    """Beats as far apart as those that were heard, where notes and onsets lie: a steady pulse that does not slip.

    Dynamic programming as Ellis (2007) has it, on the sound's onsets and the notes together, and held more tightly.

    Parameters
    ----------
    beats : seconds of the beats that were heard.
    strength : of the sound's onsets, a value a frame, as `audio.onsets.onset_strength` gives it.
    """
    from scipy.ndimage import gaussian_filter1d

    if len(beats) < 4 or not len(strength) or not notes:
        return beats
    period = float(np.median(np.diff(beats))) * FRAME_RATE
    count = len(strength)
    middle = float(np.mean([note.pitch for note in notes]))
    played = np.zeros(count)
    for note in notes:
        at = min(round(note.onset * FRAME_RATE), count - 1)
        played[at] += 0.3 + min(note.duration, 2.0) + 0.08 * max(0.0, middle - note.pitch)
    rows = [gaussian_filter1d(row, 1.2) for row in (np.sqrt(played), np.sqrt(strength.astype(np.float64)))]
    row = sum(each / max(float(each.std()), 1e-9) for each in rows)
    steps = np.arange(-round(1.4 * period), -round(period / 1.4) + 1)
    penalty = -STEADY * np.log(-steps / period) ** 2
    gathered, links = row.copy(), np.full(count, -1)
    for frame in range(-int(steps[0]), count):
        earlier = gathered[frame + steps] + penalty
        best = int(np.argmax(earlier))
        gathered[frame] = row[frame] + earlier[best]
        links[frame] = frame + steps[best]
    place = count - 1 - int(np.argmax(gathered[::-1][: max(1, round(period))]))
    found: list[int] = []
    while place >= 0:
        found.append(place)
        place = int(links[place])
    return np.asarray(found[::-1], dtype=np.float64) / FRAME_RATE


def _weights(beats: Floats, notes: Sequence[PlayedNote]) -> Floats:
    """How much begins on each beat: long notes and low ones, many at once."""
    weight = np.zeros(len(beats))
    middle = float(np.mean([note.pitch for note in notes]))
    place = np.interp([note.onset for note in notes], beats, np.arange(len(beats)))
    for note, at in zip(notes, place, strict=True):
        beat = round(float(at))
        if abs(at - beat) < 0.2 and beat < len(weight):
            weight[beat] += 0.3 + min(note.duration, 2.0) + 0.08 * max(0.0, middle - note.pitch)
    return weight


def _changes(beats: Floats, notes: Sequence[PlayedNote]) -> Floats:
    """How new what sounds from each beat on is, 0..1: its pitch classes against those of the two beats before."""
    sounding = np.zeros((len(beats) + 1, 12))
    for note in notes:
        first = int(np.searchsorted(beats, note.onset + 0.05))
        last = int(np.searchsorted(beats, note.onset + min(note.duration, 4.0) - 0.05))
        for beat in range(first, max(last, first) + 1):
            sounding[beat, note.pitch % 12] += 1.0
    # Row b is what sounds between the beats b - 1 and b.
    change = np.zeros(len(beats))
    for beat in range(1, len(beats) - 1):
        before, after = sounding[max(0, beat - 1) : beat + 1].sum(axis=0), sounding[beat + 1]
        size = float(np.linalg.norm(before) * np.linalg.norm(after))
        change[beat] = 1 - float(before @ after) / size if size > 0 else 0.0
    return change


def _settled(beats: Floats, notes: Sequence[PlayedNote]) -> Floats:
    """The beats where the music has them: between those that were heard, or every other one, if more begins there."""
    between = (beats[:-1] + beats[1:]) / 2
    on, off = _weights(beats, notes).sum(), _weights(between, notes).sum() if len(between) > 1 else 0.0
    if off > OFF_BEAT * on:
        step = float(beats[1] - beats[0])
        beats = np.concatenate((between[:1] - step, between, between[-1:] + step))
    tempo = 60 * (len(beats) - 1) / (beats[-1] - beats[0])
    if tempo > FAST and len(beats) >= 8:
        weight = _weights(beats, notes)
        parities = [float(weight[parity::2].mean()) for parity in (0, 1)]
        if max(parities) > EVERY_OTHER * min(parities):
            first = int(np.argmax(parities))
            lead = beats[:1] - (beats[1] - beats[0]) if first else beats[:0]
            beats = np.concatenate((lead, beats[first::2]))
    return beats


def _bars(beats: Floats, notes: Sequence[PlayedNote]) -> tuple[int, int, bool]:
    """First beat of a bar, beats a bar, and whether that is sure: where much begins and where the harmony changes."""
    weight, change = np.log1p(_weights(beats, notes)), _changes(beats, notes)
    both = weight / max(float(weight.mean()), 1e-9) + change / max(float(change.mean()), 1e-9)
    best: dict[int, tuple[float, int]] = {}
    for bar in (3, 4):
        stands = []
        for phase in range(bar):
            inside = np.arange(len(both)) % bar == phase
            one, others = both[inside], both[~inside]
            if not len(one) or not len(others):
                stands.append(0.0)
                continue
            error = np.sqrt(one.var() / len(one) + others.var() / len(others)) + 0.05
            stands.append(float((one.mean() - others.mean()) / error))
        best[bar] = (max(stands), int(np.argmax(stands)))
    three = len(beats) >= 12 and best[3][0] > best[4][0] + 0.5
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
            inner = np.count_nonzero(np.round(own * parts) % parts)
            return float((off**2).mean()) + (PRICE if inner > 1 or len(own) > 1 else LONE)[parts]

        result.append(min(DIVISIONS, key=cost))
    return result


def _nearest(place: float, division: Sequence[int]) -> float:
    """The nearest part of a beat."""
    beat = min(max(int(np.floor(place + 0.08)), 0), len(division) - 1)
    parts = division[beat] if division[beat] > 1 else 2
    return max(0.0, beat + round((place - beat) * parts) / parts)
