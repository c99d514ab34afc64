"""A person's lines laid on the bars of a piece that the network writes: how many syllables begin in each bar.

A line has whole bars, as many as are nearest to the time that a line takes (`form.LINE_SECONDS`) and its syllables
need; the piano plays before and between stanzas. Where in its bars each syllable begins is the network's.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from senandung.composing.form import LINE_SECONDS
from senandung.composing.melody.rhythm import write_rhythm
from senandung.composing.melody.slots import SHORTEST_SECONDS
from senandung.composing.pieces.piece import METRES, STEPS_PER_QUARTER, TICKS_PER_STEP
from senandung.composing.pieces.room import syllable_room
from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.words import Line, Words
from senandung.language.syllables import syllabify_line

STANZA = 4
"""Lines after which the players have two bars alone."""

BEFORE, BETWEEN, AFTER = 4, 2, 0
"""Bars before the first line, between stanzas and after the last, where the length is not asked for. The voice ends
with the piece, where the grammar brings every part home; with two bars behind it, it ended on the tonic in 1 of 3."""

SYLLABLES_A_SECOND = 1.6
"""How fast Lieder are sung: held-out works have 1.5 syllables a second in their sung bars (quartiles 1.3 and 1.9)."""

USUAL_SYLLABLE = 1.5
"""How many times as long as the shortest a syllable is at least, on average, in the bars that a line is given."""


@dataclass(frozen=True)
class LaidLines:
    """Words, and how many of their syllables begin in each bar."""

    words: Words
    syllables: tuple[int, ...]


def lay_lines(
    lines: Sequence[str], language: str, metre: str, quarters_a_minute: float, *, bars: int | None, seed: int
) -> LaidLines:
    """Lay lines on bars, one after the other.

    Parameters
    ----------
    lines : as `senandung.language.lines.split_lines` gives them.
    language : "id" or "en".
    metre, quarters_a_minute : a name of `METRES`, and the tempo.
    bars : of the whole piece; None takes as many as the lines need. Where there are bars for it, all lines are sung
        again.
    seed : the same seed lays them in the same way.

    Raises `InvalidValueError` where the bars are too few.
    """
    held = [Line(line, found) for line in lines if (found := syllabify_line(line, language))]
    if not held:
        raise InvalidValueError("words must hold a syllable that can be sung")
    steps = METRES[metre].steps
    seconds = steps / STEPS_PER_QUARTER * 60 / quarters_a_minute
    sizes = [_bars_of(len(line.syllables), seconds, steps) for line in held]
    if bars is not None and sum(sizes) > bars:
        sizes = [_least_bars(len(line.syllables), seconds, steps) for line in held]
        if sum(sizes) > bars:
            raise InvalidValueError(
                f"{len(held)} lines need {sum(sizes)} bars of {metre} at this tempo or more, got {bars}: ask for more "
                "bars, fewer lines or a slower tempo"
            )
    if bars is not None:
        times = max((bars + BETWEEN) // (sum(sizes) + BETWEEN), 1)
        held, sizes = held * times, sizes * times
    breaks = [STANZA * number for number in range(1, (len(held) - 1) // STANZA + 1)]
    alone = _alone(bars, sum(sizes), len(breaks))
    rng = random.Random(seed)
    counts = [0] * alone[0]
    for number, (line, size) in enumerate(zip(held, sizes, strict=True)):
        if number in breaks:
            counts += [0] * alone[1]
        counts += _counts(line, size, metre, quarters_a_minute, rng)
    counts += [0] * ((bars or len(counts) + alone[2]) - len(counts))
    return LaidLines(Words(language, tuple(held)), tuple(counts))


def _bars_of(syllables: int, seconds: float, steps: int) -> int:
    """Bars of a line: 1, 2 or 4, nearest to its usual time, and more where its syllables would hurry."""
    wanted = max(syllables / SYLLABLES_A_SECOND, LINE_SECONDS)
    usual = min((1, 2, 4), key=lambda count: abs(count * seconds - wanted))
    needed = USUAL_SYLLABLE * SHORTEST_SECONDS * (syllables + 1)
    while usual * seconds < needed or usual * syllable_room(steps, last=True) < syllables:
        usual *= 2
    return usual


def _least_bars(syllables: int, seconds: float, steps: int) -> int:
    count = 1
    while count * seconds < SHORTEST_SECONDS * syllables or count * syllable_room(steps, last=True) < syllables:
        count += 1
    return count


def _alone(bars: int | None, sung: int, breaks: int) -> tuple[int, int, int]:
    """Bars before, between stanzas, and after."""
    if bars is None:
        return BEFORE, BETWEEN, AFTER
    spare = bars - sung
    between = min(spare // (breaks + 2), BETWEEN) if breaks else 0
    spare -= between * breaks
    return min(spare // 2, 2 * BEFORE), between, 0


def _counts(line: Line, size: int, metre: str, quarters_a_minute: float, rng: random.Random) -> list[int]:
    """How many syllables of a line begin in each of its bars, by a rhythm that would suit it."""
    ticks = METRES[metre].steps * TICKS_PER_STEP
    shape = Metre.parse(metre)
    stresses = [syllable.stressed for syllable in line.syllables]
    beats = write_rhythm(stresses, size * ticks, shape, 60 / quarters_a_minute, rng)
    counts = [0] * size
    for onset, _ in beats:
        counts[min(onset // ticks, size - 1)] += 1
    most = syllable_room(METRES[metre].steps, last=True)
    for bar in range(size - 1):  # what one bar cannot hold the next begins
        if counts[bar] > most:
            counts[bar + 1] += counts[bar] - most
            counts[bar] = most
    for bar in range(size - 1, 0, -1):
        if counts[bar] > most:
            counts[bar - 1] += counts[bar] - most
            counts[bar] = most
    return counts
