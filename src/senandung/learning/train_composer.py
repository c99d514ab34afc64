"""Trains the composer's network from a packed corpus, on a CPU or on one GPU, in one call or in many.

    python -m senandung.learning.train_composer --packed DIR --out DIR --config tiny --minutes 8 --seed 1

A call trains for `--minutes` or until `--steps`, saves `checkpoint.pt` (network, optimiser, averages, step), the
averaged weights as `weights-*.safetensors` (float16) and `log.jsonl`; the next call with the same `--out` goes on.
`--weights DIR` begins from saved weights with a fresh optimiser. The step alone decides the rate and the windows drawn:
the same seed and the same machine give the same run, however it is cut into calls.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from senandung.composing.decoding.engine_weights import FILE_NAME, load_weights
from senandung.composing.pieces import vocabulary
from senandung.learning import evaluate
from senandung.learning.network import CONFIGS, Composer, NetworkConfig, count_parameters, load_arrays, to_arrays
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.optimiser import Optimisers
from senandung.learning.pack import Packed, load_folder
from senandung.learning.prefetch import Prefetch, batch_of_step, step_seed
from senandung.learning.tensors import load_pieces, save_in_pieces
from senandung.learning.windows import Batch


@dataclass(frozen=True)
class Training:
    """How a network is trained. `windows` of `length` tokens a step; `rate` is the layers' (Muon) and `other_rate` that
    of embeddings and norms (AdamW). Both rise over `warmup` steps, stay, and over the last `falling` share of `steps`
    fall in a line to `last_rate` of themselves: while they stay, `steps` may still be changed. `average` is the decay
    of the averaged weights."""

    steps: int = 4000
    windows: int = 4
    length: int = 1024
    rate: float = 2e-2
    other_rate: float = 3e-3
    last_rate: float = 0.02
    falling: float = 0.3
    warmup: int = 50
    weight_decay: float = 0.05
    clip: float = 1.0
    average: float = 0.98
    seed: int = 1


def rate_share(training: Training, step: int) -> float:
    """The share of the full learning rates at a step, from 0.

    >>> plan = Training(warmup=10, steps=100, falling=0.5, last_rate=0.0)
    >>> [round(rate_share(plan, step), 2) for step in (0, 9, 50, 75, 100)]
    [0.1, 1.0, 1.0, 0.5, 0.0]
    """
    begins = training.steps * (1 - training.falling)
    done = min(max((step - begins) / max(training.steps - begins, 1e-9), 0.0), 1.0)
    return min((step + 1) / training.warmup, 1.0) * (1 - done * (1 - training.last_rate))


class Trainer:
    """A network in training; `run` goes on from wherever it is.

    `batch_of` gives the windows of a step; without it they are drawn from `sets` here.
    """

    def __init__(
        self,
        config: NetworkConfig,
        training: Training,
        sets: dict[str, Packed],
        *,
        device: str = "cpu",
        compiled: bool = False,
        batch_of: Callable[[int], Batch] | None = None,
    ) -> None:
        self.config, self.training, self.device = config, training, device
        self.batch_of = batch_of or partial(batch_of_step, sets, training.length, training.windows, training.seed)
        self.model = Composer(config, seed=training.seed).to(device)
        self.states = torch.compile(self.model.states) if compiled else self.model.states
        self.averaged = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
        self.optimiser = Optimisers(
            self.model.named_parameters(),
            matrix_rate=training.rate,
            other_rate=training.other_rate,
            weight_decay=training.weight_decay,
        )
        self.step = 0
        self.seen = 0

    def run(
        self,
        *,
        minutes: float = 1e9,
        steps: int | None = None,
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Train for `minutes` or up to step `steps`; what is returned and told to `progress` every 50 steps."""
        until = time.monotonic() + 60 * minutes
        last = min(steps if steps is not None else self.training.steps, self.training.steps)
        told: list[dict[str, Any]] = []
        total = torch.zeros((), device=self.device)
        begun, count = time.monotonic(), 0
        while self.step < last and time.monotonic() < until:
            total += self._one()
            count += 1
            if self.step % 50 == 0 or self.step == last:
                pace = count * self.training.windows * self.training.length / (time.monotonic() - begun)
                row = {
                    "step": self.step, "tokens": self.seen, "loss": round(float(total) / count, 4),
                    "rate": round(rate_share(self.training, self.step), 4), "tokens_per_second": round(pace),
                }  # fmt: skip
                told.append(row)
                if progress:
                    progress(row)
                total.zero_()
                begun, count = time.monotonic(), 0
        return told

    def _one(self) -> Any:
        training = self.training
        torch.manual_seed(step_seed(training.seed, self.step))
        batch = self.batch_of(self.step)
        tokens = torch.from_numpy(batch.tokens).to(self.device)
        features = torch.from_numpy(batch.features).to(self.device).long()
        wanted = torch.from_numpy(batch.wanted).to(self.device)
        targets = torch.where(wanted, tokens[:, 1:], -100)
        self.model.train()
        with torch.autocast(self.device, dtype=torch.bfloat16):
            states = self.states(tokens[:, :-1], features)
            chosen = targets >= 0
            logits = functional.linear(states[chosen], self.model.embedding.weight)
        loss = functional.cross_entropy(logits.float(), targets[chosen])
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), training.clip)
        self.optimiser.step(rate_share(training, self.step))
        decay = min(training.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for name, value in self.model.state_dict().items():
                self.averaged[name].lerp_(value, 1 - decay)
        self.step += 1
        self.seen += int(batch.wanted.size)
        return loss.detach()

    def averaged_model(self) -> Composer:
        """A network with the averaged weights."""
        model: Composer = Composer(self.config).to(self.device)
        model.load_state_dict(self.averaged)
        return model

    def save(self, folder: Path) -> None:
        """Write the checkpoint and the averaged weights. Inverse of `load`."""
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "averaged": self.averaged,
            "step": self.step, "seen": self.seen, "config": self.config.plain(),
        }  # fmt: skip
        part = folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(folder / "checkpoint.pt")
        facts = {
            "config": json.dumps(self.config.plain()), "step": str(self.step), "tokens": str(self.seen),
            "vocabulary": str(vocabulary.VERSION), "seed": str(self.training.seed),
        }  # fmt: skip
        save_in_pieces(to_arrays(self.averaged_model()), folder, facts)

    def load(self, folder: Path) -> None:
        """Go on from a checkpoint."""
        state = torch.load(folder / "checkpoint.pt", map_location=self.device, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.averaged = state["averaged"]
        self.step, self.seen = state["step"], state["seen"]

    def warm_start(self, folder: Path) -> None:
        """Begin from saved weights, a training's or the shipped ones, with a fresh optimiser and step 0."""
        if (folder / FILE_NAME).exists():
            shipped = load_weights(folder / FILE_NAME)
            arrays = {name: shipped.floats(name) for name in shipped.sizes.shapes()}
        else:
            arrays, _ = load_pieces(folder)
        load_arrays(self.model, arrays)
        self.averaged = {name: value.detach().clone() for name, value in self.model.state_dict().items()}


Others = Callable[[Mapping[str, Packed], Mapping[str, Batch]], Mapping[str, evaluate.Measure]]
"""From the training part and the held-out windows, what the network is measured beside."""


def ngram_alone(train: Mapping[str, Packed], _held: Mapping[str, Batch]) -> dict[str, evaluate.Measure]:
    """The n-gram, counted on the whole training part."""
    counted = TokenNgram.fit(token_stream(train))
    return {"n-gram": lambda batch: evaluate.ngram_nats(counted, batch)}


def measure(
    trainer: Trainer, packed: Mapping[str, Mapping[str, Packed]], *, windows: int, others: Others | None = ngram_alone
) -> dict[str, Any]:
    """The table of nats a note by set beside `others`, the gate, and how far the training had come."""
    held = evaluate.windows_by_set(packed["valid"], trainer.training.length, windows)
    model = trainer.averaged_model()

    def network(batch: Batch) -> evaluate.Nats:
        return evaluate.network_nats(model, batch, device=trainer.device)

    measures: dict[str, evaluate.Measure] = {"network": network}
    if others is not None:
        measures |= others(packed["train"], held)
    rows = evaluate.table(held, measures)
    return {
        "table": rows, "markdown": evaluate.as_markdown(rows, tuple(measures)), "gate": evaluate.gate(held, network),
        "step": trainer.step, "tokens": trainer.seen, "config": trainer.config.plain(),
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    """The command; see the module."""
    usual = Training()
    parser = argparse.ArgumentParser(description="Train the composer's network from a packed corpus.")
    parser.add_argument("--packed", type=Path, required=True, help="folder that senandung.learning.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoint, weights and log")
    parser.add_argument("--config", choices=sorted(CONFIGS), default="tiny")
    parser.add_argument("--dropout", type=float, help="other than the configuration's")
    parser.add_argument("--minutes", type=float, default=1e9, help="how long this call trains")
    parser.add_argument("--steps", type=int, default=usual.steps, help="steps of the whole training, over all calls")
    parser.add_argument("--windows", type=int, default=usual.windows, help="windows a step")
    parser.add_argument("--length", type=int, default=usual.length, help="tokens a window")
    parser.add_argument("--rate", type=float, default=usual.rate, help="learning rate of the layers")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--weights", type=Path, help="begin from the weights in this folder")
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves it to torch")
    parser.add_argument("--workers", type=int, default=0, help="processes that make windows ahead (GPU: one a core)")
    parser.add_argument("--device", default="", help="cuda or cpu; the best there is without")
    parser.add_argument("--compile", action="store_true", help="compile the network first (GPU)")
    parser.add_argument("--no-ngram", action="store_true", help="measure without counting the n-gram")
    parser.add_argument("--measure-windows", type=int, default=32, help="held-out windows a set; 0 measures nothing")
    parser.add_argument("--only-measure", action="store_true", help="no training: measure the checkpoint")
    options = parser.parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    device = options.device or ("cuda" if torch.cuda.is_available() else "cpu")
    packed = load_folder(options.packed)
    config = CONFIGS[options.config]
    if options.dropout is not None:
        config = replace(config, dropout=options.dropout)
    training = Training(
        steps=options.steps, windows=options.windows, length=options.length, rate=options.rate, seed=options.seed
    )
    with ExitStack() as stack:
        batch_of = None
        if options.workers and not options.only_measure:
            reader = Prefetch(options.packed, options.length, options.windows, options.seed, options.workers)
            batch_of = stack.enter_context(reader).batch
        trainer = Trainer(config, training, packed["train"], device=device, compiled=options.compile, batch_of=batch_of)
        _train(trainer, options)
    if options.measure_windows:
        others = None if options.no_ngram else ngram_alone
        found = measure(trainer, packed, windows=options.measure_windows, others=others)
        (options.out / "measured.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        sys.stdout.write(found["markdown"] + "\n" + json.dumps(found["gate"], indent=1) + "\n")


def _train(trainer: Trainer, options: argparse.Namespace) -> None:
    if (options.out / "checkpoint.pt").exists():
        trainer.load(options.out)
    elif options.weights:
        trainer.warm_start(options.weights)
    options.out.mkdir(parents=True, exist_ok=True)

    def tell(row: dict[str, Any]) -> None:
        line = json.dumps(row)
        with (options.out / "log.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        sys.stderr.write(line + "\n")
        if row.get("step", 1) % 200 == 0:
            trainer.save(options.out)

    if not options.only_measure:
        tell({"parameters": count_parameters(trainer.model), "device": trainer.device, "config": options.config})
        trainer.run(minutes=options.minutes, progress=tell)
        trainer.save(options.out)


if __name__ == "__main__":
    main()
