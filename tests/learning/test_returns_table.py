"""Forms and kept rows are read from packed pieces."""

from __future__ import annotations

from dataclasses import replace

from senandung.composing.decoding.returns import OTHER_CHORDS
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.learning.extract_returns import bars_of, card, extract, form_of, rows_kept
from senandung.learning.pack import pack_pieces

HIGH, OTHER, NEAR = (72, 74, 76, 77), (79, 81, 83, 84), (72, 74, 76, 79)
LOW, FAR = (48, 52, 55, 60), (43, 47, 50, 55)


def bar(upper: tuple[int, ...], lower: tuple[int, ...], root: int = 0) -> PieceBar:
    rows = tuple(tuple(PieceNote(24 * i, pitch, 24) for i, pitch in enumerate(row)) for row in (upper, lower))
    return PieceBar("4/4", 0, "major", (PieceChord(root, "maj"),) * 2, rows)


BARS = (bar(HIGH, LOW), bar(OTHER, FAR), bar(HIGH, LOW), bar(NEAR, LOW), bar(NEAR, LOW, 5))
PIECE = Piece("mozart", "piano", (PiecePart("piano"), PiecePart("piano", 1)), BARS * 4, 100.0)


def test_a_form_says_what_is_new_varied_and_the_same() -> None:
    read = bars_of(pack_pieces("made-up", [replace(PIECE, bars=BARS)]), 0)
    assert form_of(read) == [0, 0, -2, 1, OTHER_CHORDS + 1]
    assert rows_kept(read).tolist() == [[1, 2], [0, 0]]


def test_forms_are_kept_as_they_are_found() -> None:
    sets = {"made-up": pack_pieces("made-up", [PIECE] * 12)}
    table = extract(sets)
    assert table == extract(sets)
    forms = table["forms"]["piano/classical"]
    assert len(forms) == 12
    assert {len(form) for form in forms} == {20}
    assert "12 training pieces" in card(table)
