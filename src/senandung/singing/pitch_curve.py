"""The pitch of a sung part: steps with overshoot, scoops, slides, vibrato, wandering, and each note's mean in tune.

A step is the response of a damped second-order system, with overshoot, and a preparation the other way before it
(Saitou, Unoki & Akagi 2005; Saitou et al. 2007, "Speech-to-singing synthesis", WASPAA). Vibrato begins after the tone
has settled, grows, quickens a little and calms down at the note's end (Prame 1994). Wandering below 1.5 Hz and jitter
below 12 Hz are Gaussian noise. Microprosody: a voiced obstruent pulls the pitch down, a voiceless one lets the vowel
begin a little high (Hombert, Ohala & Ewan 1979, Language 55(1)), in singing much less than in speech.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Ornament, SungPhoneme
from senandung.domain.time import Second
from senandung.singing.habits import Habits
from senandung.singing.ornaments import Decoration
from senandung.singing.steps import step_response

Floats = NDArray[np.float64]

SETTLED: Second = 0.6
"""A step has arrived after this long."""

ENTRY_RATE = 90.0
"""rad/s of the step to a phrase's first note: it is made in the rest and not heard."""
ENTRY_LEAD: Second = 0.12

MOST_PREPARED = 18.0
"""Cents: the deepest preparation."""

LEAP = 4.0
"""Semitones upwards from which a note may be scooped within a phrase."""
LEAP_SCOOP = 0.5
"""Its depth against that of a phrase's beginning."""

FALL_SECONDS: Second = 0.13
FALL_SHORTEST: Second = 0.35

TONE_FREE = 2.0
"""Cents by which a note's mean may lie off; what is more is taken away."""

OBSTRUENTS = frozenset({"stop", "affricate", "fricative", "trill", "tap"})
DIP, RISE = 18.0, 14.0
"""Cents of microprosody: in a voiced obstruent, and after a voiceless one."""


@dataclass(frozen=True)
class PitchNote:
    """A tone that is held: from its vowel's onset (or the slur to it) to the next one's, or to the phrase's end.

    `sound` is when the first sound of its phrase begins, for the first note of a phrase; `slurred` inside a melisma.
    """

    onset: Second
    end: Second
    pitch: float
    begins_phrase: bool = False
    ends_phrase: bool = False
    slurred: bool = False
    sound: Second = 0.0

    @property
    def seconds(self) -> Second:
        """How long it is held."""
        return self.end - self.onset


@dataclass(frozen=True, eq=False)
class PitchCurve:
    """The pitch every `FRAME` seconds as MIDI numbers, the vibrato in it in cents, and the ornaments in it."""

    pitch: Floats
    vibrato: Floats
    ornaments: tuple[Ornament, ...]


def pitch_curve(
    notes: Sequence[PitchNote],
    phonemes: Sequence[SungPhoneme],
    decorations: Sequence[Decoration],
    count: int,
    habits: Habits,
    rng: np.random.Generator,
) -> PitchCurve:
    """The pitch of a part, `count` values long.

    Parameters
    ----------
    notes : in order of time, at least one.
    phonemes : of the part, for the microprosody.
    decorations : ornaments that were chosen for these notes.
    """
    time: Floats = np.arange(count, dtype=np.float64) * FRAME
    semitones = _steps(notes, count, habits)
    cents = np.zeros(count)
    ornaments: list[Ornament] = [each.ornament for each in decorations]
    decorated = [(each.ornament.start, each.ornament.end, each.ornament.kind) for each in decorations]
    for each in decorations:
        cents += np.interp(time, each.times, each.cents, left=0.0, right=0.0)
    _scoops_and_falls(notes, time, cents, ornaments, decorated, habits, rng)
    vibrato = _vibratos(notes, time, ornaments, decorated, habits, rng)
    cents += vibrato + noise(count, 1.5, habits.drift, rng) + noise(count, 12.0, habits.jitter, rng)
    _microprosody(phonemes, time, cents)
    apart = [(each.start, each.end) for each in ornaments if each.kind not in ("vibrato", "scoop")]
    apart += [(each.start, each.end) for each in phonemes if PHONEMES[each.symbol].manner in OBSTRUENTS]
    cents += _tuned(notes, time, 100 * semitones + cents, apart, habits)
    pitch = np.clip(semitones + cents / 100, 12.0, 108.0)
    ornaments += [
        Ornament("portamento", one.onset - habits.glide_lead, one.onset + 0.1)
        for one in notes
        if one.slurred and one.onset > habits.glide_lead
    ]
    return PitchCurve(pitch, vibrato, tuple(sorted(ornaments, key=lambda each: (each.start, each.kind))))


