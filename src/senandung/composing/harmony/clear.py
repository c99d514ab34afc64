"""A key that is told apart from its relative: what the chords of a section must do where another section has that one.

A and C stand for all: who hears Am, C, Dm and F may hear either key. Where verse and chorus stand in relative keys each
must say its own: begin at home, come home, lean on its dominant, and touch the other's tonic seldom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.scales import Key

FACTORS: Mapping[bool, Mapping[str, float]] = MappingProxyType(
    {
        False: MappingProxyType({"vi": 0.5, "iii": 0.5, "III": 0.4, "VI": 0.4, "i": 0.2, "IV": 1.2, "V": 1.2}),
        True: MappingProxyType({"bIII": 0.3, "bVII": 0.5, "v": 0.4, "I": 0.2, "IV": 0.5, "V": 1.7, "iv": 1.3}),
    }
)
"""What a learned share is multiplied by, in major (False) and minor (True), by the numeral without its seventh."""

HIDING: Mapping[str, float] = MappingProxyType({"i7": 0.25, "iv7": 0.4, "vi7": 0.6})
"""The same for chords whose seventh hides the other key's triad."""

OTHER: Mapping[bool, tuple[str, ...]] = MappingProxyType({False: ("vi", "iii", "III"), True: ("bIII", "bVII")})
"""The relative key's tonic and dominant."""

MOST_OTHER, LEAST_HOME = 0.2, 0.3
"""Shares of bars."""


@cache
def plain(numeral: str) -> str:
    """A numeral without its seventh or suspension: two such chords in a row are hardly a change.

    >>> plain("IVmaj7"), plain("bVII"), plain("iio")
    ('IV', 'bVII', 'iio')
    """
    for ending in ("maj7", "sus4", "7"):
        numeral = numeral.removesuffix(ending)
    return numeral


def clearness(numeral: str, minor: bool) -> float:
    """The factor of a numeral.

    >>> clearness("bIIImaj7", True), clearness("ii", False)
    (0.3, 1.0)
    """
    return FACTORS[minor].get(plain(numeral), 1.0) * HIDING.get(numeral, 1.0)


SHADE = 3.0
"""By how much chords of a section's own colour are likelier where all sections share one key."""


def shading(chord: Chord, key: Key, side: float) -> float:
    """The factor of a chord in a section that is brighter (`side` above 0) or darker than the song, in the same key.

    Major chords brighten and minor ones darken; the tonic and the dominant stay as usual as they are.

    >>> a_minor = Key.parse("Am")
    >>> [shading(Chord.parse(name), a_minor, -1.0) for name in ("Dm", "C", "Am", "E7")]
    [3.0, 0.3333333333333333, 1.0, 1.0]
    """
    place = (chord.root.pitch_class - key.tonic.pitch_class) % 12
    if not side or place in (0, 7):
        return 1.0
    third = 3 in QUALITIES[chord.quality].semitones
    return SHADE if third == (side < 0) else 1 / SHADE


def unclear(bars: Sequence[Sequence[str]], minor: bool) -> float:
    """How little bars of numerals say which key they are in, as a cost; 0 where it is plain.

    >>> unclear([("i",), ("iv",), ("V",), ("i",)], True)
    0.0
    >>> unclear([("bIII",), ("bVII",), ("i",), ("bIII",)], True) > 5
    True
    """
    tonic = "i" if minor else "I"
    bars = [[plain(numeral) for numeral in bar] for bar in bars]
    home = sum(tonic in bar for bar in bars) / len(bars)
    other = sum(any(numeral in OTHER[minor] for numeral in bar) for bar in bars) / len(bars)
    cost = 6 * max(other - MOST_OTHER, 0.0) + 6 * max(LEAST_HOME - home, 0.0)
    cost += 2.5 if tonic not in bars[0] else 0.0
    return cost + (1.5 if not any("V" in bar for bar in bars) else 0.0)
