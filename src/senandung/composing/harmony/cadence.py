"""Cadences: how phrases close, as factors on the learned shares."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

CADENCES: Mapping[bool, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        False: MappingProxyType({"half": ("V", "V", "V7"), "close": ("V7", "V", "IV", "iv")}),
        True: MappingProxyType({"half": ("V", "V7", "bVII"), "close": ("V7", "V", "iv", "bVII")}),
    }
)
"""Last chords of an open phrase, and those before the final tonic, in major (False) and minor (True)."""

_OPEN = ("V", "V7", "IV", "ii", "ii7", "bVII", "iv", "v", "bVI", "Vsus4")


@cache
def cadence_of(symbol: str, kind: str, at: int, left: int, minor: bool, *, home: bool) -> float:
    """The factor of a bar by its place: where phrases open, close, or go elsewhere.

    Parameters
    ----------
    symbol : the bar's numerals, divided by blanks.
    kind : kind of section.
    at, left : bars before it in the section, and bars from it to the section's end (1 is the last).
    minor : whether the song is in minor.
    home : whether the section closes on the tonic.
    """
    tonic = "i" if minor else "I"
    numerals = symbol.split()
    first, last = numerals[0], numerals[-1]
    factor = 1.0
    if at == 0:
        if kind == "bridge":
            factor *= 0.05 if first.rstrip("7maj") == tonic else 2.0
        elif kind in ("verse", "intro"):
            factor *= 2.5 if first.rstrip("7maj") == tonic else 1.0
        elif kind == "prechorus":
            factor *= 0.3 if first.rstrip("7maj") == tonic else 1.5
    if left == 1:
        if home:
            factor *= 6.0 if symbol == tonic else 0.5
        elif kind in ("prechorus", "bridge", "verse", "intro"):
            factor *= 3.0 if last in _OPEN[:2] else 1.5 if last in _OPEN else 0.4
    elif left == 2 and home:
        factor *= 3.0 if last in _OPEN[:2] else 1.5 if last in _OPEN else 0.5
    elif at % 4 == 3:
        factor *= 2.0 if last in _OPEN else 0.7
    return factor
