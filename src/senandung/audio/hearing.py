"""What is heard of a recording, frame by frame: loudness, bands, noise, and the strongest partials.

Everything that reads feeling, tempo, key or voices from sound begins here, so that a recording is transformed once.
A recording comes in pieces, so that memory grows with what is kept (about 4 MB a minute) and not with the sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RATE = 22_050
"""Samples a second of what is heard, in Hz."""

HOP = 512
"""Samples from one frame to the next: 43 frames a second."""

SIZE = 2048
"""Samples of a frame's spectrum."""

SLOW = 4
"""Frames from one slow frame, with its partials, to the next."""

SLOW_SIZE = 8192
"""Samples of a slow frame's spectrum: partials 5 Hz apart are told from each other."""

PARTIALS = 40
"""Strongest partials that are kept of each slow frame."""

LOWEST, HIGHEST = 55.0, 5000.0
"""Hz between which partials are kept."""

BANDS = 36
"""Bands on the mel scale from 40 Hz up."""

SILENT = 1e-5
"""Amplitude (-100 dB) below which a frame is silence."""

FRAME_RATE = RATE / HOP
"""Frames a second."""


@dataclass(frozen=True, eq=False)
class Heard:
    """A recording as it is heard, with n frames at `FRAME_RATE` and m = ceil(n / SLOW) slow frames.

    Parameters
    ----------
    level : loudness of each frame in dB (0 is a sine of full scale), weighed near to hearing, shape (n,).
    bands : amplitude in each mel band, shape (n, BANDS).
    flatness : 0 (a tone) to 1 (noise): geometric over arithmetic mean of the power above 200 Hz, shape (n,).
    partial_hz, partial_size : frequency and amplitude of the strongest partials, shape (m, PARTIALS); 0 where fewer.
    """

    level: Floats
    bands: Floats
    flatness: Floats
    partial_hz: Floats
    partial_size: Floats

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.level) / FRAME_RATE


