"""A network in training: what a step is, and what is saved of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from senandung.composing.decoding.engine_weights import FILE_NAME, load_weights
from senandung.composing.pieces import vocabulary
from senandung.domain.errors import FileError
from senandung.learning.network import Composer, NetworkConfig, load_arrays, to_arrays
from senandung.learning.optimiser import Optimisers
from senandung.learning.pack import Packed
from senandung.learning.prefetch import batch_of_step, step_seed
from senandung.learning.tensors import load_pieces, save_in_pieces
from senandung.learning.windows import Batch

CHECKPOINT = "checkpoint.pt"

STYLES = "styles.weight"
"""What older weights have not: zeros are the same network."""


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
        every: int = 50,
        progress: Callable[[dict[str, Any]], None] | None = None,
    ) -> list[dict[str, Any]]:
        """Train for `minutes` or up to step `steps`; what is returned and told to `progress` every `every` steps."""
        until = time.monotonic() + 60 * minutes
        last = min(steps if steps is not None else self.training.steps, self.training.steps)
        told: list[dict[str, Any]] = []
        total = torch.zeros((), device=self.device)
        begun, count = time.monotonic(), 0
        while self.step < last and time.monotonic() < until:
            total += self._one()
            count += 1
            if self.step % every == 0 or self.step == last:
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
        part.replace(folder / CHECKPOINT)
        facts = {
            "config": json.dumps(self.config.plain()), "step": str(self.step), "tokens": str(self.seen),
            "vocabulary": str(vocabulary.VERSION), "seed": str(self.training.seed),
        }  # fmt: skip
        save_in_pieces(to_arrays(self.averaged_model()), folder, facts)

    def load(self, folder: Path) -> None:
        """Go on from a checkpoint. Raises `FileError` where it is of a network of other sizes."""
        path = folder / CHECKPOINT
        state = torch.load(path, map_location=self.device, weights_only=True)
        mine = self.config.plain()
        other = [name for name in mine if name != "dropout" and state["config"].get(name) != mine[name]]
        if other:
            raise FileError(
                path, f"a training of another network ({', '.join(other)}); its weights can begin a new one"
            )
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
        wanted = {name: tuple(value.shape) for name, value in self.model.state_dict().items()}
        found = {name: array.shape for name, array in arrays.items()}
        other = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        if other:
            raise FileError(folder, f"weights of another network: {other[0]} is {found.get(other[0])}, "
                                    f"must be {wanted.get(other[0])}")  # fmt: skip
        load_arrays(self.model, arrays)
        self.averaged = {name: value.detach().clone() for name, value in self.model.state_dict().items()}
