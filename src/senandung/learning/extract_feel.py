# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""Performances of Groove MIDI as scores with offsets and velocities, and the model of a drummer's feel learned from them.

Gillick, Roberts, Engel, Eck & Bamman (2019), "Learning to Groove with Inverse Sequence Transformations", ICML: played to
a click, so that a stroke's distance from the grid is the drummer's. They quantise to sixteenths; with `triplets` a beat
whose surroundings fit triplets better goes to triplet eighths and their halves instead, as it would be written.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.files.tensors import save_tensors
from senandung.performing.drum_feel import FILE_NAME, DrumFeel, DrumTake
from senandung.performing.drum_score import UNITS, WIDTH, drum_of, score_of, words_of

SEED = 1
BAR = 4 * UNITS

LATE: float = 0.11
"""A stroke up to this share of a beat before it belongs to the beat."""

PLAYED_SPREAD = 0.030
"""Seconds: how widely strokes are taken to scatter around the grid that was meant."""

CERTAIN = 6.0
"""Log odds over nine beats from which they are triplets."""


@dataclass(frozen=True)
class Performance:
    """A take of the archive, with its row of info.csv."""

    name: str
    style: str
    split: str
    kind: str
    bpm: float
    take: DrumTake


def read_performances(folder: Path, *, triplets: bool = True) -> Iterator[Performance]:
    """The performances in 4/4 of the unpacked archive, in the order of their ids.

    Strokes of one drum at one place of the grid are one, the loudest.
    """
    with (folder / "groove" / "info.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["id"])
    for row in rows:
        path = folder / "groove" / row["midi_filename"]
        if row["time_signature"] != "4-4" or not path.exists():  # some are kept back from the archive for judging
            continue
        bpm, strokes = _strokes(path)
        if len(strokes) < 4:
            continue
        place = places(strokes[:, 0], bpm, triplets=triplets)
        best: dict[tuple[int, int], int] = {}
        for index, (at, drum) in enumerate(zip(place.tolist(), strokes[:, 1].astype(int).tolist(), strict=True)):
            found = best.get((at, drum))
            if found is None or strokes[found, 2] < strokes[index, 2]:
                best[at, drum] = index
        order = [best[key] for key in sorted(best)]
        place = place[order]
        score = score_of(
            place.tolist(),
            (place % BAR).tolist(),
            strokes[order, 1].astype(int).tolist(),
            [bpm] * len(order),
            words_of(row["style"]),
        )
        offset = (strokes[order, 0] - place / UNITS) * 60.0 / bpm
        take = DrumTake(score, offset, strokes[order, 2])
        yield Performance(row["id"], row["style"], row["split"], row["beat_type"], bpm, take)


def _strokes(path: Path) -> tuple[float, NDArray[np.float64]]:
    """Tempo, and rows of (quarters since the beginning, drum, velocity)."""
    import mido

    midi = mido.MidiFile(path)
    at, bpm = 0, 120.0
    found: list[tuple[float, int, int]] = []
    for message in mido.merge_tracks(midi.tracks):
        at += message.time
        if message.type == "set_tempo" and not found:
            bpm = 60e6 / message.tempo
        elif message.type == "note_on" and message.velocity > 0 and drum_of(message.note) >= 0:
            found.append((at / midi.ticks_per_beat, drum_of(message.note), message.velocity))
    return bpm, np.array(found, float).reshape(-1, 3)


def places(quarters: NDArray[np.float64], bpm: float, *, triplets: bool) -> NDArray[np.int64]:
    """The grid's nearest places, in twelfths of a quarter, for strokes at `quarters` in rising order.

    >>> places(np.array([0.02, 0.24, 0.5]), 120, triplets=True).tolist()
    [0, 3, 6]
    """
    sixteenths = np.rint(quarters * 4).astype(np.int64) * 3
    if not triplets or not len(quarters):
        return sixteenths
    four = quarters - np.rint(quarters * 4) / 4
    three = quarters - np.rint(quarters * 3) / 3
    spread = PLAYED_SPREAD * bpm / 60
    odds = np.clip((four**2 - three**2) / (2 * spread**2), -4, 4)
    beat = np.maximum(np.floor(quarters + LATE).astype(int), 0)
    by_beat = np.bincount(beat, odds)
    around = np.convolve(by_beat, np.ones(9))[4:-4]
    sixths = np.rint(quarters * 6).astype(np.int64) * 2
    return np.where(around[beat] > CERTAIN, sixths, sixteenths)


def build_feel(data: Path, out: Path) -> DrumFeel:
    """Learn the model from the train part of the archive and write it, with its card, into `out`."""
    chosen = [found for found in read_performances(data / "groove_midi") if found.split == "train"]
    feel = DrumFeel.fit([found.take for found in chosen], seed=SEED)
    strokes = sum(len(found.take.score) for found in chosen)
    save_tensors(feel.arrays(), out / FILE_NAME, {"strokes": str(strokes), "performances": str(len(chosen))})
    text = card(data / "groove_midi", len(chosen), strokes, feel)
    (out / FILE_NAME.replace(".safetensors", ".card.md")).write_text(text, encoding="utf-8")
    return feel


def card(folder: Path, performances: int, strokes: int, feel: DrumFeel) -> str:
    """The card of drum-feel.safetensors."""
    source = folder / "SOURCE_COMMIT"
    copy = source.read_text(encoding="utf-8").strip() if source.exists() else "an archive without a commit"
    shares = "\n".join(
        f"| {name} | {s.whole:.2f} | {s.drum:.2f} | {s.place:.2f} | {s.both:.2f} | {s.slow:.2f} ({s.beats:.1f} beats) "
        f"| {s.own:.2f} |"
        for name, s in (("offset", feel.timing), ("velocity", feel.touch))
    )
    return f"""# drum-feel.safetensors

Micro-timing and velocity of drum strokes, given what stands in the score: means, spreads, and how deviations hang together.

- Set: groove_midi (Gillick et al. 2019), CC BY 4.0, copy in {copy}. {strokes:,} strokes of {performances} performances.
- Used: rows of info.csv with split = train, in 4/4, whose file is in the archive; beats and fills. Dropped: validation and test rows, the few performances in other metres, keys that are no drum of the kit; of two strokes of one drum at one place the softer.
- Grid: sixteenths; where nine beats fit them much better, triplet eighths and their halves.
- Model: the mean of {len(feel.means)} perceptrons (two layers of 96) on {WIDTH} numbers a stroke: drum, place, drum and place, what else is struck then and up to four sixteenths around, gaps, habits of the eight beats around, tempo, words of the style. One more (two layers of 48) foretells the mean absolute deviation, learned on halves that the means had not seen. Half-precision numbers.
- Shares of the deviations' variance:

| | performance | drum | place in the bar | drum at a place | slow | each stroke's own |
|---|---|---|---|---|---|---|
{shares}

- Held-out figures: `bench/groove.py`; docs/performing.md has them.
- Remade by `learning.tables.build_tables` with seed {SEED}; the last digits depend on the linear algebra library.
- Weights: CC BY 4.0. Attribution stands in NOTICE.
"""
