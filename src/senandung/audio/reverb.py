"""A room: its impulse response made of seeded noise, and the convolution with it.

The tail is exponentially decaying Gaussian noise with a shorter decay for high frequencies, after Moorer (1979), "About
this reverberation business", Computer Music Journal 3(2). Left and right share part of the noise so that mono keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require, require_unit


@dataclass(frozen=True)
class Room:
    """A room.

    Parameters
    ----------
    decay : seconds in which the middle frequencies fall by 60 dB.
    high_decay : the same at 8 kHz.
    pre_delay : seconds before the first reflection.
    correlation : of left and right, 0..1.
    """

    decay: float = 1.5
    high_decay: float = 0.7
    pre_delay: float = 0.018
    correlation: float = 0.35

    def __post_init__(self) -> None:
        require(0.1 <= self.decay <= 8, "a room's decay must be in 0.1..8 s", self.decay)
        require(0.05 <= self.high_decay <= self.decay, "a room's high decay must be in 0.05..decay s", self.high_decay)
        require(0 <= self.pre_delay <= 0.2, "a room's pre-delay must be in 0..0.2 s", self.pre_delay)
        require_unit("correlation", self.correlation, 0.0)


def impulse_response(room: Room, sample_rate: int, *, seed: int) -> NDArray[np.float32]:
    """The response of a room to a click, shape (2, n), with energy 1 in each channel and nothing below 120 Hz.

    >>> response = impulse_response(Room(decay=0.5, high_decay=0.3), 8000, seed=1)
    >>> response.shape[0], round(float((response[0] ** 2).sum()), 3)
    (2, 1.0)
    """
    from scipy.signal import butter, sosfilt, sosfiltfilt

    rng = np.random.default_rng(seed)
    n = round(room.decay * sample_rate)
    times = np.arange(n) / sample_rate
    noise = rng.standard_normal((3, n))
    shared, own = np.sqrt(room.correlation), np.sqrt(1 - room.correlation)
    tails = np.stack((shared * noise[0] + own * noise[1], shared * noise[0] + own * noise[2]))
    split = min(2500.0, sample_rate * 0.3)
    low = sosfiltfilt(butter(2, split, "lowpass", fs=sample_rate, output="sos"), tails, axis=1)
    tails = low * 10 ** (-3 * times / room.decay) + (tails - low) * 10 ** (-3 * times / room.high_decay)
    tails = sosfilt(butter(2, 120.0, "highpass", fs=sample_rate, output="sos"), tails, axis=1)
    # A soft beginning: the first reflections come over the first 12 ms, not as one slap.
    tails *= np.minimum(times / 0.012, 1.0)
    tails[:, -max(n // 20, 1) :] *= np.linspace(1, 0, max(n // 20, 1))
    tails /= np.sqrt((tails**2).sum(axis=1, keepdims=True))
    silence = np.zeros((2, round(room.pre_delay * sample_rate)))
    return np.concatenate((silence, tails), axis=1).astype(np.float32)


def convolve(pieces: Iterable[NDArray[np.float32]], response: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Consecutive pieces of one channel, each of shape (n,), through a response of shape (channels, m).

    Yields pieces of shape (channels, n) of the same lengths; what rings after the last is cut off. Overlap-add: each
    piece is multiplied with the response's spectrum, and what rings on is added to the next ones.

    >>> click = np.array([1, 0, 0, 0], dtype=np.float32)
    >>> echo = np.array([[0, 1, 0.5]], dtype=np.float32)
    >>> np.concatenate(list(convolve([click[:2], click[2:]], echo)), axis=1).round(3).tolist()
    [[0.0, 1.0, 0.5, 0.0]]
    """
    from scipy.fft import irfft, next_fast_len, rfft

    channels, m = response.shape
    ringing = np.zeros((channels, m - 1), dtype=np.float32)
    size, spectra = 0, np.zeros((channels, 0), dtype=np.complex64)
    for piece in pieces:
        n = len(piece)
        wet = np.zeros((channels, n + m - 1), dtype=np.float32)
        wet[:, : m - 1] = ringing
        if piece.any():
            wanted = next_fast_len(n + m - 1, real=True)
            if wanted != size:
                size, spectra = wanted, rfft(response, wanted, axis=1)
            wet += irfft(rfft(piece, size)[None, :] * spectra, size, axis=1)[:, : n + m - 1]
        yield wet[:, :n]
        ringing = wet[:, n:]
