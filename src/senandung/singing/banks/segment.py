"""Where the sounds of a take are: each between two rests, its vowel's beginning and end found in the sound.

A vowel's border with a voiceless consonant is where the low band comes or goes; with any other consonant it is where
the spectrum lies half-way between the consonant's and the vowel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import FRAME
from senandung.domain.time import Second
from senandung.singing.banks.analysis import SAMPLE_RATE, pitch_of
from senandung.singing.banks.record_list import Unit

BANDS = 32
"""Bands of the spectra, 80 Hz to 10 kHz, equally wide to the ear."""

REST: Second = 0.22
"""Two sounds have at least so much silence between them; the closure of a stop has less."""

VOICED_LEAST: Second = 0.12
"""What has a pitch for less than this is no sound of the list: a breath, a click."""

HEARD_DB = 34.0
"""A sound is heard from so much below the take's loudest on, or from `OVER_NOISE` above its noise on."""
OVER_NOISE = 9.0

GONE_DB = 9.0
"""Below a vowel's low band by this, the voice is gone."""

BUZZ_DB = 14.0
"""The same above 450 Hz, beside a consonant that has a voice itself."""

BORDERS = {"nasal": 0.55, "lateral": 0.65, "trill": 0.65, "glide": 0.75}
"""Where a vowel ends on the way from its spectrum to a consonant's; glides move all the time and are left late."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """A sound of a take, in seconds: from `start` to `end`, its vowel from `vowel` to `vowel_end`."""

    unit: Unit
    start: Second
    vowel: Second
    vowel_end: Second
    end: Second


@dataclass(frozen=True, eq=False)
class Heard:
    """What is seen of a take every `FRAME` seconds: bands in dB, shape (n, BANDS); levels in dB; pitch in Hz or 0."""

    samples: Floats
    bands: Floats
    level: Floats
    low: Floats
    f0: Floats
    noise: float
    top: float

    @property
    def seconds(self) -> Second:
        """How long the take is."""
        return len(self.samples) / SAMPLE_RATE


def hear(samples: Floats, f0: Floats | None = None) -> Heard:
    """Look at a take, samples at 44.1 kHz, shape (n,); `f0` where its pitch is known already."""
    hop = FRAME * SAMPLE_RATE
    count = int(len(samples) / hop) + 1
    size = 1024
    padded = np.concatenate((np.zeros(size // 2), samples, np.zeros(size)))
    starts = np.rint(np.arange(count) * hop).astype(np.int64)
    window = np.hanning(size)
    power = np.empty((count, size // 2 + 1))
    for low in range(0, count, 512):
        rows = starts[low : low + 512, None] + np.arange(size)
        power[low : low + 512] = np.abs(np.fft.rfft(padded[rows] * window, axis=1)) ** 2 / (window**2).sum() / size
    matrix = _triangles(size)
    bands = 10 * np.log10(power @ matrix.T + 1e-12)
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    level = 10 * np.log10(power[:, hertz > 60].sum(axis=1) + 1e-12)
    low = 10 * np.log10(power[:, (hertz > 60) & (hertz < 1000)].sum(axis=1) + 1e-12)
    f0 = pitch_of(samples)[0] if f0 is None else f0
    f0 = np.concatenate((f0, np.zeros(max(count - len(f0), 0))))[:count]
    smooth = np.convolve(level, np.ones(5) / 5, "same")
    inside = smooth[5:-5] if len(smooth) > 20 else smooth
    return Heard(samples, bands, level, low, f0, float(np.percentile(inside, 5)), float(np.percentile(inside, 97)))


def islands(heard: Heard) -> list[tuple[Second, Second]]:
    """The stretches of a take in which something with a pitch is heard, with rests between them."""
    threshold = max(heard.top - HEARD_DB, heard.noise + OVER_NOISE)
    loud = np.convolve(heard.level, np.ones(3) / 3, "same") > threshold
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    joined: list[list[int]] = []
    for low, high in runs:
        if joined and (low - joined[-1][1]) * FRAME < REST:
            joined[-1][1] = high
        else:
            joined.append([low, high])
    voiced = [(low, high) for low, high in joined if (heard.f0[low:high] > 0).sum() * FRAME >= VOICED_LEAST]
    return [(low * FRAME, high * FRAME) for low, high in voiced]


def segment(heard: Heard, units: Sequence[Unit]) -> tuple[Segment, ...]:
    """The sounds of a take; () where their number is not the row's."""
    found = islands(heard)
    if len(found) != len(units):
        return ()
    bounds = [0.0, *((one[1] + two[0]) / 2 for one, two in pairwise(found)), heard.seconds]
    return tuple(
        _segment(heard, unit, start, end, low, high)
        for unit, (start, end), low, high in zip(units, found, bounds, bounds[1:], strict=False)
    )


