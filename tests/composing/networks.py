"""A network for tests that knows nothing: random logits, the same for the same tokens fed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.follow import FEATURES, SLOTS
from senandung.composing.pieces.vocabulary import SIZE


class RandomNetwork:
    """Seeded random logits. It also checks what it is fed, as a real one would fail on it."""

    def __init__(self, seed: int, context: int = 1024, spread: float = 2.0) -> None:
        self.rng = np.random.default_rng(seed)
        self.context, self.spread = context, spread
        self.bias = self.rng.normal(0, 1.0, SIZE)

    def begin(self, rows: int) -> RandomReading:
        return RandomReading(self, rows)


class RandomReading:
    def __init__(self, network: RandomNetwork, rows: int) -> None:
        self.network, self.rows, self.read = network, rows, 0

    def keep(self, rows: Sequence[int]) -> RandomReading:
        assert all(0 <= row < self.rows for row in rows)
        other = RandomReading(self.network, len(rows))
        other.read = self.read
        return other

    def truncate(self, length: int) -> None:
        assert 0 <= length <= self.read
        self.read = length

    def feed(self, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> NDArray[np.float64]:
        assert tokens.shape[0] == self.rows
        assert features.shape == (*tokens.shape, SLOTS)
        assert tokens.shape[1] > 0
        assert 0 <= tokens.min() <= tokens.max() < SIZE
        assert 0 <= features.min() <= features.max() < FEATURES
        self.read += tokens.shape[1]
        assert self.read <= self.network.context
        network = self.network
        return network.bias + network.rng.normal(0, network.spread, (self.rows, SIZE))
