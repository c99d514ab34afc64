"""Rhythm of a sung line: where each syllable begins and how long it is held.

The bars of a line are drawn from the learned patterns, which say where so many syllables begin in a bar that opens,
continues or closes a phrase; where no pattern fits (odd metres, very many syllables) places are drawn by their metrical
weight. Of many candidates the one is kept whose strong places carry the stressed syllables.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from senandung.composing.melody.slots import SHORTEST_SECONDS, grid_of
from senandung.composing.melody.tunes import USUAL, Tunes, ratio_of
from senandung.domain.metre import Metre
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick

CANDIDATES = 40
"""Rhythms tried for a line."""

LAST_SECONDS = 0.8
"""A line's last syllable and its breath have at least a beat and about this long: a shorter one sounds cut off."""

EVEN = 0.7
"""Lines in which more than this share of the syllables are equally long sound like counting."""

FLOW = 3.0
"""What a person's ratios of long and short notes weigh in a line."""

SIXTEENTH = TICKS_PER_QUARTER // 4

Beat = tuple[Tick, Tick]
"""Onset within the slot (a pickup's is below 0), and duration."""

Choice = tuple[tuple[Tick, ...], float]
"""Onsets in a bar, and how often they were seen."""


def fitting_grid(count: int, length: Tick, quarter_seconds: Second) -> Tick:
    """The grid of a line: `grid_of`, made finer until `count` syllables and a last longer one fit in `length`."""
    grid = grid_of(quarter_seconds)
    while grid > 30 and (count + 1) * grid > length:
        grid //= 2
    return grid


def write_rhythm(
    stresses: Sequence[bool],
    length: Tick,
    metre: Metre,
    quarter_seconds: Second,
    rng: random.Random,
    *,
    push: float = 0.0,
    whole: bool = False,
    tunes: Tunes = USUAL,
) -> tuple[Beat, ...]:
    """Onset and duration of every syllable of a line inside a slot.

    Parameters
    ----------
    stresses : for each syllable whether it is stressed.
    length : of the slot in ticks; the slot begins on a strong beat.
    metre, quarter_seconds : where strong beats are and how fast they come.
    rng : the source of chance.
    push : 0..1, how readily a strong syllable comes half a beat early, as in pop singing.
    whole : True where the line must reach the slot's last bar; otherwise a short one may end a bar early.
    tunes : whose bars are drawn from.
    """
    count = len(stresses)
    grid = fitting_grid(count, length, quarter_seconds)
    best: tuple[float, tuple[Tick, ...]] = (-math.inf, ())
    for _ in range(CANDIDATES):
        drawn = None
        if grid >= SIXTEENTH:
            drawn = _draw_bars(count, length, metre, quarter_seconds, rng, whole=whole, tunes=tunes)
        onsets, seen = drawn or (_draw_places(count, length, grid, metre, rng), -1.5)
        score = 0.35 * seen + _score(onsets, stresses, length, metre, quarter_seconds) + rng.gauss(0, 0.4)
        score += _flows(onsets, tunes.flow(str(metre)))
        best = max(best, (score, onsets))
    onsets = _pushed(best[1], metre, quarter_seconds, push, rng)
    return hold(onsets, length, metre)


# learned bars


@lru_cache(maxsize=512)
def _choices(tunes: Tunes, metre: str, place: str, count: int, finest: Tick, least: Tick) -> tuple[Choice, ...]:
    """The patterns of a bar that can be sung: on the grid, no gap below `least` ticks."""
    found = []
    for pattern, times in tunes.bars(metre, place, count).items():
        onsets = tuple(int(step) * SIXTEENTH for step in pattern.split())
        if all(onset % finest == 0 for onset in onsets) and all(b - a >= least for a, b in pairwise(onsets)):
            found.append((onsets, times))
    return tuple(found)


def _draw_bars(
    count: int,
    length: Tick,
    metre: Metre,
    quarter_seconds: Second,
    rng: random.Random,
    *,
    whole: bool,
    tunes: Tunes,
) -> tuple[tuple[Tick, ...], float] | None:
    """Onsets from learned bars and the mean log share of their choice; None where none fit."""
    bars, rest = divmod(length, metre.bar_ticks)
    if rest or not 1 <= bars <= 4:
        return None
    if not whole and bars > 1 and count <= 3 * (bars - 1) and rng.random() < 0.5:
        bars -= 1  # a short line ends early and leaves room
    finest = grid_of(quarter_seconds) if not metre.is_compound else max(grid_of(quarter_seconds), 2 * SIXTEENTH)
    least = max(finest, int(SHORTEST_SECONDS * TICKS_PER_QUARTER / quarter_seconds))
    onsets: list[Tick] = []
    seen = 0.0
    left = count
    for bar in range(bars):
        place = "only" if bars == 1 else "first" if bar == 0 else "last" if bar == bars - 1 else "inner"
        options: list[tuple[Choice, float]] = []
        for number in [left] if bar == bars - 1 else range(max(left - 10 * (bars - 1 - bar), 0), left):
            share = (left - number) / max(bars - 1 - bar, 1) if bar < bars - 1 else 0
            lean = math.exp(-0.12 * (number - share) ** 2) if bar < bars - 1 else 1.0
            choices = _choices(tunes, str(metre), place, number, finest, least)
            options.extend((choice, choice[1] * lean) for choice in choices)
        if not options:
            return None
        total = sum(weight for _, weight in options)
        (chosen, _), weight = rng.choices(options, [weight for _, weight in options])[0]
        seen += math.log(weight / total)
        onsets.extend(bar * metre.bar_ticks + onset for onset in chosen)
        left -= len(chosen)
    return tuple(onsets), seen / bars


