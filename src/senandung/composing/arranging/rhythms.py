"""Rhythms of the accompaniment, as tables: where a stroke falls in the bar, how long it lasts, how strong it is.

Steps and lengths are sixteenths. Commonly stated patterns written down by the project; a metre that a table does not
name gets a stroke on each beat (and, where the table is busy, one between).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import Bar

Stroke = tuple[int, int, float]
"""Step, length in steps, accent -1..1."""

RHYTHMS: Mapping[str, Mapping[str, tuple[Stroke, ...]]] = MappingProxyType(
    {
        "eighths": {
            "4/4": tuple(
                (step, 2, 0.35 if step % 8 == 0 else 0.05 if step % 4 == 0 else -0.25) for step in range(0, 16, 2)
            ),
            "3/4": tuple((step, 2, 0.35 if step == 0 else 0.0 if step % 4 == 0 else -0.25) for step in range(0, 12, 2)),
            "6/8": tuple((step, 2, 0.35 if step == 0 else 0.1 if step == 6 else -0.25) for step in range(0, 12, 2)),
        },
        "backbeat": {
            "4/4": ((4, 2, 0.2), (12, 2, 0.2)),
            "3/4": ((4, 2, 0.1), (8, 2, 0.1)),
            "6/8": ((4, 2, 0.0), (6, 2, 0.2), (10, 2, 0.0)),
        },
        "dangdut-chop": {
            "4/4": ((2, 1, 0.1), (3, 1, -0.3), (6, 2, 0.2), (10, 1, 0.1), (11, 1, -0.3), (14, 2, 0.2)),
        },
        "dangdut-chop-thin": {"4/4": ((2, 1, 0.1), (6, 1, 0.2), (10, 1, 0.1), (14, 1, 0.2))},
        "dangdut-chop-full": {
            "4/4": (
                (2, 1, 0.15), (3, 1, -0.3), (6, 1, 0.2), (7, 1, -0.3), (10, 1, 0.15), (11, 1, -0.3), (14, 2, 0.25),
            ),
        },
        "dangdut-keys": {
            "4/4": ((4, 2, 0.1), (7, 1, -0.2), (12, 2, 0.1), (14, 2, -0.1)),
        },
        "dangdut-keys-thin": {"4/4": ((4, 3, 0.1), (12, 3, 0.1))},
        "dangdut-keys-full": {
            "4/4": ((2, 1, 0.0), (4, 2, 0.2), (7, 1, -0.2), (10, 1, 0.0), (12, 2, 0.2), (15, 1, -0.2)),
        },
        "dangdut-koplo": {"4/4": ((0, 1, 0.2), (3, 2, 0.1), (6, 1, 0.0), (8, 1, 0.1), (11, 2, 0.1), (14, 1, 0.0))},
    }
)  # fmt: skip


def strokes(name: str, bar: Bar) -> tuple[Stroke, ...]:
    """The strokes of a rhythm in a bar of any metre."""
    table = RHYTHMS[name]
    found = table.get(str(bar.metre))
    if found is not None:
        return found
    beat = bar.beat_steps
    busy = len(next(iter(table.values()))) > 4
    result: list[Stroke] = []
    offset = beat // 2 if min(step for step, _, _ in next(iter(table.values()))) > 0 else 0
    for step in range(0, bar.steps, beat):
        at = step + offset
        if at < bar.steps:
            result.append((at, max(1, beat // 2 if busy else beat), 0.3 if step == 0 else 0.0))
        if busy and not offset and beat >= 4 and step + beat // 2 < bar.steps:
            result.append((step + beat // 2, beat // 2, -0.25))
    return tuple(result)
