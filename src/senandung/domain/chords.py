"""Chords: Harte's syntax and the letters people type.

Harte, Sandler, Abdallah & Gomez (2005), "Symbolic representation of musical chords: a proposed syntax for text
annotations", ISMIR: `root:shorthand(degrees)/bass`, where degrees and bass are counted against the major scale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.pitch import NoteName


@dataclass(frozen=True)
class Quality:
    """A chord quality: Harte's shorthand, its semitones above the root, the letters' suffix, and MusicXML's kind."""

    harte: str
    semitones: tuple[int, ...]
    suffix: str
    musicxml: str


QUALITIES: Mapping[str, Quality] = MappingProxyType(
    {
        row[0]: Quality(*row)
        for row in (
            ("maj", (0, 4, 7), "", "major"),
            ("min", (0, 3, 7), "m", "minor"),
            ("dim", (0, 3, 6), "dim", "diminished"),
            ("aug", (0, 4, 8), "aug", "augmented"),
            ("7", (0, 4, 7, 10), "7", "dominant"),
            ("maj7", (0, 4, 7, 11), "maj7", "major-seventh"),
            ("min7", (0, 3, 7, 10), "m7", "minor-seventh"),
            ("minmaj7", (0, 3, 7, 11), "mmaj7", "major-minor"),
            ("dim7", (0, 3, 6, 9), "dim7", "diminished-seventh"),
            ("hdim7", (0, 3, 6, 10), "m7b5", "half-diminished"),
            ("maj6", (0, 4, 7, 9), "6", "major-sixth"),
            ("min6", (0, 3, 7, 9), "m6", "minor-sixth"),
            ("9", (0, 4, 7, 10, 14), "9", "dominant-ninth"),
            ("maj9", (0, 4, 7, 11, 14), "maj9", "major-ninth"),
            ("min9", (0, 3, 7, 10, 14), "m9", "minor-ninth"),
            ("sus2", (0, 2, 7), "sus2", "suspended-second"),
            ("sus4", (0, 5, 7), "sus4", "suspended-fourth"),
            ("7sus4", (0, 5, 7, 10), "7sus4", "suspended-fourth"),
            ("add9", (0, 4, 7, 14), "add9", "major"),
            ("5", (0, 7), "5", "power"),
        )
    }
)
"""Chord qualities by Harte's shorthand; 7sus4, add9 and 5 are common additions to it."""

_SUFFIX_SPELLINGS = {
    **{quality.suffix: name for name, quality in QUALITIES.items()},
    "M": "maj", "maj": "maj", "min": "min", "mi": "min", "-": "min", "M7": "maj7", "ma7": "maj7", "Δ": "maj7",
    "Δ7": "maj7", "min7": "min7", "mi7": "min7", "-7": "min7", "°": "dim", "o": "dim", "°7": "dim7", "o7": "dim7",
    "ø": "hdim7", "ø7": "hdim7", "min7b5": "hdim7", "+": "aug", "mM7": "minmaj7", "sus": "sus4", "min6": "min6",
    "min9": "min9", "M9": "maj9", "2": "add9", "(add9)": "add9",
}  # fmt: skip

_DEGREE_SEMITONES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 12, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21}
_DEGREES = frozenset(map(str, _DEGREE_SEMITONES))
_TONE_FIFTHS = {0: 0, 2: 2, 3: -3, 4: 4, 5: -1, 6: -6, 7: 1, 8: 8, 10: -2, 11: 5}
"""Fifths above the root of each chord tone but the sixth, by semitones."""
_HARTE = re.compile(r"^([A-G](?:#{0,2}|b{0,2}))(?::([a-z0-9]*)(?:\(([^)]*)\))?)?(?:/([#b]{0,3}[0-9]{1,2}))?$")
_LETTERS = re.compile(r"^([A-Ga-g](?:#|b)?)([^/\s]*)(?:/([A-Ga-g](?:#|b)?))?$")


