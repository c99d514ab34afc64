"""How a recording sounds, as a row of numbers: those of songs that sound alike lie near each other.

Pulse, strokes, tones relative to the key, timbre (means, deviations and correlations of cepstral coefficients of the
mel bands), spectral shape, how far the level moves. No number depends on the recording's gain, and those of the tones
not on its key. The scale of each is left to the library (`remembering.similar`), which knows how far they differ there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.beats import find_pulse
from senandung.audio.hearing import Heard
from senandung.audio.tonality import chroma
from senandung.sensing.sound.cues import Cues

VERSION = 1
"""Of what the numbers mean: those of different versions are not compared."""

CEPSTRAL = 13
"""Cepstral coefficients, without the one of the level."""

AUDIBLE = 40.0
"""dB below the loud moments down to which a frame counts."""

OF_WINDOWS = ("activity", "onsets", "pulse", "brightness", "roughness", "detached", "majorness", "clarity", "height",
              "changes")  # fmt: skip
"""Cues whose mean and deviation over the windows count."""


def sound_vector(heard: Heard, cues: Cues) -> NDArray[np.float32]:
    """The numbers of a recording, float32, shape (size,), the same size for every recording.

    Parameters
    ----------
    heard, cues : the recording and what was found in it.
    """
    return np.concatenate([_rhythm(cues), _tones(heard, cues), _timbre(heard), _shape(heard), _windows(cues)]).astype(
        np.float32
    )


def _rhythm(cues: Cues) -> NDArray[np.float64]:
    pulse = find_pulse(cues.struck)
    rate = np.log1p(len(cues.onsets) / max(cues.seconds, 1.0))
    return np.array([pulse.pace, pulse.clarity, *pulse.shape, cues.beats.clarity, rate])


def _tones(heard: Heard, cues: Cues) -> NDArray[np.float64]:
    """The share of each tone counted from the key's own, how clear the key is, and how much the tones change."""
    rows = chroma(heard, cues.tuning).astype(np.float64)
    rows = rows[rows.sum(axis=1) > 0.5]
    if not len(rows):
        return np.zeros(16)
    mean = np.sqrt(rows.mean(axis=0))
    spread = float(np.abs(np.diff(rows, axis=0)).sum(axis=1).mean()) if len(rows) > 1 else 0.0
    entropy = float(-(rows * np.log(rows + 1e-9)).sum(axis=1).mean())
    key = cues.key
    return np.array([*np.roll(mean, -key.tonic), key.majorness, key.clarity, spread, entropy])


def _timbre(heard: Heard) -> NDArray[np.float64]:
    """Mean, log deviation and correlations of the audible frames' cepstral coefficients, and how fast they move."""
    from scipy.fft import dct

    bands = _audible(heard).astype(np.float64)
    coefficients = dct(np.log(bands**2 + 1e-10), norm="ortho", axis=1)[:, 1 : CEPSTRAL + 1]
    deviation = coefficients.std(axis=0) + 1e-3
    unit = (coefficients - coefficients.mean(axis=0)) / deviation
    correlation = unit.T @ unit / max(len(unit), 1)
    moves = np.abs(np.diff(coefficients, axis=0)).mean(axis=0) if len(coefficients) > 1 else np.zeros(CEPSTRAL)
    return np.concatenate(
        [coefficients.mean(axis=0), np.log(deviation), correlation[np.triu_indices(CEPSTRAL, 1)], np.log(moves + 1e-3)]
    )


def _shape(heard: Heard) -> NDArray[np.float64]:
    """The spectrum's balance in six parts, how noisy it is, and how far the level moves."""
    bands = _audible(heard).astype(np.float64) ** 2
    parts = np.array([part.sum(axis=1).mean() for part in np.array_split(bands, 6, axis=1)])
    balance = np.log(parts / max(parts.sum(), 1e-12) + 1e-4)
    flat = heard.flatness[heard.level > heard.level.max(initial=-120.0) - AUDIBLE]
    noise = [float(flat.mean()), float(flat.std())] if len(flat) else [0.0, 0.0]
    low, middle, high = np.percentile(heard.level, [10, 50, 95]) if len(heard.level) else (0.0, 0.0, 0.0)
    return np.array([*balance, *noise, min(high - low, 60.0) / 20, min(high - middle, 60.0) / 20])


def _windows(cues: Cues) -> NDArray[np.float64]:
    sounding = [window for window in cues.windows if not window.silent]
    rows = np.array([[getattr(window, name) for name in OF_WINDOWS] for window in sounding]).reshape(
        -1, len(OF_WINDOWS)
    )
    if not len(rows):
        return np.zeros(2 * len(OF_WINDOWS))
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0)])


def _audible(heard: Heard) -> NDArray[np.float32]:
    """The bands of the frames that are not silence, each frame's strongest band at 1, so that no gain counts."""
    bands = heard.bands[heard.level > heard.level.max(initial=-120.0) - AUDIBLE]
    if not len(bands):
        return np.zeros((1, heard.bands.shape[1]), dtype=np.float32)
    return np.asarray(bands / np.maximum(bands.max(axis=1, keepdims=True), 1e-9), dtype=np.float32)
