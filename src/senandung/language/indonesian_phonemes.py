"""How the syllables of an Indonesian word are sung.

Letters become phonemes one by one but for e (schwa or taling), final k, b, d, g and the glides between vowels; the
conventions stand in docs/pronunciation.md. After Soderberg & Olson (2008), "Illustrations of the IPA: Indonesian", and
Moeliono et al. (2017), Tata Bahasa Baku Bahasa Indonesia, 4th edition, chapter 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from senandung.language.indonesian_e import e_of_syllables, letters_of
from senandung.language.tables import indonesian_sounds, indonesian_vowels, indonesian_words

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

NAMES = {
    "a": "a", "b": "b e", "c": "tʃ e", "d": "d e", "e": "e", "f": "ɛ f", "g": "g e", "h": "h a", "i": "i",
    "j": "dʒ e", "k": "k a", "l": "ɛ l", "m": "ɛ m", "n": "ɛ n", "o": "o", "p": "p e", "q": "k i", "r": "ɛ r",
    "s": "ɛ s", "t": "t e", "u": "u", "v": "f e", "w": "w e", "x": "ɛ k s", "y": "j e", "z": "z ɛ t",
}  # fmt: skip
"""The letters by name."""

SPELLED = {
    "ok": "o . k e", "tv": "t i . f i", "dj": "d i . dʒ e", "mc": "ɛ m . s i", "ac": "a . s e", "cd": "s i . d i",
    "vcd": "f i . s i . d i", "dvd": "d i . f i . d i", "pc": "p i . s i", "vip": "f i . a j . p i",
}  # fmt: skip
"""Short forms that are not said by the Indonesian names of their letters."""

LOAN_IN_IK = re.compile("(?!(?:me|ber|ter|pe|di|ke|se|ng|ny)).*[aeiou].*[aeiou][^aeiou]*[tnfsgmrlp]ik")
"""Loanwords of three syllables and more in -ik, which keep its k."""

VOICELESS = ("p", "t", "k", "s", "f", "ʃ", "x", "tʃ", "h")
VOWELS = tuple("aiueoəɛɔ")


def phonemes_indonesian(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """The phonemes of each syllable of one word without hyphens; () for a syllable without a known letter.

    >>> phonemes_indonesian(["ti", "dak"]), phonemes_indonesian(["si", "ang"])
    ([('t', 'i'), ('d', 'a', 'ʔ')], [('s', 'i'), ('j', 'a', 'ŋ')])
    """
    plain = [letters_of(part) for part in parts]
    plain[0] = plain[0].lstrip("'")
    word = "".join(plain)
    if word in indonesian_words("spelled") and len(parts) == len(word):
        spelled = SPELLED.get(word) or " . ".join(NAMES.get(letter, "") for letter in word)
        return [tuple(name.split()) for name in spelled.split(".")]
    known = indonesian_sounds().get(word)
    if known and len(known) == len(parts):
        return list(known)
    vowels = e_of_syllables(parts)
    sung = [_syllable(letters, vowels[at]) for at, letters in enumerate(plain)]
    ends = [at == len(sung) - 1 or CLITICS.fullmatch("".join(plain[at + 1 :])) is not None for at in range(len(sung))]
    for at in range(len(sung) - 1, -1, -1):
        following = sung[at + 1] if at + 1 < len(sung) else ()
        sung[at] = _closed(sung[at], following, ends[at], word)
    if word in indonesian_vowels("o"):
        sung = [tuple("ɔ" if symbol == "o" else symbol for symbol in sounds) for sounds in sung]
    for at in range(len(sung) - 1):
        left, right = sung[at], sung[at + 1]
        if ends[at + 1] and left[-1:] in (("e",), ("o",)) and {"e": "ɛ", "o": "ɔ"}[left[-1]] in right:
            sung[at] = (*left[:-1], {"e": "ɛ", "o": "ɔ"}[left[-1]])  # nɛnɛʔ, pɔhɔn: like before like
        glide = "ʔ" if plain[at].endswith("'") and right[:1] and right[0] in VOWELS else _glide(left, right)
        if glide:
            sung[at + 1] = (glide, *right)
    return sung


def _syllable(plain: str, e: str) -> tuple[str, ...]:
    """The letters of one syllable as phonemes, an e as `e`; only the first vowel counts."""
    found: list[str] = []
    at = 0
    voiced = False
    while at < len(plain):
        pair, letter = plain[at : at + 2], plain[at]
        if pair in DIPHTHONGS and not voiced:
            found += DIPHTHONGS[pair]
            voiced, at = True, at + 2
            continue
        if pair in DIGRAPHS:
            found.append(DIGRAPHS[pair])
            at += 2
            continue
        if letter in "aeiou" or (letter == "y" and not voiced and not re.search("[aeiou]", plain)):
            if not voiced:
                found.append(e if letter == "e" else "i" if letter == "y" else letter)
            voiced = True
        elif letter == "x":
            found += ["k", "s"] if at else ["s"]
        elif letter == "n" and plain[at + 1 : at + 2] in ("k", "g", "q"):
            found.append("ŋ")
        elif letter in LETTERS:
            found.append(LETTERS[letter])
        at += 1
    if found[-1:] == ["ʔ"] and len(found) > 1 and plain.endswith("'"):
        found.pop()  # the apostrophe of do'a belongs to what follows
    return tuple(found)


def _closed(sung: tuple[str, ...], following: tuple[str, ...], ends: bool, word: str) -> tuple[str, ...]:
    """A syllable with its last consonant, and its e or o before it, as they are said there."""
    if not sung or sung[-1] in VOWELS:
        return sung
    last, then = sung[-1], following[:1]
    if last not in ("j", "w"):
        sung = tuple({"e": "ɛ", "o": "ɔ"}.get(symbol, symbol) for symbol in sung)
    if last == "k" and (
        (ends and not _keeps_k(word)) or (not ends and any(root in word for root in indonesian_vowels("glottal")))
    ):
        last = "ʔ"
    elif last in ("b", "d", "g") and (ends or (then and then[0] in VOICELESS)):
        last = {"b": "p", "d": "t", "g": "k"}[last]
    elif last == "n" and then and then[0] in ("tʃ", "dʒ"):
        last = "ɲ"
    elif last == "n" and not ends and then and then[0] in ("k", "g"):
        last = "ŋ"
    elif then and then[0] == last and not ends and word not in ("allah",):
        return sung[:-1]  # massa
    return (*sung[:-1], last)


def _keeps_k(word: str) -> bool:
    """Whether a word is a loan whose final k is said: a listed one, or a longer one in -tik, -nik, -fik …"""
    stem = re.sub("(?:" + CLITICS.pattern + ")$", "", word)
    return (
        stem in indonesian_vowels("k")
        or any(len(root) > 4 and stem.endswith(root) for root in indonesian_vowels("k"))
        or LOAN_IN_IK.fullmatch(stem) is not None
    )


def _glide(left: tuple[str, ...], right: tuple[str, ...]) -> str:
    """What joins two vowels side by side: a glide after i and u, a glottal stop between two alike and after a schwa."""
    if not left or not right or right[0] not in VOWELS:
        return ""
    if left[-1] == right[0] or left[-1] == "ə":
        return "ʔ"
    return {"i": "j", "u": "w"}.get(left[-1], "")
