# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""How bars come back in real pieces: which bar repeats which, the same or varied, and nothing of the notes.

`weights/returns.json` is made of the training part of a packed corpus:

    python -m senandung.learning.extract_returns --packed PACKED --out WEIGHTS

The same packed corpus and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.bands import FAMILY_OF
from senandung.composing.decoding.returns import OTHER_CHORDS
from senandung.composing.pieces.follow import NEW, SAME, VARIED, Bar, Follower, find_repeats
from senandung.composing.pieces.vocabulary import IDS, NAMES
from senandung.learning.pack import Packed, load_folder

MOST = 32
"""Forms that are kept of an ensemble and family of styles."""

SHORTEST, LONGEST = 16, 160
"""Bars of the pieces that are looked at."""

LEAST = 3
"""Forms that a cell must have to be kept."""

LEAST_ROWS = 40
"""Rows of varied bars that there must be for a share of those that are kept."""


def extract(sets: Mapping[str, Packed], *, seed: int = 1) -> dict[str, Any]:
    """Forms by ensemble and family, {"piano/romantic": [[0, 0, 2, -2, …], …]}, and the shares of rows that are kept.

    A number a bar: 0 new, n varies what stood n bars before, `OTHER_CHORDS` + n does so over other chords, -n is the
    same as it. A cell's forms are drawn evenly: where real pieces repeat little, so do they.
    """
    cells: dict[str, list[tuple[str, int]]] = {}
    for name, packed in sorted(sets.items()):
        for piece in range(packed.pieces):
            bars = int(packed.piece_bars[piece + 1] - packed.piece_bars[piece])
            whole = packed.heads[piece][0] == IDS["opening"]
            ended = packed.tokens[packed.bar_starts[packed.piece_bars[piece + 1]] - 1] == IDS["end"]
            if whole and ended and SHORTEST <= bars <= LONGEST:
                style = NAMES[int(packed.heads[piece][1])].partition(":")[2]
                ensemble = NAMES[int(packed.heads[piece][2])].partition(":")[2]
                cells.setdefault(f"{ensemble}/{FAMILY_OF.get(style, 'any')}", []).append((name, piece))
    rng = np.random.default_rng(seed)
    forms: dict[str, list[list[int]]] = {}
    rows: dict[str, NDArray[np.int64]] = defaultdict(lambda: np.zeros((2, 2), dtype=np.int64))
    for cell, places in sorted(cells.items()):
        chosen = rng.permutation(len(places))[:MOST]
        if len(chosen) < LEAST:
            continue
        forms[cell] = []
        for name, piece in [places[i] for i in sorted(chosen.tolist())]:
            read = bars_of(sets[name], piece)
            forms[cell].append(form_of(read))
            counted = rows_kept(read)
            rows[cell] += counted
            rows[cell.partition("/")[0]] += counted
    kept = {
        cell: [round(float(same / of), 3) if of else 0.0 for same, of in counted.tolist()]
        for cell, counted in sorted(rows.items())
        if counted[0, 1] >= LEAST_ROWS
    }
    return {"forms": forms, "kept": kept}


def bars_of(packed: Packed, piece: int) -> list[Bar]:
    """The bars of a piece."""
    first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
    reader = Follower()
    for token in packed.header(piece, first):
        reader.feed(int(token))
    for token in packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]]:
        reader.feed(int(token))
    return reader.bars


def form_of(bars: Sequence[Bar]) -> list[int]:
    """Which bars of a piece repeat which."""
    steps = []
    for bar, (to, strength) in sorted(find_repeats(bars).items()):
        other = bars[to].chords != bars[bar].chords
        back = bar - to
        steps.append(0 if strength == NEW else OTHER_CHORDS + back if other else -back if strength == SAME else back)
    return steps


def rows_kept(bars: Sequence[Bar]) -> NDArray[np.int64]:
    """Of the rows of bars that vary another: those that are the same, and all; over the same chords, over others."""
    found = np.zeros((2, 2), dtype=np.int64)
    for bar, (to, strength) in find_repeats(bars).items():
        other = int(bars[to].chords != bars[bar].chords)
        for track, row in bars[bar].rows.items() if strength == VARIED else ():
            before = bars[to].rows.get(track)
            if before is not None and (before.held or before.things):
                found[other] += (before.held == row.held and before.things == row.things, 1)
    return found


def card(table: Mapping[str, Any]) -> str:
    """The data card."""
    forms = sum(len(rows) for rows in table["forms"].values())
    return f"""# returns.json

How bars come back in {forms} training pieces of the composer's corpus, by ensemble and family of styles ({len(table["forms"])} cells).

- `forms`: `{{"ensemble/family": [[…], …]}}`, a number a bar: 0 new, n varies what stood n bars before, {OTHER_CHORDS} + n does so over other chords, -n is the same as it. A bar repeats another when at least half of the notes of either (part, place, pitch above the tonic) are common to both.
- `kept`: of the rows (a part in a bar) of varied bars, the share that is the same note for note, where the chords are the same and where they are others.
- Numbers only: no note of any work can be read from them. The decoder lays one over a piece whose form nobody asked for.
- Of {MOST} whole pieces of {SHORTEST} to {LONGEST} bars in each cell at most, drawn evenly, so that they come back as much and as little as real pieces do. No held-out piece is in it.
- Sets, licences and credits: those of the composer's weights (`docs/training.md`, `NOTICE`).
- Limits: repeats that a score writes with signs are mostly not unfolded, so whole repeated sections are rarer than in what is heard.
- Made by `python -m senandung.learning.extract_returns`; the same packed corpus and seed give the same bytes.
"""


def main() -> None:
    """Write `returns.json` and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    table = extract(load_folder(given.packed)["train"], seed=given.seed)
    text = json.dumps(table, separators=(",", ":"))
    (given.out / "returns.json").write_text(text + "\n", encoding="utf-8")
    (given.out / "returns.card.md").write_text(card(table), encoding="utf-8")


if __name__ == "__main__":
    main()
