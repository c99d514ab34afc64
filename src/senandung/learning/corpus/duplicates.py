"""Near duplicates whatever their key: sets of melody n-grams compared by MinHash.

Broder (1997), "On the resemblance and containment of documents": the share of equal minima of random hashes
estimates the Jaccard likeness of two sets. Candidates are found by bands of rows and then compared exactly. A movement
that another file holds among others is little like the whole, so rare n-grams are looked up as well.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import Piece

SHINGLE = 6
"""Intervals in an n-gram."""

LIKENESS = 0.35
"""Jaccard likeness of melodies from which two works belong to one group."""

CONTAINED = 0.5
"""Share of the shorter melody's n-grams that the longer has, from which two works belong to one group."""

_CROWD, _LEAST_HELD = 12, 24
"""An n-gram of more works than this says nothing; a melody with fewer n-grams than this is too short to be held."""

_HASHES, _ROWS = 96, 3
_PRIME = (1 << 31) - 1
_FEWEST = 8


def melody_shingles(pieces: Sequence[Piece]) -> frozenset[int]:
    """The n-grams of melodic intervals in the highest notes of a work's leading part, as numbers.

    A drum part has none: drums are grouped by recording.
    """
    found: set[int] = set()
    for piece in pieces:
        pitches = _skyline(piece)
        intervals = [max(min(b - a, 15), -15) + 16 for a, b in itertools.pairwise(pitches) if a != b]
        for at in range(len(intervals) - SHINGLE + 1):
            value = 0
            for interval in intervals[at : at + SHINGLE]:
                value = value << 5 | interval
            found.add(value)
    return frozenset(found)


def _skyline(piece: Piece) -> list[int]:
    """The highest note at each onset of the first part that plays in a third of the bars."""
    for column, part in enumerate(piece.parts):
        if part.instrument in ("drums", "timpani"):
            continue
        rows = [bar.notes[column] for bar in piece.bars]
        if 3 * sum(map(bool, rows)) < len(rows):
            continue
        line: list[int] = []
        for row in rows:
            highest: dict[int, int] = {}
            for note in row:
                highest[note.start] = max(highest.get(note.start, 0), note.pitch)
            line.extend(highest[start] for start in sorted(highest))
        return line
    return []


def _minima(shingles: frozenset[int], factors: NDArray[np.int64], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    values = np.fromiter(shingles, dtype=np.int64, count=len(shingles))[:2000] % _PRIME
    minima: NDArray[np.int64] = ((values[:, None] * factors + offsets) % _PRIME).min(axis=0)
    return minima


def find_groups(shingles: Sequence[frozenset[int]], *, seed: int = 1) -> list[tuple[int, int, float]]:
    """Pairs of works whose melodies are alike, or of which one holds the other: indices (the earlier first) and their
    Jaccard likeness."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(1, _PRIME, _HASHES)
    offsets = rng.integers(0, _PRIME, _HASHES)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for index, row in enumerate(shingles):
        if len(row) >= _FEWEST:
            minima = _minima(row, factors, offsets)
            for band in range(0, _HASHES, _ROWS):
                buckets[band, minima[band : band + _ROWS].tobytes()].append(index)
    candidates: set[tuple[int, int]] = set()
    for members in buckets.values():
        for place, one in enumerate(members[:50]):
            candidates.update((one, other) for other in members[place + 1 : 50])
    held = _held_in_another(shingles)
    pairs = []
    for one, other in sorted(candidates | held):
        likeness = len(shingles[one] & shingles[other]) / len(shingles[one] | shingles[other])
        if likeness >= LIKENESS or (one, other) in held:
            pairs.append((one, other, likeness))
    return pairs


def _held_in_another(shingles: Sequence[frozenset[int]]) -> set[tuple[int, int]]:
    """Pairs of which the shorter melody is for the greater part in the longer, by the n-grams that few works have."""
    if not any(shingles):
        return set()
    owners = np.repeat(np.arange(len(shingles)), [len(row) for row in shingles])
    values = np.concatenate([np.fromiter(sorted(row), dtype=np.int64, count=len(row)) for row in shingles])
    order = np.argsort(values, kind="stable")
    values, owners = values[order], owners[order]
    _, inverse, sizes = np.unique(values, return_inverse=True, return_counts=True)
    few = sizes[inverse] <= _CROWD
    values, owners = values[few], owners[few]
    found = [
        owners[:-step][values[:-step] == values[step:]] * len(shingles) + owners[step:][values[:-step] == values[step:]]
        for step in range(1, min(_CROWD, len(values)))
    ]
    if not found:
        return set()
    codes, counts = np.unique(np.concatenate(found), return_counts=True)
    pairs = set()
    for code, count in zip(codes.tolist(), counts.tolist(), strict=True):
        one, other = divmod(code, len(shingles))
        least = min(len(shingles[one]), len(shingles[other]))
        if least >= _LEAST_HELD and count >= CONTAINED * least:
            pairs.add((min(one, other), max(one, other)))
    return pairs
