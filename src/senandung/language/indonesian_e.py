"""Which e of an Indonesian word is a schwa and which is taling (é), by its root.

Spelling writes both as e. The roots of weights/indonesian-vowels.tsv say it of every e they have; the prefixes of a
word have a schwa, and the rules decide the rest: taling beside another vowel, at a word's end, before a final k or h,
after o or é, and in loanwords.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from senandung.language.letters import base_letter, clusters
from senandung.language.tables import indonesian_vowels

PREFIXES = (
    "memper", "member", "diper", "menge", "penge", "meng", "meny", "peng", "peny", "mem", "men", "pem", "pen", "ber",
    "ter", "per", "bel", "pel", "nge", "kau", "me", "pe", "ke", "se", "di", "ku", "be", "te",
)  # fmt: skip
"""What stands before a root, its e a schwa."""

MELTED = {"memper": "", "mem": "p", "men": "t", "meng": "k", "meny": "s", "pem": "p", "pen": "t", "peng": "k",
          "peny": "s"}  # fmt: skip
"""The first letter of a root that melts into its prefix: me-nengok is me(n) + tengok."""

SLANG = {"ng": "k", "ny": "s", "m": "p", "n": "t"}
"""The same in everyday verbs, where only the nasal is left: nembak, ngejek."""

SUFFIX = re.compile("(?:kan|an|in|i)?(?:ku|mu|nya|lah|kah|pun|tah){0,2}")
"""What stands after a root."""

LOAN = re.compile(
    "[fvzxq]|^(?!(?:me|be|ber|ter|per|pe|ke|se)[^aeiou]).*[aeiou].*(?:[aiou]si|[ae]nsi|tas|tif|isme|logi|grafi|ional"
    "|(?<=[tsdnlrk])ial|ktor|sor|tor|tur|ika|[aeiou][tnfmg]ik|men|ien)$"
)
"""What shows a loanword, in which an e is taling more often than not."""


def e_of_syllables(parts: Sequence[str]) -> list[str]:
    """For each syllable "e" or "ə", and "" where it has no e; the person's é, è and ê come first.

    >>> e_of_syllables(["ke", "ce", "wa"]), e_of_syllables(["pê", "kan"])
    (['ə', 'e', ''], ['ə', ''])
    """
    plain = [letters_of(part).replace("'", "") for part in parts]
    vowels = vowels_of_e("".join(plain))
    found: list[str] = []
    at = 0
    for part, letters in zip(parts, plain, strict=True):
        marks = unicodedata.normalize("NFD", part.lower())
        if re.search("e[\u0300\u0301]", marks):
            found.append("e")
        elif "e\u0302" in marks:
            found.append("ə")
        else:
            found.append(next((vowels[place] for place in range(at, at + len(letters)) if place in vowels), ""))
        at += len(letters)
    return found


def letters_of(part: str) -> str:
    """A syllable's letters without marks; one that is drawn out or doubled inside it is there once.

    >>> letters_of("duuu"), letters_of("nggak")
    ('du', 'nggak')
    """
    plain = "".join(base_letter(letter) for letter in clusters(part)).strip("-")
    return re.sub(
        r"(.)\1+", lambda match: match[0] if match[1] == "g" and match.end() < len(plain) else match[1], plain
    )


def vowels_of_e(plain: str) -> dict[int, str]:
    """Place → "e" or "ə" for every e of a word of plain letters, elongations taken out.

    >>> vowels_of_e("mengejek"), vowels_of_e("merah")
    ({1: 'ə', 4: 'e', 6: 'e'}, {1: 'e'})
    """
    return dict(_decided(plain))


@lru_cache(maxsize=4096)
def _decided(plain: str) -> tuple[tuple[int, str], ...]:
    places = [at for at, letter in enumerate(plain) if letter == "e"]
    if not places:
        return ()
    start, end, root = _found_root(plain)
    known: dict[int, str] = {}
    if root:
        first = len(root) - (end - start)  # a melted first letter stands before `start`
        known = {start + at - first: ("e" if char == "é" else "ə") for at, char in enumerate(root) if char in "eé"}
    else:
        start, end = _stripped(plain)
    found: list[tuple[int, str]] = []
    for at in places:
        if at in known:
            found.append((at, known[at]))
        elif at < start:
            found.append((at, "ə"))
        else:
            earlier = dict(found)
            before = [earlier[place] for place in earlier if place >= start]
            found.append((at, "ə" if at == start > 0 else _by_rule(plain[start:end], at - start, before)))
    return tuple(found)


@lru_cache(maxsize=1)
def _roots() -> dict[str, str]:
    return {root.replace("é", "e"): root for root in indonesian_vowels("e")}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    return {root.replace("é", "e"): root for root in indonesian_vowels("name")}


@lru_cache(maxsize=512)
def _starts(plain: str) -> dict[int, str]:
    """Where a root may begin, and the letter that may have melted there."""
    found = {0: ""}
    reached = [0]
    for _ in range(3):
        following = []
        for at in reached:
            for prefix in PREFIXES:
                if plain.startswith(prefix, at) and _stands(prefix, plain[at + len(prefix) :]):
                    after = at + len(prefix)
                    if after not in found:
                        following.append(after)
                    if after not in found or (plain[after] in "aeiou" and not found[after]):
                        found[after] = MELTED.get(prefix, "") if plain[after] in "aeiou" else ""
        reached = following
    for nasal, letter in SLANG.items():
        if plain.startswith(nasal) and plain[len(nasal) : len(nasal) + 1] in tuple("aeiou"):
            found.setdefault(len(nasal), letter)
            break
    return found


def _stands(prefix: str, rest: str) -> bool:
    """Whether a prefix may stand before these letters; ber- and ter- lose their r before another: te-rasa, be-kerja."""
    return bool(rest) and (prefix not in ("be", "te") or re.match("r|[^aeiou]er", rest) is not None)


def _found_root(plain: str) -> tuple[int, int, str]:
    """The longest listed root inside the word with what may stand around it: (start, end, root), or (0, 0, "")."""
    roots = _roots()
    best = (0, 0, "")
    clitic = re.search("(?:(?:ku|mu|nya|lah|kah|pun)*)$", plain)
    name = _names().get(plain) or _names().get(plain[: clitic.start() if clitic else len(plain)])
    if name:
        return 0, len(name), name
    for start, letter in _starts(plain).items():
        for end in range(len(plain), start + 1, -1):
            if end - start <= len(best[2]) and best[2]:
                break
            if not SUFFIX.fullmatch(plain, end):
                continue
            bare = "" if letter in tuple("pts") else plain[start:end]  # after mem- a root has lost its p
            for candidate in (bare, letter + plain[start:end] if letter else ""):
                root = roots.get(candidate)
                short = len(candidate) < 4 and (start, end) != (0, len(plain))
                if short and not (plain[:start] in ("", "di", "nge", "menge", "penge") and _enclitic(plain[end:])):
                    continue
                if root and len(root) > len(best[2]):
                    best = (start, end, root)
    return best


def _enclitic(text: str) -> bool:
    return text in ("", "ku", "mu", "nya", "kan", "lah")


@lru_cache(maxsize=512)
def _stripped(plain: str) -> tuple[int, int]:
    """The span of an unlisted root: the word without one prefix and its clitics, two syllables left at least."""
    start, end = 0, len(plain)
    while True:
        for prefix in PREFIXES:
            at = start + len(prefix)
            if (
                plain.startswith(prefix, start)
                and _stands(prefix, plain[at:])
                and len(re.findall("[aeiou]+", plain[at:end])) > 1
            ):
                start = at
                break
        else:
            break
    clitic = re.search("(?:(?:ku|mu|nya|lah|kah|pun)+)$", plain)
    if clitic and len(re.findall("[aeiou]+", plain[start : clitic.start()])) > 1:
        end = clitic.start()
    return start, end


def _by_rule(root: str, at: int, earlier: list[str]) -> str:
    """An e at a place of an unlisted root; `earlier` holds the e's of the root before it."""
    before, after = root[:at], root[at + 1 :]
    if after[:1] in tuple("aiou"):
        return "e"  # teori, ideal
    if before[-1:] in tuple("aiou") and before not in ("di", "ku"):
        return "e"  # daerah, puisi, cuek
    if not after:
        return "ə" if root in indonesian_vowels("final-e") else "e"
    if not before:
        return "ə" if after[0] in "mn" else "e"
    if re.match("k[stn]|gn", after):
        return "e"  # teknik, seksi, magnet
    if LOAN.search(re.sub("kan$", "", root)) and not re.match("r[^aeiou]|r[ao]|[rl]$", after):
        return "e"
    closing = re.fullmatch("([^aeiou]+)(?:an|in|i|kan)?", after)
    if closing and re.search("[aeiou]", before):
        if closing[1] in ("k", "h"):
            return "e"  # pendek, boleh
        if closing[1] in ("r", "l"):
            return "ə"  # dokter, artikel
        vowels = re.findall("[aeiou]", before)
        return "e" if vowels[-1] == "o" or (vowels[-1] == "e" and earlier[-1:] == ["e"]) else "ə"
    return "ə"
