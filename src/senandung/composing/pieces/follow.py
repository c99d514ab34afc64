"""What a reader of tokens knows at each of them: the place in the bar, what sounds there, what stood there bars ago.

A decoder of a few million parameters learns slowly to count steps and to find, hundreds of tokens back, what the other
rows of the bar and earlier bars of the row hold. Here that is computed and given to the network as `SLOTS` numbers a
token, each an embedding that is added to the token's own (Magenta's Lookback RNN gave bars back, MuseNet gave timing
and a countdown in this way). The same state tells the grammar what may follow.

A bar may point to an earlier one that it repeats (`pointers`): "the same" or "varied". That is how a form is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import METRES, MODES
from senandung.composing.pieces.vocabulary import (
    BARS_LEFT,
    DRUM_KEYS,
    HIGHEST,
    IDS,
    LENGTHS,
    LONGEST_BAR,
    LOWEST,
    NAMES,
    kind_of,
    signed_tonic,
)

BACK = (1, 2, 4, 8)
"""How many bars back a row is looked up."""

_PITCHES = HIGHEST - LOWEST + 1
_CHORDS = sum(name.startswith("chord:") for name in NAMES)
_THINGS = 2 + _PITCHES + len(DRUM_KEYS) + _CHORDS
"""What may stand in an earlier bar: nothing known, nothing begins, a pitch, a drum, a chord."""


def _count(kind: str) -> int:
    return sum(name.startswith(f"{kind}:") for name in NAMES)


SLOT_SIZES: Mapping[str, int] = MappingProxyType(
    {
        "style": _count("style"), "ensemble": _count("ensemble"), "tempo": _count("tempo"),
        "valence": _count("valence"), "arousal": _count("arousal"), "tonic": 12, "metre": len(METRES),
        "mode": len(MODES), "left": 1 + len(BARS_LEFT),
        "cursor": LONGEST_BAR + 2, "track": 1 + _count("track"), "chord": 1 + _CHORDS, "next chord": 1 + _CHORDS,
        **{f"back {bars}": _THINGS for bars in BACK},
        "back length": 1 + len(LENGTHS), "back onset": 1 + LONGEST_BAR, "last": 1 + _PITCHES,
        "pointer": 4, "pointed": _THINGS, "pointed length": 1 + len(LENGTHS), "pointed onset": 1 + LONGEST_BAR,
        **{f"class {pitch_class}": 2 for pitch_class in range(12)},
        "lowest": 1 + _PITCHES, "highest": 1 + _PITCHES, "others begin": 3, "next onset": 1 + LONGEST_BAR,
    }
)  # fmt: skip
"""The numbers given with each token, and how many values each has:

    style … mode        the header's controls, metre and mode as they hold in the bar
    left                bucket of bars left
    cursor              step at which the next note would begin by itself; LONGEST_BAR: not in a row, one more: row full
    track, chord        the row's track, the chord at the cursor; `next chord`: the next bar's first, where known
    back N              what began at the cursor in the same row N bars ago; in a bar's head its chord
    back length         how long that of one bar ago lasted that began where the present note does
    back onset          the next step at which the row began something one bar ago
    last                the pitch before in this track
    pointer, pointed…   whether and how the bar repeats an earlier one, and what begins there at the cursor
    class 0 … 11        pitch classes above the tonic that sound at the cursor in other rows
    lowest, highest     of what sounds there; `others begin`: whether another row has an onset there
    next onset          the next step at which another row has an onset
"""

SLOTS = len(SLOT_SIZES)
"""How many numbers a token has."""

STYLE_SLOT = list(SLOT_SIZES).index("style")
"""The slot whose number is the style; its offset is 0, so the number is the style's own."""

_OFFSETS = dict(zip(SLOT_SIZES, np.cumsum([0, *SLOT_SIZES.values()])[:-1].tolist(), strict=True))

FEATURES = sum(SLOT_SIZES.values())
"""Rows of the table of embeddings: the numbers are offset, so that all slots share one."""

UNKNOWN, NEW, VARIED, SAME = range(4)
"""What a bar's pointer says: nothing, that it repeats no earlier bar, that it varies one, that it is the same."""

NOWHERE = LONGEST_BAR
FULL = LONGEST_BAR + 1

