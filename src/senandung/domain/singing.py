"""How a vocal part is sung: every phoneme's time and every curve, in seconds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require, require_text, require_whole
from senandung.domain.phonemes import phoneme
from senandung.domain.time import Second

FRAME = 0.005
"""Seconds between the values of a curve."""

ORNAMENTS = ("scoop", "fall", "vibrato", "portamento", "luk", "gregel", "embat", "cengkok", "nggandhul")
"""What a singer does to a note. The last five are those of keroncong singing."""


@dataclass(frozen=True)
class SungPhoneme:
    """A phoneme from `start` to `end`, in seconds; `syllable` is its syllable's number in the song's words.

    Phonemes of a phrase follow each other without a gap; a vowel that is held over a melisma is one phoneme.
    """

    symbol: str
    start: Second
    end: Second
    syllable: int

    def __post_init__(self) -> None:
        phoneme(self.symbol)
        ok = math.isfinite(self.start) and 0 <= self.start < self.end < math.inf
        require(ok, f"the phoneme {self.symbol} must last, from 0 s or later", (self.start, self.end))
        require_whole("a phoneme's syllable must be a number of 0 or more", self.syllable, 0)


@dataclass(frozen=True)
class Breath:
    """A breath taken from `start` to `end`; `level` in dB against a vowel at dynamics 0."""

    start: Second
    end: Second
    level: float = -25.0

    def __post_init__(self) -> None:
        ok = math.isfinite(self.start) and 0 <= self.start < self.end < math.inf
        require(ok, "a breath must last, from 0 s or later", (self.start, self.end))
        require(-60 <= self.level <= 0, "a breath's level must be in -60..0 dB", self.level)


@dataclass(frozen=True)
class Ornament:
    """One of `ORNAMENTS`, from `start` to `end`; for the eye and for the editor: the curves have it already."""

    kind: str
    start: Second
    end: Second

    def __post_init__(self) -> None:
        require(self.kind in ORNAMENTS, f"an ornament must be one of {', '.join(ORNAMENTS)}", self.kind)
        require(self.start < self.end, "an ornament must last", (self.start, self.end))


STEPS: Mapping[str, float] = MappingProxyType(
    {"pitch": 0.001, "dynamics": 0.01, "tension": 0.001, "breathiness": 0.001}
)
"""The curves, and the finest step in which each is made and kept: a tenth of a cent, a hundredth of a dB."""

Curve = NDArray[np.float32]


def in_steps(name: str, values: NDArray[np.floating[Any]]) -> Curve:
    """The values of a curve, each at its nearest step.

    >>> in_steps("pitch", np.array([60.00049])).tolist()
    [60.0]
    """
    step = STEPS[name]
    curve: Curve = (np.rint(values.astype(np.float64) / step) * step).astype(np.float32)
    return curve


def _flat() -> Curve:
    return np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Singing:
    """A vocal part as it is sung: what a voice needs and nothing else.

    Parameters
    ----------
    song_id, track : whose part it is.
    seconds : how long; curves have a value every `FRAME` seconds from 0 on, `frames(seconds)` in all.
    phonemes : in order of time, not overlapping.
    breaths : where breath is taken, not while a phoneme sounds.
    pitch : MIDI number with cents as fractions, going on through consonants and rests.
    dynamics : dB against a medium voice, -40..12.
    tension : -1 slack, 0 modal, 1 pressed.
    breathiness : 0 none, 1 a whisper.
    ornaments : what was done to the notes.
    voice : the name of the voice that it was made for.
    unsure : (number of the line from 1, word) of words that are sung although nobody can be sure how they sound.
    """

    song_id: str
    track: str
    seconds: Second
    phonemes: tuple[SungPhoneme, ...]
    breaths: tuple[Breath, ...] = ()
    pitch: Curve = field(default_factory=_flat)
    dynamics: Curve = field(default_factory=_flat)
    tension: Curve = field(default_factory=_flat)
    breathiness: Curve = field(default_factory=_flat)
    ornaments: tuple[Ornament, ...] = ()
    voice: str = ""
    unsure: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        require_text("a singing must name its song", self.song_id)
        require_text("a singing must name its track", self.track)
        require(math.isfinite(self.seconds) and self.seconds > 0, "a singing must last", self.seconds)
        for one, two in itertools.pairwise(self.phonemes):
            require(one.end <= two.start + 1e-9, "phonemes must not overlap", (one, two))
        for number, word in self.unsure:
            require_whole("an unsure word's line must be a number of 1 or more", number, 1)
            require_text("an unsure word must be text", word)
        if self.phonemes:
            require(self.phonemes[-1].end <= self.seconds + FRAME, "phonemes must end with the singing", self.seconds)
        for name, low, high in (
            ("pitch", 12.0, 108.0), ("dynamics", -40.0, 12.0), ("tension", -1.0, 1.0), ("breathiness", 0.0, 1.0)
        ):  # fmt: skip
            curve = getattr(self, name)
            require(
                curve.dtype == np.float32 and curve.shape == (frames(self.seconds),),
                f"the curve of {name} must have {frames(self.seconds)} float32 values", (curve.dtype, curve.shape),
            )  # fmt: skip
            inside = bool(np.isfinite(curve).all()) and (not len(curve) or (curve.min() >= low and curve.max() <= high))
            require(inside, f"{name} must lie in {low:g}..{high:g}", (curve.min(), curve.max()))
            curve.setflags(write=False)

    def sung(self, syllable: int) -> tuple[SungPhoneme, ...]:
        """The phonemes of a syllable, by its number."""
        return tuple(each for each in self.phonemes if each.syllable == syllable)


def frames(seconds: Second) -> int:
    """How many values a curve has.

    >>> frames(1.0)
    201
    """
    return math.floor(seconds / FRAME + 1e-6) + 1
