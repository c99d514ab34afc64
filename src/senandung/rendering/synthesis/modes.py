"""Sums of decaying sine waves: a struck bar, gong, drumhead or plucked string is heard as its modes.

Modal synthesis (Adrien 1991, "The missing link: modal synthesis", in *Representations of Musical Signals*). A sum of M
steady modes over n samples is one product of matrices: exp(s(256 q + r)) = exp(256 s q) exp(s r), so M modes cost as
much as 4 M multiplications a sample, and each frequency is exact to the rounding of a float.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BLOCK = 256
LOG60 = float(np.log(1000.0))
"""How far 60 dB are, as an exponent."""

LEAST = 1e-7
"""A mode below this is taken as silent."""


def ring(frequencies: Floats, amplitudes: Floats, seconds60: Floats, n: int, sample_rate: int) -> Floats:
    """Modes that begin together at their zero crossings, shape (n,).

    Parameters
    ----------
    frequencies : in Hz, below half the sample rate.
    amplitudes : at the beginning.
    seconds60 : seconds in which each mode falls by 60 dB.

    >>> tone = ring(np.array([1000.0]), np.array([1.0]), np.array([0.1]), 4410, 44_100)
    >>> bool(0.0009 < np.abs(tone[-100:]).max() < 0.0013)
    True
    """
    if n <= 0 or not len(frequencies):
        return np.zeros(max(n, 0))
    poles = (-LOG60 / seconds60 + 2j * np.pi * frequencies) / sample_rate
    blocks = -(-n // BLOCK)
    within = np.exp(np.outer(poles, np.arange(BLOCK)))
    right = np.concatenate((within.real, within.imag)).astype(np.float32)
    between = -1j * amplitudes[:, None] * np.exp(np.outer(poles, BLOCK * np.arange(blocks)))
    between[np.abs(between) < LEAST] = 0.0
    left = np.concatenate((between.real, -between.imag)).T.astype(np.float32)
    total = np.empty((blocks, BLOCK), dtype=np.float32)
    # Modes that have died away are left out: after each eighth there are fewer.
    count = len(poles)
    for some in np.array_split(np.arange(blocks), min(8, blocks)):
        alive = np.flatnonzero(between[:, some[0]])
        rows = np.concatenate((alive, alive + count))
        total[some] = left[some[0] : some[-1] + 1, rows] @ right[rows]
    return np.asarray(total.ravel()[:n], dtype=np.float64)


def ring_along(frequencies: Floats, amplitudes: Floats, seconds60: Floats, course: Floats, sample_rate: int) -> Floats:
    """As `ring`, with a course of the pitch: all frequencies times `course`, one factor a sample."""
    turns = np.concatenate(([0.0], np.cumsum(course[:-1]))) / sample_rate
    seconds = np.arange(len(course)) / sample_rate
    total = np.zeros(len(course))
    for frequency, amplitude, decay in zip(frequencies, amplitudes, seconds60, strict=True):
        heard = min(len(course), int(decay * sample_rate * (1 + np.log10(max(abs(amplitude), 1e-6) / LEAST) / 3)) + 1)
        wave = np.sin(2 * np.pi * frequency * turns[:heard])
        total[:heard] += amplitude * wave * np.exp(-LOG60 / decay * seconds[:heard])
    return total


def burst(rng: np.random.Generator, n: int, low: float, high: float, seconds60: float, sample_rate: int) -> Floats:
    """A short noise between two frequencies in Hz that begins softly and falls by 60 dB in `seconds60`, peak 1."""
    from scipy.signal import butter, sosfilt

    if n <= 0:
        return np.zeros(0)
    edges = [low, min(high, 0.45 * sample_rate)]
    noise = sosfilt(butter(1, edges, "bandpass", fs=sample_rate, output="sos"), rng.standard_normal(n))
    seconds = np.arange(n) / sample_rate
    shaped = noise * np.exp(-LOG60 / seconds60 * seconds) * np.minimum(seconds / 0.0007, 1.0)
    return np.asarray(shaped / max(float(np.abs(shaped).max()), 1e-9))
