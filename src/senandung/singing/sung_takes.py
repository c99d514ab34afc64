"""What a singer does in a take whose notes are known: vibrato, scoops, timing, glide and breath, note by note.

Vowel onsets are seen in the sound (450 Hz to 4 kHz), the pitch is Harvest's. Vibrato is what swings between 3.5 and
9 Hz, its rate and extent from the analytic signal. A glide is seen in the middle of all steps, each made 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require
from senandung.domain.singing import FRAME
from senandung.domain.time import Second
from senandung.singing.banks.analysis import SAMPLE_RATE, world
from senandung.singing.banks.segment import Heard, hear

Floats = NDArray[np.float64]

JOINED: Second = 0.12
"""Notes with less rest than this between them are of one phrase."""

LONG: Second = 0.55
"""Notes from this length on may have a vibrato that can be measured; delays are measured from twice this length on."""

SWINGS: tuple[float, float] = (3.5, 9.0)
"""Hz between which a swing of the pitch is vibrato."""

LEAST_SWING = 12.0
"""Cents: less is no vibrato."""

UNSURE: Second = 0.03
"""So long after a vowel's onset its pitch is not seen well: the consonant's is still in it."""

SCOOP_SEEN = 0.8
"""Share of a scoop's depth that is seen, in takes of our own voices."""

LEAST_SCOOP = 30.0
"""Cents: less is no scoop."""

GROWS: Second = 0.28
"""How long a vibrato grows, where nothing else is known (`Habits.vibrato_in`)."""

SEEN_LATE: Second = 0.013
"""By how much an onset is seen late in takes whose onsets are known (our own voices')."""

BREATH_SEEN = -1.5
"""dB by which a breath is seen softer than the level it was made with, in the same takes."""

AROUND = 0.16
"""Seconds before and after a step in which it is seen."""


@dataclass(frozen=True)
class TakeNote:
    """A note that was asked for, in seconds of the take; `slurred` inside a melisma."""

    onset: Second
    end: Second
    pitch: float
    slurred: bool = False


