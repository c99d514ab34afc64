"""Decibels, panning, width, low sides and fades: small arithmetic on samples of shape (channels, n)."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from senandung.audio.filters import apply, high_pass
from senandung.domain.checks import require, require_unit

BUTTERWORTH = (0.5412, 1.3066)
"""Qs of the two sections of a Butterworth filter of fourth order."""


def db_to_gain(decibels: float) -> float:
    """Linear gain of decibels. Inverse of `gain_to_db`.

    >>> db_to_gain(-20.0)
    0.1
    """
    return float(10.0 ** (decibels / 20.0))


def gain_to_db(gain: float) -> float:
    """Decibels of a linear gain above 0. Inverse of `db_to_gain`."""
    require(gain > 0, "a gain must be above 0", gain)
    return float(20.0 * math.log10(gain))


def pan_gains(pan: float) -> tuple[float, float]:
    """Left and right gain of the constant-power law; -1 is left, 1 right; both 1 in the middle.

    >>> [round(gain, 3) for gain in pan_gains(0.0)]
    [1.0, 1.0]
    """
    require_unit("pan", pan)
    angle = (pan + 1) * math.pi / 4
    return math.sqrt(2) * math.cos(angle), math.sqrt(2) * math.sin(angle)


def place(samples: NDArray[np.float32], pan: float, width: float = 1.0) -> NDArray[np.float32]:
    """A sound put in its place between left and right, shape (2, n).

    The sum of both channels keeps all of the sound and only its difference is narrowed: nothing is lost in mono.

    Parameters
    ----------
    samples : shape (1 or 2, n).
    pan : -1..1, by `pan_gains`.
    width : 0 makes a stereo sound mono, 1 leaves it as it is.
    """
    require(samples.shape[0] in (1, 2), "samples must have one or two channels", samples.shape[0])
    require_unit("width", width, 0.0)
    left_gain, right_gain = (np.float32(gain) for gain in pan_gains(pan))
    if samples.shape[0] == 1:
        return np.stack((samples[0] * left_gain, samples[0] * right_gain))
    middle = (samples[0] + samples[1]) * np.float32(0.5)
    side = (samples[0] - samples[1]) * np.float32(0.5 * width)
    return np.stack(((middle + side) * left_gain, (middle - side) * right_gain))


def centred_below(
    pieces: Iterable[NDArray[np.float32]], frequency: float, sample_rate: int
) -> Iterator[NDArray[np.float32]]:
    """Pieces of a stereo sound whose sides are taken away below a frequency in Hz, 24 dB an octave.

    The middle is untouched, so mono sounds as before; a bass pulls no speaker harder than the other.

    >>> left = np.sin(2 * np.pi * 40 * np.arange(44_100) / 44_100).astype(np.float32)
    >>> (low,) = centred_below([np.stack((left, np.zeros_like(left)))], 120.0, 44_100)
    >>> bool(np.abs(low[0] - low[1]).max() < 0.1), bool(np.allclose(low.sum(axis=0), left, atol=1e-6))
    (True, True)
    """
    kept: deque[NDArray[np.float32]] = deque()

    def sides() -> Iterator[NDArray[np.float32]]:
        for piece in pieces:
            kept.append((piece[0] + piece[1]) * np.float32(0.5))
            yield (piece[:1] - piece[1:]) * np.float32(0.5)

    steep = tuple(high_pass(frequency, sample_rate, q) for q in BUTTERWORTH)
    for side in apply(steep, sides()):
        middle = kept.popleft()
        yield np.stack((middle + side[0], middle - side[0]))


def fade_curve(n: int, sample_rate: int, fade_in: float, fade_out: float) -> NDArray[np.float32]:
    """A gain curve, shape (n,): raised cosines from 0 over `fade_in` seconds and to 0 over the last `fade_out`."""
    curve = np.ones(n, dtype=np.float32)
    for seconds, from_end in ((fade_in, False), (fade_out, True)):
        length = min(n, round(seconds * sample_rate))
        if length:
            ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)
            if from_end:
                curve[n - length :] *= ramp[::-1]
            else:
                curve[:length] *= ramp
    return curve


def correlation(samples: NDArray[np.float32]) -> float:
    """Correlation of left and right, -1..1; 1 where they are the same (or silent), below 0 where mono loses sound."""
    left, right = samples[0].astype(np.float64), samples[-1].astype(np.float64)
    left -= left.mean()
    right -= right.mean()
    power = math.sqrt(float(left @ left) * float(right @ right))
    return float(left @ right) / power if power > 1e-12 else 1.0
