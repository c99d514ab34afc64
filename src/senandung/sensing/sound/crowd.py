"""Music, applause, a crowd's noise and singing along, told apart window by window.

A window is described by what its bands do (`surroundings`), by flatness, by its partials and by how many of them stand
close together: a choir of strangers has several near every tone. A small network, learned on mixtures that were made by
machine, gives each of `KINDS` its own probability; several may be true at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Floats, Heard
from senandung.audio.tonality import SLOW_RATE
from senandung.domain.time import Second
from senandung.sensing.sound.surroundings import marks

Numbers = NDArray[np.float64]

KINDS = ("music", "applause", "crowd", "singing along")
"""What may be heard; a crowd's noise is talk and cheering."""

CLOSE = (25.0, 60.0, 120.0)
"""Cents within which partials stand close."""


def texture(heard: Heard, struck: Floats, start: Second, end: Second) -> Numbers:
    """What a window sounds like, shape (values,)."""
    fast = slice(int(start * FRAME_RATE), max(int(end * FRAME_RATE), int(start * FRAME_RATE) + 8))
    slow = slice(int(start * SLOW_RATE), max(int(end * SLOW_RATE), int(start * SLOW_RATE) + 2))
    bands = heard.bands[fast].astype(np.float64)
    row = struck[fast]
    level = heard.level[fast].astype(np.float64)
    found = marks(bands)
    found += [*np.log(np.percentile(heard.flatness[fast], (10, 50, 90)) + 1e-4)]
    found += [float(row.mean()), *np.percentile(row, (50, 90, 97)).tolist(), float(level.std())]
    spectrum = np.log(bands.mean(axis=0) + 1e-3 * bands.mean() + 1e-9)
    found += [*(spectrum - spectrum.mean())[::2]]
    found += _partials(heard.partial_hz[slow].astype(np.float64), heard.partial_size[slow].astype(np.float64), bands)
    return np.asarray(found, dtype=np.float64)


def _partials(hz: Numbers, size: Numbers, bands: Numbers) -> list[float]:
    """How much of the sound the partials are, how close they stand, how steady they are from frame to frame."""
    inside = (hz > 150) & (hz < 3000) & (size > 0.03 * size.max(axis=1, keepdims=True))
    whole = float(np.sqrt((bands**2).sum(axis=1).mean())) + 1e-9
    found = [float(np.log(np.sqrt((size**2).sum(axis=1).mean()) / whole + 1e-3)), float(inside.sum(axis=1).mean())]
    pitch = np.sort(np.where(inside, 1200 * np.log2(np.maximum(hz, 1) / 100), np.inf), axis=1)
    with np.errstate(invalid="ignore"):
        gaps = np.diff(pitch, axis=1)
    known = np.isfinite(gaps)
    count = max(int(known.sum()), 1)
    found += [float(np.count_nonzero(known & (gaps < cents)) / count) for cents in CLOSE]
    cents = np.where(inside, 1200 * np.log2(np.maximum(hz, 1) / 100), np.nan)
    for steps in (1, 3):
        if len(cents) <= steps:
            found += [0.0, 0.0]
            continue
        apart = np.abs(cents[steps:, :20, None] - cents[:-steps, None, :])
        nearest = np.nanmin(np.where(np.isnan(apart), 1e4, apart), axis=2)[inside[steps:, :20]]
        found += [float((nearest < 10).mean()), float((nearest < 30).mean())] if len(nearest) else [0.0, 0.0]
    share = size / np.maximum(size.sum(axis=1, keepdims=True), 1e-12)
    found.append(float((share[:, :5].sum(axis=1)).mean()))
    return found


@dataclass(frozen=True, eq=False)
class CrowdReader:
    """A network with one hidden layer.

    Parameters
    ----------
    usual, unit : of each value of a texture, shape (f,).
    first, first_bias : shape (f, h) and (h,).
    second, second_bias : shape (h, 4) and (4,).
    """

    usual: Numbers
    unit: Numbers
    first: Numbers
    first_bias: Numbers
    second: Numbers
    second_bias: Numbers

    def read(self, textures: Numbers) -> Numbers:
        """The probability of each of `KINDS` in each window, shape (n, 4)."""
        placed = np.clip((textures - self.usual) / self.unit, -4, 4)
        hidden = np.tanh(placed @ self.first + self.first_bias)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.second + self.second_bias))))

    @classmethod
    def fit(
        cls, textures: Numbers, labels: Numbers, *, hidden: int = 24, rounds: int = 40, seed: int = 1
    ) -> CrowdReader:
        """Learn from windows by Adam (Kingma & Ba 2015); the same windows and seed give the same network.

        Parameters
        ----------
        textures : shape (n, f).
        labels : 1, 0, or nan where it is not clear, for each of `KINDS`, shape (n, 4).
        """
        rng = np.random.default_rng(seed)
        usual, unit = textures.mean(axis=0), textures.std(axis=0) + 1e-6
        placed = np.clip((textures - usual) / unit, -4, 4)
        known = np.isfinite(labels)
        told = np.where(known, labels, 0.0)
        values = placed.shape[1]
        parts = [
            rng.normal(0, values**-0.5, (values, hidden)), np.zeros(hidden),
            rng.normal(0, hidden**-0.5, (hidden, len(KINDS))), np.zeros(len(KINDS)),
        ]  # fmt: skip
        first, second = [np.zeros_like(part) for part in parts], [np.zeros_like(part) for part in parts]
        step = 0
        for turn in range(rounds):
            order = rng.permutation(len(placed))
            for begin in range(0, len(order), 64):
                rows = order[begin : begin + 64]
                seen = placed[rows] + rng.normal(0, 0.2, (len(rows), values))
                inner = np.tanh(seen @ parts[0] + parts[1])
                said = 1 / (1 + np.exp(-(inner @ parts[2] + parts[3])))
                wrong = (said - told[rows]) * known[rows] / len(rows)
                back = (wrong @ parts[2].T) * (1 - inner**2)
                step += 1
                for place, slope in enumerate((seen.T @ back, back.sum(axis=0), inner.T @ wrong, wrong.sum(axis=0))):
                    first[place] = 0.9 * first[place] + 0.1 * slope
                    second[place] = 0.99 * second[place] + 0.01 * slope**2
                    sure = np.sqrt(second[place] / (1 - 0.99**step)) + 1e-8
                    pull = first[place] / (1 - 0.9**step) / sure + (0.02 * parts[place] if place % 2 == 0 else 0)
                    parts[place] = parts[place] - 0.003 * (1 - turn / rounds) * pull
        return cls(usual, unit, *parts)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The weights by name."""
        return {name: np.asarray(getattr(self, name), dtype=np.float32) for name in _PARTS}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> CrowdReader:
        """Inverse of `tensors`."""
        return cls(*(tensors[name].astype(np.float64) for name in _PARTS))


_PARTS = ("usual", "unit", "first", "first_bias", "second", "second_bias")


def smoothed(chances: Numbers) -> Numbers:
    """The probabilities of windows, each with half of its neighbours', shape (n, 4)."""
    padded = np.pad(chances, ((1, 1), (0, 0)), "edge")
    return np.asarray(0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:])
