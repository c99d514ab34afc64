"""The word tables of this room, read once when they are first asked for."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


def _rows(name: str) -> list[list[str]]:
    text = resources.files("senandung.weights").joinpath(name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _indonesian() -> dict[str, list[str]]:
    return {row[0]: row[1].split() for row in _rows("indonesian-words.tsv")}


@lru_cache(maxsize=32)
def indonesian_words(group: str) -> tuple[str, ...]:
    """The words of one group of the table weights/indonesian-words.tsv.

    >>> "maaf" in indonesian_words("double-a")
    True
    """
    return tuple(_indonesian()[group])


@lru_cache(maxsize=1)
def indonesian_divisions() -> dict[str, tuple[str, ...]]:
    """Word → syllables, for the Indonesian words that no rule divides rightly."""
    return {entry.replace(".", ""): tuple(entry.split(".")) for entry in _indonesian()["divided"]}


@lru_cache(maxsize=1)
def indonesian_short() -> dict[str, str]:
    """What is written without its vowels → the word that is sung.

    >>> indonesian_short()["bgt"]
    'banget'
    """
    return dict(entry.split("=") for entry in _indonesian()["short"])


@lru_cache(maxsize=1)
def english_divisions() -> dict[str, tuple[tuple[str, ...], int]]:
    """Word → (syllables, index of the stressed one), for the English words where the rules are wrong."""
    table = {}
    for word, division in _rows("english-stress.tsv"):
        parts = division.split(".")
        stressed = next((index for index, part in enumerate(parts) if part.startswith("*")), 0)
        table[word] = (tuple(part.lstrip("*") for part in parts), stressed)
    return table


@lru_cache(maxsize=8)
def english_words(group: str) -> frozenset[str]:
    """English words: "only" (no Indonesian word is written so), "function", "common", or all that are known ("").

    >>> "heart" in english_words("only")
    True
    """
    table = {row[0]: frozenset(row[1].split()) for row in _rows("english-words.tsv")}
    return table[group] if group else frozenset().union(*table.values(), english_divisions())


@lru_cache(maxsize=8)
def indonesian_vowels(group: str) -> frozenset[str]:
    """The words of one group of the table weights/indonesian-vowels.tsv.

    >>> "kecéwa" in indonesian_vowels("e")
    True
    """
    return _vowel_groups()[group]


@lru_cache(maxsize=1)
def _vowel_groups() -> dict[str, frozenset[str]]:
    return {row[0]: frozenset(row[1].split()) for row in _rows("indonesian-vowels.tsv")}


@lru_cache(maxsize=1)
def indonesian_sounds() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Word → the phonemes of its syllables, for the Indonesian words that no rule reads rightly."""
    return {word: sounds_of(text) for word, text in _rows("indonesian-phonemes.tsv")}


def sounds_of(text: str) -> tuple[tuple[str, ...], ...]:
    """The syllables of a text of phonemes: blanks between phonemes, dots between syllables.

    >>> sounds_of("r i n . d u")
    (('r', 'i', 'n'), ('d', 'u'))
    """
    return tuple(tuple(part.split()) for part in text.split("."))


@lru_cache(maxsize=1)
def english_lexicon() -> dict[str, tuple[str, ...]]:
    """Word → phonemes, for the English words that the rules read wrongly."""
    return {word: tuple(said.split()) for word, said in _rows("english-lexicon.tsv")}


@lru_cache(maxsize=1)
def english_sounds() -> dict[str, str]:
    """The rules that read English letters, "left|letter|right" → phonemes; see `english_rules`."""
    return {row[0]: row[1] if len(row) > 1 else "" for row in _rows("english-sounds.tsv")}
