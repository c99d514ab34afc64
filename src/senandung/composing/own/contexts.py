"""Where a token stands, and what of it is counted: the contexts of a style of one's own.

Each `Family` looks at one side of the music (which note of the chord, which interval, which onset, which length, which
chord after which …). For the present place it names a table, and for every token that may follow an outcome in that
table. Learning counts outcomes; composing adds what the table says of each outcome to the token's logit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.follow import SLOT_SIZES
from senandung.composing.pieces.piece import CHORD_TONES
from senandung.composing.pieces.vocabulary import (
    DRUM_KEYS,
    HIGHEST,
    IDS,
    LENGTHS,
    LONGEST_BAR,
    LOWEST,
    NAMES,
    SIZE,
    kind_of,
)

_OFFSETS = dict(zip(SLOT_SIZES, np.cumsum([0, *SLOT_SIZES.values()])[:-1].tolist(), strict=True))
_PLACES = {name: index for index, name in enumerate(SLOT_SIZES)}
_READ = ("cursor", "track", "chord", "last", "mode")
_COLUMNS = [_PLACES[name] for name in _READ]
_SUBTRACTED = [_OFFSETS[name] for name in _READ]

_KIND = [kind_of(token) for token in range(SIZE)]
_VALUE = [int(tail) if (tail := name.partition(":")[2]).isdigit() else -1 for name in NAMES]
_CHORD = IDS["chord:none"]
_TRACK = min(token for token in range(SIZE) if _KIND[token] == "track")
_QUALITIES = len(CHORD_TONES)
_LENGTH = {length: index for index, length in enumerate(LENGTHS)}
_NOTES = ("pitch", "mate")

TRACKS = sum(kind == "track" for kind in _KIND)
CHORDS = sum(kind == "chord" for kind in _KIND)
PITCHES = HIGHEST - LOWEST + 1

MUSIC, PLAN, FILL = range(3)
"""What is being written: bars one after the other, a plan of chords, or rows that are filled in."""

WIDEST = 36
"""Semitones of the widest interval that has an outcome of its own."""


class Place(NamedTuple):
    """What is known behind a token.

    `kind` of the token; `task` one of `MUSIC`, `PLAN`, `FILL`; `track` 0 for none, else one more than its number; `at`
    the step where the present note begins, `cursor` where the next would; `length` of the note before in the row, 0 for
    none; `last` one more than the pitch (from `LOWEST`) before in the track, `group` the same of the note just written;
    `chord` one more than the chord's number at the cursor; `before` the chord heard last, -1 for none.
    """

    kind: str = ""
    task: int = MUSIC
    track: int = 0
    at: int = 0
    cursor: int = 0
    length: int = 0
    last: int = 0
    group: int = 0
    chord: int = 0
    before: int = -1
    mode: int = 0


START = Place()


def step(place: Place, token: int, features: Sequence[int]) -> Place:
    """The place behind a further token, whose features are those of `pieces.follow`."""
    kind = _KIND[token]
    cursor, track, chord, last, mode = (
        int(features[column]) - offset for column, offset in zip(_COLUMNS, _SUBTRACTED, strict=True)
    )
    _, task, _, at, was, length, _, group, held, before, _ = place
    if kind in ("opening", "middle"):
        task, before = MUSIC, -1
    elif kind == "task":
        name = NAMES[token][5:]
        task = PLAN if name == "plan" else MUSIC if name == "music" else FILL
        if name == "music":
            before = -1
    elif kind == "chord":
        before = token - _CHORD
    elif kind == "track":
        length, group = 0, 0
    elif kind == "pitch":
        at, group = was, _VALUE[token] - LOWEST + 1
        chord = held if was == at and held else chord
    elif kind == "mate":
        group, chord = _VALUE[token] - LOWEST + 1, held
    elif kind == "len":
        length = _LENGTH[_VALUE[token]] + 1
    elif kind == "pos":
        at = cursor
    elif kind == "drum":
        at = was
    return Place(kind, task, track, at, cursor, length, last, group, chord, before, mode)


class Family(NamedTuple):
    """One side of the music.

    `key` gives for a place what its table and outcomes hang on, or None where the family has nothing to say; the first
    item of the key is the table's number. `outcomes` gives for a key the outcome of every token, shape (vocabulary,),
    -1 where a token is none of the family's.
    """

    name: str
    key: Callable[[Place], tuple[int, ...] | None]
    outcomes: Callable[[tuple[int, ...]], NDArray[np.int64]]
    size: int


def _tokens(*kinds: str) -> NDArray[np.int64]:
    return np.asarray([token for token in range(SIZE) if _KIND[token] in kinds])


_PITCH, _MATE, _LEN, _POS, _DRUM = (_tokens(kind) for kind in ("pitch", "mate", "len", "pos", "drum"))
_NOTE = _tokens(*_NOTES)
_CHORD_TOKENS = _tokens("chord")
_PITCH_NUMBERS = np.arange(PITCHES)
_NOTE_NUMBERS = np.asarray([_VALUE[token] for token in _NOTE])
_NONE = np.full(SIZE, -1, dtype=np.int64)

_WHAT: NDArray[np.int64] = np.asarray(
    [
        token - _TRACK if kind == "track" else TRACKS + ("pos", "pitch", "mate", "len", "drum", "melisma").index(kind)
        if kind in ("pos", "pitch", "mate", "len", "drum", "melisma")
        else TRACKS + 6 if kind in ("bar", "end") else -1
        for token, kind in enumerate(_KIND)
    ]
)  # fmt: skip
_KINDS_BEFORE = ("chord", "track", "pos", "pitch", "mate", "len", "drum", "melisma", "bar", "metre", "mode")


def _none() -> NDArray[np.int64]:
    return _NONE.copy()


def _next_key(place: Place) -> tuple[int, ...] | None:
    if place.task != MUSIC or place.kind not in _KINDS_BEFORE:
        return None
    return (_KINDS_BEFORE.index(place.kind) * (TRACKS + 1) + place.track,)


def _begins(place: Place) -> bool:
    """Whether a note may begin behind the place."""
    return place.track > 0 and place.task != PLAN and place.kind in ("track", "pos", "len", "pitch", "mate", "melisma")


def _register_key(place: Place) -> tuple[int, ...] | None:
    return (place.track,) if _begins(place) else None


def _register(_: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_PITCH] = _PITCH_NUMBERS
    return found


def _interval_key(place: Place) -> tuple[int, ...] | None:
    return (place.track, place.last) if _begins(place) and place.last else None


def _interval(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_PITCH] = np.clip(_PITCH_NUMBERS - (key[1] - 1), -WIDEST, WIDEST) + WIDEST
    return found


def _mate_key(place: Place) -> tuple[int, ...] | None:
    return (place.track, place.group) if place.kind in ("pitch", "mate", "len") and place.group else None


def _mate(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_MATE] = np.clip(_PITCH_NUMBERS - (key[1] - 1), 0, WIDEST)
    found[_MATE[: max(key[1], 0)]] = -1
    return found


def _tone_key(place: Place) -> tuple[int, ...] | None:
    if not _begins(place) or place.chord < 2:
        return None
    root, quality = divmod(place.chord - 2, _QUALITIES)
    return (quality * 2 + (place.cursor % 24 == 0), root)


def _tone(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_NOTE] = (_NOTE_NUMBERS - key[1]) % 12
    return found


def _onset_key(place: Place) -> tuple[int, ...] | None:
    if place.track == 0 or place.task == PLAN or place.kind not in ("track", "len", "pitch", "mate", "drum"):
        return None
    cursor = place.at if place.kind == "drum" else min(place.cursor, LONGEST_BAR + 1)
    return (place.track * (LONGEST_BAR + 2) + cursor, cursor)


def _onset(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_POS] = np.arange(len(_POS))
    if key[1] < LONGEST_BAR:
        found[_PITCH] = key[1]
    return found


def _length_key(place: Place) -> tuple[int, ...] | None:
    if place.track == 0 or place.kind not in _NOTES:
        return None
    return (place.track * 24 + place.at % 24, place.length)


def _length(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    if key[1]:  # what is no length keeps the one before
        found[:] = key[1] - 1
    found[_LEN] = np.arange(len(_LEN))
    return found


def _chord_key(place: Place) -> tuple[int, ...] | None:
    if place.kind not in ("bar", "metre", "mode", "chord"):
        return None
    return (place.mode * (CHORDS + 1) + place.before + 1, place.before, int(place.kind == "chord"))


def _chord(key: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    if key[2]:  # what is no second chord keeps the first
        found[:] = key[1]
    found[_CHORD_TOKENS] = np.arange(CHORDS)
    return found


def _drum_key(place: Place) -> tuple[int, ...] | None:
    return (place.at,) if place.track and place.kind in ("pos", "drum") else None


def _drum(_: tuple[int, ...]) -> NDArray[np.int64]:
    found = _none()
    found[_DRUM] = np.arange(len(DRUM_KEYS))
    return found


FAMILIES: tuple[Family, ...] = (
    Family("next", _next_key, lambda _: _WHAT, TRACKS + 7),
    Family("onset", _onset_key, _onset, LONGEST_BAR),
    Family("length", _length_key, _length, len(LENGTHS)),
    Family("chord", _chord_key, _chord, CHORDS),
    Family("register", _register_key, _register, PITCHES),
    Family("interval", _interval_key, _interval, 2 * WIDEST + 1),
    Family("mate", _mate_key, _mate, WIDEST + 1),
    Family("tone", _tone_key, _tone, 12),
    Family("drum", _drum_key, _drum, len(DRUM_KEYS)),
)
"""What is learned of a person's music, in the order in which it is learned: each family is told what those before it
explain already."""
