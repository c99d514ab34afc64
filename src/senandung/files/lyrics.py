"""Sung text as files carry it, a syllable a note, and the `Words` that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senandung.domain.song import Section
from senandung.domain.time import TICKS_PER_QUARTER, Tick
from senandung.domain.words import Line, Syllable, Words
from senandung.language.detect import detect_language
from senandung.language.syllables import syllabify_word

LONGEST_LINE = 16
"""Syllables after which a line of unmarked words ends with its word."""


@dataclass(frozen=True)
class SungText:
    """One syllable under a note: its text, and whether its word begins and ends with it.

    `ends_line` marks the last syllable of a line where the file says so.
    """

    text: str
    begins_word: bool = True
    ends_word: bool = True
    ends_line: bool = False


@dataclass(frozen=True)
class Sung:
    """A syllable with the ticks at which its first note begins and its last note ends."""

    text: SungText
    onset: Tick
    end: Tick


def make_words(sung: Sequence[Sung], sections: Sequence[Section] = ()) -> Words:
    """The words of sung syllables, in lines: where the file ends them, else at rests and after a comfortable length.

    Language and stress are found by the language room; words that do not divide as they are sung have no stress.
    """
    if not sung:
        return Words()
    language = detect_language(_joined([item.text for item in sung]))
    marked = any(item.text.ends_line for item in sung)
    lines: list[Line] = []
    row: list[Sung] = []
    for item, following in zip(sung, [*sung[1:], None], strict=True):
        row.append(item)
        last = following is None or item.text.ends_line
        if following is not None and not marked and (item.text.ends_word or following.text.begins_word):
            rest = following.onset - item.end
            last = rest >= TICKS_PER_QUARTER or len(row) >= LONGEST_LINE
        if last:
            lines.append(_line(row, language, sections))
            row = []
    return Words(language, tuple(lines))


def _line(row: Sequence[Sung], language: str, sections: Sequence[Section]) -> Line:
    texts = [item.text for item in row]
    section = next((i for i, part in enumerate(sections) if part.onset <= row[0].onset < part.end), 0)
    return Line(_joined(texts), _syllables(texts, language), "person", section)


def _joined(texts: Sequence[SungText]) -> str:
    joined = ""
    for text in texts:
        joined += (" " if text.begins_word and joined else "") + text.text
    return joined


def _syllables(texts: Sequence[SungText], language: str) -> tuple[Syllable, ...]:
    syllables: list[Syllable] = []
    word: list[SungText] = []
    for text, following in zip(texts, [*texts[1:], None], strict=True):
        word.append(text)
        if following is None or text.ends_word or following.begins_word:
            divided = syllabify_word("".join(part.text for part in word), language)
            known = len(divided) == len(word)
            syllables.extend(
                Syllable(part.text, known and divided[index].stressed, part.begins_word, part.ends_word)
                for index, part in enumerate(word)
            )
            word = []
    return tuple(syllables)
