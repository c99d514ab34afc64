"""Small tunes for the tests of learning."""

from __future__ import annotations

from senandung.composing.pieces.piece import Piece
from senandung.learning.corpus.assemble import assemble
from senandung.learning.corpus.raw import FINE, RawMeasure, RawNote, RawPart, RawScore

TUNE = (60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 69, 67, 65, 64, 62, 65, 69, 67, 64, 62, 60)


def tune_score(pitches: tuple[int, ...], *, repeats: int = 2, instrument: str = "melody") -> RawScore:
    """Quarter notes in 4/4."""
    notes = [RawNote(i * FINE, FINE, pitch) for i, pitch in enumerate(pitches * repeats)]
    measures = [RawMeasure(i * 4 * FINE, 4 * FINE, "4/4") for i in range(len(notes) // 4)]
    return RawScore([RawPart("tune", instrument, False, notes)], measures)


def tune_piece(pitches: tuple[int, ...], **options: int) -> Piece:
    """The tune as a piece."""
    pieces, _ = assemble(tune_score(pitches, **options), "irish")
    (piece,) = pieces
    return piece


def other_tune(seed: int) -> tuple[int, ...]:
    steps = [0, 2, 4, 5, 7, 9, 11, 12]
    return tuple(60 + steps[(i * i * seed + 3 * i + seed) % 8] for i in range(24))
