"""A little help with voice-leading: what the logits of a note lose where it would clash or move in parallel.

The network hears the pitch classes that sound, but not how each voice moves. The help is small on purpose; the bands
of real music say whether it is too much.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.follow import Follower, Held
from senandung.composing.piece import SLOTS
from senandung.composing.vocabulary import HIGHEST, IDS, LOWEST, SIZE

PARALLEL = 2.2
"""Taken from a note that moves with another row's in parallel fifths or octaves."""

CLASH = 0.7
"""Taken from a note a semitone, or that and octaves, from one that begins with it in another row."""

LEAP, SMALL = 0.15, 7
"""Taken from a sung note for each semitone that it lies further than `SMALL` from the one before it."""

_SUNG = frozenset(
    IDS[f"track:{name}.{slot}"]
    for name in ("voice", "soprano", "alto", "tenor", "basso", "melody")
    for slot in range(SLOTS)
)

_PITCH = IDS[f"pitch:{LOWEST}"]
_PITCHES = np.arange(LOWEST, HIGHEST + 1)


def leaning(reader: Follower) -> NDArray[np.float64] | None:
    """What is added to the logits for notes that may begin at the cursor, shape (vocabulary,); None for nothing."""
    if reader.row is None:
        return None
    step = reader.cursor
    rows = reader.bars[reader.bar].rows
    found = np.zeros(len(_PITCHES))
    if reader.track in _SUNG and reader.track in reader.last:
        found -= LEAP * np.maximum(np.abs(_PITCHES - reader.last[reader.track]) - SMALL, 0)
    own = _alone(_held(reader, reader.bar, reader.track), step - 1)
    back = 0
    if own is None and not reader.row.held and reader.bar > 0:
        back = reader.bars[reader.bar - 1].steps
        before = _held(reader, reader.bar - 1, reader.track)
        own = before[-1] if before and (len(before) == 1 or before[-2].start != before[-1].start) else None
    for track, other in rows.items():
        if track == reader.track:
            continue
        for note in other.held:
            if note.start == step:
                found[(_PITCHES - note.pitch) % 12 == 1] -= CLASH
                found[(_PITCHES - note.pitch) % 12 == 11] -= CLASH
        now = _alone(other.held, step)
        if own is None or now is None:
            continue
        then = _alone(_held(reader, reader.bar - 1 if back else reader.bar, track), own.end - 1)
        if then is None or then.pitch == now.pitch:
            continue
        apart = own.pitch - then.pitch
        if abs(apart) % 12 in (0, 7):
            along = np.sign(_PITCHES - own.pitch) == np.sign(now.pitch - then.pitch)
            again = (np.abs(_PITCHES - now.pitch) % 12 == abs(apart) % 12) & ((now.pitch < _PITCHES) == (apart > 0))
            found[along & again] -= PARALLEL
    if not found.any():
        return None
    added = np.zeros(SIZE)
    added[_PITCH : _PITCH + len(_PITCHES)] = found
    return added


def _held(reader: Follower, bar: int, track: int) -> Sequence[Held]:
    row = reader.bars[bar].rows.get(track)
    return row.held if row is not None else ()


def _alone(held: Sequence[Held], step: int) -> Held | None:
    """The note that sounds at a step, where it is the only one."""
    found = [note for note in held if note.start <= step < note.end]
    return found[0] if len(found) == 1 else None
