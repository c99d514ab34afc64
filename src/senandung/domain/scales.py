"""Scales and keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require, require_whole
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.gendhing import PATHETS
from senandung.domain.pitch import STEP_SEMITONES, STEPS, NoteName

# Semitones above the tonic. `signature` is the scale's place against the major key on the same tonic, in fifths.
SCALES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "major": (0, 2, 4, 5, 7, 9, 11),
        "minor": (0, 2, 3, 5, 7, 8, 10),
        "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
        "melodic-minor": (0, 2, 3, 5, 7, 9, 11),
        "dorian": (0, 2, 3, 5, 7, 9, 10),
        "phrygian": (0, 1, 3, 5, 7, 8, 10),
        "lydian": (0, 2, 4, 6, 7, 9, 11),
        "mixolydian": (0, 2, 4, 5, 7, 9, 10),
        "locrian": (0, 1, 3, 5, 6, 8, 10),
        "major-pentatonic": (0, 2, 4, 7, 9),
        "minor-pentatonic": (0, 3, 5, 7, 10),
        "langgam-jawa": (0, 4, 5, 7, 11),
    }
)
"""Scales by name, as semitones above the tonic. langgam-jawa: 1 3 4 5 7 of the major scale, in which keroncong sings
pelog (commonly stated)."""

SIGNATURE_SHIFT: Mapping[str, int] = MappingProxyType(
    {
        "major": 0, "minor": -3, "harmonic-minor": -3, "melodic-minor": -3, "dorian": -2, "phrygian": -4,
        "lydian": 1, "mixolydian": -1, "locrian": -5, "major-pentatonic": 0, "minor-pentatonic": -3,
        "langgam-jawa": 0,
    }
)  # fmt: skip
"""Fifths that a scale's signature stands from that of the major key on the same tonic."""


LARAS_SCALES: Mapping[str, tuple[tuple[int, ...], str]] = MappingProxyType(
    {"slendro": ((0, 2, 5, 7, 10), "minor"), "pelog": ((0, 1, 3, 6, 7, 8, 10), "phrygian")}
)
"""Semitones near the tones of a laras above its tone 1, and the scale whose signature a staff has for it."""

LARAS_TONIC = "D"
"""The letter of the tone 1 (`tuning.GAMELAN_ONE`)."""


