"""How words rhyme and how many syllables a text has."""

from __future__ import annotations

import re

from senandung.language.letters import VOWELS, base_letter
from senandung.language.syllables import syllabify_line, syllabify_word


def rhyme_key(word: str, language: str) -> str:
    """The last vowel of a word and what follows it; two words with the same key rhyme. "" where there is no letter.

    >>> rhyme_key("rinduuu!", "id"), rhyme_key("Malam", "id"), rhyme_key("pulau", "id"), rhyme_key("tonight", "en")
    ('u', 'am', 'au', 'ight')
    """
    syllables = syllabify_word(word, language)
    if not syllables:
        return ""
    plain = "".join(base_letter(letter) for letter in syllables[-1].text if letter.isalnum())
    plain = re.sub(r"(.)\1+", r"\1", plain)
    carriers = "".join(sorted(VOWELS)) + ("y" if not VOWELS & set(plain) or (language == "en" and plain[1:]) else "")
    start = next((at for at, letter in enumerate(plain) if letter in carriers and (at or letter != "y")), 0)
    return plain[start:]


def count_syllables(text: str, language: str) -> int:
    """How many syllables a text is sung on, its numbers spelled out.

    >>> count_syllables("aku rindu, malam ini", "id"), count_syllables("", "id")
    (8, 0)
    """
    return len(syllabify_line(text, language))
