"""Measures of rhythm and texture: groove, density, polyphony, who plays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.flat import FlatPiece

GROOVE_STEP = 2
"""Steps of the grid in a place of `groove_consistency`: twelve places a quarter, as in Dong et al. (2023)."""

SIMILARITY_STEP = 6
"""Steps in a place of `groove_similarity`: sixteenths, as in Wu & Yang (2020)."""


def onset_vectors(flat: FlatPiece, step: int) -> list[NDArray[np.bool_]]:
    """For each bar, in which of its places of `step` steps a note begins, drums among them."""
    within = flat.start - flat.bar_starts[flat.bar]
    vectors = [np.zeros(-(-int(steps) // step), dtype=np.bool_) for steps in np.diff(flat.bar_starts)]
    for bar, place in zip(flat.bar.tolist(), (within // step).tolist(), strict=True):
        vectors[bar][min(place, len(vectors[bar]) - 1)] = True
    return vectors


def groove_consistency(flat: FlatPiece) -> float | None:
    """One minus the mean Hamming distance of the onsets of neighbouring bars of one length, per place.

    Dong et al. (2020), "MusPy", ISMIR. None where no two neighbours are of one length.
    """
    vectors = onset_vectors(flat, GROOVE_STEP)
    gaps = [float(np.mean(one != other)) for one, other in pairwise(vectors) if len(one) == len(other)]
    return 1.0 - float(np.mean(gaps)) if gaps else None


def groove_similarity(flat: FlatPiece) -> float | None:
    """As `groove_consistency`, over all pairs of bars of the commonest length, in sixteenths; empty bars left out.

    GS of Wu & Yang (2020), "The Jazz Transformer on the front line", ISMIR.
    """
    vectors = [vector for vector in onset_vectors(flat, SIMILARITY_STEP) if vector.any()]
    if not vectors:
        return None
    lengths = [len(vector) for vector in vectors]
    usual = max(set(lengths), key=lambda length: (lengths.count(length), length))
    grid = np.asarray([vector for vector in vectors if len(vector) == usual], dtype=np.float64)
    count = len(grid)
    if count < 2:
        return None
    both = grid @ grid.T
    hits = grid.sum(axis=1)
    differ = hits[:, None] + hits[None, :] - 2 * both
    return 1.0 - float(differ.sum() / (count * (count - 1)) / usual)


def notes_per_quarter(flat: FlatPiece) -> float:
    """Notes of all parts a quarter."""
    return len(flat.start) / flat.quarters


def onsets_per_quarter(flat: FlatPiece) -> float:
    """Different times a quarter at which any note begins."""
    return len(np.unique(flat.start)) / flat.quarters


def polyphony(flat: FlatPiece) -> float | None:
    """The mean number of different pitches that sound where a note begins."""
    return float(flat.roll.sum(axis=1).mean()) if len(flat.roll) else None


def shares_of_bars(flat: FlatPiece) -> tuple[float, ...]:
    """For each part, the share of bars in which it sounds: a note begins or is held."""
    sounds = np.zeros((flat.parts, flat.bars), dtype=np.bool_)
    last = np.searchsorted(flat.bar_starts, flat.start + np.maximum(flat.length, 1), side="left")
    for part, bar, after in zip(flat.part.tolist(), flat.bar.tolist(), last.tolist(), strict=True):
        sounds[part, bar : min(after, flat.bars)] = True
    return tuple(float(share) for share in sounds.mean(axis=1))
