"""What was read of traces, as a picture: the plane with each trace, the feeling over time, the words coloured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from senandung.domain.feeling import BASIC, Feeling
from senandung.domain.reading import Reading, WeighedWord
from senandung.drawing.figure import (
    AROUSAL_COLOUR,
    GRID,
    INK,
    PAPER,
    SOFT,
    TENSION_COLOUR,
    TRACK_COLOURS,
    VALENCE_COLOUR,
    new_figure,
    plain_text,
    save_figure,
)
from senandung.drawing.fonts import fit
from senandung.drawing.labels import clock, label
from senandung.drawing.plane import draw_plane

PLEASANT, UNPLEASANT = "#c9771b", "#2f6f9f"
"""Colours of words that pull up and down in valence."""

WIDE, ROW = 15.0, 2.3
"""Width of the picture and height of a trace's row, in inches."""

MOST_ROWS = 6
"""Traces with a row of their own; the others are in the plane only."""

LINE = 0.33
"""Inches of a line of words."""

MOST_WORDS = 90
"""Words of a text that are shown."""

_BASIC_COLOURS = {
    "cinta": "#b0568a", "senang": "#c58a1b", "marah": "#b3352a", "takut": "#7d5ba6", "sedih": "#2f6f9f",
    "netral": "#8a867f",
}  # fmt: skip


def save_readings(feeling: Feeling, readings: Sequence[Reading], sentence: str, language: str, path: Path) -> None:
    """Write a PNG of a feeling and of the traces that it was read from.

    Parameters
    ----------
    readings : a row each, at most `MOST_ROWS`: a curve over time, or the words of a text in the colour of their pull.
    sentence : stands above; language : "id" or "en", of the labels.
    """
    rows = [reading for reading in readings if reading.curve or reading.words][:MOST_ROWS]
    heights = [_height(reading) for reading in rows]
    tall = max(6.35, 1.0 + math.fsum(heights))
    figure = new_figure(WIDE, tall)
    figure.text(0.03, 1 - 0.33 / tall, plain_text(fit(sentence, "Senandung-Bold", 12, 1020)), fontsize=12,
                weight="bold", color=INK, va="center")  # fmt: skip
    side = 4.6
    plane = figure.add_axes((0.045, (tall - 0.75 - side) / tall, side / WIDE, side / tall))
    draw_plane(plane, feeling, language, [reading.feeling for reading in readings] if len(readings) > 1 else ())
    _draw_shares(figure.add_axes((0.045, (tall - 1.55 - side) / tall, side / WIDE, 0.34 / tall)), feeling)
    top = tall - 0.7
    for reading, height in zip(rows, heights, strict=True):
        box = figure.add_axes((0.405, (top - height + 0.35) / tall, 0.575, (height - 0.65) / tall))
        top -= height
        number = list(readings).index(reading) + 1 if len(readings) > 1 else 0
        _draw_row(box, reading, number, language)
    save_figure(figure, path)


def _height(reading: Reading) -> float:
    """Inches of a trace's row."""
    return ROW if reading.curve else 0.8 + LINE * -(-min(len(reading.words), MOST_WORDS) // 9)


def _draw_shares(box: Any, feeling: Feeling) -> None:
    """The six shares as one bar, each named where there is room."""
    box.set_axis_off()
    box.set_xlim(0, 1)
    box.set_ylim(0, 1)
    left = 0.0
    for name in BASIC:
        share = feeling.basic[name]
        box.barh(0.5, share, left=left, height=1, color=_BASIC_COLOURS[name], edgecolor=PAPER, lw=1)
        if share >= 0.11:
            box.text(left + share / 2, 0.5, f"{name}\n{share:.0%}", fontsize=7.5, color=PAPER, ha="center", va="center",
                     linespacing=1.05)  # fmt: skip
        left += share


def _draw_row(box: Any, reading: Reading, number: int, language: str) -> None:
    colour = TRACK_COLOURS[(number - 1) % len(TRACK_COLOURS)] if number else INK
    head = f"{number}  {reading.name}" if number else reading.name
    box.set_title(plain_text(fit(head, "Senandung-Bold", 10, 560)), fontsize=10, weight="bold", color=colour,
                  loc="left", pad=6)  # fmt: skip
    if reading.curve:
        _draw_time(box, reading, language)
    else:
        _draw_words(box, reading.words)


def _draw_time(box: Any, reading: Reading, language: str) -> None:
    """Valence and arousal over the trace's time, its moments above."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    times = [(span.start + span.end) / 2 for span in reading.curve]
    end = reading.curve[-1].end
    box.set_facecolor(PAPER)
    box.set_xlim(0, end)
    box.set_ylim(-1.05, 1.3)
    box.axhline(0, color=SOFT, lw=0.6, zorder=1)
    for name, dash, colour in (("valence", "-", VALENCE_COLOUR), ("arousal", "--", AROUSAL_COLOUR)):
        values = [getattr(span, name) for span in reading.curve]
        mark = "o" if len(values) == 1 else ""
        box.plot(times, values, dash, marker=mark, color=colour, lw=1.8, label=label(name + "-short", language),
                 zorder=4)  # fmt: skip
    last = -1.0
    for moment in reading.moments:
        if moment.what == "peak":
            at = (moment.start + moment.end) / 2
            box.plot(at, 1.13, "v", ms=7, color=TENSION_COLOUR, zorder=5)
        else:
            box.axvspan(moment.start, max(moment.end, moment.start + 0.004 * end), ymin=0.9, color=GRID, lw=0, zorder=2)
            if moment.start > last:
                box.text(moment.start, 1.14, " " + moment.what, fontsize=7, color=SOFT, va="center", zorder=5)
                last = moment.start + 0.09 * end
    box.legend(loc="lower right", bbox_to_anchor=(1, 1.0), fontsize=8, frameon=False, ncols=2)
    box.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 1.5, 2, 3, 6, 10]))
    box.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))
    box.set_yticks([-1, 0, 1])
    box.tick_params(labelsize=8, colors=SOFT)
    for side in box.spines.values():
        side.set_color(GRID)


def _draw_words(box: Any, words: Sequence[WeighedWord]) -> None:
    """A text, each word in the colour of its pull and the larger the more it weighed."""
    from senandung.drawing.fonts import text_width

    box.set_axis_off()
    shown = words[:MOST_WORDS]
    wide, tall = 0.575 * WIDE * 72, (0.15 + LINE * -(-len(shown) // 9)) * 72
    box.set_xlim(0, wide)
    box.set_ylim(0, tall)
    most = max((word.weight for word in shown), default=0.0) or 1.0
    size = 13.0
    x, y = 0.0, tall - size
    for word in shown:
        strength = word.weight / most
        own = size * (1 + 0.25 * strength)
        colour = INK if strength < 0.15 else PLEASANT if word.valence > 0 else UNPLEASANT
        face = "Senandung-Bold" if strength >= 0.15 else "Senandung"
        text = plain_text(word.shown)
        width = text_width(word.shown, face, own) + 0.35 * size
        if x and x + width > wide:
            x, y = 0.0, y - LINE * 72
        if y < 0:
            break
        box.text(x, y, text, fontsize=own, color=colour, alpha=0.55 + 0.45 * strength, va="baseline",
                 weight="bold" if strength >= 0.15 else "normal")  # fmt: skip
        x += width
