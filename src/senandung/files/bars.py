"""Bars as a file has them, pickups and split bars too, as the metres of a song."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.domain.metre import Metre
from senandung.domain.song import MetreChange
from senandung.domain.time import TICKS_PER_QUARTER, Tick


def metres_of_bars(bars: Sequence[tuple[Tick, Metre]]) -> list[MetreChange]:
    """Metre changes that put the bar lines where bars of these lengths and written metres have them.

    A pickup becomes a bar of its own shorter metre; bars that together fill their metre (a repeat sign in the middle
    of a bar) become one; a last bar may stay unfinished.

    >>> [(c.onset, str(c.metre)) for c in metres_of_bars([(480, Metre(3, 4)), (1440, Metre(3, 4)), (960, Metre(3, 4))])]
    [(0, '1/4'), (480, '3/4')]
    """
    changes: list[MetreChange] = []
    at, index = 0, 0

    def change_to(metre: Metre) -> None:
        if not changes or changes[-1].metre != metre:
            changes.append(MetreChange(at, metre))

    while index < len(bars):
        length, metre = bars[index]
        full, total, following = metre.bar_ticks, length, index + 1
        while total < full and following < len(bars) and bars[following][1] == metre and bars[following][0] < full:
            total += bars[following][0]
            following += 1
        if full in (length, total):
            change_to(metre)
            at, index = at + total, following
            continue
        unfinished = index == len(bars) - 1 and length < full and index > 0
        change_to(metre if unfinished else metre_of_length(length, metre))
        at, index = at + length, index + 1
    return changes


def metre_of_length(ticks: Tick, near: Metre) -> Metre:
    """The metre whose bar is as long as `ticks`, counted as `near` is where that can be; `near` where none is.

    >>> str(metre_of_length(720, Metre(4, 4))), str(metre_of_length(480, Metre(6, 8)))
    ('3/8', '2/8')
    """
    for denominator in (near.denominator, 4, 8, 16, 32):
        unit = 4 * TICKS_PER_QUARTER // denominator
        if ticks % unit == 0 and 1 <= ticks // unit <= 32:
            return Metre(ticks // unit, denominator)
    return near
