"""What real music measures: tables of held-out works by set, and bands of training pieces for the decoder.

    python -m senandung.learning.reference --packed PACKED --out src/senandung/weights

Stretches of 32 bars are measured (shorter pieces whole), for a 32-bar piece repeats less than a long one. The bands see
training pieces only, the table by set held-out pieces only.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.decoding.measures.bands import FAMILY_OF, STRETCH
from senandung.composing.decoding.measures.table import MEASURES, measure
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.tokens import decode
from senandung.learning.pack import Packed, load_folder

LEAST_BARS = 8
"""Pieces below this are not measured."""

A_PIECE = 6
"""The most stretches of one piece, spread evenly from its first bar to its last."""

PER_SET = 260
"""The most training stretches of one set, ensemble and family of styles."""

WISHES = 24
"""The most held-out pieces of a set whose headers are kept as wishes for the benchmark."""

LEAST_STRETCHES = 24
"""What a band needs."""


def unpack(packed: Packed, piece: int) -> Piece:
    """A packed piece, decoded."""
    first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
    body = packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]]
    return decode(np.concatenate([packed.header(piece, first), body]).tolist())


def stretches(piece: Piece, most: int = A_PIECE, bars: int = STRETCH) -> list[Piece]:
    """Stretches of a piece: whole where it is short, else spread evenly, the first and the last among them.

    A piece below `LEAST_BARS`, or of chords alone, has none.
    """
    total = len(piece.bars)
    if total < LEAST_BARS or not piece.note_count:
        return []
    if total <= bars:
        return [piece]
    count = min(most, total // bars)
    firsts = np.linspace(0, total - bars, count).round().astype(int).tolist() if count > 1 else [total - bars]
    return [
        replace(
            piece, bars=piece.bars[first : first + bars], bars_after=piece.bars_after + total - first - bars,
            opening=piece.opening and first == 0,
        )
        for first in firsts
    ]  # fmt: skip


def held_out_pieces(packed: Packed, most: int = 400) -> list[Piece]:
    """Stretches of the pieces of a held-out set."""
    found = [part for index in range(packed.pieces) for part in stretches(unpack(packed, index), 12)]
    return found[:: max(len(found) // most, 1)][:most]


def controls(packed: Packed, most: int = WISHES) -> list[dict[str, Any]]:
    """What the first bar of held-out pieces says, without a note: wishes for a benchmark that composes beside them."""
    long, played = np.diff(packed.piece_bars) >= LEAST_BARS, np.diff(packed.track_starts) > 0
    places = np.flatnonzero(long & played).tolist()
    if not places:
        return []
    chosen = [places[int(at)] for at in np.linspace(0, len(places) - 1, min(most, len(places))).round()]
    found = []
    for piece in (unpack(packed, index) for index in chosen):
        first = piece.bars[0]
        used = [index for index in range(len(piece.parts)) if any(bar.notes[index] for bar in piece.bars)]
        found.append(
            {
                "style": piece.style, "ensemble": piece.ensemble, "metre": first.metre, "tonic": first.tonic,
                "mode": first.mode, "tempo": piece.tempo, "valence": piece.valence, "arousal": piece.arousal,
                "parts": [f"{piece.parts[index].instrument}.{piece.parts[index].slot}" for index in used],
            }
        )  # fmt: skip
    return found


def training_sample(sets: Iterable[Packed], *, seed: int, per_set: int = PER_SET) -> dict[str, list[Piece]]:
    """Stretches of training pieces by "ensemble/family", drawn evenly from the sets that have them."""
    from senandung.composing.pieces.vocabulary import NAMES

    rng = np.random.default_rng(seed)
    found: dict[str, list[Piece]] = defaultdict(list)
    for packed in sets:
        groups: dict[str, list[int]] = defaultdict(list)
        for index, head in enumerate(packed.heads):
            style, ensemble = (NAMES[int(head[place])].partition(":")[2] for place in (1, 2))
            groups[f"{ensemble}/{FAMILY_OF.get(style, 'any')}"].append(index)
        for key, members in sorted(groups.items()):
            drawn: list[Piece] = []
            for index in rng.permutation(members).tolist():
                drawn += stretches(unpack(packed, index))
                if len(drawn) >= per_set:
                    break
            found[key] += drawn[:per_set]
    return found


def summary(rows: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Mean, quantiles (5, 25, 50, 75, 95 %) and count of each measure that any row has."""
    found = {}
    for name in MEASURES:
        values = [row[name] for row in rows if name in row]
        if values:
            quantiles = np.percentile(values, [5, 25, 50, 75, 95]).tolist()
            found[name] = [round(float(value), 4) for value in (np.mean(values), *quantiles)] + [len(values)]
    return found


