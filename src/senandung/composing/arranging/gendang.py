"""The gendang of dangdut: its patterns by syllable, as tables, and the part that is made of them.

Chalte is described as five sounds, three on the large drum and two on the small; koplo is quicker, plays the large drum
twice as often, and fills the ends of lines (Setiaji 2017, "Tinjauan karakteristik dangdut koplo", Handep 1/1; Weintraub
as quoted there). Which step a sound falls on is the project's own reading, no transcription. The rolling "dut" before
the bar line is what the music is named for (commonly stated).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar
from senandung.domain.hand_drums import stroke_key
from senandung.domain.song import Note

Row = tuple[tuple[int, str, int], ...]
"""Sixteenth in the bar, syllable, velocity."""

GENDANG: Mapping[str, Mapping[str, Row]] = MappingProxyType(
    {
        "gendang-chalte": {
            "plain": (
                (0, "tang", 92), (3, "tak", 70), (4, "tak", 84), (6, "dut", 104), (7, "dut", 86),
                (8, "tang", 84), (11, "tak", 66), (12, "tak", 88), (14, "dut", 112), (15, "dut", 80),
            ),
            "soft": (
                (0, "tang", 80), (4, "tak", 74), (6, "dut", 92), (8, "tang", 70), (12, "tak", 76), (14, "dut", 98),
            ),
            "dense": (
                (0, "tang", 96), (1, "tek", 52), (2, "tek", 60), (3, "tak", 74), (4, "tak", 90), (5, "tek", 50),
                (6, "dut", 108), (7, "dut", 90), (8, "tang", 92), (9, "tek", 52), (10, "tung", 70), (11, "tak", 70),
                (12, "tak", 94), (13, "tek", 54), (14, "dut", 116), (15, "dut", 88),
            ),
            "fill": (
                (0, "tang", 92), (2, "tak", 80), (3, "tak", 74), (4, "tung", 86), (6, "tung", 78), (7, "tak", 80),
                (8, "tak", 90), (9, "tak", 84), (10, "tung", 90), (11, "tung", 84), (12, "tang", 98), (13, "tang", 90),
                (14, "dut", 114), (15, "dut", 100),
            ),
        },
        "gendang-koplo": {
            "plain": (
                (0, "dut", 106), (2, "tang", 80), (3, "dut", 90), (4, "tak", 88), (6, "dut", 104), (7, "dut", 86),
                (8, "tang", 90), (10, "dut", 98), (11, "tang", 74), (12, "tak", 92), (13, "dut", 84), (14, "dut", 112),
                (15, "duk", 84),
            ),
            "soft": (
                (0, "dut", 92), (3, "dut", 76), (4, "tak", 76), (6, "dut", 92), (8, "tang", 76), (10, "dut", 86),
                (12, "tak", 78), (14, "dut", 100),
            ),
            "dense": (
                (0, "dut", 110), (1, "tek", 56), (2, "tang", 84), (3, "dut", 92), (4, "tak", 94), (5, "tang", 66),
                (6, "dut", 108), (7, "dut", 90), (8, "tang", 94), (9, "tek", 60), (10, "dut", 102), (11, "tang", 80),
                (12, "tak", 96), (13, "dut", 88), (14, "ndut", 116), (15, "tung", 76),
            ),
            "fill": (
                (0, "dam", 104), (2, "tung", 84), (3, "tung", 80), (4, "tak", 92), (5, "tak", 84), (6, "no", 90),
                (7, "tung", 82), (8, "tak", 96), (9, "tak", 90), (10, "tung", 92), (11, "tak", 86), (12, "dam", 106),
                (14, "ndut", 118),
            ),
        },
    }
)  # fmt: skip
"""Rows of a bar of 4/4 by pattern: plain, soft, dense (every other full bar), and the fill before a new section."""


def gendang_bar(pattern: str, bar: Bar, rng: random.Random, *, fills: bool, begins: bool, scale: float) -> list[Note]:
    """A bar of the gendang; `fills` where a fill may stand, `begins` in the part's first bar, `scale` of velocities."""
    rows = GENDANG.get(pattern, GENDANG["gendang-chalte"])
    dense = bar.fullness >= 0.68 and bar.place % 2 == 1
    name = "soft" if bar.fullness < 0.4 else "dense" if dense else "plain"
    if fills:
        name = "fill" if bar.closes_section else "dense"
    elif begins:
        name = "fill"
    row = [hit for hit in rows[name] if hit[0] < bar.steps]
    if bar.steps != 16:
        beats = [(step, (step // bar.beat_steps) % 2) for step in range(0, bar.steps, 2)]
        row = [(step, "dut" if step == 0 else "tak" if odd else "tang", 80) for step, odd in beats]
    ghost = rng.randint(-4, 4)
    return [
        Note(bar.onset + step * STEP, STEP, stroke_key("gendang", syllable), bounded((velocity + ghost) * scale))
        for step, syllable, velocity in row
    ]


def bounded(velocity: float) -> int:
    """A velocity that a drum can have.

    >>> bounded(3.2), bounded(200.0)
    (10, 122)
    """
    return max(10, min(122, round(velocity)))
