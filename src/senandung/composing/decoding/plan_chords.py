"""The harmony of a whole piece before its first note: several plans are drawn, one is taken.

The network's chances are mixed with those of the style's chains of chords and weighed by what can still reach the close
of the phrase (`phrases.py`). The likeliest of many plans is the dullest (measured: docs/decoding.md). So the first is
taken whose harmony changes as often, and is as varied, as that of real pieces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.chord_chains import COUNT, FIRST, LEAST, Region, region_chain, usual_cost
from senandung.composing.decoding.grammar import (
    PieceGrammar,
    head_chords,
    header_tokens,
    key_at,
    tonic_chords,
)
from senandung.composing.decoding.measures.bands import Band, bands, strayed
from senandung.composing.decoding.phrases import Outlook, Phrases, plan_phrases
from senandung.composing.decoding.sampling import Taste, blend_rows, draw
from senandung.composing.decoding.shaping import shape_chords
from senandung.composing.decoding.window import Network, entries_of, in_styles, styles_of
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.tasks import MUSIC, PLAN
from senandung.composing.pieces.vocabulary import IDS, SIZE, bars_left_edge, kind_of

CANDIDATES = 6
"""Plans that are drawn of every stretch."""

STRETCH, BEFORE = 32, 16
"""Bars that are planned at a time, and bars of the plan before them that are seen."""

CHAINED, CHAINED_AWAY = 0.4, 0.7
"""Weight of the style's chains beside the network, whose own is what is left of 1: at home, and in another key (of
which the network does not know) and for the first chord."""

APART = 0.4
"""In another key: weight of how much likelier the chord is there than at home, so that the key is heard."""

GOAL = 1.0
"""Weight of what a chord is worth for the close of its phrase."""

RECENT, OFTEN, TIRED = 12, 0.34, 8.0
"""A chord that makes more than the share `OFTEN` of the `RECENT` last ones loses `TIRED` times what is more."""

VARIED_CHORD = 1.5
"""Added to the chord of the bar that a bar varies, where it does not have to have the same."""

INSIDE = 0.25
"""A plan that strays no further than this is as good as any."""

HEAT = 0.12
"""How much hotter each further candidate is drawn: a network that holds on to one chord is led away from it."""

BANDS: Mapping[str, Band] = {
    "change": Band(0.68, 0.85, 0.93, 0.97, 1.0),
    "kinds": Band(0.2, 0.3, 0.38, 0.48, 0.6),
    "tonic": Band(0.0, 0.07, 0.17, 0.28, 0.45),
    "most": Band(0.1, 0.15, 0.22, 0.3, 0.42),
}
"""Share of chords that differ from the one before, kinds of chord by chords, share of tonic chords and of the commonest
chord: quantiles (5 to 95 %) of stretches of up to 32 bars of 1,900 training pieces. The runs of three chords are
measured too (`chord_irregularity` of the bands by ensemble)."""

LEAD_SHEET_BANDS: Mapping[str, Band] = {
    "change": Band(0.35, 0.58, 0.74, 0.85, 0.96),
    "kinds": Band(0.09, 0.16, 0.21, 0.29, 0.38),
    "tonic": Band(0.06, 0.29, 0.42, 0.53, 0.68),
    "most": Band(0.19, 0.31, 0.43, 0.53, 0.68),
}
"""The same of 160 lead sheets."""


def given_chords(wish: PieceWish) -> list[tuple[int, ...] | None]:
    """The chord tokens that a wish states for each bar, None where they are free."""
    found: list[tuple[int, ...] | None] = []
    for bar in range(wish.bars):
        chords = wish.chords_at(bar)
        found.append(head_chords(chords, key_at(wish, bar)[1]) if chords else None)
    return found


def plan_chords(
    wish: PieceWish,
    network: Network,
    rng: np.random.Generator,
    taste: Taste,
    returns: Mapping[int, int] | None = None,
    phrases: Phrases | None = None,
    until: int | None = None,
    varied: Mapping[int, int] | None = None,
) -> list[tuple[int, ...]]:
    """The chord tokens of every bar.

    `returns` names bars whose chords are those of an earlier one, `varied` bars that vary one over other chords, of
    which some may stay; `phrases` are drawn where they are not given. Where `until` is given, the bars before it alone
    are planned.
    """
    until = wish.bars if until is None else until
    given = given_chords(wish)
    if all(part.instrument == "drums" for part in wish.parts):
        given = [chords or (IDS["chord:none"],) for chords in given]
    returns = {bar: to for bar, to in (returns or {}).items() if given[bar] is None}
    outlook = Outlook(wish, phrases or plan_phrases(wish, returns, rng))
    chosen: list[tuple[int, ...]] = []
    while len(chosen) < until:
        _repeat(chosen, given, returns)
        if len(chosen) >= until:
            break
        chosen = _plan_stretch(wish, network, rng, taste, chosen, given, returns, outlook, until, varied or {})
    return chosen[:until]


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

    def __init__(
        self,
        wish: PieceWish,
        reader: Follower,
        chords: list[tuple[int, ...] | None],
        before: Sequence[tuple[int, ...]],
        outlook: Outlook,
        varied: Mapping[int, int],
    ) -> None:
        self.wish, self.outlook, self.varied, self.before = wish, outlook, varied, before
        self.first = len(before)
        self.grammar = PieceGrammar(wish, reader, chords, heads=True, first=self.first)
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
            lean = shape_chords(self.wish, taste.shape) + self._tired() + self._varied()
            token = draw(self._weighed(logits) + lean, mask, rng, taste.cuts)
        else:
            token = int(mask.argmax())
        if kind_of(token) == "bar":
            self._resolve(returns)
            self.heads.append([])
        grammar.read(token)
        if self.heads and token != MUSIC:
            self.heads[-1].append(token)
        return token

    def _weighed(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """The network's logits of the next chord with the style's chains, and what the chord is worth for the close."""
        grammar, phrases = self.grammar, self.outlook.phrases
        bar, reader = grammar.bar, grammar.reader
        second = grammar.before == "chord"
        heard = reader.bars[reader.bar if second else reader.bar - 1].chords if second or reader.bar > 0 else []
        before = heard[-1] - FIRST if heard else -1
        chances, worth = (self.outlook.second if second else self.outlook.first)(bar, before, grammar.chords)
        share = CHAINED if phrases.regions[bar] == Region(0, self.wish.mode) and heard else CHAINED_AWAY
        weighed = (1 - share) * logits
        added = share * np.log(np.maximum(chances, LEAST)) + GOAL * np.log(worth)
        if share == CHAINED_AWAY and heard:
            away = region_chain(phrases.family, phrases.regions[bar])[before]
            home = region_chain(phrases.family, Region(0, self.wish.mode))[before]
            added += APART * np.clip(np.log(np.maximum(away, LEAST) / np.maximum(home, LEAST)), -3.0, 3.0)
        if second:  # going on is the end of the bar's head
            weighed += added[before]
        weighed[FIRST : FIRST + COUNT] = (1 - share) * logits[FIRST : FIRST + COUNT] + added
        return weighed

    def _tired(self) -> NDArray[np.float64]:
        """What is taken from chords that were heard too often."""
        recent = [token for bar in self.grammar.reader.bars[-RECENT:] for token in bar.chords][-RECENT:]
        added = np.zeros(SIZE)
        for token in set(recent) if len(recent) >= RECENT // 2 else ():
            added[token] = -TIRED * max(recent.count(token) / len(recent) - OFTEN, 0.0)
        return added

    def _varied(self) -> NDArray[np.float64]:
        """What is added to the chord that stands at this place of the bar that the present one varies."""
        added = np.zeros(SIZE)
        to = self.varied.get(self.grammar.bar)
        if to is not None:
            there = self.before[to] if to < self.first else self.chords()[to - self.first]
            added[there[-1] if self.grammar.before == "chord" else there[0]] = VARIED_CHORD
        return added

    def _resolve(self, returns: Mapping[int, int]) -> None:
        """The chords of a bar that returns are known when its source is."""
        bar = self.grammar.bar + 1
        if bar in returns and self.grammar.chords[bar] is None:
            source = returns[bar]
            if source >= self.first:
                here = self.chords()[source - self.first]
                assert isinstance(self.grammar.chords, list)
                self.grammar.chords[bar] = here


def _plan_stretch(
    wish: PieceWish,
    network: Network,
    rng: np.random.Generator,
    taste: Taste,
    chosen: list[tuple[int, ...]],
    given: Sequence[tuple[int, ...] | None],
    returns: Mapping[int, int],
    outlook: Outlook,
    until: int,
    varied: Mapping[int, int],
) -> list[tuple[int, ...]]:
    """Some bars more of a plan."""
    first = len(chosen)
    start = max(0, first - BEFORE)
    stop = min(first + STRETCH, until)
    styles, weights = styles_of(wish, taste.guidance)
    known: list[tuple[int, ...] | None] = [*chosen, *given[first:]]
    for bar, to in returns.items():
        if bar >= first > to:
            known[bar] = chosen[to]
    reader = Follower()
    entries = entries_of(reader, [*header_tokens(wish, start, styles[0]), PLAN])
    for head in plan_heads(wish, chosen, start):
        entries += entries_of(reader, head)
    candidates = [_Candidate(wish, reader.fork(), list(known), chosen, outlook, varied) for _ in range(CANDIDATES)]
    tastes = [_hotter(taste, 1 + HEAT * index) for index in range(CANDIDATES)]
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
            token = candidate.step(mixed, rng, tastes[index], returns)
            column.append((token, candidate.grammar.reader.features()))
            grammar = candidate.grammar
            going[index] = not grammar.ended and not (grammar.bar >= stop and stop < wish.bars)
        if any(going):
            fed = [in_styles([entry], styles) for entry in column]
            logits = reading.feed(np.concatenate([t for t, _ in fed]), np.concatenate([f for _, f in fed]))
    best = min(
        candidates,
        key=lambda one: _outside(one, chosen, stop - first) + _unusual(one.chords()[: stop - first], first, outlook),
    )
    return chosen + best.chords()[: stop - first]


def _hotter(taste: Taste, times: float) -> Taste:
    cut = taste.cuts["chord"]
    return replace(taste, cuts={**taste.cuts, "chord": cut._replace(temperature=cut.temperature * times)})


def _outside(candidate: _Candidate, before: Sequence[tuple[int, ...]], bars: int) -> float:
    """How far a plan, with what was planned before it, lies outside what real harmony is like."""
    planned = (
        [*before[-(STRETCH - bars) :], *candidate.chords()[:bars]] if bars < STRETCH else candidate.chords()[:bars]
    )
    chords = [token for bar in planned for token in bar]
    changes = [token for place, token in enumerate(chords) if place == 0 or token != chords[place - 1]]
    runs = list(zip(changes, changes[1:], changes[2:], strict=False))
    if len(runs) < 3:
        return 0.0
    tonic = set(tonic_chords(candidate.wish.mode))
    found = {
        "change": len(changes) / len(chords),
        "kinds": len(set(chords)) / len(chords),
        "tonic": sum(token in tonic for token in chords) / len(chords),
        "most": max(chords.count(token) for token in set(chords)) / len(chords),
        "chord_irregularity": len(set(runs)) / len(runs),
    }
    ensemble = candidate.wish.ensemble
    wanted = {**bands(ensemble, candidate.wish.style), **(LEAD_SHEET_BANDS if ensemble == "lead-sheet" else BANDS)}
    return max(strayed(found, wanted) - INSIDE, 0.0)


def _unusual(planned: Sequence[tuple[int, ...]], first: int, outlook: Outlook) -> float:
    """How far what a change of chord costs, by the style's chains, lies outside what is usual."""
    family, regions = outlook.phrases.family, outlook.phrases.regions
    before, bits = -1, []
    for bar, chords in enumerate(planned, first):
        for token in chords:
            if before > 0 and token - FIRST not in (before, 0):
                bits.append(-float(np.log2(region_chain(family, regions[bar])[before, token - FIRST])))
            before = token - FIRST
    return strayed({"cost": sum(bits) / len(bits)}, {"cost": usual_cost(family)}) if bits else 0.0


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
