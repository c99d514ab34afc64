"""Small ornaments of wind and bowed instruments in Indonesian idioms."""

from __future__ import annotations

import random
from collections.abc import Iterable

from senandung.composing.arranging.chart import STEP, Chart
from senandung.composing.arranging.line import scale_pitches, snap
from senandung.domain.song import Note

GRACE = STEP // 2
"""A thirty-second."""


def ornamented(chart: Chart, notes: Iterable[Note], rng: random.Random, share: float) -> list[Note]:
    """Some longer tones begun with a turn over the upper neighbour (near the singers' gregel).

    Parameters
    ----------
    share : the share of tones of a beat or more that are ornamented, 0..1.
    """
    result: list[Note] = []
    beat = chart.sketch.plan.metre.beat_ticks
    for note in notes:
        bar = chart.bar_at(note.onset)
        scale = scale_pitches(chart, bar, note.onset, note.pitch - 4, note.pitch + 5)
        upper = scale[min(len(scale) - 1, snap(scale, note.pitch) + 1)]
        if note.duration < beat or rng.random() >= share or upper == note.pitch:
            result.append(note)
            continue
        rest = note.duration - 2 * GRACE
        soft = max(1, note.velocity - 8)
        result.append(Note(note.onset, GRACE, note.pitch, note.velocity))
        result.append(Note(note.onset + GRACE, GRACE, upper, soft))
        result.append(Note(note.onset + 2 * GRACE, rest, note.pitch, soft))
    return result
