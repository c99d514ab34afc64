"""Players over OpenSubsonic: what they report becomes plays, with how much was heard and whether it was skipped.

A player that reports its position (`playbackReport`) says all: what was heard is the time in which it played. One that
only says what it begins with and what counts as heard (`scrobble`) tells of a skip by going on early.

How a play ended is what the person did, as far as it shows: heard to within `NEAR_END_MS` of its end is `trackdone`;
left earlier for another song within `GOES_ON` is `fwdbtn`; left for nothing is `endplay`, which is no evidence.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from senandung.api.home import Home
from senandung.api.plays import STILL, NowPlaying, Playing, skipped_by
from senandung.domain.checks import require
from senandung.domain.listen import LONGEST_MS
from senandung.domain.music import TrackShown
from senandung.remembering import plays, tracks
from senandung.remembering.accounts import Person

STATES = ("starting", "playing", "paused", "stopped")

NEAR_END_MS = 5_000
"""Milliseconds before the end from which on a song was heard to its end: players report late and fade out."""

GOES_ON = timedelta(seconds=15)
"""Within it the next song begins where the person went on to it."""

SKIPPED_SHARE = 0.5
SKIPPED_MS = 30_000
"""A song that was left before half of it (or before so long, where its length is not known) was skipped."""

FORGOTTEN = timedelta(hours=12)
"""After it a player that says nothing any more is forgotten."""

_SOURCE = "subsonic"


@dataclass(frozen=True)
class _Deck:
    """What a player plays.

    Parameters
    ----------
    started : when it began, by our clock.
    seen, position_ms, moving, rate : the last report.
    heard_ms : how long it played until then.
    reported : whether the player reports its position; else it only says what it begins with.
    ended : how it ended; None while it lasts.
    counted : whether it counts (no `ignoreScrobble`).
    submitted : whether the player said that it was heard.
    """

    track_id: int
    length_ms: int | None
    started: datetime
    seen: datetime
    position_ms: int = 0
    moving: bool = True
    rate: float = 1.0
    heard_ms: int = 0
    reported: bool = True
    began: str | None = None
    ended: str | None = None
    counted: bool = True
    submitted: bool = False

    def until(self, at: datetime, position_ms: int | None = None) -> _Deck:
        """The same at a later time; where the position is not told it went on as it was."""
        wall = max(0, int((at - self.seen) / timedelta(milliseconds=1)))
        here = self.position_ms + int(wall * self.rate) if self.moving else self.position_ms
        if position_ms is None:
            left = here if self.length_ms is None else min(here, self.length_ms)
            position_ms = max(self.position_ms, left)
        heard = self.heard_ms
        if self.moving:
            moved = int((position_ms - self.position_ms) / self.rate)
            heard += wall if moved < 0 else min(wall, moved)
        return replace(self, seen=at, position_ms=position_ms, heard_ms=min(heard, LONGEST_MS))

    @property
    def done(self) -> bool:
        """Whether it came to its end."""
        return self.length_ms is not None and self.position_ms >= self.length_ms - NEAR_END_MS


class Players:
    """The players that are on, by person and program. What they play is forgotten with the process, plays are not."""

    def __init__(self, playing: NowPlaying) -> None:
        self.playing = playing
        self._lock = threading.Lock()
        self._decks: dict[tuple[int, str], _Deck] = {}

    def report(
        self,
        home: Home,
        person: Person,
        client: str,
        track_id: int,
        *,
        position_ms: int,
        state: str,
        rate: float = 1.0,
        counted: bool = True,
        at: datetime,
    ) -> bool:
        """A player says where it is. False where the person may not hear the track."""
        require(state in STATES, f"a player must be one of {', '.join(STATES)}", state)
        require(0.1 <= rate <= 10, "a rate must be in 0.1..10", rate)
        require(0 <= position_ms <= LONGEST_MS, "a position must be 0 ms to a day", position_ms)
        track = self._track(home, person, track_id)
        if track is None:
            return False
        length = track.duration_ms
        with self._lock:
            key = (person.id, client)
            before = self._decks.get(key)
            same = before is not None and before.track_id == track_id and before.ended is None and before.reported
            if before is not None and same and not (state == "starting" and before.heard_ms > 0):
                deck = replace(before.until(at, position_ms), counted=before.counted and counted)
            else:
                began = None
                if before is not None:
                    ended = self._leave(home, person, before, at)
                    began = ended if ended in ("trackdone", "fwdbtn") else None
                deck = _Deck(track_id, length, at, at, position_ms, began=began, counted=counted)
            deck = replace(deck, moving=state in ("starting", "playing"), rate=rate)
            if state == "stopped":
                deck = replace(deck, ended="trackdone" if deck.done else "endplay")
            self._decks[key] = deck
            if state != "starting":
                self._write(home, person, deck)
            self._forget(at)
        if state == "stopped":
            self.playing.stop(person, client)
        else:
            self._tell(person, client, deck, at, paused=state == "paused")
        return True

    def begin(self, home: Home, person: Person, client: str, track_id: int, *, at: datetime) -> bool:
        """A player says that it begins with a song (a scrobble that is no submission)."""
        track = self._track(home, person, track_id)
        if track is None:
            return False
        length = track.duration_ms
        with self._lock:
            key = (person.id, client)
            before = self._decks.get(key)
            if before is not None and before.reported and at - before.seen < STILL:
                return True  # it tells more by its reports
            if before is None or before.track_id != track_id or before.submitted:
                if before is not None and not before.reported:
                    self._leave_begun(home, person, before, at)
                self._decks[key] = _Deck(track_id, length, at, at, reported=False)
            deck = self._decks[key]
            self._forget(at)
        self._tell(person, client, deck, at, paused=False)
        return True

    def submit(
        self, home: Home, person: Person, client: str, track_id: int, *, heard: datetime | None, at: datetime
    ) -> bool:
        """A player says that a song was heard, from a time on (a submission)."""
        track = self._track(home, person, track_id)
        if track is None:
            return False
        length = track.duration_ms
        with self._lock:
            key = (person.id, client)
            deck = self._decks.get(key)
            if deck is not None and deck.track_id == track_id and not deck.reported and not deck.submitted:
                self._decks[key] = replace(deck, submitted=True)
                heard = heard or deck.started
            started = heard or at - timedelta(milliseconds=length or 0)
            lasts = timedelta(milliseconds=length or 600_000)
            with home.database.writing() as session:
                if not plays.is_told(
                    session, person.id, track_id, _SOURCE, since=started - lasts, until=started + GOES_ON
                ):
                    plays.record_play(session, person.id, track_id, source=_SOURCE, started=started)
        return True

    def _track(self, home: Home, person: Person, track_id: int) -> TrackShown | None:
        """A track; None where the person may not hear it."""
        with home.database.reading() as session:
            found = tracks.tracks_of(session, [track_id], person.id)
        return found[0] if found else None

    def _leave(self, home: Home, person: Person, deck: _Deck, at: datetime) -> str | None:
        """How a song ended, now that another one begins."""
        if not deck.reported:
            return self._leave_begun(home, person, deck, at)
        if deck.ended is None:
            late = at - deck.seen > STILL
            last = deck if late else deck.until(at)
            ended = "trackdone" if last.done else "unexpected-exit" if late else "fwdbtn"
            self._write(home, person, replace(last, ended=ended))
            return ended
        if deck.ended == "endplay" and at - deck.seen <= GOES_ON:
            self._write(home, person, replace(deck, ended="fwdbtn"))
            return "fwdbtn"
        return deck.ended if at - deck.seen <= GOES_ON else None

    def _leave_begun(self, home: Home, person: Person, deck: _Deck, at: datetime) -> str | None:
        """The same of a player that reports no position: a song that it left early was skipped."""
        heard = int((at - deck.started) / timedelta(milliseconds=1))
        most = SKIPPED_MS if deck.length_ms is None else SKIPPED_SHARE * deck.length_ms
        if deck.submitted or heard >= most:
            return None
        self._write(home, person, replace(deck, heard_ms=heard, ended="fwdbtn"))
        return "fwdbtn"

    def _write(self, home: Home, person: Person, deck: _Deck) -> None:
        if not deck.counted:
            return
        ended = deck.ended or "unexpected-exit"
        with home.database.writing() as session:
            plays.record_play(
                session,
                person.id,
                deck.track_id,
                source=_SOURCE,
                started=deck.started,
                played_ms=deck.heard_ms,
                began=deck.began,
                ended=ended,
                skipped=skipped_by(ended),
            )

    def _tell(self, person: Person, client: str, deck: _Deck, at: datetime, *, paused: bool) -> None:
        left = STILL if deck.length_ms is None else timedelta(milliseconds=max(0, deck.length_ms - deck.position_ms))
        until = at + (STILL if paused else left + GOES_ON)
        self.playing.tell(
            Playing(person, client, at, until, deck.track_id, position_ms=deck.position_ms, paused=paused)
        )

    def _forget(self, at: datetime) -> None:
        for key in [key for key, deck in self._decks.items() if at - deck.seen > FORGOTTEN]:
            del self._decks[key]
