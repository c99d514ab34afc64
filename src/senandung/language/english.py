"""Where an English word divides into syllables, and which of them is stressed.

A consonant opens the next syllable where English lets it (ne-ver, a-gain). Words that the rules get wrong stand
in weights/english-stress.tsv, made from the CMU Pronouncing Dictionary.
"""

from __future__ import annotations

import itertools
import re
import unicodedata

from senandung.language.letters import base_letter, clusters
from senandung.language.tables import english_divisions, english_words

ONSETS = frozenset([
    "bl", "br", "ch", "chr", "cl", "cr", "dr", "dw", "fl", "fr", "gl", "gr", "kl", "kr", "kn", "ph", "phr",
    "phl", "pl", "pr", "qu", "sc", "sch", "scr", "sh", "shr", "sk", "sl", "sm", "sn", "sp", "spl", "spr", "squ",
    "st", "str", "sw", "th", "thr", "tr", "tw", "wh", "wr", "gn", "ps",
])  # fmt: skip
"""Consonants that open a syllable together."""

PREFIXES = frozenset([
    "to", "a", "be", "re", "de", "un", "in", "im", "en", "em", "ex", "con", "com", "dis", "mis", "pre", "pro",
    "per", "for", "sur", "trans", "ad", "ap", "ac", "al", "ob",
])  # fmt: skip
"""First syllables that leave the stress to the next one: a-way, re-mem-ber."""

SUFFIX = re.compile("(?:ly|ness|less|ment|ments|ful|fully|some|thing|where|body|time|times|one)$")
"""Endings before which an e is silent: lone-ly, some-where."""

FINAL_STRESS = re.compile(r"(?:eer|ee|oo|oon|ette|esque|ique|ain|aign|ade|self|selves)$")
PENULT_STRESS = re.compile(r"(?:[sct]ions?|[cs]ians?|ic|ics|ical|ity|ities|[ct]ial|[ct]ious|ual)$")


def divide_english(word: str) -> list[str]:
    """The syllables of one English word without hyphens; joined they are the word.

    >>> divide_english("remember"), divide_english("tonight"), divide_english("love"), divide_english("résumé")
    (['re', 'mem', 'ber'], ['to', 'night'], ['love'], ['ré', 'su', 'mé'])
    """
    letters = clusters(word)
    plain = "".join(base_letter(letter) for letter in letters)
    if len(plain) != len(letters):
        return [word]
    short, origin = _shortened(plain)
    found = english_divisions().get(short)
    if is_sounded(word) and not (found and re.fullmatch("[^aeiouy]+e", found[0][-1])):
        short, found = short[:-1] + "a", None  # the e of the table would be silent
    divided = found[0] if found else divide_by_rule(short)
    edges = [0]
    for part in divided:
        edges.append(edges[-1] + len(part))
    places = [*(origin[edge] for edge in edges[:-1]), len(letters)]
    return ["".join(letters[a:b]) for a, b in itertools.pairwise(places)]


def is_sounded(word: str) -> bool:
    """Whether a word ends with an e that its accent makes sound: *fiancé*.

    >>> is_sounded("Beyoncé"), is_sounded("dance")
    (True, False)
    """
    return unicodedata.normalize("NFC", word.lower()).endswith("é")


def divide_by_rule(plain: str) -> list[str]:
    """As `divide_english`, for lower-case letters without marks and without the table.

    >>> divide_by_rule("lonely"), divide_by_rule("yesterday")
    (['lone', 'ly'], ['yes', 'ter', 'day'])
    """
    nuclei = _nuclei(plain)
    edges = [0]
    for left, right in itertools.pairwise(nuclei):
        edges.append(_boundary(plain, left[1], right[0]))
    edges.append(len(plain))
    return [plain[a:b] for a, b in itertools.pairwise(edges)]


def stress_english(parts: list[str]) -> int | None:
    """The index of the stressed syllable of a divided word, or None for an unstressed monosyllable.

    >>> stress_english(["re", "mem", "ber"]), stress_english(["to", "night"]), stress_english(["the"])
    (1, 1, None)
    """
    plain = "".join(base_letter(letter) for letter in "".join(parts))
    if len(parts) == 1:
        return None if plain in english_words("light") else 0
    found = english_divisions().get(_shortened(plain)[0])
    if found and len(found[0]) == len(parts):
        return found[1]
    return stress_by_rule(parts)


