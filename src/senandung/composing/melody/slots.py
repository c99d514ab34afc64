"""Where each line is sung: its share of its section, whole bars where it can be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from senandung.composing.plan import VOCAL_KINDS, Plan
from senandung.domain.feeling import Feeling
from senandung.domain.song import Section
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick
from senandung.domain.words import Line, Words

SHORTEST_SECONDS = 0.16
"""A sung syllable takes at least about this long; only an overfull line goes below."""

Held = tuple[tuple[bool, ...], int | None]
"""A line's stresses, and the number of its first syllable (None where nobody sings)."""


@dataclass(frozen=True)
class Slot:
    """Where a line is sung: ticks from `start` to `end`, its place among its section's lines, and its line."""

    section: int
    index: int
    start: Tick
    end: Tick
    stresses: tuple[bool, ...]
    first_syllable: int | None
    closes: bool = False

    @property
    def length(self) -> Tick:
        """Ticks from start to end."""
        return self.end - self.start


def grid_of(quarter_seconds: Second) -> Tick:
    """The finest step, in ticks, on which syllables begin: sixteenths only where they can be sung."""
    fine = TICKS_PER_QUARTER // 4
    return fine if quarter_seconds / 4 >= SHORTEST_SECONDS else 2 * fine


def place_lines(plan: Plan, sections: Sequence[Section], words: Words, feeling: Feeling, seed: int) -> tuple[Slot, ...]:
    """A slot for every line of the words, in order; without words, for every phrase of an instrumental.

    Lines share their section equally, on bar lines where there are bars enough, else on beats. Where one is too long
    for that, each gets what its syllables need.
    """
    slots: list[Slot] = []
    lines: dict[int, list[tuple[int, Line]]] = {}
    for first, line in zip(words.line_starts, words.lines, strict=True):
        lines.setdefault(line.section, []).append((first, line))
    for at, section in enumerate(sections):
        held: list[Held]
        if words.lines:
            held = [(tuple(s.stressed for s in line.syllables), first) for first, line in lines.get(at, [])]
        elif section.kind in VOCAL_KINDS:
            held = [(stresses, None) for stresses in _wordless(plan, at, feeling, seed)]
        else:
            held = []
        if held:
            slots.extend(_divide(plan, at, section, held))
    if slots and slots[-1].end < sections[slots[-1].section].end:  # the last line comes home with its section
        last, end = slots[-1], sections[slots[-1].section].end
        slots[-1] = replace(last, start=end - last.length, end=end)
    return tuple(slots)


def _wordless(plan: Plan, at: int, feeling: Feeling, seed: int) -> list[tuple[bool, ...]]:
    """Phrases of an instrumental, two bars each: a motif, its answer, the motif again, a shorter close."""
    section = plan.sections[at]
    rng = random.Random(f"{section.kind} {seed}")
    base = max(8 + round(2 * feeling.arousal) + rng.choice((-1, 0, 1)) - (1 if plan.metre.beats < 4 else 0), 5)
    sizes = (base, base + 2, base, base - 2)
    count = max(section.bars // 2, 1)
    return [tuple(index % 2 == 0 for index in range(sizes[phrase % 4])) for phrase in range(count)]


def _divide(plan: Plan, at: int, section: Section, held: Sequence[Held]) -> list[Slot]:
    bar = plan.metre.bar_ticks
    total = section.duration
    quarter_seconds: Second = 60 / plan.bpm * 480 / plan.metre.beat_ticks
    count = max(len(held), plan.sections[at].slots if held[0][1] is not None else 0)
    beat = plan.metre.beat_ticks
    part = beat // 3 if plan.metre.is_compound else beat // 2
    units = [bar, *([bar // 2] if bar % (2 * beat) == 0 else []), beat, *([part] if part % 120 == 0 else []), 120, 30]
    step = next(unit for unit in units if total // unit >= count or unit <= 120)
    edges = [total * place // count // step * step for place in range(len(held) + 1)]
    needs = [len(stresses) + 1.5 for stresses, _ in held]
    least = grid_of(quarter_seconds)
    if _tight(edges, needs, least):
        whole = [unit for unit in units if unit > 120]
        # Sixteenths that are sung too fast still sound better than lines that begin between the beats.
        for unit, shortest in [*((u, least) for u in whole), *((u, 120) for u in whole), (120, 45), (30, 45)]:
            edges = _by_need(total, needs, unit)
            if not _tight(edges, needs, shortest):
                break
    return [
        Slot(at, index, section.onset + start, section.onset + end, stresses, first, index == len(held) - 1)
        for index, ((stresses, first), start, end) in enumerate(zip(held, edges, edges[1:], strict=False))
    ]


def _tight(edges: Sequence[Tick], needs: Sequence[float], least: float) -> bool:
    return any(end - start < need * least for (start, end), need in zip(pairwise(edges), needs, strict=True))


def _by_need(total: Tick, needs: Sequence[float], unit: Tick) -> list[Tick]:
    whole = sum(needs)
    edges = [round(total * sum(needs[:place]) / whole / unit) * unit for place in range(len(needs))]
    return [*edges, total]
