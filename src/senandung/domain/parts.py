"""The parts of a song: notes and tracks, changes, chords, sections, feeling points and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

from senandung.domain.checks import require, require_text, require_unit, require_whole
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS, Instrument, instrument
from senandung.domain.metre import Metre
from senandung.domain.pitch import check_midi
from senandung.domain.scales import Key
from senandung.domain.time import Tick
from senandung.domain.tuning import TUNINGS

Role = Literal["vocal", "backing", "melody", "counter", "chords", "pad", "bass", "drums"]
"""What a track does in the arrangement. The vocal track carries the words; there is at most one. A backing track sings
some of its syllables along, on a line of its own or on the same."""

ROLES: tuple[str, ...] = get_args(Role)

SECTION_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "intro": {"id": "Intro", "en": "Intro"},
        "verse": {"id": "Bait", "en": "Verse"},
        "prechorus": {"id": "Pra-reff", "en": "Pre-chorus"},
        "chorus": {"id": "Reff", "en": "Chorus"},
        "bridge": {"id": "Bridge", "en": "Bridge"},
        "interlude": {"id": "Interlude", "en": "Interlude"},
        "solo": {"id": "Solo", "en": "Solo"},
        "outro": {"id": "Penutup", "en": "Outro"},
    }
)
"""Kinds of section, and what musicians call them, by language code."""

SECTION_KINDS = tuple(SECTION_NAMES)

MOST_STAVES = 4
"""Staves that one player reads at most: three manuals and the pedals of an organ."""


@dataclass(frozen=True, order=True)
class Note:
    """A note. `velocity` is in 1..127; `syllable` is its place in `Words.syllables`.

    Notes that follow each other with the same syllable are one melisma: the first begins the syllable. `staff` is the
    staff on which a player of keys or a harp reads the note: 1 the right hand's, 2 the left hand's, 3 and 4 below them
    (an organ's pedals); 0 says nothing, and who draws the score finds it.
    """

    onset: Tick
    duration: Tick
    pitch: int
    velocity: int = 80
    syllable: int | None = None
    staff: int = 0

    def __post_init__(self) -> None:
        require_whole("a note must begin at a whole tick, 0 or later", self.onset, 0)
        require_whole("a note must last a whole number of ticks, at least one", self.duration, 1)
        check_midi(self.pitch)
        require_whole("velocity must be a whole number in 1..127", self.velocity, 1, 127)
        if self.syllable is not None:
            require_whole("a syllable's number must be whole, 0 or more", self.syllable, 0)
        require_whole(f"a staff must be a whole number in 0..{MOST_STAVES}", self.staff, 0, MOST_STAVES)

    @property
    def end(self) -> Tick:
        """The tick at which the note ends."""
        return self.onset + self.duration


@dataclass(frozen=True)
class Track:
    """One part: its name (unique in the song), its role, its instrument's name, its tuning's name and its notes.

    Notes stand in rising order of onset, then pitch; no note begins while the same pitch still sounds.
    """

    name: str
    role: Role
    instrument: str
    notes: tuple[Note, ...]
    tuning: str = "equal"

    def __post_init__(self) -> None:
        require_text("a track must have a name", self.name)
        require(self.role in ROLES, f"a role must be one of {', '.join(ROLES)}", self.role)
        require(self.tuning in TUNINGS, f"a tuning must be one of {', '.join(TUNINGS)}", self.tuning)
        sound = instrument(self.instrument)
        sounding: dict[int, Tick] = {}
        before = (-1, -1)
        for note in self.notes:
            require(sound.plays(note.pitch), f"{self.name} must stay in {sound.low}..{sound.high}", note)
            require((note.onset, note.pitch) > before, f"the notes of {self.name} must stand in order", note)
            require(sounding.get(note.pitch, 0) <= note.onset, f"{self.name} strikes a pitch that still sounds", note)
            sounding[note.pitch] = note.end
            before = (note.onset, note.pitch)

    @property
    def sound(self) -> Instrument:
        """The track's row in the instrument table."""
        return INSTRUMENTS[self.instrument]


def tidy_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Notes put in order, doubles merged, and each pitch ended where it is struck again: what `Track` asks.

    >>> [n.duration for n in tidy_notes([Note(0, 960, 60), Note(480, 480, 60), Note(480, 100, 60)])]
    [480, 480]
    """
    longest: dict[tuple[Tick, int], Note] = {}
    for note in notes:
        key = (note.onset, note.pitch)
        if key not in longest or longest[key].duration < note.duration:
            longest[key] = note
    ordered = [longest[key] for key in sorted(longest)]
    following: dict[int, Tick] = {}
    tidied = []
    for note in reversed(ordered):
        limit = following.get(note.pitch)
        tidied.append(note if limit is None or note.end <= limit else replace(note, duration=limit - note.onset))
        following[note.pitch] = note.onset
    return tuple(reversed(tidied))


@dataclass(frozen=True)
class MetreChange:
    """A metre from `onset` on, where a bar line stands; it may cut the bar before it short."""

    onset: Tick
    metre: Metre

    def __post_init__(self) -> None:
        require_whole("a change of metre must stand at a whole tick, 0 or later", self.onset, 0)


@dataclass(frozen=True)
class KeyChange:
    """A key from `onset` on."""

    onset: Tick
    key: Key

    def __post_init__(self) -> None:
        require_whole("a change of key must stand at a whole tick, 0 or later", self.onset, 0)


@dataclass(frozen=True)
class ChordSpan:
    """A chord that holds from `onset` for `duration` ticks."""

    onset: Tick
    duration: Tick
    chord: Chord

    def __post_init__(self) -> None:
        require_whole("a chord must begin at a whole tick, 0 or later", self.onset, 0)
        require_whole("a chord must last a whole number of ticks, at least one", self.duration, 1)

    @property
    def end(self) -> Tick:
        """The tick at which the chord ends."""
        return self.onset + self.duration


@dataclass(frozen=True)
class Section:
    """A section of the form. `name` is what a person reads ("Chorus 2"); `kind` is one of `SECTION_KINDS`.

    `intensity` in 0..1 is how full the arrangement is.
    """

    name: str
    kind: str
    onset: Tick
    duration: Tick
    intensity: float = 0.5

    def __post_init__(self) -> None:
        require_text("a section must have a name", self.name)
        require(self.kind in SECTION_KINDS, f"a section's kind must be one of {', '.join(SECTION_KINDS)}", self.kind)
        require_whole("a section must begin at a whole tick, 0 or later", self.onset, 0)
        require_whole("a section must last a whole number of ticks, at least one", self.duration, 1)
        require_unit("intensity", self.intensity, 0.0)

    @property
    def end(self) -> Tick:
        """The tick at which the section ends."""
        return self.onset + self.duration


@dataclass(frozen=True)
class FeelingPoint:
    """The feeling that the music follows at a tick: valence, arousal in -1..1, tension in 0..1."""

    onset: Tick
    valence: float
    arousal: float
    tension: float

    def __post_init__(self) -> None:
        require_whole("a feeling point must stand at a whole tick, 0 or later", self.onset, 0)
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require_unit("tension", self.tension, 0.0)
