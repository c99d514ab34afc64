"""What may follow inside one row: a part's notes in one bar.

A row may be left only whole; there is always something that may follow. Limits are hard where music would be broken
(compass, notes at once, a key struck while it sounds, the bar's length) and left aside where a wish cannot bear them
(a hand's span, the last chord).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.compass import Compass
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import PieceNote
from senandung.composing.pieces.tokens import DRUM_LENGTH
from senandung.composing.pieces.vocabulary import (
    DRUM_KEYS,
    HIGHEST,
    IDS,
    LENGTHS,
    LOWEST,
)

Mask = NDArray[np.bool_]
"""Which tokens may follow, shape (vocabulary,)."""

_POS, _DRUM, _LEN = IDS["pos:0"], IDS[f"drum:{DRUM_KEYS[0]}"], IDS[f"len:{LENGTHS[0]}"]
_PITCH, _MATE = IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"]
_LENGTHS = np.asarray(LENGTHS)
_PLACE = {length: index for index, length in enumerate(LENGTHS)}
_PITCHES = HIGHEST - LOWEST + 1

MOST_NOTES = 64
"""Notes after which a row must end."""


CHORD_ENDS: Mapping[str, tuple[int, ...]] = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "dim": (0, 3, 6), "aug": (0, 4, 8), "7": (0, 4, 7), "maj7": (0, 4, 7),
    "min7": (0, 3, 7), "hdim7": (0, 3, 6), "dim7": (0, 3, 6), "sus4": (0, 5, 7),
}  # fmt: skip
"""The tones with which a last chord ends: no sevenths."""


@dataclass(frozen=True)
class Ending:
    """How the rows of the last bar end: a chord held to the bar's end.

    `tones` are the chord's pitch classes above the tonic, `root` the one that must be lowest; `bass` says that this
    row has the lowest note; `floor` and `ceiling` bound the lowest note of the end (semitones above the tonic).
    """

    tones: frozenset[int]
    root: int
    bass: bool
    floor: int
    ceiling: int


def ending_grid(steps: int) -> int:
    """The steps on whose multiples notes of the last bar begin and end."""
    return 12 if steps % 12 == 0 else 6


def ending_start(steps: int) -> int:
    """The last step at which the chord that ends a piece may begin: it lasts about a third of the bar or more.

    >>> ending_start(96), ending_start(72), ending_start(24)
    (72, 48, 12)
    """
    grid = ending_grid(steps)
    return steps - grid * max(steps // 3 // grid, 1)


class RowGrammar:
    """What may follow in a row of pitched notes or of drums.

    Parameters
    ----------
    compass : what the player can play.
    steps : the bar's length; `most` the step at which every note must have ended (behind the bar: a tie).
    tonic : MIDI number less pitch above the tonic.
    carried : end (in steps of this bar) and MIDI number of what the part sounds on from earlier bars.
    ending : how the row must end, in the last bar.
    drums : whether it is a drum row.
    avoided : start, end and MIDI number of notes that should not be doubled: the player's other hand.
    """

    def __init__(
        self,
        compass: Compass,
        steps: int,
        most: int,
        tonic: int,
        carried: Sequence[tuple[int, int]] = (),
        *,
        ending: Ending | None = None,
        drums: bool = False,
        avoided: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        self.steps, self.most, self.tonic, self.drums = steps, most, tonic, drums
        self.compass, self.avoided = compass, avoided
        self.notes: list[tuple[int, int]] = []
        self.most_notes = MOST_NOTES
        self._rings = [(end, midi - tonic) for end, midi in carried]
        numbers = np.arange(LOWEST, HIGHEST + 1)
        self._range: Mask = (numbers + tonic >= compass.low) & (numbers + tonic <= compass.high)
        self.limit = min(compass.voices, int(self._range.sum()))
        self._last = steps - 1
        self._grid = 1
        self._final: Mask | None = None
        if ending is not None and not carried:
            classes = np.isin(numbers % 12, sorted(ending.tones))
            lowest = numbers % 12 == ending.root if ending.bass else classes
            lowest &= self._range & (numbers >= ending.floor) & (numbers <= ending.ceiling)
            if lowest.any():
                self._final, self._mates = lowest, classes & self._range
                self.limit = min(self.limit, int(lowest.sum()))
                self._last = ending_start(steps)
                self._grid = ending_grid(steps)

    def fork(self) -> RowGrammar:
        """Another at the same place."""
        other = RowGrammar.__new__(RowGrammar)
        other.__dict__.update(self.__dict__)
        other.notes = list(self.notes)
        return other

    def playable(self) -> bool:
        """Whether a note can begin at all, for what sounds on from earlier bars."""
        return self.drums or bool(self._free([], -1).any())

    def allow(self, reader: Follower, before: str, mask: Mask) -> bool:
        """Mark what may follow a token of the kind `before` in `mask`; say whether the row may end here."""
        may_end = self._allow(reader, before, mask)
        written = len(self.notes) if self.drums or reader.row is None else len(reader.row.held)
        if may_end and written >= self.most_notes:
            mask[:] = False
        return may_end

    def _allow(self, reader: Follower, before: str, mask: Mask) -> bool:
        if self.drums:
            return self._allow_drums(before, mask)
        assert reader.row is not None
        if before == "pos":
            mask[_PITCH : _PITCH + _PITCHES] = self._pitches(reader, reader.cursor)
            return False
        if before == "track":
            self._allow_starts(reader, -1, 0, mask)
            return False
        if before in ("pitch", "mate"):
            lengths = self._ends(reader, before == "mate")
            mask[_LEN : _LEN + len(LENGTHS)] = lengths
            if reader.length:
                implied = _PLACE[reader.length]
                mask[_LEN + implied] = False
                if not lengths[implied]:
                    return False
            else:
                return False
        self._allow_mates(reader, mask)
        self._allow_starts(reader, reader.at, reader.cursor, mask)
        return self._final is None or reader.cursor == self.steps

    def closing(self, reader: Follower) -> int:
        """The length with which the last note of the last bar is held to its end; -1 where there is none."""
        held = _PLACE.get(self.steps - reader.at, -1)
        if self._final is None or held < 0 or reader.at < 0:
            return -1
        return _LEN + held

    def read(self, reader: Follower, kind: str, token: int) -> None:
        """Keep the strokes of a drum row (a follower keeps only one a step)."""
        if self.drums and kind == "drum":
            self.notes.append((reader.at, token - _DRUM + DRUM_KEYS[0]))

    def row(self, reader: Follower) -> tuple[PieceNote, ...]:
        """The notes of the row."""
        if self.drums:
            return tuple(PieceNote(start, key, DRUM_LENGTH) for start, key in self.notes)
        assert reader.row is not None
        return tuple(PieceNote(start, pitch + self.tonic, end - start) for start, end, pitch in reader.row.held)

    def _allow_drums(self, before: str, mask: Mask) -> bool:
        at = self.notes[-1][0] if self.notes else -1
        if before == "pos":
            mask[_DRUM : _DRUM + len(DRUM_KEYS)] = True
            return False
        mask[_POS + at + 1 : _POS + self.steps] = True
        if before == "track":
            return False
        together = sum(start == at for start, _ in self.notes)
        if together < self.compass.voices:
            mask[_DRUM + self.notes[-1][1] - DRUM_KEYS[0] + 1 : _DRUM + len(DRUM_KEYS)] = True
        return True

    def _free(self, held: Iterable[tuple[int, int, int]], after: int) -> Mask:
        """At which steps of the bar behind `after` a note may begin."""
        count = np.zeros(self.steps, dtype=np.int8)
        for start, end, _ in held:
            if end > after + 1:
                count[max(start, 0) : end] += 1
        for end, _ in self._rings:
            count[:end] += 1
        free: Mask = count < self.limit
        free[: after + 1] = False
        free[self._last + 1 :] = False
        if self._grid > 1:
            free[np.arange(self.steps) % self._grid != 0] = False
        return free

    def _allow_starts(self, reader: Follower, after: int, cursor: int, mask: Mask) -> None:
        assert reader.row is not None
        free = self._free(reader.row.held, after)
        if cursor < self.steps and free[cursor]:
            mask[_PITCH : _PITCH + _PITCHES] = self._pitches(reader, cursor)
            if self._final is not None and after >= 0:
                return  # no rests inside the last bar
            free[cursor] = False
        mask[_POS : _POS + self.steps] = free

    def _sounding(self, reader: Follower, step: int) -> list[int]:
        assert reader.row is not None
        found = [pitch for start, end, pitch in reader.row.held if start <= step < end]
        return found + [pitch for end, pitch in self._rings if end > step]

    def _pitches(self, reader: Follower, step: int) -> Mask:
        sounding = self._sounding(reader, step)
        allowed = self._range.copy()
        if self._final is not None and step >= self._last:
            allowed &= self._final
        for pitch in sounding:
            if LOWEST <= pitch <= HIGHEST:
                allowed[pitch - LOWEST] = False
        if not sounding and not self.avoided:
            return allowed
        kept = allowed.copy()
        if sounding:
            kept[: max(max(sounding) - self.compass.span - LOWEST, 0)] = False
            kept[max(min(sounding) + self.compass.span - LOWEST + 1, 0) :] = False
        for start, end, midi in self.avoided:
            if start <= step < end and LOWEST <= midi - self.tonic <= HIGHEST:
                kept[midi - self.tonic - LOWEST] = False
        return kept if kept.any() else allowed

    def _allow_mates(self, reader: Follower, mask: Mask) -> None:
        sounding = self._sounding(reader, reader.at)
        if len(sounding) >= self.limit:
            return
        allowed = self._range.copy()
        if self._final is not None:
            allowed &= self._mates
        allowed[: reader.pitch - LOWEST + 1] = False
        allowed[max(min(sounding) + self.compass.span - LOWEST + 1, 0) :] = False
        for pitch in sounding:
            if LOWEST <= pitch <= HIGHEST:
                allowed[pitch - LOWEST] = False
        mask[_MATE : _MATE + _PITCHES] = allowed

    def _ends(self, reader: Follower, mate: bool) -> Mask:
        """Which lengths the last note may have."""
        ends = reader.at + _LENGTHS
        if self._final is None:
            return np.asarray(ends <= self.most)
        early = (ends <= self._last) & (ends % self._grid == 0) & (reader.at < self._last)
        if mate:  # held to the end only above a note that is
            assert reader.row is not None
            lowest = next(note for note in reader.row.held if note.start == reader.at)
            held = lowest.end == self.steps
        else:
            held = bool(self._final[reader.pitch - LOWEST])
        return np.asarray(early | (ends == self.steps) if held else early)
