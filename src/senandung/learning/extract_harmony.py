# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""How chords follow each other in the training music, where phrases close and which keys are visited.

`weights/harmony.json` is made of the chords of the training part of a packed corpus (they were read from the notes):

    python -m senandung.learning.extract_harmony --packed PACKED --out WEIGHTS

The same packed corpus gives the same bytes. With `--bits` it prints what the chains cost on held-out pieces instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.chord_chains import (
    CHORDS,
    COUNT,
    EVADED,
    FIRST,
    FULL,
    HALF,
    OPEN,
    SEEN,
    SUBMEDIANTS,
    Region,
    backed_off,
    counts_of,
    family_of,
    hear_regions,
    smoothed,
)
from senandung.composing.pieces.piece import METRES, MODES
from senandung.composing.pieces.vocabulary import IDS, NAMES, SIZE, kind_of
from senandung.learning.pack import Packed, load_folder

ROUNDS = 3
"""Regions are heard by the chains, and the chains counted inside of the regions, so many times."""

LEAST_CHANGES = 8
"""Changes of chord of the stretches in one key that are looked at."""

KEPT, KEPT_OF_ALL, OFTEN = 700, 1800, 3
"""Pairs of chords that are kept of a family and of all music, and how often the rarest was seen."""

LEAST_FAMILY = 600
"""Changes that a family and mode must have for a chain of its own."""

SHORTEST, LONGEST, PLANS = 12, 160, 72
"""Bars of the pieces whose regions are kept, and how many pieces of a family and mode."""

LEAST_VISIT = 3
"""Bars that a region away from home must last to be kept."""

LAST = 2
"""Bars at the end of a piece, whose close says nothing about those before."""

LEAST_GOALS = 20
"""Pieces that a family must have for closes of its own."""

COSTED = 20
"""Changes of chord of the pieces whose cost is kept."""

NEAR = 0.04
"""Share of all visits of pieces in a mode that a key must have to be kept: others are rare, or were heard wrongly."""

TONICS = {mode: ("0:min", "0:min7", "0:maj") if mode in ("minor", "dorian") else ("0:maj", "0:maj7") for mode in MODES}
DOMINANTS = ("7:maj", "7:7", "7:sus4", "11:dim", "11:hdim7", "11:dim7")


@dataclass(frozen=True)
class Harmony:
    """The chords of a stretch of a piece in one key.

    `chords` are numbers counted from the first chord token, `bars` the bar of each (from the stretch's first), `total`
    its bars. `whole`: it begins with its work, `ended`: it ends with it, and no other key lies between.
    """

    family: str
    mode: str
    halves: bool
    chords: tuple[int, ...]
    bars: tuple[int, ...]
    total: int
    whole: bool
    ended: bool

    def changes(self) -> tuple[list[int], list[int]]:
        """The chords that differ from the one before, without bars that have none, and their bars."""
        found: list[int] = []
        bars: list[int] = []
        for chord, bar in zip(self.chords, self.bars, strict=True):
            if chord and (not found or found[-1] != chord):
                found.append(chord)
                bars.append(bar)
        return found, bars


def harmonies(packed: Packed) -> Iterable[Harmony]:
    """The stretches in one key of all pieces of a set, drums left out."""
    is_chord = np.asarray([kind_of(token) == "chord" for token in range(SIZE)])
    places = np.flatnonzero(is_chord[packed.tokens])
    bar_of = np.searchsorted(packed.bar_starts, places, side="right") - 1
    for piece in range(packed.pieces):
        family = family_of(NAMES[int(packed.heads[piece][1])].partition(":")[2])
        if family == "drums":
            continue
        first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
        keys = packed.bar_heads[first:last, 1:]
        cuts = [0, *(np.flatnonzero((keys[1:] != keys[:-1]).any(axis=1)) + 1).tolist(), last - first]
        ended = packed.tokens[packed.bar_starts[last] - 1] == IDS["end"]
        for start, stop in pairwise(cuts):
            low, high = np.searchsorted(bar_of, [first + start, first + stop])
            head = packed.bar_heads[first + start]
            yield Harmony(
                family,
                NAMES[int(head[2])].partition(":")[2],
                METRES[NAMES[int(head[0])].partition(":")[2]].halves,
                tuple(int(token) - FIRST for token in packed.tokens[places[low:high]]),
                tuple(int(bar) - first - start for bar in bar_of[low:high]),
                stop - start,
                bool(packed.heads[piece][0] == IDS["opening"]) and start == 0,
                bool(ended) and stop == last - first,
            )


