"""The pitch of a voice or of one instrument, moment by moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE = 22_050
"""Samples a second that pitch is heard in, in Hz."""

HOP = 256
"""Samples from one frame to the next."""

STEP = HOP / RATE
"""Seconds from one frame to the next: 11.6 ms."""

LOWEST, HIGHEST = 38.0, 2200.0
"""Hz between which pitch is looked for: a bass's low E to a flute's highest tones."""

WIDTH = 1024
"""Samples over which a period is compared with the next."""

CANDIDATES = 6
"""Periods that are kept of a frame."""

SPREAD = (2, 9)
"""Parameters of the Beta distribution of thresholds: mean .18, between pYIN's .15 and .2; tuned on songs of our own."""

FAINT = (2, 9)
"""The same for how deep a frame's deepest dip must be to be a tone where no threshold reached it (ours)."""

QUIET = 1e-5
"""Power (-50 dB) against the recording's loud moments below which nothing is looked for."""

SURE = 0.8
"""Voicing from which a frame tells the compass of a recording."""

COMPASS, BEYOND, STRANGE = 3.0, 500.0, 0.02
"""Percentile of the sure frames and cents beyond it that end the compass, and the weight of what lies outside of it:
where a tone rings into the next, their common period is no tone of its own (ours)."""

SWITCH = 0.01
"""How likely a tone begins or ends from one frame to the next."""

LEAP = 0.004
"""How likely the pitch leaps anywhere from one frame to the next, instead of going on."""

GLIDE = 45.0
"""Cents that a pitch usually goes on by from one frame to the next: vibrato and slides do."""


@dataclass(frozen=True, eq=False)
class Pitch:
    """A pitch over time, a value every `STEP` seconds.

    Parameters
    ----------
    times : of the frames' middles, in seconds, shape (n,).
    hz : the pitch, 0 where there is none, shape (n,).
    voicing : how sure it is that a tone sounds, 0..1, shape (n,).
    """

    times: Floats
    hz: Floats
    voicing: Floats

    def midi(self) -> Floats:
        """The pitch as MIDI numbers with fractions, nan where there is none, shape (n,)."""
        heard = self.hz > 0
        return np.where(heard, 69 + 12 * np.log2(np.where(heard, self.hz, 440) / 440), np.nan)


