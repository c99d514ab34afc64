"""A piece against an index: the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.song import Song
from senandung.originality.index import (
    STEPS_PER_QUARTER,
    MusicIndex,
    PieceRow,
    Voice,
    WorkRow,
    build_index,
    load_index,
)
from senandung.originality.information import Information
from senandung.originality.query import Query, song_query
from senandung.originality.report import HumanRange, Nearest, OriginalityReport, PassageNotes, score_of
from senandung.originality.search import Passage, find_passages
from senandung.originality.voices import split_voices

MOST_NEAREST = 5
"""Passages of a report."""

TICKS_PER_STEP = 480 // STEPS_PER_QUARTER

INDEX_NAME, RANGE_NAME = "index.safetensors", "human.json"

Ints = NDArray[np.int64]


@lru_cache(maxsize=1)
def shipped_index() -> MusicIndex:
    """The index of the training music that comes with the package."""
    return load_index(_weights() / INDEX_NAME)


@lru_cache(maxsize=1)
def shipped_range() -> HumanRange:
    """Where human works lie, as measured on held-out ones."""
    plain = json.loads((_weights() / RANGE_NAME).read_text(encoding="utf-8"))
    return HumanRange({name: (low, high, count) for name, (low, high, count) in plain["ranges"].items()})


def _weights() -> Path:
    return Path(str(resources.files("senandung.weights") / "originality"))


def check_song(
    song: Song,
    *,
    against: Sequence[MusicIndex] = (),
    asked: Sequence[Sequence[tuple[int, int]]] = (),
    index: MusicIndex | None = None,
    human: HumanRange | None = None,
) -> OriginalityReport:
    """How near a song comes to the training music, and to other music.

    Parameters
    ----------
    against : further indexes, as `index_songs` makes them of a person's own files.
    asked : passages that the person asked for, each as (onset, pitch) in any unit of time; likeness that goes through
        them is told apart and does not count.
    index, human : the training music and the human range; the shipped ones without them.
    """
    indexes = (index or shipped_index(), *against)
    return check_query(song_query(song), family_of(song), indexes, human or shipped_range(), asked=asked)


def check_query(
    query: Query,
    family: str,
    indexes: Sequence[MusicIndex],
    human: HumanRange,
    *,
    asked: Sequence[Sequence[tuple[int, int]]] = (),
) -> OriginalityReport:
    """As `check_song`, of a piece that is no song."""
    wanted = _asked_notes(query, asked, indexes[0].information)
    found = find_passages(query, *indexes)
    rows = [(_nearest(query, each, indexes[each.index]), _shared_with(each, wanted)) for each in found]
    counted = tuple(row for row, mine in rows if mine < _ASKED_SHARE)
    name, interval = human.of(family)
    score = score_of(counted[0].excess if counted else 0.0, query.notes)
    return OriginalityReport(
        score,
        interval,
        name,
        counted[:MOST_NEAREST],
        score < interval[0],
        query.notes,
        sum(index.notes for index in indexes),
        tuple(row for row, mine in rows if mine >= _ASKED_SHARE)[:MOST_NEAREST],
    )


_ASKED_SHARE = 0.6
"""Share of a passage's notes that must be those of the asked motif."""


def _asked_notes(
    query: Query, asked: Sequence[Sequence[tuple[int, int]]], information: Information
) -> set[tuple[int, int]]:
    """Parts and notes of the piece that state a passage which was asked for."""
    voices = []
    for number, passage in enumerate(asked):
        rows = np.asarray(sorted(passage), dtype=np.int64).reshape(-1, 2)
        if len(rows):
            voices.append(Voice(number, 0, rows[:, 0] - rows[0, 0], rows[:, 1]))
    if not voices:
        return set()
    work = WorkRow("", "", "", "")
    pieces = [PieceRow(0, 0, ("motif",)) for _ in asked]
    index = build_index([work], pieces, [[96]] * len(asked), voices, information)
    return {(each.part, note) for each in find_passages(query, index, most=200, least=4.0) for note in each.here}


def _shared_with(passage: Passage, wanted: set[tuple[int, int]]) -> float:
    return sum((passage.part, note) in wanted for note in passage.here) / len(passage.here)


