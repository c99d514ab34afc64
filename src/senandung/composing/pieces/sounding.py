"""Guitars at the pitch at which they sound.

A guitar is written an octave higher than it sounds. Many files of guitar music that the network has learnt were made
without saying so: of 171 works in Mutopia those of Giuliani (32), Horetzky (53), Knjze (18) and Matiegka (3) end at E3,
the written low string, and go up to F sharp 6, which no guitar has; those of Carulli, Mertz, Sor, Coste and ten of
Carcassi's twelve go down to E2. No work that is read as it sounds stays above D sharp 3.
"""

from __future__ import annotations

from dataclasses import replace

from senandung.composing.pieces.piece import Piece, PieceBar

WRITTEN_LOW = 52
"""The low string as it is written, E3; it sounds E2."""

WRITTEN_STYLES = frozenset({"giuliani", "horetzky"})
"""Styles whose guitar works were all read as they are written."""

_OCTAVE = 12

_SCORED = ("guitar", "chamber", "voice-and-ensemble")
"""Ensembles whose guitars play from scores. A band's lead guitar may well stay high."""


def as_it_sounds(piece: Piece) -> Piece:
    """The piece with its guitars an octave lower where they were composed as written: where none goes below E3.

    >>> from senandung.composing.pieces.piece import PieceNote, PiecePart
    >>> bar = PieceBar("2/4", 0, "major", (None,), ((PieceNote(0, 52, 24), PieceNote(24, 76, 24)),))
    >>> piece = Piece("giuliani", "guitar", (PiecePart("guitar"),), (bar,))
    >>> [note.pitch for note in as_it_sounds(piece).bars[0].notes[0]]
    [40, 64]
    """
    pitches = _guitar_pitches(piece)
    if piece.ensemble not in _SCORED or not pitches or min(pitches) < WRITTEN_LOW:
        return piece
    return guitars_moved(piece, -_OCTAVE)


def as_it_was_learnt(piece: Piece) -> int:
    """Semitones by which the piece's guitars must be moved for the network that goes on with it or rewrites it.

    An octave up where its style knows guitars as they are written only, and they go below E3; else 0.
    """
    pitches = _guitar_pitches(piece)
    low = piece.style in WRITTEN_STYLES and piece.ensemble in _SCORED and bool(pitches) and min(pitches) < WRITTEN_LOW
    return _OCTAVE if low else 0


def guitars_moved(piece: Piece, semitones: int) -> Piece:
    """The piece with its guitars moved."""
    guitars = {index for index, part in enumerate(piece.parts) if part.instrument == "guitar"}

    def moved(bar: PieceBar) -> PieceBar:
        rows = (
            tuple(note._replace(pitch=note.pitch + semitones) for note in row) if index in guitars else row
            for index, row in enumerate(bar.notes)
        )
        return replace(bar, notes=tuple(rows))

    return replace(piece, bars=tuple(map(moved, piece.bars))) if semitones else piece


def _guitar_pitches(piece: Piece) -> list[int]:
    guitars = [index for index, part in enumerate(piece.parts) if part.instrument == "guitar"]
    return [note.pitch for bar in piece.bars for index in guitars for note in bar.notes[index]]
