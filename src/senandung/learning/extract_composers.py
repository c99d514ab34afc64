# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""What each style of the network's corpus holds: ensembles, parts, metres, keys, tempos, ranges.

`weights/composers.json` says which wishes the data can carry. It is made of the training part of a packed corpus:

    python -m senandung.learning.extract_composers --packed PACKED --out WEIGHTS

The same packed corpus gives the same bytes.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.pieces.vocabulary import NAMES, STYLE_TOKENS, signed_tonic
from senandung.learning.pack import Packed, load_folder

LEAST_WORKS, LEAST_NOTES = 8, 8_000
"""Works and notes that a style must have to be offered."""

LEAST_ENSEMBLE_WORKS, LEAST_ENSEMBLE_NOTES = 4, 4_000
"""The same for an ensemble of a style."""

LEAST_CLASS_PIECES = 2
"""Pieces of a style in which a class of instrument must play to be kept."""

MOST_LISTS = 6
"""Lists of parts that are kept of an ensemble, the commonest first."""

INNER = (0.01, 0.99)
"""Quantiles of the pitches that are a part's range."""

LEFT_OUT = ("drums",)
"""Styles whose names begin so are not offered: single drum tracks, which the song styles' own table plays better."""


@dataclass
class _Cell:
    """What was counted of one style and ensemble."""

    pieces: int = 0
    bars: list[int] = field(default_factory=list)
    notes: int = 0
    metres: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    tempos: Counter[int] = field(default_factory=Counter)
    lists: Counter[tuple[str, ...]] = field(default_factory=Counter)
    pitches: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))


