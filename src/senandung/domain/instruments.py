"""The instrument table: sounds, ranges and clefs.

Programs count from 0 (General MIDI 1 sound set, MIDI Manufacturers Association); bank 8 program 24 is the ukulele of
General MIDI Level 2. Ranges are sounding pitches after Adler, *The Study of Orchestration* (3rd ed.); `low..high` is
what can be played, `comfortable` what a good arranger stays inside. Keroncong tunings: see docs/styles.md. A gamelan's
rows hold the tones of every set, for its pitch is its own (`domain.tuning`): a measured slendro (Überseemuseum Bremen,
measured by W. M. Stroh) has bonang barung from 274 to about 1250 Hz; the octaves of the others are as commonly
stated. Its programs, and those of the hand drums (`domain.hand_drums`), are for other programs that open the MIDI file;
`rendering.synthesis` makes their sound here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.errors import UnknownNameError
from senandung.domain.pitch import check_midi, parse_pitch


@dataclass(frozen=True)
class Instrument:
    """One instrument.

    `clef` is treble, alto, bass, percussion or grand (two staves); `polyphony` the most notes it sounds at once;
    `drum` is True for what MIDI plays on channel 10, where a pitch is a sound and not a tone.
    """

    name: str
    english: str
    indonesian: str
    family: str
    bank: int
    program: int
    low: int
    high: int
    comfortable: tuple[int, int]
    clef: str = "treble"
    polyphony: int = 1
    drum: bool = False

    def __post_init__(self) -> None:
        check_midi(self.low)
        check_midi(self.high)
        require(0 <= self.program <= 127, "a program must be in 0..127", self.program)
        ok = self.low <= self.comfortable[0] <= self.comfortable[1] <= self.high
        require(ok, f"the comfortable range of {self.name} must lie inside its range", self.comfortable)

    def plays(self, pitch: int) -> bool:
        """Whether the MIDI note lies in the instrument's range."""
        return self.low <= pitch <= self.high


def _row(
    name: str, english: str, indonesian: str, family: str, program: int, compass: str, comfortable: str,
    clef: str = "treble", polyphony: int = 1, bank: int = 0,
) -> Instrument:  # fmt: skip
    low, high = (parse_pitch(text) for text in compass.split())
    inner_low, inner_high = (parse_pitch(text) for text in comfortable.split())
    return Instrument(
        name, english, indonesian, family, bank, program, low, high, (inner_low, inner_high), clef, polyphony
    )


def _drum(name: str, english: str, indonesian: str, low: int, high: int, program: int = 0) -> Instrument:
    return Instrument(
        name, english, indonesian, "drums", 128, program, low, high, (low, high), "percussion", 16, drum=True
    )


INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(
    {
        row.name: row
        for row in (
            _row("piano", "Piano", "Piano", "keys", 0, "A0 C8", "C2 C7", "grand", 10),
            _row("electric-piano", "Electric piano", "Piano elektrik", "keys", 4, "E1 G7", "C2 C6", "grand", 10),
            _row("harpsichord", "Harpsichord", "Harpsikord", "keys", 6, "F1 F6", "C2 C6", "grand", 10),
            _row("celesta", "Celesta", "Selesta", "keys", 8, "C4 C8", "C4 C7", "treble", 6),
            _row("vibraphone", "Vibraphone", "Vibrafon", "keys", 11, "F3 F6", "F3 F6", "treble", 4),
            _row("organ", "Organ", "Orgel", "keys", 19, "C2 C7", "C2 C6", "grand", 10),
            _row("accordion", "Accordion", "Akordeon", "keys", 21, "F3 A6", "F3 C6", "treble", 6),
            _row("guitar", "Acoustic guitar", "Gitar", "plucked", 25, "E2 C6", "E2 E5", "treble", 6),
            _row("nylon-guitar", "Nylon guitar", "Gitar nilon", "plucked", 24, "E2 C6", "E2 E5", "treble", 6),
            _row("electric-guitar", "Electric guitar", "Gitar elektrik", "plucked", 27, "E2 D6", "E2 E5", "treble", 6),
            _row("contrabass-pizzicato", "Plucked double bass", "Bas betot", "plucked", 32, "E1 G3", "E1 D3", "bass"),
            _row("bass", "Bass guitar", "Bas", "plucked", 33, "E1 G3", "E1 E3", "bass"),
            _row("violin", "Violin", "Biola", "strings", 40, "G3 A7", "G3 E6", "treble", 2),
            _row("viola", "Viola", "Viola", "strings", 41, "C3 E6", "C3 A5", "alto", 2),
            _row("cello", "Cello", "Selo", "strings", 42, "C2 A5", "C2 E4", "bass", 2),
            _row("contrabass", "Double bass", "Kontrabas", "strings", 43, "E1 G4", "E1 D3", "bass"),
            _row("harp", "Harp", "Harpa", "plucked", 46, "C1 G7", "C2 C7", "grand", 8),
            _row("timpani", "Timpani", "Timpani", "percussion", 47, "D2 A3", "F2 F3", "bass"),
            _row("strings", "Strings", "Gesek", "strings", 48, "E1 A7", "C2 C6", "grand", 8),
            _row("choir", "Choir", "Paduan suara", "voice", 52, "E2 C6", "G2 A5", "grand", 8),
            _row("voice", "Voice", "Vokal", "voice", 53, "E2 C6", "G3 D5", "treble"),
            _row("trumpet", "Trumpet", "Trompet", "brass", 56, "E3 D6", "G3 A5", "treble"),
            _row("trombone", "Trombone", "Trombon", "brass", 57, "E2 F5", "E2 C5", "bass"),
            _row("horn", "Horn", "Horn", "brass", 60, "B1 F5", "F2 C5", "treble"),
            _row("saxophone", "Alto saxophone", "Saksofon alto", "winds", 65, "Db3 A5", "Eb3 F5", "treble"),
            _row("oboe", "Oboe", "Obo", "winds", 68, "Bb3 G6", "C4 D6", "treble"),
            _row("bassoon", "Bassoon", "Fagot", "winds", 70, "Bb1 Eb5", "Bb1 G4", "bass"),
            _row("clarinet", "Clarinet", "Klarinet", "winds", 71, "D3 Bb6", "E3 C6", "treble"),
            _row("flute", "Flute", "Flut", "winds", 73, "C4 C7", "D4 A6", "treble"),
            _row("suling", "Suling (bamboo flute)", "Suling", "winds", 75, "C4 C7", "D4 A6", "treble"),
            _row("pad", "Warm pad", "Pad", "keys", 89, "C2 C7", "C3 C6", "treble", 8),
            _row("cuk", "Cuk (keroncong ukulele)", "Cuk", "plucked", 24, "G4 A6", "G4 E6", "treble", 3, bank=8),
            _row("cak", "Cak (keroncong ukulele)", "Cak", "plucked", 24, "B3 D6", "B3 B5", "treble", 4, bank=8),
            _row("keroncong-cello", "Plucked cello", "Selo petik", "plucked", 45, "C2 A4", "C2 D4", "bass", 2),
            _row("keroncong-bass", "Plucked bass", "Bas petik", "plucked", 32, "E1 G3", "E1 D3", "bass"),
            _row("slenthem", "Slenthem", "Slenthem", "gamelan", 11, "G2 F4", "A2 D4", "bass"),
            _row("demung", "Demung", "Demung", "gamelan", 11, "G3 F5", "A3 D5", "treble"),
            _row("saron", "Saron barung", "Saron barung", "gamelan", 11, "G4 F6", "A4 D6", "treble"),
            _row("peking", "Peking (saron panerus)", "Peking", "gamelan", 9, "G5 F7", "A5 D7", "treble"),
            _row("gender-barung", "Gender barung", "Gendèr barung", "gamelan", 11, "G2 A5", "A2 F5", "treble", 2),
            _row("gender-panerus", "Gender panerus", "Gendèr panerus", "gamelan", 11, "G3 A6", "A3 F6", "treble", 2),
            _row("gambang", "Gambang", "Gambang", "gamelan", 12, "E2 A6", "A2 E6", "treble", 2),
            _row("bonang-barung", "Bonang barung", "Bonang barung", "gamelan", 114, "A3 A6", "C4 E6", "treble", 2),
            _row("bonang-panerus", "Bonang panerus", "Bonang panerus", "gamelan", 114, "A4 A7", "C5 E7", "treble", 2),
            _row("kenong", "Kenong", "Kenong", "gamelan", 14, "A3 F5", "C4 D5", "treble", 2),
            _row("kethuk", "Kethuk", "Kethuk", "gamelan", 115, "C4 C5", "D4 A4", "treble"),
            _row("kempyang", "Kempyang", "Kempyang", "gamelan", 113, "F4 G6", "A4 D6", "treble"),
            _row("kempul", "Kempul", "Kempul", "gamelan", 14, "G2 F4", "A2 D4", "bass"),
            _row("gong", "Gong ageng and suwukan", "Gong ageng dan suwukan", "gamelan", 14, "C1 E3", "F1 B2", "bass"),
            _drum("drums", "Drum kit", "Drum", 35, 81),
            _drum("gendang", "Gendang", "Gendang", 41, 79),
            _drum("kendang", "Kendang (ageng, ketipung, ciblon)", "Kendang", 41, 79),
        )
    }
)
"""Every instrument by the name that `--ensemble` takes."""


def instrument(name: str) -> Instrument:
    """The instrument of a name.

    >>> instrument("cello").program
    42
    >>> instrument("celo")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.UnknownNameError: unknown instrument 'celo'; did you mean 'cello'?
    """
    found = INSTRUMENTS.get(name.strip().lower())
    if found is None:
        raise UnknownNameError("instrument", name, INSTRUMENTS)
    return found
