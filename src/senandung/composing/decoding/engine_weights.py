"""The composer's weights as they are shipped: one safetensors file, whole numbers of a byte with scales, or floats.

A matrix is kept as int8 of shape (out, in) with a scale for every block of a row, largest value 127 (blockwise absolute
maximum: Dettmers et al. 2022, arXiv:2110.02861). The names are those of the network; `NAME.scales` are the scales, and
their number tells the block. `learning.export` writes the file; facts stand in its header.

Where the export has seen how large keys and values grow, `cache.scales`, shape (layers, 2), says what a step of a byte
is worth in the cache of each layer's keys and values; without it they are kept as floats.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.follow import FEATURES, SLOT_SIZES
from senandung.composing.pieces.vocabulary import SIZE, VERSION
from senandung.domain.checks import require
from senandung.domain.errors import FileError
from senandung.files.tensors import load_tensors, save_tensors

Floats = NDArray[np.float32]

BLOCKS = (256, 128, 64)
"""How many numbers of a row may share a scale: the most that the row is a multiple of, or else the fewest."""

TILE = 64
"""Rows of a matrix, positions of keys, and numbers of a value that lie side by side where they are read."""

KINDS = ("int8", "fp32")

FILE_NAME = "composer.safetensors"

STYLES = SLOT_SIZES["style"]

CACHE_SCALES = "cache.scales"


@dataclass(frozen=True)
class Sizes:
    """The network's sizes, as `learning.network.NetworkConfig` states them."""

    width: int
    layers: int
    heads: int
    key_heads: int
    hidden: int
    vocabulary: int
    features: int
    styles: int
    rope_base: float

    def __post_init__(self) -> None:
        require(
            self.width % self.heads == 0 and self.head % 8 == 0, "the width of a head must be a multiple of 8",
            self.width / self.heads,
        )  # fmt: skip
        require(self.heads % self.key_heads == 0, "heads must be a multiple of key heads", self.key_heads)

    @property
    def head(self) -> int:
        """Numbers in a head."""
        return self.width // self.heads

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every array."""
        keys = self.key_heads * self.head
        layer = {
            "attention_norm": (self.width,), "forward_norm": (self.width,),
            "queries": (self.width, self.width), "joined": (self.width, self.width),
            "keys": (keys, self.width), "values": (keys, self.width),
            "gate": (self.hidden, self.width), "up": (self.hidden, self.width), "down": (self.width, self.hidden),
        }  # fmt: skip
        rows = {f"layers.{i}.{name}.weight": shape for i in range(self.layers) for name, shape in layer.items()}
        tables = {"embedding.weight": (self.vocabulary, self.width), "known.weight": (self.features, self.width)}
        tables["styles.weight"] = (self.styles, (2 * self.layers + 2) * self.width)
        return rows | tables | {"norm.weight": (self.width,)}

    def norms(self) -> list[str]:
        """Names of the norms' scales, in the order in which they are met and in which a style's row has them."""
        each = [f"layers.{i}.{name}.weight" for i in range(self.layers) for name in ("attention_norm", "forward_norm")]
        return [*each, "norm.weight"]


@dataclass(frozen=True)
class Weights:
    """What a file holds: `arrays` by name, the sizes, the longest sequence in tokens, and all facts of the header."""

    sizes: Sizes
    context: int
    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, str]

    @property
    def kind(self) -> str:
        """`int8` or `fp32`."""
        return self.facts["kind"]

    @property
    def cache_scales(self) -> Floats | None:
        """What a step of a byte is worth in the cache, shape (layers, 2); None where it holds floats."""
        return self.arrays.get(CACHE_SCALES)

    def floats(self, name: str) -> Floats:
        """An array as the float numbers that it stands for."""
        array = self.arrays[name]
        if array.dtype != np.int8:
            return array.astype(np.float32)
        return unpack(array, self.arrays[f"{name}.scales"].astype(np.float32))

    def openings(self) -> tuple[Floats, Floats]:
        """By style: the scales of the norms, shape (styles, norms, width), and what is added to the last norm's result,
        (styles, width)."""
        sizes = self.sizes
        scales = np.stack([self.floats(name) for name in sizes.norms()])
        of_style = self.floats("styles.weight").reshape(sizes.styles, -1, sizes.width)
        return scales + of_style[:, :-1], of_style[:, -1]


def turns(weights: Weights) -> tuple[Floats, Floats]:
    """Cosines and sines of the rotary positions, each of shape (context, half a head)."""
    half = weights.sizes.head // 2
    rates = weights.sizes.rope_base ** (-np.arange(half, dtype=np.float32) / half)
    angles = np.arange(weights.context, dtype=np.float32)[:, None] * rates.astype(np.float32)
    return np.cos(angles), np.sin(angles)


def pack(matrix: NDArray[Any]) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """A matrix (out, in) as whole numbers and their scales (out, blocks).

    >>> numbers, scales = pack(np.array([[1.0, -2.0, 0.5]], dtype=np.float32))
    >>> numbers.tolist(), scales.shape
    ([[64, -127, 32]], (1, 1))
    """
    out, size = matrix.shape
    block = next((block for block in BLOCKS if size % block == 0), BLOCKS[-1])
    blocks = -(-size // block)
    padded = np.zeros((out, blocks * block), dtype=np.float32)
    padded[:, :size] = matrix
    cut = padded.reshape(out, blocks, block)
    scales = (np.abs(cut).max(axis=2) / 127).astype(np.float16)
    # the scale was rounded: a number may now lie a little beyond 127
    divisors = np.where(scales > 0, scales, 1).astype(np.float32)
    numbers = np.clip(np.rint(cut / divisors[:, :, None]), -127, 127).astype(np.int8)
    return np.ascontiguousarray(numbers.reshape(out, -1)[:, :size]), scales


def unpack(numbers: NDArray[np.int8], scales: NDArray[Any]) -> Floats:
    """The matrix that numbers and scales stand for. Inverse of `pack`, up to rounding."""
    size = numbers.shape[1]
    spread = np.repeat(scales.astype(np.float32), block_of(size, scales.shape[1]), axis=1)[:, :size]
    return numbers.astype(np.float32) * spread


def block_of(size: int, scales: int) -> int:
    """How many numbers of a row share a scale, by the row's size and its scales; 0 where no block fits.

    >>> block_of(704, 11), block_of(256, 1), block_of(256, 4), block_of(256, 3)
    (64, 256, 64, 0)
    """
    return next((block for block in reversed(BLOCKS) if -(-size // block) == scales), 0)


def save_weights(arrays: Mapping[str, NDArray[Any]], path: Path, facts: Mapping[str, str], *, kind: str) -> None:
    """Write a network's arrays; `facts` must have `config` (the sizes as JSON), `vocabulary` and `context`.

    Inverse of `load_weights`, up to the rounding of `int8`.
    """
    shipped: dict[str, NDArray[Any]] = {}
    for name, array in arrays.items():
        if kind == "int8" and array.ndim == 2 and name != CACHE_SCALES:
            shipped[name], shipped[f"{name}.scales"] = pack(array)
        else:
            shipped[name] = array.astype(np.float32)
    save_tensors(shipped, path, {**facts, "kind": kind})


def load_weights(path: Path) -> Weights:
    """Read what `save_weights` wrote and check that it fits this program's tokens."""
    try:
        arrays, facts = load_tensors(path)
    except OSError as error:
        raise FileError(path, f"the composer's weights cannot be read: {error.strerror or error}") from error
    try:
        config = json.loads(facts["config"])
        sizes = Sizes(**{each.name: config[each.name] for each in fields(Sizes)})
        context, version, kind = int(facts["context"]), int(facts["vocabulary"]), facts["kind"]
    except (KeyError, TypeError, ValueError) as error:
        raise FileError(path, f"not the composer's weights: a fact is missing or wrong ({error})") from error
    if (version, sizes.vocabulary, sizes.features, sizes.styles) != (VERSION, SIZE, FEATURES, STYLES):
        raise FileError(
            path,
            f"weights for vocabulary {version} with {sizes.vocabulary} tokens, {sizes.features} features and "
            f"{sizes.styles} styles do not fit this program's vocabulary {VERSION} with {SIZE}, {FEATURES}, {STYLES}",
        )
    if kind not in KINDS:
        raise FileError(path, f"weights of kind {kind!r}; known are {', '.join(KINDS)}")
    shapes = sizes.shapes()
    if CACHE_SCALES in arrays:
        shapes[CACHE_SCALES] = (sizes.layers, 2)
    for name, shape in shapes.items():
        _require_shape(path, arrays, name, shape)
        if kind == "int8" and len(shape) == 2 and name != CACHE_SCALES:
            scales = arrays.get(f"{name}.scales")
            told = scales is not None and scales.ndim == 2 and block_of(shape[1], scales.shape[1])
            _require_shape(path, arrays, f"{name}.scales", (shape[0], -(-shape[1] // (told or BLOCKS[-1]))))
    return Weights(sizes, context, arrays, facts)


def _require_shape(path: Path, arrays: Mapping[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> None:
    found = arrays[name].shape if name in arrays else None
    if found != shape:
        raise FileError(path, f"{name} must have the shape {shape}, got {found}")
