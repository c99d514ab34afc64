"""Words to phonemes: what is sung on every syllable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.phonemes import PHONEMES, check_syllable, phoneme
from senandung.domain.words import Line, Syllable, Words
from senandung.language.detect import word_language
from senandung.language.english_phonemes import divide_sounds, phonemes_english
from senandung.language.indonesian_phonemes import phonemes_indonesian
from senandung.language.tables import sounds_of

Sounds = tuple[str, ...]
"""The phonemes of one syllable."""

NO_LEXICON: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Pronunciation:
    """What is sung: `syllables` holds the phonemes of each syllable of the words, in order, exactly one vowel in each.

    `unsure` names, as (number of the line from 1, word), the words that were fitted or could not be read at all.
    """

    syllables: tuple[Sounds, ...]
    unsure: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        for sounds in self.syllables:
            check_syllable(sounds)


def pronounce(words: Words, lexicon: Mapping[str, str] = NO_LEXICON) -> Pronunciation:
    """The phonemes of every syllable.

    A syllable's own `phonemes` come first, then the `lexicon` (a word in lower case to "r i n . d u": blanks between
    phonemes, dots between syllables), then the rules of the word's language. The division of the words stays: a word
    whose vowels do not fit its syllables is fitted to them and named in `unsure`, as is a word that cannot be read,
    which is sung on ə. Nothing is dropped, and no text raises; an entry of the lexicon that is used and wrong does.

    >>> from senandung.domain.words import Line
    >>> from senandung.language.syllables import syllabify_line
    >>> said = pronounce(Words("id", (Line("aku rindu", syllabify_line("aku rindu", "id")),)))
    >>> said.syllables, said.unsure
    ((('a',), ('k', 'u'), ('r', 'i', 'n'), ('d', 'u')), ())
    """
    sung: list[Sounds] = []
    unsure: list[tuple[int, str]] = []
    known = {_key(word): said for word, said in lexicon.items()}
    heard: dict[tuple[str, ...], tuple[list[Sounds], bool]] = {}
    for number, line in enumerate(words.lines, 1):
        for word in _words(line.syllables):
            own = [syllable.phonemes for syllable in word]
            if all(own):
                sung += own
                continue
            texts = tuple(syllable.text for syllable in word)
            if texts not in heard:
                heard[texts] = _word(texts, words.language, known)
            sounds, sure = heard[texts]
            sung += [said or found for said, found in zip(own, sounds, strict=True)]
            if not sure:
                unsure.append((number, "".join(texts)))
    return Pronunciation(tuple(sung), tuple(dict.fromkeys(unsure)))


def with_lexicon(words: Words, lexicon: Mapping[str, str]) -> Words:
    """The words with the lexicon's phonemes on their syllables, so that they are sung so wherever the song goes.

    Only where an entry has as many syllables as the word; a syllable's own phonemes stay.

    >>> from senandung.language.syllables import syllabify_line
    >>> said = with_lexicon(Words("id", (Line("rindu", syllabify_line("rindu", "id")),)), {"rindu": "r i n . d o"})
    >>> [syllable.phonemes for syllable in said.syllables]
    [('r', 'i', 'n'), ('d', 'o')]
    """
    known = {_key(word): said for word, said in lexicon.items()}
    return replace(words, lines=tuple(_line_with(line, words.language, known) for line in words.lines))


def _line_with(line: Line, language: str, known: Mapping[str, str]) -> Line:
    found: list[Syllable] = []
    for word in _words(line.syllables):
        texts = [syllable.text for syllable in word]
        if any(_looked_up(piece, known) for piece in ("".join(texts), *"".join(texts).split("-"))):
            sounds, sure = _word(texts, language, known)
            if sure:
                found += [replace(one, phonemes=one.phonemes or said) for one, said in zip(word, sounds, strict=True)]
                continue
        found += word
    return replace(line, syllables=tuple(found))


def said_unsure(unsure: Sequence[tuple[int, str]]) -> str:
    """A sentence that names unsure words with their lines, "" where there are none.

    >>> said_unsure([(1, "brr"), (6, "brr")])
    'nobody can be sure how to pronounce “brr” (lines 1, 6); a lexicon can say it, in as many syllables'
    """
    lines: dict[str, list[int]] = {}
    for number, word in unsure:
        lines.setdefault(word, []).append(number)
    said = [f"“{word}” (line{'s' if len(at) > 1 else ''} {', '.join(map(str, at))})" for word, at in lines.items()]
    if not said:
        return ""
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"nobody can be sure how to pronounce {listed}; a lexicon can say it, in as many syllables"


def parse_lexicon(text: str, path: Path) -> dict[str, str]:
    """A lexicon's words with their phonemes; `path` is named in errors.

    One word a line, a tab, its phonemes with blanks between them and dots between its syllables ("rindu<TAB>r i n .
    d u"); without a dot a word is divided by rule. Empty lines and those that begin with # are passed over.

    >>> parse_lexicon("# mine\\nRindu\\tr i n . d u\\n", Path("mine.tsv"))
    {'rindu': 'r i n . d u'}
    """
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, tab, said = line.partition("\t")
        key = _key(word)
        if not tab or not key or not said.strip() or "\t" in said:
            raise FileError(path, f"a line must be a word, a tab and its phonemes, got {line!r}", line=number)
        try:
            _entry(said)
        except InvalidValueError as error:
            raise FileError(path, str(error), line=number) from error
        if found.setdefault(key, said.strip()) != said.strip():
            raise FileError(path, f"a word must stand once, got {word.strip()!r} again", line=number)
    return found


def _key(word: str) -> str:
    """A word as the lexicon has it: composed letters, lower case, plain apostrophes."""
    return unicodedata.normalize("NFC", word.strip().lower()).replace("\u2019", "'")


def _entry(said: str, count: int = 0) -> tuple[list[Sounds], bool]:
    """The syllables of a lexicon's entry, fitted to `count` of them (0: as many as it has), and whether it had them."""
    syllables = sounds_of(said)
    symbols = tuple(symbol for sounds in syllables for symbol in sounds)
    vowels = sum(phoneme(symbol).vowel for symbol in symbols)
    if len(syllables) == 1 and vowels > 1:
        return divide_sounds(symbols, count or vowels)
    for sounds in syllables:
        check_syllable(sounds)
    return (list(syllables), True) if count in (0, vowels) else divide_sounds(symbols, count)


def _words(syllables: tuple[Syllable, ...]) -> list[list[Syllable]]:
    found: list[list[Syllable]] = []
    for syllable in syllables:
        if syllable.begins_word or not found:
            found.append([])
        found[-1].append(syllable)
    return found


def _word(texts: Sequence[str], language: str, lexicon: Mapping[str, str]) -> tuple[list[Sounds], bool]:
    """The phonemes of a word's syllables, and whether they are sure."""
    entry = _looked_up("".join(texts), lexicon)
    if entry:
        return _entry(entry, len(texts))
    pieces: list[list[str]] = [[]]
    for text in texts:
        pieces[-1].append(text)
        if text.endswith("-"):
            pieces.append([])
    found: list[Sounds] = []
    sure = True
    for piece in filter(None, pieces):
        plain = "".join(piece).strip("-")
        entry = _looked_up(plain, lexicon)
        sounds, certain = _entry(entry, len(piece)) if entry else _by_rule(piece, word_language(plain, language))
        found += sounds
        sure = sure and certain
    return found, sure


def _looked_up(word: str, lexicon: Mapping[str, str]) -> str:
    """The lexicon's entry for a word or for the word that it draws out (rinduuu), or ""."""
    if not lexicon:
        return ""
    key = _key(word)
    return lexicon.get(key) or lexicon.get(re.sub(r"(.)\1{2,}", r"\1", key), "")


def _by_rule(piece: list[str], language: str) -> tuple[list[Sounds], bool]:
    if language == "en":
        return phonemes_english(piece)
    said = phonemes_indonesian(piece)
    sure = all(_vowels(sounds) == 1 for sounds in said)
    return [sounds if _vowels(sounds) == 1 else _with_vowel(sounds) for sounds in said], sure


def _vowels(sounds: Sequence[str]) -> int:
    return sum(PHONEMES[symbol].vowel for symbol in sounds)


def _with_vowel(sounds: Sounds) -> Sounds:
    """Consonants alone with a schwa before the last of them, so that they can be sung."""
    at = max(len(sounds) - 1, min(len(sounds), 1))
    return (*sounds[:at], "ə", *sounds[at:])
