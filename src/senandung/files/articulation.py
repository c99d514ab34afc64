"""Notes that sound for a third, a half or three quarters of their time, as staccato and portato notes instead of rests.

A sixteenth and a sixteenth's rest on an eighth is a staccato eighth; a dotted eighth and a sixteenth's rest on a
quarter is a portato quarter (players' usual shares: LilyPond's `articulate.ly` has 1/2 and 3/4). In MusicXML the
attribute `release` says how much earlier the note stops than it is written, so the sounding length is not lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from senandung.domain.metre import Metre
from senandung.domain.time import Tick

RELEASES: Mapping[str, Fraction] = MappingProxyType(
    {"staccatissimo": Fraction(2, 3), "staccato": Fraction(1, 2), "detached-legato": Fraction(1, 4)}
)
"""MusicXML's names of the articulations, and how much of the written length they take away."""

_SOUNDING: Mapping[Tick, tuple[Tick, str]] = MappingProxyType(
    {
        40: (120, "staccatissimo"), 80: (240, "staccatissimo"), 60: (120, "staccato"), 120: (240, "staccato"),
        180: (240, "detached-legato"), 360: (480, "detached-legato"),
    }
)  # fmt: skip
"""For sounding lengths the written length and the articulation."""


def articulated(onset: Tick, end: Tick, free: Tick, metre: Metre) -> tuple[Tick, str]:
    """Where a note is written to end, and its articulation, "" where it is written as it sounds.

    Parameters
    ----------
    onset, end : of what sounds, in ticks from the bar's start.
    free : where the next note of the voice begins, or the bar ends.
    metre : the bar's; where beats are divided by three a dotted eighth is half a beat and no portato; where a half note
        is the beat an eighth with its rest is a staccato quarter.

    >>> articulated(240, 360, 480, Metre(4, 4)), articulated(480, 840, 960, Metre(2, 4))
    ((480, 'staccato'), (960, 'detached-legato'))
    >>> articulated(120, 240, 480, Metre(4, 4))
    (240, '')
    """
    halved = {240: (480, "staccato")} if metre.denominator == 2 else {}
    written, name = {**_SOUNDING, **halved}.get(end - onset, (0, ""))
    fits = written and onset % written == 0 and onset + written <= free
    if not fits or (metre.is_compound and name == "detached-legato"):
        return end, ""
    return onset + written, name
