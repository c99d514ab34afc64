"""Rules that read English letters: the longest stretch of letters that a rule knows decides what a letter says."""

from __future__ import annotations

from collections.abc import Mapping

WINDOWS = ((0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3), (3, 3), (3, 4), (4, 5))
"""How many letters a rule sees before and after the one it reads, from the shortest rule to the longest."""


def read_by_rule(word: str, rules: Mapping[str, str]) -> tuple[str, ...]:
    """The phonemes of a word of plain lower-case letters.

    >>> read_by_rule("hi", {"|h|": "h", "|i|": "ɪ", "h|i|_": "a j"})
    ('h', 'a', 'j')
    """
    text = f"_{word}_"
    found: list[str] = []
    for at in range(1, len(text) - 1):
        for left, right in reversed(WINDOWS):
            said = rules.get(f"{text[max(at - left, 0) : at]}|{text[at]}|{text[at + 1 : at + 1 + right]}")
            if said is not None:
                found += said.split()
                break
    return tuple(found)
