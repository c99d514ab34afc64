"""The hook: the person's most feeling line, which comes back in every chorus."""

from __future__ import annotations

from senandung.composing.words.function_words import COORDINATORS, PLACES, RELATIVES, SUBORDINATORS
from senandung.composing.words.variations import ends_openly
from senandung.domain.checks import require
from senandung.domain.feeling import Feeling
from senandung.language.letters import words_of
from senandung.language.rhyme import count_syllables, rhyme_key
from senandung.sensing.lexical import read_words

BEST_LENGTH = range(4, 11)
"""Syllables of a line that is easily kept in mind."""


def choose_hook(lines: tuple[str, ...], feeling: Feeling, language: str) -> int:
    """The index of the line that says most of the feeling.

    The strength of a line is |valence| + |arousal| of its reading, plus half the share that is not neutral, less
    where it turns against the song's feeling and where it is only a piece of a sentence. Between lines of nearly
    equal strength: a whole sentence, 4 to 10 syllables, one that rhymes with another line, the shorter, the later.

    >>> choose_hook(("hujan turun lagi", "aku rindu kamu"), Feeling.named("rindu"), "id")
    1
    """
    require(len(lines) > 0, "a hook needs at least one line", lines)
    open_lines = [ends_openly(line) for line in lines]
    keys = [rhyme_key((words_of(line) or ("",))[-1], language) for line in lines]

    def rank(at: int) -> tuple[float, bool, bool, bool, int, int]:
        syllables = count_syllables(lines[at], language)
        first = (words_of(lines[at]) or ("",))[0].lower()
        piece = open_lines[at] or (at > 0 and open_lines[at - 1])
        whole = 0.6 if piece or first in COORDINATORS | SUBORDINATORS | RELATIVES | PLACES else 1.0
        strength = whole * _strength(lines[at], feeling, language)
        return (
            round(strength, 1),
            whole == 1.0,
            syllables in BEST_LENGTH,
            bool(keys[at]) and keys.count(keys[at]) > 1,
            -syllables,
            at,
        )

    return max(range(len(lines)), key=rank)


def _strength(line: str, feeling: Feeling, language: str) -> float:
    read = read_words(line, language)
    if not read.readable:
        return 0.0
    strength = abs(read.valence) + abs(read.arousal) + 0.5 * (1 - read.basic["netral"])
    return strength * (0.6 if read.valence * feeling.valence < -0.05 else 1.0)
