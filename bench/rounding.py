"""What rounding to bytes costs the composer's network, on held-out works.

    .venv/bin/python bench/rounding.py --network OUT --packed PACKED

OUT is what `train_composer` left. Its weights are exported as floats and as bytes, and the same held-out windows, two
of 1,024 tokens of each set, are read by plain numpy with both and by the engine, whose cache holds bytes as well: nats
a token, how often the likeliest token is the same, and how far the chances diverge from those of the floats. Needs
torch, as all that reads held-out windows.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import FILE_NAME, Weights, load_weights
from senandung.learning.evaluate import windows_by_set
from senandung.learning.export import export_composer
from senandung.learning.pack import load_folder
from senandung.learning.windows import Batch


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, required=True, help="folder that train_composer left")
    parser.add_argument("--packed", type=Path, required=True, help="the packed corpus")
    parser.add_argument("--windows", type=int, default=2, help="held-out windows of each set")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        folders = {kind: Path(room) / kind for kind in ("fp32", "int8")}
        for kind, folder in folders.items():
            export_composer(given.network, folder, kind=kind, packed=given.packed if kind == "int8" else None)
        floats, rounded = (load_weights(folder / FILE_NAME) for folder in folders.values())
    batches = list(windows_by_set(load_folder(given.packed)["valid"], 1024, given.windows).values())
    ways = {
        "float32": [_by_numpy(floats, batch) for batch in batches],
        "weights of bytes, computed in floats": [_by_numpy(rounded, batch) for batch in batches],
        "engine": [_by_engine(Engine(rounded), batch) for batch in batches],
    }
    wanted = [batch.wanted for batch in batches]
    total = sum(int(each.sum()) for each in wanted)
    print(f"Step {floats.facts.get('step', 'unknown')}; {total:,} held-out tokens.\n")
    print("| | nats a token | same first choice | divergence from float32, nats |\n|---|---|---|---|")
    for name, found in ways.items():
        nats = same = apart = 0.0
        for batch, here, exact, counted in zip(batches, found, ways["float32"], wanted, strict=True):
            chosen = np.take_along_axis(here, batch.tokens[:, 1:, None], axis=2)[:, :, 0]
            nats -= float(chosen[counted].sum())
            same += float((here.argmax(axis=2) == exact.argmax(axis=2))[counted].sum())
            apart += float((np.exp(exact) * (exact - here)).sum(axis=2)[counted].sum())
        print(f"| {name} | {nats / total:.5f} | {100 * same / total:.2f} % | {apart / total:.5f} |")


def _by_numpy(weights: Weights, batch: Batch) -> NDArray[np.float64]:
    """Log chances of the token after each but the last, (windows, n, vocabulary)."""
    rows = []
    for tokens, features in zip(batch.tokens[:, :-1], batch.features, strict=True):
        rows.append(NumpyDecoder(weights, 1).feed(tokens[None], features[None])[0])
    return _log_chances(np.stack(rows))


def _by_engine(engine: Engine, batch: Batch) -> NDArray[np.float64]:
    tokens, features = batch.tokens[:, :-1], batch.features
    state = engine.begin(len(tokens))
    steps = [state.feed(tokens[:, at : at + 1], features[:, at : at + 1]) for at in range(tokens.shape[1])]
    return _log_chances(np.stack(steps, axis=1))


def _log_chances(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    found: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found


if __name__ == "__main__":
    main()
