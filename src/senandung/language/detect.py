"""Which language a text is in, and which language a single word of it belongs to."""

from __future__ import annotations

import re
from functools import lru_cache

from senandung.language.letters import base_letter, words_of
from senandung.language.tables import english_words, indonesian_words


def detect_language(text: str) -> str:
    """The language of a text: "id" or "en". What cannot be told is "id".

    Words that only English has, function words and spelling count for "en"; Indonesian, its slang and Javanese or
    Sundanese words for "id".

    >>> detect_language("aku rindu kamu"), detect_language("I miss you tonight"), detect_language("galau bgt sumpah")
    ('id', 'en', 'id')
    """
    score = 0.0
    for word in words_of(text):
        for piece in word.split("-"):
            score += _weight(_plain(piece))
    return "en" if score > 0 else "id"


def word_language(word: str, language: str) -> str:
    """The language by whose rules a word is divided: that of its line, unless it surely belongs to the other.

    >>> word_language("heart", "id"), word_language("hati", "en"), word_language("main", "id")
    ('en', 'id', 'id')
    """
    plain = _plain(word)
    if plain in english_words("both"):
        return language
    if language == "en":
        foreign = plain in _indonesian_only() or (ID_ENDING.search(plain) and plain not in english_words(""))
        return "id" if foreign else "en"
    if plain in indonesian_words("function"):
        return "id"
    return "en" if plain in english_words("only") or plain in english_words("function") or _shape(plain) > 0 else "id"


def _plain(word: str) -> str:
    return re.sub(r"(.)\1{2,}", r"\1", "".join(base_letter(letter) for letter in word))


def _weight(plain: str) -> float:
    if plain in english_words("function"):
        return 1.0
    if plain in indonesian_words("function"):
        return -1.0
    if plain in english_words("only"):
        return 0.8
    if plain in _indonesian_only() or re.sub("(?:ku|mu|nya|lah|kah)$", "", plain) in _indonesian_only():
        return -0.8
    if plain in english_words("common"):
        return 0.6
    shape = _shape(plain)
    if shape == 0 and plain.isascii() and plain.isalpha() and plain not in english_words(""):
        return -0.3  # a word that no English list knows
    return 0.6 * shape


@lru_cache(maxsize=1)
def _indonesian_only() -> frozenset[str]:
    return frozenset(indonesian_words("function")) | frozenset(indonesian_words("common"))


EN_SHAPE = re.compile(
    r"(?:tion|ough|ight|tch|[^n]ck|[aeiou]sh|[^adn]th|ould|ness|ful|less|[bcdfgklmnprstvz]ly)$"
    r"|^(?:wh|wr|kn|thr|thi)|'(?:s|t|re|ve|ll|d|m)$|[^aeiou]ou[nrst]|igh|x[aeiou]"
)
ID_SHAPE = re.compile(
    r"(?:nya|kan|lah|kah|ngan|yang|ku|mu|an|i|ak|uk|ng)$|^(?:me[mnlry]|ber[^r]|ter[^r]|di[^aeiou]|ng|peng|meng|ny)"
    r"|aa|dh|sy|kh"
)
ID_ENDING = re.compile(r".{3}(?:nya|kan|kah|ngan|anku|anmu)$|^(?:meng|meny|mem|ng|ny)[aiueo].*[aiun]$")


@lru_cache(maxsize=4096)
def _shape(plain: str) -> float:
    """What the spelling alone says: 1 surely English, −1 surely Indonesian, 0 nothing."""
    english = bool(EN_SHAPE.search(plain)) and not re.search("(?:nya|kan|lah)$", plain)
    indonesian = bool(ID_SHAPE.search(plain)) and len(plain) > 4 and not re.search("ing$|[cqxv]", plain)
    return float(english) - float(indonesian)
