"""The picture of docs/performing.md: what is written and what is played, by note.

.venv/bin/python scripts/draw_performing.py BAND_SONG_JSON PIANO_SONG_JSON docs/pictures/performing.png
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from senandung.domain.song import Song
from senandung.drawing.figure import new_figure, save_figure
from senandung.files.song_json import load_song
from senandung.performing.clock import LEAD_IN
from senandung.performing.perform import perform

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRUMS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        36: ("bass drum", "#1b3a5b"),
        38: ("snare", "#c2452d"),
        42: ("closed hat", "#6b9e78"),
        46: ("open hat", "#2f7a45"),
        51: ("ride", "#8a9a3a"),
        44: ("pedal hat", "#9aa0a6"),
        49: ("crash", "#7a4fa3"),
        48: ("toms", "#d08a2e"),
        45: ("toms", "#d08a2e"),
        43: ("toms", "#d08a2e"),
    }
)
SEED = 3


def main() -> None:
    """Draw the picture."""
    band, piano, out = load_song(Path(sys.argv[1])), load_song(Path(sys.argv[2])), Path(sys.argv[3])
    figure = new_figure(12.0, 8.4)
    axes = figure.subplots(3, 2, sharey="row")
    section = max(band.sections, key=lambda each: each.intensity)
    bars = [tick for tick in band.bar_starts() if section.onset - 1 <= tick][:5]
    for column, (dial, name) in enumerate(((0.0, "written: the grid (dial 0)"), (1.0, "played (dial 1)"))):
        _drums(axes[0][column], band, bars, dial)
        _piano(axes[1][column], axes[2][column], piano, dial)
        axes[0][column].set_title(f"{name}: drums of a chorus")
        axes[1][column].set_title("solo piano: loudness, with the mean of each two beats")
        axes[2][column].set_title("solo piano: tempo against the written one, phrases of four bars")
    axes[0][0].set_ylabel("ms behind the grid")
    axes[1][0].set_ylabel("velocity")
    axes[2][0].set_ylabel("%")
    handles, labels = axes[0][1].get_legend_handles_labels()
    kept = dict(zip(labels, handles, strict=True))
    axes[0][1].legend(kept.values(), kept.keys(), fontsize=7, ncols=7, loc="upper center")
    figure.tight_layout()
    save_figure(figure, out)


def _drums(axis: Axes, song: Song, bars: list[int], dial: float) -> None:
    """Every stroke of four bars: where it stands, how late it is, how hard it is struck."""
    number = next(at for at, track in enumerate(song.tracks) if track.instrument == "drums")
    part = perform(song, seed=SEED, humanise=dial).parts[number]
    clock = song.tempo_map.ticks_to_seconds
    beat = 1920 / 4
    for key, (name, colour) in DRUMS.items():
        rows = [
            ((note.onset - bars[0]) / beat, 1000 * (played.onset - LEAD_IN - clock(note.onset)), played.velocity)
            for note, played in zip(song.tracks[number].notes, part.notes, strict=True)
            if note.pitch == key and bars[0] <= note.onset < bars[-1]
        ]
        if rows:
            x, late, loud = np.array(rows).T
            axis.scatter(x, late, s=(loud / 13) ** 2, c=colour, label=name, alpha=0.85, linewidths=0)
    for bar in bars:
        axis.axvline((bar - bars[0]) / beat, color="#cccccc", linewidth=0.8, zorder=0)
    axis.axhline(0, color="#888888", linewidth=0.8, zorder=0)
    axis.set_ylim(-48, 60)
    axis.set_xlabel("beats; the larger the harder")


def _piano(loudness: Axes, tempo: Axes, song: Song, dial: float) -> None:
    """Velocities of all notes, and the time between beats."""
    number = max(range(len(song.tracks)), key=lambda at: len(song.tracks[at].notes))
    notes = song.tracks[number].notes
    played = perform(song, seed=SEED, humanise=dial).parts[number].notes
    at = np.array([note.onset for note in notes]) / 1920
    loud = np.array([note.velocity for note in played], float)
    melody = {onset: index for index, onset in enumerate(note.onset for note in notes)}
    loudness.scatter(at, loud, s=7, c="#1b3a5b", alpha=0.35, linewidths=0)
    half = np.round(at * 2).astype(int)
    means = [(number / 2 + 0.25, loud[half == number].mean()) for number in np.unique(half)]
    loudness.plot(*zip(*means, strict=True), color="#c2452d", linewidth=1.5)
    clock = song.tempo_map.ticks_to_seconds
    onsets = sorted(melody)
    beats = [onset for onset in onsets if onset % 480 == 0]
    first = {onset: min(p.onset for n, p in zip(notes, played, strict=True) if n.onset == onset) for onset in beats}
    rows = [((a + b) / 3840, 100 * ((clock(b) - clock(a)) / (first[b] - first[a]) - 1)) for a, b in pairwise(beats)]
    tempo.plot(*zip(*rows, strict=True), color="#1b3a5b", linewidth=0.7, alpha=0.5)
    smooth = np.convolve([value for _, value in rows], np.ones(4) / 4, mode="same")
    tempo.plot([place for place, _ in rows], smooth, color="#c2452d", linewidth=1.5)
    for section in song.sections:
        for axis in (loudness, tempo):
            axis.axvline(section.onset / 1920, color="#cccccc", linewidth=0.8, zorder=0)
    tempo.set_ylim(-40, 15)
    tempo.set_xlabel("bars; grey lines where sections begin")


if __name__ == "__main__":
    main()
