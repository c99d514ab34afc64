"""A library of music as values: what a file says of itself, and tracks, albums and artists as they are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from senandung.domain.checks import require, require_text, require_whole

VARIOUS = "Various Artists"
"""The artist of a compilation."""


@dataclass(frozen=True)
class LyricLine:
    """A line of a song's words, with where it begins in milliseconds; None where nobody said."""

    start_ms: int | None
    text: str

    def __post_init__(self) -> None:
        if self.start_ms is not None:
            require_whole("a line must begin at 0 ms or later", self.start_ms, 0)


@dataclass(frozen=True)
class Tags:
    """What a file of music says of itself.

    Parameters
    ----------
    title : never empty; the file's name where it has no title.
    artist, album, album_artist, genre : empty where the file does not say.
    number, disc, year : None where it does not say.
    compilation : whether it says that its album is by several artists.
    duration_ms : length in milliseconds; None where it cannot be told without decoding.
    bit_rate : kilobits a second.
    loudness : LUFS, from ReplayGain or R128 tags.
    peak : sample peak, 1 is full scale, from the same.
    lyrics : its words, in order.
    picture : its cover as it is embedded, JPEG or PNG as a rule.
    """

    title: str
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    genre: str = ""
    number: int | None = None
    disc: int | None = None
    year: int | None = None
    compilation: bool = False
    duration_ms: int | None = None
    bit_rate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    isrc: str | None = None
    mbid: str | None = None
    loudness: float | None = None
    peak: float | None = None
    lyrics: tuple[LyricLine, ...] = ()
    picture: bytes | None = None

    def __post_init__(self) -> None:
        require_text("a title must be text", self.title)
        if self.duration_ms is not None:
            require_whole("a duration must be 0 ms or longer", self.duration_ms, 0)


@dataclass(frozen=True)
class Picture:
    """A cover as it is kept: JPEG or PNG, at most 600 pixels a side."""

    data: bytes
    mime: str

    def __post_init__(self) -> None:
        require(self.mime in ("image/jpeg", "image/png"), "a cover must be JPEG or PNG", self.mime)


@dataclass(frozen=True)
class FileState:
    """How a file stands: its size in bytes and when it was changed. Both the same: nothing was changed."""

    size: int
    changed: datetime


@dataclass(frozen=True)
class TrackHeard:
    """What the program heard in a track, or why it did not.

    Parameters
    ----------
    state : waiting, done, failed or skipped.
    reason : of the last two.
    valence, arousal : in -1..1; None where nothing could be read.
    tempo : beats a minute.
    key : such as "A minor".
    arc : (second, valence, arousal) along the track.
    """

    state: str
    reason: str | None = None
    valence: float | None = None
    arousal: float | None = None
    tempo: float | None = None
    key: str | None = None
    arc: tuple[tuple[float, float, float], ...] = ()


@dataclass(frozen=True)
class TrackShown:
    """A track in a list."""

    id: int
    title: str
    artist: str
    album: str
    artist_id: int | None = None
    album_id: int | None = None
    cover_id: int | None = None
    number: int | None = None
    disc: int | None = None
    duration_ms: int | None = None
    missing: bool = False
    made_here: bool = False


@dataclass(frozen=True)
class TrackWhole(TrackShown):
    """A track with all that is known of it.

    Parameters
    ----------
    path : its file; None where it is known from a history alone.
    song_folder : of a song that was made here.
    address : where it can be heard elsewhere.
    """

    owner_id: int | None = None
    path: Path | None = None
    song_folder: Path | None = None
    story: str = ""
    size: int | None = None
    changed: datetime | None = None
    added: datetime | None = None
    year: int | None = None
    genre: str | None = None
    mime: str | None = None
    suffix: str | None = None
    bit_rate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    isrc: str | None = None
    mbid: str | None = None
    address: str | None = None
    lyrics: tuple[LyricLine, ...] = ()
    loudness: float | None = None
    peak: float | None = None
    heard: TrackHeard | None = None

    @property
    def playable(self) -> bool:
        """Whether its file should be there."""
        return self.path is not None and not self.missing


@dataclass(frozen=True)
class AlbumShown:
    """An album in a list."""

    id: int
    name: str
    artist: str
    artist_id: int
    year: int | None = None
    cover_id: int | None = None
    compilation: bool = False


@dataclass(frozen=True)
class AlbumWhole(AlbumShown):
    """An album with its tracks, by disc and number."""

    genre: str | None = None
    tracks: tuple[TrackShown, ...] = field(default=())


@dataclass(frozen=True)
class ArtistShown:
    """An artist in a list."""

    id: int
    name: str
