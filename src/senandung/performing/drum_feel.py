"""A drummer's micro-timing and touch, learned from people: where each stroke falls, how hard, and how unlike the next.

Given what stands in the score, `DrumFeel` foretells the mean of each stroke's offset from the grid and of its velocity,
and how widely people scatter around it. A drummer's own deviations hang together: they are drawn as a sum of what the
performance keeps (its habits by place in the bar and by drum), a slow wandering, and each stroke's own. The shares are
measured on pairs of strokes of the same performances (method of moments).

Learned from the Groove MIDI Dataset (Gillick, Roberts, Engel, Eck & Bamman 2019, "Learning to Groove with Inverse
Sequence Transformations", ICML). They draw a sequence model's output; that a drummer's deviations wander slowly and are
correlated is Hennig et al. (2011), PLoS ONE 6(10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require
from senandung.performing.drum_score import NAMES, UNITS, DrumScore, Floats, features
from senandung.performing.perceptron import Perceptron

FILE_NAME = "drum-feel.safetensors"
NETWORKS = 3
"""Networks whose mean foretells; each begins elsewhere."""

BAR = 4 * UNITS
MEAN_ABSOLUTE = 0.7979
"""Mean absolute value of a standard normal variable: the square root of 2 / π."""

FURTHEST = 2.5
"""A drawn deviation stays within this many standard deviations."""

PAIRS_A_STROKE = 8
LEAST_STROKES = 64
"""A performance of fewer strokes tells nothing of habits that last."""


@dataclass(frozen=True)
class DrumTake:
    """What a person played: offsets from the grid in seconds and velocities, each of shape (strokes,)."""

    score: DrumScore
    offset: Floats
    velocity: Floats

    def __post_init__(self) -> None:
        sizes = (len(self.score), len(self.offset), len(self.velocity))
        require(len(set(sizes)) == 1, "offsets and velocities must match the strokes", sizes)


@dataclass(frozen=True)
class Scatter:
    """What a deviation from the mean is made of, as shares of its variance; the rest is each stroke's own.

    `whole` lasts for a performance, `drum` for a drum in it, `place` for a place in the bar, `both` for a drum at a
    place; `slow` wanders and fades over `beats`.
    """

    whole: float
    drum: float
    place: float
    both: float
    slow: float
    beats: float

    @property
    def own(self) -> float:
        """The share that belongs to each stroke alone."""
        return max(1.0 - self.whole - self.drum - self.place - self.both - self.slow, 0.0)

    @classmethod
    def fit(cls, scores: Sequence[DrumScore], strayed: Sequence[Floats], rng: np.random.Generator) -> Scatter:
        """The shares that explain how products of deviations depend on what two strokes have in common."""
        far: dict[tuple[bool, bool], list[float]] = {(a, b): [] for a in (False, True) for b in (False, True)}
        near: dict[int, list[float]] = {step: [] for step in range(9)}
        for score, values in zip(scores, strayed, strict=True):
            if len(score) < LEAST_STROKES:
                continue
            count = PAIRS_A_STROKE * len(score)
            one = rng.integers(0, len(score), count)
            for other in (
                rng.integers(0, len(score), count),
                np.clip(one + rng.integers(-12, 13, count), 0, len(score) - 1),
            ):
                apart = np.abs(score.place[one] - score.place[other])
                product = values[one] * values[other]
                drum, place = score.drum[one] == score.drum[other], score.in_bar[one] == score.in_bar[other]
                for key, found in far.items():
                    found.extend(product[(apart > 8 * BAR) & (drum == key[0]) & (place == key[1])])
                step = np.rint(apart / 3).astype(int)
                for number, found in near.items():
                    found.extend(product[(step == number) & ~drum])
        mean = {key: float(np.mean(found)) if found else 0.0 for key, found in far.items()}
        whole = max(mean[False, False], 0.0)
        drum_share, place_share = max(mean[True, False] - whole, 0.0), max(mean[False, True] - whole, 0.0)
        both = max(mean[True, True] - whole - drum_share - place_share, 0.0)
        course = [(step / 4, float(np.mean(found)) - whole) for step, found in near.items() if step and found]
        slow, beats = _fading(course)
        scale = max(whole + drum_share + place_share + both + slow, 1.0) + 1e-9
        return cls(whole / scale, drum_share / scale, place_share / scale, both / scale, slow / scale, beats)

    def draw(
        self, score: DrumScore, rng: np.random.Generator, *, slow: Floats | None = None, whole: float | None = None
    ) -> Floats:
        """Deviations of a performance, of mean 0 and variance 1 over many performances, shape (strokes,).

        `slow` and `whole` take the place of what would be drawn: a band's wandering, say.
        """
        by_drum = rng.standard_normal(len(NAMES))
        by_place = rng.standard_normal(BAR)
        by_both = rng.standard_normal((len(NAMES), BAR))
        own = rng.laplace(0.0, np.sqrt(0.5), len(score))  # most strokes are nearer than a normal variable's, a few far
        place = score.in_bar % BAR
        drawn: Floats = (
            np.sqrt(self.whole) * (rng.standard_normal() if whole is None else whole)
            + np.sqrt(self.drum) * by_drum[score.drum]
            + np.sqrt(self.place) * by_place[place]
            + np.sqrt(self.both) * by_both[score.drum, place]
            + np.sqrt(self.slow) * (self._wandering(score, rng) if slow is None else slow)
            + np.sqrt(self.own) * own
        )
        return np.clip(drawn, -FURTHEST, FURTHEST)

    def _wandering(self, score: DrumScore, rng: np.random.Generator) -> Floats:
        slow = np.zeros(len(score))
        value, before = rng.standard_normal(), 0
        moves = rng.standard_normal(len(score))
        for index, at in enumerate(score.place.tolist()):
            if index == 0 or at != before:
                keep = np.exp(-(at - before) / UNITS / self.beats) if index else 0.0
                value = value * keep + np.sqrt(1 - keep * keep) * moves[index]
                before = at
            slow[index] = value
        return slow


def _fading(course: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Size and time constant in beats of a correlation that fades, from its course over lags in beats."""
    if len(course) < 3:
        return 0.0, 1.0
    lags, values = np.array([lag for lag, _ in course]), np.array([value for _, value in course])
    best = (np.inf, 0.0, 1.0)
    for beats in np.geomspace(0.3, 8.0, 40):
        shape = np.exp(-lags / beats)
        size = max(float(shape @ values / (shape @ shape)), 0.0)
        best = min(best, (float(((values - size * shape) ** 2).sum()), size, float(beats)))
    return best[1], best[2]


