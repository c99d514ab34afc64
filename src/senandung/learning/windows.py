"""Stretches of packed pieces for training and for measuring: a header, then bars until the window is full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.follow import SLOTS, follow, follow_with_repeats
from senandung.composing.pieces.tasks import split_bars, split_rows, with_blanks, with_plan
from senandung.composing.pieces.vocabulary import IDS, NAMES
from senandung.learning.pack import Packed

CONTROL_DROPOUT = 0.15
"""How often each control of a header is hidden in training, so that a user may leave it open."""

PLANS, INFILLS = 0.2, 0.2
"""Shares of training windows that begin with a plan, and in which rows are to be filled in."""

REPEATS = 0.5
"""Share of pieces in training windows whose bars say which earlier bar they repeat."""

EXCERPTS = 0.3
"""Share of training windows that hold many short excerpts: there the header matters, as at the start of a new piece."""

EXCERPT_TOKENS = (96, 257)
"""Tokens of an excerpt, from the first number up to below the second."""

OPENINGS = 0.25
"""Share of training windows that begin with the piece."""

_CONTROLS = ("style", "ensemble", "tempo", "valence", "arousal")
_ANY = np.asarray([IDS[f"{name}:any"] for name in _CONTROLS], dtype=np.int64)

KINDS = tuple(sorted({name.partition(":")[0] for name in NAMES}))
"""Kinds of token, in the order of the numbers in `KIND_OF`."""

KIND_OF: NDArray[np.int64] = np.asarray([KINDS.index(name.partition(":")[0]) for name in NAMES], dtype=np.int64)
"""The kind of each token."""

_CHANGES = tuple(KINDS.index(name) for name in ("metre", "shift", "mode"))

NOTE_KINDS = tuple(KINDS.index(name) for name in ("pitch", "mate", "drum"))
"""The kinds that stand for one note each."""


def is_note(tokens: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which tokens begin a note.

    >>> is_note(np.asarray([IDS["pos:0"], IDS["pitch:60"], IDS["drum:38"]])).tolist()
    [False, True, True]
    """
    return np.isin(KIND_OF[tokens], NOTE_KINDS)


@dataclass(frozen=True)
class Batch:
    """Windows: `tokens`, shape (windows, length + 1), which of `tokens[:, 1:]` are to be predicted, and the features
    after each of `tokens[:, :-1]`, shape (windows, length, SLOTS)."""

    tokens: NDArray[np.int64]
    wanted: NDArray[np.bool_]
    features: NDArray[np.int16]

    @classmethod
    def of(cls, tokens: NDArray[np.int64], wanted: NDArray[np.bool_]) -> Batch:
        """A batch whose features are read from the tokens, without pointers to repeated bars."""
        features = np.stack([follow(row[:-1].tolist()) for row in tokens]).astype(np.int16)
        return cls(tokens, wanted, features)


