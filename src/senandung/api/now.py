"""What fits now: one song a day until "not now", with the reasons that it was chosen for.

A song that the person avoids, and whatever they never want brought up, is never chosen. Memories are a reason, their
words are not shown. What was offered, and what came of it, stays in the home.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from weakref import WeakKeyDictionary

import numpy as np

from senandung.api import accounts, avoided, memories
from senandung.api.home import Home
from senandung.api.similar import space_of
from senandung.domain.checks import require_unit
from senandung.domain.memory import KeptMemory
from senandung.domain.music import TrackWhole
from senandung.remembering import offers
from senandung.remembering.accounts import Person
from senandung.remembering.fitting import (
    OFFERED_DAYS,
    Bools,
    Fit,
    Floats,
    Ints,
    Now,
    Shelf,
    choose,
    hour_shares,
    learned,
)
from senandung.remembering.listened import UNSAID_OFFSET
from senandung.remembering.memories import Asked
from senandung.remembering.offers import NOT_NOW, PLAYED, REPLACED, Offered, Remembered, Stock
from senandung.remembering.plays import last_plays
from senandung.remembering.similar import SoundSpace
from senandung.remembering.store.base import milliseconds_of
from senandung.remembering.store.database import Database
from senandung.remembering.tracks import find_track

FEELING = "felt_now"
"""The person's setting that holds what they said of how they feel: valence, arousal, at."""

FEELING_LASTS = timedelta(hours=6)

JUST_BEFORE = timedelta(hours=3)
"""For how long the sound of what was heard last is gone on from."""


@dataclass(frozen=True)
class Offer:
    """One song for now. `points` is the sum of the points of its reasons, which come strongest first."""

    id: int
    track: TrackWhole
    points: int
    reasons: tuple[tuple[str, int], ...]
    at: datetime
    answer: str | None = None

    @property
    def strongest(self) -> str:
        """The reason that its sentence is of."""
        return Fit(self.track.id, self.points, self.reasons).strongest


@dataclass(frozen=True, eq=False)
class _Held:
    mark: tuple[object, ...]
    stock: Stock
    song: Ints
    space: SoundSpace


_held: WeakKeyDictionary[Database, dict[int, _Held]] = WeakKeyDictionary()
_reading: WeakKeyDictionary[Database, dict[int, threading.Lock]] = WeakKeyDictionary()
_lock = threading.Lock()

LITTLE = 10_000
"""Tracks and plays that are read in a tenth of a second or so."""


def feeling_now(person: Person, at: datetime) -> tuple[float, float] | None:
    """How the person said that they feel, while it lasts: valence and arousal."""
    kept = person.settings.get(FEELING)
    if not isinstance(kept, dict):
        return None
    try:
        said = datetime.fromisoformat(kept["at"])
        if at - said > FEELING_LASTS:
            return None
        return float(kept["valence"]), float(kept["arousal"])
    except (KeyError, TypeError, ValueError):
        return None


def say_feeling(home: Home, person: Person, point: tuple[float, float] | None, *, at: datetime) -> Person:
    """The person with how they feel said, or taken back with None; another song is chosen for it."""
    if point is not None:
        require_unit("valence", point[0])
        require_unit("arousal", point[1])
    kept = None if point is None else {"valence": point[0], "arousal": point[1], "at": at.astimezone(UTC).isoformat()}
    with home.database.writing() as session:
        for each in offers.offers_since(session, person.id, _day_began(at, _offset(home, person, at))):
            if each.answer is None:
                offers.answer_offer(session, person.id, each.id, REPLACED)
    return accounts.change_settings(home, person, **{FEELING: kept})


def offer_now(home: Home, person: Person, *, at: datetime, fresh: bool = False) -> Offer | None:
    """The song for now: the same all day, until "not now" or until the person says how they feel.

    Parameters
    ----------
    fresh : choose anew, as after "not now".
    """
    offset = _offset(home, person, at)
    began = _day_began(at, offset)
    with home.database.reading() as session:
        since = offers.offers_since(session, person.id, at - timedelta(days=OFFERED_DAYS))
        today = [each for each in since if each.at >= began]
        if today and today[0].answer in (None, PLAYED) and not fresh:
            track = find_track(session, today[0].track_id, person.id)
            if track is not None and not track.missing and _may_come(home, person, today[0]):
                return _offer(today[0], track)
    fit = fit_now(home, person, at=at, since=since, today=today)
    if fit is None:
        return None
    with home.database.writing() as session:
        number = offers.add_offer(session, person.id, fit.track, fit.reasons, at=at)
        track = find_track(session, fit.track, person.id)
    return None if track is None else Offer(number, track, fit.points, fit.reasons, at)


