"""What was learned of a style, as one picture: chords, tones, intervals, rhythm, phrases, tempo, instruments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from senandung.domain.own_style import OwnStyle
from senandung.drawing.figure import (
    AROUSAL_COLOUR,
    GRID,
    INK,
    PAPER,
    SOFT,
    TENSION_COLOUR,
    VALENCE_COLOUR,
    new_figure,
    plain_text,
    save_figure,
)

MOST_ROWS = 12
"""Shares that a panel shows."""

PANELS = (
    ("chords", "Chords by degree of the key"), ("changes", "Changes of chord"),
    ("tones", "Tones above the tonic"), ("intervals", "Steps of the leading part, semitones"),
    ("lengths", "Lengths, quarters"), ("onsets", "Onsets in the bar, quarters"),
    ("bass", "Onsets of the lowest part, quarters"), ("drums", "Drums: quarters from the bar line, key"),
    ("phrases", "Phrases, bars"), ("sections", "Sections, bars"), ("metres", "Metres"),
    ("tempos", "Tempo, quarters a minute"), ("instruments", "Instruments"),
)  # fmt: skip

_BY_NUMBER = frozenset({"tones", "intervals", "lengths", "onsets", "bass", "phrases", "sections", "tempos"})
"""Figures whose rows stand in the order of numbers."""

_TONES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")

_COLUMNS = 4


def save_own_style(style: OwnStyle, path: Path) -> None:
    """Write a PNG of what was learned: the shares of each figure, and the overlap with the files kept back."""
    panels = [(name, title) for name, title in PANELS if style.figures.get(name)]
    count = len(panels) + ("mean_before" in style.measured)
    rows = -(-count // _COLUMNS)
    height = 1.1 + 2.55 * rows
    figure = new_figure(15.0, height)
    figure.text(0.02, 1 - 0.36 / height, plain_text(style.name), fontsize=15, weight="bold", color=INK)
    said = f"{style.learned_from}; it stands on {style.ground}"
    figure.text(0.02, 1 - 0.66 / height, plain_text(said[:150]), fontsize=9.5, color=SOFT)
    for place in range(count):
        row, column = divmod(place, _COLUMNS)
        left = 0.02 + column * 0.245 + 0.058
        bottom = 1 - (0.98 + 2.55 * row + 2.15) / height
        box = figure.add_axes((left, bottom, 0.172, 1.85 / height))
        if place < len(panels):
            name, title = panels[place]
            _draw_shares(box, name, title, style.figures[name])
        else:
            _draw_measured(box, style.measured)
    save_figure(figure, path)


def _draw_shares(box: Any, name: str, title: str, shares: Mapping[str, float]) -> None:
    rows = list(shares.items())[:MOST_ROWS]
    if name in _BY_NUMBER:
        rows.sort(key=lambda row: float(row[0]))
    _bars(box, title, [_label(name, row) for row, _ in rows], [share for _, share in rows], VALENCE_COLOUR)


def _label(name: str, row: str) -> str:
    if name == "tones":
        return _TONES[int(row)]
    if name in ("chords", "changes"):
        return " ".join(_chord(part) for part in row.split(" "))
    return row


def _chord(text: str) -> str:
    degree, _, quality = text.partition(":")
    spoken = {"maj": "", "min": "m", "min7": "m7", "dim": "°", "dim7": "°7", "hdim7": "ø7", "aug": "+"}
    return (degree.replace("b", "♭").replace("#", "♯") + spoken.get(quality, quality)) if quality else "–"


def _bars(box: Any, title: str, labels: list[str], values: list[float], colour: str) -> None:
    box.set_facecolor(PAPER)
    places = range(len(labels))
    box.barh(list(places), [100 * value for value in values], color=colour, height=0.72)
    box.set_yticks(list(places), [plain_text(text) for text in labels], fontsize=7.5, color=INK)
    box.invert_yaxis()
    box.tick_params(axis="x", labelsize=7, colors=SOFT, length=0)
    box.tick_params(axis="y", length=0)
    box.grid(axis="x", color=GRID, lw=0.6)
    box.set_axisbelow(True)
    for side in box.spines.values():
        side.set_visible(False)
    box.set_title(plain_text(title), fontsize=9, color=INK, loc="left")
    box.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def _draw_measured(box: Any, measured: Mapping[str, Any]) -> None:
    labels = ["ground alone", "as learned", "your other files"]
    values = [measured["mean_before"], measured["mean_after"], measured["mean_works"]]
    _bars(box, "Overlap with the files kept back", labels, values, SOFT)
    for bar, colour in zip(box.patches, (SOFT, TENSION_COLOUR, AROUSAL_COLOUR), strict=True):
        bar.set_color(colour)
    box.set_xlim(0, 100)
