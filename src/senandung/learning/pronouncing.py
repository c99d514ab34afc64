"""From a pronouncing dictionary to a word's written syllables: how weights/english-stress.tsv is made.

Letters are aligned with ARPAbet phones by dynamic programming, the phones are divided with the longest onset that
English allows (Kahn 1976), and the division is carried back to the letters.

    python -m senandung.learning.pronouncing cmudict.dict words.txt english-stress.tsv
"""

from __future__ import annotations

import itertools
import re
import sys
from functools import lru_cache
from pathlib import Path

from senandung.language.english import divide_by_rule, stress_by_rule

SPELLINGS: dict[str, tuple[str, ...]] = {
    "B": ("b", "bb"),
    "CH": ("ch", "tch", "t", "c", "cc"),
    "D": ("d", "dd", "ed"),
    "DH": ("th", "the"),
    "F": ("f", "ff", "ph", "gh", "lf"),
    "G": ("g", "gg", "gh", "gu", "gue"),
    "HH": ("h", "wh", "j"),
    "JH": ("j", "g", "dg", "dge", "d", "gg"),
    "K": ("c", "k", "ck", "ch", "q", "cc", "qu", "que", "lk", "cq", "kh"),
    "L": ("l", "ll"),
    "M": ("m", "mm", "mb", "mn", "lm"),
    "N": ("n", "nn", "kn", "gn", "pn", "mn"),
    "NG": ("ng", "n", "ngue"),
    "P": ("p", "pp", "ph"),
    "R": ("r", "rr", "wr", "rh"),
    "S": ("s", "ss", "c", "sc", "ps", "st", "z", "ce", "sw"),
    "SH": ("sh", "t", "s", "ss", "c", "ch", "sc", "sch", "ci", "ti", "si"),
    "T": ("t", "tt", "ed", "bt", "pt", "th", "ght", "d"),
    "TH": ("th", "tth"),
    "V": ("v", "f", "vv", "lv", "ph"),
    "W": ("w", "wh", "u", "o"),
    "Y": ("y", "i", "j", "e", "u"),
    "Z": ("z", "s", "zz", "x", "ss", "es"),
    "ZH": ("s", "g", "z", "si", "j", "ge"),
    "K S": ("x", "xc", "xs"),
    "G Z": ("x", "xh"),
    "K SH": ("x",),
    "W AH": ("o",),
    "T S": ("z", "zz"),
    "Y UW": ("u", "ue", "ew", "eu", "ou", "eau", "iew", "ewe", "yu", "you", "ui", "hu"),
    "Y UH": ("u", "eu", "ur"),
    "Y AH": ("u", "io", "ia", "ie", "iu", "you", "ya"),
    "Y ER": ("ur", "ure", "or", "er", "iur", "eur"),
    "AH L": ("l", "le", "el", "al", "il", "ol"),
    "AH M": ("m", "em", "om", "am"),
    "AH N": ("n", "en", "on", "an", "in"),
}
"""Spellings of consonants and of the pairs that one letter group writes."""

LARGEST_COST = 5.0
"""A dearer alignment means that the letters are not read so (abbreviations, foreign words)."""

ONSETS = frozenset([
    "P R", "P L", "P Y", "B R", "B L", "B Y", "T R", "T W", "D R", "D W", "K R", "K L", "K W", "K Y", "G R",
    "G L", "G W", "F R", "F L", "F Y", "V Y", "TH R", "TH W", "SH R", "HH Y", "M Y", "N Y", "S P", "S T", "S K",
    "S M", "S N", "S L", "S W", "S F", "S P R", "S P L", "S T R", "S K R", "S K W", "S K Y", "S P Y", "HH W",
])  # fmt: skip
"""Phones that open an English syllable together."""

