"""The kit of a staged band: how a song's cymbals keep time, and how the drums drive at a chorus; both as tables.

Commonly stated figures written down by the project; the bass drum and the snare between them are learned (`groove`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.groove import (
    CLOSED,
    FLOOR_TOM,
    HIGH_TOM,
    KICK,
    OPEN,
    PEDAL,
    RIDE,
    SHAKER,
    SNARE,
    STICK,
    TAMBOURINE,
)
from senandung.composing.arranging.player import grade

Hit = tuple[int, int, float]
"""Step in the bar, key, velocity."""

TIMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = MappingProxyType(
    {
        "drums-ballad": (("pedal", "quarters"), ("eighths", "quarters", "bells"), ("ride", "eighths", "washed")),
        "drums-pop": (
            ("eighths", "quarters"), ("eighths", "sixteenths", "off-beats"), ("off-beats", "sixteenths", "ride"),
        ),
        "drums-rock": (("eighths", "toms"), ("eighths", "quarters", "toms"), ("washed", "ride", "quarters open")),
        "drums-brush": (
            ("shaken", "swept"), ("shaken", "shaken sixteenths"), ("shaken tambourine", "shaken sixteenths"),
        ),
    }
)  # fmt: skip
"""How time is kept in soft, middle and full sections: one of the names each, drawn once for a song."""

# For a beat: (sixteenth inside the beat as a share of it, key, velocity); "2" marks every other beat alone.
_BEATS: Mapping[str, tuple[tuple[float, int, float, str], ...]] = MappingProxyType(
    {
        "pedal": ((0.0, PEDAL, 60.0, "2"),),
        "quarters": ((0.0, CLOSED, 82.0, ""),),
        "quarters open": ((0.0, OPEN, 84.0, ""),),
        "eighths": ((0.0, CLOSED, 86.0, ""), (0.5, CLOSED, 56.0, "")),
        "sixteenths": (
            (0.0, CLOSED, 82.0, ""), (0.25, CLOSED, 42.0, ""), (0.5, CLOSED, 62.0, ""), (0.75, CLOSED, 40.0, ""),
        ),
        "off-beats": ((0.0, CLOSED, 66.0, ""), (0.5, OPEN, 84.0, "")),
        "bells": ((0.0, RIDE, 74.0, ""), (0.5, RIDE, 48.0, ""), (0.0, PEDAL, 58.0, "2")),
        "ride": ((0.0, RIDE, 90.0, ""), (0.5, RIDE, 64.0, ""), (0.0, PEDAL, 60.0, "2")),
        "washed": ((0.0, OPEN, 88.0, ""), (0.5, OPEN, 64.0, "")),
        "toms": ((0.0, FLOOR_TOM, 78.0, ""), (0.5, FLOOR_TOM, 58.0, "")),
        "shaken": ((0.0, SHAKER, 72.0, ""), (0.5, SHAKER, 48.0, "")),
        "swept": ((0.0, SHAKER, 50.0, ""), (0.5, SHAKER, 68.0, "")),
        "shaken sixteenths": (
            (0.0, SHAKER, 72.0, ""), (0.25, SHAKER, 38.0, ""), (0.5, SHAKER, 58.0, ""), (0.75, SHAKER, 36.0, ""),
        ),
        "shaken tambourine": ((0.0, SHAKER, 66.0, ""), (0.5, SHAKER, 50.0, ""), (0.0, TAMBOURINE, 72.0, "2")),
    }
)  # fmt: skip

# How a song drives at its choruses: (steps from the bar's end, key, velocity), growing.
DRIVES: Mapping[str, tuple[tuple[int, int, float], ...]] = MappingProxyType(
    {
        "roll": (
            (16, SNARE, 46), (14, SNARE, 50), (12, SNARE, 56), (10, SNARE, 62), (8, SNARE, 66), (7, SNARE, 58),
            (6, SNARE, 74), (5, SNARE, 66), (4, SNARE, 84), (3, SNARE, 78), (2, SNARE, 96), (1, SNARE, 104),
        ),
        "toms": (
            (16, FLOOR_TOM, 62), (14, FLOOR_TOM, 66), (12, FLOOR_TOM, 72), (10, FLOOR_TOM, 76), (8, FLOOR_TOM, 82),
            (8, SNARE, 70), (6, FLOOR_TOM, 88), (6, SNARE, 78), (4, FLOOR_TOM, 94), (4, SNARE, 88),
            (2, HIGH_TOM, 98), (2, SNARE, 96), (1, HIGH_TOM, 100),
        ),
        "shake": tuple((back, SHAKER, 84.0 - 3.2 * back + (10 if back % 4 == 0 else 0)) for back in range(16, 0, -1)),
        "stop": ((16, SNARE, 92), (16, OPEN, 84), (12, KICK, 80)),
        "pickup": ((4, SNARE, 62), (3, SNARE, 50), (2, SNARE, 78), (1, FLOOR_TOM, 86)),
    }
)  # fmt: skip


SUMMIT = 0.85
"""Fullness from which a tambourine joins the backbeat."""


def time_kept(chart: Chart, bar: Bar, pattern: str) -> list[Hit]:
    """Cymbals (toms, a shaker) of a bar: the song's own way for a section as full as this."""
    level = grade(chart, bar)
    name = chart.rng(f"time {pattern} {level}").choice(TIMES[pattern][level])
    beat = bar.beat_steps
    hits: list[Hit] = []
    for number, start in enumerate(range(0, bar.steps, beat)):
        for share, key, velocity, every in _BEATS[name]:
            if every and number % 2 == 0:
                continue
            if bar.metre.is_compound and share in (0.25, 0.75):
                continue
            step = start + round(beat * (share if not bar.metre.is_compound or not share else 1 / 3))
            if step < bar.steps:
                hits.append((step, key, velocity))
            if bar.metre.is_compound and share == 0.5 and start + round(beat * 2 / 3) < bar.steps:
                hits.append((start + round(beat * 2 / 3), key, velocity - 6))
    if bar.fullness >= SUMMIT and pattern in ("drums-ballad", "drums-pop"):
        hits += [(step, TAMBOURINE, 62.0) for step in range(beat, bar.steps, 2 * beat)]
    if bar.place % 4 == 3 and bar.fullness >= 0.55:
        hits = _turned(hits, bar)
    return hits


