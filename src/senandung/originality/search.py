"""The passages of an index that a piece comes nearest to: candidates by fingerprints, then alignment of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from senandung.originality.aligning import SKIPPED_HERE, Alignment, Candidate, align
from senandung.originality.fingerprints import (
    LEAST_BITS,
    Hits,
    Prints,
    find_paced,
    find_plain,
    paced_prints,
    plain_prints,
)
from senandung.originality.index import MusicIndex
from senandung.originality.information import UNIT, WIDEST
from senandung.originality.query import Line, Query, lines_of

CANDIDATES = 110
"""Places that are aligned."""

_BINS = ((8, 48, 2), (2, 192, 3))
"""Narrow and wide bins of votes: tempos an octave, steps of the index's grid in a bin of offsets, fewest seeds."""

SKIP_COST = 0.4
"""How much less a fingerprint weighs for each note that it skips."""

_BUCKET_BITS = 22
MOST_SEEDS = 300_000
"""Fingerprints in common that are looked at; the rarest are."""

_BEFORE, _AFTER = 36, 44
_LONGEST_HERE = 150
_CHORDAL_REACH = 14
REPEATED = 0.25
"""What a turn counts that has already stood in the same passage."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Passage:
    """A passage of the index and where the piece has it.

    `here` are the numbers of the notes in the piece's part, `there` those in the index's voice, pair by pair; `bits`
    how much the likeness says; `shift` how many semitones the piece stands above; `scale` how much slower it goes.
    """

    voice: int
    part: int
    here: tuple[int, ...]
    there: tuple[int, ...]
    bits: float
    shift: int
    scale: float


def find_passages(query: Query, index: MusicIndex, *, most: int = 12, least: float = LEAST_BITS) -> tuple[Passage, ...]:
    """The nearest passages, the nearest first; of those that overlap in the same voice only the best.

    Parameters
    ----------
    most : how many.
    least : bits that a common fingerprint must say; less for a small index.
    """
    lines = lines_of(query)
    if not lines or not index.notes:
        return ()
    seeds = _seeds(lines, index, least)
    places = _places(seeds)
    return _aligned(query, lines, index, seeds, places, most)


@dataclass(frozen=True)
class _Seeds:
    """Fingerprints in common: their notes in the line and in the index, voice, shift, scale, weight."""

    line: Ints
    here_first: Ints
    here_last: Ints
    there_first: Ints
    there_last: Ints
    here_onset: Ints
    there_onset: Ints
    shift: Ints
    scale: NDArray[np.float64]
    weight: NDArray[np.float64]
    voice: Ints
    kind: Ints


def _seeds(lines: tuple[Line, ...], index: MusicIndex, least: float) -> _Seeds:
    rows = []
    for make, find in ((_paced, find_paced), (_plain, find_plain)):
        prints = [make(line, index, least) for line in lines]
        keys = np.concatenate([each.keys for each in prints])
        line = np.repeat(np.arange(len(lines)), [len(each.keys) for each in prints])
        first, last, skipped = (
            np.concatenate([getattr(each, name) for each in prints]) for name in ("first", "last", "skipped")
        )
        known = np.unique(keys)
        often = max(len(keys), 1) / max(len(known), 1)  # the piece repeats itself
        hits = find(index, known).rarest(int(MOST_SEEDS / 2 / often))
        rows.append(_joined(hits, known, keys, line, first, last, skipped))
    line, here_first, here_last, there_first, there_last, skipped, kind = (
        np.concatenate([row[column] for row in rows]) for column in range(7)
    )
    starts = np.concatenate([[0], np.cumsum([len(each.notes) for each in lines])])[:-1]
    all_pitches = np.concatenate([each.pitches for each in lines])
    all_onsets = np.concatenate([each.onsets for each in lines])
    pitches, onsets = index.sums
    voice = np.searchsorted(index.starts, there_first, side="right") - 1
    begin = index.starts[voice]
    pitch = index.voice_pitch[voice] + (pitches[there_first] - pitches[begin])
    onset = index.voice_onset[voice] + (onsets[there_first] - onsets[begin])
    here_onset = all_onsets[starts[line] + here_first]
    spent = all_onsets[starts[line] + here_last] - here_onset
    spent_there = onsets[there_last] - onsets[there_first]
    scale = np.log2(np.maximum(spent, 1) / np.maximum(spent_there, 1))
    shift = all_pitches[starts[line] + here_first] - pitch
    symbols = tuple(_symbols_at(index, there_first + place) for place in (1, 2, 3, 4))
    weight = index.information.intervals[3][symbols] / UNIT / (1 + SKIP_COST * skipped)
    return _Seeds(
        line, here_first, here_last, there_first, there_last, here_onset, onset, shift, scale, weight, voice, kind
    )


def _symbols_at(index: MusicIndex, at: Ints) -> Ints:
    found: Ints = np.clip(index.intervals[at].astype(np.int64), -WIDEST, WIDEST) + WIDEST
    return found


def _paced(line: Line, index: MusicIndex, least: float) -> Prints:
    return paced_prints(line.onsets, line.pitches, index.information, least)


def _plain(line: Line, index: MusicIndex, least: float) -> Prints:
    return plain_prints(line.pitches, index.information, least)


def _joined(
    hits: Hits, known: NDArray[np.uint32], keys: NDArray[np.uint32], line: Ints, first: Ints, last: Ints, skipped: Ints
) -> tuple[Ints, ...]:
    """Every pair of a place in the piece and one in the index with the same fingerprint."""
    order = np.argsort(keys, kind="stable")
    begins = np.searchsorted(keys[order], known, side="left")
    ends = np.searchsorted(keys[order], known, side="right")
    counts = (ends - begins)[hits.asked]
    hit = np.repeat(np.arange(len(hits.asked)), counts)
    within = np.arange(len(hit)) - np.repeat(np.cumsum(counts) - counts, counts)
    mine = order[begins[hits.asked][hit] + within]
    return line[mine], first[mine], last[mine], hits.first[hit], hits.last[hit], skipped[mine], hits.asked[hit]


def _places(seeds: _Seeds) -> list[Ints]:
    """Seeds that lie together (voice, shift, tempo, offset in time), the heaviest first.

    Each seed votes for a tempo and an offset (Arzt, Böck & Widmer 2012 vote so for a place in a score), in bins that
    overlap by half: narrow ones, for a tune in its own rhythm, and wide ones, for one whose rhythm was changed.
    """
    chosen: list[Ints] = []
    taken: set[tuple[int, ...]] = set()
    ranked = [_voted(seeds, *bins) for bins in _BINS]
    for together in zip_longest(*ranked):
        for members in together:
            if members is None or len(chosen) == CANDIDATES:
                continue
            heart = int(members[np.argmax(seeds.weight[members])])
            name = tuple(int(column[heart]) for column in (seeds.line, seeds.here_first, seeds.there_first))
            if name not in taken:
                taken.add(name)
                chosen.append(members)
    return chosen


def _voted(seeds: _Seeds, tempos: int, steps: int, fewest: int) -> list[Ints]:
    """The seeds of the fullest bins: `tempos` bins an octave, `steps` of the index's grid in a bin of offsets."""
    found_keys, found_seeds = [], []
    for half in (0.0, 0.5):
        tempo = np.floor(seeds.scale * tempos + half)
        pace = 2.0 ** ((tempo + 0.5 - half) / tempos)
        for other in (0.0, 0.5):
            offset = np.floor((seeds.here_onset / pace - seeds.there_onset) / steps + other).astype(np.int64)
            key = (seeds.voice * 256 + seeds.shift + 128) * 1024 + seeds.line % 1024
            key = (key * 128 + (tempo.astype(np.int64) + 64) % 128) * 8192 + offset % 8192
            key = key * 4 + int(half * 4 + other * 2)
            bucket = ((key.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - _BUCKET_BITS)).astype(
                np.int64
            )
            full = np.flatnonzero(np.bincount(bucket, minlength=1 << _BUCKET_BITS)[bucket] >= fewest)
            found_keys.append(key[full])
            found_seeds.append(full)
    keys, seed = np.concatenate(found_keys), np.concatenate(found_seeds)
    if not len(keys):
        return []
    order = np.argsort(keys, kind="stable")
    keys, seed = keys[order], seed[order]
    group = np.cumsum(np.r_[True, np.diff(keys) != 0]) - 1
    columns = (seeds.here_first, seeds.there_first, seeds.kind)
    votes = np.min([_distinct(group, column[seed], seeds.weight[seed]) for column in columns], axis=0)
    begins = np.searchsorted(group, np.arange(len(votes) + 1))
    best = np.argsort(-votes, kind="stable")[: 3 * CANDIDATES]
    return [seed[begins[number] : begins[number + 1]] for number in best.tolist()]


