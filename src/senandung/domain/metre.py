"""Metre: the time signature and the weight of each place in its bar."""

from __future__ import annotations

import re
from dataclasses import dataclass

from senandung.domain.checks import require, require_match, require_whole
from senandung.domain.time import TICKS_PER_QUARTER, Tick

_METRE = re.compile(r"^\s*(\d{1,2})\s*/\s*(\d{1,2})\s*$")


@dataclass(frozen=True)
class Metre:
    """A time signature.

    >>> Metre(4, 4).bar_ticks, Metre(6, 8).beat_ticks, Metre(6, 8).beats
    (1920, 720, 2)
    """

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        require_whole("a metre's numerator must be a whole number in 1..32", self.numerator, 1, 32)
        ok = self.denominator in (1, 2, 4, 8, 16, 32)
        require(ok, "a metre's denominator must be 1, 2, 4, 8, 16 or 32", self.denominator)

    @property
    def bar_ticks(self) -> Tick:
        """Length of a bar in ticks."""
        return self.numerator * 4 * TICKS_PER_QUARTER // self.denominator

    @property
    def is_compound(self) -> bool:
        """True for 6/8, 9/8, 12/8 and their like, whose beat divides in three."""
        return self.numerator % 3 == 0 and self.numerator > 3 and self.denominator >= 8

    @property
    def beat_ticks(self) -> Tick:
        """Length of a felt beat in ticks: a dotted value in compound metres."""
        unit = 4 * TICKS_PER_QUARTER // self.denominator
        return 3 * unit if self.is_compound else unit

    @property
    def beats(self) -> int:
        """Felt beats in a bar."""
        return self.bar_ticks // self.beat_ticks

    def weight(self, position: Tick) -> int:
        """Metrical weight of a place in the bar: 4 downbeat, 3 half bar, 2 beat, 1 half beat, 0 anything else.

        After the metrical grid of Lerdahl & Jackendoff (1983).

        >>> [Metre(4, 4).weight(tick) for tick in (0, 960, 480, 240, 120)]
        [4, 3, 2, 1, 0]
        """
        position %= self.bar_ticks
        if position == 0:
            return 4
        if self.beats % 2 == 0 and position == self.bar_ticks // 2:
            return 3
        if position % self.beat_ticks == 0:
            return 2
        half = self.beat_ticks // 3 if self.is_compound else self.beat_ticks // 2
        return 1 if position % half == 0 else 0

    @classmethod
    def parse(cls, text: str) -> Metre:
        """Read "3/4". Inverse of `str`.

        >>> str(Metre.parse("6/8"))
        '6/8'
        """
        match = require_match(_METRE, "a metre must look like 4/4, 3/4 or 6/8", text)
        return cls(int(match.group(1)), int(match.group(2)))

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"
