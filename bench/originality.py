"""Planted copies: eight bars of a training work, disguised, in music that has nothing to do with it.

    python bench/originality.py --packed PACKED [--plants 160] [--seed 1] [--ornaments 0.25] [--drops 0] [--tuning]

A passage of eight bars (at least 16 notes, six pitches, no more than a third of them repeated) is taken from any voice
of the index, transposed by up to three semitones about its new register, ornamented (each note with the chance
`--ornaments`: a passing or neighbour note, or a turn; dropped with the chance `--drops`), set in another rhythmic unit
(half, double, one and a half, dotted, the same) and hidden in an inner voice of a held-out work:

- *an inner part*: of three parts or more the one in the middle of their registers gives way to it;
- *between the outer notes of one part*: of one or two parts, one of which sounds several notes at once (keyboard,
  guitar): the highest and the lowest note of every moment stay, what lay between them gives way, and the passage
  stands midway between them, from the first bar on where at least half of its notes have one above and one below.

A third kind is harder and no inner voice: *across the notes of one part*. In works of one or two parts, a single tune
and broken chords too, nothing gives way, and the passage is thrown among the notes about the part's mean pitch. It is
told apart.

A plant counts as found where its work is among the five nearest that a report names and the passage lies below the
human range. Held-out works and training works are of the half that nothing was chosen by (`--tuning`: of the other),
and the range is the one that the other half sets. False alarms are those of the reported half, as
`senandung train originality` counted them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from importlib import resources
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import Piece
from senandung.learning.index_originality import piece_query, pieces_of, work_rows
from senandung.learning.pack import load_packed
from senandung.learning.train_originality import HeldOut, piece_family
from senandung.originality.check import MOST_NEAREST, RANGE_NAME, shipped_index
from senandung.originality.index import MusicIndex
from senandung.originality.query import Query, QueryPart
from senandung.originality.report import HumanRange, score_of
from senandung.originality.search import find_passages

Ints = NDArray[np.int64]
UNITS = {"half": 0.5, "double": 2.0, "one and a half": 1.5, "same": 1.0, "dotted": 1.0}
BARS = 8


INNER_PART, BETWEEN, ACROSS = "an inner part", "between the outer notes of one part", "across the notes of one part"
HIDDEN = frozenset({INNER_PART, BETWEEN})

SEVERAL = 0.5
"""Share of a part's moments at which two notes or more sound, from which on it has room for an inner voice."""


class Plant(NamedTuple):
    """A piece with a passage in it: the family it passes for, the passage's work and how it was disguised."""

    query: Query
    family: str
    work: int
    notes: int
    unit: str
    where: str


class Place(NamedTuple):
    """Where a passage stands in a piece: its first tick, the part's number, semitones beside its register."""

    start: int
    part: int
    beside: int


def passage(index: MusicIndex, rng: np.random.Generator, *, tuning: bool) -> tuple[int, Ints, Ints]:
    """The work, of one half of them, onsets in steps from 0, and pitches of eight bars of a voice."""
    while True:
        note = int(rng.integers(index.notes))
        voice = int(np.searchsorted(index.starts, note, side="right") - 1)
        onsets, pitches = index.voice_notes(voice, 0, int(index.starts[voice + 1] - index.starts[voice]))
        piece = int(index.voice_piece[voice])
        row = index.pieces[piece]
        if (hashlib.sha256(repr(index.works[row.work]).encode()).digest()[0] % 2 == 0) != tuning:
            continue
        bar = index.bar_of(piece, int(onsets[note - int(index.starts[voice])]))
        if bar + BARS - 1 > row.bars_before + int(index.piece_bars[piece + 1] - index.piece_bars[piece]):
            continue
        begin, end = index.bar_span(piece, bar)[0], index.bar_span(piece, bar + BARS - 1)[1]
        mine = (onsets >= begin) & (onsets < end)
        notes = pitches[mine]
        if mine.sum() >= 16 and len(np.unique(notes)) >= 6 and (np.diff(notes) == 0).mean() <= 1 / 3:
            return row.work, onsets[mine] - onsets[mine][0], notes


