"""What the program heard in the library's tracks: which wait, how many were heard, failed or skipped and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.domain.music import TrackHeard
from senandung.remembering.store.tracks import AnalysisRow, SoundRow, TrackRow

STATES = ("waiting", "done", "failed", "skipped")


@dataclass(frozen=True)
class AnalysisCounts:
    """How many tracks wait, were heard, failed, were skipped."""

    waiting: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.done + self.failed + self.skipped


@dataclass(frozen=True)
class NotHeard:
    """A track that failed or was skipped, and why."""

    track_id: int
    title: str
    artist: str
    state: str
    reason: str


@dataclass(frozen=True)
class Waiting:
    """A track that waits to be heard."""

    track_id: int
    path: Path
    digest: bytes | None


def waiting(session: Session, version: int, count: int) -> list[Waiting]:
    """Tracks that wait to be heard, or were heard by an older version of the analysis, and whose files are there."""
    rows = session.execute(
        select(TrackRow.id, TrackRow.path, TrackRow.digest)
        .join(AnalysisRow, AnalysisRow.track_id == TrackRow.id)
        .where(_unheard(version), TrackRow.missing.is_(False), TrackRow.path.is_not(None))
        .order_by(TrackRow.id)
        .limit(count)
    )
    return [Waiting(number, Path(path), digest) for number, path, digest in rows if path is not None]


def save_heard(
    session: Session,
    track: Waiting,
    heard: TrackHeard,
    *,
    version: int,
    at: datetime,
    vector: bytes | None = None,
    loudness: float | None = None,
    peak: float | None = None,
) -> bool:
    """Keep what was heard. False where the file was changed meanwhile: it waits again.

    Parameters
    ----------
    vector : float32, little-endian.
    loudness, peak : LUFS and sample peak, as measured; None leaves what the file says.
    """
    require(heard.state in STATES[1:], f"a state must be one of {', '.join(STATES[1:])}", heard.state)
    row, owner = session.get(AnalysisRow, track.track_id), session.get(TrackRow, track.track_id)
    if row is None or owner is None or owner.digest != track.digest:
        return False
    row.state, row.reason, row.version, row.at = heard.state, heard.reason, version, at
    row.valence, row.arousal, row.tempo, row.key = heard.valence, heard.arousal, heard.tempo, heard.key
    row.arc = [list(point) for point in heard.arc] or None
    session.execute(delete(SoundRow).where(SoundRow.track_id == track.track_id))
    if vector is not None:
        session.add(SoundRow(track_id=track.track_id, version=version, vector=vector))
    if loudness is not None:
        owner.loudness, owner.peak = loudness, peak
    return True


def count_analyses(session: Session, version: int) -> AnalysisCounts:
    """How far the analysis of all tracks that are there is; those of an older version wait."""
    of_all = select(AnalysisRow.state, AnalysisRow.version, func.count()).group_by(
        AnalysisRow.state, AnalysisRow.version
    )
    gone = of_all.where(AnalysisRow.track_id.in_(select(TrackRow.id).where(TrackRow.missing.is_(True))))
    counts = dict.fromkeys(STATES, 0)
    for query, sign in ((of_all, 1), (gone, -1)):  # few are gone: so the whole table of tracks is not looked at
        for state, made_by, number in session.execute(query):
            counts["waiting" if made_by < version else state] += sign * number
    return AnalysisCounts(**counts)


def not_heard(session: Session, *, most: int = 500) -> list[NotHeard]:
    """Tracks of folders that failed or were skipped, with the reason, by their titles; at most so many."""
    # coalesce keeps the index of owners, by which almost all tracks are nobody's, from being taken for that of states
    of_folders = func.coalesce(TrackRow.owner_id, 0) == 0
    rows = session.execute(
        select(TrackRow.id, TrackRow.title, TrackRow.artist, AnalysisRow.state, AnalysisRow.reason)
        .join(AnalysisRow, AnalysisRow.track_id == TrackRow.id)
        .where(AnalysisRow.state.in_(("failed", "skipped")), TrackRow.missing.is_(False), of_folders)
        .order_by(AnalysisRow.state, TrackRow.search, TrackRow.id)
        .limit(most)
    )
    return [NotHeard(number, title, artist, state, reason or "") for number, title, artist, state, reason in rows]


def hear_again(session: Session) -> None:
    """Let those that failed wait again."""
    session.execute(update(AnalysisRow).where(AnalysisRow.state == "failed").values(state="waiting", reason=None))


def _unheard(version: int) -> ColumnElement[bool]:
    return or_(AnalysisRow.state == "waiting", and_(AnalysisRow.state != "waiting", AnalysisRow.version < version))
