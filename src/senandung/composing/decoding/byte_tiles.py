"""Products of a tile of bytes and some vectors of bytes, written for LLVM: functions for what numba compiles.

Stored bytes lie in tiles: 64 rows side by side, four numbers of a row together, (rows / 64, size / 4, 64, 4). Up to
four vectors meet a tile together, so it is read once, and nothing is summed across lanes. Where the processor adds up
products of bytes four at a time (VPDPBUSD: AVX-512 VNNI, AVX-VNNI) that instruction is used, to which numba finds no
way from a loop; AVX2 adds up products of 16 bits in pairs; elsewhere LLVM's own vectors serve. All give the same whole
numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from senandung.composing.decoding.engine_weights import TILE

_LANES = 16
_LOTS = range(TILE // _LANES)
_INT32, _INT64 = ir.IntType(32), ir.IntType(64)
_INTS, _FLOATS = ir.VectorType(_INT32, _LANES), ir.VectorType(ir.FloatType(), _LANES)
_PAIRS = ir.VectorType(_INT32, 2 * _LANES)


def _instruction() -> str:
    """LLVM's name of the instruction by which this processor adds up products of bytes, or of 16 bits; "" for none."""
    if config.CPU_NAME or config.CPU_FEATURES:  # a person has asked numba for another processor's code
        has = {name[1:]: name[0] == "+" for name in (config.CPU_FEATURES or "").split(",") if name}
    else:
        has = llvm.get_host_cpu_features()
    known = {"avx512vnni": "avx512.vpdpbusd.512", "avxvnni": "avx512.vpdpbusd.256", "avx2": "avx2.pmadd.wd"}
    return next((f"llvm.x86.{name}" for feature, name in known.items() if has.get(feature)), "")


def _sums_kind() -> Any:
    """What sums are kept in: of four products in every lane, or of two, where there is no instruction for four."""
    return _INTS if "vpdpbusd" in _instruction() else _PAIRS


def _in_lanes(builder: Any, sums: Any) -> Any:
    """Sums as `_sums_kind` keeps them, one in every lane."""
    if sums.type == _INTS:
        return sums
    even, odd = (ir.Constant(_INTS, list(range(first, 2 * _LANES, 2))) for first in (0, 1))
    return builder.add(builder.shuffle_vector(sums, sums, even), builder.shuffle_vector(sums, sums, odd))


def _add_fours(builder: Any, sums: Any, unsigned: Any, signed: Any) -> Any:
    """sums plus, in every lane, the products of its four bytes without a sign and its four with one."""
    name = _instruction()
    if "vpdpbusd" in name:
        return _by_parts(builder, name, _INT32, [sums, unsigned, signed])
    narrow, wide = (ir.VectorType(ir.IntType(bits), 4 * _LANES) for bits in (8, 16))
    factors = [
        builder.zext(builder.bitcast(unsigned, narrow), wide), builder.sext(builder.bitcast(signed, narrow), wide)
    ]  # fmt: skip
    if name:
        return builder.add(sums, _by_parts(builder, name, ir.IntType(16), factors))
    product = builder.mul(*factors)  # 255 · 127 and 255 · -128 fit into 16 bits
    for first in (0, 1):
        mask = ir.Constant(_PAIRS, list(range(first, 4 * _LANES, 2)))
        sums = builder.add(sums, builder.sext(builder.shuffle_vector(product, product, mask), _PAIRS))
    return sums


def _by_parts(builder: Any, name: str, number: Any, vectors: Sequence[Any]) -> Any:
    """The results of an instruction for shorter vectors of such numbers, one after the other."""
    bits = 512 if name.endswith(".512") else 256
    kind, result = ir.VectorType(number, bits // number.width), ir.VectorType(_INT32, bits // 32)
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, [kind] * len(vectors)), name)
    parts = []
    for first in range(0, vectors[0].type.count, kind.count):
        mask = ir.Constant(ir.VectorType(_INT32, kind.count), list(range(first, first + kind.count)))
        parts.append(builder.call(function, [builder.shuffle_vector(each, each, mask) for each in vectors]))
    while len(parts) > 1:
        mask = ir.Constant(ir.VectorType(_INT32, 2 * parts[0].type.count), list(range(2 * parts[0].type.count)))
        parts = [builder.shuffle_vector(*pair, mask) for pair in zip(parts[::2], parts[1::2], strict=True)]
    return parts[0]