@dataclass(frozen=True)
class Key:
    """A tonic and a scale, or a laras with its pathet, whose tones a tuning gives.

    >>> Key.parse("F# minor").fifths, str(Key.parse("Bb"))
    (3, 'Bb major')
    >>> Key.parse("Am").pitch_classes
    (9, 11, 0, 2, 4, 5, 7)
    >>> str(Key.parse("Laras Sléndro Pathet Manyura")), Key.parse("pelog barang").fifths
    ('slendro manyura', -2)
    """

    tonic: NoteName
    mode: str = "major"

    def __post_init__(self) -> None:
        if self.mode not in SCALES and self.mode not in PATHETS:
            raise UnknownNameError("mode", self.mode, (*SCALES, *PATHETS))
        ok = self.mode in SCALES or str(self.tonic) == LARAS_TONIC
        require(ok, f"a laras must be written with its tone 1 on {LARAS_TONIC}", str(self.tonic))
        require(-7 <= self.fifths <= 7, "a key must have at most seven sharps or flats", f"{self.tonic} {self.mode}")

    @property
    def fifths(self) -> int:
        """The signature: sharps, or flats as a negative number."""
        return self.tonic.fifths + SIGNATURE_SHIFT[self._written_mode]

    @property
    def laras(self) -> str:
        """ "slendro" or "pelog", empty for a key of twelve semitones."""
        return PATHETS[self.mode].laras if self.mode in PATHETS else ""

    @property
    def _written_mode(self) -> str:
        return LARAS_SCALES[self.laras][1] if self.laras else self.mode

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The scale's pitch classes from the tonic upwards."""
        scale = LARAS_SCALES[self.laras][0] if self.laras else SCALES[self.mode]
        return tuple((self.tonic.pitch_class + semitones) % 12 for semitones in scale)

    @property
    def is_minor(self) -> bool:
        """True where the scale's third is minor."""
        return 3 in SCALES[self._written_mode]

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read "C", "Am", "F# minor", "Bb major", "D dorian", "slendro manyura". Inverse of `str`."""
        plain = text.strip().lower().translate(str.maketrans("éè-", "ee "))
        pathet = "-".join(word for word in plain.split() if word not in ("laras", "pathet", "patet"))
        if pathet in PATHETS:
            return cls(NoteName.parse(LARAS_TONIC), pathet)
        if plain.startswith(("slendro", "pelog")):
            raise UnknownNameError("laras and pathet", text.strip(), [mode.replace("-", " ") for mode in PATHETS])
        match = re.match(r"^\s*([A-Ga-g](?:#|b)?)\s*[- ]?\s*([A-Za-z-]*)\s*$", text)
        if match is None:
            raise InvalidValueError(f"a key must look like C, Am, F# minor, D dorian or slendro manyura, got {text!r}")
        mode = match.group(2)
        mode = {"": "major", "M": "major", "maj": "major", "m": "minor", "min": "minor", "mayor": "major"}.get(
            mode, mode.lower()
        )
        mode = {"ionian": "major", "aeolian": "minor"}.get(mode, mode)
        return cls(NoteName.parse(match.group(1)), mode)

    def __str__(self) -> str:
        return self.mode.replace("-", " ") if self.laras else f"{self.tonic} {self.mode}"

    def degree_of(self, pitch_class: int) -> tuple[int, int]:
        """Scale degree 1..7 and alteration in semitones of a pitch class, against the key's seven-tone scale.

        A raised tone is written as raised in major and for the sixth and seventh degrees of minor; other foreign
        tones are written as lowered.

        >>> Key.parse("C").degree_of(6), Key.parse("C").degree_of(10), Key.parse("Am").degree_of(8)
        ((4, 1), (7, -1), (7, 1))
        """
        scale = self._seven_tones()
        distance = (pitch_class - self.tonic.pitch_class) % 12
        if distance in scale:
            return scale.index(distance) + 1, 0
        raised = distance - 1 in scale
        degree = scale.index(distance - 1) + 1 if raised else 0
        prefers_raised = degree in ((6, 7) if self.is_minor else (1, 4, 5))
        if raised and (prefers_raised or (distance + 1) % 12 not in scale):
            return degree, 1
        return scale.index((distance + 1) % 12) + 1, -1

    def spell(self, midi: int) -> NoteName:
        """The written name of a MIDI note in this key.

        >>> str(Key.parse("Bb").spell(63)), str(Key.parse("Am").spell(68)), str(Key.parse("E").spell(63))
        ('Eb', 'G#', 'D#')
        """
        degree, _ = self.degree_of(midi % 12)
        step = STEPS[(STEPS.index(self.tonic.step) + degree - 1) % 7]
        alter = (midi - STEP_SEMITONES[step] + 6) % 12 - 6
        if abs(alter) > 2:  # far out: fall back to the simplest name
            return NoteName.from_fifths(((7 * midi + 5 - self.fifths) % 12) - 5 + self.fifths)
        return NoteName(step, alter)

    def _seven_tones(self) -> tuple[int, ...]:
        if len(SCALES[self._written_mode]) == 7:
            return SCALES[self._written_mode]
        return SCALES["minor" if self.is_minor else "major"]


def key_of_pitch_class(pitch_class: int, mode: str) -> Key:
    """The key on a pitch class with the fewest accidentals (six flats rather than six sharps in major).

    >>> str(key_of_pitch_class(10, "major")), str(key_of_pitch_class(6, "minor"))
    ('Bb major', 'F# minor')
    """
    require_whole("a pitch class must be a whole number in 0..11", pitch_class, 0, 11)
    if mode not in SCALES:
        raise UnknownNameError("mode", mode, SCALES)
    names = [NoteName.from_fifths(fifths) for fifths in range(-7, 12)]
    found = [name for name in names if name.pitch_class == pitch_class]
    keys = [Key(name, mode) for name in found if -7 <= name.fifths + SIGNATURE_SHIFT[mode] <= 7]
    return min(keys, key=lambda key: (abs(key.fifths), key.fifths))