SUNG = {
    word.replace(".", "").replace("*", ""): word
    for word in (
        "*ev.ery", "*ev.ery.thing", "*ev.ery.one", "*ev.ery.bo.dy", "*ev.ery.where", "*ev.ery.day",
        "*ev.ery.time", "good.*night", "with.*out", "with.*in", "*per.fect", "*pre.sent", "*re.cord",
        "*de.sert", "*mi.nute", "*mi.nutes", "*re.bel", "*ob.ject", "o.*k", "t.*v", "*would.'ve", "*could.'ve",
        "*should.'ve", "*per.fume",
    )
}  # fmt: skip
"""Words that are sung otherwise than the dictionary's first pronunciation has them."""


def read_pronunciations(text: str) -> dict[str, list[str]]:
    """Word → phones of its first pronunciation, from a dictionary in CMU's format.

    >>> read_pronunciations("love L AH1 V\\nfire F AY1 ER0\\nfire(2) F AY1 R # note")["fire"]
    ['F', 'AY1', 'ER0']
    """
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        fields = line.split("#", maxsplit=1)[0].split()
        if len(fields) > 1 and not fields[0].endswith(")"):
            found.setdefault(fields[0].lower(), fields[1:])
    return found


def divide_by_phones(word: str, phones: list[str]) -> tuple[list[str], int] | None:
    """The written syllables of a word and the index of the stressed one; None where letters and phones do not fit.

    >>> divide_by_phones("beautiful", "B Y UW1 T AH0 F AH0 L".split())
    (['beau', 'ti', 'ful'], 0)
    >>> divide_by_phones("fire", "F AY1 ER0".split())
    (['fire'], 0)
    """
    groups = _align(word, tuple(phones))
    if groups is None:
        return None
    owner = [at for at, group in enumerate(groups) for _ in range(group[1])]
    starts = [0]
    for group in groups:
        starts.append(starts[-1] + group[0])
    vowels = [at for at, phone in enumerate(phones) if phone[-1].isdigit()]
    if not vowels:
        return None
    cuts: list[int] = []
    for left, right in itertools.pairwise(vowels):
        onset = right
        while (
            onset - 1 > left
            and (onset == right or " ".join(phones[onset - 1 : right]) in ONSETS)
            and phones[onset - 1] != "NG"
        ):
            onset -= 1
        if onset == left + 1 and phones[onset] == "S" and onset < right - 1:
            onset += 1  # yes-ter-day, whis-per: s closes an open syllable
        cut = starts[owner[onset]]
        if onset and owner[onset] == owner[onset - 1]:  # one letter group writes both sides: x, or a doubled letter
            cut = starts[owner[onset]] + (1 if word[starts[owner[onset]]] == "x" or onset == right else 0)
        size = groups[owner[onset]][0]
        written = word[starts[owner[onset]] : starts[owner[onset]] + size]
        if len(written) == 2 and written[0] == written[1] and written[0] not in "aeiou":
            cut = starts[owner[onset]] + 1
        if written in ("ck", "tch"):
            cut += size
        if onset == right and phones[right - 1].startswith("ER") and word[cut - 1] == "r":
            cut -= 1  # accurate: the r of the spelled vowel opens the next syllable
        cuts.append(cut)
    stress = next((at for at, vowel in enumerate(vowels) if phones[vowel].endswith("1")), 0)
    for at in range(len(vowels) - 1, 0, -1):  # fire, hour, desire are sung as one syllable less
        if (
            phones[vowels[at] - 1][:2] in ("AY", "AW")
            and phones[vowels[at]] == "ER0"
            and re.search("(?:[iy]re?s?|[iy]red|our?s?)$", word[cuts[at - 1] - 1 if cuts[at - 1] else 0 :])
        ):
            del cuts[at - 1]
            stress -= 1 if stress >= at else 0
    edges = [0, *cuts, len(word)]
    parts = [word[a:b] for a, b in itertools.pairwise(edges)]
    return (parts, stress) if all(re.search("[a-z]", part) for part in parts) else None


