"""Letters with their marks, and the words between them: what every rule of this room works on."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VOWELS = frozenset("aeiouаеёиоуыэюяіїєαεηιουω")
"""Base letters that can carry a syllable, in Latin, Cyrillic and Greek; y is judged by each language."""

CLIPPED = frozenset([
    "cause", "cuz", "til", "till", "bout", "em", "neath", "round", "twas", "tis", "n", "kan", "ku", "mu", "kau",
    "tuk", "tlah", "lah", "pa", "ma", "gitu", "gini",
])  # fmt: skip
"""Words that are written with an apostrophe before them ('cause, 'tuk)."""

WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+(?:['\-](?:[^\W_][\u0300-\u036f]*)+)*")
"""A word: letters or digits with their marks, and the apostrophes and hyphens between them."""


@lru_cache(maxsize=4096)
def base_letter(letter: str) -> str:
    """The plain lower-case letter under a letter with its marks.

    >>> base_letter("É"), base_letter("ñ"), base_letter("İ")
    ('e', 'n', 'i')
    """
    plain = unicodedata.normalize("NFD", letter)[:1].lower()
    return unicodedata.normalize("NFD", plain)[:1]


def clusters(word: str) -> list[str]:
    """Each letter together with the marks that follow it; joined they are the word again.

    >>> [len(cluster) for cluster in clusters("ke\\u0301")]
    [1, 2]
    """
    found: list[str] = []
    for char in word:
        if found and unicodedata.category(char).startswith("M"):
            found[-1] += char
        else:
            found.append(char)
    return found


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in their order, without the punctuation around them.

    >>> words_of("Malam-malam, aku... lovin' you, 'cause it's Jum'at!")
    ('Malam-malam', 'aku', "lovin'", 'you', "'cause", "it's", "Jum'at")
    """
    found = []
    for match in WORD.finditer(text.replace("\u2019", "'").replace("\u2018", "'")):
        word = match.group()
        before = text[match.start() - 1] if match.start() else ""
        after = text[match.end()] if match.end() < len(text) else ""
        if before in ("'", "\u2019", "\u2018") and word.lower() in CLIPPED:
            word = "'" + word
        if after in ("'", "\u2019") and word.lower().endswith("in") and len(word) > 3 and before != after:
            word += "'"
        found.append(word)
    return tuple(found)


def is_ideograph(letter: str) -> bool:
    """Whether a character is a syllable by itself: Han, kana, hangul.

    >>> is_ideograph("歌"), is_ideograph("a")
    (True, False)
    """
    return any(
        low <= ord(letter[0]) <= high
        for low, high in ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
    )
