"""How fast the composer's network is read token by token, beside numpy, torch and a loop that only reads the bytes.

    .venv/bin/python bench/decode.py --weights FOLDER

A step takes one token of each row at a position and gives the logits of the next. The loops read as many bytes as a
step must: all matrices as they lie in memory, the features' rows of their table, and the keys and values of every
earlier token; the same bytes over and over, as a step does (they may stay in the processor's cache), array by array
as they lie and in one piece, which saves numpy a call for each and is the strictest; and fresh ones from a region
that no cache holds. All take the largest of 64-bit numbers, the fastest reading found in numpy. Engine, loops, numpy
and torch take turns, so that they meet the same neighbours; times are CPU seconds of the process, all of one thread.
Of all steps the fastest tenth's slowest counts, for all alike: on a machine that others use, too, the median tells
more about them (`--quantile 0.5`). torch is measured where it can be imported; its weights and numpy's are the floats
that the engine's stand for.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from senandung.composing.decoding.engine import Engine, load_engine
from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import FILE_NAME, STYLES, Sizes, Weights, load_weights, save_weights
from senandung.composing.pieces.follow import FEATURES, SLOTS, STYLE_SLOT
from senandung.composing.pieces.vocabulary import SIZE, VERSION

SMALL = Sizes(
    width=256, layers=6, heads=4, key_heads=2, hidden=704, vocabulary=SIZE, features=FEATURES, rope_base=10_000.0,
    styles=STYLES,
)  # fmt: skip

ROWS, POSITIONS = (1, 2, 8), (500, 1000)

_BEYOND_CACHES = 256 * 1024 * 1024

_START = """
import resource, sys, time
from pathlib import Path
began = time.process_time()
import numpy as np
from senandung.composing.decoding.engine import load_engine
from senandung.composing.pieces.follow import SLOTS
numpy_seconds = time.process_time() - began
engine = load_engine(Path(sys.argv[1]))
started = time.process_time() - began
state = engine.begin(1)
n = engine.context - 24
state.feed(np.zeros((1, n), dtype=np.int64), np.zeros((1, n, SLOTS), dtype=np.int64))
read = time.process_time() - began - started
many = state.fork(8)
many.feed(np.zeros((8, 1), dtype=np.int64), np.zeros((8, 1, SLOTS), dtype=np.int64))
print(numpy_seconds, started, read, n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""

Step = Callable[[], object]


def main() -> None:
    """Measure and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="exported weights; the package's without, or random ones")
    parser.add_argument("--rounds", type=int, default=12, help="how often the contenders take turns")
    parser.add_argument("--quantile", type=float, default=0.1, help="of the steps' times; 0.5 is the median")
    parser.add_argument("--seed", type=int, default=1, help="of random weights, tokens and features")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.weights or _shipped() or random_weights(Path(folder), given.seed)
        path = path / FILE_NAME if path.is_dir() else path
        _print_head(path, given.seed)
        _print_start(path)
        _print_steps(path, given.rounds, given.quantile, given.seed)


def random_weights(folder: Path, seed: int) -> Path:
    """A network of the small configuration that knows nothing."""
    rng = np.random.default_rng(seed)
    arrays = {
        name: (rng.normal(0, 0.05, shape) if len(shape) == 2 else np.ones(shape)).astype(np.float32)
        for name, shape in SMALL.shapes().items()
    }
    facts = {"config": json.dumps(asdict(SMALL)), "vocabulary": str(VERSION), "context": "1024", "step": "0 (random)"}
    save_weights(arrays, folder / FILE_NAME, facts, kind="int8")
    return folder


def _shipped() -> Path | None:
    import senandung

    folder = Path(senandung.__file__).parent / "weights" / "composer"
    return folder if (folder / FILE_NAME).exists() else None


def _print_head(path: Path, seed: int) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parent,
    ).stdout.strip()  # fmt: skip
    weights = load_weights(path)
    count = sum(weights.arrays[name].size for name in weights.sizes.shapes())
    print(f"Commit {commit or 'unknown'}, seed {seed}; {_processor()}, Python {platform.python_version()}, "
          f"one thread. {count / 1e6:.1f} M parameters, {weights.kind}, cache of "
          f"{'floats' if weights.cache_scales is None else 'bytes'}, "
          f"{path.stat().st_size / 1e6:.1f} MB, step {weights.facts.get('step', 'unknown')}.\n")  # fmt: skip


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _print_start(path: Path) -> None:
    runs = []
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", _START, str(path)], capture_output=True, text=True, check=True)
        runs.append([float(each) for each in run.stdout.split()])
    numpy_seconds, started, read, n, megabytes = sorted(runs, key=lambda run: run[1])[1]
    print(f"CPU seconds: {started:.2f} from a fresh process to a ready engine ({numpy_seconds:.2f} of them numpy and "
          f"this package), {read:.2f} for a prompt of {n:.0f}; {megabytes:.0f} MB with 8 rows of it.\n")  # fmt: skip


def _print_steps(path: Path, rounds: int, quantile: float, seed: int) -> None:
    engine, weights = load_engine(path), load_weights(path)
    numbers = _matrix_bytes(weights)
    model = _torch_decoder(weights)
    loops = ["arrays", "one piece", "fresh bytes"]
    names = ["engine", "numpy", *(["torch"] if model else []), *loops]
    ratios_of = [*loops, "numpy", *(["torch"] if model else [])]
    heads = ["rows", "position", "MB a step", *(f"{name}, steps/s" for name in names), "**engine, tokens/s**",
             *(f"engine to {name}" for name in ratios_of)]  # fmt: skip
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|")
    for rows in ROWS:
        for position in POSITIONS:
            cache = _cache_bytes(weights, rows, position)
            contenders: dict[str, Step] = {
                "engine": _engine_step(engine, rows, position, seed),
                "numpy": _numpy_step(weights, rows, position, seed),
                "arrays": _same_bytes(numbers, cache),
                "one piece": _same_bytes([sum(numbers) + sum(cache)]),
                "fresh bytes": _fresh_bytes(sum(numbers) + sum(cache)),
            }
            if model:
                contenders["torch"] = model(rows, position, seed)
            seconds = _take_turns(contenders, rounds, quantile)
            cells = [str(rows), str(position), f"{(sum(numbers) + sum(cache)) / 1e6:.1f}",
                     *(f"{1 / seconds[name]:.0f}" for name in names), f"**{rows / seconds['engine']:.0f}**",
                     *(f"{seconds[name] / seconds['engine']:.2f}" for name in ratios_of)]  # fmt: skip
            print(f"| {' | '.join(cells)} |")
    print(f"\nLargest resident set of this program: "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.")  # fmt: skip


def _take_turns(contenders: dict[str, Step], rounds: int, quantile: float) -> dict[str, float]:
    """Seconds a step of each: a quantile of all steps of all rounds."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, step in contenders.items():
            step()  # what the one before pushed out of the cache comes back
            spent = 0.0
            while spent < 0.03:
                began = time.process_time()
                step()
                found[name].append(time.process_time() - began)
                spent += found[name][-1]
    return {name: float(np.quantile(times, quantile)) for name, times in found.items()}


def _matrix_bytes(weights: Weights) -> list[int]:
    """Bytes of every array that a step reads whole: numbers and their scales as the session holds them (float32)."""
    found = []
    for name in weights.sizes.shapes():
        if name not in ("known.weight", "styles.weight"):
            array = weights.arrays[name]
            scales = weights.arrays.get(f"{name}.scales")
            found.append(array.nbytes + (4 * scales.size if scales is not None else 0))
    return found


def _cache_bytes(weights: Weights, rows: int, position: int) -> list[int]:
    """Bytes that a step reads of the keys, and of the values, of each layer and row."""
    sizes, width = weights.sizes, 4 if weights.cache_scales is None else 1
    return [width * sizes.key_heads * sizes.head * position] * (2 * sizes.layers * rows)


def _same_bytes(*groups: list[int]) -> Step:
    arrays = [np.ones(max(size // 8, 1), dtype=np.int64) for group in groups for size in group]

    def read() -> object:
        return [array.max() for array in arrays]

    return read


def _fresh_bytes(size: int) -> Step:
    region = np.ones(_BEYOND_CACHES // 8, dtype=np.int64)
    at = 0

    def read() -> object:
        nonlocal at
        if at + size // 8 > len(region):
            at = 0
        at += size // 8
        return region[at - size // 8 : at].max()

    return read


def _inputs(rows: int, n: int, seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    tokens, features = rng.integers(0, SIZE, (rows, n)), rng.integers(0, FEATURES, (rows, n, SLOTS))
    features[..., STYLE_SLOT] = 1
    return tokens, features


def _engine_step(engine: Engine, rows: int, position: int, seed: int) -> Step:
    start = engine.begin(1)
    start.feed(*_inputs(1, position, seed))
    state = start.fork(rows)
    tokens, features = _inputs(rows, 1, seed + 1)

    def step() -> object:
        state.truncate(position)
        return state.feed(tokens, features)

    return step


def _numpy_step(weights: Weights, rows: int, position: int, seed: int) -> Step:
    decoder = NumpyDecoder(weights, rows)
    tokens, features = _inputs(1, position, seed)
    for start in range(0, position, 125):
        part = slice(start, start + 125)
        decoder.feed(np.repeat(tokens[:, part], rows, axis=0), np.repeat(features[:, part], rows, axis=0))
    tokens, features = _inputs(rows, 1, seed + 1)

    def step() -> object:
        decoder.length = position
        return decoder.feed(tokens, features)

    return step


def _torch_decoder(weights: Weights) -> Callable[[int, int, int], Step] | None:
    """Steps of the same network in torch, eagerly, with a cache in place; None where torch is missing."""
    try:
        import torch
        from torch.nn import functional
    except ImportError:
        return None
    torch.set_num_threads(1)
    sizes = weights.sizes
    arrays = {name: torch.from_numpy(weights.floats(name)) for name in sizes.shapes()}
    openings = weights.openings()
    scales, shift = (torch.from_numpy(each[min(1, len(each) - 1)]) for each in openings)
    half = sizes.head // 2
    angles = torch.arange(weights.context)[:, None] * sizes.rope_base ** (-torch.arange(half) / half)

    def turned(x: Any, at: int) -> Any:
        one, two = x.chunk(2, dim=-1)
        cosine, sine = angles[at].cos(), angles[at].sin()
        return torch.cat([one * cosine - two * sine, two * cosine + one * sine], dim=-1)

    def decoder(rows: int, position: int, seed: int) -> Step:
        cache = torch.randn(
            (sizes.layers, 2, rows, sizes.key_heads, weights.context, sizes.head),
            generator=torch.Generator().manual_seed(seed),
        )  # fmt: skip
        tokens, features = (torch.from_numpy(each) for each in _inputs(rows, 1, seed + 1))

        def step() -> object:
            with torch.inference_mode():
                x = arrays["embedding.weight"][tokens[:, 0]]
                x = x + functional.embedding_bag(features[:, 0], arrays["known.weight"], mode="sum")
                for layer in range(sizes.layers):
                    own = {name: arrays[f"layers.{layer}.{name}.weight"] for name in (
                        "queries", "keys", "values", "joined", "gate", "up", "down"
                    )}  # fmt: skip
                    seen = functional.rms_norm(x, (sizes.width,), scales[2 * layer], 1e-5)
                    keys, values = cache[layer]
                    shape = (rows, -1, sizes.head)
                    keys[:, :, position] = turned(functional.linear(seen, own["keys"]).view(shape), position)
                    values[:, :, position] = functional.linear(seen, own["values"]).view(shape)
                    mixed = functional.scaled_dot_product_attention(
                        turned(functional.linear(seen, own["queries"]).view(shape), position)[:, :, None],
                        keys[:, :, : position + 1], values[:, :, : position + 1], enable_gqa=True,
                    )  # fmt: skip
                    x = x + functional.linear(mixed.reshape(rows, -1), own["joined"])
                    seen = functional.rms_norm(x, (sizes.width,), scales[2 * layer + 1], 1e-5)
                    inner = functional.silu(functional.linear(seen, own["gate"])) * functional.linear(seen, own["up"])
                    x = x + functional.linear(inner, own["down"])
                x = functional.rms_norm(x, (sizes.width,), scales[-1], 1e-5) + shift
                return functional.linear(x, arrays["embedding.weight"])

        return step

    return decoder


if __name__ == "__main__":
    main()