def disguised(
    onsets: Ints, pitches: Ints, unit: str, rng: np.random.Generator, ornaments: float, drops: float
) -> tuple[Ints, Ints]:
    """The passage ornamented and in another rhythmic unit, in ticks."""
    times: list[float] = []
    notes: list[int] = []
    for place, (onset, pitch) in enumerate(zip(onsets.tolist(), pitches.tolist(), strict=True)):
        inner = 0 < place < len(onsets) - 1
        if inner and rng.random() < drops:
            continue
        room = int(onsets[place + 1]) - onset if place + 1 < len(onsets) else 0
        chance = rng.random()
        if room >= 6 and chance < 0.6 * ornaments:
            after = int(pitches[place + 1])
            between = round((pitch + after) / 2) if abs(after - pitch) > 2 else pitch + int(rng.choice([-2, -1, 1, 2]))
            times += [onset, onset + room / 2]
            notes += [pitch, between]
        elif room >= 8 and chance < ornaments:
            times += [onset + quarter * room / 4 for quarter in range(4)]
            notes += [pitch, pitch + int(rng.choice([1, 2])), pitch, pitch - int(rng.choice([1, 2]))]
        else:
            times.append(onset)
            notes.append(pitch)
    found = np.asarray(times)
    if unit == "dotted":
        beat = 2 * float(np.median(np.diff(onsets)))
        whole = np.floor(found / beat)
        rest = found / beat - whole
        found = (whole + np.where(rest < 0.5, 1.5 * rest, 0.75 + (rest - 0.5) / 2)) * beat
    return np.rint(found * UNITS[unit] * 20).astype(np.int64), np.asarray(notes, dtype=np.int64)


def is_outer(part: QueryPart) -> NDArray[np.bool_]:
    """Which notes of a part are the highest or the lowest that sound when they begin.

    >>> is_outer(QueryPart("", *np.asarray([(0, 8, 48), (0, 4, 60), (0, 8, 72), (4, 4, 60)]).T)).tolist()
    [True, False, True, False]
    """
    found = np.ones(len(part.onsets), dtype=np.bool_)
    ends = part.onsets + part.lengths
    longest = int(part.lengths.max(initial=0))
    first = np.searchsorted(part.onsets, part.onsets - longest)
    last = np.searchsorted(part.onsets, part.onsets, side="right")
    for note, onset in enumerate(part.onsets.tolist()):
        near = slice(int(first[note]), int(last[note]))
        sounding = part.pitches[near][ends[near] > onset]
        pitch = part.pitches[note]
        found[note] = bool((sounding <= pitch).all() or (sounding >= pitch).all())
    return found


def several(part: QueryPart) -> float:
    """Share of a part's moments at which two notes or more sound."""
    moments = np.unique(part.onsets)
    sounding = [((part.onsets <= moment) & (part.onsets + part.lengths > moment)).sum() for moment in moments]
    return float(np.mean(np.asarray(sounding) >= 2))


def inner_host(query: Query) -> int:
    """The part of a piece of one or two parts that has an inner voice, or could have: -1 for none."""
    shares = [several(part) for part in query.parts]
    best = int(np.argmax(shares))
    return best if shares[best] >= SEVERAL else -1


def last_start(query: Query, length: int) -> int:
    """The last tick from which on a piece has so many ticks; 0 where it is shorter."""
    return max(max(int(part.onsets.max()) for part in query.parts) - length, 0)


