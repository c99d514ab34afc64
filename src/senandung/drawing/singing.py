"""How a part is sung: the pitch over the notes with words and phonemes; below it dynamics, tension, breathiness."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing
from senandung.domain.song import Song
from senandung.drawing.figure import (
    AROUSAL_COLOUR,
    GRID,
    INK,
    PAPER,
    SOFT,
    VALENCE_COLOUR,
    VOCAL_COLOUR,
    new_figure,
    plain_text,
    save_figure,
)
from senandung.drawing.fonts import fit
from senandung.drawing.labels import clock

ROW_SECONDS = 12.0
MOST_ROWS = 60
"""Rows of a picture; a longer part is drawn in longer rows."""

_WIDTH, _LEFT, _RIGHT = 15.0, 0.6, 0.15  # inches
_HEAD, _WORDS, _PITCH, _PHONEMES, _CURVES, _GAP = 0.75, 0.34, 1.75, 0.24, 0.75, 0.42  # heights in a row, inches
_NOTE_COLOUR, _BREATH_COLOUR, _TENSION_COLOUR = "#d9cfc2", "#7fb3c8", "#7d5ba6"
_ORNAMENT_COLOURS = {
    "scoop": "#8a6b4f", "fall": "#8a6b4f", "portamento": "#8a6b4f", "luk": "#3d8b6d", "gregel": "#3d8b6d",
    "embat": "#3d8b6d", "cengkok": "#3d8b6d",
}  # fmt: skip

SHOWN_DB = (-24.0, 9.0)
"""The range of the dynamics that is drawn."""


def save_singing_plot(song: Song, singing: Singing, path: Path) -> None:
    """Write a part's curves as PNG: rows of 12 seconds; rows in which nobody sings are left out.

    In each row: the words, the notes as bars with the pitch over them (ornaments are named), the phonemes and breaths,
    and below them dynamics (dB), tension (-1..1) and breathiness (0..1).
    """
    windows = _windows(singing)
    row_height = _WORDS + _PITCH + _PHONEMES + _CURVES + _GAP
    height = _HEAD + row_height * len(windows)
    figure = new_figure(_WIDTH, height)
    _title(figure, song, singing, height)
    low, high = _range(singing)
    notes = _note_bars(song, singing)
    for row, window in enumerate(windows):
        top = height - _HEAD - row * row_height
        pitch = _axes(figure, top - _WORDS - _PITCH, _PITCH, height, window)
        _pitch_row(pitch, singing, notes, window, low, high)
        _words_row(pitch, song, singing, window)
        sounds = _axes(figure, top - _WORDS - _PITCH - _PHONEMES, _PHONEMES, height, window)
        _phoneme_row(sounds, singing, window)
        curves = _axes(figure, top - _WORDS - _PITCH - _PHONEMES - _CURVES, _CURVES, height, window)
        _curve_row(curves, singing, window)
        figure.text(
            _LEFT / _WIDTH, (top - row_height + _GAP - 0.13) / height, clock(window[0]), fontsize=7.5, color=INK
        )
    save_figure(figure, path, song)


def _windows(singing: Singing) -> list[tuple[float, float]]:
    """The rows' times: those in which somebody sings."""
    seconds = max(ROW_SECONDS, singing.seconds / MOST_ROWS)
    count = max(math.ceil(singing.seconds / seconds), 1)
    sung = {int(at // seconds) for each in singing.phonemes for at in (each.start, each.end)}
    rows = [number for number in range(count) if number in sung] or [0]
    return [(number * seconds, (number + 1) * seconds) for number in rows]


def _range(singing: Singing) -> tuple[float, float]:
    sung = _sung(singing)
    pitch = singing.pitch[sung] if sung.any() else singing.pitch
    return math.floor(float(pitch.min())) - 1.0, math.ceil(float(pitch.max())) + 1.0


def _sung(singing: Singing) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """For each value of the curves, whether a voiced phoneme sounds."""
    time = np.arange(len(singing.pitch)) * FRAME
    sounds = np.zeros(len(time), dtype=bool)
    for each in singing.phonemes:
        if PHONEMES[each.symbol].voiced:
            first, last = np.searchsorted(time, (each.start, each.end))
            sounds[first:last] = True
    return sounds


def _title(figure: Any, song: Song, singing: Singing, height: float) -> None:
    title = plain_text(fit(song.title, "Senandung-Bold", 15, 700))
    figure.text(_LEFT / _WIDTH, 1 - 0.3 / height, title, fontsize=15, weight="bold", color=INK)
    indonesian = song.words.language == "id"
    about = f"{singing.track} · {singing.voice} · {clock(singing.seconds)}"
    figure.text(1 - _RIGHT / _WIDTH, 1 - 0.3 / height, plain_text(about), fontsize=9, color=SOFT, ha="right")
    x = _LEFT
    for name, said, colour in (
        ("pitch", "nada", VOCAL_COLOUR), ("notes", "not", _NOTE_COLOUR), ("breaths", "napas", _BREATH_COLOUR),
        ("dynamics", "dinamika", AROUSAL_COLOUR), ("tension", "tegangan suara", _TENSION_COLOUR),
        ("breathiness", "desah", VALENCE_COLOUR),
    ):  # fmt: skip
        text = said if indonesian else name
        figure.text(x / _WIDTH, 1 - 0.54 / height, "■", fontsize=10, color=colour, va="center")
        figure.text((x + 0.16) / _WIDTH, 1 - 0.54 / height, text, fontsize=8.5, color=SOFT, va="center")
        x += 0.42 + 0.085 * len(text)


def _axes(figure: Any, bottom: float, tall: float, height: float, window: tuple[float, float]) -> Any:
    """Bare axes at a place in inches; x in seconds."""
    box = figure.add_axes((_LEFT / _WIDTH, bottom / height, (_WIDTH - _LEFT - _RIGHT) / _WIDTH, tall / height))
    box.set_xlim(*window)
    box.set_xticks([])
    box.set_yticks([])
    box.set_facecolor(PAPER)
    for side in box.spines.values():
        side.set_color(GRID)
    return box


def _note_bars(song: Song, singing: Singing) -> list[tuple[float, float, float]]:
    """The written notes on the singing's clock: (start, end, pitch).

    A syllable's first note begins with its vowel; the notes of a melisma share what is left as they do in the score.
    """
    bars: list[tuple[float, float, float]] = []
    if song.vocal is None:
        return bars
    held: dict[int, list[tuple[int, int, int]]] = {}
    number = None
    for note in song.vocal.notes:
        number = note.syllable if note.syllable is not None else number
        if number is not None:
            held.setdefault(number, []).append((note.onset, note.end, note.pitch))
    spans: dict[int, tuple[float, float]] = {}
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel:
            spans[each.syllable] = (spans.get(each.syllable, (each.start, 0.0))[0], each.end)
    for syllable, notes in held.items():
        if syllable not in spans:
            continue
        start, end = spans[syllable]
        first, last = notes[0][0], max(notes[-1][1], notes[0][0] + 1)
        scale = (end - start) / (last - first)
        bars += [(start + (a - first) * scale, start + (b - first) * scale, float(pitch)) for a, b, pitch in notes]
    if not bars:
        return bars
    middles = [singing.pitch[min(round(0.5 * (a + b) / FRAME), len(singing.pitch) - 1)] - p for a, b, p in bars]
    shift = 12 * round(float(np.median(middles)) / 12)
    return [(a, b, pitch + shift) for a, b, pitch in bars]


def _pitch_row(
    box: Any,
    singing: Singing,
    notes: list[tuple[float, float, float]],
    window: tuple[float, float],
    low: float,
    high: float,
) -> None:
    from matplotlib.patches import Rectangle

    box.set_ylim(low, high)
    for octave in range(int(low), int(high) + 1):
        if octave % 12 == 0:
            box.axhline(octave, color=GRID, lw=0.8, zorder=1)
            box.text(-0.004, octave, f"C{octave // 12 - 1}", fontsize=7, color=SOFT, ha="right", va="center",
                     transform=box.get_yaxis_transform())  # fmt: skip
    for second in range(math.ceil(window[0]), math.floor(window[1]) + 1):
        box.axvline(second, color=GRID, lw=0.4, zorder=1)
    for start, end, pitch in notes:
        if end > window[0] and start < window[1]:
            box.add_patch(Rectangle((start, pitch - 0.5), end - start, 1.0, color=_NOTE_COLOUR, lw=0, zorder=2))
    first, last = _frames(singing, window)
    time = np.arange(first, last) * FRAME
    box.plot(time, np.where(_sung(singing)[first:last], singing.pitch[first:last], np.nan), color=VOCAL_COLOUR, lw=1.1,
             zorder=4)  # fmt: skip
    box.plot(time, singing.pitch[first:last], color=VOCAL_COLOUR, lw=0.4, alpha=0.3, zorder=3)
    free = window[0]
    for each in singing.ornaments:
        colour = _ORNAMENT_COLOURS.get(each.kind)
        if colour is None or not window[0] <= each.start < window[1]:
            continue
        box.plot([each.start, min(each.end, window[1])], [low + 0.35, low + 0.35], color=colour, lw=2.2, zorder=4,
                 solid_capstyle="butt")  # fmt: skip
        if each.start >= free:
            box.text(each.start, low + 0.6, each.kind, fontsize=5.5, color=colour, va="bottom", zorder=5)
            free = each.start + 0.028 * (len(each.kind) + 1) * (window[1] - window[0]) / 8


def _words_row(box: Any, song: Song, singing: Singing, window: tuple[float, float]) -> None:
    begun: dict[int, float] = {}
    for each in singing.phonemes:
        begun.setdefault(each.syllable, each.start)
    free = [window[0], window[0]]  # of the row just above the notes, and of the one for what does not fit there
    a_letter = (window[1] - window[0]) / (_WIDTH - _LEFT - _RIGHT)
    syllables = song.words.syllables
    for number, start in begun.items():
        if not window[0] <= start < window[1] or number >= len(syllables):
            continue
        syllable = syllables[number]
        text = syllable.text.strip("-") + ("" if syllable.ends_word else "-")
        row = 0 if start >= free[0] - 0.03 else 1
        if start < free[row] - 0.2:
            continue
        at = max(start, free[row])
        box.text(at, 1.03 + row * 0.13 / _PITCH, plain_text(text), fontsize=8, color=INK, va="bottom",
                 transform=box.get_xaxis_transform(), weight="bold" if syllable.stressed else "normal",
                 zorder=6)  # fmt: skip
        free[row] = at + a_letter * (0.08 if syllable.stressed else 0.066) * (len(text) + 0.4)


def _phoneme_row(box: Any, singing: Singing, window: tuple[float, float]) -> None:
    from matplotlib.patches import Rectangle

    box.set_ylim(0, 1)
    for each in singing.phonemes:
        if each.end <= window[0] or each.start >= window[1]:
            continue
        kind = PHONEMES[each.symbol]
        colour = "#f5dfd3" if kind.vowel else "#dfe8ee" if kind.voiced else "#e9e4f0"
        box.add_patch(Rectangle((each.start, 0), each.end - each.start, 1, facecolor=colour, edgecolor=SOFT, lw=0.4))
        middle = 0.5 * (each.start + each.end)
        if window[0] < middle < window[1]:
            narrow = (each.end - each.start) < 0.055 * (window[1] - window[0]) / 12 * max(len(each.symbol), 1)
            box.text(middle, 0.47, each.symbol, fontsize=5 if narrow else 7, color=INK, ha="center", va="center",
                     clip_on=True)  # fmt: skip
    for breath in singing.breaths:
        if breath.end > window[0] and breath.start < window[1]:
            box.add_patch(Rectangle((breath.start, 0.2), breath.end - breath.start, 0.6, color=_BREATH_COLOUR, lw=0))


def _curve_row(box: Any, singing: Singing, window: tuple[float, float]) -> None:
    first, last = _frames(singing, window)
    time = np.arange(first, last) * FRAME
    box.set_ylim(-0.03, 1.03)
    low, high = SHOWN_DB
    for level in (0.0, 0.5, 1.0):
        box.axhline(level, color=GRID, lw=0.5, zorder=1)
    for values, colour in (
        (np.clip((singing.dynamics[first:last] - low) / (high - low), 0, 1), AROUSAL_COLOUR),
        (0.5 + 0.5 * singing.tension[first:last], _TENSION_COLOUR),
        (singing.breathiness[first:last], VALENCE_COLOUR),
    ):
        box.plot(time, values, color=colour, lw=1.0, zorder=3)
    for level, text in ((0.95, f"{high:g} dB · 1 · 1"), (0.05, f"{low:g} dB · -1 · 0")):
        box.text(-0.004, level, text, fontsize=5.2, color=SOFT, ha="right", va="center",
                 transform=box.get_yaxis_transform())  # fmt: skip


def _frames(singing: Singing, window: tuple[float, float]) -> tuple[int, int]:
    return round(window[0] / FRAME), min(round(window[1] / FRAME) + 1, len(singing.pitch))