def local_counts(pieces: Sequence[Harmony]) -> tuple[dict[str, NDArray[np.float64]], list[list[Region]]]:
    """Pairs of chords inside of regions by "family/mode" ("any" for all), and the region of every change."""
    chains = {}
    for mode in MODES:
        counts = np.zeros((COUNT, COUNT))
        for piece in pieces:
            if piece.mode == mode:
                changes, _ = piece.changes()
                np.add.at(counts, (changes[:-1], changes[1:]), 1)
        chains[mode] = _logs(counts)
    found: dict[str, NDArray[np.float64]] = {}
    heard: list[list[Region]] = []
    for _ in range(ROUNDS):
        found, heard = defaultdict(lambda: np.zeros((COUNT, COUNT))), []
        for piece in pieces:
            changes, _ = piece.changes()
            regions = hear_regions(changes, piece.mode, chains)
            heard.append(regions)
            for before, after, there, here in zip(changes, changes[1:], regions, regions[1:], strict=False):
                if there == here:
                    seen = SEEN[here.offset]
                    for family in (piece.family, "any"):
                        found[f"{family}/{here.mode}"][seen[before], seen[after]] += 1
        chains = {mode: _logs(found[f"any/{mode}"]) for mode in MODES}
    return dict(found), heard


def _logs(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.log(smoothed(counts, counts.sum(axis=1)) + 1e-12)
    return found


def extract(sets: Mapping[str, Packed]) -> dict[str, Any]:
    """The contents of `harmony.json`."""
    pieces = [piece for _, packed in sorted(sets.items()) for piece in harmonies(packed)]
    pieces = [piece for piece in pieces if len(piece.changes()[0]) >= LEAST_CHANGES]
    counts, heard = local_counts(pieces)
    chains = {
        name: _rows(table, KEPT_OF_ALL if name.startswith("any/") else KEPT)
        for name, table in sorted(counts.items())
        if table.sum() >= LEAST_FAMILY or name.startswith("any/")
    }
    return {
        "chords": list(CHORDS), "chains": chains, "begins": _begins(pieces), "ends": _ends(pieces), "stays": _stays(pieces),
        "goals": _goals(pieces), "visits": _visits(pieces, heard), "costs": _costs(pieces, heard, chains),
    }  # fmt: skip


def _rows(counts: NDArray[np.float64], most: int) -> list[list[int]]:
    """The commonest pairs: a row for each first chord, its count, then second chords and counts in turn."""
    order = np.argsort(-counts, axis=None, kind="stable")[:most]
    kept = sorted(int(place) for place in order if counts.flat[place] >= OFTEN)
    rows: dict[int, list[int]] = {}
    for place in kept:
        before, after = divmod(place, COUNT)
        row = rows.setdefault(before, [before, int(counts[before].sum())])
        row.extend((after, int(counts.flat[place])))
    return list(rows.values())


def _begins(pieces: Sequence[Harmony]) -> dict[str, list[tuple[int, float]]]:
    """The first chord of pieces, in per cent, by family and mode; a lone tonic, read as major, counts for the mode."""
    home = {mode: CHORDS.index("0:min" if mode in ("minor", "dorian") else "0:maj") for mode in MODES}
    major = CHORDS.index("0:maj")
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for piece in pieces:
        if piece.whole:
            for family in (piece.family, "any"):
                chord = piece.changes()[0][0]
                found[f"{family}/{piece.mode}"][home[piece.mode] if chord == major else chord] += 1
    return {
        name: [(chord, round(100 * count / seen.total(), 1)) for chord, count in seen.most_common(12)]
        for name, seen in sorted(found.items())
        if seen.total() >= 20
    }


def _ends(pieces: Sequence[Harmony]) -> dict[str, list[tuple[int, float]]]:
    """Which chord stands before the last tonic, in per cent, by family and mode."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for piece in pieces:
        changes, _ = piece.changes()
        if piece.ended and CHORDS[changes[-1]] in TONICS[piece.mode]:
            for family in (piece.family, "any"):
                found[f"{family}/{piece.mode}"][changes[-2]] += 1
    return {
        name: [(chord, round(100 * count / seen.total(), 1)) for chord, count in seen.most_common(8)]
        for name, seen in sorted(found.items())
        if seen.total() >= 20
    }


def _costs(
    pieces: Sequence[Harmony], heard: Sequence[Sequence[Region]], chains: Mapping[str, Sequence[Sequence[int]]]
) -> dict[str, list[float]]:
    """What a change of chord costs in bits by the chain of its region, by family: quantiles (5 to 95 %) of pieces."""
    found: dict[str, list[float]] = defaultdict(list)
    whole = {mode: smoothed(*counts_of(chains[f"any/{mode}"])) for mode in MODES}
    bits_of: dict[str, NDArray[np.float64]] = {}
    for piece, regions in zip(pieces, heard, strict=True):
        changes, _ = piece.changes()
        if len(changes) < COSTED:
            continue
        total = 0.0
        for before, after, region in zip(changes, changes[1:], regions[1:], strict=False):
            name = f"{piece.family}/{region.mode}"
            if name not in bits_of:
                own = backed_off(*counts_of(chains[name]), whole[region.mode]) if name in chains else whole[region.mode]
                bits_of[name] = -np.log2(own + 1e-12)
            seen = SEEN[region.offset]
            total += float(bits_of[name][seen[before], seen[after]])
        for family in (piece.family, "any"):
            found[family].append(total / (len(changes) - 1))
    return {
        name: [round(float(value), 2) for value in np.percentile(rows, [5, 25, 50, 75, 95])]
        for name, rows in sorted(found.items())
        if len(rows) >= 20
    }


def _stays(pieces: Sequence[Harmony]) -> dict[str, tuple[float, float]]:
    """The share of bars in whose middle the chord goes on, and of bar lines over which it does, by family."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for piece in pieces:
        by_bar: dict[int, list[int]] = defaultdict(list)
        for chord, bar in zip(piece.chords, piece.bars, strict=True):
            by_bar[bar].append(chord)
        for family in (piece.family, "any"):
            row = found[family]
            for bar, chords in by_bar.items():
                if piece.halves:
                    row[0] += len(chords) == 1
                    row[1] += 1
                if bar - 1 in by_bar:
                    row[2] += by_bar[bar - 1][-1] == chords[0]
                    row[3] += 1
    return {
        name: (round(row[0] / max(row[1], 1), 3), round(row[2] / max(row[3], 1), 3))
        for name, row in sorted(found.items())
        if row[3] > 200
    }


def _goals(pieces: Sequence[Harmony]) -> dict[str, list[str]]:
    """What closes every fourth bar of whole pieces, by family: a string a piece, a figure a phrase (`GOALS`).

    A pickup moves the phrases by a bar: a piece is read from the fourth bar or from the fifth, where more closes fall (the
    best of all four places finds closes by chance: .47 of the phrases close there, .40 of these, and .35 where half of
    the bars choose and the other half are counted), and from the phrase that closes less of two. The last bars are left
    out: all pieces close there.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for piece in pieces:
        if not piece.whole or piece.total < 2 * 8:
            continue
        full, half = closes(piece)
        broken = evaded(piece)
        kinds = np.select([full, half, broken], [FULL, HALF, EVADED], OPEN)[: piece.total - LAST]
        best = max((3, 4), key=lambda at: (kinds[at::4] != OPEN).mean())
        eight = max((best, best + 4), key=lambda at: (kinds[at::8] == FULL).mean())
        row = "".join(str(kind) for kind in kinds[best if eight != best else best + 4 :: 4])
        for family in (piece.family, "any"):
            found[family].append(row)
    return {
        name: [rows[at] for at in np.linspace(0, len(rows) - 1, min(len(rows), PLANS)).round().astype(int)]
        for name, rows in sorted(found.items())
        if len(rows) >= LEAST_GOALS
    }


def closes(piece: Harmony) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The bars in which a dominant reaches the tonic, and those that end on a dominant newly reached."""
    full, half = np.zeros(piece.total, dtype=np.bool_), np.zeros(piece.total, dtype=np.bool_)
    names = [CHORDS[chord] for chord in piece.chords]
    for place, (name, bar) in enumerate(zip(names, piece.bars, strict=True)):
        before = names[place - 1] if place else ""
        if name in TONICS[piece.mode] and before in DOMINANTS:
            full[bar] = True
        last = place + 1 == len(names) or piece.bars[place + 1] != bar
        half[bar] |= last and name in DOMINANTS and before not in DOMINANTS
    return full, half


def evaded(piece: Harmony) -> NDArray[np.bool_]:
    """The bars in which a dominant goes to the submediant instead of the tonic."""
    found = np.zeros(piece.total, dtype=np.bool_)
    names = [CHORDS[chord] for chord in piece.chords]
    for before, name, bar in zip(names, names[1:], piece.bars[1:], strict=False):
        found[bar] |= before in DOMINANTS and name in SUBMEDIANTS[piece.mode]
    return found


def _visits(pieces: Sequence[Harmony], heard: Sequence[Sequence[Region]]) -> dict[str, list[list[int]]]:
    """The regions of whole pieces: their bars, then first bar, offset and mode of each region behind the first."""
    chosen = [
        (piece, regions)
        for piece, regions in zip(pieces, heard, strict=True)
        if piece.whole and piece.ended and SHORTEST <= piece.total <= LONGEST
    ]
    common: Counter[tuple[str, Region]] = Counter()
    for piece, regions in chosen:
        common.update((piece.mode, region) for region in set(regions) - {Region(0, piece.mode)})
    totals: Counter[str] = Counter()
    for (mode, _), count in common.items():
        totals[mode] += count
    found: dict[str, list[list[int]]] = defaultdict(list)
    for piece, regions in chosen:
        home = Region(0, piece.mode)
        near = [region if common[piece.mode, region] >= NEAR * totals[piece.mode] else home for region in regions]
        for family in (piece.family, "any"):
            found[f"{family}/{piece.mode}"].append(visited(piece, near))
    return {
        name: [rows[at] for at in np.linspace(0, len(rows) - 1, min(len(rows), PLANS)).round().astype(int)]
        for name, rows in sorted(found.items())
    }


def visited(piece: Harmony, regions: Sequence[Region]) -> list[int]:
    """A piece's bars, then first bar, offset and mode of each region behind the first; `regions` are of its changes."""
    _, bars = piece.changes()
    home = Region(0, piece.mode)
    spans: list[tuple[int, Region]] = []
    for bar, region in zip(bars, regions, strict=True):
        if not spans or spans[-1][1] != region:
            spans.append((bar, region))
    ends = [*(bar for bar, _ in spans[1:]), piece.total]
    kept: list[tuple[int, Region]] = []
    for (bar, region), end in zip(spans, ends, strict=True):
        heard = region if end - bar >= LEAST_VISIT else home
        if heard != (kept[-1][1] if kept else home):
            kept.append((bar, heard))
    return [piece.total, *(n for bar, region in kept for n in (bar, region.offset, MODES.index(region.mode)))]


def bits(train: Mapping[str, Packed], valid: Mapping[str, Packed]) -> dict[str, tuple[int, float, float, float]]:
    """On held-out pieces, by "family/mode": changes, bits a change of single chords, of the chain of all, of its own."""
    table = extract(train)["chains"]
    counts = {name: counts_of(rows) for name, rows in table.items()}
    found: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    whole = {mode: smoothed(*counts[f"any/{mode}"]) for mode in MODES}
    single = {mode: counts[f"any/{mode}"][0].sum(axis=0) + 0.5 for mode in MODES}
    for packed in valid.values():
        for piece in harmonies(packed):
            changes, _ = piece.changes()
            if len(changes) < LEAST_CHANGES:
                continue
            name = f"{piece.family}/{piece.mode}"
            own = backed_off(*counts[name], whole[piece.mode]) if name in counts else whole[piece.mode]
            regions = hear_regions(changes, piece.mode, {mode: np.log(whole[mode] + 1e-12) for mode in MODES})
            row = found[name]
            for before, after, region in zip(changes, changes[1:], regions[1:], strict=False):
                if region != Region(0, piece.mode):
                    continue
                row[0] += 1
                row[1] -= np.log2(single[piece.mode][after] / single[piece.mode].sum())
                row[2] -= np.log2(whole[piece.mode][before, after])
                row[3] -= np.log2(own[before, after])
    return {
        name: (int(row[0]), row[1] / row[0], row[2] / row[0], row[3] / row[0])
        for name, row in sorted(found.items())
        if row[0] >= 50
    }


def card(table: Mapping[str, Any]) -> str:
    """The data card."""
    pairs = sum((len(row) - 1) // 2 for rows in table["chains"].values() for row in rows)
    plans = sum(len(rows) for name, rows in table["visits"].items() if not name.startswith("any/"))
    return f"""# harmony.json

How chords follow each other in the training part of the composer's corpus: {pairs} pairs of chords in {len(table["chains"])} chains, by family of styles and mode.

- `chains`: counts of pairs of different chords that follow each other inside of a key (a row: chord, how often it was followed, then next chords and counts), the {KEPT} commonest of a family, {KEPT_OF_ALL} of all music. A chord is a number in `chords` (degree in semitones above the tonic, and quality). `begins`: the first chord, in per cent. `ends`: which chord stands before the last tonic. `stays`: the share of bars in whose middle the chord goes on, and of bar lines over which it does. `goals`: what closes every fourth bar of whole pieces, a string a piece, a figure a phrase: {OPEN} nothing, {HALF} a half close, {FULL} a full one, {EVADED} a dominant that goes to the submediant.
- `costs`: bits that a change of chord costs by these chains, quantiles of pieces.
- `visits`: the keys through which {plans} whole pieces go (bars; then bar, semitones above the tonic and mode, for every change), at most {PLANS} of a family and mode.
- Numbers only: no note of any work can be read from them. No held-out piece is in it.
- Chords were read from the notes and keys from the chords (Viterbi), both by machine and neither always right.
- Sets, licences and credits: those of the composer's weights (`docs/training.md`, `NOTICE`).
- Made by `python -m senandung.learning.extract_harmony`; the same packed corpus gives the same bytes.
"""


def main() -> None:
    """Write `harmony.json` and its card, or print the bits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--bits", action="store_true")
    given = parser.parse_args()
    splits = load_folder(given.packed)
    if given.bits:
        for name, row in bits(splits["train"], splits["valid"]).items():
            sys.stdout.write(f"{name} {row[0]} {row[1]:.2f} {row[2]:.2f} {row[3]:.2f}\n")
        return
    table = extract(splits["train"])
    text = json.dumps(table, separators=(",", ":"))
    (given.out / "harmony.json").write_text(text + "\n", encoding="utf-8")
    (given.out / "harmony.card.md").write_text(card(table), encoding="utf-8")


if __name__ == "__main__":
    main()
