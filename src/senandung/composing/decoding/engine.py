"""The composer's network on an ordinary computer: ONNX Runtime with weights of a byte, token by token.

    engine = load_engine()
    state = engine.begin(rows=1)
    logits = state.feed(tokens, features)      # (1, n) and (1, n, SLOTS): a prompt
    many = state.fork(8)                       # eight ways to go on from here
    logits = many.feed(tokens, features)       # (8, 1) and (8, 1, SLOTS): a step
    best = many.keep([3])
    best.truncate(120)                         # back to the first 120 tokens

The keys and values of what has been read stay in the state, so a step costs one reading of the weights and of them.
int8 sums differ by processor: the same seed gives the same notes on one machine, not on every one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine_graph import decoder_graph
from senandung.composing.decoding.engine_weights import FILE_NAME, Floats, Sizes, Weights, load_weights
from senandung.composing.pieces.follow import SLOTS, STYLE_SLOT
from senandung.domain.checks import require, require_whole
from senandung.domain.errors import FileError

Cache = NDArray[np.float32] | NDArray[np.int8]

_FEW = 8
"""Tokens that are quicker read one after the other, all rows together, than together, one row after the other."""

_CHUNK = 64
"""Tokens of a prompt that are read at once: bounds the memory that their features need."""


@lru_cache(maxsize=2)
def load_engine(path: Path | None = None, *, threads: int = 1) -> Engine:
    """Start an engine with the composer's weights that come with the package, or with those in `path` (a file that
    `learning.export` wrote, or its folder)."""
    if path is None:
        path = Path(str(files("senandung") / "weights" / "composer"))
    file = path / FILE_NAME if path.is_dir() or not path.suffix else path
    if not file.exists():
        raise FileError(file, "the composer's weights are missing; train some, or install the whole package again")
    return Engine(load_weights(file), threads=threads)


class Engine:
    """Weights in a session of ONNX Runtime, ready to be fed. Holds no state: any number of states may be begun."""

    def __init__(self, weights: Weights, *, threads: int = 1) -> None:
        # Newer releases of ONNX Runtime report to their makers unless this is set before they are loaded; the pinned
        # 1.28 cannot. Nothing leaves the machine either way.
        os.environ["ORT_DISABLE_TELEMETRY"] = os.environ["ORT_TELEMETRY_DISABLED"] = "1"
        # where the processor can, queries are rounded to bytes for their products with the keys
        os.environ["ORT_MLAS_QKGEMM_S8_APPROX_VNNI"] = "1"
        # a tenth of a second and 60 MB that only those who compose pay
        import onnxruntime

        require_whole("threads must be a whole number from 1", threads, 1)
        self._weights = weights
        self._scales, shifts = weights.openings()
        self._shifts = shifts @ weights.floats("embedding.weight").T
        self._runtime = onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            decoder_graph(weights), options, providers=["CPUExecutionProvider"]
        )  # fmt: skip

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

    def begin(self, rows: int = 1) -> State:
        """An empty state for `rows` sequences that are read side by side."""
        require_whole("rows must be a whole number from 1", rows, 1)
        sizes = self.sizes
        shape = (sizes.layers, 2, rows, sizes.key_heads, self.context, sizes.head)
        cache: Cache = np.zeros(shape, np.float32) if self._weights.cache_scales is None else np.zeros(shape, np.int8)
        return State(self, cache, 0)

    def _binding(self, cache: Cache, n: int) -> _Binding:
        return _Binding(self._runtime, self._session, (self._scales, self._shifts), self.sizes, cache, n)


class State:
    """What has been read so far, in `rows` sequences of the same length. Made by `Engine.begin`, `fork` and `keep`."""

    def __init__(self, engine: Engine, cache: Cache, length: int) -> None:
        self.engine = engine
        self._cache, self._length = cache, length
        self._step: _Binding | None = None
        self._singles: list[_Binding] = []

    @property
    def rows(self) -> int:
        """How many sequences there are."""
        return int(self._cache.shape[2])

    @property
    def length(self) -> int:
        """How many tokens each has."""
        return self._length

    def feed(self, tokens: NDArray[Any], features: NDArray[Any]) -> Floats:
        """Read tokens, shape (rows, n), with features, (rows, n, SLOTS); the next token's logits, (rows, vocabulary).

        n > 1 reads a prompt, each token seeing those before it; the logits are those after the last.
        """
        rows, n = self.rows, tokens.shape[-1]
        # a step is too short for sentences that nobody reads
        if (
            tokens.shape != (rows, n) or n == 0 or features.shape != (rows, n, SLOTS)
            or self._length + n > self.engine.context
        ):  # fmt: skip
            self._refuse(tokens, features)
        for start, end, styles in self._in_one_style(features):
            if end - start >= _FEW:
                logits = self._prompt(tokens[:, start:end], features[:, start:end], styles)
                self._length += end - start
                continue
            for at in range(start, end):
                logits = self._one(tokens[:, at : at + 1], features[:, at : at + 1], styles)
                self._length += 1
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
        for at, row in enumerate(rows):
            kept._cache[:, :, at, :, : self._length] = self._cache[:, :, row, :, : self._length]
        kept._length = self._length
        return kept

    def truncate(self, length: int) -> None:
        """Forget all but the first `length` tokens of every row; costs nothing."""
        require_whole(f"the length must be a whole number in 0..{self._length}", length, 0, self._length)
        self._length = length

    def _refuse(self, tokens: NDArray[Any], features: NDArray[Any]) -> None:
        rows, n = self.rows, tokens.shape[-1]
        require(tokens.shape == (rows, n) and n > 0, f"tokens must have the shape ({rows}, n)", tokens.shape)
        require(
            features.shape == (rows, n, SLOTS), f"features must have the shape ({rows}, {n}, {SLOTS})", features.shape
        )  # fmt: skip
        most = self.engine.context
        require(self._length + n <= most, f"at most {most} tokens can be read", self._length + n)

    def _in_one_style(self, features: NDArray[Any]) -> list[tuple[int, int, list[int]]]:
        """Begin, end and the rows' styles of every run of tokens in which no row changes its style."""
        n, known = features.shape[1], self.engine.sizes.styles
        styles = features[:, :, STYLE_SLOT]
        changed = [] if n == 1 else (np.flatnonzero((styles[:, 1:] != styles[:, :-1]).any(axis=0)) + 1).tolist()
        found = [(start, end, styles[:, start].tolist()) for start, end in pairwise([0, *changed, n])]
        for _, _, each in found:
            if min(each) < 0 or max(each) >= known:
                require(False, f"styles must lie in 0..{known - 1}", each)
        return found

    def _one(self, tokens: NDArray[Any], features: NDArray[Any], styles: list[int]) -> Floats:
        total = self._length + 1
        if styles.count(styles[0]) == self.rows:
            if self._step is None:
                self._step = self.engine._binding(self._cache, 1)
            return self._step.run(tokens, features, total, styles[0])
        # one style opens the norms of a run: rows of different styles are read one after the other, as quickly
        if not self._singles:
            self._singles = [self.engine._binding(self._cache[:, :, row : row + 1], 1) for row in range(self.rows)]
        each = [
            single.run(tokens[row : row + 1], features[row : row + 1], total, styles[row])
            for row, single in enumerate(self._singles)
        ]
        return np.concatenate(each)

    def _prompt(self, tokens: NDArray[Any], features: NDArray[Any], styles: list[int]) -> Floats:
        # The attention continues a longer past with several tokens for one row only.
        logits = np.empty((self.rows, self.engine.sizes.vocabulary), dtype=np.float32)
        for row, style in enumerate(styles):
            cache = self._cache[:, :, row : row + 1]
            for start in range(0, tokens.shape[1], _CHUNK):
                chunk = tokens[row : row + 1, start : start + _CHUNK]
                known = features[row : row + 1, start : start + _CHUNK]
                n = chunk.shape[1]
                logits[row] = self.engine._binding(cache, n).run(chunk, known, self._length + start + n, style)[0]
        return logits


