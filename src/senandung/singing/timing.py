"""When each phoneme is sung: the vowel on the beat, its consonants before it, its coda inside of the note.

Durations of consonants in singing as they scored best in our own measurements (docs/singing.md), those of consonants
that were not measured from their neighbours; consonants in a cluster are shorter (Klatt 1979, "Synthesis by rule of
segmental durations in English sentences"). A vowel begins on the beat: Sundberg & Bauer-Huppmann (2007), "When does a
sung tone start?", J. Voice 21(3), find the vowel's onset, not the consonant's, with the accompaniment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import SungPhoneme
from senandung.domain.time import Second
from senandung.singing.habits import Habits

CONSONANT_SECONDS: Mapping[str, Second] = MappingProxyType(
    {
        "p": 0.085, "k": 0.085, "t": 0.080, "b": 0.070, "d": 0.060, "g": 0.065, "ʔ": 0.060,
        "tʃ": 0.110, "dʒ": 0.090,
        "s": 0.120, "ʃ": 0.120, "f": 0.105, "x": 0.100, "θ": 0.100, "h": 0.070,
        "z": 0.085, "ʒ": 0.085, "v": 0.070, "ð": 0.060,
        "m": 0.075, "n": 0.070, "ɲ": 0.085, "ŋ": 0.080,
        "l": 0.065, "r": 0.060, "ɾ": 0.035, "ɹ": 0.070, "w": 0.070, "j": 0.070,
    }
)  # fmt: skip
"""How long a consonant before a vowel is where there is time. Measured: p b t d k s tʃ m n ŋ l r."""

IN_CLUSTER = 0.75
"""Share of its length that a consonant has beside another one."""

CODA = 0.85
"""Share of its length that a consonant has after the vowel."""

CODA_STOPS_END: Second = 0.07
"""A last stop before a rest is no longer than this: its closure, and a release into silence."""

GLIDE_SECONDS: Second = 0.15
"""The glide of a diphthong, at its end."""

SHORTEST: Second = 0.015
"""No phoneme is shorter."""

HALF = 0.5
"""The most of a note that its coda takes, and the most of a vowel that the next consonants take from it."""

VOWEL_KEEPS = 0.38
"""The least share of a note that stays vowel where a coda and an onset both want of it."""

BEFORE_REST: Second = 0.02
"""Silence between a phrase's end and the next sound."""


@dataclass(frozen=True)
class SungNote:
    """A note of the part as it is to be sung: seconds, MIDI pitch with cents as fractions, velocity, its tick."""

    onset: Second
    end: Second
    pitch: float
    velocity: int
    tick: int


@dataclass(frozen=True)
class SungSyllable:
    """A syllable, or a part of one that begins anew after a rest: its number, its phonemes, its notes in order."""

    number: int
    symbols: tuple[str, ...]
    notes: tuple[SungNote, ...]
    stressed: bool = False
    ends_word: bool = True
    ends_line: bool = False

    @property
    def onset(self) -> Second:
        """When its vowel begins."""
        return self.notes[0].onset

    @property
    def end(self) -> Second:
        """When its last note ends."""
        return self.notes[-1].end

    @property
    def vowel(self) -> int:
        """Where its vowel stands among its phonemes."""
        return next(index for index, symbol in enumerate(self.symbols) if PHONEMES[symbol].vowel)

    @property
    def head(self) -> tuple[str, ...]:
        """The consonants before its vowel."""
        return self.symbols[: self.vowel]

    @property
    def tail(self) -> tuple[str, ...]:
        """What follows its vowel: a glide, a coda."""
        return self.symbols[self.vowel + 1 :]


def head_seconds(symbols: Sequence[str], habits: Habits) -> list[Second]:
    """How long the consonants before a vowel are where there is time.

    >>> head_seconds(("s",), Habits(consonants=1.0)), sum(head_seconds(("p", "r"), Habits())) < 0.16
    ([0.12], True)
    """
    share = habits.consonants * (IN_CLUSTER if len(symbols) > 1 else 1.0)
    return [max(CONSONANT_SECONDS[symbol] * share, SHORTEST) for symbol in symbols]


def tail_seconds(symbols: Sequence[str], habits: Habits, *, last: bool = False) -> list[Second]:
    """How long what follows a vowel is where there is time; `last` before a rest."""
    wanted = []
    for symbol in symbols:
        if PHONEMES[symbol].manner == "glide":
            wanted.append(GLIDE_SECONDS)
            continue
        share = habits.consonants * CODA * (IN_CLUSTER if len(symbols) > 1 else 1.0)
        seconds = max(CONSONANT_SECONDS[symbol] * share, SHORTEST)
        stops = PHONEMES[symbol].manner == "stop" and last
        wanted.append(min(seconds, CODA_STOPS_END) if stops else seconds)
    return wanted


def squeezed(wanted: Sequence[Second], room: Second) -> list[Second]:
    """Lengths that sum to at most `room`, none below `SHORTEST`, shortened alike.

    >>> [round(each, 3) for each in squeezed([0.1, 0.02], 0.06)]
    [0.043, 0.017]
    """
    room = max(room, SHORTEST * len(wanted))
    if sum(wanted) <= room:
        return list(wanted)
    spare = sum(max(each - SHORTEST, 0.0) for each in wanted)
    share = (room - SHORTEST * len(wanted)) / spare if spare > 0 else 0.0
    return [SHORTEST + share * max(each - SHORTEST, 0.0) for each in wanted]


def phrase_phonemes(syllables: Sequence[SungSyllable], free: Second, habits: Habits) -> list[SungPhoneme]:
    """The phonemes of syllables that are sung without a rest, in order and without a gap.

    Parameters
    ----------
    syllables : at least one; each ends where the next begins.
    free : when nothing sounds any more before them; the first consonants begin later.
    """
    times: list[tuple[str, Second, int]] = []
    first = syllables[0]
    wanted = head_seconds(first.head, habits)
    least = free + SHORTEST * len(wanted)
    vowel = max(first.onset, least)
    lengths = squeezed(wanted, vowel - free)
    at = vowel - sum(lengths)
    for symbol, seconds in zip(first.head, lengths, strict=True):
        times.append((symbol, at, first.number))
        at += seconds
    end = at
    for index, syllable in enumerate(syllables):
        following = syllables[index + 1] if index + 1 < len(syllables) else None
        head = head_seconds(following.head, habits) if following else []
        tail = tail_seconds(syllable.tail, habits, last=following is None)
        least = vowel + SHORTEST * (1 + len(head) + len(tail))
        until = max(following.onset if following else syllable.end, least)
        region = until - vowel
        tail = squeezed(tail, HALF * region)
        head = squeezed(head, HALF * region)
        most = max((1 - VOWEL_KEEPS) * region, SHORTEST * (len(head) + len(tail)))
        both = squeezed([*tail, *head], most)
        tail, head = both[: len(tail)], both[len(tail) :]
        times.append((syllable.symbols[syllable.vowel], vowel, syllable.number))
        at = until - sum(head) - sum(tail)
        for symbol, seconds in zip(syllable.tail, tail, strict=True):
            times.append((symbol, at, syllable.number))
            at += seconds
        if following:
            for symbol, seconds in zip(following.head, head, strict=True):
                times.append((symbol, at, following.number))
                at += seconds
        vowel = end = until
    ends = [start for _, start, _ in times[1:]] + [end]
    return [SungPhoneme(symbol, start, stop, number) for (symbol, start, number), stop in zip(times, ends, strict=True)]