def _may_come(home: Home, person: Person, offered: Offered) -> bool:
    held = _held.get(home.database, {}).get(person.id)
    if held is None:
        held = _hold(home, person, avoided.told_by_plays(home, person, lately=True))
    found = np.flatnonzero(held.stock.track == offered.track_id)
    return bool(len(found)) and held.stock.key[int(found[0])] not in avoided.kept_back(home, person)


def _offer(kept: Offered, track: TrackWhole) -> Offer:
    return Offer(kept.id, track, sum(points for _, points in kept.reasons), kept.reasons, kept.at, kept.answer)


def fit_now(
    home: Home, person: Person, *, at: datetime, since: Sequence[Offered] = (), today: Sequence[Offered] = (),
    without: Sequence[str] = (),
) -> Fit | None:  # fmt: skip
    """The song that fits, with its reasons; nothing is kept. `without` leaves reasons aside."""
    shelf, now, weights = look(home, person, at=at, since=since, today=today)
    return choose(shelf, now, weights, without=without)


def look(
    home: Home, person: Person, *, at: datetime, since: Sequence[Offered] = (), today: Sequence[Offered] = ()
) -> tuple[Shelf, Now, dict[str, float]]:
    """What there is to choose from, what is asked of it, and the weights that were learned."""
    told = avoided.told_by_plays(home, person, lately=True)
    held = _hold(home, person, told)
    offset = _offset(home, person, at)
    stock = held.stock
    with home.database.reading() as session:
        kept = offers.remembered(session, person.id)
        weights = learned(offers.lessons(session, person.id))
        newest = last_plays(session, person.id, count=avoided.FEW_NEW)
    valence, arousal, felt, memory, season = _of_memories(stock, kept, (at + timedelta(minutes=offset)).date())
    song, size = held.song, len(told.listened.keys)
    counts, latest = np.zeros(size + 1, dtype=np.int64), np.full(size + 1, -1, dtype=np.int64)
    plays = told.heard.plays
    counts[:size] = np.bincount(plays.song[told.heard.completed], minlength=size)[:size]
    np.maximum.at(latest, plays.song, plays.started)
    raw = told.listened
    ahead = np.where(raw.offset == UNSAID_OFFSET, offset, raw.offset)
    hours = np.append(
        hour_shares(raw.plays.song, raw.plays.started, ahead, size, at=milliseconds_of(at), at_offset=offset), 0.0
    )
    last = latest[song]
    for track, started in newest:
        place = int(np.searchsorted(stock.track, track))
        if place < len(stock.track) and stock.track[place] == track:
            last[place] = max(int(last[place]), milliseconds_of(started))
    before = newest[0][0] if newest and at - newest[0][1] < JUST_BEFORE else None
    shelf = Shelf(
        stock.track, stock.artist, valence, arousal, felt, stock.year, stock.made.astype(np.bool_), counts[song],
        last, hours[song], memory, season, _likeness(held.space, stock, before),
    )  # fmt: skip
    back = avoided.kept_back(home, person, told)
    refused = {each.track_id for each in today if each.answer in (NOT_NOW, REPLACED)}
    keep = ~np.isin(stock.track, list(refused))
    if back:
        keep &= np.array([key not in back for key in stock.key], dtype=np.bool_)
    shelf = Shelf(**{name: getattr(shelf, name)[keep] for name in shelf.__dataclass_fields__})
    ages = {each.track_id: (at - each.at) / timedelta(days=1) for each in reversed(since)}
    lately = np.isin(stock.track, [each.track_id for each in since[:3]])
    recent = tuple({int(each) for each in stock.artist[lately]} - {-1})
    now = Now(
        milliseconds_of(at),
        _local_day(at, offset).toordinal(),
        feeling_now(person, at),
        memories.born_of(person),
        ages,
        recent,
    )
    return shelf, now, weights


def _of_memories(
    stock: Stock, remembered: Mapping[int, Remembered], today: date
) -> tuple[Floats, Floats, Bools, Bools, Floats]:
    """Feeling (the person's own before the program's), whose it is, whether there is a memory, days to its season."""
    valence, arousal = stock.valence.copy(), stock.arousal.copy()
    felt, memory = np.zeros(len(valence), dtype=np.bool_), np.zeros(len(valence), dtype=np.bool_)
    season = np.full(len(valence), np.nan)
    for track, kept in remembered.items():
        place = int(np.searchsorted(stock.track, track))
        if place >= len(stock.track) or stock.track[place] != track:
            continue
        memory[place] = True
        if not np.isnan(kept.valence):
            valence[place], arousal[place], felt[place] = kept.valence, kept.arousal, True
        if kept.days:
            season[place] = min(_days_apart(each, today) for each in kept.days)
    return valence, arousal, felt, memory, season