@dataclass(frozen=True, eq=False)
class SungTake:
    """A take: mono samples at 44.1 kHz, shape (n,), and its notes in order."""

    samples: Floats
    notes: tuple[TakeNote, ...]

    def __post_init__(self) -> None:
        require(len(self.notes) >= 1, "a sung take must have notes", len(self.notes))
        require(len(self.samples) >= SAMPLE_RATE // 2, "a sung take must last .5 s at least", len(self.samples))


@dataclass(frozen=True, eq=False)
class Observed:
    """What was seen: values by name, and the mean course of a step from -`AROUND` to `AROUND` seconds.

    Names: vibrato_rate (Hz), vibrato_extent (cents), vibrato_delay (s), scoop (cents, 0 where a phrase begins without),
    scoop_seconds, late (s), breath_seconds, breath_level (dB), breath_before (s), stretch (s between two breaths),
    no_vibrato (lengths of notes that have none).
    """

    values: Mapping[str, tuple[float, ...]]
    steps: Floats
    slurs: Floats

    def __add__(self, other: Observed) -> Observed:
        names = dict.fromkeys([*self.values, *other.values])
        values = {name: (*self.values.get(name, ()), *other.values.get(name, ())) for name in names}
        return Observed(values, np.vstack((self.steps, other.steps)), np.vstack((self.slurs, other.slurs)))


def observe(take: SungTake) -> Observed:
    """Measure a take. Raises `InvalidValueError` where nearly none of its notes is heard in it."""
    pitches = [note.pitch for note in take.notes]
    low, high = (440 * 2 ** ((pitch - 69) / 12) for pitch in (min(pitches) - 5, max(pitches) + 5))
    f0, _ = world().harvest(take.samples, SAMPLE_RATE, f0_floor=low, f0_ceil=high, frame_period=1000 * FRAME)
    heard = hear(take.samples, f0)
    cents = np.where(heard.f0 > 0, 6900 + 1200 * np.log2(np.maximum(heard.f0, 1) / 440), np.nan)
    found: dict[str, list[float]] = {}
    steps: list[Floats] = []
    slurs: list[Floats] = []
    sung = 0
    for index, note in enumerate(take.notes):
        inside = cents[_rows(note.onset + 0.05, note.end - 0.03)]
        near = np.abs(inside - 100 * note.pitch) < 150
        sung += bool(len(inside)) and bool(near.sum() > 0.3 * len(inside))
        before = take.notes[index - 1] if index else None
        begins = before is None or note.onset - before.end > JOINED
        onset = None if note.slurred else _onset(heard, note)
        if onset is not None:
            found.setdefault("late", []).append(onset - note.onset)
        at = onset if onset is not None else note.onset
        _vibrato(cents, note, at, found)
        if begins:
            _scoop(cents, note, at, found)
        elif before is not None and abs(note.pitch - before.pitch) >= 1:
            course = _course(cents, before.pitch, note.pitch, at)
            (slurs if note.slurred else steps).append(course)
    rule = f"at least half of a take's {len(take.notes)} notes must be heard at their time"
    require(sung >= 0.5 * len(take.notes), rule, sung)
    _breaths(heard, take.notes, found)
    width = 2 * round(AROUND / FRAME) + 1
    empty = np.zeros((0, width))
    return Observed(
        {name: tuple(values) for name, values in found.items()},
        np.array(steps) if steps else empty,
        np.array(slurs) if slurs else empty,
    )


def middle_course(courses: Floats) -> Floats | None:
    """The middle of steps, moment by moment, or None where there are too few."""
    if len(courses) < 3:
        return None
    enough = np.isfinite(courses).sum(axis=0) >= 2
    course: Floats = np.full(courses.shape[1], np.nan)
    course[enough] = np.nanmedian(courses[:, enough], axis=0)
    return course if int(enough.sum()) > 20 else None


def moments() -> Floats:
    """The moments of a step's course, in seconds from the vowel's onset."""
    count = round(AROUND / FRAME)
    return np.asarray(np.arange(-count, count + 1) * FRAME, dtype=np.float64)


def _rows(start: Second, end: Second) -> slice:
    low = max(round(start / FRAME), 0)
    return slice(low, max(round(end / FRAME), low))


def _onset(heard: Heard, note: TakeNote) -> Second | None:
    """Where the vowel of a note begins, or None where nothing parts it from what is before."""
    band = heard.bands[:, 6:24].max(axis=1)
    held = band[_rows(note.onset + 0.08, max(note.end - 0.08, note.onset + 0.14))]
    if not len(held):
        return None
    usual = float(np.median(held))
    here = _rows(note.onset - 0.14, note.onset + 0.12)
    low = np.flatnonzero(band[here] < usual - 8.0)
    if not len(low) or low[-1] == here.stop - here.start - 1:
        return None
    return float((here.start + int(low[-1]) + 0.5) * FRAME) - SEEN_LATE


def _vibrato(cents: Floats, note: TakeNote, onset: Second, found: dict[str, list[float]]) -> None:
    length = note.end - onset
    if length < LONG:
        return
    rows = _rows(onset + 0.04, note.end - 0.05)
    course = cents[rows] - 100 * note.pitch
    good = np.abs(course) < 300
    if good.sum() < 0.8 * len(course):
        return
    x = np.arange(len(course))
    course = np.interp(x, x[good], course[good])
    swing = _swing(course)
    envelope = np.convolve(np.abs(swing), np.hanning(27)[1:-1] / np.hanning(27)[1:-1].sum(), "same")
    top = float(np.percentile(envelope[8:-8], 90)) if len(envelope) > 40 else 0.0
    if top < LEAST_SWING:
        found.setdefault("no_vibrato", []).append(length)
        return
    strong = np.flatnonzero(envelope > 0.75 * top)
    inside = slice(strong[0], strong[-1] + 1)
    turned = np.unwrap(np.angle(swing[inside]))
    if len(turned) * FRAME < 0.25:
        return
    rate = float(np.median(np.diff(turned)) / (2 * np.pi * FRAME))
    if not SWINGS[0] < rate < SWINGS[1]:
        return
    found.setdefault("vibrato_rate", []).append(rate)
    found.setdefault("vibrato_extent", []).append(float(np.median(envelope[strong])))
    if length >= 1.6 * LONG:
        half = np.flatnonzero(envelope > 0.5 * float(np.median(envelope[strong])))
        delay = 0.04 + half[0] * FRAME - 0.5 * GROWS
        found.setdefault("vibrato_delay", []).append(max(float(delay), 0.0))


def _swing(course: Floats) -> NDArray[np.complex128]:
    """The analytic signal of what swings between the bounds of `SWINGS`; the ends are mirrored."""
    spread = min(len(course) - 1, 80)
    smooth = course - np.polynomial.Polynomial.fit(np.arange(len(course)), course, 3)(np.arange(len(course)))
    padded = np.concatenate((-smooth[spread:0:-1], smooth, -smooth[-2 : -spread - 2 : -1]))
    spectrum = np.fft.fft(padded)
    hertz = np.fft.fftfreq(len(padded), FRAME)
    keep = np.clip((hertz - SWINGS[0] + 0.8) / 0.8, 0, 1) * np.clip((SWINGS[1] + 1.5 - hertz) / 1.5, 0, 1)
    analytic = np.fft.ifft(2 * spectrum * keep * (hertz > 0))
    return np.asarray(analytic[spread : spread + len(course)])


def _scoop(cents: Floats, note: TakeNote, onset: Second, found: dict[str, list[float]]) -> None:
    """How deep below itself a phrase's first note begins, and how quickly it is there."""
    if note.end - onset < 0.22:
        return
    span = min(0.22, note.end - onset - 0.04)
    course = cents[_rows(onset, onset + span)] - 100 * note.pitch
    time = np.arange(len(course)) * FRAME
    good = (np.abs(course) < 350) & (time >= UNSURE)
    if good.sum() < 0.6 * len(course) or len(course) < 20:
        return
    best = (np.inf, 0.0, 0.0)
    for seconds in np.geomspace(0.012, 0.12, 14):
        shape = np.stack((np.exp(-time[good] / seconds), np.ones(int(good.sum()))), axis=1)
        solved, *_ = np.linalg.lstsq(shape, course[good], rcond=None)
        error = float(((shape @ solved - course[good]) ** 2).sum())
        best = min(best, (error, float(-solved[0]), float(seconds)))
    _, depth, seconds = best
    if LEAST_SCOOP <= depth < 600:
        found.setdefault("scoop", []).append(depth / SCOOP_SEEN)
        found.setdefault("scoop_seconds", []).append(seconds)
    else:
        found.setdefault("scoop", []).append(0.0)


def _course(cents: Floats, before: float, after: float, onset: Second) -> Floats:
    """A step from note to note, 0 before and 1 after it; what has no pitch is not a number."""
    first = round(onset / FRAME) - round(AROUND / FRAME)
    places = first + np.arange(len(moments()))
    course = np.full(len(places), np.nan)
    good = (places >= 0) & (places < len(cents))
    course[good] = (cents[places[good]] / 100 - before) / (after - before)
    course[np.abs(course - 0.5) > 1.5] = np.nan
    return course


def _breaths(heard: Heard, notes: Sequence[TakeNote], found: dict[str, list[float]]) -> None:
    """Breaths in the rests: noise without a pitch that swells and ends before the next sound."""
    vowels = [heard.level[_rows(note.onset + 0.08, note.end - 0.06)] for note in notes if note.end - note.onset > 0.2]
    if not vowels:
        return
    usual = float(np.median(np.concatenate(vowels)))
    quiet = heard.noise
    last = None
    for before, note in pairwise([TakeNote(-1.0, 0.0, notes[0].pitch), *notes]):
        if note.onset - before.end < 0.16:
            continue
        here = _rows(max(before.end - 0.05, 0.0), note.onset - 0.02)
        level = np.convolve(heard.level, np.ones(5) / 5, "same")[here]
        pitched = heard.f0[here] > 0
        loud = (level > max(quiet + 8, usual - 45)) & (level < usual - 12) & ~pitched
        edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
        runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if (b - a) * FRAME >= 0.08]
        runs = [(a, b) for a, b in runs if b < len(level)]
        if not runs:
            continue
        start, end = max(runs, key=lambda run: run[1] - run[0])
        found.setdefault("breath_seconds", []).append(float((end - start) * FRAME))
        strength = float(np.percentile(level[start:end], 90)) - usual - BREATH_SEEN
        found.setdefault("breath_level", []).append(strength)
        lowest = int(np.argmin(level[end:]))
        after = np.flatnonzero(level[end + lowest :] > level[end:].min() + 6)
        silence = (lowest + (after[0] if len(after) else 0)) * FRAME
        if silence < 0.15:
            found.setdefault("breath_before", []).append(float(silence))
        moment = (here.start + end) * FRAME
        if last is not None:
            found.setdefault("stretch", []).append(moment - last)
        last = moment
