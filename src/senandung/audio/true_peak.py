"""True peak: the highest value between the samples, by oversampling (ITU-R BS.1770-4, annex 2)."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

OVERSAMPLING = 4
"""Times; BS.1770-4 asks for at least four at 48 kHz."""

_HALF_TAPS = 16


@lru_cache(maxsize=1)
def _phases() -> NDArray[np.float32]:
    """Windowed-sinc interpolators for a quarter, a half and three quarters of a sample, shape (3, 32)."""
    offsets = np.arange(-_HALF_TAPS + 1, _HALF_TAPS + 1)
    rows = []
    for phase in range(1, OVERSAMPLING):
        x = phase / OVERSAMPLING - offsets
        window = 0.5 + 0.5 * np.cos(np.pi * x / (_HALF_TAPS + 0.5))
        row = np.sinc(x) * window
        rows.append(row / row.sum())
    return np.array(rows, dtype=np.float32)


def peak_envelope(samples: NDArray[np.float32], block: int, above: float = 0.0) -> NDArray[np.float32]:
    """The true peak of every block, over all channels, shape (ceil(n / block),), linear.

    Parameters
    ----------
    samples : shape (channels, n).
    block : samples a block.
    above : linear; blocks with neighbours whose sample peak is below it are not oversampled, which saves time: their
        sample peak is returned.
    """
    n = samples.shape[1]
    count = -(-n // block)
    envelope = np.zeros(count, dtype=np.float32)
    for channel in samples:
        padded = np.zeros(count * block, dtype=np.float32)
        padded[:n] = channel
        peaks = np.abs(padded).reshape(count, block).max(axis=1)
        near = np.maximum(peaks, np.maximum(np.append(peaks[1:], 0), np.concatenate(([0], peaks[:-1]))))
        for index in _spans(near >= max(above, 1e-9)):
            first, last = index
            for start in range(first, last, 4096):
                stop = min(start + 4096, last)
                low, high = start * block - _HALF_TAPS + 1, stop * block + _HALF_TAPS
                piece = np.zeros(high - low, dtype=np.float32)
                inside = slice(max(low, 0), min(high, n))
                piece[inside.start - low : inside.stop - low] = channel[inside]
                for row in _phases():
                    between = np.abs(np.convolve(piece, row[::-1], "valid"))[: (stop - start) * block]
                    found = between.reshape(stop - start, block).max(axis=1)
                    np.maximum(peaks[start:stop], found, out=peaks[start:stop])
        np.maximum(envelope, peaks, out=envelope)
    return envelope


def true_peak(samples: NDArray[np.float32]) -> float:
    """The highest value of the oversampled signal over all channels, linear; 1.0 is full scale.

    >>> quarter = np.sin(np.pi / 2 * np.arange(400) + np.pi / 4)[None, :].astype(np.float32)  # a sample misses the top
    >>> round(float(np.abs(quarter).max()), 2), round(true_peak(quarter[:, 50:-50] * np.hanning(300)[None, :]), 2)
    (0.71, 1.0)
    """
    return float(peak_envelope(samples.astype(np.float32, copy=False), 64).max(initial=0.0))


def _spans(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Runs of True as (first, one past the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
