"""Chords that are not struck at once: strokes over the strings, rolled harps, the small spread of ten fingers.

A downstroke goes from the low strings to the high ones on the beat, an upstroke comes back between the beats, and loses
strength on its way (guitar tutors agree on this alternation; Freire, Armondes, Viana & Silva 2018, "Strumming on an
acoustic nylon guitar", SMC, measured strokes of about 10 to 80 ms). Pianists' chords spread by up to about 10 ms (Goebl
2001, "Melody lead in piano performance", J. Acoust. Soc. Am. 110(1)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.domain.song import Note, Song, Track
from senandung.domain.time import Second, Tick

SPREADS: Mapping[str, tuple[Second, Second]] = MappingProxyType(
    {
        "guitar": (0.014, 0.030),
        "nylon-guitar": (0.012, 0.028),
        "electric-guitar": (0.008, 0.020),
        "cuk": (0.016, 0.032),
        "cak": (0.008, 0.014),
        "harp": (0.025, 0.040),
        "harpsichord": (0.008, 0.018),
        "piano": (0.003, 0.010),
        "electric-piano": (0.003, 0.009),
        "celesta": (0.003, 0.008),
    }
)
"""From the first tone of a chord to the last one, in seconds, by instrument: least and most."""

STRUMMED = frozenset({"guitar", "nylon-guitar", "electric-guitar", "cuk", "cak"})
"""Instruments whose strokes alternate."""

FADING_DB = 2.0
"""How much softer the last string of a stroke is than the first."""
UPSTROKE_DB = -1.0

ROLES = ("chords", "pad", "melody")
"""Roles that play chords."""


def spread_of(track: Track) -> tuple[Second, Second]:
    """Least and most seconds of a stroke over the strings of a track's instrument; (0, 0) where chords stand still."""
    return SPREADS.get(track.instrument, (0.0, 0.0)) if track.role in ROLES else (0.0, 0.0)


LOUDER = 5
"""By how many velocity steps the top tone of a keyboard's chord is written louder where it is a melody."""

KEYBOARDS = frozenset({"piano", "electric-piano"})


def leads(track: Track, group: Sequence[Note]) -> bool:
    """Whether the highest of the tones that begin together is a melody over its chord."""
    if track.instrument not in KEYBOARDS or len(group) < 2:
        return False
    return group[-1].velocity >= LOUDER + sum(note.velocity for note in group[:-1]) / (len(group) - 1)


def is_upstroke(song: Song, track: Track, tick: Tick, bar: Tick) -> bool:
    """Whether a chord at `tick`, in the bar that begins at `bar`, is struck from the high string to the low one."""
    beat = song.metre_at(tick).beat_ticks
    return track.instrument in STRUMMED and (tick - bar) % beat >= beat / 3


def stroke_level(string: int, strings: int, *, up: bool) -> float:
    """The level in dB of a string, counted from the low one, against the stroke's first string.

    >>> stroke_level(0, 4, up=False), stroke_level(3, 4, up=False), stroke_level(3, 4, up=True)
    (0.0, -2.0, -1.0)
    """
    place = string / (strings - 1) if strings > 1 else 0.0
    return UPSTROKE_DB - FADING_DB * (1 - place) if up else 0.0 - FADING_DB * place
