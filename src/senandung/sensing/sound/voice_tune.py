"""Is a voice note sung or hummed? Then its melody, and what the melody feels like.

A sung voice rests on tones that are a whole number of semitones apart and is voiced almost throughout; a spoken one
glides, and stops its folds several times a second (List 1963, "The boundaries of speech and song", commonly stated).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.voicing import RATE, STEP
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.reading import Reading
from senandung.sensing.sound.voice_cues import HeardVoice

STEADY = 0.35
"""Share of the voiced frames in which the pitch rests, from which on a voice may be singing. Speech of espeak-ng's
voices has at most .21, our own voices' singing and humming .63 and more."""

ON_THE_GRID = 0.3
"""How closely (0..1) the resting pitches lie a whole number of semitones apart."""

HELD = 0.35
"""Seconds that voiced stretches last, weighed by themselves."""

SWING = 15
"""Frames over which vibrato is levelled."""

RESTS = 2.5
"""Semitones a second below which a pitch rests."""

FEWEST = 4
"""Notes of a melody at least, of at least two pitches."""

SOFTEST = 0.12
"""Seconds: shorter notes of a hummed tune are slides."""


@dataclass(frozen=True)
class Sung:
    """How much a voice is like singing.

    Parameters
    ----------
    steady : share of voiced frames in which the pitch rests.
    grid : 0..1, how closely the resting pitches lie on semitones.
    held : mean length of voiced stretches in seconds, weighed by themselves.
    """

    steady: float
    grid: float
    held: float

    @property
    def sung(self) -> bool:
        """Whether it is sung or hummed."""
        return self.steady > STEADY and self.grid > ON_THE_GRID and self.held > HELD


def how_sung(heard: HeardVoice) -> Sung:
    """How much a voice is like singing."""
    voiced = heard.voiced
    if voiced.sum() < 2 * SWING:
        return Sung(0.0, 0.0, 0.0)
    midi = np.where(voiced, 69 + 12 * np.log2(np.maximum(heard.voicing.hz, 1.0) / 440), np.nan)
    level = np.lib.stride_tricks.sliding_window_view(midi, SWING).mean(axis=1)
    moves = np.abs(np.diff(level, append=np.nan)) / STEP
    rests = level[np.isfinite(moves) & (moves < RESTS)]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], voiced, [False])).astype(int)))
    lengths = (edges[1::2] - edges[::2]) * STEP
    grid = float(abs(np.exp(2j * np.pi * rests).mean())) if len(rests) else 0.0
    return Sung(len(rests) / float(voiced.sum()), grid, float(np.average(lengths, weights=lengths)))


@dataclass(frozen=True, eq=False)
class HummedTune:
    """A melody that was sung or hummed.

    Parameters
    ----------
    notes : in seconds from the note's beginning.
    reading : what the notes feel like by their mode, pace and register; unread where they are few.
    facts : key and number of notes, for a person.
    """

    notes: tuple[PlayedNote, ...]
    reading: Reading
    facts: Mapping[str, float | str]


def tune_of(samples: NDArray[np.float32], heard: HeardVoice, name: str) -> HummedTune | None:
    """The melody of a voice note; None where it is not sung, or holds no tune.

    Parameters
    ----------
    samples : mono at `voicing.RATE`, what `heard` was heard from.
    """
    if not how_sung(heard).sung:
        return None
    from senandung.sensing.notes.events import events_of_performance
    from senandung.sensing.notes.read import read_notes
    from senandung.sensing.transcribing.voice import notes_of_voice

    notes = tuple(note for note in notes_of_voice(samples, RATE).notes if note.duration >= SOFTEST)
    if len(notes) < FEWEST or len({note.pitch for note in notes}) < 2:
        return None
    end = max(note.onset + note.duration for note in notes)
    part = Part("Voice", "vocal", "voice", notes)
    reading = read_notes(events_of_performance(Performance("", (part,), end)), name)
    facts: dict[str, float | str] = {"notes": len(notes), "key": _key(notes)}
    return HummedTune(notes, reading, MappingProxyType(facts))


def _key(notes: tuple[PlayedNote, ...]) -> str:
    """The key whose tones fit the notes best, by their lengths."""
    from senandung.audio.tonality import find_key
    from senandung.domain.scales import key_of_pitch_class

    lengths = np.zeros((1, 12), dtype=np.float32)
    for note in notes:
        lengths[0, note.pitch % 12] += note.duration
    key = find_key(lengths)
    return str(key_of_pitch_class(key.tonic, "minor" if key.minor else "major"))
