"""Feeling as a picture: its place in the plane of valence and arousal, and its curve over the song's form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from senandung.domain.curve import DEVICES
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song
from senandung.drawing.figure import (
    AROUSAL_COLOUR,
    GRID,
    INK,
    PAPER,
    SECTION_COLOURS,
    SOFT,
    TENSION_COLOUR,
    VALENCE_COLOUR,
    new_figure,
    plain_text,
    save_figure,
)
from senandung.drawing.fonts import fit
from senandung.drawing.labels import clock, label
from senandung.drawing.plane import draw_plane


def save_feeling(song: Song, feeling: Feeling, path: Path) -> None:
    """Write a PNG: left the feeling in the plane of Russell (1980), right the curve that the song follows.

    The ellipse is one standard deviation of the reading; the curve has valence and arousal in -1..1 and tension in 0..1
    over minutes and seconds, with the sections behind it.
    """
    figure = new_figure(15.0, 5.6)
    plane = figure.add_axes((0.045, 0.11, 0.315, 0.76))
    draw_plane(plane, feeling, song.words.language, feeling.parts)
    curve = figure.add_axes((0.415, 0.11, 0.57, 0.76))
    _draw_curve(curve, song)
    figure.text(
        0.045, 0.945, plain_text(fit(song.title, "Senandung-Bold", 14, 560)), fontsize=14, weight="bold", color=INK
    )
    figure.text(0.985, 0.95, label("made", song.words.language), fontsize=9, color=SOFT, ha="right")
    save_figure(figure, path, song)


def _draw_curve(box: Any, song: Song) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    language = song.words.language
    clocked = song.tempo_map.ticks_to_seconds
    end = max(song.seconds, 1.0)
    box.set_facecolor(PAPER)
    box.set_xlim(0, end)
    box.set_ylim(-1.05, 1.22)
    for section in song.sections:
        left, right = clocked(section.onset), clocked(section.end)
        box.axvspan(left, right, color=SECTION_COLOURS[section.kind], lw=0, alpha=0.7, zorder=0)
        box.axvline(left, color=PAPER, lw=1.5, zorder=0)
        room = (right - left) / end * 15.0 * 0.57 * 72 - 6
        steep = room < 44
        text = fit(section.name, "Senandung-Bold", 8, 92 if steep else room)
        box.text(
            left + (0.012 if steep else 0.005) * end, 1.19, plain_text(text), fontsize=8, weight="bold", color=INK,
            rotation=90 if steep else 0, va="top", ha="center" if steep else "left", zorder=5, clip_on=True,
        )  # fmt: skip
    box.axhline(0, color=SOFT, lw=0.6, zorder=1)
    points = song.feeling_curve
    times = [clocked(point.onset) for point in points]
    if points:
        if times[-1] < end:
            times.append(end)
            points = (*points, points[-1])
        rows = (
            ("valence", [p.valence for p in points], VALENCE_COLOUR, "-"),
            ("arousal", [p.arousal for p in points], AROUSAL_COLOUR, "--"),
            ("tension", [p.tension for p in points], TENSION_COLOUR, "-"),
        )
        for name, values, colour, dash in rows:
            box.plot(times, values, dash, color=colour, lw=2.4 if name == "tension" else 1.8,
                     label=label(name + "-short", language), zorder=4)  # fmt: skip
        box.fill_between(times, 0, rows[2][1], color=TENSION_COLOUR, alpha=0.1, lw=0, zorder=2)
        _draw_arc(box, song, end)
        box.legend(loc="lower right", fontsize=9, frameon=True, facecolor=PAPER, edgecolor=GRID, ncols=4)
    box.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 1.5, 2, 3, 6, 10]))
    box.xaxis.set_major_formatter(FuncFormatter(lambda value, _: clock(value)))
    box.set_yticks([-1, -0.5, 0, 0.5, 1])
    box.tick_params(labelsize=8, colors=SOFT)
    for side in box.spines.values():
        side.set_color(GRID)


def _draw_arc(box: Any, song: Song, end: float) -> None:
    """The planned arc as a thin line, and its climax with the names of its devices."""
    if song.arc is None:
        return
    language, clocked = song.words.language, song.tempo_map.ticks_to_seconds
    name = label("asked-short" if song.arc.asked else "planned-short", language)
    times, levels = [clocked(tick) for tick, _ in song.arc.points], [tension for _, tension in song.arc.points]
    box.plot([0.0, *times, end], [levels[0], *levels, levels[-1]], ":", color=INK, lw=1.6, label=name, zorder=5)
    if not song.arc.devices:
        return
    at = clocked(song.arc.climax)
    box.axvline(at, ymax=0.93, color=TENSION_COLOUR, lw=1.0, ls=(0, (2, 2)), zorder=3)
    said = [label("climax", language), *(DEVICES[device][language] for device in song.arc.devices)]
    right = at > 0.6 * end
    box.text(
        at + (-0.008 if right else 0.008) * end, -0.12, "\n".join(map(plain_text, said)), fontsize=8.5, color=INK,
        va="top", ha="right" if right else "left", zorder=6,
        bbox={"facecolor": PAPER, "edgecolor": GRID, "alpha": 0.85, "pad": 2.5},
    )  # fmt: skip