_KINDS = {kind: index for index, kind in enumerate(sorted({kind_of(token) for token in range(len(NAMES))}))}
_KIND = [_KINDS[kind_of(token)] for token in range(len(NAMES))]
_VALUE = [int(name.partition(":")[2]) if name.partition(":")[2].isdigit() else -1 for name in NAMES]
_FIRST = {kind: min(t for t in range(len(NAMES)) if kind_of(t) == kind) for kind in _KINDS}
_START, _MIDDLE, _PAD = IDS["opening"], IDS["middle"], IDS["pad"]
_MUSIC = IDS["task:music"]
_BLANK, _FILL = IDS["task:blank"], IDS["task:fill"]
_STEPS = {IDS[f"metre:{name}"]: shape.steps for name, shape in METRES.items()}
_HALVES = {IDS[f"metre:{name}"]: shape.halves for name, shape in METRES.items()}
_LENGTH_INDEX = {length: index for index, length in enumerate(LENGTHS)}

_BAR, _METRE, _SHIFT, _MODE, _CHORD, _TRACK, _POS, _PITCH, _MATE, _DRUM, _LEN = (
    _KINDS[name]
    for name in ("bar", "metre", "shift", "mode", "chord", "track", "pos", "pitch", "mate", "drum", "len")
)  # fmt: skip
_STYLE, _ENSEMBLE, _TEMPO, _VALENCE, _AROUSAL, _TONIC = (
    _KINDS[name] for name in ("style", "ensemble", "tempo", "valence", "arousal", "tonic")
)

_NONE, _NOTHING, _A_PITCH, _A_DRUM, _A_CHORD = 0, 1, 2, 2 + _PITCHES, 2 + _PITCHES + len(DRUM_KEYS)


class Pointer(NamedTuple):
    """That a bar repeats an earlier one: the earlier one's number, and `NEW`, `VARIED` or `SAME`."""

    bar: int
    strength: int


class Held(NamedTuple):
    """A pitch above the tonic that sounds from a step to another, both counted from the bar's start."""

    start: int
    end: int
    pitch: int


@dataclass(slots=True)
class Row:
    """The notes of a track in a bar: what began at each step (`things`: as in `back N`; `lengths` in steps)."""

    things: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)


@dataclass(slots=True)
class Bar:
    """A bar as far as it has been read: its head, its rows by track token, and what sounds on from the bar before."""

    left: int
    metre: int
    mode: int
    tonic: int
    chords: list[int] = field(default_factory=list)
    rows: dict[int, Row] = field(default_factory=dict)
    carried: tuple[Held, ...] = ()

    def fork(self) -> Bar:
        """A copy that may be written on."""
        rows = {track: Row(dict(row.things), dict(row.lengths), list(row.held)) for track, row in self.rows.items()}
        return Bar(self.left, self.metre, self.mode, self.tonic, list(self.chords), rows, self.carried)

    @property
    def steps(self) -> int:
        """Its length."""
        return _STEPS[self.metre]

    def chord_at(self, step: int) -> int:
        """The chord token at a step, 0 before one is known."""
        if not self.chords:
            return 0
        second = len(self.chords) > 1 and _HALVES[self.metre] and step >= self.steps // 2
        return self.chords[1] if second else self.chords[0]


