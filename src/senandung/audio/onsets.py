"""Where something is struck or begins: the strength of onsets over time, and the onsets themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Floats, Heard

COMPRESSED = 30.0
"""How far bands are compressed before they are compared: log(1 + COMPRESSED x), x = 1 at the usual level."""

FLOOR = 8.0
"""How much a band's floor, its 10th percentile, takes from its compression."""

STRONG = 7.5
"""Rise above what is around it, summed over the bands, from which an onset is counted in full."""

LEAST = 0.1 * STRONG
"""What an onset rises by at least: a vibrato's or a noise's ripple is less."""

STANDS_OUT = 0.35
"""How far an onset's peak stands above the strength around it, as a share of the recording's usual peak."""


def onset_strength(heard: Heard) -> Floats:
    """How much begins at each frame, shape (n,): the rise of the compressed bands since the last frame.

    A band is compared with the largest of itself and its neighbours, so that vibrato is no onset (Böck & Widmer 2013,
    "Maximum filter vibrato suppression for onset detection", DAFx). It does not depend on the recording's gain, and
    what a steady noise hides counts less.
    """
    bands = heard.bands
    if not len(bands):
        return np.zeros(0, dtype=np.float32)
    usual = float(np.sqrt(np.mean(bands.astype(np.float64) ** 2))) or 1.0
    floor = np.percentile(bands[:: max(1, len(bands) // 4000)], 10, axis=0)
    compressed = np.log1p(COMPRESSED / (usual + FLOOR * floor) * bands)
    padded = np.pad(compressed[:-1], ((0, 0), (1, 1)), "edge")
    before = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    rise = np.maximum(compressed[1:] - before, 0).sum(axis=1)
    return np.concatenate((np.zeros(1), rise)).astype(np.float32)


def pick_onsets(strength: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds and sizes (1 is the recording's usual strong onset) of the onsets in a row of strengths.

    A peak counts where it is the largest within 70 ms and stands out from the mean around it (Böck, Krebs & Schedl
    2012, "Evaluating the online capabilities of onset detection methods", ISMIR).

    >>> row = np.zeros(200, dtype=np.float32)
    >>> row[[43, 86]] = 1.0
    >>> [round(float(second), 2) for second in pick_onsets(row)[0]]
    [1.0, 2.0]
    """
    if len(strength) < 3 or strength.max() <= 0:
        return np.zeros(0), np.zeros(0)
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    row = strength.astype(np.float64)
    usual = max(float(np.percentile(row[row > 0], 95)), LEAST / STANDS_OUT)
    around = uniform_filter1d(row, 21, mode="nearest")
    largest = (row >= maximum_filter1d(row, 7, mode="nearest")) & (row > 0)
    places = np.flatnonzero(largest & (row - around > STANDS_OUT * usual))
    places = places[np.diff(places, prepend=-9) > 1]
    return places / FRAME_RATE, row[places] / usual


def activity(strength: Floats) -> Floats:
    """How much is struck at each frame, shape (n,): 0..1 at the peaks, by how far each rises, and 0 between.

    Unlike a count of onsets it shrinks where a room or a crowd hides them; `STRONG` is the size of a full one.

    >>> row = np.zeros(200, dtype=np.float32)
    >>> row[[50, 100]] = 30.0, 3.0
    >>> [round(float(value), 1) for value in activity(row)[[50, 100, 120]]]
    [1.0, 0.4, 0.0]
    """
    if not len(strength):
        return np.zeros(0, dtype=np.float32)
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    rise = strength - uniform_filter1d(strength, 21, mode="nearest")
    peaks = strength >= maximum_filter1d(strength, 7, mode="nearest")
    return np.asarray(np.where(peaks, np.clip(rise / STRONG, 0, 1), 0), dtype=np.float32)
