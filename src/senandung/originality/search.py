"""The passages of an index that a piece comes nearest to: fingerprints, places, chains, and what other works have.

A copy stands alone: no other work has so many of the same notes. What everybody writes stands near many works. So a
passage counts by how much it says beyond what the next works say about the same notes of the piece (its level).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.originality.fingerprints import LEAST_BITS, MOST_PLACES, fingerprints_of
from senandung.originality.index import MusicIndex
from senandung.originality.query import Line, Notes, Query, lines_of, notes_of

PLACES, FEWEST_PLACES, MOST_REGION = 3000, 30, 400
"""Places that are aligned, and of one region (a part's four bars) at least and at most, one a work."""

REGION_BARS = 4

PLACE_BITS = 24.0
"""What notes around a common fingerprint must say to be a place."""

_FURTHEST = 60
"""How far a fingerprint is gone on with, in notes."""

WEIGHED = 60
"""Passages whose level is computed."""

MOST_PAIRS = 500_000
"""Fingerprints in common that are gone on with; the rarest are."""

NEXT = (1, 8)
"""Which of the other works at the same notes make the level, by rank: the nearest is left out, for a work can stand
twice in an index under two names."""

BAR_BITS, MOST_BARS = 3.0, 8.0
"""Bits for each bar of the work that a passage goes through, and bars after which no more count."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Passage:
    """A passage of the index and where the piece has it.

    `here` are the numbers of the notes in the piece's part, `there` those in the index's voice, pair by pair; `bits`
    how much the likeness says, `level` how much the same notes say of their likeness to the next works, `bars` through
    how many bars of the work it goes, `in_tempo` which share of its steps keeps the tempo; `shift` how many
    semitones the piece stands above; `scale` how much slower it goes; `index` which of the searched it is of.
    """

    voice: int
    part: int
    here: tuple[int, ...]
    there: tuple[int, ...]
    bits: float
    shift: int
    scale: float
    level: float
    bars: float
    in_tempo: float
    index: int = 0

    @property
    def excess(self) -> float:
        """How much it says beyond its level, and bits for its length: what tells a copy, in bits."""
        return max(self.bits - self.level, 0.0) + BAR_BITS * min(self.bars, MOST_BARS)


def find_passages(query: Query, *indexes: MusicIndex, most: int = 12, least: float = LEAST_BITS) -> tuple[Passage, ...]:
    """The nearest passages, those that tell a copy most first; of those that overlap in the same work only the best.

    Parameters
    ----------
    indexes : what is searched, all for the level of each other.
    most : how many.
    least : bits that a common fingerprint must say; less for a small index.
    """
    lines = lines_of(query)
    if not lines:
        return ()
    notes = notes_of(query)
    bar = float(np.median(np.diff(query.bar_starts))) if len(query.bar_starts) > 1 else 1920.0
    found = [_chains(notes, lines, index, bar, least) for index in indexes]
    return _passages(notes, indexes, _joined(found), most)


@dataclass(frozen=True)
class _Chains:
    """Aligned places: rows as `scanning.extend` gives them, times against the voice's, index, work (of all indexes),
    and where the pairs of each begin in notes here, there, and gains."""

    rows: Ints
    scales: NDArray[np.float64]
    index: Ints
    work: Ints
    begins: Ints
    here: Ints
    there: Ints
    gains: NDArray[np.float64]
    in_tempo: NDArray[np.float64]


def _chains(notes: Notes, lines: tuple[Line, ...], index: MusicIndex, bar: float, least: float) -> _Chains:
    # numba: a quarter of a second that only those who search pay
    from senandung.originality import aligning, scanning

    asked = fingerprints_of(notes, lines, index.information, least)
    hits = scanning.scan(index.intervals, index.gaps, index.starts, asked.paced, asked.plain, MOST_PLACES)
    rows, said = scanning.extend(
        _rarest(hits, asked.starts), asked.starts, asked.rows,
        notes.times, notes.parts, notes.pitches, notes.mates, notes.cell_starts, notes.cell_times, notes.cell_notes,
        index.intervals, index.gaps, index.starts, index.voice_pitch, index.information.intervals[3],
        PLACE_BITS + least - LEAST_BITS, _FURTHEST,
    )  # fmt: skip
    work = index.voice_work[rows[:, 3]]
    chosen = _chosen(notes, rows, said[:, 0], work, bar)
    rows, scales = rows[chosen], said[chosen, 1]
    begins, here, there, gains, in_tempo = aligning.chains(
        rows, scales, notes.times, notes.pitches, notes.part_starts, notes.moments, notes.mates,
        index.intervals, index.gaps, index.starts, index.voice_pitch, index.voice_onset,
        (*index.information.intervals, index.information.paces),
    )  # fmt: skip
    return _Chains(
        rows, scales, np.zeros(len(rows), dtype=np.int64), work[chosen], begins, here, there, gains, in_tempo
    )


def _rarest(hits: Ints, starts: Ints) -> Ints:
    """Hits in order of their places, those of the rarest fingerprints where there are too many."""
    number = hits[:, 0] * np.int64(starts.shape[1]) + hits[:, 1]
    often = np.bincount(number, minlength=1)[number]
    pairs = starts[hits[:, 0], hits[:, 1] + 1] - starts[hits[:, 0], hits[:, 1]]
    by_rarity = np.cumsum(np.bincount(often, weights=pairs, minlength=1))
    few = hits[often < np.searchsorted(by_rarity, MOST_PAIRS, side="right")]
    ordered: Ints = few[np.argsort(few[:, 2], kind="stable")]
    return ordered


def _chosen(notes: Notes, rows: Ints, bits: NDArray[np.float64], work: Ints, bar: float) -> Ints:
    """The places that are aligned: the best of each work in each region, so many that all regions have room."""
    middle = (notes.times[rows[:, 1]] + notes.times[rows[:, 2]]) / 2
    _, region = np.unique(rows[:, 0] * 2**32 + (middle // (REGION_BARS * bar)).astype(np.int64), return_inverse=True)
    order = np.lexsort((-bits, work, region))
    order = order[np.r_[True, (np.diff(region[order]) != 0) | (np.diff(work[order]) != 0)][: len(order)]]
    order = order[np.lexsort((-bits[order], region[order]))]
    counts = np.bincount(region[order], minlength=1)
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)[: len(order)]
    chosen: Ints = order[rank < np.clip(PLACES / max(len(counts), 1), FEWEST_PLACES, MOST_REGION)]
    return chosen


def _joined(found: list[_Chains]) -> _Chains:
    """The chains of several indexes as one; their works have different numbers."""
    works, pairs, index, begins = [], 0, [], [np.zeros(1, dtype=np.int64)]
    first = 0
    for number, each in enumerate(found):
        works.append(each.work + first)
        first += int(each.work.max(initial=-1)) + 1
        index.append(np.full(len(each.rows), number))
        begins.append(each.begins[1:] + pairs)
        pairs += len(each.here)
    return _Chains(
        np.concatenate([each.rows for each in found]),
        np.concatenate([each.scales for each in found]),
        np.concatenate(index),
        np.concatenate(works),
        np.concatenate(begins),
        *(np.concatenate([getattr(each, name) for each in found]) for name in ("here", "there", "gains", "in_tempo")),
    )


def _passages(notes: Notes, indexes: tuple[MusicIndex, ...], chains: _Chains, most: int) -> tuple[Passage, ...]:
    of_pair = np.repeat(np.arange(len(chains.rows)), np.diff(chains.begins))
    bits = np.bincount(of_pair, weights=chains.gains, minlength=len(chains.rows))
    whole = np.flatnonzero(np.diff(chains.begins) > 1)
    order = whole[np.argsort(-bits[whole], kind="stable")]
    pair_times = notes.times[chains.here]
    spans = np.stack([pair_times[chains.begins[:-1][order]], pair_times[chains.begins[1:][order] - 1]])
    found: list[Passage] = []
    taken: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for number, (begin, end) in zip(order.tolist(), spans.T.tolist(), strict=True):
        if len(found) == WEIGHED:
            break
        work, part = int(chains.work[number]), int(chains.rows[number, 0])
        others = taken.setdefault((work, part), [])
        if any(first <= end and begin <= last for first, last in others):
            continue
        others.append((begin, end))
        inside = (chains.rows[of_pair, 0] == part) & (pair_times >= begin) & (pair_times <= end)
        inside &= chains.work[of_pair] != work
        level = _level(of_pair[inside], chains.gains[inside], chains.work)
        found.append(_passage(notes, indexes, chains, number, level))
    found.sort(key=lambda passage: -passage.excess)
    return tuple(found[:most])


def _level(places: Ints, gains: NDArray[np.float64], works: Ints) -> float:
    """What the next works say about the notes of a passage, by the gains of their pairs there."""
    bits = np.bincount(places, weights=gains, minlength=1)
    best: dict[int, float] = {}
    for place in np.argsort(-bits, kind="stable").tolist():
        if bits[place] <= 0 or len(best) == NEXT[1]:
            break
        best.setdefault(int(works[place]), float(bits[place]))
    return sum(list(best.values())[NEXT[0] : NEXT[1]]) / (NEXT[1] - NEXT[0])


def _passage(notes: Notes, indexes: tuple[MusicIndex, ...], chains: _Chains, number: int, level: float) -> Passage:
    pairs = slice(int(chains.begins[number]), int(chains.begins[number + 1]))
    here, there, which = chains.here[pairs], chains.there[pairs], int(chains.index[number])
    part, voice, shift = (int(chains.rows[number, column]) for column in (0, 3, 6))
    index = indexes[which]
    spent = int(index.gaps[there[0] + 1 : there[-1] + 1].sum())
    return Passage(
        voice,
        part,
        tuple((here - notes.part_starts[part]).tolist()),
        tuple((there - index.starts[voice]).tolist()),
        float(chains.gains[pairs].sum()),
        shift,
        float(notes.times[here[-1]] - notes.times[here[0]]) / max(spent, 1),
        level,
        spent / index.bar_steps(int(index.voice_piece[voice])),
        float(chains.in_tempo[number]),
        which,
    )
