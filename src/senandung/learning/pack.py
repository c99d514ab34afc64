"""Pieces as packed arrays of tokens, small enough to be carried to another machine.

A packed folder holds `index.json` (counts, vocabulary, seed, and how much of the held-out part stands in the training
part), `works.jsonl` (a row a work: the manifest) and two archives a set, `SET.train.npz.xz` and `SET.valid.npz.xz`:

    tokens      uint16       the bars of all pieces, one after the other
    bar_starts  int64        where each bar begins in `tokens`; one more for the end
    bar_heads   uint16 (bars, 3)    the tokens of metre, tonic and mode that hold in each bar, for its header
    piece_bars  int64        the first bar of each piece; one more for the end
    heads       uint16 (pieces, 6)  opening or middle, style, ensemble, tempo, valence, arousal
    tracks      uint16       track tokens of all pieces; `track_starts` says where each piece's begin
"""

from __future__ import annotations

import io
import json
import lzma
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.composing.pieces import vocabulary
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.tokens import encode_bars, encode_header
from senandung.composing.pieces.vocabulary import IDS
from senandung.domain.errors import FileError
from senandung.learning.corpus.sets import Work
from senandung.learning.corpus.split import validation_groups
from senandung.learning.leakage import SPAN, shared_spans

SPLITS = ("train", "valid")

_ARRAYS = ("tokens", "bar_starts", "bar_heads", "piece_bars", "heads", "tracks", "track_starts")


@dataclass(frozen=True)
class Packed:
    """The packed pieces of one set and split; see the module for the arrays."""

    name: str
    tokens: NDArray[np.uint16]
    bar_starts: NDArray[np.int64]
    bar_heads: NDArray[np.uint16]
    piece_bars: NDArray[np.int64]
    heads: NDArray[np.uint16]
    tracks: NDArray[np.uint16]
    track_starts: NDArray[np.int64]

    @property
    def pieces(self) -> int:
        """How many pieces there are."""
        return len(self.heads)

    def header(self, piece: int, bar: int) -> NDArray[np.uint16]:
        """The header of the music of a piece from a bar on; `bar` counts in the whole set."""
        head = self.heads[piece].copy()
        if bar != self.piece_bars[piece]:
            head[0] = IDS["middle"]
        tracks = self.tracks[self.track_starts[piece] : self.track_starts[piece + 1]]
        return np.concatenate([head, self.bar_heads[bar], tracks])


def pack_pieces(name: str, pieces: Iterable[Piece]) -> Packed:
    """Pieces as packed arrays."""
    tokens: list[int] = []
    bar_starts, bar_heads, piece_bars = [0], [], [0]
    heads, tracks, track_starts = [], list[int](), [0]
    for piece in pieces:
        header = encode_header(piece)
        heads.append(header[:6])
        tracks.extend(header[9:])
        track_starts.append(len(tracks))
        for bar, row in zip(piece.bars, encode_bars(piece), strict=True):
            tokens.extend(row)
            bar_starts.append(len(tokens))
            bar_heads.append((IDS[f"metre:{bar.metre}"], IDS[f"tonic:{bar.tonic}"], IDS[f"mode:{bar.mode}"]))
        if piece.bars_after == 0:
            tokens.append(IDS["end"])
            bar_starts[-1] += 1
        piece_bars.append(len(bar_heads))
    return Packed(
        name,
        np.asarray(tokens, dtype=np.uint16),
        np.asarray(bar_starts, dtype=np.int64),
        np.asarray(bar_heads, dtype=np.uint16).reshape(-1, 3),
        np.asarray(piece_bars, dtype=np.int64),
        np.asarray(heads, dtype=np.uint16).reshape(-1, 6),
        np.asarray(tracks, dtype=np.uint16),
        np.asarray(track_starts, dtype=np.int64),
    )


