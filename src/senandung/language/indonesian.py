"""Where an Indonesian word divides into syllables, and which of them is stressed.

The division is the sung one: a consonant between two vowels opens the next syllable, also over a suffix
(ke-na-ngan, ma-ka-nan), where the dictionary KBBI divides by morphemes (ke.nang.an). The count is the same.
Rules: Ejaan yang Disempurnakan V (2022) on ng, ny, sy, kh and on ai, au, oi, ei; stress after Halim 1974: the
penultimate syllable, the last one where the penultimate has a schwa.
"""

from __future__ import annotations

import itertools
import re

from senandung.language.indonesian_e import e_of_syllables
from senandung.language.letters import VOWELS, base_letter, clusters
from senandung.language.tables import indonesian_divisions, indonesian_words

DIGRAPHS = ("ng", "ny", "sy", "kh", "sh", "th", "dh", "gh", "ph", "bh", "ch", "dj", "tj", "ts")
PREFIX = "(?:meng?|mem|meny|menge|me|di|ke|se|ter|ber|per|peng?|pem|peny|penge|pe|ku|kau|nge?){0,4}"
"""Any prefixes; at most four, so that a hostile word costs no more than another."""
CLITIC = "(?:ku|mu|nya|lah|kah|pun|kan|kau|tah|in|an){0,4}"
"""Any suffixes."""


def divide_indonesian(word: str) -> list[str]:
    """The syllables of one Indonesian word without hyphens; joined they are the word.

    >>> divide_indonesian("menyanyikan"), divide_indonesian("rinduuu"), divide_indonesian("pulau")
    (['me', 'nya', 'nyi', 'kan'], ['rin', 'duuu'], ['pu', 'lau'])
    """
    letters = clusters(word)
    plain = "".join(base_letter(letter) for letter in letters)
    if len(plain) != len(letters):
        return [word]
    if plain in indonesian_words("spelled"):
        return letters
    known = indonesian_divisions().get(plain)
    if known:
        return _cut(letters, [len(part) for part in known])
    nuclei = _nuclei(plain)
    if len(nuclei) < 2:
        return [word]
    cuts = [_boundary(plain, left[1], right[0]) for left, right in itertools.pairwise(nuclei)]
    edges = [0, *cuts, len(letters)]
    return ["".join(letters[a:b]) for a, b in itertools.pairwise(edges)]


def stress_indonesian(parts: list[str]) -> int | None:
    """The index of the stressed syllable of a divided word, or None for an unstressed monosyllable.

    >>> stress_indonesian(["ma", "lam"]), stress_indonesian(["be", "sar"]), stress_indonesian(["yang"])
    (0, 1, None)
    """
    plain = "".join(base_letter(letter) for letter in "".join(parts))
    if len(parts) == 1:
        return None if plain in indonesian_words("light") else 0
    if plain in indonesian_words("spelled"):
        return len(parts) - 1
    return len(parts) - (1 if e_of_syllables(parts)[-2] == "ə" else 2)


def _nuclei(plain: str) -> list[tuple[int, int]]:
    """The spans of the vowels that carry the syllables."""
    spans: list[tuple[int, int]] = []
    for run in re.finditer("[" + "".join(sorted(VOWELS)) + "]+|(?<=[^aeiouysn])y+$|(?<=[aeiou]n)y+$", plain):
        spans.extend(_divide_run(plain, run.start(), run.end()))
    return spans


def _divide_run(plain: str, start: int, end: int) -> list[tuple[int, int]]:
    """A run of vowels as nuclei: repeated letters are one, two different ones are two, diphthongs are one."""
    groups: list[tuple[int, int]] = []
    at = start
    while at < end:
        stop = at
        while stop < end and plain[stop] == plain[at]:
            stop += 1
        if stop - at > 1 and _is_double(plain, at, stop):
            groups += [(at, at + 1), (at + 1, stop)]
        else:
            groups.append((at, stop))
        at = stop
    joined: list[tuple[int, int]] = []
    for group in groups:
        if joined and _is_diphthong(plain, joined[-1], group):
            joined[-1] = (joined[-1][0], group[1])
        else:
            joined.append(group)
    return joined


def _is_double(plain: str, start: int, stop: int) -> bool:
    """Whether a repeated vowel is two syllables (maaf, perasaan, diingat), not one drawn out (sayaang)."""
    vowel, short = plain[start], plain[:start] + plain[stop - 1 :]
    if vowel == "a":
        before, after = plain[:start], plain[stop:]
        doubled = before + "aa" + after
        if any(root in doubled for root in indonesian_words("double-a")):
            return True
        closing = re.fullmatch(f"n(?:{CLITIC})n*", after)
        return bool(
            closing and re.search("[aeiou]", before) and stop - start == 2 and short not in indonesian_words("ends-an")
        )
    if vowel == "i":
        return plain[:start] in ("d", "ked", "memper") and stop < len(plain) and stop - start == 2
    if vowel == "e":
        return re.fullmatch("(?:ber)?[sk]", plain[:start]) is not None and stop < len(plain) and stop - start == 2
    return vowel == "o" and re.match("(?:di|me|ber|peng|meng)?(?:k?ko|zo|o)o(?:r|p|l)", plain[: stop + 1]) is not None