def _nearest(query: Query, passage: Passage, index: MusicIndex) -> Nearest:
    piece = int(index.voice_piece[passage.voice])
    row = index.pieces[piece]
    onsets, pitches = index.voice_notes(passage.voice, passage.there[0], passage.there[-1] + 1)
    bars = index.bar_of(piece, int(onsets[0])), index.bar_of(piece, int(onsets[-1]))
    begin, end = index.bar_span(piece, bars[0])
    there = PassageNotes(
        tuple(((onsets - begin) / STEPS_PER_QUARTER).tolist()),
        tuple((_lengths(onsets) / STEPS_PER_QUARTER).tolist()),
        tuple(pitches.tolist()),
        tuple(note - passage.there[0] for note in passage.there),
        (end - begin) / STEPS_PER_QUARTER,
    )
    part = query.parts[passage.part]
    inside = np.arange(passage.here[0], passage.here[-1] + 1)
    here_bars = query.bar_of(int(part.onsets[inside[0]])), query.bar_of(int(part.onsets[inside[-1]]))
    starts = query.bar_starts
    first = int(starts[here_bars[0] - 1]) if len(starts) else 0
    length = int(starts[here_bars[0]]) - first if here_bars[0] < len(starts) else 1920
    mine = set(passage.here)
    ours = PassageNotes(
        tuple(((part.onsets[inside] - first) / 480).tolist()),
        tuple((part.lengths[inside] / 480).tolist()),
        tuple(part.pitches[inside].tolist()),
        tuple(place for place, note in enumerate(inside.tolist()) if note in mine),
        length / 480,
    )
    moments = len(set(part.onsets[inside].tolist()))
    return Nearest(
        index.works[row.work],
        row.parts[int(index.voice_part[passage.voice])],
        bars,
        part.name,
        here_bars,
        len(passage.here),
        passage.bits,
        passage.excess,
        passage.in_tempo,
        len(passage.here) / max(moments, len(onsets)),
        passage.shift,
        passage.scale / TICKS_PER_STEP,
        there,
        ours,
    )


def _lengths(onsets: Ints) -> Ints:
    gaps = np.diff(onsets)
    return np.append(gaps, gaps[-1:] if len(gaps) else [STEPS_PER_QUARTER])


def family_of(song: Song) -> str:
    """The family of music that a song is compared within, by who plays."""
    tracks = [track for track in song.tracks if track.notes]
    pitched = [track for track in tracks if not track.sound.drum]
    names = {track.instrument for track in pitched}
    singers = sum(track.sound.family == "voice" for track in pitched)
    if len(pitched) == 1 and not _chordal(pitched[0].notes):
        return "tune"
    return family_by(names, len(pitched), singers, drums=len(pitched) < len(tracks))


def family_by(names: set[str], parts: int, singers: int, *, drums: bool = False) -> str:
    """The family by the names of the instruments, how many parts there are and how many of them sing.

    >>> family_by({"violin", "viola", "cello"}, 4, 0), family_by({"voice", "piano"}, 2, 1)
    ('strings', 'song')
    """
    if drums or names & {"bass", "electric-guitar", "synth", "pad", "electric-piano"}:
        return "band"
    if singers >= 2:
        return "choir"
    if singers == 1:
        return "song"
    if names <= {"piano", "harpsichord", "organ"}:
        return "keyboard"
    if names <= {"guitar", "nylon-guitar"}:
        return "guitar"
    if names <= {"violin", "viola", "cello", "contrabass", "strings"}:
        return "strings"
    return "orchestra" if parts >= 9 else "chamber"


def _chordal(notes: Sequence[object]) -> bool:
    onsets = [note.onset for note in notes]  # type: ignore[attr-defined]
    return len(set(onsets)) < 0.9 * len(onsets)


def index_songs(songs: Sequence[tuple[str, Song]], information: Information | None = None) -> MusicIndex:
    """An index of a person's own songs.

    Parameters
    ----------
    songs : what each is called, and its notes.
    information : how common turns are; what was counted from the training music without it.
    """
    works, pieces, bars, voices = [], [], [], []
    for number, (name, song) in enumerate(songs):
        query = song_query(song)
        works.append(WorkRow(name, "", "own", "yours"))
        pieces.append(PieceRow(number, 0, tuple(part.name for part in query.parts)))
        starts = np.append(
            query.bar_starts, max(song.end, int(query.bar_starts[-1]) + 1) if len(query.bar_starts) else 1
        )
        bars.append(np.maximum(np.diff(starts) // TICKS_PER_STEP, 1).tolist() or [96])
        for part_number, part in enumerate(query.parts):
            of_note = split_voices(part.onsets, part.lengths, part.pitches, bar=1920)
            for voice in range(int(of_note.max(initial=0)) + 1):
                mine = np.flatnonzero(of_note == voice)
                if len(mine):
                    onsets = np.rint(part.onsets[mine] / TICKS_PER_STEP).astype(np.int64)
                    voices.append(Voice(number, part_number, onsets, part.pitches[mine]))
    return build_index(works, pieces, bars, voices, information or shipped_index().information)
