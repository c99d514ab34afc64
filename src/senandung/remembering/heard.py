"""Plays as columns, and what each play says: heard to its end, skipped, chosen, or nothing.

The definitions are those of Spotify's reasons, which other sources are brought to. A listening day is a day on which
the person played anything; a day begins at the hour that lies opposite the middle of their listening, so no time zone
is needed and none changes the result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY_MS = 86_400_000

CHOSEN = ("clickrow", "playbtn", "backbtn")
"""Reasons of a beginning that are the person's own choice."""

UNSAID, DONE, BUTTON, ELSEWHERE, OTHER = range(5)
"""How a play ended: not said; to its end; forward or back; another song chosen; anything else, which says nothing."""

ENDED = {"trackdone": DONE, "fwdbtn": BUTTON, "backbtn": BUTTON, "clickrow": ELSEWHERE, "playbtn": ELSEWHERE,
         "clickside": ELSEWHERE}  # fmt: skip
"""Spotify's reasons of an end; those that are not here (endplay, logout, remote, trackerror …) are `OTHER`."""

COMPLETED_SHARE = 0.85
SKIPPED_SHARE = 0.5
CLICKED_AWAY_MS = 30_000


@dataclass(frozen=True)
class Plays:
    """Plays of one person, a row each, in any order, doubles allowed.

    Parameters
    ----------
    song : index of the song, versions merged, from 0.
    started : milliseconds since 1970, UTC.
    played : milliseconds heard; -1 where the source does not say.
    chosen : whether the person chose it (`CHOSEN`).
    ended : of `UNSAID` … `OTHER`.
    skipped : 1, 0, or -1 where the source does not say.
    """

    song: Ints
    started: Ints
    played: Ints
    chosen: Bools
    ended: Ints
    skipped: Ints

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__dataclass_fields__}
        require(len(lengths) == 1, "the columns of plays must be of one length", sorted(lengths))

    def __len__(self) -> int:
        return len(self.song)

    def take(self, which: Ints | Bools) -> Plays:
        """The plays at some rows."""
        return replace(self, **{name: getattr(self, name)[which] for name in self.__dataclass_fields__})

    def tidy(self) -> Plays:
        """In the order of time, without doubles (the same song at the same millisecond; the fuller one stays)."""
        fuller = np.where(self.ended != UNSAID, 0, 1)
        order = np.lexsort((self.skipped, self.ended, -self.played, fuller, self.song, self.started))
        song, started = self.song[order], self.started[order]
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = (song[1:] != song[:-1]) | (started[1:] != started[:-1])
        return self.take(order[first])


@dataclass(frozen=True)
class Heard:
    """What tidy plays say, in the order of time.

    `completed` counts a play of which nothing is said but that it was (a scrobble) too: it was heard, and so speaks
    against silence. `evident` is a play that speaks at all: completed, or skipped. `day` numbers listening days from 0.
    `hour` is hours since the person's day began, 0 up to 24. `length` is of each song, milliseconds, nan if unknown.
    """

    plays: Plays
    songs: int
    completed: Bools
    skipped: Bools
    scrobble: Bools
    day: Ints
    hour: Floats
    length: Floats

    @property
    def evident(self) -> Bools:
        """Rows that are evidence."""
        return self.completed | self.skipped

    @property
    def days(self) -> int:
        """How many listening days there are."""
        return int(self.day[-1]) + 1 if len(self.day) else 0


def hear(plays: Plays, songs: int, durations: Floats | None = None) -> Heard:
    """What plays say.

    Parameters
    ----------
    plays : of one person, in any order.
    songs : how many songs there are; `plays.song` is below it.
    durations : shape (songs,), milliseconds as the files say, nan where unknown; for songs that were never heard to
        their end where the source says so.
    """
    require(songs >= 0 and (not len(plays) or 0 <= plays.song.min() <= plays.song.max() < songs),
            "the songs of plays must be numbered below their count", songs)  # fmt: skip
    tidy = plays.tidy()
    length = _lengths(tidy, songs, durations)
    known = tidy.played >= 0
    with np.errstate(invalid="ignore"):
        share = np.where(known, tidy.played / length[tidy.song], np.nan)
        scrobble = ~known & (tidy.ended == UNSAID) & (tidy.skipped != 1)
        completed = (tidy.ended == DONE) | (share >= COMPLETED_SHARE) | scrobble
        short = known & np.where(np.isnan(share), tidy.played < CLICKED_AWAY_MS, share < SKIPPED_SHARE)
    button = (tidy.ended == BUTTON) | ((tidy.skipped == 1) & (tidy.ended != OTHER))
    away = (tidy.ended == ELSEWHERE) & known & (tidy.played < CLICKED_AWAY_MS)
    skipped = (button | away) & short & ~completed
    shifted = tidy.started - _day_begins(tidy.started)
    calendar = shifted // DAY_MS
    day = np.cumsum(np.diff(calendar, prepend=calendar[:1]) != 0) if len(calendar) else calendar
    return Heard(tidy, songs, completed, skipped, scrobble, day, (shifted % DAY_MS) / 3_600_000, length)


def _lengths(plays: Plays, songs: int, durations: Floats | None) -> Floats:
    """The 90th percentile of what was heard where a song ended by itself; else its file's; else of what was heard."""

    def of(rows: Bools) -> Floats:
        return _percentiles(plays.song[rows], plays.played[rows].astype(np.float64), songs, 0.9)

    length = of((plays.ended == DONE) & (plays.played > 0))
    if durations is not None:
        with np.errstate(invalid="ignore"):
            length = np.where(np.isnan(length) & (durations > 0), durations, length)
    return np.where(np.isnan(length), of(plays.played >= CLICKED_AWAY_MS), length)


def _percentiles(group: Ints, value: Floats, groups: int, at: float) -> Floats:
    """A percentile of each group, linear between neighbours; nan for groups without values."""
    order = np.lexsort((value, group))
    ordered = value[order]
    count = np.bincount(group, minlength=groups)
    start = np.cumsum(count) - count
    place = at * (count - 1)
    below = np.clip(np.floor(place), 0, None).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    found = np.full(groups, np.nan)
    some = count > 0
    low, high = ordered[(start + below)[some]], ordered[(start + above)[some]]
    found[some] = low + (high - low) * (place - below)[some]
    return found


def _day_begins(started: Ints) -> int:
    """When the person's day begins, milliseconds after midnight UTC: opposite the mean direction of their plays."""
    turn = 2 * np.pi * (started % DAY_MS) / DAY_MS
    middle = np.arctan2(np.sin(turn).sum(), np.cos(turn).sum())
    return round(float((middle / (2 * np.pi) + 0.5) % 1.0) * DAY_MS)
