"""A voice with words: how many syllables begin in a bar, which notes may carry one on, and how they share the bar.

A syllable begins with a note; a melisma carries it on, without a rest, at most `MOST_SLURS` notes long, over a bar line
too. Room is left for every syllable that is still to come: no note may reach further than the place at which the next
one must begin at the latest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import METRES, PieceBar
from senandung.composing.pieces.vocabulary import IDS, LENGTHS, LONGEST_BAR, SIZE

MOST_SLURS = 3
"""Notes that may carry on a syllable; 2 % of the melismas of sung lines are longer."""

PACE = 2.0
"""Taken from a note that leaves the syllables to come half of the time that they would have if all were as long."""

FILL = 1.0
"""Taken from the last syllable's note where it ends halfway between its beginning and the bar line."""

_LEN, _POS = IDS[f"len:{LENGTHS[0]}"], IDS["pos:0"]
_LENGTHS = np.asarray(LENGTHS)


class Sung(NamedTuple):
    """What a row of a voice must sing.

    `syllables` begin in it; a note lasts `shortest` steps or more; `slurs` notes may still carry on the syllable that
    was sung before the bar (0 where there is none or where a rest lies between), whose last MIDI number is `pitch`.
    """

    syllables: int
    shortest: int
    slurs: int = 0
    pitch: int = -1


def slurs_left(bars: Sequence[PieceBar], part: int, counted: Callable[[int], bool]) -> tuple[int, int]:
    """How many notes may carry on the last syllable of a part behind some bars, and its last MIDI number.

    `counted` says of a bar's number whether its notes sing syllables. Nothing may be carried on over a rest.
    """
    back, slurs = 0, 0
    last = -1
    for number in range(len(bars) - 1, -1, -1):
        bar = bars[number]
        back += METRES[bar.metre].steps
        for note in reversed(bar.notes[part]):
            if not counted(number) or (last < 0 and note.start + note.length < back):
                return 0, -1
            last = note.pitch if last < 0 else last
            if not note.melisma:
                return max(MOST_SLURS - slurs, 0), last
            slurs += 1
        if last < 0 and back > 4 * LONGEST_BAR:
            break
    return 0, -1


def pacing(steps: int, start: int, at: int, to_come: int, syllables: int, implied: int) -> NDArray[np.float64] | None:
    """What is laid over the logits so that the last syllables of a bar need not hurry, shape (vocabulary,).

    Parameters
    ----------
    steps, start : the bar's length, and the step at which the voice is free in it.
    at : where the note began whose length is drawn; below 0 where the next note's place is.
    to_come, syllables : how many syllables are still to come, and how many the bar has.
    implied : the length that the note has without a token, 0 for none.
    """
    if to_come < 1:
        return _filling(steps, at, implied) if 0 <= at < steps else None
    usual = (steps - start) / syllables
    added = np.zeros(SIZE)
    if at < 0:
        added[_POS : _POS + steps] = [_hurry((steps - place) / to_come, usual) for place in range(steps)]
        return added
    if implied:
        added -= PACE * max(math.log2(usual / max((steps - at - implied) / to_come, 0.1)), 0)
    lengths = np.clip((steps - at - _LENGTHS) / to_come, 0.1, None)
    added[_LEN : _LEN + len(_LENGTHS)] = -PACE * np.maximum(np.log2(usual / lengths), 0)
    return added


def _filling(steps: int, at: int, implied: int) -> NDArray[np.float64]:
    """The same for the last syllable of a bar: it mostly lasts to the bar line."""
    added = np.zeros(SIZE)
    if implied:
        added -= FILL * max(math.log2((steps - at) / implied), 0)
    added[_LEN : _LEN + len(_LENGTHS)] = -FILL * np.maximum(np.log2((steps - at) / _LENGTHS), 0)
    return added


def _hurry(share: float, usual: float) -> float:
    return -PACE * max(math.log2(usual / max(share, 0.1)), 0)
