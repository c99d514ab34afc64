"""One training of a packed corpus: begun or gone on with, carried on for some minutes, saved, measured.

Every command that trains goes through here: `senandung train composer` (`road`) and, for machines that have the packed
tokens only, `train_composer`. They differ in the plan alone.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from senandung.files.writing import write_atomically
from senandung.learning import evaluate
from senandung.learning.network import NetworkConfig, count_parameters
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.pack import Packed, load_folder
from senandung.learning.prefetch import Prefetch
from senandung.learning.retrieval import DEVELOPMENT, CopyModel, copy_measures
from senandung.learning.trainer import CHECKPOINT, Trainer, Training
from senandung.learning.windows import Batch

TOLD_EVERY = 25
"""Steps between rows of the log."""

SAVE_EVERY = 120.0
"""Seconds of training that a stopped call loses at most, beside the steps since the last row."""


@dataclass(frozen=True)
class TrainingPlan:
    """A training: the packed corpus, the folder of checkpoint, weights and log, the name of the configuration and its
    sizes, and how it is trained. It begins from `weights` where they are given and there is no checkpoint. `device` is
    the best there is without; `workers` processes make windows ahead; `compiled` compiles the network first."""

    packed: Path
    folder: Path
    name: str
    config: NetworkConfig
    training: Training
    weights: Path | None = None
    device: str = ""
    workers: int = 0
    compiled: bool = False


@dataclass(frozen=True)
class Reached:
    """Where a training stands: the share of this call that is done, 0..1, and the newest row of its log."""

    step: int
    steps: int
    share: float
    row: Mapping[str, Any] | None


@dataclass(frozen=True)
class Trained:
    """How far a training has come, and whether this call carried it on."""

    step: int
    tokens: int
    went_on: bool


def best_device() -> str:
    """`cuda` where torch finds a GPU, else `cpu`."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def for_this_machine(plan: TrainingPlan) -> TrainingPlan:
    """The plan as this machine carries it out best: on a GPU every core but one makes windows ahead, and the network is
    compiled."""
    if best_device() == "cpu":
        return plan
    return replace(plan, workers=max((os.cpu_count() or 2) - 1, 1), compiled=True)


def train(
    plan: TrainingPlan,
    *,
    minutes: float | None = None,
    until: int | None = None,
    progress: Callable[[Reached], None] | None = None,
) -> Trained:
    """Train until the plan's steps, the step `until` or for some minutes, and save; what is finished is left as it is.

    Writes `checkpoint.pt`, `weights-*.safetensors` and rows of `log.jsonl`; `progress` is told each row.
    """
    with ExitStack() as stack:
        batch_of = None
        training = plan.training
        if plan.workers:
            reader = Prefetch(plan.packed, training.length, training.windows, training.seed, plan.workers)
            batch_of = stack.enter_context(reader).batch
        trainer = _trainer(plan, load_folder(plan.packed)["train"], batch_of)
        last = min(until or training.steps, training.steps)
        return _carry_on(trainer, plan, last, minutes, progress or _silent)


def _trainer(
    plan: TrainingPlan, sets: dict[str, Packed], batch_of: Callable[[int], Batch] | None = None, compiled: bool = True
) -> Trainer:
    """The training where it stands: at its checkpoint, at the weights that it begins from, or at the beginning."""
    trainer = Trainer(
        plan.config, plan.training, sets,
        device=plan.device or best_device(), compiled=plan.compiled and compiled, batch_of=batch_of,
    )  # fmt: skip
    if (plan.folder / CHECKPOINT).exists():
        trainer.load(plan.folder)
    elif plan.weights is not None:
        trainer.warm_start(plan.weights)
    return trainer


def _carry_on(
    trainer: Trainer, plan: TrainingPlan, last: int, minutes: float | None, progress: Callable[[Reached], None]
) -> Trained:
    first, steps = trainer.step, plan.training.steps
    if first >= last:
        return Trained(first, trainer.seen, went_on=False)
    plan.folder.mkdir(parents=True, exist_ok=True)
    begun = saved = time.monotonic()

    def tell(row: Mapping[str, Any] | None) -> None:
        nonlocal saved
        now = time.monotonic()
        spent = 0.0 if minutes is None else (now - begun) / (60 * minutes)
        if row is not None:
            with (plan.folder / "log.jsonl").open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
        progress(Reached(trainer.step, steps, min(max(spent, trainer.step / steps), 1.0), row))
        if now - saved > SAVE_EVERY:
            trainer.save(plan.folder)
            saved = now

    tell({"parameters": count_parameters(trainer.model), "device": trainer.device, "config": plan.name})
    trainer.run(minutes=1e9 if minutes is None else minutes, steps=last, every=TOLD_EVERY, progress=tell)
    trainer.save(plan.folder)
    return Trained(trainer.step, trainer.seen, went_on=trainer.step > first)


def _silent(_reached: Reached) -> None:
    """Tells nobody."""


# measuring

Others = Callable[[Mapping[str, Packed], Mapping[str, Batch]], Mapping[str, evaluate.Measure]]
"""From the training part and the held-out windows, what the network is measured beside."""


def _nothing(_train: Mapping[str, Packed], _held: Mapping[str, Batch]) -> dict[str, evaluate.Measure]:
    return {}


def _ngram(train: Mapping[str, Packed], _held: Mapping[str, Batch]) -> dict[str, evaluate.Measure]:
    counted = TokenNgram.fit(token_stream(train))
    return {"n-gram": lambda batch: evaluate.ngram_nats(counted, batch)}


def _copying(train: Mapping[str, Packed], held: Mapping[str, Batch]) -> dict[str, evaluate.Measure]:
    if max(packed.pieces for packed in train.values()) < DEVELOPMENT:
        return _ngram(train, held)
    copier = CopyModel.fit(train)
    return {"n-gram": lambda batch: evaluate.ngram_nats(copier.ngram, batch), **copy_measures(copier, held)}


BESIDE: Mapping[str, Others] = MappingProxyType({"nothing": _nothing, "n-gram": _ngram, "copying": _copying})
"""What the network is measured beside: nothing; the n-gram, counted on the whole training part; that and a model that
copies, where there are pieces enough to fit it."""


def measure(plan: TrainingPlan, windows: int, *, beside: str = "copying") -> dict[str, Any]:
    """Measure the averaged weights on `windows` held-out windows a set and write `measured.json`: the table of nats a
    note by set beside one of `BESIDE`, the gate, and how far the training had come."""
    packed = load_folder(plan.packed)
    trainer = _trainer(plan, packed["train"], compiled=False)
    held = evaluate.windows_by_set(packed["valid"], trainer.training.length, windows)
    model = trainer.averaged_model()

    def network(batch: Batch) -> evaluate.Nats:
        return evaluate.network_nats(model, batch, device=trainer.device)

    measures: dict[str, evaluate.Measure] = {"network": network, **BESIDE[beside](packed["train"], held)}
    rows = evaluate.table(held, measures)
    found = {
        "table": rows, "markdown": evaluate.as_markdown(rows, tuple(measures)), "gate": evaluate.gate(held, network),
        "step": trainer.step, "tokens": trainer.seen, "config": trainer.config.plain(),
    }  # fmt: skip
    plan.folder.mkdir(parents=True, exist_ok=True)
    write_atomically(plan.folder / "measured.json", json.dumps(found, indent=1).encode())
    return found
