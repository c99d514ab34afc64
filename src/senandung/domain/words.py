"""Words to be sung: lines of syllables in the order in which they are sung."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from senandung.domain.checks import require, require_text, require_whole
from senandung.domain.phonemes import check_syllable

Source = Literal["person", "variation", "vocalise", "machine"]
"""Whose a line is: the person's own, a variation of it, a vocalise ("na na"), or proposed by the machine."""

SOURCES: tuple[str, ...] = get_args(Source)


@dataclass(frozen=True)
class Syllable:
    """One syllable as it is written under a note.

    `text` keeps the person's spelling; `stressed` marks the word's stressed syllable; `begins_word` and
    `ends_word` say where the word begins and ends (a monosyllable does both). `phonemes` says how it is sung where
    the person wants it otherwise than by rule (`domain.phonemes`); empty where the rules decide.
    """

    text: str
    stressed: bool = False
    begins_word: bool = True
    ends_word: bool = True
    phonemes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_text("a syllable must have text", self.text)
        if self.phonemes:
            check_syllable(self.phonemes)

    @property
    def syllabic(self) -> str:
        """MusicXML's name for the syllable's place in its word.

        >>> Syllable("rin", begins_word=True, ends_word=False).syllabic
        'begin'
        """
        if self.begins_word:
            return "single" if self.ends_word else "begin"
        return "end" if self.ends_word else "middle"


@dataclass(frozen=True)
class Line:
    """One sung line: its text as written, its syllables, whose it is, and the index of its section in the song."""

    text: str
    syllables: tuple[Syllable, ...]
    source: Source = "person"
    section: int = 0

    def __post_init__(self) -> None:
        require(isinstance(self.text, str), "a line must be text", self.text)
        require(len(self.syllables) > 0, "a line must have at least one syllable", self.text)
        require(self.source in SOURCES, f"a line's source must be one of {', '.join(SOURCES)}", self.source)
        require_whole("a line's section must be an index of 0 or more", self.section, 0)


@dataclass(frozen=True)
class Words:
    """All lines in the order in which they are sung. A line that is sung twice stands here twice.

    A note names its syllable by its place in `syllables`, so every sung syllable has one number of its own.
    """

    language: str = "id"
    lines: tuple[Line, ...] = ()

    def __post_init__(self) -> None:
        require(self.language in ("id", "en"), "language must be id or en", self.language)

    @cached_property
    def syllables(self) -> tuple[Syllable, ...]:
        """Every syllable of every line, in sung order."""
        return tuple(syllable for line in self.lines for syllable in line.syllables)

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """For each line, the number of its first syllable in `syllables`."""
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += len(line.syllables)
        return tuple(starts)