def noise(count: int, cutoff: float, deviation: float, rng: np.random.Generator) -> Floats:
    """Gaussian noise below `cutoff` Hz with a standard deviation, `count` values `FRAME` seconds apart."""
    padded = 1 << max(count + 64, 1024).bit_length()
    spectrum = np.fft.rfft(rng.standard_normal(padded))
    frequency = np.fft.rfftfreq(padded, FRAME)
    spectrum *= 1 / (1 + (frequency / cutoff) ** 8)
    spectrum[0] = 0
    wave = np.fft.irfft(spectrum, padded)
    result: Floats = wave[:count] * (deviation / max(float(wave.std()), 1e-12))
    return result


def core(note: PitchNote, habits: Habits) -> tuple[Second, Second]:
    """The part of a note in which its pitch is heard: after it was reached, before it is left."""
    length = note.seconds
    start = note.onset + min(0.12, 0.4 * length)
    left = 0.07 if note.ends_phrase else habits.glide_lead + 0.02
    return start, max(note.end - min(left, 0.3 * length), start + min(0.3 * length, 2 * FRAME))


def _steps(notes: Sequence[PitchNote], count: int, habits: Habits) -> Floats:
    """The steps between the notes: the sum of their responses, with the preparations."""
    rate = np.zeros(count + 1)
    prepared = np.zeros(count)
    length = round(SETTLED / FRAME)
    for before, note in pairwise(notes):
        delta = note.pitch - before.pitch
        if not delta:
            continue
        if note.begins_phrase:
            at, omega, zeta = max(before.end, note.sound - ENTRY_LEAD), ENTRY_RATE, 0.9
        elif note.slurred:
            at, omega, zeta = note.onset - habits.glide_lead, habits.slur_rate, habits.slur_damping
        else:
            at, omega, zeta = note.onset - habits.glide_lead, habits.glide_rate, habits.glide_damping
        first = max(math.floor(at / FRAME), 0)
        moments = np.arange(first, first + length + 1, dtype=np.float64) * FRAME - at
        response = step_response(moments, omega, zeta)
        response[-1] = 1.0
        grown = np.diff(response, prepend=0.0)[: count - first]
        rate[first : first + len(grown)] += delta * grown
        if not note.begins_phrase and not note.slurred:
            depth = min(habits.preparation * abs(delta), MOST_PREPARED / 100) * math.copysign(1.0, delta)
            low, high = max(first - 20, 0), min(first + 12, count)
            here = np.arange(low, high) * FRAME - (at - 0.012)
            prepared[low:high] -= depth * np.exp(-0.5 * (here / 0.018) ** 2)
    return notes[0].pitch + np.cumsum(rate)[:count] + prepared


def _scoops_and_falls(
    notes: Sequence[PitchNote],
    time: Floats,
    cents: Floats,
    ornaments: list[Ornament],
    decorated: Sequence[tuple[Second, Second, str]],
    habits: Habits,
    rng: np.random.Generator,
) -> None:
    """Add scoops to beginnings and leaps, and falls to ends."""
    luk = {round(end, 6) for _, end, kind in decorated if kind == "luk"}
    before: PitchNote | None = None
    for note in notes:
        luck, depth, end_luck, end_depth = rng.random(), rng.standard_normal(), rng.random(), rng.random()
        cents_deep = max(habits.scoop + habits.scoop_spread * depth, 0.2 * habits.scoop)
        leaps = before is not None and not note.begins_phrase and note.pitch - before.pitch >= LEAP
        chance = habits.scoop_share if note.begins_phrase else habits.leap_share if leaps else 0.0
        before = note
        has_luk = any(note.onset < end < note.onset + 0.3 for end in luk)
        if luck < chance and note.seconds > 3 * habits.scoop_seconds and not has_luk and not note.slurred:
            cents_deep *= 1.0 if note.begins_phrase else LEAP_SCOOP
            begin = note.sound if note.begins_phrase else note.onset - habits.glide_lead
            inside = (time >= begin - 0.06) & (time <= note.onset + 8 * habits.scoop_seconds)
            gone = np.exp(-np.maximum(time[inside] - note.onset, 0.0) / habits.scoop_seconds)
            grown = np.clip((time[inside] - begin + 0.06) / 0.06, 0.0, 1.0)
            cents[inside] -= cents_deep * gone * grown
            ornaments.append(Ornament("scoop", max(begin, 0.0), note.onset + 2.5 * habits.scoop_seconds))
        if note.ends_phrase and end_luck < habits.fall_share and note.seconds >= FALL_SHORTEST and habits.fall > 0:
            begin = note.end - FALL_SECONDS
            inside = (time >= begin) & (time <= note.end + 0.1)
            x = np.clip((time[inside] - begin) / FALL_SECONDS, 0.0, 1.0)
            cents[inside] -= habits.fall * (0.5 + end_depth) * x**2
            ornaments.append(Ornament("fall", begin, note.end))


