"""Which plays are told twice: the same file again, overlapping exports, two services that both wrote a play down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.domain.listen import BY_MINUTE, SOURCES

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEAR_MS = 20_000
"""How far apart two services' clocks may put one play, milliseconds."""

NEAR_BY_MINUTE_MS = 75_000
"""The same where one of them knows the minute only."""

PLAYED_NEAR_MS = 2_000
"""How far apart two sources may be in how much of a play was heard."""

_ROUNDS = 6
"""Of matching; each gives every play that is still free its nearest free one."""

CODES = {source: code for code, source in enumerate(SOURCES)}
"""Source → code, the one that knows most first."""

_MINUTE_CODES = np.array([source in BY_MINUTE for source in SOURCES])


def find_doubled(song: Ints, started: Ints, played: Ints, source: Ints, told: Ints, order: Ints) -> Bools:
    """Which rows tell of a play that another row tells too, and better.

    Of one source, rows with the same song, start and length are one play; the fullest (`told`) stays. Of two sources,
    each play of the one that knows less is the nearest free play of the other, if they began, or one began as the other
    ended, within `NEAR_MS`, and do not contradict each other in how much was heard. One stands for one: three plays in
    a row of one service never hide behind one of another.

    Parameters
    ----------
    song : shape (n,), index of the song, versions merged.
    started : milliseconds since 1970, UTC.
    played : milliseconds heard, -1 where not said.
    source : codes of `CODES`.
    told : how much the row says (more is better).
    order : breaks ties between rows that say the same; any distinct numbers.

    Returns
    -------
    shape (n,). The result for a set of plays does not depend on the order of rows, but for which of equals stays.
    """
    by = np.lexsort((order, -told, played, started, song, source))
    doubled = np.zeros(len(song), dtype=np.bool_)
    # what follows sees the rows sorted by all they say, so that ties end alike in whatever order they came
    doubled[by] = _find_sorted(song[by], started[by], played[by], source[by])
    return doubled


def _find_sorted(song: Ints, started: Ints, played: Ints, source: Ints) -> Bools:
    repeats = np.zeros(len(song), dtype=np.bool_)
    repeats[1:] = True
    for column in (source, song, started, played):
        repeats[1:] &= column[1:] == column[:-1]
    doubled = repeats.copy()
    there = np.unique(source)
    for place, lesser in enumerate(there[1:], 1):
        rows = np.flatnonzero((source == lesser) & ~doubled)
        for richer in there[:place]:
            if not len(rows):
                break
            others = np.flatnonzero((source == richer) & ~repeats)
            minute = _MINUTE_CODES[lesser] or _MINUTE_CODES[richer]
            near = NEAR_BY_MINUTE_MS if minute else NEAR_MS
            found = _match(song, started, played, rows, others, near)
            doubled[rows[found]] = True
            rows = rows[~found]
    return doubled


def _match(song: Ints, started: Ints, played: Ints, rows: Ints, others: Ints, near: int) -> Bools:
    """Which of `rows` are one play with one of `others`: first by where both began, then by where the other ended."""
    found = np.zeros(len(rows), dtype=np.bool_)
    free = np.ones(len(others), dtype=np.bool_)
    ends = started[others] + np.maximum(played[others], 0)
    for at in (started[others], ends):
        for _ in range(_ROUNDS):
            left, open_ = np.flatnonzero(~found), np.flatnonzero(free)
            pairs = _nearest(song, started, played, rows[left], others[open_], at[open_], near)
            if not len(pairs[0]):
                break
            found[left[pairs[0]]] = True
            free[open_[pairs[1]]] = False
    return found


def _nearest(
    song: Ints, started: Ints, played: Ints, rows: Ints, others: Ints, at: Ints, near: int
) -> tuple[Ints, Ints]:
    """Pairs (place in rows, place in others) of which each is in one pair at most: the nearest first."""
    if not len(rows) or not len(others):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    low = min(int(started[rows].min()), int(at.min()))
    span = max(int(started[rows].max()), int(at.max())) - low + 2 * near + 1
    line = song[others] * span + (at - low)
    sort = np.argsort(line, kind="stable")
    want = song[rows] * span + (started[rows] - low)
    place = np.searchsorted(line[sort], want)
    best = np.full(len(rows), near + 1, dtype=np.int64)
    which = np.full(len(rows), -1, dtype=np.int64)
    for step in (-1, 0):
        index = np.clip(place + step, 0, len(sort) - 1)
        candidate = sort[index]
        distance = np.abs(line[candidate] - want)
        both = (played[others[candidate]] >= 0) & (played[rows] >= 0)
        agree = ~both | (np.abs(played[others[candidate]] - played[rows]) <= PLAYED_NEAR_MS)
        closer = agree & (distance < best) & (song[others[candidate]] == song[rows])
        best[closer], which[closer] = distance[closer], candidate[closer]
    good = np.flatnonzero(which >= 0)
    if not len(good):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    by = good[np.lexsort((started[rows[good]], best[good], which[good]))]
    first = np.ones(len(by), dtype=np.bool_)
    first[1:] = which[by][1:] != which[by][:-1]
    return by[first], which[by[first]]
