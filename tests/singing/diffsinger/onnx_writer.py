"""Writes ONNX graphs as bytes: the few messages of the format that made-up voicebanks need, without the package `onnx`.

https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (the messages and their field numbers);
https://protobuf.dev/programming-guides/encoding (how they become bytes).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_TYPES = {"float32": 1, "int64": 7, "bool": 9}
"""TensorProto.DataType of numpy's types."""

_IR_VERSION, _OPSET = 10, 21

Attribute = int | float | str | tuple[int, ...]


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(tag: int, value: int) -> bytes:
    return _varint(tag << 3) + _varint(value)


def _bytes(tag: int, value: bytes) -> bytes:
    return _varint(tag << 3 | 2) + _varint(len(value)) + value


def _text(tag: int, value: str) -> bytes:
    return _bytes(tag, value.encode())


def _attribute(name: str, value: Attribute) -> bytes:
    match value:
        case int():
            return _text(1, name) + _number(3, value) + _number(20, 2)
        case float():
            return _text(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)
        case str():
            return _text(1, name) + _text(4, value) + _number(20, 3)
        case _:
            return _text(1, name) + b"".join(_number(8, each) for each in value) + _number(20, 7)


def _value(name: str, kind: str, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(_bytes(1, _number(1, each) if isinstance(each, int) else _text(2, each)) for each in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _TYPES[kind]) + _bytes(2, dims)))


@dataclass
class Graph:
    """A graph under construction; every method that adds a node returns the name of what it computes."""

    _parts: list[bytes] = field(default_factory=list)
    _count: int = 0

    def input(self, name: str, kind: str, shape: Sequence[int | str]) -> str:
        """An input of a numpy type such as `int64`; a str in the shape is a length known only when run."""
        self._parts.append(_bytes(11, _value(name, kind, shape)))
        return name

    def output(self, name: str, kind: str, shape: Sequence[int | str]) -> None:
        """Declare a computed value as output."""
        self._parts.append(_bytes(12, _value(name, kind, shape)))

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        """Weights or another fixed array."""
        dims = b"".join(_number(1, each) for each in array.shape)
        body = dims + _number(2, _TYPES[str(array.dtype)]) + _text(8, name) + _bytes(9, array.tobytes())
        self._parts.append(_bytes(5, body))
        return name

    def node(self, kind: str, *inputs: str, called: str = "", **attributes: Attribute) -> str:
        """An operator; the name of its output."""
        self._count += 1
        name = called or f"{kind}_{self._count}"
        body = b"".join(_text(1, each) for each in inputs) + _text(2, name)
        body += _text(3, f"{kind}_{self._count}") + _text(4, kind)
        body += b"".join(_bytes(5, _attribute(*each)) for each in attributes.items())
        self._parts.append(_bytes(1, body))
        return name

    def to_bytes(self) -> bytes:
        """The model, ready for an inference session."""
        graph = _text(2, "made-up") + b"".join(self._parts)
        return _number(1, _IR_VERSION) + _text(2, "senandung") + _bytes(7, graph) + _bytes(8, _number(2, _OPSET))
