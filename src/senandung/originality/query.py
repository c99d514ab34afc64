"""The piece that is checked: its parts as notes, and the lines in them that can be a tune."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senandung.domain.song import Song
from senandung.originality.voices import split_voices

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class QueryPart:
    """A part: onsets, lengths, pitches in order of onset, then pitch; times in any unit, one for all parts."""

    name: str
    onsets: Ints
    lengths: Ints
    pitches: Ints


@dataclass(frozen=True)
class Query:
    """A piece that is checked. `bar_starts` are the times of its bar lines, the first 0, in the unit of its parts."""

    parts: tuple[QueryPart, ...]
    bar_starts: Ints

    @property
    def notes(self) -> int:
        """Notes of all parts."""
        return sum(len(part.onsets) for part in self.parts)

    def bar_of(self, time: int) -> int:
        """The number, from 1, of the bar in which a time lies."""
        return max(int(np.searchsorted(self.bar_starts, time, side="right")), 1)


@dataclass(frozen=True)
class Line:
    """Notes of a part that follow each other: their numbers in the part, onsets and pitches."""

    part: int
    notes: Ints
    onsets: Ints = field(repr=False)
    pitches: Ints = field(repr=False)


def song_query(song: Song) -> Query:
    """A song as it is checked: every track that has pitch."""
    parts = []
    for track in song.tracks:
        if track.sound.drum or not track.notes:
            continue
        rows = np.asarray([(note.onset, note.duration, note.pitch) for note in track.notes], dtype=np.int64)
        parts.append(QueryPart(track.name, *rows.T))
    return Query(tuple(parts), np.asarray(song.bar_starts(), dtype=np.int64))


SHORTEST_LINE = 6
"""Notes of a line; a shorter one is no tune."""


def lines_of(query: Query) -> tuple[Line, ...]:
    """The voices of every part, and where a part has several, its highest notes as one line more."""
    found = []
    for number, part in enumerate(query.parts):
        bar = int(np.median(np.diff(query.bar_starts))) if len(query.bar_starts) > 1 else 1 << 30
        voices = split_voices(part.onsets, part.lengths, part.pitches, bar=bar)
        chosen = [np.flatnonzero(voices == voice) for voice in range(int(voices.max(initial=0)) + 1)]
        if len(chosen) > 1:
            chosen.append(np.flatnonzero(np.append(np.diff(part.onsets) > 0, True)))
        for notes in chosen:
            fresh = notes[np.diff(part.onsets[notes], prepend=-1) > 0]
            if len(fresh) >= SHORTEST_LINE:
                found.append(Line(number, fresh, part.onsets[fresh], part.pitches[fresh]))
    return tuple(found)
