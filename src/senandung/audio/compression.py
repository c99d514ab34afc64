"""A compressor: feed-forward, soft knee, its threshold against the signal's own loudness.

After Giannoulis, Massberg & Reiss (2012), "Digital dynamic range compressor design: a tutorial and analysis", JAES 60,
eq. 4 (the knee) and their smooth, branching detector in the logarithmic domain. Levels are looked at every `BLOCK`
seconds; the gain is straight between the blocks' middles, so that it has no steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.filters import filtered, high_pass
from senandung.domain.checks import require

BLOCK = 0.005
"""Seconds between two looks at a level."""

NOTHING = -130.0
"""dB of silence."""


@dataclass(frozen=True)
class Compression:
    """What a compressor does.

    Parameters
    ----------
    threshold : dB against the signal's own level (`own_level`) from where on it acts.
    ratio : dB in for a dB out, 1 or more.
    knee : dB over which it begins to act.
    attack, release : seconds in which two thirds of a change are made, downwards and back.
    deaf_below : Hz below which the signal does not move it: a kick then keeps its weight.
    """

    threshold: float
    ratio: float
    knee: float
    attack: float
    release: float
    deaf_below: float = 0.0

    def __post_init__(self) -> None:
        require(self.ratio >= 1, "a compressor's ratio must be 1 or more", self.ratio)
        require(self.knee > 0, "a compressor's knee must be above 0 dB", self.knee)
        require(min(self.attack, self.release) > 0, "attack and release must be above 0 s", self.attack)

    def gain(self, levels: NDArray[np.float64], own: float) -> NDArray[np.float64]:
        """The linear gain for each block, from the levels (dB) and the signal's own level.

        >>> loud = np.repeat([-20.0, -8.0], 400)
        >>> gain = Compression(-6.0, 3.0, 6.0, 0.01, 0.1).gain(loud, -14.0)
        >>> float(gain[300].round(3)), float((20 * np.log10(gain[700])).round(2))
        (0.944, -8.0)
        """
        over = levels - (own + self.threshold)
        bent = np.where(over > self.knee / 2, over, np.maximum(over + self.knee / 2, 0) ** 2 / (2 * self.knee))
        return np.asarray(10 ** (-followed(bent * (1 - 1 / self.ratio), self.attack, self.release) / 20))

    def gain_of(self, samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
        """The linear gain for each block of one channel, shape (n,), against its own level."""
        heard = samples
        if self.deaf_below:
            heard = filtered(samples[None], high_pass(self.deaf_below, sample_rate))[0]
        levels = block_levels(heard, sample_rate)
        return self.gain(levels, own_level(levels))


def block_levels(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float64]:
    """Level in dB of every block of one channel, shape (n,), over three blocks; a sine of 1 has -3 dB."""
    length = round(BLOCK * sample_rate)
    count = -(-len(samples) // length)
    padded = np.zeros(count * length, dtype=np.float32)
    padded[: len(samples)] = samples
    power = np.einsum("bt,bt->b", *(2 * (padded.reshape(count, length),)), dtype=np.float64) / length
    smooth = np.convolve(power, np.full(3, 1 / 3), "same")
    return np.asarray(10 * np.log10(np.maximum(smooth, 1e-13)))


def own_level(levels: NDArray[np.float64]) -> float:
    """The level in dB of what sounds at all: the mean power of the blocks within 40 dB of the loudest."""
    top = float(levels.max(initial=NOTHING))
    sounding = levels[levels > top - 40]
    return float(10 * np.log10(np.mean(10 ** (sounding / 10)))) if top > -100 else NOTHING


def followed(values: NDArray[np.float64], rise: float, fall: float) -> NDArray[np.float64]:
    """The values, one a block, followed with one time constant upwards and another downwards, in seconds."""
    up, down = np.exp(-BLOCK / max(rise, 1e-4)), np.exp(-BLOCK / max(fall, 1e-4))
    result = np.empty(len(values))
    now = 0.0
    for index, value in enumerate(values.tolist()):
        keep = up if value > now else down
        now = value + keep * (now - value)
        result[index] = now
    return result


def per_sample(values: NDArray[np.float64], first: int, n: int, sample_rate: int) -> NDArray[np.float32]:
    """Values of blocks for the samples first .. first + n - 1, shape (n,)."""
    middles = (np.arange(len(values)) + 0.5) * round(BLOCK * sample_rate)
    return np.interp(np.arange(first, first + n), middles, values).astype(np.float32)


def compressed(
    pieces: Iterable[NDArray[np.float32]], gain: NDArray[np.float64], sample_rate: int
) -> Iterator[NDArray[np.float32]]:
    """Pieces of a signal, each of shape (channels, n), times a gain of blocks."""
    at = 0
    for piece in pieces:
        yield piece * per_sample(gain, at, piece.shape[1], sample_rate)
        at += piece.shape[1]
