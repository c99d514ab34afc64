"""Fingerprints: short turns of a voice as numbers that transposition and tempo do not change.

Two kinds, after the symbolic fingerprints of Arzt, Böck & Widmer (2012), which are triples of notes with the ratio of
their distances in time; a triple is too common among fourteen million notes, so these are longer:

- *paced*: five notes, four intervals and how each step's length compares with the one before;
- *plain*: seven notes whose pitch changes each time, six intervals, whatever the rhythm.

The piece that is checked also has those in which notes are skipped, so that an ornament does not break them. An index
is read once from end to end; the few fingerprints of one piece are looked up in a table as it goes by.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from senandung.originality.index import MusicIndex
from senandung.originality.information import PACES, WIDEST, Information

PACED, PLAIN = 5, 7
"""Notes of a fingerprint of each kind."""

LEAST_BITS = 14.0
"""What a fingerprint must say; a turn of fewer bits is found everywhere."""

MOST_PLACES = 80
"""A fingerprint found oftener in an index says nothing."""

_TABLE_BITS = 24
_MIX = np.uint32(2654435761)
_CHUNK = 1 << 18

Ints = NDArray[np.int64]


def _skips(notes: int) -> tuple[tuple[int, ...], ...]:
    """Which notes a fingerprint takes: all, or without one to three in a row, or without one in two places."""
    plain = tuple(range(notes))
    found = [plain]
    for gap in range(1, notes):
        for length in (1, 2, 3):
            found.append(tuple(place if place < gap else place + length for place in plain))
    for first, second in combinations(range(1, notes), 2):
        found.append(tuple(place + (place >= first) + (place >= second) for place in plain))
    return tuple(found)


_PACED_SKIPS, _PLAIN_SKIPS = _skips(PACED), _skips(PLAIN)


@dataclass(frozen=True)
class Prints:
    """Fingerprints of one kind: `keys`, the line's notes with which each begins and ends, and how many it skips."""

    keys: NDArray[np.uint32]
    first: Ints
    last: Ints
    skipped: Ints


def _folded(columns: list[NDArray[np.uint32]], base: int) -> NDArray[np.uint32]:
    found = columns[0].copy()
    for column in columns[1:]:
        found *= np.uint32(base)
        found += column
    return found


def paced_prints(onsets: Ints, pitches: Ints, information: Information, least: float = LEAST_BITS) -> Prints:
    """The paced fingerprints of a line, with skipped notes too, those of few bits left out."""
    rows = []
    for taken in _PACED_SKIPS:
        count = len(onsets) - taken[-1]
        if count <= 0:
            continue
        places = np.arange(count)[:, None] + np.asarray(taken)
        times, notes = onsets[places], pitches[places]
        classes = pace_classes_of(np.diff(times, axis=1))
        bits = information.of_line(notes).sum(axis=1)
        bits = bits + information.paces[classes[:, :-1], classes[:, 1:]].sum(axis=1) / 8
        good = np.flatnonzero(bits >= least)
        leaps = np.clip(np.diff(notes[good], axis=1), -WIDEST, WIDEST) + WIDEST
        columns = [*leaps.astype(np.uint32).T, *classes[good].astype(np.uint32).T]
        key = _folded(columns[:4], 25) * np.uint32(PACES**3) + _folded(columns[4:], PACES)
        rows.append((key, places[good, 0], places[good, -1], np.full(len(good), taken[-1] - PACED + 1)))
    return _joined(rows)


def pace_classes_of(steps: Ints) -> Ints:
    """Classes of pace along the last axis, one fewer than steps."""
    octaves = np.log2(np.maximum(steps, 1))
    found: Ints = np.clip(np.rint(np.diff(octaves, axis=-1)), -2, 2).astype(np.int64) + 2
    return found


def plain_prints(pitches: Ints, information: Information, least: float = LEAST_BITS) -> Prints:
    """The plain fingerprints of a line, with skipped notes too, those of few bits left out."""
    moved = np.flatnonzero(np.diff(pitches, prepend=pitches[:1] - 1) != 0)
    rows = []
    for taken in _PLAIN_SKIPS:
        count = len(moved) - taken[-1]
        if count <= 0:
            continue
        places = np.arange(count)[:, None] + np.asarray(taken)
        notes = pitches[moved[places]]
        leaps = np.diff(notes, axis=1)
        good = np.flatnonzero((information.of_line(notes).sum(axis=1) >= least) & (leaps != 0).all(axis=1))
        columns = list((np.clip(leaps[good], -WIDEST, WIDEST) + WIDEST).astype(np.uint32).T)
        skipped = np.full(len(good), taken[-1] - PLAIN + 1)
        rows.append((_folded(columns, 25), moved[places[good, 0]], moved[places[good, -1]], skipped))
    return _joined(rows)


