"""Tracks that sound like one: the space of the library is kept in memory, and made anew as the library grows."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

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


class Similar:
    """Finds tracks that sound alike in one library. Threads may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._space: SoundSpace | None = None
        self._mark: object = None
        self._looked = 0.0

    def near(self, track_id: int, person_id: int, *, count: int = 8) -> list[SimilarTrack]:
        """The tracks that sound most like one and that the person can hear, nearest first; none below `LEAST`."""
        found = dict(self._current().nearest(track_id, CANDIDATES * count))
        with self._database.reading() as session:
            tracks = tracks_of(session, list(found), person_id)
        there = [SimilarTrack(track, round(found[track.id], 3)) for track in tracks if not track.missing]
        return [each for each in there if each.likeness >= LEAST][:count]

    def _current(self) -> SoundSpace:
        with self._lock:
            if self._space is not None and time.monotonic() - self._looked < FRESH:
                return self._space
            with self._database.reading() as session:
                mark = space_mark(session)
                if self._space is None or mark != self._mark:
                    self._space, self._mark = load_space(session, VERSION), mark
            self._looked = time.monotonic()
            return self._space
