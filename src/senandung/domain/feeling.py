"""Feeling ("rasa"): valence and arousal with a spread, five basic feelings and neutral, words and evidence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from senandung.domain.checks import require, require_unit
from senandung.domain.errors import UnknownNameError

BASIC = ("cinta", "senang", "marah", "takut", "sedih", "netral")
"""The five basic feelings that Shaver, Murdaya & Fraley (2001) found in 124 Indonesian words, and neutral."""


@dataclass(frozen=True)
class Place:
    """A feeling word's place in the plane of Russell (1980): valence, arousal in -1..1, and their spread.

    `basic` is the basic feeling that it belongs to, `also` a second one that it holds a smaller part of.
    """

    valence: float
    arousal: float
    basic: str
    english: str
    spread: float = 0.25
    also: str = ""

    @property
    def shares(self) -> Mapping[str, float]:
        """The share of each basic feeling in the word; sums to 1.

        >>> dict(PLACES["rindu"].shares)
        {'sedih': 0.6, 'cinta': 0.4}
        """
        return {self.basic: 0.6, self.also: 0.4} if self.also else {self.basic: 1.0}


# Judgement, anchored on neighbours in English norms, arousal stretched about 1.8 times (see docs/feeling.md).
PLACES: Mapping[str, Place] = MappingProxyType(
    {
        "girang": Place(0.80, 0.55, "senang", "elated"),
        "senang": Place(0.80, 0.40, "senang", "glad"),
        "cinta": Place(0.75, 0.25, "cinta", "love"),
        "bangga": Place(0.65, 0.35, "senang", "proud"),
        "haru": Place(0.35, 0.15, "cinta", "moved", 0.35),
        "lega": Place(0.50, -0.35, "senang", "relieved"),
        "tenang": Place(0.60, -0.60, "senang", "calm"),
        "syahdu": Place(0.40, -0.55, "cinta", "tender"),
        "ikhlas": Place(0.25, -0.55, "netral", "letting go", 0.45),
        "rindu": Place(-0.10, -0.05, "sedih", "longing", 0.45, "cinta"),
        "kangen": Place(-0.10, -0.05, "sedih", "missing someone", 0.45, "cinta"),
        "galau": Place(-0.45, 0.10, "sedih", "troubled"),
        "sendu": Place(-0.45, -0.45, "sedih", "wistful"),
        "sedih": Place(-0.65, -0.30, "sedih", "sad"),
        "sepi": Place(-0.45, -0.45, "sedih", "lonely"),
        "lelah": Place(-0.40, -0.45, "sedih", "weary"),
        "gelisah": Place(-0.45, 0.45, "takut", "restless"),
        "takut": Place(-0.60, 0.60, "takut", "afraid"),
        "marah": Place(-0.65, 0.70, "marah", "angry"),
        "netral": Place(0.0, 0.0, "netral", "neutral", 0.7),
    }
)
"""Named feelings and their places. `--feeling WORD` takes these names and their English ones."""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: what was seen, where, and how much it weighed.

    `weight` is in 0..1 (shares of one feeling sum to at most 1); `note` is a short reason such as "negated".
    """

    what: str
    valence: float
    arousal: float
    weight: float
    note: str = ""

    def __post_init__(self) -> None:
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require_unit("weight", self.weight, 0.0)


