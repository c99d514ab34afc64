"""A network that has listened to a passage of a person's music before it writes.

The passage stands between the header and what is written: the network goes on as it does inside of one work, with its
figures, its spacing and its harmony. It is heard and never written: no bar of the piece points to it, and what would
quote it is masked (`decoding.copies`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.window import Network, Reading
from senandung.composing.pieces.follow import STYLE_SLOT, Follower
from senandung.composing.pieces.tokens import HEADER_FIELDS
from senandung.composing.pieces.vocabulary import IDS, kind_of
from senandung.domain.checks import require

PLAN = IDS["task:plan"]

Ints = NDArray[np.int64]


class Primed:
    """A network that hears the tokens of a passage (bars, without a header) behind every header. Final."""

    def __init__(self, network: Network, passage: Sequence[int]) -> None:
        require(bool(passage) and kind_of(passage[0]) == "bar", "a passage must begin with a bar", list(passage[:3]))
        require(len(passage) < network.context // 2, "a passage must leave half of the context", len(passage))
        self.network, self.passage = network, list(passage)

    @property
    def context(self) -> int:
        """The most tokens of a row beside the passage."""
        return self.network.context - len(self.passage)

    def begin(self, rows: int = 1) -> PrimedState:
        """Rows of which nothing is read yet."""
        return PrimedState(self, self.network.begin(rows))


class PrimedState:
    """What a primed network has read."""

    def __init__(self, primed: Primed, reading: Reading, length: int = 0, at: int = -1) -> None:
        self.primed, self.reading, self.length, self._at = primed, reading, length, at

    def feed(self, tokens: Ints, features: Ints) -> NDArray[np.floating]:
        """Read tokens; behind the header of the first the passage is heard."""
        if self._at < 0:
            size = header_size(tokens[0].tolist())
            if 0 < size < tokens.shape[1] and tokens[0, size] in _FOLLOWED:
                heard = self._passage(tokens[:, :size], features[:, :size])
                self.reading.feed(tokens[:, :size], features[:, :size])
                self.reading.feed(*heard)
                self._at, self.length = size, size
                tokens, features = tokens[:, size:], features[:, size:]
            else:
                self._at = 0  # another task: nothing is heard
        self.length += tokens.shape[1]
        return self.reading.feed(tokens, features)

    def _passage(self, header: Ints, features: Ints) -> tuple[Ints, Ints]:
        """The passage's tokens and features under the header of each row."""
        tokens, known = [], []
        for row in range(len(header)):
            follower = Follower()
            for token in header[row].tolist():
                follower.feed(token)
            found = []
            for token in self.primed.passage:
                follower.feed(token)
                found.append(follower.features())
            tokens.append(self.primed.passage)
            known.append(found)
        all_known = np.asarray(known, dtype=np.int64)
        all_known[:, :, STYLE_SLOT] = features[:, -1:, STYLE_SLOT]
        return np.asarray(tokens, dtype=np.int64), all_known

    def keep(self, rows: Sequence[int]) -> PrimedState:
        """A new state with these rows; this one stays as it is."""
        return PrimedState(self.primed, self.reading.keep(rows), self.length, self._at)

    def truncate(self, length: int) -> None:
        """Forget all but the first tokens of every row; the passage goes with the header."""
        if self._at > 0 and length < self._at:
            self._at = -1
            self.reading.truncate(0)
            require(length == 0, "a header is forgotten whole or not at all", length)
        else:
            self.reading.truncate(length + (len(self.primed.passage) if self._at > 0 else 0))
        self.length = length


_FOLLOWED = frozenset({PLAN, *(token for name, token in IDS.items() if name.startswith("bar:"))})
"""What may stand behind a header where the passage is heard: a plan, or bars."""


def header_size(tokens: Sequence[int]) -> int:
    """How many of the tokens are the header.

    >>> header_size([IDS["opening"], IDS["style:bach"]])
    0
    """
    size = len(HEADER_FIELDS)
    if len(tokens) <= size or kind_of(tokens[0]) not in ("opening", "middle"):
        return 0
    while size < len(tokens) and kind_of(tokens[size]) == "track":
        size += 1
    return size
