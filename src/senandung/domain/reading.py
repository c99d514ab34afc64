"""What was read of one trace: its feeling, and what a person is shown of how it was read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from senandung.domain.checks import require, require_unit
from senandung.domain.feeling import Feeling
from senandung.domain.performance import PlayedNote
from senandung.domain.time import Second

KINDS = ("text", "song", "concert", "voice", "video", "notes", "person")
"""Kinds of traces; "person" is what the person said of the feeling themselves."""


@dataclass(frozen=True)
class FeltSpan:
    """The feeling of a stretch of time.

    Parameters
    ----------
    start, end : seconds from the trace's beginning.
    valence, arousal : in -1..1.
    lead : what drives it most, in words.
    """

    start: Second
    end: Second
    valence: float
    arousal: float
    lead: str = ""

    def __post_init__(self) -> None:
        require(0 <= self.start < self.end, "a stretch must begin at 0 s or later and last", (self.start, self.end))
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)


@dataclass(frozen=True)
class Moment:
    """Something that was heard or seen at a time.

    Parameters
    ----------
    start, end : seconds from the trace's beginning.
    what : such as "peak", "applause", "crowd", "singing along", "speech", "cut".
    strength : 0..1.
    """

    start: Second
    end: Second
    what: str
    strength: float

    def __post_init__(self) -> None:
        require(0 <= self.start <= self.end, "a moment must begin at 0 s or later", (self.start, self.end))
        require_unit("strength", self.strength, 0.0)


@dataclass(frozen=True)
class WeighedWord:
    """A word of a text as it was written, and what it did to the reading.

    Parameters
    ----------
    shown : as it was written.
    valence, arousal : where it pulled, in -1..1; 0 where it did nothing.
    weight : its share, 0..1.
    """

    shown: str
    valence: float = 0.0
    arousal: float = 0.0
    weight: float = 0.0

    def __post_init__(self) -> None:
        require_unit("valence", self.valence)
        require_unit("arousal", self.arousal)
        require_unit("weight", self.weight, 0.0)


@dataclass(frozen=True)
class Reading:
    """One trace's feeling, and how it was read.

    Parameters
    ----------
    kind : one of `KINDS`.
    name : what it is called to the person: a file's name, or a text's beginning.
    feeling : as it was read.
    days : its age in days, 0 for now.
    curve : the feeling over time, in order; empty where the trace has no time.
    moments : what stood out, in order of time.
    words : the words of a text in order, with what they weighed.
    melody : a tune that was sung or hummed, in seconds; empty where there is none.
    facts : measured figures by name (tempo, key, pitch in Hz …), for a person.
    remarks : sentences for the person, English, such as "a voice tells arousal, hardly valence".
    """

    kind: str
    name: str
    feeling: Feeling
    days: float = 0.0
    curve: tuple[FeltSpan, ...] = ()
    moments: tuple[Moment, ...] = ()
    words: tuple[WeighedWord, ...] = ()
    melody: tuple[PlayedNote, ...] = ()
    facts: Mapping[str, float | str] = field(default_factory=lambda: MappingProxyType({}))
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.kind in KINDS, f"a kind of trace must be one of {', '.join(KINDS)}", self.kind)
        require(self.days >= 0 and math.isfinite(self.days), "a trace's age must be at least 0 days", self.days)