@dataclass(frozen=True)
class Expected:
    """Means and standard deviations of offsets in seconds and of velocities, each of shape (strokes,)."""

    offset: Floats
    velocity: Floats
    offset_spread: Floats
    velocity_spread: Floats


@dataclass(frozen=True)
class DrumFeel:
    """How people play what stands in a drum score."""

    means: tuple[Perceptron, ...]
    spreads: Perceptron
    timing: Scatter
    touch: Scatter

    @classmethod
    def fit(cls, takes: Sequence[DrumTake], *, seed: int) -> DrumFeel:
        """Learn from performances. A long one counts as the square root of its strokes, so that it does not rule.

        The spread is learned on performances that the networks of the mean did not see: the takes are halved by turns.
        """
        kept = [take for take in takes if len(take.score)]
        require(len(kept) > 1, "a feel is learned from two performances or more", len(kept))
        rows = [features(take.score).astype(np.float32) for take in kept]
        goals = [np.stack([take.offset, take.velocity], axis=1).astype(np.float32) for take in kept]
        counts = [np.full(len(take.score), len(take.score) ** -0.5, np.float32) for take in kept]

        def learned(chosen: Sequence[int], number: int) -> Perceptron:
            parts = [np.concatenate([part[index] for index in chosen]) for part in (rows, goals, counts)]
            return Perceptron.fit(*parts, seed=seed + number)

        everyone = range(len(kept))
        means = tuple(learned(everyone, number) for number in range(NETWORKS))
        strayed: list[Floats] = [np.zeros((0, 2))] * len(kept)
        for half in (0, 1):
            others = learned([index for index in everyone if index % 2 != half], NETWORKS + half)
            for index in range(half, len(kept), 2):
                strayed[index] = goals[index] - others.predict(rows[index])
        sizes = np.abs(np.concatenate(strayed)).astype(np.float32)
        spreads = Perceptron.fit(
            np.concatenate(rows), sizes, np.concatenate(counts), seed=seed + NETWORKS + 2, hidden=48, rounds=4
        )
        rng = np.random.default_rng(seed)
        scores = [take.score for take in kept]
        widths = [_widths(spreads, row, own) for row, own in zip(rows, strayed, strict=True)]
        timing = Scatter.fit(scores, [own[:, 0] / wide[:, 0] for own, wide in zip(strayed, widths, strict=True)], rng)
        touch = Scatter.fit(scores, [own[:, 1] / wide[:, 1] for own, wide in zip(strayed, widths, strict=True)], rng)
        return cls(means, spreads, timing, touch)

    def expected(self, score: DrumScore) -> Expected:
        """What people do on average with a score, and how widely they scatter."""
        rows = features(score)
        mean = np.mean([network.predict(rows) for network in self.means], axis=0)
        spread = np.maximum(self.spreads.predict(rows), LEAST_SPREAD) / MEAN_ABSOLUTE
        return Expected(mean[:, 0], mean[:, 1], spread[:, 0], spread[:, 1])

    def sample(self, score: DrumScore, rng: np.random.Generator) -> tuple[Floats, Floats]:
        """One performance of a score: offsets from the grid in seconds, and velocities (not yet whole numbers)."""
        means = self.expected(score)
        offset = means.offset + means.offset_spread * self.timing.draw(score, rng)
        velocity = means.velocity + means.velocity_spread * self.touch.draw(score, rng)
        return offset, np.clip(velocity, 1.0, 127.0)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The model as named arrays, for a file. Inverse of `of_arrays`, but for rounding."""
        found = self.spreads.arrays("spreads")
        for number, network in enumerate(self.means):
            found |= network.arrays(f"mean{number}")
        for name, scatter in (("timing", self.timing), ("touch", self.touch)):
            shares = (scatter.whole, scatter.drum, scatter.place, scatter.both, scatter.slow, scatter.beats)
            found[f"scatter.{name}"] = np.array(shares, np.float32)
        return found

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> DrumFeel:
        """The model that `arrays` wrote. Inverse of `arrays`."""
        means = sorted({name.split(".")[0] for name in arrays if name.startswith("mean")})
        timing, touch = (Scatter(*arrays[f"scatter.{name}"].astype(float).tolist()) for name in ("timing", "touch"))
        return cls(
            tuple(Perceptron.of_arrays(arrays, name) for name in means),
            Perceptron.of_arrays(arrays, "spreads"),
            timing,
            touch,
        )


LEAST_SPREAD = np.array([0.002, 2.0])
"""Mean absolute deviations in seconds and velocity below which no stroke is foretold to scatter."""


def _widths(spreads: Perceptron, rows: NDArray[Any], strayed: Floats) -> Floats:
    widths: Floats = np.maximum(spreads.predict(rows), LEAST_SPREAD) / MEAN_ABSOLUTE
    assert widths.shape == strayed.shape
    return widths


@cache
def load_drum_feel() -> DrumFeel | None:
    """The shipped model; None where it is not installed."""
    from senandung.files.tensors import load_tensors

    with resources.as_file(resources.files("senandung.weights") / FILE_NAME) as path:
        return DrumFeel.of_arrays(load_tensors(Path(path))[0]) if path.is_file() else None
