"""The musical cues of notes, in windows of about four seconds and of the whole: what the rules of feeling look at."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from senandung.domain.key_profiles import MAJOR, MINOR
from senandung.sensing.notes.events import Events, Floats, Whole

if TYPE_CHECKING:
    from senandung.domain.time import Second

WINDOW: Second = 4.0
STEP: Second = 2.0
MOST_WINDOWS = 900
"""Longer notes get longer windows."""

KEY_SPAN: Second = 16.0
"""Seconds around a window whose tones tell its mode."""

CELLS = 16
"""Cells a second in which sounding notes are counted."""

HELD: Second = 12.0
"""A note counts as sounding for at most so long."""

TOGETHER: Second = 0.035
"""Notes that begin so near to each other are one onset."""

CONSONANCE = (-0.9, -0.4, 0.2, 0.3, 0.7, -0.2)
"""Of the interval classes 1..6: means over an interval and its inversion of the consonance of Schwartz, Howe & Purves
(2003), as tabulated in TISMIR (10.5334/tismir.243); -1 the roughest, 1 an octave."""


@dataclass(frozen=True)
class NoteCues:
    """The cues of a stretch of notes.

    Parameters
    ----------
    start, end : seconds.
    onsets : onsets a second, of all parts together.
    tempo : felt beats a minute as written; 0 where not known.
    majorness : -1 (minor) .. 1 (major), near 0 where the mode is not clear; None where the tuning has none.
    clarity : correlation of the tones with the best key's profile.
    register, width : mean and standard deviation of the sounding pitches, semitones; 0 without pitch.
    velocity : mean velocity of what begins here; None where velocities say nothing.
    touch : length over the time to the part's next note, median: 1 joined, .5 detached.
    consonance : mean over the pairs of sounding tones, by `CONSONANCE`.
    movement : how much the sounding tones change from one half second to the next, 0..1.
    evenness : share of onsets that come after as long as the one before did.
    range : semitones between the low and the high tones of the upper line.
    rise : semitones a second by which the upper line climbs.
    drums : share of the onsets that drums strike.
    """

    start: Second
    end: Second
    onsets: float = 0.0
    tempo: float = 0.0
    majorness: float | None = None
    clarity: float = 0.0
    register: float = 0.0
    width: float = 0.0
    velocity: float | None = None
    touch: float | None = None
    consonance: float | None = None
    movement: float | None = None
    evenness: float | None = None
    range: float | None = None
    rise: float | None = None
    drums: float = 0.0


@dataclass(frozen=True, eq=False)
class NoteStory:
    """All cues of some notes.

    Parameters
    ----------
    whole : of all of it, its mode told with the last bass.
    windows : over time; windows in which nothing begins are left out.
    tonic : pitch class of the likeliest key; `minor` whether it is a minor one.
    """

    whole: NoteCues
    windows: tuple[NoteCues, ...]
    tonic: int
    minor: bool


@dataclass(frozen=True, eq=False)
class _Grid:
    """What sounds in each cell of 1 / `CELLS` seconds, shape (n, ...): pitch classes, sum, squares and number of
    pitches, and the upper line (0 where nothing sounds)."""

    classes: Floats
    total: Floats
    squares: Floats
    count: Floats
    top: Whole


def find_note_cues(events: Events) -> NoteStory:
    """The cues of notes of which at least one is pitched."""
    grid = _grid(events)
    begins = _begins(events.onset)
    flat = events.flat
    whole = _cues(events, grid, begins, 0.0, events.seconds, flat)
    weights = grid.classes.sum(axis=0)
    fits = _fits(weights)
    biased = fits + _last_bass(events)[:, None]
    told = None if events.tuned else _majorness(weights, biased)
    whole = replace(whole, majorness=told, clarity=float(fits.max()))
    tonic, minor = np.unravel_index(int(biased.argmax()), biased.shape)
    windows = []
    for start, end in _windows(events.seconds):
        first, last = np.searchsorted(events.onset, (start, end))
        if first == last:
            continue
        middle, half = (start + end) / 2, max(KEY_SPAN, end - start) / 2
        around = grid.classes[max(0, int((middle - half) * CELLS)) : int((middle + half) * CELLS) + 1].sum(axis=0)
        local = _fits(around)
        cues = _cues(events, grid, begins, start, end, flat)
        mode = None if events.tuned else _majorness(around, local + 0.5 * biased)
        windows.append(replace(cues, majorness=mode, clarity=float(local.max())))
    return NoteStory(whole, tuple(windows), int(tonic), bool(minor))


def _windows(seconds: Second) -> Iterator[tuple[Second, Second]]:
    stretch = max(1.0, seconds / (MOST_WINDOWS * STEP))
    length, step = WINDOW * stretch, STEP * stretch
    last = max(seconds - length, 0.0)
    for number in range(math.ceil(last / step) + 1):
        start = min(number * step, last)
        yield start, min(start + length, max(seconds, 0.1))


def _grid(events: Events) -> _Grid:
    cells = int(events.seconds * CELLS) + 1
    sounding = np.flatnonzero(~events.drum)
    onset, end = events.onset[sounding], np.minimum(events.end[sounding], events.onset[sounding] + HELD)
    first = np.minimum(np.round(onset * CELLS).astype(np.int64), cells - 1)
    last = np.clip(np.round(end * CELLS).astype(np.int64), first + 1, cells)
    lengths = last - first
    which = np.repeat(np.arange(len(sounding)), lengths)
    at = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + first[which]
    pitch = events.pitch[sounding][which]
    classes = np.bincount(at * 12 + pitch % 12, minlength=cells * 12).reshape(cells, 12).astype(np.float64)
    top = np.zeros(cells, dtype=np.int64)
    np.maximum.at(top, at, pitch)
    total = np.bincount(at, weights=pitch, minlength=cells).astype(np.float64)
    squares = np.bincount(at, weights=pitch.astype(np.float64) ** 2, minlength=cells).astype(np.float64)
    return _Grid(classes, total, squares, np.bincount(at, minlength=cells).astype(np.float64), top)


def _begins(onset: Floats) -> Floats:
    """The times at which something begins; notes of a chord are not quite together."""
    return onset[np.concatenate([[True], np.diff(onset) > TOGETHER])] if len(onset) else onset


def _cues(events: Events, grid: _Grid, begins: Floats, start: Second, end: Second, flat: bool) -> NoteCues:
    first, last = np.searchsorted(events.onset, (start, end))
    here = slice(int(first), int(last))
    inside = slice(int(start * CELLS), max(int(end * CELLS), int(start * CELLS) + 1))
    near = begins[slice(*np.searchsorted(begins, (start, end)))]
    count, total = float(grid.count[inside].sum()), float(grid.total[inside].sum())
    mean = total / count if count else 0.0
    spread = math.sqrt(max(0.0, float(grid.squares[inside].sum()) / count - mean**2)) if count else 0.0
    tempo = [pace for second, pace in events.tempos if second <= (start + end) / 2][-1:]
    top = grid.top[inside]
    return NoteCues(
        start,
        end,
        onsets=len(near) / max(end - start, 0.1),
        tempo=tempo[0] if tempo else 0.0,
        register=mean,
        width=spread,
        velocity=None if flat or first == last else float(events.velocity[here].mean()),
        touch=_touch(events, here),
        consonance=_consonance(grid.classes[inside]),
        movement=_movement(grid.classes[inside]),
        evenness=_evenness(near),
        range=float(np.subtract(*np.percentile(top[top > 0], (90, 10)))) if (top > 0).any() else None,
        rise=_rise(top),
        drums=float(events.drum[here].mean()) if first < last else 0.0,
    )


def _touch(events: Events, here: slice) -> float | None:
    found = []
    lengths = events.end[here] - events.onset[here]
    for number in np.unique(events.part[here]):
        inside = np.flatnonzero((events.part[here] == number) & ~events.drum[here])
        gaps = np.diff(events.onset[here][inside])
        told = gaps > TOGETHER
        found.append(np.minimum(lengths[inside[:-1]][told] / gaps[told], 1.5))
    ratios = np.concatenate(found) if found else np.zeros(0)
    return float(np.median(ratios)) if len(ratios) else None


def _consonance(classes: Floats) -> float | None:
    """Mean consonance of the pairs of different tones that sound together."""
    there = classes > 0
    pairs = np.array([(there & np.roll(there, -step, axis=1)).sum() for step in range(1, 7)], dtype=np.float64)
    pairs[5] /= 2  # a tritone is met from both sides
    return float(pairs @ np.array(CONSONANCE) / pairs.sum()) if pairs.sum() else None


def _movement(classes: Floats) -> float | None:
    half = CELLS // 2
    rows = len(classes) // half
    if rows < 2:
        return None
    steps = classes[: rows * half].reshape(rows, half, 12).sum(axis=1)
    sizes = np.linalg.norm(steps, axis=1)
    told = (sizes[:-1] > 0) & (sizes[1:] > 0)
    alike = (steps[:-1] * steps[1:]).sum(axis=1)[told] / (sizes[:-1] * sizes[1:])[told]
    return float(1 - alike.mean()) if len(alike) else None


def _evenness(begins: Floats) -> float | None:
    gaps = np.diff(begins)
    if len(gaps) < 3:
        return None
    return float((np.abs(np.log2(gaps[1:] / gaps[:-1])) < 0.2).mean())


def _rise(top: Whole) -> float | None:
    """Slope of the upper line, in semitones a second."""
    at = np.flatnonzero(top)
    if len(at) < CELLS:
        return None
    times = (at - at.mean()) / CELLS
    return float(times @ (top[at] - top[at].mean()) / (times @ times))


def _fits(weights: Floats) -> Floats:
    """Correlation of the tones' weights with each key's profile, shape (12, 2): tonic, major and minor."""
    centred = weights - weights.mean()
    size = float(np.linalg.norm(centred))
    if size < 1e-9:
        return np.zeros((12, 2))
    return np.asarray((_profiles() @ (centred / size)).reshape(12, 2))


@cache
def _profiles() -> Floats:
    """The profile of each key, centred and of length 1, shape (24, 12)."""
    rows = np.array([np.roll(profile, tonic) for tonic in range(12) for profile in (MAJOR, MINOR)])
    rows -= rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))


def _majorness(weights: Floats, fits: Floats) -> float:
    """Major against minor thirds above each tonic, weighed by how likely it is the tonic."""
    if weights.sum() <= 0:
        return 0.0
    likely = np.exp(12 * (fits.max(axis=1) - fits.max()))
    major, minor = np.roll(weights, -4), np.roll(weights, -3)
    thirds = (major - minor) / (major + minor + 1e-3 * weights.sum())
    return float((likely * thirds).sum() / likely.sum())


def _last_bass(events: Events) -> Floats:
    """.3 on the pitch class that ends lowest, shape (12,): a piece ends on its tonic."""
    found = np.zeros(12)
    pitched = np.flatnonzero(~events.drum)
    last = events.onset[pitched].max()
    final = pitched[(events.onset[pitched] > last - 0.06) | (events.end[pitched] > last + 0.15)]
    found[int(events.pitch[final].min()) % 12] = 0.3
    return found
