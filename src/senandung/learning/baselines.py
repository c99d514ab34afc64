"""The n-gram and a copier in the network's place: the same grammar, window and sampling compose with them.

Both stand in the benchmark of whole pieces (`bench/compose.py`) beside the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.tasks import MUSIC, PLAN
from senandung.composing.pieces.vocabulary import SIZE
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.pack import Packed
from senandung.learning.retrieval import one_bar, span_codes
from senandung.learning.windows import KIND_OF, KINDS

CONTEXT = 2048
"""Tokens of a window that the decoder gives these models; they use the last few only."""

KEY = 8
"""Tokens by which the copier finds where the training part stood as the piece does now."""

MOST = 512
"""Places that are compared; of more, so many spread evenly."""

LONGEST = 64
"""Tokens up to which a match is followed back."""

Shares = NDArray[np.float64]


def plan_stream(sets: Mapping[str, Packed]) -> NDArray[np.int64]:
    """The heads of all bars of all pieces, each piece with its header: how plans are written (`tasks`)."""
    track = KINDS.index("track")
    rows = []
    for packed in sets.values():
        tokens = packed.tokens.astype(np.int64)
        if not len(tokens):
            continue
        bars = packed.bar_starts[:-1]
        places = np.arange(len(tokens))
        firsts = np.minimum.reduceat(np.where(KIND_OF[tokens] == track, places, len(tokens)), bars)
        in_head = (places < np.repeat(firsts, np.diff(packed.bar_starts))) & (KIND_OF[tokens] != KINDS.index("end"))
        before = np.concatenate([[0], np.cumsum(in_head)])
        heads = tokens[in_head]
        edges = before[packed.bar_starts[packed.piece_bars]]
        for piece in range(packed.pieces):
            rows.append(packed.header(piece, int(packed.piece_bars[piece])).astype(np.int64))
            rows.append(np.asarray([PLAN]))
            rows.append(heads[edges[piece] : edges[piece + 1]])
            rows.append(np.asarray([MUSIC]))
    return np.concatenate(rows)


def shares_after(ngram: TokenNgram, before: list[int]) -> Shares:
    """The n-gram's probability of every token after some, shape (vocabulary,)."""
    found = np.full(SIZE, 1.0 / SIZE)
    for length, order in enumerate(ngram.orders):
        if length > len(before):
            break
        code = 0
        for token in before[len(before) - length :]:
            code = code << 11 | token
        place = int(np.searchsorted(order.contexts, np.uint64(code)))
        if place == len(order.contexts) or int(order.contexts[place]) != code:
            break
        first, last = np.searchsorted(order.grams, np.asarray([code << 11, (code + 1) << 11], dtype=np.uint64))
        counts = np.zeros(SIZE)
        counts[(order.grams[first:last] & np.uint64(2047)).astype(np.int64)] = order.gram_counts[first:last]
        kinds = int(order.types[place])
        found = (counts + kinds * found) / (int(order.totals[place]) + kinds)
    return found


class LookedUp:
    """Rows of tokens that an n-gram or a copier has read (`composing.decoding.window.Reading`)."""

    def __init__(self, network: NgramNetwork, rows: list[list[int]]) -> None:
        self.network, self.rows = network, rows

    def feed(self, tokens: NDArray[np.int64], _: NDArray[np.int64]) -> NDArray[np.floating]:
        """Read tokens; the logarithms of the probabilities after the last."""
        for row, new in zip(self.rows, tokens.tolist(), strict=True):
            row.extend(new)
        return np.log(np.maximum(np.stack([self.network.shares(row) for row in self.rows]), 1e-12))

    def keep(self, rows: Sequence[int]) -> LookedUp:
        """Another that has read what these rows have."""
        return LookedUp(self.network, [list(self.rows[row]) for row in rows])

    def truncate(self, length: int) -> None:
        """Forget all but the first tokens of every row."""
        for row in self.rows:
            del row[length:]


@dataclass(frozen=True)
class NgramNetwork:
    """An n-gram that answers as the network does (`composing.decoding.window.Network`)."""

    ngram: TokenNgram

    @classmethod
    def fit(cls, sets: Mapping[str, Packed], order: int = 5) -> NgramNetwork:
        """Count music and plans."""
        return cls(TokenNgram.fit(np.concatenate([token_stream(sets), plan_stream(sets)]), order))

    @property
    def context(self) -> int:
        """The most tokens of a row."""
        return CONTEXT

    def begin(self, rows: int) -> LookedUp:
        """Rows of which nothing is read yet."""
        return LookedUp(self, [[] for _ in range(rows)])

    def shares(self, row: list[int]) -> Shares:
        """Probabilities after a row."""
        return shares_after(self.ngram, row[-len(self.ngram.orders) + 1 :])


@dataclass(frozen=True)
class CopyNetwork(NgramNetwork):
    """A copier: it goes on as the training part does after the longest match of what stands before.

    Where nothing of `KEY` tokens matches it is the n-gram. The counts of the longest match and of each shorter one that
    is tried are interpolated by Witten & Bell, so that a match in one place alone is followed in half of all draws and
    more, and in several that agree nearly always.
    """

    stream: NDArray[np.uint16]
    codes: NDArray[np.uint64]
    places: NDArray[np.int64]

    @classmethod
    def beside(cls, other: NgramNetwork, sets: Mapping[str, Packed]) -> CopyNetwork:
        """With an n-gram's counts, and every place of the training part sorted by the tokens before it."""
        plain = one_bar(token_stream(sets))
        codes = span_codes(plain, KEY)[:-1]
        order = np.argsort(codes)
        return cls(other.ngram, plain.astype(np.uint16), codes[order], order)

    def shares(self, row: list[int]) -> Shares:
        """Probabilities after a row."""
        found = super().shares(row)
        if len(row) < KEY:
            return found
        plain = one_bar(np.asarray(row[-LONGEST:], dtype=np.int64))
        code = span_codes(plain[-KEY:], KEY)[0]
        first, last = np.searchsorted(self.codes, code, side="left"), np.searchsorted(self.codes, code, side="right")
        if first == last:
            return found
        ends = self.places[first:last] + KEY  # where the next token stands
        if len(ends) > MOST:
            ends = ends[np.linspace(0, len(ends) - 1, MOST).astype(np.int64)]
        back = np.arange(1, len(plain) + 1)
        same = self.stream[np.maximum(ends[:, None] - back, 0)] == plain[::-1]
        lengths = np.where(same.all(axis=1), len(plain), same.argmin(axis=1))
        following = self.stream[ends].astype(np.int64)
        for least in (KEY, 12, 16, 24, 32, 48):
            counts = np.bincount(following[lengths >= least], minlength=SIZE)
            kinds = int(np.count_nonzero(counts))
            if kinds:
                found = (counts + kinds * found) / (counts.sum() + kinds)
        return found
