"""Where in an index a piece may be alike: fingerprints in common, gone on with, of which places are to be aligned."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from senandung.originality.fingerprints import LEAST_BITS, MOST_PLACES, Asked, fingerprints_of
from senandung.originality.index import MusicIndex
from senandung.originality.query import Line, Notes

PLACES, FEWEST_PLACES, MOST_REGION = 5000, 60, 500
"""Places that are aligned, and of one region (a part's four bars) at least and at most."""

REGION_BARS = 4

OF_A_WORK = 2
"""Places of one work in a region: the best may be by chance, and the second what was copied."""

SAME_PLACE = 64
"""Notes of a voice among which only one place with the same transposition is kept in a region."""

PLACE_BITS = 24.0
"""What notes around a common fingerprint must say to be a place."""

_FURTHEST = 60
"""How far a fingerprint is gone on with, in notes."""

MOST_PAIRS = 4_000_000
"""Fingerprints in common that are gone on with; the rarest are."""

THREADS = 2
"""Threads of a search; how many there are changes nothing in what is found."""

Part = TypeVar("Part")
Found = TypeVar("Found")
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Places as `scanning.extend` gives them: `rows` (part, first and last note here, voice, first and last note there,
    semitones), the `bits` that the notes say which were gone on with, and how much slower the piece goes: `scales`."""

    rows: Ints
    bits: Floats
    scales: Floats

    def __getitem__(self, chosen: Ints | slice) -> Places:
        return Places(self.rows[chosen], self.bits[chosen], self.scales[chosen])


def in_threads(work: Callable[[Part], Found], parts: Iterable[Part]) -> list[Found]:
    """What compiled work without Python's lock gives of every part, in order."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, parts))


def places_of(notes: Notes, lines: tuple[Line, ...], index: MusicIndex, bar: float, least: float) -> Places:
    """The places of an index that a piece is aligned with.

    Parameters
    ----------
    lines : the voices of its parts.
    bar : how long a bar of the piece is.
    least : bits that a common fingerprint must say.
    """
    asked = fingerprints_of(notes, lines, index.information, least)
    found = _gone_on(notes, asked, _hits(asked, index), index, PLACE_BITS + least - LEAST_BITS)
    return found[_chosen(notes, found, index.voice_work[found.rows[:, 3]], bar)]


def _hits(asked: Asked, index: MusicIndex) -> Ints:
    """Where fingerprints stand, as `scanning.scan` gives them, in order of their places."""
    from senandung.originality import scanning  # numba: a quarter of a second that only those who search pay

    cuts = np.searchsorted(index.starts, np.arange(THREADS + 1) * index.notes // THREADS)
    found = in_threads(
        lambda voices: scanning.scan(
            index.intervals, index.gaps, index.starts, voices, asked.paced, asked.plain, MOST_PLACES
        ),
        list(np.stack([cuts[:-1], cuts[1:]], axis=1)),
    )
    hits = np.concatenate([row[0] for row in found])
    counts = np.zeros((2, asked.starts.shape[1]), dtype=np.int64)
    for _, paced, plain in found:
        counts[0, : len(paced)] += paced
        counts[1, : len(plain)] += plain
    return _rarest(hits[counts[hits[:, 0], hits[:, 1]] <= MOST_PLACES], asked.starts)


def _rarest(hits: Ints, starts: Ints) -> Ints:
    """Hits in order of their places, those of the rarest fingerprints where there are too many."""
    number = hits[:, 0] * np.int64(starts.shape[1]) + hits[:, 1]
    often = np.bincount(number, minlength=1)[number]
    pairs = starts[hits[:, 0], hits[:, 1] + 1] - starts[hits[:, 0], hits[:, 1]]
    by_rarity = np.cumsum(np.bincount(often, weights=pairs, minlength=1))
    few = hits[often < np.searchsorted(by_rarity, MOST_PAIRS, side="right")]
    ordered: Ints = few[np.argsort(few[:, 2], kind="stable")]
    return ordered


def _gone_on(notes: Notes, asked: Asked, hits: Ints, index: MusicIndex, least: float) -> Places:
    """Fingerprints in common gone on with in both directions, those that say enough."""
    from senandung.originality import scanning

    middle = hits[np.arange(1, THREADS) * len(hits) // THREADS, 2] if len(hits) else np.zeros(0, dtype=np.int64)
    voices = np.searchsorted(index.starts, middle, side="right") - 1
    cuts = [0, *np.searchsorted(hits[:, 2], index.starts[voices]).tolist(), len(hits)]
    found = in_threads(
        lambda part: scanning.extend(
            hits[part], asked.starts, asked.rows,
            notes.times, notes.parts, notes.pitches, notes.mates,
            notes.cell_starts, notes.stretch, notes.cell_times, notes.cell_notes,
            index.intervals, index.gaps, index.starts, index.voice_pitch, index.information.intervals[3],
            least, _FURTHEST,
        ),
        [slice(first, last) for first, last in pairwise(cuts)],
    )  # fmt: skip
    said = np.concatenate([row[1] for row in found])
    return Places(
        np.concatenate([row[0] for row in found]), np.ascontiguousarray(said[:, 0]), np.ascontiguousarray(said[:, 1])
    )


def _chosen(notes: Notes, places: Places, work: Ints, bar: float) -> Ints:
    """The places that are aligned: in each region the best of each work, so many that all regions have room."""
    rows, bits = places.rows, places.bits
    middle = (notes.times[rows[:, 1]] + notes.times[rows[:, 2]]) / 2
    _, region = np.unique(rows[:, 0] * 2**32 + (middle // (REGION_BARS * bar)).astype(np.int64), return_inverse=True)
    room = int(np.clip(PLACES // max(int(region.max(initial=0)) + 1, 1), FEWEST_PLACES, MOST_REGION))
    order = np.argsort(-bits, kind="stable")
    place = rows[:, 4] // SAME_PLACE * 256 + rows[:, 6]
    for kind, most in ((place, 1), (work, OF_A_WORK), (np.zeros_like(work), room)):
        order = order[np.lexsort((kind[order], region[order]))]
        fresh = np.r_[True, (np.diff(region[order]) != 0) | (np.diff(kind[order]) != 0)][: len(order)]
        begins = np.flatnonzero(fresh)
        rank = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
        order = order[rank < most]
        order = order[np.argsort(-bits[order], kind="stable")]
    chosen: Ints = np.sort(order)
    return chosen
