"""Breath: what is heard when a singer takes it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.domain.singing import Breath

RESONANCES = (
    (550.0, 180.0, 0.0),
    (1250.0, 260.0, -3.0),
    (2600.0, 420.0, -5.0),
    (3900.0, 600.0, -9.0),
    (6500.0, 1600.0, -14.0),
)
"""Hz, bandwidth in Hz, dB: the tract open for breathing in."""


def breath_noise(breath: Breath, tract: float, sample_rate: int, *, seed: int) -> NDArray[np.float32]:
    """A breath of strength 1 (root of the mean square in its middle), shape (n,): noise through the resonances.

    It swells over the first half, faster at its end, as air does that is drawn in.
    """
    rng = np.random.default_rng(seed)
    n = max(round((breath.end - breath.start) * sample_rate), 1)
    frequency = np.fft.rfftfreq(n, 1 / sample_rate)
    answer = np.full(len(frequency), 0.01)
    for centre, width, level in RESONANCES:
        answer += 10 ** (level / 20) / np.sqrt(1 + ((frequency - centre * tract) / (width / 2)) ** 2)
    answer /= 1 + (frequency / 11_000) ** 4
    answer /= 1 + (200 / np.maximum(frequency, 1)) ** 4
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * answer, n)
    noise /= max(float(np.sqrt((noise**2).mean())), 1e-12)
    place = np.linspace(0, 1, n)
    envelope = np.sin(np.pi * place**1.3) ** 1.2
    wander = np.interp(place, np.linspace(0, 1, 9), 1 + 0.15 * rng.standard_normal(9))
    return np.asarray(noise * envelope * wander, dtype=np.float32)
