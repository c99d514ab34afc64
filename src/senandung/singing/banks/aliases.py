"""How sounds are called in voicebanks: Latin letters as Indonesian and English lists write them, and kana.

Kana after the usual Japanese lists (CV, and VCV with the vowel before in Latin letters: `a か`, `- か`). The Indonesian
spellings are ours first (`record_list`), then those of X-SAMPA and of lists that are in use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType

from senandung.domain.phonemes import PHONEMES

SPELLINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "a": ("a",), "i": ("i",), "u": ("u",), "e": ("e", "é"), "o": ("o",), "ə": ("@", "e'", "ê", "eu", "ə"),
        "ɛ": ("E", "è", "ɛ"), "ɔ": ("O", "ɔ"), "æ": ("{", "ae"), "ʌ": ("V", "uh"), "ɑ": ("A", "aa"), "ɪ": ("I", "ih"),
        "ʊ": ("U", "oo"), "ɝ": ("3", "@r", "er"),
        "tʃ": ("c", "ch", "tS"), "dʒ": ("j", "dZ"), "ŋ": ("ng", "N"), "ɲ": ("ny", "J"), "ʃ": ("sy", "sh", "S"),
        "x": ("kh", "x"), "ʔ": ("q", "'", "?"), "j": ("y", "j"), "ɾ": ("4", "dx"), "ɹ": ("r\\",),
        "θ": ("th", "T"), "ð": ("dh", "D"), "ʒ": ("zh", "Z"),
    }
)  # fmt: skip
"""Spellings of a phoneme in Latin letters, the likeliest first; what is missing is written as its symbol."""

SUBSTITUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ə": ("ɝ", "ʌ", "e", "u", "a"), "ɛ": ("e", "æ"), "e": ("ɛ",), "ɔ": ("o",), "o": ("ɔ",), "æ": ("ɛ", "e", "a"),
        "ʌ": ("a", "ə"), "ɑ": ("a", "ɔ"), "ɪ": ("i",), "ʊ": ("u",), "ɝ": ("ə", "e"),
        "l": ("ɾ", "r", "ɹ"), "r": ("ɾ", "l", "ɹ"), "ɾ": ("r", "l", "ɹ"), "ɹ": ("r", "ɾ", "l"),
        "ŋ": ("g", "n"), "ɲ": ("n",), "v": ("f", "b"), "f": ("h", "p"), "z": ("dʒ", "s"), "ʃ": ("s",), "x": ("h", "k"),
        "ʔ": ("k",), "θ": ("s", "t"), "ð": ("d", "z"), "ʒ": ("dʒ", "z", "ʃ"), "tʃ": ("t",), "dʒ": ("d",), "w": ("b",),
    }
)  # fmt: skip
"""What is sung for a phoneme that a bank lacks, the nearest first; it is said to the person."""

ALLOPHONES = frozenset({("ɛ", "e"), ("ɔ", "o"), ("e", "ɛ"), ("o", "ɔ")})
"""Replacements that nobody needs to be told of: they are one vowel of Indonesian."""

VOWELS = "aiueo"

_ROWS = """
_ あ い う え お
k か き く け こ
s さ すぃ す せ そ
ʃ しゃ し しゅ しぇ しょ
t た てぃ とぅ て と
tʃ ちゃ ち ちゅ ちぇ ちょ
n な に ぬ ね の
ɲ にゃ に にゅ にぇ にょ
h は ひ ふ へ ほ
f ふぁ ふぃ ふ ふぇ ふぉ
m ま み む め も
j や い ゆ いぇ よ
ɾ ら り る れ ろ
w わ うぃ う うぇ うぉ
g が ぎ ぐ げ ご
z ざ ずぃ ず ぜ ぞ
dʒ じゃ じ じゅ じぇ じょ
d だ でぃ どぅ で ど
b ば び ぶ べ ぼ
p ぱ ぴ ぷ ぺ ぽ
v ヴァ ヴィ ヴ ヴェ ヴォ
"""

KANA: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("" if row.split()[0] == "_" else row.split()[0], vowel): sound
        for row in _ROWS.strip().splitlines()
        for vowel, sound in zip(VOWELS, row.split()[1:], strict=True)
    }
)
"""The kana of a consonant ("" for none) and a vowel."""

FINAL_N = ("ん", "ン", "n", "N")


@dataclass(frozen=True)
class Variant:
    """A syllable's beginning with its vowel, as it may be sung: `replaced` are pairs of (wanted, sung)."""

    head: tuple[str, ...]
    vowel: str
    replaced: tuple[tuple[str, str], ...] = ()


def spellings(symbol: str) -> tuple[str, ...]:
    """The Latin spellings of a phoneme.

    >>> spellings("ŋ"), spellings("m")
    (('ng', 'N'), ('m',))
    """
    return SPELLINGS.get(symbol, (symbol,))


def variants(head: Sequence[str], vowel: str) -> Iterator[Variant]:
    """A syllable's beginning as it is, then with substitutes, the fewest and nearest first.

    >>> [(each.head, each.vowel) for each in variants((), "ɛ")]
    [((), 'ɛ'), ((), 'e'), ((), 'æ')]
    """
    choices = [(symbol, *SUBSTITUTES.get(symbol, ())) for symbol in (*head, vowel)]
    ranked = sorted(product(*(range(len(each)) for each in choices)), key=lambda at: (sum(map(bool, at)), sum(at)))
    for at in ranked[:200]:
        sung = tuple(choice[index] for choice, index in zip(choices, at, strict=True))
        wanted = tuple(choice[0] for choice in choices)
        replaced = tuple((one, two) for one, two in zip(wanted, sung, strict=True) if one != two)
        yield Variant(sung[:-1], sung[-1], replaced)


def written(head: Sequence[str], vowel: str) -> Iterator[str]:
    """How a syllable's beginning may be written, without what was before.

    >>> list(written(("ŋ",), "a")), list(written(("tʃ",), "i"))[-1]
    (['nga', 'Na', 'ng a', 'N a'], 'ち')
    """
    for between in ("", " ") if len(head) == 1 else ("",):  # lists of diphones write "ng a"
        for parts in product(*(spellings(symbol) for symbol in (*head, vowel))):
            yield between.join(parts)
    if len(head) <= 1 and ("".join(head), vowel) in KANA:
        yield KANA["".join(head), vowel]


def written_after(vowel: str, consonant: str) -> Iterator[str]:
    """How a consonant (or a glide) after a vowel may be written: `a n`, `an`; a last n also as kana."""
    for before, after in product(spellings(vowel), spellings(consonant)):
        yield f"{before} {after}"
        yield f"{before} {after}-"
    for before, after in product(spellings(vowel), spellings(consonant)):
        yield f"{before}{after}"
        yield f"{before}{after}-"
    if PHONEMES[consonant].manner == "nasal" and vowel in VOWELS:
        yield from (f"{vowel} {each}" for each in FINAL_N[:2])
