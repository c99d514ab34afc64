"""The song you avoid: looked for when it is asked for, one at a time; the person's answer stands above it.

Nothing here is ever called by itself to name a song: no notice, no mail, no play. It is off until asked for, off for
those who are not of age, and off where the owner set so.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from senandung.api import accounts
from senandung.api.home import Home
from senandung.domain.checks import require
from senandung.domain.errors import FileError, InvalidValueError
from senandung.remembering import said
from senandung.remembering.accounts import Person
from senandung.remembering.avoided import AVOIDED, FADED, LEFT, RESTING, Finding, silent_of
from senandung.remembering.heard import Heard, hear
from senandung.remembering.listened import Listened, came_since, listened, plays_mark
from senandung.remembering.said import KEPT_BACK, Never
from senandung.remembering.store.base import instant_of
from senandung.remembering.store.database import Database

WANTED = "avoided"
"""The person's own setting: whether the song may be looked for. It is off until they ask."""

HELP_FILE = "help.toml"
"""In the home's folder: the operator's own table of where help is found, instead of the program's."""

_HELP = Path(__file__).parent.parent / "weights" / "help.toml"

FEW_NEW = 100
"""Plays that may be newer than what the first page rests on."""

NOT_EVEN_ASKED = (RESTING,)
"""Grades of which nothing is said."""


@dataclass(frozen=True)
class Month:
    """How often a song was heard to its end and skipped in a month; `month` is its first day."""

    month: date
    completed: int
    skipped: int


@dataclass(frozen=True)
class Silent:
    """A song that fell silent, with its evidence.

    `grade` is avoided, left, faded or resting; `turned` and `last` days in UTC; `said` what the person answered, or
    None.
    """

    track_id: int
    merge_key: str
    title: str
    artist: str
    grade: str
    score: float
    completed: int
    days: int
    completed_after: int
    skips_after: int
    silent_days: int
    turned: datetime
    last: datetime
    tests: tuple[str, ...]
    because: str | None
    said: str | None
    months: tuple[Month, ...] = ()


@dataclass(frozen=True)
class Help:
    """Where help is found, and when that was last looked at."""

    country: str
    name: str
    how: dict[str, str]
    address: str
    checked: date


@dataclass(frozen=True, eq=False)
class Told:
    """What a person's plays say: `heard` in the order of time, and the silent songs among them."""

    mark: tuple[int, int]
    listened: Listened
    heard: Heard
    findings: tuple[Finding, ...]


_told: WeakKeyDictionary[Database, dict[int, Told]] = WeakKeyDictionary()
_lock = threading.Lock()


def allowed(home: Home, person: Person) -> str:
    """Whether the song may be looked for: yes, or why not: minor, owner (they switched it off), asked (not yet)."""
    if person.minor:
        return "minor"
    if not accounts.setting(home, "avoided"):
        return "owner"
    return "yes" if person.settings.get(WANTED) is True else "asked"


def ask(home: Home, person: Person, wanted: bool) -> Person:
    """The person with the search on or off; it is theirs to say, as long as it is allowed to them at all."""
    require(
        not wanted or allowed(home, person) not in ("minor", "owner"), "the song you avoid is off here", person.name
    )
    return accounts.change_settings(home, person, **{WANTED: True if wanted else None})


def told_by_plays(home: Home, person: Person, *, lately: bool = False) -> Told:
    """What the person's plays say, kept until there are others. It names nothing to anybody.

    Parameters
    ----------
    lately : what was told before is good enough where at most `FEW_NEW` plays came since, so that a page does not read
        a whole history anew after every song.
    """
    held = _held(home, person, FEW_NEW if lately else 0)
    if held is not None:
        return held
    with home.database.reading() as session:
        mark = plays_mark(session, person.id)
        plays = listened(session, person.id)
    heard = hear(plays.plays, len(plays.keys), plays.songs.duration)
    made = Told(mark, plays, heard, silent_of(heard, plays.songs))
    with _lock:
        _told.setdefault(home.database, {})[person.id] = made
    return made


def _held(home: Home, person: Person, most_new: int) -> Told | None:
    """What the person's plays were found to say, where none went since and at most so many came."""
    with _lock:
        held = _told.setdefault(home.database, {}).get(person.id)
    if held is None:
        return None
    with home.database.reading() as session:
        came = came_since(session, person.id, held.mark)
    return held if came is not None and came <= most_new else None


def is_told(home: Home, person: Person) -> bool:
    """Whether `told_by_plays` of lately reads nothing."""
    return _held(home, person, FEW_NEW) is not None


def silent_songs(home: Home, person: Person) -> tuple[Silent, ...]:
    """All songs that fell silent, the most surely avoided first, with what was answered.

    Raises
    ------
    InvalidValueError : it was not asked for, or is off.
    """
    if allowed(home, person) != "yes":
        raise InvalidValueError("the song you avoid is looked for only when it is asked for and allowed")
    found = told_by_plays(home, person)
    with home.database.reading() as session:
        answered, never = said.answers(session, person.id), said.never_keys(session, person.id)
        spans = [each for each in said.nevers(session, person.id) if each.kind == "time"]
    return tuple(
        _silent(found, each, answered.get(found.listened.keys[each.song]))
        for each in found.findings
        if found.listened.keys[each.song] not in never and not _within(instant_of(each.turned).date(), spans)
    )


