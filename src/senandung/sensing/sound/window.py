"""A window of a recording: four seconds and their cues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from senandung.domain.time import Second

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
    tempo : beats a minute around it, between a tempo and its double where both are heard; 0 where nothing pulses.
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
