"""Steps of the composer's network, compiled by numba when they are first used: weights, keys and values are bytes.

Products of bytes are those of `byte_tiles`, which says how the bytes lie. Sums of bytes are whole numbers and sums of
floats have one order, so that a seed gives the same logits on every processor.

One factor of a product has no sign: stored weights and keys are 128 higher, which the sum of the other factor takes
away again; the attention's shares, 0..255, have none anyway.

numba keeps what it has compiled in `__pycache__`, or in the person's cache folder where it may not write there, and
makes it anew when this file has changed, not when `byte_tiles` has: after a change there touch this file.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numba.core import types
from numba.extending import overload
from numpy.typing import NDArray

from senandung.composing.decoding.byte_tiles import (
    float_of,
    keys_1,
    keys_2,
    keys_4,
    times_1,
    times_2,
    times_4,
    values_1,
    values_2,
    values_4,
)
from senandung.composing.decoding.engine_weights import TILE

MIDDLE = 128
"""What is added to bytes that are kept without a sign."""

_AT_ONCE = 4
"""Vectors that meet a tile together."""

_CHUNK = 16
"""Tokens of a prompt that go through a layer together: what they need stays in the nearest cache."""

# numpy's way with a divisor of zero: looking for one keeps a loop from becoming vectors
_compiled = numba.njit(error_model="numpy")


class Matrices(NamedTuple):
    """One matrix of each layer as bytes: `numbers` in tiles (layers, rows · size), and what one is worth, `scales`
    (layers, blocks, rows). Rows are a multiple of 64, a block of four."""

    numbers: NDArray[np.uint8]
    scales: NDArray[np.float32]


class Network(NamedTuple):
    """What a step reads. A matrix is `Matrices`, or floats of shape (layers, size, rows); the embedding has one layer.

    `table` (features + vocabulary, width) has the rows that are added up for a token, `norms` (styles, norms, width)
    and `shifts` (styles, vocabulary) what a style opens, `cosine` and `sine` (context, head / 2) the rotary positions,
    and `worth` (layers, 2) what a byte of the keys and of the values is worth. `joint` holds queries, keys and values
    under one another, `opened` gate and up, each filled up to a tile.
    """

    table: NDArray[np.float32]
    norms: NDArray[np.float32]
    shifts: NDArray[np.float32]
    cosine: NDArray[np.float32]
    sine: NDArray[np.float32]
    worth: NDArray[np.float32]
    joint: Matrices | NDArray[np.float32]
    joined: Matrices | NDArray[np.float32]
    opened: Matrices | NDArray[np.float32]
    down: Matrices | NDArray[np.float32]
    embedding: Matrices | NDArray[np.float32]


class _Desk(NamedTuple):
    """Room for four vectors on their way: as bytes, with what one is worth and what is over in each block; for
    attention the scores and shares of positions, and sums."""

    factors: NDArray[np.int8]
    unit: NDArray[np.float32]
    over: NDArray[np.int32]
    scores: NDArray[np.int32]
    shares: NDArray[np.uint8]
    sums: NDArray[np.int32]


def tiles(matrix: NDArray[np.int8], block: int) -> NDArray[np.uint8]:
    """A matrix (rows, size) as it is stored, size filled up to whole blocks.

    >>> stored = tiles(np.arange(-256, 256, 2).clip(-127, 127).astype(np.int8).reshape(64, 4), 4)
    >>> stored[:8].tolist()
    [1, 1, 1, 1, 1, 1, 1, 1]
    """
    rows, size = matrix.shape
    full = np.full((rows, -(-size // block) * block), MIDDLE, dtype=np.uint8)
    full[:, :size] = matrix.astype(np.int16) + MIDDLE
    return np.ascontiguousarray(full.reshape(rows // TILE, TILE, -1, 4).transpose(0, 2, 1, 3)).reshape(-1)


# number by number. Sums of int32 are int64 for numba unless they are told otherwise, and that costs half the lanes.


@_compiled
def _together(left):
    """How many vectors meet a tile, of those that are left."""
    return 4 if left >= 4 else 2 if left >= 2 else 1


@_compiled
def _nearest(x):
    """The nearest whole number, halves to even, of a float below four million: a loop of it becomes vectors, of rint
    not."""
    return (x + np.float32(12582912.0)) - np.float32(12582912.0)


@_compiled
def _byte(x):
    return max(np.int32(-128), min(np.int32(127), np.int32(_nearest(x))))


@_compiled
def _exponential(x):
    """e to the x from -87 to 88, beyond as there; to 2e-7: a power of two, and Taylor's polynomial for what is left."""
    x = np.float32(-87.0) if x < np.float32(-87.0) else x
    x = np.float32(88.0) if x > np.float32(88.0) else x
    n = _nearest(x * np.float32(1.44269504))
    # log 2 in two parts, so that nothing is lost where they are taken away
    rest = x - n * np.float32(0.693359375) - n * np.float32(-2.12194440e-4)
    total = np.float32(1 / 5040)
    total = total * rest + np.float32(1 / 720)
    total = total * rest + np.float32(1 / 120)
    total = total * rest + np.float32(1 / 24)
    total = total * rest + np.float32(1 / 6)
    total = total * rest + np.float32(0.5)
    total = total * rest + np.float32(1.0)
    total = total * rest + np.float32(1.0)
    return total * float_of(np.int32(np.int32(np.int32(n) + np.int32(127)) << np.int32(23)))


