"""The passages of an index that a piece comes nearest to: fingerprints, places, chains, and what other works have.

A copy stands alone: no other work has so many of the same notes. What everybody writes stands near many works. So a
passage counts by how much it says beyond what the next works say about the same notes of the piece (its level).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senandung.originality.fingerprints import LEAST_BITS
from senandung.originality.index import MusicIndex
from senandung.originality.places import Places, in_threads, places_of
from senandung.originality.query import Line, Notes, Query, lines_of, notes_of

WEIGHED = 60
"""Passages whose level is computed."""

PROMISING = 300
"""Places that are aligned again, with other tempos and dots: so many that say most, and half as many that said most
before they were aligned."""

_CHUNK = 200
"""Places that a thread aligns at a time."""

NEXT = (1, 8)
"""Which of the other works at the same notes make the level, by rank: the nearest is left out, for a work can stand
twice in an index under two names."""

BAR_BITS, MOST_BARS = 3.0, 8.0
"""Bits for each bar of the work that a passage goes through, and bars after which no more count."""

HOLE_BITS = 100.0
"""Bits taken off for holes, were all notes left out: a whole passage says more than the same bits with holes."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


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
        """How much it says beyond its level, less for holes, and bits for its length: what tells a copy, in bits."""
        return max(self.bits - self.level - HOLE_BITS * self.holes, 0.0) + self._for_bars

    @property
    def likeness(self) -> float:
        """As `excess`, holes or not: what tells the same music, be it arranged."""
        return max(self.bits - self.level, 0.0) + self._for_bars

    @property
    def _for_bars(self) -> float:
        return BAR_BITS * min(self.bars, MOST_BARS)

    @property
    def holes(self) -> float:
        """The share of the voice's notes between first and last that the piece has not."""
        return 1.0 - len(self.there) / (self.there[-1] - self.there[0] + 1)


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
    """Aligned places: rows as `scanning.extend` gives them, index, work (of all indexes), where the pairs of each begin
    in notes here, there, and gains; and of each the share of steps in the tempo."""

    rows: Ints
    index: Ints
    work: Ints
    begins: Ints
    here: Ints
    there: Ints
    gains: Floats
    in_tempo: Floats

    @property
    def of_pair(self) -> Ints:
        """The number of each pair's place."""
        return np.repeat(np.arange(len(self.rows)), np.diff(self.begins))

    @property
    def bits(self) -> Floats:
        """What each place says."""
        found: Floats = np.bincount(self.of_pair, self.gains, len(self.rows)).astype(np.float64)
        return found


def _chains(notes: Notes, lines: tuple[Line, ...], index: MusicIndex, bar: float, least: float) -> _Chains:
    places = places_of(notes, lines, index, bar, least)
    found = _aligned(notes, places, index, thorough=False)
    most, before = (np.argsort(-each, kind="stable") for each in (found.bits, places.bits))
    again = np.union1d(most[:PROMISING], before[: PROMISING // 2])
    return _replaced(found, again, _aligned(notes, places[again], index, thorough=True))


def _aligned(notes: Notes, places: Places, index: MusicIndex, *, thorough: bool) -> _Chains:
    from senandung.originality import aligning  # numba: a quarter of a second that only those who search pay

    tables = (*index.information.intervals, index.information.paces)
    found = in_threads(
        lambda some: aligning.chains(
            some.rows, some.scales, thorough, notes.times, notes.pitches, notes.part_starts, notes.moments,
            index.intervals, index.gaps, index.starts, index.voice_pitch, index.voice_onset, tables,
        ),
        [places[first : first + _CHUNK] for first in range(0, max(len(places.rows), 1), _CHUNK)],
    )  # fmt: skip
    pairs = np.concatenate([np.diff(row[0]) for row in found])
    return _Chains(
        places.rows,
        np.zeros(len(places.rows), dtype=np.int64),
        index.voice_work[places.rows[:, 3]],
        np.concatenate([[0], np.cumsum(pairs)]).astype(np.int64),
        *(np.concatenate([row[column] for row in found]) for column in (1, 2, 3, 4)),
    )


def _replaced(chains: _Chains, again: Ints, better: _Chains) -> _Chains:
    """Chains, with those of some places as they were found again."""
    pairs, shares = np.diff(chains.begins), chains.in_tempo.copy()
    left = np.isin(chains.of_pair, again, invert=True)
    order = np.argsort(np.concatenate([chains.of_pair[left], again[better.of_pair]]), kind="stable")
    pairs[again], shares[again] = np.diff(better.begins), better.in_tempo
    return replace(
        chains,
        begins=np.concatenate([[0], np.cumsum(pairs)]).astype(np.int64),
        here=np.concatenate([chains.here[left], better.here])[order],
        there=np.concatenate([chains.there[left], better.there])[order],
        gains=np.concatenate([chains.gains[left], better.gains])[order],
        in_tempo=shares,
    )


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
        np.concatenate(index),
        np.concatenate(works),
        np.concatenate(begins),
        *(np.concatenate([getattr(each, name) for each in found]) for name in ("here", "there", "gains", "in_tempo")),
    )


def _passages(notes: Notes, indexes: tuple[MusicIndex, ...], chains: _Chains, most: int) -> tuple[Passage, ...]:
    of_pair, bits = chains.of_pair, chains.bits
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
        mine = np.zeros(len(notes.times), dtype=np.bool_)
        mine[chains.here[chains.begins[number] : chains.begins[number + 1]]] = True
        inside = mine[chains.here] & (chains.work[of_pair] != work)
        level = _level(of_pair[inside], chains.gains[inside], chains.work)
        found.append(_passage(notes, indexes, chains, number, level))
    found.sort(key=lambda passage: -passage.excess)
    return tuple(found[:most])


def _level(places: Ints, gains: Floats, works: Ints) -> float:
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