def hear(pieces: Iterable[Floats]) -> Heard:
    """Hear a mono recording at `RATE` that comes in pieces of any length, each of shape (n,).

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    >>> heard = hear([tone])
    >>> round(float(heard.partial_hz[5, 0])), round(float(heard.level[20]))
    (440, 0)
    """
    fast: list[tuple[Floats, ...]] = []
    slow: list[tuple[Floats, ...]] = []
    block = SLOW * HOP
    held = np.zeros(SLOW_SIZE // 2, dtype=np.float32)  # before the first frame's centre there is silence
    total, done = 0, 0

    def take(count: int) -> None:
        nonlocal held, done
        if count > 0:
            fast.append(_spectral(held[SLOW_SIZE // 2 - SIZE // 2 :], count * SLOW))
            slow.append(_strongest(held, count))
            held, done = held[count * block :], done + count

    for piece in pieces:
        for part in np.array_split(piece, max(1, -(-len(piece) // (30 * RATE)))):
            held = np.concatenate((held, part.astype(np.float32)))
            total += len(part)
            take((len(held) - SLOW_SIZE) // block + 1 if len(held) >= SLOW_SIZE else 0)
    left = -(-total // block) - done
    held = np.concatenate((held, np.zeros(SLOW_SIZE + left * block, dtype=np.float32)))
    take(left)
    if not total:
        fast, slow = [_spectral(held, 0)], [_strongest(held, 0)]
    n = -(-total // HOP)
    level, bands, flatness = (np.concatenate(parts)[:n] for parts in zip(*fast, strict=True))
    hz, size = (np.concatenate(parts) for parts in zip(*slow, strict=True))
    return Heard(level, bands, flatness, hz, size)


def _spectra(samples: Floats, size: int, hop: int, count: int) -> Floats:
    """Amplitude spectra of `count` frames, shape (count, size // 2 + 1): a sine of amplitude 1 peaks at 1."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[: (count - 1) * hop + 1 : hop] if count else None
    if frames is None:
        return np.zeros((0, size // 2 + 1), dtype=np.float32)
    from scipy.fft import rfft

    window = np.hanning(size + 1)[:-1].astype(np.float32)
    spectra = np.abs(rfft(frames * window, axis=1)) * np.float32(2 / window.sum())
    return np.asarray(spectra, dtype=np.float32)


def _spectral(samples: Floats, count: int) -> tuple[Floats, Floats, Floats]:
    """Level, bands and flatness of `count` frames that begin at the first sample."""
    spectra = _spectra(samples, SIZE, HOP, count)
    hz = np.fft.rfftfreq(SIZE, 1 / RATE).astype(np.float32)
    power = spectra**2
    weighed = power @ _hearing(hz)
    # The window spreads a sine over bins whose powers sum to 1.5 times its peak's.
    level = 10 * np.log10(np.maximum(weighed / 1.5, SILENT**2))
    bands = np.sqrt(power @ _mel())
    silent = spectra.sum(axis=1) < SILENT * len(hz)
    above = power[:, hz > 200] + 1e-12
    flatness = np.where(silent, 0, np.exp(np.log(above).mean(axis=1)) / above.mean(axis=1))
    return tuple(np.asarray(row, dtype=np.float32) for row in (level, bands, flatness))  # type: ignore[return-value]


def _strongest(samples: Floats, count: int) -> tuple[Floats, Floats]:
    """Frequency and amplitude of the strongest peaks of `count` slow frames, by a parabola through each."""
    spectra = _spectra(samples, SLOW_SIZE, SLOW * HOP, count)
    first, last = (round(edge * SLOW_SIZE / RATE) for edge in (LOWEST, HIGHEST))
    logged = np.log(np.maximum(spectra[:, first - 1 : last + 2], 1e-9))
    middle = logged[:, 1:-1]
    is_peak = (middle > logged[:, :-2]) & (middle >= logged[:, 2:]) & (middle > np.log(SILENT))
    ranked = np.where(is_peak, middle, -np.inf)
    places = np.argsort(-ranked, axis=1)[:, :PARTIALS]
    rows = np.arange(count)[:, None]
    found = np.isfinite(ranked[rows, places])
    before, at, after = (logged[rows, places + shift] for shift in (0, 1, 2))
    bend = before - 2 * at + after
    offset = np.where(found, 0.5 * (before - after) / np.where(np.abs(bend) < 1e-9, -1, bend), 0)
    hz = np.where(found, (places + first + np.clip(offset, -0.5, 0.5)) * RATE / SLOW_SIZE, 0)
    size = np.where(found, np.exp(at - 0.25 * (before - after) * offset), 0)
    return hz.astype(np.float32), size.astype(np.float32)


def _hearing(hz: Floats) -> Floats:
    """Weights of power near those of BS.1770's K filter: a high-pass at 60 Hz and 4 dB more above 2 kHz."""
    low = hz**2 / (hz**2 + 60.0**2)
    shelf = 1 + 0.58 * hz**2 / (hz**2 + 1700.0**2)
    return np.asarray((low * shelf) ** 2, dtype=np.float32)


def band_centres() -> Floats:
    """Frequency in Hz of the middle of each mel band, shape (BANDS,)."""
    return np.asarray(_edges()[1:-1], dtype=np.float32)


def _edges() -> NDArray[np.float64]:
    mel = np.linspace(2595 * np.log10(1 + 40 / 700), 2595 * np.log10(1 + 10_500 / 700), BANDS + 2)
    return np.asarray(700 * (10 ** (mel / 2595) - 1), dtype=np.float64)


@cache
def _mel() -> Floats:
    """Triangles of power in `BANDS` bands, equally wide on the mel scale (O'Shaughnessy 1987), 40 Hz to 10.5 kHz."""
    edges = _edges()
    hz = np.fft.rfftfreq(SIZE, 1 / RATE)[:, None]
    rising = (hz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - hz) / (edges[2:] - edges[1:-1])
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), dtype=np.float32)
