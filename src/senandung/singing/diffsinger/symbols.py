"""Our phonemes in a voicebank's spelling.

Banks spell phonemes as their dictionaries do: the International Phonetic Alphabet, X-SAMPA (Wells 1995), ARPAbet in
small letters as in the CMU Pronouncing Dictionary, or the spelling of Indonesian and Malay dictionaries; banks of
several languages put the language before a slash (`id/ng`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES
from senandung.singing.diffsinger.bank import OWN_PHONEMES, Bank
from senandung.singing.diffsinger.terms import CONFIG, language_of

SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "a": "a aa", "i": "i iy", "u": "u uw", "e": "e ey", "o": "o ow",
        "ə": "ə ax @ eu ah", "ɛ": "ɛ eh E", "ɔ": "ɔ ao O",
        "æ": "æ ae {", "ʌ": "ʌ ah V", "ɑ": "ɑ aa A", "ɪ": "ɪ ih I", "ʊ": "ʊ uh U", "ɝ": "ɝ er @` 3`",
        "p": "p", "b": "b", "t": "t", "d": "d", "k": "k", "g": "g ɡ", "ʔ": "ʔ ? q cl vf",
        "tʃ": "tʃ ch tS t_S c", "dʒ": "dʒ jh dZ d_Z dj j", "f": "f", "v": "v", "θ": "θ th T", "ð": "ð dh D",
        "s": "s", "z": "z", "ʃ": "ʃ sh S sy", "ʒ": "ʒ zh Z", "x": "x kh", "h": "h hh",
        "m": "m", "n": "n", "ɲ": "ɲ ny J nj", "ŋ": "ŋ ng N",
        "l": "l", "r": "r rr", "ɾ": "ɾ dx 4 r", "ɹ": "ɹ r\\ r", "w": "w", "j": "y j",
    }
)  # fmt: skip
"""How banks spell each of our phonemes, the surest spelling first. `j` is the glide only where no `y` is (`_names`)."""

NEAR: Mapping[str, str] = MappingProxyType(
    {"ə": "e", "ɛ": "e", "ɔ": "o", "æ": "a", "ʌ": "a", "ɑ": "a", "ɪ": "i", "ʊ": "u", "ɝ": "ə", "ʔ": "k", "v": "f",
     "θ": "s", "ð": "d", "z": "s", "ʃ": "s", "ʒ": "dʒ", "x": "h", "ɲ": "n", "ŋ": "n", "r": "l", "ɾ": "l", "ɹ": "l"}
)  # fmt: skip
"""What is nearest to a phoneme, as advice where a bank lacks it: it is the person who says what is sung instead."""

LANGUAGES = ("id", "ms", "jv", "su", "fil", "en", "es", "it", "pt", "de", "fr", "ja", "ko", "zh")
"""The languages of banks of several, the best for Indonesian first; English phonemes are English ones first."""


def spelt(bank: Bank, symbols: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The bank's phonemes for each of ours that is sung; a sentence names all that it lacks.

    Raises `FileError` where the bank lacks one and its `senandung.tsv` does not say what to sing instead.
    """
    found: dict[str, tuple[str, ...]] = {}
    lacking: list[str] = []
    for symbol in dict.fromkeys(symbols):
        name = next((name for name in _names(bank, symbol) if name in bank.terms.tokens), None)
        if symbol in bank.own:
            found[symbol] = bank.own[symbol]
        elif name is not None:
            found[symbol] = (name,)
        else:
            lacking.append(symbol)
    if not lacking:
        return MappingProxyType(found)
    near = (NEAR.get(symbol, "") for symbol in lacking)
    options = [
        next((name for name in _names(bank, each) if name in bank.terms.tokens), None) if each else None
        for each in near
    ]
    lines = ", ".join(f"{symbol}<TAB>{option or '…'}" for symbol, option in zip(lacking, options, strict=True))
    raise FileError(
        bank.folder / CONFIG,
        f"the bank has no phoneme for {', '.join(lacking)}; say what it sings instead in "
        f"{OWN_PHONEMES} beside it, a line each ({lines})",
    )


def _names(bank: Bank, symbol: str) -> list[str]:
    """Every name that a bank may have for a phoneme, the likeliest first."""
    english = PHONEMES[symbol].languages == ("en",)
    known = [*LANGUAGES, *sorted({language_of(name) for name in bank.terms.tokens} - {"", *LANGUAGES})]
    order = ["", *sorted(known, key=lambda one: (english and one != "en", known.index(one)))]
    names = []
    for language in order:
        prefix = f"{language}/" if language else ""
        for spelling in SPELLINGS[symbol].split():
            if (symbol, spelling) == ("dʒ", "j") and f"{prefix}y" not in bank.terms.tokens:
                continue  # there it is the glide
            pinyin = f"{prefix}zh" in bank.terms.tokens and f"{prefix}kh" not in bank.terms.tokens
            if (symbol, spelling) == ("x", "x") and pinyin:
                continue  # there it is pinyin's
            names.append(prefix + spelling)
    return names
