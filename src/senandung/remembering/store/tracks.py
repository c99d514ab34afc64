"""Music: artists, albums, tracks, what was found out about a track, its folders and covers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from senandung.remembering.store.base import Table


class FolderRow(Table):
    """A folder of music that is scanned and watched."""

    __tablename__ = "folder"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    added: Mapped[datetime]
    scanned: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    """Why the last scan could not read the folder itself."""


class ScanProblemRow(Table):
    """A file of a folder that could not be read, with its size and change so that it is not tried again in vain."""

    __tablename__ = "scan_problem"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder_id: Mapped[int] = mapped_column(ForeignKey("folder.id", ondelete="CASCADE"), index=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    changed: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class ArtistRow(Table):
    """Who is named as performing. `key` is the name without case, accents and punctuation."""

    __tablename__ = "artist"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(400), unique=True)
    mbid: Mapped[str | None] = mapped_column(String(36))


class CoverRow(Table):
    """A picture, kept once; by the SHA-256 of its bytes."""

    __tablename__ = "cover"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    mime: Mapped[str] = mapped_column(String(40))
    picture: Mapped[bytes] = mapped_column(LargeBinary)
    """At most 600 pixels a side, JPEG or PNG, made anew from what was found."""


class AlbumRow(Table):
    """An album by an artist."""

    __tablename__ = "album"

    id: Mapped[int] = mapped_column(primary_key=True)
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(400), index=True)
    compilation: Mapped[bool] = mapped_column(default=False)
    """By several artists; its own artist is then "Various Artists"."""
    year: Mapped[int | None] = mapped_column(index=True)
    genre: Mapped[str | None] = mapped_column(String(120))
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("cover.id", ondelete="SET NULL"), index=True)
    added: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("artist_id", "key"),)


class TrackRow(Table):
    """A piece of music: a file in a folder, a song that was made here, or one known from a history alone.

    A track without `path` is open only where the person listens (`address`). `missing` says that its file was not there
    at the last scan; its memories stay. `merge_key` brings versions together: the ISRC, else artist and title in plain
    letters.
    """

    __tablename__ = "track"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    """Whose it is alone (songs made here, tracks of a history); None for folders, which all who come in may hear."""
    folder_id: Mapped[int | None] = mapped_column(ForeignKey("folder.id", ondelete="SET NULL"))
    """A folder that is no longer scanned leaves its tracks behind, missing, with their memories."""
    path: Mapped[str | None] = mapped_column(Text, unique=True)
    """Absolute."""
    song_folder: Mapped[str | None] = mapped_column(Text)
    """The folder of a song that `create` made, absolute."""
    story: Mapped[str] = mapped_column(Text, default="")
    """The person's story, as a song that was made here tells it."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    changed: Mapped[datetime | None]
    """When its file was changed, by the file system."""
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    """SHA-256 of the file's size and of pieces of it: tells a file that was moved."""
    missing: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(Text)
    artist_id: Mapped[int | None] = mapped_column(ForeignKey("artist.id", ondelete="SET NULL"), index=True)
    artist: Mapped[str] = mapped_column(Text, default="")
    album_id: Mapped[int | None] = mapped_column(ForeignKey("album.id", ondelete="SET NULL"), index=True)
    album: Mapped[str] = mapped_column(Text, default="")
    album_artist: Mapped[str] = mapped_column(Text, default="")
    """As the file says, empty where it says nothing."""
    number: Mapped[int | None]
    disc: Mapped[int | None]
    year: Mapped[int | None]
    genre: Mapped[str | None] = mapped_column(String(120), index=True)
    duration_ms: Mapped[int | None]
    mime: Mapped[str | None] = mapped_column(String(60))
    suffix: Mapped[str | None] = mapped_column(String(8))
    bit_rate: Mapped[int | None]
    """Kilobits a second."""
    sample_rate: Mapped[int | None]
    channels: Mapped[int | None]
    isrc: Mapped[str | None] = mapped_column(String(16), index=True)
    mbid: Mapped[str | None] = mapped_column(String(36))
    address: Mapped[str | None] = mapped_column(Text)
    """Where it can be heard elsewhere, as its history says."""
    cover_id: Mapped[int | None] = mapped_column(ForeignKey("cover.id", ondelete="SET NULL"), index=True)
    lyrics: Mapped[list[Any] | None]
    """Lines: [start in milliseconds or null, text] each."""
    loudness: Mapped[float | None]
    """Integrated, LUFS; what a file's own tags say where it was not measured."""
    peak: Mapped[float | None]
    """Sample peak, 1 is full scale."""
    merge_key: Mapped[str] = mapped_column(String(400), index=True)
    search: Mapped[str] = mapped_column(Text, default="")
    """Title, artist and album in plain letters, at most 600, for searching and for the order by title."""
    added: Mapped[datetime]

    __table_args__ = (
        Index(None, "album_id", "disc", "number"),
        Index(None, "added", "id"),
        Index(None, "search", "id", "owner_id", "missing"),  # holds all that a search looks at
        Index(None, "song_folder"),
        Index(None, "folder_id", "missing"),
        # few are gone; an index of all by `missing` would be taken instead of those that hold a page's order
        Index("ix_track_gone", "id", sqlite_where=text("missing IS 1"), postgresql_where=text("missing IS true")),
    )


class AnalysisRow(Table):
    """What the program heard in a track, or why it did not.

    `state` is waiting, done, failed or skipped; `reason` says why of the last two. `version` is that of the analysis: a
    lower one is made again.
    """

    __tablename__ = "analysis"

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    valence: Mapped[float | None]
    arousal: Mapped[float | None]
    tempo: Mapped[float | None]
    """Beats a minute."""
    key: Mapped[str | None] = mapped_column(String(16))
    arc: Mapped[list[Any] | None]
    """[second, valence, arousal] along the track."""

    __table_args__ = (Index(None, "state", "version", "track_id"),)


class SoundRow(Table):
    """How a track sounds, as numbers: apart from what else was heard, for all of them are read at once."""

    __tablename__ = "sound"

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    """Of the analysis; those of different versions are not compared."""
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    """float32, little-endian; a track's neighbours are those with the highest cosine (`remembering.similar`)."""
