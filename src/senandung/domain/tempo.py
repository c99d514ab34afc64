"""Tempo maps: exact conversion between ticks and seconds."""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from senandung.domain.checks import require, require_whole
from senandung.domain.time import TICKS_PER_QUARTER, Second, Tick

MICROSECONDS_PER_MINUTE = 60_000_000


@dataclass(frozen=True)
class TempoChange:
    """From `onset` on, a quarter note lasts `microseconds` (a whole number, as in a MIDI file).

    >>> TempoChange.at_bpm(0, 120).microseconds
    500000
    """

    onset: Tick
    microseconds: int

    def __post_init__(self) -> None:
        require_whole("a tempo change must stand at a whole tick, 0 or later", self.onset, 0)
        rule = "a quarter note must last a whole number of microseconds in 1..16777215"
        require_whole(rule, self.microseconds, 1, 0xFFFFFF)

    @property
    def bpm(self) -> float:
        """Quarter notes a minute."""
        return MICROSECONDS_PER_MINUTE / self.microseconds

    @classmethod
    def at_bpm(cls, onset: Tick, bpm: float) -> TempoChange:
        """A tempo in quarter notes a minute, rounded to a whole microsecond."""
        ok = math.isfinite(bpm) and 4 <= bpm <= 1000
        require(ok, "a tempo must be in 4..1000 quarter notes a minute", bpm)
        return cls(onset, round(MICROSECONDS_PER_MINUTE / bpm))


@dataclass(frozen=True)
class TempoMap:
    """Tempo changes in rising order; the first stands at tick 0.

    >>> tempo = TempoMap((TempoChange.at_bpm(0, 120), TempoChange.at_bpm(960, 60)))
    >>> tempo.ticks_to_seconds(1440), tempo.seconds_to_ticks(2.0)
    (2.0, 1440)
    """

    changes: tuple[TempoChange, ...] = (TempoChange(0, 500_000),)

    def __post_init__(self) -> None:
        require(bool(self.changes), "a tempo map must have at least one tempo", self.changes)
        onsets = [change.onset for change in self.changes]
        require(onsets[0] == 0, "the first tempo must stand at tick 0", onsets[0])
        rising = all(a < b for a, b in itertools.pairwise(onsets))
        require(rising, "tempo changes must stand at rising ticks", onsets)

    @cached_property
    def _onsets(self) -> list[Tick]:
        return [change.onset for change in self.changes]

    @cached_property
    def _micro_ticks(self) -> list[int]:
        """Time of each change in microseconds × ticks a quarter: whole numbers, so that nothing is rounded."""
        times = [0]
        for before, after in zip(self.changes, self.changes[1:], strict=False):
            times.append(times[-1] + (after.onset - before.onset) * before.microseconds)
        return times

    def exact_seconds(self, tick: Tick) -> Fraction:
        """The time of a tick in seconds, exactly."""
        index = max(bisect.bisect_right(self._onsets, tick) - 1, 0)
        micro = self._micro_ticks[index] + (tick - self._onsets[index]) * self.changes[index].microseconds
        return Fraction(micro, 1_000_000 * TICKS_PER_QUARTER)

    def ticks_to_seconds(self, tick: Tick) -> Second:
        """The time of a tick in seconds. Inverse of `seconds_to_ticks`."""
        return float(self.exact_seconds(tick))

    def seconds_to_ticks(self, seconds: Second) -> Tick:
        """The nearest tick to a time in seconds. Inverse of `ticks_to_seconds`."""
        micro = Fraction(seconds) * 1_000_000 * TICKS_PER_QUARTER
        index = max(bisect.bisect_right(self._micro_ticks, micro) - 1, 0)
        tick = self._onsets[index] + (micro - self._micro_ticks[index]) / self.changes[index].microseconds
        return round(tick)

    def bpm_at(self, tick: Tick) -> float:
        """Quarter notes a minute at a tick."""
        return self.changes[max(bisect.bisect_right(self._onsets, tick) - 1, 0)].bpm
