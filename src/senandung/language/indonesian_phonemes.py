"""How the syllables of an Indonesian word are sung.

Letters become phonemes one by one but for e (schwa or taling), final k, b, d, g and the glides between vowels; the
conventions stand in docs/pronunciation.md. After Soderberg & Olson (2008), "Illustrations of the IPA: Indonesian", and
Moeliono et al. (2017), Tata Bahasa Baku Bahasa Indonesia, 4th edition, chapter 2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from senandung.language.letters import base_letter, clusters

DIGRAPHS = {
    "ng": "ŋ", "ny": "ɲ", "sy": "ʃ", "sh": "ʃ", "kh": "x", "dj": "dʒ", "tj": "tʃ",
    "th": "t", "dh": "d", "gh": "g", "ph": "f", "bh": "b", "ch": "x", "ck": "k",
}  # fmt: skip
"""Two letters that write one consonant; dj and tj are the old spelling, th, dh, gh and bh stand in names."""

LETTERS = {
    **{letter: letter for letter in "abdfghiklmnoprstuwz"},
    "c": "tʃ", "j": "dʒ", "y": "j", "v": "f", "q": "k", "x": "ks", "'": "ʔ",
}  # fmt: skip
"""What a letter writes by itself; v is said as f."""

DIPHTHONGS = {"ai": ("a", "j"), "au": ("a", "w"), "oi": ("o", "j"), "ei": ("e", "j"), "oe": ("u",), "eu": ("ə",)}
"""Two vowel letters of one syllable; oe is the old spelling of u, eu the Sundanese vowel, nearest to schwa."""

CLITICS = re.compile("(?:ku|mu|nya|lah|kah|tah|pun|kan)+")
"""What is written together with a word and leaves the word's end as it is."""


def phonemes_indonesian(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """The phonemes of each syllable of one word without hyphens; () for a syllable without a known letter.

    >>> phonemes_indonesian(["ti", "dak"]), phonemes_indonesian(["si", "ang"])
    ([('t', 'i'), ('d', 'a', 'ʔ')], [('s', 'i'), ('j', 'a', 'ŋ')])
    """
    vowels = _vowels_of_e(parts)
    sung = [_syllable(part, vowels[at]) for at, part in enumerate(parts)]
    plain = [_plain(part) for part in parts]
    for at in range(len(sung) - 1, -1, -1):
        closes_root = at == len(sung) - 1 or CLITICS.fullmatch("".join(plain[at + 1 :])) is not None
        following = sung[at + 1][:1] if at + 1 < len(sung) else ()
        sung[at] = _closed(sung[at], following, closes_root)
    for at in range(len(sung) - 1):
        glide = _glide(sung[at], sung[at + 1])
        if glide:
            sung[at + 1] = (glide, *sung[at + 1])
    return sung


def _plain(part: str) -> str:
    return re.sub(r"(.)\1{2,}", r"\1", "".join(base_letter(letter) for letter in clusters(part)))


def _vowels_of_e(parts: Sequence[str]) -> list[str]:
    """ "e" or "ə" for each syllable, by the person's accents, else by the word."""
    found = []
    for at, part in enumerate(parts):
        marks = unicodedata.normalize("NFD", part.lower())
        if re.search("e[\u0300\u0301]", marks):
            found.append("e")
        elif "e\u0302" in marks:
            found.append("ə")
        else:
            found.append("e" if at == len(parts) - 1 and marks.endswith("e") else "ə")
    return found


def _syllable(part: str, e: str) -> tuple[str, ...]:
    plain = _plain(part).strip("-")
    found: list[str] = []
    at = 0
    voiced = False
    while at < len(plain):
        pair = plain[at : at + 2]
        if pair in DIPHTHONGS and not voiced:
            found += DIPHTHONGS[pair]
            voiced, at = True, at + 2
        elif pair in DIGRAPHS:
            found.append(DIGRAPHS[pair])
            at += 2
        else:
            letter = plain[at]
            if letter in "aeiou":
                if not voiced:
                    found.append(e if letter == "e" else letter)
                voiced = True
            elif letter == "x":
                found += ["k", "s"]
            elif letter in LETTERS:
                found.append(LETTERS[letter])
            at += 1
    return tuple(found)


def _closed(sung: tuple[str, ...], following: tuple[str, ...], closes_root: bool) -> tuple[str, ...]:
    """A syllable with its last consonant as it is said there."""
    if not sung or sung[-1] in "aeiouə":
        return sung
    opened = {"e": "ɛ", "o": "ɔ"}
    sung = tuple(opened.get(symbol, symbol) if sung[-1] not in "jw" else symbol for symbol in sung)
    last = sung[-1]
    if closes_root and last == "k":
        last = "ʔ"
    elif last in ("b", "d", "g") and (closes_root or following[:1] in (("p",), ("t",), ("k",), ("s",))):
        last = {"b": "p", "d": "t", "g": "k"}[last]
    return (*sung[:-1], last)


def _glide(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """What joins two vowels side by side: a glide after i and u, a glottal stop between two that are alike."""
    if not left or not right or right[0] not in "aeiouəɛɔ":
        return ""
    if left[-1] == right[0] or left[-1] == "ə":
        return "ʔ"
    return {"i": "j", "u": "w"}.get(left[-1], "")
