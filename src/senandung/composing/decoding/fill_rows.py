"""Rows of a piece written anew while all others stay, note for note: the network fills in blanks.

A pass shows it as many bars around the blanks as fit, with the rows before them as they are by now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.compass import Compass, compass_of
from senandung.composing.decoding.grammar import carried_on, chord_of, head_chords, track_token
from senandung.composing.decoding.row_grammar import CHORD_ENDS, MOST_NOTES, Ending, Mask, RowGrammar
from senandung.composing.decoding.sampling import Taste, draw
from senandung.composing.decoding.sung import Sung, slurs_left
from senandung.composing.decoding.voice_leading import leaning
from senandung.composing.decoding.window import Entry, Network, entries_of
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.piece import CHORD_TONES, METRES, STEPS_PER_QUARTER, Piece, PieceBar, PieceNote
from senandung.composing.pieces.room import shortest_sung
from senandung.composing.pieces.tasks import BLANK, FILL, FILLED, INFILL, split_rows
from senandung.composing.pieces.tokens import encode_bars, encode_header
from senandung.composing.pieces.vocabulary import HIGHEST, IDS, LOWEST, SIZE, kind_of, signed_tonic
from senandung.domain.checks import require

Blank = tuple[int, int]
"""A bar's number and a part's, from 0."""

ROOM = 0.35
"""Share of the context that is kept for the rows that are filled in."""

FEW_NOTES = 12
"""Notes after which a row must end where the context was too short for more."""

SUNG_TRIES = 4
"""Tries at a row with words, of which one is chosen (`choose_try`)."""

LEAST_COMPASS = 12
"""Semitones that a part with words may use at least."""

USUAL_TEMPO = 96.0
"""Quarters a minute where the piece says nothing."""

_ROW = 24
"""Tokens that a row is thought to take where the part has no other."""

_ROW_ENDS = np.asarray([token == FILLED or kind_of(token) == "track" for token in range(SIZE)])
"""Tokens with which a row that is filled in ends."""

_PITCH, _MATE = IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"]

_CHORDAL, _PASSING = 1.0, 0.5
"""The weight of `Bounds.foreign` on a beat, and between beats."""

_SCALE: Mapping[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10), "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """What binds rows beside what their players can play: a part that others lean on.

    `ranges` gives for a blank the lowest and highest MIDI number; notes begin and end on multiples of `grid` steps;
    `foreign` is taken from the logits of tones outside the chord where they would begin on a quarter, half of it
    elsewhere, and as much again from those outside the key as well; `over` says that notes may ring into the next bar.
    """

    ranges: Mapping[Blank, tuple[int, int]] = field(default_factory=dict)
    grid: int = 1
    foreign: float = 0.0
    over: bool = True


class _Row(NamedTuple):
    """A row as it was drawn: reader and grammar behind it, its tokens, and how much of what was likely was allowed."""

    reader: Follower
    grammar: RowGrammar
    entries: list[Entry]
    score: float


def choose_try(scores: Sequence[float], rng: np.random.Generator) -> int:
    """The place of one of several tries at a row, by how much of what was likely was allowed in each.

    Where the rules say how many syllables there are and the network does not know it, a token is drawn as if all were
    well; the tries that came where little of what is likely was allowed are the wrong ones (importance resampling:
    Rubin 1987). The weight of a try is the product of the shares that were allowed, `scores` their logarithms.
    """
    if len(scores) == 1:
        return 0
    weights = np.exp(np.asarray(scores) - max(scores))
    return int(rng.choice(len(scores), p=weights / weights.sum()))


class _Reading:
    """What the network has read of a pass, and what it is still to read; it can go back to a mark."""

    def __init__(self, network: Network, entries: Sequence[Entry]) -> None:
        self.context = network.context
        self._state = network.begin(1)
        self._read, self._pending = 0, list(entries)

    def add(self, entries: Sequence[Entry]) -> None:
        """Take the next tokens."""
        self._pending += entries

    def mark(self) -> tuple[int, list[Entry]]:
        """The present place."""
        return self._read, list(self._pending)

    def back_to(self, mark: tuple[int, list[Entry]]) -> None:
        """Forget what was read and taken since a mark."""
        read, pending = mark
        if read < self._read:
            self._state.truncate(read)
        self._read, self._pending = read, list(pending)

    def logits(self) -> NDArray[np.float64] | None:
        """What comes next, shape (vocabulary,); None where the context is full."""
        if self._read + len(self._pending) > self.context:
            return None
        tokens = np.asarray([[token for token, _ in self._pending]], dtype=np.int64)
        known = np.asarray([[features for _, features in self._pending]], dtype=np.int64)
        self._read, self._pending = self._read + len(self._pending), []
        found: NDArray[np.float64] = self._state.feed(tokens, known)[0].astype(np.float64)
        return found


class RowFiller:
    """Fills the blanks of a piece, pass by pass; `bars` are its bars as they are by now."""

    def __init__(
        self,
        piece: Piece,
        blanks: set[Blank],
        network: Network,
        rng: np.random.Generator,
        taste: Taste,
        sung: Collection[int] = (),
        bounds: Bounds | None = None,
    ) -> None:
        for bar, part in blanks:
            require(0 <= bar < len(piece.bars), f"a blank must be in a bar 1..{len(piece.bars)}", bar + 1)
            require(0 <= part < len(piece.parts), f"a blank must be in a part 1..{len(piece.parts)}", part + 1)
        for part in sung:
            require(0 <= part < len(piece.parts), f"a sung part must be in 1..{len(piece.parts)}", part + 1)
        self.piece, self.network, self.rng, self.taste, self.sung = piece, network, rng, taste, frozenset(sung)
        self.bounds = bounds or Bounds()
        self.bars = list(piece.bars)
        self.heads = [track_token(part) for part in piece.parts]
        self.compasses = [self._compass(part) for part in range(len(piece.parts))]
        self.sizes = self._row_sizes()
        asked = sorted(blanks)
        silent = {part for _, part in asked if all(not piece.bars[bar].notes[part] for bar, p in asked if p == part)}
        silent -= self.sung
        self.blanks = [(bar, part) for bar, part in asked if piece.bars[bar].notes[part] or part in silent]
        for bar, part in self.blanks:
            self._put(bar, part, ())
        while held := [blank for blank in self.blanks if not self._has_room(*blank)]:
            for bar, part in held:  # a longer note sounds through it
                self._put(bar, part, piece.bars[bar].notes[part])
            self.blanks = [blank for blank in self.blanks if blank not in held]

    def pass_on(self) -> int:
        """Fill some of the blanks that are left; how many are left then."""
        tight = 1.0
        while True:
            first, last, chunk = self._chunk(tight)
            filled = self._fill(first, last, chunk, MOST_NOTES if tight == 1.0 else FEW_NOTES)
            self.blanks = [blank for blank in self.blanks if blank not in filled]
            if filled:
                return len(self.blanks)
            tight /= 2

    def _compass(self, part: int) -> Compass:
        """What a part's class can play, widened to what the part already plays; what a part with words sings."""
        who = self.piece.parts[part]
        found = compass_of(who, sum(other.instrument == who.instrument for other in self.piece.parts))
        pitches = [note.pitch for bar in self.piece.bars for note in bar.notes[part]]
        if part in self.sung and pitches:  # a singer's compass is what she sings
            low, high = min(pitches), max(pitches)
            more = max(LEAST_COMPASS - (high - low) + 1, 0) // 2
            low, high = min(low, max(low - more, found.low)), max(high, min(high + more, found.high))
            return found._replace(low=low, high=high)
        return found._replace(low=min([found.low, *pitches]), high=max([found.high, *pitches]))

    def _row_sizes(self) -> list[float]:
        """Tokens of a row of each part."""
        totals = np.zeros((len(self.heads), 2))
        for bar in encode_bars(self.piece):
            for row in split_rows(bar)[1:]:
                if row[0] in self.heads:
                    totals[self.heads.index(row[0])] += (len(row), 1)
        return [float(size / count) if count else _ROW for size, count in totals]

    def _put(self, bar: int, part: int, row: tuple[PieceNote, ...]) -> None:
        old = self.bars[bar]
        self.bars[bar] = replace(old, notes=(*old.notes[:part], row, *old.notes[part + 1 :]))

    def _chunk(self, tight: float) -> tuple[int, int, list[Blank]]:
        """The bars that the next pass shows, from the first to before the last, and the blanks that it fills."""
        room = self.network.context - 11 - len(self.heads)
        for_rows = room * ROOM * tight
        coded = [len(bar) for bar in encode_bars(self.piece)]
        chunk: list[Blank] = []
        expected = shown = 0.0
        first = last = self.blanks[0][0]
        for bar, part in self.blanks:
            more = 1.3 * self.sizes[part] + 2
            bars_more = sum(coded[last : bar + 1]) if bar >= last else 0
            if chunk and (expected + more > for_rows or shown + bars_more > (room - for_rows) * tight):
                break
            expected += more
            shown += bars_more
            chunk.append((bar, part))
            last = max(last, bar + 1)
        room_left = (room - expected - shown - 2 * len(chunk)) * tight
        before = True
        while first > 0 or last < len(coded):
            bar = first - 1 if (before and first > 0) or last == len(coded) else last
            if coded[bar] > room_left:
                break
            room_left -= coded[bar]
            first, last = min(first, bar), max(last, bar + 1)
            before = not before
        return first, last, chunk

    def _prompt(self, first: int, last: int, chunk: Sequence[Blank]) -> list[int]:
        """Header and bars, the blanks marked, and the token behind which they are filled."""
        whole = replace(self.piece, bars=tuple(self.bars))
        tokens = [*encode_header(whole, first), INFILL]
        room = self.network.context * (1 - ROOM / 2)
        for index, bar in enumerate(encode_bars(whole)[first:last], first):
            head, *rows = split_rows(bar)
            if index == first:
                head = [token for token in head if kind_of(token) in ("bar", "chord")]
            tokens += head
            known = {row[0]: row for row in rows}
            for part, track in enumerate(self.heads):
                if (index, part) in chunk:
                    tokens += [track, BLANK]
                elif track in known and len(tokens) + len(known[track]) < room:
                    tokens += known[track]
            if rows and kind_of(rows[-1][0]) == "end":
                tokens += rows[-1]
        return [*tokens, FILL]

    def _fill(self, first: int, last: int, chunk: Sequence[Blank], most: int) -> set[Blank]:
        """Write the rows of a pass, of at most `most` notes each, until all are filled or the context is."""
        reader = Follower()
        reading = _Reading(self.network, entries_of(reader, self._prompt(first, last, chunk)))
        filled: set[Blank] = set()
        for place, (bar, part) in enumerate(chunk):
            reading.add(entries_of(reader, [self.heads[part]]))
            grammar = self._grammar(bar, part, ahead=(bar + 1, part) in chunk)
            grammar.most_notes = most
            then = self.heads[chunk[place + 1][1]] if place + 1 < len(chunk) else FILLED
            tries = SUNG_TRIES if part in self.sung else 1
            mark = reading.mark()
            rows = []
            for _ in range(tries):
                reading.back_to(mark)
                row = self._write_row(reading, reader.fork(), grammar.fork(), self.bars[bar], then)
                if row is not None:
                    rows.append(row)
            if not rows:
                return filled
            reader, grammar, entries, _ = rows[choose_try([row.score for row in rows], self.rng)]
            if entries is not rows[-1].entries:
                reading.back_to(mark)
                reading.add(entries)
            self._put(bar, part, grammar.row(reader))
            filled.add((bar, part))
        return filled

    def _write_row(
        self, reading: _Reading, reader: Follower, grammar: RowGrammar, bar: PieceBar, then: int
    ) -> _Row | None:
        """Draw a row up to the token `then` behind it; None where the context is too short."""
        before, score = "track", 0.0
        written: list[Entry] = []
        while True:
            mask: Mask = np.zeros(SIZE, dtype=np.bool_)
            if grammar.allow(reader, before, mask):
                mask[then] = True
            if np.count_nonzero(mask) == 1:
                token = int(mask.argmax())
            else:
                logits = reading.logits()
                if logits is None:
                    return None
                every = np.logaddexp.reduce(logits)
                if mask[then]:  # which row comes next is known: only that this one ends is asked
                    logits[then] = np.logaddexp.reduce(logits[_ROW_ENDS])
                pace = grammar.pacing(reader, before)
                if pace is not None:
                    logits += pace
                lean = leaning(reader) if self.taste.voices else None
                if lean is not None:
                    logits += self.taste.voices * lean
                if self.bounds.foreign:
                    logits -= self.bounds.foreign * foreignness(reader, bar)
                token = draw(logits, mask, self.rng, self.taste.cuts)
                score += float(np.logaddexp.reduce(logits[mask]) - every)
            if token == then:
                return _Row(reader, grammar, written, score)
            entries = entries_of(reader, [token])
            written += entries
            reading.add(entries)
            before = kind_of(token)
            grammar.read(reader, before, token)

    def _grammar(self, bar: int, part: int, *, ahead: bool) -> RowGrammar:
        """What may stand in a blank; `ahead`: the next bar is written behind it, so that a note may ring over."""
        here = self.bars[bar]
        steps = METRES[here.metre].steps
        most = steps + METRES[self.bars[bar + 1].metre].steps // 2 if ahead and self.bounds.over else steps
        compass = self.compasses[part]
        low, high = self.bounds.ranges.get((bar, part), (compass.low, compass.high))
        compass = compass._replace(low=max(low, compass.low), high=min(high, compass.high))
        drums = self.piece.parts[part].instrument == "drums"
        carried = () if drums else carried_on(self.bars[:bar], part)
        last = bar == len(self.bars) - 1 and self.piece.bars_after == 0 and not drums
        ending = self._ending(here, part) if last else None
        sung = self._sung(bar, part, steps - max((end for end, _ in carried), default=0))
        if part in self.sung and ahead:
            most = min(most, steps + self._after(bar + 1, part))
        return RowGrammar(
            compass, steps, most, signed_tonic(here.tonic), carried,
            ending=ending, drums=drums, sung=sung, grid=self.bounds.grid,
        )  # fmt: skip

    def _has_room(self, bar: int, part: int) -> bool:
        """Whether a row can be written; one that carried on a syllable and begins none may stay empty."""
        carries_on = part in self.sung and self._syllables(bar, part) == 0
        return carries_on or self._grammar(bar, part, ahead=False).playable()

    def _syllables(self, bar: int, part: int) -> int:
        """How many syllables begin in a row."""
        return sum(not note.melisma for note in self.piece.bars[bar].notes[part])

    def _sung(self, bar: int, part: int, free: int) -> Sung | None:
        if part not in self.sung:
            return None
        syllables = self._syllables(bar, part)
        shortest = shortest_sung(syllables, free, self.piece.tempo or USUAL_TEMPO)
        return Sung(syllables, shortest, *slurs_left(self.bars[:bar], part, lambda _: True))

    def _after(self, bar: int, part: int) -> int:
        """How far into a bar a note from before may sound, so that its syllables have room."""
        syllables, steps = self._syllables(bar, part), METRES[self.bars[bar].metre].steps
        return steps - syllables * shortest_sung(syllables, steps, self.piece.tempo or USUAL_TEMPO)

    def _ending(self, bar: PieceBar, part: int) -> Ending | None:
        chord = bar.chords[-1]
        if chord is None:
            return None
        token = head_chords((chord,), bar.tonic)[0]
        assert chord_of(token, bar.tonic) == chord
        root = (chord.root - bar.tonic) % 12
        tones = frozenset((root + tone) % 12 for tone in CHORD_ENDS[chord.quality])
        lowest = min(range(len(self.heads)), key=lambda index: (self.compasses[index].low, -index))
        return Ending(tones, root, part == lowest, LOWEST, HIGHEST)


def foreignness(reader: Follower, bar: PieceBar) -> NDArray[np.float64]:
    """How foreign each note that may follow is to the chord (and the key) where it begins, shape (vocabulary,)."""
    found = np.zeros(SIZE)
    steps = METRES[bar.metre].steps
    for first, step in ((_PITCH, reader.cursor), (_MATE, reader.at)):
        chord = bar.chords[min(max(step, 0) * len(bar.chords) // steps, len(bar.chords) - 1)]
        if chord is None:
            continue
        tones = {(chord.root - bar.tonic + tone) % 12 for tone in CHORD_TONES[chord.quality]}
        weight = _CHORDAL if step % STEPS_PER_QUARTER == 0 else _PASSING
        for pitch in range(LOWEST, HIGHEST + 1):
            if pitch % 12 not in tones:
                found[first + pitch - LOWEST] = weight + (_CHORDAL if pitch % 12 not in _SCALE[bar.mode] else 0.0)
    return found
