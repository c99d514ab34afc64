"""The instruments that a catalogue says a piece is for, against what its file says.

A MIDI file made from an engraving often says nothing of its parts: every staff is program 0, or is called "treble" and
"bass". Of the pieces for guitar in Mutopia only half are played by one in their file, of its choral music two thirds by
a piano. The catalogue's line ("Voice (SATB)", "2 Mandolins, Bass") decides where the file is at odds with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from senandung.learning.corpus.classes import class_of_name

VOICES = frozenset({"soprano", "alto", "tenor", "basso", "choir", "voice"})

_KEYBOARDS = frozenset({"piano", "harpsichord", "organ", "guitar"})
"""Instruments whose one part may be written on several staves."""

_STRINGS = frozenset({"violin", "viola", "cello", "contrabass", "strings"})

_SATB = ("soprano", "alto", "tenor", "basso")

_QUARTET = ("violin", "violin", "viola", "cello")

_CHOIR = re.compile(r"\b[SATB]{2,}\b|[Cc]hoir|[Cc]horus|\b[SATB](\.[SATB])+")

_NAMES = (
    (r"vihuela|lute|harpischord|lautenwerk", "guitar"),
    (r"shakuhachi", "flute"),
    (r"bass(es)?$|basse$", "contrabass"),
    (r"brass|cornet", "trumpet"),
)

_NUMBERS = {"two": 2, "three": 3, "four": 4, "2": 2, "3": 3, "4": 4}


def declared_classes(text: str) -> tuple[str, ...]:
    """The classes of instrument in a catalogue's line, one for each part it names; empty where it says none.

    >>> declared_classes("Voice and Piano"), declared_classes("2 Mandolins, Bass"), declared_classes("Voice (SATB)")
    (('voice', 'piano'), ('mandolin', 'mandolin', 'contrabass'), ('choir',))
    """
    text = re.sub(
        r"^(ensemble|orchestra|string (quartet|quintet|ensemble)|concert band):", "", text.strip(), flags=re.I
    )
    found: list[str] = []
    for item in re.split(r"[,;/&]|\band\b|\bor\b|\bwith\b|\b[Dd]uet\b|\b[Dd]uo\b", text):
        if not item.strip():
            continue
        if _CHOIR.search(item):
            found.append("choir")
            continue
        word = re.sub(r"\([^)]*\)?|[()]", "", item).strip(" .'").casefold()
        count = next((n for name, n in _NUMBERS.items() if re.match(rf"{name}\b", word)), 1)
        word = re.sub(rf"^({'|'.join(_NUMBERS)})\b\s*", "", word)
        kind = next((name for pattern, name in _NAMES if re.search(pattern, word)), None) or class_of_name(word)
        if kind is not None:
            found += [kind] * count
    return tuple(found)


def agree(own: Sequence[str], labels: Sequence[str], declared: Sequence[str]) -> list[str]:
    """The classes of a file's parts with what is at odds with the catalogue put right.

    Parameters
    ----------
    own : the class of each part by its file.
    labels : what the file calls each part.
    declared : `declared_classes` of the catalogue.

    >>> agree(["piano", "piano"], ["upper", "lower"], ["guitar"])
    ['guitar', 'guitar']
    >>> agree(["clarinet", "piano", "piano"], ["mel", "upper", "lower"], ["voice", "piano"])
    ['voice', 'piano', 'piano']
    """
    kinds = set(declared)
    if not kinds or "drums" in own:
        return list(own)
    if kinds <= VOICES:
        return _sung(own)
    if kinds == {"strings"}:
        named = bool(_STRINGS.intersection(own)) or len(own) != len(_QUARTET)
        return list(own) if named else list(_QUARTET)
    if len(kinds) == 1:
        return _alone(own, declared[0])
    if kinds <= _KEYBOARDS:
        usual = next((kind for kind in own if kind in kinds), declared[0])
        return [kind if kind in kinds else usual for kind in own]
    return _together(own, labels, declared)


def _sung(own: Sequence[str]) -> list[str]:
    if not VOICES.intersection(own) and len(own) == 1:
        return ["voice"]
    if not VOICES.intersection(own) and len(own) == 4:
        return list(_SATB)
    return [kind if kind in VOICES else "choir" for kind in own]


def _alone(own: Sequence[str], kind: str) -> list[str]:
    if kind == "organ":
        return [kind] * len(own)  # its stops are called flutes and trumpets
    if kind not in own or kind in _KEYBOARDS:
        others = {"piano"} | (VOICES if kind not in own else {"soprano", "alto", "tenor", "basso"})
        return [kind if kind not in own or part in others else part for part in own]
    return [kind if part in VOICES else part for part in own]


def _together(own: Sequence[str], labels: Sequence[str], declared: Sequence[str]) -> list[str]:
    kinds = set(declared)
    found = list(own)
    if len(own) == len(declared):
        found = [part if part in kinds else declared[index] for index, part in enumerate(own)]
    elif VOICES & kinds:
        sung = "choir" if "choir" in kinds else "voice"
        if kinds - VOICES <= _KEYBOARDS:
            found = [part if part in kinds or part in VOICES else sung for part in own]
        sings = re.search(r"mel|voi|sing|voc|sop|ten|solo", labels[0].casefold())
        if not VOICES.intersection(found) and (sings or len(own) >= 3):
            found[0] = sung
    elif VOICES.intersection(own):
        low = "contrabass" if kinds & _STRINGS else None
        usual = next((kind for kind in declared if kind in _KEYBOARDS), declared[0])
        found = [(low if part == "basso" and low else usual) if part in VOICES else part for part in own]
    return found
