"""The steps of the network in C (`step.c`), where it could be compiled and the processor has what it needs.

A step of ONNX Runtime costs twice what reading its bytes costs, and more the longer the cache: it is some seventy
operators, and its attention goes head by head. The same sums in one function read weights and cache at the speed of
memory. It takes what is shipped, weights and cache of bytes; everything else, and every other processor, stays with
ONNX Runtime. Whoever installs it compiles `step.c` to `_step.so` beside it:

    cc -O3 -shared -fPIC step.c -o _step.so -lm
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_graph import turns
from senandung.composing.decoding.engine_weights import Floats, Weights, block_of
from senandung.composing.pieces.follow import SLOTS, STYLE_SLOT

_TOGETHER = 16
"""Positions that lie together in the cache."""

_SIZES = ("width", "layers", "heads", "key_heads", "head", "hidden", "context", "slots", "vocabulary")
_TABLES = ("table", "norms", "shifts", "cosine", "sine", "steps", "matrices")


class _Matrix(ctypes.Structure):
    _fields_ = [
        ("numbers", ctypes.c_void_p), ("scales", ctypes.c_void_p), ("start", ctypes.c_void_p),
        ("out", ctypes.c_int64), ("size", ctypes.c_int64), ("block", ctypes.c_int64),
    ]  # fmt: skip


class _Network(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in _SIZES] + [(name, ctypes.c_void_p) for name in _TABLES]


@lru_cache(maxsize=1)
def native_library() -> ctypes.CDLL | None:
    """The compiled steps; None where they were not compiled or the processor is another."""
    found = (load_library(path) for path in sorted(Path(__file__).parent.glob("_step*.so")))
    return next((library for library in found if library is not None), None)


def load_library(path: Path) -> ctypes.CDLL | None:
    """The steps compiled into a shared library; None where this machine or its processor cannot run them."""
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    if not library.senandung_fits():
        return None
    pointer, number = ctypes.c_void_p, ctypes.c_int64
    library.senandung_read.argtypes = [pointer, number, pointer, pointer, number, pointer, pointer]
    library.senandung_read.restype = None
    return library


def native_takes(weights: Weights) -> bool:
    """Whether these weights are such as the steps in C read."""
    sizes = weights.sizes
    return (
        weights.kind == "int8" and weights.cache_scales is not None and sizes.width % 16 == 0 and sizes.head % 16 == 0
        and sizes.heads // sizes.key_heads <= 4
    )  # fmt: skip


class NativeSteps:
    """Weights laid out as `step.c` reads them. Holds no state: caches are given to `read`."""

    def __init__(self, library: ctypes.CDLL, weights: Weights) -> None:
        self._read = library.senandung_read
        sizes = weights.sizes
        self.sizes = sizes
        self._context = sixteens(weights.context) * _TOGETHER
        scales, shifts = weights.openings()
        self._kept: list[NDArray[Any]] = []
        cosine, sine = turns(weights)
        tables: dict[str, NDArray[Any]] = {
            "table": np.concatenate([weights.floats("known.weight"), weights.floats("embedding.weight")]),
            "norms": scales, "shifts": shifts @ weights.floats("embedding.weight").T, "cosine": cosine, "sine": sine,
            "steps": np.asarray(weights.cache_scales, dtype=np.float32),
        }  # fmt: skip
        matrices = []
        for layer in range(sizes.layers):
            for names in (("queries", "keys", "values"), ("joined",), ("gate", "up"), ("down",)):
                matrices.append(self._matrix(weights, [f"layers.{layer}.{name}.weight" for name in names]))
        matrices.append(self._matrix(weights, ["embedding.weight"]))
        self._matrices = (_Matrix * len(matrices))(*matrices)
        self._network = _Network(
            *(getattr(sizes, name) for name in _SIZES[:6]), self._context, SLOTS + 1, sizes.vocabulary,
            *(self._keep(tables[name]) for name in _TABLES[:-1]), ctypes.addressof(self._matrices),
        )  # fmt: skip

    def cache(self, rows: int) -> NDArray[np.int8]:
        """An empty cache, shape (layers, 2, rows, key heads, sixteens of positions, numbers of sixteen)."""
        sizes = self.sizes
        shape = (sizes.layers, 2, rows, sizes.key_heads, self._context // _TOGETHER, _TOGETHER * sizes.head)
        return _aligned(np.zeros(shape, np.int8))

    def read(self, cache: NDArray[Any], tokens: NDArray[Any], features: NDArray[Any], length: int) -> Floats:
        """Logits, (rows, vocabulary), after the last of tokens (rows, n) that follow `length` others, with features
        (rows, n, SLOTS)."""
        rows, n = tokens.shape
        numbers = np.empty((rows, n, SLOTS + 1), dtype=np.int64)
        numbers[:, :, :SLOTS] = features
        np.add(tokens, self.sizes.features, out=numbers[:, :, SLOTS])
        # row, position, style, and where the logits go: only the last token's are wanted
        places = np.empty((rows, n, 4), dtype=np.int32)
        places[:, :, 0] = np.arange(rows)[:, None]
        places[:, :, 1] = np.arange(length, length + n)
        places[:, :, 2] = features[:, :, STYLE_SLOT] if self.sizes.styles else 0
        places[:, :-1, 3] = -1
        places[:, -1, 3] = places[:, -1, 0]
        logits: Floats = np.empty((rows, self.sizes.vocabulary), dtype=np.float32)
        self._read(
            ctypes.addressof(self._network), rows * n, numbers.ctypes.data, places.ctypes.data, rows, cache.ctypes.data,
            logits.ctypes.data,
        )  # fmt: skip
        return logits

    def _matrix(self, weights: Weights, names: list[str]) -> _Matrix:
        """Matrices one under another; gate and up each begin at a multiple of 16 rows."""
        parts = [(weights.arrays[name], weights.arrays[f"{name}.scales"].astype(np.float32)) for name in names]
        size = parts[0][0].shape[1]
        block = block_of(size, parts[0][1].shape[1])
        blocks = parts[0][1].shape[1]
        # what is as wide as the feed-forward is read in 16 numbers; queries, keys and values follow at once
        rows = [len(numbers) if len(parts) == 3 else -(-len(numbers) // 32) * 32 for numbers, _ in parts]
        out = -(-sum(rows) // 64) * 64
        whole = np.zeros((out, blocks * block), dtype=np.int8)
        scales = np.zeros((out, blocks), dtype=np.float32)
        at = 0
        for (numbers, scale), room in zip(parts, rows, strict=True):
            whole[at : at + len(numbers), :size], scales[at : at + len(numbers)] = numbers, scale
            at += room
        sums = whole.reshape(out, blocks, block).sum(axis=2, dtype=np.int32)
        laid = whole.reshape(out // 64, 64, -1, 4).transpose(0, 2, 1, 3)
        start = (-128 * sums).astype(np.int32).T
        return _Matrix(self._keep(laid), self._keep(scales.T), self._keep(start), out, blocks * block, block)

    def _keep(self, array: NDArray[Any]) -> int:
        """The address of a copy that lives as long as this does."""
        self._kept.append(_aligned(array))
        return int(self._kept[-1].ctypes.data)


def sixteens(length: int) -> int:
    """How many lots of positions hold `length` tokens."""
    return -(-length // _TOGETHER)


def _aligned(array: NDArray[Any]) -> NDArray[Any]:
    """A copy that begins where a line of the processor's cache does."""
    raw = np.zeros(array.nbytes + 64, dtype=np.uint8)
    at = -raw.ctypes.data % 64
    found: NDArray[Any] = raw[at : at + array.nbytes].view(array.dtype).reshape(array.shape)
    found[...] = array
    return found
