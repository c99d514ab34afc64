"""Listening histories that were made up: people, their songs, how songs wear out, and songs that they turn from.

What is planted is known, so that precision and recall can be counted. Nothing here is of a real person, and nothing is
shared with the detector: songs are played by weekly draws from weights, with habits of skipping, wear-out of many
speeds, times of life, artists that are left, seasons, sleep, and a child on the same device.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senandung.remembering.avoided import Songs
from senandung.remembering.heard import BUTTON, DONE, ELSEWHERE, OTHER, UNSAID, Plays

WEEK_MS = 7 * 86_400_000
BEGIN_MS = 1_546_300_800_000
"""1 January 2019."""

PLANTED = ("at once", "now and then", "served still", "few chances", "taken out")
"""Turned from, never chosen again, skipped nearly always; chosen a twelfth as often; also still served much; served
rarely; taken out of all lists, so that nothing is left to skip."""

DECOYS = ("worn", "era", "artist", "season", "sleep", "child", "returned", "remixed")
"""Loved songs that fell silent, or are skipped, for another reason."""


@dataclass
class Made:
    """A person's history and the truth of it: planted song → its kind and the week of the turn; decoys by kind."""

    plays: Plays
    songs: Songs
    planted: dict[int, tuple[str, int]] = field(default_factory=dict)
    decoys: dict[int, str] = field(default_factory=dict)


def make_person(
    seed: int, *, plant: int = 1, weeks: int | None = None, songs: int | None = None, weekly: float | None = None
) -> Made:
    """A person's history of one and a half to five years; `plant` songs are turned from.

    `weekly` is how many plays a week begin, on average.
    """
    rng = np.random.default_rng([seed, 20261123])
    weeks = weeks or int(rng.integers(80, 260))
    songs = songs or int(rng.integers(250, 900))
    weekly = weekly or float(rng.uniform(60, 240))
    artist = _artists(rng, songs)
    time = np.arange(weeks)[None, :]
    born = np.where(rng.random(songs) < 0.45, 0, rng.integers(0, weeks, songs))[:, None]
    age = time - born
    love = rng.gamma(0.6, 1.0, songs)[:, None]
    half = np.exp(rng.normal(np.log(40), 0.7, songs))[:, None]
    floor = rng.beta(1.2, 8, songs)[:, None]
    life = np.where(age >= 0, floor + (1 - floor) * 0.5 ** (age / half), 0.0)
    taste = _drift(rng, artist, weeks)
    choose = love * life * taste
    serve = np.where(age >= 0, love**0.7 * (0.15 + 0.85 * 0.5 ** (age / (4 * half))) * taste**0.5, 0.0)
    ease = rng.normal(-1.9, 0.7) + rng.normal(0, 0.6, songs)[:, None]
    wearing = rng.gamma(2.0, 0.5, songs)[:, None]
    dislike = ease + wearing * (1 - life) * 1.2 + 0 * time
    made = Made(Plays(*(np.zeros(0, dtype=np.int64) for _ in range(3)), np.zeros(0, dtype=np.bool_),
                      *(np.zeros(0, dtype=np.int64) for _ in range(2))), Songs.plain(artist))  # fmt: skip
    free = _decoys(rng, made, artist, choose, serve, dislike, weeks)
    _plant(rng, made, artist, born[:, 0], free, plant, choose, serve, dislike, weeks)
    made.plays = _play(rng, made, choose, serve, dislike, weeks, weekly)
    return made


