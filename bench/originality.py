"""Planted copies: eight bars of a training work, disguised, in music that has nothing to do with it.

    python bench/originality.py --packed PACKED [--plants 60] [--seed 1] [--ornaments 0.25] [--drops 0.1]

A passage of eight bars (at least 16 notes, six pitches, no more than a third of them repeated) is taken from any voice
of the index, transposed by up to three semitones about its new register, ornamented (each note with the chance
`--ornaments`: a passing or neighbour note, or a turn; dropped with the chance `--drops`), set in another rhythmic unit
(half, double, one and a half, dotted, the same) and put into a held-out work in place of an inner part, or among the
notes of its only part. It counts as found where the report says copied and names the work among the nearest. Only
held-out works of the half that the human range was not set on take part; unplanted they give false alarms.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces.piece import Piece
from senandung.learning.index_originality import piece_query, pieces_of, work_rows
from senandung.learning.pack import load_packed
from senandung.learning.train_originality import HeldOut, is_same_music, piece_family
from senandung.originality.check import shipped_index, shipped_range
from senandung.originality.index import MusicIndex
from senandung.originality.query import Query, QueryPart
from senandung.originality.report import score_of
from senandung.originality.search import find_passages

Ints = NDArray[np.int64]
UNITS = {"half": 0.5, "double": 2.0, "one and a half": 1.5, "same": 1.0, "dotted": 1.0}
BARS = 8


def passage(index: MusicIndex, rng: np.random.Generator) -> tuple[int, Ints, Ints]:
    """The work, onsets in steps from 0, and pitches of eight bars of a voice."""
    while True:
        note = int(rng.integers(index.notes))
        voice = int(np.searchsorted(index.starts, note, side="right") - 1)
        onsets, pitches = index.voice_notes(voice, 0, int(index.starts[voice + 1] - index.starts[voice]))
        piece = int(index.voice_piece[voice])
        row = index.pieces[piece]
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


def hosts(packed: Path, most_notes: int) -> list[tuple[dict[str, Any], Piece]]:
    """Held-out works of one piece of the half that is reported, in the order of a hash."""
    found = []
    for name, rows in work_rows(packed, "valid").items():
        if name == "groove_midi":
            continue
        decoded = pieces_of(load_packed(packed / f"{name}.valid.npz.xz", name))
        for row in rows:
            pieces = [next(decoded) for _ in range(row["pieces"])]
            held = HeldOut(name, "", row["group"], "", 0, 0.0, "", same=False)
            if len(pieces) == 1 and 60 <= pieces[0].note_count <= most_notes and not held.tuning:
                found.append((row, pieces[0]))
    return found


def main() -> None:
    """Plant, look, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--plants", type=int, default=60)
    parser.add_argument("--ornaments", type=float, default=0.25)
    parser.add_argument("--drops", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most-notes", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=280.0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    index, human = shipped_index(), shipped_range()
    chosen = hosts(given.packed, given.most_notes)
    counts: dict[str, list[bool]] = defaultdict(list)
    alarms, until, seconds = [], time.monotonic() + given.seconds, []
    for _ in range(given.plants):
        row, piece = chosen[int(rng.integers(len(chosen)))]
        low = human.of(piece_family(piece))[1][0]
        query = piece_query(piece)
        plain = find_passages(query, index)
        if is_same_music(index, plain, row):
            continue
        alarms.append(bool(plain) and score_of(plain[0].bits) < low)
        work, onsets, pitches = passage(index, rng)
        unit = str(rng.choice(list(UNITS)))
        copy = planted(query, *disguised(onsets, pitches, unit, rng, given.ornaments, given.drops), rng)
        begin = time.process_time()
        found = find_passages(copy, index)
        seconds.append(time.process_time() - begin)
        near = [each for each in found[:5] if index.pieces[int(index.voice_piece[each.voice])].work == work]
        told = bool(near) and score_of(found[0].bits) < low
        where = "inner part" if len(query.parts) > 2 else "among the notes of one part"
        long = "24 notes and more" if len(onsets) >= 24 else "16 to 23 notes"
        for name in ("all", unit, where, long):
            counts[f"copied and named: {name}"].append(told)
        counts["named: all"].append(bool(near))
        counts[f"named: {long}"].append(bool(near))
        if time.monotonic() > until:
            break
    report = {name: [round(float(np.mean(row)), 3), len(row)] for name, row in sorted(counts.items())}
    report["false alarms"] = [round(float(np.mean(alarms)), 3), len(alarms)]
    report["seconds a search"] = [round(float(np.median(seconds)), 2), len(seconds)]
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