@dataclass(frozen=True)
class Chord:
    """A chord: root, quality and bass note.

    >>> Chord.parse("F#m7b5").harte(), Chord.parse("C/G").harte(), Chord.parse_harte("A:min7/b3").letters()
    ('F#:hdim7', 'C:maj/5', 'Am7/C')
    """

    root: NoteName
    quality: str = "maj"
    bass: NoteName | None = None

    def __post_init__(self) -> None:
        require(self.quality in QUALITIES, f"a chord quality must be one of {', '.join(QUALITIES)}", self.quality)
        if self.bass is not None and self.bass == self.root:
            object.__setattr__(self, "bass", None)

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """Pitch classes from the root upwards; a bass that is foreign to the chord comes last.

        >>> Chord.parse("Am/G").pitch_classes
        (9, 0, 4, 7)
        """
        tones = [(self.root.pitch_class + s) % 12 for s in QUALITIES[self.quality].semitones]
        if self.bass is not None and self.bass.pitch_class not in tones:
            tones.append(self.bass.pitch_class)
        return tuple(tones)

    @property
    def bass_pitch_class(self) -> int:
        """The pitch class that the bass plays."""
        return (self.bass or self.root).pitch_class

    def name_of(self, pitch_class: int) -> NoteName | None:
        """The written name of a chord tone; None for other tones, and where it would need two sharps or flats.

        >>> str(Chord.parse("A7").name_of(1)), str(Chord.parse("Cm7").name_of(10)), Chord.parse("C").name_of(1)
        ('C#', 'Bb', None)
        """
        for semitones in QUALITIES[self.quality].semitones:
            if (self.root.pitch_class + semitones) % 12 == pitch_class:
                sixth = -9 if self.quality == "dim7" else 3
                fifths = self.root.fifths + {**_TONE_FIFTHS, 9: sixth}[semitones % 12]
                return NoteName.from_fifths(fifths) if -8 <= fifths <= 12 else None
        return None

    def letters(self) -> str:
        """The chord as people type it. Inverse of `parse`."""
        return f"{self.root}{QUALITIES[self.quality].suffix}" + (f"/{self.bass}" if self.bass else "")

    def harte(self) -> str:
        """The chord in Harte's syntax. Inverse of `parse_harte`."""
        text = f"{self.root}:{self.quality}"
        return text + (f"/{_degree_of(self.root, self.bass)}" if self.bass else "")

    def transposed(self, fifths: int) -> Chord:
        """The chord moved along the line of fifths, so that its spelling moves with it.

        >>> Chord.parse("Am/C").transposed(2).letters()
        'Bm/D'
        """
        bass = NoteName.from_fifths(_wrap(self.bass.fifths + fifths)) if self.bass else None
        return Chord(NoteName.from_fifths(_wrap(self.root.fifths + fifths)), self.quality, bass)

    @classmethod
    def parse(cls, text: str) -> Chord:
        """Read a chord in the letters people type, or in Harte's syntax where it has a colon."""
        text = text.strip()
        if ":" in text:
            return cls.parse_harte(text)
        match = _LETTERS.match(text.replace("♯", "#").replace("♭", "b"))
        suffix = match.group(2) if match else None
        if match is None or suffix not in _SUFFIX_SPELLINGS:
            raise InvalidValueError(f"a chord must look like C, Am, F#m7b5, Bb7 or C/G, got {text!r}")
        bass = NoteName.parse(match.group(3)) if match.group(3) else None
        return cls(NoteName.parse(match.group(1)), _SUFFIX_SPELLINGS[suffix], bass)

    @classmethod
    def parse_harte(cls, text: str) -> Chord:
        """Read Harte's syntax. Degrees in brackets choose the nearest quality of `QUALITIES`."""
        match = _HARTE.match(text.strip())
        if match is None:
            raise InvalidValueError(f"a Harte chord must look like C:maj7/5 or A:min, got {text!r}")
        root = NoteName.parse(match.group(1))
        shorthand, degrees, bass = match.group(2), match.group(3), match.group(4)
        quality = _nearest_quality(shorthand, degrees, text)
        return cls(root, quality, _note_at_degree(root, bass) if bass else None)


def parse_chords(text: str) -> tuple[Chord, ...]:
    """Read a progression such as "Am F C/G | Dm": chords divided by blanks, bars, commas or dashes.

    >>> [chord.letters() for chord in parse_chords("Am F | C/G")]
    ['Am', 'F', 'C/G']
    """
    names = [name for name in re.split(r"[\s|,]+|(?<=\s)-(?=\s)|–", text) if name and name != "-"]
    require(bool(names), "a progression must name at least one chord", text)
    return tuple(Chord.parse(name) for name in names)


def _wrap(fifths: int) -> int:
    """Bring a place on the line of fifths back to the names with at most one sharp or flat."""
    while fifths > 11:
        fifths -= 12
    while fifths < -7:
        fifths += 12
    return fifths


def _note_at_degree(root: NoteName, degree: str) -> NoteName:
    number = int(degree.lstrip("#b"))
    require(number in _DEGREE_SEMITONES, "a chord degree must be in 1..13", degree)
    place = {0: 0, 2: 2, 4: 4, 5: -1, 7: 1, 9: 3, 11: 5}[_DEGREE_SEMITONES[number] % 12]
    fifths = root.fifths + place + 7 * (degree.count("#") - degree.count("b"))
    return NoteName.from_fifths(fifths if -15 <= fifths <= 19 else _wrap(fifths))


def _degree_of(root: NoteName, note: NoteName) -> str:
    distance = note.fifths - root.fifths
    alter = (distance + 1) // 7
    number = {-1: 4, 0: 1, 1: 5, 2: 2, 3: 6, 4: 3, 5: 7}[distance - 7 * alter]
    return ("#" * alter if alter > 0 else "b" * -alter) + str(number)


def _nearest_quality(shorthand: str | None, degrees: str | None, text: str) -> str:
    if shorthand is None and degrees is None:
        return "maj"
    if not degrees and shorthand in QUALITIES:
        return str(shorthand)
    if shorthand in ("11", "13", "maj11", "maj13", "min11", "min13", "maj(9)"):
        return {"1": "9", "m": "maj9"}.get(shorthand[0], "9") if "min" not in shorthand else "min9"
    require(not shorthand or shorthand in QUALITIES, "a Harte shorthand must be known", text)
    tones = set(QUALITIES[shorthand].semitones) if shorthand else {0}
    for item in _split_degrees(degrees or ""):
        number = item.lstrip("*#b")
        require(number in _DEGREES, "a chord degree must be in 1..13", text)
        semitone = _DEGREE_SEMITONES[int(number)] + item.count("#") - item.count("b")
        tones = tones - {semitone} if item.startswith("*") else tones | {semitone}
    tones = {tone % 12 for tone in tones}

    def distance(quality: Quality) -> tuple[int, int]:
        own = {tone % 12 for tone in quality.semitones}
        return len(own ^ tones), len(own)

    return min(QUALITIES.values(), key=distance).harte


def _split_degrees(text: str) -> Iterable[str]:
    return (item.strip() for item in text.split(",") if item.strip())
