"""Where a recording's sections begin: by the novelty of its self-similarity.

Foote (2000), "Automatic audio segmentation using a measure of audio novelty", ICME: a checkerboard runs along the
diagonal of a matrix of distances; where what comes is unlike what went, and both are alike in themselves, it is high.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Heard

HALF = 5
"""Seconds on each side that are compared."""

APART = 6
"""Seconds from one boundary to the next at least."""

ABOVE = -0.25
"""Deviations from the mean novelty above which a peak is a boundary; tuned on ten songs of our own."""


def find_sections(heard: Heard) -> tuple[float, ...]:
    """Seconds at which sections begin, without the first.

    >>> quiet = Heard(*(np.zeros((0, 36), dtype=np.float32) for _ in range(5)))
    >>> find_sections(quiet)
    ()
    """
    from scipy.ndimage import gaussian_filter1d, maximum_filter1d

    seconds = int(len(heard.bands) / FRAME_RATE)
    if seconds < 4 * HALF:
        return ()
    usual = float(np.sqrt(np.mean([np.mean(part.astype(np.float64) ** 2) for part in _whole_seconds(heard, seconds)])))
    rows = np.array([np.log(part + 1e-4 * (usual or 1.0)).mean(axis=0) for part in _whole_seconds(heard, seconds)])
    row = gaussian_filter1d(_novelty(rows), 1)
    highest = row >= maximum_filter1d(row, 2 * APART + 1, mode="nearest")
    places = np.flatnonzero(highest & (row > row.mean() + ABOVE * row.std()))
    return tuple(float(place) for place in places if HALF / 2 <= place <= seconds - HALF / 2)


def _whole_seconds(heard: Heard, seconds: int) -> list[NDArray[np.float32]]:
    edges = (np.arange(seconds + 1) * FRAME_RATE).astype(int)
    return [heard.bands[first:last] for first, last in pairwise(edges)]


def _novelty(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """How new what follows each second is, shape (n,)."""
    times = np.arange(-HALF, HALF) + 0.5
    bell = np.exp(-0.5 * (times / (HALF / 2)) ** 2)
    board = -np.outer(np.sign(times) * bell, np.sign(times) * bell)
    count = len(rows)
    found = np.zeros(count)
    for place in range(count):
        around = rows[np.clip(np.arange(place - HALF, place + HALF), 0, count - 1)]
        apart = np.sqrt(((around[:, None] - around[None]) ** 2).sum(axis=2))
        found[place] = (apart * board).sum() / np.abs(board).sum()
    return found
