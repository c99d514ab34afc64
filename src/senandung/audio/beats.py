"""Tempo and beats of a recording, from the strength of its onsets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, Floats

USUAL_TEMPO = 110.0
"""Beats a minute that people tap most readily to (Moelants 2002, "Preferred tempo reconsidered": 120 to 130)."""

OCTAVES = 0.8
"""Standard deviation of the tempi people tap, in octaves around `USUAL_TEMPO` (ours, wide)."""

SLOWEST, FASTEST = 45.0, 210.0
"""Beats a minute between which a tempo is looked for."""

TIGHTNESS = 100.0
"""How strongly beats are kept evenly apart (Ellis 2007)."""

PACES = np.exp(np.linspace(np.log(50), np.log(420), 12))
"""Strokes a minute at which the shape of a pulse is kept."""


@dataclass(frozen=True, eq=False)
class Beats:
    """The beats of a recording.

    Parameters
    ----------
    tempo : in beats a minute; 0 where nothing pulses.
    clarity : 0 (no pulse) to 1 (a machine's): the autocorrelation at the beat (Lartillot et al. 2008, "pulse clarity").
    times : of the beats, in seconds, shape (b,).
    """

    tempo: float
    clarity: float
    times: NDArray[np.float64]


def find_beats(strength: Floats) -> Beats:
    """Tempo and beats by autocorrelation and dynamic programming (Ellis 2007, "Beat tracking by dynamic programming").

    Parameters
    ----------
    strength : of onsets, a value a frame, as `onset_strength` gives it.

    >>> row = np.zeros(1000, dtype=np.float32)
    >>> row[::26] = 1.0
    >>> round(find_beats(row).tempo)
    99
    """
    from scipy.ndimage import gaussian_filter1d

    _, tempi, score, at = _fits(strength)
    if not len(tempi) or score.max() <= 0:
        return Beats(0.0, 0.0, np.zeros(0))
    best = int(np.argmax(score))
    clarity = float(np.clip(at[best], 0, 1))
    row = gaussian_filter1d(strength.astype(np.float64), 1.0)
    row = row - gaussian_filter1d(row, FRAME_RATE)
    times = _track(row / row.std(), 60 * FRAME_RATE / tempi[best])
    gaps = np.diff(times)
    tempo = float(60 / np.median(gaps)) if len(gaps) else float(tempi[best])
    # The frames are coarse: the mean of the regular gaps says the tempo more finely than their middle.
    regular = gaps[np.abs(gaps - np.median(gaps)) < 0.15 * np.median(gaps)] if len(gaps) else gaps
    return Beats(float(60 / regular.mean()) if len(regular) else tempo, clarity, times)


@dataclass(frozen=True, eq=False)
class Pulse:
    """How a stretch of time pulses, without a choice between a tempo and its half or double.

    Parameters
    ----------
    pace : octaves above 100 beats a minute: the mean of all tempi, each weighed by how well it fits and is tapped.
    clarity : 0..1, the autocorrelation at those tempi.
    shape : autocorrelation of the strokes at `PACES`, shape (12,).
    """

    pace: float
    clarity: float
    shape: NDArray[np.float64]


def find_pulse(strength: Floats) -> Pulse:
    """The pulse of a stretch of some seconds; one that flips between a tempo and its double has one pace all the same.

    >>> row = np.zeros(1300, dtype=np.float32)
    >>> row[::26] = 1.0
    >>> round(100 * 2 ** find_pulse(row).pace, -1)
    100.0
    """
    correlation, tempi, score, at = _fits(strength)
    weights = score**4
    if not len(tempi) or weights.sum() <= 0:
        return Pulse(0.0, 0.0, np.zeros(len(PACES)))
    weights = weights / weights.sum()
    shape = np.interp(60 * FRAME_RATE / PACES, np.arange(len(correlation)), correlation)
    return Pulse(float(weights @ np.log2(tempi / 100)), float(np.clip(weights @ at, 0, 1)), shape)


def _fits(strength: Floats) -> tuple[NDArray[np.float64], ...]:
    """The autocorrelation of onsets; tempi, how well each fits and is tapped, and the autocorrelation at each."""
    from scipy.ndimage import gaussian_filter1d

    if len(strength) < 4 * FRAME_RATE or strength.std() < 1e-9:
        return np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0)
    row = gaussian_filter1d(strength.astype(np.float64), 1.0)
    row = row - gaussian_filter1d(row, FRAME_RATE)
    correlation = _autocorrelation(row, round(4 * 60 * FRAME_RATE / SLOWEST) + 4)
    tempi = np.exp(np.linspace(np.log(SLOWEST), np.log(FASTEST), 400))
    whole = np.arange(len(correlation))
    at = [np.interp(60 * FRAME_RATE / tempi * times, whole, correlation) for times in (1, 2, 3, 4)]
    prior = np.exp(-0.5 * (np.log2(tempi / USUAL_TEMPO) / OCTAVES) ** 2)
    return correlation, tempi, prior * np.maximum(at[0] + 0.5 * at[1] + 0.15 * at[2] + 0.35 * at[3], 0), at[0]


def _autocorrelation(row: NDArray[np.float64], lags: int) -> NDArray[np.float64]:
    """Autocorrelation, 1 at lag 0, without the shrinking of long lags."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(len(row) + lags)
    products = irfft(np.abs(rfft(row, size)) ** 2, size)[:lags]
    counts = np.maximum(len(row) - np.arange(lags), 1)
    means = products / counts
    return np.asarray(means / max(means[0], 1e-12), dtype=np.float64)


def _track(row: NDArray[np.float64], period: float) -> NDArray[np.float64]:
    """The times, in seconds, of the beats that gather most strength at about `period` frames from each other."""
    steps = np.arange(-round(2 * period), -round(period / 2) + 1)
    penalty = -TIGHTNESS * np.log(-steps / period) ** 2
    gathered, links = row.copy(), np.full(len(row), -1)
    for frame in range(-int(steps[-1]), len(row)):
        first = max(0, frame + int(steps[0]))
        earlier = (
            gathered[first : frame + int(steps[-1]) + 1] + penalty[len(steps) - (frame + int(steps[-1]) + 1 - first) :]
        )
        best = int(np.argmax(earlier))
        if earlier[best] > 0:
            gathered[frame] += earlier[best]
            links[frame] = first + best
    place = len(row) - 1 - int(np.argmax(gathered[::-1][: max(1, round(1.5 * period))]))
    found: list[int] = []
    while place >= 0:
        found.append(place)
        place = int(links[place])
    return np.asarray(found[::-1], dtype=np.float64) / FRAME_RATE
