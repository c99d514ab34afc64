"""What a person puts together: stars and ratings, playlists, the play queue, bookmarks.

Everything is the person's own; of tracks only those that they may see are shown or taken in.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from senandung.domain.checks import require
from senandung.remembering.store.accounts import AccountRow
from senandung.remembering.store.lists import (
    BookmarkRow,
    MarkRow,
    PlaylistRow,
    PlaylistTrackRow,
    QueueRow,
    QueueTrackRow,
)
from senandung.remembering.store.tracks import AlbumRow, TrackRow
from senandung.remembering.tracks import visible_to

KINDS = ("track", "album", "artist")
"""What can be starred and rated."""

LONGEST_LIST = 20_000
"""Tracks of a playlist or a queue."""

LONGEST_NAME = 500

LONGEST_COMMENT = 5_000


@dataclass(frozen=True)
class Mark:
    """A star, a rating (1..5), or both."""

    starred: datetime | None = None
    rating: int | None = None


@dataclass(frozen=True)
class Playlist:
    """A playlist; `tracks` are the numbers of its tracks in order."""

    id: int
    name: str
    comment: str
    public: bool
    owner: str
    own: bool
    created: datetime
    changed: datetime
    tracks: tuple[int, ...]


@dataclass(frozen=True)
class Queue:
    """A play queue: `current` is a place in `tracks`; None where nothing plays."""

    tracks: tuple[int, ...]
    current: int | None
    position_ms: int
    changed: datetime
    client: str


@dataclass(frozen=True)
class Bookmark:
    """A place in a track that a program keeps for the person."""

    track_id: int
    position_ms: int
    comment: str
    created: datetime
    changed: datetime


def visible_tracks(session: Session, account_id: int, numbers: Sequence[int]) -> tuple[int, ...]:
    """Those of some tracks that a person may see, in their order, as often as they are named."""
    known = set(_in(session, numbers, account_id))
    return tuple(number for number in numbers if number in known)


def _in(session: Session, numbers: Collection[int], account_id: int) -> list[int]:
    wanted, found = sorted(set(numbers)), list[int]()
    for place in range(0, len(wanted), 500):
        some = wanted[place : place + 500]
        found += session.scalars(select(TrackRow.id).where(TrackRow.id.in_(some), visible_to(account_id)))
    return found


# stars and ratings ---------------------------------------------------------------------------------------------------


def may_mark(session: Session, account_id: int, kind: str, item_id: int) -> bool:
    """Whether there is such a track, album or artist of which the person may see something."""
    column = {"track": TrackRow.id, "album": TrackRow.album_id, "artist": TrackRow.artist_id}[kind]
    if session.scalar(select(TrackRow.id).where(column == item_id, visible_to(account_id)).limit(1)) is not None:
        return True
    if kind != "artist":
        return False
    album = select(TrackRow.id).join(AlbumRow, AlbumRow.id == TrackRow.album_id)
    return session.scalar(album.where(AlbumRow.artist_id == item_id, visible_to(account_id)).limit(1)) is not None


def star(session: Session, account_id: int, kind: str, item_id: int, *, at: datetime | None) -> bool:
    """Star something at a time, or take the star back (None). False where the person may see no such thing."""
    if not may_mark(session, account_id, kind, item_id):
        return False
    row = _mark(session, account_id, kind, item_id)
    row.starred = (row.starred or at) if at is not None else None
    _settle(session, row)
    return True


def rate(session: Session, account_id: int, kind: str, item_id: int, rating: int) -> bool:
    """Rate something 1..5; 0 takes the rating back. False where the person may see no such thing."""
    require(0 <= rating <= 5, "a rating must be a whole number in 0..5", rating)
    if not may_mark(session, account_id, kind, item_id):
        return False
    row = _mark(session, account_id, kind, item_id)
    row.rating = rating or None
    _settle(session, row)
    return True


def _mark(session: Session, account_id: int, kind: str, item_id: int) -> MarkRow:
    row = session.get(MarkRow, (account_id, kind, item_id))
    if row is None:
        row = MarkRow(account_id=account_id, kind=kind, item_id=item_id)
        session.add(row)
    return row


def _settle(session: Session, row: MarkRow) -> None:
    session.flush()
    if row.starred is None and row.rating is None:
        session.delete(row)
        session.flush()


def marks(session: Session, account_id: int, kind: str) -> dict[int, Mark]:
    """All that a person starred or rated of a kind."""
    rows = session.execute(
        select(MarkRow.item_id, MarkRow.starred, MarkRow.rating).where(
            MarkRow.account_id == account_id, MarkRow.kind == kind
        )
    )
    return {item: Mark(starred, rating) for item, starred, rating in rows}


# playlists -----------------------------------------------------------------------------------------------------------


def playlists(session: Session, account_id: int) -> list[Playlist]:
    """A person's playlists and those that others show to all, by name."""
    rows = session.execute(
        select(PlaylistRow, AccountRow.name)
        .join(AccountRow, AccountRow.id == PlaylistRow.account_id)
        .where(or_(PlaylistRow.account_id == account_id, PlaylistRow.public))
        .order_by(PlaylistRow.name, PlaylistRow.id)
    )
    return [_playlist(session, row, owner, account_id) for row, owner in rows]