class Follower:
    """Reads tokens from left to right; `features` tells what is known after the last one.

    `pointers` names, by number, the bars that repeat an earlier one. A token `opening` or `middle` begins anew.
    """

    def __init__(self, pointers: Mapping[int, Pointer] | None = None) -> None:
        self.pointers = pointers or {}
        self._begin()

    def _begin(self) -> None:
        self.header: dict[str, int] = {}
        self.tracks: list[int] = []
        self.plan: list[Bar] = []
        self.bars: list[Bar] = []
        self.blanks: list[tuple[int, int]] = []
        self.filling = False
        self.filled = 0
        self.bar = -1
        self.track = 0
        self.row: Row | None = None
        self.at = -1
        self.cursor = NOWHERE
        self.length = 0
        self.pitch = 0
        self.last: dict[int, int] = {}
        self.tonic, self.mode, self.metre = 0, IDS["mode:major"], IDS["metre:4/4"]
        self._group: list[int] = []
        self._sounding: tuple[tuple[int, int, int], tuple[Held, ...]] | None = None

    def fork(self) -> Follower:
        """Another reader at the same place: what either reads from now on, the other does not see."""
        other = copy(self)
        other.header, other.last = dict(self.header), dict(self.last)
        other.tracks, other.blanks, other._group = list(self.tracks), list(self.blanks), list(self._group)
        other.bars = list(self.bars)
        if self.bars:  # earlier bars are only looked at
            other.bars[self.bar] = self.bars[self.bar].fork()
            if self.row is not None:
                other.row = other.bars[self.bar].rows[self.track]
        return other

    def feed(self, token: int) -> None:
        """Read a token."""
        kind = _KIND[token]
        if kind in (_PITCH, _MATE):
            self._note(token, kind == _PITCH)
        elif kind == _LEN:
            self._lengthen(_VALUE[token])
        elif kind == _POS:
            self.cursor = _VALUE[token]
            self.at = -1
        elif kind == _DRUM:
            self._drum(token)
        elif kind == _TRACK:
            self._track(token)
        elif kind == _CHORD:
            self._here().chords.append(token)
        elif kind == _BAR:
            self._bar(token)
        elif token in (_START, _MIDDLE):
            self._begin()
        elif kind in (_METRE, _SHIFT, _MODE, _TONIC):
            self._key(token, kind)
        elif kind in (_STYLE, _ENSEMBLE, _TEMPO, _VALENCE, _AROUSAL):
            self.header[kind_of(token)] = token
        elif token == _MUSIC:
            self.plan, self.bars = self.bars, []
            self._leave_row()
            self.bar = -1
        elif token == _BLANK:
            self.blanks.append((self.bar, self.track))
            self.bars[self.bar].rows.pop(self.track, None)
            self._leave_row()
        elif token == _FILL:
            self.filling = True
            self._leave_row()

    def _here(self) -> Bar:
        return self.bars[self.bar]

    def _leave_row(self) -> None:
        self.track, self.row, self.at, self.cursor = 0, None, -1, NOWHERE

    def _key(self, token: int, kind: int) -> None:
        if kind == _TONIC:
            self.tonic = _VALUE[token]
        elif kind == _SHIFT:
            old, self.tonic = self.tonic, (self.tonic + _VALUE[token]) % 12
            moved = signed_tonic(old) - signed_tonic(self.tonic)
            here = self._here()
            here.tonic = self.tonic
            here.carried = tuple(Held(start, end, pitch + moved) for start, end, pitch in here.carried)
            self._sounding = None
        elif kind == _MODE:
            self.mode = token
            if self.bars:
                self._here().mode = token
        else:
            self.metre = token
            if self.bars:
                self._here().metre = token

    def _bar(self, token: int) -> None:
        carried: tuple[Held, ...] = ()
        if self.bars:
            before = self.bars[-1]
            steps = before.steps
            held = [note for row in before.rows.values() for note in row.held if note.end > steps]
            held += [note for note in before.carried if note.end > steps]
            carried = tuple(Held(note.start - steps, note.end - steps, note.pitch) for note in held)
        self.bars.append(Bar(token, self.metre, self.mode, self.tonic, carried=carried))
        self.bar = len(self.bars) - 1
        self._leave_row()

    def _track(self, token: int) -> None:
        if self.bar < 0 and not self.filling:
            self.tracks.append(token)
            return
        if self.filling and self.filled < len(self.blanks):
            self.bar, token = self.blanks[self.filled]
            self.filled += 1
        self.track = token
        self.row = self._here().rows.setdefault(token, Row())
        self.at, self.cursor, self.length, self.pitch = -1, 0, 0, 0
        self._group = []

    def _note(self, token: int, new: bool) -> None:
        assert self.row is not None
        relative = _VALUE[token] if _VALUE[token] >= 0 else LOWEST
        if new:
            self.at = min(self.cursor, self._here().steps - 1) if self.cursor < NOWHERE else 0
            self._group = []
            self.row.things[self.at] = _A_PITCH + relative - LOWEST
            self.last[self.track] = relative
        self.pitch = relative
        self._group.append(relative)
        self.row.held.append(Held(self.at, self.at + self.length, relative))
        self._end_group()

    def _lengthen(self, length: int) -> None:
        assert self.row is not None
        self.length = length
        if self.row.held:
            last = self.row.held[-1]
            self.row.held[-1] = Held(last.start, last.start + length, last.pitch)
        self._end_group()

    def _end_group(self) -> None:
        assert self.row is not None
        ends = [note.end for note in self.row.held[-len(self._group) :]]
        self.cursor = min(ends)
        self.row.lengths[self.at] = self.cursor - self.at

    def _drum(self, token: int) -> None:
        assert self.row is not None
        self.at = self.cursor
        self.row.things.setdefault(self.at, _A_DRUM + token - _FIRST["drum"])

    def features(self) -> list[int]:
        """The numbers of what is known now, offset into one table of `FEATURES` rows."""
        header = self.header
        if self.bars:
            here = self._here()
            left, metre, mode, tonic = 1 + here.left - _FIRST["bar"], here.metre, here.mode, here.tonic
        else:
            left, metre, mode, tonic = 0, self.metre, self.mode, self.tonic
        step = self.cursor
        in_row = self.row is not None
        if in_row and step >= _STEPS[metre]:
            step = FULL
        values = [
            header.get("style", _FIRST["style"]) - _FIRST["style"],
            header.get("ensemble", _FIRST["ensemble"]) - _FIRST["ensemble"],
            header.get("tempo", _FIRST["tempo"]) - _FIRST["tempo"],
            header.get("valence", _FIRST["valence"]) - _FIRST["valence"],
            header.get("arousal", _FIRST["arousal"]) - _FIRST["arousal"],
            tonic,
            metre - _FIRST["metre"],
            mode - _FIRST["mode"],
            left,
            step,
            1 + self.track - _FIRST["track"] if in_row else 0,
        ]
        if not self.bars:
            values += [0] * (len(SLOT_SIZES) - len(values))
            return [value + offset for value, offset in zip(values, _OFFSETS.values(), strict=True)]
        chord = self._here().chord_at(self.cursor if in_row else 0)
        values.append(1 + chord - _FIRST["chord"] if chord else 0)
        values.append(self._next_chord())
        values += [self._thing(self.bar - back) for back in BACK]
        values.append(self._length(self.bar - 1))
        values.append(self._onset(self.bar - 1))
        last = self.last.get(self.track, 0) if in_row else 0
        values.append(1 + last - LOWEST if last else 0)
        values += self.pointed(*self.place())
        values += self._others(in_row)
        return [value + offset for value, offset in zip(values, _OFFSETS.values(), strict=True)]

    def pointed(self, bar: int, track: int, cursor: int, at: int, chords: int) -> list[int]:
        """The values of the four slots of a bar's pointer at a `place` of it."""
        pointer = self.pointers.get(bar)
        if pointer is None:
            return [UNKNOWN, 0, 0, 0]
        if pointer.strength == NEW:
            return [NEW, 0, 0, 0]
        return [
            pointer.strength,
            self._thing(pointer.bar, track, cursor, bar, chords),
            self._length(pointer.bar, track, at),
            self._onset(pointer.bar, track, cursor),
        ]

    def place(self) -> tuple[int, int, int, int, int]:
        """Where the reader stands: bar, track (0 in a bar's head), cursor, the present note's step, chords read."""
        return self.bar, self.track if self.row is not None else 0, self.cursor, self.at, len(self._here().chords)

    def _next_chord(self) -> int:
        after = self.bar + 1
        for bars in (self.bars, self.plan):
            if after < len(bars) and bars[after].chords:
                return 1 + bars[after].chords[0] - _FIRST["chord"]
        return 0

    def _thing(self, bar: int, track: int = -1, cursor: int = -1, here: int = -1, chords: int = 0) -> int:
        """What began in an earlier bar at the cursor of a row, or its chord where no row is being read."""
        if track < 0:
            here, track, cursor, _, chords = self.place()
        if not 0 <= bar < len(self.bars) or bar == here:
            return _NONE
        found = self.bars[bar]
        if not track:
            if not found.chords:
                return _NONE
            return _A_CHORD + found.chords[min(chords, len(found.chords) - 1)] - _FIRST["chord"]
        row = found.rows.get(track)
        if row is None:
            return _NONE
        return row.things.get(cursor, _NOTHING)

    def _length(self, bar: int, track: int = -1, at: int = -1) -> int:
        if track < 0:
            track, at = self.track if self.row is not None else 0, self.at
        if not track or at < 0 or not 0 <= bar < len(self.bars):
            return 0
        row = self.bars[bar].rows.get(track)
        length = row.lengths.get(at, 0) if row is not None else 0
        return 1 + _LENGTH_INDEX[length] if length in _LENGTH_INDEX else 0

    def _onset(self, bar: int, track: int = -1, cursor: int = -1) -> int:
        """One more than the step at which the row begins something after the cursor in an earlier bar, or 0."""
        if track < 0:
            track, cursor = self.track if self.row is not None else 0, self.cursor
        if not track or not 0 <= bar < len(self.bars):
            return 0
        row = self.bars[bar].rows.get(track)
        later = [start for start in row.things if start > cursor] if row is not None else []
        return 1 + min(later) if later else 0

    def sounding(self) -> tuple[Held, ...]:
        """What sounds at the cursor in other rows of the bar, and what is carried over the bar line."""
        place = (self.bar, self.track, self.cursor)
        if self._sounding is None or self._sounding[0] != place:
            here, step = self._here(), self.cursor
            found = [note for note in here.carried if note.end > step]
            for track, row in here.rows.items():
                if track != self.track:
                    found += [note for note in row.held if note.start <= step < note.end]
            self._sounding = (place, tuple(found))
        return self._sounding[1]

    def _others(self, in_row: bool) -> list[int]:
        values = [0] * 16
        if not in_row or self.cursor >= self._here().steps:
            return values
        pitches = [note.pitch for note in self.sounding()]
        for pitch in pitches:
            values[pitch % 12] = 1
        if pitches:
            inside = [min(max(pitch, LOWEST), HIGHEST) for pitch in pitches]
            values[12] = 1 + min(inside) - LOWEST
            values[13] = 1 + max(inside) - LOWEST
        others = [row for track, row in self._here().rows.items() if track != self.track]
        if others:
            step = self.cursor
            values[14] = 2 if any(step in row.things for row in others) else 1
            later = [start for row in others for start in row.things if start > step]
            values[15] = 1 + min(later) if later else 0
        return values


