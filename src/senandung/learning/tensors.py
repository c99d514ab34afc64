"""A network's weights in pieces small enough for a repository, in the safetensors format (`files.tensors`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from senandung.domain.errors import FileError
from senandung.files.tensors import load_tensors, save_tensors


def save_in_pieces(
    tensors: Mapping[str, NDArray[Any]], folder: Path, facts: Mapping[str, str], *, most_bytes: int = 15_000_000
) -> list[Path]:
    """Write arrays as weights-1.safetensors, weights-2.safetensors…, each of at most `most_bytes` of arrays."""
    groups: list[dict[str, NDArray[Any]]] = [{}]
    size = 0
    for name in sorted(tensors):
        if groups[-1] and size + tensors[name].nbytes > most_bytes:
            groups.append({})
            size = 0
        groups[-1][name] = tensors[name]
        size += tensors[name].nbytes
    for stale in folder.glob("weights-*.safetensors"):
        stale.unlink()
    paths = []
    for index, group in enumerate(groups, start=1):
        paths.append(folder / f"weights-{index}.safetensors")
        save_tensors(group, paths[-1], facts)
    return paths


def load_pieces(folder: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays of all pieces in a folder. Inverse of `save_in_pieces`."""
    paths = sorted(folder.glob("weights-*.safetensors"))
    if not paths:
        raise FileError(folder, "no weights-*.safetensors here")
    tensors: dict[str, NDArray[Any]] = {}
    facts: dict[str, str] = {}
    for path in paths:
        here, facts = load_tensors(path)
        tensors.update(here)
    return tensors, facts
