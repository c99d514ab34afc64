"""How a voice sounds, moment by moment and period by period: pitch, loudness, noise, jitter, shimmer, breath.

Definitions are those of the field, so that figures can be compared with Praat's: jitter and shimmer (local) as in
Praat's manual ("Voice 2. Jitter", "Voice 3. Shimmer"), the harmonics-to-noise ratio of Boersma (1993, "Accurate
short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound", Proc. Institute
of Phonetic Sciences Amsterdam 17), the cepstral peak prominence of Hillenbrand, Cleveland & Erickson (1994, "Acoustic
correlates of breathy vocal quality", J. Speech Hear. Res. 37).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE = 16_000
"""Samples a second that a voice is looked at in, in Hz: what a telephone's microphone and its coding leave."""

STEP = 0.01
"""Seconds from one frame to the next."""

LOWEST, HIGHEST = 65.0, 700.0
"""Hz between which a speaking or humming voice's pitch is looked for."""

NEAR = 1.85
"""A pitch that lies further from the median than this ratio, a bit less than an octave, is taken for a slip."""

WIDTH = 512
"""Samples over which the pitch tracker compares a period with the next, 23 ms: in speech the pitch moves."""

GAP = 0.25
"""Seconds between two pitches in which one on the way from one to the other is tried."""

PERIODIC = 0.45
"""Correlation of a period with the next below which a frame is noise: Praat's voicing threshold for pitch."""

LONGEST_FACTOR, LOUDEST_FACTOR = 1.3, 1.6
"""How much longer or louder the next period may be to be compared at all: Praat's usual settings."""

MOST_FRAMES = 4000
"""Frames (40 s of voice) from all of a recording that spectra are taken of."""

QUEFRENCY = (1 / 330, 1 / 60)
"""Seconds between which the cepstrum's peak is looked for: 60 to 330 Hz, as usual for CPP."""


@dataclass(frozen=True, eq=False)
class Voicing:
    """A voice over time, a value every `STEP` seconds.

    Parameters
    ----------
    hz : pitch, 0 where unvoiced, shape (n,).
    level : dB (0 is a sine of full scale), shape (n,).
    periodicity : 0..1, how much a period is like the next, shape (n,).
    """

    hz: Floats
    level: Floats
    periodicity: Floats

    @property
    def voiced(self) -> NDArray[np.bool_]:
        """Frames in which the vocal folds sound."""
        return np.asarray((self.hz > 0) & (self.periodicity > PERIODIC))

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.hz) * STEP


