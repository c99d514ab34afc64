"""What comes out of the desk, measured on the files of finished songs, and how long the desk takes.

    make bench-sound                              every style, songs of a minute and a half
    make bench-sound ARGS="--minutes 2"           every style, two minutes each
    make bench-sound ARGS="--styles dangdut,ladrang --no-speed"

Every song is made as a user makes it, and its song.wav and stems are read back. Loudness, loudness range (EBU Tech
3342), true peak; what is lost in mono; what the sides hold below 120 Hz, and how far the low end falls within 0.15 s of
its strokes; samples at full scale; the stems' sum against the song; how much of each part is heard beside the others
(`rendering.masking`). Then the same notes without the sung parts are rendered, mixed and mastered, by one worker and by
one a core, beside the bare fluidsynth program on the same MIDI file, in turn. A style that fails is named and the
others go on. Exit status 1 where a style failed or a bar was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d
from scipy.signal import butter, sosfilt

import senandung
from senandung.audio.loudness import block_powers, gated_loudness, loudness_range
from senandung.audio.pieces import cut
from senandung.audio.true_peak import true_peak
from senandung.composing.styles import style_names
from senandung.domain.recording import Recording
from senandung.domain.song import Song
from senandung.files.midi import save_midi
from senandung.performing.perform import perform
from senandung.rendering.masking import audibility
from senandung.rendering.render import render
from senandung.rendering.soundfont import find_program, find_soundfont

CORES = os.cpu_count() or 1

TEXTS = {
    "sad": "aku rindu kamu, malam ini hujan turun lagi",
    "glad": "hari ini kita menang, ayo menari sampai pagi",
}
HIDDEN = 0.15
"""Share of a part that is heard below which it is called hidden."""

RANGES = {
    **dict.fromkeys(("keroncong", "keroncong-asli", "keroncong-stambul", "langgam-jawa"), (5, 9)),
    **dict.fromkeys(("lancaran", "ladrang", "ketawang"), (3, 9)),
    **dict.fromkeys(("string-quartet", "solo-piano"), (8, 12)),
}
"""LU: the loudness range that is aimed at, by style; of all others 5 to 8 (docs/sound.md). No bar: songs differ."""

SLOWEST = 1.5
"""Times the bare fluidsynth program's time that a full mix and master may take."""


