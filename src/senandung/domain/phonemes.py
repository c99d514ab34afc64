"""Phonemes that are sung: one table for pronunciation, singing and voicebanks.

Symbols are those of the International Phonetic Alphabet. A diphthong is a vowel and the glide it ends on (`a` `j`).
Indonesian: Soderberg & Olson (2008), Illustrations of the IPA: Indonesian, J. Int. Phon. Assoc. 38(2). English
(General American): Ladefoged (1999) in the Handbook of the IPA.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from senandung.domain.checks import require

Manner = Literal["vowel", "stop", "affricate", "fricative", "nasal", "lateral", "trill", "tap", "glide", "approximant"]

Place = Literal["", "labial", "dental", "alveolar", "palatal", "velar", "glottal"]


@dataclass(frozen=True)
class Phoneme:
    """A phoneme: how it is made, where, whether the voice sounds in it, and the languages that have it."""

    symbol: str
    manner: Manner
    place: Place
    voiced: bool
    languages: tuple[str, ...]

    @property
    def vowel(self) -> bool:
        """Whether a syllable can be held on it."""
        return self.manner == "vowel"


def _table() -> Mapping[str, Phoneme]:
    both, indonesian, english = ("id", "en"), ("id",), ("en",)
    rows: tuple[tuple[str, Manner, Place, bool, tuple[str, ...]], ...] = (
        ("a i u e o ə ɛ ɔ", "vowel", "", True, both),
        ("æ ʌ ɑ ɪ ʊ ɝ", "vowel", "", True, english),
        ("p", "stop", "labial", False, both),
        ("b", "stop", "labial", True, both),
        ("t", "stop", "alveolar", False, both),
        ("d", "stop", "alveolar", True, both),
        ("k", "stop", "velar", False, both),
        ("g", "stop", "velar", True, both),
        ("ʔ", "stop", "glottal", False, indonesian),
        ("tʃ", "affricate", "palatal", False, both),
        ("dʒ", "affricate", "palatal", True, both),
        ("f", "fricative", "labial", False, both),
        ("v", "fricative", "labial", True, both),
        ("θ", "fricative", "dental", False, english),
        ("ð", "fricative", "dental", True, english),
        ("s", "fricative", "alveolar", False, both),
        ("z", "fricative", "alveolar", True, both),
        ("ʃ", "fricative", "palatal", False, both),
        ("ʒ", "fricative", "palatal", True, english),
        ("x", "fricative", "velar", False, indonesian),
        ("h", "fricative", "glottal", False, both),
        ("m", "nasal", "labial", True, both),
        ("n", "nasal", "alveolar", True, both),
        ("ɲ", "nasal", "palatal", True, indonesian),
        ("ŋ", "nasal", "velar", True, both),
        ("l", "lateral", "alveolar", True, both),
        ("r", "trill", "alveolar", True, indonesian),
        ("ɾ", "tap", "alveolar", True, both),
        ("ɹ", "approximant", "alveolar", True, english),
        ("w", "glide", "labial", True, both),
        ("j", "glide", "palatal", True, both),
    )
    return MappingProxyType(
        {
            symbol: Phoneme(symbol, manner, place, voiced, languages)
            for symbols, manner, place, voiced, languages in rows
            for symbol in symbols.split()
        }
    )


PHONEMES: Mapping[str, Phoneme] = _table()
"""Every phoneme by its symbol."""


def phoneme(symbol: str) -> Phoneme:
    """The phoneme of a symbol.

    >>> phoneme("ŋ").manner
    'nasal'
    """
    require(symbol in PHONEMES, f"a phoneme must be one of {' '.join(PHONEMES)}", symbol)
    return PHONEMES[symbol]


def check_syllable(symbols: tuple[str, ...]) -> None:
    """Refuse phonemes that are no syllable: known ones, exactly one of them a vowel.

    >>> check_syllable(("r", "i", "n"))
    """
    vowels = [symbol for symbol in symbols if phoneme(symbol).vowel]
    require(len(vowels) == 1, "a syllable must have exactly one vowel", " ".join(symbols))
