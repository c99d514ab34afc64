"""How a singer sings: one table of what a singer does by habit, with where each number comes from.

`Habits()` is nobody in particular; habits that were learned from a singer's takes take its place. What a feeling
changes is a second table, `COLOURS`.

Sources. *glide*, *scoop*, *drift*, *jitter*: measured on our own renderer, see docs/singing.md; a second-order step
with overshoot as in Saitou, Unoki & Akagi (2005), "Development of an F0 control model based on F0 dynamic
characteristics for singing-voice synthesis", Speech Communication 46. *vibrato*: Prame (1994), J. Acoust. Soc. Am.
96(4) and Prame (1997), J. Acoust. Soc. Am. 102(1): 6.0 Hz and 71 cents on average in Western classical singers, quicker
towards a note's end; popular and keroncong singers are slower and narrower. *breath*: Watson & Hixon (1985), J. Speech
Hear. Res. 28: phrases of singers end before the lungs do; the lengths are ours. The rest is judgement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from operator import add
from types import MappingProxyType

from senandung.domain.checks import require
from senandung.domain.feeling import Feeling
from senandung.domain.time import Second
from senandung.singing.habit_values import distances, fitted_values
from senandung.singing.sung_takes import Observed, SungTake, observe


@dataclass(frozen=True)
class Habits:
    """A singer's habits. Times in seconds, pitches in cents, levels in dB; `share` is how often, 0..1.

    Parameters
    ----------
    lag, timing_spread, timing_most : how far a vowel begins behind what the performance asks, its standard deviation
        and its bound; the performance's own players vary by 9 ms already (`performing.players`).
    consonants : how long consonants are against the table of `singing.timing`.
    glide_rate, glide_damping, glide_lead : of the step from note to note: angular frequency in rad/s, damping, and how
        long before the vowel it begins.
    slur_rate, slur_damping : the same inside of a melisma, where the voice slides.
    preparation : how far the pitch first moves the other way, as a share of the step.
    scoop, scoop_spread, scoop_seconds, scoop_share, leap_share : depth of the scoop at a phrase's beginning, its
        standard deviation, its time constant, how often phrases begin with one, and notes after a leap upwards.
    fall, fall_share : depth of a phrase's last notes' fall, and how often.
    vibrato_rate, vibrato_rate_spread : in Hz. vibrato_extent, vibrato_extent_spread : mean to top.
    vibrato_shortest : the shortest note that has vibrato. vibrato_delay, vibrato_delay_share : it waits for the lesser
        of this and this share of the note. vibrato_in, vibrato_out : its fades. vibrato_quickens : its rate's rise over
        the note, as a share.
    drift, jitter : standard deviation of the wandering below 1.5 Hz, and below 12 Hz.
    breath_least, breath_most, breath_before : how long a breath is, and how long before the first sound it ends.
    breath_level : against a vowel at dynamics 0. breath_lasts : how long one breath can sing.
    arch, stress, swell : of a phrase, of a stressed syllable, of a long note.
    attack, attack_level : how long a phrase's first vowel grows, and from where.
    tension, breathiness : of the voice at rest, -1..1 and 0..1.
    """

    lag: Second = 0.0
    timing_spread: Second = 0.0
    timing_most: Second = 0.025
    consonants: float = 1.25
    glide_rate: float = 50.0
    glide_damping: float = 0.68
    glide_lead: Second = 0.045
    slur_rate: float = 38.0
    slur_damping: float = 0.8
    preparation: float = 0.05
    scoop: float = 90.0
    scoop_spread: float = 25.0
    scoop_seconds: Second = 0.045
    scoop_share: float = 0.75
    leap_share: float = 0.25
    fall: float = 70.0
    fall_share: float = 0.25
    vibrato_rate: float = 5.6
    vibrato_rate_spread: float = 0.15
    vibrato_extent: float = 50.0
    vibrato_extent_spread: float = 6.0
    vibrato_shortest: Second = 0.42
    vibrato_delay: Second = 0.3
    vibrato_delay_share: float = 0.38
    vibrato_in: Second = 0.28
    vibrato_out: Second = 0.1
    vibrato_quickens: float = 0.06
    drift: float = 6.0
    jitter: float = 2.0
    breath_least: Second = 0.15
    breath_most: Second = 0.42
    breath_before: Second = 0.05
    breath_level: float = -25.0
    breath_lasts: Second = 8.0
    arch: float = 2.2
    stress: float = 1.3
    swell: float = 1.5
    attack: Second = 0.06
    attack_level: float = -5.0
    tension: float = 0.0
    breathiness: float = 0.11

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low, high = _BOUNDS.get(field.name, (0.0, 1200.0))
            require(low <= value <= high, f"a singer's {field.name} must be in {low:g}..{high:g}", value)

    @classmethod
    def fit(cls, takes: Sequence[SungTake]) -> Habits:
        """The habits of a singer, learned from takes whose notes are known.

        Learned are vibrato (rate, extent, delay, spreads), scoops, timing, glides and breath; the rest, and what the
        takes do not show, is as usual. A habit that was seen seldom is drawn towards the usual one.
        """
        seen = reduce(add, (observe(take) for take in takes))
        return cls().learned(seen)

    def learned(self, seen: Observed) -> Habits:
        """These habits with what was observed in takes."""
        values = fitted_values(seen, self.values())
        bounded = {}
        for name, value in values.items():
            low, high = _BOUNDS.get(name, (0.0, 1200.0))
            bounded[name] = round(min(max(value, low), high), 5)
        bounded["breath_most"] = max(bounded.get("breath_most", self.breath_most), bounded.get("breath_least", 0.0))
        return replace(self, **bounded)

    def distance(self, seen: Observed) -> Mapping[str, float]:
        """How far what was observed lies from these habits, by name; `habit_values.SCALES` says what 1 is."""
        return distances(seen, self.values())

    def values(self) -> dict[str, float]:
        """Every habit by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def felt(self, feeling: Feeling) -> Habits:
        """The same singer with a feeling: every row of `COLOURS` by its share of the feeling.

        >>> Habits().felt(Feeling.named("sedih")).vibrato_rate < Habits().vibrato_rate
        True
        """
        mixed = dict.fromkeys(_CHANGES, 0.0)
        for basic, share in feeling.basic.items():
            for name, change in COLOURS[basic].items():
                mixed[name] += share * change
        calm = max(-feeling.arousal, 0.0) * max(feeling.valence, 0.0) * 2.0
        for name, change in CALM.items():
            mixed[name] += min(calm, 1.0) * change
        changed = {}
        for name, change in mixed.items():
            low, high = _BOUNDS.get(name, (0.0, 1200.0))
            value = getattr(self, name)
            changed[name] = min(max(value * (1 + change) if name in _RELATIVE else value + change, low), high)
        return replace(self, **changed)