def _artists(rng: np.random.Generator, songs: int) -> NDArray[np.int64]:
    weights = 1 / np.arange(1, max(songs // 7, 8) + 1) ** 0.7
    return np.sort(rng.choice(len(weights), songs, p=weights / weights.sum())).astype(np.int64)


def _drift(rng: np.random.Generator, artist: NDArray[np.int64], weeks: int) -> NDArray[np.float64]:
    """How the taste for each artist goes up and down over months."""
    many = int(artist.max()) + 1
    steps = rng.normal(0, 0.5, (many, weeks // 13 + 2))
    walk = np.cumsum(steps, axis=1) * 0.5
    at = np.linspace(0, walk.shape[1] - 1, weeks)
    smooth = np.array([np.interp(at, np.arange(walk.shape[1]), row) for row in walk])
    return np.exp(np.clip(smooth, -2.0, 1.5))[artist]


def _decoys(rng, made, artist, choose, serve, dislike, weeks) -> list[int]:  # type: ignore[no-untyped-def]
    """Change the weights of some songs, so that they look like it and are not. Returns the songs that are left."""
    order = [int(each) for each in rng.permutation(len(artist))]

    def some(count: int) -> list[int]:
        return [order.pop() for _ in range(count)]

    time = np.arange(weeks)
    for song in some(3):  # heard to bits within months, then skipped more and more
        made.decoys[song] = "worn"
        begin, fade = int(rng.integers(0, weeks // 2)), float(rng.uniform(10, 40))
        curve = np.where(time >= begin, 0.5 ** ((time - begin) / fade), 0.0)
        choose[song], serve[song] = 8 * curve, 3 * np.maximum(curve, 0.15 * (time >= begin))
        dislike[song] = -2.5 + 4.5 * (1 - curve)
    end = int(rng.integers(weeks // 3, weeks))
    for song in some(12):  # a time of life that ended, with all its songs
        made.decoys[song] = "era"
        choose[song] = 4.0 * (time < end)
        serve[song] = 2.0 * (time < end)
    many = np.bincount(artist)
    whole = int(rng.choice(np.flatnonzero((many >= 4) & (many <= 15))))
    turn = int(rng.integers(weeks // 3, weeks - 15))
    for song in np.flatnonzero(artist == whole):  # an artist that is not wanted any more
        made.decoys[int(song)] = "artist"
        choose[song, :turn] += 2.0
        serve[song, :turn] += 1.0
        choose[song, turn:], dislike[song, turn:] = 0.0, 2.0
    order = [song for song in order if song not in made.decoys]
    for song in some(3):
        made.decoys[song] = "season"
        here = ((time + 1) % 52 >= 47) | (time % 52 < 1)
        choose[song], serve[song], dislike[song] = 15.0 * here, 4.0 * here + 0.15, np.where(here, -2.5, 1.5)
    for song in some(1):
        made.decoys[song] = "sleep"
        choose[song], serve[song], dislike[song] = np.zeros(weeks), np.zeros(weeks), -3.0
    for song in some(8):  # a child's, on the same device, in the mornings of some months
        made.decoys[song] = "child"
        choose[song], serve[song], dislike[song] = np.zeros(weeks), np.full(weeks, 0.15), 1.5
    for song in some(2):  # turned from for months, and heard again
        made.decoys[song] = "returned"
        away = (time > weeks // 3) & (time < 2 * weeks // 3)
        choose[song], serve[song] = np.where(away, 0.0, 4.0), 2.0
        dislike[song] = np.where(away, 2.2, -2.5)
    for song in some(4):  # always skipped as often as heard
        made.decoys[song] = "remixed"
        choose[song], serve[song], dislike[song] = 1.0, 5.0, 0.4
    return [song for song in order if song not in made.decoys]


def _plant(rng, made, artist, born, free, plant, choose, serve, dislike, weeks) -> None:  # type: ignore[no-untyped-def]
    counts = np.bincount(artist)
    ok = [song for song in free if counts[artist[song]] >= 4 and born[song] < weeks * 0.4]
    time = np.arange(weeks)
    for number in range(min(plant, len(ok))):
        song = ok[number]
        kind = PLANTED[int(rng.integers(len(PLANTED)))]
        latest = max(min(int(weeks * 0.85), weeks - 20), born[song] + 13)  # some silence belongs to it
        turn = int(rng.integers(min(max(int(weeks * 0.3), born[song] + 12), latest - 1), latest))
        after = time >= turn
        level = float(rng.uniform(1.5, 6.0))
        fade = 0.5 ** ((time - born[song]) / float(rng.uniform(50, 300)))
        choose[song] = np.where(time >= born[song], level * fade, 0.0)
        serve[song] = np.where(time >= born[song], level * fade**0.5 * float(rng.uniform(0.3, 0.8)), 0.0)
        dislike[song] = rng.normal(-2.6, 0.4)
        choose[song] = np.where(after, choose[song] * (1 / 12 if kind == "now and then" else 0.0), choose[song])
        served = {"at once": 0.5, "now and then": 0.5, "served still": 1.0, "few chances": 0.12, "taken out": 0.0}[kind]
        serve[song] = np.where(after, serve[song] * served, serve[song])
        dislike[song] = np.where(after, rng.normal(2.3, 0.5), dislike[song])
        made.planted[song] = (kind, turn)


def _play(rng, made, choose, serve, dislike, weeks, weekly) -> Plays:  # type: ignore[no-untyped-def]
    """Draw the plays: sessions on the days of each week, each song chosen or served, heard to its end or not."""
    length = rng.integers(150_000, 330_000, len(choose))
    own = float(rng.uniform(0.15, 0.6))
    cluster = made.songs.artist % 6  # what is heard together on a day
    cluster[[song for song, kind in made.decoys.items() if kind == "era"]] = 6
    evening = float(rng.uniform(10, 22))
    parts: list[tuple[NDArray[np.int64], ...]] = []
    sleep = [song for song, kind in made.decoys.items() if kind == "sleep"]
    child = np.array([song for song, kind in made.decoys.items() if kind == "child"])
    first = int(rng.integers(0, weeks // 2))
    until = first + int(rng.integers(10, 40))
    for week in range(weeks):
        lazy = rng.random() < 0.06
        many = int(rng.poisson(weekly * float(rng.lognormal(0, 0.35)))) // (8 if lazy else 1)
        if not many:
            continue
        days = np.sort(rng.choice(7, size=int(rng.integers(3, 8)), replace=False))
        day = np.sort(rng.choice(days, many))
        hour = np.clip(rng.normal(evening, 2.5, many), 5.5, 28.0)
        order = np.lexsort((hour, day))
        started = BEGIN_MS + week * WEEK_MS + (day[order] * 24 + hour[order]) * 3_600_000
        chosen = rng.random(many) < own
        song = np.zeros(many, dtype=np.int64)
        for each in days:
            here = np.flatnonzero(day[order] == each)
            mood = 1 + 15.0 * (cluster == cluster[_draw(rng, choose[:, week], 1)])
            picked = _draw(rng, choose[:, week] * mood, len(here)), _draw(rng, serve[:, week] * mood, len(here))
            song[here] = np.where(chosen[here], *picked)
        if sleep and rng.random() < 0.4 and week < weeks // 2:
            last = np.append(np.flatnonzero(np.diff(day[order])), many - 1)
            song[last], chosen[last] = sleep[0], True
        hate = dislike[song, week] - np.where(chosen, 2.0, 0.0)
        skip = rng.random(many) < 1 / (1 + np.exp(-hate))
        stop = ~skip & (rng.random(many) < 0.06)
        share = np.where(skip, np.minimum(rng.exponential(0.12, many), 0.95), np.where(stop, rng.random(many), 1.0))
        button = skip & (rng.random(many) < 0.85)
        ended = np.where(button, BUTTON, np.where(skip, ELSEWHERE, np.where(stop, OTHER, DONE)))
        played = np.maximum(share * length[song] - rng.integers(0, 400, many), 300)
        if first <= week < until and len(child):
            parts.append(_childs(rng, child, length, week))
        parts.append((song, started.astype(np.int64), played.astype(np.int64), chosen.astype(np.int64), ended,
                      (button | (skip & (rng.random(many) < 0.5))).astype(np.int64)))  # fmt: skip
    song, started, played, chosen, ended, skipped = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Plays(song, started, played, chosen.astype(np.bool_), ended.astype(np.int64), skipped)


def _childs(  # type: ignore[no-untyped-def]
    rng, child: NDArray[np.int64], length: NDArray[np.int64], week: int
) -> tuple[NDArray[np.int64], ...]:
    """Mornings of a child: the same few songs, one after the other, to their end."""
    mornings = np.repeat(rng.choice(7, int(rng.integers(1, 4)), replace=False), 8)
    song = rng.choice(child, len(mornings))
    minute = np.tile(np.arange(8) * 4.0, len(mornings) // 8)
    started = BEGIN_MS + week * WEEK_MS + mornings * 86_400_000 + (5 * 60 + minute) * 60_000
    chosen = (rng.random(len(song)) < 0.5).astype(np.int64)
    return (song, started.astype(np.int64), length[song], chosen, np.full(len(song), DONE), np.zeros_like(song))


def _draw(rng: np.random.Generator, weight: NDArray[np.float64], many: int) -> NDArray[np.int64]:
    weight = np.maximum(weight, 0) + 1e-9
    return np.searchsorted(np.cumsum(weight) / weight.sum(), rng.random(many)).clip(0, len(weight) - 1)


def without_short(plays: Plays) -> Plays:
    """The history as importers keep it that drop what was heard for less than 30 seconds."""
    return plays.take(plays.played >= 30_000)


def as_scrobbles(plays: Plays) -> Plays:
    """The history as a scrobbler keeps it: what was heard for half of it or more, and nothing but that."""
    kept = plays.take((plays.played >= 120_000) | (plays.ended == DONE))
    nothing = np.full(len(kept), -1)
    return Plays(kept.song, kept.started, nothing, np.zeros(len(kept), dtype=np.bool_),
                 np.full(len(kept), UNSAID), nothing)  # fmt: skip
