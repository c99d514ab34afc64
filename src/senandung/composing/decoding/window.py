"""What of a piece the network sees while it is written: header, chords to come, the last bars that fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.grammar import header_tokens
from senandung.composing.decoding.sampling import blend_rows
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import SLOT_SIZES, Follower, Pointer
from senandung.composing.pieces.tasks import MUSIC, PLAN
from senandung.composing.pieces.vocabulary import IDS, kind_of

FULL = 0.6
"""Share of the context that is filled again when a window was full and older bars are dropped."""

PLANNED = 0.15
"""Share of the context that the plan of the chords to come may take."""

Entry = tuple[int, list[int]]
"""A token and the features after it."""


class Mark(NamedTuple):
    """A place in a window: bars, entries of the last one, what the network had read, and what was still to be read."""

    bars: int
    size: int
    reading: Reading | None
    used: int
    pending: list[Entry]


_STYLE_SLOT = list(SLOT_SIZES).index("style")
_ANY_STYLE = IDS["style:any"]


class Reading(Protocol):
    """Rows of tokens that a network has read; see `engine.State`."""

    def feed(self, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> NDArray[np.floating]:
        """Read tokens, shape (rows, n), with their features, (rows, n, SLOTS): logits after the last, (rows, SIZE)."""

    def keep(self, rows: Sequence[int]) -> Reading:
        """Another that has read what these rows have."""

    def truncate(self, length: int) -> None:
        """Forget all but the first tokens of every row."""


class Network(Protocol):
    """What gives logits; see `engine.Engine`."""

    @property
    def context(self) -> int:
        """The most tokens of a row."""

    def begin(self, rows: int) -> Reading:
        """Rows of which nothing is read yet."""


def in_styles(entries: Sequence[Entry], styles: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens, shape (styles, n), and features: the same music under headers that differ in style only."""
    tokens = np.asarray([[token for token, _ in entries]] * len(styles), dtype=np.int64)
    features = np.asarray([[known for _, known in entries]] * len(styles), dtype=np.int64)
    if len(styles) > 1:
        headed = np.arange(len(entries)) >= (1 if kind_of(entries[0][0]) in ("opening", "middle") else 0)
        for row, style in enumerate(styles):
            token = IDS[f"style:{style}"]
            tokens[row] = np.where([kind_of(int(t)) == "style" for t in tokens[row]], token, tokens[row])
            features[row, :, _STYLE_SLOT] = np.where(headed, token - _ANY_STYLE, 0)
    return tokens, features


def styles_of(wish: PieceWish, guidance: float) -> tuple[list[str], list[float]]:
    """The styles of the rows and their weights; guidance adds a row without style, which has no weight."""
    names = sorted(wish.styles, key=lambda name: (-wish.styles[name], name))
    weights = [wish.styles[name] for name in names]
    return (names if guidance == 1.0 else [*names, "any"]), weights


def entries_of(reader: Follower, tokens: Sequence[int]) -> list[Entry]:
    """Tokens with their features, as a reader that reads them now knows them."""
    found = []
    for token in tokens:
        reader.feed(token)
        found.append((token, reader.features()))
    return found


class Window:
    """The end of a piece that is being written, as the network sees it.

    `add` takes the tokens of the bars with their features, `logits` gives what may come next. When the context is full
    the oldest bars are dropped and the rest is read again.
    """

    def __init__(
        self,
        network: Network,
        wish: PieceWish,
        heads: Sequence[Sequence[int]],
        pointers: Mapping[int, Pointer],
        guidance: float = 1.0,
    ) -> None:
        self.network, self.wish, self.heads, self.pointers = network, wish, heads, pointers
        self.guidance = guidance
        self.styles, self.weights = styles_of(wish, guidance)
        self.bars: list[list[Entry]] = []
        self._pending: list[Entry] = []
        self._used = 0
        self._reading: Reading
        self._opened = False
        self._last: NDArray[np.float64] | None = None

    def add(self, token: int, features: list[int]) -> None:
        """Take the next token of the music."""
        if kind_of(token) == "bar":
            self.bars.append([])
        self.bars[-1].append((token, features))
        self._pending.append((token, features))

    def mark(self) -> Mark:
        """The present place, to come back to."""
        reading = self._reading if self._opened else None
        return Mark(len(self.bars), len(self.bars[-1]), reading, self._used, list(self._pending))

    def since(self, mark: Mark) -> list[Entry]:
        """What was added since a mark."""
        return [*self.bars[mark.bars - 1][mark.size :], *(entry for bar in self.bars[mark.bars :] for entry in bar)]

    def back_to(self, mark: Mark) -> None:
        """Forget what was added since a mark."""
        del self.bars[mark.bars :]
        del self.bars[-1][mark.size :]
        self._last = None
        if self._opened and self._reading is mark.reading and mark.pending:
            mark.reading.truncate(mark.used)
            self._used, self._pending = mark.used, list(mark.pending)
        else:
            self._opened = False

    def take(self, entries: Sequence[Entry]) -> None:
        """Add what `since` gave."""
        for token, features in entries:
            self.add(token, features)

    def logits(self) -> NDArray[np.float64]:
        """What comes next, shape (vocabulary,)."""
        if self._opened and not self._pending and self._last is not None:
            return self._last
        if not self._opened:
            self._open(0.95)
        elif self._used + len(self._pending) > self.network.context:
            self._open(FULL)
        entries, self._pending = self._pending, []
        self._used += len(entries)
        found = self._reading.feed(*in_styles(entries, self.styles))
        self._last = blend_rows(found, self.weights, self.guidance)
        return self._last

    def _open(self, share: float) -> None:
        """Begin anew: the header, the plan, and of the last bars those that fill a share of the context."""
        room = int(self.network.context * share) - 9 - len(self.wish.parts) - 2
        planned = int(self.network.context * PLANNED)
        room -= min(planned, sum(len(head) for head in self.heads))
        first, size = len(self.bars), 0
        while first > 0 and (size + len(self.bars[first - 1]) <= room or first == len(self.bars)):
            first -= 1
            size += len(self.bars[first])
        music = [entry for bar in self.bars[first:] for entry in bar]
        if size > room:  # one bar that does not fit: its head and its last rows
            head = next(i for i, (token, _) in enumerate(music) if kind_of(token) == "track")
            cut = next(
                (i for i in range(len(music) - room + head, len(music)) if kind_of(music[i][0]) == "track"),
                len(music) - room + head,
            )
            music = music[:head] + music[cut:]
        self._reading = self.network.begin(len(self.styles))
        self._pending = [*self._before(first, planned), *music]
        self._used = 0
        self._opened = True

    def _before(self, first: int, planned: int) -> list[Entry]:
        """Header and plan of a window that begins with a bar."""
        pointers = {
            bar - first: Pointer(to - first, strength)
            for bar, (to, strength) in self.pointers.items()
            if bar >= first and to >= first
        }
        reader = Follower(pointers)
        found = entries_of(reader, header_tokens(self.wish, first, self.styles[0]))
        if not self.heads:
            return found
        plan: list[int] = []
        for index, head in enumerate(self.heads[first:]):
            if len(plan) + len(head) > planned:
                break
            chords = [token for token in head if kind_of(token) in ("bar", "chord")] if index == 0 else list(head)
            plan += chords
        return found + entries_of(reader, [PLAN, *plan, MUSIC])
