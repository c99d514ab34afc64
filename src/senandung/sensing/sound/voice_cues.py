"""The cues of a voice: what is measured of a spoken note, as figures that rules and baselines look at."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.voicing import (
    RATE,
    STEP,
    Voicing,
    alpha_ratio,
    cepstral_peak,
    harmonics_to_noise,
    hear_voice,
    jitter,
    levels,
    periods,
    shimmer,
    spectral_slope,
    syllables,
    voice_spectrum,
)
from senandung.domain.time import Second

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SYLLABIC: Second = 0.064
"""Seconds over which loudness is taken for syllables: Praat's window for a floor of 50 Hz, as de Jong & Wempe's."""

VOWELS = (300.0, 2500.0)
"""Hz between which loudness is taken for syllables."""

PAUSE: Second = 0.25
"""Seconds of silence from which on it is a pause: shorter ones are closures of consonants (Goldman-Eisler 1968)."""

FLOOR_SPAN: Second = 10.0
"""Seconds around a moment in which the room's noise is looked for."""


@dataclass(frozen=True)
class VoiceCues:
    """What is measured of a voice.

    Parameters
    ----------
    seconds : of the recording.
    speech : seconds in which somebody speaks, pauses left out.
    voiced : share of the speech in which the vocal folds sound.
    pitch : median in Hz.
    pitch_range, pitch_deviation : semitones from the 5th to the 95th percentile, and the standard deviation.
    pitch_slope : semitones a second over a stretch of speech, the mean of stretches: below 0 they fall.
    level : dB of the speech (0 is a sine of full scale).
    level_range : dB between soft and loud syllables, 10th to 90th percentile.
    rate : syllables a second, pauses included.
    articulation : syllables a second of speech.
    pauses : how many.
    pause_share, pause_length : their share of the time from the first word to the last, and their mean length.
    noise : dB of the speech over what is heard between, the room.
    jitter, shimmer : local, as Praat defines them, shares; None where too few periods were found.
    harmonics : harmonics-to-noise ratio in dB.
    cepstral_peak : cepstral peak prominence in dB; the lower, the breathier.
    alpha : dB of 1-5 kHz over 50 Hz-1 kHz.
    slope : dB a kHz of the spectrum between 500 Hz and 1.5 kHz.
    """

    seconds: Second
    speech: Second
    voiced: float
    pitch: float
    pitch_range: float
    pitch_deviation: float
    pitch_slope: float
    level: float
    level_range: float
    rate: float
    articulation: float
    pauses: int
    pause_share: float
    pause_length: Second
    noise: float
    jitter: float | None
    shimmer: float | None
    harmonics: float
    cepstral_peak: float
    alpha: float
    slope: float