@lru_cache(maxsize=8)
def _align(word: str, phones: tuple[str, ...]) -> tuple[tuple[int, int], ...] | None:
    """Letter groups in order as (letters, phones) of the cheapest alignment."""
    best: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {(0, 0): (0.0, ())}
    for at in range(len(word) + 1):
        for heard in range(len(phones) + 1):
            if (at, heard) not in best:
                continue
            cost, path = best[at, heard]
            for letters in range(1, 5):
                for count in range(3):
                    if at + letters > len(word) or heard + count > len(phones):
                        continue
                    step = _cost(word[at : at + letters], phones[heard : heard + count])
                    if step is None:
                        continue
                    key = (at + letters, heard + count)
                    if key not in best or cost + step < best[key][0]:
                        best[key] = (cost + step, (*path, (letters, count)))
    final = best.get((len(word), len(phones)))
    return final[1] if final and final[0] < LARGEST_COST else None


def _cost(letters: str, phones: tuple[str, ...]) -> float | None:
    """What it costs to write these phones by these letters; None if they never are."""
    if not phones:
        return None if len(letters) > 1 else {"e": 0.6, "'": 0.0, "h": 0.9, "w": 1.2, "y": 2.0}.get(letters, 1.6)
    plain = [phone.rstrip("012") for phone in phones]
    name = " ".join(plain)
    if name in SPELLINGS:
        if letters in SPELLINGS[name]:
            return 0.08 * SPELLINGS[name].index(letters) + (0.4 if len(phones) == 2 else 0.0)
        return 3.0 if len(letters) == 1 and letters not in "aeiou'" and len(phones) == 1 else None
    if len(phones) == 1 and phones[0][-1].isdigit():
        if plain[0] == "ER":
            return (
                0.1
                if re.fullmatch("[aeiouy]{1,3}r{1,2}|[aeiou]?re|olo", letters)
                else (0.8 if letters == "r" else None)
            )
        if re.fullmatch("[aeiouy]{1,3}[wy]?|[aeio]u?gh|ough", letters):
            return 0.03 * len(letters) + (0.5 if letters[0] == "y" else 0.0) + _unlike(letters, plain[0])
        return 2.5 if letters in ("ah", "eh", "oh", "uh", "w", "al") else None
    return None


def _unlike(letters: str, vowel: str) -> float:
    """A small cost for an unusual spelling of a vowel."""
    likely = {
        "IY": "ee ea ie e y ei ey i",
        "IH": "i y e a ui", "EH": "e ea a ai", "AE": "a", "AA": "o a", "AO": "o a au aw oa ou",
        "UW": "oo u ou ue ew o ui", "UH": "oo u ou", "AY": "i y igh ie ai",
        "EY": "a ai ay ei ey ea", "OW": "o oa ow oe",
        "AW": "ou ow", "OY": "oi oy", "AH": "a e i o u ou ai io",
    }  # fmt: skip
    return 0.0 if letters in likely.get(vowel, "").split() else 0.3


def build_table(pronunciations: dict[str, list[str]], words: list[str]) -> list[str]:
    """Rows "word<TAB>syl.*la.bles" for those of `words` that the rules divide or stress otherwise, sorted.

    >>> build_table({"goodbye": "G UH2 D B AY1".split(), "river": "R IH1 V ER0".split()}, ["goodbye", "river"])
    ['goodbye\\tgood.*bye']
    """
    rows = []
    for word in sorted(set(words)):
        if word in SUNG:
            rows.append(f"{word}\t{SUNG[word]}")
            continue
        if word not in pronunciations or not re.fullmatch("[a-z']*[a-z][a-z']*", word):
            continue
        found = divide_by_phones(word, pronunciations[word])
        if found is None:
            continue
        parts, stressed = found
        if parts == divide_by_rule(word) and (len(parts) == 1 or stress_by_rule(parts) == stressed):
            continue
        rows.append(
            f"{word}\t"
            + ".".join(("*" if at == stressed and len(parts) > 1 else "") + part for at, part in enumerate(parts))
        )
    return rows


def main(arguments: list[str]) -> None:
    """Write the table: dictionary, list of words (one a line), output."""
    dictionary, words, output = (Path(argument) for argument in arguments)
    rows = build_table(read_pronunciations(dictionary.read_text("utf-8")), words.read_text("utf-8").split())
    header = (
        "# English words that the rules of senandung.language.english get wrong, from the CMU Pronouncing Dictionary.\n"
    )
    output.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