def _is_diphthong(plain: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether two neighbouring vowels are one syllable: ai, au, oi, ei at a word's end or in a listed root."""
    if len(set(plain[left[0] : left[1]])) > 1:
        return False
    pair = plain[left[0]] + plain[right[0]]
    around = plain[max(left[0] - 3, 0) : right[1] + 6]
    if pair in ("au", "ai", "oi", "oe", "eu", "ei") and any(
        root in around and _covers(plain, root, left[0]) for root in indonesian_words("diphthong")
    ):
        return True
    if pair == "eu" and re.fullmatch("(?:ng|[nrshytk])?(?:na|keun)?", plain[right[1] :]):
        return True  # the Sundanese vowel eu: geus, henteu, anjeun
    if pair not in ("ai", "au", "oi", "ei"):
        return False
    rest = plain[right[1] :]
    if pair == "ai" and rest.startswith("kan") and re.search("(?:^|[^a])ba$|(?:^|[^u])na$", plain[: left[1]]):
        return False  # kebaikan, kenaikan: the roots baik and naik
    if pair == "au" and plain[: left[1]] == "ka" and re.match("[^aeiou]+[aeiou]+[^aeiou]+[aeiou]", rest):
        return True
    if rest and re.fullmatch("(?:ku|mu|nya+|la+h+|ka+h+|pu+n+|ka+n+|an|[.])+(?:ku|mu|nya|lah)?", rest) is None:
        return False
    stem = re.sub(r"(.)\1+", r"\1", plain[: right[0]]) + plain[right[0]]
    if pair == "au":
        return not re.fullmatch(PREFIX + "(?:m|b|t)au", stem)
    if pair == "ai":
        return not any(re.fullmatch(_with_prefix(root) + "i", stem) for root in indonesian_words("verb-i"))
    return True


def _covers(plain: str, root: str, at: int) -> bool:
    return any(match.start() <= at < match.start() + len(root) for match in re.finditer(re.escape(root), plain))


def _with_prefix(root: str) -> str:
    """A pattern for the root after any prefixes, its first p, t, k or s melted into a nasal one (suka, me-nyuka)."""
    nasal = {"p": "[mp]em", "t": "[mp]en", "k": "[mp]eng", "s": "[mp]eny"}.get(root[0])
    return f"(?:{PREFIX}{root}|(?:di|ku|kau)?{nasal}{root[1:]})" if nasal else PREFIX + root


def _boundary(plain: str, start: int, end: int) -> int:
    """Where the consonants between two nuclei divide."""
    between = plain[start:end]
    if "'" in between:
        return start + between.rindex("'") + 1
    units = _units(between)
    sizes = [len(unit) for unit in units]
    count = len(units)
    if count <= 1:
        return start
    keep = 1
    if count == 2:
        tail = plain[start + sizes[0] :]
        split = re.fullmatch("la+h+", tail) or any(root in plain for root in indonesian_words("closed-stop"))
        keep = 0 if _opens(units, inner=True) and not split else 1
    elif units[0] == "k" and units[1][0] == "s":
        keep = 2
    else:
        while keep < count - 1 and not _opens(units[keep:]):
            keep += 1
    return start + sum(sizes[:keep])


def _opens(units: list[str], inner: bool = False) -> bool:
    """Whether consonants can open a syllable together; `inner`: right after a vowel, where only liquids follow."""
    if len(units) == 1:
        return True
    if len(units) == 2:
        first, second = units
        if second in ("l", "r"):
            return first in ("p", "b", "k", "g", "f") or first + second in ("tr", "dr")
        return not inner and (second in ("y", "w") or (first == "s" and second in ("p", "t", "k", "l", "m", "n", "kh")))
    return len(units) == 3 and units[0] == "s" and _opens(units[1:])


def _units(consonants: str) -> list[str]:
    """Consonants with the digraphs and the repeated letters as one each."""
    units: list[str] = []
    at = 0
    while at < len(consonants):
        size = 2 if consonants[at : at + 2] in DIGRAPHS else 1
        unit = consonants[at : at + size]
        at += size
        while size == 1 and len(consonants) > at + 1 and consonants[at] == unit == consonants[at + 1]:
            unit += consonants[at]
            at += 1
        units.append(unit)
    return units


def _cut(letters: list[str], sizes: list[int]) -> list[str]:
    parts, at = [], 0
    for size in sizes:
        parts.append("".join(letters[at : at + size]))
        at += size
    return parts