_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "lag": (-0.2, 0.2),
        "timing_most": (0.0, 0.1),
        "consonants": (0.3, 3.0),
        "glide_rate": (8.0, 200.0),
        "slur_rate": (8.0, 200.0),
        "glide_damping": (0.3, 0.99),
        "slur_damping": (0.3, 0.99),
        "glide_lead": (0.0, 0.2),
        "scoop_seconds": (0.005, 0.4),
        "scoop_share": (0.0, 1.0),
        "leap_share": (0.0, 1.0),
        "fall_share": (0.0, 1.0),
        "preparation": (0.0, 0.3),
        "vibrato_rate": (2.0, 10.0),
        "vibrato_extent": (0.0, 250.0),
        "breath_least": (0.08, 0.42),
        "breath_most": (0.08, 0.8),
        "breath_level": (-60.0, 0.0),
        "breath_lasts": (1.5, 30.0),
        "attack": (0.005, 0.5),
        "attack_level": (-30.0, 0.0),
        "tension": (-1.0, 1.0),
        "breathiness": (0.0, 1.0),
    }
)

COLOURS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "cinta": {"breathiness": 0.10, "tension": -0.10, "attack": 0.5, "attack_level": -1.5, "vibrato_rate": -0.03,
                  "scoop": 0.15, "breath_level": 1.0},
        "senang": {"tension": 0.08, "breathiness": -0.03, "attack": -0.3, "attack_level": 1.5, "vibrato_rate": 0.03,
                   "vibrato_extent": 0.08, "fall_share": -0.1},
        "marah": {"tension": 0.45, "breathiness": -0.11, "attack": -0.6, "attack_level": 3.5, "vibrato_rate": 0.05,
                  "vibrato_extent": 0.15, "scoop": -0.3, "consonants": 0.08, "breath_level": 2.0, "stress": 0.5,
                  "fall_share": 0.1},
        "takut": {"tension": 0.15, "breathiness": 0.16, "attack": 0.2, "vibrato_rate": 0.09, "vibrato_extent": -0.25,
                  "jitter": 0.8, "drift": 0.3, "breath_level": 2.5, "breath_lasts": -0.15},
        "sedih": {"tension": -0.28, "breathiness": 0.17, "attack": 1.3, "attack_level": -4.0, "vibrato_rate": -0.07,
                  "vibrato_extent": -0.08, "scoop": 0.25, "fall_share": 0.3, "breath_level": 3.0, "drift": 0.2,
                  "breath_lasts": -0.1, "glide_rate": -0.1, "consonants": -0.03},
        "netral": {},
    }
)  # fmt: skip
"""What each basic feeling changes, when it is all there is: levels, tension, breathiness and shares are added, the rest
are shares of the habit's own value. Directions from Kotlyar & Morozov (1976), "Acoustical correlates of the emotional
content of vocalized speech", Sov. Phys. Acoust. 22 (sorrow: slow onsets; anger: quick ones, loud; fear: uneven), and
from Scherer, Sundberg, Fantini, Trznadel & Eyben (2017), "The expression of emotion in the singing voice", J. Acoust.
Soc. Am. 142(4); the sizes are ours."""

CALM: Mapping[str, float] = MappingProxyType(
    {"tension": -0.2, "breathiness": 0.10, "attack": 0.8, "attack_level": -2.0, "vibrato_rate": -0.05,
     "vibrato_extent": -0.05, "stress": -0.2}
)  # fmt: skip
"""What calm (arousal and valence at -1 and 1, by their product) changes beside its basic feeling."""

_CHANGES = tuple(dict.fromkeys([*CALM, *(name for row in COLOURS.values() for name in row)]))

_RELATIVE = frozenset(_CHANGES) - {"tension", "breathiness", "attack_level", "breath_level", "fall_share"}
