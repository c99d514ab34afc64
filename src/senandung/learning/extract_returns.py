# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""How bars come back in real pieces: which bar repeats which, the same or varied, and nothing of the notes.

`weights/returns.json` is made of the training part of a packed corpus:

    python -m senandung.learning.extract_returns --packed PACKED --out WEIGHTS

The same packed corpus and seed give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.decoding.measures.bands import FAMILY_OF
from senandung.composing.pieces.follow import NEW, SAME, Follower, find_repeats
from senandung.composing.pieces.vocabulary import IDS, NAMES
from senandung.learning.pack import Packed, load_folder

MOST = 24
"""Forms that are kept of an ensemble and family of styles."""

LOOKED = 120
"""Pieces of an ensemble and family that are looked at."""

SHORTEST, LONGEST = 16, 160
"""Bars of the pieces that are looked at."""

LEAST = 3
"""Forms that a cell must have to be kept."""


def extract(sets: Mapping[str, Packed], *, seed: int = 1) -> dict[str, Any]:
    """Forms by ensemble and family: {"piano/romantic": [[0, 0, 2, -2, …], …]}.

    A number a bar: 0 new, n varies what stood n bars before, -n is the same as it. The quarter of a
    cell's forms in which least comes back is left out.
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
    found: dict[str, Any] = {}
    for cell, places in sorted(cells.items()):
        chosen = rng.permutation(len(places))[:LOOKED]
        forms = [form_of(sets[places[i][0]], places[i][1]) for i in sorted(chosen.tolist())]
        shares = [sum(step != 0 for step in form) / len(form) for form in forms]
        few = float(np.quantile(shares, 0.25))
        kept = [form for form, share in zip(forms, shares, strict=True) if share >= few and share > 0]
        if len(kept) >= LEAST:
            places_kept = rng.permutation(len(kept))[:MOST]
            found[cell] = [kept[i] for i in sorted(places_kept.tolist())]
    return found


def form_of(packed: Packed, piece: int) -> list[int]:
    """Which bars of a piece repeat which."""
    first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
    reader = Follower()
    for token in packed.header(piece, first):
        reader.feed(int(token))
    for token in packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]]:
        reader.feed(int(token))
    steps = []
    for bar, (to, strength) in sorted(find_repeats(reader.bars).items()):
        steps.append(0 if strength == NEW else (to - bar if strength == SAME else bar - to))
    return steps


def card(table: Mapping[str, Any]) -> str:
    """The data card."""
    forms = sum(len(rows) for rows in table.values())
    return f"""# returns.json

How bars come back in {forms} training pieces of the composer's corpus, by ensemble and family of styles ({len(table)} cells).

- Form: `{{"ensemble/family": [[…], …]}}`, a number a bar: 0 new, n varies what stood n bars before, -n is the same as it. A bar repeats another when at least half of the notes of either (part, place, pitch above the tonic) are common to both.
- Numbers only: no note of any work can be read from them. The decoder lays one over a piece whose form nobody asked for.
- Of at most {LOOKED} whole pieces of {SHORTEST} to {LONGEST} bars in each cell, less the quarter in which least comes back; {MOST} at most. No held-out piece is in it.
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