@dataclass(frozen=True, eq=False)
class HeardVoice:
    """A voice frame by frame (`STEP` seconds): what the cues of a whole note or of a part of it are taken from.

    Parameters
    ----------
    samples : mono at `RATE`.
    voicing : pitch, level, periodicity.
    spoken : frames in which somebody speaks.
    voiced : frames of speech with a pitch.
    loud : dB over `SYLLABIC` seconds.
    nuclei : frames of syllable nuclei.
    floor : dB of the room at each frame.
    """

    samples: Floats
    voicing: Voicing
    spoken: Bools
    voiced: Bools
    loud: Floats
    nuclei: NDArray[np.intp]
    floor: Floats

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """First and last frame of each stretch of speech; between them are the pauses."""
        edges = np.flatnonzero(np.diff(np.concatenate(([False], self.spoken, [False])).astype(int)))
        return tuple((int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def listen(samples: Floats) -> HeardVoice:
    """Hear mono samples at `RATE` as a voice."""
    voicing = hear_voice(samples)
    floor = room_level(voicing.level)
    spoken = find_speech(voicing, floor)
    voiced = voicing.voiced & spoken
    loud = levels(_vowels(samples), SYLLABIC)[: len(voicing.hz)] if len(voicing.hz) else np.zeros(0)
    from scipy.ndimage import maximum_filter1d

    # A nucleus may lie between two voiced frames: irregular periods are lost here and there.
    about = maximum_filter1d(voiced.astype(np.uint8), 7) > 0 if len(voiced) else voiced
    nuclei = syllables(loud, about) if spoken.any() else np.zeros(0, dtype=np.intp)
    return HeardVoice(samples, voicing, spoken, voiced, loud, nuclei, floor)


def _vowels(samples: Floats) -> Floats:
    """What vowels carry, `VOWELS`: hisses and rooms count less in it."""
    from scipy.signal import butter, sosfilt

    return np.asarray(sosfilt(butter(2, VOWELS, "bandpass", fs=RATE, output="sos"), samples))


def room_level(level: Floats) -> Floats:
    """dB of the room's noise at each frame: the 10th percentile of what is heard within `FLOOR_SPAN` around it."""
    if not len(level):
        return level
    from scipy.ndimage import percentile_filter

    coarse = level[: len(level) // 10 * 10].reshape(-1, 10).min(axis=1) if len(level) >= 10 else level[:1]
    size = max(1, round(FLOOR_SPAN / STEP / 10))
    found = percentile_filter(coarse, 10, size=size, mode="nearest")
    return np.asarray(np.interp(np.arange(len(level)), 10 * np.arange(len(found)) + 5, found))


def find_speech(voicing: Voicing, floor: Floats) -> Bools:
    """Frames in which somebody speaks: louder than the room, and near something that has a pitch.

    The bar over the room is a third of the way to the loud moments, at least 6 and at most 15 dB. Gaps shorter than
    `PAUSE` belong to the speech.
    """
    level = voicing.level
    if not len(level) or level.max() < -80:
        return np.zeros(len(level), dtype=bool)
    from scipy.ndimage import maximum_filter1d

    loud = float(np.percentile(level, 95))
    over = np.clip((loud - floor) / 3, 6.0, 15.0)
    sounding = level > floor + over
    folds = voicing.voiced & (level > floor + 3)
    near = maximum_filter1d(folds.astype(np.uint8), round(0.3 / STEP) | 1) > 0
    spoken = np.asarray((sounding | folds) & near)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], spoken, [False])).astype(int)))
    starts, ends = edges[::2], edges[1::2]
    for end, start in zip(ends[:-1], starts[1:], strict=True):
        if (start - end) * STEP < PAUSE:
            spoken[end:start] = True
    # What is shorter than a syllable is a click.
    edges = np.flatnonzero(np.diff(np.concatenate(([False], spoken, [False])).astype(int)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if (end - start) * STEP < 0.06:
            spoken[start:end] = False
    return spoken


def part_of(heard: HeardVoice, first: int, last: int) -> HeardVoice:
    """Frames `first` to `last` of a voice."""
    cut = slice(first, last)
    hop = round(STEP * RATE)
    voicing = Voicing(heard.voicing.hz[cut], heard.voicing.level[cut], heard.voicing.periodicity[cut])
    nuclei = heard.nuclei[(heard.nuclei >= first) & (heard.nuclei < last)] - first
    return HeardVoice(
        heard.samples[first * hop : last * hop],
        voicing,
        heard.spoken[cut],
        heard.voiced[cut],
        heard.loud[cut],
        nuclei,
        heard.floor[cut],
    )


def find_voice_cues(heard: HeardVoice, *, fine: bool = True) -> VoiceCues:
    """The cues of a voice; figures of what was not heard are 0.

    Parameters
    ----------
    fine : False leaves out jitter, shimmer and the cepstral peak, which need more than a few seconds.
    """
    voicing, spoken, voiced = heard.voicing, heard.spoken, heard.voiced
    frames = np.flatnonzero(voiced)
    speech = float(spoken.sum()) * STEP
    pitch = _semitones(voicing.hz[frames])
    stretches = heard.stretches
    whole = (stretches[-1][1] - stretches[0][0]) * STEP if stretches else 0.0
    silences = [(b[0] - a[1]) * STEP for a, b in itertools.pairwise(stretches)]
    hz, power = voice_spectrum(heard.samples, frames)
    sung = Voicing(np.where(voiced, voicing.hz, 0), voicing.level, voicing.periodicity)
    marks = periods(heard.samples, sung) if fine else ()
    peaks = heard.loud[heard.nuclei]
    between = float(np.median(heard.floor)) if len(heard.floor) else -120.0
    level = float(10 * np.log10(np.mean(10 ** (voicing.level[spoken] / 10)))) if spoken.any() else -120.0
    return VoiceCues(
        seconds=len(heard.samples) / RATE,
        speech=speech,
        voiced=float(voiced.sum()) * STEP / speech if speech else 0.0,
        pitch=float(np.median(voicing.hz[frames])) if len(frames) else 0.0,
        pitch_range=float(np.subtract(*np.percentile(pitch, [95, 5]))) if len(frames) else 0.0,
        pitch_deviation=float(pitch.std()) if len(frames) else 0.0,
        pitch_slope=_slope(heard, stretches),
        level=level,
        level_range=float(np.subtract(*np.percentile(peaks, [90, 10]))) if len(peaks) > 3 else 0.0,
        rate=len(heard.nuclei) / whole if whole else 0.0,
        articulation=len(heard.nuclei) / speech if speech else 0.0,
        pauses=len(silences),
        pause_share=sum(silences) / whole if whole else 0.0,
        pause_length=float(np.mean(silences)) if silences else 0.0,
        noise=level - between,
        jitter=jitter(marks),
        shimmer=shimmer(heard.samples, marks),
        harmonics=float(harmonics_to_noise(voicing.periodicity[frames]).mean()) if len(frames) else 0.0,
        cepstral_peak=(cepstral_peak(heard.samples, frames) if fine else None) or 0.0,
        alpha=alpha_ratio(hz, power),
        slope=spectral_slope(hz, power) if len(frames) else 0.0,
    )


def _semitones(hz: Floats) -> Floats:
    """Semitones above 100 Hz."""
    return np.asarray(12 * np.log2(np.maximum(hz, 1.0) / 100))


def _slope(heard: HeardVoice, stretches: tuple[tuple[int, int], ...]) -> float:
    """Semitones a second by which the pitch of a stretch rises, weighed by length; 0 where none lasts half a second."""
    slopes, weights = [], []
    for first, last in stretches:
        inside = np.flatnonzero(heard.voiced[first:last]) + first
        if len(inside) >= round(0.5 / STEP):
            slopes.append(float(np.polyfit(inside * STEP, _semitones(heard.voicing.hz[inside]), 1)[0]))
            weights.append(len(inside))
    return float(np.average(slopes, weights=weights)) if slopes else 0.0
