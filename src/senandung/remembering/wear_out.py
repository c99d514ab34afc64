"""Whether a song was turned from at once or wore out (V2): a step against no change and against a gradual one.

Two things of a song are described together: how often the person chose it, per choice of other songs (a Poisson
process), and whether they skipped it when it played (a coin). Three descriptions are compared by BIC: neither changes;
both change at one point; both change gradually, as songs do that are heard too often. The gradual one is fitted for all
songs at once, by Newton's method on sums over each song's rows.

Whether a song was turned from is asked of what lies up to its last skip (`find_step`); what was heard of it since only
counts against the step. So hearing it to its end once more never makes a step of what was none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from senandung.remembering.heard import Bools, Floats, Heard, Ints
from senandung.remembering.turning import FEWEST_COMPLETED, FEWEST_DAYS, Ledger

MARGIN = 10.0
"""By how much the step's BIC must be lower: "very strong" evidence in the words of Kass & Raftery (1995, JASA 90)."""

STRONG = 6.0
"""The same in favour of an end at once where another test has found the turn: "strong" there."""

RATE_RATIO = 0.25
"""At most this of the earlier choosing is left."""

SKIP_AFTER = 0.6
SKIP_RISE = 0.4
FEWEST_AFTER = 4
"""Plays since the turn that speak."""

GRADUAL_DAYS = 45
"""Listening days that gradual skipping takes at least to go from 10 to 90 %; what is quicker is a step."""

STEEPEST_RATE = 60.0

_RIDGE = 1e-3

_TEN_TO_NINETY = 2 * np.log(9.0)
"""How far a logistic curve's argument goes from 10 to 90 %."""


@dataclass(frozen=True)
class Wear:
    """V2 of each song of a ledger.

    `gain` is how much lower the step's BIC is than the better of the others, minus infinity where no step holds;
    `abrupt` is by how much the best step of any size beats the gradual one; `ceased` says whether the choosing alone
    ended at once, not gradually. `row` is the ledger's row of the step.
    """

    gain: Floats
    ceased: Bools
    abrupt: Floats
    row: Ints


def find_step(heard: Heard, whole: Ledger) -> Wear:
    """V2 of each song of a ledger, up to its last skip; no step where what came after it speaks against it."""
    if not len(whole.song):
        return find_wear(heard, whole)
    book = whole.until_last_skip()
    found = find_wear(heard, book, until=book.row[book.start + book.count - 1])
    row = found.row - book.start + whole.start
    skips_after = whole.skips_all - whole.skips[row]
    share = skips_after / np.maximum(skips_after + whole.completed_all - whole.completed[row], 1)
    before = whole.skips[row] / (row - whole.start + 1)
    clock, own_song, count, own_clock = _clocks(heard, whole)
    here = clock[row]
    earlier = np.bincount(own_song, own_clock <= here[own_song], minlength=len(count))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = ((count - earlier) / (1 - here)) / (earlier / here)
    stands = (share >= SKIP_AFTER) & (share - before >= SKIP_RISE) & (ratio <= RATE_RATIO)
    return replace(found, gain=np.where(stands, found.gain, -np.inf), row=row)


