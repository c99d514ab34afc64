"""What a recording is of: a voice by itself (spoken, sung, hummed), or music.

A voice by itself has one pitch at a time, rests between words, changes its timbre from sound to sound and glides.
Pauses and the rhythm of syllables as marks of speech are from Scheirer & Slaney (1997, "Construction and evaluation of
a robust multifeature speech/music discriminator", ICASSP); one pitch at a time tells a lone voice from a band.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio import voicing
from senandung.audio.hearing import FRAME_RATE, RATE, Floats, Heard, band_centres
from senandung.audio.pitch import STEP, track_pitch
from senandung.audio.resample import resample
from senandung.domain.time import Second

VOICE, MUSIC = "voice", "concert-or-song"

SNIPPETS = 10
"""How many pieces of a recording are listened to for their pitch."""

SNIPPET: Second = 3.0
"""Seconds of a piece."""

AUDIBLE = 25.0
"""dB below the loud moments down to which a frame counts."""

LOUD = 15.0
"""dB below the loud moments down to which a frame's pitch counts: a room 20 dB below the voice is left out."""

LONGEST: Second = 600.0
"""Seconds of a recording that are looked at."""


@dataclass(frozen=True)
class KindCues:
    """What tells kinds of recordings apart; each is free of gain.

    Parameters
    ----------
    single : 0..1, how alike a period is to the next where a pitch is found: less where several sound at once.
    falling : share of frames whose power is below half of the mean of the second around them.
    timbre : dB by which the bands between 300 Hz and 3.4 kHz move against each other.
    gliding : share of voiced steps in which the pitch moves by 5 to 60 cents.
    pitched : share of the loud frames in which a pitch is found.
    """

    single: float
    falling: float
    timbre: float
    gliding: float
    pitched: float


def find_kind_cues(heard: Heard, samples: NDArray[np.float32]) -> KindCues | None:
    """The cues of a recording; None where nothing sounds.

    Parameters
    ----------
    samples : the recording's beginning, mono at `hearing.RATE`.
    """
    frames = min(len(heard.level), round(LONGEST * FRAME_RATE))
    level = heard.level[:frames].astype(np.float64)
    if not frames or level.max() < -80:
        return None
    loud = float(np.percentile(level, 95))
    audible = level > loud - AUDIBLE
    single, gliding, pitched = _pitched(level, loud, samples)
    return KindCues(single, _falling(level), _timbre(heard, audible), gliding, pitched)


def _pitched(level: NDArray[np.float64], loud: float, samples: NDArray[np.float32]) -> tuple[float, float, float]:
    """How much the loud frames repeat with one period, how much the pitch glides, how many have one, in pieces."""
    seconds = min(len(samples) / RATE, LONGEST)
    count = max(1, min(SNIPPETS, int(seconds / SNIPPET)))
    repeats, steps, heard = [], [], []
    for start in np.linspace(0, max(seconds - SNIPPET, 0), count):
        piece = samples[round(start * RATE) : round((start + SNIPPET) * RATE)]
        pitch = track_pitch(piece, RATE, lowest=65, highest=1100, width=512)
        at = np.minimum(((start + pitch.times) * FRAME_RATE).astype(int), len(level) - 1)
        audible = level[at] > loud - LOUD
        here = audible & (pitch.hz > 0)
        heard.append((np.count_nonzero(here), np.count_nonzero(audible)))
        both = here[1:] & here[:-1]
        steps.append(1200 * np.abs(np.log2(pitch.hz[1:][both] / pitch.hz[:-1][both])))
        slow = resample(piece[None, :], RATE, voicing.RATE)[0].astype(np.float64)
        every = np.arange(len(slow) // round(voicing.STEP * voicing.RATE)) * voicing.STEP
        near = np.minimum(np.round(every / STEP).astype(int), len(here) - 1)
        hz = np.where(here, pitch.hz, 0.0)[near] if len(here) else np.zeros(0)
        repeats.append(voicing.periodicities(slow, hz)[hz > 0])
    likeness, cents = np.concatenate(repeats), np.concatenate(steps)
    moves = (cents > 5) & (cents < 60)
    found, loudest = (sum(row) for row in zip(*heard, strict=True))
    return (
        float(likeness.mean()) if len(likeness) else 0.0,
        float(moves.mean()) if len(moves) else 0.0,
        found / max(loudest, 1),
    )


def _falling(level: NDArray[np.float64]) -> float:
    from scipy.ndimage import uniform_filter1d

    power = 10 ** (level / 10)
    around = uniform_filter1d(power, round(FRAME_RATE), mode="nearest")
    sounding = around > 1e-3 * np.percentile(power, 95)
    return float((power < 0.5 * around)[sounding].mean()) if sounding.any() else 0.0


def _timbre(heard: Heard, audible: NDArray[np.bool_]) -> float:
    hz = band_centres()
    bands: Floats = heard.bands[: len(audible)][audible][:, (hz > 300) & (hz < 3400)]
    if len(bands) < 4:
        return 0.0
    decibel = 20 * np.log10(np.maximum(bands, 1e-4 * max(float(bands.max()), 1e-9)))
    shape = decibel - decibel.mean(axis=1, keepdims=True)
    return float(shape.std(axis=0).mean())


SUNG_SINGLE, SUNG_PITCHED, SUNG_GLIDING, SUNG_TIMBRE = (0.93, 0.01), (0.70, 0.08), (0.30, 0.10), (7.0, 1.5)
"""A sung or hummed voice: one pitch at a time and nearly throughout, that glides or whose timbre changes; bar and unit
of each."""

SPOKEN_FALLING, SPOKEN_GLIDING, SPOKEN_SINGLE, SPOKEN_TIMBRE = (0.37, 0.04), (0.45, 0.08), (0.70, 0.05), (4.2, 0.5)
"""A spoken voice: it falls silent between syllables, glides, repeats its periods, and changes its timbre, which drums
do not."""


def voice_score(cues: KindCues) -> float:
    """Above 0 where a recording is a voice by itself, -3..3; how far the weakest of its marks stands from its bar.

    The bars are between what was measured of the first half of the recordings of docs/voice-notes.md.
    """

    def over(value: float, bar: tuple[float, float]) -> float:
        return (value - bar[0]) / bar[1]

    sung = min(
        over(cues.single, SUNG_SINGLE),
        over(cues.pitched, SUNG_PITCHED),
        max(over(cues.gliding, SUNG_GLIDING), over(cues.timbre, SUNG_TIMBRE)),
    )
    spoken = min(
        over(cues.falling, SPOKEN_FALLING),
        over(cues.gliding, SPOKEN_GLIDING),
        over(cues.single, SPOKEN_SINGLE),
        over(cues.timbre, SPOKEN_TIMBRE),
    )
    return max(-3.0, min(3.0, max(sung, spoken)))


def kind_of(heard: Heard, samples: NDArray[np.float32]) -> str:
    """ "voice" for a voice by itself, spoken, sung or hummed; "concert-or-song" for music.

    Parameters
    ----------
    heard : the recording.
    samples : its beginning, mono at `hearing.RATE`.
    """
    cues = find_kind_cues(heard, samples)
    return VOICE if cues is not None and voice_score(cues) > 0 else MUSIC
