"""The musical cues of a recording in windows of four seconds: what the rules of feeling look at.

Every cue is free of the recording's gain, and most of them hardly change with a room, a crowd or a telephone's band
(docs/hearing.md has the figures).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from senandung.audio.beats import Beats, find_beats, find_pulse
from senandung.audio.hearing import FRAME_RATE, Floats, Heard, band_centres
from senandung.audio.onsets import activity, onset_strength, pick_onsets, struck_strength
from senandung.audio.tonality import SLOW_RATE, HeardKey, chroma, find_chords, find_key, height, roughness, tuning
from senandung.sensing.sound.surroundings import SPAN, middles
from senandung.sensing.sound.window import Window

if TYPE_CHECKING:
    from senandung.domain.time import Second

WINDOW: Second = 4.0
"""Length of a window in seconds."""

STEP: Second = 2.0
"""Seconds from one window to the next."""

KEY_SPAN: Second = 16.0
"""Seconds around a window whose tones tell its mode: four seconds are two bars and one chord."""


@dataclass(frozen=True, eq=False)
class Cues:
    """All windows of a recording, and what was heard of it as a whole.

    Parameters
    ----------
    windows : in order; the last may overlap more with the one before it.
    onsets : in seconds.
    struck : how much is struck at each frame.
    loudness : in dB, gated.
    """

    windows: tuple[Window, ...]
    seconds: Second
    beats: Beats
    key: HeardKey
    tuning: float
    onsets: NDArray[np.float64]
    struck: Floats
    loudness: float


def find_cues(heard: Heard) -> Cues:
    """The cues of a recording; silent ones have windows at -120 dB."""
    strength = onset_strength(heard)
    onsets, _ = pick_onsets(strength)
    struck = struck_strength(heard)
    strokes = activity(struck)
    beats = find_beats(strength)
    cents = tuning(heard)
    classes = chroma(heard, cents)
    chords = np.flatnonzero(np.diff(find_chords(classes))) / SLOW_RATE
    rough, high = roughness(heard), height(heard)
    sizes = heard.partial_size.sum(axis=1)
    power = 10 ** (heard.level.astype(np.float64) / 10)
    loud = _gated(power)
    centres = middles(heard.seconds)
    pulses = [find_pulse(_stretch(struck, centre)) for centre in centres]
    windows = []
    for begin, end in _spans(heard.seconds):
        fast = slice(round(begin * FRAME_RATE), max(round(end * FRAME_RATE), round(begin * FRAME_RATE) + 1))
        slow = slice(int(begin * SLOW_RATE), max(int(end * SLOW_RATE), int(begin * SLOW_RATE) + 1))
        middle = (begin + end) / 2
        around = slice(max(0, int((middle - KEY_SPAN / 2) * SLOW_RATE)), int((middle + KEY_SPAN / 2) * SLOW_RATE) + 1)
        key = find_key(classes[around])
        length = max(end - begin, 1e-3)
        pulse = float(np.interp(middle, centres, [each.clarity for each in pulses]))
        pace = float(np.interp(middle, centres, [each.pace for each in pulses]))
        windows.append(
            Window(
                begin,
                end,
                float(10 * np.log10(max(power[fast].mean() if len(power[fast]) else 0.0, 1e-12)) - loud),
                float((np.searchsorted(onsets, end) - np.searchsorted(onsets, begin)) / length),
                float(strokes[fast].sum() / length),
                100 * 2**pace if pulse > 0 else 0.0,
                pulse,
                _brightness(heard.bands[fast]),
                _weighed(rough[slow], sizes[slow]),
                _detached(heard.level[fast]),
                key.majorness * key.clarity,
                key.clarity,
                _weighed(high[slow], sizes[slow]),
                float((np.searchsorted(chords, end + 2) - np.searchsorted(chords, begin - 2)) / (length + 4)),
            )
        )
    return Cues(tuple(windows), heard.seconds, beats, find_key(classes), cents, onsets, struck, loud)


def _spans(seconds: Second) -> list[tuple[Second, Second]]:
    """Where the windows of a recording begin and end."""
    last = max(seconds - WINDOW, 0.0)
    starts = np.arange(0, last + STEP, STEP) if seconds > 1 else np.zeros(1)
    begins = list(dict.fromkeys(min(float(start), last) for start in starts))
    return [(begin, min(begin + WINDOW, seconds)) for begin in begins]


def _stretch(row: Floats, middle: Second) -> Floats:
    return row[max(0, int((middle - SPAN / 2) * FRAME_RATE)) : int((middle + SPAN / 2) * FRAME_RATE) + 1]


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
