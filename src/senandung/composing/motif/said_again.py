"""Short lines on a long motif: they are said again, so that a syllable need not carry many tones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from senandung.composing.melody.motif_words import ThemeLine
from senandung.composing.melody.slots import Slot
from senandung.composing.words.variations import ends_openly, plain_letters
from senandung.domain.words import Line, Words

SLURRED = 2.5
"""Tones a syllable from which on a line is said again."""

USUAL = 1.3
"""Tones a syllable that are wanted then."""

MOST_TIMES = 4
"""How often a line is said at most."""


def say_again(words: Words, slots: Sequence[Slot], lines: Mapping[tuple[int, int], ThemeLine]) -> Words:
    """The words with short lines said again where they sing many tones of a motif.

    A person's line stands as it is where it is sung for the first time: their words come whole and in order.

    Parameters
    ----------
    words : of the song.
    slots : where they are sung.
    lines : what some of them sing of the motif, by section and line.
    """
    tones = {
        slot.first_syllable: len(lines[slot.section, slot.index].tones)
        for slot in slots
        if (slot.section, slot.index) in lines
    }
    found: list[Line] = []
    sung: set[str] = set()
    for start, line in zip(words.line_starts, words.lines, strict=True):
        key = plain_letters(line.text)
        first = line.source == "person" and key not in sung
        sung.add(key)
        times = 1 if first or ends_openly(line.text) else times_for(tones.get(start, 0), len(line.syllables))
        found.append(line if times == 1 else _said(line, times))
    return replace(words, lines=tuple(found))


def times_for(tones: int, syllables: int) -> int:
    """How often a line of so many syllables is said on so many tones.

    >>> times_for(12, 2), times_for(12, 3), times_for(12, 6)
    (4, 3, 1)
    """
    if tones < SLURRED * syllables:
        return 1
    return max(min(round(tones / (USUAL * syllables)), tones // syllables, MOST_TIMES), 1)


def _said(line: Line, times: int) -> Line:
    text = line.text.rstrip(" ,.;:!?…")
    again = text if text.split()[0].rstrip("'’msdvelr") == "I" else text[:1].lower() + text[1:]
    source = "variation" if line.source == "person" else line.source
    return replace(
        line, text=", ".join([text, *[again] * (times - 1)]), syllables=line.syllables * times, source=source
    )
