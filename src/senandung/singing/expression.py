"""How loud, how pressed and how breathy: the curves beside the pitch.

A phrase is an arch (Friberg, Bresin & Sundberg 2006), stressed syllables stand out, a long note swells, a phrase's
first vowel grows and its last one dies away. The performance's velocities hold the section's intensity, the crescendo
into a fuller one and the unevenness of a player already, and are taken for that. The voice is pressed where it is high
and loud and breathy where it is low and soft, at beginnings and at ends (Sundberg 1987, ch. 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.singing import FRAME
from senandung.domain.time import Second
from senandung.singing.habits import Habits
from senandung.singing.pitch_curve import noise

Floats = NDArray[np.float64]

VELOCITY_PER_DB = 4.0
"""As `performing.dynamics` has it."""

FROM_VELOCITY = 0.7
"""How much of the players' dynamics the singer takes over; arch and stress are the singer's own."""

AROUSED = 2.0
"""dB between a calm and an excited moment of the song's feeling curve."""

ARCH_TOP = 0.55
LONG: Second = 0.6
"""Notes from this length on swell."""
ENDING: Second = 0.22
ENDING_DB = -7.0
"""The last part of a phrase's last note dies away."""
AGAIN_DB = -14.0
"""The dip between two syllables on the same vowel."""
UNEVEN_DB = 0.5
TREMBLES = 0.012
"""dB of loudness that come with a cent of vibrato."""

HIGH_TENSION, LOUD_TENSION, CURVE_TENSION = 0.28, 0.03, 0.35
"""Tension for an octave above the middle, for a dB, and for the song's own tension of 1 above `USUAL_TENSION`."""
USUAL_TENSION = 0.35
BEGINNING_BREATH, ENDING_BREATH, SOFT_BREATH, LOW_BREATH = 0.16, 0.20, 0.014, 0.08
"""Breathiness at a phrase's beginning and end, for each dB below the medium, and for an octave below the middle."""


@dataclass(frozen=True)
class Stroke:
    """A note as the dynamics see it: its times, its velocity, and whether its syllable is stressed.

    `again` says that the same vowel was sung just before: the voice lets go for a moment so that both are heard.
    """

    onset: Second
    end: Second
    velocity: int
    stressed: bool
    again: bool = False


@dataclass(frozen=True, eq=False)
class Course:
    """What the song feels like over time: values every `FRAME` seconds, arousal -1..1 and tension 0..1."""

    arousal: Floats
    tension: Floats


def expression_curves(
    strokes: Sequence[Stroke],
    spans: Sequence[tuple[Second, Second]],
    pitch: Floats,
    vibrato: Floats,
    course: Course,
    middle: float,
    habits: Habits,
    rng: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """Dynamics in dB, tension and breathiness, every `FRAME` seconds.

    Parameters
    ----------
    strokes : the notes in order of time, at least one.
    spans : of each phrase, from its first vowel to its end.
    pitch, vibrato : of the same length as the result; the vibrato in cents.
    course : the song's feeling curve.
    middle : MIDI number of the middle of the voice.
    """
    count = len(pitch)
    time = np.arange(count) * FRAME
    usual = float(np.mean([stroke.velocity for stroke in strokes]))
    levels = np.array([_level(stroke, usual, habits) for stroke in strokes])
    bounds = np.array([stroke.onset for stroke in strokes])
    dynamics = _smooth(levels[np.maximum(np.searchsorted(bounds, time, side="right") - 1, 0)], 0.16)
    begins, ends = np.zeros(count), np.zeros(count)
    for start, stop in spans:
        low, high = (int(index) for index in np.searchsorted(time, (start - 0.25, stop + 0.1)))
        here = time[low:high]
        x = np.clip((here - start) / max(stop - start, FRAME), 0.0, 1.0)
        side = np.where(x < ARCH_TOP, 0.6 * ((ARCH_TOP - x) / ARCH_TOP) ** 2, ((x - ARCH_TOP) / (1 - ARCH_TOP)) ** 2)
        dynamics[low:high] -= habits.arch * min((stop - start) / 2.0, 1.0) * side
        begins[low:high] = np.clip(1 - (here - start) / (1.6 * habits.attack), 0.0, 1.0)
        ends[low:high] = np.clip((here - stop + ENDING) / ENDING, 0.0, 1.0) ** 1.5
        dynamics[low:high] += habits.attack_level * np.clip(1 - (here - start) / habits.attack, 0.0, 1.0)
        dynamics[low:high] += ENDING_DB * ends[low:high]
    for stroke in strokes:
        if stroke.again:
            low, high = (int(index) for index in np.searchsorted(time, (stroke.onset - 0.12, stroke.onset + 0.12)))
            dynamics[low:high] += AGAIN_DB * np.exp(-0.5 * ((time[low:high] - stroke.onset + 0.015) / 0.03) ** 2)
        if stroke.end - stroke.onset >= LONG:
            low, high = (int(index) for index in np.searchsorted(time, (stroke.onset, stroke.end)))
            x = (time[low:high] - stroke.onset) / (stroke.end - stroke.onset)
            dynamics[low:high] += habits.swell * (np.sin(np.pi * x**0.8) - 0.35)
    dynamics += AROUSED * course.arousal + TREMBLES * vibrato + noise(count, 1.0, UNEVEN_DB, rng)
    dynamics = np.clip(_smooth(dynamics, 0.05), -24.0, 9.0)
    octaves = np.clip((pitch - middle) / 12, -1.2, 1.2)
    loud = np.clip(dynamics, -10.0, 6.0)
    tension = habits.tension + HIGH_TENSION * octaves + LOUD_TENSION * loud
    tension += CURVE_TENSION * (course.tension - USUAL_TENSION) + noise(count, 1.0, 0.03, rng)
    breath = habits.breathiness + BEGINNING_BREATH * begins + ENDING_BREATH * ends
    breath += LOW_BREATH * np.maximum(-octaves, 0) - SOFT_BREATH * loud - 0.06 * course.arousal
    return dynamics, np.clip(_smooth(tension, 0.12), -1.0, 1.0), np.clip(_smooth(breath, 0.08), 0.0, 0.95)


def _level(stroke: Stroke, usual: float, habits: Habits) -> float:
    level = FROM_VELOCITY * (stroke.velocity - usual) / VELOCITY_PER_DB
    return min(max(level, -6.0), 6.0) + (habits.stress if stroke.stressed else 0.0)


def _smooth(curve: Floats, seconds: Second) -> Floats:
    """The curve without corners shorter than `seconds`."""
    width = max(round(seconds / FRAME) | 1, 3)
    window = np.hanning(width + 2)[1:-1]
    padded = np.concatenate((np.full(width // 2, curve[0]), curve, np.full(width // 2, curve[-1])))
    smooth: Floats = np.convolve(padded, window / window.sum(), "valid")
    return smooth
