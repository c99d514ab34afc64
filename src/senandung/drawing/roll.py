"""The piano roll: every note of every track over time, with sections, words and drums."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from senandung.domain.song import Song, Track
from senandung.drawing.figure import (
    GRID,
    INK,
    PAPER,
    SECTION_COLOURS,
    SOFT,
    TRACK_COLOURS,
    VOCAL_COLOUR,
    new_figure,
    plain_text,
    save_figure,
)
from senandung.drawing.fonts import fit
from senandung.drawing.labels import clock, label

ROW_SECONDS = 30.0
MOST_ROWS = 14
_WIDTH, _LEFT, _RIGHT = 15.0, 0.55, 0.15  # inches
_BAND, _WORDS, _DRUMS, _NOTES, _GAP = 0.2, 0.3, 0.3, 1.45, 0.34  # heights in a row, inches


def save_roll(song: Song, path: Path) -> None:
    """Write the song's piano roll as PNG: rows of about 30 seconds, the drums in a strip below the tuned notes.

    Tracks have colours of their own; the words stand above the sung notes. `song` is any song.
    """
    seconds = max(song.seconds, 1.0)
    rows = min(max(math.ceil(seconds / ROW_SECONDS), 1), MOST_ROWS)
    span = max(seconds / rows, 8.0)
    drums = [track for track in song.tracks if track.sound.drum and track.notes]
    tuned = [track for track in song.tracks if not track.sound.drum and track.notes]
    legend = _legend_rows(song)
    row_height = _BAND + _WORDS + _NOTES + (_DRUMS if drums else 0.0) + _GAP
    head = 0.62 + 0.22 * len(legend)
    height = head + rows * row_height + 0.1
    figure = new_figure(_WIDTH, height)
    _title(figure, song, legend, height)
    colours = track_colours(song)
    for row in range(rows):
        top = height - head - row * row_height
        window = (row * span, (row + 1) * span)
        box = _axes(figure, top - _BAND - _WORDS - _NOTES, _NOTES + _WORDS + _BAND, height, window)
        _notes_row(box, song, tuned, colours, window)
        if drums:
            low = top - _BAND - _WORDS - _NOTES - _DRUMS
            _drums_row(_axes(figure, low, _DRUMS, height, window), song, drums, window)
        _time_marks(figure, song, window, top - row_height + _GAP, height)
    save_figure(figure, path, song)


def track_colours(song: Song) -> dict[str, str]:
    """The colour of each track by its name."""
    others = [track.name for track in song.tracks if track.role != "vocal" and not track.sound.drum]
    colours = {name: TRACK_COLOURS[index % len(TRACK_COLOURS)] for index, name in enumerate(others)}
    return colours | {
        track.name: VOCAL_COLOUR if track.role == "vocal" else SOFT
        for track in song.tracks
        if track.name not in colours
    }


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


def _legend_rows(song: Song) -> list[list[Track]]:
    rows: list[list[Track]] = [[]]
    width = 0.0
    for track in song.tracks:
        need = 0.45 + 0.085 * min(len(track.name), 34)
        if width + need > _WIDTH - _LEFT - _RIGHT and rows[-1]:
            rows.append([])
            width = 0.0
        rows[-1].append(track)
        width += need
    return rows


def _title(figure: Any, song: Song, legend: Sequence[Sequence[Track]], height: float) -> None:
    def at(x: float, y: float, text: str, **look: Any) -> None:
        figure.text(x / _WIDTH, 1 - y / height, text, **look)

    at(_LEFT, 0.32, plain_text(fit(song.title, "Senandung-Bold", 15, 700)), fontsize=15, weight="bold", color=INK)
    about = f"{clock(song.seconds)} · {len(song.bar_starts())} {label('bars', song.words.language)}"
    at(_WIDTH - _RIGHT, 0.32, f"{about} · {label('made', song.words.language)}", fontsize=9, color=SOFT, ha="right")
    colours = track_colours(song)
    for index, row in enumerate(legend):
        x = _LEFT
        for track in row:
            y = 0.56 + 0.22 * index
            at(x, y, "■", fontsize=10, color=colours[track.name], va="center")
            name = track.name if len(track.name) <= 34 else track.name[:33] + "…"
            at(x + 0.16, y, plain_text(name), fontsize=9, color=INK, va="center")
            x += 0.45 + 0.085 * min(len(track.name), 34)


def _notes_row(
    box: Any, song: Song, tuned: Sequence[Track], colours: dict[str, str], window: tuple[float, float]
) -> None:
    from matplotlib.collections import PolyCollection

    pitches = [note.pitch for track in tuned for note in track.notes] or [60]
    low, high = min(pitches) - 2.0, max(*pitches, min(pitches) + 12) + 2.0
    unit = (high - low) / _NOTES  # semitones an inch
    top = high + (_WORDS + _BAND) * unit
    box.set_ylim(low, top)
    band = high + _WORDS * unit
    clocked = song.tempo_map.ticks_to_seconds
    for section in song.sections:
        start, end = clocked(section.onset), clocked(section.end)
        if end <= window[0] or start >= window[1]:
            continue
        left, right = max(start, window[0]), min(end, window[1])
        box.axvspan(left, right, color=SECTION_COLOURS[section.kind], lw=0, alpha=0.45, zorder=0)
        box.fill_between([left, right], band, top, color=SECTION_COLOURS[section.kind], lw=0, zorder=1)
        box.plot([left, left], [low, top], color=SOFT, lw=0.7, zorder=2)
        room = (right - left) / (window[1] - window[0]) * (_WIDTH - _LEFT - _RIGHT) * 72 - 6
        name = fit(section.name, "Senandung-Bold", 8.5, room) if room > 20 else ""
        box.text(left, (band + top) / 2, " " + plain_text(name), fontsize=8.5, weight="bold", color=INK, va="center")
    _bar_lines(box, song, window, low, high)
    for octave in range(int(low) // 12 * 12, int(high) + 1, 12):
        if low < octave < high:
            box.axhline(octave - 0.5, color=GRID, lw=0.6, zorder=1)
            box.text(-0.004, octave, f"C{octave // 12 - 1}", fontsize=7, color=SOFT, ha="right", va="center",
                     transform=box.get_yaxis_transform())  # fmt: skip
    thick = max(0.42, 0.018 * unit)
    for track in sorted(tuned, key=lambda item: (item.role == "vocal", item.role == "backing")):
        boxes = []
        sung = track.role == "vocal"
        half = thick * (1.5 if sung else 1.0)
        for note in track.notes:
            start, end = clocked(note.onset), clocked(note.end)
            if end > window[0] and start < window[1]:
                shown = max(end - (end - start) * 0.06, start + 0.02)
                y = note.pitch
                boxes.append([(start, y - half), (shown, y - half), (shown, y + half), (start, y + half)])
        colour = colours[track.name]
        shape = PolyCollection(boxes, facecolors=colour, alpha=1.0 if sung else 0.72, zorder=6 if sung else 4)
        shape.set_edgecolor(PAPER if sung else "none")
        shape.set_linewidth(0.4)
        box.add_collection(shape)
    _words_row(box, song, window, high, unit)


def _words_row(box: Any, song: Song, window: tuple[float, float], high: float, unit: float) -> None:
    """Print each word at its first note, on two levels where words would touch; what still does not fit is left out."""
    from senandung.drawing.fonts import text_width

    clocked = song.tempo_map.ticks_to_seconds
    an_inch = (window[1] - window[0]) / (_WIDTH - _LEFT - _RIGHT)
    free = [window[0], window[0]]
    for text, onset in sung_words(song):
        start = clocked(onset)
        if not window[0] <= start < window[1]:
            continue
        width = text_width(text, "Senandung", 7.5) / 72 * an_inch
        level = next((k for k in (0, 1) if free[k] <= start and start + width <= window[1] + 0.1), None)
        if level is None:
            continue
        free[level] = start + width + 0.05 * an_inch
        box.text(start, high + (0.03 + 0.13 * level) * unit, plain_text(text), fontsize=7.5, color=VOCAL_COLOUR,
                 va="bottom", zorder=7)  # fmt: skip


def sung_words(song: Song) -> list[tuple[str, int]]:
    """Each sung word with the tick at which it begins, in order."""
    track = song.vocal
    if track is None:
        return []
    begun: dict[int, int] = {}
    for note in track.notes:
        if note.syllable is not None:
            begun.setdefault(note.syllable, note.onset)
    words: list[tuple[str, int]] = []
    for number, syllable in enumerate(song.words.syllables):
        if syllable.begins_word or not words:
            words.append((syllable.text, begun[number]))
        else:
            words[-1] = (words[-1][0] + syllable.text, words[-1][1])
    return words


def _bar_lines(box: Any, song: Song, window: tuple[float, float], low: float, high: float) -> None:
    for start in song.bar_starts():
        time = song.tempo_map.ticks_to_seconds(start)
        if window[0] <= time < window[1]:
            box.plot([time, time], [low, high], color=GRID, lw=0.6, zorder=1)


def _drums_row(box: Any, song: Song, drums: Sequence[Track], window: tuple[float, float]) -> None:
    sounds = sorted({note.pitch for track in drums for note in track.notes})
    places = {pitch: index for index, pitch in enumerate(sounds)}
    box.set_ylim(-0.8, len(sounds) - 0.2)
    _bar_lines(box, song, window, -0.8, len(sounds) - 0.2)
    clocked = song.tempo_map.ticks_to_seconds
    times = [(clocked(n.onset), places[n.pitch], n.velocity) for track in drums for n in track.notes]
    shown = [row for row in times if window[0] <= row[0] < window[1]]
    box.scatter([r[0] for r in shown], [r[1] for r in shown], s=[1.5 + r[2] / 22 for r in shown], c=INK, lw=0, zorder=4)
    box.set_facecolor("#f2efe9")


def _time_marks(figure: Any, song: Song, window: tuple[float, float], bottom: float, height: float) -> None:
    """Bar numbers below a row, and the minutes and seconds at its left end."""
    inches = _WIDTH - _LEFT - _RIGHT
    last = -1.0
    figure.text(0.06 / _WIDTH, (bottom - 0.13) / height, clock(window[0]), fontsize=7.5, color=INK, va="center")
    for number, start in enumerate(song.bar_starts(), 1):
        time = song.tempo_map.ticks_to_seconds(start)
        if not window[0] <= time < window[1]:
            continue
        x = _LEFT + (time - window[0]) / (window[1] - window[0]) * inches
        if x - last < 0.3:
            continue
        last = x
        figure.text(x / _WIDTH, (bottom - 0.13) / height, str(number), fontsize=7, color=SOFT, va="center")
