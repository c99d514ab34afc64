"""What a sung part is to the tables of melody, rhythm and chords; `sung_lines` reads them."""

from __future__ import annotations

from dataclasses import dataclass

from senandung.domain.chords import Chord
from senandung.domain.scales import SIGNATURE_SHIFT, Key, key_of_pitch_class
from senandung.domain.time import Tick


@dataclass(frozen=True)
class SungNote:
    """A note of a sung part.

    `bar` counts bars from 0; `position` and `duration` in ticks, the position from the bar's start (a pickup stands at
    the end of bar 0); `begins` is True where a syllable begins; `ends_line` where its text ends a clause; `chord` is
    what the lead sheet writes at that place.
    """

    bar: int
    position: Tick
    duration: Tick
    pitch: int
    begins: bool
    ends_line: bool = False
    chord: Chord | None = None


@dataclass(frozen=True)
class SungPart:
    """A stretch of a sung part in one key and metre."""

    name: str
    key: Key
    metre: str
    bar_ticks: Tick
    notes: tuple[SungNote, ...]


# Krumhansl & Kessler (1982), probe-tone ratings.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def choose_key(fifths: int, notes: tuple[SungNote, ...]) -> Key:
    """The major or minor key of a signature that fits a melody: probe-tone profile, and its last note."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration
    total = sum(weights) or 1.0
    fits: list[tuple[float, Key]] = []
    for mode, profile in (("major", _MAJOR), ("minor", _MINOR)):
        tonic = (7 * (fifths - SIGNATURE_SHIFT[mode])) % 12
        mean = sum(profile) / 12
        fit = sum(weights[(tonic + step) % 12] * (profile[step] - mean) for step in range(12)) / total
        last = (notes[-1].pitch - tonic) % 12
        fit += {0: 0.8, 7: 0.1, 3 if mode == "minor" else 4: 0.25}.get(last, 0.0)
        fits.append((fit, key_of_pitch_class(tonic, mode)))
    return max(fits, key=lambda row: row[0])[1]
