"""The musical cues of a recording in windows of four seconds: what the rules of feeling look at.

Every cue is free of the recording's gain, and most of them hardly change with a room, a crowd or a telephone's band
(docs/feeling.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senandung.audio.beats import Beats, find_beats
from senandung.audio.hearing import FRAME_RATE, Floats, Heard
from senandung.audio.onsets import activity, onset_strength, pick_onsets
from senandung.audio.tonality import SLOW_RATE, HeardKey, chroma, find_chords, find_key, height, roughness, tuning

if TYPE_CHECKING:
    from senandung.domain.time import Second

WINDOW: Second = 4.0
"""Length of a window in seconds."""

STEP: Second = 2.0
"""Seconds from one window to the next."""

KEY_SPAN: Second = 16.0
"""Seconds around a window whose tones tell its mode: four seconds are two bars and one chord."""

SILENCE = -40.0
"""dB against the recording's loudness below which a window is silence."""


@dataclass(frozen=True)
class Window:
    """The cues of one window.

    Parameters
    ----------
    start, end : seconds.
    loudness : dB against the recording's own loudness.
    onsets : onsets a second.
    activity : what is struck, small strokes counted in part, a second.
    tempo : beats a minute of the recording; 0 where nothing pulses.
    pulse : 0..1, how clear the beat is.
    brightness : log2 of the centroid between 300 Hz and 3.4 kHz over 1 kHz, so that a telephone changes it little.
    roughness : 0 and more; about .1 a flute, .4 a distorted guitar.
    detached : 0 (joined) .. 1 (detached): how far the sound falls between onsets.
    majorness : -1 (minor) .. 1 (major), near 0 where the mode is not clear.
    clarity : 0..1, how well the tones fit one key.
    height : mean pitch of the partials, as a MIDI number.
    changes : chord changes a second.
    """

    start: Second
    end: Second
    loudness: float
    onsets: float
    activity: float
    tempo: float
    pulse: float
    brightness: float
    roughness: float
    detached: float
    majorness: float
    clarity: float
    height: float
    changes: float

    @property
    def silent(self) -> bool:
        """Whether nothing is heard in it."""
        return self.loudness < SILENCE


@dataclass(frozen=True, eq=False)
class Cues:
    """All windows of a recording, and what was heard of it as a whole."""

    windows: tuple[Window, ...]
    seconds: Second
    beats: Beats
    key: HeardKey
    tuning: float
    onsets: NDArray[np.float64]
    loudness: float


def find_cues(heard: Heard) -> Cues:
    """The cues of a recording; silent ones have windows at -120 dB."""
    strength = onset_strength(heard)
    onsets, _ = pick_onsets(strength)
    struck = activity(strength)
    beats = find_beats(strength)
    cents = tuning(heard)
    classes = chroma(heard, cents)
    chords = np.flatnonzero(np.diff(find_chords(classes))) / SLOW_RATE
    rough, high = roughness(heard), height(heard)
    power = 10 ** (heard.level.astype(np.float64) / 10)
    loud = _gated(power)
    windows = []
    last = max(heard.seconds - WINDOW, 0.0)
    for start in np.arange(0, last + STEP, STEP) if heard.seconds > 1 else np.zeros(1):
        begin = min(float(start), last)
        end = min(begin + WINDOW, heard.seconds)
        fast = slice(round(begin * FRAME_RATE), max(round(end * FRAME_RATE), round(begin * FRAME_RATE) + 1))
        slow = slice(int(begin * SLOW_RATE), max(int(end * SLOW_RATE), int(begin * SLOW_RATE) + 1))
        middle = (begin + end) / 2
        around = slice(max(0, int((middle - KEY_SPAN / 2) * SLOW_RATE)), int((middle + KEY_SPAN / 2) * SLOW_RATE) + 1)
        key = find_key(classes[around])
        length = max(end - begin, 1e-3)
        windows.append(
            Window(
                begin,
                end,
                float(10 * np.log10(max(power[fast].mean() if len(power[fast]) else 0.0, 1e-12)) - loud),
                float(np.count_nonzero((onsets >= begin) & (onsets < end)) / length),
                float(struck[fast].sum() / length),
                beats.tempo,
                beats.clarity,
                _brightness(heard.bands[fast]),
                _weighed(rough[slow], heard.partial_size[slow].sum(axis=1)),
                _detached(heard.level[fast]),
                key.majorness * key.clarity,
                key.clarity,
                _weighed(high[slow], heard.partial_size[slow].sum(axis=1)),
                float(np.count_nonzero((chords >= begin - 2) & (chords < end + 2)) / (length + 4)),
            )
        )
    return Cues(tuple(windows), heard.seconds, beats, find_key(classes), cents, onsets, loud)


def _gated(power: NDArray[np.float64]) -> float:
    """Loudness of the whole in dB, without what is 10 dB and more below its mean (as BS.1770 gates)."""
    if not len(power) or power.max() <= 1e-11:
        return -120.0
    kept = power[power > 0.1 * power.mean()]
    return float(10 * np.log10(kept.mean()))


def _weighed(row: Floats, weights: Floats) -> float:
    total = float(weights.sum())
    return float((row * weights).sum() / total) if total > 1e-9 else 0.0


def _brightness(bands: Floats) -> float:
    """log2 of the power centroid of the bands between 300 Hz and 3.4 kHz, over 1 kHz."""
    from senandung.audio.hearing import band_centres

    hz = band_centres()
    inside = (hz > 300) & (hz < 3400)
    amplitude = bands[:, inside].astype(np.float64).mean(axis=0) if len(bands) else np.zeros(int(inside.sum()))
    total = amplitude.sum()
    return float((amplitude * np.log2(hz[inside] / 1000)).sum() / total) if total > 1e-9 else 0.0


def _detached(level: Floats) -> float:
    """How far the level falls from its peaks: mean distance to the running peak of half a second, 12 dB is 1."""
    if len(level) < 8:
        return 0.0
    from scipy.ndimage import maximum_filter1d

    peak = maximum_filter1d(level, round(0.5 * FRAME_RATE), mode="nearest")
    return float(np.clip((peak - level).mean() / 12, 0, 1))
