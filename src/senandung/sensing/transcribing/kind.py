"""Whether one voice sounds at a time, or several."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pitch import HOP, RATE, Pitch

SIZE = 4096
"""Samples of a spectrum."""

EVERY = 4
"""Frames from one spectrum to the next."""

NEAR = 0.03
"""How far a partial may lie from a harmonic, as a share of it: half a semitone."""

LOW_ONES, LEAST = 3.5, 0.02
"""Among the first three harmonics lies at least this share of what one voice explains: the common period of a chord's
tones has none of them."""

ALONE = 0.78
"""Share of the loud moments' energy from which one voice's harmonics explain a recording."""


def one_voice_share(sound: NDArray[np.float32], pitch: Pitch) -> float:
    """How much of a recording's energy the harmonics of one pitch explain, 0..1.

    Parameters
    ----------
    sound : mono, shape (n,), at `RATE`.
    pitch : its pitch as `track_pitch` found it.

    >>> from senandung.audio.pitch import track_pitch
    >>> t = np.arange(RATE) / RATE
    >>> one, other = (np.sin(2 * np.pi * hz * t).astype(np.float32) for hz in (440, 554.37))
    >>> [round(one_voice_share(x, track_pitch(x, RATE)), 1) for x in (one, one + other)]
    [1.0, 0.0]
    """
    from scipy.fft import rfft

    frames = np.arange(0, len(pitch.hz), EVERY)
    if not len(frames):
        return 0.0
    padded = np.pad(sound, SIZE // 2)
    window = np.hanning(SIZE).astype(np.float32)
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)
    inside = (hz > 60) & (hz < 5000)
    explained, total = np.zeros(len(frames)), np.zeros(len(frames))
    views = np.lib.stride_tricks.sliding_window_view(padded, SIZE)
    for first in range(0, len(frames), 256):
        part = frames[first : first + 256]
        power = np.abs(rfft(views[part * HOP] * window, axis=1))[:, inside] ** 2
        total[first : first + 256] = power.sum(axis=1)
        tone = pitch.hz[part]
        harmonic = hz[inside][None, :] / np.maximum(tone, 1)[:, None]
        number = np.maximum(np.round(harmonic), 1)
        width = np.maximum(NEAR * number, 2.5 * RATE / SIZE / np.maximum(tone, 1)[:, None])
        near = (np.abs(harmonic - number) < np.minimum(width, 0.35)) & (tone > 0)[:, None]
        mine = (power * near).sum(axis=1)
        low = (power * (near & (number < LOW_ONES))).sum(axis=1)
        explained[first : first + 256] = np.where(low > LEAST * mine, mine, 0)
    loud = total > 1e-3 * np.percentile(total, 95)
    return float(explained[loud].sum() / max(total[loud].sum(), 1e-12)) if loud.any() else 0.0
