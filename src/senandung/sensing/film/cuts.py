"""Where a film is cut, and where one picture dissolves into another.

A cut is one step that stands out from the steps around it, in place and in colour together; what comes back at once is
a flash. A dissolve is a stretch whose middle is the mean of its ends, which are different pictures (the model of a
linear cross-fade); a pan's middle is not. That a threshold must adapt to the motion around is common practice (among
others PySceneDetect's adaptive detector); the measure and its numbers are ours, set on generated films.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.sensing.film.colour import Floats, Seen

Places = NDArray[np.int64]

LEAST = 0.13
"""Score of the smallest cut where nothing moves."""

ABOVE = 1.8
"""How many times the steps around it a cut is."""

BESIDE = 0.62
"""How large the steps beside a cut may be, over the cut: in a short dissolve they are nearly as large."""

FAR = 50.0
"""Mean distance in L*a*b* that counts as a whole change."""

AROUND = 1.0
"""Seconds to each side that a step is compared with."""

FLASH = 0.4
"""Seconds within which a picture that comes back was only a flash."""

BACK = 0.4
"""How far a picture that comes back may lie from what it was, over how far the flash lay."""

DISSOLVES = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Seconds that dissolves last."""

UNLIKE = 0.7
"""Correlation below which two pictures are different ones."""

CALMER = 0.5
"""How far the picture may change before and after a dissolve, over what the dissolve changes."""

MIXED = 0.2
"""How far the middle of a dissolve may lie from the mean of its ends, over the distance of the ends."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """Cuts and dissolves of a film.

    Parameters
    ----------
    hard : the first frame after each cut.
    soft : (first, last) frame of each dissolve.
    steady : whether a frame continues the one before: no cut, flash or dissolve, shape (n,).
    """

    hard: Places
    soft: tuple[tuple[int, int], ...]
    steady: NDArray[np.bool_]


def find_cuts(seen: Seen) -> Cuts:
    """The cuts of frames that follow each other at 4 to 12 a second."""
    score = _score(seen)
    peaks = _peaks(score, seen.rate)
    hard, flashes = _without_flashes(peaks, seen)
    steady = np.ones(len(score), dtype=bool)
    steady[:1] = False
    for place in [*hard, *flashes]:
        steady[place] = False
    soft = _dissolves(seen, steady)
    for first, last in soft:
        steady[first : last + 1] = False
    return Cuts(np.array(hard, dtype=np.int64), soft, steady)


def _score(seen: Seen) -> Floats:
    """How large each step is, 0..1: in place and in colours together."""
    return np.asarray(np.sqrt(np.minimum(seen.step / FAR, 1) * seen.shift), dtype=np.float32)


def _peaks(score: Floats, rate: float) -> list[int]:
    reach = max(2, round(AROUND * rate))
    found = []
    for place in range(1, len(score)):
        near = score[max(1, place - 1) : place + 2]
        if score[place] < LEAST or score[place] < near.max():
            continue
        around = np.concatenate([score[max(1, place - reach) : place], score[place + 1 : place + 1 + reach]])
        usual = float(np.median(around)) if len(around) else 0.0
        beside = (score[max(1, place - 1)] + score[min(place + 1, len(score) - 1)]) / 2
        if score[place] >= LEAST + ABOVE * usual and beside <= BESIDE * score[place]:
            found.append(place)
    return found


def _without_flashes(peaks: list[int], seen: Seen) -> tuple[list[int], list[int]]:
    """Cuts, and the frames at which something flashed up or went away again."""
    reach = max(1, round(FLASH * seen.rate))
    small = seen.small
    flashes: set[int] = set()
    for place in peaks:
        size = float(np.abs(small[place] - small[place - 1]).mean())
        after = small[place + 1 : place + 1 + reach]  # what was before the flash, comes back
        before = small[max(0, place - 1 - reach) : place - 1]  # what was there, is back
        back = np.flatnonzero(np.abs(after - small[place - 1]).mean(axis=1) < BACK * size)
        if len(back):
            flashes.update((place, place + 1 + int(back[0])))
        elif (np.abs(before - small[place]).mean(axis=1) < BACK * size).any():
            flashes.add(place)
    # A flash goes out over a frame or two: what peaks beside it is the same flash.
    near = {place + by for place in flashes for by in (-1, 0, 1)}
    return [place for place in peaks if place not in near], sorted(flashes)


def _dissolves(seen: Seen, steady: NDArray[np.bool_]) -> tuple[tuple[int, int], ...]:
    candidates: list[tuple[float, int, int]] = []
    small = seen.small
    spread = small.std(axis=1)
    for seconds in DISSOLVES:
        length = max(4, round(seconds * seen.rate))
        if len(small) <= length:
            continue
        ends = np.arange(len(small) - length)
        first, last = small[ends], small[ends + length]
        apart = np.abs(last - first).mean(axis=1)
        wrong = np.zeros(len(ends), dtype=np.float32)
        for part in (0.25, 0.5, 0.75):
            at = round(part * length)
            mixed = first + (last - first) * (at / length)
            wrong = np.maximum(wrong, np.abs(small[ends + at] - mixed).mean(axis=1))
        centred = (first - first.mean(axis=1, keepdims=True)) * (last - last.mean(axis=1, keepdims=True))
        alike = centred.mean(axis=1) / np.maximum(spread[ends] * spread[ends + length], 1e-6)
        broken = np.concatenate([[0], np.cumsum(~steady)])
        whole = broken[ends + length + 1] - broken[ends + 1] == 0
        pictures = (spread[ends] > 4) & (spread[ends + length] > 4)
        gap = length // 2  # before and after, the picture changes less than within
        earlier = np.abs(first - small[np.maximum(ends - gap, 0)]).mean(axis=1)
        later = np.abs(last - small[np.minimum(ends + length + gap, len(small) - 1)]).mean(axis=1)
        calmer = (earlier < CALMER * apart) & (later < CALMER * apart)
        fits = (apart > 8) & (wrong < MIXED * apart) & (alike < UNLIKE) & whole & pictures & calmer
        candidates += [(float(apart[at]), int(at), int(at) + length) for at in np.flatnonzero(fits)]
    found: list[tuple[int, int]] = []
    for _, start, end in sorted(candidates, reverse=True):
        if all(end < other[0] or start > other[1] for other in found):
            found.append((start, end))
    return tuple(sorted(found))