def stress_by_rule(parts: list[str]) -> int:
    """The index of the stressed syllable by endings and prefixes alone.

    >>> stress_by_rule(["na", "tion"]), stress_by_rule(["a", "way"])
    (0, 1)
    """
    plain = "".join(base_letter(letter) for letter in "".join(parts))
    last = len(parts) - 1
    if FINAL_STRESS.search(plain):
        return last
    if PENULT_STRESS.search(plain):
        return max(last - (2 if re.search("(?:ity|ities|ical|ual)$", plain) else 1), 0)
    first = "".join(base_letter(letter) for letter in parts[0])
    return 1 if first in PREFIXES and last else 0


def shortened(plain: str) -> str:
    """A word of plain letters without its elongation: "foreverrr" is "forever".

    >>> shortened("loooove")
    'love'
    """
    return _shortened(plain)[0]


def _shortened(plain: str) -> tuple[str, list[int]]:
    """The word without its elongation (foreverrr, loooove), and the place in `plain` of each of its letters."""
    runs = [(match.start(), match.end()) for match in re.finditer(r"(.)\1*", plain)]
    options = []
    for longest in (1, 2):
        origin = [at for start, end in runs for at in range(start, end if end - start < 3 else start + longest)]
        options.append(("".join(plain[at] for at in origin), origin))
    return next((option for option in options if option[0] in english_words("")), options[0])


def _nuclei(plain: str) -> list[tuple[int, int]]:
    """The spans of the vowels that carry the syllables."""
    spans: list[tuple[int, int]] = []
    for run in re.finditer("[aeiouаеёиоуыэюяіїєαεηιουω]+y*|y+", plain):
        start, end = run.span()
        text = run.group()
        if text == "y" and start == 0 and len(plain) > 1 and plain[1] in "aeiou":
            continue
        if text[0] == "u" and start and plain[start - 1] == "q" and len(text) > 1:
            start += 1
            text = text[1:]
        if text.startswith("y") and len(text) > 1 and start == 0:
            start, text = start + 1, text[1:]
        split = re.search(
            "ia(?!r?ge)|io(?!u)|iu|ua|uo|eo|ue(?=[nl])|yi|ie(?=[nt])|oe(?=t)|ying", text + plain[end : end + 2]
        )
        soft = start and plain[start - 1] in "ctsg" and re.match("i[aou]|eo", text)
        if split and split.start() < len(text) - 1 and not soft:
            spans += [(start, start + split.start() + 1), (start + split.start() + 1, end)]
        else:
            spans.append((start, end))
    if len(spans) > 1:
        start, end = spans[-1]
        tail = plain[start:]
        single = plain[start - 1] if start else ""
        silent = tail == "e" or (re.fullmatch("e'?(?:s|d|re|ve|ll)", tail) and tail[-1] in "esd")
        if silent and re.fullmatch("e'?s", tail):
            silent = not re.search("(?:[sxzcg]|sh|ch)$", plain[:start])
        if silent and re.fullmatch("e'?d", tail):
            silent = single not in "td"
        if silent and single == "l" and start > 1 and plain[start - 2] not in "aeiouylrw'":
            silent = False
        if silent and spans[-2][1] <= start:
            spans.pop()
    spans = [
        (start, end)
        for start, end in spans
        if not (
            plain[start:end] == "e" and re.search("[aeiou][^aeiou]{1,2}$", plain[:start]) and SUFFIX.match(plain[end:])
        )
    ] or spans
    if plain.endswith("n't") and spans and plain[-4:-3] in ("d", "s") and spans[-1][1] < len(plain) - 3:
        spans.append((len(plain) - 3, len(plain) - 2))
    if re.search("[aeiouy].*[std]h?m$", plain) and re.search("(?:s|th)m$", plain):
        spans.append((len(plain) - 1, len(plain)))
    return spans or [(0, len(plain))]


def _boundary(plain: str, start: int, end: int) -> int:
    """Where the consonants between two nuclei divide: the longest one that can open the next syllable goes to it."""
    between = plain[start:end]
    if "'" in between:
        return start + between.index("'") if between.index("'") else start + 1
    if len(between) <= 1:
        return end if between in ("x",) else start
    if between[0] == "e":  # a silent e stays with its syllable: love-ly
        return start + 1 + (_boundary(plain, start + 1, end) - start - 1)
    if len(between) > 1 and between[0] == "s" and between[1] in "ptkclmnqw":
        return start + 1
    for size in (4, 3, 2):
        if len(between) >= size and between[-size:] in ONSETS:
            return end - size
    if between in ("ck", "ng"):
        return end
    return end - 1
