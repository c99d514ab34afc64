"""The harmony of a whole piece before its first note: several plans are drawn, one is taken.

The likeliest of many plans is the dullest (measured: docs/decoding.md). So the first is taken whose harmony changes as
often, and is as varied, as that of real pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.asked import PieceWish
from senandung.composing.follow import Follower
from senandung.composing.grammar import (
    PieceGrammar,
    cadence_chords,
    head_chords,
    header_tokens,
    key_at,
    tonic_chords,
)
from senandung.composing.measures.bands import bands, strayed
from senandung.composing.sampling import Taste, blend_rows, draw
from senandung.composing.shaping import shape_chords
from senandung.composing.tasks import MUSIC, PLAN
from senandung.composing.vocabulary import IDS, bars_left_edge, kind_of
from senandung.composing.window import Network, entries_of, in_styles, styles_of

CANDIDATES = 6
"""Plans that are drawn of every stretch."""

STRETCH, BEFORE = 32, 16
"""Bars that are planned at a time, and bars of the plan before them that are seen."""

LEAN = 0.5
"""Added to the logits of the chords of a half or full cadence where a phrase ends."""

PHRASE = 4
"""Bars of a phrase: the fourth ends half or full, the eighth on the tonic."""

BANDS: Mapping[str, tuple[float, float]] = {"change": (0.3, 1.0), "kinds": (0.08, 0.6), "tonic": (0.12, 0.6)}
"""Share of chords that differ from the one before, kinds of chord by chords, share of tonic chords: between these; and
as many different runs of three chords as the bands of real music have."""


def given_chords(wish: PieceWish) -> list[tuple[int, ...] | None]:
    """The chord tokens that a wish states for each bar, None where they are free."""
    found: list[tuple[int, ...] | None] = []
    for bar in range(wish.bars):
        chords = wish.chords_at(bar)
        found.append(head_chords(chords, key_at(wish, bar)[1]) if chords else None)
    return found


def plan_chords(
    wish: PieceWish, network: Network, rng: np.random.Generator, taste: Taste, returns: Mapping[int, int] | None = None
) -> list[tuple[int, ...]]:
    """The chord tokens of every bar.

    `returns` names bars whose chords are those of an earlier one.
    """
    given = given_chords(wish)
    if all(part.instrument == "drums" for part in wish.parts):
        given = [chords or (IDS["chord:none"],) for chords in given]
    returns = {bar: to for bar, to in (returns or {}).items() if given[bar] is None}
    chosen: list[tuple[int, ...]] = []
    while len(chosen) < wish.bars:
        _repeat(chosen, given, returns)
        if len(chosen) == wish.bars:
            break
        chosen = _plan_stretch(wish, network, rng, taste, chosen, given, returns)
    return chosen


def _repeat(chosen: list[tuple[int, ...]], given: Sequence[tuple[int, ...] | None], returns: Mapping[int, int]) -> None:
    """Go on with chords that are known."""
    while len(chosen) < len(given):
        known = given[len(chosen)]
        if known is None and len(chosen) in returns:
            known = chosen[returns[len(chosen)]]
        if known is None:
            return
        chosen.append(known)


class _Candidate:
    """One plan that is being drawn."""

    def __init__(self, wish: PieceWish, reader: Follower, chords: list[tuple[int, ...] | None], first: int) -> None:
        self.wish = wish
        self.grammar = PieceGrammar(wish, reader, chords, heads=True, first=first)
        self.first = first
        self.heads: list[list[int]] = []

    def chords(self) -> list[tuple[int, ...]]:
        """The chords of the finished bars of the stretch."""
        return [tuple(token for token in head if kind_of(token) == "chord") for head in self.heads]

    def step(
        self, logits: NDArray[np.float64], rng: np.random.Generator, taste: Taste, returns: Mapping[int, int]
    ) -> int:
        """Draw the next token."""
        grammar = self.grammar
        mask = grammar.allow()
        if np.count_nonzero(mask) > 1:
            token = draw(logits + _leaning(self.wish, grammar.bar, taste), mask, rng, taste.cuts)
        else:
            token = int(mask.argmax())
        if kind_of(token) == "bar":
            self._resolve(returns)
            self.heads.append([])
        grammar.read(token)
        if self.heads and token != MUSIC:
            self.heads[-1].append(token)
        return token

    def _resolve(self, returns: Mapping[int, int]) -> None:
        """The chords of a bar that returns are known when its source is."""
        bar = self.grammar.bar + 1
        if bar in returns and self.grammar.chords[bar] is None:
            source = returns[bar]
            if source >= self.first:
                here = self.chords()[source - self.first]
                assert isinstance(self.grammar.chords, list)
                self.grammar.chords[bar] = here


def _leaning(wish: PieceWish, bar: int, taste: Taste) -> NDArray[np.float64]:
    """What is added to the logits of a bar's chords."""
    lean = shape_chords(wish, taste.shape)
    place = (bar - len(wish.opening)) % (2 * PHRASE)
    if place % PHRASE == PHRASE - 1 and wish.bars > PHRASE:
        mode = key_at(wish, bar)[2]
        tokens = tonic_chords(mode) if place == 2 * PHRASE - 1 else (*tonic_chords(mode), *cadence_chords(mode)[:2])
        lean[list(tokens)] += LEAN
    return lean


