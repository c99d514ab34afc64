"""What a person puts together: stars and ratings, playlists, the play queue, bookmarks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class MarkRow(Table):
    """A star or a rating of a track, an album or an artist."""

    __tablename__ = "mark"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    """track, album or artist."""
    item_id: Mapped[int] = mapped_column(primary_key=True)
    starred: Mapped[datetime | None]
    rating: Mapped[int | None]
    """1..5."""


class PlaylistRow(Table):
    """A playlist."""

    __tablename__ = "playlist"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    public: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    changed: Mapped[datetime]


class PlaylistTrackRow(Table):
    """A track in a playlist, at its place from 0."""

    __tablename__ = "playlist_track"

    playlist_id: Mapped[int] = mapped_column(ForeignKey("playlist.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)


class QueueRow(Table):
    """A person's play queue: one, on whatever device."""

    __tablename__ = "queue"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    current: Mapped[int | None]
    """The place of the track that plays, from 0."""
    position_ms: Mapped[int] = mapped_column(default=0)
    changed: Mapped[datetime]
    client: Mapped[str] = mapped_column(String(80), default="")


class QueueTrackRow(Table):
    """A track of a queue."""

    __tablename__ = "queue_track"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), index=True)


class BookmarkRow(Table):
    """A client's bookmark in a track; the primary memory of a track is shown as one too."""

    __tablename__ = "bookmark"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), primary_key=True)
    position_ms: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[datetime]
    changed: Mapped[datetime]
