"""Drum patterns per style from Groove MIDI: what the drummers played in each bar, on a grid of sixteenths.

Gillick, Roberts, Engel, Eck & Bamman (2019), "Learning to Groove with Inverse Sequence Transformations", ICML: human
performances on an electronic kit, played to a click, so bar lines stand at exact ticks. Only rows whose split is
`train` in info.csv are read.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from senandung.learning.extract_feel import BAR, read_performances

KIT: Mapping[int, int] = MappingProxyType(
    {
        36: 36, 35: 36, 38: 38, 40: 38, 37: 37, 48: 48, 50: 48, 45: 45, 47: 45, 43: 43, 58: 43, 41: 43, 46: 46, 26: 46,
        42: 42, 22: 42, 44: 44, 49: 49, 55: 49, 57: 57, 52: 57, 51: 51, 59: 51, 53: 53,
    }
)  # fmt: skip
"""The Roland TD-11's keys, as the data set's paper lists them, to General MIDI percussion keys."""

FILL_KEYS = (36, 38, 42, 44, 46, 51, 49, 48, 45, 43)
"""General MIDI percussion keys of the drums of `performing.drum_score.NAMES`."""

ON_THE_GRID = 0.3
"""A fill reads as written where no stroke lies further off than this share of a sixteenth, its own mean taken away."""

BACKBONE = (36, 38, 37)
"""Bars with the same bass drum, snare and cross-stick are one pattern; cymbals, hats and toms join as their mode."""

STEPS_PER_QUARTER = 4
LOUDEST_GHOST = 34
"""Snare strokes softer than this are ghosts: they do not make a pattern of their own."""

Bar = dict[tuple[int, int], int]
"""(key, step) → velocity."""
Strokes = tuple[tuple[int, int], ...]


def extract(folder: Path, patterns: int = 24, fills: int = 16) -> dict[str, Any]:
    """The commonest bars of each style, and its fills.

    Parameters
    ----------
    folder : the unpacked groove_midi archive.
    patterns, fills : how many of each to keep for a style.

    Returns
    -------
    {style: {"metre", "steps", "bars", "patterns": [{"hits": {key: [[step, velocity], …]}, "count"}], "fills": […]}};
    `count` is the number of performances in which the pattern is played;
    a style in another metre than 4/4 has the metre in its name ("rock 6/8"). A fill is the second half of a bar.
    """
    beats: defaultdict[str, list[list[Bar]]] = defaultdict(list)
    with (folder / "groove" / "info.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted((row for row in csv.DictReader(file) if row["split"] == "train"), key=lambda row: row["id"])
    for row in rows:
        numerator, denominator = (int(part) for part in row["time_signature"].split("-"))
        metre = f"{numerator}/{denominator}"
        style = row["style"].split("/")[0] + ("" if metre == "4/4" else f" {metre}")
        path = folder / "groove" / row["midi_filename"]
        if row["beat_type"] == "beat" and path.exists():  # some performances are kept back from the archive for judging
            beats[style].append(_bars(path, numerator * 16 // denominator)[:-1])  # the last bar is an ending
    endings = _endings(folder)
    return {
        style: {
            "metre": style.partition(" ")[2] or "4/4",
            "steps": 16 if " " not in style else _steps(style),
            "bars": sum(map(len, beats[style])),
            "patterns": _commonest(beats[style], patterns),
            "fills": _fills(endings.get(style, []), fills),
        }
        for style in sorted(beats)
        if sum(map(len, beats[style])) >= 16
    }


def _steps(style: str) -> int:
    numerator, denominator = style.split()[1].split("/")
    return int(numerator) * 16 // int(denominator)


def _bars(path: Path, steps: int) -> list[Bar]:
    import mido

    midi = mido.MidiFile(path)
    step_ticks = midi.ticks_per_beat / STEPS_PER_QUARTER
    bars: defaultdict[int, Bar] = defaultdict(dict)
    at = 0
    for message in mido.merge_tracks(midi.tracks):
        at += message.time
        if message.type == "note_on" and message.velocity > 0 and message.note in KIT:
            place = round(at / step_ticks)
            hit = (KIT[message.note], place % steps)
            bar = bars[place // steps]
            bar[hit] = max(message.velocity, bar.get(hit, 0))
    return [bars[number] for number in sorted(bars) if len(bars[number]) >= 5]


def _backbone(bar: Bar) -> Strokes:
    strokes = [hit for hit, loud in bar.items() if hit[0] in BACKBONE and (hit[0] == 36 or loud > LOUDEST_GHOST)]
    return tuple(sorted(strokes))


def _commonest(performances: list[list[Bar]], keep: int) -> list[dict[str, Any]]:
    """The patterns that most performances share; a performance that loops one bar counts once for it."""
    groups: defaultdict[Strokes, list[Bar]] = defaultdict(list)
    heard: Counter[Strokes] = Counter()
    for bars in performances:
        for bar in bars:
            groups[_backbone(bar)].append(bar)
        heard.update({_backbone(bar) for bar in bars})
    ranked = sorted((s for s in groups if len(s) >= 2), key=lambda s: (-heard[s], -len(groups[s]), s))
    return [_average(groups[strokes], heard[strokes]) for strokes in ranked[:keep]]


def _average(members: list[Bar], count: int) -> dict[str, Any]:
    """The mean bar of a pattern, with the cymbal or hat that most of its drummers keep time on."""
    by_cymbal: defaultdict[int, list[Bar]] = defaultdict(list)
    for bar in members:
        hats = sum(key in (42, 46) for key, _ in bar)
        by_cymbal[0 if hats >= sum(key in (51, 53) for key, _ in bar) else 1].append(bar)
    members = max(by_cymbal.values(), key=len)
    played = Counter(hit for bar in members for hit in bar)
    hits: defaultdict[str, list[list[int]]] = defaultdict(list)
    for (key, step), times in sorted(played.items()):
        if times * 5 >= len(members) * 2:
            loud = [bar[key, step] for bar in members if (key, step) in bar]
            hits[str(key)].append([step, round(sum(loud) / len(loud))])
    return {"hits": dict(hits), "count": count}


def _endings(folder: Path) -> dict[str, list[Bar]]:
    """Half bars that end on drums, of the fills in 4/4 that lie on the grid; steps 8 to 15 of the bar, by style."""
    found: defaultdict[str, list[Bar]] = defaultdict(list)
    for played in read_performances(folder, triplets=False):
        if played.split != "train" or played.kind != "fill":
            continue
        score, take = played.take.score, played.take
        bars = score.place // BAR
        for bar in np.unique(bars):
            rows = np.flatnonzero((bars == bar) & (score.in_bar >= BAR // 2))
            strayed = np.abs(take.offset[rows] - np.median(take.offset[rows])) * played.bpm / 15 if len(rows) else [1.0]
            if np.max(strayed) > ON_THE_GRID:
                continue
            hits = {
                (FILL_KEYS[score.drum[row]], int(score.in_bar[row]) // 3): round(take.velocity[row]) for row in rows
            }
            found[played.style.split("/")[0]].append(hits)
    return found


def _fills(bars: list[Bar], keep: int) -> list[dict[str, Any]]:
    """The half bars that end on toms or snare, those that are played oftenest first, then those of usual length."""
    drums = (38, 43, 45, 48)
    fit = [
        bar
        for bar in bars
        if 4 <= len(bar) <= 12
        and sum(key in drums for key, _ in bar) >= 3
        and max(step for _, step in bar) >= 13
        and max(Counter(step for _, step in bar).values()) <= 3
    ]
    groups: defaultdict[Strokes, list[Bar]] = defaultdict(list)
    for bar in fit:
        groups[tuple(sorted(bar))].append(bar)
    usual = sorted(map(len, fit))[len(fit) // 2] if fit else 0
    ranked = sorted(groups, key=lambda strokes: (-len(groups[strokes]), abs(len(strokes) - usual), strokes))
    return [_average(groups[strokes], len(groups[strokes])) for strokes in ranked[:keep]]