def _segment(heard: Heard, unit: Unit, start: Second, end: Second, low: Second, high: Second) -> Segment:
    length = end - start
    if unit.kind == "vowel":
        return Segment(unit, start, start + 0.01, end - 0.01, end)
    if unit.kind == "diphthong":
        return Segment(unit, start, start + 0.01, _glide(heard, start, end), end)
    if unit.kind == "syllable":
        steady = (start + 0.5 * length, start + 0.85 * length)
        vowel = _border(heard, unit.symbols[0], start, 0.5 * (steady[0] + steady[1]), steady)
        first = start - 0.05 if PHONEMES[unit.symbols[0]].manner in ("stop", "affricate") else start - 0.01
        return Segment(unit, max(first, low), vowel, end - 0.02, end)
    steady = (start + 0.1, start + max(min(0.5 * length, 0.5), 0.15))
    gone = _border(heard, unit.symbols[-1], end, 0.5 * (steady[0] + steady[1]), steady)
    last = max(end, gone + 0.05) if PHONEMES[unit.symbols[-1]].manner == "stop" else end
    return Segment(unit, start, start + 0.01, gone, min(last, high))


def _border(heard: Heard, consonant: str, edge: Second, middle: Second, steady: tuple[Second, Second]) -> Second:
    """Where the vowel around `middle` ends on the side of `edge`, where a consonant is."""
    step = 1 if edge > middle else -1
    rows = np.arange(round(middle / FRAME), round(edge / FRAME) + step, step)
    rows = rows[(rows >= 0) & (rows < len(heard.level))]
    inside = slice(round(steady[0] / FRAME), max(round(steady[1] / FRAME), round(steady[0] / FRAME) + 3))
    if len(rows) < 4:
        return middle
    kind = PHONEMES[consonant]
    if not kind.voiced:
        gone = heard.low[rows] < np.median(heard.low[inside]) - GONE_DB
    elif kind.manner == "stop":
        high = heard.bands[:, 6:22].max(axis=1)
        gone = high[rows] < np.median(high[inside]) - BUZZ_DB
    else:
        template = np.median(heard.bands[inside, :24], axis=0)
        off = np.sqrt(((heard.bands[rows, :24] - template) ** 2).mean(axis=1))
        near = float(np.median(off[: max(len(off) // 4, 2)]))
        far = float(np.median(off[-max(min(round(0.045 / FRAME), len(off) // 2), 2) - 2 : -2]))
        gone = off > near + BORDERS.get(kind.manner, 0.5) * max(far - near, 3.0)
    lost = np.flatnonzero(gone)
    if not len(lost):
        return float(edge - step * 0.02)
    # The first moment from which on the vowel does not come back for 20 ms, seen from its middle.
    for at in lost:
        if gone[at : at + 4].all():
            return float((rows[at] - 0.5 * step) * FRAME)
    return float((rows[lost[-1]] - 0.5 * step) * FRAME)


def _glide(heard: Heard, start: Second, end: Second) -> Second:
    """Where a diphthong is half-way between its beginning and its end."""
    low, high = round(start / FRAME), round(end / FRAME)
    rows = heard.bands[low:high, :24] - heard.bands[low:high, :24].mean(axis=1, keepdims=True)
    count = len(rows)
    first = np.median(rows[round(0.15 * count) : round(0.4 * count)], axis=0)
    last = np.median(rows[round(0.85 * count) : round(0.97 * count)], axis=0)
    nearer = np.linalg.norm(rows - first, axis=1) < np.linalg.norm(rows - last, axis=1)
    until = np.flatnonzero(nearer[: round(0.95 * count)])
    return float((low + (until[-1] if len(until) else 0.7 * count)) * FRAME)


def _triangles(size: int) -> Floats:
    """Triangular bands, equally wide on the mel scale, each of sum 1, shape (BANDS, size // 2 + 1)."""
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    mel = np.linspace(1127 * np.log(1 + 80 / 700), 1127 * np.log(1 + 10_000 / 700), BANDS + 2)
    edges = 700 * (np.exp(mel / 1127) - 1)
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:], strict=False):
        row = np.clip(np.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)), 0, None)
        rows.append(row / max(row.sum(), 1e-9))
    return np.array(rows)
