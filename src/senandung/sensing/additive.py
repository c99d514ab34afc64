"""Cues → valence and arousal by an additive rule: one table a kind of trace, every cue's share named.

That cues of music add, nearly without interaction and mostly linearly, is from Juslin & Lindström (2010, Musicae
Scientiae 14) and Eerola, Friberg & Bresin (2013, Frontiers in Psychology 4:487).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

from senandung.domain.feeling import Evidence, Feeling, basic_near, nearest_words

Cues = TypeVar("Cues")

FURTHEST = 2.0
"""Units from the usual beyond which a cue counts no more."""


@dataclass(frozen=True)
class Rule(Generic[Cues]):
    """One cue's rule.

    Parameters
    ----------
    name : the cue, as it is named to a person.
    value : the cue's value; None where it cannot be told.
    usual, unit : its usual value, and how far away from it counts 1.
    valence, arousal : weights, the share of the plane that one unit moves.
    high, low : what a person is told where it is above or below the usual, English.
    """

    name: str
    value: Callable[[Cues], float | None]
    usual: float
    unit: float
    valence: float
    arousal: float
    high: str
    low: str

    def told(self, cues: Cues) -> float:
        """How far the cue stands from the usual, in units, within ±`FURTHEST`; 0 where it cannot be told."""
        value = self.value(cues)
        if value is None:
            return 0.0
        return max(-FURTHEST, min(FURTHEST, (value - self.usual) / self.unit))


@dataclass(frozen=True)
class Felt:
    """What the rules say of some cues.

    Parameters
    ----------
    valence, arousal : in -1..1.
    shares : for each rule's name what it moved, (valence, arousal).
    said : for each rule's name how its cue stands, in words; rules that moved nothing are left out.
    lead : the words of the cue that moved most; empty where none did.
    """

    valence: float
    arousal: float
    shares: Mapping[str, tuple[float, float]]
    said: Mapping[str, str]
    lead: str


def feel_cues(rules: Sequence[Rule[Cues]], cues: Cues, scale: tuple[float, float] = (1.0, 1.0)) -> Felt:
    """The feeling of cues by the rules. The sum is bent by the hyperbolic tangent so that nothing passes ±1.

    Parameters
    ----------
    scale : what valence and arousal are multiplied by before they are bent.

    >>> rule = Rule[float]("pace", lambda pace: pace, 100, 40, 0.0, 0.2, "quick", "slow")
    >>> felt = feel_cues((rule,), 60)
    >>> felt.lead, round(felt.arousal, 2)
    ('slow', -0.2)
    """
    told = {rule.name: rule.told(cues) for rule in rules}
    shares = {
        rule.name: (scale[0] * rule.valence * told[rule.name], scale[1] * rule.arousal * told[rule.name])
        for rule in rules
    }
    said = {rule.name: rule.high if told[rule.name] > 0 else rule.low for rule in rules if told[rule.name]}
    leader = max(said, key=lambda name: math.hypot(*shares[name]), default="")
    return Felt(
        math.tanh(math.fsum(share[0] for share in shares.values())),
        math.tanh(math.fsum(share[1] for share in shares.values())),
        MappingProxyType(shares),
        MappingProxyType(said),
        said.get(leader, ""),
    )


def feeling_of(felt: Felt, valence_spread: float, arousal_spread: float, least: float = 0.03) -> Feeling:
    """The feeling with its evidence, the cue that moved most first; cues with a share below `least` are left out."""
    size = math.fsum(math.hypot(*share) for share in felt.shares.values()) or 1.0
    evidence = []
    for name in sorted(felt.said, key=lambda name: -math.hypot(*felt.shares[name])):
        valence, arousal = felt.shares[name]
        weight = math.hypot(valence, arousal) / size
        if weight >= least:
            what = felt.said[name]
            evidence.append(Evidence(what, _bent(valence), _bent(arousal), min(1.0, weight), name))
    basic = basic_near(felt.valence, felt.arousal, valence_spread, arousal_spread)
    words = nearest_words(felt.valence, felt.arousal)
    return Feeling(felt.valence, felt.arousal, valence_spread, arousal_spread, basic, words, tuple(evidence))


def _bent(share: float) -> float:
    return math.tanh(share)
