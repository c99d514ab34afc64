"""A curve of tension over a song, as a person draws it, and what a song keeps of it.

A drawn line of tension that the music follows is the idea of Hyperscore (Farbood, Pasztor & Jennings 2004, "Hyperscore:
a graphical sketchpad for novice composers", IEEE Computer Graphics and Applications 24(1)).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from senandung.domain.checks import require, require_unit, require_whole
from senandung.domain.errors import UnknownNameError
from senandung.domain.time import Tick

MOST_POINTS = 10_000

DEVICES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "new-harmony": {"id": "harmoni baru", "en": "new harmony"},
        "new-key": {"id": "nada dasar naik", "en": "raised key"},
        "appoggiatura": {"id": "apoggiatura", "en": "appoggiatura"},
        "sudden-texture": {"id": "jeda lalu penuh", "en": "sudden texture"},
        "new-voice": {"id": "suara baru", "en": "new voice"},
        "return": {"id": "tema kembali", "en": "return"},
    }
)
"""Devices of a climax, and what musicians call them. New or unprepared harmony, appoggiatura and sudden change of
loudness or texture are those that listeners of Sloboda (1991, Psychology of Music 19) located at shivers or tears; a
new voice and a return stand in later reports of chills (commonly stated)."""


@dataclass(frozen=True)
class TensionCurve:
    """Points of (share of the song, tension), both in 0..1, in order; straight lines between them.

    Shares rise, but two points may share one place: there the curve jumps. Before the first and after the last point
    it stays level.

    >>> curve = TensionCurve(((0.0, 0.2), (0.5, 1.0), (1.0, 0.4)))
    >>> round(curve.at(0.25), 3), curve.peak
    (0.6, 0.5)
    """

    points: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        require(1 <= len(self.points) <= MOST_POINTS, f"a curve must have 1 to {MOST_POINTS} points", len(self.points))
        for share, tension in self.points:
            require_unit("a point's share of the song", share, 0.0)
            require_unit("a point's tension", tension, 0.0)
        for (before, _), (after, _) in pairwise(self.points):
            require(before <= after, "the points of a curve must stand in order of time", (before, after))

    def at(self, share: float) -> float:
        """The tension at a share of the song; at a jump the later value."""
        shares = [point[0] for point in self.points]
        right = bisect_right(shares, share)
        if right == 0:
            return self.points[0][1]
        if right == len(self.points):
            return self.points[-1][1]
        (a, low), (b, high) = self.points[right - 1], self.points[right]
        return low + (high - low) * (share - a) / (b - a)

    def mean(self, first: float, last: float) -> float:
        """The mean tension between two shares, `first` before `last`."""
        inner = [point[0] for point in self.points if first < point[0] < last]
        edges = [first, *sorted(set(inner)), last]
        total = 0.0
        for a, b in pairwise(edges):
            inset = 1e-9 * (b - a)
            total += (b - a) * (self.at(a) + self.at(b - inset)) / 2
        return total / (last - first)

    @property
    def peak(self) -> float:
        """The share at which the curve is highest; the last of equals, in the middle of a level top."""
        top = max(tension for _, tension in self.points)
        last = max(index for index, point in enumerate(self.points) if point[1] >= top - 1e-9)
        first = last
        while first and self.points[first - 1][1] >= top - 1e-9:
            first -= 1
        left = 0.0 if first == 0 else self.points[first][0]
        right = 1.0 if last == len(self.points) - 1 else self.points[last][0]
        return self.points[last][0] if first == last and 0 < last < len(self.points) - 1 else _middle(self, left, right)

    @property
    def is_level(self) -> bool:
        """Whether the curve asks for no change at all."""
        values = [tension for _, tension in self.points]
        return max(values) - min(values) < 1e-6


def _middle(curve: TensionCurve, left: float, right: float) -> float:
    """The middle of a level top; where it is a single point at one end, that end."""
    if len(curve.points) > 1:
        if left == 0.0 and curve.at(0.0) > curve.points[-1][1] and curve.points[1][1] < curve.points[0][1]:
            return 0.0
        if right == 1.0 and curve.points[-2][1] < curve.points[-1][1]:
            return 1.0
    return (left + right) / 2


def _wave(turns: int, low: float, high: float) -> tuple[tuple[float, float], ...]:
    steps = 8 * turns
    middle, reach = (low + high) / 2, (high - low) / 2
    return tuple(
        (i / steps, round(middle - reach * math.cos(2 * math.pi * turns * i / steps), 6)) for i in range(steps + 1)
    )


_SHAPES: tuple[tuple[tuple[str, ...], str, tuple[tuple[float, float], ...]], ...] = (
    (("naik", "rise"), "from calm to full", ((0.0, 0.15), (0.92, 1.0), (1.0, 0.85))),
    (("turun", "fall"), "from full to calm", ((0.0, 1.0), (1.0, 0.1))),
    (("lengkung", "arch"), "up to the middle and back", ((0.0, 0.15), (0.5, 1.0), (1.0, 0.15))),
    (("lembah", "valley"), "down in the middle", ((0.0, 0.9), (0.5, 0.15), (1.0, 1.0))),
    (("gelombang", "wave"), "two waves", _wave(2, 0.15, 1.0)),
    (("ombak", "waves"), "three waves, each higher",
     ((0.0, 0.15), (0.2, 0.6), (0.33, 0.25), (0.53, 0.8), (0.66, 0.35), (0.86, 1.0), (1.0, 0.3))),
    (("puncak-akhir", "late-climax"), "calm for long, its top at four fifths",
     ((0.0, 0.2), (0.45, 0.4), (0.6, 0.45), (0.8, 1.0), (0.9, 0.7), (1.0, 0.3))),
    (("puncak-awal", "early-climax"), "its top at a quarter, then ever calmer",
     ((0.0, 0.4), (0.25, 1.0), (0.5, 0.6), (1.0, 0.15))),
    (("tangga", "steps"), "four steps up",
     ((0.0, 0.2), (0.25, 0.2), (0.25, 0.45), (0.5, 0.45), (0.5, 0.7), (0.75, 0.7), (0.75, 1.0), (1.0, 1.0))),
    (("tenang", "calm"), "low throughout, with one slight swell", ((0.0, 0.15), (0.65, 0.35), (1.0, 0.15))),
)  # fmt: skip

SHAPES: Mapping[str, TensionCurve] = MappingProxyType(
    {name: TensionCurve(points) for names, _, points in _SHAPES for name in names}
)
"""Named curves, each under its Indonesian and its English name."""

SHAPE_NAMES: tuple[tuple[str, str, str], ...] = tuple((names[0], names[1], said) for names, said, _ in _SHAPES)
"""Indonesian name, English name, and what the shape is."""


def named_curve(name: str) -> TensionCurve:
    """The curve of a named shape.

    >>> named_curve("arch") == named_curve("Lengkung")
    True
    """
    found = SHAPES.get("-".join(name.strip().lower().replace("_", " ").split()))
    if found is None:
        raise UnknownNameError("curve", name, SHAPES)
    return found


@dataclass(frozen=True)
class Arc:
    """The planned tension of a song and its climax, in ticks.

    Parameters
    ----------
    points : (tick, tension 0..1) in order of ticks; straight between them, jumps where two points share a tick.
    climax : the tick of the climax.
    devices : names of `DEVICES` that are used there.
    asked : whether the person drew the curve; else it is the style's own.
    """

    points: tuple[tuple[Tick, float], ...]
    climax: Tick
    devices: tuple[str, ...] = ()
    asked: bool = False

    def __post_init__(self) -> None:
        require(bool(self.points), "an arc must have points", self.points)
        for tick, tension in self.points:
            require_whole("an arc's point must stand at a whole tick, 0 or later", tick, 0)
            require_unit("an arc's tension", tension, 0.0)
        for (before, _), (after, _) in pairwise(self.points):
            require(before <= after, "the points of an arc must stand in order", (before, after))
        require_whole("a climax must stand at a whole tick, 0 or later", self.climax, 0)
        for name in self.devices:
            require(name in DEVICES, f"a climax's device must be one of {', '.join(DEVICES)}", name)
        require(isinstance(self.asked, bool), "whether an arc was asked for must be True or False", self.asked)

    def at(self, tick: Tick) -> float:
        """The planned tension at a tick; at a jump the later value."""
        ticks = [point[0] for point in self.points]
        right = bisect_right(ticks, tick)
        if right == 0:
            return self.points[0][1]
        if right == len(self.points):
            return self.points[-1][1]
        (a, low), (b, high) = self.points[right - 1], self.points[right]
        return low + (high - low) * (tick - a) / (b - a)
