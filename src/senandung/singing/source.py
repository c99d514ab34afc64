"""The glottal source: the Liljencrants-Fant model of the flow's derivative, by the one parameter Rd.

Fant, Liljencrants & Lin (1985), "A four-parameter model of glottal flow", STL-QPSR 26(4); Fant (1995), "The LF-model
revisited: transformations and frequency domain analysis", STL-QPSR 36(2-3): equations for Ra, Rk and Rg from Rd.

A period is not sampled: its Fourier coefficients are written down in closed form and a wavetable is summed of those
harmonics that lie below the Nyquist frequency, so nothing folds back whatever the pitch, and a period may begin
between two samples.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

RD_LOW, RD_HIGH = 0.3, 2.7
"""The range in which Fant's equations hold: from the most pressed to the most lax voice."""

TABLE = 2048
"""Points of a wavetable."""

RD_STEPS = 49
"""Wavetables between `RD_LOW` and `RD_HIGH`."""

LEVELS_AN_OCTAVE = 4
"""Wavetables of falling numbers of harmonics for each octave of pitch."""

LOWEST = 55.0
"""Hz: the pitch that the fullest wavetable is made for."""

OCTAVES = 5

TOP = 20_000.0
"""Hz: no harmonic lies above."""


@dataclass(frozen=True)
class Pulse:
    """One LF period of length 1 and excitation 1: the derivative of the flow.

    Parameters
    ----------
    peak : time of the greatest flow (Tp).
    excitation : time of the greatest negative derivative (Te).
    back : effective length of the return phase (Ta).
    growth : α of the open phase; `decay` : ε of the return phase.
    """

    peak: float
    excitation: float
    back: float
    growth: float
    decay: float

    def flow_derivative(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The derivative at times in 0..1."""
        omega = math.pi / self.peak
        scale = -1.0 / (math.exp(self.growth * self.excitation) * math.sin(omega * self.excitation))
        opened = scale * np.exp(self.growth * times) * np.sin(omega * times)
        end = math.exp(-self.decay * (1 - self.excitation))
        closing = -(np.exp(-self.decay * np.maximum(times - self.excitation, 0)) - end) / (self.decay * self.back)
        return np.where(times < self.excitation, opened, closing)

    def harmonics(self, count: int) -> NDArray[np.complex128]:
        """The Fourier coefficients of the harmonics 0 .. count, shape (count + 1,): c such that the period is
        the sum of c · exp(2πi·k·t) over k and its conjugates. Number 0 is the net flow, near 0."""
        w = 2j * np.pi * np.arange(count + 1)
        te, omega = self.excitation, math.pi / self.peak
        scale = -1.0 / (math.exp(self.growth * te) * math.sin(omega * te))
        up = self.growth + 1j * omega - w
        down = self.growth - 1j * omega - w
        opened = scale * ((np.exp(up * te) - 1) / up - (np.exp(down * te) - 1) / down) / 2j
        rest = 1 - te
        end = math.exp(-self.decay * rest)
        fall = (1 - np.exp(-(self.decay + w) * rest)) / (self.decay + w)
        level = np.where(w == 0, rest, (1 - np.exp(-w * rest)) / np.where(w == 0, 1, w))
        closing = -np.exp(-w * te) * (fall - end * level) / (self.decay * self.back)
        return np.asarray(opened + closing)


@lru_cache(maxsize=256)
def lf_pulse(rd: float) -> Pulse:
    """The LF period of a shape: Rd 0.3 pressed .. 1 modal .. 2.7 lax.

    α is found by bisection so that the net flow of a period is 0.

    >>> pulse = lf_pulse(1.0)
    >>> round(pulse.excitation, 2), round(float(abs(pulse.harmonics(1)[0])), 9)
    (0.65, 0.0)
    """
    require(RD_LOW <= rd <= RD_HIGH, f"Rd must be in {RD_LOW}..{RD_HIGH}", rd)
    ra = (-1 + 4.8 * rd) / 100
    rk = (22.4 + 11.8 * rd) / 100
    rg = rk * (0.5 + 1.2 * rk) / (4 * (0.11 * rd - ra * (0.5 + 1.2 * rk)))
    peak = 1 / (2 * rg)
    excitation = peak * (1 + rk)
    decay = 1 / ra
    for _ in range(200):  # ε·Ta = 1 - exp(-ε·(1 - Te)), a contraction
        decay = (1 - math.exp(-decay * (1 - excitation))) / ra
    low, high = -20.0, 60.0

    def net(growth: float) -> float:
        return float(Pulse(peak, excitation, ra, growth, decay).harmonics(0)[0].real)

    require(net(low) > 0 > net(high), "an LF pulse must have a growth without net flow, at Rd", rd)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if net(middle) > 0 else (low, middle)
    return Pulse(peak, excitation, ra, (low + high) / 2, decay)


@dataclass(frozen=True, eq=False)
class Wavetables:
    """LF periods ready to be read: shape (levels, shapes, TABLE + 1), level 0 for the lowest pitch."""

    tables: NDArray[np.float32]

    def read(self, phase: NDArray[np.float64], f0: NDArray[np.float64], rd: NDArray[np.float64]) -> NDArray[np.float32]:
        """The derivative of the flow, shape (n,), at rising phases counted in periods.

        Each period has one wavetable, chosen where it begins by its pitch (Hz) and Rd: an LF period begins and ends at
        0, so one follows another without a step.
        """
        period = np.floor(phase)
        fraction = ((phase - period) * TABLE).astype(np.float32)
        first = np.flatnonzero(np.concatenate(([True], period[1:] != period[:-1])))
        octaves = np.log2(np.maximum(f0[first], 1.0) / LOWEST)
        level = np.clip(np.ceil(octaves * LEVELS_AN_OCTAVE), 0, self.tables.shape[0] - 1)
        shape = np.clip(np.rint((rd[first] - RD_LOW) / (RD_HIGH - RD_LOW) * (RD_STEPS - 1)), 0, RD_STEPS - 1)
        start = ((level * RD_STEPS + shape) * (TABLE + 1)).astype(np.intp)
        index = np.minimum(fraction.astype(np.intp), TABLE - 1)
        rest = fraction - index
        index += np.repeat(start, np.diff(np.append(first, len(phase))))
        flat = self.tables.reshape(-1)
        low = flat.take(index)
        index += 1
        return np.asarray(low + (flat.take(index) - low) * rest, dtype=np.float32)


@lru_cache(maxsize=1)
def wavetables() -> Wavetables:
    """All wavetables: every Rd step at every level of pitch; made once, in a few hundredths of a second."""
    levels = OCTAVES * LEVELS_AN_OCTAVE
    most = int(TOP / LOWEST)
    coefficients = np.stack([lf_pulse(rd).harmonics(most) for rd in np.linspace(RD_LOW, RD_HIGH, RD_STEPS)])
    coefficients[:, 0] = 0
    tables = np.zeros((levels, RD_STEPS, TABLE + 1), dtype=np.float32)
    for level in range(levels):
        count = int(TOP / (LOWEST * 2 ** (level / LEVELS_AN_OCTAVE)))
        spectrum = np.zeros((RD_STEPS, TABLE // 2 + 1), dtype=np.complex128)
        spectrum[:, : count + 1] = coefficients[:, : count + 1] * TABLE
        tables[level, :, :TABLE] = np.fft.irfft(spectrum, axis=1)
    tables[:, :, TABLE] = tables[:, :, 0]
    tables.setflags(write=False)
    return Wavetables(tables)
