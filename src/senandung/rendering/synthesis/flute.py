"""The suling: a bamboo flute with a ring of rattan that guides the breath.

A ducted flute's tone is nearly harmonic, its partials falling quickly when blown softly and the second one strong when
blown hard (Fletcher & Rossing 1998, chapter 16); its noise is the jet's, filtered by the pipe, so that it stands around
the partials; the attack is a chiff: noise and upper partials before the fundamental has built up (some 30 ms). Levels
and times are ours; no measured suling was found. Vibrato and slides come from the performance as bends; the breath
swells with them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.domain.time import Second
from senandung.rendering.synthesis.notes import HIGHEST, MIDDLING, course_of, hz_of, strength

PARTIALS = (0.0, -8.0, -13.0, -19.0, -24.0, -30.0, -34.0, -40.0)
"""dB of the harmonics at velocity 80 around C5."""

DARKER = 3.0
"""dB by which each further partial is weaker an octave above C5."""

RISES: Second = 0.045
"""How long a tongued tone takes to build up; a joined one half of it."""
FALLS: Second = 0.055

BREATH = -32.0
"""dB of the breath's noise against the tone."""
CHIFF = -15.0
"""dB of the noise at a tongued attack."""

JOINED: Second = 0.03
"""A note that begins this soon after the one before is joined to it: no tongue."""


def play(notes: tuple[PlayedNote, ...], n: int, sample_rate: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """All notes of a part, shape (n,)."""
    heard = np.zeros(n, dtype=np.float32)
    before_end, before_hz = -np.inf, 0.0
    for note in notes:
        hz = hz_of(note)
        joined = note.onset - before_end < JOINED and hz != before_hz
        first = round(note.onset * sample_rate)
        length = min(n - first, round((note.duration + FALLS) * sample_rate))
        if length > 0 and hz <= HIGHEST * sample_rate:
            heard[first : first + length] += strength(note.velocity) * _tone(note, hz, length, joined, sample_rate, rng)
        before_end, before_hz = note.onset + note.duration, hz
    return heard


def _tone(
    note: PlayedNote, hz: float, n: int, joined: bool, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """One note: partials that build up one after another, and the breath."""
    from scipy.signal import lfilter

    seconds = np.arange(n) / sample_rate
    course = course_of(note, n, sample_rate)
    course = np.ones(n) if course is None else course
    turns = np.concatenate(([0.0], np.cumsum(hz * course[:-1]))) / sample_rate
    rise = RISES * (0.5 if joined else 1.0)
    open_end = np.clip((note.duration + FALLS - seconds) / FALLS, 0.0, 1.0)
    closing = np.sin(0.5 * np.pi * open_end) ** 2
    sway = (
        np.interp(seconds, [0, 0.25, 0.7], [0, 0, 1]) * 0.05 * np.sin(2 * np.pi * 5.1 * seconds + rng.uniform(0, 6.28))
    )
    air = 1 + sway + 4.0 * (course - 1) * (np.abs(course - 1) < 0.03)
    wander = lfilter([0.002], [1, -0.998], rng.standard_normal(n)) * 0.35
    loud = 2.2 * (note.velocity - MIDDLING) / MIDDLING
    high = max(np.log2(hz / 523.25), -1.0)
    tone = np.zeros(n)
    for number, level in enumerate(PARTIALS):
        k = number + 1
        if k * hz > 0.4 * sample_rate:
            break
        db = level + number * (loud * 1.4 - DARKER * high)
        begins = np.clip(seconds / (rise * (1.0 if k == 1 else 0.75)), 0.0, 1.0)
        grown = np.sin(0.5 * np.pi * begins) ** 2
        early = 0.0 if joined or k != 2 else 0.5 * np.exp(-(((seconds - 0.018) / 0.014) ** 2))
        tone += (
            10 ** (min(db, -1.0 * number) / 20)
            * (grown * air ** (1 + 0.6 * number) + early)
            * np.sin(2 * np.pi * k * turns)
        )
    noise = _breath(rng, n, hz, sample_rate)
    opening = np.clip(seconds / (0.5 * rise), 0.0, 1.0)
    chiff = 0.0 if joined else 10 ** ((CHIFF - BREATH + loud) / 20) * np.exp(-(((seconds - 0.014) / 0.016) ** 2))
    tone += 10 ** ((BREATH + 2 * loud) / 20) * noise * opening * (1 + 1.5 * sway + chiff)
    return np.asarray(tone * closing * (1 + 0.06 * wander))


def _breath(rng: np.random.Generator, n: int, hz: float, sample_rate: int) -> NDArray[np.float64]:
    """Noise of the jet: broad around 1 to 5 kHz, with the pipe's resonances on it; its rms is 1."""
    from scipy.signal import butter, iirpeak, lfilter, sosfilt

    white = rng.standard_normal(n)
    noise = sosfilt(butter(2, [700, 5000], "bandpass", fs=sample_rate, output="sos"), white)
    for k in (1, 2, 3):
        if k * hz < 0.4 * sample_rate:
            b, a = iirpeak(k * hz, 14.0, fs=sample_rate)
            noise += 1.2 / k * lfilter(b, a, white)
    return np.asarray(noise / max(float(np.sqrt(np.mean(noise**2))), 1e-9))
