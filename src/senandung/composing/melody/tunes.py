"""What tunes are like: their intervals, chord tones, endings and bars; the learned tables, or those and a person's own.

A person's files are few. What they hold is therefore set against the tables: an interval that stands twice as often in
the files as in the tables is sung twice as often, whoever else has a say in it (fast marginal adaptation, as in
`composing.own`), and where a context was seen often enough its own counts are taken. Few sightings are pulled towards
the tables. What can be sung (compass, widest leap, a leap that turns back) stays as it is: those are no habits.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from senandung.composing.tables import DOUBT, Context, MarkovChain, load_chain, load_table
from senandung.domain.checks import require

TRUST = 100.0
"""Sightings that weigh as much as the tables."""

FARTHEST = 8.0
"""How many times as often, or as seldom, an interval is sung as in the tables, at most."""

LEAST_SHARE = 1e-4
"""What an interval that was never seen is worth, so that it can be asked for by other rules."""

PHRASES = 20
"""Phrases that weigh as much as the bands of the tables."""

SETTLED = 0.6
"""How far what comes too seldom or too often is mended in each settling, as a power."""

WIDEST = 14.0
"""Semitones that a sung phrase reaches, whatever an instrument's does."""

SIGHTINGS = 2.0
"""Drawings that each interval is thought to have had beside, so that what is rare is not thrown about."""

