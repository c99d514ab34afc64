"""The mark to beat: an n-gram of tokens with Witten-Bell interpolation.

Witten & Bell (1991), "The zero-frequency problem", IEEE Transactions on Information Theory 37(4), method C:
P(w | h) = (c(h w) + T(h) P(w | shorter h)) / (c(h) + T(h)), T(h) the number of different tokens seen after h.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.vocabulary import SIZE
from senandung.domain.checks import require
from senandung.learning.pack import Packed

_BITS = 11


@dataclass(frozen=True)
class _Order:
    """Counts of n-grams and of their contexts; codes are sorted."""

    grams: NDArray[np.uint64]
    gram_counts: NDArray[np.int64]
    contexts: NDArray[np.uint64]
    totals: NDArray[np.int64]
    types: NDArray[np.int64]


@dataclass(frozen=True)
class TokenNgram:
    """An n-gram of tokens; made by `fit`."""

    orders: tuple[_Order, ...]

    @classmethod
    def fit(cls, stream: NDArray[np.int64], order: int = 5) -> TokenNgram:
        """Count a stream of tokens."""
        require(1 <= order <= 5, "an n-gram's order must be in 1..5", order)
        require(SIZE <= 1 << _BITS, f"the vocabulary must fit in {_BITS} bits", SIZE)
        return cls(tuple(_count(stream.astype(np.uint64), n) for n in range(1, order + 1)))

    def nats(self, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """-log P of `tokens[:, 1:]`, shape (windows, length); context never leaves a window."""
        return -np.log(self.probabilities(tokens, tokens[:, 1:]))

    def probabilities(self, tokens: NDArray[np.int64], targets: NDArray[np.int64]) -> NDArray[np.float64]:
        """P of `targets`, shape (windows, length), each after what stands before it in `tokens`."""
        found = np.full(targets.shape, 1.0 / SIZE)
        width = targets.shape[1]
        codes = tokens.astype(np.uint64)
        wanted = targets.astype(np.uint64)
        for index, counts in enumerate(self.orders):  # order index + 1, context of `index` tokens
            from_column = max(index - 1, 0)
            context = np.zeros((len(tokens), width - from_column), dtype=np.uint64)
            for back in range(index):  # the token `back` + 1 places before the target
                begin = from_column - back
                context |= codes[:, begin : begin + width - from_column] << np.uint64(_BITS * back)
            gram = context << np.uint64(_BITS) | wanted[:, from_column:]
            places, known = _find(counts.contexts, context)
            total = np.where(known, counts.totals[places], 0)
            types = np.where(known, counts.types[places], 0)
            at, seen = _find(counts.grams, gram)
            count = np.where(seen, counts.gram_counts[at], 0)
            shorter = found[:, from_column:]
            mixed = (count + types * shorter) / np.maximum(total + types, 1)
            found[:, from_column:] = np.where(known, mixed, shorter)
        return found


def _find(table: NDArray[np.uint64], codes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    places = np.minimum(np.searchsorted(table, codes), len(table) - 1)
    return places, table[places] == codes


def _count(stream: NDArray[np.uint64], order: int) -> _Order:
    count = len(stream) - order + 1
    codes = np.zeros(count, dtype=np.uint64)
    for offset in range(order):
        codes = codes << np.uint64(_BITS) | stream[offset : offset + count]
    grams, gram_counts = np.unique(codes, return_counts=True)
    contexts, firsts = np.unique(grams >> np.uint64(_BITS), return_index=True)
    totals = np.add.reduceat(gram_counts, firsts)
    types = np.diff(np.append(firsts, len(grams)))
    return _Order(grams, gram_counts, contexts, totals, types)


def token_stream(sets: Mapping[str, Packed]) -> NDArray[np.int64]:
    """All pieces of all sets in one stream, each with its header."""
    rows = []
    for packed in sets.values():
        for piece in range(packed.pieces):
            first, last = packed.piece_bars[piece], packed.piece_bars[piece + 1]
            rows.append(packed.header(piece, int(first)))
            rows.append(packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]])
    return np.concatenate(rows).astype(np.int64)