# places by metrical weight


def _draw_places(count: int, length: Tick, grid: Tick, metre: Metre, rng: random.Random) -> tuple[Tick, ...]:
    tail = min(max(length // 5, grid), metre.beat_ticks * 2)
    places = list(range(0, max(length - tail, grid), grid))
    if len(places) < count:
        places = list(range(0, length, grid))
    weights = [(0.35, 0.9, 1.8, 2.4, 3.0)[metre.weight(place)] * math.exp(-0.25 * place / length) for place in places]
    # Weighted sampling without replacement: Efraimidis & Spirakis (2006).
    keys = {place: rng.random() ** (1 / weight) for place, weight in zip(places, weights, strict=True)}
    onsets = sorted(sorted(places, key=lambda place: -keys[place])[:count])
    while len(onsets) < count:
        onsets.append(onsets[-1] + max((length - onsets[-1]) // (count - len(onsets) + 2), 1))
    return tuple(onsets)


# choosing


def _score(
    onsets: Sequence[Tick], stresses: Sequence[bool], length: Tick, metre: Metre, quarter_seconds: Second
) -> float:
    """Higher for stress on strong beats and long notes, even flow, a long last syllable, and no rush."""
    score = 0.0
    gaps = [b - a for a, b in pairwise(onsets)]
    for onset, stressed in zip(onsets, stresses, strict=True):
        score += (0.4 if stressed else -0.15) * (metre.weight(onset) - 1.5)
    least = SHORTEST_SECONDS * 1.5 * TICKS_PER_QUARTER / quarter_seconds
    mean = sum(gaps) / len(gaps) if gaps else 0
    for gap, stressed in zip(gaps, stresses, strict=False):
        score -= 1.2 * max(0.0, (least - gap) / least)
        score -= 0.25 * abs(math.log2(gap / mean))
        score += 0.2 * math.log2(gap / mean) * (1 if stressed else -1)
        score -= 0.5 * max(0.0, math.log2(gap / (1.5 * metre.beat_ticks)))  # a hole inside the line
    last = length - onsets[-1]
    score -= 0.6 * abs(math.log2(max(last, 1) / (metre.bar_ticks * 0.6)))
    score += 0.25 * (metre.weight(onsets[-1]) - 1)
    score -= 3.0 * max(0.0, 1 - last / max(LAST_SECONDS * TICKS_PER_QUARTER / quarter_seconds, metre.beat_ticks))
    if len(gaps) >= 4:
        same = max(gaps.count(gap) for gap in gaps) / len(gaps)
        score -= 6.0 * max(0.0, same - EVEN)
    return score - 0.5 * (onsets[0] / metre.bar_ticks)


def _flows(onsets: Sequence[Tick], flow: Mapping[float, float]) -> float:
    """Higher where long and short notes follow each other as in a person's tunes; 0 where nothing is known of them."""
    gaps = [b - a for a, b in pairwise(onsets)]
    if not flow or len(gaps) < 2:
        return 0.0
    return FLOW * sum(flow.get(ratio_of(a, b), 0.0) for a, b in pairwise(gaps)) / (len(gaps) - 1)


def _pushed(
    onsets: tuple[Tick, ...], metre: Metre, quarter_seconds: Second, push: float, rng: random.Random
) -> tuple[Tick, ...]:
    """Some syllables on beats inside the line come half a beat early where there is room."""
    if metre.is_compound or push <= 0:
        return onsets
    half = metre.beat_ticks // 2
    least = SHORTEST_SECONDS * TICKS_PER_QUARTER / quarter_seconds
    moved = list(onsets)
    for index in range(1, len(moved)):
        free = moved[index] - moved[index - 1] - half >= max(half, least)
        if moved[index] % metre.beat_ticks == 0 and free and rng.random() < push:
            moved[index] -= half
    return tuple(moved)


def hold(onsets: Sequence[Tick], length: Tick, metre: Metre) -> tuple[Beat, ...]:
    """Each syllable is held to the next, two beats and a half at most; the last leaves a breath before the end."""
    longest = metre.beat_ticks * 5 // 2
    beats = [(a, min(b - a, longest)) for a, b in pairwise(onsets)]
    rest = length - onsets[-1]
    breath = max(min(metre.beat_ticks // 2, rest // 4 // 60 * 60), 0)
    held = min(rest - breath, metre.bar_ticks * 5 // 4)
    return (*beats, (onsets[-1], max(held, 1)))
