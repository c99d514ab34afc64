"""How many notes have room in a bar: of a voice that must sing so many syllables, and of the bar that ends a piece."""

from __future__ import annotations

SHORTEST_SUNG = 3
"""Steps that a sung note lasts at least, however many syllables share the bar: a thirty-second."""

SUNG_SECONDS = 0.16
"""Seconds that a sung note lasts at least where there is room."""

_SUNG_LENGTHS = (12, 8, 6, 4, 3, 2, 1)
_FINEST_LAST = 6


def ending_grid(steps: int) -> int:
    """The steps on whose multiples notes of the last bar begin and end."""
    return 12 if steps % 12 == 0 else _FINEST_LAST


def ending_start(steps: int, grid: int = 0) -> int:
    """The last step at which the chord that ends a piece may begin: it lasts about a third of the bar or more.

    >>> ending_start(96), ending_start(72), ending_start(24)
    (72, 48, 12)
    """
    grid = grid or ending_grid(steps)
    return steps - grid * max(steps // 3 // grid, 1)


def last_bar_grid(steps: int, syllables: int = 0) -> int:
    """The grid of the last bar that has room for so many syllables, the last of them held; 0 where none has.

    >>> last_bar_grid(96), last_bar_grid(96, 8), last_bar_grid(96, 13)
    (12, 6, 0)
    """
    for grid in (ending_grid(steps), _FINEST_LAST):
        if syllables <= ending_start(steps, grid) // grid + 1:
            return grid
    return 0


def syllable_room(steps: int, *, last: bool = False) -> int:
    """How many syllables can begin in a bar, in the last bar of a piece fewer.

    >>> syllable_room(96), syllable_room(96, last=True)
    (32, 12)
    """
    return ending_start(steps, _FINEST_LAST) // _FINEST_LAST + 1 if last else steps // SHORTEST_SUNG


def shortest_sung(syllables: int, steps: int, quarters_a_minute: float) -> int:
    """Steps that a sung note lasts at least where so many begin in so many steps; 0 where there is no room.

    >>> shortest_sung(4, 96, 72), shortest_sung(4, 96, 120), shortest_sung(20, 96, 120), shortest_sung(9, 8, 120)
    (6, 8, 4, 0)
    """
    singable = min((s for s in _SUNG_LENGTHS if s * 60 / quarters_a_minute / 24 >= SUNG_SECONDS), default=12)
    fitting = (s for s in _SUNG_LENGTHS if s <= max(singable, SHORTEST_SUNG) and s * syllables <= steps)
    return next(fitting, 0)
