"""The key of a span: from what the file states, else from its signature and its notes, and how sure that is.

On files of this corpus that state their key, signature and profile together agreed with 72 %, the profile alone with
75 %.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.domain.key_profiles import MAJOR, MINOR

DORIAN = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.067, 0.404, 0.400, 0.080)
MIXOLYDIAN = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.400, 0.057)
"""Profiles of `domain.key_profiles` with the sixth and the seventh degree of these modes."""

_PROFILES = {"major": MAJOR, "minor": MINOR, "dorian": DORIAN, "mixolydian": MIXOLYDIAN}

_SIGNATURE_TONIC = {"major": 0, "minor": 9, "dorian": 2, "mixolydian": 7}
"""The tonic in a signature without sharps or flats."""

_SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 9, 10, 11), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}  # fmt: skip


def _score(profile: NDArray[np.float64], tonic: int, mode: str) -> float:
    return float(np.corrcoef(np.roll(profile, -tonic), np.asarray(_PROFILES[mode]))[0, 1])


def find_key(
    profile: Sequence[float], fifths: int | None = None, last_bass: int | None = None
) -> tuple[int, str, float]:
    """Tonic (pitch class), mode, and how far the best candidate is ahead of the next (0..2; small is doubtful).

    `profile`: how long each pitch class sounds. `fifths`: the signature, which limits the candidates to its four
    modes. `last_bass`: pitch class of the last bass note, which speaks for a tonic on it.

    >>> find_key([9, 0, 5, 0, 7, 4, 0, 8, 0, 4, 0, 3], fifths=0, last_bass=0)[:2]
    (0, 'major')
    """
    weights = np.asarray(profile, dtype=np.float64)
    if weights.std() < 1e-9:
        return 0, "major", 0.0
    if fifths is None:
        candidates = [(tonic, mode) for tonic in range(12) for mode in ("major", "minor")]
    else:
        candidates = [((tonic + 7 * fifths) % 12, mode) for mode, tonic in _SIGNATURE_TONIC.items()]
    scored = []
    for tonic, mode in candidates:
        score = _score(weights, tonic, mode) + (0.25 if tonic == last_bass else 0.0)
        scored.append((score - (0.15 if mode in ("dorian", "mixolydian") else 0.0), tonic, mode))
    scored.sort(reverse=True)
    best = scored[0]
    return best[1], best[2], best[0] - scored[1][0]


def fits_key(profile: Sequence[float], tonic: int, mode: str) -> float:
    """Share of the sounding time that lies in the key's scale (minor with both sixths and sevenths)."""
    total = sum(profile)
    inside = sum(profile[(tonic + degree) % 12] for degree in _SCALES[mode])
    return inside / total if total else 0.0
