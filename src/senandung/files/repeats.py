"""Repeat signs, endings and jumps, as the order in which measures are played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAX_PLAYED = 20_000
"""The most measures that repeats may make."""


@dataclass
class Signs:
    """The signs of one measure. `endings` are the numbers of the volta it stands in; `times` counts all passes."""

    forward: bool = False
    backward: bool = False
    times: int = 2
    endings: frozenset[int] = frozenset()
    segno: bool = False
    coda: bool = False
    fine: bool = False
    to_coda: bool = False
    da_capo: bool = False
    dal_segno: bool = False


def playing_order(measures: Sequence[Signs]) -> list[int]:
    """The indexes of the measures as they are played. After a jump back repeats are left out and last endings played.

    Stops one past `MAX_PLAYED`.

    >>> first, second = Signs(endings=frozenset({1}), backward=True), Signs(endings=frozenset({2}))
    >>> playing_order([Signs(forward=True), first, second])
    [0, 1, 0, 2]
    >>> playing_order([Signs(), Signs(fine=True), Signs(da_capo=True)])
    [0, 1, 2, 0, 1]
    """
    last_endings = _last_endings(measures)
    segno = next((index for index, signs in enumerate(measures) if signs.segno), 0)
    codas = [index for index, signs in enumerate(measures) if signs.coda]
    order: list[int] = []
    at, start, passing, jumped, left_ending = 0, 0, 1, False, False
    while at < len(measures) and len(order) <= MAX_PLAYED:
        signs = measures[at]
        if (signs.forward and start != at) or (left_ending and not signs.endings and passing > 1):
            start, passing = at, 1
        left_ending = bool(signs.endings)
        wanted = last_endings[at] if jumped else passing
        if signs.endings and wanted not in signs.endings:
            at += 1
            continue
        order.append(at)
        if jumped and signs.fine:
            break
        if jumped and signs.to_coda and codas and codas[-1] > at:
            at = codas[-1]
            continue
        if signs.backward and not jumped:
            if passing < max(signs.times, last_endings[at]):
                passing += 1
                at = start
                left_ending = False
                continue
            start, passing, left_ending = at + 1, 1, False
            if signs.endings and at + 1 < len(measures) and measures[at + 1].endings:
                passing = last_endings[at]
        if (signs.da_capo or signs.dal_segno) and not jumped:
            jumped, left_ending = True, False
            at = segno if signs.dal_segno else 0
            continue
        at += 1
    return order


def _last_endings(measures: Sequence[Signs]) -> list[int]:
    """For each measure the highest number of the endings that stand together with it, 0 outside of endings."""
    last = [max(signs.endings, default=0) for signs in measures]
    for index in range(len(last) - 2, -1, -1):
        if last[index] and last[index + 1] > last[index]:
            last[index] = last[index + 1]
    for index in range(1, len(last)):
        if last[index] and last[index - 1]:
            last[index] = max(last[index], last[index - 1])
    return last
