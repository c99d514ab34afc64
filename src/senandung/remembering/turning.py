"""Whether a loved song turned at a point (V1): so few completions since, and skips where there were completions.

Both tests look at every point of every song and take the best, so each is multiplied by the points that it looked at
(Bonferroni); the song's p is the larger of the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtr, gammaln

from senandung.remembering.heard import Bools, Floats, Heard, Ints

FEWEST_COMPLETED = 12
"""Completions before a song counts as loved, on `FEWEST_DAYS` listening days or more."""

FEWEST_DAYS = 5

FEWEST_SKIPS = 4
"""Skips after the turn, on `FEWEST_SKIP_DAYS` listening days or more, and their share of what speaks since."""

FEWEST_SKIP_DAYS = 4

SKIP_SHARE = 0.6


@dataclass(frozen=True)
class Ledger:
    """The evidence of some songs, one song after the other, each in the order of time.

    `song` holds their indices; the rows of the k-th lie at `start[k]` up to `start[k] + count[k]`. Counts of a row
    include it: `completed`, `skips`, and `days` with a completion. `others` is how many completions of other songs the
    person has after the row, `others_all` since the song's first row.
    """

    song: Ints
    start: Ints
    count: Ints
    owner: Ints
    row: Ints
    is_completed: Bools
    completed: Ints
    skips: Ints
    days: Ints
    others: Ints
    others_all: Ints

    @property
    def completed_all(self) -> Ints:
        """Completions of each song."""
        return np.asarray(self.completed[self.start + self.count - 1])

    @property
    def skips_all(self) -> Ints:
        """Skips of each song."""
        return np.asarray(self.skips[self.start + self.count - 1])

    def of(self, each: Ints) -> Ints:
        """What belongs to each song, for every row."""
        return np.asarray(each[self.owner])

    def until_last_skip(self) -> Ledger:
        """The same without what each song has after its last skip; a song that was never skipped stays whole."""
        skips = self.of(self.skips_all)
        kept = (skips == 0) | (self.skips < skips) | ~self.is_completed
        count = np.bincount(self.owner[kept], minlength=len(self.song))
        return Ledger(
            self.song, np.cumsum(count) - count, count, self.owner[kept], self.row[kept], self.is_completed[kept],
            self.completed[kept], self.skips[kept], self.days[kept], self.others[kept], self.others_all,
        )  # fmt: skip


def ledger(heard: Heard, chosen_songs: Ints) -> Ledger:
    """The evidence of some songs, as far as they have any."""
    row = np.flatnonzero(heard.evident & np.isin(heard.plays.song, chosen_songs))
    row = row[np.argsort(heard.plays.song[row], kind="stable")]
    song, start, count = np.unique(heard.plays.song[row], return_index=True, return_counts=True)
    owner = np.repeat(np.arange(len(song)), count)
    done = heard.completed[row]
    completed, skips = _running(done, start, owner), _running(~done, start, owner)
    day = heard.day[row]
    fresh = done & _first_of_day(day, done, owner)
    own_all = completed[start + count - 1] if len(song) else count
    everything: Ints = np.cumsum(heard.completed)
    total = everything[-1] if len(everything) else 0
    first: Ints = everything[row[start]] - done[start]
    others_all = total - first - own_all
    others = total - everything[row] - (own_all[owner] - completed)
    return Ledger(song, start, count, owner, row, done, completed, skips, _running(fresh, start, owner), others,
                  others_all)  # fmt: skip


def _running(marks: Bools, start: Ints, owner: Ints) -> Ints:
    """How many marks each song has up to each row, with it."""
    total = np.cumsum(marks)
    return total - (total[start] - marks[start])[owner]


def _first_of_day(day: Ints, done: Bools, owner: Ints) -> Bools:
    """Whether a completion is the song's first of its day."""
    first: Bools = np.zeros(len(day), dtype=np.bool_)
    at = np.flatnonzero(done)
    if len(at):
        pair = owner[at] * (int(day.max()) + 1) + day[at]
        first[at[np.unique(pair, return_index=True)[1]]] = True
    return first


