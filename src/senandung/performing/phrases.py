"""Where phrases begin and end, as players feel them."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from senandung.domain.song import Note, Song, Track
from senandung.domain.time import Tick

PHRASE_BARS = 4
"""Bars of a phrase where no rest divides a part."""


def phrase_spans(song: Song, track: Track) -> list[tuple[Tick, Tick]]:
    """The phrases of a part as (first tick, end tick), in order.

    A singing part breathes at rests of a beat or more; the others follow groups of four bars inside each section.
    """
    if track.role in ("vocal", "backing", "melody", "counter"):
        return _by_rests(song, track.notes)
    return bar_phrases(song)


def bar_phrases(song: Song) -> list[tuple[Tick, Tick]]:
    """Groups of four bars inside each section, as (first tick, end tick), in order."""
    starts = song.bar_starts()
    spans: list[tuple[Tick, Tick]] = []
    for first, last in _section_bounds(song):
        bars = [tick for tick in starts if first <= tick < last][::PHRASE_BARS] or [first]
        spans.extend(zip(bars, [*bars[1:], last], strict=True))
    return spans


def place_in_phrase(spans: Sequence[tuple[Tick, Tick]], tick: Tick) -> tuple[int, float]:
    """The number of the phrase that holds a tick, and how far into it, 0..1."""
    index = max(bisect.bisect_right([first for first, _ in spans], tick) - 1, 0)
    first, last = spans[index]
    return index, min(max((tick - first) / max(last - first, 1), 0.0), 1.0)


def _by_rests(song: Song, notes: Sequence[Note]) -> list[tuple[Tick, Tick]]:
    if not notes:
        return [(0, max(song.end, 1))]
    spans = []
    first, reached = notes[0].onset, notes[0].end
    for note in notes[1:]:
        if note.onset - reached >= song.metre_at(note.onset).beat_ticks:
            spans.append((first, reached))
            first = note.onset
        reached = max(reached, note.end)
    return [*spans, (first, reached)]


def _section_bounds(song: Song) -> list[tuple[Tick, Tick]]:
    if not song.sections:
        return [(0, max(song.end, 1))]
    bounds = [(section.onset, section.end) for section in song.sections]
    return bounds if bounds[-1][1] >= song.end else [*bounds, (bounds[-1][1], song.end)]
