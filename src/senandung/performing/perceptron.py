"""A small network of plain numpy: rectified layers and a linear last one, trained by Adam on squared errors.

Kingma & Ba (2015), "Adam: A method for stochastic optimization", ICLR; decay apart from the gradient after Loshchilov &
Hutter (2019), ICLR; dropout after Srivastava et al. (2014), JMLR 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

Floats = NDArray[np.float32]

BATCH = 1024
RATE = 2e-3
DECAY = 1e-2
DROPPED = 0.2
WARM_STEPS = 200
LEAST_STEPS = 400
FURTHEST = 5.0
"""Inputs are cut this many standard deviations from their mean."""


@dataclass(frozen=True)
class Perceptron:
    """Layers of weights; inputs and outputs in the units of the examples.

    Parameters
    ----------
    centre, spread : of the inputs, shape (inputs,).
    goal, unit : mean and standard deviation of the outputs, shape (outputs,).
    weights : (matrix, bias) of each layer; the matrix has the shape (in, out).
    """

    centre: Floats
    spread: Floats
    goal: Floats
    unit: Floats
    weights: tuple[tuple[Floats, Floats], ...]

    @classmethod
    def fit(
        cls, inputs: Floats, outputs: Floats, counts: Floats, *, seed: int, hidden: int = 96, rounds: int = 8
    ) -> Perceptron:
        """The network whose outputs have the least squared error.

        Parameters
        ----------
        inputs, outputs : shapes (examples, inputs) and (examples, outputs).
        counts : how much each example counts, shape (examples,).
        hidden : width of the two hidden layers.
        rounds : how often each example is seen; more often where there are few.
        """
        require(len(inputs) == len(outputs) == len(counts) > 0, "examples must match and be there", len(inputs))
        rng = np.random.default_rng(seed)
        centre, spread = inputs.mean(axis=0), inputs.std(axis=0) + np.float32(0.05)
        goal, unit = outputs.mean(axis=0), outputs.std(axis=0) + np.float32(1e-6)
        ready = _cut((inputs - centre) / spread)
        wanted = ((outputs - goal) / unit).astype(np.float32)
        share = (counts / counts.mean()).astype(np.float32)[:, None]
        sizes = (inputs.shape[1], hidden, hidden, outputs.shape[1])
        tensors: list[Floats] = []
        for rows, columns in pairwise(sizes):
            tensors.append((rng.standard_normal((rows, columns)) * np.sqrt(2 / rows)).astype(np.float32))
            tensors.append(np.zeros(columns, np.float32))
        tensors[-2] *= np.float32(0.1)
        batch = min(max(len(ready) // 32, 1), BATCH)
        rounds = max(rounds, -(-LEAST_STEPS // (len(ready) // batch)))
        steps = rounds * (len(ready) // batch)
        first, second = [np.zeros_like(t) for t in tensors], [np.zeros_like(t) for t in tensors]
        step = 0
        for _ in range(rounds):
            order = rng.permutation(len(ready))
            for start in range(0, len(ready) - batch + 1, batch):
                rows_now = order[start : start + batch]
                step += 1
                slopes = _slopes(tensors, ready[rows_now], wanted[rows_now], share[rows_now], rng)
                rate = RATE * min(1.0, step / WARM_STEPS) * (0.5 * (1 + np.cos(np.pi * step / steps)) + 0.02)
                for number, slope in enumerate(slopes):
                    first[number] += 0.1 * (slope - first[number])
                    second[number] += 0.01 * (slope * slope - second[number])
                    move = first[number] / (1 - 0.9**step) / (np.sqrt(second[number] / (1 - 0.99**step)) + 1e-8)
                    if tensors[number].ndim == 2:
                        move = move + DECAY * tensors[number]
                    tensors[number] = (tensors[number] - np.float32(rate) * move).astype(np.float32)
        weights = tuple(zip(tensors[::2], tensors[1::2], strict=True))
        return cls(centre, spread, goal, unit, weights)

    def predict(self, inputs: NDArray[Any]) -> NDArray[np.float64]:
        """Outputs for inputs of shape (examples, inputs)."""
        value = _cut((inputs.astype(np.float32) - self.centre) / self.spread)
        for matrix, bias in self.weights[:-1]:
            value = np.maximum(value @ matrix + bias, np.float32(0))
        matrix, bias = self.weights[-1]
        return ((value @ matrix + bias) * self.unit + self.goal).astype(np.float64)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """The network as named arrays of half precision, for a file. Inverse of `of_arrays`, but for rounding."""
        found = {"centre": self.centre, "spread": self.spread, "goal": self.goal, "unit": self.unit}
        for number, (matrix, bias) in enumerate(self.weights):
            found |= {f"matrix{number}": matrix, f"bias{number}": bias}
        kept = ("goal", "unit")
        return {f"{name}.{key}": a.astype(np.float32 if key in kept else np.float16) for key, a in found.items()}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> Perceptron:
        """The network that `arrays` wrote under a name. Inverse of `arrays`."""
        found = {
            key.removeprefix(f"{name}."): a.astype(np.float32) for key, a in arrays.items() if key.startswith(name)
        }
        layers = sum(key.startswith("matrix") for key in found)
        weights = tuple((found[f"matrix{number}"], found[f"bias{number}"]) for number in range(layers))
        return cls(found["centre"], found["spread"], found["goal"], found["unit"], weights)


def _cut(values: NDArray[Any]) -> Floats:
    kept: Floats = np.clip(values, -FURTHEST, FURTHEST).astype(np.float32)
    return kept


def _slopes(
    tensors: list[Floats], inputs: Floats, wanted: Floats, share: Floats, rng: np.random.Generator
) -> list[Floats]:
    """The gradient of the weighted squared error with respect to every tensor."""
    layers = len(tensors) // 2
    values, masks = [inputs], []
    for layer in range(layers - 1):
        reached = values[-1] @ tensors[2 * layer] + tensors[2 * layer + 1]
        kept = (reached > 0) * (rng.random(reached.shape, dtype=np.float32) > DROPPED) / np.float32(1 - DROPPED)
        masks.append(kept.astype(np.float32))
        values.append(reached * masks[-1])
    error = (values[-1] @ tensors[-2] + tensors[-1] - wanted) * share / np.float32(len(inputs))
    slopes = list(tensors)
    for layer in range(layers - 1, -1, -1):
        slopes[2 * layer] = values[layer].T @ error
        slopes[2 * layer + 1] = error.sum(axis=0)
        if layer:
            error = (error @ tensors[2 * layer].T) * masks[layer - 1]
    return slopes