class _Binding:
    """A session tied to memory once, to read `n` tokens of some rows: a run writes into it and allocates nothing."""

    def __init__(
        self, runtime: Any, session: Any, openings: tuple[Floats, Floats], sizes: Sizes, cache: Cache, n: int
    ) -> None:
        rows = cache.shape[2]
        self._session, self._openings, self._style, self._offset = session, openings, -1, sizes.features
        self._scales = np.zeros(openings[0].shape[1:], dtype=np.float32)
        self._buffers: dict[str, NDArray[Any]] = {
            "numbers": np.zeros((rows, n, SLOTS + 1), dtype=np.int64),
            "lengths": np.zeros(rows, dtype=np.int32),
            "total": np.zeros(1, dtype=np.int32),
            "shift": np.zeros(sizes.vocabulary, dtype=np.float32),
            "logits": np.zeros((rows, sizes.vocabulary), dtype=np.float32),
        }
        bound = self._buffers | {f"scale.{norm}": scale for norm, scale in enumerate(self._scales)}
        for layer, (keys, values) in enumerate(cache):
            bound |= {f"keys.{layer}": keys, f"values.{layer}": values}
        self._binding = session.io_binding()
        # the values own nothing: they and the arrays must outlive the binding
        self._values = {name: runtime.OrtValue.ortvalue_from_numpy(array) for name, array in bound.items()}
        self._cache = cache
        for name, value in self._values.items():
            if name != "logits":
                self._binding.bind_ortvalue_input(name, value)
            if name.startswith(("keys", "values")):
                self._binding.bind_ortvalue_output(f"new.{name}", value)
        self._binding.bind_ortvalue_output("logits", self._values["logits"])

    def run(self, tokens: NDArray[Any], features: NDArray[Any], total: int, style: int) -> Floats:
        """Logits after the last token, (rows, vocabulary); `total` are the tokens in the cache then."""
        buffers = self._buffers
        if style != self._style:
            self._scales[:], buffers["shift"][:] = (each[style] for each in self._openings)
            self._style = style
        numbers = buffers["numbers"]
        numbers[:, :, :SLOTS] = features
        np.add(tokens, self._offset, out=numbers[:, :, SLOTS])
        buffers["lengths"][:] = total - 1
        buffers["total"][0] = total
        self._session.run_with_iobinding(self._binding)
        logits: Floats = buffers["logits"].copy()
        return logits
