"""The network as a judge of harmony: how likely it finds a progression, as the plan of a lead sheet.

The learned table and the rules of `harmony` propose; the network, which hears further back than the table's two bars,
says which proposal songs would make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.window import entries_of
from senandung.composing.melody.lead import bar_head, chord_token, header
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.vocabulary import BARS_LEFT, IDS
from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.scales import Key

if TYPE_CHECKING:
    from senandung.composing.decoding.engine import Engine

BARS_BEFORE = 32
"""Bars that are read before a proposal."""

_BARS = [IDS[f"bar:{edge}"] for edge in BARS_LEFT]

ChordBar = Sequence[Chord]


@dataclass
class Changes:
    """Judges the progressions of one song, `bars` long."""

    engine: Engine
    key: Key
    metre: Metre
    quarters_a_minute: float
    bars: int

    def nats(self, before: Sequence[ChordBar], proposals: Sequence[Sequence[ChordBar]]) -> list[float]:
        """-log P a bar of each proposal after the bars before it; the proposals need not be equally long."""
        first = max(len(before) - BARS_BEFORE, 0)
        follower = Follower()
        tokens = [*header(self.key, self.metre, self.quarters_a_minute, opening=first == 0), IDS["task:plan"]]
        for place in range(first, len(before)):
            tokens += self._head(place, before[place])
        state = self.engine.begin(1)
        last = state.feed(np.asarray([tokens]), np.asarray([_known(follower, tokens)]))
        rows = [
            [token for place, bar in enumerate(bars) for token in self._head(len(before) + place, bar)]
            for bars in proposals
        ]
        longest = max(len(row) for row in rows)
        padded = [row + [IDS["pad"]] * (longest - len(row)) for row in rows]
        features = np.asarray([_known(follower.fork(), row) for row in padded])
        columns = np.asarray(padded)
        draft = state.fork(len(rows))
        logits = [np.repeat(last, len(rows), axis=0)]
        for at in range(longest - 1):
            logits.append(draft.feed(columns[:, at : at + 1], features[:, at : at + 1]))
        costs = _costs(np.stack(logits, axis=1), columns)
        return [
            float(cost[: len(row)].sum()) / max(len(bars), 1)
            for cost, row, bars in zip(costs, rows, proposals, strict=True)
        ]

    def _head(self, place: int, chords: ChordBar) -> list[int]:
        """A bar's head; of three chords or more the first and the one at half."""
        tokens = [chord_token(chord, self.key) for chord in (chords[0], chords[len(chords) // 2])]
        return bar_head(max(self.bars - place, 1), tokens, self.metre)


def _known(follower: Follower, tokens: Sequence[int]) -> list[list[int]]:
    return [known for _, known in entries_of(follower, tokens)]


def _costs(logits: NDArray[np.float32], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    """-log P of tokens, shape (rows, n), by logits, shape (rows, n, vocabulary); bars left are given, not foretold."""
    wide = logits.astype(np.float64)
    shares = wide - np.logaddexp.reduce(wide, axis=-1, keepdims=True)
    costs = -np.take_along_axis(shares, tokens[..., None], axis=-1)[..., 0]
    bars = -np.logaddexp.reduce(shares[..., _BARS], axis=-1)
    return np.where(np.isin(tokens, _BARS), bars, costs)
