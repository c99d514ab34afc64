"""The learned reader of recordings: what the rules would say of the clean recording, from a worsened one.

The rules are the teacher. A recording is worsened in many ways (`learning.worsened`), and a linear map learns to say of
each copy what the rules say of the clean one, with a penalty for every difference between a copy and the clean one.
One map reads stretches of half a minute, another how a window stands out from its stretch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FURTHEST = 3.0
"""Deviations from the usual beyond which a value counts no further."""

MOST_APART = 0.6
"""How far a window stands out from its stretch at most: the end of a fade is not despair."""

CHANGING = ("loudness", "onsets", "activity", "brightness", "roughness", "detached", "majorness", "height")
"""Cues by which a window stands out from its stretch."""


@dataclass(frozen=True, eq=False)
class SteadyReader:
    """The learned maps.

    Parameters
    ----------
    usual, unit : of each value of a stretch (`surroundings.NAMES`, then valence and arousal by the rules), shape (f,).
    weights : shape (f, 2), to valence and arousal.
    middle : valence and arousal of the usual stretch, shape (2,).
    changes : what one unit of each of `CHANGING` moves a window from its stretch, shape (8, 2).
    """

    usual: Floats
    unit: Floats
    weights: Floats
    middle: Floats
    changes: Floats

    def read(self, stretches: Floats, by_rules: Floats) -> Floats:
        """Valence and arousal of stretches, shape (n, 2), in -1..1.

        Parameters
        ----------
        stretches : of `look_around`, shape (n, values).
        by_rules : valence and arousal of the same stretches by the rules, shape (n, 2).
        """
        placed = (np.concatenate((stretches, by_rules), axis=1) - self.usual) / self.unit
        return np.clip(np.clip(placed, -FURTHEST, FURTHEST) @ self.weights + self.middle, -1, 1)

    def stand_out(self, windows: Floats) -> Floats:
        """How far windows stand out from their stretches, shape (n, 2), from their `CHANGING` cues less the mean."""
        return np.clip(windows @ self.changes, -MOST_APART, MOST_APART)

    @classmethod
    def fit(
        cls,
        stretches: Floats,
        by_rules: Floats,
        clean: NDArray[np.intp],
        windows: Floats,
        moved: Floats,
        *,
        steadiness: float = 10.0,
        ridge: float = 0.01,
    ) -> SteadyReader:
        """Learn from worsened copies beside their clean ones.

        Parameters
        ----------
        stretches, by_rules : as `read` takes them, of clean and worsened copies.
        clean : for each stretch the number of its clean copy; a clean one's own number.
        windows, moved : what windows' cues are above their stretch's mean, shape (w, 8), and how far the clean copy
            of each stands out by the rules, shape (w, 2).
        steadiness : the price of a difference between a copy and its clean one, against one from the teacher.
        ridge : the price of large weights.
        """
        own = np.concatenate((stretches, by_rules), axis=1)
        teachers = np.flatnonzero(clean == np.arange(len(clean)))
        copies = np.flatnonzero(clean != np.arange(len(clean)))
        usual, unit = own[teachers].mean(axis=0), own[teachers].std(axis=0) + 1e-6
        placed = np.clip((own - usual) / unit, -FURTHEST, FURTHEST)
        middle = by_rules[teachers].mean(axis=0)
        told = by_rules[teachers] - middle
        apart = placed[copies] - placed[clean[copies]]
        square = placed[teachers].T @ placed[teachers] / len(teachers)
        square += steadiness * (apart.T @ apart) / max(len(copies), 1) + ridge * np.eye(own.shape[1])
        weights = np.linalg.solve(square, placed[teachers].T @ told / len(teachers))
        said = placed[teachers] @ weights
        # The price of large weights draws all readings to the middle; they are spread again as far as they agree.
        weights *= (said * told).sum(axis=0) / (said**2).sum(axis=0)
        scale = windows.std(axis=0) + 1e-6
        row = windows / scale
        changes = np.linalg.solve(row.T @ row + 0.01 * len(row) * np.eye(row.shape[1]), row.T @ moved)
        return cls(usual, unit, weights, middle, changes / scale[:, None])

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """The weights by name."""
        return {name: np.asarray(getattr(self, name), dtype=np.float32) for name in _PARTS}

    @classmethod
    def from_tensors(cls, tensors: Mapping[str, NDArray[Any]]) -> SteadyReader:
        """Inverse of `tensors`."""
        return cls(*(tensors[name].astype(np.float64) for name in _PARTS))


_PARTS = ("usual", "unit", "weights", "middle", "changes")
