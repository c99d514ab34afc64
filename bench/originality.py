"""Planted copies: eight bars of a training work, disguised, in music that has nothing to do with it.

    python bench/originality.py --packed PACKED [--plants 160] [--seed 1] [--ornaments 0.25] [--drops 0] [--tuning]

A passage of eight bars (at least 16 notes, six pitches, no more than a third of them repeated) is taken from any voice
of the index, transposed by up to three semitones about its new register, ornamented (each note with the chance
`--ornaments`: a passing or neighbour note, or a turn; dropped with the chance `--drops`), set in another rhythmic unit
(half, double, one and a half, dotted, the same) and put into a held-out work in place of an inner part, or among the
notes of its only part. It counts as found where the work is among the five nearest that a report names and its passage
lies below the human range. Held-out works and training works are of the half that nothing was chosen by (`--tuning`:
of the other), and the range is the one that the other half sets. False alarms are those of the reported half, as
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


class Plant(NamedTuple):
    """A piece with a passage in it: the family it passes for, the passage's work and how it was disguised."""

    query: Query
    family: str
    work: int
    notes: int
    unit: str
    where: str


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


def planted(query: Query, onsets: Ints, pitches: Ints, rng: np.random.Generator) -> Query:
    """A piece with the passage as an inner part, or among the notes of its only part."""
    end = max(int(part.onsets.max()) for part in query.parts)
    bars = query.bar_starts[query.bar_starts <= max(end - int(onsets[-1]), 0)]
    start = int(rng.choice(bars))
    order = np.argsort([part.pitches.mean() for part in query.parts])
    number = int(order[len(order) // 2]) if len(order) > 2 else int(order[0])
    part = query.parts[number]
    shift = round(float(part.pitches.mean() - pitches.mean())) + int(rng.integers(-3, 4))
    inside = (part.onsets >= start) & (part.onsets <= start + onsets[-1])
    kept = ~inside if len(order) > 2 else np.ones(len(part.onsets), dtype=np.bool_)
    rows = {(int(onset), int(pitch)): int(length) for onset, length, pitch in
            zip(part.onsets[kept], part.lengths[kept], part.pitches[kept], strict=True)}  # fmt: skip
    lengths = np.maximum(np.diff(onsets, append=onsets[-1] + 240), 1)
    for onset, length, pitch in zip(onsets + start, lengths, np.clip(pitches + shift, 21, 108), strict=True):
        rows[int(onset), int(pitch)] = int(length)
    ordered = sorted(rows)
    places = np.asarray(ordered, dtype=np.int64)
    spent = np.asarray([rows[each] for each in ordered], dtype=np.int64)
    parts = list(query.parts)
    parts[number] = QueryPart(part.name, places[:, 0], spent, places[:, 1])
    return Query(tuple(parts), query.bar_starts)


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


def made(index: MusicIndex, piece: Piece, rng: np.random.Generator, given: argparse.Namespace) -> Plant:
    """A plant in a piece."""
    query = piece_query(piece)
    work, onsets, pitches = passage(index, rng, tuning=given.tuning)
    unit = str(rng.choice(list(UNITS)))
    copy = planted(query, *disguised(onsets, pitches, unit, rng, given.ornaments, given.drops), rng)
    where = "inner part" if len(query.parts) > 2 else "among the notes of one part"
    return Plant(copy, piece_family(piece), work, len(onsets), unit, where)


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
    plants = [made(index, chosen[int(rng.integers(len(chosen)))], rng, given) for _ in range(given.plants)]
    with ProcessPoolExecutor(given.workers, mp_context=get_context("spawn")) as pool:
        results = list(pool.map(searched, plants))
    facts = json.loads((resources.files("senandung.weights") / "originality" / RANGE_NAME).read_text(encoding="utf-8"))
    human = HumanRange({name: (low, high, count) for name, (low, high, count) in facts["tuning_ranges"].items()})
    counts: dict[str, list[bool]] = defaultdict(list)
    for plant, (rank, excess, _) in zip(plants, results, strict=True):
        named = 0 <= rank < MOST_NEAREST
        told = named and score_of(excess, plant.query.notes) < human.of(plant.family)[1][0]
        long = "16 to 23 notes" if plant.notes < 24 else "24 to 47 notes" if plant.notes < 48 else "48 notes and more"
        for name in ("all", plant.unit, plant.where, long, f"{plant.where}, {long}", f"{plant.where}, {plant.unit}"):
            counts[f"found: {name}"].append(told)
        counts["named: all"].append(named)
        counts[f"named: {plant.where}"].append(named)
    report: dict[str, Any] = {name: [round(float(np.mean(row)), 3), len(row)] for name, row in sorted(counts.items())}
    report["false alarms"] = [facts["below"], facts["reported"]]
    report["seconds a search"] = round(float(np.median([row[2] for row in results])), 2)
    report["given"] = {name: str(value) for name, value in vars(given).items() if name != "packed"}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
