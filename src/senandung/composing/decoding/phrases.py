"""Where a piece's phrases close and which keys it visits, and how a chord on the way is weighed by where it leads.

Each phrase of four bars has a goal, lent by a real piece of the family: a full close, a half close, an evaded one or
none, in the key in which the piece then stands.
What real pieces let follow (`chord_chains`) is carried back from the goal: a chord is as good as the closes that it can
still reach in the bars that are left (the backward messages of a Markov chain; Pachet & Roy 2011, "Finite-length Markov
processes with constraints").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.chord_chains import (
    CHORDS,
    COUNT,
    EVADED,
    FIRST,
    FULL,
    HALF,
    NONE,
    OPEN,
    QUALITIES,
    SEEN,
    SUBMEDIANTS,
    Region,
    begins,
    cadence,
    family_of,
    goals_of,
    goes_on,
    region_chain,
    visits_of,
)
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import METRES

PHRASE = 4
"""Bars of a phrase."""

SECTION_CLOSES = (0.6, 0.3)
"""Chances of a full and of a half close at the end of a section of a form that was asked for (judgement)."""

MEANT = 0.87
"""Share of the lent closes that are taken: real pieces are read where more closes fall, and some fall there by chance
(.40 of the phrases close so, .35 where one half of the bars chooses the place and the other is counted)."""

GOES_ON, INSIDE = 0.1, (0.3, 1.0)
"""What a step that would close (dominant to tonic, or to a dominant) is worth beside other steps: at the end of a
phrase that goes on; and inside of phrases, in a piece that closes none, and how much more with the share that closes.
Chains know no phrases and close as often in one bar as in another; in real pieces closes come close together (.14 of
the bars behind a phrase that does not close, .31 to .42 behind one that does)."""

SHORTEST_VISIT = 4
"""Bars of the shortest visit to another key."""

NO_WAY = 1e-4
"""What a chord is worth that cannot reach the goal."""

_TONICS = {
    "major": ("0:maj",), "mixolydian": ("0:maj",), "minor": ("0:min",), "dorian": ("0:min",),
}  # fmt: skip
_HALVES = ("7:maj", "7:7")


@dataclass(frozen=True)
class Phrases:
    """The harmonic plan of a piece before its chords.

    `regions` is the key of each bar, `goals` what closes there; `starts` are the phrases' first bars; `inside` is what
    a step that would close is worth inside of a phrase.
    """

    family: str
    regions: tuple[Region, ...]
    goals: tuple[int, ...]
    starts: frozenset[int] = field(default_factory=frozenset)
    inside: float = 1.0

    def end_of(self, bar: int) -> int:
        """The next bar that has a goal, itself or later; the last bar where none has."""
        return next((at for at in range(bar, len(self.goals)) if self.goals[at] != NONE), len(self.goals) - 1)


def plan_phrases(wish: PieceWish, returns: Mapping[int, int], rng: np.random.Generator) -> Phrases:
    """Phrases, goals and visits of a piece.

    Parameters
    ----------
    wish : what is asked; phrases begin anew with each section of its form.
    returns : bars that have the chords of an earlier one: they stand where that stands.
    rng : draws them.
    """
    family = family_of(wish.style)
    starts = phrase_starts(wish)
    home = Region(0, wish.mode)
    regions = [home] * wish.bars
    if not wish.chords:
        regions = _visited(wish, family, starts, rng)
    for bar, to in sorted(returns.items()):
        regions[bar] = regions[to]
    regions = _long_enough(regions, home)
    aims = [NONE] * wish.bars
    lent, inside = _lent_goals(family, len(starts), rng)
    sections = _section_starts(wish)
    for start, stop, goal in zip(starts, [*starts[1:], wish.bars], lent, strict=True):
        end = stop - 1
        if stop < wish.bars and regions[stop] != regions[end] and stop not in returns:
            aims[end] = HALF  # the dominant of the key to come
            regions[max(start, end - 1) : stop] = [regions[stop]] * (stop - max(start, end - 1))
            continue
        drawn = rng.random() if stop in sections else -1.0
        closing = FULL if drawn < SECTION_CLOSES[0] else HALF if drawn < sum(SECTION_CLOSES) else OPEN
        aims[end] = goal if drawn < 0 else closing
    for bar, to in sorted(returns.items()):
        aims[bar] = aims[to]
    aims[-1] = FULL
    return Phrases(family, tuple(regions), tuple(aims), frozenset(starts), inside)


def _lent_goals(family: str, count: int, rng: np.random.Generator) -> tuple[list[int], float]:
    """What closes so many phrases, and what a step that would close is worth inside of them.

    Real pieces of the family lend their closes, one as far as it reaches: so some pieces close every phrase and others
    hardly one, as real ones do.
    """
    rows = goals_of(family)
    lent: list[int] = []
    while len(lent) < count:
        lent += [int(figure) for figure in rows[int(rng.integers(len(rows)))]]
    lent = [figure if rng.random() < MEANT else OPEN for figure in lent]
    least, more = INSIDE
    closing = sum(figure != OPEN for figure in lent) / len(lent)
    return lent[:count], min(least + more * closing, 1.0)


def phrase_starts(wish: PieceWish) -> list[int]:
    """The first bar of each phrase: four bars each from where a section begins, no phrase of a single bar."""
    sections = [*sorted(_section_starts(wish)), wish.bars]
    starts: list[int] = []
    for first, stop in pairwise(sections):
        inside = list(range(first, stop, PHRASE))
        if len(inside) > 1 and stop - inside[-1] < 2:
            inside.pop()
        starts += inside
    return starts


def _section_starts(wish: PieceWish) -> set[int]:
    found, bar = {0}, 0
    for part in wish.form or ():
        found.add(bar)
        bar += part.bars
    return found


def _visited(wish: PieceWish, family: str, starts: Sequence[int], rng: np.random.Generator) -> list[Region]:
    """The regions of a real piece of about this length, brought to the phrases."""
    home = Region(0, wish.mode)
    regions = [home] * wish.bars
    lent = visits_of(family, wish.mode, wish.bars)
    if not lent or wish.bars < 3 * PHRASE:
        return regions
    visits = lent[int(rng.integers(len(lent)))]
    places = [min(starts, key=lambda start: abs(start - visit.share * wish.bars)) for visit in visits]
    stops = [*places[1:], wish.bars][: len(places)]
    for visit, first, stop in zip(visits, places, stops, strict=True):
        regions[first:stop] = [visit.region] * (stop - first)
    opening = max(len(wish.opening), PHRASE)
    closing = max(wish.bars - PHRASE, opening)
    regions[:opening] = [home] * opening
    regions[closing:] = [home] * (wish.bars - closing)
    return regions[: wish.bars]


def _long_enough(regions: Sequence[Region], home: Region) -> list[Region]:
    """Regions without visits that are too short to be heard."""
    found = list(regions)
    first = 0
    for bar in range(1, len(found) + 1):
        if bar == len(found) or regions[bar] != regions[first]:
            if bar - first < SHORTEST_VISIT:
                found[first:bar] = [home] * (bar - first)
            first = bar
    return found


class Outlook:
    """What each chord is worth, at a place, by what came before it and where it can lead.

    Parameters
    ----------
    wish, phrases : what is asked, and the plan.
    """

    def __init__(self, wish: PieceWish, phrases: Phrases) -> None:
        self.wish, self.phrases = wish, phrases
        self.middle, self.line = goes_on(phrases.family)

    def first(
        self, bar: int, before: int, known: Sequence[tuple[int, ...] | None]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For the first chord of a bar: chances after the chord before (-1 for none), and what each then is worth.

        `known` are the chord tokens of the bars, None where they are not known yet. Both have the shape (chords,).
        """
        line = self._step(bar, self.line)
        chances = line[before] if before > 0 else begins(self.phrases.family, self.wish.mode)
        later = self._later(bar, known)
        goal = self._goal(bar)
        if goal is None:
            worth = self._middle(bar) @ later if self._halved(bar) else later
            return chances, _scaled(worth * self._going_on(bar, before))
        cadential, target = goal
        if not self._halved(bar):
            fit = cadential[before] if before > 0 else 1.0
            return chances, _scaled(later * (NO_WAY + target * (0.1 + fit)))
        fit = cadential[before] if before > 0 else 0.3
        arrived = target * (0.1 + fit) * later  # the close stands on the bar line
        arriving = cadential * float(target @ later) * 0.5  # or inside of the bar
        return chances, _scaled(arrived + arriving + NO_WAY)

    def second(
        self, bar: int, before: int, known: Sequence[tuple[int, ...] | None]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same for the second half of a bar; the chord that stands in the first stands for going on."""
        chances = self._middle(bar)[before]
        later = self._later(bar, known)
        goal = self._goal(bar)
        later = later * self._going_on(bar, before)
        return chances, _scaled(later if goal is None else later * (NO_WAY + goal[1]))

    def _halved(self, bar: int) -> bool:
        return METRES[self.wish.metre_at(bar)].halves

    def _step(self, bar: int, stays: float) -> NDArray[np.float64]:
        moves = region_chain(self.phrases.family, self.phrases.regions[bar])
        found: NDArray[np.float64] = (1 - stays) * moves
        found[np.diag_indices(COUNT)] = stays
        return found

    def _middle(self, bar: int) -> NDArray[np.float64]:
        return self._step(bar, self.middle)

    def _goal(self, bar: int) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """How fit chords are before the close of a bar, and which may close it."""
        aim = self.phrases.goals[bar]
        if aim in (NONE, OPEN):
            return None
        region = self.phrases.regions[bar]
        if aim in (FULL, EVADED):
            target = _named(_TONICS[region.mode] if aim == FULL else SUBMEDIANTS[region.mode], region)
            return cadence(self.phrases.family, region), target.astype(np.float64)
        target = _named(_HALVES, region)
        leads = region_chain(self.phrases.family, region)[:, target].sum(axis=1)
        return leads / leads.max(), target.astype(np.float64)

    def _going_on(self, bar: int, before: int) -> NDArray[np.float64]:
        """What each chord is worth after another where no phrase closes, so that none seems to."""
        goals, region = self.phrases.goals, self.phrases.regions[bar]
        leads = bar + 1 < len(goals) and goals[bar + 1] in (FULL, EVADED)
        resolves = bar > 0 and goals[bar - 1] == HALF
        settles = bar < PHRASE - 1  # a piece says first where it is at home
        if before <= 0 or goals[bar] not in (NONE, OPEN) or leads or resolves or settles:
            return np.ones(COUNT)
        degree = (int(SEEN[region.offset % 12][before]) - 1) // QUALITIES
        closing = np.zeros(COUNT, dtype=np.bool_)
        if degree in (5, 7, 11):
            closing |= _named(_TONICS[region.mode], region)
        if degree != 7:
            closing |= _named(_HALVES, region)
        return np.where(closing, min(GOES_ON, self.phrases.inside) if goals[bar] == OPEN else self.phrases.inside, 1.0)

    def _later(self, bar: int, known: Sequence[tuple[int, ...] | None]) -> NDArray[np.float64]:
        """What each last chord of a bar is worth by the bars behind it, up to the phrase's end."""
        end = self.phrases.end_of(bar)
        worth = np.ones(COUNT)
        at = end + 1
        if at < self.wish.bars and known[at] is not None:
            worth = _scaled(self._step(at, self.line)[:, _index(known[at], 0)]) ** 0.5
        for at in range(end, bar, -1):
            line = self._step(at, self.line)
            there = known[at]
            if there is not None:
                worth = line[:, _index(there, 0)].copy()
            else:
                goal = self._goal(at)
                if goal is None:
                    worth = line @ (self._middle(at) @ worth if self._halved(at) else worth)
                else:
                    cadential, target = goal
                    closing = float(target @ worth)
                    worth = (NO_WAY + cadential) * closing
                    if self._halved(at):
                        worth = worth + 0.5 * (line @ cadential) * closing
            worth = _scaled(worth)
        return worth


def _named(names: Sequence[str], region: Region) -> NDArray[np.bool_]:
    """Which chords have one of some names, seen from a region's tonic."""
    chords: NDArray[np.bool_] = np.isin(np.arange(COUNT), [CHORDS.index(name) for name in names])
    found: NDArray[np.bool_] = chords[SEEN[region.offset % 12]]
    return found


def _index(chords: tuple[int, ...] | None, place: int) -> int:
    assert chords
    return chords[place] - FIRST


def _scaled(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """With 1 for the best, and nothing below `NO_WAY`."""
    found: NDArray[np.float64] = np.maximum(worth / max(float(worth.max()), 1e-300), NO_WAY)
    return found
