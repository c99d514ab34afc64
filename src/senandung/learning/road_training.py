"""The stages of the road that need torch: training in slices, and measuring."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch

from senandung.files.writing import write_atomically
from senandung.learning import evaluate, train_composer
from senandung.learning.network import CONFIGS, count_parameters
from senandung.learning.pack import Packed, load_folder
from senandung.learning.prefetch import Prefetch
from senandung.learning.retrieval import DEVELOPMENT, CopyModel, copy_measures
from senandung.learning.train_composer import Trainer, Training
from senandung.learning.windows import Batch

_SLICE = 25
"""Steps between looks at the clock."""

_SAVE_EVERY = 120.0
"""Seconds of training that a stopped call loses at most, beside its last slice."""


class _Recipe(Protocol):
    @property
    def steps(self) -> int: ...
    @property
    def windows(self) -> int: ...
    @property
    def length(self) -> int: ...


@dataclass(frozen=True)
class TrainingPlan:
    """A training of a packed corpus: where it lies, where it goes, how; `facts` tell it from others."""

    packed: Path
    folder: Path
    config: str
    training: Training
    facts: Mapping[str, Any]

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return self.training.steps


@dataclass(frozen=True)
class Trained:
    """How far a training has come, and whether this call carried it on."""

    step: int
    tokens: int
    went_on: bool


def usual_config() -> str:
    """The configuration for this machine."""
    return "full" if torch.cuda.is_available() else "small"


def plan(
    packed: Path, folder: Path, config: str, recipe: _Recipe, *, steps: int | None, seed: int
) -> TrainingPlan:  # fmt: skip
    """The training of a configuration by its recipe."""
    training = Training(steps=steps or recipe.steps, windows=recipe.windows, length=recipe.length, seed=seed)
    facts = {"configuration": config, "seed": seed}
    return TrainingPlan(packed, folder, config, training, facts)


def train(
    plan: TrainingPlan, *, minutes: float | None = None, progress: Callable[[str, float], None] | None = None
) -> Trained:
    """Train until the plan's steps or for some minutes, and save; a finished training is left as it is."""
    with ExitStack() as stack:
        return _train(_trainer(plan, stack), plan, minutes, progress)


def _train(
    trainer: Trainer, plan: TrainingPlan, minutes: float | None, progress: Callable[[str, float], None] | None
) -> Trained:
    first = trainer.step
    if trainer.step >= plan.steps:
        return Trained(trainer.step, trainer.seen, went_on=False)
    plan.folder.mkdir(parents=True, exist_ok=True)
    log = plan.folder / "log.jsonl"
    _append(log, {"parameters": count_parameters(trainer.model), "device": trainer.device, "config": plan.config})
    begun = saved = time.monotonic()
    until = begun + 60 * minutes if minutes is not None else float("inf")
    loss = ""

    def told(row: dict[str, Any]) -> None:
        nonlocal loss
        loss = f", loss {row['loss']:.2f}, {row['tokens_per_second']} tokens/s"
        _append(log, row)

    while trainer.step < plan.steps and time.monotonic() < until:
        if progress:
            spent = 0.0 if minutes is None else (time.monotonic() - begun) / (60 * minutes)
            progress(f"training, step {trainer.step} of {plan.steps}{loss}", max(spent, trainer.step / plan.steps))
        trainer.run(steps=trainer.step + _SLICE, minutes=(until - time.monotonic()) / 60, progress=told)
        if time.monotonic() - saved > _SAVE_EVERY:
            trainer.save(plan.folder)
            saved = time.monotonic()
    trainer.save(plan.folder)
    return Trained(trainer.step, trainer.seen, went_on=trainer.step > first)


def measure(plan: TrainingPlan, windows: int) -> dict[str, Any]:
    """Measure the averaged weights on held-out windows, beside the n-gram and a model that copies, and write
    `measured.json`."""
    found = train_composer.measure(_trainer(plan), load_folder(plan.packed), windows=windows, others=_baselines)
    write_atomically(plan.folder / "measured.json", json.dumps(found, indent=1).encode())
    return found


def _baselines(train: Mapping[str, Packed], held: Mapping[str, Batch]) -> dict[str, evaluate.Measure]:
    """The n-gram, and copying where there are pieces enough to fit it."""
    if max(packed.pieces for packed in train.values()) < DEVELOPMENT:
        return train_composer.ngram_alone(train, held)
    copier = CopyModel.fit(train)
    return {"n-gram": lambda batch: evaluate.ngram_nats(copier.ngram, batch), **copy_measures(copier, held)}


def _trainer(plan: TrainingPlan, stack: ExitStack | None = None) -> Trainer:
    """The training where it stands. With `stack`, to go on: on a GPU other processes make its windows until it closes,
    and the network is compiled."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    training, ahead = plan.training, None
    if device == "cuda" and stack is not None:
        workers = max((os.cpu_count() or 2) - 1, 1)
        reader = Prefetch(plan.packed, training.length, training.windows, training.seed, workers)
        ahead = stack.enter_context(reader).batch
    sets = load_folder(plan.packed)["train"]
    trainer = Trainer(CONFIGS[plan.config], training, sets, device=device, compiled=ahead is not None, batch_of=ahead)
    if (plan.folder / "checkpoint.pt").exists():
        trainer.load(plan.folder)
    return trainer


def _append(path: Path, row: Mapping[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")
