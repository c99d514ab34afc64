"""Free passages as tables, the three parts of a voorspel, and the ornaments of flute and violin.

A voorspel is played by one after another, ad libitum: first the violin, the guitar answers, the violin (or the flute)
leads into the engkel (Tukiyo in Nugroho 2015), on I and V (Harmunah 1994), and its last tones invite all into I
(Guritno). The violin's ornaments are cengkok (as a gruppetto), gregel (a mordent), acciaccatura and trill, beside embat
and mbesut, the swaying and the slid tone ("Uniknya sebutan ilmu musik Barat dalam keroncong", fisella 2021), which are
the performer's. How often, and the passages themselves, are ours.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Chart
from senandung.composing.arranging.keroncong.pace import opening, voorspel_bars
from senandung.composing.arranging.line import scale_pitches, snap
from senandung.composing.arranging.voicing import tones
from senandung.domain.song import Note
from senandung.domain.time import Tick

Passage = tuple[tuple[int, str, int], ...]
"""Sixteenths, "c" or "s" for a way over chord tones or over the scale, and how many of them from the tone before."""

GRACE: Tick = STEP // 2

CALLS: tuple[Passage, ...] = (
    (
        (6, "c", 0), (1, "s", 1), (1, "s", 1), (1, "s", 1), (1, "s", 1), (1, "s", -1), (1, "s", 1), (4, "c", 1),
        (2, "c", 0), (1, "s", -1), (1, "s", -1), (2, "c", -1), (1, "s", 1), (1, "s", -1), (2, "s", -1), (6, "c", 0),
    ),
    (
        (2, "c", 0), (2, "c", 1), (2, "c", 1), (6, "c", 1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1),
        (1, "c", -1), (1, "c", 1), (1, "s", 1), (1, "s", -1), (2, "s", -1), (2, "s", -1), (8, "c", 0),
    ),
    (
        (4, "c", 1), (1, "s", -1), (1, "s", 1), (1, "s", 1), (1, "s", 1), (8, "c", 1),
        (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (2, "c", 0), (1, "s", 1), (1, "s", -1), (8, "c", -1),
    ),
)  # fmt: skip
"""The first part of a voorspel, two bars: up to a held tone, and down."""

ANSWERS: tuple[Passage, ...] = (
    (
        (1, "c", 0), (1, "c", 1), (1, "c", 1), (1, "c", 1), (1, "c", 1), (1, "c", 1), (1, "s", 1), (1, "s", -1),
        (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (4, "c", -1),
    ),
    (
        (1, "c", 0), (1, "c", 1), (1, "c", -1), (1, "c", 2), (1, "c", -1), (1, "c", 2), (1, "c", -1), (1, "c", 2),
        (1, "s", -1), (1, "s", -1), (2, "c", -1), (4, "c", -1),
    ),
)  # fmt: skip
"""The second part, a bar of the guitar."""

INVITATIONS: tuple[Passage, ...] = (
    (
        (1, "c", 1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", -1), (1, "s", 1),
        (4, "c", 0), (1, "s", 1), (1, "s", -1), (1, "s", 1), (1, "s", 1),
    ),
    (
        (4, "c", 1), (1, "s", -1), (1, "s", -1), (1, "c", -1), (1, "s", 1), (4, "c", -1), (1, "s", -1), (1, "s", 1),
        (1, "s", 1), (1, "s", 1),
    ),
)  # fmt: skip
"""The last part, a bar: down, a held tone, and the pick-up into the band's first bar."""

FLUTE_FILLS: tuple[Passage, ...] = (
    ((2, "c", -1), (1, "c", 2), (2, "c", -1), (1, "c", 2), (2, "c", -2), (2, "c", 1)),
    ((1, "c", -1), (1, "c", 1), (1, "c", 1), (1, "c", 1), (2, "s", 1), (1, "s", -1), (1, "s", -1)),
    ((1, "s", 1), (1, "s", 1), (1, "s", 1), (1, "s", 1), (2, "c", 1), (2, "c", -1), (2, "c", 1)),
    ((2, "c", -1), (1, "s", 1), (1, "s", -1), (2, "c", 1), (1, "s", 1), (1, "s", -1), (2, "c", 1), (2, "c", -1)),
)
"""The flute in the voice's rests: low tones that weigh, high ones cut short, and runs."""

VIOLIN_FILLS: tuple[Passage, ...] = (
    ((3, "c", 1), (1, "s", -1), (2, "s", -1), (2, "s", -1), (4, "c", 0)),
    ((2, "c", -1), (2, "s", 1), (2, "s", 1), (1, "s", 1), (1, "s", -1), (4, "c", 0)),
    ((4, "c", 1), (1, "s", -1), (1, "s", 1), (2, "s", -1), (2, "s", -1), (2, "c", -1)),
)
"""The violin where it has nothing to imitate."""

