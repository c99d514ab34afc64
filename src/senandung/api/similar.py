"""Tracks that sound like one: the space of the library is kept in memory, and made anew as the library grows."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from senandung.api.analysis import VERSION
from senandung.domain.music import TrackShown
from senandung.remembering.similar import SoundSpace, load_space, space_mark
from senandung.remembering.store.database import Database
from senandung.remembering.tracks import tracks_of

FRESH = 60.0
"""Seconds for which the space is not made anew, however many tracks are heard meanwhile."""

LEAST = 0.2
"""Cosine below which nobody would call two tracks alike; chance is near 0."""

CANDIDATES = 6
"""Times as many tracks as are wanted are looked at, for some of them are gone or another's."""


@dataclass(frozen=True)
class SimilarTrack:
    """A track, and how alike it sounds: the cosine, -1..1."""

    track: TrackShown
    likeness: float


class _Space:
    """The space of one library, made once for all who ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._space: SoundSpace | None = None
        self._mark: object = None
        self._looked = 0.0

    def current(self, database: Database) -> SoundSpace:
        """The space as it is now, or was less than `FRESH` seconds ago."""
        with self._lock:
            if self._space is not None and time.monotonic() - self._looked < FRESH:
                return self._space
            with database.reading() as session:
                mark = space_mark(session)
                if self._space is None or mark != self._mark:
                    self._space, self._mark = load_space(session, VERSION), mark
            self._looked = time.monotonic()
            return self._space


_SPACES: WeakKeyDictionary[Database, _Space] = WeakKeyDictionary()


def space_of(database: Database) -> SoundSpace:
    """How the tracks of a library sound. Threads may share it; the first who asks waits until it is made."""
    return _SPACES.setdefault(database, _Space()).current(database)


def similar(database: Database, track_id: int, person_id: int, *, count: int = 8) -> list[SimilarTrack]:
    """The tracks that sound most like one and that the person can hear, nearest first; none below `LEAST`."""
    found = dict(space_of(database).nearest(track_id, CANDIDATES * count))
    with database.reading() as session:
        tracks = tracks_of(session, list(found), person_id)
    there = [SimilarTrack(track, round(found[track.id], 3)) for track in tracks if not track.missing]
    return [each for each in there if each.likeness >= LEAST][:count]
