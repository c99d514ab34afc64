"""Pitch: MIDI note numbers, cents, frequencies and written names.

MIDI note 60 is C4 (scientific pitch notation), 69 is A4 = 440 Hz.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require, require_match, require_whole

STEPS = "CDEFGAB"
"""The seven staff steps from C upwards."""

STEP_SEMITONES: Mapping[str, int] = MappingProxyType({"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11})
"""Semitones of each step above C."""

A4_HZ = 440.0
"""Concert pitch in Hz (ISO 16)."""

_NAME = re.compile(r"^([A-Ga-g])(#{0,2}|b{0,2}|x)$")
_PITCH = re.compile(r"^([A-Ga-g](?:#{0,2}|b{0,2}|x))(-?\d+)$")


def check_midi(pitch: int) -> None:
    """Raise unless `pitch` is a MIDI note number.

    >>> check_midi(128)
    Traceback (most recent call last):
        ...
    senandung.domain.errors.InvalidValueError: pitch must be a MIDI note number in 0..127, got 128
    """
    require_whole("pitch must be a MIDI note number in 0..127", pitch, 0, 127)


def midi_to_hz(pitch: float, reference_hz: float = A4_HZ) -> float:
    """The frequency in Hz of a MIDI note number, fractions allowed, in twelve equal steps to the octave.

    >>> midi_to_hz(69)
    440.0
    """
    return float(reference_hz * 2.0 ** ((pitch - 69) / 12))


def hz_to_midi(hz: float, reference_hz: float = A4_HZ) -> float:
    """The MIDI note number, with its fraction, of a frequency in Hz. Inverse of `midi_to_hz`.

    >>> hz_to_midi(880.0)
    81.0
    """
    require(math.isfinite(hz) and hz > 0, "a frequency must be above 0 Hz", hz)
    return 69 + 12 * math.log2(hz / reference_hz)


@dataclass(frozen=True, order=True)
class Pitch:
    """A sounding pitch: a MIDI note number and a deviation in cents in -50..50 from it.

    >>> Pitch.from_hz(442.0).cents
    7.851
    """

    midi: int
    cents: float = 0.0

    def __post_init__(self) -> None:
        check_midi(self.midi)
        require(-50 <= self.cents <= 50, "cents must be in -50..50", self.cents)

    @property
    def hz(self) -> float:
        """The frequency in Hz."""
        return midi_to_hz(self.midi + self.cents / 100)

    @classmethod
    def from_hz(cls, hz: float) -> Pitch:
        """The nearest MIDI note and the cents that remain, rounded to a thousandth."""
        exact = hz_to_midi(hz)
        midi = round(exact)
        return cls(midi, round(100 * (exact - midi), 3))


@dataclass(frozen=True)
class NoteName:
    """A written pitch class: a step C..B and an alteration in semitones, -2..2.

    >>> str(NoteName.parse("Bb")), NoteName.parse("Bb").pitch_class
    ('Bb', 10)
    """

    step: str
    alter: int = 0

    def __post_init__(self) -> None:
        require(self.step in STEP_SEMITONES, "a step must be one of C D E F G A B", self.step)
        require(-2 <= self.alter <= 2, "an alteration must be in -2..2 semitones", self.alter)

    @property
    def pitch_class(self) -> int:
        """0..11, C = 0."""
        return (STEP_SEMITONES[self.step] + self.alter) % 12

    @property
    def fifths(self) -> int:
        """The place on the line of fifths, C = 0, G = 1, F = -1.

        >>> NoteName.parse("F#").fifths
        6
        """
        return {"F": -1, "C": 0, "G": 1, "D": 2, "A": 3, "E": 4, "B": 5}[self.step] + 7 * self.alter

    @classmethod
    def from_fifths(cls, fifths: int) -> NoteName:
        """Inverse of `fifths`, for -15..19.

        >>> str(NoteName.from_fifths(-2))
        'Bb'
        """
        require(-15 <= fifths <= 19, "a place on the line of fifths must be in -15..19", fifths)
        return cls("FCGDAEB"[(fifths + 1) % 7], (fifths + 1) // 7)

    @classmethod
    def parse(cls, text: str) -> NoteName:
        """Read "C", "F#", "Bb", "Ebb", "Gx". Inverse of `str`."""
        match = require_match(_NAME, "a note name must look like C, F# or Bb", text.strip())
        sign = match.group(2)
        alter = {"x": 2}.get(sign, sign.count("#") - sign.count("b"))
        return cls(match.group(1).upper(), alter)

    def __str__(self) -> str:
        return self.step + ("#" * self.alter if self.alter > 0 else "b" * -self.alter)

    def octave_of(self, midi: int) -> int:
        """The octave number in which this name writes the MIDI note `midi` (C4 = 60; B# 3 = 60).

        >>> NoteName("C").octave_of(60), NoteName("B", 1).octave_of(60)
        (4, 3)
        """
        natural = midi - self.alter
        require((natural - STEP_SEMITONES[self.step]) % 12 == 0, f"{self} cannot write the MIDI note", midi)
        return (natural - STEP_SEMITONES[self.step]) // 12 - 1


def parse_pitch(text: str) -> int:
    """The MIDI note number of a name with its octave.

    >>> parse_pitch("C4"), parse_pitch("Bb3"), parse_pitch("A0")
    (60, 58, 21)
    """
    name, octave = _name_and_octave(text)
    midi = STEP_SEMITONES[name.step] + name.alter + 12 * (octave + 1)
    check_midi(midi)
    return midi


def _name_and_octave(text: str) -> tuple[NoteName, int]:
    match = require_match(_PITCH, "a pitch must look like C4, F#3 or Bb5", text.strip())
    return NoteName.parse(match.group(1)), int(match.group(2))


@dataclass(frozen=True)
class Interval:
    """A written interval: `steps` staff steps and `semitones`, both with their sign (up is positive).

    >>> Interval.between("C4", "Eb4").name
    'm3'
    """

    steps: int
    semitones: int

    @classmethod
    def between(cls, low: str, high: str) -> Interval:
        """The interval from one named pitch to another."""
        places = []
        for text in (low, high):
            name, octave = _name_and_octave(text)
            places.append(STEPS.index(name.step) + 7 * octave)
        return cls(places[1] - places[0], parse_pitch(high) - parse_pitch(low))

    @property
    def name(self) -> str:
        """Quality and number, such as P5, m3, A4, d7, M10; a falling interval begins with a minus."""
        falling = self.steps < 0 or (self.steps == 0 and self.semitones < 0)
        steps, semitones = (-self.steps, -self.semitones) if falling else (self.steps, self.semitones)
        octaves, simple = divmod(steps, 7)
        difference = semitones - 12 * octaves - (0, 2, 4, 5, 7, 9, 11)[simple]
        if simple in (0, 3, 4):
            quality = {0: "P"}.get(difference) or ("A" * difference if difference > 0 else "d" * -difference)
        else:
            quality = {0: "M", -1: "m"}.get(difference) or (
                "A" * difference if difference > 0 else "d" * (-difference - 1)
            )
        return f"{'-' if falling else ''}{quality}{steps + 1}"
