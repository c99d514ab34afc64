"""The composer's network in plain numpy: what the tests hold the engine against, and a step that needs no runtime."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_weights import Floats, Weights, turns
from senandung.composing.pieces.follow import STYLE_SLOT


class NumpyDecoder:
    """Reads tokens of some rows from left to right, as `engine.State` does, in float32.

    `cache` holds turned keys and values, shape (layers, 2, rows, key heads, context, head); only `length` are filled.
    """

    def __init__(self, weights: Weights, rows: int) -> None:
        self.weights, self.rows, self.length = weights, rows, 0
        self._arrays = {name: weights.floats(name) for name in weights.sizes.shapes()}
        self._turns = turns(weights)
        self._scales, self._shifts = weights.openings()
        sizes = weights.sizes
        self.cache = np.zeros(
            (sizes.layers, 2, rows, sizes.key_heads, weights.context, sizes.head), dtype=np.float32
        )  # fmt: skip

    def feed(self, tokens: NDArray[np.integer], features: NDArray[np.integer]) -> Floats:
        """Logits, shape (rows, n, vocabulary), after each of tokens (rows, n) with features (rows, n, SLOTS)."""
        arrays = self._arrays
        x = arrays["embedding.weight"][tokens] + arrays["known.weight"][features].sum(axis=2)
        styles = features[..., STYLE_SLOT]
        scales = self._scales[styles]
        for layer in range(self.weights.sizes.layers):
            x = x + self._attention(layer, _norm(x, scales[:, :, 2 * layer]))
            seen = _norm(x, scales[:, :, 2 * layer + 1])
            gate = seen @ arrays[f"layers.{layer}.gate.weight"].T
            inner = gate / (1 + np.exp(-gate)) * (seen @ arrays[f"layers.{layer}.up.weight"].T)
            x = x + inner @ arrays[f"layers.{layer}.down.weight"].T
        self.length += tokens.shape[1]
        logits: Floats = (_norm(x, scales[:, :, -1]) + self._shifts[styles]) @ arrays["embedding.weight"].T
        return logits

    def _attention(self, layer: int, seen: Floats) -> Floats:
        sizes, start, n = self.weights.sizes, self.length, seen.shape[1]
        end = start + n

        def heads(name: str, count: int) -> Floats:
            projected = seen @ self._arrays[f"layers.{layer}.{name}.weight"].T
            return projected.reshape(self.rows, n, count, sizes.head).transpose(0, 2, 1, 3)

        cosine, sine = (table[start:end] for table in self._turns)
        keys, values = self.cache[layer]
        keys[:, :, start:end] = _turned(heads("keys", sizes.key_heads), cosine, sine)
        values[:, :, start:end] = heads("values", sizes.key_heads)
        queries = _turned(heads("queries", sizes.heads), cosine, sine)
        # query heads that share a key head stand together
        shared = queries.reshape(self.rows, sizes.key_heads, -1, n, sizes.head)
        scores = shared @ keys[:, :, None, :end].swapaxes(-1, -2) / np.float32(sizes.head**0.5)
        hidden = np.arange(end)[None, :] > np.arange(start, end)[:, None]
        scores = np.where(hidden, np.float32(-np.inf), scores)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ values[:, :, None, :end]).reshape(self.rows, sizes.heads, n, sizes.head)
        joined: Floats = mixed.transpose(0, 2, 1, 3).reshape(self.rows, n, -1)
        result: Floats = joined @ self._arrays[f"layers.{layer}.joined.weight"].T
        return result


def _norm(x: Floats, scale: Floats) -> Floats:
    """RMS norm."""
    result: Floats = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(1e-5)) * scale
    return result


def _turned(x: Floats, cosine: Floats, sine: Floats) -> Floats:
    """Rotary positions; the halves of a head are the pairs."""
    one, two = np.split(x, 2, axis=-1)
    return np.concatenate([one * cosine - two * sine, two * cosine + one * sine], axis=-1)
