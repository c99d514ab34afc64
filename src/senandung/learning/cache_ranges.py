"""How large keys and values grow, so that the engine's cache can hold them as bytes.

A network is changed into an equal one whose keys and values lie in the same range: what a key's rows are divided by,
its query's rows are multiplied with; what a value's rows, the columns that read it (Xiao et al. 2023, arXiv:2211.10438,
do so for activations). A pair of numbers that rotary positions turn together shares its factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import CACHE_SCALES, Weights
from senandung.learning.pack import Packed
from senandung.learning.windows import Sampler

MARGIN = 1.3
"""How far beyond what was seen a byte reaches."""

Arrays = dict[str, NDArray[Any]]
Sample = tuple[NDArray[np.integer], NDArray[np.integer]]


def sample_of(sets: Mapping[str, Packed], length: int, *, windows: int = 12, seed: int = 1) -> list[Sample]:
    """Tokens (1, length) and features (1, length, SLOTS) of windows such as those in training."""
    batch = Sampler(sets, length, seed=seed).batch(windows)
    return [(batch.tokens[row : row + 1, :length], batch.features[row : row + 1]) for row in range(windows)]


def with_cache_scales(weights: Weights, sample: list[Sample]) -> Arrays:
    """The arrays of an equal network, with `cache.scales`."""
    sizes = weights.sizes
    ranges = np.zeros((sizes.layers, 2, sizes.key_heads, sizes.head), dtype=np.float32)
    for tokens, features in sample:
        decoder = NumpyDecoder(weights, 1)
        for start in range(0, tokens.shape[1], 128):
            decoder.feed(tokens[:, start : start + 128], features[:, start : start + 128])
        ranges = np.maximum(ranges, np.abs(decoder.cache).max(axis=(2, 4)))
    ranges = np.maximum(ranges, 1e-6)
    paired = ranges[:, 0].reshape(sizes.layers, sizes.key_heads, 2, -1).max(axis=2)
    ranges[:, 0] = np.concatenate([paired, paired], axis=-1)
    arrays = _evened({name: weights.floats(name) for name in sizes.shapes()}, weights, ranges)
    return arrays | {CACHE_SCALES: np.full((sizes.layers, 2), MARGIN / 127, dtype=np.float32)}


def _evened(arrays: Mapping[str, NDArray[Any]], weights: Weights, ranges: NDArray[np.float32]) -> Arrays:
    found = dict(arrays)
    shared = weights.sizes.heads // weights.sizes.key_heads
    for layer, (keys, values) in enumerate(ranges):
        here = f"layers.{layer}"
        found[f"{here}.keys.weight"] = found[f"{here}.keys.weight"] / keys.reshape(-1, 1)
        found[f"{here}.values.weight"] = found[f"{here}.values.weight"] / values.reshape(-1, 1)
        found[f"{here}.queries.weight"] = found[f"{here}.queries.weight"] * keys.repeat(shared, axis=0).reshape(-1, 1)
        found[f"{here}.joined.weight"] = found[f"{here}.joined.weight"] * values.repeat(shared, axis=0).reshape(1, -1)
    return found
