# ruff: noqa: E501  (a card is prose: one paragraph, one line)
"""The filter of the training music's tunes, which keeps the composer from quoting.

    python -m senandung.learning.extract_copies --packed PACKED --out WEIGHTS/composer

The same packed corpus gives the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.copies import FILE_NAME, LONGEST_STEP, PROBES, SPAN, Copies, events, spans
from senandung.composing.pieces.piece import METRES, Piece
from senandung.composing.pieces.tokens import decode
from senandung.files.tensors import save_tensors
from senandung.learning.pack import Packed, load_folder

COMMON = 4
"""Pieces that share a span make it common stock."""

KINDS = 3
"""Different events that a span must hold: scales and repeated notes are nobody's."""

SIZE = 1 << 22
"""Bytes of the filter."""


def tunes(piece: Piece) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Onsets and highest pitches of every part, cut where it rests long."""
    for part, who in enumerate(piece.parts):
        if who.instrument == "drums":
            continue
        tops: dict[int, int] = {}
        begin = 0
        for bar in piece.bars:
            for note in bar.notes[part]:
                tops[begin + note.start] = max(note.pitch, tops.get(begin + note.start, 0))
            begin += METRES[bar.metre].steps
        onsets = np.asarray(sorted(tops), dtype=np.int64)
        pitches = np.asarray([tops[onset] for onset in onsets.tolist()], dtype=np.int64)
        cuts = np.flatnonzero(np.diff(onsets) > LONGEST_STEP) + 1
        yield from zip(np.split(onsets, cuts), np.split(pitches, cuts), strict=True)


def spans_of(piece: Piece) -> NDArray[np.uint64]:
    """The different spans of a piece that are not mere scales."""
    found = []
    for onsets, pitches in tunes(piece):
        codes = events(onsets, pitches) if len(onsets) >= SPAN + 2 else np.zeros(0, dtype=np.uint64)
        if len(codes) >= SPAN:
            windows = np.sort(np.lib.stride_tricks.sliding_window_view(codes, SPAN), axis=1)
            kinds = (np.diff(windows, axis=1) != 0).sum(axis=1) + 1
            found.append(spans(codes)[kinds >= KINDS])
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.uint64)


def collect(sets: Mapping[str, Packed]) -> NDArray[np.uint64]:
    """The spans that stand in fewer than `COMMON` pieces."""
    found = []
    for packed in sets.values():
        for piece in range(packed.pieces):
            first, last = int(packed.piece_bars[piece]), int(packed.piece_bars[piece + 1])
            body = packed.tokens[packed.bar_starts[first] : packed.bar_starts[last]]
            found.append(spans_of(decode([*packed.header(piece, first).tolist(), *body.tolist()])))
    kept, counts = np.unique(np.concatenate(found), return_counts=True)
    return kept[counts < COMMON]


def card(count: int, copies: Copies) -> str:
    """The data card."""
    full = float(np.unpackbits(copies.bits).mean())
    return f"""# copies.safetensors

A Bloom filter of {count:,} spans of {SPAN} events (interval, step against the step before) of the highest notes of every part of the composer's training pieces. The decoder masks a note that would carry on such a span.

- `bits`: {len(copies.bits):,} bytes, {PROBES} probes; {full:.1%} of the bits are set, so that a span which is not in it is found with a chance of {full**PROBES:.1%}; a note is masked only where two spans in a row are found ({full ** (2 * PROBES):.2%} by chance).
- Left out: spans of {COMMON} pieces or more, spans of fewer than {KINDS} different events, drums.
- No note of any work can be read from it. Sets, licences and credits: those of the composer's weights (`docs/training.md`, `NOTICE`).
- Limits: a tune in another rhythm, ornamented or in a middle voice of chords is not found.
- Made by `python -m senandung.learning.extract_copies`; the same packed corpus gives the same bytes.
"""


def main() -> None:
    """Write the filter and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packed", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    kept = collect(load_folder(given.packed)["train"])
    copies = Copies.fit(kept, SIZE)
    given.out.mkdir(parents=True, exist_ok=True)
    save_tensors({"bits": copies.bits}, given.out / FILE_NAME, {"spans": str(len(kept))})
    (given.out / "copies.card.md").write_text(card(len(kept), copies), encoding="utf-8")


if __name__ == "__main__":
    main()