class _Body:
    """The body of a function for numba while it is written; iterated over, its arguments: pointers for arrays."""

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any) -> None:
        self.builder = builder
        self._values = [
            context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
            for kind, value in zip(signature.args, arguments, strict=True)
        ]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def times(self, one: Any, other: Any) -> Any:
        """The product of two whole numbers."""
        return self.builder.mul(_whole(one), _whole(other))

    def place(self, pointer: Any, *offsets: Any) -> Any:
        """A pointer moved on by numbers of its kind."""
        for offset in offsets:
            pointer = self.builder.gep(pointer, [_whole(offset)])
        return pointer

    def load(self, pointer: Any, kind: Any) -> Any:
        """What stands there, read as another kind."""
        return self.builder.load(self.builder.bitcast(pointer, kind.as_pointer()), align=1)

    def store(self, value: Any, pointer: Any) -> None:
        """Puts a value of any kind there."""
        self.builder.store(value, self.builder.bitcast(pointer, value.type.as_pointer()), align=1)

    def spread(self, value: Any) -> Any:
        """A number in every lane."""
        nothing = ir.Constant(ir.VectorType(value.type, _LANES), ir.Undefined)
        one = self.builder.insert_element(nothing, value, _INT32(0))
        return self.builder.shuffle_vector(one, one, ir.Constant(_INTS, [0] * _LANES))

    def grid(self, count: int, kind: Any) -> list[list[Any]]:
        """Variables for the rows of a tile and `count` vectors, zero."""
        found = [[cgutils.alloca_once(self.builder, kind) for _ in _LOTS] for _ in range(count)]
        self.clear(found)
        return found

    def clear(self, grid: list[list[Any]]) -> None:
        """Sets the variables to zero."""
        for variable in chain.from_iterable(grid):
            self.builder.store(ir.Constant(variable.allocated_type, None), variable)

    def add_products(
        self, sums: list[list[Any]], stored: Any, steps: Any, vectors: Sequence[Any], *, stored_signed: bool
    ) -> None:
        """Add to sums what `steps` fours of the tile and of each vector make."""
        builder = self.builder
        with cgutils.for_range(builder, steps, intp=_INT64) as loop:
            fours = [self.spread(self.load(self.place(each, self.times(loop.index, 4)), _INT32)) for each in vectors]
            for lot in _LOTS:
                numbers = self.load(self.place(stored, self.times(loop.index, 4 * TILE), 4 * _LANES * lot), _INTS)
                for row, four in zip(sums, fours, strict=True):
                    pair = (four, numbers) if stored_signed else (numbers, four)
                    builder.store(_add_fours(builder, builder.load(row[lot]), *pair), row[lot])


def _whole(number: Any) -> Any:
    return _INT64(number) if isinstance(number, int) else number


def _tile_times(count: int) -> Any:
    """`count` vectors times a tile of a matrix, as a function for numba."""

    @intrinsic
    def product(_typing, stored, at, blocks, steps, factors, stride, unit, over, scales, rows, y, first, y_stride):
        """y[t · y_stride + first + row] = the sum over the blocks b of (the sum of stored · factors[t · stride + …]
        − over[t · blocks + b]) · scales[b · rows + first + row] · unit[t · blocks + b]; a block has `steps` fours."""
        size = types.int64
        signature = types.void(stored, size, size, size, factors, size, unit, over, scales, size, y, size, size)

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            body = _Body(context, builder, signature, arguments)
            stored, at, blocks, steps, factors, stride, unit, over, scales, rows, y, first, y_stride = body
            totals, sums = body.grid(count, _FLOATS), body.grid(count, _sums_kind())
            with cgutils.for_range(builder, blocks, intp=_INT64) as loop:
                done = body.times(loop.index, steps)
                here = body.place(stored, at, body.times(done, 4 * TILE))
                vectors = [body.place(factors, body.times(stride, t), body.times(done, 4)) for t in range(count)]
                body.clear(sums)
                body.add_products(sums, here, steps, vectors, stored_signed=False)
                for t in range(count):
                    number = builder.add(body.times(blocks, t), loop.index)
                    worth, less = (body.spread(builder.load(body.place(each, number))) for each in (unit, over))
                    for lot in _LOTS:
                        place = body.place(scales, body.times(loop.index, rows), first, _LANES * lot)
                        scale = builder.fmul(body.load(place, _FLOATS), worth)
                        number = builder.sitofp(
                            builder.sub(_in_lanes(builder, builder.load(sums[t][lot])), less), _FLOATS
                        )
                        total = builder.fadd(builder.load(totals[t][lot]), builder.fmul(number, scale))
                        builder.store(total, totals[t][lot])
            for t in range(count):
                for lot in _LOTS:
                    body.store(
                        builder.load(totals[t][lot]), body.place(y, body.times(y_stride, t), first, _LANES * lot)
                    )
            return context.get_dummy_value()

        return signature, write

    return product


def _tile_sums(count: int, *, stored_signed: bool) -> Any:
    """`count` vectors times a tile of keys or values, in whole numbers, as a function for numba."""

    @intrinsic
    def product(_typing, stored, at, steps, factors, stride, sums, first, sums_stride):
        """sums[t · sums_stride + first + row] = the sum of stored · factors[t · stride + …], `steps` fours of them."""
        size = types.int64
        signature = types.void(stored, size, size, factors, size, sums, size, size)

        def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            body = _Body(context, builder, signature, arguments)
            stored, at, steps, factors, stride, sums, first, sums_stride = body
            found = body.grid(count, _sums_kind())
            vectors = [body.place(factors, body.times(stride, t)) for t in range(count)]
            body.add_products(found, body.place(stored, at), steps, vectors, stored_signed=stored_signed)
            for t in range(count):
                for lot in _LOTS:
                    place = body.place(sums, body.times(sums_stride, t), first, _LANES * lot)
                    body.store(_in_lanes(builder, builder.load(found[t][lot])), place)
            return context.get_dummy_value()

        return signature, write

    return product


times_1, times_2, times_4 = (_tile_times(count) for count in (1, 2, 4))
keys_1, keys_2, keys_4 = (_tile_sums(count, stored_signed=False) for count in (1, 2, 4))
values_1, values_2, values_4 = (_tile_sums(count, stored_signed=True) for count in (1, 2, 4))


@intrinsic
def float_of(_typing, bits):
    """The float32 with these 32 bits."""

    def write(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), write
