"""The levels between a wish and a song: what was wished, the plan, and the sketch that is arranged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from senandung.domain.checks import require, require_unit
from senandung.domain.chords import Chord
from senandung.domain.curve import TensionCurve
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.motif import Motif, Theme
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Note, Section, Track
from senandung.domain.time import Tick
from senandung.domain.words import Words

VOCAL_KINDS = ("verse", "prechorus", "chorus", "bridge")
"""Kinds of section that are sung; the others are played."""


CLEARLY = 0.2
"""Sections whose valence differs by less have the same colour."""


@dataclass(frozen=True)
class Wishes:
    """What the person asked for beside the feeling, the style and the words. None leaves it to the composer.

    `bpm` in beats a minute; `minutes` or `bars` the length, at most one of them; `chords` a progression that is
    repeated, one chord a bar; `form` such as "intro4 verse8 chorus8"; `ensemble` instrument names; `voice` False for
    no vocal part at all; `verses` True where the machine may propose further lines; `curve` the tension that the music
    is to follow; `motif` a tune of the person's own that becomes the theme.
    """

    key: Key | None = None
    bpm: float | None = None
    metre: Metre | None = None
    minutes: float | None = None
    bars: int | None = None
    chords: tuple[Chord, ...] = ()
    form: str = ""
    ensemble: tuple[str, ...] = ()
    voice: bool = True
    verses: bool = False
    title: str = ""
    story: str = ""
    curve: TensionCurve | None = None
    motif: Motif | None = None

    def __post_init__(self) -> None:
        ok = self.minutes is None or 0.25 <= self.minutes <= 15
        require(ok, "minutes must be in 0.25..15", self.minutes)
        require(self.bars is None or 4 <= self.bars <= 600, "bars must be in 4..600", self.bars)
        require(self.minutes is None or self.bars is None, "give minutes or bars, not both", self.bars)
        require(self.bpm is None or 30 <= self.bpm <= 260, "a tempo must be in 30..260 beats a minute", self.bpm)


@dataclass(frozen=True)
class SectionPlan:
    """One section: name ("Verse 1"), kind, length in bars, intensity in 0..1, and how many sung lines it holds.

    `slots` is 0 where nobody sings. A slot is `bars / slots` bars long. `repeats` is the index of an earlier section
    whose chords and melody come back here (varied), or None. `feeling` and `key` are its own in a song of mixed
    feelings (`composing.mixed`), None where they are the song's; `pace` is its share of the song's tempo.
    """

    name: str
    kind: str
    bars: int
    intensity: float
    slots: int = 0
    repeats: int | None = None
    feeling: Feeling | None = None
    key: Key | None = None
    pace: float = 1.0

    def __post_init__(self) -> None:
        require(self.bars >= 1, "a section must have at least one bar", self.bars)
        require_unit("intensity", self.intensity, 0.0)
        require(0 <= self.slots <= 4 * self.bars, "a section must have at most four lines a bar", self.slots)


@dataclass(frozen=True)
class Plan:
    """The form with its key, metre and tempo (beats a minute, the metre's beat).

    `lift` is by how many semitones the last chorus, and what follows it, is raised at the very end of composing; until
    then everything is written in `key`. `curve` is the tension over the bars, `asked` whether the person drew it;
    `climax` the bar of its top, with the devices planned there (`composing.arc`).
    """

    key: Key
    metre: Metre
    bpm: float
    sections: tuple[SectionPlan, ...]
    lift: int = 0
    curve: TensionCurve | None = None
    asked: bool = False
    climax: int | None = None
    devices: tuple[str, ...] = ()

    @property
    def lift_onset(self) -> Tick | None:
        """The tick from which the song is raised, or None."""
        choruses = [at for at, section in enumerate(self.sections) if section.kind == "chorus"]
        if not self.lift or not choruses:
            return None
        return self.metre.bar_ticks * sum(section.bars for section in self.sections[: choruses[-1]])

    def key_of(self, section: int) -> Key:
        """The key of a section, by its index."""
        return self.sections[section].key or self.key

    def feeling_of(self, section: int, whole: Feeling) -> Feeling:
        """The feeling of a section, by its index: its own, or the whole song's."""
        return self.sections[section].feeling or whole

    def side_of(self, feeling: Feeling) -> float:
        """How much brighter a section's feeling is than the middle of all sections', 0 where they hardly differ."""
        values = [section.feeling.valence for section in self.sections if section.feeling is not None]
        if not values or max(values) - min(values) < CLEARLY:
            return 0.0
        return feeling.valence - (max(values) + min(values)) / 2

    def section_at(self, tick: Tick) -> int:
        """The index of the section that holds a tick; the last one after the end."""
        bar, at = tick // self.metre.bar_ticks, 0
        for index, section in enumerate(self.sections):
            at += section.bars
            if bar < at:
                return index
        return len(self.sections) - 1

    def key_at(self, tick: Tick) -> Key:
        """The key at a tick, before the last chorus is raised."""
        return self.key_of(self.section_at(tick))

    @property
    def changes_key(self) -> bool:
        """Whether some section stands in another key than the song."""
        return any(section.key is not None and section.key != self.key for section in self.sections)

    @property
    def bars(self) -> int:
        """Length in bars."""
        return sum(section.bars for section in self.sections)


class StagedTheme(Protocol):
    """A person's motif, staged in a song: what players play of it, and where it stands in the end."""

    def played(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """The tracks with the motif where instruments take it up."""
        ...

    def standing(self, tracks: Sequence[Track]) -> Theme:
        """The motif, and where it stands in the tracks."""
        ...


@dataclass(frozen=True)
class Sketch:
    """Plan, words, harmony and melody: all that the arranger needs.

    `melody` is the vocal line (its notes carry syllable numbers), or the leading line of an instrumental; `sections`
    are the plan's, placed in ticks, in the same order; `theme` is the person's motif, where they gave one.
    """

    plan: Plan
    words: Words
    sections: tuple[Section, ...]
    chords: tuple[ChordSpan, ...]
    melody: tuple[Note, ...]
    theme: StagedTheme | None = None
