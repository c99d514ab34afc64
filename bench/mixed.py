"""Whether the sections of a mixed song are read as the feelings that they were given.

    .venv/bin/python bench/mixed.py

Pairs of named feelings, fused as two traces would be, are composed in every style of a band and played. Each section's
notes are read for themselves by the rules of `sensing.notes`, which know nothing of the plan. Beside each song stands
one of the same seed and style for the middle of the two, whose choruses are fuller than its verses too: what the parts
add is the difference. Composer and reader share cues (mode, density, register, loudness), so that agreement says that
what was asked arrives in the notes, not what a listener feels.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from senandung.composing.compose import compose
from senandung.composing.mixed import cast_parts
from senandung.composing.plan import Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.performance import Part, Performance
from senandung.domain.reading import Reading
from senandung.domain.scales import Key
from senandung.domain.song import Song
from senandung.performing.clock import Clock
from senandung.performing.dynamics import arousal_at
from senandung.performing.perform import perform
from senandung.sensing.fusion import fuse_readings
from senandung.sensing.notes.events import events_of_performance
from senandung.sensing.notes.read import read_notes

LINES = ("aku senang dia lulus", "tapi sedih harus pisah", "kereta itu pergi", "rumah ini sepi lagi")

ASKED = 0.3
"""Parts that differ by less in valence or arousal ask for no direction there."""


def pairs(count: int) -> list[tuple[str, str, Feeling]]:
    """Named feelings that stay apart when they are fused; every other one as `count` allows."""
    found = []
    for one, other in combinations([name for name in PLACES if name not in ("netral", "kangen")], 2):
        both = [Reading("text", one, Feeling.named(one)), Reading("song", other, Feeling.named(other))]
        fused = fuse_readings(both)
        if len(fused.parts) == 2:
            found.append((one, other, fused))
    step = len(found) / count
    return [found[int(place * step)] for place in range(count)]


def felt(song: Song, kinds: Sequence[str], seed: int) -> dict[str, tuple[float, float]]:
    """Valence and arousal read from the played notes of all sections of a kind, each section for itself, their mean."""
    played = perform(song, seed=seed)
    clock = Clock.of(song, arousal_at(song, song.end), 1.0)
    rows: dict[str, list[tuple[float, float]]] = {}
    for section in song.sections:
        if section.kind not in kinds:
            continue
        start, end = clock.seconds(section.onset) - 0.05, clock.seconds(section.end) - 0.05
        parts = []
        for part in played.parts:
            notes = tuple(replace(n, onset=n.onset - start) for n in part.notes if start <= n.onset < end)
            if notes:
                parts.append(replace(part, notes=notes))
        read = read_notes(events_of_performance(_performance(played, parts)), section.name).feeling
        if read.readable:
            rows.setdefault(section.kind, []).append((read.valence, read.arousal))
    return {
        kind: (float(np.mean([v for v, _ in row])), float(np.mean([a for _, a in row]))) for kind, row in rows.items()
    }


def _performance(played: Performance, parts: Sequence[Part]) -> Performance:
    return replace(played, parts=tuple(parts))


def main() -> None:
    """Compose, read and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--styles", default=",".join(band_style_names()))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", action="store_true", help="with the network, as create does")
    parser.add_argument("--key", help="keep all sections in this key")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    wishes = Wishes(minutes=2, key=Key.parse(given.key) if given.key else None)
    engine = None
    if given.engine:
        from senandung.composing.decoding.engine import load_engine

        engine = load_engine()
    rows = []
    began = time.perf_counter()
    for number, (one, other, fused) in enumerate(pairs(given.pairs)):
        for name in given.styles.split(","):
            style, seed = load_style(name), given.seed + number
            songs = [
                compose(feeling, style, LINES, wishes, language="id", seed=seed, version="bench", engine=engine)
                for feeling in (fused, replace(fused, parts=()))
            ]
            kinds = [section.kind for section in songs[0].sections]
            if not {"verse", "chorus"} <= set(kinds):
                continue
            cast = dict(zip(kinds, cast_parts(fused, kinds), strict=True))
            verse, chorus = cast["verse"], cast["chorus"]
            heard, usual = (felt(song, ("verse", "chorus"), seed) for song in songs)
            rows.append(
                {
                    "pair": f"{one}+{other}", "style": name, "seed": seed,
                    "keys": len({str(k.key) for k in songs[0].keys}),
                    "asked": [chorus.valence - verse.valence, chorus.arousal - verse.arousal],
                    "heard": [heard["chorus"][axis] - heard["verse"][axis] for axis in (0, 1)],
                    "usual": [usual["chorus"][axis] - usual["verse"][axis] for axis in (0, 1)],
                }
            )  # fmt: skip
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    print(f"commit {commit.stdout.strip()}, seed {given.seed}, {len(rows)} songs, {given.pairs} pairs, "
          f"{'network' if engine else 'tables'}, {time.perf_counter() - began:.0f} s\n")  # fmt: skip
    print(table(rows))
    if given.json:
        given.json.write_text(json.dumps(rows))


def table(rows: Sequence[dict[str, object]]) -> str:
    """Shares of songs whose chorus differs from the verse in the asked direction, and by how much."""
    lines = [
        "| | songs | direction | beside the middle | chorus − verse, asked | mixed | the middle's |",
        "|---|" + "---|" * 6,
    ]
    for axis, name in ((0, "valence"), (1, "arousal")):
        lines.append(_row(name, rows, axis))
    lines.append(_row("valence, two keys", [row for row in rows if row["keys"] == 2], 0))
    lines.append(_row("valence, one key", [row for row in rows if row["keys"] == 1], 0))
    for style in dict.fromkeys(str(row["style"]) for row in rows):
        lines.append(_row(f"valence, {style}", [row for row in rows if row["style"] == style], 0))
    return "\n".join(lines)


def _row(name: str, rows: Sequence[dict[str, object]], axis: int) -> str:
    values = np.asarray([[row[key][axis] for key in ("asked", "heard", "usual")] for row in rows])  # type: ignore[index]
    asked = values[np.abs(values[:, 0]) >= ASKED] if len(values) else values.reshape(0, 3)
    if not len(asked):
        return f"| {name} | 0 | | | | | |"
    sign = np.sign(asked[:, 0])
    right = np.mean(sign * asked[:, 1] > 0)
    more = np.mean(sign * (asked[:, 1] - asked[:, 2]) > 0)
    sizes = [float(np.mean(sign * asked[:, column])) for column in range(3)]
    return f"| {name} | {len(asked)} | {right:.0%} | {more:.0%} | {sizes[0]:+.2f} | {sizes[1]:+.2f} | {sizes[2]:+.2f} |"


if __name__ == "__main__":
    main()
