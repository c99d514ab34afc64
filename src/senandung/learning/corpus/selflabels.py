"""Valence and arousal that a piece is labelled with from its own notes, for the header.

The cues and their signs are those of Eerola, Friberg & Bresin (2013), "Emotional expression in music", Frontiers in
Psychology 4:487: mode and register for valence, tempo and density for arousal. The label is made from what a listener
would be asked about, so that agreement of a judge with the same cues says little (notes: it is nearly circular).
"""

from __future__ import annotations

from bisect import bisect_right

from senandung.composing.pieces.liveliness import arousal_of, onsets_a_second
from senandung.composing.pieces.piece import Piece

VALENCE_EDGES = (-0.45, 0.3, 0.8, 0.97)
"""Two bins for minor and mixed pieces (a quarter of all), three for the rest."""

USUAL_TEMPO = 96.0
"""Quarters a minute where a score has no tempo."""

_MODE = {"major": 0.7, "mixolydian": 0.35, "dorian": -0.35, "minor": -0.7}


def valence_value(piece: Piece) -> float:
    """Mode (70 %), share of major against minor and diminished chords, register."""
    bars = len(piece.bars)
    mode = sum(_MODE[bar.mode] for bar in piece.bars) / bars
    chords = [chord.quality for bar in piece.bars for chord in bar.chords if chord is not None]
    bright = sum(quality in ("maj", "7", "maj7", "sus4") for quality in chords)
    balance = (2 * bright - len(chords)) / len(chords) if chords else 0.0
    pitches = [
        note.pitch
        for bar in piece.bars
        for part, row in zip(piece.parts, bar.notes, strict=True)
        if part.instrument != "drums"
        for note in row
    ]
    register = (sum(pitches) / len(pitches) - 62) / 12 if pitches else 0.0
    return mode + 0.4 * balance + 0.2 * max(min(register, 1.0), -1.0)


def valence_bin(piece: Piece) -> int:
    """The bin of valence, 0..4."""
    return bisect_right(VALENCE_EDGES, valence_value(piece))


def arousal_bin(piece: Piece) -> int:
    """The bin of arousal, 0..4 (`liveliness`)."""
    return arousal_of(onsets_a_second(piece.bars, piece.tempo or USUAL_TEMPO))