def extract(packed: Iterable[Packed], works: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """The table of styles.

    `packed` are the sets' training parts; `works` counts the works by style and ensemble.
    """
    cells: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
    for held in packed:
        _count(held, cells)
    styles: dict[str, Any] = {}
    few: dict[str, list[int]] = {}
    for style in STYLE_TOKENS:
        mine = {ensemble: cell for (name, ensemble), cell in cells.items() if name == style}
        total = sum(works.get((style, ensemble), 0) for ensemble in mine)
        notes = sum(cell.notes for cell in mine.values())
        if style.startswith(LEFT_OUT):
            continue
        if total < LEAST_WORKS or notes < LEAST_NOTES:
            few[style] = [total, notes]
            continue
        rows = {
            ensemble: _row(cell, works.get((style, ensemble), 0))
            for ensemble, cell in sorted(mine.items(), key=lambda item: (-works.get((style, item[0]), 0), item[0]))
            if works.get((style, ensemble), 0) >= LEAST_ENSEMBLE_WORKS and cell.notes >= LEAST_ENSEMBLE_NOTES
        }
        if rows:
            styles[style] = {"works": total, "notes": notes, "ensembles": rows}
    return {
        "least": {"works": LEAST_WORKS, "notes": LEAST_NOTES, "ensemble_works": LEAST_ENSEMBLE_WORKS,
                  "ensemble_notes": LEAST_ENSEMBLE_NOTES},
        "styles": styles,
        "few": few,
    }  # fmt: skip


def _count(packed: Packed, cells: dict[tuple[str, str], _Cell]) -> None:
    for piece in range(packed.pieces):
        style, ensemble, tempo = (NAMES[packed.heads[piece][at]] for at in (1, 2, 3))
        cell = cells[style.removeprefix("style:"), ensemble.removeprefix("ensemble:")]
        first, stop = (int(bar) for bar in packed.piece_bars[piece : piece + 2])
        heads = packed.bar_heads[first:stop]
        cell.pieces += 1
        cell.bars.append(stop - first)
        cell.metres.update([NAMES[Counter(heads[:, 0].tolist()).most_common(1)[0][0]].removeprefix("metre:")])
        tonic, mode = (NAMES[token].partition(":")[2] for token in heads[0, 1:])
        cell.keys[f"{tonic} {mode}"] += 1
        if not tempo.endswith(":any"):
            cell.tempos[int(tempo.removeprefix("tempo:"))] += 1
        tracks = packed.tracks[packed.track_starts[piece] : packed.track_starts[piece + 1]]
        cell.lists[tuple(NAMES[track].removeprefix("track:") for track in tracks)] += 1
        for bar in range(first, stop):
            tokens = packed.tokens[packed.bar_starts[bar] : packed.bar_starts[bar + 1]]
            _count_pitches(tokens, signed_tonic(int(NAMES[packed.bar_heads[bar, 1]].partition(":")[2])), cell)


_TRACKS = np.array([name.startswith("track:") for name in NAMES])
_VALUES = np.array(
    [int(name.partition(":")[2]) if name.startswith(("pitch:", "mate:", "drum:")) else -999 for name in NAMES]
)
_DRUMS = np.array([name.startswith("drum:") for name in NAMES])


def _count_pitches(tokens: np.ndarray[Any, np.dtype[np.uint16]], tonic: int, cell: _Cell) -> None:
    """Count the sounding pitches of each row of a bar."""
    at = np.flatnonzero(_TRACKS[tokens])
    values = _VALUES[tokens]
    pitches = np.where(_DRUMS[tokens], values, values + tonic)
    for start, stop in zip(at, [*at[1:], len(tokens)], strict=False):
        sounding = pitches[start + 1 : stop][values[start + 1 : stop] > -999]
        cell.notes += len(sounding)
        cell.pitches[NAMES[tokens[start]].removeprefix("track:")].update(sounding.tolist())


def _row(cell: _Cell, works: int) -> dict[str, Any]:
    """What is kept of a style and ensemble."""
    players: Counter[str] = Counter()
    for parts, count in cell.lists.items():
        for part in parts:
            players[part] += count
    kept = sorted(part for part, count in players.items() if count >= min(LEAST_CLASS_PIECES, cell.pieces))
    return {
        "works": works,
        "notes": cell.notes,
        "bars": [int(value) for value in np.quantile(cell.bars, [0.1, 0.5, 0.9])],
        "metres": dict(sorted(cell.metres.items(), key=lambda item: (-item[1], item[0]))[:6]),
        "keys": dict(sorted(cell.keys.items(), key=lambda item: (-item[1], item[0]))[:16]),
        "tempos": [cell.tempos[index] for index in range(10)],
        "lists": [
            [list(parts), count]
            for parts, count in sorted(cell.lists.items(), key=lambda item: (-item[1], item[0]))[:MOST_LISTS]
        ],
        "pieces": {part: players[part] for part in kept},
        "ranges": {part: _range(cell.pitches[part]) for part in kept if cell.pitches[part]},
    }


def _range(pitches: Counter[int]) -> list[int]:
    rising = sorted(pitches)
    reached = np.cumsum([pitches[pitch] for pitch in rising]) / sum(pitches.values())
    return [rising[int(np.searchsorted(reached, share))] for share in INNER]


def count_works(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Training works by style and ensemble, from the rows of `works.jsonl`; a work that changes counts in each."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["split"] == "train" and row["pieces"]:
            counts.update((row["style"], ensemble) for ensemble in row["ensemble"])
    return dict(counts)


def card(table: Mapping[str, Any], sets: Iterable[str]) -> str:
    """The table's data card."""
    styles = table["styles"]
    least = table["least"]
    return f"""# composers.json

Which styles and ensembles the network's composer offers, and what is usual there: {len(styles)} styles.

- Made of the training part of the packed corpus (docs/training.md): {", ".join(sorted(sets))}. The licences and credits of
  every work stand in NOTICE and in the corpus's manifest; this table holds counts and quantiles only.
- Form: `styles` by token: works, notes, and for each ensemble works, notes, bars (10 %, 50 %, 90 % of the pieces), metres,
  keys ("tonic mode", tonic as pitch class, of a piece's first bar), the ten bins of tempo (only pieces that state one), the
  commonest lists of parts (class and slot), in how many pieces each part plays, and its range in MIDI numbers (1 % and 99 %
  of its notes).
- `few`: works and notes of the styles that have fewer than is asked for, so that a refusal can say so.
- Kept: styles with at least {least["works"]} works and {least["notes"]:,} notes, of them ensembles with at least
  {least["ensemble_works"]} works and {least["ensemble_notes"]:,} notes, parts that play in two pieces or more. A file is a
  work; one whose parts change counts in each of its ensembles. Styles of single drum tracks are left out.
- Made by `python -m senandung.learning.extract_composers`; the same corpus gives the same bytes.
"""


def save_table(packed: Path, out: Path) -> dict[str, Any]:
    """Write `composers.json` and its card into a folder; returns the table."""
    with (packed / "works.jsonl").open(encoding="utf-8") as stream:
        works = count_works(json.loads(line) for line in stream)
    sets = load_folder(packed)["train"]
    table = extract(sets.values(), works)
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    (out / "composers.json").write_text(text + "\n", encoding="utf-8")
    (out / "composers.card.md").write_text(card(table, sets), encoding="utf-8")
    return table


def main() -> None:
    """`python -m senandung.learning.extract_composers --packed DIR --out DIR`."""
    import argparse
    import sys

    parser = argparse.ArgumentParser(description="Say what each style of a packed corpus holds.")
    parser.add_argument("--packed", type=Path, required=True, help="folder that learning.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder to write composers.json into")
    options = parser.parse_args()
    table = save_table(options.packed, options.out)
    sys.stderr.write(f"{len(table['styles'])} styles\n")


if __name__ == "__main__":
    main()
