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
from senandung.composing.decoding.sung import MOST_SLURS, Sung, pacing
from senandung.composing.pieces.follow import Follower, Held
from senandung.composing.pieces.piece import PieceNote
from senandung.composing.pieces.room import ending_start, last_bar_grid
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
_MELISMA = IDS["melisma"]
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
    sung : how many syllables begin in the row; None for a row without words.
    grid : steps on whose multiples notes begin and end (or at the bar's end); 1 for anywhere.
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
        sung: Sung | None = None,
        grid: int = 1,
    ) -> None:
        self.steps, self.most, self.tonic, self.drums = steps, most, tonic, drums
        self.compass, self.avoided = compass, avoided
        self.notes: list[tuple[int, int]] = []
        self.most_notes = MOST_NOTES
        self._rings = [(end, midi - tonic) for end, midi in carried]
        numbers = np.arange(LOWEST, HIGHEST + 1)
        self._range: Mask = (numbers + tonic >= compass.low) & (numbers + tonic <= compass.high)
        self.limit = min(compass.voices, int(self._range.sum()))
        self._sung = sung
        self._slurred, self._slurs = False, list[bool]()
        self._free_from = max((end for end, _ in self._rings), default=0)
        self._last = steps - 1
        self._grid = 1 if drums else grid
        self._final: Mask | None = None
        last_grid = last_bar_grid(steps, 0 if sung is None else sung.syllables)
        if ending is not None and not carried and last_grid:
            classes = np.isin(numbers % 12, sorted(ending.tones))
            lowest = numbers % 12 == ending.root if ending.bass else classes
            lowest &= self._range & (numbers >= ending.floor) & (numbers <= ending.ceiling)
            if lowest.any():
                self._final, self._mates = lowest, classes & self._range
                self.limit = min(self.limit, int(lowest.sum()))
                self._last = ending_start(steps, last_grid)
                self._grid = last_grid

    def fork(self) -> RowGrammar:
        """Another at the same place."""
        other = RowGrammar.__new__(RowGrammar)
        other.__dict__.update(self.__dict__)
        other.notes, other._slurs = list(self.notes), list(self._slurs)
        return other

    def playable(self) -> bool:
        """Whether a note can begin at all, for what sounds on from earlier bars and for the syllables."""
        if self._sung is not None:
            return self._sung.shortest > 0 and (self._sung.syllables > 0 or self._may_slur(self._free_from, ()))
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
        if self._sung is not None:
            return self._allow_sung(reader, before, mask)
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

    @property
    def sings(self) -> bool:
        """Whether the row sings so and so many syllables."""
        return self._sung is not None

    def closing(self, reader: Follower) -> int:
        """The length with which the last note of the last bar is held to its end; -1 where there is none."""
        held = _PLACE.get(self.steps - reader.at, -1)
        if self._final is None or held < 0 or reader.at < 0:
            return -1
        return _LEN + held

    def read(self, reader: Follower, kind: str, token: int) -> None:
        """Keep the strokes of a drum row (a follower keeps only one a step), and which notes are melismas."""
        if self.drums and kind == "drum":
            self.notes.append((reader.at, token - _DRUM + DRUM_KEYS[0]))
        if kind in ("pitch", "mate"):
            self._slurs.append(self._slurred)
        self._slurred = kind == "melisma"

    def row(self, reader: Follower) -> tuple[PieceNote, ...]:
        """The notes of the row."""
        if self.drums:
            return tuple(PieceNote(start, key, DRUM_LENGTH) for start, key in self.notes)
        assert reader.row is not None
        return tuple(
            PieceNote(start, pitch + self.tonic, end - start, slurred)
            for (start, end, pitch), slurred in zip(reader.row.held, self._slurs, strict=True)
        )

    def pacing(self, reader: Follower, before: str) -> NDArray[np.float64] | None:
        """What is laid over the logits so that the syllables share the bar; None for nothing."""
        if self._sung is None or before not in ("track", "pitch", "len"):
            return None
        at = reader.at if before == "pitch" else -1
        length = reader.length if before == "pitch" else 0
        return pacing(self.steps, self._free_from, at, self._to_come(), self._sung.syllables, length)

    # a voice with words

    def _to_come(self) -> int:
        """How many syllables are still to begin in the row."""
        assert self._sung is not None
        return self._sung.syllables - self._slurs.count(False)

    def _shortest(self) -> int:
        assert self._sung is not None
        return self._sung.shortest if self._final is None else self._grid

    def _latest(self, to_come: int) -> int:
        """The last step at which the first of some syllables may begin, so that all have room."""
        if self._final is not None:
            return self._last - (to_come - 1) * self._grid
        return self.steps - to_come * self._shortest()

    def _may_slur(self, step: int, held: Sequence[Held]) -> bool:
        """Whether a note at a step may carry on the syllable before it."""
        assert self._sung is not None
        to_come = self._to_come()
        left = self._sung.slurs
        for slurred in self._slurs:
            left = left - 1 if slurred else MOST_SLURS
        ends = held[-1].end if held else self._free_from
        before = held[-1].pitch if held else self._sung.pitch - self.tonic
        if left <= 0 or step != ends or len(held) >= self.most_notes or (self._final is not None and not to_come):
            return False
        until = self._latest(to_come) if to_come else self.steps
        others = int(self._range.sum()) - int(LOWEST <= before <= HIGHEST and self._range[before - LOWEST])
        return step + self._shortest() <= until and others > 0

    def _allow_sung(self, reader: Follower, before: str, mask: Mask) -> bool:
        assert reader.row is not None
        held, cursor, to_come = reader.row.held, reader.cursor, self._to_come()
        if before == "melisma":
            mask[_PITCH : _PITCH + _PITCHES] = self._slurred_pitches(held)
            return False
        if before == "pos":
            if to_come:
                mask[_PITCH : _PITCH + _PITCHES] = self._syllable_pitches(reader, cursor)
            mask[_MELISMA] = self._may_slur(cursor, held)
            return False
        if before == "pitch":
            lengths = self._sung_lengths(reader)
            mask[_LEN : _LEN + len(LENGTHS)] = lengths
            if not reader.length:
                return False
            implied = _PLACE[reader.length]
            mask[_LEN + implied] = False
            if not lengths[implied]:
                return False
        place = cursor if held else self._free_from
        if to_come:
            free = self._free(held, reader.at if held else -1)
            free[self._latest(to_come) + 1 :] = False
            if cursor < self.steps and free[cursor]:
                mask[_PITCH : _PITCH + _PITCHES] = self._syllable_pitches(reader, cursor)
                free[cursor] = False
            if self._final is None or not held:  # no rests inside the last bar
                mask[_POS : _POS + self.steps] = free
        if self._may_slur(place, held):
            mask[_MELISMA if place == cursor else _POS + place] = True
        if to_come or (self._final is not None and cursor != self.steps):
            return False
        return bool(held) or not mask.any()

    def _syllable_pitches(self, reader: Follower, step: int) -> Mask:
        allowed = self._pitches(reader, step)
        return allowed & self._final if self._final is not None and self._to_come() == 1 else allowed

    def _slurred_pitches(self, held: Sequence[Held]) -> Mask:
        """All but the one before: that would be no new note."""
        assert self._sung is not None
        before = held[-1].pitch if held else self._sung.pitch - self.tonic
        allowed = self._range.copy()
        if LOWEST <= before <= HIGHEST:
            allowed[before - LOWEST] = False
        return allowed

    def _sung_lengths(self, reader: Follower) -> Mask:
        to_come = self._to_come()
        ends = reader.at + _LENGTHS
        if self._final is not None and not to_come:
            return np.asarray(ends == self.steps)
        found = (self._shortest() <= _LENGTHS) & (ends <= (self._latest(to_come) if to_come else self.most))
        return np.asarray(found & (ends % self._grid == 0))

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
            return np.asarray((ends <= self.most) & ((ends % self._grid == 0) | (ends == self.steps)))
        early = (ends <= self._last) & (ends % self._grid == 0) & (reader.at < self._last)
        if mate:  # held to the end only above a note that is
            assert reader.row is not None
            lowest = next(note for note in reader.row.held if note.start == reader.at)
            held = lowest.end == self.steps
        else:
            held = bool(self._final[reader.pitch - LOWEST])
        return np.asarray(early | (ends == self.steps) if held else early)