def hear_voice(samples: Floats) -> Voicing:
    """Pitch, level and periodicity of mono samples at `RATE`, shape (n,).

    The pitch is looked for twice: anywhere between `LOWEST` and `HIGHEST`, then within `NEAR` of the median.

    >>> tone = 0.1 * np.sign(np.sin(2 * np.pi * 150 * np.arange(RATE) / RATE))
    >>> voicing = hear_voice(tone)
    >>> round(float(np.median(voicing.hz[voicing.voiced]))), round(float(voicing.periodicity[50]), 1)
    (150, 1.0)
    """
    from senandung.audio.pitch import STEP as PITCH_STEP
    from senandung.audio.pitch import track_pitch

    count = -(-len(samples) // round(STEP * RATE))
    if not count or not np.any(samples):
        return Voicing(np.zeros(count), np.full(count, -120.0), np.zeros(count))
    sound = samples.astype(np.float32)
    tracked = track_pitch(sound, RATE, lowest=LOWEST, highest=HIGHEST, width=WIDTH).hz
    if np.count_nonzero(tracked) > 10:
        middle = float(np.median(tracked[tracked > 0]))
        low, high = max(LOWEST, middle / NEAR), min(HIGHEST, middle * NEAR)
        tracked = track_pitch(sound, RATE, lowest=low, highest=high, width=WIDTH).hz
        tracked = np.where((tracked < low) | (tracked > high), 0.0, tracked)
    hz = tracked[np.minimum(np.round(np.arange(count) * STEP / PITCH_STEP).astype(int), len(tracked) - 1)]
    likeness = periodicities(samples, hz)
    tried = np.where(hz > 0, 0.0, _between(hz))
    found = periodicities(samples, tried)
    kept = found > PERIODIC
    return Voicing(np.where(kept, tried, hz), levels(samples, 0.03)[:count], np.where(kept, found, likeness))


def _between(hz: Floats) -> Floats:
    """In gaps of at most `GAP` between two pitches, the pitch on the way from one to the other; 0 elsewhere.

    The tracker gives up where periods are irregular; there a period is looked for where it must be.
    """
    voiced = np.flatnonzero(hz > 0)
    if len(voiced) < 2:
        return np.zeros(len(hz))
    frames = np.arange(len(hz))
    filled = np.exp(np.interp(frames, voiced, np.log(hz[voiced])))
    after = np.searchsorted(voiced, frames)
    inside = (after > 0) & (after < len(voiced))
    width = np.zeros(len(hz))
    width[inside] = voiced[after[inside]] - voiced[after[inside] - 1]
    return np.where(inside & (width <= GAP / STEP) & (hz == 0), filled, 0.0)


def levels(samples: Floats, width: float) -> Floats:
    """dB of every frame of mono samples at `RATE`, over `width` seconds under a Hann window."""
    hop = round(STEP * RATE)
    window = np.hanning(round(width * RATE) + 2)[1:-1]
    from scipy.signal import fftconvolve

    power = fftconvolve(samples**2, window / window.sum(), "same")[::hop]
    return np.asarray(10 * np.log10(np.maximum(2 * power, 1e-12)))


def periodicities(samples: Floats, hz: Floats) -> Floats:
    """Correlation of each voiced frame with itself a period later, 0..1, shape (n,); 0 where unvoiced.

    Boersma's (1993) normalised autocorrelation: that of a frame of four periods under a Hann window over the window's
    own, its peak near the period, between samples by a spectrum padded fourfold.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    found = np.zeros(len(hz))
    hop = round(STEP * RATE)
    voiced = np.flatnonzero(hz > 0)
    # Frames of near pitch share a window: steps of a tone and a half.
    group = np.round(4 * np.log2(hz[voiced] / LOWEST)).astype(int)
    for each in np.unique(group):
        rows = voiced[group == each]
        lowest = LOWEST * 2 ** ((each - 0.5) / 4)
        length = round(4 * RATE / lowest)
        window = np.hanning(length + 2)[1:-1]
        size = next_fast_len(2 * length, real=True)
        own = irfft(np.abs(rfft(window, size)) ** 2, 4 * size)
        padded = np.pad(samples, (length // 2, length))
        for begin in range(0, len(rows), 512):
            part = rows[begin : begin + 512]
            frames = np.lib.stride_tricks.sliding_window_view(padded, length)[part * hop]
            frames = (frames - frames.mean(axis=1, keepdims=True)) * window
            correlation = irfft(np.abs(rfft(frames, size, axis=1)) ** 2, 4 * size, axis=1)
            normal = correlation / np.maximum(correlation[:, :1], 1e-20) * (own[0] / np.maximum(own, 1e-3 * own[0]))
            lags = 4 * RATE / hz[part]
            near = np.round(lags[:, None] * np.linspace(0.94, 1.06, 25)).astype(int)
            found[part] = np.take_along_axis(normal, np.minimum(near, 4 * length - 1), axis=1).max(axis=1)
    return np.clip(found, 0.0, 1.0)


def harmonics_to_noise(periodicity: Floats) -> Floats:
    """dB of what repeats over what does not, r / (1 - r) (Boersma 1993, equation 4), at most 40 dB.

    >>> float(harmonics_to_noise(np.array([0.5]))[0])
    0.0
    """
    sure = np.clip(periodicity, 1e-4, 1 - 1e-4)
    return np.asarray(10 * np.log10(sure / (1 - sure)))


def periods(samples: Floats, voicing: Voicing, *, most: float = 60.0) -> tuple[Floats, ...]:
    """Times in seconds of the voice's periods, an array for each voiced stretch.

    From the loudest place of a stretch on, each period is put where the sound is most like the period before
    (the cross-correlation's peak between .8 and 1.25 of the period that the pitch says).

    Parameters
    ----------
    most : seconds of voice that are looked at.
    """
    voiced = voicing.voiced
    edges = np.flatnonzero(np.diff(np.concatenate(([False], voiced, [False])).astype(int)))
    found: list[Floats] = []
    looked = 0.0
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        if (last - first) * STEP < 0.04:
            continue
        if looked > most:
            break
        looked += (last - first) * STEP
        found.append(_periods_of(samples, voicing.hz, int(first), int(last)))
    return tuple(each for each in found if len(each) >= 3)


def _periods_of(samples: Floats, hz: Floats, first: int, last: int) -> Floats:
    """The periods of frames `first` to `last`."""
    hop = round(STEP * RATE)
    start, end = first * hop, min(last * hop, len(samples))
    part = np.abs(samples[start:end])
    if len(part) < 3 or part.max() <= 0:
        return np.zeros(0)
    begin = start + int(np.argmax(part))
    pitch = hz[first:last]

    def period(at: float) -> float:
        return float(RATE / pitch[min(max(round(at / hop) - first, 0), len(pitch) - 1)])

    marks = [float(begin)]
    for way in (-1, 1):
        at = float(begin)
        while True:
            found = _next_period(samples, at, way, period(at))
            if found is None or not start <= found < end:
                break
            if way < 0:
                marks.insert(0, found)
            else:
                marks.append(found)
            at = found
    return np.array(marks) / RATE


def _next_period(samples: Floats, at: float, way: int, period: float) -> float | None:
    """Where the neighbouring period lies that is most like the one around `at`; None where none is like it."""
    half = round(period / 2)
    centre = round(at)
    shortest, longest = int(0.8 * period), int(1.25 * period) + 1
    low = centre - half
    around = (low + shortest, low + longest + 2 * half) if way > 0 else (low - longest, low - shortest + 2 * half)
    if min(low, around[0]) < 0 or max(low + 2 * half, around[1]) > len(samples):
        return None
    one = samples[low : low + 2 * half]
    other = samples[around[0] : around[1]]
    product = np.correlate(other, one, "valid")
    square = np.concatenate(([0.0], np.cumsum(other**2)))
    energy = square[2 * half :] - square[: len(square) - 2 * half]
    own = float(one @ one)
    likeness = product / np.sqrt(np.maximum(energy * own, 1e-20))
    best = int(np.argmax(likeness))
    if likeness[best] < PERIODIC or energy[best] < 0.05 * own:
        return None
    shift = 0.0
    if 0 < best < len(likeness) - 1:
        before, here, after = likeness[best - 1], likeness[best], likeness[best + 1]
        bend = before - 2 * here + after
        shift = 0.5 * (before - after) / bend if bend < 0 else 0.0
    return at + (around[0] - low) + best + shift


def jitter(stretches: tuple[Floats, ...]) -> float | None:
    """Jitter (local): mean difference of neighbouring periods over the mean period; None with fewer than ten.

    >>> jitter((np.cumsum([0.010, 0.0101] * 10),))  # doctest: +ELLIPSIS
    0.0099...
    """
    differences, lengths = [], []
    for marks in stretches:
        lasts = np.diff(marks)
        near = np.maximum(lasts[1:] / lasts[:-1], lasts[:-1] / lasts[1:]) <= LONGEST_FACTOR
        differences.append(np.abs(np.diff(lasts))[near])
        lengths.append(lasts)
    found = np.concatenate(differences) if differences else np.zeros(0)
    return float(found.mean() / np.concatenate(lengths).mean()) if len(found) >= 10 else None


def shimmer(samples: Floats, stretches: tuple[Floats, ...]) -> float | None:
    """Shimmer (local): mean difference of neighbouring periods' amplitudes over their mean; None with fewer than ten.

    The amplitude of a period is the root mean square around its mark, under a Hann window of its own length.
    """
    differences, sizes = [], []
    for marks in stretches:
        lasts = np.diff(marks)
        sized = np.array([_amplitude(samples, mark, last) for mark, last in zip(marks[1:], lasts, strict=True)])
        near = np.maximum(lasts[1:] / lasts[:-1], lasts[:-1] / lasts[1:]) <= LONGEST_FACTOR
        alike = np.maximum(sized[1:], sized[:-1]) <= LOUDEST_FACTOR * np.minimum(sized[1:], sized[:-1])
        differences.append(np.abs(np.diff(sized))[near & alike])
        sizes.append(sized)
    found = np.concatenate(differences) if differences else np.zeros(0)
    return float(found.mean() / np.concatenate(sizes).mean()) if len(found) >= 10 else None


def _amplitude(samples: Floats, mark: float, lasts: float) -> float:
    half = max(round(lasts * RATE / 2), 2)
    centre = round(mark * RATE)
    part = samples[max(centre - half, 0) : centre + half]
    window = np.hanning(len(part) + 2)[1:-1]
    return float(np.sqrt((part**2 * window).sum() / window.sum()))


def cepstral_peak(samples: Floats, frames: NDArray[np.intp]) -> float | None:
    """Cepstral peak prominence in dB: how far the period's peak stands above the cepstrum's slope; None without frames.

    Spectra in dB of 64 ms, their cepstra averaged over 70 ms of voiced frames (Hillenbrand & Houde 1996 smooth them),
    the peak between `QUEFRENCY`, its height above a straight line through the cepstrum; the mean over frames.
    """
    from scipy.fft import irfft, rfft
    from scipy.ndimage import uniform_filter1d

    if not len(frames):
        return None
    if len(frames) > MOST_FRAMES:  # in blocks, for the cepstra are averaged over neighbours
        frames = frames[: len(frames) // 100 * 100].reshape(-1, 100)[:: -(-len(frames) // MOST_FRAMES)].ravel()
    size = 1024
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (size // 2, size)).astype(np.float32)
    rows = np.lib.stride_tricks.sliding_window_view(padded, size)[frames * round(STEP * RATE)]
    spectrum = 20 * np.log10(np.abs(rfft(rows * window, axis=1)) + 1e-9)
    cepstrum = irfft(spectrum, axis=1)[:, : size // 2]
    height = 20 * np.log10(np.abs(uniform_filter1d(np.abs(cepstrum), 7, axis=0, mode="nearest")) + 1e-9)
    quefrency = np.arange(size // 2) / RATE
    inside = (quefrency >= QUEFRENCY[0]) & (quefrency <= QUEFRENCY[1])
    line = (quefrency >= 0.001) & (quefrency <= 0.03)
    slope, base = np.polyfit(quefrency[line], height[:, line].T, 1)
    above = height[:, inside] - (slope[:, None] * quefrency[inside] + base[:, None])
    return float(above.max(axis=1).mean())


def voice_spectrum(samples: Floats, frames: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Mean power spectrum of some frames: Hz and power, both of shape (257,), bins 31 Hz apart."""
    from scipy.fft import rfft

    size = 512
    hz: Floats = np.asarray(np.fft.rfftfreq(size, 1 / RATE), dtype=np.float64)
    if not len(frames):
        return hz, np.zeros(len(hz))
    frames = frames[:: -(-len(frames) // MOST_FRAMES)]
    window = np.hanning(size + 1)[:-1]
    padded = np.pad(samples, (size // 2, size))
    rows = np.lib.stride_tricks.sliding_window_view(padded, size)[frames * round(STEP * RATE)]
    return hz, np.asarray((np.abs(rfft(rows * window, axis=1)) ** 2).mean(axis=0))


def alpha_ratio(hz: Floats, power: Floats) -> float:
    """dB of what lies at 1 to 5 kHz over what lies at 50 Hz to 1 kHz.

    The alpha ratio of the Geneva minimalistic set (Eyben et al. 2016, IEEE Trans. Affective Computing 7), upside down,
    so that more is a brighter, stronger voice.
    """
    low, high = power[(hz >= 50) & (hz < 1000)].sum(), power[(hz >= 1000) & (hz < 5000)].sum()
    return float(10 * np.log10(max(high, 1e-20) / max(low, 1e-20)))


def spectral_slope(hz: Floats, power: Floats, low: float = 500.0, high: float = 1500.0) -> float:
    """dB a kHz of a line through the spectrum between two frequencies (the set's slope 500-1500 Hz).

    It lies in every telephone's band.
    """
    inside = (hz >= low) & (hz <= high)
    decibel = 10 * np.log10(np.maximum(power[inside], 1e-20))
    return float(1000 * np.polyfit(hz[inside], decibel, 1)[0])


def syllables(level: Floats, voiced: NDArray[np.bool_], *, dip: float = 2.0) -> NDArray[np.intp]:
    """Frames of syllable nuclei: voiced peaks of loudness with a dip of `dip` dB before them.

    de Jong & Wempe (2009, "Praat script to detect syllable nuclei and measure speech rate automatically", Behavior
    Research Methods 41): peaks at most 25 dB below the loudest (the 99th percentile), `dip` dB above what lies between
    them and the one before.

    Parameters
    ----------
    level : dB of every frame over about 60 ms.
    voiced : which frames are voiced.
    """
    if len(level) < 3:
        return np.zeros(0, dtype=np.intp)
    loudest = float(np.percentile(level, 99))
    high = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:]) & (level[1:-1] > loudest - 25)
    kept: list[int] = []
    for peak in np.flatnonzero(high) + 1:
        if not kept:
            kept.append(int(peak))
            continue
        before = kept[-1]
        least = float(level[before : peak + 1].min())
        if level[peak] - least >= dip and level[before] - least >= dip:
            kept.append(int(peak))
        elif level[peak] > level[before]:
            kept[-1] = int(peak)
    return np.array([peak for peak in kept if voiced[peak]], dtype=np.intp)
