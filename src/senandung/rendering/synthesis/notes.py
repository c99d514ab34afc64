"""What every synthesised player needs of a note: its pitch in Hz, its course, its loudness, and how it is damped."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.domain.pitch import midi_to_hz
from senandung.domain.time import Second
from senandung.rendering.synthesis.modes import LOG60

MIDDLING = 80
"""The velocity at which the tables' levels hold."""


HIGHEST = 0.3
"""Share of the sample rate above which a fundamental is not played."""


def hz_of(note: PlayedNote) -> float:
    """Where a note's pitch begins, in Hz: its key, and the first point of its bend (a tuned track's exact pitch)."""
    cents = note.bend[0][1] if note.bend and note.bend[0][0] <= 0 else 0.0
    return float(midi_to_hz(note.pitch) * 2 ** (cents / 1200))


def course_of(note: PlayedNote, n: int, sample_rate: int) -> NDArray[np.float64] | None:
    """Factors on `hz_of` along a note, shape (n,); None for a pitch that stands still."""
    if all(cents == note.bend[0][1] for _, cents in note.bend) and (not note.bend or note.bend[0][0] <= 0):
        return None
    points = note.bend if note.bend[0][0] <= 0 else ((0.0, 0.0), *note.bend)
    seconds, cents = np.array(points).T
    curve = np.interp(np.arange(n) / sample_rate, seconds, cents - cents[0])
    return np.asarray(2 ** (curve / 1200), dtype=np.float64)


def strength(velocity: int) -> float:
    """The amplitude of a velocity: 40 log10(v / 127) dB, as MIDI recommends and the sound font's player has it."""
    return (velocity / 127) ** 2


def damp(tone: NDArray[np.float64], at: Second, seconds60: Second, sample_rate: int) -> NDArray[np.float64]:
    """The tone with a hand on it from `at` seconds on: from there it falls by 60 dB in `seconds60`, and ends."""
    first = round(max(at, 0.0) * sample_rate)
    if first >= len(tone):
        return tone
    last = min(len(tone), first + round(1.3 * seconds60 * sample_rate))
    held = tone[:last].copy()
    seconds = np.arange(last - first) / sample_rate
    held[first:] *= np.exp(-LOG60 / seconds60 * seconds)
    return faded(held, sample_rate)


def faded(tone: NDArray[np.float64], sample_rate: int, seconds: Second = 0.004) -> NDArray[np.float64]:
    """The tone with its last milliseconds faded out, so that its end is no click."""
    few = min(len(tone), round(seconds * sample_rate))
    if few:
        tone[len(tone) - few :] *= 0.5 * (1 + np.cos(np.pi * np.arange(1, few + 1) / few))
    return tone


def next_onsets(notes: tuple[PlayedNote, ...]) -> list[Second]:
    """For each of the notes in order of their onsets, when a later one begins; infinity after the last."""
    later: list[Second] = [np.inf] * len(notes)
    for index, (note, following) in reversed(list(enumerate(pairwise(notes)))):
        later[index] = following.onset if following.onset > note.onset else later[index + 1]
    return later


def next_same(notes: tuple[PlayedNote, ...]) -> list[Second]:
    """For each of the notes in order of their onsets, when the same pitch begins again; infinity where it does not."""
    seen: dict[int, Second] = {}
    later: list[Second] = [np.inf] * len(notes)
    for index in range(len(notes) - 1, -1, -1):
        later[index] = seen.get(notes[index].pitch, np.inf)
        seen[notes[index].pitch] = notes[index].onset
    return later
