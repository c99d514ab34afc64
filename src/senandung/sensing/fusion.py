"""Several readings → one feeling: each weighs by its precision, a kind of trace by two at most, contrasts stay apart.

The mean is weighed by precision with a weak prior at 0 of spread .7. That a thousand songs shall not drown one sentence
is the cap; that longing and delight are not averaged into nothing is `parts`: readings more than two spreads apart stay
two feelings (*campur*), and the numbers of the whole are then a middle that says so by its spread. A reading that is
two already (a text with "tapi") brings both.

What the person says of it themselves (kind "person") outweighs all and does not age: it holds until they say otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from senandung.domain.feeling import BASIC, Evidence, Feeling, nearest_words
from senandung.domain.reading import Reading

PRIOR_SPREAD = 0.7
MOST_OF_A_KIND = 2.0
"""Traces of one kind weigh together as much as this many."""

HALF_LIFE = 30.0
"""Days after which a trace weighs half (ours: a status is of its day, a mood of weeks)."""

APART = 2.0
"""Spreads between two readings from which on they stay two."""

LEAST_SPREAD = 0.1

PERSON = "person"
"""The kind of what the person said themselves."""


def fuse_readings(readings: Sequence[Reading]) -> Feeling:
    """One feeling of several traces; unreadable ones are left out, and alone they give an unread feeling.

    >>> sad, glad = Feeling.named("sedih"), Feeling.named("girang")
    >>> fused = fuse_readings([Reading("text", "a", sad), Reading("song", "b", glad)])
    >>> [part.words[0] for part in fused.parts]
    ['sedih', 'girang']
    >>> fuse_readings([Reading("text", "a", sad), Reading("song", "b", Feeling.named("sendu"))]).parts
    ()
    """
    told = [each for each in readings if each.feeling.readable]
    if not told:
        return Feeling.unread()
    said = [each for each in told if each.kind == PERSON]
    if said:
        return _as_said(said, [each for each in told if each.kind != PERSON])
    if len(told) == 1 and not told[0].days:
        return told[0].feeling
    told = [replace(each, feeling=part) for each in told for part in each.feeling.parts or (each.feeling,)]
    weights = _weights(told)
    groups: list[list[int]] = []
    for place in sorted(range(len(told)), key=lambda at: -weights[at] / _variance(told[at].feeling)):
        near = [group for group in groups if not _apart(told[place].feeling, _mean([told[at] for at in group]))]
        if near:
            near[0].append(place)
        else:
            groups.append([place])
    groups = [sorted(group) for group in groups]
    whole = _merged([told[at] for at in range(len(told))], weights)
    if len(groups) == 1:
        return whole
    parts = tuple(_merged([told[at] for at in group], [weights[at] for at in group]) for group in groups)
    words = tuple(dict.fromkeys(word for part in parts for word in part.words[:1]))
    return replace(whole, words=(*words, *(word for word in whole.words if word not in words))[:3], parts=parts)


def _as_said(said: Sequence[Reading], others: Sequence[Reading]) -> Feeling:
    """What the person said last, with what was read beside it in the evidence, at the share of its precision."""
    last = min(said, key=lambda each: each.days).feeling
    precisions = [1 / _variance(each.feeling) for each in others]
    total = math.fsum(precisions) + 1 / _variance(last)
    own = tuple(replace(piece, weight=piece.weight / _variance(last) / total) for piece in last.evidence)
    beside = tuple(
        replace(piece, weight=piece.weight * precision / total)
        for precision, each in zip(precisions, others, strict=True)
        for piece in each.feeling.evidence
    )
    return replace(last, evidence=(*own, *beside))


def _weights(told: Sequence[Reading]) -> list[float]:
    """How much of its precision each reading keeps: by its age, and by how many there are of its kind."""
    aged = [0.5 ** (each.days / HALF_LIFE) for each in told]
    together = {
        each.kind: math.fsum(w for w, other in zip(aged, told, strict=True) if other.kind == each.kind) for each in told
    }
    return [w * min(1.0, MOST_OF_A_KIND / together[each.kind]) for w, each in zip(aged, told, strict=True)]


def _variance(feeling: Feeling) -> float:
    return 0.5 * (feeling.valence_spread**2 + feeling.arousal_spread**2)


def _mean(readings: Sequence[Reading]) -> Feeling:
    return readings[0].feeling if len(readings) == 1 else _merged(readings, [1.0] * len(readings))


def _apart(one: Feeling, other: Feeling) -> bool:
    """Whether two feelings differ by more than `APART` spreads of one of them, in the plane."""
    valence = (one.valence - other.valence) / max(one.valence_spread, other.valence_spread)
    arousal = (one.arousal - other.arousal) / max(one.arousal_spread, other.arousal_spread)
    return math.hypot(valence, arousal) > APART


def _merged(readings: Sequence[Reading], weights: Sequence[float]) -> Feeling:
    """The precision-weighted mean with the prior; how far the readings lie apart widens the spread."""
    prior = 1 / PRIOR_SPREAD**2
    found = {}
    for name in ("valence", "arousal"):
        precisions = [
            w / getattr(each.feeling, f"{name}_spread") ** 2 for w, each in zip(weights, readings, strict=True)
        ]
        values = [getattr(each.feeling, name) for each in readings]
        told = math.fsum(precisions)
        # What was read is already drawn to the prior once: one reading alone must come back as it was.
        weak = prior / 4 if len(readings) > 1 else 0.0
        mean = math.fsum(p * v for p, v in zip(precisions, values, strict=True)) / (told + weak)
        between = math.fsum(p * (v - mean) ** 2 for p, v in zip(precisions, values, strict=True)) / told
        spread = min(1.0, max(LEAST_SPREAD, math.sqrt(1 / told + between)))
        found[name] = (mean, spread, [p / told for p in precisions])
    shares = [0.5 * (a + b) for a, b in zip(found["valence"][2], found["arousal"][2], strict=True)]
    basic = {
        name: math.fsum(s * each.feeling.basic[name] for s, each in zip(shares, readings, strict=True))
        for name in BASIC
    }
    total = math.fsum(basic.values())
    basic = {name: share / total for name, share in basic.items()}
    evidence = tuple(
        Evidence(
            f"{each.name}: {piece.what}" if len(readings) > 1 else piece.what,
            piece.valence,
            piece.arousal,
            min(1.0, share * piece.weight),
            piece.note,
        )
        for share, each in zip(shares, readings, strict=True)
        for piece in each.feeling.evidence
    )
    written = [word for each in readings for word in each.feeling.words[:1]]
    words = dict.fromkeys([*written, *nearest_words(found["valence"][0], found["arousal"][0])])
    return Feeling(
        found["valence"][0],
        found["arousal"][0],
        found["valence"][1],
        found["arousal"][1],
        basic,
        tuple(words)[:3],
        evidence,
    )
