"""Tells which notes would carry on a quotation from the training music."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.decoding.copies import SPAN, Copies
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import METRES, PieceBar
from senandung.composing.pieces.vocabulary import HIGHEST, IDS, LOWEST

_PITCH, _MATE = IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"]
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


class Quotations:
    """Looks notes up in the filter of the training music's tunes."""

    def __init__(self, copies: Copies) -> None:
        self.copies = copies
        self._place = (-1, -1)
        self._tail: list[tuple[int, int]] = []

    def carried_on(self, reader: Follower, bars: Sequence[PieceBar], part: int, tonic: int, token: int) -> bool:
        """Whether a token is a note that carries on a quotation.

        `bars` are finished, `part` is being written in the bar behind them, `tonic` is MIDI number less pitch.
        """
        if _PITCH <= token < _PITCH + _PITCHES:
            onset, pitch = reader.cursor, token - _PITCH
        elif _MATE <= token < _MATE + _PITCHES:
            onset, pitch = reader.at, token - _MATE
        else:
            return False
        if reader.row is None:
            return False
        tops: dict[int, int] = {}
        for note in reader.row.held:
            if note.start < onset:
                tops[note.start] = max(note.pitch + tonic, tops.get(note.start, 0))
        line = list(tops.items())  # a row is written in order
        if len(line) < _NEEDED:
            if self._place != (len(bars), part):
                self._place, self._tail = (len(bars), part), tail_of(bars, part)
            line = self._tail + line
        return self.copies.quoted(line, onset, pitch + LOWEST + tonic)
