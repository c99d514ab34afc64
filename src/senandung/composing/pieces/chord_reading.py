"""Chords from notes: templates weighted by how long each pitch class sounds and by the bass.

After Pardo & Birmingham (2002), "Algorithms for chordal analysis", Computer Music Journal 26(2): tones inside the
template count for it, tones outside against it. Departure: the lowest tone counts for the root on it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import CHORD_TONES, PieceChord

_QUALITIES = tuple(CHORD_TONES)

_RARITY = {"maj": 0.0, "min": 0.0, "7": 0.03, "min7": 0.06, "dim": 0.03, "maj7": 0.08, "hdim7": 0.06, "dim7": 0.05,
           "aug": 0.08, "sus4": 0.09}  # fmt: skip
"""What a quality must win by: thinner and rarer chords need better evidence."""


def _templates() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weights = np.full((12 * len(_QUALITIES), 12), -0.6)
    bias = np.zeros(12 * len(_QUALITIES))
    for row, (root, quality) in enumerate((root, quality) for root in range(12) for quality in _QUALITIES):
        tones = CHORD_TONES[quality]
        for tone in tones:
            weights[row, (root + tone) % 12] = 1.0
        weights[row, root] = 1.15
        if len(tones) == 4:
            weights[row, (root + tones[3]) % 12] = 0.8
        bias[row] = -_RARITY[quality]
    return weights, bias


_WEIGHTS, _BIAS = _templates()


_TRIADS = np.asarray([quality in ("maj", "min", "dim") for _ in range(12) for quality in _QUALITIES])


def read_chords(
    profiles: NDArray[np.float64], basses: Sequence[int], *, triads: bool = False
) -> list[PieceChord | None]:
    """The chord of each span.

    `profiles`, shape (spans, 12): how long each pitch class sounds, in any unit. `basses`: the pitch class of the
    lowest tone, -1 for none. A span without notes has no chord (None). `triads`: only major, minor and diminished
    ones, for a line that nothing accompanies: its passing tones are no sevenths.

    >>> profile = np.zeros((1, 12))
    >>> profile[0, [7, 11, 2, 5]] = 1.0
    >>> read_chords(profile, [7])
    [PieceChord(root=7, quality='7')]
    """
    totals = profiles.sum(axis=1)
    scores = (profiles / np.maximum(totals, 1e-9)[:, None]) @ _WEIGHTS.T + _BIAS
    for span, bass in enumerate(basses):
        if bass >= 0:
            scores[span, bass * len(_QUALITIES) : (bass + 1) * len(_QUALITIES)] += 0.12
    if triads:
        scores[:, ~_TRIADS] = -np.inf
    best = scores.argmax(axis=1)
    return [
        PieceChord(int(row) // len(_QUALITIES), _QUALITIES[int(row) % len(_QUALITIES)]) if total > 0 else None
        for row, total in zip(best, totals, strict=True)
    ]