class Sampler:
    """Draws training windows: a set by the square root of its tokens, in it a style by the square root of its tokens,
    of that a piece by its tokens, then a bar. So a composer of few works is not drowned by one of many."""

    def __init__(self, sets: Mapping[str, Packed], length: int, *, seed: int) -> None:
        self.sets = [packed for packed in sets.values() if packed.pieces]
        self.length = length
        self.rng = np.random.default_rng(seed)
        sizes = np.sqrt([len(packed.tokens) for packed in self.sets])
        self.shares = sizes / sizes.sum()
        self.cumulative = []
        for packed in self.sets:
            tokens = np.diff(packed.bar_starts[packed.piece_bars])
            styles = packed.heads[:, 1].astype(np.int64)
            of_style = np.bincount(styles, weights=tokens)
            self.cumulative.append(np.cumsum(tokens / np.sqrt(of_style[styles])))

    def batch(self, windows: int) -> Batch:
        """The next windows; a short piece is followed by others of its set."""
        tokens = np.zeros((windows, self.length + 1), dtype=np.int64)
        wanted = np.zeros((windows, self.length + 1), dtype=np.bool_)
        features = np.zeros((windows, self.length + 1, SLOTS), dtype=np.int16)
        for row in range(windows):
            index = int(self.rng.choice(len(self.sets), p=self.shares))
            at = 0
            task = self.rng.random()
            short = self.rng.random() < EXCERPTS
            while at <= self.length:
                header, body = self._draw(index)
                if short:
                    body = _whole_bars(body, int(self.rng.integers(*EXCERPT_TOKENS)))
                asked = np.ones(len(body), dtype=np.bool_)
                if task < PLANS:
                    body, asked = self._planned(body)
                elif task < PLANS + INFILLS:
                    body, asked = self._blanked(body, self.length + 1 - len(header))
                piece = np.concatenate([header, body])[: self.length + 1 - at]
                stop = at + len(piece)
                read = follow_with_repeats if self.rng.random() < REPEATS else follow
                tokens[row, at:stop] = piece
                wanted[row, at + len(header) : stop] = asked[: max(len(piece) - len(header), 0)]
                features[row, at:stop] = read(piece.tolist())
                at = stop
        return Batch(tokens, wanted[:, 1:], features[:, :-1])

    def _draw(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        packed, ends = self.sets[index], self.cumulative[index]
        piece = int(np.searchsorted(ends, self.rng.random() * ends[-1], side="right"))
        first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
        bar = first if self.rng.random() < OPENINGS else int(self.rng.integers(first, last))
        header = packed.header(piece, bar).astype(np.int64)
        hidden = self.rng.random(len(_CONTROLS)) < CONTROL_DROPOUT
        header[1:6] = np.where(hidden, _ANY, header[1:6])
        start = int(packed.bar_starts[bar])
        stop = min(int(packed.bar_starts[last]), start + self.length + 1)
        return header, _said_once(packed.tokens[start:stop].astype(np.int64))

    def _planned(self, body: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        tokens, learnt = with_plan(split_bars(body.tolist()))
        return np.asarray(tokens, dtype=np.int64), np.asarray(learnt, dtype=np.bool_)

    def _blanked(self, body: NDArray[np.int64], room: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Some tracks of some neighbouring bars left blank, as many bars as fit with what fills them."""
        bars = split_bars(body.tolist())
        if len(body) > room:  # the last bar is cut off
            bars = bars[:-1] or bars
        first, last = sorted(self.rng.integers(0, len(bars) + 1, 2).tolist())
        tracks = sorted({row[0] for bar in bars for row in split_rows(bar)[1:] if row[0] != IDS["end"]})
        share = self.rng.random()
        chosen = {track for track in tracks if self.rng.random() < share} or set(tracks[:1])
        blanks = {(index, track) for index in range(first, max(last, first + 1)) for track in chosen}
        while True:
            tokens, learnt = with_blanks(bars, blanks)
            if len(tokens) <= room or len(bars) == 1:
                return np.asarray(tokens, dtype=np.int64), np.asarray(learnt, dtype=np.bool_)
            bars = bars[: max(min(len(bars) - 1, len(bars) * room // len(tokens)), 1)]
            blanks = {(index % len(bars), track) for index, track in blanks}


def _said_once(body: NDArray[np.int64]) -> NDArray[np.int64]:
    """Bars of which the first does not say a new metre or key: its header says them."""
    at = 1
    while at < len(body) and KIND_OF[body[at]] in _CHANGES:
        at += 1
    return np.concatenate([body[:1], body[at:]])


def _whole_bars(body: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The bars that end within `most` tokens, at least one."""
    starts = np.flatnonzero(KIND_OF[body] == KINDS.index("bar"))
    ends = [*starts[1:].tolist(), len(body)]
    return body[: max([end for end in ends if end <= most], default=ends[0])]


def held_out_windows(packed: Packed, length: int, most: int, *, seed: int) -> Batch:
    """Windows that cover held-out pieces bar by bar, each with its header and one piece only; `most` at most.

    Windows are padded with 0 and only the music is to be predicted.
    """
    places = []
    for piece in range(packed.pieces):
        bar, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
        while bar < last:
            room = length + 1 - len(packed.header(piece, bar))
            limit = int(packed.bar_starts[bar]) + room
            following = int(np.searchsorted(packed.bar_starts, limit, side="right")) - 1
            following = min(max(following, bar + 1), last)
            places.append((piece, bar, following))
            bar = following
    if len(places) > most:
        chosen = np.random.default_rng(seed).choice(len(places), most, replace=False)
        places = [places[index] for index in sorted(chosen)]
    tokens = np.zeros((len(places), length + 1), dtype=np.int64)
    wanted = np.zeros((len(places), length + 1), dtype=np.bool_)
    for row, (piece, bar, following) in enumerate(places):
        header = packed.header(piece, bar)
        body = _said_once(packed.tokens[packed.bar_starts[bar] : packed.bar_starts[following]].astype(np.int64))
        body = body[: length + 1 - len(header)]
        tokens[row, : len(header)] = header
        tokens[row, len(header) : len(header) + len(body)] = body
        wanted[row, len(header) : len(header) + len(body)] = True
    return Batch.of(tokens, wanted[:, 1:])


def track_order(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each token, how many tracks of its bar have begun, itself counted; shape as `tokens` (windows, length)."""
    track, bar = KINDS.index("track"), KINDS.index("bar")
    kinds = KIND_OF[tokens]
    order = np.zeros_like(tokens)
    count = np.zeros(len(tokens), dtype=np.int64)
    for column in range(tokens.shape[1]):
        count = np.where(kinds[:, column] == bar, 0, count + (kinds[:, column] == track))
        order[:, column] = count
    return order


def tracks_of_bar(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each token, how many tracks play in its bar as far as the window shows it; shape as `tokens`."""
    order = track_order(tokens)
    bar = KIND_OF[tokens] == KINDS.index("bar")
    most = np.zeros_like(order)
    count = np.zeros(len(tokens), dtype=np.int64)
    for column in range(tokens.shape[1] - 1, -1, -1):
        count = np.maximum(count, order[:, column])
        most[:, column] = count
        count = np.where(bar[:, column], 0, count)
    return most
