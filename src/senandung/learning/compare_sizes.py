"""Sizes of the network beside each other after the same tokens: what to choose a size by.

    python -m senandung.learning.compare_sizes --packed PACKED --out OUT --configs tiny,small --tokens 2500000

trains each configuration in a folder of its own below `--out` (one a seed) to each of `--marks` even shares of
`--tokens`, and prints at every mark the nats a note on held-out works and the originality: of the spans of sixteen
tokens that the network writes after the beginnings of held-out works (temperature 1, nothing masked), how many do not
stand in the training part. Real music's share on the same windows has its own row: a network clearly below it quotes.
The same command again goes on, and keeps what it has measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import FILE_NAME, Weights, load_weights
from senandung.composing.pieces.follow import Follower
from senandung.files.writing import write_atomically
from senandung.learning.evaluate import windows_by_set
from senandung.learning.export import export_composer
from senandung.learning.leakage import span_hashes
from senandung.learning.network import CONFIGS, Composer, count_parameters
from senandung.learning.pack import Packed, load_folder
from senandung.learning.trainer import Training
from senandung.learning.training_run import TrainingPlan, measure, train

BEFORE, WRITTEN = 256, 192
"""Tokens of a held-out window that the network reads, and that it writes."""

Hashes = NDArray[np.uint64]


def known_spans(sets: Mapping[str, Packed]) -> Hashes:
    """The spans of the training part, in order."""
    return np.unique(np.concatenate([span_hashes(packed.tokens) for packed in sets.values()]))


def share_known(rows: Sequence[NDArray[np.int64]], known: Hashes) -> float:
    """Of the spans of rows of tokens, the share that is known."""
    hashes = np.concatenate([span_hashes(row.astype(np.uint16)) for row in rows])
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return float(np.mean(known[places] == hashes)) if len(hashes) else 0.0


def beginnings(sets: Mapping[str, Packed], count: int) -> NDArray[np.int64]:
    """Held-out windows, `count` of each set at most, that are long enough: shape (windows, BEFORE + WRITTEN)."""
    size = BEFORE + WRITTEN
    rows: list[NDArray[np.int64]] = []
    for batch in windows_by_set(sets, 2 * size, 4 * count).values():  # windows end with a bar: the first half is full
        long = batch.wanted[:, size]
        rows.extend(batch.tokens[long][:count, :size])
    return np.asarray(rows, dtype=np.int64).reshape(-1, size)


def write_after(weights: Weights, windows: NDArray[np.int64], *, seed: int) -> list[NDArray[np.int64]]:
    """What the network writes after the first `BEFORE` tokens of each window, until a token without a meaning there."""
    rng = np.random.default_rng(seed)
    readers = [Follower() for _ in windows]
    decoder = NumpyDecoder(weights, len(windows))
    features = np.asarray(
        [[_read(reader, int(t)) for t in row[:BEFORE]] for reader, row in zip(readers, windows, strict=True)]
    )
    logits = decoder.feed(windows[:, :BEFORE], features)[:, -1]
    written: list[list[int]] = [[] for _ in windows]
    ended = [False] * len(windows)
    for _ in range(WRITTEN):
        chances = np.exp(logits - logits.max(axis=-1, keepdims=True)).astype(np.float64)
        tokens = [int(rng.choice(len(row), p=row / row.sum())) for row in chances]
        rows = []
        for index, token in enumerate(tokens):
            found = None if ended[index] else _read_any(readers[index], token)
            if found is None:
                ended[index] = True
            else:
                written[index].append(token)
            rows.append(found or [0] * features.shape[2])
        if all(ended):
            break
        logits = decoder.feed(np.asarray(tokens)[:, None], np.asarray(rows)[:, None])[:, -1]
    return [np.asarray(row, dtype=np.int64) for row in written]


def _read(reader: Follower, token: int) -> list[int]:
    reader.feed(token)
    return reader.features()


def _read_any(reader: Follower, token: int) -> list[int] | None:
    """As `_read`; None where the token has no meaning: nothing but a grammar forbids those."""
    try:
        return _read(reader, token)
    except (AssertionError, LookupError, ValueError):
        return None


def compare(
    packed: Path, out: Path, configs: Sequence[str], training: Training, marks: int, *, windows: int, pieces: int
) -> list[dict[str, Any]]:
    """Train and measure each configuration at every mark; rows of the table, real music's first.

    Parameters
    ----------
    packed, out : the packed corpus, and the folder to work in.
    configs : names of `network.CONFIGS`.
    training : steps, windows and length are the same for all.
    marks : even shares of the steps at which is measured.
    windows, pieces : held-out windows of each set that are measured, and that are carried on.
    """
    sets = load_folder(packed)
    known, begun = known_spans(sets["train"]), beginnings(sets["valid"], pieces)
    real = share_known(list(begun[:, BEFORE:]), known)
    rows: list[dict[str, Any]] = [{"network": "real music", "original": 1 - real}]
    for name in configs:
        plan = TrainingPlan(packed, out / f"{name}-{training.seed}", name, CONFIGS[name], training)
        for mark in range(1, marks + 1):
            kept = plan.folder / f"step-{training.steps * mark // marks}-of-{training.steps}.json"
            if not kept.exists():
                train(plan, until=training.steps * mark // marks)
                row = _measured(plan, known, begun, windows)
                write_atomically(kept, json.dumps(row).encode())
            rows.append(json.loads(kept.read_text(encoding="utf-8")))
    return rows


def _measured(plan: TrainingPlan, known: Hashes, begun: NDArray[np.int64], windows: int) -> dict[str, Any]:
    total = measure(plan, windows, beside="nothing")
    with TemporaryDirectory() as room:
        export_composer(plan.folder, Path(room), kind="fp32", context=BEFORE + WRITTEN)
        written = write_after(load_weights(Path(room) / FILE_NAME), begun, seed=plan.training.seed)
    everything = total["table"][-1]
    return {
        "network": plan.name, "parameters": count_parameters(Composer(plan.config)), "tokens": total["tokens"],
        "nats": everything["network"], "pitch": everything["network pitch"], "time": everything["network time"],
        "original": 1 - share_known(written, known),
    }  # fmt: skip


def as_markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """The table as Markdown.

    >>> print(as_markdown([{"network": "real music", "original": 0.987}]).splitlines()[2])
    | real music |  |  |  |  | 98.7 % |
    """
    lines = [
        "| network | parameters | tokens | nats a note | of it pitch, time | spans of its own |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        own = f"{100 * row['original']:.1f} %"
        if "nats" in row:
            lines.append(f"| {row['network']} | {row['parameters'] / 1e6:.1f} M | {row['tokens'] / 1e6:.2f} M | "
                         f"{row['nats']:.2f} | {row['pitch']:.2f}, {row['time']:.2f} | {own} |")  # fmt: skip
        else:
            lines.append(f"| {row['network']} |  |  |  |  | {own} |")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """The command; see the module."""
    usual = Training()
    parser = argparse.ArgumentParser(description="Train sizes of the network for the same tokens and compare them.")
    parser.add_argument("--packed", type=Path, required=True, help="folder that senandung.learning.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder to work in")
    parser.add_argument("--configs", default="tiny,small", help="configurations, divided by commas")
    parser.add_argument("--tokens", type=int, default=2_500_000, help="tokens that each is trained on")
    parser.add_argument("--marks", type=int, default=4, help="how often it is measured on the way")
    parser.add_argument("--windows", type=int, default=usual.windows, help="windows a step")
    parser.add_argument("--length", type=int, default=usual.length, help="tokens a window")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--measure-windows", type=int, default=8, help="held-out windows a set that are measured")
    parser.add_argument("--pieces", type=int, default=2, help="held-out windows a set that are carried on")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves it to torch")
    given = parser.parse_args(arguments)
    if given.threads:
        torch.set_num_threads(given.threads)
    steps = max(given.tokens // (given.windows * given.length), given.marks)
    training = Training(steps=steps, windows=given.windows, length=given.length, seed=given.seed)
    rows = compare(
        given.packed, given.out, given.configs.split(","), training, given.marks,
        windows=given.measure_windows, pieces=given.pieces,
    )  # fmt: skip
    sys.stdout.write(as_markdown(rows) + "\n")


if __name__ == "__main__":
    main()