Shares = Mapping[str, float]
T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True, eq=False)
class Tunes:
    """Habits of tunes, for who writes one. Final.

    Parameters
    ----------
    own : tables of a person's tunes as `learning.extract_melody` makes them, `melody` and `rhythm`; empty for none.
    weight : how far they are followed, 0..1.
    """

    own: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1.0
    _found: dict[Any, Any] = field(default_factory=dict, repr=False, init=False)

    def __post_init__(self) -> None:
        require(0.0 <= self.weight <= 1.0, "the weight of a person's tunes must be in 0..1", self.weight)
        if self.own:
            require(
                "melody" in self.own and "rhythm" in self.own, "tunes must have a melody and a rhythm", list(self.own)
            )

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """What was made under a name, kept so that it is made once."""
        if name not in self._found:
            self._found[name] = make()
        found: T = self._found[name]
        return found

    def shares(self, mode: str, context: Context) -> Shares:
        """The share of each interval in semitones after a context (`tables.interval_context`), in all tunes."""
        return _usual_shares(mode, context)

    def lean(self, mode: str, context: Context) -> Shares:
        """How many times as often each interval comes in these tunes as in all; empty where they are the same."""
        return self.once(("lean", mode, context), lambda: self._lean(mode, context))

    def _lean(self, mode: str, context: Context) -> Shares:
        chain = self._chain(mode)
        if chain is None:
            return {}
        usual = self.shares(mode, context)
        alone = self.shares(mode, ())
        seen = chain.counts.get((), {})
        total = sum(seen.values())
        names = sorted({*usual, *seen}, key=int)
        shares = {name: usual.get(name, LEAST_SHARE) for name in names}
        for name in names:
            often = max(alone.get(name, LEAST_SHARE), LEAST_SHARE)
            shares[name] *= (seen.get(name, 0) + TRUST * often) / (total + TRUST) / often
        shares = _whole(shares)
        for length in range(1, len(context) + 1):
            here = chain.counts.get(context[:length])
            if not here:
                break
            count = sum(here.values())
            sure = count / (count + DOUBT * len(here))
            shares = {name: (1 - sure) * share + sure * here.get(name, 0) / count for name, share in shares.items()}
        return {
            name: min(max(share / max(usual.get(name, 0.0), LEAST_SHARE), 1 / FARTHEST), FARTHEST) ** self.weight
            for name, share in shares.items()
        }

    def wanted(self, mode: str) -> Mapping[int, float]:
        """The share of each interval that a tune should have."""
        return self.once(("wanted", mode), lambda: self._wanted(mode))

    def _wanted(self, mode: str) -> Mapping[int, float]:
        chain = self._chain(mode)
        seen = chain.counts.get((), {}) if chain is not None else {}
        return {int(name): share for name, share in self._mixed(self.shares(mode, ()), seen).items()}

    def _chain(self, mode: str) -> MarkovChain | None:
        """The person's intervals in a mode; those of the other mode where they have none in this one."""
        plain = self.own.get("melody", {}).get("intervals", {})
        held = {name: rows for name, rows in plain.items() if rows.get("")}
        rows = held.get(mode) or next(iter(held.values()), None)
        return None if rows is None else self.once(("chain", mode), lambda: MarkovChain.from_plain(rows))

    def tone_factors(self, weight: int) -> tuple[float, float]:
        """Factors of chord tones and of other tones at a metrical weight, from how often each was sung there.

        Three of seven tones, a share of .45 with chords of four tones, would be sung by chance.
        """
        return self.once(("tones", weight), lambda: self._tone_factors(weight))

    def _tone_factors(self, weight: int) -> tuple[float, float]:
        tones, notes = load_table("melody")["chord_tones"][str(weight)]
        share = tones / notes
        theirs = self.own.get("melody", {}).get("chord_tones", {}).get(str(weight))
        if theirs:
            share += self.weight * ((theirs[0] + TRUST * share) / (theirs[1] + TRUST) - share)
        return share / 0.45, (1 - share) / 0.55

    def ends(self, mode: str) -> Mapping[int, float]:
        """The share of each degree (semitones above the tonic) as the end of a phrase that is not the last."""
        return self.once(("ends", mode), lambda: self._ends(mode))

    def _ends(self, mode: str) -> Mapping[int, float]:
        usual = _shares_of(load_table("melody")["endings"][mode]["inner"])
        theirs = self.own.get("melody", {}).get("endings", {}).get(mode, {}).get("inner", {})
        return {int(degree): share for degree, share in self._mixed(usual, theirs).items()}

    def bands(self) -> Mapping[str, Sequence[float]]:
        """Ranges, and shares of repeated tones, steps and leaps, of phrases: a tenth, half, nine tenths lie below."""
        return self.once("bands", self._bands)

    def _bands(self) -> Mapping[str, Sequence[float]]:
        usual: Mapping[str, Sequence[float]] = load_table("melody")["bands"]
        theirs = self.own.get("melody", {}).get("bands", {})
        count = self.own.get("melody", {}).get("phrases", 0)
        sure = self.weight * count / (count + PHRASES)
        return {
            name: [
                min(sure * mine + (1 - sure) * its, WIDEST)
                for mine, its in zip(theirs.get(name, row), row, strict=True)
            ]
            for name, row in usual.items()
        }

    def bars(self, metre: str, place: str, count: int) -> Shares:
        """How often each pattern of so many syllables was seen in a bar at a place of a phrase (`rhythm.json`)."""
        usual = load_table("rhythm").get(metre, {}).get(place, {}).get(str(count), {})
        theirs = self.own.get("rhythm", {}).get(metre, {}).get(place, {}).get(str(count), {})
        if not theirs:
            return {pattern: float(times) for pattern, times in usual.items()}
        total = sum(usual.values()) + sum(theirs.values())
        return {pattern: total * share for pattern, share in self._mixed(_shares_of(usual), theirs).items()}

    def flow(self, metre: str) -> Mapping[float, float]:
        """How much oftener each ratio of two times between notes comes in these tunes than in all, as a logarithm.

        Ratios are powers of two, in halves: 0 even, 1 twice as long, -1.5 about a dotted one's third. Empty where the
        tables or the person have no bars of the metre.
        """
        return self.once(("flow", metre), lambda: self._flow(metre))

    def _flow(self, metre: str) -> Mapping[float, float]:
        usual = _ratios_of(load_table("rhythm").get(metre, {}))
        theirs = _ratios_of(self.own.get("rhythm", {}).get(metre, {}))
        if not usual or not theirs:
            return {}
        shares, mixed = _shares_of(usual), self._mixed(_shares_of(usual), theirs)
        return {
            ratio: math.log(max(mixed[ratio], LEAST_SHARE) / max(shares.get(ratio, 0.0), LEAST_SHARE))
            for ratio in mixed
        }

    def _mixed(self, usual: Mapping[K, float], theirs: Mapping[K, int]) -> dict[K, float]:
        """Shares of the tables, moved by the weight towards a person's counts, as far as those are trusted."""
        if not theirs:
            return dict(usual)
        trust = TRUST if usual else 0.0
        total = sum(theirs.values()) + trust
        weight = self.weight if usual else 1.0
        return {
            name: (1 - weight) * usual.get(name, 0.0)
            + weight * (trust * usual.get(name, 0.0) + theirs.get(name, 0)) / total
            for name in {**usual, **theirs}
        }


