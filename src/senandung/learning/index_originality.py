"""The training part of the packed corpus as an index of originality: every voice of every work.

Left out: drums, which have no pitch; notes that a part has twice at once; works of the held-out part, which are the
human range. What the tables of melody, harmony and hymns were counted from are works of the same sets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import METRES, Piece
from senandung.composing.pieces.tokens import decode
from senandung.domain.errors import FileError
from senandung.learning.pack import Packed
from senandung.originality.index import MusicIndex, PieceRow, Voice, WorkRow, build_index
from senandung.originality.query import Query, QueryPart
from senandung.originality.voices import split_voices

Ints = NDArray[np.int64]


def pieces_of(packed: Packed) -> Iterator[Piece]:
    """The pieces of a packed set, decoded."""
    for piece in range(packed.pieces):
        first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
        body = packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]]
        yield decode([*packed.header(piece, first).tolist(), *body.tolist()])


def part_notes(piece: Piece, part: int) -> tuple[Ints, Ints, Ints]:
    """Onsets and lengths in steps from the piece's beginning, and pitches, of a part; no note twice at once."""
    rows: dict[tuple[int, int], int] = {}
    begin = 0
    for bar in piece.bars:
        for note in bar.notes[part]:
            key = (begin + note.start, note.pitch)
            rows[key] = max(note.length, rows.get(key, 0))
        begin += METRES[bar.metre].steps
    ordered = sorted(rows)
    none = np.zeros((0, 2), dtype=np.int64)
    places = np.asarray(ordered, dtype=np.int64) if ordered else none
    return places[:, 0], np.asarray([rows[key] for key in ordered], dtype=np.int64), places[:, 1]


def piece_query(piece: Piece, *, unit: int = 20) -> Query:
    """A piece as it is checked, in ticks."""
    parts = []
    for number, who in enumerate(piece.parts):
        if who.instrument != "drums":
            onsets, lengths, pitches = part_notes(piece, number)
            if len(onsets):
                parts.append(QueryPart(f"{who.instrument}.{who.slot}", onsets * unit, lengths * unit, pitches))
    ends = np.cumsum([METRES[bar.metre].steps for bar in piece.bars])
    return Query(tuple(parts), np.concatenate([[0], ends[:-1]]).astype(np.int64) * unit)


def work_rows(packed: Path, split: str) -> dict[str, list[dict[str, Any]]]:
    """The manifest's rows of a split that have pieces, by set, in the order of the packed pieces."""
    path = packed / "works.jsonl"
    if not path.is_file():
        raise FileError(path, "no manifest of works; pack the corpus again")
    found: dict[str, list[dict[str, Any]]] = {}
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            if row["split"] == split and row["pieces"]:
                found.setdefault(row["set"], []).append(row)
    return found


def index_corpus(
    sets: Mapping[str, Packed], rows: Mapping[str, list[dict[str, Any]]], progress: Callable[[str], None] | None = None
) -> MusicIndex:
    """The index of packed sets.

    Parameters
    ----------
    sets : the training part, by name.
    rows : the manifest's rows of the same, in order.
    progress : told which set is read.
    """
    works: list[WorkRow] = []
    pieces: list[PieceRow] = []
    bars: list[list[int]] = []
    voices: list[Voice] = []
    for name, packed in sets.items():
        if progress:
            progress(f"reading {name}")
        decoded = pieces_of(packed)
        for row in rows[name]:
            first = len(pieces)
            before = 0
            for _ in range(row["pieces"]):
                piece = next(decoded)
                found = list(_voices(piece, len(pieces)))
                if found:
                    voices += found
                    names = tuple(part.instrument for part in piece.parts)
                    pieces.append(PieceRow(len(works), before, names))
                    bars.append([METRES[bar.metre].steps for bar in piece.bars])
                before += len(piece.bars)
            if len(pieces) > first:
                works.append(WorkRow(row["title"], row["composer"], row["set"], row["licence"]))
    if progress:
        progress("building")
    return build_index(works, pieces, bars, voices)


def _voices(piece: Piece, number: int) -> Iterator[Voice]:
    for part, who in enumerate(piece.parts):
        if who.instrument == "drums":
            continue
        onsets, lengths, pitches = part_notes(piece, part)
        of_note = split_voices(onsets, lengths, pitches)
        for voice in range(int(of_note.max(initial=-1)) + 1):
            mine = np.flatnonzero(of_note == voice)
            if len(mine) > 1:
                yield Voice(number, part, onsets[mine], pitches[mine])