def _distinct(group: Ints, notes: Ints, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each group, the weights of its seeds, of those that begin at the same note only the heaviest."""
    order = np.lexsort((-weight, notes, group))
    fresh = np.r_[True, (np.diff(group[order]) != 0) | (np.diff(notes[order]) != 0)]
    sums = np.bincount(group[order][fresh], weights=weight[order][fresh], minlength=int(group[-1]) + 1)
    return np.asarray(sums, dtype=np.float64)


@dataclass(frozen=True)
class _Place:
    """A candidate and where it lies: voice and its first note there, part and the notes here."""

    candidate: Candidate
    voice: int
    first: int
    part: int
    numbers: Ints


def _candidates(
    query: Query, lines: tuple[Line, ...], index: MusicIndex, seeds: _Seeds, places: list[Ints], *, chordal: bool
) -> list[_Place]:
    """What is aligned: a line around its seeds, or with `chordal` all notes of a part that has several lines."""
    found = []
    for members in places:
        line = lines[int(seeds.line[members[0]])]
        part = query.parts[line.part]
        if chordal and len(part.onsets) == len(line.notes):
            continue
        voice = int(seeds.voice[members[0]])
        begin, length = int(index.starts[voice]), int(index.starts[voice + 1] - index.starts[voice])
        first = max(int(seeds.there_first[members].min()) - begin - _BEFORE, 0)
        last = min(int(seeds.there_last[members].max()) - begin + _AFTER, length)
        onsets, pitches = index.voice_notes(voice, first, last)
        low, high = int(seeds.here_first[members].min()), int(seeds.here_last[members].max())
        low, high = max(low - 2 * _BEFORE, 0), min(high + 2 * _AFTER, len(line.notes) - 1)
        if chordal:
            low, high = np.searchsorted(part.onsets, line.onsets[[low, high]], side="left").tolist()
            numbers = np.arange(low, high + 1)[: 2 * _LONGEST_HERE]
        else:
            numbers = line.notes[low : high + 1][: 2 * _LONGEST_HERE]
        bits, rhythm = index.information.of_line(pitches), index.information.of_rhythm(onsets)
        scale = float(np.median(seeds.scale[members]))
        shift = int(seeds.shift[members[0]])
        here = part.onsets[numbers], part.pitches[numbers]
        candidate = Candidate(*here, onsets, pitches, bits, shift, scale, rhythm)
        found.append(_Place(candidate, voice, first, line.part, numbers))
    return found


def _aligned(
    query: Query, lines: tuple[Line, ...], index: MusicIndex, seeds: _Seeds, places: list[Ints], most: int
) -> tuple[Passage, ...]:
    found: list[Passage] = []
    for chordal in (False, True):
        nearest = places[: CANDIDATES // 2] if chordal else places
        rows = _candidates(query, lines, index, seeds, nearest, chordal=chordal)
        reach = _CHORDAL_REACH if chordal else SKIPPED_HERE
        for each, row in zip(align([row.candidate for row in rows], reach=reach), rows, strict=True):
            said = novel_bits(each, row.candidate.there_pitches)
            here = tuple(row.numbers[each.here].tolist())
            there = tuple((each.there + row.first).tolist())
            found.append(Passage(row.voice, row.part, here, there, said, row.candidate.shift, 2.0**row.candidate.scale))
    found.sort(key=lambda passage: -passage.bits)
    kept: list[Passage] = []
    for passage in found:
        if len(kept) == most:
            break
        if not any(_overlap(passage, other, index) for other in kept):
            kept.append(passage)
    return tuple(kept)


def novel_bits(alignment: Alignment, pitches: Ints) -> float:
    """What a chain says, a turn of three notes that it had before counting `REPEATED`."""
    leaps = np.diff(pitches[alignment.there])
    seen: set[tuple[int, ...]] = set()
    total = 0.0
    for place, gain in enumerate(alignment.gains.tolist()):
        turn = tuple(leaps[max(place - 2, 0) : place].tolist())
        total += gain * (REPEATED if len(turn) == 2 and turn in seen and gain > 0 else 1.0)
        seen.add(turn)
    return total


def _overlap(one: Passage, other: Passage, index: MusicIndex) -> bool:
    """Whether two passages are the same place of the index, or the same of the piece in the same work."""
    if one.voice == other.voice:
        return one.there[0] <= other.there[-1] and other.there[0] <= one.there[-1]
    works = [index.pieces[int(index.voice_piece[each.voice])].work for each in (one, other)]
    return works[0] == works[1] and one.part == other.part and bool({*one.here} & {*other.here})
