"""What a network has to be told of a person's music: how much oftener each outcome stands there than it expects.

The network reads the music and says at every token what it expects. For each family of contexts what was heard is set
against what was expected, and the logarithm of their ratio is what composing adds: fast marginal adaptation (Kneser,
Peters & Klakow 1997, "Language model adaptation using dynamic marginals"), family after family on what is left over, so
that nothing is counted twice. Few sightings are pulled towards what the network expects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.window import Network
from senandung.composing.own.contexts import FAMILIES, START, Family, Place, step
from senandung.composing.own.leaning import Floats, Table
from senandung.composing.pieces.follow import follow_with_repeats
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.tasks import with_plan
from senandung.composing.pieces.tokens import encode_bars, encode_header
from senandung.composing.pieces.vocabulary import IDS, SIZE

TRUST = 100.0
"""Sightings that weigh as much as the network's own expectation."""

FARTHEST = 3.0
"""The most (nats) that one family adds or takes."""

ROWS = 8
"""Windows that are read side by side."""

MOST_TOKENS = 24_000
"""Tokens that are listened to at most, in windows spread evenly over all pieces."""

_PAD = IDS["pad"]


class Window(NamedTuple):
    """A stretch of a piece as the network reads it: tokens, features (n, SLOTS), and which tokens count."""

    tokens: list[int]
    features: NDArray[np.int64]
    learnt: list[bool]


class Heard(NamedTuple):
    """What was heard and expected: a place, the token that came, and the logarithms of what was expected, row by row.

    `expected` has the shape (tokens, vocabulary).
    """

    places: list[Place]
    tokens: NDArray[np.int64]
    expected: Floats

    @property
    def nats(self) -> float:
        """-log P a token, on average."""
        return -float(self.expected[np.arange(len(self.tokens)), self.tokens].mean())


def windows_of(piece: Piece, context: int) -> list[Window]:
    """A piece in windows that fit the network's context: a header, the plan of the chords, the bars."""
    bars = encode_bars(piece)
    found: list[Window] = []
    first = 0
    while first < len(bars):
        header = encode_header(piece, first)
        last, size = first, len(header) + 2
        while last < len(bars) and size + len(bars[last]) + 6 <= context:
            size += len(bars[last]) + 6
            last += 1
        if last == first:  # a bar that fits no window
            first += 1
            continue
        tokens, learnt = with_plan(bars[first:last])
        tokens = [*header, *tokens]
        if len(tokens) <= context:
            features = follow_with_repeats(tokens)
            found.append(Window(tokens, features, [False] * len(header) + learnt))
        first = last
    return found


def spread(windows: Sequence[Window], most: int) -> list[Window]:
    """So many tokens' worth of windows, evenly spread; all where there are fewer."""
    total = sum(len(window.tokens) for window in windows)
    if total <= most:
        return list(windows)
    share, kept, owed = most / total, [], 0.0
    for window in windows:
        owed += share * len(window.tokens)
        if owed >= len(window.tokens) / 2:
            kept.append(window)
            owed -= len(window.tokens)
    return kept or list(windows[:1])


def listen(windows: Sequence[Window], network: Network) -> Heard:
    """Let the network read windows and say at every token what it expects next."""
    places: list[Place] = []
    tokens: list[int] = []
    rows: list[Floats] = []
    ordered = sorted(windows, key=lambda window: len(window.tokens))
    for begin in range(0, len(ordered), ROWS):
        batch = ordered[begin : begin + ROWS]
        longest = max(len(window.tokens) for window in batch)
        column = np.full((len(batch), longest), _PAD, dtype=np.int64)
        known = np.repeat(np.stack([window.features[-1] for window in batch])[:, None], longest, axis=1)
        for row, window in enumerate(batch):
            column[row, : len(window.tokens)] = window.tokens
            known[row, : len(window.tokens)] = window.features
        state = network.begin(len(batch))
        at = [START] * len(batch)
        for index in range(longest - 1):
            logits = state.feed(column[:, index : index + 1], known[:, index : index + 1])
            for row, window in enumerate(batch):
                if index + 1 >= len(window.tokens):
                    continue
                at[row] = step(at[row], window.tokens[index], window.features[index])
                if window.learnt[index + 1]:
                    places.append(at[row])
                    tokens.append(window.tokens[index + 1])
                    rows.append(_logarithms(logits[row]))
    expected = np.stack(rows) if rows else np.zeros((0, SIZE), dtype=np.float32)
    return Heard(places, np.asarray(tokens, dtype=np.int64), expected)


def _logarithms(logits: NDArray[np.floating]) -> Floats:
    wide = logits.astype(np.float64)
    wide -= wide.max()
    return np.asarray(wide - np.log(np.exp(wide).sum()), dtype=np.float32)


def fit(heard: Heard, *, trust: float = TRUST, families: Sequence[Family] = FAMILIES) -> Table:
    """What has to be added to the logits so that each family's outcomes are expected as often as they were heard."""
    expected = heard.expected.copy()
    rows: dict[str, dict[int, Floats]] = {}
    for family in families:
        groups: dict[tuple[int, ...], list[int]] = {}
        for index, place in enumerate(heard.places):
            key = family.key(place)
            if key is not None:
                groups.setdefault(key, []).append(index)
        counts: dict[int, NDArray[np.float64]] = {}
        hoped: dict[int, NDArray[np.float64]] = {}
        for key, members in groups.items():
            outcomes = family.outcomes(key)
            which = np.asarray(members)
            came = outcomes[heard.tokens[which]]
            which, came = which[came >= 0], came[came >= 0]
            if not len(which):
                continue
            of = np.flatnonzero(outcomes >= 0)
            mass = np.exp(expected[np.ix_(which, of)])
            belongs = np.zeros((len(of), family.size), dtype=np.float32)
            belongs[np.arange(len(of)), outcomes[of]] = 1.0
            mine = (mass @ belongs).astype(np.float64)
            mine /= np.maximum(mine.sum(axis=1, keepdims=True), 1e-12)
            counts.setdefault(key[0], np.zeros(family.size))
            hoped.setdefault(key[0], np.zeros(family.size))
            counts[key[0]] += np.bincount(came, minlength=family.size)
            hoped[key[0]] += mine.sum(axis=0)
        learned = {table: _ratio(counts[table], hoped[table], trust) for table in counts}
        rows[family.name] = learned
        for key, members in groups.items():
            row = learned.get(key[0])
            if row is None:
                continue
            outcomes = family.outcomes(key)
            which = np.asarray(members)
            moved = expected[which] + np.where(outcomes >= 0, row[outcomes], 0.0)
            expected[which] = moved - np.logaddexp.reduce(moved, axis=1, keepdims=True)
    return Table(rows)


def _ratio(counts: NDArray[np.float64], hoped: NDArray[np.float64], trust: float) -> Floats:
    """How much oftener each outcome was heard than hoped for, as a logarithm."""
    share = np.maximum(hoped / max(hoped.sum(), 1e-12), 1e-7)
    share /= share.sum()
    mixed = (counts + trust * share) / (counts.sum() + trust)
    found: NDArray[np.float64] = np.clip(np.log(mixed / share), -FARTHEST, FARTHEST)
    return found.astype(np.float32)


def leaned(heard: Heard, table: Table, weight: float = 1.0) -> Heard:
    """The same music as it is expected when a table is added; to see what the table is worth."""
    expected = heard.expected.copy()
    for index, place in enumerate(heard.places):
        expected[index] = _logarithms(expected[index] + np.float32(weight) * table.lean(place))
    return heard._replace(expected=expected)
