"""What comes out of the desk, measured on the files of finished songs, and how long the desk takes.

    make bench-sound                              every style, songs of a minute and a half
    make bench-sound ARGS="--styles dangdut,ladrang --minutes 2"

Every song is made as a user makes it, and its song.wav and stems are read back. Loudness, loudness range (EBU Tech
3342), true peak; what is lost in mono; what the sides hold below 120 Hz; samples at full scale; the stems' sum against
the song; how much of each part is heard beside the others (`rendering.masking`). Then the same notes without the sung
parts are rendered, mixed and mastered, beside the bare fluidsynth program on the same MIDI file, in turn.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
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

TEXTS = {
    "sad": "aku rindu kamu, malam ini hujan turun lagi",
    "glad": "hari ini kita menang, ayo menari sampai pagi",
}
HIDDEN = 0.15
"""Share of a part that is heard below which it is called hidden."""


def main() -> None:
    """Measure and print Markdown; exit 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--styles", default="", help="styles, divided by commas; all without")
    parser.add_argument("--minutes", type=float, default=1.5)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--no-speed", action="store_true", help="only what is heard")
    parser.add_argument("--json", type=Path, help="write everything here too")
    given = parser.parse_args()
    styles = given.styles.split(",") if given.styles else list(style_names())
    print(f"{platform.machine()}, Python {platform.python_version()}, seed {given.seed}, {given.minutes} minutes\n")
    print("| style | LUFS | LU range | dBTP | mono, dB | sides < 120 Hz | at full scale | stems' sum, dBFS | heard |")
    print("|---|---|---|---|---|---|---|---|---|")
    found, missed = {}, []
    for place, style in enumerate(styles):
        text = list(TEXTS.values())[place % len(TEXTS)]
        with tempfile.TemporaryDirectory() as folder:
            made = senandung.create(
                text, style=style, seed=given.seed, minutes=given.minutes, out=Path(folder) / "song"
            )
            row = measure(Path(folder) / "song")
            if not given.no_speed:
                row["speed"] = speed(made.song, Path(folder))
        found[style] = row
        parts = row["heard"]
        hidden = [f"{name} {share:.2f}" for name, (share, by) in parts.items() if share < HIDDEN]
        print(f"| {style} | {row['lufs']:.2f} | {row['range']:.1f} | {row['peak']:.2f} | {row['mono']:+.1f} "
              f"| {row['low_sides']:.1f} % | {row['clipped']} | {row['sum']:.0f} "
              f"| {np.median([share for share, _ in parts.values()]):.2f}"
              f"{', hidden: ' + ', '.join(hidden) if hidden else ''} |", flush=True)  # fmt: skip
        if abs(row["lufs"] + 14) > 0.5 or row["peak"] > -1 or row["clipped"]:
            missed.append(style)
    if not given.no_speed:
        print("\n| style | our render, mix and master, s | processor | fluidsynth alone, s | processor | ratio |")
        print("|---|---|---|---|---|---|")
        for style, row in found.items():
            ours, bare = row["speed"]["ours"], row["speed"]["bare"]
            print(f"| {style} | {ours[0]:.2f} | {ours[1]:.2f} | {bare[0]:.2f} | {bare[1]:.2f} "
                  f"| {ours[0] / bare[0]:.2f} |")  # fmt: skip
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if missed:
        print(f"\nBars missed: {', '.join(missed)}")
    sys.exit(1 if missed else 0)


def measure(folder: Path) -> dict[str, object]:
    """The figures of one song folder."""
    samples, rate = soundfile.read(folder / "song.wav", dtype="float32", always_2d=True)
    mix = samples.T
    powers = block_powers(cut(mix), rate)
    mono = block_powers(cut(np.broadcast_to(mix.mean(axis=0), mix.shape)), rate)
    middle, sides = (mix[0] + mix[1]) / 2, (mix[0] - mix[1]) / 2
    low = [float(np.square(_low(each, rate), dtype=np.float64).sum()) for each in (middle, sides)]
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
        "clipped": int((np.abs(mix) >= 1.0).sum()), "sum": 20 * np.log10(max(off, 1e-9)),
        "heard": {name: (each.audible, each.hidden_by) for name, each in audibility(stems).items()},
    }  # fmt: skip


def speed(song: Song, folder: Path) -> dict[str, tuple[float, float]]:
    """Seconds and processor seconds of our render and of fluidsynth alone, on the same unsung notes; best of two."""
    tracks = tuple(track for track in song.tracks if track.role not in ("vocal", "backing"))
    score, sound = folder / "unsung.mid", folder / "bare.wav"
    unsung = replace(song, tracks=tracks, words=replace(song.words, lines=()))
    save_midi(unsung, score)
    performance = perform(unsung, seed=1)
    command = [str(find_program()), "-ni", "-q", "-r", "44100", "-F", str(sound), str(find_soundfont()), str(score)]

    def ours() -> None:
        render(performance).close()

    def bare() -> None:
        subprocess.run(command, check=True, capture_output=True)

    found: dict[str, tuple[float, float]] = {}
    for _ in range(2):
        for name, work in (("ours", ours), ("bare", bare)):
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