def main() -> None:
    """Measure and print Markdown; exit 1 where a style failed or a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", default="", help="styles, divided by commas; all without")
    parser.add_argument("--minutes", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--no-speed", action="store_true", help="only what is heard")
    parser.add_argument("--json", type=Path, help="write everything here too")
    given = parser.parse_args()
    styles = given.styles.split(",") if given.styles else list(style_names())
    print(f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}, seed {given.seed}, "
          f"{given.minutes:g} minutes, {len(styles)} styles\n")  # fmt: skip
    print("| style | sung | LUFS | LU range (aim) | dBTP | mono, dB | sides < 120 Hz | low end falls, dB "
          "| at full scale | stems' sum, dBFS | voice above band, dB | heard |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    found: dict[str, dict[str, Any]] = {}
    failed, missed = [], []
    for place, style in enumerate(styles):
        text = list(TEXTS.values())[place % len(TEXTS)]
        try:
            with tempfile.TemporaryDirectory() as folder:
                made = senandung.create(
                    text, style=style, seed=given.seed, minutes=given.minutes, out=Path(folder) / "song"
                )
                row = measure(Path(folder) / "song")
                row |= {"sung": made.voice, "voice_to_band": made.voice_to_band, "seconds": made.seconds}
                if not given.no_speed:
                    row["speed"] = speed(made.song, Path(folder))
        except Exception as error:  # the other styles go on, whatever it was
            failed.append(style)
            print(f"| {style} | failed: {type(error).__name__}: {' '.join(str(error).split())} |", flush=True)
            continue
        found[style] = row
        print(_heard_row(style, row), flush=True)
        if abs(row["lufs"] + 14) > 0.5 or row["peak"] > -1 or row["clipped"] or row["sum"] > -80:
            missed.append(style)
    if not given.no_speed:
        print(f"\n| style | our render, mix and master, s | processor | with {CORES} workers, s | processor "
              "| fluidsynth alone, s | processor | ratio |")  # fmt: skip
        print("|---|---|---|---|---|---|---|---|")
        for style, row in found.items():
            alone, together, bare = (row["speed"][name] for name in ("one", "all", "bare"))
            ratio = min(alone[0], together[0]) / bare[0]
            print(f"| {style} | {alone[0]:.2f} | {alone[1]:.2f} | {together[0]:.2f} | {together[1]:.2f} "
                  f"| {bare[0]:.2f} | {bare[1]:.2f} | {ratio:.2f} |")  # fmt: skip
            if ratio > SLOWEST:
                missed.append(f"{style} (speed)")
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if failed:
        print(f"\nFailed: {', '.join(failed)}")
    if missed:
        print(f"\nBars missed: {', '.join(missed)}")
    sys.exit(1 if failed or missed else 0)


def _heard_row(style: str, row: Mapping[str, Any]) -> str:
    parts = row["heard"]
    hidden = [f"{name} {share:.2f}" for name, (share, _) in parts.items() if share < HIDDEN]
    voice = "" if row["voice_to_band"] is None else f"{row['voice_to_band']:.1f}"
    low, high = RANGES.get(style, (5, 8))
    return (f"| {style} | {row['sung'] or 'no'} | {row['lufs']:.2f} | {row['range']:.1f} ({low}-{high}) "
            f"| {row['peak']:.2f} | {row['mono']:+.1f} | {row['low_sides']:.1f} % | {row['low_falls']:.1f} "
            f"| {row['clipped']} | {row['sum']:.0f} | {voice} | {np.median([share for share, _ in parts.values()]):.2f}"
            f"{', hidden: ' + ', '.join(hidden) if hidden else ''} |")  # fmt: skip


def measure(folder: Path) -> dict[str, Any]:
    """The figures of one song folder."""
    samples, rate = soundfile.read(folder / "song.wav", dtype="float32", always_2d=True)
    mix = samples.T
    powers = block_powers(cut(mix), rate)
    mono = block_powers(cut(np.broadcast_to(mix.mean(axis=0), mix.shape)), rate)
    middle, sides = (mix[0] + mix[1]) / 2, (mix[0] - mix[1]) / 2
    lows = [_low(each, rate) for each in (middle, sides)]
    low = [float(np.square(each).sum()) for each in lows]
    stems = {}
    total = np.zeros_like(mix)
    for path in sorted((folder / "stems").iterdir()):
        stem, _ = soundfile.read(path, dtype="float32", always_2d=True)
        total += stem.T[:, : mix.shape[1]]
        stems[path.stem] = Recording(np.ascontiguousarray(stem.T), rate)
    off = float(np.sqrt(np.mean(np.square(total - mix, dtype=np.float64))))
    return {
        "lufs": gated_loudness(powers), "range": loudness_range(powers), "peak": 20 * np.log10(true_peak(mix)),
        "mono": gated_loudness(mono) - gated_loudness(powers), "low_sides": 100 * low[1] / max(sum(low), 1e-12),
        "low_falls": low_falls(lows[0], rate),
        "clipped": int((np.abs(mix) >= 1.0).sum()), "sum": 20 * np.log10(max(off, 1e-9)),
        "heard": {name: (each.audible, each.hidden_by) for name, each in audibility(stems).items()},
    }  # fmt: skip


def low_falls(low: NDArray[np.float64], rate: int) -> float:
    """By how many dB what is below 120 Hz falls within 0.15 s of a stroke, in the middle one of its strokes.

    A stroke is the loudest 10 ms within 0.2 s to both sides, at most 12 dB below the loudest of all.
    """
    hop = rate // 100
    power = np.square(low[: len(low) // hop * hop]).reshape(-1, hop).mean(axis=1)
    level = 10 * np.log10(np.maximum(power, 1e-12))
    top = maximum_filter1d(level, 41)
    strokes = np.flatnonzero((level == top) & (level > level.max() - 12))
    strokes = strokes[strokes + 15 < len(level)]
    return float(np.median(level[strokes] - level[strokes + 15])) if len(strokes) else 0.0


def speed(song: Song, folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds and processor seconds of our render, by one worker and by one a core, and of fluidsynth alone.

    On the same unsung notes, in turn; best of two.
    """
    tracks = tuple(track for track in song.tracks if track.role not in ("vocal", "backing"))
    score, sound = folder / "unsung.mid", folder / "bare.wav"
    unsung = replace(song, tracks=tracks, words=replace(song.words, lines=()))
    save_midi(unsung, score)
    performance = perform(unsung, seed=1)
    command = [str(find_program()), "-ni", "-q", "-r", "44100", "-F", str(sound), str(find_soundfont()), str(score)]

    def ours(workers: int) -> None:
        render(performance, workers=workers).close()

    def bare() -> None:
        subprocess.run(command, check=True, capture_output=True)

    found: dict[str, tuple[float, float]] = {}
    for _ in range(2):
        for name, work in (("one", partial(ours, 1)), ("all", partial(ours, CORES)), ("bare", bare)):
            before = _processor()
            began = time.perf_counter()
            work()
            taken = time.perf_counter() - began, _processor() - before
            found[name] = min(found.get(name, taken), taken)
    return found


def _processor() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _low(channel: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    return np.asarray(sosfilt(butter(4, 120, fs=rate, output="sos"), channel))


if __name__ == "__main__":
    main()
