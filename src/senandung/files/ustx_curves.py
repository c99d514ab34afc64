"""A singing as curves of an OpenUtau project: pitch deviation, dynamics, breathiness, tension.

The notes stay where the score has them, so the singing's seconds are laid along the score: every vowel's onset on its
note's, every phrase's end on its last note's. OpenUtau's own pitch, on which the deviation stands, is a step at each
note with a sine from 40 ms before to 40 ms after it where notes touch (`PITCH_POINT_MS`; OpenUtau 0.1,
`RenderPhrase`). A part that is sung in another octave than it is written keeps the written one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME, Singing
from senandung.domain.song import Note, Song

INTERVAL = 5
"""Ticks of OpenUtau's curves."""

PITCH_POINT_MS = 40
"""From where to where, around a note's onset, OpenUtau moves to it."""

MOST_CENTS = 1200

USUAL_BREATH, BREATH_RANGE = 0.12, 0.6
"""The breathiness that OpenUtau's 0 stands for, and what its 100 is more than that."""

TOLERANCE = {"pitd": 1.5, "dyn": 1.5, "brec": 1.5, "tenc": 1.5}
"""How far a straight line may leave a curve, in its own units (cents, tenths of a dB, percent)."""

Floats = NDArray[np.float64]


def ustx_curves(song: Song, singing: Singing) -> list[dict[str, Any]]:
    """The curves of the part that is sung: rows of `abbr`, `xs` in ticks, `ys`. Empty where there is no such part."""
    notes = notes_of(song, singing)
    if not notes:
        return []
    ticks = np.arange(0, max(song.end, INTERVAL) + INTERVAL, INTERVAL)
    places = seconds_of_ticks(song, singing, ticks) / FRAME
    frames = np.arange(len(singing.pitch))

    def at(curve: NDArray[np.float32]) -> Floats:
        return np.asarray(np.interp(places, frames, curve), dtype=np.float64)

    cents = 100 * at(singing.pitch) - base_pitch(song, notes, ticks)
    sounding = np.zeros(len(ticks), dtype=bool)
    for note in notes:
        sounding[note.onset // INTERVAL : note.end // INTERVAL] = True
    octaves = 1200 * np.round(np.median(cents[sounding]) / 1200) if sounding.any() else 0.0
    rows = {
        "dyn": np.clip(10 * at(singing.dynamics), -240, 120),
        "pitd": np.clip(np.where(_near(sounding), cents - octaves, 0.0), -MOST_CENTS, MOST_CENTS),
        "brec": np.clip(100 * (at(singing.breathiness) - USUAL_BREATH) / BREATH_RANGE, -100, 100),
        "tenc": np.clip(100 * at(singing.tension), -100, 100),
    }
    curves = []
    for name, values in rows.items():
        kept = straightened(np.rint(values), TOLERANCE[name])
        xs = [int(ticks[index]) for index in kept]
        ys = [round(float(values[index])) for index in kept]
        curves.append({"xs": xs, "ys": ys, "abbr": name})
    return curves


def notes_of(song: Song, singing: Singing) -> tuple[Note, ...]:
    """The notes of the track that a singing sings."""
    return next((track.notes for track in song.tracks if track.name == singing.track), ())


def seconds_of_ticks(song: Song, singing: Singing, ticks: NDArray[np.int64]) -> Floats:
    """When each tick of the song is sung."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for note in notes_of(song, singing):
        if note.syllable is not None:
            first.setdefault(note.syllable, note.onset)
            last[note.syllable] = note.end
    spans: dict[int, tuple[float, float]] = {}
    for each in singing.phonemes:
        if PHONEMES[each.symbol].vowel:
            spans.setdefault(each.syllable, (each.start, each.end))
        if each.syllable in spans:
            spans[each.syllable] = (spans[each.syllable][0], each.end)
    anchors: list[tuple[int, float]] = []
    for number in sorted(first, key=lambda each: first[each]):
        if number not in spans:
            continue
        start, end = spans[number]
        if anchors and (first[number] <= anchors[-1][0] or start <= anchors[-1][1]):
            anchors.pop()
        if not anchors or (first[number] > anchors[-1][0] and start > anchors[-1][1]):
            anchors.append((first[number], start))
        if last[number] > anchors[-1][0] and end > anchors[-1][1]:
            anchors.append((last[number], end))
    clock = song.tempo_map
    if not anchors:
        return np.array([clock.ticks_to_seconds(int(tick)) for tick in ticks])
    begin = anchors[0][1] - clock.ticks_to_seconds(anchors[0][0])
    end = anchors[-1][1] - clock.ticks_to_seconds(anchors[-1][0])
    stop = max(int(ticks[-1]), anchors[-1][0]) + INTERVAL
    anchors = [(-1, begin - 1e-6), *anchors] if anchors[0][0] > 0 else anchors
    anchors.append((stop, clock.ticks_to_seconds(stop) + end))
    return np.asarray(np.interp(ticks, [tick for tick, _ in anchors], [second for _, second in anchors]))


def base_pitch(song: Song, notes: Sequence[Note], ticks: NDArray[np.int64]) -> Floats:
    """OpenUtau's own pitch of the notes at each tick, in cents, as its pitch points (`pitch_points`) give it."""
    ends = np.array([note.end for note in notes])
    index = np.minimum(np.searchsorted(ends, ticks), len(notes) - 1)
    base = 100.0 * np.array([note.pitch for note in notes])[index]
    clock = song.tempo_map
    for before, note in pairwise(notes):
        if before.end != note.onset or before.pitch == note.pitch:
            continue
        middle = clock.ticks_to_seconds(note.onset)
        low, high = (clock.seconds_to_ticks(middle + side * PITCH_POINT_MS / 1000) for side in (-1, 1))
        inside = slice(max(math.ceil(low / INTERVAL), 0), high // INTERVAL + 1)
        x = np.clip((ticks[inside] - low) / (high - low), 0, 1)
        base[inside] = 100 * (before.pitch + (note.pitch - before.pitch) * (0.5 - 0.5 * np.cos(np.pi * x)))
    return np.asarray(base)


def pitch_points(before: Note | None, note: Note) -> list[dict[str, Any]]:
    """The pitch points of a note: from the note before where they touch."""
    joined = before is not None and before.end == note.onset
    start = 10 * (before.pitch - note.pitch) if joined and before is not None else 0
    return [{"x": -PITCH_POINT_MS, "y": start, "shape": "io"}, {"x": PITCH_POINT_MS, "y": 0, "shape": "io"}]


def straightened(values: Floats, tolerance: float) -> list[int]:
    """The places of the points that are enough to draw a curve with straight lines, none of its values missed by more.

    The swinging door of Bristol (1990), "Swinging door trending", ISA National Conf. Proc.

    >>> straightened(np.array([0.0, 1.0, 2.0, 3.0, 3.0]), 0.1)
    [0, 3, 4]
    """
    if not len(values):
        return []
    rows = values.tolist()
    kept = [0]
    high, low = math.inf, -math.inf
    for index in range(1, len(rows)):
        start = kept[-1]
        length = index - start
        slope = (rows[index] - rows[start]) / length
        if not low <= slope <= high:
            kept.append(index - 1)
            start, length = index - 1, 1
            high, low = math.inf, -math.inf
        high = min(high, (rows[index] + tolerance - rows[start]) / length)
        low = max(low, (rows[index] - tolerance - rows[start]) / length)
    if kept[-1] != len(rows) - 1:
        kept.append(len(rows) - 1)
    return kept


def _near(sounding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where a note sounds or will in a fifth of a second or so; elsewhere the pitch is nobody's."""
    reach = 2 * round(100 / INTERVAL) + 1
    return np.asarray(np.convolve(sounding, np.ones(reach), "same") > 0)
