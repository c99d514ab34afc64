"""Where something is struck or begins: the strength of onsets over time, and the onsets themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Floats, Heard, band_centres

COMPRESSED = 30.0
"""How far bands are compressed before they are compared: log(1 + COMPRESSED x), x = 1 at the usual level."""

FLOOR = 8.0
"""How much a band's floor, its 10th percentile, takes from its compression."""

LEAST = 0.75
"""What an onset rises by at least: a vibrato's or a noise's ripple is less."""

STANDS_OUT = 0.35
"""How far an onset's peak stands above the strength around it, as a share of the recording's usual peak."""

FULL_RISE = 6.0
"""dB from one frame to the second next after which a band's rise counts no further."""

AROUND = 4.0
"""Seconds around a frame within which a band's floor, its 10th percentile, is looked for."""

STRONG = 0.3
"""`struck_strength` above what is around it from which a stroke counts in full."""

BLOCK, EDGE = 16_384, 256
"""Frames that are looked at at once, and around them, so that memory does not grow with a recording's length."""


def onset_strength(heard: Heard) -> Floats:
    """How much begins at each frame, shape (n,): the rise of the compressed bands since the last frame.

    A band is compared with the largest of itself and its neighbours, so that vibrato is no onset (Böck & Widmer 2013,
    "Maximum filter vibrato suppression for onset detection", DAFx). It does not depend on the recording's gain, and
    what a steady noise hides counts less.
    """
    bands = heard.bands
    if not len(bands):
        return np.zeros(0, dtype=np.float32)
    usual = float(np.sqrt(np.mean([np.mean(part**2, dtype=np.float64) for part in _parts(bands)]))) or 1.0
    floor = np.percentile(bands[:: max(1, len(bands) // 4000)], 10, axis=0)
    scale = (COMPRESSED / (usual + FLOOR * floor)).astype(np.float32)
    rows = [np.zeros(1, dtype=np.float32)]
    for first in range(0, len(bands) - 1, BLOCK):
        compressed = np.log1p(scale * bands[first : first + BLOCK + 1])
        padded = np.pad(compressed[:-1], ((0, 0), (1, 1)), "edge")
        before = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
        rows.append(np.maximum(compressed[1:] - before, 0).sum(axis=1))
    return np.concatenate(rows).astype(np.float32)


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


def struck_strength(heard: Heard) -> Floats:
    """How many bands rise together at each frame, shape (n,), 0..1, as far as a room, a crowd or a band limit lets it.

    What each band never falls below within `AROUND` seconds is taken away first (a crowd, a fan, a held chord), and a
    rise counts up to `FULL_RISE` dB: a room fills the gaps between strokes but hides few strokes, and noise ripples in
    a band here and there but not in all at once. Only bands that a telephone carries are heard.
    """
    rows = []
    inside = np.flatnonzero((band_centres() > 200) & (band_centres() < 3800))
    count = len(heard.bands)
    usual = float(np.sqrt(np.mean([np.mean(part[:, inside] ** 2, dtype=np.float64) for part in _parts(heard.bands)])))
    for first in range(0, count, BLOCK):
        begin = max(0, first - EDGE)
        power = heard.bands[begin : first + BLOCK + EDGE, inside].astype(np.float64) ** 2
        strength = _rises(power, (0.01 * (usual or 1.0)) ** 2)
        rows.append(strength[first - begin : first - begin + min(BLOCK, count - first)])
    return np.concatenate(rows).astype(np.float32) if rows else np.zeros(0, dtype=np.float32)


def _parts(bands: Floats) -> list[Floats]:
    return [bands[first : first + BLOCK] for first in range(0, len(bands), BLOCK)] or [
        np.zeros((1, bands.shape[1]), dtype=np.float32)
    ]


def _rises(power: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    from scipy.ndimage import percentile_filter, uniform_filter1d

    smooth = uniform_filter1d(power, 3, axis=0, mode="nearest")
    floor = percentile_filter(smooth[::8], 10, size=(round(AROUND * FRAME_RATE / 8), 1), mode="nearest")
    above = np.maximum(smooth - 1.5 * np.repeat(floor, 8, axis=0)[: len(smooth)], 0)
    decibels = 10 * np.log10(above + least)
    padded = np.pad(decibels, ((0, 0), (1, 1)), "edge")
    before = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    before = np.maximum(before, np.concatenate((before[:1], before[:-1])))
    rise = np.zeros(len(power))
    rise[2:] = np.clip(decibels[2:] - before[:-2], 0, FULL_RISE).mean(axis=1) / FULL_RISE
    return rise


def activity(strength: Floats) -> Floats:
    """How much is struck at each frame, shape (n,): 0..1 at the peaks, by how far each rises, and 0 between.

    Parameters
    ----------
    strength : as `struck_strength` gives it; `STRONG` above what is around it is a full stroke.

    >>> row = np.zeros(200, dtype=np.float32)
    >>> row[[50, 100]] = 0.8, 0.1
    >>> [round(float(value), 1) for value in activity(row)[[50, 100, 120]]]
    [1.0, 0.3, 0.0]
    """
    if not len(strength):
        return np.zeros(0, dtype=np.float32)
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    rise = strength - uniform_filter1d(strength, 21, mode="nearest")
    peaks = strength >= maximum_filter1d(strength, 7, mode="nearest")
    return np.asarray(np.where(peaks, np.clip(rise / STRONG, 0, 1), 0), dtype=np.float32)
