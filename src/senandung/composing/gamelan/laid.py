"""A gendhing laid out in time: every gatra with its tick, its irama and what the cycle strikes in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senandung.composing.gamelan.balungan import Gatra
from senandung.domain.gendhing import Cycle, Irama, Pathet
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.tuning import Tuning

GATRA_TICKS = 4 * TICKS_PER_QUARTER


@dataclass(frozen=True)
class LaidGatra:
    """A gatra in its place.

    Parameters
    ----------
    gatra : its tones.
    onset : the tick of its first beat; its fourth, the heavy one, stands three beats later.
    number : its number in its gongan, from 0; -1 in the buka.
    irama : how fast the balungan goes.
    density : the irama by which peking, bonang, gender and kendang play: the next one's in the gatra before it changes.
    section : the index of its section.
    buka, last : whether it belongs to the buka, and whether the piece ends with it.
    """

    gatra: Gatra
    onset: Tick
    number: int
    irama: Irama
    density: Irama
    section: int
    buka: bool = False
    last: bool = False

    def beat(self, number: int) -> Tick:
        """The tick of a beat, 0 to 3."""
        return self.onset + number * TICKS_PER_QUARTER

    @property
    def end(self) -> Tick:
        """The tick of its fourth beat."""
        return self.beat(3)


@dataclass(frozen=True)
class Laid:
    """A whole gendhing in time: what every player reads. `end` is the tick at which the last tones have rung."""

    pathet: Pathet
    cycle: Cycle
    tuning: Tuning
    gatra: tuple[LaidGatra, ...]
    end: Tick

    @property
    def played(self) -> Sequence[LaidGatra]:
        """The gatra after the buka, in which all play."""
        return tuple(gatra for gatra in self.gatra if not gatra.buka)
