"""Brightness and saturation of frames as they are seen, and how much moves.

Valdez & Mehrabian (1994) meant Munsell value and chroma. Here they are CIE 1976 lightness L* (0..100, near ten times
the value) and chroma C* (about five times the chroma of Munsell's; commonly stated), from sRGB under D65
(IEC 61966-2-1, CIE 15).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Frames = NDArray[np.uint8]

BLOCK = 128
"""Frames that are worked on at a time."""

BLACK = 8
"""Of 0..255: rows and columns at the edge that never pass it are bars beside the picture."""

LIGHT_BINS, COLOUR_BINS = 12, 6
"""Bins of the histograms in L* and in each of a* and b*."""

_TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], dtype=np.float32
) / np.array([[0.9505], [1.0], [1.089]], dtype=np.float32)
"""Linear sRGB to X, Y, Z over those of its white."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What is seen of n frames.

    Parameters
    ----------
    rate : frames a second.
    light, chroma : mean L* and C* of each frame, shape (n,).
    step : mean distance in L*a*b* from the frame before, shape (n,); the first 0.
    shift : how far the histogram of colours is from the frame before, 0..1, shape (n,).
    motion : mean change of L* from the frame before without what all of it brightened by, shape (n,).
    small : L* of each frame in 16 by 16 fields, shape (n, 256).
    """

    rate: float
    light: Floats
    chroma: Floats
    step: Floats
    shift: Floats
    motion: Floats
    small: Floats


def see(frames: Frames, rate: float) -> Seen:
    """Look at frames, shape (n, side, side, 3) in sRGB, the side a multiple of 16; black bars are left out."""
    inside = _picture(frames)
    light, chroma, step, shift, motion, small = ([] for _ in range(6))
    before: Floats | None = None
    before_histogram: Floats | None = None
    for block in _blocks(frames):
        lab = to_lab(block)
        seen = lab[:, inside]
        light.append(seen[..., 0].mean(axis=1))
        chroma.append(np.hypot(seen[..., 1], seen[..., 2]).mean(axis=1))
        histograms = _histograms(seen)
        earlier = np.concatenate([seen[:1] if before is None else before, seen[:-1]])
        earlier_histograms = np.concatenate(
            [histograms[:1] if before_histogram is None else before_histogram, histograms[:-1]]
        )
        moved = seen - earlier
        step.append(np.sqrt((moved**2).sum(axis=2)).mean(axis=1))
        shift.append(np.abs(histograms - earlier_histograms).sum(axis=1) / 2)
        lighter = moved[..., 0]
        motion.append(np.abs(lighter - np.median(lighter, axis=1, keepdims=True)).mean(axis=1))
        field = block.shape[1] // 16
        fields = lab[..., 0].reshape(len(block), 16, field, 16, field).mean(axis=(2, 4))
        small.append(fields.reshape(len(block), 256))
        before, before_histogram = seen[-1:], histograms[-1:]
    rows = [np.concatenate(each).astype(np.float32) for each in (light, chroma, step, shift, motion, small)]
    return Seen(rate, *rows)


def to_lab(frames: Frames) -> Floats:
    """L*, a*, b* of sRGB values, shape (..., 3).

    >>> [round(float(value)) for value in to_lab(np.array([[255, 0, 0]], dtype=np.uint8))[0]]
    [53, 80, 67]
    """
    xyz = _linear()[frames] @ _TO_XYZ.T
    bent = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (841 / 108) + 4 / 29)
    lab = np.stack(
        [116 * bent[..., 1] - 16, 500 * (bent[..., 0] - bent[..., 1]), 200 * (bent[..., 1] - bent[..., 2])], axis=-1
    )
    return np.asarray(lab, dtype=np.float32)


@cache
def _linear() -> Floats:
    value = np.arange(256) / 255
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4), dtype=np.float32)


def _blocks(frames: Frames) -> Iterator[Frames]:
    for start in range(0, len(frames), BLOCK):
        yield frames[start : start + BLOCK]


def _picture(frames: Frames) -> NDArray[np.bool_]:
    """Where the picture is, without bars around it, shape (side, side); everywhere where all is black."""
    most = np.asarray(frames.max(axis=(0, 3)) > BLACK)
    if not most.any():
        return np.ones_like(most)
    rows, columns = np.flatnonzero(most.any(axis=1)), np.flatnonzero(most.any(axis=0))
    inside = np.zeros_like(most)
    inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
    return inside


def _histograms(lab: Floats) -> Floats:
    """Histograms of colours, shape (n, bins), each summing to 1."""
    light = np.clip(lab[..., 0] * (LIGHT_BINS / 100), 0, LIGHT_BINS - 1).astype(np.int64)
    red = np.clip((lab[..., 1] + 60) * (COLOUR_BINS / 120), 0, COLOUR_BINS - 1).astype(np.int64)
    yellow = np.clip((lab[..., 2] + 60) * (COLOUR_BINS / 120), 0, COLOUR_BINS - 1).astype(np.int64)
    bins = LIGHT_BINS * COLOUR_BINS * COLOUR_BINS
    codes = (light * COLOUR_BINS + red) * COLOUR_BINS + yellow + np.arange(len(lab))[:, None] * bins
    counts = np.bincount(codes.ravel(), minlength=len(lab) * bins).reshape(len(lab), bins)
    return np.asarray(counts / lab.shape[1], dtype=np.float32)
