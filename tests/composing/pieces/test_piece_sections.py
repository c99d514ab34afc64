"""Sections of pieces without a form: found by what comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senandung.composing.pieces.asked import FormPart
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.piece_sections import find_form, fullness, likeness
from senandung.composing.pieces.score_piece import Facts, song_of_piece


def bars(pitches: tuple[int, ...], notes: int = 4, count: int = 8) -> tuple[PieceBar, ...]:
    chord = PieceChord(0, "maj")
    step = 96 // notes
    return tuple(
        PieceBar("4/4", 0, "major", (chord, chord),
                 (tuple(PieceNote(at * step, pitches[(bar + at) % len(pitches)], step) for at in range(notes)),))
        for bar in range(count)
    )  # fmt: skip


A, B = bars((72, 74, 76, 77, 79)), bars((84, 83, 81), notes=8)


def piece(*sections: tuple[PieceBar, ...]) -> Piece:
    return Piece("any", "solo", (PiecePart("flute"),), tuple(bar for section in sections for bar in section), 96.0)


def test_what_comes_back_has_the_letter_of_its_first_time() -> None:
    made = piece(A, B, A, A[:3])
    assert find_form(made) == (FormPart("verse", 8), FormPart("verse", 8), FormPart("verse", 11, 0))
    song = song_of_piece(made, Facts("A"))
    assert [section.name for section in song.sections] == ["A", "B", "A"]
    assert song.sections[-1].end == 27 * 1920


def test_the_fullest_section_is_the_one_with_more_and_higher_notes() -> None:
    made = piece(A, B, A)
    first, second, third = fullness(made, find_form(made))
    assert second > first == third
    assert 0.3 <= first < second <= 0.85


@pytest.mark.parametrize("count", [1, 8, 15, 16, 19, 20, 33])
def test_sections_last_as_long_as_the_piece(count: int) -> None:
    made = piece((A * 5)[:count])
    form = find_form(made)
    assert sum(part.bars for part in form) == count
    assert len(fullness(made, form)) == len(form)


def test_likeness_is_the_share_of_common_notes() -> None:
    assert likeness(A, A) == 1.0
    assert likeness(A, B) < 0.2
    half = tuple(replace(bar, notes=(bar.notes[0][:2],)) for bar in A)
    assert likeness(A, half) == pytest.approx(2 / 3)
