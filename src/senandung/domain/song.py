"""A song: every note, word, chord and section, in ticks."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal, get_args

from senandung.domain.checks import require, require_unit
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS, Instrument, instrument
from senandung.domain.metre import Metre
from senandung.domain.pitch import check_midi
from senandung.domain.scales import Key
from senandung.domain.tempo import TempoChange, TempoMap
from senandung.domain.time import Tick
from senandung.domain.words import Words

Role = Literal["vocal", "melody", "counter", "chords", "pad", "bass", "drums"]
"""What a track does in the arrangement. The vocal track carries the words; there is at most one."""

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


@dataclass(frozen=True, order=True)
class Note:
    """A note. `velocity` is in 1..127; `syllable` is its place in `Words.syllables`.

    Notes that follow each other with the same syllable are one melisma: the first begins the syllable.
    """

    onset: Tick
    duration: Tick
    pitch: int
    velocity: int = 80
    syllable: int | None = None

    def __post_init__(self) -> None:
        require(self.onset >= 0, "a note must begin at tick 0 or later", self.onset)
        require(self.duration > 0, "a note must last at least one tick", self.duration)
        check_midi(self.pitch)
        require(1 <= self.velocity <= 127, "velocity must be in 1..127", self.velocity)

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
        require(bool(self.name.strip()), "a track must have a name", self.name)
        require(self.role in ROLES, f"a role must be one of {', '.join(ROLES)}", self.role)
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
    """From `onset`, the start of a bar, on."""

    onset: Tick
    metre: Metre


@dataclass(frozen=True)
class KeyChange:
    """From `onset` on."""

    onset: Tick
    key: Key


@dataclass(frozen=True)
class ChordSpan:
    """A chord that holds from `onset` for `duration` ticks."""

    onset: Tick
    duration: Tick
    chord: Chord

    def __post_init__(self) -> None:
        require(self.onset >= 0 and self.duration > 0, "a chord must begin at tick 0 or later and last", self.onset)


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
        require(self.kind in SECTION_KINDS, f"a section's kind must be one of {', '.join(SECTION_KINDS)}", self.kind)
        require(self.onset >= 0 and self.duration > 0, "a section must begin at tick 0 or later and last", self.onset)
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
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require_unit("tension", self.tension, 0.0)


@dataclass(frozen=True)
class Provenance:
    """Where a song comes from: what made it, and the person's story.

    `models` and `sources` name weights, tables and styles; `licence` is the song's; no date, path or host.
    """

    seed: int
    version: str
    style: str
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    licence: str = "The person who asked for this song may use it as they like; Senandung claims no right in it."
    story: str = ""


@dataclass(frozen=True)
class Song:
    """A whole song. Everything that can be heard or read is derived from it.

    Changes of tempo, metre and key stand in rising order and begin at tick 0; sections follow each other without a
    gap and cover the song; every syllable of `words` is begun exactly once, in order, by the vocal track where there
    is one.
    """

    title: str
    tracks: tuple[Track, ...]
    tempos: tuple[TempoChange, ...] = (TempoChange(0, 500_000),)
    metres: tuple[MetreChange, ...] = (MetreChange(0, Metre()),)
    keys: tuple[KeyChange, ...] = field(default_factory=lambda: (KeyChange(0, Key.parse("C")),))
    chords: tuple[ChordSpan, ...] = ()
    sections: tuple[Section, ...] = ()
    feeling_curve: tuple[FeelingPoint, ...] = ()
    words: Words = field(default_factory=Words)
    provenance: Provenance = field(default_factory=lambda: Provenance(0, "", ""))

    def __post_init__(self) -> None:
        require(bool(self.title.strip()), "a song must have a title", self.title)
        names = [track.name for track in self.tracks]
        require(len(set(names)) == len(names), "track names must differ", names)
        require(bool(self.tempos), "a song must have a tempo", self.tempos)
        TempoMap(self.tempos)
        for what, onsets in (("metre", [c.onset for c in self.metres]), ("key", [c.onset for c in self.keys])):
            ok = bool(onsets) and onsets[0] == 0 and all(a < b for a, b in itertools.pairwise(onsets))
            require(ok, f"changes of {what} must begin at tick 0 and rise", onsets)
        at = 0
        for section in self.sections:
            require(section.onset == at, "sections must follow each other without a gap", section.name)
            at = section.end
        reached = 0
        for span in self.chords:
            require(span.onset >= reached, "chords must not overlap", span)
            reached = span.onset + span.duration
        vocal = [track for track in self.tracks if track.role == "vocal"]
        require(len(vocal) <= 1, "a song must have at most one vocal track", [track.name for track in vocal])
        if vocal:
            begun = [note.syllable for note in vocal[0].notes if note.syllable is not None]
            order = [number for index, number in enumerate(begun) if index == 0 or begun[index - 1] != number]
            expected = list(range(len(self.words.syllables)))
            require(order == expected, "the vocal track must begin every syllable once, in order", order[:12])

    @property
    def end(self) -> Tick:
        """The tick at which the last note or section ends."""
        ends = [note.end for track in self.tracks for note in track.notes]
        return max([*ends, *(section.end for section in self.sections)], default=0)

    @property
    def vocal(self) -> Track | None:
        """The track that carries the words."""
        return next((track for track in self.tracks if track.role == "vocal"), None)

    @cached_property
    def tempo_map(self) -> TempoMap:
        """Ticks to seconds and back."""
        return TempoMap(self.tempos)

    @property
    def seconds(self) -> float:
        """Length in seconds by the score's clock."""
        return self.tempo_map.ticks_to_seconds(self.end)

    def bar_starts(self) -> tuple[Tick, ...]:
        """The tick of every bar line up to the end, the first 0; a last unfinished bar counts."""
        starts: list[Tick] = []
        for change, following in zip(self.metres, (*self.metres[1:], None), strict=True):
            until = following.onset if following else max(self.end, change.onset + 1)
            starts.extend(range(change.onset, until, change.metre.bar_ticks))
        return tuple(starts)

    def metre_at(self, tick: Tick) -> Metre:
        """The metre at a tick."""
        return [change.metre for change in self.metres if change.onset <= tick][-1]

    def key_at(self, tick: Tick) -> Key:
        """The key at a tick."""
        return [change.key for change in self.keys if change.onset <= tick][-1]

    def chord_at(self, tick: Tick) -> Chord | None:
        """The chord at a tick, or None where there is none."""
        return next((c.chord for c in self.chords if c.onset <= tick < c.onset + c.duration), None)

    def section_at(self, tick: Tick) -> Section | None:
        """The section at a tick."""
        return next((s for s in self.sections if s.onset <= tick < s.end), None)

    @cached_property
    def song_id(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal: the same notes, words and provenance give the same id."""
        from senandung.domain.canonical import to_plain

        text = json.dumps(to_plain(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()
