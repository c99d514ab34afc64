"""Rhythm of a sung line: where each syllable begins and how long it is held."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

from senandung.domain.metre import Metre
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick

SHORTEST_SECONDS = 0.16
"""A sung syllable takes at least about this long; only an overfull line goes below."""

CANDIDATES = 48
"""Rhythms tried for a line."""

Beat = tuple[Tick, Tick]
"""Onset within the slot, and duration."""


def grid_of(quarter_seconds: Second) -> Tick:
    """The finest step, in ticks, on which syllables begin: sixteenths only where they can be sung."""
    fine = TICKS_PER_QUARTER // 4
    return fine if quarter_seconds / 4 >= SHORTEST_SECONDS else 2 * fine


def fitting_grid(count: int, length: Tick, quarter_seconds: Second) -> Tick:
    """The grid of a line: `grid_of`, made finer until `count` syllables and a last longer one fit in `length`."""
    grid = grid_of(quarter_seconds)
    while grid > 30 and (count + 1) * grid > length:
        grid //= 2
    return grid


def write_rhythm(
    stresses: Sequence[bool], length: Tick, metre: Metre, quarter_seconds: Second, rng: random.Random
) -> tuple[Beat, ...]:
    """Onset and duration of every syllable of a line inside a slot that begins on a bar line.

    Parameters
    ----------
    stresses : for each syllable whether it is stressed.
    length : of the slot in ticks.
    metre, quarter_seconds : where strong beats are and how fast they come.
    rng : the source of chance.
    """
    count = len(stresses)
    grid = fitting_grid(count, length, quarter_seconds)
    best: tuple[float, tuple[Tick, ...]] = (-math.inf, ())
    for _ in range(CANDIDATES):
        onsets = _draw(count, length, grid, metre, rng)
        best = max(best, (_score(onsets, stresses, length, metre, quarter_seconds) + rng.gauss(0, 0.35), onsets))
    return _held(best[1], length, metre, grid)


def _draw(count: int, length: Tick, grid: Tick, metre: Metre, rng: random.Random) -> tuple[Tick, ...]:
    tail = min(max(length // 5, grid), metre.beat_ticks * 2)
    places = list(range(0, max(length - tail, grid), grid))
    if len(places) < count:
        places = list(range(0, length, grid))
    chosen: set[Tick] = set()
    weights = [(0.35, 0.9, 1.8, 2.4, 3.0)[metre.weight(place)] * math.exp(-0.25 * place / length) for place in places]
    while len(chosen) < min(count, len(places)):
        chosen.add(rng.choices(places, weights)[0])
        if len(places) - len(chosen) < len(places) * 0.2:  # nearly full: take what is left in order
            chosen.update([place for place in places if place not in chosen][: count - len(chosen)])
    onsets = sorted(chosen)
    while len(onsets) < count:
        onsets.append(onsets[-1] + max((length - onsets[-1]) // (count - len(onsets) + 2), 1))
    return tuple(onsets)


def _score(
    onsets: Sequence[Tick], stresses: Sequence[bool], length: Tick, metre: Metre, quarter_seconds: Second
) -> float:
    """Higher for stress on strong beats, even flow, a long last syllable, and no rush."""
    score = 0.0
    gaps = [b - a for a, b in pairwise(onsets)]
    for onset, stressed in zip(onsets, stresses, strict=True):
        weight = metre.weight(onset)
        score += (0.35 if stressed else -0.12) * (weight - 1.5)
    least = SHORTEST_SECONDS * 1.4 * TICKS_PER_QUARTER / quarter_seconds
    mean = sum(gaps) / len(gaps) if gaps else 0
    for gap, stressed in zip(gaps, stresses, strict=False):
        score -= 0.8 * max(0.0, (least - gap) / least)
        score -= 0.5 * abs(math.log2(gap / mean))
        score += 0.15 * math.log2(gap / mean) * (1 if stressed else -1)
    last = length - onsets[-1]
    score -= 0.7 * abs(math.log2(max(last, 1) / (metre.bar_ticks * 0.55)))
    score += 0.3 * (metre.weight(onsets[-1]) - 1)
    return score - 0.4 * (onsets[0] / metre.bar_ticks)


def _held(onsets: Sequence[Tick], length: Tick, metre: Metre, grid: Tick) -> tuple[Beat, ...]:
    """Each syllable is held to the next; the last one leaves a breath before the slot ends."""
    beats = [(a, b - a) for a, b in pairwise(onsets)]
    rest = length - onsets[-1]
    breath = min(metre.beat_ticks // 2, rest // 4 // 30 * 30)
    held = min(rest - breath, 2 * metre.bar_ticks)
    return (*beats, (onsets[-1], max(held, min(grid, rest))))