def _plan_stretch(
    wish: PieceWish,
    network: Network,
    rng: np.random.Generator,
    taste: Taste,
    chosen: list[tuple[int, ...]],
    given: Sequence[tuple[int, ...] | None],
    returns: Mapping[int, int],
) -> list[tuple[int, ...]]:
    """Some bars more of a plan."""
    first = len(chosen)
    start = max(0, first - BEFORE)
    stop = min(first + STRETCH, wish.bars)
    styles, weights = styles_of(wish, taste.guidance)
    known: list[tuple[int, ...] | None] = [*chosen, *given[first:]]
    for bar, to in returns.items():
        if bar >= first > to:
            known[bar] = chosen[to]
    reader = Follower()
    entries = entries_of(reader, [*header_tokens(wish, start, styles[0]), PLAN])
    for head in plan_heads(wish, chosen, start):
        entries += entries_of(reader, head)
    candidates = [_Candidate(wish, reader.fork(), list(known), first) for _ in range(CANDIDATES)]
    rows = len(styles)
    reading = network.begin(rows)
    logits = np.tile(reading.feed(*in_styles(entries, styles)), (CANDIDATES, 1))
    reading = reading.keep(list(range(rows)) * CANDIDATES)
    going = [True] * CANDIDATES
    while any(going):
        column = []
        for index, candidate in enumerate(candidates):
            if not going[index]:
                column.append((0, candidate.grammar.reader.features()))
                continue
            mixed = blend_rows(logits[index * rows : (index + 1) * rows], weights, taste.guidance)
            token = candidate.step(mixed, rng, taste, returns)
            column.append((token, candidate.grammar.reader.features()))
            grammar = candidate.grammar
            going[index] = not grammar.ended and not (grammar.bar >= stop and stop < wish.bars)
        if any(going):
            fed = [in_styles([entry], styles) for entry in column]
            logits = reading.feed(np.concatenate([t for t, _ in fed]), np.concatenate([f for _, f in fed]))
    best = min(candidates, key=lambda candidate: _outside(candidate, chosen, stop - first))
    return chosen + best.chords()[: stop - first]


def _outside(candidate: _Candidate, before: Sequence[tuple[int, ...]], bars: int) -> float:
    """How far a plan, with what was planned before it, lies outside what real harmony is like."""
    planned = (
        [*before[-(STRETCH - bars) :], *candidate.chords()[:bars]] if bars < STRETCH else candidate.chords()[:bars]
    )
    chords = [token for bar in planned for token in bar]
    changes = [token for place, token in enumerate(chords) if place == 0 or token != chords[place - 1]]
    runs = list(zip(changes, changes[1:], changes[2:], strict=False))
    if len(runs) < 2:
        return 0.0
    tonic = set(tonic_chords(candidate.wish.mode))
    found = {
        "change": len(changes) / len(chords),
        "kinds": len(set(chords)) / len(chords),
        "tonic": sum(token in tonic for token in chords) / len(chords),
    }
    outside = sum(max(low - found[name], found[name] - high, 0.0) for name, (low, high) in BANDS.items())
    wanted = bands(candidate.wish.ensemble, candidate.wish.style)
    return outside + strayed({"chord_irregularity": len(set(runs)) / len(runs)}, wanted)


def plan_heads(wish: PieceWish, chords: Sequence[tuple[int, ...]], start: int = 0) -> list[list[int]]:
    """The bar-heads of a piece whose chords are known, from a bar on."""
    heads = []
    before = key_at(wish, start)
    for bar in range(start, len(chords)):
        key = key_at(wish, bar)
        head = [IDS[f"bar:{bars_left_edge(wish.bars - bar)}"]]
        if key[0] != before[0]:
            head.append(IDS[f"metre:{key[0]}"])
        if key[1:] != before[1:]:
            head += [IDS[f"shift:{(key[1] - before[1]) % 12}"], IDS[f"mode:{key[2]}"]]
        heads.append([*head, *chords[bar]])
        before = key
    return heads
