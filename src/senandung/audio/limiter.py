"""A look-ahead limiter that returns a gain curve, so that the same gain can be given to every stem."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.true_peak import peak_envelope
from senandung.domain.checks import require

BLOCK = 32
"""Samples a step of the gain."""

ATTACK_DB_PER_SECOND = 1500.0
RELEASE_DB_PER_SECOND = 45.0
"""How fast the gain falls before a peak and comes back after it: 1.5 dB a millisecond, 45 dB a second."""


def limiter_gain(
    envelope: NDArray[np.float32], ceiling: float, n: int, sample_rate: int, block: int = BLOCK
) -> NDArray[np.float32]:
    """The gain curve that keeps a signal below a ceiling, shape (n,), linear, in 0..1.

    The gain is linear and time-varying and the same for every channel: what is summed before it may as well be summed
    after it. It falls ahead of a peak and comes back after it, in straight lines of decibels (a running minimum of
    `needed + rate × distance` in both directions), and is interpolated between blocks.

    Parameters
    ----------
    envelope : true peak of each block, linear (`audio.true_peak.peak_envelope`).
    ceiling : linear, above 0.
    n : samples of the signal.
    sample_rate : in Hz.

    >>> peaks = np.array([0.5, 0.5, 2.0, 0.5, 0.5], dtype=np.float32)
    >>> gain = limiter_gain(peaks, 1.0, 160, 44100)
    >>> bool((gain[64:96] <= 0.5).all()), gain.shape
    (True, (160,))
    """
    require(ceiling > 0, "a ceiling must be above 0", ceiling)
    needed = np.minimum(20 * np.log10(ceiling / np.maximum(envelope.astype(np.float64), 1e-9)), 0.0)
    # A point between two blocks must hold for both, because the curve is interpolated between block edges.
    edges = np.minimum(np.append(needed, needed[-1:]), np.concatenate((needed[:1], needed)))
    step = block / sample_rate
    places = np.arange(len(edges))
    after = np.minimum.accumulate(edges - RELEASE_DB_PER_SECOND * step * places)
    held = after + RELEASE_DB_PER_SECOND * step * places
    ahead = np.minimum.accumulate((held + ATTACK_DB_PER_SECOND * step * places)[::-1])[::-1]
    curve = np.minimum(ahead - ATTACK_DB_PER_SECOND * step * places, 0.0)
    linear = 10 ** (curve / 20)
    # Straight lines between the block edges; each lies below the larger of its ends, which both blocks allow.
    fraction = (np.arange(block, dtype=np.float32) / block)[None, :]
    lines = linear[:-1, None].astype(np.float32) * (1 - fraction) + linear[1:, None].astype(np.float32) * fraction
    return np.ascontiguousarray(lines.reshape(-1)[:n])


def limit(samples: NDArray[np.float32], ceiling: float, sample_rate: int) -> NDArray[np.float32]:
    """The samples, shape (channels, n), limited to a true peak of `ceiling` (linear)."""
    envelope = peak_envelope(samples, BLOCK, above=ceiling / 2)
    return samples * limiter_gain(envelope, ceiling, samples.shape[1], sample_rate)[None, :]