def _joined(rows: list[tuple[NDArray[np.uint32], Ints, Ints, Ints]]) -> Prints:
    none = np.zeros(0, dtype=np.int64)
    return Prints(
        np.concatenate([none.astype(np.uint32), *(row[0] for row in rows)]),
        np.concatenate([none, *(row[1] for row in rows)]),
        np.concatenate([none, *(row[2] for row in rows)]),
        np.concatenate([none, *(row[3] for row in rows)]),
    )


@dataclass(frozen=True)
class Hits:
    """Where fingerprints stand in an index: numbers of the asked keys, first and last note, in how many places."""

    asked: Ints
    first: Ints
    last: Ints
    places: Ints

    def rarest(self, most: int) -> Hits:
        """At most so many of them, those of the rarest fingerprints."""
        if len(self.asked) <= most:
            return self
        limit = int(np.searchsorted(np.cumsum(np.bincount(self.places)), most))
        few = np.flatnonzero(self.places < limit)
        return Hits(self.asked[few], self.first[few], self.last[few], self.places[few])


def find_paced(index: MusicIndex, keys: NDArray[np.uint32]) -> Hits:
    """Where paced fingerprints stand. `keys` rise and differ."""
    table = _table(keys)
    found_keys, found_at = [], []
    for start in range(0, index.notes, _CHUNK):
        stop = min(start + _CHUNK + PACED - 1, index.notes)
        leaps = _symbols(index.intervals[start:stop])
        octaves = np.log2(np.maximum(index.gaps[start:stop], 1).astype(np.float32))
        classes = (np.clip(np.rint(np.diff(octaves)), -2, 2) + 2).astype(np.uint32)
        count = stop - start - PACED + 1
        if count <= 0:
            break
        key = _folded([leaps[back + 1 : back + 1 + count] for back in range(4)], 25)
        key = key * np.uint32(PACES**3) + _folded([classes[back + 1 : back + 1 + count] for back in range(3)], PACES)
        here = np.flatnonzero(table[(key * _MIX) >> np.uint32(32 - _TABLE_BITS)])
        found_keys.append(key[here])
        found_at.append(here + start)
    at = np.concatenate([np.zeros(0, dtype=np.int64), *found_at])
    return _hits(index, keys, np.concatenate([np.zeros(0, np.uint32), *found_keys]), at, at + PACED - 1)


def find_plain(index: MusicIndex, keys: NDArray[np.uint32]) -> Hits:
    """Where plain fingerprints stand. `keys` rise and differ."""
    table = _table(keys)
    begins = np.zeros(index.notes, dtype=np.bool_)
    begins[index.starts[:-1][np.diff(index.starts) > 0]] = True
    moved = np.flatnonzero((index.intervals != 0) | begins)
    found_keys, found_at = [], []
    for start in range(0, len(moved), _CHUNK):
        stop = min(start + _CHUNK + PLAIN - 1, len(moved))
        leaps = _symbols(index.intervals[moved[start:stop]])
        count = stop - start - PLAIN + 1
        if count <= 0:
            break
        key = _folded([leaps[back + 1 : back + 1 + count] for back in range(PLAIN - 1)], 25)
        here = np.flatnonzero(table[(key * _MIX) >> np.uint32(32 - _TABLE_BITS)])
        found_keys.append(key[here])
        found_at.append(here + start)
    at = np.concatenate([np.zeros(0, dtype=np.int64), *found_at])
    return _hits(index, keys, np.concatenate([np.zeros(0, np.uint32), *found_keys]), moved[at], moved[at + PLAIN - 1])


def _symbols(intervals: NDArray[np.int8]) -> NDArray[np.uint32]:
    found: NDArray[np.uint32] = (np.clip(intervals, -WIDEST, WIDEST) + np.int8(WIDEST)).astype(np.uint32)
    return found


def _table(keys: NDArray[np.uint32]) -> NDArray[np.bool_]:
    table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    table[(keys * _MIX) >> np.uint32(32 - _TABLE_BITS)] = True
    return table


def _hits(index: MusicIndex, keys: NDArray[np.uint32], found: NDArray[np.uint32], first: Ints, last: Ints) -> Hits:
    """The hits that are really asked for, inside one voice, and not too common."""
    none = np.zeros(0, dtype=np.int64)
    if not len(keys) or not len(found):
        return Hits(none, none, none, none)
    asked = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
    right = keys[asked] == found
    asked, first, last = asked[right], first[right], last[right]
    counts = np.bincount(asked, minlength=len(keys))
    few = counts[asked] <= MOST_PLACES
    asked, first, last = asked[few], first[few], last[few]
    voice = np.searchsorted(index.starts, first, side="right")
    same = last < index.starts[np.minimum(voice, len(index.starts) - 1)]
    asked, first, last = asked[same], first[same], last[same]
    return Hits(asked, first, last, counts[asked])