@dataclass(frozen=True)
class Feeling:
    """What was felt, as read from a trace.

    Parameters
    ----------
    valence, arousal : in -1..1.
    valence_spread, arousal_spread : standard deviation of each reading, above 0 and at most 1.
    basic : share of each of `BASIC`; sums to 1.
    words : named feelings from `PLACES`, the nearest first.
    evidence : what it rests on.
    readable : False when the reader abstains; the numbers are then the weak prior.
    parts : two or more feelings that stay apart (*campur*), the surest first; the numbers are then a middle.
    """

    valence: float
    arousal: float
    valence_spread: float = 0.35
    arousal_spread: float = 0.35
    basic: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({"netral": 1.0}))
    words: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    readable: bool = True
    parts: tuple[Feeling, ...] = ()

    def __post_init__(self) -> None:
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        for name, spread in (("valence_spread", self.valence_spread), ("arousal_spread", self.arousal_spread)):
            require(0 < spread <= 1, f"{name} must be above 0 and at most 1", spread)
        unknown = set(self.basic) - set(BASIC)
        require(not unknown, f"basic feelings must be among {', '.join(BASIC)}", sorted(unknown))
        full = {name: float(self.basic.get(name, 0.0)) for name in BASIC}
        total = math.fsum(full.values())
        require(all(share >= 0 for share in full.values()), "a basic feeling's share must not be negative", full)
        require(abs(total - 1) < 1e-6, "the shares of the basic feelings must sum to 1", total)
        object.__setattr__(self, "basic", MappingProxyType(full))

    @property
    def strongest(self) -> str:
        """The basic feeling with the largest share.

        >>> Feeling.named("sedih").strongest
        'sedih'
        """
        return max(BASIC, key=lambda name: self.basic[name])

    @classmethod
    def named(cls, word: str) -> Feeling:
        """The feeling of a named word of `PLACES`, Indonesian or English.

        >>> Feeling.named("longing").words
        ('rindu',)
        """
        key = word.strip().lower()
        by_english = {place.english: name for name, place in PLACES.items()}
        name = key if key in PLACES else by_english.get(key)
        if name is None:
            raise UnknownNameError("feeling", word, [*PLACES, *by_english])
        place = PLACES[name]
        return cls(place.valence, place.arousal, place.spread, place.spread, place.shares, (name,))

    @classmethod
    def at(cls, valence: float, arousal: float) -> Feeling:
        """The feeling at a point that a person gave; their word is taken with a spread of .1.

        >>> Feeling.at(-0.6, -0.3).words[0]
        'sedih'
        """
        words = nearest_words(valence, arousal)
        return cls(valence, arousal, 0.1, 0.1, {PLACES[words[0]].basic: 1.0}, words)

    @classmethod
    def unread(cls) -> Feeling:
        """Nothing could be read: the weak prior at 0 with a spread of .7."""
        return cls(0.0, 0.0, 0.7, 0.7, {"netral": 1.0}, (), (), readable=False)


def basic_near(valence: float, arousal: float, valence_spread: float, arousal_spread: float) -> dict[str, float]:
    """The share of each basic feeling at a point that is known with a spread: how near the named places lie.

    >>> max(basic_near(-0.6, -0.3, 0.2, 0.2).items(), key=lambda row: row[1])[0]
    'sedih'
    """
    shares = dict.fromkeys(BASIC, 0.0)
    for place in PLACES.values():
        across, up = place.spread**2 + valence_spread**2, place.spread**2 + arousal_spread**2
        distance = (valence - place.valence) ** 2 / across + (arousal - place.arousal) ** 2 / up
        for name, share in place.shares.items():
            shares[name] += share * math.exp(-0.5 * distance) / math.sqrt(across * up)
    total = math.fsum(shares.values())
    return {name: share / total for name, share in shares.items()}


def nearest_words(valence: float, arousal: float, count: int = 3) -> tuple[str, ...]:
    """The `count` named feelings nearest to a point, nearest first.

    >>> nearest_words(0.8, 0.4, 1)
    ('senang',)
    """
    distance = {name: math.hypot(place.valence - valence, place.arousal - arousal) for name, place in PLACES.items()}
    return tuple(sorted(distance, key=lambda name: distance[name])[:count])


def feeling_plain(feeling: Feeling) -> dict[str, Any]:
    """A feeling as plain values. Inverse of `feeling_of_plain`.

    >>> feeling_plain(Feeling.at(0.5, -0.25))["place"]
    [0.5, -0.25, 0.1, 0.1]
    """
    return {
        "place": [feeling.valence, feeling.arousal, feeling.valence_spread, feeling.arousal_spread],
        "basic": dict(feeling.basic),
        "words": list(feeling.words),
        "evidence": [[e.what, e.valence, e.arousal, e.weight, e.note] for e in feeling.evidence],
        "readable": feeling.readable,
        "parts": [feeling_plain(part) for part in feeling.parts],
    }


def feeling_of_plain(plain: Mapping[str, Any]) -> Feeling:
    """The feeling of plain values, every one checked. Inverse of `feeling_plain`."""
    valence, arousal, valence_spread, arousal_spread = plain["place"]
    return Feeling(
        valence,
        arousal,
        valence_spread,
        arousal_spread,
        basic=plain["basic"],
        words=tuple(plain["words"]),
        evidence=tuple(Evidence(*row) for row in plain["evidence"]),
        readable=plain["readable"],
        parts=tuple(feeling_of_plain(part) for part in plain["parts"]),
    )
