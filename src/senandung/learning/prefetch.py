"""Training windows made ahead by other processes: on a GPU one process reads tokens too slowly.

The windows of a step depend on its number and the seed alone, so it does not matter who makes them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from senandung.learning.pack import Packed, load_folder
from senandung.learning.windows import Batch, Sampler


def batch_of_step(sets: Mapping[str, Packed], length: int, windows: int, seed: int, step: int) -> Batch:
    """The windows of a training step."""
    return Sampler(sets, length, seed=step_seed(seed, step)).batch(windows)


def step_seed(seed: int, step: int) -> int:
    """A seed a step: windows and dropout do not depend on how a run was cut into calls.

    >>> step_seed(1, 5) != step_seed(2, 5)
    True
    """
    return seed * 1_000_003 + step


_SETS: dict[str, Packed] = {}


def _load(packed: Path) -> None:
    _SETS.update(load_folder(packed)["train"])


def _make(length: int, windows: int, seed: int, step: int) -> Batch:
    return batch_of_step(_SETS, length, windows, seed, step)


@dataclass
class Prefetch:
    """Makes the windows of the next steps in `workers` processes that read the packed folder. Close it after use."""

    packed: Path
    length: int
    windows: int
    seed: int
    workers: int
    ahead: dict[int, Future[Batch]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pool = ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), initializer=_load, initargs=(self.packed,)
        )

    def batch(self, step: int) -> Batch:
        """The windows of a step."""
        for coming in range(step, step + 2 * self.workers):
            if coming not in self.ahead:
                self.ahead[coming] = self.pool.submit(_make, self.length, self.windows, self.seed, coming)
        return self.ahead.pop(step).result()

    def __enter__(self) -> Prefetch:
        return self

    def __exit__(self, *error: Any) -> None:
        self.pool.shutdown(cancel_futures=True)
