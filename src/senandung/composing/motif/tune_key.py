"""The key of a short tune, which has no chords to tell it: its tones, where it rests and how it ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.domain.key_profiles import MAJOR, MINOR
from senandung.domain.motif import Tone
from senandung.domain.scales import SCALES, Key, key_of_pitch_class

OUTSIDE = 2.2
"""What a tune's tones outside the scale cost, all of them being 1."""

ENDS, BEGINS, OUTLINES = 0.32, 0.08, 0.16
"""What it is worth that a tune ends on the tonic (on its third or fifth half as much); that it begins on a tone of the
tonic's chord; that it has the tonic and the fifth on strong places (ours)."""

STATED = 0.45
"""What it is worth that the file says so."""


def key_of_tones(tones: Sequence[Tone], stated: Key | None = None) -> Key:
    """The major or minor key of a tune; a mode that a file states is kept where the tune keeps to it.

    Parameters
    ----------
    tones : in order.
    stated : the key that a file states, None where it states none.

    >>> row = [Tone(480 * at, 480, pitch) for at, pitch in enumerate((67, 69, 67, 65, 64, 62, 60))]
    >>> str(key_of_tones(row)), str(key_of_tones([Tone(480 * at, 480, p) for at, p in enumerate((69, 72, 71, 69))]))
    ('C major', 'A minor')
    """
    weights = np.zeros(12)
    for tone in tones:
        weights[tone.pitch % 12] += min(tone.duration, 1920) ** 0.8
    weights /= weights.sum()
    best: tuple[float, Key] | None = None
    for tonic in range(12):
        for mode in ("major", "minor"):
            worth = _worth(tones, weights, tonic, mode)
            if stated is not None and stated.tonic.pitch_class == tonic and stated.is_minor == (mode == "minor"):
                worth += STATED
            if best is None or worth > best[0] + 1e-9:
                best = (worth, key_of_pitch_class(tonic, mode))
    assert best is not None
    found = best[1]
    if stated is not None and (stated.tonic.pitch_class, stated.is_minor) == (found.tonic.pitch_class, found.is_minor):
        return stated if stated.mode in SCALES and len(SCALES[stated.mode]) == 7 else found
    return found


def _worth(tones: Sequence[Tone], weights: NDArray[np.float64], tonic: int, mode: str) -> float:
    profile = np.roll(np.asarray(MAJOR if mode == "major" else MINOR), tonic)
    fit = float(np.corrcoef(weights, profile)[0, 1]) if weights.std() > 0 else 0.0
    scale = {(tonic + semitones) % 12 for semitones in SCALES[mode]}
    if mode == "minor":
        scale.add((tonic + 11) % 12)
    outside = float(sum(weights[pitch] for pitch in range(12) if pitch not in scale))
    third = (tonic + (4 if mode == "major" else 3)) % 12
    chord = {tonic: 1.0, third: 0.5, (tonic + 7) % 12: 0.5}
    worth = fit - OUTSIDE * outside + ENDS * chord.get(tones[-1].pitch % 12, 0.0)
    worth += BEGINS * (tones[0].pitch % 12 in chord)
    return float(worth + OUTLINES * bool(weights[tonic] > 0 and weights[(tonic + 7) % 12] > 0))