def find_playlist(session: Session, account_id: int, playlist_id: int) -> Playlist | None:
    """A playlist of the person, or one that somebody shows to all; None for all others."""
    return next((each for each in playlists(session, account_id) if each.id == playlist_id), None)


def _playlist(session: Session, row: PlaylistRow, owner: str, account_id: int) -> Playlist:
    numbers = session.scalars(
        select(PlaylistTrackRow.track_id)
        .join(TrackRow, TrackRow.id == PlaylistTrackRow.track_id)
        .where(PlaylistTrackRow.playlist_id == row.id, visible_to(account_id))
        .order_by(PlaylistTrackRow.place)
    )
    return Playlist(row.id, row.name, row.comment, row.public, owner, row.account_id == account_id, row.created,
                    row.changed, tuple(numbers))  # fmt: skip


def save_playlist(
    session: Session,
    account_id: int,
    playlist_id: int | None,
    *,
    at: datetime,
    name: str | None = None,
    comment: str | None = None,
    public: bool | None = None,
    tracks: Sequence[int] | None = None,
) -> int | None:
    """Make a playlist (`playlist_id` None) or change one of the person's; what is None stays. Its number.

    None where the person has no such playlist, or a track is none that they may see.
    """
    require(name is None or 0 < len(name.strip()) <= LONGEST_NAME,
            f"a playlist's name must have 1..{LONGEST_NAME} characters", name)  # fmt: skip
    require(len(comment or "") <= LONGEST_COMMENT, f"a comment must have at most {LONGEST_COMMENT} characters", "more")
    require(len(tracks or ()) <= LONGEST_LIST, f"a playlist must have at most {LONGEST_LIST} tracks", len(tracks or ()))
    if tracks is not None and visible_tracks(session, account_id, tracks) != tuple(tracks):
        return None
    if playlist_id is None:
        row = PlaylistRow(account_id=account_id, name=(name or "").strip(), created=at, changed=at)
        session.add(row)
        session.flush()
    else:
        found = session.scalar(
            select(PlaylistRow).where(PlaylistRow.id == playlist_id, PlaylistRow.account_id == account_id)
        )
        if found is None:
            return None
        row = found
    row.name = row.name if name is None else name.strip()
    row.comment = row.comment if comment is None else comment
    row.public = row.public if public is None else public
    row.changed = at
    if tracks is not None:
        session.execute(delete(PlaylistTrackRow).where(PlaylistTrackRow.playlist_id == row.id))
        if tracks:
            session.execute(
                insert(PlaylistTrackRow),
                [{"playlist_id": row.id, "place": place, "track_id": track} for place, track in enumerate(tracks)],
            )
    session.flush()
    return row.id


