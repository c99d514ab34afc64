"""Weights drawn at random for a tiny network, and what to feed it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_weights import STYLES, Sizes, load_weights, save_weights
from senandung.composing.pieces.follow import FEATURES, SLOTS, STYLE_SLOT
from senandung.composing.pieces.vocabulary import SIZE, VERSION
from senandung.learning.cache_ranges import with_cache_scales

CONTEXT = 300
SIZES = Sizes(
    width=96, layers=2, heads=6, key_heads=2, hidden=100, vocabulary=SIZE, features=FEATURES, rope_base=10_000.0,
    styles=STYLES,
)  # fmt: skip


def tiny_arrays(seed: int = 1) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(seed)
    return {
        name: (0.1 * rng.normal(size=shape) if len(shape) == 2 else rng.uniform(0.5, 1.5, shape)).astype(np.float32)
        for name, shape in SIZES.shapes().items()
    }


def tiny_facts(**changes: Any) -> dict[str, str]:
    config = {**asdict(SIZES), "dropout": 0.0, **changes}
    return {"config": json.dumps(config), "vocabulary": str(VERSION), "context": str(CONTEXT), "step": "12"}


def tiny_file(folder: Path, kind: str) -> Path:
    """A file of the kind `fp32`, `int8`, or `int8 cache`: bytes in the cache too."""
    path = folder / f"{kind}.safetensors"
    save_weights(tiny_arrays(), path, tiny_facts(), kind="int8" if kind == "int8" else "fp32")
    if kind == "int8 cache":
        arrays = with_cache_scales(load_weights(path), [some_tokens(1, CONTEXT, seed=9)])
        save_weights(arrays, path, tiny_facts(), kind="int8")
    return path


def some_tokens(rows: int, n: int, seed: int = 2, style: int = 3) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Music at random; as in music, the style is not known at the first token, and one after it."""
    rng = np.random.default_rng(seed)
    tokens, features = rng.integers(0, SIZE, (rows, n)), rng.integers(0, FEATURES, (rows, n, SLOTS))
    features[..., STYLE_SLOT] = style
    features[:, 0, STYLE_SLOT] = 0
    return tokens, features