def save_packed(packed: Packed, path: Path) -> None:
    """Write packed pieces. Inverse of `load_packed`."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {name: getattr(packed, name) for name in _ARRAYS}
    for name in ("bar_starts", "piece_bars", "track_starts"):  # differences pack to a fraction
        arrays[name] = np.diff(arrays[name]).astype(np.uint32)
    np.savez(buffer, **arrays)
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=6))


def load_packed(path: Path, name: str = "") -> Packed:
    """Read packed pieces. Inverse of `save_packed`."""
    try:
        with np.load(io.BytesIO(lzma.decompress(path.read_bytes()))) as archive:
            arrays = {key: archive[key] for key in _ARRAYS}
    except (OSError, KeyError, ValueError, lzma.LZMAError) as error:
        raise FileError(path, f"not a packed corpus: {error}") from error
    for key in ("bar_starts", "piece_bars", "track_starts"):
        arrays[key] = np.concatenate([[0], np.cumsum(arrays[key], dtype=np.int64)]).astype(np.int64)
    return Packed(name or path.name.split(".")[0], **arrays)


def load_folder(folder: Path) -> dict[str, dict[str, Packed]]:
    """All sets of a packed folder by split and name. Raises `FileError` where the vocabulary is another."""
    index = folder / "index.json"
    if not index.exists():
        raise FileError(index, "no packed corpus here")
    facts = json.loads(index.read_text(encoding="utf-8"))
    if (facts["vocabulary"], facts["vocabulary_size"]) != (vocabulary.VERSION, vocabulary.SIZE):
        raise FileError(index, "packed with another vocabulary: pack the corpus again")
    return {
        split: {
            name: load_packed(folder / f"{name}.{split}.npz.xz", name)
            for name in facts["sets"]
            if facts["sets"][name]["tokens"][split]
        }
        for split in SPLITS
    }


def save_folder(
    works: Sequence[Work], data: Path, folder: Path, *, seed: int, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Divide works, pack them and write the folder; returns what `index.json` says."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = validation_groups(works, seed=seed)
    facts: dict[str, Any] = {
        "vocabulary": vocabulary.VERSION, "vocabulary_size": vocabulary.SIZE, "seed": seed, "sets": {},
    }  # fmt: skip
    with (folder / "works.jsonl").open("w", encoding="utf-8") as stream:
        for work in works:
            stream.write(json.dumps(_row(work, data, kept), ensure_ascii=False) + "\n")
    tokens: dict[str, dict[str, NDArray[np.uint16]]] = {split: {} for split in SPLITS}
    for name in sorted({work.set for work in works}):
        here = [work for work in works if work.set == name]
        dropped: Counter[str] = Counter()
        for work in here:
            dropped.update(work.dropped)
        row: dict[str, Any] = {"works": len(here), "works_kept": sum(bool(work.pieces) for work in here)}
        for key in ("pieces", "bars", "notes", "tokens", "bytes"):
            row[key] = {}
        for split in SPLITS:
            pieces = [piece for work in here if (work.group in kept) == (split == "valid") for piece in work.pieces]
            packed = pack_pieces(name, pieces)
            path = folder / f"{name}.{split}.npz.xz"
            save_packed(packed, path)
            tokens[split][name] = packed.tokens
            row["pieces"][split] = len(pieces)
            row["bars"][split] = len(packed.bar_heads)
            row["notes"][split] = sum(piece.note_count for piece in pieces)
            row["tokens"][split] = len(packed.tokens)
            row["bytes"][split] = path.stat().st_size
        row["counts"] = dict(sorted(dropped.items()))
        facts["sets"][name] = row
        if progress:
            progress(f"{name}: {row['notes']} notes, {row['tokens']} tokens, {row['bytes']} bytes")
    facts["shared"] = _shared(tokens)
    if progress:
        progress(shared_line(facts["shared"]))
    (folder / "index.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return facts


def _shared(tokens: Mapping[str, Mapping[str, NDArray[np.uint16]]]) -> dict[str, Any]:
    """Spans of the held-out part, and how many of them stand in the training part too, by set."""
    found = shared_spans(tokens["train"], tokens["valid"])
    sets = {name: {"held_out": count, "in_training": shared} for name, (count, shared) in found.items() if count}
    return {"span": SPAN, "sets": sets}


def shared_line(shared: Mapping[str, Any]) -> str:
    """What `index.json` says of music on both sides of the split, in words.

    >>> shared_line({"span": 16, "sets": {"folk": {"held_out": 200, "in_training": 3}}})
    'of the held-out spans of 16 tokens 1.50 % stand in the training part too; most in folk: 1.50 %'
    """
    shares = {name: row["in_training"] / row["held_out"] for name, row in shared["sets"].items()}
    if not shares:
        return "nothing is held out"
    most = max(shares, key=lambda name: shares[name])
    whole = sum(row["in_training"] for row in shared["sets"].values()) / sum(
        row["held_out"] for row in shared["sets"].values()
    )
    return (
        f"of the held-out spans of {shared['span']} tokens {100 * whole:.2f} % stand in the training part too; "
        f"most in {most}: {100 * shares[most]:.2f} %"
    )


def _row(work: Work, data: Path, kept: frozenset[str]) -> dict[str, Any]:
    return {
        "set": work.set, "file": work.file or work.path.relative_to(data).as_posix(),
        "title": work.title, "composer": work.composer, "style": work.style,
        "ensemble": sorted({piece.ensemble for piece in work.pieces}),
        "licence": work.licence, "credit": work.credit, "group": work.group,
        "split": "valid" if work.group in kept else "train",
        "pieces": len(work.pieces), "bars": sum(len(piece.bars) for piece in work.pieces),
        "notes": sum(piece.note_count for piece in work.pieces), "dropped": dict(work.dropped),
    }  # fmt: skip


def main() -> None:
    """`python -m senandung.learning.pack --data DIR --out DIR`: read, audit, divide and pack the corpora."""
    import argparse
    import sys

    from senandung.learning.corpus.build import read_corpus

    parser = argparse.ArgumentParser(description="Read the open corpora and pack them as tokens.")
    parser.add_argument("--data", type=Path, required=True, help="folder in which the sets lie unpacked")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--sets", default="", help="names of sets, divided by commas; all without")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    works = read_corpus(options.data, [name for name in options.sets.split(",") if name], progress=say)
    save_folder(works, options.data, options.out, seed=options.seed, progress=say)


if __name__ == "__main__":
    main()
