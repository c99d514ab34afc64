"""A drummer's hands: where each drum stands against the beat in a style, and how unlike its strokes are.

Microtiming of the kit by style: a snare drum a few milliseconds late lets a ballad lie back, cymbals a little early
drive (Kilchenmann & Senn 2015, "Microtiming in swing and funk affects the body movement behavior of music expert
listeners", Frontiers in Psychology 6). The sizes are small, below what is heard as an error, and ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from senandung.domain.song import Note, Song
from senandung.domain.time import Second, Tick

KINDS: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "kick": frozenset({35, 36}),
        "snare": frozenset({37, 38, 39, 40}),
        "cymbal": frozenset({42, 44, 46, 51, 53, 59}),
        "shaken": frozenset({54, 69, 70, 82}),
        "low hand": frozenset({63, 64, 65}),
        "high hand": frozenset({60, 61, 62, 66}),
    }
)
"""General MIDI percussion keys by what a drummer does with them; the hands' are those of `domain.hand_drums`."""

GROOVES: Mapping[str, Mapping[str, Second]] = MappingProxyType(
    {
        "pop-ballad": {"snare": 0.007, "cymbal": 0.001},
        "pop-rock": {"snare": 0.004, "cymbal": -0.003},
        "pop-upbeat": {"snare": 0.002, "cymbal": -0.003},
        "dangdut": {"kick": -0.001, "shaken": 0.004, "cymbal": -0.002, "low hand": 0.006, "high hand": -0.002},
        "campursari": {"low hand": 0.006, "high hand": -0.002},
        "folk": {"shaken": 0.004, "snare": 0.005},
    }
)
"""Seconds behind the drummer's own beat, by the beginning of a style's name and the kind of drum."""

UNEVEN_DB: Mapping[str, float] = MappingProxyType({"cymbal": 0.9, "shaken": 1.0, "high hand": 0.8})
"""Standard deviation of a stroke's level beyond what all players have."""

GHOST_VELOCITY = 62
"""A snare drum's stroke that is written softer is a ghost note: felt more than heard."""
GHOST_DB = -2.0

GIVING_DB = -0.8
"""The hand on the cymbal gives a little where the other one strikes the snare drum."""


def kind_of(pitch: int) -> str:
    """The kind of a percussion key, "" for toms and crashes.

    >>> kind_of(38), kind_of(49)
    ('snare', '')
    """
    return next((kind for kind, pitches in KINDS.items() if pitch in pitches), "")


def groove_lag(song: Song, pitch: int) -> Second:
    """How far behind the drummer's beat a drum is struck in the song's style."""
    style = song.provenance.style
    groove = next((groove for name, groove in GROOVES.items() if style.startswith(name)), {})
    return groove.get(kind_of(pitch), 0.0)


def stroke_dynamics(note: Note, snares: frozenset[Tick]) -> tuple[float, float]:
    """A stroke's level in dB and the standard deviation around it; `snares` are the onsets of full snare strokes."""
    kind = kind_of(note.pitch)
    level = 0.0
    if is_ghost(note):
        level = GHOST_DB
    elif kind == "cymbal" and note.onset in snares:
        level = GIVING_DB
    return level, UNEVEN_DB.get(kind, 0.0)


def is_ghost(note: Note) -> bool:
    """Whether a stroke is a ghost note of the snare drum."""
    return note.pitch in (38, 40) and note.velocity < GHOST_VELOCITY
