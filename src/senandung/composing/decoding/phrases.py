"""Where a piece's phrases close and which keys it visits, and how a chord on the way is weighed by where it leads.

Each phrase of four bars has a goal: a full close, a half close or none, in the key in which the piece then stands.
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
    FIRST,
    SEEN,
    Region,
    begins,
    cadence,
    family_of,
    goals,
    goes_on,
    region_chain,
    visits_of,
)
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import METRES

PHRASE = 4
"""Bars of a phrase; two make a period."""

CLOSES = ((0.2, 0.4), (0.6, 0.2))
"""Chances of a full and of a half close at the end of a period's first phrase, and at its second (Caplin 1998: the
second closes more strongly), in a usual family; in others in proportion to how often closes are found there."""

MOST_CLOSES = 0.95
"""Share of the phrases that close, at most."""

SHORTEST_VISIT = 4
"""Bars of the shortest visit to another key."""

NO_WAY = 1e-4
"""What a chord is worth that cannot reach the goal."""

NONE, HALF, FULL = range(3)

_TONICS = {
    "major": ("0:maj",), "mixolydian": ("0:maj",), "minor": ("0:min",), "dorian": ("0:min",),
}  # fmt: skip
_HALVES = ("7:maj", "7:7")


@dataclass(frozen=True)
class Phrases:
    """The harmonic plan of a piece before its chords.

    `regions` is the key of each bar; `goals` of each bar what closes there; `bars` how many.
    """

    family: str
    regions: tuple[Region, ...]
    goals: tuple[int, ...]
    starts: frozenset[int] = field(default_factory=frozenset)

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
    found, usual = goals(family), goals("any")
    place = 0
    for start, stop in pairwise([*starts, wish.bars]):
        end = stop - 1
        place = 0 if start in _section_starts(wish) else place + 1
        full, half = CLOSES[place % 2]
        clear = min(sum(found[place % 2]) / sum(usual[place % 2]), MOST_CLOSES / (full + half))
        full, half = clear * full, clear * half
        if stop < wish.bars and regions[stop] != regions[end] and stop not in returns:
            aims[end] = HALF  # the dominant of the key to come
            regions[max(start, end - 1) : stop] = [regions[stop]] * (stop - max(start, end - 1))
            continue
        drawn = rng.random()
        aims[end] = FULL if drawn < full or end == wish.bars - 1 else HALF if drawn < full + half else NONE
    return Phrases(family, tuple(regions), tuple(aims), frozenset(starts))


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
            return chances, _scaled(self._middle(bar) @ later if self._halved(bar) else later)
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
        if aim == NONE:
            return None
        region = self.phrases.regions[bar]
        seen = SEEN[region.offset % 12]
        if aim == FULL:
            target = np.isin(np.arange(COUNT), [CHORDS.index(name) for name in _TONICS[region.mode]])[seen]
            return cadence(self.phrases.family, region), target.astype(np.float64)
        target = np.isin(np.arange(COUNT), [CHORDS.index(name) for name in _HALVES])[seen]
        leads = region_chain(self.phrases.family, region)[:, target].sum(axis=1)
        return leads / leads.max(), target.astype(np.float64)

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


def _index(chords: tuple[int, ...] | None, place: int) -> int:
    assert chords
    return chords[place] - FIRST


def _scaled(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """With 1 for the best, and nothing below `NO_WAY`."""
    found: NDArray[np.float64] = np.maximum(worth / max(float(worth.max()), 1e-300), NO_WAY)
    return found
