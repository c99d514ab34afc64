"""When a tone begins and ends, by the loudness of its own harmonics: the tone before may still ring in the room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pitch import HOP, RATE, STEP, Floats

SIZE = 2048
"""Samples of a spectrum: 93 ms."""

HARMONICS = 10
"""Harmonics that are followed, up to `HIGHEST`."""

HIGHEST = 5000.0
"""Hz above which none is followed."""

EARLIER, LATER = 0.2, 0.07
"""Seconds before and after its first guess between which a tone may begin."""

RISEN = 0.15
"""How much of its rise a tone has made where it begins."""

FALLEN = 0.15
"""To how much of its usual strength a tone has fallen where it ends."""


class Edges:
    """The harmonics of a sound over time."""

    def __init__(self, sound: NDArray[np.float32], count: int) -> None:
        """Amplitudes of `count` frames, `STEP` seconds apart, of a mono sound at `RATE`."""
        from scipy.fft import rfft

        padded = np.pad(sound, (SIZE // 2, SIZE))
        views = np.lib.stride_tricks.sliding_window_view(padded, SIZE)[::HOP][:count]
        bins = int(HIGHEST * SIZE / RATE) + 3
        window = np.hanning(SIZE).astype(np.float32)
        self.amplitudes = np.concatenate(
            [np.abs(rfft(views[first : first + 512] * window, axis=1)[:, :bins]) for first in range(0, count, 512)]
        )

    def strength(self, hz: float, first: int, last: int) -> Floats:
        """How strongly a tone of a pitch sounds in the frames from first to before last."""
        top = max(1, min(HARMONICS, int(HIGHEST / hz)))
        bins = np.arange(1, top + 1) * hz * SIZE / RATE
        low = np.floor(bins).astype(int)
        part = self.amplitudes[max(first, 0) : last]
        return np.asarray(np.sqrt(part[:, low] ** 2 + part[:, low + 1] ** 2).sum(axis=1), dtype=np.float64)

    def begins(self, hz: float, guess: int, before: int, end: int) -> int:
        """The frame at which a tone begins, not before another."""
        first = max(before, guess - round(EARLIER / STEP), 0)
        last = min(end, guess + round(LATER / STEP) + 1)
        if last - first < 3:
            return guess
        row = self.strength(hz, first, last)
        top = int(np.argmax(row[guess - first :])) + guess - first if guess - first < len(row) else len(row) - 1
        foot = int(np.argmin(row[: top + 1]))
        risen = row[foot] + RISEN * (row[top] - row[foot])
        below = np.flatnonzero(row[foot : top + 1] < risen)
        return first + foot + (int(below[-1]) + 1 if len(below) else 0)

    def ends(self, hz: float, begin: int, guess: int) -> int:
        """The frame at which a tone ends that was thought to end at `guess`: its last strong one."""
        row = self.strength(hz, begin, guess)
        if len(row) < 4:
            return guess
        strong = np.flatnonzero(row > FALLEN * np.percentile(row, 70))
        return begin + int(strong[-1]) + 1 if len(strong) else guess
