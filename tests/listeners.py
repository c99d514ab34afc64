"""A listener who was made up by rule, with one song that they turn from: small, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from senandung.remembering.avoided import Songs
from senandung.remembering.heard import BUTTON, DONE, UNSAID, Plays

DAY = 86_400_000
BEGIN = 1_640_995_200_000
"""1 January 2022, UTC."""

LENGTH = 200_000
SONGS, ARTISTS = 40, 8
TURN = 150
"""The day on which song 0 is turned from."""

Row = tuple[int, int, int, bool, int, int]
"""song, started, played, chosen, ended, skipped."""


def plays_of(rows: Iterable[Row]) -> Plays:
    """Rows as columns."""
    columns = list(zip(*rows, strict=True)) or [()] * 6
    song, started, played, chosen, ended, skipped = columns
    whole = [np.array(each, dtype=np.int64) for each in (song, started, played, ended, skipped)]
    return Plays(whole[0], whole[1], whole[2], np.array(chosen, dtype=np.bool_), whole[3], whole[4])


def done(song: int, day: float, *, chosen: bool = True) -> Row:
    """A play to the end, at a day (with its fraction) since the beginning."""
    return song, BEGIN + round(day * DAY), LENGTH, chosen, DONE, 0


def skip(song: int, day: float, *, chosen: bool = False) -> Row:
    """A play that the button ended after ten seconds."""
    return song, BEGIN + round(day * DAY), 10_000, chosen, BUTTON, 1


def scrobble(song: int, day: float) -> Row:
    """A play of which nothing is known but that it was."""
    return song, BEGIN + round(day * DAY), -1, False, UNSAID, -1


def songs_of(count: int = SONGS) -> Songs:
    """Songs of eight artists; song 0 is by the first, with others."""
    return Songs.plain(np.arange(count, dtype=np.int64) % ARTISTS)


def rows_of(*, turns: bool = True, days: int = 400, seed: int = 1, skips: int = 60) -> list[Row]:
    """A listener of twelve songs an evening, who skips one in eight; song 0 is loved.

    Where it `turns`, song 0 is heard to its end every other day up to `TURN`, and from then on skipped, `skips` times.
    """
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for day in range(days):
        evening = 11 / 24 + float(rng.uniform(0, 0.05))
        for place in range(12):
            song, at = int(rng.integers(1, SONGS)), day + evening + place / 300
            rows.append(skip(song, at) if rng.random() < 0.125 else done(song, at, chosen=bool(rng.random() < 0.4)))
        if day % 2 == 0 and (day < TURN or not turns):
            rows.append(done(0, day + evening + 5.5 / 300))
        elif turns and day >= TURN and day % 4 == 1 and skips > 0:
            rows.append(skip(0, day + evening + 5.5 / 300))
            skips -= 1
    return rows
