"""Bars and rows that come back as they were: written again note by note, as far as the rules allow.

The tokens of the earlier bar cannot be copied one by one: a place or a length that is implied there may have to be said
here, for it depends on what rings over from the bar before. So each token is found from the note that is to come.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senandung.composing.decoding.grammar import PieceGrammar, carried_on
from senandung.composing.decoding.row_grammar import Mask
from senandung.composing.pieces.follow import LIKE, NEW, VARIED, Follower
from senandung.composing.pieces.piece import METRES, PieceBar, PieceNote
from senandung.composing.pieces.vocabulary import (
    DRUM_KEYS,
    HIGHEST,
    IDS,
    LENGTHS,
    LOWEST,
    SIZE,
    kind_of,
    nearest_length,
    signed_tonic,
)

_POS, _DRUM, _LEN = IDS["pos:0"], IDS[f"drum:{DRUM_KEYS[0]}"], IDS[f"len:{LENGTHS[0]}"]
_PITCH, _MATE, _MELISMA = IDS[f"pitch:{LOWEST}"] - LOWEST, IDS[f"mate:{LOWEST}"] - LOWEST, IDS["melisma"]
_LENGTHS = np.asarray(LENGTHS)
_SAID = slice(_LEN, _LEN + len(LENGTHS))

SAME_ROWS = 0.34
"""Share of the rows of a new bar that may stand as they stood before."""

LEAVING: Mask = np.asarray([kind_of(token) in ("track", "bar", "end") for token in range(SIZE)])
"""Tokens with which a row is left."""


class RowAgain:
    """Writes a row as an earlier one stands.

    Parameters
    ----------
    notes : of the earlier row, in order.
    tonic : MIDI number less pitch above the tonic, in the earlier bar.
    """

    def __init__(self, notes: Sequence[PieceNote], tonic: int, *, drums: bool) -> None:
        self._notes, self._tonic, self._drums = tuple(notes), tonic, drums
        self._next = 0
        self._given_up = False

    @property
    def going(self) -> bool:
        """Whether notes are still to come."""
        return self._next < len(self._notes) and not self._given_up

    def token(self, grammar: PieceGrammar, mask: Mask) -> int:
        """The next token of the row; -1 where the network is to choose, or where the row is at its end."""
        reader, before = grammar.reader, grammar.before
        if self._given_up:
            return -1
        if not self._drums and before in ("pitch", "mate") and self._next:
            said = self._length(reader, mask)
            if said >= 0:
                return said
        while self._next < len(self._notes):
            token = self._begin(reader, before, self._notes[self._next])
            if mask[token]:
                self._next += kind_of(token) in ("pitch", "mate", "drum")
                return token
            if before in ("pos", "melisma"):  # some note must follow, and this one may not
                self._next += 1
                return -1
            if grammar.row is not None and grammar.row.sings:  # its syllables must come out even
                self._given_up = True
                return -1
            self._next += 1
        return -1

    def _begin(self, reader: Follower, before: str, note: PieceNote) -> int:
        """What a note begins with, or goes on with: a place, the mark of a melisma, or its pitch."""
        if self._drums:
            begun = before == "pos" or (before != "track" and note.start == reader.at)
            return _DRUM + note.pitch - DRUM_KEYS[0] if begun else _POS + note.start
        relative = min(max(note.pitch - self._tonic, LOWEST), HIGHEST)
        if before != "track" and note.start == reader.at and before not in ("pos", "melisma"):
            return _MATE + relative
        if before not in ("pos", "melisma") and note.start != reader.cursor:
            return _POS + note.start
        return _MELISMA if note.melisma and before != "melisma" else _PITCH + relative

    def _length(self, reader: Follower, mask: Mask) -> int:
        """The token of the length of the note before, -1 where it is implied and right."""
        wanted = nearest_length(self._notes[self._next - 1].length)
        allowed = mask[_SAID]
        implied = reader.length == wanted and bool(np.delete(mask, np.arange(_LEN, _LEN + len(LENGTHS))).any())
        if implied or not allowed.any():
            return -1
        away = np.where(allowed, np.abs(_LENGTHS - wanted) + 0.5 * (wanted < _LENGTHS), np.inf)
        if reader.length and away.min() >= abs(reader.length - wanted) and np.count_nonzero(mask) > allowed.sum():
            return -1
        return _LEN + int(away.argmin())


class BarAgain:
    """Writes all rows of a bar as they stand in an earlier one."""

    def __init__(self, source: PieceBar, grammar: PieceGrammar) -> None:
        self._source = source
        self._rows = [part for part, row in enumerate(source.notes) if row]
        self._row: RowAgain | None = None
        self._drums = grammar.drums

    def token(self, grammar: PieceGrammar, mask: Mask) -> int:
        """The next token of the bar; -1 where the network is to choose."""
        if self._row is not None:
            token = self._row.token(grammar, mask)
            if token >= 0 or self._row.going:
                return token
        return self.leave(grammar, mask) if grammar.row is None or self._row is not None else -1

    def leave(self, grammar: PieceGrammar, mask: Mask) -> int:
        """The token with which the present row is left; -1 where it may not be, or the network is to choose."""
        self._row, before = None, self._row
        if not (mask & LEAVING).any():
            self._row = before
            return -1
        while self._rows:
            part = self._rows[0]
            token = grammar.tracks[part]
            if part > grammar.part and mask[token]:
                del self._rows[0]
                tonic = signed_tonic(self._source.tonic)
                self._row = RowAgain(self._source.notes[part], tonic, drums=self._drums[part])
                return token
            if part > grammar.part and not mask[grammar.bar_token(grammar.bar + 1)] and not grammar.blocked[part]:
                mask &= LEAVING  # another part must play first
                return -1
            del self._rows[0]
        mask &= LEAVING
        token = grammar.bar_token(grammar.bar + 1)
        return token if mask[token] else -1


def latest_end(grammar: PieceGrammar, source: int) -> int | None:
    """The step by which notes of the present row must end, so that the next bar can be the same as an earlier one.

    `source` is that bar's number, the present one's where it repeats this; None where nothing hinders it.
    """
    part, bar = grammar.part, grammar.bar
    steps = METRES[grammar.wish.metre_at(bar)].steps
    if source == bar:
        held = grammar.reader.row.held if grammar.reader.row is not None else []
        return steps + held[0].start if held else None
    row = grammar.bars[source].notes[part]
    if not row:
        return None
    rings = [end for end, _ in carried_on(grammar.bars[:source], part)]
    return steps + max([row[0].start, *rings])


def shorten(grammar: PieceGrammar, mask: Mask, latest: int) -> None:
    """Take the lengths from a mask that reach behind a step, where others are left."""
    reader = grammar.reader
    if grammar.before not in ("pitch", "mate"):
        return
    fits = mask[_SAID] & (reader.at + _LENGTHS <= latest)
    implied = reader.length > 0 and reader.at + reader.length <= latest
    if not fits.any() and not implied:
        return
    mask[_SAID] = fits
    if not implied:
        mask[: _SAID.start] = False
        mask[_SAID.stop :] = False


def astray(bars: Sequence[PieceBar], to: int, strength: int) -> float:
    """How far the last of some bars lies from what it was to be, 0 for not at all.

    A new bar should not be like an earlier one (`follow.LIKE`), nor hold many rows (`SAME_ROWS`) that stood there
    before; a varied one should be like its source, and not the same.
    """
    here, earlier = _content(bars[-1]), [bar for bar in bars[:-1] if bar.metre == bars[-1].metre]
    if strength == VARIED:
        like = _like(here, _content(bars[to]))
        return LIKE - like if like < LIKE else 0.5 * (like == 1.0)
    if strength != NEW or not earlier or not here:
        return 0.0
    like = max(_like(here, _content(bar)) for bar in earlier) if len(here) > 1 else 0.0
    rows = [(part, row) for part, row in enumerate(bars[-1].notes) if row]
    again = sum(any(bar.notes[part] == row for bar in earlier) for part, row in rows) / len(rows)
    return max(like if like >= LIKE else 0.0, again if again > SAME_ROWS else 0.0)


def notes_in(bar: PieceBar) -> int:
    """How many notes begin in a bar."""
    return sum(len(row) for row in bar.notes)


def _content(bar: PieceBar) -> frozenset[tuple[int, int, int]]:
    """What begins in a bar: part, step and lowest pitch above the tonic."""
    found: dict[tuple[int, int], int] = {}
    for part, row in enumerate(bar.notes):
        for note in row:
            found.setdefault((part, note.start), note.pitch - signed_tonic(bar.tonic))
    return frozenset((part, start, pitch) for (part, start), pitch in found.items())


def _like(one: frozenset[tuple[int, int, int]], other: frozenset[tuple[int, int, int]]) -> float:
    common = len(one & other)
    return common / max(len(one) + len(other) - common, 1)
