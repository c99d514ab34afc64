"""How the syllables of an English word are sung: General American, as clearly as in classical singing.

A word is looked up (weights/english-lexicon.tsv), else read by rule (weights/english-sounds.tsv), endings by
themselves; its phonemes are then divided over the syllables that the word has under the notes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence, Set
from functools import lru_cache

from senandung.domain.phonemes import PHONEMES
from senandung.language.english import is_sounded, shortened
from senandung.language.english_rules import read_by_rule
from senandung.language.letters import base_letter
from senandung.language.tables import english_lexicon, english_sounds, english_words

ONSETS = frozenset([
    "p ɹ", "p l", "p j", "b ɹ", "b l", "b j", "t ɹ", "t w", "d ɹ", "d w", "k ɹ", "k l", "k w", "k j", "g ɹ",
    "g l", "g w", "f ɹ", "f l", "f j", "v j", "θ ɹ", "θ w", "ʃ ɹ", "h j", "m j", "s p", "s t", "s k", "s m",
    "s n", "s l", "s w", "s p ɹ", "s p l", "s t ɹ", "s k ɹ", "s k w", "s k j", "h w",
])  # fmt: skip
"""Consonants that open a syllable together."""

FULL = {"a": "æ", "e": "ɛ", "i": "ɪ", "o": "ɑ", "u": "ʌ", "y": "ɪ"}
"""What a vowel letter says in a stressed closed syllable."""

LONG = {"a": ("e", "j"), "e": ("i",), "i": ("a", "j"), "o": ("o", "w"), "u": ("u",), "y": ("a", "j")}
"""What it says before a consonant and a silent e."""

PAIRS = {
    "ou": ("a", "w"), "ow": ("a", "w"), "ee": ("i",), "ea": ("i",), "oo": ("u",), "ai": ("e", "j"), "ay": ("e", "j"),
    "oa": ("o", "w"), "au": ("ɔ",), "oi": ("ɔ", "j"), "oy": ("ɔ", "j"), "ie": ("i",),
}  # fmt: skip
"""What two vowel letters say."""

VOICELESS = frozenset(["p", "t", "k", "f", "θ"])
HISSING = frozenset(["s", "z", "ʃ", "ʒ", "tʃ", "dʒ"])


ENDINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("s", ()), ("ly", ("l", "i")), ("less", ("l", "ə", "s")), ("ness", ("n", "ə", "s")), ("some", ("s", "ə", "m")),
    ("able", ("ə", "b", "ə", "l")), ("ful", ("f", "ə", "l")), ("fully", ("f", "ə", "l", "i")),
    ("ment", ("m", "ə", "n", "t")),
)  # fmt: skip
"""Endings and what they say; the s of a plural is said after what stands before it."""


def phonemes_english(parts: Sequence[str]) -> tuple[list[tuple[str, ...]], bool]:
    """The phonemes of each syllable of one word without hyphens, and whether they fit its syllables by themselves.

    >>> phonemes_english(["to", "night"])
    ([('t', 'ə'), ('n', 'a', 'j', 't')], True)
    """
    plain = "".join(base_letter(letter) for letter in "".join(parts))
    said = _said(shortened(plain))
    if is_sounded("".join(parts)) and not (PHONEMES[said[-1]].vowel or said[-1] == "j"):
        said = _said(re.sub("g$", "j", re.sub("c$", "s", shortened(plain)[:-1])) + "ay")  # as in French: fiancé
    if said[:1] == ("ɝ",) and len(said) > 1 and PHONEMES[said[1]].vowel:
        said = ("ə", "ɹ", *said[1:])  # a-round
    return divide_sounds(said, len(parts))


def divide_sounds(said: tuple[str, ...], count: int) -> tuple[list[tuple[str, ...]], bool]:
    """Phonemes as `count` syllables of one vowel each, consonants with the vowel that follows where they can open it.

    A word with more vowels gives up its weakest (a schwa; the ɝ of fire and every becomes ɹ); one with fewer holds its
    last vowel. The second value says whether neither was needed.

    >>> divide_sounds(("f", "a", "j", "ɝ"), 1), divide_sounds(("l", "ʌ", "v"), 2)
    (([('f', 'a', 'j', 'ɹ')], True), ([('l', 'ʌ'), ('ʌ', 'v')], False))
    """
    sounds = list(said)
    sure = bool(sounds)
    while len(_vowels(sounds)) > count:
        sure = _give_up(sounds) and sure
    if not _vowels(sounds):
        at = max(len(sounds) - 1, min(len(sounds), 1))
        sounds.insert(at, "ə")
        sure = False
    while len(_vowels(sounds)) < count:
        last = _vowels(sounds)[-1]
        sounds.insert(last, sounds[last])
        sure = False
    vowels = _vowels(sounds)
    edges = [0]
    for left, right in itertools.pairwise(vowels):
        edges.append(_onset(sounds, left, right))
    edges.append(len(sounds))
    return [tuple(sounds[a:b]) for a, b in itertools.pairwise(edges)], sure


def _vowels(sounds: Sequence[str]) -> list[int]:
    return [at for at, symbol in enumerate(sounds) if PHONEMES[symbol].vowel]


def _give_up(sounds: list[str]) -> bool:
    """Take one vowel out; whether it was one that singers leave out themselves."""
    vowels = _vowels(sounds)
    for at in reversed(vowels[1:]):
        if sounds[at] == "ɝ" and (sounds[at - 1] in "jw" or PHONEMES[(*sounds, "t")[at + 1]].vowel):
            sounds[at] = "ɹ"
            return True
    for at in reversed(vowels[1:]):
        if sounds[at] == "ə":
            del sounds[at]
            return True
    for at in reversed(vowels[1:]):
        if sounds[at] in ("ɪ", "i") and PHONEMES[(*sounds, "t")[at + 1]].vowel:
            sounds[at] = "j"
            return True
    del sounds[vowels[-1]]
    return False


def _onset(sounds: Sequence[str], left: int, right: int) -> int:
    """Where the syllable of the vowel at `right` begins."""
    start = left + 1
    if start < right and sounds[start] in ("j", "w") and sounds[left] in ("a", "e", "o", "ɔ"):
        start += 1  # the glide belongs to its diphthong
    onset = right
    while onset > start and (
        (onset == right and sounds[onset - 1] != "ŋ") or " ".join(sounds[onset - 1 : right]) in ONSETS
    ):
        onset -= 1
    return onset


@lru_cache(maxsize=4096)
def _said(plain: str) -> tuple[str, ...]:
    lexicon = english_lexicon()
    if plain in lexicon:
        return lexicon[plain]
    if "'" in plain:
        head, tail = plain.split("'", 1)
        joined = {"ll": ("ə", "l"), "re": ("ɹ",), "ve": ("v",), "d": ("d",), "m": ("m",), "t": ("t",)}
        if not head:
            return _said(tail.replace("'", ""))
        if tail == "s":
            return (*_said(head), *_plural(_said(head)))
        if not tail and head.endswith("in"):
            return (*_said(f"{head}g")[:-1], "n")
        return (*_said(head), *joined.get(tail, _said(tail.replace("'", "")) if tail else ()))
    listed = english_words("")
    parts = () if plain in listed or len(plain) < 4 else _by_parts(plain, listed | lexicon.keys())
    return parts or _stressed(plain, read_by_rule(plain, english_sounds()))


def _stressed(plain: str, said: tuple[str, ...]) -> tuple[str, ...]:
    """A word of one syllable cannot have a schwa there unless it is listed: its first vowel letter says what it has."""
    if len(_vowels(said)) != 1 or "ə" not in said:
        return said
    written = re.search("[aeiouy]+", plain)
    vowel = written[0] if written else "u"
    if re.search("(?<![aeiouy])[aeiouy][^aeiouyx]e[sd]?$", plain):
        full = LONG.get(vowel[0], ("ʌ",))
    else:
        full = PAIRS.get(vowel[:2]) or (FULL.get(vowel[0], "ʌ"),)
    return tuple(part for symbol in said for part in (full if symbol == "ə" else (symbol,)))


def _by_parts(plain: str, known: Set[str]) -> tuple[str, ...]:
    """A word made of a known one and an ending, or of two known ones; () where it is neither."""
    for ending, added in ENDINGS:
        stem = plain[: -len(ending)]
        if plain.endswith(ending) and stem in known and len(stem) > 2:
            return _joined(_said(stem), added or _plural(_said(stem)))
    for ending in ("ing", "ed"):
        stem = next((stem for stem in _stems(plain[: -len(ending)]) if stem in known and len(stem) > 2), "")
        if plain.endswith(ending) and stem:
            return _joined(_said(stem), ("ɪ", "ŋ") if ending == "ing" else _past(_said(stem)))
    for at in range(4, len(plain) - 3):
        if plain[:at] in known and plain[at:] in known and plain[at:] != "very":
            return _joined(_said(plain[:at]), _said(plain[at:]))
    return ()


def _stems(cut: str) -> tuple[str, ...]:
    """What a verb may be before -ing or -ed: stop(p), hop(e), walk, hurr(y)."""
    if len(cut) > 2 and cut[-1] == cut[-2] and cut[-1] not in "lsfz":
        return (cut[:-1],)
    if cut.endswith("i"):
        return (f"{cut[:-1]}y",)
    return (f"{cut}e", cut, cut[:-1] if cut[-1:] == cut[-2:-1] else "")


def _joined(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    """Two parts of a word; a consonant that both have at the seam is said once."""
    return left + (right[1:] if left[-1:] == right[:1] else right)


def _plural(said: Sequence[str]) -> tuple[str, ...]:
    if said[-1:] and said[-1] in HISSING:
        return ("ɪ", "z")
    return ("s",) if said[-1:] and said[-1] in VOICELESS else ("z",)


def _past(said: Sequence[str]) -> tuple[str, ...]:
    if said[-1:] and said[-1] in ("t", "d"):
        return ("ɪ", "d")
    return ("t",) if said[-1:] and said[-1] in VOICELESS | {"s", "ʃ", "tʃ"} else ("d",)
