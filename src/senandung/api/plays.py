"""What is heard: by this program's own player, and as other programs tell it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from senandung.api.home import Home
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.listen import AHEAD, DROPPED, EARLIEST, LONGEST_MS, Listen, Piece, began_word, ended_word
from senandung.files.history.listenbrainz import listen_of, piece_of
from senandung.files.history.rows import Asked
from senandung.remembering import plays
from senandung.remembering.accounts import Person

MOST_REPORTS = 500
"""Plays that the player may tell at a time: it keeps them while there is no network."""

MOST_LISTENS = 1000
LARGEST_LISTEN = 10_240
"""Bytes, as JSON: the limits of ListenBrainz."""

STILL = timedelta(minutes=10)
"""For how long something plays where nobody says how long it is."""


def record_reports(home: Home, person: Person, reports: object, *, at: datetime) -> int:
    """Write down what the player tells of plays; how many were of tracks that the person may hear.

    Parameters
    ----------
    reports : a list of {track_id, started (ISO 8601), offset_minutes, played_ms, began, ended}.

    Raises
    ------
    InvalidValueError : it is no such list. Nothing of it is written then.
    """
    if not isinstance(reports, list) or len(reports) > MOST_REPORTS:
        raise InvalidValueError(f"plays must be a list of at most {MOST_REPORTS}, got {_shown(reports)}")
    checked = [_report(each, at) for each in reports]
    with home.database.writing() as session:
        return sum(
            plays.record_play(session, person.id, track_id, source="here", **said) is not None
            for track_id, said in checked
        )


def _report(report: object, at: datetime) -> tuple[int, dict[str, Any]]:
    if not isinstance(report, Mapping):
        raise InvalidValueError(f"a play must be an object, got {_shown(report)}")
    track_id, played, offset = report.get("track_id"), report.get("played_ms"), report.get("offset_minutes")
    require(_whole(track_id, 1, 2**31 - 1), "a play must name its track by its number", track_id)
    require(_whole(played, 0, LONGEST_MS), "a play must last 0 ms to a day", played)
    require(offset is None or _whole(offset, -1080, 1080), "a clock must stand at most 18 hours from UTC", offset)
    try:
        started = datetime.fromisoformat(str(report.get("started")))
        good = started.tzinfo is not None and EARLIEST <= started <= at + AHEAD
    except (ValueError, OverflowError):
        good = False
    if not good:
        raise InvalidValueError(f"a play must say when it began, with its zone, got {_shown(report.get('started'))}")
    ended = ended_word(report.get("ended"))
    return int(str(track_id)), {
        "started": started.astimezone(UTC),
        "played_ms": played,
        "began": began_word(report.get("began")),
        "ended": ended,
        "skipped": skipped_by(ended),
        "offset_minutes": offset,
    }


def skipped_by(ended: str | None) -> bool | None:
    """Whether an end is a skip; None where it is no evidence.

    >>> [skipped_by(word) for word in ("fwdbtn", "trackdone", "logout")]
    [True, False, None]
    """
    return {"fwdbtn": True, "backbtn": True, "trackdone": False}.get(ended or "")


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _shown(value: object) -> str:
    return repr(value)[:80]


@dataclass(frozen=True)
class Submitted:
    """What a scrobbler told: `listens` to be written down, or `playing`, which plays now."""

    listens: tuple[Listen, ...] = ()
    playing: Piece | None = None


def read_submission(plain: object, *, at: datetime) -> Submitted:
    """What a program submits in ListenBrainz' form.

    Raises
    ------
    InvalidValueError : it breaks a rule of ListenBrainz; nothing of it counts then.
    """
    if not isinstance(plain, Mapping):
        raise InvalidValueError(f"a submission must be a JSON object, got {_shown(plain)}")
    kind, payload = plain.get("listen_type"), plain.get("payload")
    require(kind in ("single", "playing_now", "import"), "listen_type must be single, playing_now or import", kind)
    if not isinstance(payload, list) or not payload:
        raise InvalidValueError(f"payload must be a list of listens, got {_shown(payload)}")
    most = MOST_LISTENS if kind == "import" else 1
    require(len(payload) <= most, f"payload must hold at most {most} listens of type {kind}", len(payload))
    asked = Asked(at)
    for listen in payload:
        if not isinstance(listen, Mapping):
            raise InvalidValueError(f"a listen must be an object, got {_shown(listen)}")
        size = len(json.dumps(listen, ensure_ascii=False).encode("utf-8", "replace"))
        require(size <= LARGEST_LISTEN, f"a listen must have at most {LARGEST_LISTEN} bytes", size)
    if kind == "playing_now":
        require(
            "listened_at" not in payload[0], "what plays now must have no listened_at", payload[0].get("listened_at")
        )
        piece = piece_of(payload[0].get("track_metadata"), asked)
        if isinstance(piece, str) or not piece.artist:
            raise InvalidValueError("a listen must have a track_name and an artist_name, got none")
        return Submitted(playing=piece)
    return Submitted(listens=tuple(_listen(each, asked) for each in payload))


def _listen(plain: Mapping[str, Any], asked: Asked) -> Listen:
    found = listen_of(plain, asked, "submitted")
    if isinstance(found, str):
        raise InvalidValueError(f"a listen must have a track_name and a time in listened_at: it is {DROPPED[found]}")
    require(bool(found.piece.artist), "a listen must have an artist_name", found.piece.title)
    return found


def record_submitted(home: Home, person: Person, listens: Sequence[Listen], *, at: datetime) -> int:
    """Write down what a scrobbler submitted; how many were new."""
    with home.database.writing() as session:
        return plays.add_submitted(session, person.id, listens, at=at)


@dataclass(frozen=True)
class Playing:
    """What plays somewhere now.

    Parameters
    ----------
    track_id : None where it is no track that is known here.
    client : the program that says so.
    since : when it was said.
    position_ms : how far it was then.
    paused : whether it stood still.
    until : after it nothing is known any more.
    """

    person: Person
    client: str
    since: datetime
    until: datetime
    track_id: int | None = None
    piece: Piece | None = None
    position_ms: int = 0
    paused: bool = False


class NowPlaying:
    """What plays now, by person and program; it is forgotten with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._playing: dict[tuple[int, str], Playing] = {}

    def tell(self, playing: Playing) -> None:
        """A program says what plays in it."""
        with self._lock:
            self._playing[playing.person.id, playing.client] = playing

    def stop(self, person: Person, client: str) -> None:
        """A program says that nothing plays in it any more."""
        with self._lock:
            self._playing.pop((person.id, client), None)

    def of(self, person: Person, *, at: datetime) -> list[Playing]:
        """What plays in a person's programs, the newest first."""
        with self._lock:
            for key in [key for key, each in self._playing.items() if each.until < at]:
                del self._playing[key]
            own = [each for key, each in self._playing.items() if key[0] == person.id]
        return sorted(own, key=lambda each: each.since, reverse=True)


def tell_submitted(playing: NowPlaying, person: Person, piece: Piece, client: str, *, at: datetime) -> None:
    """A scrobbler says what plays now."""
    lasts = timedelta(milliseconds=piece.length_ms) if piece.length_ms else STILL
    playing.tell(Playing(person, client, at, at + lasts, piece=piece))
