"""A matplotlib figure without pyplot: no window, no global state, no system font."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from senandung.domain.song import Song
from senandung.drawing.saving import save_bytes
from senandung.files.picture_label import label_png
from senandung.files.provenance import label_of

PAPER, INK, SOFT, GRID = "#fbf9f5", "#24212a", "#77727f", "#ddd8d0"
"""Colours of the pictures: paper, ink, soft ink, grid."""

SECTION_COLOURS = {
    "intro": "#e4e1da", "verse": "#dfe8ee", "prechorus": "#e9e4f0", "chorus": "#f5dfd3", "bridge": "#e2ecdc",
    "interlude": "#ece6d6", "solo": "#ece6d6", "outro": "#e4e1da",
}  # fmt: skip
"""Background of each kind of section."""

TRACK_COLOURS = (
    "#2f6f9f", "#3d8b6d", "#c58a1b", "#7d5ba6", "#5a7d2b", "#b0568a", "#2b8f9b", "#8a6b4f", "#5568b8", "#98742a",
    "#4f8f8f", "#a05f5f", "#6c6f7d",
)  # fmt: skip
"""Colours of the tracks that do not sing, in their order."""

VOCAL_COLOUR = "#b3352a"

VALENCE_COLOUR, AROUSAL_COLOUR, TENSION_COLOUR = "#2f6f9f", "#c58a1b", "#b3352a"


def new_figure(width: float, height: float) -> Any:
    """A figure of `width` by `height` inches at 110 dots an inch, with a canvas that draws into memory."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Any, path: Path, song: Song | None = None) -> None:
    """Write a figure as PNG, whole or not at all; one of a song has the song's label, and none has a date."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor=figure.get_facecolor(), metadata={"Software": None})
    data = buffer.getvalue()
    if song is not None:
        data = label_png(data, song.title, label_of(song))
    save_bytes(path, data)


def plain_text(text: str) -> str:
    """The text as matplotlib can set it: without characters that its typeface lacks, and no mathematics.

    >>> plain_text("harga $5 雨")
    'harga \\\\$5'
    """
    from senandung.drawing.fonts import drawable

    return drawable(text).replace("$", r"\$")
