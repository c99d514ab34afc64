"""Measures of tonality: entropy of pitch classes, the share in a scale, dissonance, the last bass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.flat import FlatPiece
from senandung.composing.pieces.piece import Piece

DISSONANT = (1, 2, 6)
"""Interval classes that count as dissonant: seconds and sevenths, the tritone."""

_SCALES: NDArray[np.float64] = np.stack(
    [np.roll(np.asarray([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], dtype=np.float64), tonic) for tonic in range(12)]
)


def _classes(pitches: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.bincount(pitches % 12, minlength=12).astype(np.float64)


def _entropy(counts: NDArray[np.float64]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum()) + 0.0


def pitch_class_entropy(flat: FlatPiece) -> float | None:
    """Shannon entropy of the pitch classes of all notes, in bits (0..3.585).

    Dong et al. (2020), "MusPy", ISMIR; None without pitched notes.
    """
    pitches = flat.pitch[flat.pitched]
    return _entropy(_classes(pitches)) if len(pitches) else None


def stretch_entropy(flat: FlatPiece, bars: int) -> float | None:
    """The mean of the entropy in bits of the pitch classes within each stretch of so many bars that has notes.

    H of Wu & Yang (2020), "The Jazz Transformer on the front line", ISMIR (their H1 and H4).
    """
    found = []
    for first in range(flat.bars - bars + 1):
        chosen = flat.pitched & (flat.bar >= first) & (flat.bar < first + bars)
        if chosen.any():
            found.append(_entropy(_classes(flat.pitch[chosen])))
    return float(np.mean(found)) if found else None


def scale_consistency(flat: FlatPiece) -> float | None:
    """The largest share of notes in one major scale (or its relative natural minor).

    Mogren (2016), as in MusPy.
    """
    pitches = flat.pitch[flat.pitched]
    if not len(pitches):
        return None
    counts = _classes(pitches)
    return float((_SCALES @ counts).max() / counts.sum())


def dissonant_pairs(flat: FlatPiece, classes: tuple[int, ...] = DISSONANT) -> float | None:
    """The share of dissonant pairs among all pairs of pitches that sound together.

    Pairs are counted at each time at which a note begins, over the different pitches that sound then; a pair is
    dissonant where its interval class is one of `classes`. None where no two pitches ever sound together.
    """
    counts = np.zeros((len(flat.roll), 12))
    for key in range(12):
        counts[:, key] = flat.roll[:, key::12].sum(axis=1)
    pairs = np.asarray([float((counts * np.roll(counts, -gap, axis=1)).sum()) for gap in range(7)])
    pairs[0] = float((counts * (counts - 1)).sum()) / 2
    pairs[6] /= 2
    total = pairs.sum()
    return float(pairs[list(classes)].sum() / total) if total else None


def final_bass_on_tonic(flat: FlatPiece, piece: Piece) -> float | None:
    """1 where the lowest pitch sounding at the last beginning of a note is the tonic of its bar, else 0.

    None where the piece is cut off before the end of its work, or has no pitched note.
    """
    if piece.bars_after or not len(flat.moments):
        return None
    lowest = int(np.flatnonzero(flat.roll[-1])[0])
    last = int(flat.bar[flat.pitched].max())
    return float(lowest % 12 == piece.bars[last].tonic)


def register(flat: FlatPiece) -> tuple[float, float] | None:
    """Mean and standard deviation of the pitches, as MIDI numbers."""
    pitches = flat.pitch[flat.pitched]
    return (float(pitches.mean()), float(pitches.std())) if len(pitches) else None