@dataclass(frozen=True)
class Turn:
    """V1 of each song of a ledger, every p after Bonferroni.

    `p_drop` is of the completions that ceased, whatever took their place; `p_turn` the same where skips did; `p_skips`
    is of the skips. `row` is the row of the ledger after which completions ceased (that of `p_turn` where it has one).
    """

    p_drop: Floats
    p_turn: Floats
    p_skips: Floats
    row: Ints

    @property
    def p(self) -> Floats:
        """Of V1: the larger of its two tests."""
        return np.maximum(self.p_turn, self.p_skips)


def find_turns(book: Ledger) -> Turn:
    """V1 of each song: where so few completions followed, and whether skips took their place.

    A point counts only where the song was loved before it (`FEWEST_COMPLETED` on `FEWEST_DAYS`); that of a turn only
    where `FEWEST_SKIPS` or more follow, and have `SKIP_SHARE` of what follows.
    """
    loved = (book.completed >= FEWEST_COMPLETED) & (book.days >= FEWEST_DAYS)
    done_after, skips_after = book.of(book.completed_all) - book.completed, book.of(book.skips_all) - book.skips
    replaced = (skips_after >= FEWEST_SKIPS) & (skips_after >= SKIP_SHARE * (skips_after + done_after))
    p_drop = np.ones(len(book.row))
    at = np.flatnonzero(loved & book.is_completed & (book.of(book.others_all) > 0))
    share = book.others[at] / book.of(book.others_all)[at]
    p_drop[at] = bdtr(done_after[at].astype(np.float64), book.of(book.completed_all)[at], share)
    p_skips = np.ones(len(book.row))
    at = np.flatnonzero(loved & replaced)
    p_skips[at] = _fisher(book.completed[at], book.skips[at], done_after[at], skips_after[at])
    drop, row = _least(p_drop, book)
    turn, turn_row = _least(np.where(replaced, p_drop, 1.0), book)
    skips, _ = _least(p_skips, book)
    points, splits = np.maximum(book.completed_all, 1), np.maximum(book.count, 1)
    return Turn(
        np.minimum(drop * points, 1.0), np.minimum(turn * points, 1.0), np.minimum(skips * splits, 1.0),
        np.where(turn < 1, turn_row, row),
    )  # fmt: skip


def _least(value: Floats, book: Ledger) -> tuple[Floats, Ints]:
    """The least value of each song and its row, the first of equals."""
    if not len(book.song):
        return np.ones(0), np.zeros(0, dtype=np.int64)
    least = np.minimum.reduceat(value, book.start)
    at = np.flatnonzero(value == least[book.owner])
    return least, at[np.searchsorted(book.owner[at], np.arange(len(book.song)))]


def _fisher(done_before: Ints, skips_before: Ints, done_after: Ints, skips_after: Ints) -> Floats:
    """Fisher's exact test, one-sided: how likely are so many skips after, if they fell anywhere."""
    before, after = done_before + skips_before, done_after + skips_after
    skips, whole = skips_before + skips_after, before + after
    ways = _log_choose(whole, after)
    total = np.zeros(len(before))
    for more in range(int(done_after.max(initial=0)) + 1):
        x = skips_after + more
        ok = (x <= np.minimum(skips, after)) & (after - x <= whole - skips)
        x = np.where(ok, x, skips_after)
        term = np.exp(_log_choose(skips, x) + _log_choose(whole - skips, after - x) - ways)
        total += np.where(ok, term, 0.0)
    return np.minimum(total, 1.0)


def _log_choose(n: Ints, k: Ints) -> Floats:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))


def benjamini_hochberg(p: Floats) -> Floats:
    """The false discovery rate at which each p would be taken (Benjamini & Hochberg 1995, JRSS B 57).

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    found = np.empty(len(p))
    found[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return found
