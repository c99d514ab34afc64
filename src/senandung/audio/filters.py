"""Equaliser filters: second-order sections after Bristow-Johnson, "Cookbook formulae for audio EQ biquad filters".

Every function returns one section, shape (6,), in scipy's order b0 b1 b2 a0 a1 a2 with a0 = 1; frequencies are in Hz,
gains in dB. `filtered` runs some of them over a signal, `apply` over a signal that comes in pieces.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

Section = NDArray[np.float64]


def high_pass(frequency: float, sample_rate: int, q: float = 1 / math.sqrt(2)) -> Section:
    """Takes away what is below `frequency`, 12 dB an octave.

    >>> round(gain_at(high_pass(100, 44100), 100, 44100), 2)
    -3.01
    """
    cosine, alpha = _angles(frequency, q, sample_rate)
    return _section((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha)


def peaking(frequency: float, gain: float, sample_rate: int, q: float = 1.0) -> Section:
    """Raises or lowers a band around `frequency` by `gain` dB.

    >>> round(gain_at(peaking(2500, -3, 44100), 2500, 44100), 2)
    -3.0
    """
    cosine, alpha = _angles(frequency, q, sample_rate)
    a = 10 ** (gain / 40)
    return _section(1 + alpha * a, -2 * cosine, 1 - alpha * a, 1 + alpha / a, -2 * cosine, 1 - alpha / a)


def high_shelf(frequency: float, gain: float, sample_rate: int, q: float = 1 / math.sqrt(2)) -> Section:
    """Raises or lowers what is above `frequency` by `gain` dB."""
    cosine, alpha = _angles(frequency, q, sample_rate)
    a = 10 ** (gain / 40)
    root = 2 * math.sqrt(a) * alpha
    return _section(
        a * ((a + 1) + (a - 1) * cosine + root),
        -2 * a * ((a - 1) + (a + 1) * cosine),
        a * ((a + 1) + (a - 1) * cosine - root),
        (a + 1) - (a - 1) * cosine + root,
        2 * ((a - 1) - (a + 1) * cosine),
        (a + 1) - (a - 1) * cosine - root,
    )


def gain_at(section: Section, frequency: float, sample_rate: int) -> float:
    """The gain of a section at a frequency, in dB."""
    z = np.exp(-1j * 2 * np.pi * frequency / sample_rate * np.arange(3))
    return float(20 * np.log10(np.abs(section[:3] @ z) / np.abs(section[3:] @ z)))


def apply(sections: Sequence[Section], pieces: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Consecutive pieces of a signal, each of shape (channels, n), through all sections, computed in float64."""
    from scipy.signal import sosfilt

    chain = np.array(sections).reshape(-1, 6)
    state: NDArray[np.float64] | None = None
    for piece in pieces:
        if not len(chain):
            yield piece
            continue
        if state is None:
            state = np.zeros((len(chain), len(piece), 2))
        result, state = sosfilt(chain, piece.astype(np.float64), axis=1, zi=state)
        yield result.astype(np.float32)


def filtered(samples: NDArray[np.float32], *sections: Section) -> NDArray[np.float32]:
    """A whole signal, shape (channels, n), through the sections.

    >>> offset = np.ones((1, 44100), dtype=np.float32)
    >>> round(float(abs(filtered(offset, high_pass(20, 44100))[0, -100:]).max()), 3)
    0.0
    """
    return next(apply(sections, [samples]))


def _angles(frequency: float, q: float, sample_rate: int) -> tuple[float, float]:
    ok = 0 < frequency < sample_rate / 2
    require(ok, f"a filter's frequency must be above 0 and below {sample_rate / 2:g} Hz", frequency)
    require(q > 0, "a filter's q must be above 0", q)
    omega = 2 * math.pi * frequency / sample_rate
    return math.cos(omega), math.sin(omega) / (2 * q)


def _section(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Section:
    return np.array([b0 / a0, b1 / a0, b2 / a0, 1.0, a1 / a0, a2 / a0])
