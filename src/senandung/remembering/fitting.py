"""Which song fits now: a sum of reasons in whole points, so that what is shown adds up to what was decided.

Each reason is a share 0..1 of its weight; weights follow the rank memories > stated feelings > history > sound. A
song's points are rounded reason by reason before they are added: removing a reason changes the score by exactly its
points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WEIGHTS: Mapping[str, int] = {
    "season": 60, "memory": 22, "mood": 45, "hour": 18, "familiar": 16, "unheard": 18, "youth": 10, "sound": 12,
    "made": 10, "chance": 8, "offered": -40, "just-heard": -50, "same-artist": -12,
}  # fmt: skip
"""Points of each reason at its fullest. season: a memory of these days of the year; memory: there is one at all; mood:
how near the song's feeling is to the one that was said; hour: heard at this hour and day of the week; familiar: how
often it was heard to its end; unheard: for how long not, if it was; youth: came out when the person was 10 to 20;
sound: like what was heard last; made: made here; chance: the day's own draw. Against it: offered in the last days,
heard within a day, the artist of the last offers."""

LEARNED = ("season", "memory", "mood", "hour", "familiar", "unheard", "youth", "sound", "made")
"""Reasons whose weight "not now" and "play" change."""

MOOD_SPREAD = 0.45
"""How far a song's feeling may lie from the one that was said before it fits only to 61 %: one standard deviation."""

SEASON_DAYS = 10
"""Days of the year before and after a memory's day that still are its season."""

UNHEARD_DAYS = 120.0
"""Days after which a song that was heard counts to 63 % as long unheard."""

OFFERED_DAYS = 14.0
"""Days for which a song that was offered is held back, less every day."""

FEWEST_HOURS = 4
"""Plays of a song before its hours say anything."""

MOST_CHANGE = float(np.log(2.0))
"""A learned weight is at least half of its first and at most twice."""

_PRIOR = 0.4
"""Standard deviation of the log of a learned weight before anything was learned."""


@dataclass(frozen=True)
class Shelf:
    """The songs that may be offered, a row each; nan and -1 where something is not known.

    Parameters
    ----------
    track : numbers of the tracks, ascending.
    artist : numbers of their artists.
    valence, arousal : the song's feeling: of the person's memories with it, else as it was heard by the program.
    felt : whether it is the person's own.
    year : of release. made : made here.
    heard : completions. last : milliseconds since 1970 of the last play.
    hour : how much this is its hour, 0..1 (`hour_shares`).
    memory : has a memory. season : days from today to the nearest day of the year of a memory whose day is known; nan.
    sound : the cosine with what was heard last, nan where either is unknown.
    """

    track: Ints
    artist: Ints
    valence: Floats
    arousal: Floats
    felt: Bools
    year: Ints
    made: Bools
    heard: Ints
    last: Ints
    hour: Floats
    memory: Bools
    season: Floats
    sound: Floats

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in self.__dataclass_fields__}
        require(len(lengths) == 1, "the columns of a shelf must be of one length", sorted(lengths))

    def __len__(self) -> int:
        return len(self.track)


@dataclass(frozen=True)
class Now:
    """What is asked of a song now.

    Parameters
    ----------
    at : milliseconds since 1970. day : a number of the day that the chance of the day is drawn from.
    feeling : valence and arousal in -1..1 as the person said, or None.
    born : year of birth, or None.
    offered : track → days since it was offered, at most `OFFERED_DAYS`. artists : of the last offers.
    """

    at: int
    day: int = 0
    feeling: tuple[float, float] | None = None
    born: int | None = None
    offered: Mapping[int, float] = field(default_factory=dict)
    artists: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fit:
    """A song and why: reasons by name with their points, the strongest first; they sum to `points`."""

    track: int
    points: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def strongest(self) -> str:
        """The reason with the most points, the day's draw only where there is no other."""
        named = [name for name, points in self.reasons if points > 0 and name != "chance"]
        return named[0] if named else "chance"


def reasons(shelf: Shelf, now: Now, weights: Mapping[str, float] = WEIGHTS) -> dict[str, Ints]:
    """The points of every reason for every song, whole numbers.

    A reason that does not apply gives no points; with an empty history and without analysis, what is left is the songs
    that were made here and the day's draw.
    """
    size = len(shelf)
    shares: dict[str, Floats] = {"made": shelf.made.astype(np.float64), "memory": shelf.memory.astype(np.float64)}
    with np.errstate(invalid="ignore"):
        shares["season"] = np.clip(1 - shelf.season / (SEASON_DAYS + 1), 0, 1)
        if now.feeling is not None:
            away = (shelf.valence - now.feeling[0]) ** 2 + (shelf.arousal - now.feeling[1]) ** 2
            # what the program heard is a weaker word than what the person felt
            shares["mood"] = np.exp(-away / (2 * MOOD_SPREAD**2)) * np.where(shelf.felt, 1.0, 0.8)
    shares["hour"] = np.clip(shelf.hour, 0, 1)
    most = np.log1p(max(float(shelf.heard.max(initial=0)), 20.0))
    shares["familiar"] = np.log1p(shelf.heard) / most
    days = np.where(shelf.last >= 0, np.maximum(now.at - shelf.last, 0) / 86_400_000, 0.0)
    liked = np.minimum(shelf.heard / 5.0, 1.0)
    shares["unheard"] = (1 - np.exp(-np.maximum(days - 14, 0) / UNHEARD_DAYS)) * liked
    if now.born is not None:
        age = shelf.year - now.born
        shares["youth"] = ((shelf.year > 0) & (age >= 10) & (age <= 20)).astype(np.float64)
    shares["sound"] = np.clip(shelf.sound, 0, 1)
    shares["chance"] = draw(shelf.track, now.day)
    shares["just-heard"] = ((shelf.last >= 0) & (days < 1)).astype(np.float64)
    if now.offered:
        among = np.flatnonzero(np.isin(shelf.track, list(now.offered)))
        since = np.array([now.offered[int(each)] for each in shelf.track[among]])
        shares["offered"] = np.zeros(size)
        shares["offered"][among] = np.clip(1 - since / OFFERED_DAYS, 0, 1)
    if now.artists:
        shares["same-artist"] = np.isin(shelf.artist, now.artists).astype(np.float64)
    return {
        name: np.rint(np.nan_to_num(share) * weights.get(name, WEIGHTS[name])).astype(np.int64)
        for name, share in shares.items()
    }