def _turned(hits: list[Hit], bar: Bar) -> list[Hit]:
    """Every fourth bar ends on an open hat, or on a stroke more of the shaker."""
    last = max(step for step, _, _ in hits)
    keys = {key for step, key, _ in hits if step == last}
    if CLOSED in keys:
        return [hit for hit in hits if hit[0] < bar.steps - 2] + [(bar.steps - 2, OPEN, 84.0)]
    if SHAKER in keys:
        return [*hits, (bar.steps - 1, SHAKER, 52.0), (bar.steps - 2, TAMBOURINE, 60.0)]
    return hits


def drive_hits(bar: Bar, kind: str, hits: Sequence[Hit], soft: bool) -> list[Hit]:
    """The bar before a chorus: the groove with the drive over it; a pickup stands alone, a stop ends the bar."""
    drive = [(bar.steps - back, key, float(velocity)) for back, key, velocity in DRIVES[kind] if back <= bar.steps]
    if kind == "pickup":
        return [(step, STICK if key == SNARE and soft else key, velocity) for step, key, velocity in drive]
    if kind == "stop":
        end = bar.steps - 2 * bar.beat_steps
        return [hit for hit in hits if hit[0] < end] + [hit for hit in drive if hit[0] < end or hit[1] == KICK]
    if kind == "shake":
        return [hit for hit in hits if hit[1] != SHAKER] + drive
    kicks = [hit for hit in hits if hit[1] == KICK and hit[0] % bar.beat_steps == 0]
    every = [(step, KICK, 90.0) for step in range(0, bar.steps, bar.beat_steps)]
    return [*{hit[0]: hit for hit in (*kicks, *every)}.values(), *drive]
