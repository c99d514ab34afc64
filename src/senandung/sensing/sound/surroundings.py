"""What is around a window: half a minute's cues together with the marks that a room, a crowd or a device leaves.

From these the learned reader tells what the clean recording would have said. Marks of a room: how quickly bands fall
and how far; of noise and crowds: the floor that bands never go below, flatness; of a device: which bands are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from senandung.audio.beats import PACES, find_pulse
from senandung.audio.hearing import FRAME_RATE, Floats, Heard, band_centres
from senandung.audio.tonality import SLOW_RATE
from senandung.domain.time import Second
from senandung.sensing.sound.window import Window

SPAN: Second = 30.0
"""Length of a stretch that is looked at as one."""

APART: Second = 10.0
"""Seconds from the middle of one stretch to the next."""

GROUPS = ((0, 300), (300, 800), (800, 1800), (1800, 3400), (3400, 6000), (6000, 11_000))
"""Hz of the groups of bands; a telephone carries the second to fourth."""

KEPT = ("onsets", "activity", "brightness", "roughness", "detached", "majorness", "clarity", "height", "changes")
"""Cues of windows whose mean is looked at."""

VARIED = ("onsets", "activity", "brightness", "roughness", "loudness")
"""Cues of windows whose deviation is looked at."""

LAGS = (2, 8, 32)
"""Frames over which changes are compared: a room takes away the quick ones."""

NAMES = (
    *KEPT, *(f"{name} deviation" for name in VARIED), "pace", "pulse", *(f"pulse at {pace:.0f}" for pace in PACES),
    "struck", "struck 90", "struck 97", "strokes", "strong strokes",
    *(f"{what} {group}" for group in range(6) for what in ("level", "floor", "middle", "top")),
    *(f"change {group} {lag}" for group in range(1, 5) for lag in LAGS),
    *(f"{what} {group}" for group in range(1, 5) for what in ("fall", "rise")),
    "flatness 10", "flatness 50", "flatness 90", "partials", "tonal", "level 10", "level 90", "level deviation",
)  # fmt: skip
"""What is looked at, in order."""


def middles(seconds: Second) -> NDArray[np.float64]:
    """The middles of the stretches of a recording, in seconds."""
    last = max(seconds - SPAN / 2, seconds / 2)
    first = min(SPAN / 2, seconds / 2)
    return np.linspace(first, last, max(1, int(np.ceil((last - first) / APART)) + 1))


def look_around(heard: Heard, struck: Floats, windows: Sequence[Window], middle: Second) -> NDArray[np.float64]:
    """The stretch around a time: a value for each of `NAMES`; windows of silence are left out."""
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    begin, end = max(0.0, middle - SPAN / 2), min(heard.seconds, middle + SPAN / 2)
    fast = slice(int(begin * FRAME_RATE), int(end * FRAME_RATE) + 1)
    slow = slice(int(begin * SLOW_RATE), int(end * SLOW_RATE) + 1)
    inside = [w for w in windows if begin - 2.1 <= w.start and w.end <= end + 2.1 and not w.silent]
    told = np.array([[getattr(w, name) for name in (*KEPT, *VARIED)] for w in inside] or [[0.0] * 14])
    pulse = find_pulse(struck[fast])
    row = struck[fast].astype(np.float64)
    above = row - uniform_filter1d(row, 21, mode="nearest")
    peaks = (row >= maximum_filter1d(row, 7, mode="nearest")) & (row > 0)
    seconds = max(end - begin, 1.0)
    usual, high, highest = np.percentile(row, (50, 90, 97))
    found = [*told[:, : len(KEPT)].mean(axis=0), *told[:, len(KEPT) :].std(axis=0), pulse.pace, pulse.clarity]
    found += [*pulse.shape, row.mean(), high - usual, highest - usual]
    found += [float(np.count_nonzero(peaks & (above > size)) / seconds) for size in (0.08, 0.25)]
    found += marks(heard.bands[fast].astype(np.float64))
    found += [*np.log(np.percentile(heard.flatness[fast], (10, 50, 90)) + 1e-4)]
    sizes = heard.partial_size[slow].astype(np.float64)
    whole = float(np.sqrt((heard.bands[fast].astype(np.float64) ** 2).sum(axis=1).mean())) + 1e-9
    found.append(float((sizes > 0.03 * sizes.max(axis=1, keepdims=True)).sum(axis=1).mean()))
    found.append(float(np.log(np.sqrt((sizes**2).sum(axis=1).mean()) / whole + 1e-3)))
    level = heard.level[fast].astype(np.float64)
    found += [*(np.percentile(level, (10, 90)) - level.mean()), level.std()]
    return np.asarray(found, dtype=np.float64)


def marks(bands: NDArray[np.float64]) -> list[float]:
    """Level, floor, middle and top of each group of bands; how far the groups change over `LAGS`, fall and rise."""
    from scipy.ndimage import uniform_filter1d

    logged = np.log(bands + 1e-4 * (float(np.sqrt(np.mean(bands**2))) or 1.0))
    usual = float(logged[:, np.concatenate(_groups()[1:4])].mean())
    found: list[float] = []
    for group in _groups():
        rows = logged[:, group]
        mean = float(rows.mean())
        low, middle, high = np.percentile(rows, (10, 50, 90), axis=0).mean(axis=1) - mean
        found += [mean - usual, low, middle, high]
    for group in _groups()[1:5]:
        rows = logged[:, group]
        found += [float(np.log(np.abs(rows[lag:] - rows[:-lag]).mean() + 1e-3)) if len(rows) > lag else 0.0
                  for lag in LAGS]  # fmt: skip
    smooth = uniform_filter1d(logged, 3, axis=0, mode="nearest")
    for group in _groups()[1:5]:
        steps = smooth[3:, group] - smooth[:-3, group]
        found += [*np.percentile(steps, (10, 90), axis=0).mean(axis=1)] if len(steps) else [0.0, 0.0]
    return found


@cache
def _groups() -> tuple[NDArray[np.intp], ...]:
    hz = band_centres()
    return tuple(np.flatnonzero((hz >= low) & (hz < high)) for low, high in GROUPS)
