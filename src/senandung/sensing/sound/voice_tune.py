"""Is a voice note sung or hummed? Then its melody, and what the melody feels like.

A sung voice rests on tones that are a whole number of semitones apart and is voiced almost throughout; a spoken one
glides, and stops its folds several times a second (List 1963, "The boundaries of speech and song", commonly stated).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.tonality import find_key
from senandung.audio.voicing import RATE, STEP
from senandung.domain.performance import PlayedNote
from senandung.domain.reading import FeltSpan
from senandung.domain.scales import key_of_pitch_class
from senandung.domain.time import Second
from senandung.sensing.additive import Felt, Rule, feel_cues
from senandung.sensing.sound.voice_cues import HeardVoice, VoiceCues

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

ENOUGH = 6
"""Notes from which on a tune's feeling is read."""

SLIDE: Second = 0.12
"""Shorter notes of a hummed tune are slides."""

WINDOW: Second = 6.0
"""Length of a window of the feeling over time."""


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
    felt : what it feels like, by `TUNE_RULES`; None where it is too short to tell.
    curve : the same over time.
    facts : key and number of notes, for a person.
    """

    notes: tuple[PlayedNote, ...]
    felt: Felt | None
    curve: tuple[FeltSpan, ...]
    facts: Mapping[str, float | str]


@dataclass(frozen=True)
class TuneCues:
    """What is looked at of a melody.

    Parameters
    ----------
    majorness : -1 (minor) .. 1 (major), nearer 0 the less the tones tell a key.
    pace : notes a second from the first to the last.
    range : semitones between the lowest and the highest.
    slope, level_range : of the voice, as in `VoiceCues`.
    """

    majorness: float
    pace: float
    range: float
    slope: float
    level_range: float


TUNE_RULES: tuple[Rule[TuneCues], ...] = (
    Rule("mode", lambda c: c.majorness, 0.1, 0.7, 0.30, 0.0, "major", "minor"),
    Rule("pace", lambda c: math.log2(max(c.pace, 0.1)), 0.8, 0.5, 0.08, 0.18, "quick tune", "slow tune"),
    Rule("range", lambda c: c.range, 10.0, 4.0, 0.02, 0.06, "wide tune", "narrow tune"),
    Rule("slope", lambda c: c.slope, -14.0, 6.0, 0.0, 0.08, "strong, bright voice", "soft, dark voice"),
    Rule("level_range", lambda c: c.level_range, 9.0, 5.0, 0.0, 0.03, "loud and soft", "even loudness"),
)
"""A melody alone: what Gabrielsson & Lindström (2010) give for mode, tempo and range of melodies, and the voice's own
brightness and loudness as in speech; a register is left out, for it is the singer's. Usual values are ours."""


def tune_of(samples: NDArray[np.float32], heard: HeardVoice, cues: VoiceCues) -> HummedTune | None:
    """The melody of a voice note; None where it is not sung, or holds no tune.

    Parameters
    ----------
    samples : mono at `voicing.RATE`, what `heard` was heard from.
    """
    if not how_sung(heard).sung:
        return None
    from senandung.sensing.transcribing.voice import notes_of_voice

    notes = tuple(note for note in notes_of_voice(samples, RATE).notes if note.duration >= SLIDE)
    if len(notes) < FEWEST or len({note.pitch for note in notes}) < 2:
        return None
    facts: dict[str, float | str] = {"notes": len(notes), "key": _key(notes)}
    felt = feel_cues(TUNE_RULES, _cues(notes, cues)) if len(notes) >= ENOUGH else None
    return HummedTune(notes, felt, _curve(notes, cues) if felt is not None else (), MappingProxyType(facts))


def _cues(notes: tuple[PlayedNote, ...], voice: VoiceCues) -> TuneCues:
    key = find_key(_lengths(notes))
    lasts = max(notes[-1].onset + notes[-1].duration - notes[0].onset, 0.1)
    pitches = [note.pitch for note in notes]
    return TuneCues(
        key.majorness * key.clarity,
        len(notes) / lasts,
        max(pitches) - min(pitches),
        voice.slope,
        voice.level_range,
    )


def _curve(notes: tuple[PlayedNote, ...], voice: VoiceCues) -> tuple[FeltSpan, ...]:
    """The feeling over time, in windows that hold enough notes; the mode is heard over the whole."""
    whole = _cues(notes, voice)
    last = notes[-1].onset + notes[-1].duration
    spans = []
    for start in np.arange(0, notes[-1].onset, WINDOW / 2):
        inside = tuple(note for note in notes if start <= note.onset < start + WINDOW)
        if len(inside) >= 2:
            felt = feel_cues(
                TUNE_RULES, replace(_cues(inside, voice), majorness=whole.majorness, pace=len(inside) / WINDOW)
            )
            end = min(float(start) + WINDOW, last)
            spans.append(FeltSpan(float(start), end, felt.valence, felt.arousal, felt.lead))
    return tuple(spans)


def _lengths(notes: tuple[PlayedNote, ...]) -> NDArray[np.float32]:
    """How long each pitch class sounds, shape (1, 12)."""
    lengths = np.zeros((1, 12), dtype=np.float32)
    for note in notes:
        lengths[0, note.pitch % 12] += note.duration
    return lengths


def _key(notes: tuple[PlayedNote, ...]) -> str:
    """The key whose tones fit the notes best, by their lengths."""
    key = find_key(_lengths(notes))
    return str(key_of_pitch_class(key.tonic, "minor" if key.minor else "major"))