def choose(
    shelf: Shelf, now: Now, weights: Mapping[str, float] = WEIGHTS, *, without: Sequence[str] = ()
) -> Fit | None:
    """The song that fits most, with its reasons; None where there is none. `without` leaves reasons aside."""
    if not len(shelf):
        return None
    found = {name: points for name, points in reasons(shelf, now, weights).items() if name not in without}
    total = np.zeros(len(shelf), dtype=np.int64)
    for points in found.values():
        total += points
    best = np.flatnonzero(total == total.max())
    place = int(best[np.argmax(draw(shelf.track[best], now.day + 1))])
    return fit_of(shelf, found, place)


def fit_of(shelf: Shelf, found: Mapping[str, Ints], place: int) -> Fit:
    """The reasons of one song of a shelf."""
    named = [(name, int(points[place])) for name, points in found.items() if points[place]]
    named.sort(key=lambda each: (-each[1], each[0]))
    return Fit(int(shelf.track[place]), sum(points for _, points in named), tuple(named))


def draw(track: Ints, day: int) -> Floats:
    """A number in 0..1 for each track, another every day and the same all day (SplitMix64, Steele et al. 2014).

    >>> bool((draw(np.array([1, 2]), 5) == draw(np.array([1, 2]), 5)).all())
    True
    """
    with np.errstate(over="ignore"):
        z = track.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z += np.uint64((day * 0xD1B54A32D192ED03) & 0xFFFFFFFFFFFFFFFF)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return np.asarray((z >> np.uint64(11)).astype(np.float64) / float(1 << 53))


def learned(answers: Sequence[tuple[Mapping[str, int], bool]]) -> dict[str, float]:
    """Weights after some answers: the reasons' points of an offer, and whether it was played (False: "not now").

    A logistic regression of "played" on the points of the learned reasons, each as a share of its first weight; the
    coefficients are logs of weights with a normal prior at 0, found by Newton's method, and held within
    `MOST_CHANGE`. Without answers the weights are the first ones.

    >>> learned([])["hour"] == WEIGHTS["hour"]
    True
    >>> learned([({"hour": 18}, False)] * 5)["hour"] < WEIGHTS["hour"]
    True
    """
    weights = {name: float(points) for name, points in WEIGHTS.items()}
    if not answers:
        return weights
    rows = np.array([[said.get(name, 0) / WEIGHTS[name] for name in LEARNED] + [1.0] for said, _ in answers])
    played = np.array([1.0 if each else 0.0 for _, each in answers])
    prior = np.array([_PRIOR] * len(LEARNED) + [1.0])
    value = np.zeros(rows.shape[1])
    for _ in range(12):
        chance = 1 / (1 + np.exp(-np.clip(rows @ value, -30, 30)))
        slope = rows.T @ (played - chance) - value / prior**2
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + np.diag(1 / prior**2)
        value = value + np.linalg.solve(bend, slope)
    for name, change in zip(LEARNED, np.clip(value[:-1], -MOST_CHANGE, MOST_CHANGE), strict=True):
        weights[name] = float(WEIGHTS[name] * np.exp(change))
    return weights


def hour_shares(place: Ints, started: Ints, offset_minutes: Ints, size: int, *, at: int, at_offset: int) -> Floats:
    """How much more each song is heard around this hour and on this kind of day than the person's music is.

    Returned is 0 (no more than any) up to 1 (four times as much or more), 0 with fewer than `FEWEST_HOURS` plays. The
    hour is a bell of two hours; weekdays and weekends are told apart by half.

    Parameters
    ----------
    place, started, offset_minutes : a play each: its song's place below `size`, milliseconds since 1970, and how far
    the
        listener's clock stood ahead of UTC.
    """
    if not len(place):
        return np.zeros(size)
    hour, weekend = _clock(started, offset_minutes)
    here, is_weekend = _clock(np.array([at]), np.array([at_offset]))
    apart = np.abs(hour - here[0])
    near = np.exp(-0.5 * (np.minimum(apart, 24 - apart) / 2.0) ** 2) * np.where(weekend == is_weekend[0], 1.0, 0.5)
    count = np.bincount(place, minlength=size)
    mean = float(near.mean())
    own = (np.bincount(place, near, minlength=size) + 4 * mean) / (count + 4)
    return np.where(
        count >= FEWEST_HOURS, np.clip(np.log(np.maximum(own / max(mean, 1e-9), 1e-9)) / np.log(4), 0, 1), 0.0
    )


def _clock(started: Ints, offset_minutes: Ints) -> tuple[Floats, Bools]:
    local = started + offset_minutes * 60_000
    days = local // 86_400_000
    return (local % 86_400_000) / 3_600_000, ((days + 3) % 7) >= 5
