"""Arrays in the safetensors format: a length, a JSON header, the bytes of every array.

https://huggingface.co/docs/safetensors (format). Written here so that neither torch nor another package is needed.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError

_NAMES = {"float16": "F16", "float32": "F32", "int8": "I8", "uint8": "U8", "int64": "I64"}
_TYPES = {name: kind for kind, name in _NAMES.items()}


def save_tensors(tensors: Mapping[str, NDArray[Any]], path: Path, facts: Mapping[str, str] | None = None) -> None:
    """Write arrays, with `facts` as metadata. Inverse of `load_tensors`."""
    header: dict[str, Any] = {"__metadata__": dict(facts or {})}
    at = 0
    for name in sorted(tensors):
        array = tensors[name]
        header[name] = {
            "dtype": _NAMES[str(array.dtype)], "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]
        }  # fmt: skip
        at += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as stream:
        stream.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(tensors):
            stream.write(np.ascontiguousarray(tensors[name]).tobytes())


def load_tensors(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """The arrays and the facts of a file. Inverse of `save_tensors`."""
    data = path.read_bytes()
    try:
        (size,) = struct.unpack("<Q", data[:8])
        header = json.loads(data[8 : 8 + size])
        facts = header.pop("__metadata__", {})
        body = memoryview(data)[8 + size :]
        tensors = {
            name: np.frombuffer(body[slice(*row["data_offsets"])], dtype=_TYPES[row["dtype"]]).reshape(row["shape"])
            for name, row in header.items()
        }
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileError(path, f"not a safetensors file: {error}") from error
    return tensors, facts
