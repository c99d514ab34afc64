"""The ensemble that parts make, by their classes of instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_STRINGS = frozenset({"violin", "viola", "cello", "contrabass", "strings"})
_WINDS = frozenset({"flute", "oboe", "clarinet", "bassoon", "saxophone", "horn", "trumpet", "trombone", "tuba"})
_CHOIR = frozenset({"soprano", "alto", "tenor", "basso", "choir"})
_KEYS = frozenset({"piano", "harpsichord", "organ", "continuo"})
_BAND = frozenset({"electric-guitar", "bass", "synth", "pad"})
_SINGLE: Mapping[str, str] = MappingProxyType(
    {"piano": "piano", "harpsichord": "harpsichord", "organ": "organ", "guitar": "guitar", "drums": "drums",
     "continuo": "organ"}
)  # fmt: skip


def ensemble_of(parts: Sequence[str]) -> str:
    """The ensemble that the classes of a piece's parts make.

    >>> ensemble_of(["violin", "violin", "viola", "cello"]), ensemble_of(["voice", "piano", "piano"])
    ('quartet', 'voice-and-piano')
    """
    kinds = set(parts)
    if len(kinds) == 1:
        only = parts[0]
        if only in _SINGLE:
            return _SINGLE[only]
        if only not in _CHOIR:
            return "solo" if len(parts) == 1 else "strings" if only in _STRINGS else "chamber"
    sung = kinds & _CHOIR
    if "drums" in kinds and kinds & _BAND:
        return "band"
    if (len(sung) >= 3 or "choir" in kinds) or (sung and len([p for p in parts if p in _CHOIR]) >= 3):
        rest = kinds - _CHOIR - {"voice"}
        return "choir" if not rest else "choir-and-organ" if rest <= _KEYS else "choir-and-orchestra"
    if sung or "voice" in kinds:
        rest = kinds - _CHOIR - {"voice"}
        if not rest:
            return "choir" if len(parts) > 1 else "solo"
        return "voice-and-piano" if rest <= {"piano", "harpsichord"} else "voice-and-ensemble"
    if sorted(parts) == ["cello", "viola", "violin", "violin"]:
        return "quartet"
    if kinds <= _STRINGS:
        return "strings"
    if kinds & _STRINGS and kinds & _WINDS and len(parts) >= 7:
        return "orchestra"
    if kinds <= _WINDS | {"timpani"}:
        return "winds"
    if kinds & _BAND:
        return "band"
    return "chamber"
