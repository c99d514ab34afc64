"""The chords of bars, read from their notes: one a bar, or one a half bar in metres that have halves."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.chord_reading import read_chords
from senandung.composing.pieces.piece import METRES, PieceChord, PieceNote, PiecePart

_BASS_LEAST = 6
"""Steps that a tone must sound to count as the bass."""

UNPITCHED = ("drums", "timpani")


def chord_slots(metre: str) -> int:
    """Chords in a bar of the metre.

    >>> chord_slots("4/4"), chord_slots("3/4")
    (2, 1)
    """
    return 2 if METRES[metre].halves else 1


def is_one_line(parts: Sequence[PiecePart], rows: Sequence[Sequence[Sequence[PieceNote]]]) -> bool:
    """Whether only one pitched part plays, never two notes at once.

    >>> line = [[[PieceNote(0, 60, 24), PieceNote(24, 62, 24)]]]
    >>> is_one_line([PiecePart("violin")], line)
    True
    >>> is_one_line([PiecePart("piano")], [[[PieceNote(0, 60, 48), PieceNote(24, 62, 24)]]])
    False
    """
    columns = {
        column
        for row in rows
        for column, notes in enumerate(row)
        if notes and parts[column].instrument not in UNPITCHED
    }
    if len(columns) != 1:
        return False
    (column,) = columns
    return not any(
        one.start + one.length > other.start for row in rows for one, other in itertools.pairwise(row[column])
    )


def read_bar_chords(
    metres: Sequence[str], parts: Sequence[PiecePart], rows: Sequence[Sequence[Sequence[PieceNote]]]
) -> list[tuple[PieceChord | None, ...]]:
    """The chords of each bar: triads only, where all is one unaccompanied line.

    `metres` of the bars; `rows` the notes of each bar, a row for each of `parts`.
    """
    slots = [chord_slots(metre) for metre in metres]
    firsts = np.concatenate([[0], np.cumsum(slots)]).astype(int).tolist()
    profiles = np.zeros((firsts[-1], 12))
    basses = [128] * firsts[-1]
    for bar, bar_rows in enumerate(rows):
        for part, row in zip(parts, bar_rows, strict=True):
            if part.instrument not in UNPITCHED:
                for note in row:
                    _spread(note, bar, metres, slots, firsts, profiles, basses)
    triads = is_one_line(parts, rows)
    read = read_chords(profiles, [bass % 12 if bass < 128 else -1 for bass in basses], triads=triads)
    return [tuple(read[firsts[bar] : firsts[bar + 1]]) for bar in range(len(metres))]


def _spread(
    note: PieceNote, bar: int, metres: Sequence[str], slots: Sequence[int], firsts: Sequence[int],
    profiles: NDArray[np.float64], basses: list[int],
) -> None:  # fmt: skip
    """Add a note to every chord slot in which it sounds, in its bar and the next ones."""
    start, left = note.start, note.length
    while bar < len(metres) and left > 0:
        steps = METRES[metres[bar]].steps
        width = steps // slots[bar]
        while start < steps and left > 0:
            slot = min(start // width, slots[bar] - 1)
            end = (slot + 1) * width
            sounds = min(end - start, left)
            row = firsts[bar] + slot
            profiles[row, note.pitch % 12] += sounds
            if sounds >= _BASS_LEAST and note.pitch < basses[row]:
                basses[row] = note.pitch
            start, left = end, left - sounds
        bar += 1
        start = 0
