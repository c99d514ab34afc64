"""A performance: what players do with a song, in seconds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from senandung.domain.checks import require
from senandung.domain.instruments import instrument
from senandung.domain.pitch import check_midi
from senandung.domain.time import Second


@dataclass(frozen=True, order=True)
class PlayedNote:
    """A note as it is played: times in seconds, velocity in 1..127.

    `bend` is a curve of (seconds after the onset, cents against the note's pitch), empty where the pitch is plain.
    """

    onset: Second
    duration: Second
    pitch: int
    velocity: int
    bend: tuple[tuple[Second, float], ...] = ()

    def __post_init__(self) -> None:
        require(math.isfinite(self.onset) and self.onset >= 0, "a played note must begin at 0 s or later", self.onset)
        require(math.isfinite(self.duration) and self.duration > 0, "a played note must last", self.duration)
        check_midi(self.pitch)
        require(1 <= self.velocity <= 127, "velocity must be in 1..127", self.velocity)


@dataclass(frozen=True)
class Part:
    """What one track's player does. `track` and `instrument` are the song's names, `role` the track's role.

    `pedal` holds spans (down, up) of the sustain pedal in seconds. `expression` is a curve of (seconds, 0..1) in rising
    order, straight between its points, as MIDI controller 11 has it: e plays at 40 log10(e) dB; empty where the part
    has its full level throughout.
    """

    track: str
    role: str
    instrument: str
    notes: tuple[PlayedNote, ...]
    pedal: tuple[tuple[Second, Second], ...] = ()
    expression: tuple[tuple[Second, float], ...] = ()

    def __post_init__(self) -> None:
        instrument(self.instrument)
        before = -math.inf
        for second, value in self.expression:
            rises = math.isfinite(second) and second > before
            require(rises, "the times of an expression curve must rise", (before, second))
            require(0 <= value <= 1, "expression must be in 0..1", value)
            before = second


@dataclass(frozen=True)
class Performance:
    """A performance of the song `song_id`, as long as `seconds`.

    `arc` is the planned loudness as (seconds, LU) in order, straight between its points, of which only the differences
    count; empty where none is planned.
    """

    song_id: str
    parts: tuple[Part, ...]
    seconds: Second
    arc: tuple[tuple[Second, float], ...] = ()
