"""The song you avoid: loved, then turned from, long silent, while all around it goes on.

The definition is the one of docs/home-avoided.md. What is found is a question to the person, never a statement: their
answer stands above it (`said`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from senandung.remembering.heard import Bools, Floats, Heard, Ints, Plays, hear
from senandung.remembering.patterns import named_pattern, pattern_of
from senandung.remembering.turning import (
    FEWEST_COMPLETED,
    FEWEST_DAYS,
    FEWEST_SKIP_DAYS,
    Ledger,
    benjamini_hochberg,
    find_turns,
    ledger,
)
from senandung.remembering.wear_out import MARGIN, STRONG, find_step, find_wear, latest_day

RATE = 0.05
"""Of the songs that are named by V1, at most this share is expected to be named by chance."""

SILENT_DAYS = 60
"""Listening days since the last completion (V1), or since the turn (V2)."""

AVOIDED, LEFT, FADED, RESTING = GRADES = ("avoided", "left", "faded", "resting")
"""The song you avoid; left behind; faded by hearing; resting. Only the first needs skips and says more than silence."""


@dataclass(frozen=True)
class Songs:
    """What is known of the songs of a history, in its numbering: artists by number, whether it can still be heard,
    its length in milliseconds (nan if unknown), and its title, artist, album and genre in one text."""

    artist: Ints
    available: Bools
    duration: Floats
    names: tuple[str, ...]

    @classmethod
    def plain(cls, artist: Ints) -> Songs:
        """Songs of which only the artist is known."""
        some = np.ones(len(artist), dtype=np.bool_)
        return cls(artist, some, np.full(len(artist), np.nan), ("",) * len(artist))


@dataclass(frozen=True)
class Finding:
    """One silent song, with its evidence.

    `turned` and `last` are milliseconds since 1970: the change point, and the last completion. `completed` and `days`
    are those up to the turn; `completed_after` and `skips_after` those since. `silent_days` are listening days since
    the last completion. `q` is V1's false discovery rate, `gain` V2's margin in BIC; `tests` names those that hold.
    `because` is what else explains the silence. `score` is 0 unless the grade is avoided, and orders findings.
    """

    song: int
    grade: str
    score: float
    completed: int
    days: int
    completed_after: int
    skips_after: int
    silent_days: int
    turned: int
    last: int
    q: float
    gain: float
    tests: tuple[str, ...] = ()
    because: str | None = None


def find_silent(plays: Plays, songs: Songs) -> tuple[Finding, ...]:
    """Every song that was loved and is silent, with its grade; the most surely avoided first.

    Parameters
    ----------
    plays : of one person; their order, doubles and time zone change nothing.
    songs : what is known of the songs.
    """
    return silent_of(hear(plays, len(songs.artist), songs.duration), songs)


def silent_of(heard: Heard, songs: Songs) -> tuple[Finding, ...]:
    """`find_silent` of plays whose evidence is told already."""
    if not len(heard.plays):
        return ()
    done = heard.plays.song[heard.completed]
    pairs = np.unique(done * heard.days + heard.day[heard.completed]) // max(heard.days, 1)
    often = np.bincount(done, minlength=heard.songs) >= FEWEST_COMPLETED
    loved = np.flatnonzero(often & (np.bincount(pairs, minlength=heard.songs) >= FEWEST_DAYS))
    if not len(loved):
        return ()
    book = ledger(heard, loved)
    return _graded(heard, book, songs)


def _graded(heard: Heard, book: Ledger, songs: Songs) -> tuple[Finding, ...]:
    turn, wear, step = find_turns(book), find_wear(heard, book), find_step(heard, book)
    q, q_drop = benjamini_hochberg(turn.p), benjamini_hochberg(turn.p_drop)
    place = np.where(book.is_completed, np.arange(len(book.row)), -1)
    last = book.row[np.maximum.reduceat(place, book.start)]
    silent = heard.days - 1 - heard.day[last]
    many = 2 * np.log(len(book.song))  # as many songs were looked at
    by_turn = (q <= RATE) & (silent >= SILENT_DAYS) & (wear.abrupt > STRONG + many)
    since_step = latest_day(heard, book) - heard.day[book.row[step.row]]
    by_wear = (step.gain > MARGIN + many) & (turn.p_skips <= RATE) & (since_step >= SILENT_DAYS)
    told = np.bincount(book.owner, ~heard.scrobble[book.row], minlength=len(book.song)) > 0
    dropped = np.where(told, q_drop, benjamini_hochberg(_gaps(heard, book, silent))) <= RATE
    found = []
    for k in np.flatnonzero(by_turn | by_wear | (silent >= SILENT_DAYS)):
        song = int(book.song[k])
        known = named_pattern(songs.names[song]) if songs.available[song] else "gone"
        tests, because, turned = [], known, False
        for name, holds, row, until in (
            ("turn", by_turn[k], int(turn.row[k]), int(last[k])),
            ("wear", by_wear[k], int(step.row[k]), int(book.row[step.row[k]])),
        ):
            if not holds or _skip_days(heard, book, row, int(k)) < FEWEST_SKIP_DAYS:
                continue
            turned = True
            why = known or pattern_of(heard, song, until, songs.artist)
            if why is None:
                tests.append(name)
            because = because or why
        because = None if tests else because
        grade = _grade(turned, because, bool(dropped[k]), bool(wear.ceased[k] or not told[k]))
        row = int(step.row[k] if "wear" in tests and "turn" not in tests else turn.row[k])
        chances = {"turn": float(q[k]), "wear": float(np.exp(-step.gain[k] / 2))}
        chance = min((chances[name] for name in tests), default=1.0)
        found.append(
            Finding(
                song, grade, float(-np.log10(max(chance, 1e-12))) if grade == AVOIDED else 0.0,
                int(book.completed[row]), int(book.days[row]),
                int(book.completed_all[k] - book.completed[row]), int(book.skips_all[k] - book.skips[row]),
                int(silent[k]), int(heard.plays.started[book.row[row]]), int(heard.plays.started[last[k]]),
                float(q[k]), float(step.gain[k]), tuple(tests), because,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda each: (GRADES.index(each.grade), -each.score, each.turned, each.song)))


def _skip_days(heard: Heard, book: Ledger, row: int, k: int) -> int:
    """On how many listening days a song was skipped after a row of the ledger."""
    since = slice(row + 1, int(book.start[k] + book.count[k]))
    return len(np.unique(heard.day[book.row[since][~book.is_completed[since]]]))


def _grade(turned: bool, because: str | None, dropped: bool, ceased: bool) -> str:
    """The grade of a loved song that is silent."""
    if because in ("season", "sleep", "child"):
        return RESTING
    if turned and because is None:
        return AVOIDED
    if turned or (dropped and ceased):
        return LEFT
    return FADED if dropped else RESTING


def _gaps(heard: Heard, book: Ledger, silent: Ints) -> Floats:
    """How likely each song's silence is, by how the person's songs come and go.

    The gaps between the listening days of a song, as multiples of its own median gap, are pooled over the person's
    loved songs; the silence is set against the log-normal fit of these.
    """
    day, done = heard.day[book.row], book.is_completed
    at = np.flatnonzero(done)
    owner = book.owner[at]
    same = owner[1:] == owner[:-1]
    gap = np.diff(day[at])
    some = same & (gap > 0)
    gap, whose = np.log(gap[some]), owner[1:][some]
    order = np.lexsort((gap, whose))
    gap, whose = gap[order], whose[order]
    count = np.bincount(whose, minlength=len(book.song))
    start = np.cumsum(count) - count
    middle = np.full(len(book.song), np.nan)
    middle[count > 0] = gap[(start + count // 2)[count > 0]]
    ratio = gap - middle[whose]
    if len(ratio) < FEWEST_COMPLETED:
        return np.ones(len(book.song))
    chance = 1 - ndtr((np.log(np.maximum(silent, 1)) - middle - ratio.mean()) / max(float(ratio.std()), 0.1))
    return np.where(np.isnan(chance), 1.0, chance)