USUAL = Tunes()
"""The tables alone."""


def ratio_of(before: float, after: float) -> float:
    """How much longer one time is than another, as a power of two in halves, -3..3.

    >>> ratio_of(240, 240), ratio_of(720, 240), ratio_of(240, 480)
    (0.0, -1.5, 1.0)
    """
    return round(min(max(math.log2(after / before), -3.0), 3.0) * 2) / 2


def _ratios_of(bars: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Counter[float]:
    """Ratios of times between notes in the patterns of bars."""
    found: Counter[float] = Counter()
    for counts in bars.values():
        for patterns in counts.values():
            for pattern, times in patterns.items():
                gaps = [b - a for a, b in pairwise(int(step) for step in pattern.split())]
                for before, after in pairwise(gaps):
                    found[ratio_of(before, after)] += times
    return found


class Balance:
    """Factors of intervals by which a tune comes to have them as often as a person's tunes do. Final.

    Chords, outline and the rules of singing have their say in every note, so that what is sung is not what the tables
    foretell. While a tune is drafted the shares are added up by which its notes are drawn; `settle` then mends the
    factors (iterative scaling after Darroch & Ratcliff 1972, on the shares of intervals alone).
    """

    def __init__(self, tunes: Tunes) -> None:
        self.tunes = tunes
        self._factors: dict[str, dict[int, float]] = {}
        self._drawn: dict[str, dict[int, float]] = {}

    def factor(self, mode: str, leap: int) -> float:
        """By how much an interval is favoured."""
        return self._factors.get(mode, {}).get(leap, 1.0)

    def add(self, mode: str, leaps: Sequence[int], weights: Sequence[float]) -> None:
        """Intervals between which one was drawn, by their weights; 0 where one cannot come."""
        total = sum(weights)
        drawn = self._drawn.setdefault(mode, {})
        for leap, weight in zip(leaps, weights, strict=True):
            if weight:
                drawn[leap] = drawn.get(leap, 0.0) + weight / total

    def settle(self) -> None:
        """Mend the factors by what was drawn since, and begin to add up anew."""
        for mode, drawn in self._drawn.items():
            wanted = self.tunes.wanted(mode)
            total = sum(drawn.values())
            could = sum(wanted.get(leap, 0.0) for leap in drawn)
            if not could:
                continue
            factors = self._factors.setdefault(mode, {})
            for leap, weight in drawn.items():
                much = (wanted.get(leap, 0.0) / could * total + SIGHTINGS) / (weight + SIGHTINGS)
                factors[leap] = min(max(factors.get(leap, 1.0) * much**SETTLED, 1 / FARTHEST), FARTHEST)
        self._drawn = {}


def _whole(shares: Shares) -> dict[str, float]:
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


def _shares_of(counts: Mapping[K, int]) -> dict[K, float]:
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()}


@lru_cache(maxsize=4096)
def _usual_shares(mode: str, context: Context) -> Shares:
    return load_chain("melody", "intervals", mode).predict(context)