_POINTER_SLOT = list(SLOT_SIZES).index("pointer")


def follow(tokens: Sequence[int], pointers: Mapping[int, Pointer] | None = None) -> NDArray[np.int64]:
    """The features after each token, shape (tokens, SLOTS)."""
    follower = Follower(pointers)
    found = np.zeros((len(tokens), SLOTS), dtype=np.int64)
    for index, token in enumerate(tokens):
        follower.feed(token)
        found[index] = follower.features()
    return found


def follow_with_repeats(tokens: Sequence[int]) -> NDArray[np.int64]:
    """As `follow`, with pointers to the bars that the bars of the piece repeat; for training.

    `tokens` are one piece: a header and what follows it.
    """
    follower = Follower()
    found = np.zeros((len(tokens), SLOTS), dtype=np.int64)
    places = []
    for index, token in enumerate(tokens):
        follower.feed(token)
        found[index] = follower.features()
        places.append(follower.place() if follower.bar >= 0 else None)
    follower.pointers = find_repeats(follower.bars)
    offsets = np.asarray(list(_OFFSETS.values())[_POINTER_SLOT : _POINTER_SLOT + 4])
    for index, place in enumerate(places):
        if place is not None:
            found[index, _POINTER_SLOT : _POINTER_SLOT + 4] = offsets + follower.pointed(*place)
    return found


LIKE = 0.5
"""Share of notes (of either bar) that a bar must have in common with an earlier one to count as its variation."""


def find_repeats(bars: Sequence[Bar]) -> dict[int, Pointer]:
    """For every bar the earlier bar of the same metre that it is most like, or `NEW`."""
    contents = [
        frozenset((track, start, thing) for track, row in bar.rows.items() for start, thing in row.things.items())
        for bar in bars
    ]
    pointers: dict[int, Pointer] = {}
    for index, content in enumerate(contents):
        best, place = 0.0, 0
        if len(content) >= 2:
            for earlier in range(index):
                if bars[earlier].metre != bars[index].metre:
                    continue
                common = len(content & contents[earlier])
                like = common / (len(content) + len(contents[earlier]) - common)
                if like >= best and like >= LIKE:
                    best, place = like, earlier
        strength = NEW if best == 0.0 else SAME if best == 1.0 else VARIED
        pointers[index] = Pointer(place, strength)
    return pointers
