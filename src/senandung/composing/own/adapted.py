"""The network with a style's row that was trained on a person's music (`learning.own.adapt`), read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.engine_weights import Weights
from senandung.composing.pieces.vocabulary import IDS
from senandung.domain.checks import require

ROWS = ("styles", "known")
"""The arrays of an adapter: how far the norms open, and what is added to each token's embedding."""


def adapted(weights: Weights, style: str, adapter: Mapping[str, NDArray[np.float32]]) -> Engine:
    """An engine in which a style's row is the trained one; all other styles stay as they are.

    Parameters
    ----------
    weights : the shipped weights.
    style : the token of the ground on which the row was trained.
    adapter : arrays `styles` and `known`, one row each.
    """
    number = IDS[f"style:{style}"] - IDS["style:any"]
    arrays = dict(weights.arrays)
    for name in ROWS:
        table = weights.floats(f"{name}.weight").copy()
        row = adapter.get(name)
        require(row is not None and row.shape == table[number].shape, f"an adapter must have a row {name}", name)
        table[number] = row
        arrays[f"{name}.weight"] = table
    return Engine(replace(weights, arrays=arrays))
