"""The composer's weights as the compiled steps read them, and the rotary positions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_steps import Matrices, Network, tiles
from senandung.composing.decoding.engine_weights import TILE, Floats, Weights, block_of, turns


def lay_out(weights: Weights) -> Network:
    """A network for `engine_steps.read`: matrices that meet the same vector under one another, bytes in tiles."""
    sizes = weights.sizes
    scales, shifts = weights.openings()
    worth = weights.cache_scales
    cosine, sine = turns(weights)

    def of_layers(*names: str, each: bool = False) -> Matrices | Floats:
        rows = [[f"layers.{layer}.{name}.weight" for name in names] for layer in range(sizes.layers)]
        return _matrices(weights, rows, each=each)

    return Network(
        table=np.concatenate([weights.floats("known.weight"), weights.floats("embedding.weight")]),
        norms=scales, shifts=shifts @ weights.floats("embedding.weight").T, cosine=cosine, sine=sine,
        worth=np.ones((sizes.layers, 2), dtype=np.float32) if worth is None else worth.astype(np.float32),
        joint=of_layers("queries", "keys", "values"), joined=of_layers("joined"),
        opened=of_layers("gate", "up", each=True), down=of_layers("down"),
        embedding=_matrices(weights, [["embedding.weight"]]),
    )  # fmt: skip


def _matrices(weights: Weights, names: Sequence[Sequence[str]], *, each: bool = False) -> Matrices | Floats:
    """One matrix a layer, of the named ones under one another; rows filled up to a tile, of `each` or of all."""

    def under(arrays: Sequence[NDArray[np.generic]]) -> NDArray[np.generic]:
        found = np.concatenate([_filled(array) for array in arrays] if each else arrays)
        return _filled(found)

    if weights.kind == "fp32":
        return np.stack([np.ascontiguousarray(under([weights.floats(name) for name in row]).T) for row in names])
    numbers, scales = [], []
    for row in names:
        numbers.append(under([weights.arrays[name] for name in row]).astype(np.int8))
        scales.append(under([weights.arrays[f"{name}.scales"] for name in row]).astype(np.float32))
    block = block_of(numbers[0].shape[1], scales[0].shape[1])
    return Matrices(
        np.stack([tiles(matrix, block) for matrix in numbers]),
        np.stack([np.ascontiguousarray(scale.T) for scale in scales]),
    )


def _filled(matrix: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.pad(matrix, ((0, -len(matrix) % TILE), (0, 0)))