def _vibratos(
    notes: Sequence[PitchNote],
    time: Floats,
    ornaments: list[Ornament],
    decorated: Sequence[tuple[Second, Second, str]],
    habits: Habits,
    rng: np.random.Generator,
) -> Floats:
    """The vibrato of all notes in cents; it rests while another ornament is sung."""
    total = np.zeros(len(time))
    for note in notes:
        rate = habits.vibrato_rate + habits.vibrato_rate_spread * rng.standard_normal()
        extent = habits.vibrato_extent + habits.vibrato_extent_spread * float(np.clip(rng.standard_normal(), -2, 2))
        phase, uneven = rng.choice((0.0, math.pi)), rng.standard_normal(3)
        end = note.end if note.ends_phrase else note.end - habits.glide_lead
        if note.end - note.onset < habits.vibrato_shortest or extent <= 0:
            continue
        begin = note.onset + min(habits.vibrato_delay, habits.vibrato_delay_share * note.seconds)
        here = [(a, b, kind) for a, b, kind in decorated if note.onset - 0.1 < a < note.end]
        begin = max([begin, *(b for _, b, kind in here if kind in ("embat", "gregel"))])
        if end - begin < 1.2 / rate:
            continue
        inside = (time >= begin) & (time <= end)
        at = time[inside] - begin
        x = at / (end - begin)
        wander = 0.02 * sum(
            uneven[k] * np.sin(2 * np.pi * (0.4 + 0.5 * k) * at + 1.7 * k) / (k + 1) for k in range(len(uneven))
        )
        hertz = rate * (1 + habits.vibrato_quickens * (x - 0.3) + wander)
        turned = phase + 2 * np.pi * np.concatenate(([0.0], np.cumsum(0.5 * (hertz[1:] + hertz[:-1])) * FRAME))
        envelope = np.minimum(at / habits.vibrato_in, 1.0) * np.minimum((end - begin - at) / habits.vibrato_out, 1.0)
        for start, stop, kind in here:
            if kind == "cengkok":
                envelope *= np.clip(np.maximum(start - time[inside], time[inside] - stop) / 0.06, 0.0, 1.0)
        total[inside] += max(extent, 0.0) * np.clip(envelope, 0.0, 1.0) * np.sin(turned)
        ornaments.append(Ornament("vibrato", begin, end))
    return total


def _microprosody(phonemes: Sequence[SungPhoneme], time: Floats, cents: Floats) -> None:
    for each in phonemes:
        kind = PHONEMES[each.symbol]
        if kind.manner not in OBSTRUENTS or kind.place == "glottal":
            continue
        low, high = np.searchsorted(time, (each.start - 0.03, each.end + 0.12))
        here = time[low:high]
        if kind.voiced:
            middle, width = 0.5 * (each.start + each.end), max(0.4 * (each.end - each.start), 0.01)
            cents[low:high] -= DIP * np.exp(-0.5 * ((here - middle) / width) ** 2)
        else:
            cents[low:high] += RISE * np.exp(-np.maximum(here - each.end, 0) / 0.03) * (here >= each.start)


def _tuned(
    notes: Sequence[PitchNote],
    time: Floats,
    cents: Floats,
    apart: Sequence[tuple[Second, Second]],
    habits: Habits,
) -> Floats:
    """What brings each note's mean to its pitch but for `TONE_FREE`; what is `apart` is left out of the mean."""
    count = len(time)
    heard = np.ones(count, dtype=bool)
    for start, stop in apart:
        low, high = np.searchsorted(time, (start, stop))
        heard[low:high] = False
    correction = np.zeros(count)
    spans = []
    for note in notes:
        low, high = (int(index) for index in np.searchsorted(time, core(note, habits)))
        inside = np.arange(low, max(high, low + 1))
        inside = inside[inside < count]
        undecorated = inside[heard[inside]]
        inside = undecorated if len(undecorated) >= min(12, max(len(inside), 1)) else inside
        first, last = (int(index) for index in np.searchsorted(time, (note.onset - habits.glide_lead, note.end)))
        spans.append((note, inside, first, last))
    window = np.hanning(15)[1:-1] / np.hanning(15)[1:-1].sum()
    for _ in range(5):
        for note, inside, first, last in spans:
            if not len(inside):
                continue
            off = float(np.mean(cents[inside] + correction[inside])) - 100 * note.pitch
            beyond = off - min(max(off, -TONE_FREE), TONE_FREE)
            step = np.zeros(last - first + 12)
            step[6:-6] = -min(max(beyond, -60.0), 60.0)
            smooth = np.convolve(step, window, "same")
            low, high = max(first - 6, 0), min(last + 6, count)
            correction[low:high] += smooth[low - first + 6 : high - first + 6]
    return correction