def find_wear(heard: Heard, book: Ledger, *, until: Ints | None = None) -> Wear:
    """V2 of each song of a ledger; of its choices only those up to a row of `heard` where that is given."""
    if not len(book.song):
        nothing = np.zeros(0)
        return Wear(nothing, nothing.astype(np.bool_), nothing, nothing.astype(np.int64))
    clock, own_start, own_count, own_at = _clocks(heard, book, until)
    owner, songs = book.owner, len(book.song)
    skip = ~book.is_completed
    rows = book.count.astype(np.float64)
    skips = book.skips_all.astype(np.float64)
    size = np.log(np.maximum(own_count + rows, 2))

    constant = _poisson(own_count, np.ones(songs)) + _coin(skips, rows)
    slope = _rate_slopes(own_at, own_start, own_count)
    rate_ll = own_count * (np.log(np.maximum(own_count, 1)) - 1) - own_count * _log_area(slope)
    rate_ll += slope * np.bincount(own_start, own_at, minlength=songs)
    life = np.maximum(latest_day(heard, book) + 1 - heard.day[book.row[book.start]], 1)
    steepest = np.maximum(_TEN_TO_NINETY * life / GRADUAL_DAYS, 2 * _TEN_TO_NINETY)
    by_time = _logistic(clock, skip, owner, steepest)
    heard_before = (np.arange(len(owner)) - book.start[owner]) / np.maximum(rows[owner] - 1, 1)
    gradual = np.maximum(rate_ll, _poisson(own_count, np.ones(songs)))
    gradual = gradual + np.maximum(by_time, _logistic(heard_before, skip, owner, steepest))

    # the step, at every row
    choices = np.sort(own_start.astype(np.float64) * 2 + own_at)
    before = np.searchsorted(choices, owner * 2 + clock, side="right") - np.searchsorted(choices, owner * 2.0)
    after = own_count[owner] - before
    seen_before = np.arange(1, len(owner) + 1) - book.start[owner]
    seen_after = rows[owner] - seen_before
    skips_after = skips[owner] - book.skips
    share_before = book.skips / seen_before
    share_after = skips_after / np.maximum(seen_after, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(before > 0, (after / (1 - clock)) / (before / clock), np.inf)
    rate_step = _poisson(before, clock) + _poisson(after, 1 - clock)
    ceased = -2 * np.maximum.reduceat(rate_step, book.start) + size < -2 * rate_ll
    value = rate_step + _coin(book.skips, seen_before) + _coin(skips_after, seen_after)
    holds = (book.completed >= FEWEST_COMPLETED) & (book.days >= FEWEST_DAYS) & (seen_after >= FEWEST_AFTER)
    holds &= (ratio <= RATE_RATIO) & (share_after >= SKIP_AFTER) & (share_after - share_before >= SKIP_RISE)
    loose = np.where((book.completed >= FEWEST_COMPLETED) & (seen_after >= FEWEST_AFTER), value, -np.inf)
    value = np.where(holds, value, -np.inf)
    best = np.maximum.reduceat(value, book.start)
    at = np.flatnonzero(value == best[owner])
    row = at[np.searchsorted(owner[at], np.arange(songs))]

    bic_step = -2 * best + 5 * size
    bic_constant, bic_gradual = -2 * constant + 2 * size, -2 * gradual + 4 * size
    gain = np.where(np.isfinite(best), np.minimum(bic_constant, bic_gradual) - bic_step, -np.inf)
    bic_loose = -2 * np.maximum.reduceat(loose, book.start) + 5 * size
    return Wear(gain, ceased, bic_gradual - bic_loose, row)


def latest_day(heard: Heard, book: Ledger) -> Ints:
    """The last listening day with another song, for each: hearing a song makes no silence of it longer."""
    song = heard.plays.song
    last = np.full(len(book.song), heard.days - 1)
    others = np.flatnonzero(song != song[-1])
    last[book.song == song[-1]] = heard.day[others[-1]] if len(others) else 0
    return last


def _clocks(heard: Heard, book: Ledger, until: Ints | None = None) -> tuple[Floats, Ints, Floats, Floats]:
    """The time of each row of the ledger in 0..1, and of each choice of its songs.

    A song's clock runs from its first play to the end of the history, by the person's choices of other songs: it stands
    still while they choose nothing. Returned are rows (n,), the song of each choice, choices a song, choices (m,); of
    choices only those up to the row of `heard` in `until`, where it is given.
    """
    plays = heard.plays
    place = np.full(heard.songs, -1)
    place[book.song] = np.arange(len(book.song))
    chosen = plays.chosen
    everything: Ints = np.cumsum(chosen)
    own = np.flatnonzero(chosen & (place[plays.song] >= 0))
    own_song = place[plays.song[own]]
    own = own[np.argsort(own_song, kind="stable")]
    own_song = place[plays.song[own]]
    count = np.bincount(own_song, minlength=len(book.song))
    rank = np.arange(len(own)) - (np.cumsum(count) - count)[own_song] + 1
    first = book.row[book.start]
    first_own = np.searchsorted(_keys(own_song, own), _keys(np.arange(len(book.song)), first), side="left")
    first_own = first_own - (np.cumsum(count) - count)
    until_first = everything[first] - chosen[first] - first_own
    other_own = everything[own] - rank
    other_row: Ints = everything[book.row] - (
        np.searchsorted(_keys(own_song, own), _keys(book.owner, book.row), side="right")
        - (np.cumsum(count) - count)[book.owner]
    )
    whole = (everything[-1] if len(everything) else 0) - count - until_first
    if until is not None:
        kept = own <= until[own_song]
        own_song, other_own = own_song[kept], other_own[kept]
        count = np.bincount(own_song, minlength=len(book.song))
    span = np.maximum(whole, 1).astype(np.float64)
    edge = 0.5 / span
    row_clock = np.clip(
        (other_row - until_first[book.owner]) / span[book.owner], edge[book.owner], 1 - edge[book.owner]
    )
    own_clock = np.clip((other_own - until_first[own_song]) / span[own_song], edge[own_song], 1 - edge[own_song])
    return row_clock, own_song, count.astype(np.float64), own_clock


def _keys(song: Ints, row: Ints) -> Ints:
    return song * (1 << 40) + row


def _poisson(count: Floats | Ints, time: Floats) -> Floats:
    """The log-likelihood of a count at its best rate, without what does not depend on the rate."""
    some = np.maximum(count, 1e-12)
    return np.asarray(np.where(count > 0, count * (np.log(some) - np.log(np.maximum(time, 1e-12))) - count, 0.0))


def _coin(heads: Floats | Ints, tosses: Floats | Ints) -> Floats:
    """The log-likelihood of tosses at their own share of heads."""
    tails = tosses - heads
    share = np.log(np.maximum(tosses, 1))
    return np.asarray(heads * (np.log(np.maximum(heads, 1)) - share) + tails * (np.log(np.maximum(tails, 1)) - share))


def _log_area(slope: Floats) -> Floats:
    """log of the integral of exp(slope t) over 0..1."""
    size = np.maximum(np.abs(slope), 1e-6)
    return np.asarray(np.maximum(slope, 0) + np.log(-np.expm1(-size)) - np.log(size))


def _rate_slopes(at: Floats, song: Ints, count: Floats) -> Floats:
    """The slope of an exponential rate on 0..1 by the mean of its times (the maximum likelihood), for every song."""
    mean = np.where(count > 0, np.bincount(song, at, minlength=len(count)) / np.maximum(count, 1), 0.5)
    low, high = np.full(len(count), -STEEPEST_RATE), np.full(len(count), STEEPEST_RATE)
    for _ in range(40):
        middle = (low + high) / 2
        size = np.where(np.abs(middle) < 1e-6, 1e-6, middle)
        expected = 1 / -np.expm1(-size) - 1 / size
        above = expected > mean
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray((low + high) / 2)


def _logistic(x: Floats, skip: Bools, owner: Ints, steepest: Floats) -> Floats:
    """The log-likelihood of a logistic curve of skipping along x in 0..1, for every song, no steeper than given."""
    songs = len(steepest)
    y = skip.astype(np.float64)

    def total(each: Floats) -> Floats:
        return np.bincount(owner, each, minlength=songs).astype(np.float64)

    level, slope = np.zeros(songs), np.zeros(songs)
    for turn in range(30):
        chance = _curve(level[owner] + slope[owner] * (x - 0.5))
        weight, rest = chance * (1 - chance), y - chance
        a, b, c = total(weight) + _RIDGE, total(weight * (x - 0.5)), total(weight * (x - 0.5) ** 2) + _RIDGE
        g, h = total(rest) - _RIDGE * level, total(rest * (x - 0.5)) - _RIDGE * slope
        room = np.maximum(a * c - b * b, 1e-9)
        if turn >= 22:  # the slope stands, perhaps at its limit: the best level for it
            level = np.clip(level + np.clip(g / a, -3, 3), -30, 30)
            continue
        level = np.clip(level + np.clip((c * g - b * h) / room, -3, 3), -30, 30)
        slope = np.clip(slope + np.clip((a * h - b * g) / room, -3, 3), -steepest, steepest)
    chance = np.clip(_curve(level[owner] + slope[owner] * (x - 0.5)), 1e-12, 1 - 1e-12)
    return total(np.where(skip, np.log(chance), np.log1p(-chance)))


def _curve(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -40, 40))))
