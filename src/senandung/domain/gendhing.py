"""What a Central Javanese gendhing is built from: pathet, cycles of the gongs, irama, tones as kepatihan writes them.

Sources: cycles of ketawang and ladrang after Lindsay (1992, *Javanese Gamelan*, 48-49) and Sorrell (1990, *A Guide to
the Gamelan*, 68-69), lancaran after Lindsay. Irama after Sumarsam (in *Source Readings in Javanese Gamelan and Vocal
Music* 2, ed. Becker: five irama, lancar to rangkep, by which the melody is stretched; the first three stand here).
Which tones a pathet rests on: commonly stated, after Hood (1954, *The Nuclear Theme as a Determinant of Patet in
Javanese Music*), whose cadences 6532, 2165 and 3216 the tables follow; players and writers differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.tuning import GAMELAN_ONE, Tuning

DIGITS: Mapping[str, tuple[int, ...]] = MappingProxyType({"slendro": (1, 2, 3, 5, 6), "pelog": (1, 2, 3, 4, 5, 6, 7)})
"""The tones of a laras as kepatihan writes them, in the order of a tuning's degrees."""


@dataclass(frozen=True, order=True)
class Tone:
    """A tone of kepatihan: its octave (0 without dots, below 0 dots below, above 0 dots above) and its digit.

    >>> str(Tone(-1, 6)), str(Tone(0, 2)), Tone(0, 6) < Tone(1, 1)
    ('6,', '2', True)
    """

    octave: int
    digit: int

    def __str__(self) -> str:
        return str(self.digit) + ("'" * self.octave if self.octave > 0 else "," * -self.octave)

    def midi(self, tuning: Tuning, laras: str, octaves: int = 0) -> int:
        """The MIDI number that stands for the tone in a tuning, `octaves` higher.

        >>> from senandung.domain.tuning import TUNINGS
        >>> Tone(0, 1).midi(TUNINGS["slendro-kanyut-mesem"], "slendro")
        62
        """
        cents = tuning.degrees[DIGITS[laras].index(self.digit)]
        return GAMELAN_ONE + 12 * (self.octave + octaves) + round(cents / 100)

    @classmethod
    def of_midi(cls, midi: int, tuning: Tuning, laras: str) -> Tone:
        """The tone that a MIDI number stands for. Inverse of `midi`.

        >>> from senandung.domain.tuning import TUNINGS
        >>> str(Tone.of_midi(60, TUNINGS["slendro-kanyut-mesem"], "slendro"))
        '6,'
        """
        octave, semitone = divmod(midi - GAMELAN_ONE, 12)
        steps = [round(cents / 100) for cents in tuning.degrees]
        require(semitone in steps, f"a note in {tuning.name} must be one of its tones", midi)
        return cls(octave, DIGITS[laras][steps.index(semitone)])


@dataclass(frozen=True)
class Pathet:
    """A pathet of a laras: five tones, and which of them a melody comes to rest on.

    Parameters
    ----------
    laras, name : "slendro" or "pelog", and the pathet's name.
    tones : its five tones from the lowest, at octave 0 or below.
    gong : digits on which a gongan may end, the usual one first.
    rests : digits on which a kenong phrase may end besides, the usual ones first.
    avoided : digits on which no gatra should end.
    place : valence and arousal where it fits best; ours, after its place in a night of wayang, commonly stated: nem
        early and grave, sanga in the deep of the night, manyura and barang towards the morning, glad.
    """

    laras: str
    name: str
    tones: tuple[Tone, ...]
    gong: tuple[int, ...]
    rests: tuple[int, ...]
    avoided: tuple[int, ...]
    place: tuple[float, float]

    @property
    def mode(self) -> str:
        """Its name as the mode of a key."""
        return f"{self.laras}-{self.name}"

    def tone(self, place: int) -> Tone:
        """The tone at a place: 0 is the lowest of `tones`, 5 the same an octave higher.

        >>> [str(PATHETS["slendro-manyura"].tone(place)) for place in (-1, 0, 5)]
        ['6,', '1', "1'"]
        """
        octave, step = divmod(place, len(self.tones))
        found = self.tones[step]
        return Tone(found.octave + octave, found.digit)

    def places(self, digit: int, low: int, high: int) -> tuple[int, ...]:
        """Every place of a digit in `low`..`high`."""
        return tuple(place for place in range(low, high + 1) if self.tone(place).digit == digit)