def delete_playlist(session: Session, account_id: int, playlist_id: int) -> bool:
    """Delete a playlist of the person; whether there was one."""
    gone = delete(PlaylistRow).where(PlaylistRow.id == playlist_id, PlaylistRow.account_id == account_id)
    return session.scalar(gone.returning(PlaylistRow.id)) is not None


# the queue -----------------------------------------------------------------------------------------------------------


def save_queue(
    session: Session,
    account_id: int,
    tracks: Sequence[int],
    *,
    current: int | None,
    position_ms: int,
    client: str,
    at: datetime,
) -> bool:
    """Keep the queue, in the place of the one before; without tracks it is forgotten.

    False where a track is none that the person may see, or `current` is no place of the queue.
    """
    require(len(tracks) <= LONGEST_LIST, f"a queue must have at most {LONGEST_LIST} tracks", len(tracks))
    require(0 <= position_ms < 2**31, "a position must be 0 ms or later", position_ms)
    if visible_tracks(session, account_id, tracks) != tuple(tracks):
        return False
    if current is not None and not 0 <= current < len(tracks):
        return False
    session.execute(delete(QueueTrackRow).where(QueueTrackRow.account_id == account_id))
    session.execute(delete(QueueRow).where(QueueRow.account_id == account_id))
    if tracks:
        session.add(QueueRow(account_id=account_id, current=current, position_ms=position_ms, changed=at,
                             client=client[:80]))  # fmt: skip
        session.flush()
        session.execute(
            insert(QueueTrackRow),
            [{"account_id": account_id, "place": place, "track_id": track} for place, track in enumerate(tracks)],
        )
    return True


def load_queue(session: Session, account_id: int) -> Queue | None:
    """The queue that was kept last; None without one. Tracks that are gone are left out."""
    row = session.get(QueueRow, account_id)
    if row is None:
        return None
    rows = session.execute(
        select(QueueTrackRow.place, QueueTrackRow.track_id)
        .join(TrackRow, TrackRow.id == QueueTrackRow.track_id)
        .where(QueueTrackRow.account_id == account_id, visible_to(account_id))
        .order_by(QueueTrackRow.place)
    ).all()
    places = [place for place, _ in rows]
    current = places.index(row.current) if row.current in places else None
    return Queue(tuple(track for _, track in rows), current, row.position_ms, row.changed, row.client)


# bookmarks -----------------------------------------------------------------------------------------------------------


def save_bookmark(
    session: Session, account_id: int, track_id: int, *, position_ms: int, comment: str, at: datetime
) -> bool:
    """Keep a place in a track, one a track. False where the person may not see the track."""
    require(0 <= position_ms < 2**31, "a position must be 0 ms or later", position_ms)
    require(len(comment) <= LONGEST_COMMENT, f"a comment must have at most {LONGEST_COMMENT} characters", len(comment))
    if not visible_tracks(session, account_id, [track_id]):
        return False
    row = session.get(BookmarkRow, (account_id, track_id))
    if row is None:
        row = BookmarkRow(account_id=account_id, track_id=track_id, created=at)
        session.add(row)
    row.position_ms, row.comment, row.changed = position_ms, comment, at
    session.flush()
    return True


def delete_bookmark(session: Session, account_id: int, track_id: int) -> bool:
    """Forget a place; whether there was one."""
    gone = delete(BookmarkRow).where(BookmarkRow.account_id == account_id, BookmarkRow.track_id == track_id)
    return session.scalar(gone.returning(BookmarkRow.track_id)) is not None


def bookmarks(session: Session, account_id: int) -> list[Bookmark]:
    """A person's bookmarks, the newest first."""
    rows = session.scalars(
        select(BookmarkRow).where(BookmarkRow.account_id == account_id).order_by(BookmarkRow.changed.desc())
    )
    return [Bookmark(row.track_id, row.position_ms, row.comment, row.created, row.changed) for row in rows]
