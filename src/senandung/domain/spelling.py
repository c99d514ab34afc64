"""Written names of notes: which of G sharp and A flat a MIDI number is, by the key, the notes around and the line.

After Meredith's ps13s1 (2006, "The ps13 pitch spelling algorithm", Journal of New Music Research 35:2): every pitch
class that sounds nearby votes, as if it were the tonic, for the name that a pitch has in its chromatic scale, from the
minor second to the raised fourth. We depart from it in three things. The written key anchors the names, where ps13s1
takes the first note's. The vote is then taken again, twice, among the names that the notes around have got. And a line
votes for writing a semitone as a step from one letter to the next: what rises by a semitone to its goal is a raised
note, what falls a lowered one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.time import TICKS_PER_QUARTER, Tick

CONTEXT, AGAIN = 20, 30
"""How many notes on each side vote first, and in the later rounds."""

ROUNDS = 2

TO_NEXT, FROM_LAST = 0.4, 0.1
"""What a step from letter to letter is worth to the note that follows, and from the one before; all votes are 1."""

BY_CHORD = 0.3
"""What the name that the chord symbol above has for the note is worth."""

_LOWEST, _NAMES = -16, 37
_REACH = 13
_BLOCK, _MARGIN = 4096, 128

_Names = NDArray[np.int64]


class Sounding(NamedTuple):
    """A note to be spelled: its onset and end in ticks, its MIDI number, the number of the line that it is in, and its
    place on the line of fifths in the chord that is written above it, if that has it."""

    onset: Tick
    end: Tick
    pitch: int
    line: int = 0
    in_chord: int | None = None


def spell_notes(notes: Sequence[Sounding], keys: Sequence[tuple[Tick, Key]]) -> list[NoteName]:
    """The names of notes, which stand in rising order of onset; `keys` with the ticks from which on they hold.

    A raised leading note in D minor, also where it is one of its dominant:

    >>> line = [62, 64, 65, 69, 68, 69, 62, 61, 62]
    >>> notes = [Sounding(480 * at, 480 * at + 480, pitch) for at, pitch in enumerate(line)]
    >>> " ".join(map(str, spell_notes(notes, [(0, Key.parse("Dm"))])))
    'D E F A G# A D C# D'
    """
    if not notes:
        return []
    onsets = [onset for onset, _ in keys]
    held = [keys[max(bisect_right(onsets, note.onset) - 1, 0)][1] for note in notes]
    tonics = np.array([key.tonic.fifths for key in held])
    pairs = set(zip(held, (note.pitch for note in notes), strict=True))
    spelled = {(key, pitch): key.spell(pitch).fifths for key, pitch in pairs}
    plain = np.array([spelled[key, note.pitch] for key, note in zip(held, notes, strict=True)])
    pitches = np.array([note.pitch for note in notes])
    chord = np.array([note.in_chord if note.in_chord is not None else 99 for note in notes])
    following, before = _lines(notes)
    names = np.empty(len(notes), dtype=np.int64)
    for first in range(0, len(notes), _BLOCK):
        start, stop = max(first - _MARGIN, 0), min(first + _BLOCK + _MARGIN, len(notes))
        part = slice(start, stop)
        links = [
            np.where((row[part] >= start) & (row[part] < stop), row[part] - start, -1) for row in (following, before)
        ]
        found = _spell_block(pitches[part], tonics[part], plain[part], chord[part], links[0], links[1])
        last = min(first + _BLOCK, len(notes))
        names[first:last] = found[first - start : last - start]
    return [NoteName.from_fifths(int(name)) for name in names]


def _spell_block(
    pitches: _Names, tonics: _Names, plain: _Names, chord: _Names, following: _Names, before: _Names
) -> _Names:
    """Places on the line of fifths. `plain` is each note's name by its key alone; -1 is no neighbour in the line."""
    choices = np.stack([plain, plain - 12, plain + 12], axis=1)
    allowed = (np.abs(choices - tonics[:, None] - 1) <= _REACH) & (choices >= -15) & (choices <= 19)
    choices = np.where(allowed, choices, plain[:, None])
    own = np.where(allowed, 0.0, -9.0) + BY_CHORD * (choices == chord[:, None]) + np.array([1e-6, 0.0, 0.0])
    names = _first_names(pitches, tonics, choices, own)
    up = np.where(following >= 0, pitches[following] - pitches, 0)
    down = np.where(before >= 0, pitches - pitches[before], 0)
    scale = _LOWEST + np.arange(_NAMES)
    distance = scale[:, None] - scale[None, :]
    inside = ((distance >= -5) & (distance <= 6)).astype(np.float64)
    rows = np.arange(len(names))
    for _ in range(ROUNDS):
        around = _around(names - _LOWEST, _NAMES, AGAIN)
        around[rows, names - _LOWEST] -= 1  # a note does not vote for itself
        votes = around @ inside.T / np.maximum(around.sum(axis=1, keepdims=True), 1)
        worth = own + np.take_along_axis(votes, choices - _LOWEST, axis=1)
        for weight, other, move, sign in ((TO_NEXT, following, up, 1), (FROM_LAST, before, down, -1)):
            step = (names[other][:, None] - choices) * sign
            worth += weight * (((move == 1)[:, None] & (step == -5)) | ((move == -1)[:, None] & (step == 5)))
        names = np.take_along_axis(choices, worth.argmax(axis=1)[:, None], axis=1)[:, 0]
    return names


def _first_names(pitches: _Names, tonics: _Names, choices: _Names, own: NDArray[np.float64]) -> _Names:
    """The names for which most of the pitch classes around vote, each named by the key's chromatic scale."""
    around = _around(pitches % 12, 12, CONTEXT)
    votes = np.zeros(choices.shape)
    for pitch_class in range(12):
        low = tonics - 5
        name = low + (7 * pitch_class - low) % 12
        distance = choices - name[:, None]
        votes += around[:, pitch_class, None] * ((distance >= -5) & (distance <= 6))
    worth = own + votes / around.sum(axis=1, keepdims=True)
    return np.asarray(np.take_along_axis(choices, worth.argmax(axis=1)[:, None], axis=1)[:, 0])


def _around(values: _Names, kinds: int, span: int) -> NDArray[np.float64]:
    """How often each value stands among the `span` notes on each side of every note and in itself."""
    count = len(values)
    rows = np.arange(count)
    each = np.zeros((count + 1, kinds))
    each[rows + 1, values] = 1
    sums = each.cumsum(axis=0)
    return np.asarray(sums[np.minimum(rows + span + 1, count)] - sums[np.maximum(rows - span, 0)])


def _lines(notes: Sequence[Sounding]) -> tuple[_Names, _Names]:
    """For each note the nearest one in pitch among those that follow it in its line, and that went before; -1: none.

    What begins more than a quarter after the note's end does not follow it.
    """
    groups: dict[int, list[list[int]]] = defaultdict(list)
    for index, note in enumerate(notes):
        line = groups[note.line]
        if line and notes[line[-1][0]].onset == note.onset:
            line[-1].append(index)
        else:
            line.append([index])
    following, before = np.full(len(notes), -1), np.full(len(notes), -1)

    def nearest(index: int, others: list[int]) -> int:
        return min(others, key=lambda other: abs(notes[other].pitch - notes[index].pitch))

    for line in groups.values():
        for group, then in pairwise(line):
            latest = notes[then[0]].onset - TICKS_PER_QUARTER
            some = [index for index in group if notes[index].end >= latest]
            if not some:
                continue
            following[some] = [nearest(index, then) for index in some]
            before[then] = [nearest(index, some) for index in then]
    return following, before