def track_pitch(
    samples: NDArray[np.float32], rate: int, *, lowest: float = LOWEST, highest: float = HIGHEST, width: int = WIDTH
) -> Pitch:
    """The pitch of a voice or of one instrument.

    Each frame's periods are found by YIN (de Cheveigné & Kawahara 2002, equations 6 and 8) and weighed by a
    distribution of thresholds, and the likeliest way through them is taken (Mauch & Dixon 2014, "pYIN: a fundamental
    frequency estimator using probabilistic threshold distributions", ICASSP). We depart from pYIN by following the
    periods themselves instead of a grid of pitches, and by their weights in closed form.

    Parameters
    ----------
    samples : mono, shape (n,).
    rate : samples a second, in Hz.
    lowest, highest : Hz between which the pitch lies, if more is known.
    width : samples at `RATE` over which a period is compared with the next; half as many for speech, whose pitch moves.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    >>> pitch = track_pitch(tone, RATE)
    >>> round(float(np.median(pitch.hz))), round(float(pitch.times[-1]), 1)
    (440, 1.0)
    """
    from senandung.audio.resample import resample

    sound = resample(np.asarray(samples, dtype=np.float32)[None, :], rate, RATE)[0].astype(np.float64)
    count = -(-len(sound) // HOP)
    times: Floats = np.arange(count, dtype=np.float64) * STEP
    if not count or not np.any(sound):
        return Pitch(times, np.zeros(count), np.zeros(count))
    power = _power(sound, count, width)
    loud = power > QUIET * np.percentile(power, 99)
    cents, weights = _candidates(sound, np.flatnonzero(loud), count, lowest, highest, width)
    voicing = weights.sum(axis=1)
    rows = np.arange(count)
    first = _way(cents, weights)
    sure = (first < CANDIDATES) & (voicing > SURE)
    if sure.sum() >= 20:
        found = cents[rows[sure], first[sure]]
        low, high = np.percentile(found, (COMPASS, 100 - COMPASS))
        strange = (cents < low - BEYOND) | (cents > high + BEYOND)
        weights = np.where(strange, STRANGE * weights, weights)
        voicing = weights.sum(axis=1)
    chosen = _way(cents, weights)
    heard = chosen < CANDIDATES
    at = np.where(heard, chosen, 0)
    hz = np.where(heard, 10 * 2 ** (cents[rows, at] / 1200), 0.0)
    return _centred(times, hz, np.clip(voicing, 0, 1), int(RATE / lowest) + 2)


def _centred(times: Floats, hz: Floats, voicing: Floats, longest: int) -> Pitch:
    """Each pitch at the middle of what it was found in: a short period is found in less sound than the longest."""
    heard = hz > 0
    if not heard.any():
        return Pitch(times, hz, voicing)
    early = (longest - RATE / np.where(heard, hz, 1)) / (2 * HOP)
    early = np.where(heard, early, np.median(early[heard]))
    rows = np.clip(np.rint(np.arange(len(hz)) + early), 0, len(hz) - 1).astype(np.intp)
    return Pitch(times, hz[rows], voicing[rows])


def _power(sound: Floats, count: int, width: int) -> Floats:
    """Mean square around each frame."""
    total = np.concatenate(([0.0], np.cumsum(sound**2)))
    centres = np.arange(count) * HOP
    first, last = np.maximum(centres - width // 2, 0), np.minimum(centres + width // 2, len(sound))
    return np.asarray((total[last] - total[first]) / width)


def _candidates(
    sound: Floats, frames: NDArray[np.intp], count: int, lowest: float, highest: float, width: int
) -> tuple[Floats, Floats]:
    """Periods of the frames: cents above 10 Hz and weights, both of shape (count, CANDIDATES), weight 0 where fewer."""
    from scipy.fft import irfft, next_fast_len, rfft
    from scipy.special import betainc

    longest, shortest = int(RATE / lowest) + 2, max(int(RATE / highest), 2)
    size = next_fast_len(width + longest, real=True)
    # The frame's middle is the middle of what is compared.
    before = (width + longest) // 2
    padded = np.concatenate((np.zeros(before), sound, np.zeros(width + longest)))
    square = np.concatenate(([0.0], np.cumsum(padded**2)))
    lags = np.arange(longest + 1)
    cents, weights = np.zeros((count, CANDIDATES)), np.zeros((count, CANDIDATES))
    for begin in range(0, len(frames), 512):
        part = frames[begin : begin + 512]
        starts = part * HOP
        rows = np.lib.stride_tricks.sliding_window_view(padded, width + longest)[starts]
        spectrum = rfft(rows, size, axis=1)
        product = irfft(spectrum * np.conj(rfft(rows[:, :width], size, axis=1)), size, axis=1)[:, : longest + 1]
        energy = square[starts[:, None] + width + lags] - square[starts[:, None] + lags]
        difference = np.maximum(energy[:, :1] + energy - 2 * product, 0)
        running = np.cumsum(difference[:, 1:], axis=1) / lags[1:]
        shape = np.ones_like(difference)
        shape[:, 1:] = difference[:, 1:] / np.maximum(running, 1e-12)
        middle = shape[:, shortest:-1]
        left, right = shape[:, shortest - 1 : -2], shape[:, shortest + 1 :]
        dip = (middle < left) & (middle <= right)
        bend = left - 2 * middle + right
        shift = np.where(dip, 0.5 * (left - right) / np.where(bend > 0, bend, 1), 0)
        depth = np.where(dip, np.maximum(middle - 0.25 * (left - right) * shift, 0), np.inf)
        # A threshold takes the first dip below it: each dip has the share between itself and the deepest before it.
        deepest = np.minimum.accumulate(depth, axis=1)
        ahead = np.concatenate((np.ones((len(part), 1)), np.minimum(deepest[:, :-1], 1)), axis=1)
        below = np.flatnonzero(depth < ahead)
        weight = np.zeros_like(depth)
        weight.ravel()[below] = betainc(*SPREAD, ahead.ravel()[below]) - betainc(*SPREAD, depth.ravel()[below])
        # What no threshold reaches may still be a tone, if the deepest dip is deep enough (pYIN's absolute one).
        every, deep = np.arange(len(part)), np.argmin(depth, axis=1)
        least = np.minimum(depth[every, deep], 1)
        weight[every, deep] += (1 - weight.sum(axis=1)) * (1 - betainc(*FAINT, least))
        kept = np.argsort(-weight, axis=1)[:, :CANDIDATES]
        cents[part] = 1200 * np.log2(RATE / (10 * (kept + shortest + np.take_along_axis(shift, kept, axis=1))))
        weights[part] = np.take_along_axis(weight, kept, axis=1)
    return cents, weights


def _way(cents: Floats, weights: Floats) -> NDArray[np.intp]:
    """The likeliest way through the candidates: a candidate's number in each frame, `CANDIDATES` where none sounds."""
    count = len(cents)
    silent = np.maximum(1 - weights.sum(axis=1), 1e-3)
    gains = np.log(np.concatenate((np.maximum(weights, 1e-9), silent[:, None]), axis=1))
    # What is compared for every pair of frames at once: how far each candidate is from each before.
    apart = np.abs(cents[1:, :, None] - cents[:-1, None, :])
    steps = np.full((count - 1, CANDIDATES + 1, CANDIDATES + 1), np.log(SWITCH))
    steps[:, :CANDIDATES, :CANDIDATES] = np.log(np.exp(-apart / GLIDE) + LEAP)
    steps[:, CANDIDATES, CANDIDATES] = np.log(1 - SWITCH)
    best = gains[0]
    links = np.zeros((count, CANDIDATES + 1), dtype=np.intp)
    for frame in range(1, count):
        ways = steps[frame - 1] + best
        links[frame] = ways.argmax(axis=1)
        best = ways.max(axis=1) + gains[frame]
    way = np.zeros(count, dtype=np.intp)
    way[-1] = int(np.argmax(best))
    for frame in range(count - 1, 0, -1):
        way[frame - 1] = links[frame, way[frame]]
    return way
