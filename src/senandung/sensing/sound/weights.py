"""The learned readers of recordings, as they are shipped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np

from senandung.files.tensors import load_tensors, save_tensors
from senandung.sensing.sound.crowd import CrowdReader
from senandung.sensing.sound.steady import SteadyReader

FILE_NAME = "hearing.safetensors"


def save_readers(steady: SteadyReader, crowd: CrowdReader, path: Path, facts: dict[str, str] | None = None) -> None:
    """Write both readers as one file. Inverse of `load_readers`."""
    tensors = {f"steady.{name}": value for name, value in steady.tensors().items()}
    tensors |= {f"crowd.{name}": value for name, value in crowd.tensors().items()}
    save_tensors({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path, facts)


def load_readers(path: Path) -> tuple[SteadyReader, CrowdReader]:
    """Both readers of a file. Inverse of `save_readers`."""
    tensors, _ = load_tensors(path)
    parts = [
        {name.removeprefix(kind): value for name, value in tensors.items() if name.startswith(kind)}
        for kind in ("steady.", "crowd.")
    ]
    return SteadyReader.from_tensors(parts[0]), CrowdReader.from_tensors(parts[1])


@cache
def shipped_readers() -> tuple[SteadyReader, CrowdReader]:
    """The readers of the package."""
    with resources.as_file(resources.files("senandung.weights") / FILE_NAME) as path:
        return load_readers(path)
