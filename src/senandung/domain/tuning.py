"""Tunings: how many cents each tone of a scale stands above its reference.

A note of a tuned track keeps a MIDI number; each degree of the tuning belongs to the equal-tempered semitone nearest to
it, and the tuning gives the exact cents.

Measured gamelan: the frequencies in Hz that Surjodiningrat, Sudarjana & Susanto published (*Tone Measurements of
Outstanding Javanese Gamelans in Jogjakarta and Surakarta*, 1972), as the table `scales_D` of McBride & Tlusty (2020,
"Imperfect fifths pack into musical scales", github.com/jomimc/imperfect_fifths) holds them: one octave and the tone
above it, so that the stretched octave is measured too. Polansky (1990, "Notes on the Tunings of Three Central Javanese
Slendro/Pelog Pairs", Experimental Musical Instruments 6(2)) has the same steps for Kanyut Mesem within 1 cent. The
octaves beyond are taken to be stretched alike. Where the sets are: Vetter, *The Gamelans of the Kraton Yogyakarta*
(vetter.sites.grinnell.edu), and the Mangkunegaran's list of its own (as hariankota.com gives it).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.pitch import check_midi, midi_to_hz


@dataclass(frozen=True)
class Tuning:
    """A tuning.

    Parameters
    ----------
    name, source : what it is called, and where its figures come from.
    degrees : cents above the reference tone within one octave, the first 0, rising.
    reference_midi : the MIDI number that stands for the reference tone.
    reference_hz : its frequency in Hz.
    octave : cents of the octave; more than 1200 where it is stretched.
    """

    name: str
    source: str
    degrees: tuple[float, ...]
    reference_midi: int = 60
    reference_hz: float = midi_to_hz(60)
    octave: float = 1200.0

    def __post_init__(self) -> None:
        require(bool(self.degrees) and self.degrees[0] == 0, "a tuning's first degree must be 0 cents", self.degrees)
        ordered = all(a < b for a, b in zip(self.degrees, (*self.degrees[1:], self.octave), strict=True))
        require(ordered, "a tuning's degrees must rise and stay below its octave", self.degrees)
        classes = [round(cents / 100) % 12 for cents in self.degrees]
        require(len(set(classes)) == len(classes), "each degree must have a semitone of its own", self.degrees)
        finite = math.isfinite(self.reference_hz) and self.reference_hz > 0
        require(finite, "a reference must be a finite frequency above 0 Hz", self.reference_hz)
        check_midi(self.reference_midi)

    def pitch_classes(self) -> tuple[int, ...]:
        """The pitch classes, 0..11, of the MIDI numbers that this tuning sounds, in the order of its degrees."""
        return tuple((self.reference_midi + round(cents / 100)) % 12 for cents in self.degrees)

    def cents(self, midi: int) -> float:
        """Cents of a MIDI number above the reference tone.

        >>> TUNINGS["slendro"].cents(62), TUNINGS["slendro"].cents(72)
        (231.0, 1208.0)
        """
        check_midi(midi)
        octaves, semitone = divmod(midi - self.reference_midi, 12)
        for cents in self.degrees:
            if round(cents / 100) % 12 == semitone:
                return octaves * self.octave + cents
        raise InvalidValueError(f"a note in {self.name} must be one of its tones, got {midi}")

    def hz(self, midi: int) -> float:
        """The frequency in Hz of a MIDI number.

        >>> round(TUNINGS["equal"].hz(69), 3)
        440.0
        """
        return float(self.reference_hz * 2.0 ** (self.cents(midi) / 1200))


GAMELAN_ONE = 62
"""The MIDI number for which every gamelan's tone 1 without dots is written: D4. It is between 259 and 295 Hz."""


@dataclass(frozen=True)
class Gamelan:
    """A set of instruments that sound together, with the name of its tuning in each laras, "slendro" and "pelog"."""

    name: str
    title: str
    tunings: Mapping[str, str]


_KANYUT_MESEM = "Kyahi Kanyut Mesem, Mangkunegaran, Surakarta"
_MEASURED: Mapping[str, tuple[str, tuple[float, ...]]] = MappingProxyType(
    {
        "slendro-kanyut-mesem": (_KANYUT_MESEM, (288, 333, 382, 439, 503, 582)),
        "pelog-kanyut-mesem": (_KANYUT_MESEM, (295, 320, 347, 406, 440, 470, 519, 598)),
        "slendro-madumurti": ("K.K. Madumurti, Kraton Yogyakarta", (268, 305, 349, 405, 466, 541)),
        "pelog-madukusuma": ("K.K. Madukusuma, Kraton Yogyakarta", (276, 296, 319, 380, 411, 437, 474, 557)),
        "slendro-madukentir": ("K.K. Madukentir, Kraton Yogyakarta", (259, 297, 339, 393, 452, 522)),
        "pelog-siratmadu": ("K.K. Siratmadu, Kraton Yogyakarta", (286, 309, 333, 394, 420, 454, 501, 574)),
    }
)
"""What was measured, and Hz of the tones 1 2 3 5 6 and 1 (slendro), or of 1 to 7 and 1 (pelog)."""

GAMELANS: Mapping[str, Gamelan] = MappingProxyType(
    {
        name: Gamelan(name, title, MappingProxyType({"slendro": slendro, "pelog": pelog}))
        for name, title, slendro, pelog in (
            ("kanyut-mesem", "Kyahi Kanyut Mesem", "slendro-kanyut-mesem", "pelog-kanyut-mesem"),
            ("madumurti-madukusuma", "K.K. Madumurti & Madukusuma", "slendro-madumurti", "pelog-madukusuma"),
            ("madukentir-siratmadu", "K.K. Madukentir & Siratmadu", "slendro-madukentir", "pelog-siratmadu"),
        )
    }
)
"""Measured gamelan by name, with slendro and pelog; the two sets of the Kraton are pairs that are played together."""


def _measured(name: str) -> Tuning:
    """A tuning from the measured frequencies of one octave, the tone above it the last."""
    who, hz = _MEASURED[name]
    cents = tuple(round(1200 * math.log2(value / hz[0]), 2) for value in hz)
    source = f"{who}; Surjodiningrat, Sudarjana & Susanto 1972, in Hz: {', '.join(f'{value:g}' for value in hz)}"
    return Tuning(name, source, cents[:-1], GAMELAN_ONE, hz[0], cents[-1])


TUNINGS: Mapping[str, Tuning] = MappingProxyType(
    {
        tuning.name: tuning
        for tuning in (
            Tuning("equal", "twelve equal steps, A4 = 440 Hz (ISO 16)", tuple(100.0 * step for step in range(12))),
            Tuning(
                "slendro",
                "average of 30 slendro sets (Surjodiningrat et al. 1993, by the Scala tuning archive)",
                (0.0, 231.0, 474.0, 717.0, 955.0),
                octave=1208.0,
            ),
            Tuning(
                "pelog",
                "average of published pelog sets by successive steps 128 139 297 139 112 165 236 (preinfarction)",
                (0.0, 128.0, 267.0, 564.0, 703.0, 815.0, 980.0),
                octave=1214.0,
            ),
            *(_measured(name) for name in _MEASURED),
        )
    }
)
"""Tunings by name. There is no single slendro or pelog: each gamelan has its own."""
