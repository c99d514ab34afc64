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


@dataclass(frozen=True)
class Notes:
    """All notes of a piece in one row, part after part, in each in order of onset, then pitch.

    `moments` numbers the onsets, `mates` counts the notes of each note's onset. `cell_starts`, shape
    (cells, stretches + 1), says where the notes of part p and pitch h, at p · 128 + h, begin in `cell_times` and
    `cell_notes`, which are in order of time, those of every `stretch` ticks, and where they end.
    """

    times: NDArray[np.float64]
    pitches: Ints
    parts: Ints
    part_starts: Ints
    moments: Ints
    mates: Ints
    cell_starts: NDArray[np.int32]
    stretch: float
    cell_times: NDArray[np.float64]
    cell_notes: Ints


def notes_of(query: Query) -> Notes:
    """The notes of a piece as the search goes through them."""
    counts = [len(part.onsets) for part in query.parts]
    times = np.concatenate([part.onsets for part in query.parts]).astype(np.float64)
    pitches = np.concatenate([part.pitches for part in query.parts]).astype(np.int64)
    parts = np.repeat(np.arange(len(counts)), counts)
    moments = np.cumsum(np.r_[True, (np.diff(times) != 0) | (np.diff(parts) != 0)]) - 1
    cell = parts * 128 + pitches
    order = np.lexsort((times, cell))
    stretch = float(times.max() + 1) / _STRETCHES
    return Notes(
        times,
        pitches,
        parts,
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        moments,
        np.bincount(moments)[moments],
        _begins(cell[order], times[order], len(counts) * 128, stretch),
        stretch,
        times[order],
        order.astype(np.int64),
    )


_STRETCHES = 256
"""Stretches of time into which a cell is divided, so that its notes near a time need not be searched for."""


def _begins(cells: Ints, times: NDArray[np.float64], count: int, stretch: float) -> NDArray[np.int32]:
    """Where the notes of each stretch of each cell begin, and as last column where the cell ends."""
    stretches = cells * _STRETCHES + (times // stretch).astype(np.int64)
    begins = np.searchsorted(stretches, np.arange(count * _STRETCHES + 1)).astype(np.int32)
    rows: NDArray[np.int32] = np.append(
        begins[:-1].reshape(count, _STRETCHES), begins[_STRETCHES::_STRETCHES, None], axis=1
    )
    return rows


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
