"""A little help with voice-leading: what the logits of a note lose where it would clash or move in parallel.

The network hears the pitch classes that sound, but not how each voice moves. The help is small on purpose; the bands
of real music say whether it is too much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.follow import Follower, Held
from senandung.composing.pieces.piece import SLOTS
from senandung.composing.pieces.vocabulary import HIGHEST, IDS, LOWEST, SIZE

PARALLEL = 3.2
"""Taken from a note that moves with another row's in parallel fifths or octaves."""

CLASH = 1.0
"""Taken from a note a semitone, or that and octaves, from one that sounds where it begins."""

LEAP, SMALL = 0.15, 7
"""Taken from a sung note for each semitone that it lies further than `SMALL` from the one before it."""

_SUNG = frozenset(
    IDS[f"track:{name}.{slot}"] for name in ("voice", "soprano", "alto", "tenor", "basso") for slot in range(SLOTS)
)

_PITCH, _MATE = IDS[f"pitch:{LOWEST}"], IDS[f"mate:{LOWEST}"]
_PITCHES = np.arange(LOWEST, HIGHEST + 1)


def leaning(reader: Follower) -> NDArray[np.float64] | None:
    """What is added to the logits for notes that may follow, shape (vocabulary,); None for nothing."""
    row = reader.row
    if row is None:
        return None
    step, bar = reader.cursor, reader.bar
    clashes: set[int] = set()
    mates: set[int] = set()
    _collect(row.held, step, clashes)
    _collect(row.held, reader.at, mates)
    parallel: list[tuple[int, int, int]] = []
    own = _alone(row.held, step - 1)
    back = own is None and not row.held and bar > 0
    if back:
        before = _held(reader, bar - 1, reader.track)
        own = before[-1] if before and (len(before) == 1 or before[-2].start != before[-1].start) else None
    for track, other in reader.bars[bar].rows.items():
        if track == reader.track:
            continue
        _collect(other.held, step, clashes)
        _collect(other.held, reader.at, mates)
        now = _alone(other.held, step) if own is not None else None
        if own is None or now is None:
            continue
        then = _alone(_held(reader, bar - 1 if back else bar, track), own.end - 1)
        if then is not None and then.pitch != now.pitch and (own.pitch - then.pitch) % 12 in (0, 5, 7):
            parallel.append((own.pitch, then.pitch, now.pitch))
    sung = reader.track in _SUNG and reader.track in reader.last
    if not (clashes or mates or parallel or sung):
        return None
    added = np.zeros(SIZE)
    found = added[_PITCH : _PITCH + len(_PITCHES)]
    for pitch_class in clashes:
        found[(pitch_class - LOWEST) % 12 :: 12] -= CLASH
    for pitch_class in mates:
        added[_MATE + (pitch_class - LOWEST) % 12 : _MATE + len(_PITCHES) : 12] -= CLASH
    for mine, then_pitch, now_pitch in parallel:
        apart = mine - then_pitch
        if abs(apart) % 12 in (0, 7):
            along = np.sign(_PITCHES - mine) == np.sign(now_pitch - then_pitch)
            again = (np.abs(_PITCHES - now_pitch) % 12 == abs(apart) % 12) & ((now_pitch < _PITCHES) == (apart > 0))
            found[along & again] -= PARALLEL
    if sung:
        found -= LEAP * np.maximum(np.abs(_PITCHES - reader.last[reader.track]) - SMALL, 0)
    return added


def _collect(held: Sequence[Held], step: int, classes: set[int]) -> None:
    """Add the pitch classes a semitone from what sounds at a step."""
    for start, end, pitch in held:
        if start <= step < end:
            classes.add((pitch + 1) % 12)
            classes.add((pitch - 1) % 12)


def _held(reader: Follower, bar: int, track: int) -> Sequence[Held]:
    row = reader.bars[bar].rows.get(track)
    return row.held if row is not None else ()


def _alone(held: Sequence[Held], step: int) -> Held | None:
    """The note that sounds at a step, where it is the only one."""
    found = [note for note in held if note.start <= step < note.end]
    return found[0] if len(found) == 1 else None
