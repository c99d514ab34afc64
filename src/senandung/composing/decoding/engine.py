"""The composer's network on an ordinary computer: weights of a byte, token by token.

    engine = load_engine()
    state = engine.begin(rows=1)
    logits = state.feed(tokens, features)      # (1, n) and (1, n, SLOTS): a prompt
    many = state.fork(8)                       # eight ways to go on from here
    logits = many.feed(tokens, features)       # (8, 1) and (8, 1, SLOTS): a step
    best = many.keep([3])
    best.truncate(120)                         # back to the first 120 tokens

The keys and values of what has been read stay in the state, so a step costs one reading of the weights and of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_weights import FILE_NAME, TILE, Floats, Sizes, Weights, load_weights
from senandung.composing.pieces.follow import SLOTS, STYLE_SLOT
from senandung.domain.checks import require, require_whole
from senandung.domain.errors import FileError

Cache = NDArray[np.float32] | NDArray[np.int8] | NDArray[np.uint8]


@lru_cache(maxsize=2)
def load_engine(path: Path | None = None) -> Engine:
    """Start an engine with the composer's weights that come with the package, or with those in `path` (a file that
    `learning.export` wrote, or its folder)."""
    if path is None:
        path = Path(str(files("senandung") / "weights" / "composer"))
    file = path / FILE_NAME if path.is_dir() or not path.suffix else path
    if not file.exists():
        raise FileError(file, "the composer's weights are missing; train some, or install the whole package again")
    return Engine(load_weights(file))


class Engine:
    """Weights laid out to be read, ready to be fed. Holds no state: any number of states may be begun."""

    def __init__(self, weights: Weights) -> None:
        # numba: a quarter of a second and 100 MB that only those who compose pay
        from senandung.composing.decoding.engine_layout import lay_out
        from senandung.composing.decoding.engine_steps import read

        self._weights, self._network, self._read = weights, lay_out(weights), read

    @property
    def weights(self) -> Weights:
        """What it was made of."""
        return self._weights

    @property
    def context(self) -> int:
        """The most tokens a state holds: what the network was trained on."""
        return self._weights.context

    @property
    def sizes(self) -> Sizes:
        """The network's sizes."""
        return self._weights.sizes

    @property
    def facts(self) -> Mapping[str, str]:
        """What the weights' file says of itself: kind, step, tokens seen, seed…"""
        return self._weights.facts

    @property
    def positions(self) -> int:
        """Tokens that a state has room for: the context, filled up."""
        return -(-self.context // TILE) * TILE

    @property
    def lots(self) -> int:
        """In how many lots the numbers of a value lie, of 64 each; 1 for floats."""
        return 1 if self._weights.cache_scales is None else -(-self.sizes.head // TILE)

    def begin(self, rows: int = 1) -> State:
        """An empty state for `rows` sequences that are read side by side."""
        require_whole("rows must be a whole number from 1", rows, 1)
        sizes, floats = self.sizes, self._weights.cache_scales is None
        shape = (sizes.layers, rows, sizes.key_heads)
        of_value = sizes.head if floats else self.lots * TILE
        keys = np.zeros((*shape, self.positions * sizes.head), np.float32 if floats else np.uint8)
        values = np.zeros((*shape, self.positions * of_value), np.float32 if floats else np.int8)
        return State(self, keys, values)

    def read(
        self, cache: tuple[Cache, Cache], numbers: NDArray[np.int64], places: NDArray[np.int32], to: Floats
    ) -> None:
        """Read tokens into a cache; see `engine_steps.read`."""
        self._read(self._network, self.sizes.heads, self.sizes.key_heads, *cache, numbers, places, to)


class State:
    """What has been read so far, in `rows` sequences of the same length. Made by `Engine.begin`, `fork` and `keep`."""

    def __init__(self, engine: Engine, keys: Cache, values: Cache) -> None:
        self.engine = engine
        self._cache, self._length = (keys, values), 0
        # of a step of all rows: filled and read, never made again
        self._numbers = np.empty((self.rows, SLOTS + 1), dtype=np.int64)
        self._places = np.empty((self.rows, 4), dtype=np.int32)
        self._places[:, 0] = self._places[:, 3] = np.arange(self.rows)

    @property
    def rows(self) -> int:
        """How many sequences there are."""
        return int(self._cache[0].shape[1])

    @property
    def length(self) -> int:
        """How many tokens each has."""
        return self._length

    def feed(self, tokens: NDArray[Any], features: NDArray[Any]) -> Floats:
        """Read tokens, shape (rows, n), with features, (rows, n, SLOTS); the next token's logits, (rows, vocabulary).

        n > 1 reads a prompt, each token seeing those before it; the logits are those after the last.
        """
        rows, n, sizes = self.rows, tokens.shape[-1], self.engine.sizes
        styles = features[..., STYLE_SLOT]
        # a step is too short for sentences that nobody reads
        if (
            tokens.shape != (rows, n) or n == 0 or features.shape != (rows, n, SLOTS)
            or self._length + n > self.engine.context or styles.min() < 0 or styles.max() >= sizes.styles
        ):  # fmt: skip
            self._refuse(tokens, features)
        if n == 1:
            numbers, places = self._numbers, self._places
            places[:, 1] = self._length
        else:
            numbers = np.empty((rows * n, SLOTS + 1), dtype=np.int64)
            places = np.full((rows * n, 4), -1, dtype=np.int32)
            places[:, 0] = np.repeat(np.arange(rows), n)
            places[:, 1] = np.tile(np.arange(self._length, self._length + n), rows)
            places[n - 1 :: n, 3] = np.arange(rows)
        numbers[:, :SLOTS] = features.reshape(rows * n, SLOTS)
        np.add(tokens.reshape(-1), sizes.features, out=numbers[:, SLOTS])
        places[:, 2] = styles.reshape(-1)
        logits = np.empty((rows, sizes.vocabulary), dtype=np.float32)
        self.engine.read(self._cache, numbers, places, logits)
        self._length += n
        return logits

    def fork(self, rows: int) -> State:
        """`rows` copies of a state of one row; this one stays as it is."""
        require(self.rows == 1, "only a state of one row can be forked", self.rows)
        require_whole("rows must be a whole number from 1", rows, 1)
        return self.keep([0] * rows)

    def keep(self, rows: Sequence[int]) -> State:
        """A new state with these rows, by number, in this order; a row may come twice. This one stays as it is."""
        require(
            len(rows) > 0 and all(0 <= row < self.rows for row in rows), f"rows to keep must lie in 0..{self.rows - 1}",
            list(rows),
        )  # fmt: skip
        kept = self.engine.begin(len(rows))
        for mine, copy, lots in zip(self._cache, kept._cache, (1, self.engine.lots), strict=True):
            before, after = (each.reshape(*each.shape[:3], lots, -1) for each in (mine, copy))
            # positions fill a lot from its beginning, a tile at a time
            used = -(-self._length // TILE) * TILE * before.shape[-1] // self.engine.positions
            for at, row in enumerate(rows):
                after[:, at, ..., :used] = before[:, row, ..., :used]
        kept._length = self._length
        return kept

    def truncate(self, length: int) -> None:
        """Forget all but the first `length` tokens of every row; costs nothing."""
        require_whole(f"the length must be a whole number in 0..{self._length}", length, 0, self._length)
        self._length = length

    def _refuse(self, tokens: NDArray[Any], features: NDArray[Any]) -> None:
        rows, n, known = self.rows, tokens.shape[-1], self.engine.sizes.styles
        require(tokens.shape == (rows, n) and n > 0, f"tokens must have the shape ({rows}, n)", tokens.shape)
        require(
            features.shape == (rows, n, SLOTS), f"features must have the shape ({rows}, {n}, {SLOTS})", features.shape
        )  # fmt: skip
        most = self.engine.context
        require(self._length + n <= most, f"at most {most} tokens can be read", self._length + n)
        unknown = sorted({style for style in features[..., STYLE_SLOT].reshape(-1).tolist() if not 0 <= style < known})
        require(not unknown, f"styles must lie in 0..{known - 1}", unknown)