# How often a tone of so many ticks is ornamented: (ornament, share, shortest).
ORNAMENTS: Mapping[str, tuple[tuple[str, float, Tick], ...]] = MappingProxyType(
    {
        "violin": (("trill", 0.15, 960), ("cengkok", 0.35, 720), ("gregel", 0.30, 480), ("acciaccatura", 0.10, 240)),
        "flute": (("trill", 0.25, 960), ("gregel", 0.30, 480), ("cengkok", 0.15, 720), ("acciaccatura", 0.12, 240)),
    }
)
"""Tried in this order; other instruments are ornamented as the flute."""


def voorspel_parts(chart: Chart) -> tuple[tuple[Tick, Tick], ...]:
    """First and end tick of the three parts of the voorspel: half, a quarter and a quarter of it; () without one."""
    first = chart.bars[0]
    count = voorspel_bars(first)
    if opening(chart) != "voorspel" or first.section.kind != "intro" or count == 0 or chart.is_led(first.section):
        return ()
    beat = first.metre.beat_ticks
    length = count * first.ticks
    cuts = (0, length // 2 // beat * beat, (3 * length // 4) // beat * beat, length)
    return tuple((first.onset + a, first.onset + b) for a, b in pairwise(cuts))


def passage(
    chart: Chart, start: Tick, end: Tick, table: Passage, place: int, low: int, high: int, accent: float = 0.05
) -> list[Note]:
    """The passage from `start`, told in tones near `place`; cut or its last tone held so that it lasts until `end`."""
    notes: list[Note] = []
    tick = start
    for index, (steps, way, move) in enumerate(table):
        if tick >= end:
            break
        bar = chart.bar_at(tick)
        until = end if index == len(table) - 1 else min(end, tick + steps * STEP)
        ladder = scale_pitches(chart, bar, tick, low, high)
        if way == "c":
            chord = tones(bar.chord_at(tick))
            ladder = [pitch for pitch in range(low, high + 1) if pitch % 12 in chord]
        at = snap(ladder, place)
        # The nearest chord tone may be a step of the way already.
        gone = (ladder[at] > place) - (ladder[at] < place) if way == "c" else 0
        way_left = move - gone if move * gone > 0 else move
        aim = at + way_left
        if not 0 <= aim < len(ladder):  # turned back at the end of the range
            aim = max(0, min(len(ladder) - 1, at - way_left))
        place = ladder[aim]
        weight = bar.metre.weight(tick - bar.onset)
        notes.append(Note(tick, until - tick, place, chart.velocity(bar, accent + 0.1 * (weight - 2), 66)))
        tick = until
    return notes


def ornamented(chart: Chart, notes: Iterable[Note], instrument: str, rng: random.Random) -> list[Note]:
    """The notes with ornaments written out in thirty-seconds, as often as `ORNAMENTS` has them."""
    rows = ORNAMENTS.get(instrument, ORNAMENTS["flute"])
    result: list[Note] = []
    for note in notes:
        luck = [rng.random() for _ in rows]
        kind = next(
            (k for (k, share, least), x in zip(rows, luck, strict=True) if note.duration >= least and x < share), ""
        )
        result += _ornament(chart, note, kind)
    return result


def _ornament(chart: Chart, note: Note, kind: str) -> Sequence[Note]:
    bar = chart.bar_at(note.onset)
    scale = scale_pitches(chart, bar, note.onset, note.pitch - 5, note.pitch + 5)
    at = snap(scale, note.pitch)
    upper, lower = scale[min(len(scale) - 1, at + 1)], scale[max(0, at - 1)]
    if not kind or scale[at] != note.pitch or note.pitch in (upper, lower):
        return [note]
    if kind == "acciaccatura":
        return _line(note, [(GRACE, lower)], note.pitch)
    if kind == "gregel":
        return _line(note, [(GRACE, note.pitch), (GRACE, upper)], note.pitch)
    if kind == "cengkok":  # held first, turned round before it goes on
        held = note.duration // 2 // GRACE * GRACE
        return _line(note, [(held, note.pitch), (GRACE, upper), (GRACE, note.pitch), (GRACE, lower)], note.pitch)
    shakes = max(2, note.duration // 2 // (2 * GRACE))
    return _line(note, [(GRACE, pitch) for _ in range(shakes) for pitch in (note.pitch, upper)], note.pitch)


def _line(note: Note, first: Sequence[tuple[Tick, int]], last: int) -> list[Note]:
    notes: list[Note] = []
    tick = note.onset
    for length, pitch in first:
        notes.append(Note(tick, length, pitch, note.velocity if not notes else max(1, note.velocity - 6)))
        tick += length
    return [*notes, Note(tick, note.end - tick, last, max(1, note.velocity - 4))]
