"""What was learned of a style, as one picture: chords, tones, intervals, rhythm, phrases, tempo, instruments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from senandung.domain.own_style import OwnStyle, chord_label
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
from senandung.files.drum_notation import DRUM_SIGNS

MOST_ROWS = 12
"""Shares that a panel shows."""

PANELS = (
    ("chords", "Akor menurut derajat", "chords by degree of the key"),
    ("changes", "Pergantian akor", "changes of chord"),
    ("tones", "Nada di atas tonika", "tones above the tonic"),
    ("intervals", "Langkah melodi, semiton", "steps of the leading part, semitones"),
    ("lengths", "Panjang not", "lengths"),
    ("onsets", "Awal not, ketukan ¼ ke-", "where notes begin, quarter of the bar"),
    ("bass", "Awal not terendah, ketukan ¼ ke-", "where the lowest part's notes begin, quarter of the bar"),
    ("drums", "Drum, ketukan ¼ ke-", "drums, quarter of the bar"),
    ("phrases", "Frasa, birama", "phrases, bars"), ("sections", "Bagian lagu, birama", "sections, bars"),
    ("metres", "Tanda birama", "metres"), ("tempos", "Tempo, ketuk ¼ per menit", "tempo, quarters a minute"),
    ("instruments", "Alat musik", "instruments"),
)  # fmt: skip
"""Figures that are shown, with their titles in Indonesian and English."""

_BY_NUMBER = frozenset({"tones", "intervals", "lengths", "onsets", "bass", "phrases", "sections", "tempos"})
"""Figures whose rows stand in the order of numbers."""

_TONES = ("1", "♭2", "2", "♭3", "3", "4", "♯4", "5", "♭6", "6", "♭7", "7")

_LENGTHS = {
    4.0: "1", 3.0: "1/2 .", 2.0: "1/2", 1.5: "1/4 .", 1.33: "1/2 trio", 1.0: "1/4", 0.75: "1/8 .", 0.667: "1/4 trio",
    0.5: "1/8", 0.375: "1/16 .", 0.333: "1/8 trio", 0.25: "1/16", 0.167: "1/16 trio", 0.125: "1/32",
    0.0833: "1/32 trio",
}  # fmt: skip
"""Names of note values by quarters: parts of a whole note, dotted, in triplets."""

_COLUMNS = 4

_LEAST_PLACES = 6
"""Bars are drawn as broad as if there were so many at least."""


def save_own_style(style: OwnStyle, path: Path) -> None:
    """Write a PNG of what was learned: the shares of each figure, and the overlap with the files kept back."""
    panels = [panel for panel in PANELS if style.figures.get(panel[0])]
    count = len(panels) + ("mean_before" in style.measured)
    rows = -(-count // _COLUMNS)
    height = 1.25 + 2.7 * rows
    figure = new_figure(15.0, height)
    figure.text(0.02, 1 - 0.36 / height, plain_text(style.name), fontsize=15, weight="bold", color=INK)
    for line, said in enumerate(
        (
            f"{style.learned('id')}; berpijak pada {style.ground}",
            f"{style.learned('en')}; it stands on {style.ground}",
        )
    ):
        colour = SOFT if line else INK
        figure.text(0.02, 1 - (0.64 + 0.2 * line) / height, plain_text(said[:150]), fontsize=9.5, color=colour)
    for place in range(count):
        row, column = divmod(place, _COLUMNS)
        left = 0.02 + column * 0.245 + 0.058
        bottom = 1 - (1.15 + 2.7 * row + 2.25) / height
        box = figure.add_axes((left, bottom, 0.172, 1.85 / height))
        if place < len(panels):
            name, *titles = panels[place]
            _draw_shares(box, name, titles, style.figures[name])
        else:
            _draw_measured(box, style.measured)
    save_figure(figure, path)


def _draw_shares(box: Any, name: str, titles: Sequence[str], shares: Mapping[str, float]) -> None:
    rows = list(shares.items())[:MOST_ROWS]
    if name in _BY_NUMBER:
        rows.sort(key=lambda row: float(row[0]))
    _bars(box, titles, [_label(name, row) for row, _ in rows], [share for _, share in rows], VALENCE_COLOUR)


def _label(name: str, row: str) -> str:
    if name == "tones":
        return _TONES[int(row)]
    if name in ("chords", "changes"):
        return " → ".join(chord_label(part) for part in row.split(" "))
    if name == "lengths":
        return _LENGTHS.get(float(row), f"{float(row) / 4:.3g}")
    if name == "drums":
        place, key = row.split(" ")
        return f"{_beat(place)} {_drum(int(key))}"
    if name in ("onsets", "bass"):
        return _beat(row)
    return row.replace("+0", "0") if name == "intervals" else row


def _beat(place: str) -> str:
    """The beat that begins so many quarters behind the bar line, counted from 1."""
    return f"{float(place) + 1:.3g}"


def _drum(key: int) -> str:
    name = DRUM_SIGNS[key].name if key in DRUM_SIGNS else str(key)
    for more in ("Acoustic ", "Electric ", " 1", " 2"):
        name = name.replace(more, "")
    return name.lower()


def _bars(box: Any, titles: Sequence[str], labels: list[str], values: list[float], colour: str) -> None:
    box.set_facecolor(PAPER)
    places = range(len(labels))
    box.barh(list(places), [100 * value for value in values], color=colour, height=0.72)
    box.set_yticks(list(places), [plain_text(text) for text in labels], fontsize=7.5, color=INK)
    box.set_ylim(max(len(labels), _LEAST_PLACES) - 0.4, -0.6)
    box.tick_params(axis="x", labelsize=7, colors=SOFT, length=0)
    box.tick_params(axis="y", length=0)
    box.grid(axis="x", color=GRID, lw=0.6)
    box.set_axisbelow(True)
    for side in box.spines.values():
        side.set_visible(False)
    indonesian, english = titles
    box.text(0, 1.1, plain_text(indonesian), fontsize=9, color=INK, transform=box.transAxes)
    box.text(0, 1.025, plain_text(english), fontsize=7.5, color=SOFT, transform=box.transAxes)
    box.xaxis.set_major_formatter(lambda value, _: f"{value:g} %")


def _draw_measured(box: Any, measured: Mapping[str, Any]) -> None:
    labels = ["dasar · ground", "hasil · learned", "berkas lain · others"]
    values = [measured["mean_before"], measured["mean_after"], measured["mean_works"]]
    _bars(box, ("Kemiripan dengan berkas uji", "overlap with the files kept back"), labels, values, SOFT)
    for bar, colour in zip(box.patches, (SOFT, TENSION_COLOUR, AROUSAL_COLOUR), strict=True):
        bar.set_color(colour)
    box.set_xlim(0, 100)
