"""Roman numerals: chords against the tonic, as schemes and learned tables write them.

Upper case is major, lower case minor; "o" diminished, "ø" half-diminished, "+" augmented; then 7, maj7, 6, 9, sus4,
sus2, add9. Degrees are those of the major scale with "b" and "#" before them. In minor, III, VI and VII without a sign
are the natural minor's (with "b" they are the same chords), "#" raises them, and "viio" stands on the leading tone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.chords import Chord
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key

_NUMERAL = re.compile(r"^([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)$")
_NUMBER = {"I": 0, "II": 1, "III": 2, "IV": 3, "V": 4, "VI": 5, "VII": 6}
_MAJOR_FIFTHS = (0, 2, 4, -1, 1, 3, 5)

_SUFFIX: Mapping[tuple[bool, str], str] = MappingProxyType(
    {
        (True, ""): "maj", (True, "7"): "7", (True, "maj7"): "maj7", (True, "M7"): "maj7", (True, "6"): "maj6",
        (True, "9"): "9", (True, "maj9"): "maj9", (True, "sus4"): "sus4", (True, "sus2"): "sus2", (True, "+"): "aug",
        (True, "add9"): "add9", (True, "7sus4"): "7sus4", (True, "5"): "5",
        (False, ""): "min", (False, "7"): "min7", (False, "6"): "min6", (False, "9"): "min9", (False, "o"): "dim",
        (False, "°"): "dim", (False, "dim"): "dim", (False, "o7"): "dim7", (False, "°7"): "dim7",
        (False, "ø"): "hdim7", (False, "ø7"): "hdim7", (False, "maj7"): "minmaj7",
    }
)  # fmt: skip

_SIMPLE: Mapping[str, tuple[bool, str]] = MappingProxyType(
    {
        "maj": (True, ""), "maj6": (True, ""), "add9": (True, ""), "5": (True, ""), "sus2": (True, ""),
        "maj7": (True, "maj7"), "maj9": (True, "maj7"), "7": (True, "7"), "9": (True, "7"), "aug": (True, "+"),
        "sus4": (True, "sus4"), "7sus4": (True, "sus4"), "min": (False, ""), "min6": (False, ""),
        "min7": (False, "7"), "min9": (False, "7"), "minmaj7": (False, ""), "dim": (False, "o"), "dim7": (False, "o7"),
        "hdim7": (False, "ø"),
    }
)  # fmt: skip
"""Every quality in the simpler set that the tables learn."""

_TO_MINOR: Mapping[str, str] = MappingProxyType(
    {
        "I": "i", "I6": "i6", "Imaj7": "i7", "ii": "iio", "ii7": "iiø", "iii": "III", "iii7": "III", "IV": "iv",
        "IVmaj7": "iv7", "IV6": "iv6", "vi": "VI", "vi7": "VI", "V": "V", "V7": "V7", "I7": "I7",
    }
)  # fmt: skip


@cache
def chord_of(numeral: str, key: Key) -> Chord:
    """The chord of a numeral in a key, spelled in that key. "V7/3" style basses are given in scale steps of the chord.

    >>> [chord_of(text, Key.parse("C")).letters() for text in ("I", "vi7", "bVII", "II7", "viio", "V/3")]
    ['C', 'Am7', 'Bb', 'D7', 'Bdim', 'G/B']
    >>> [chord_of(text, Key.parse("Am")).letters() for text in ("i", "VI", "bVII", "V7", "viio", "#VI", "iv")]
    ['Am', 'F', 'G', 'E7', 'G#dim', 'F#', 'Dm']
    """
    head, _, bass = numeral.strip().partition("/")
    match = _NUMERAL.match(head)
    upper = match is not None and match.group(2).isupper()
    rule = "a Roman numeral must look like I, vi7, bVII, V7 or iio"
    require(match is not None and (upper, match.group(3)) in _SUFFIX, rule, numeral)
    assert match is not None
    number = _NUMBER[match.group(2).upper()]
    quality = _SUFFIX[upper, match.group(3)]
    fifths = _MAJOR_FIFTHS[number]
    sign = match.group(1)
    lowered = key.is_minor and number in (2, 5, 6) and not (quality in ("dim", "dim7", "hdim7") and not sign)
    if lowered:
        fifths += 0 if sign == "#" else -7
    else:
        fifths += {"": 0, "#": 7, "b": -7}[sign]
    root = NoteName.from_fifths(_near(key.tonic.fifths + fifths))
    chord = Chord(root, quality)
    if not bass:
        return chord
    return Chord.parse_harte(f"{root}:{quality}/{bass}")


def numeral_of(chord: Chord, tonic: NoteName, minor: bool) -> str:
    """The numeral of a chord, its quality in the simpler set and its bass left out.

    >>> numeral_of(Chord.parse("Am9"), NoteName("C"), False), numeral_of(Chord.parse("F"), NoteName("A"), True)
    ('vi7', 'bVI')
    """
    semitones = (chord.root.pitch_class - tonic.pitch_class) % 12
    upper, suffix = _SIMPLE[chord.quality]
    names = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
    name = names[semitones]
    if minor and semitones in (4, 9, 11) and suffix not in ("o", "o7", "ø"):
        name = "#" + name
    if not upper:
        name = name.replace("VII", "vii").replace("VI", "vi").replace("IV", "iv").replace("V", "v").replace("I", "i")
    return name + suffix


def in_minor(numeral: str) -> str:
    """A scheme's major numeral as it is played when the song is in minor.

    >>> [in_minor(text) for text in ("I", "IV", "V7", "vi")]
    ['i', 'iv', 'V7', 'VI']
    """
    return _TO_MINOR.get(numeral, numeral)


def parse_scheme(text: str) -> tuple[tuple[str, ...], ...]:
    """The bars of a scheme; "%" repeats the bar before.

    >>> parse_scheme("I | IV V | % | I")
    (('I',), ('IV', 'V'), ('IV', 'V'), ('I',))
    """
    bars: list[tuple[str, ...]] = []
    for part in text.strip().strip("|").split("|"):
        items = tuple(part.split())
        if items == ("%",):
            require(bool(bars), "a scheme must not begin with %", text)
            items = bars[-1]
        require(bool(items), "every bar of a scheme must hold a chord", text)
        bars.append(items)
    return tuple(bars)


def _near(fifths: int) -> int:
    """Names with at most one sharp or flat, as chord symbols are written."""
    while fifths > 11:
        fifths -= 12
    while fifths < -8:
        fifths += 12
    return fifths
