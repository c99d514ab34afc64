"""Takes notes out of a mask that would carry on a quotation from the training music."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senandung.composing.copies import SPAN, Copies
from senandung.composing.follow import Follower
from senandung.composing.piece import METRES, PieceBar
from senandung.composing.row_grammar import Mask
from senandung.composing.vocabulary import HIGHEST, IDS, LOWEST

_BLOCKS = (IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"])
_PITCHES = HIGHEST - LOWEST + 1
_NEEDED = SPAN + 2


def tail_of(bars: Sequence[PieceBar], part: int) -> list[tuple[int, int]]:
    """Onset, in steps before the end, and pitch of a part's last highest notes."""
    found: list[tuple[int, int]] = []
    back = 0
    for bar in bars[: -_NEEDED - 1 : -1]:
        back += METRES[bar.metre].steps
        tops: dict[int, int] = {}
        for note in bar.notes[part]:
            tops[note.start] = max(note.pitch, tops.get(note.start, 0))
        found = [(start - back, pitch) for start, pitch in sorted(tops.items())] + found
        if len(found) >= _NEEDED:
            break
    return found


def without_quotations(
    mask: Mask, copies: Copies, reader: Follower, bars: Sequence[PieceBar], part: int, tonic: int
) -> Mask:
    """The mask less the notes that carry on a quotation; the mask itself where nothing else would be left.

    `bars` are finished, `part` is being written in the bar behind them, `tonic` is MIDI number less pitch.
    """
    row = reader.row
    if row is None or not (
        mask[_BLOCKS[0] : _BLOCKS[0] + _PITCHES].any() or mask[_BLOCKS[1] : _BLOCKS[1] + _PITCHES].any()
    ):
        return mask
    tops: dict[int, int] = {}
    for note in row.held:
        tops[note.start] = max(note.pitch + tonic, tops.get(note.start, 0))
    line = sorted(tops.items())
    if len(line) < _NEEDED:
        line = tail_of(bars, part) + line
    left = mask
    for block, onset in zip(_BLOCKS, (reader.cursor, reader.at), strict=True):
        places = np.flatnonzero(mask[block : block + _PITCHES])
        before = [note for note in line if note[0] < onset]
        if not len(places) or len(before) < _NEEDED:
            continue
        quoted = copies.quoted(before, onset, (places + LOWEST + tonic).tolist())
        if quoted.any():
            if left is mask:
                left = mask.copy()
            left[block + places[quoted]] = False
    return left if left.any() else mask