@_compiled
def _share(x):
    """255 · e to the x, x not above 0, rounded: a polynomial of the third degree is within .03 of it."""
    x = np.float32(-87.0) if x < np.float32(-87.0) else x
    x = x * np.float32(1.44269504)
    n = _nearest(x)
    rest = x - n
    total = np.float32(0.05550411) * rest + np.float32(0.24022651)
    total = total * rest + np.float32(0.69314718)
    total = total * rest + np.float32(1.0)
    power = float_of(np.int32(np.int32(np.int32(n) + np.int32(127)) << np.int32(23)))
    return np.int32(_nearest(total * power * np.float32(255.0)))


@_compiled
def _rounded(x, size, block, numbers, unit, over):
    """x as bytes; for each block what one of them is worth, and what is over in a product with numbers 128 higher."""
    for b in range(size // block):
        # a loop from 0 over a slice becomes vectors: no place of it can lie before the beginning
        part, to = x[b * block : (b + 1) * block], numbers[b * block : (b + 1) * block]
        bits = part.view(np.int32)
        most, total = np.int32(0), np.int32(0)
        for i in range(block):
            # of floats without a sign the larger has the larger bits
            most = np.int32(max(most, np.int32(bits[i] & np.int32(0x7FFFFFFF))))
        largest = float_of(most)
        inverse = np.float32(127.0) / largest if largest > 0 else np.float32(0.0)
        for i in range(block):
            whole = np.int8(np.int32(_nearest(part[i] * inverse)))
            to[i] = whole
            total = np.int32(total + np.int32(whole))
        unit[b] = largest / np.float32(127.0)
        over[b] = MIDDLE * total


@_compiled
def _norm(x, scale, width, y):
    """RMS norm; the squares are added up in four sums, on every processor."""
    a = b = c = d = np.float32(0.0)
    for i in range(0, width, 4):
        a += x[i] * x[i]
        b += x[i + 1] * x[i + 1]
        c += x[i + 2] * x[i + 2]
        d += x[i + 3] * x[i + 3]
    factor = np.float32(1.0) / np.sqrt(((a + b) + (c + d)) / np.float32(width) + np.float32(1e-5))
    for i in range(width):
        y[i] = x[i] * factor * scale[i]


@_compiled
def _turn(x, half, cosine, sine):
    """Rotary positions of a head; its halves are the pairs."""
    for i in range(half):
        one, two = x[i], x[half + i]
        x[i] = one * cosine[i] - two * sine[i]
        x[half + i] = two * cosine[i] + one * sine[i]


@_compiled
def _gated(opened, up, inner):
    """gate · sigmoid(gate) · up."""
    gate, other = opened[: len(inner)], opened[up : up + len(inner)]
    for i in range(len(inner)):
        inner[i] = gate[i] / (np.float32(1.0) + _exponential(-gate[i])) * other[i]


# vectors times a matrix


def _times(matrix, layer, x, count, y, desk):
    """y (count, rows) = a layer's matrix times x (count, size); x is zero from the matrix' size on."""


@overload(_times)
def _times_of_kind(matrix, layer, x, count, y, desk):
    return _times_bytes if isinstance(matrix, types.BaseTuple) else _times_floats


def _times_floats(matrix, layer, x, count, y, desk):
    for t in range(count):
        for row in range(matrix.shape[2]):
            y[t, row] = np.float32(0.0)
        for k in range(matrix.shape[1]):
            for row in range(matrix.shape[2]):
                y[t, row] += x[t, k] * matrix[layer, k, row]


def _times_bytes(matrix, layer, x, count, y, desk):
    numbers, scales = matrix.numbers[layer], matrix.scales[layer]
    blocks, rows = scales.shape
    size, wide = len(numbers) // rows, y.shape[1]
    block = size // blocks
    factors, unit, over = desk.factors, desk.unit, desk.over
    start = 0
    while start < count:
        together = _together(count - start)
        for t in range(together):
            _rounded(x[start + t], size, block, factors[t * size :], unit[t * blocks :], over[t * blocks :])
        to = y[start]
        for first in range(0, rows, TILE):
            at = first * size
            if together == 1:
                times_1(numbers, at, blocks, block // 4, factors, size, unit, over, scales, rows, to, first, wide)
            elif together == 2:
                times_2(numbers, at, blocks, block // 4, factors, size, unit, over, scales, rows, to, first, wide)
            else:
                times_4(numbers, at, blocks, block // 4, factors, size, unit, over, scales, rows, to, first, wide)
        start += together


# attention


def _attend(keys, values, worth, position, head, queries, key, value, mixed, desk):
    """Puts a token's key and value into the cache of one key head and mixes what its queries see there."""


@overload(_attend)
def _attend_of_kind(keys, values, worth, position, head, queries, key, value, mixed, desk):
    return _attend_floats if keys.dtype == types.float32 else _attend_bytes


def _attend_floats(keys, values, worth, position, head, queries, key, value, mixed, desk):
    """keys, values: (positions · head,)."""
    for i in range(head):
        keys[position * head + i], values[position * head + i] = key[i], value[i]
    scores = np.empty(position + 1, np.float32)
    for g in range(len(queries) // head):
        query, to = queries[g * head : (g + 1) * head], mixed[g * head : (g + 1) * head]
        largest = np.float32(-np.inf)
        for p in range(position + 1):
            total = np.float32(0.0)
            for i in range(head):
                total += query[i] * keys[p * head + i]
            scores[p] = total / np.float32(np.sqrt(head))
            largest = max(largest, scores[p])
        for i in range(head):
            to[i] = np.float32(0.0)
        whole = np.float32(0.0)
        for p in range(position + 1):
            share = _exponential(scores[p] - largest)
            whole += share
            for i in range(head):
                to[i] += share * values[p * head + i]
        for i in range(head):
            to[i] /= whole


def _attend_bytes(keys, values, worth, position, head, queries, key, value, mixed, desk):
    """keys: (positions / 64, head / 4, 64, 4), 128 higher; values: (head / 64, positions / 4, 64, 4)."""
    context, length, group = len(keys) // head, position + 1, len(queries) // head
    for i in range(head):
        at = (position // TILE * head + i // 4 * 4) * TILE + position % TILE * 4 + i % 4
        keys[at] = _byte(key[i] / worth[0]) + MIDDLE
        at = (i // TILE * context + position // 4 * 4) * TILE + i % TILE * 4 + position % 4
        values[at] = _byte(value[i] / worth[1])
    seen, wide = (length + TILE - 1) // TILE * TILE, (head + TILE - 1) // TILE * TILE
    factors, unit, over, scores, shares, sums = desk
    start = 0
    while start < group:
        together = _together(group - start)
        for g in range(together):
            query = queries[(start + g) * head : (start + g + 1) * head]
            _rounded(query, head, head, factors[g * head :], unit[g:], over[g:])
        for first in range(0, seen, TILE):
            if together == 1:
                keys_1(keys, first * head, head // 4, factors, head, scores, first, seen)
            elif together == 2:
                keys_2(keys, first * head, head // 4, factors, head, scores, first, seen)
            else:
                keys_4(keys, first * head, head // 4, factors, head, scores, first, seen)
        for g in range(together):
            # what is over is the same in all scores of a query and makes no difference
            step = unit[g] * worth[0] / np.float32(np.sqrt(head))
            unit[g] = worth[1] / _shared(scores[g * seen :], length, step, shares[g * seen :])
        for first in range(0, wide, TILE):
            if together == 1:
                values_1(values, first * context, (length + 3) // 4, shares, seen, sums, first, wide)
            elif together == 2:
                values_2(values, first * context, (length + 3) // 4, shares, seen, sums, first, wide)
            else:
                values_4(values, first * context, (length + 3) // 4, shares, seen, sums, first, wide)
        for g in range(together):
            to, total = mixed[(start + g) * head : (start + g + 1) * head], sums[g * wide : (g + 1) * wide]
            for i in range(head):
                to[i] = np.float32(total[i]) * unit[g]
        start += together


@_compiled
def _shared(scores, length, step, shares):
    """What each position weighs, the heaviest 255, by scores in steps; their sum."""
    most = scores[0]
    for p in range(length):
        most = np.int32(max(most, scores[p]))
    total = np.int32(0)
    for p in range(length):
        whole = _share(np.float32(np.int32(scores[p] - most)) * step)
        shares[p] = np.uint8(whole)
        total = np.int32(total + whole)
    for p in range(length, (length + 3) // 4 * 4):
        shares[p] = 0
    return np.float32(total)


# the network


@numba.njit(cache=True, error_model="numpy")
def read(network, heads, key_heads, keys, values, numbers, places, logits):
    """Read tokens into a cache, in their order.

    Parameters
    ----------
    network : a `Network` with so many query heads and key heads.
    keys, values : (layers, cached rows, key heads, bytes or floats of a head), changed.
    numbers : (tokens, slots) rows of the table.
    places : (tokens, 4): a token's cached row, its position there, its style, and the row of the logits that are wanted
        after it, or -1.
    logits : (rows, vocabulary), changed.
    """
    width, layers = network.table.shape[1], keys.shape[0]
    head, group, norms = width // heads, heads // key_heads, network.norms
    most = min(_CHUNK, len(numbers))
    x = np.empty((most, width), np.float32)
    # the vectors that meet a matrix are filled up with zeros to its size
    seen = np.zeros((most, max(_size(network.joint), _size(network.joined))), np.float32)
    mixed = np.zeros_like(seen)
    inner = np.zeros((most, _size(network.down)), np.float32)
    joint = np.empty((most, _rows(network.joint)), np.float32)
    opened = np.empty((most, _rows(network.opened)), np.float32)
    added = np.empty((most, max(_rows(network.joined), _rows(network.down))), np.float32)
    found = np.empty((most, _rows(network.embedding)), np.float32)
    size, positions = max(seen.shape[1], inner.shape[1]), keys.shape[3] // head
    desk = _Desk(
        np.empty(_AT_ONCE * size, np.int8), np.empty(_AT_ONCE * size, np.float32), np.empty(_AT_ONCE * size, np.int32),
        np.empty(_AT_ONCE * positions, np.int32), np.empty(_AT_ONCE * positions, np.uint8),
        np.empty(_AT_ONCE * (head + TILE), np.int32),
    )  # fmt: skip
    up = opened.shape[1] // 2
    for begin in range(0, len(numbers), _CHUNK):
        count = min(_CHUNK, len(numbers) - begin)
        here = places[begin : begin + count]
        for t in range(count):
            for i in range(width):
                x[t, i] = np.float32(0.0)
            for slot in range(numbers.shape[1]):
                row = network.table[numbers[begin + t, slot]]
                for i in range(width):
                    x[t, i] += row[i]
        for layer in range(layers):
            for t in range(count):
                _norm(x[t], norms[here[t, 2], 2 * layer], width, seen[t])
            _times(network.joint, layer, seen, count, joint, desk)
            for t in range(count):
                row, position, one = here[t, 0], here[t, 1], joint[t]
                for h in range(heads + key_heads):
                    _turn(one[h * head : (h + 1) * head], head // 2, network.cosine[position], network.sine[position])
                for h in range(key_heads):
                    key, value = (heads + h) * head, (heads + key_heads + h) * head
                    _attend(
                        keys[layer, row, h], values[layer, row, h], network.worth[layer], position, head,
                        one[h * group * head : (h + 1) * group * head], one[key : key + head],
                        one[value : value + head],
                        mixed[t, h * group * head : (h + 1) * group * head], desk,
                    )  # fmt: skip
            _times(network.joined, layer, mixed, count, added, desk)
            for t in range(count):
                for i in range(width):
                    x[t, i] += added[t, i]
                _norm(x[t], norms[here[t, 2], 2 * layer + 1], width, seen[t])
            _times(network.opened, layer, seen, count, opened, desk)
            for t in range(count):
                _gated(opened[t], up, inner[t])
            _times(network.down, layer, inner, count, added, desk)
            for t in range(count):
                for i in range(width):
                    x[t, i] += added[t, i]
        wanted = 0
        for t in range(count):
            if here[t, 3] >= 0:
                _norm(x[t], norms[here[t, 2], 2 * layers], width, seen[wanted])
                wanted += 1
        _times(network.embedding, 0, seen, wanted, found, desk)
        wanted = 0
        for t in range(count):
            if here[t, 3] >= 0:
                shift, to = network.shifts[here[t, 2]], logits[here[t, 3]]
                for i in range(len(to)):
                    to[i] = found[wanted, i] + shift[i]
                wanted += 1


def _rows(matrix):
    """The rows of a matrix as it is stored."""


@overload(_rows)
def _rows_of_kind(matrix):
    if isinstance(matrix, types.BaseTuple):
        return lambda matrix: matrix.scales.shape[2]
    return lambda matrix: matrix.shape[2]


def _size(matrix):
    """The numbers in a row of a matrix as it is stored."""


@overload(_size)
def _size_of_kind(matrix):
    if isinstance(matrix, types.BaseTuple):
        return lambda matrix: matrix.numbers.shape[1] // matrix.scales.shape[2]
    return lambda matrix: matrix.shape[1]