def _tones(text: str) -> tuple[Tone, ...]:
    return tuple(Tone(-1 if "," in word else 0, int(word[0])) for word in text.split())


PATHETS: Mapping[str, Pathet] = MappingProxyType(
    {
        row.mode: row
        for row in (
            Pathet("slendro", "nem", _tones("1 2 3 5 6"), (2, 6), (5, 3), (1,), (-0.3, -0.3)),
            Pathet("slendro", "sanga", _tones("1 2 3 5 6"), (5, 1), (2, 6), (3,), (0.1, -0.5)),
            Pathet("slendro", "manyura", _tones("1 2 3 5 6"), (6, 2), (3, 1), (5,), (0.5, 0.1)),
            Pathet("pelog", "lima", _tones("1 2 3 5 6"), (5, 1), (2, 6), (3,), (-0.6, -0.6)),
            Pathet("pelog", "nem", _tones("1 2 3 5 6"), (6, 5), (2, 3), (), (-0.3, 0.2)),
            Pathet("pelog", "barang", _tones("7, 2 3 5 6"), (6, 2), (3, 5), (), (0.3, 0.4)),
        )
    }
)
"""The six pathet by the name that a key's mode has."""

STRUCTURE: Mapping[str, str] = MappingProxyType(
    {"p": "kempyang", "T": "kethuk", "N": "kenong", "P": "kempul", "G": "gong", "W": "", "-": ""}
)
"""Signs of a cycle: W is the wela, where the first kempul is left out. A gong is struck together with the kenong."""


@dataclass(frozen=True)
class Cycle:
    """A form: what is struck on each beat (keteg) of a gongan, and in which irama it is usual.

    `strokes` has a sign of `STRUCTURE` for each beat, four to a gatra.
    """

    name: str
    strokes: str

    @property
    def signs(self) -> str:
        """The signs without spaces, one a beat."""
        return self.strokes.replace(" ", "")

    @property
    def beats(self) -> int:
        """Beats of a gongan."""
        return len(self.signs)

    @property
    def gatra(self) -> int:
        """Groups of four beats in a gongan."""
        return self.beats // 4

    def beats_of(self, instrument: str) -> tuple[int, ...]:
        """The beats, counted from 1, on which an instrument strikes.

        >>> CYCLES["ketawang"].beats_of("kenong"), CYCLES["ladrang"].beats_of("kempul")
        ((8, 16), (12, 20, 28))
        """
        found = []
        for beat, sign in enumerate(self.signs, 1):
            names = {STRUCTURE[sign], "kenong" if sign == "G" else ""}
            if instrument in names:
                found.append(beat)
        return tuple(found)


CYCLES: Mapping[str, Cycle] = MappingProxyType(
    {
        row.name: row
        for row in (
            Cycle("lancaran", "TWTN TPTN TPTN TPTG"),
            Cycle("ketawang", "pTpW pTpN pTpP pTpG"),
            Cycle("ladrang", "pTpW pTpN pTpP pTpN pTpP pTpN pTpP pTpG"),
        )
    }
)
"""The forms by name. In a lancaran the kempul's first place is its second beat, so the wela stands there."""


@dataclass(frozen=True)
class Irama:
    """A level of pace: beats of the balungan a minute against irama tanggung, and strokes of the peking a beat."""

    name: str
    pace: float
    peking: int


IRAMAS: Mapping[str, Irama] = MappingProxyType(
    {row.name: row for row in (Irama("lancar", 2.0, 1), Irama("tanggung", 1.0, 2), Irama("dadi", 0.5, 4))}
)
"""Where the balungan's pace halves, the peking strikes twice as often to a beat."""
