"""A person's own tune: a motif, and where a song states it in which form.

A motif's ticks are counted from its first bar line: a pickup stands before it, below 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from senandung.domain.checks import require, require_whole
from senandung.domain.metre import Metre
from senandung.domain.pitch import check_midi
from senandung.domain.scales import Key
from senandung.domain.time import Tick

FEWEST_TONES = 4
"""A motif has at least so many tones: three could be any tune's."""

MOST_TONES = 64

MOST_BARS = 8
"""Bars of a motif at most."""

FORMS: Mapping[str, str] = MappingProxyType(
    {
        "statement": "the motif as it is, in the song's key",
        "repetition": "the same again",
        "sequence": "moved by steps of the scale",
        "inversion": "mirrored: every step of the scale up is one down",
        "augmentation": "its tones (or its head's) twice as long",
        "fragment": "its head alone, as it is or moved by steps of the scale",
    }
)
"""What may become of a motif, and what each form is."""


@dataclass(frozen=True, order=True)
class Tone:
    """A tone of a motif: ticks from its first bar line (below 0 in a pickup), length in ticks, MIDI number."""

    onset: Tick
    duration: Tick
    pitch: int

    def __post_init__(self) -> None:
        require_whole("a tone must begin at a whole tick", self.onset, -(10**9))
        require_whole("a tone must last a whole number of ticks, at least one", self.duration, 1)
        check_midi(self.pitch)

    @property
    def end(self) -> Tick:
        """The tick at which the tone ends."""
        return self.onset + self.duration


@dataclass(frozen=True)
class Motif:
    """A tune of a few bars, one tone at a time.

    Parameters
    ----------
    tones : in order, none over another.
    key, metre : as they were found, or as the file says.
    bpm : beats of the metre a minute.
    """

    tones: tuple[Tone, ...]
    key: Key
    metre: Metre
    bpm: float

    def __post_init__(self) -> None:
        count = len(self.tones)
        require(FEWEST_TONES <= count <= MOST_TONES, f"a motif must have {FEWEST_TONES}..{MOST_TONES} tones", count)
        require(len({tone.pitch for tone in self.tones}) > 1, "a motif must have two pitches or more", 1)
        follow = all(a.end <= b.onset for a, b in pairwise(self.tones))
        require(follow, "the tones of a motif must follow each other", self.tones[:4])
        bar = self.metre.bar_ticks
        first = self.tones[0].onset
        require(-bar < first < bar, "a motif must begin less than a bar before or behind its bar line", first)
        require(self.bars <= MOST_BARS, f"a motif must have at most {MOST_BARS} bars", self.bars)
        require(20 <= self.bpm <= 300, "a motif's tempo must be in 20..300 beats a minute", self.bpm)

    @property
    def bars(self) -> int:
        """Bars from the first bar line to the one in which the last tone begins."""
        return max(self.tones[-1].onset // self.metre.bar_ticks + 1, 1)

    @property
    def intervals(self) -> tuple[int, ...]:
        """Semitones from tone to tone."""
        return tuple(b.pitch - a.pitch for a, b in pairwise(self.tones))

    def transposed(self, semitones: int, key: Key | None = None) -> Motif:
        """The motif moved by semitones; `key` is what it then stands in."""
        return replace(
            self, tones=tuple(replace(t, pitch=t.pitch + semitones) for t in self.tones), key=key or self.key
        )


@dataclass(frozen=True, order=True)
class Statement:
    """A place at which a song has its motif.

    Parameters
    ----------
    onset, end : ticks from the first tone's beginning to the last one's end.
    form : one of `FORMS`.
    track : the name of the track that sings or plays it.
    first, count : which of the motif's tones it has.
    steps : steps of the scale by which it is moved.
    """

    onset: Tick
    end: Tick
    form: str
    track: str
    first: int
    count: int
    steps: int = 0

    def __post_init__(self) -> None:
        require(0 <= self.onset < self.end, "a statement must begin at tick 0 or later, and last", self.onset)
        require(self.form in FORMS, f"a form must be one of {', '.join(FORMS)}", self.form)
        require(bool(self.track), "a statement must name its track", self.track)
        require_whole("a statement's first tone must be a whole number of 0 or more", self.first, 0)
        require_whole("a statement must have two tones or more", self.count, 2)
        require_whole("a statement's steps must be a whole number", self.steps, -70)


@dataclass(frozen=True)
class Theme:
    """The motif as a song has it (in the song's key, metre and note values), and every place where it stands."""

    motif: Motif
    statements: tuple[Statement, ...]

    def __post_init__(self) -> None:
        for one in self.statements:
            inside = one.first + one.count <= len(self.motif.tones)
            require(inside, "a statement's tones must be the motif's", (one.first, one.count))


def motif_plain(motif: Motif) -> dict[str, Any]:
    """A motif as plain values. Inverse of `motif_of_plain`.

    >>> tones = tuple(Tone(480 * at, 480, pitch) for at, pitch in enumerate((60, 62, 64, 60)))
    >>> motif_plain(Motif(tones, Key.parse("C"), Metre(), 96.0))["tones"][1]
    [480, 480, 62]
    """
    return {
        "key": str(motif.key),
        "metre": str(motif.metre),
        "bpm": motif.bpm,
        "tones": [[tone.onset, tone.duration, tone.pitch] for tone in motif.tones],
    }


def motif_of_plain(plain: Mapping[str, Any]) -> Motif:
    """The motif of plain values, every one checked. Inverse of `motif_plain`."""
    tones = tuple(Tone(*row) for row in plain["tones"])
    return Motif(tones, Key.parse(plain["key"]), Metre.parse(plain["metre"]), float(plain["bpm"]))


def theme_plain(theme: Theme) -> dict[str, Any]:
    """A theme as plain values. Inverse of `theme_of_plain`."""
    rows = [[s.onset, s.end, s.form, s.track, s.first, s.count, s.steps] for s in theme.statements]
    return {**motif_plain(theme.motif), "statements": rows}


def theme_of_plain(plain: Mapping[str, Any]) -> Theme:
    """The theme of plain values. Inverse of `theme_plain`."""
    return Theme(motif_of_plain(plain), tuple(Statement(*row) for row in plain["statements"]))
