"""What stands out in a recording and when: applause, crowds, singing along, and where the music is most intense."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.reading import Moment
from senandung.domain.time import Second
from senandung.sensing.sound.crowd import KINDS
from senandung.sensing.sound.window import Window

LIKELY = 0.5
"""Probability from which on a kind is heard."""

SURE = MappingProxyType({"applause": 0.5, "crowd": 0.5, "singing along": 0.8})
"""Probability from which on a kind is told to a person: choirs and strings are much like people who sing along."""

LASTS: Second = 4.0
"""Seconds that a moment of a kind lasts at least."""

PEAKS, BETWEEN = 5, 8.0
"""Moments of highest intensity at most, and seconds between two of them at least."""

INTENSE = (("loudness", 0.5), ("brightness", 0.3), ("activity", 0.2))
"""What intensity is made of: loudness alone would follow a hand on a fader, and clipping flattens it."""

STANDS_OUT = 0.6
"""Deviations above the mean from which on a moment is a peak."""


def moments_of_kinds(windows: Sequence[Window], chances: NDArray[np.float64]) -> list[Moment]:
    """Where applause, a crowd or singing along is heard: windows of one kind that follow each other are one moment.

    Parameters
    ----------
    chances : the probability of each of `KINDS` in each window, shape (n, 4).
    """
    found = []
    for place, kind in enumerate(KINDS):
        if kind == "music":
            continue
        likely = np.concatenate(([False], chances[:, place] > SURE[kind], [False])).astype(int)
        turns = np.flatnonzero(np.diff(likely))
        for first, last in zip(turns[::2], turns[1::2], strict=True):
            # A window hears what begins in its middle: its outer second on each side belongs to its neighbours.
            start = windows[first].start + (1.0 if first else 0.0)
            end = windows[last - 1].end - (1.0 if last < len(windows) else 0.0)
            if end - start >= LASTS - 2:
                found.append(Moment(start, end, kind, float(chances[first:last, place].mean())))
    return sorted(found, key=lambda moment: (moment.start, moment.end))


def intensity(windows: Sequence[Window]) -> NDArray[np.float64]:
    """How intense each window is beside the others, shape (n,): mean 0 and deviation near 1, smoothed over 8 s."""
    from scipy.ndimage import gaussian_filter1d

    total = np.zeros(len(windows))
    for name, share in INTENSE:
        values = np.array([getattr(window, name) for window in windows])
        values = np.clip(values, np.percentile(values, 5), None)
        total += share * (values - values.mean()) / (values.std() + 1e-9)
    return np.asarray(gaussian_filter1d(total, 1.0, mode="nearest"), dtype=np.float64)


def peaks(windows: Sequence[Window]) -> list[Moment]:
    """The moments of highest intensity, at most `PEAKS`, in order of time; strength 1 is the highest."""
    if len(windows) < 4:
        return []
    row = intensity(windows)
    row = (row - row.mean()) / (row.std() + 1e-9)
    found: list[int] = []
    for place in np.argsort(-row, kind="stable"):
        near = row[max(0, place - 1) : place + 2]
        apart = all(abs(windows[place].start - windows[other].start) >= BETWEEN for other in found)
        if row[place] > STANDS_OUT and row[place] >= near.max() and apart:
            found.append(int(place))
        if len(found) == PEAKS:
            break
    highest = row[found[0]] if found else 1.0
    return [
        Moment(windows[place].start, windows[place].end, "peak", float(np.clip(row[place] / highest, 0, 1)))
        for place in sorted(found)
    ]