def place_of(query: Query, length: int, rng: np.random.Generator) -> Place:
    """A place for a passage of so many ticks: an inner part, or the lower of two parts."""
    start = int(rng.choice(query.bar_starts[query.bar_starts <= last_start(query, length)]))
    order = np.argsort([part.pitches.mean() for part in query.parts])
    part = int(order[len(order) // 2]) if len(order) > 2 else int(order[0])
    return Place(start, part, int(rng.integers(-3, 4)))


def planted(query: Query, onsets: Ints, pitches: Ints, place: Place, where: str) -> tuple[Query, float]:
    """A piece with the passage at a place, and the share of its notes that are neither the highest nor the lowest."""
    number = inner_host(query) if where == BETWEEN else place.part
    part = query.parts[number]
    inside = (part.onsets >= place.start) & (part.onsets <= place.start + onsets[-1])
    middle = float(part.pitches.mean())
    kept = ~inside if where == INNER_PART else np.ones(len(part.onsets), dtype=np.bool_)
    if where == BETWEEN:
        kept = ~inside | is_outer(part)
        if inside.any():
            ends = [part.pitches[part.onsets == moment] for moment in np.unique(part.onsets[inside])]
            middle = (float(np.median([row.max() for row in ends])) + float(np.median([row.min() for row in ends]))) / 2
    shift = round(middle - float(pitches.mean())) + place.beside
    rows = {(int(onset), int(pitch)): int(length) for onset, length, pitch in
            zip(part.onsets[kept], part.lengths[kept], part.pitches[kept], strict=True)}  # fmt: skip
    lengths = np.maximum(np.diff(onsets, append=onsets[-1] + 240), 1)
    mine = list(zip((onsets + place.start).tolist(), np.clip(pitches + shift, 21, 108).tolist(), strict=True))
    rows.update(zip(mine, lengths.tolist(), strict=True))
    ordered = sorted(rows)
    places = np.asarray(ordered, dtype=np.int64)
    spent = np.asarray([rows[each] for each in ordered], dtype=np.int64)
    parts = list(query.parts)
    parts[number] = QueryPart(part.name, places[:, 0], spent, places[:, 1])
    taken = set(mine)
    inner = ~is_outer(parts[number])[[row in taken for row in ordered]]
    return Query(tuple(parts), query.bar_starts), float(inner.mean())


def between(query: Query, onsets: Ints, pitches: Ints, place: Place) -> Query | None:
    """A piece with the passage between the outer notes of one part, from the first bar on where it is inner."""
    if len(query.parts) > 2 or inner_host(query) < 0:
        return None
    bars = query.bar_starts[query.bar_starts <= max(place.start, last_start(query, int(onsets[-1])))]
    for start in np.roll(bars, -int(np.searchsorted(bars, place.start))).tolist():
        copy, inner = planted(query, onsets, pitches, place._replace(start=start), BETWEEN)
        if inner >= 0.5:
            return copy
    return None


def hosts(packed: Path, most_notes: int, *, tuning: bool) -> list[Piece]:
    """Held-out works of one piece of one half."""
    found = []
    for name, rows in work_rows(packed, "valid").items():
        if name == "groove_midi":
            continue
        decoded = pieces_of(load_packed(packed / f"{name}.valid.npz.xz", name))
        for row in rows:
            pieces = [next(decoded) for _ in range(row["pieces"])]
            held = HeldOut(name, "", row["group"], "", 0, 0.0, "", same=False)
            if len(pieces) == 1 and 60 <= pieces[0].note_count <= most_notes and held.tuning == tuning:
                found.append(pieces[0])
    return found


def made(index: MusicIndex, piece: Piece, rng: np.random.Generator, given: argparse.Namespace) -> list[Plant]:
    """The plants of one passage in one piece: in its inner voice, where it has one, and across a part of one or two."""
    query = piece_query(piece)
    work, onsets, pitches = passage(index, rng, tuning=given.tuning)
    unit = str(rng.choice(list(UNITS)))
    times, notes = disguised(onsets, pitches, unit, rng, given.ornaments, given.drops)
    place = place_of(query, int(times[-1]), rng)
    if len(query.parts) > 2:
        copies = [(planted(query, times, notes, place, INNER_PART)[0], INNER_PART)]
    else:
        copies = [(planted(query, times, notes, place, ACROSS)[0], ACROSS)]
        hidden = between(query, times, notes, place)
        copies += [] if hidden is None else [(hidden, BETWEEN)]
    family = piece_family(piece)
    return [Plant(copy, family, work, len(onsets), unit, where) for copy, where in copies]


def searched(plant: Plant) -> tuple[int, float, float]:
    """The rank of the plant's work among the nearest, from 0 (-1: not there), its excess in bits, seconds."""
    index = shipped_index()
    begin = time.process_time()
    found = find_passages(plant.query, index)
    seconds = time.process_time() - begin
    for rank, each in enumerate(found):
        if index.pieces[int(index.voice_piece[each.voice])].work == plant.work:
            return rank, each.excess, seconds
    return -1, 0.0, seconds


def main() -> None:
    """Plant, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--plants", type=int, default=160)
    parser.add_argument("--ornaments", type=float, default=0.25)
    parser.add_argument("--drops", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-notes", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tuning", action="store_true")
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    index = shipped_index()
    chosen = hosts(given.packed, given.most_notes, tuning=given.tuning)
    plants = [
        plant for _ in range(given.plants) for plant in made(index, chosen[int(rng.integers(len(chosen)))], rng, given)
    ]
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(searched, plants))
    facts = json.loads((resources.files("senandung.weights") / "originality" / RANGE_NAME).read_text(encoding="utf-8"))
    human = HumanRange({name: (low, high, count) for name, (low, high, count) in facts["tuning_ranges"].items()})
    counts: dict[str, list[bool]] = defaultdict(list)
    for plant, (rank, excess, _) in zip(plants, results, strict=True):
        named = 0 <= rank < MOST_NEAREST
        told = named and score_of(excess, plant.query.notes) < human.of(plant.family)[1][0]
        long = "16 to 23 notes" if plant.notes < 24 else "24 to 47 notes" if plant.notes < 48 else "48 notes and more"
        groups = ["hidden"] if plant.where in HIDDEN else []
        for name in (*groups, plant.where):
            for kind in ("", f", {long}", f", {plant.unit}"):
                counts[f"found: {name}{kind}"].append(told)
            counts[f"named: {name}"].append(named)
    report: dict[str, Any] = {name: [round(float(np.mean(row)), 3), len(row)] for name, row in sorted(counts.items())}
    report["false alarms"] = [facts["below"], facts["reported"]]
    report["seconds a search"] = round(float(np.median([row[2] for row in results])), 2)
    report["given"] = {name: str(value) for name, value in vars(given).items() if name != "packed"}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
