"""Which tunes stand in the training music: a filter of its spans of ten events, to keep the composer from quoting.

An event is an interval and how long the step to its note is against the step before. Spans that several works share are
common stock and left out. The filter holds no notes and cannot be turned back into any (Bloom 1970).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.files.tensors import load_tensors

SPAN = 10
"""Events of a span."""

LONGEST_STEP = 384
"""Steps of the grid from one note to the next after which a tune is taken to begin anew."""

PROBES = 4
"""Bits that a span sets in the filter."""

_INTERVALS, _RATIOS = 30, 24
_FACTOR = 0x9E3779B97F4A7C15
_MIX = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_POWERS = np.asarray([pow(_FACTOR, SPAN - 1 - place, 2**64) for place in range(SPAN)], dtype=np.uint64)

FILE_NAME = "copies.safetensors"


def events(onsets: NDArray[np.int64], pitches: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The events of a tune, one for each note from the third on.

    A fourth up, twice as slow as the step before it:

    >>> int(events(np.asarray([0, 12, 36]), np.asarray([60, 62, 67])) [0]) == (5 + 30) * 49 + 6 + 24
    True
    """
    steps = np.diff(onsets)
    ratios = np.rint(6 * np.log2(steps[1:] / steps[:-1])).clip(-_RATIOS, _RATIOS).astype(np.int64)
    intervals = np.diff(pitches)[1:].clip(-_INTERVALS, _INTERVALS)
    found: NDArray[np.uint64] = ((intervals + _INTERVALS) * (2 * _RATIOS + 1) + ratios + _RATIOS).astype(np.uint64)
    return found


def spans(codes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A number for each span of `SPAN` events, along the last axis."""
    if codes.shape[-1] < SPAN:
        return np.zeros((*codes.shape[:-1], 0), dtype=np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(codes + np.uint64(1), SPAN, axis=-1)
    with np.errstate(over="ignore"):
        sums = (windows * _POWERS).sum(axis=-1, dtype=np.uint64)
        sums ^= sums >> np.uint64(30)
        sums *= np.uint64(_MIX[0])
        sums ^= sums >> np.uint64(27)
        found: NDArray[np.uint64] = sums * np.uint64(_MIX[1])
    return found


class Copies:
    """The filter: `bits`, shape (bytes,), a power of two."""

    def __init__(self, bits: NDArray[np.uint8]) -> None:
        self.bits = bits

    @classmethod
    def fit(cls, found: NDArray[np.uint64], size: int) -> Copies:
        """A filter of `size` bytes that holds these spans."""
        bits = np.zeros(size, dtype=np.uint8)
        for place in _places(found, size):
            np.bitwise_or.at(bits, place >> np.uint64(3), np.uint8(1) << (place & np.uint64(7)).astype(np.uint8))
        return cls(bits)

    def holds(self, found: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which spans are, most likely, in it; a span that is in it always is."""
        held = np.ones(found.shape, dtype=np.bool_)
        for place in _places(found, len(self.bits)):
            held &= (self.bits[place >> np.uint64(3)] >> (place & np.uint64(7)).astype(np.uint8)) & 1 == 1
        return held

    def quoted(self, line: Sequence[tuple[int, int]], onset: int, pitch: int) -> bool:
        """Whether a note would carry on a quotation of `SPAN` events: two spans in a row are in the filter.

        Parameters
        ----------
        line : onset and pitch of the tune's notes before; without `SPAN + 2` of them nothing is a quotation.
        """
        last = line[-SPAN - 2 :]
        if len(last) < SPAN + 2 or not self.holds_tune(last):
            return False
        return self.holds_tune([*last[1:], (onset, pitch)])

    def holds_tune(self, line: Sequence[tuple[int, int]]) -> bool:
        """Whether the span of `SPAN + 2` notes is in the filter; as `holds(spans(events(…)))`, quicker for one."""
        total, before = 0, 0
        for place, ((start, low), (end, high)) in enumerate(pairwise(line)):
            step = end - start
            if not 0 < step <= LONGEST_STEP:
                return False
            if place:
                ratio = min(max(round(6 * math.log2(step / before)), -_RATIOS), _RATIOS)
                interval = min(max(high - low, -_INTERVALS), _INTERVALS)
                code = (interval + _INTERVALS) * (2 * _RATIOS + 1) + ratio + _RATIOS
                total = (total * _FACTOR + code + 1) % 2**64
            before = step
        total ^= total >> 30
        total = total * _MIX[0] % 2**64
        total ^= total >> 27
        total = total * _MIX[1] % 2**64
        first, second = total & 0xFFFFFFFF, (total >> 32) | 1
        size = len(self.bits) * 8 - 1
        places = ((first + probe * second) & size for probe in range(PROBES))
        return all(self.bits[place >> 3] >> (place & 7) & 1 for place in places)


def _places(found: NDArray[np.uint64], size: int) -> list[NDArray[np.uint64]]:
    first, second = found & np.uint64(0xFFFFFFFF), (found >> np.uint64(32)) | np.uint64(1)
    return [(first + np.uint64(probe) * second) & np.uint64(size * 8 - 1) for probe in range(PROBES)]


@cache
def load_copies() -> Copies | None:
    """The filter that comes with the package, None where there is none."""
    path = Path(str(resources.files("senandung.weights") / "composer" / FILE_NAME))
    return Copies(load_tensors(path)[0]["bits"]) if path.exists() else None
