"""Words and lines as syllables, each with its place in the word and its stress."""

from __future__ import annotations

from senandung.domain.words import Syllable
from senandung.language.detect import word_language
from senandung.language.english import divide_english, stress_english
from senandung.language.indonesian import divide_indonesian, stress_indonesian
from senandung.language.letters import is_ideograph, words_of
from senandung.language.numbers import sung_text


def syllabify_word(word: str, language: str) -> tuple[Syllable, ...]:
    """The syllables of one word as they are sung; their texts joined are the word without its punctuation.

    `language` is that of the line ("id" or "en"); a word that belongs to the other one is divided by its rules.
    Digits are kept as written: call `sung_text` first. Text without a letter or digit gives no syllable.

    >>> [syllable.text for syllable in syllabify_word("malam-malam", "id")]
    ['ma', 'lam-', 'ma', 'lam']
    >>> [(syllable.text, syllable.stressed) for syllable in syllabify_word("forever", "id")]
    [('fo', False), ('re', True), ('ver', False)]
    """
    parts: list[tuple[str, bool]] = []
    for found in words_of(word):
        pieces = found.split("-")
        for index, piece in enumerate(pieces):
            divided, stressed = _divide(piece, language)
            hyphen = "-" if index < len(pieces) - 1 else ""
            for place, text in enumerate(divided):
                parts.append((text + (hyphen if place == len(divided) - 1 else ""), place == stressed))
    last = len(parts) - 1
    return tuple(
        Syllable(text, stressed=stressed, begins_word=index == 0, ends_word=index == last)
        for index, (text, stressed) in enumerate(parts)
    )


def syllabify_line(line: str, language: str) -> tuple[Syllable, ...]:
    """The syllables of a line in sung order, its numbers spelled out as words.

    >>> [syllable.text for syllable in syllabify_line("Aku rindu, 2 malam", "id")]
    ['A', 'ku', 'rin', 'du', 'du', 'a', 'ma', 'lam']
    """
    return tuple(
        syllable for word in words_of(sung_text(line, language)) for syllable in syllabify_word(word, language)
    )


def _divide(piece: str, language: str) -> tuple[list[str], int | None]:
    if any(is_ideograph(letter) for letter in piece):
        divided = _divide_ideographs(piece)
        return divided, 0
    if word_language(piece, language) == "en":
        divided = divide_english(piece)
        return divided, stress_english(divided)
    divided = divide_indonesian(piece)
    return divided, stress_indonesian(divided)


def _divide_ideographs(piece: str) -> list[str]:
    divided: list[str] = []
    for letter in piece:
        if divided and not is_ideograph(letter):
            divided[-1] += letter
        else:
            divided.append(letter)
    return divided
