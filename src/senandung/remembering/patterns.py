"""Why a song may be silent without being avoided: its season, its hour of sleep, its artist or its company gone."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
from scipy.special import bdtrc

from senandung.remembering.heard import DAY_MS, Floats, Heard, Ints

SHARE = 0.6
"""The share of a song's completions that makes a pattern of them."""

ARTIST_COMPLETED = 3
"""Completions of the artist's other songs since the turn for the artist to be still played."""

ARTIST_LEFT, COMPANY_LEFT = 1 / 3, 1 / 2
"""Of the artist's other songs, and of the songs beside it, at least so much must be left of what is left of all."""

_BESIDE = 3
"""Plays before and after that count as beside, where nothing between them is longer apart than `_SITTING_MS`."""

_SITTING_MS = 30 * 60_000

_SLEEP_MS = 45 * 60_000
_NIGHT_MS = 5 * 3_600_000

_SEASONS = re.compile(
    r"\b(?:natal|christmas|xmas|noel|santa|jingle bells|lebaran|idul ?fitri|eid|takbir(?:an)?|ramadh?an|puasa|"
    r"selamat hari raya|happy birthday|selamat ulang tahun|new year|tahun baru)\b",
    re.IGNORECASE,
)
_CHILDREN = re.compile(
    r"\b(?:kids|nursery|lullab(?:y|ies)|lagu anak|anak[- ]anak|nina bobo|baby shark|cocomelon|pinkfong|balonku|"
    r"pok ame ame|twinkle twinkle)\b",
    re.IGNORECASE,
)
_SLEEP = re.compile(
    r"\b(?:white noise|brown noise|pink noise|rain sounds?|suara hujan|sleep(?:ing)? (?:music|sounds?)|"
    r"deep sleep|pengantar tidur|asmr)\b",
    re.IGNORECASE,
)


def named_pattern(*names: str) -> str | None:
    """season, child or sleep, where a title, artist, album or genre says so.

    >>> named_pattern("Selamat Hari Raya"), named_pattern("Rain Sounds for Sleep"), named_pattern("Kangen")
    ('season', 'sleep', None)
    """
    text = " / ".join(names)
    for name, pattern in (("season", _SEASONS), ("child", _CHILDREN), ("sleep", _SLEEP)):
        if pattern.search(text):
            return name
    return None


def pattern_of(heard: Heard, song: int, last: int, artist: Ints) -> str | None:
    """Why a song's silence since its last completion, a row of `heard`, is no avoidance; None if nothing explains it.

    Returns season, sleep, artist (it is not played any more, nor its other songs) or company (what was played beside it
    is gone too: another listener, a child, a time of life).
    """
    own = np.flatnonzero(heard.completed & (heard.plays.song == song))
    own = own[own <= last]
    if seasonal(heard.plays.started[own]):
        return "season"
    if _sleepy(heard, own, song):
        return "sleep"
    earlier = heard.plays.song[: last + 1][heard.completed[: last + 1]]
    since = heard.plays.song[last + 1 :][heard.completed[last + 1 :]]
    before = np.bincount(earlier, minlength=heard.songs).astype(np.float64)
    after = np.bincount(since, minlength=heard.songs).astype(np.float64)
    before[song] = after[song] = 0
    kin = (artist == artist[song]).astype(np.float64)
    if (kin * after).sum() < ARTIST_COMPLETED or not _stays(kin * before, before, after, ARTIST_LEFT):
        return "artist"
    return None if _stays(_beside(heard, own), before, after, COMPANY_LEFT) else "company"


def _stays(weight: Floats, before: Floats, after: Floats, share: float) -> bool:
    """Whether of weighted songs that were known before at least a share is left of what is left of all."""
    known = before > 0
    left = after[known] / (before + after)[known]
    mine, all_ = weight[known].sum(), before[known].sum()
    return bool(not mine or not all_ or (left @ weight[known]) / mine >= share * (left @ before[known]) / all_)


def seasonal(started: Ints) -> bool:
    """Whether completions lie in Christmas's weeks, in Ramadan and Lebaran, or in the same weeks of several years."""
    day = started // DAY_MS
    of_year = _of_year(day)
    if not len(day):
        return False
    christmas = (of_year >= _of_year(np.array([_days(2001, 11, 25)]))[0]) | (of_year < 2)
    islamic = _islamic_day(day)
    lebaran = (islamic >= _RAMADAN) & (islamic < _RAMADAN + 40)
    if christmas.mean() >= SHARE or lebaran.mean() >= SHARE:
        return True
    years = np.split(np.sort(day), np.flatnonzero(np.diff(np.sort(day)) > 200) + 1)
    turning = np.exp(2j * np.pi * of_year / 365.25)
    return sum(len(each) >= 2 for each in years) >= 2 and bool(abs(turning.mean()) >= 0.85)


_ISLAMIC_YEAR = 354.0 + 11.0 / 30.0
"""Days of the arithmetical Islamic calendar's mean year; a day wrong at most, which a season of 40 days bears."""

_RAMADAN = 236
"""Days of an Islamic year before Ramadan."""


def _days(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - date(1970, 1, 1)).days


def _of_year(day: Ints) -> Ints:
    """Days since the first of January."""
    whole = day.astype("datetime64[D]")
    return np.asarray((whole - whole.astype("datetime64[Y]")).astype(np.int64))


def _islamic_day(day: Ints) -> Ints:
    """Days since the Islamic year began (1 Muharram 1445 was 19 July 2023)."""
    return np.asarray(((day - _days(2023, 7, 19)) % _ISLAMIC_YEAR).astype(np.int64))


def _sleepy(heard: Heard, own: Ints, song: int) -> bool:
    """Whether a song is heard before long silences, twice as often as the person's other songs."""
    started = heard.plays.started
    long_after = np.flatnonzero(np.diff(started) >= _NIGHT_MS)
    ends = np.append(started[long_after], started[-1:])
    next_end = ends[np.minimum(np.searchsorted(ends, started, side="left"), len(ends) - 1)]
    late = next_end - started <= _SLEEP_MS
    others = heard.completed & (heard.plays.song != song)
    if not len(own) or not others.any():
        return False
    many, base = int(late[own].sum()), float(late[others].mean())
    pattern = many >= max(SHARE, 2 * base) * len(own)
    return pattern and float(bdtrc(many - 1, len(own), min(base, 1.0))) < 0.01


def _beside(heard: Heard, own: Ints) -> Floats:
    """How often each song was played beside some plays, in one sitting with them."""
    near = np.zeros(heard.songs)
    rows = len(heard.plays)
    sitting = np.cumsum(np.diff(heard.plays.started, prepend=heard.plays.started[:1]) > _SITTING_MS)
    for step in (*range(-_BESIDE, 0), *range(1, _BESIDE + 1)):
        beside = own + step
        inside = (beside >= 0) & (beside < rows)
        beside = beside[inside]
        near += np.bincount(heard.plays.song[beside[sitting[beside] == sitting[own[inside]]]], minlength=heard.songs)
    return near
