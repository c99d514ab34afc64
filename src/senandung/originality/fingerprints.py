"""Fingerprints: short turns of a voice as numbers that transposition and tempo do not change.

Two kinds, after the symbolic fingerprints of Arzt, Böck & Widmer (2012), which are triples of notes with the ratio of
their distances in time; a triple is too common among fourteen million notes, so these are longer:

- *paced*: five notes, four intervals and how each step's length compares with the one before;
- *plain*: seven notes whose pitch changes each time, six intervals, whatever the rhythm.

The piece that is checked also has those in which notes are skipped, so that an ornament does not break them; in a part
that sounds several notes at once, paced ones are also taken along every path of small steps through its notes, so that
a tune among others is met however the voices were divided. An index is read once from end to end; the fingerprints of
one piece are looked up in a table as it goes by (`kernels.scan`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from senandung.originality.information import PACES, WIDEST, Information
from senandung.originality.query import Line, Notes

PACED, PLAIN = 5, 7
"""Notes of a fingerprint of each kind."""

LEAST_BITS = 14.0
"""What a fingerprint must say; a turn of fewer bits is found everywhere."""

MOST_PLACES = 80
"""A fingerprint found oftener in an index says nothing."""

PATHS, PATH_BITS, PATH_STEP = 200_000, 16.0, 7
"""Paths of a piece at most, what each must say, and its widest step in semitones."""

_FURTHEST = (8, 7, 6, 5, 4, 3, 2)
"""How many notes on the next note of a path may lie, the first of them that gives no more paths than allowed."""

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
    """Fingerprints of one kind: `keys`, and the line's notes with which each begins and ends."""

    keys: NDArray[np.uint32]
    first: Ints
    last: Ints


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
        rows.append((key, places[good, 0], places[good, -1]))
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
        rows.append((_folded(columns, 25), moved[places[good, 0]], moved[places[good, -1]]))
    return _joined(rows)


def _joined(rows: list[tuple[NDArray[np.uint32], Ints, Ints]]) -> Prints:
    none = np.zeros(0, dtype=np.int64)
    return Prints(
        np.concatenate([none.astype(np.uint32), *(row[0] for row in rows)]),
        np.concatenate([none, *(row[1] for row in rows)]),
        np.concatenate([none, *(row[2] for row in rows)]),
    )


@dataclass(frozen=True)
class Asked:
    """The fingerprints of a piece, to be looked up: of both kinds the rising keys, and where the `rows` of each begin.

    `starts` has shape (2, most keys of a kind + 1), filled up with zeros; a row holds the first and the last note.
    """

    paced: Ints
    plain: Ints
    starts: Ints
    rows: Ints


def fingerprints_of(
    notes: Notes, lines: tuple[Line, ...], information: Information, least: float = LEAST_BITS
) -> Asked:
    """All fingerprints of a piece.

    Parameters
    ----------
    lines : the voices of its parts.
    least : bits that a fingerprint of a voice must say.
    """
    paced, plain = [_paths(notes, lines, information)], [_nothing()]
    for line in lines:
        numbers = notes.part_starts[line.part] + line.notes
        one, other = (
            paced_prints(line.onsets, line.pitches, information, least),
            plain_prints(line.pitches, information, least),
        )
        for kind, prints in ((paced, one), (plain, other)):
            ends = np.stack([numbers[prints.first], numbers[prints.last]], axis=1)
            kind.append((prints.keys.astype(np.int64), ends))
    keys: list[Ints] = []
    starts: list[Ints] = []
    rows: list[Ints] = []
    before = 0
    for kind in (paced, plain):
        all_keys = np.concatenate([each[0] for each in kind])
        order = np.argsort(all_keys, kind="stable")
        ordered = all_keys[order]
        begins = np.flatnonzero(np.diff(ordered, prepend=-1))
        keys.append(ordered[begins])
        starts.append(np.append(begins, len(all_keys)) + before)
        rows.append(np.concatenate([each[1] for each in kind])[order])
        before += len(all_keys)
    table = np.zeros((2, max(len(each) for each in starts)), dtype=np.int64)
    for number, each in enumerate(starts):
        table[number, : len(each)] = each
    return Asked(keys[0], keys[1], table, np.concatenate(rows))


def _nothing() -> tuple[Ints, Ints]:
    return np.zeros(0, dtype=np.int64), np.zeros((0, 2), dtype=np.int64)


def _paths(notes: Notes, lines: tuple[Line, ...], information: Information) -> tuple[Ints, Ints]:
    """Paced fingerprints along paths through parts of several voices: keys, and first and last note."""
    from senandung.originality import scanning  # numba

    voices = np.bincount([line.part for line in lines], minlength=len(notes.part_starts) - 1)
    sizes = np.where(voices > 1, np.diff(notes.part_starts), 0)
    found = [_nothing()]
    for part in np.flatnonzero(sizes).tolist():
        most = int(PATHS * sizes[part] / sizes.sum()) + 100
        low, high = int(notes.part_starts[part]), int(notes.part_starts[part + 1])
        for furthest in _FURTHEST:
            keys, rows, fits = scanning.paths(
                notes.times, notes.pitches, notes.moments, low, high, furthest, PATH_STEP,
                (*information.intervals, information.paces), PATH_BITS, most,
            )  # fmt: skip
            if fits:
                found.append((keys, rows))
                break
    return np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found])
