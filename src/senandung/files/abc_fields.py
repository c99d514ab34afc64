"""The information fields of ABC: keys, metres, tempos, lengths and words (the ABC music standard 2.1, 2011)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from senandung.domain.errors import InputError
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.domain.scales import SIGNATURE_SHIFT, Key
from senandung.files.lyrics import SungText

MODES: Mapping[str, str] = {
    "": "major", "maj": "major", "ion": "major", "m": "minor", "min": "minor", "aeo": "minor", "dor": "dorian",
    "phr": "phrygian", "lyd": "lydian", "mix": "mixolydian", "loc": "locrian",
}  # fmt: skip
"""Modes by the first letters that ABC looks at."""


@dataclass(frozen=True)
class Held:
    """A place in a line of words that takes a note without a syllable: `_` holds the one before, `*` is silent."""

    silent: bool


BAR = "|"
"""A place in a line of words that waits for the next bar."""


def parse_key(text: str) -> tuple[Key, dict[str, int]] | None:
    """The key of a K: field with the alteration of each step in its signature; None where it names none.

    >>> key, alters = parse_key("D dorian")
    >>> str(key), alters["F"]
    ('D dorian', 0)
    """
    text = text.strip()
    if text.startswith(("HP", "Hp")):
        text = "Amix"
    match = re.match(r"([A-G])([#b]?)\s*([A-Za-z]*)(.*)", text)
    if text.lower().startswith("none"):
        match = re.match(r"([A-G])([#b]?)([A-Za-z]*)(.*)", "C" + text[4:])
    if match is None or text.lower().startswith("clef"):
        return None
    word = match[3].lower()
    mode = MODES.get(word if word == "m" else word[:3])
    rest = match[4]
    if mode is None:
        mode, rest = "major", match[3] + match[4]
    tonic = NoteName(match[1], {"#": 1, "b": -1}.get(match[2], 0))
    try:
        key = Key(tonic, mode)
    except InputError:
        return None
    alters = signature(tonic.fifths + SIGNATURE_SHIFT[mode])
    if re.search(r"\bexp\b", rest):
        alters = dict.fromkeys("CDEFGAB", 0)
    for sign, step in re.findall(r"(\^\^?|__?|=)([A-Ga-g])(?![a-z])", rest):
        alters[step.upper()] = sign.count("^") - sign.count("_")
    return key, alters


def signature(fifths: int) -> dict[str, int]:
    """The alteration of each step in a signature of sharps, or flats as a negative number."""
    sharps, flats = "FCGDAEB"[: max(fifths, 0)], "BEADGCF"[: max(-fifths, 0)]
    return {step: (step in sharps) - (step in flats) for step in "CDEFGAB"}


def parse_metre(text: str) -> Metre | None:
    """The metre of an M: field; None for free metre.

    >>> str(parse_metre("C|")), str(parse_metre("(2+3)/8")), parse_metre("none")
    ('2/2', '5/8', None)
    """
    text = text.strip()
    if text in ("C", "C|"):
        return Metre(4, 4) if text == "C" else Metre(2, 2)
    match = re.match(r"\(?\s*(\d{1,2}(?:\s*\+\s*\d{1,2})*)\s*\)?\s*/\s*(\d{1,2})\s*$", text)
    if match is None:
        return None
    try:
        return Metre(sum(map(int, match[1].split("+"))), int(match[2]))
    except InputError:
        return None


def parse_tempo(text: str, unit: Fraction) -> float | None:
    """Quarter notes a minute of a Q: field; a bare number counts `unit`s, parts of a whole.

    >>> parse_tempo('"Andante" 3/8=60', Fraction(1, 8)), parse_tempo("120", Fraction(1, 4))
    (90.0, 120.0)
    """
    text = re.sub(r'"[^"]*"', " ", text).strip()
    match = re.match(r"((?:\d{1,2}/\d{1,3}\s*)*)(?:[A-Z]?\d*\s*=\s*)?\s*(\d{1,4}(?:\.\d{1,3})?)\s*$", text)
    if match is None:
        return None
    lengths = [Fraction(int(a), int(b)) for a, b in re.findall(r"(\d+)/(\d+)", match[1]) if int(b)]
    tempo = float(match[2]) * 4 * float(sum(lengths) if lengths else unit)
    return tempo if 4 <= tempo <= 1000 else None


def parse_length(text: str) -> Fraction:
    """A length behind a note: "", "3", "/", "//", "3/2", "/4".

    >>> [str(parse_length(text)) for text in ("", "3", "/", "//", "3/2", "/4")]
    ['1', '3', '1/2', '1/4', '3/2', '1/4']
    """
    digits, _, after = text.partition("/")
    over = Fraction(int(digits or 1))
    if "/" not in text:
        return over
    slashes = 1 + len(after) - len(after.lstrip("/"))
    below = after.lstrip("/")
    return over / (int(below) if below and int(below) else 2**slashes)


def parse_words(text: str) -> list[SungText | Held | str]:
    """A w: line as what its notes take in turn: syllables, held places, and `BAR` where it waits for a bar line.

    >>> [item.text if isinstance(item, SungText) else item for item in parse_words("1.~rin-du_ * ma- lam | ini")]
    ['rin', 'du', Held(silent=False), Held(silent=True), 'ma', 'lam', '|', 'ini']
    """
    items: list[SungText | Held | str] = []
    syllable, goes_on = "", False
    text = text.replace("\\-", "\u2010")

    def close(*, hyphen: bool) -> None:
        nonlocal syllable, goes_on
        plain = re.sub(r"^\s*\d{1,2}\.\s*", "", syllable.replace("~", " ").replace("\u2010", "-")).strip()
        if plain:
            items.append(SungText(plain, not goes_on, not hyphen))
        elif hyphen and goes_on:
            items.append(Held(silent=False))
        goes_on = hyphen and (bool(plain) or goes_on)
        syllable = ""

    for place, letter in enumerate(text):
        if letter == "-":
            before = items[-1] if items else None
            if not syllable and not goes_on and isinstance(before, SungText) and text[place - 1] == " ":
                goes_on = True  # a hyphen that stands alone belongs to the syllable before
                items[-1] = SungText(before.text, before.begins_word, ends_word=False)
            else:
                close(hyphen=True)
        elif letter.isspace():
            if syllable:
                close(hyphen=False)
        elif letter in "_*|":
            kept = goes_on and not syllable
            if syllable:
                close(hyphen=False)
            items.append(BAR if letter == "|" else Held(silent=letter == "*"))
            goes_on = kept
        else:
            syllable += letter
    if syllable:
        close(hyphen=False)
    return items