def build(folder: Path, *, seed: int = 1, progress: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """The contents of `measures.json`."""
    splits = load_folder(folder)
    table = {}
    for name, packed in splits["valid"].items():
        pieces = held_out_pieces(packed)
        if not pieces:
            continue
        progress(f"held out: {name}, {len(pieces)} stretches")
        table[name] = {
            "pieces": packed.pieces, "stretches": len(pieces), "measures": summary([measure(one) for one in pieces])
        }  # fmt: skip
    wishes = {name: controls(splits["valid"][name]) for name in table}
    measured: dict[str, list[dict[str, float]]] = defaultdict(list)
    for key, pieces in sorted(training_sample(splits["train"].values(), seed=seed).items()):
        progress(f"bands: {key}, {len(pieces)} stretches")
        rows = [measure(one) for one in pieces]
        measured[key] += rows
        measured[key.partition("/")[0]] += rows
    bands = {
        key: {
            "stretches": len(rows),
            "measures": {
                name: row[1:6] for name, row in summary(rows).items() if row[6] >= LEAST_STRETCHES
            },
        }
        for key, rows in sorted(measured.items())
        if len(rows) >= LEAST_STRETCHES
    }  # fmt: skip
    return {"bars": STRETCH, "seed": seed, "held_out": table, "wishes": wishes, "bands": bands}


def card(found: Mapping[str, Any]) -> str:
    """The data card of `measures.json`."""
    held = ", ".join(
        f"{name} ({row['pieces']} pieces, {row['stretches']} stretches)" for name, row in found["held_out"].items()
    )
    counted = sum(row["stretches"] for key, row in found["bands"].items() if "/" not in key)
    return f"""# measures.json

What real music measures: {len(MEASURES)} measures of stretches of {found["bars"]} bars (docs/measures.md defines them).

- `held_out`: by set, mean, quantiles (5, 25, 50, 75, 95 %) and count, over works that no weight was trained on:
  {held}.
- `bands`: quantiles (5, 25, 50, 75, 95 %) by ensemble, and by ensemble and family of styles, over {counted} stretches
  of training pieces, drawn with seed {found["seed"]}. The decoder chooses among its drafts with them. No held-out piece
  is in them.
- `wishes`: what the headers of held-out pieces say (style, ensemble, parts, metre, key, tempo), at most {WISHES} a set;
  the benchmark composes beside them.
- Sets, licences and credits: those of the composer's weights (`docs/training.md`, `NOTICE`). Numbers only: no note of
  any work can be read from them.
- Limits: a set with few works has narrow quantiles that mean little; long works give up to twelve stretches (held out)
  or six (training), so that a few symphonies stand for the orchestra.
- Made by `python -m senandung.learning.reference`; the same packed corpus and seed give the same bytes.
"""


def main() -> None:
    """`python -m senandung.learning.reference --packed DIR --out DIR`: write measures.json and its card."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="Measure real pieces: held-out tables and training bands.")
    parser.add_argument("--packed", type=Path, required=True, help="folder of the packed corpus")
    parser.add_argument("--out", type=Path, required=True, help="folder for measures.json and measures.card.md")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    found = build(options.packed, seed=options.seed, progress=say)
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, sort_keys=True, separators=(",", ":"))
    (options.out / "measures.json").write_text(text + "\n", encoding="utf-8")
    (options.out / "measures.card.md").write_text(card(found), encoding="utf-8")


if __name__ == "__main__":
    main()
