"""What a person's corrections teach: their own word for one trace, and a small shift for traces of its kind.

A person who calls everything a little sadder than it is read is read a little sadder after some corrections. The shift
is the mean difference, drawn towards none by some imagined corrections of no difference (the mean under a normal prior
at 0), and never above a cap. It is a habit of one person on one machine, no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from senandung.domain.checks import require, require_unit
from senandung.domain.feeling import Evidence, Feeling

FEWEST = 3
"""Corrections of a kind of trace before they teach anything."""

IMAGINED = 4.0
"""Corrections of no difference that are counted with them."""

MOST = 0.25
"""The most that valence or arousal is shifted."""

EARLIER = "your earlier corrections"
"""What the evidence calls them."""


@dataclass(frozen=True)
class Correction:
    """What was read of a trace of a kind (`domain.reading.KINDS`), and what the person said: valence, arousal each."""

    kind: str
    read: tuple[float, float]
    said: tuple[float, float]

    def __post_init__(self) -> None:
        for name, value in zip(("valence", "arousal") * 2, (*self.read, *self.said), strict=True):
            require_unit(name, value)


@dataclass(frozen=True)
class Shift:
    """By how much readings of a kind are moved, and from how many corrections that is known."""

    valence: float
    arousal: float
    count: int


def shift_of(corrections: Sequence[Correction], kind: str) -> Shift | None:
    """What corrections teach about a kind of trace; None where they are too few.

    >>> sadder = [Correction("text", (0.1, 0.0), (-0.3, 0.0))] * 4
    >>> shift_of(sadder, "text")
    Shift(valence=-0.2, arousal=0.0, count=4)
    >>> shift_of(sadder, "song") is None and shift_of(sadder[:2], "text") is None
    True
    """
    own = [each for each in corrections if each.kind == kind]
    if len(own) < FEWEST:
        return None
    moved = []
    for axis in (0, 1):
        mean = math.fsum(each.said[axis] - each.read[axis] for each in own) / (len(own) + IMAGINED)
        moved.append(round(min(max(mean, -MOST), MOST), 4))
    return Shift(moved[0], moved[1], len(own))


def shifted(feeling: Feeling, shift: Shift) -> Feeling:
    """A readable feeling moved by what corrections taught, which stands in its evidence; its spread stays.

    >>> moved = shifted(Feeling.named("senang"), Shift(-0.2, 0.1, 5))
    >>> round(moved.valence, 2), moved.evidence[-1].what
    (0.6, 'your earlier corrections')
    """
    require(feeling.readable, "only a feeling that was read can be shifted", feeling.readable)
    valence, arousal = _unit(feeling.valence + shift.valence), _unit(feeling.arousal + shift.arousal)
    weight = min(math.hypot(shift.valence, shift.arousal), 1.0)
    evidence = tuple(replace(piece, weight=(1 - weight) * piece.weight) for piece in feeling.evidence)
    told = Evidence(EARLIER, shift.valence, shift.arousal, weight, f"a shift, from {shift.count}")
    parts = tuple(
        replace(part, valence=_unit(part.valence + shift.valence), arousal=_unit(part.arousal + shift.arousal))
        for part in feeling.parts
    )
    return replace(feeling, valence=valence, arousal=arousal, evidence=(*evidence, told), parts=parts)


def _unit(value: float) -> float:
    return min(max(value, -1.0), 1.0)
