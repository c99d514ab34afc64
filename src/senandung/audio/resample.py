"""Change of sample rate."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

from senandung.domain.recording import Recording


def resample(samples: NDArray[np.float32], from_rate: int, to_rate: int) -> NDArray[np.float32]:
    """The samples, shape (channels, n), at another rate in Hz, by scipy's polyphase filter (Kaiser window).

    >>> resample(np.zeros((1, 48000), dtype=np.float32), 48000, 44100).shape
    (1, 44100)
    """
    if from_rate == to_rate:
        return samples
    from scipy.signal import resample_poly

    shared = gcd(from_rate, to_rate)
    result = resample_poly(samples, to_rate // shared, from_rate // shared, axis=1)
    return np.asarray(result, dtype=np.float32)


def to_rate(recording: Recording, sample_rate: int) -> Recording:
    """The recording at another sample rate in Hz."""
    if recording.sample_rate == sample_rate:
        return recording
    return Recording(resample(recording.samples, recording.sample_rate, sample_rate), sample_rate)