def _within(day: date, spans: Sequence[Never]) -> bool:
    return any(each.first is not None and each.last is not None and each.first <= day <= each.last for each in spans)


def _silent(found: Told, each: Finding, answer: str | None) -> Silent:
    of = found.listened
    return Silent(
        int(of.track[each.song]), of.keys[each.song], of.title[each.song], of.artist[each.song], each.grade,
        each.score, each.completed, each.days, each.completed_after, each.skips_after, each.silent_days,
        instant_of(each.turned), instant_of(each.last), each.tests, each.because, answer,
    )  # fmt: skip


def one_to_show(songs: tuple[Silent, ...], after: int = 0) -> Silent | None:
    """The song to ask about now: those that were not answered, one by one; `after` passes over so many.

    Only avoided songs come first; those left behind or faded may be asked about, and are never said to be avoided.
    """
    open_ = [each for each in songs if each.said is None and each.grade not in NOT_EVEN_ASKED and _fits(each)]
    return open_[after % len(open_)] if open_ else None


def _fits(each: Silent) -> bool:
    return each.grade in (AVOIDED, LEFT, FADED) and each.because in (None, "artist", "company")


def with_months(home: Home, person: Person, song: Silent) -> Silent:
    """The song with its months, from its first play to the end of the history."""
    found = told_by_plays(home, person)
    heard, number = found.heard, found.listened.keys.index(song.merge_key)
    rows = heard.plays.song == number
    if not rows.any():
        return song
    month = heard.plays.started.astype("datetime64[ms]").astype("datetime64[M]")
    first, last = month[rows].min(), month.max()
    span = np.arange(first, last + 1)
    place = (month - first).astype(np.int64)
    done = np.bincount(place[rows & heard.completed], minlength=len(span))
    skips = np.bincount(place[rows & heard.skipped], minlength=len(span))
    months = tuple(
        Month(each, int(a), int(b))
        for each, a, b in zip(span.astype("datetime64[D]").tolist(), done, skips, strict=True)
    )
    return replace(song, months=months)


def song_by_track(home: Home, person: Person, track_id: int) -> Silent | None:
    """The silent song that a track stands for; None where it is none, or may not be brought up."""
    return next((each for each in silent_songs(home, person) if each.track_id == track_id), None)


def answer(home: Home, person: Person, track_id: int, what: str, *, at: datetime) -> Silent | None:
    """Keep the person's answer about a silent song; None where there is no such song."""
    song = song_by_track(home, person, track_id)
    if song is None:
        return None
    with home.database.writing() as session:
        said.answer(session, person.id, song.merge_key, what, at=at)
    return song


def take_back(home: Home, person: Person, track_id: int) -> bool:
    """Forget what the person answered about a silent song."""
    song = song_by_track(home, person, track_id)
    if song is None:
        return False
    with home.database.writing() as session:
        return said.take_back(session, person.id, song.merge_key)


def never_this_song(home: Home, person: Person, track_id: int, *, at: datetime) -> bool:
    """Never bring up a track's song again, here or in what fits now; False where the person may not see it."""
    with home.database.writing() as session:
        found = said.named(session, person.id, track_id)
        if found is None:
            return False
        said.never_song(session, person.id, found[0], found[1], at=at)
    return True


def never_this_person(home: Home, person: Person, name: str, *, at: datetime) -> None:
    """Never bring up a person of one's memories, nor the songs that hold them."""
    with home.database.writing() as session:
        said.never_person(session, person.id, name, at=at)


def never_this_time(home: Home, person: Person, first: date, last: date, *, at: datetime) -> None:
    """Never bring up a time, nor the songs of its memories, nor a song that was turned from in it."""
    with home.database.writing() as session:
        said.never_time(session, person.id, first, last, at=at)


def nevers(home: Home, person: Person) -> tuple[Never, ...]:
    """All that is never brought up."""
    with home.database.reading() as session:
        return said.nevers(session, person.id)


def allow_again(home: Home, person: Person, never_id: int) -> bool:
    """Take back a "never"."""
    with home.database.writing() as session:
        return said.allow_again(session, person.id, never_id)


def kept_back(home: Home, person: Person, told: Told | None = None) -> set[str]:
    """The merge keys of songs that never come by themselves: avoided without a word to the contrary, and "never"s.

    It is asked by what fits now, whether or not the person looks for avoided songs: it names none of them.
    """
    found = told or told_by_plays(home, person, lately=True)
    with home.database.reading() as session:
        answered, never = said.answers(session, person.id), said.never_keys(session, person.id)
    keys = {found.listened.keys[each.song] for each in found.findings if each.grade == AVOIDED}
    keys -= {key for key, what in answered.items() if what not in KEPT_BACK}
    return keys | {key for key, what in answered.items() if what in KEPT_BACK} | never


def help_table(home: Home) -> tuple[Help, ...]:
    """Where help is found: the operator's `help.toml` in the home's folder, or the program's.

    Raises
    ------
    FileError : the table cannot be read.
    """
    path = home.folder / HELP_FILE
    path = path if path.exists() else _HELP
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["help"]
        return tuple(
            Help(
                row["country"], row["name"], {"id": row["id"], "en": row["en"]}, row.get("address", ""), row["checked"]
            )
            for row in rows
        )
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        rule = "each [[help]] must have country, name, id, en and checked (a date)"
        raise FileError(path, f"{rule}: {error}") from error
