"""Clefs: one for a part that has one staff; for the staves of a keyboard one that changes where the hand moves."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from senandung.domain.instruments import Instrument
from senandung.domain.song import Note
from senandung.domain.time import Tick

Clef = tuple[str, int | None, int]
"""Sign, line and octave change."""

CLEFS: Mapping[str, tuple[str, int | None]] = MappingProxyType(
    {"treble": ("G", 2), "alto": ("C", 3), "bass": ("F", 4), "percussion": ("percussion", None)}
)

_LINES = {"treble": (64, 77), "bass": (43, 57)}
"""MIDI numbers of the lowest and the highest line."""

_CHANGE = 8.0
_UNUSUAL = 0.5


def clef_of(sound: Instrument | None, notes: Sequence[Note]) -> Clef:
    """The clef of a part on one staff: by the instrument, and by where its notes lie."""
    if sound is None:
        return "G", 2, 0
    pitches = sorted(note.pitch for note in notes)
    sign, line = CLEFS["treble" if sound.clef == "grand" else sound.clef]
    middle = pitches[len(pitches) // 2] if pitches else 60
    octave = 0
    if sound.clef == "grand" and middle < 53:
        sign, line = CLEFS["bass"]
    elif sound.clef in ("treble", "grand") and ("guitar" in sound.name or middle < 57):
        octave = -1
    elif sound.clef == "treble" and middle > 86:
        octave = 1
    elif sound.clef == "bass" and middle < 40:
        octave = -1
    elif sound.clef == "bass" and middle > 62:
        sign, line = CLEFS["treble"]
    return sign, line, octave


def keyboard_clefs(notes: Sequence[Note], staff: int, bars: Sequence[tuple[Tick, Tick]]) -> dict[int, Clef]:
    """The clefs of a keyboard's staff (0 the upper one) by the bar (from 0) from which on they hold.

    The cheapest sequence (Viterbi): a ledger line costs 1, a change of clef as much as eight of them, so that a clef
    changes where it saves many ledger lines and not for a few notes.

    >>> low, high = [Note(0, 480, 36), Note(0, 480, 43)], [Note(1920 + 240 * at, 240, 76) for at in range(8)]
    >>> keyboard_clefs([*low, *high], 1, [(0, 1920), (1920, 3840)])
    {0: ('F', 4, 0), 1: ('G', 2, 0)}
    """
    names = ("treble", "bass")
    usual = 0 if staff == 0 else 1
    costs = [[0.0, 0.0] for _ in bars]
    starts = [start for start, _ in bars]
    for note in notes:
        bar = max(bisect_right(starts, note.onset) - 1, 0)
        for at, name in enumerate(names):
            costs[bar][at] += _ledger_lines(note.pitch, name) + (_UNUSUAL if at != usual else 0)
    best = [0.0 if at == usual else _UNUSUAL for at in range(2)]
    came: list[list[int]] = []
    for row in costs:
        steps = [1 - at if came and best[1 - at] + _CHANGE < best[at] else at for at in range(2)]
        best = [best[old] + (_CHANGE if old != at else 0) + row[at] for at, old in enumerate(steps)]
        came.append(steps)
    at = best.index(min(best))
    chosen = []
    for steps in reversed(came):
        chosen.append(at)
        at = steps[at]
    chosen.reverse()
    return {bar: (*CLEFS[names[at]], 0) for bar, at in enumerate(chosen) if bar == 0 or at != chosen[bar - 1]}


def _ledger_lines(pitch: int, clef: str) -> float:
    low, high = _LINES[clef]
    return max(low - pitch - 1, pitch - high - 1, 0) * 7 / 24
