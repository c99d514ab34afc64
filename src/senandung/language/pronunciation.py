"""Words to phonemes: what is sung on every syllable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from senandung.domain.phonemes import PHONEMES, check_syllable, phoneme
from senandung.domain.words import Syllable, Words
from senandung.language.detect import word_language
from senandung.language.english_phonemes import phonemes_english
from senandung.language.indonesian_phonemes import phonemes_indonesian

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
    which is sung on ə. Nothing is dropped and nothing raises.

    >>> from senandung.domain.words import Line
    >>> from senandung.language.syllables import syllabify_line
    >>> pronounce(Words("id", (Line("aku rindu", syllabify_line("aku rindu", "id")),))).syllables
    (('a',), ('k', 'u'), ('r', 'i', 'n'), ('d', 'u'))
    """
    sung: list[Sounds] = []
    unsure: list[tuple[int, str]] = []
    for number, line in enumerate(words.lines, 1):
        for word in _words(line.syllables):
            sounds, sure = _word([syllable.text for syllable in word], words.language, lexicon)
            own = [syllable.phonemes for syllable in word]
            sung += [said or found for said, found in zip(own, sounds, strict=True)]
            if not sure and not all(own):
                unsure.append((number, "".join(syllable.text for syllable in word)))
    return Pronunciation(tuple(sung), tuple(dict.fromkeys(unsure)))


def parse_sounds(text: str) -> tuple[Sounds, ...]:
    """The syllables of "r i n . d u"; an unknown phoneme, or a syllable without exactly one vowel, is refused."""
    found = tuple(tuple(part.split()) for part in text.split("."))
    for sounds in found:
        check_syllable(sounds)
    return found


def _words(syllables: tuple[Syllable, ...]) -> list[list[Syllable]]:
    found: list[list[Syllable]] = []
    for syllable in syllables:
        if syllable.begins_word or not found:
            found.append([])
        found[-1].append(syllable)
    return found


def _word(texts: list[str], language: str, lexicon: Mapping[str, str]) -> tuple[list[Sounds], bool]:
    """The phonemes of a word's syllables, and whether they are sure."""
    whole = "".join(texts).lower()
    if whole in lexicon:
        return _fitted(parse_sounds(lexicon[whole]), len(texts))
    pieces: list[list[str]] = [[]]
    for text in texts:
        pieces[-1].append(text)
        if text.endswith("-"):
            pieces.append([])
    found: list[Sounds] = []
    sure = True
    for piece in filter(None, pieces):
        plain = "".join(piece).strip("-").lower()
        if plain in lexicon:
            sounds, certain = _fitted(parse_sounds(lexicon[plain]), len(piece))
        else:
            sounds, certain = _by_rule(piece, word_language(plain, language))
        found += sounds
        sure = sure and certain
    return found, sure


def _by_rule(piece: list[str], language: str) -> tuple[list[Sounds], bool]:
    if language == "en":
        return phonemes_english(piece)
    said = phonemes_indonesian(piece)
    certain = all(_vowels(each) == 1 for each in said)
    return [each if _vowels(each) == 1 else _with_vowel(each) for each in said], certain


def _vowels(sounds: Sounds) -> int:
    return sum(phoneme(symbol).vowel for symbol in sounds)


def _with_vowel(sounds: Sounds) -> Sounds:
    """A syllable that can be sung: a schwa before the last consonant where it has no vowel, the first of many."""
    vowels = [at for at, symbol in enumerate(sounds) if PHONEMES[symbol].vowel]
    if vowels:
        return tuple(symbol for at, symbol in enumerate(sounds) if at == vowels[0] or at not in vowels)
    at = max(len(sounds) - 1, min(len(sounds), 1))
    return (*sounds[:at], "ə", *sounds[at:])


def _fitted(syllables: tuple[Sounds, ...], count: int) -> tuple[list[Sounds], bool]:
    """Syllables made as many as are sung: the last ones are joined or drawn out."""
    if len(syllables) == count:
        return list(syllables), True
    if len(syllables) > count:
        kept = list(syllables[: count - 1])
        rest = tuple(symbol for sounds in syllables[count - 1 :] for symbol in sounds)
        return [*kept, _with_vowel(rest)], False
    vowel = next(symbol for symbol in syllables[-1] if PHONEMES[symbol].vowel)
    at = syllables[-1].index(vowel)
    drawn = [(*syllables[-1][: at + 1],), *[(vowel,)] * (count - len(syllables) - 1), (vowel, *syllables[-1][at + 1 :])]
    return [*syllables[:-1], *drawn], False