def _days_apart(one: date, other: date) -> int:
    """How many days of the year lie between two days, the shorter way round."""
    apart = abs(one.timetuple().tm_yday - other.timetuple().tm_yday)
    return min(apart, 365 - apart)


def not_now(home: Home, person: Person, offer_id: int) -> bool:
    """Keep that the offered song does not fit now; False where the person has no such offer."""
    with home.database.writing() as session:
        return offers.answer_offer(session, person.id, offer_id, NOT_NOW)


def played(home: Home, person: Person, offer_id: int) -> bool:
    """Keep that the offered song was put on."""
    with home.database.writing() as session:
        return offers.answer_offer(session, person.id, offer_id, PLAYED)


def lately_remembered(home: Home, person: Person, *, most: int = 3) -> tuple[KeptMemory, ...]:
    """The memories that were written last, without those of songs that never come by themselves."""
    found, _ = memories.search(home, person, Asked(kind="memory"), most=4 * most)
    if not found:
        return ()
    back = avoided.kept_back(home, person)
    with home.database.reading() as session:
        keys = offers.keys_of(session, person.id, [each.track.id for each in found])
    latest = sorted(found, key=lambda each: each.changed, reverse=True)
    return tuple(each for each in latest if keys.get(each.track.id, "") not in back)[:most]


def forget_taught(home: Home, person: Person) -> int:
    """Forget every offer, and with them what "not now" taught."""
    with home.database.writing() as session:
        return offers.forget_offers(session, person.id)


def prepare(home: Home, person: Person) -> None:
    """Read what the first page rests on, so that it does not wait for it. Who asks meanwhile waits for this reading."""
    with _lock:
        own = _reading.setdefault(home.database, {}).setdefault(person.id, threading.Lock())
    with own:
        _hold(home, person, avoided.told_by_plays(home, person))


def at_hand(home: Home, person: Person) -> bool:
    """Whether what the first page rests on was read, or is so little that a page need not wait for it."""
    with _lock:
        held = person.id in _held.get(home.database, {})
    if held and avoided.is_told(home, person):
        return True
    with home.database.reading() as session:
        return offers.count_to_read(session, person.id, most=LITTLE) < LITTLE


def _hold(home: Home, person: Person, told: avoided.Told) -> _Held:
    space = space_of(home.database)
    with home.database.reading() as session:
        mark = (offers.stock_mark(session, person.id), told.mark)
        with _lock:
            held = _held.setdefault(home.database, {}).get(person.id)
        if held is not None and held.mark == mark and held.space is space:
            return held
        stock = offers.load_stock(session, person.id) if held is None or held.mark[0] != mark[0] else held.stock
    number = {key: place for place, key in enumerate(told.listened.keys)}
    song = np.array([number.get(key, len(number)) for key in stock.key], dtype=np.int64)
    made = _Held(mark, stock, song, space)
    with _lock:
        _held.setdefault(home.database, {})[person.id] = made
    return made


def _likeness(space: SoundSpace, stock: Stock, before: int | None) -> Floats:
    """The cosine of each track with the one that was heard before; nan where either was not heard by the program."""
    found = np.full(len(stock.track), np.nan)
    if before is None or not len(space.ids):
        return found
    place = int(np.searchsorted(space.ids, before))
    if place >= len(space.ids) or space.ids[place] != before:
        return found
    near = space.points @ space.points[place]
    at = np.searchsorted(space.ids, stock.track).clip(0, len(space.ids) - 1)
    known = space.ids[at] == stock.track
    found[known] = near[at][known]
    found[stock.track == before] = np.nan
    return found


def _offset(home: Home, person: Person, at: datetime) -> int:
    """How many minutes the person's clock stands ahead of UTC: as their last play says, else as this machine's does."""
    with home.database.reading() as session:
        said = offers.last_offset(session, person.id)
    if said is not None:
        return said
    local = at.astimezone().utcoffset() or timedelta()
    return local // timedelta(minutes=1)


def _local_day(at: datetime, offset: int) -> date:
    return (at.astimezone(UTC) + timedelta(minutes=offset)).date()


def _day_began(at: datetime, offset: int) -> datetime:
    day = _local_day(at, offset)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=offset)
