"""The performance rules, how much of each is used, and one dial over all of them.

The rules and what k = 1 means are those of the KTH rule system: Friberg, Bresin & Sundberg (2006), "Overview of the KTH
rule system for musical performance", Advances in Cognitive Psychology 2(2-3), 145-161; Friberg (1991), Computer Music
Journal 15(2); quantities as in the authors' program Director Musices (2024 source). `k` is what is used at dial 1,
`rubato` at dial 2; between 0, 1 and 2 it is straight. Where two are given the first is of songs with a drummer or
keroncong's interlocking strings, the second of players who have the time to themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.checks import require

MOST = 2.0
"""The dial's end: rubato."""


@dataclass(frozen=True)
class Rule:
    """One rule: how much of it is used, and what that is a multiple of.

    Parameters
    ----------
    k : at dial 1. rubato : at dial 2.
    unit : what k = 1 does.
    source : where that stands, "ours" where nobody measured it.
    """

    k: float
    rubato: float
    unit: str
    source: str

    def at(self, dial: float) -> float:
        """k at a position of the dial.

        >>> [Rule(0.5, 1.5, "", "").at(dial) for dial in (0, 0.5, 1, 2)]
        [0.0, 0.25, 0.5, 1.5]
        """
        return self.k * dial if dial <= 1 else self.k + (self.rubato - self.k) * (dial - 1)


_KTH = "Friberg, Bresin & Sundberg 2006; Director Musices"

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "phrase arch, level": Rule(1.1, 2.2, "1 dB softer at a phrase's start, 2 dB at its end (amp 2)", _KTH),
        "phrase arch, tempo, band": Rule(0.0, 0.4, "10 % longer at a phrase's start, 20 % at its end", _KTH),
        "phrase arch, tempo, free": Rule(0.8, 2.0, "the same", _KTH),
        "phrase arch, tempo, alone": Rule(1.6, 2.6, "the same", "ours; voorspel and opening verse of keroncong"),
        "high loud": Rule(0.5, 1.0, "3 dB an octave", _KTH),
        "duration contrast, level": Rule(1.0, 2.0, "up to 0.8 dB softer, most at 0.2 s", _KTH),
        "duration contrast, length": Rule(1.0, 2.0, "up to 16 ms shorter, most at 0.2 s", _KTH),
        "melodic charge": Rule(0.6, 1.2, "0.2 dB for each step of melodic charge above the chord's root", _KTH),
        "harmonic charge": Rule(0.4, 0.8, "1.5 √charge dB, a crescendo of 1.9 s into a charged chord", _KTH),
        "final ritard": Rule(0.2, 0.45, "the last tempo is a quarter of the tempo: 1 / (1 + 3 k)",
                             "Friberg & Sundberg 1999; Director Musices"),
        "metrical accent": Rule(1.0, 1.4, "−1.4 to +1.2 dB by weight", "weights of Lerdahl & Jackendoff 1983; ours"),
        "section": Rule(1.0, 1.4, "2.5 dB from empty to full; 2 dB into a fuller section", "ours"),
        "unevenness": Rule(1.0, 1.6, "0.5 dB a note", "performance noise of the KTH rules; ours"),
        "punctuation": Rule(1.0, 1.5, "80 ms of silence at a phrase's end", "punctuation of the KTH rules; ours"),
        "repetition": Rule(0.7, 0.7, "35 ms of silence before the same tone", _KTH),
        "articulation": Rule(1.0, 1.0, "joined or detached by family, role and arousal", "Juslin 2001; ours"),
        "timing": Rule(1.0, 2.0, "lag, drift and jitter by role", "Hennig et al. 2011; Ashley 2002; ours"),
        "drummer's means": Rule(1.0, 1.0, "offsets and accents that people share", "learned: Gillick et al. 2019"),
        "drummer's scatter": Rule(0.5, 1.0, "a person's own deviations", "learned: Gillick et al. 2019"),
        "chords spread": Rule(1.0, 1.3, "3 to 40 ms by instrument", "Goebl 2001; Freire et al. 2018"),
        "melody lead": Rule(0.5, 1.0, "30 ms before the other tones of a keyboard's chord, where it is louder",
                            "Goebl 2001"),
        "bends": Rule(1.0, 1.2, "vibrato, scoops and slides in cents", "Prame 1994, 1997; ours"),
        "swell": Rule(1.0, 1.4, "messa di voce and fades in dB", "Fabian et al. 2014; ours"),
    }
)  # fmt: skip


def strength(rule: str, dial: float) -> float:
    """k of a rule at a position of the dial.

    >>> strength("high loud", 1), strength("high loud", 0), strength("phrase arch, tempo, band", 1.5)
    (0.5, 0.0, 0.2)
    """
    return RULES[rule].at(dial)


def checked_dial(humanise: float) -> float:
    """The dial, 0 (exactly the grid) to 2 (rubato)."""
    require(0 <= humanise <= MOST, "humanise must be in 0..2", humanise)
    return float(humanise)


MELODIC_CHARGE = (0.0, 6.5, 2.0, 4.5, 4.0, 2.5, 6.0, 1.0, 5.5, 3.0, 3.5, 5.0)
"""Of a tone by its semitones above the chord's root (Sundberg, Friberg & Frydén; Director Musices)."""

HARMONIC_CHARGE: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "maj": (0.0, 7.0, 4.0, 3.5, 6.0, 3.0, 7.5, 1.5, 4.0, 6.0, 3.5, 7.0),
        "min": (0.3, 8.0, 2.5, 7.0, 3.0, 3.5, 7.0, 2.0, 6.5, 1.5, 6.0, 5.5),
        "dim": (5.0,) * 12,
    }
)
"""Of a triad by the semitones from the tonic to its root (Director Musices)."""
