"""Music as other players list it: albums in many orders, artists with their albums, genres, songs with all figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from senandung.domain.errors import UnknownNameError
from senandung.domain.track import plain_letters
from senandung.remembering.store.lists import MarkRow
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import AlbumRow, AnalysisRow, ArtistRow, FolderRow, TrackRow
from senandung.remembering.tracks import MOST_WORDS, here

MADE_HERE = 0
"""The number under which songs that were made here stand among the folders."""

ORDERS = ("random", "newest", "highest", "frequent", "recent", "alphabeticalByName", "alphabeticalByArtist", "starred",
          "byYear", "byGenre")  # fmt: skip
"""Orders of albums, as the Subsonic interface names them."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Song:
    """A track with what players show of it. Lengths in milliseconds, sizes in bytes, bit rates in kbit/s."""

    id: int
    title: str
    artist: str
    album: str
    artist_id: int | None
    album_id: int | None
    album_artist: str
    album_artist_id: int | None
    cover_id: int | None
    number: int | None
    disc: int | None
    year: int | None
    genre: str | None
    duration_ms: int | None
    size: int | None
    mime: str | None
    suffix: str | None
    bit_rate: int | None
    sample_rate: int | None
    channels: int | None
    isrc: str | None
    mbid: str | None
    loudness: float | None
    peak: float | None
    tempo: float | None
    added: datetime


@dataclass(frozen=True)
class Album:
    """An album with the tracks of it that the person may hear."""

    id: int
    name: str
    artist: str
    artist_id: int
    year: int | None
    genre: str | None
    cover_id: int | None
    compilation: bool
    added: datetime
    songs: int
    duration_ms: int


@dataclass(frozen=True)
class Artist:
    """An artist with how many albums of theirs the person may hear, and the cover of one."""

    id: int
    name: str
    albums: int
    cover_id: int | None
    mbid: str | None


@dataclass(frozen=True)
class Genre:
    """A genre with its counts."""

    name: str
    songs: int
    albums: int


def shelf_folders(session: Session) -> list[tuple[int, str]]:
    """The folders of music by number and name; songs that were made here are `MADE_HERE`, without a name."""
    rows = session.execute(select(FolderRow.id, FolderRow.path).order_by(FolderRow.id))
    return [
        (MADE_HERE, ""),
        *((number, path.replace("\\", "/").rstrip("/").rpartition("/")[2]) for number, path in rows),
    ]


def _heard(person_id: int, folder: int | None) -> ColumnElement[bool]:
    """Tracks that a person may hear, of a folder or of all."""
    if folder is None:
        return here(person_id)
    within = TrackRow.song_folder.is_not(None) if folder == MADE_HERE else TrackRow.folder_id == folder
    return here(person_id) & within


# songs ---------------------------------------------------------------------------------------------------------------


def songs(session: Session, person_id: int, numbers: Sequence[int]) -> list[Song]:
    """Songs by their numbers, in that order and as often as they are named; those not to be heard are left out."""
    found: dict[int, Song] = {}
    wanted = sorted(set(numbers))
    for place in range(0, len(wanted), _AT_ONCE):
        query = (
            select(
                TrackRow.id, TrackRow.title, TrackRow.artist, TrackRow.album, TrackRow.artist_id, TrackRow.album_id,
                ArtistRow.name.label("album_artist"), AlbumRow.artist_id.label("album_artist_id"),
                TrackRow.cover_id, AlbumRow.cover_id.label("album_cover_id"), TrackRow.number, TrackRow.disc,
                TrackRow.year, TrackRow.genre, TrackRow.duration_ms, TrackRow.size, TrackRow.mime, TrackRow.suffix,
                TrackRow.bit_rate, TrackRow.sample_rate, TrackRow.channels, TrackRow.isrc, TrackRow.mbid,
                TrackRow.loudness, TrackRow.peak, AnalysisRow.tempo, TrackRow.added,
            )
            .join(AlbumRow, AlbumRow.id == TrackRow.album_id, isouter=True)
            .join(ArtistRow, ArtistRow.id == AlbumRow.artist_id, isouter=True)
            .join(AnalysisRow, AnalysisRow.track_id == TrackRow.id, isouter=True)
            .where(TrackRow.id.in_(wanted[place : place + _AT_ONCE]), here(person_id))
        )  # fmt: skip
        for row in session.execute(query):
            said = dict(row._mapping)
            own = said.pop("album_cover_id")
            said["cover_id"] = said["cover_id"] or own
            said["album_artist"] = said["album_artist"] or ""
            found[row.id] = Song(**said)
    return [found[number] for number in numbers if number in found]


def song_numbers(
    session: Session,
    person_id: int,
    *,
    words: str = "",
    genre: str | None = None,
    from_year: int | None = None,
    to_year: int | None = None,
    folder: int | None = None,
    random: bool = False,
    offset: int = 0,
    count: int = 10,
) -> list[int]:
    """Songs by name, or by chance, that fit all that is said."""
    query = select(TrackRow.id).where(_heard(person_id, folder))
    for word in _words(words):
        query = query.where(TrackRow.search.contains(word, autoescape=True))
    if genre is not None:
        query = query.where(func.lower(TrackRow.genre) == genre.lower())
    if from_year is not None:
        query = query.where(TrackRow.year >= from_year)
    if to_year is not None:
        query = query.where(TrackRow.year <= to_year)
    order = (func.random(),) if random else (TrackRow.search, TrackRow.id)
    return list(session.scalars(query.order_by(*order).offset(offset).limit(count)))


def album_songs(session: Session, person_id: int, album_id: int) -> list[Song]:
    """The songs of an album by disc and number."""
    numbers = session.scalars(
        select(TrackRow.id)
        .where(TrackRow.album_id == album_id, here(person_id))
        .order_by(TrackRow.disc.is_not(None), TrackRow.disc, TrackRow.number.is_(None), TrackRow.number, TrackRow.id)
    )
    return songs(session, person_id, list(numbers))


def single_songs(session: Session, person_id: int, artist_id: int) -> list[Song]:
    """An artist's songs that are of no album."""
    numbers = session.scalars(
        select(TrackRow.id)
        .where(TrackRow.artist_id == artist_id, TrackRow.album_id.is_(None), here(person_id))
        .order_by(TrackRow.search, TrackRow.id)
    )
    return songs(session, person_id, list(numbers))


def most_heard(session: Session, person_id: int, artist_name: str, count: int) -> list[Song]:
    """An artist's songs that the person heard most, those never heard last."""
    plays = (
        select(PlayRow.track_id, func.count().label("n"))
        .where(PlayRow.account_id == person_id, PlayRow.doubled.is_(False))
        .group_by(PlayRow.track_id)
        .subquery()
    )
    numbers = session.scalars(
        select(TrackRow.id)
        .join(ArtistRow, ArtistRow.id == TrackRow.artist_id)
        .join(plays, plays.c.track_id == TrackRow.id, isouter=True)
        .where(ArtistRow.key == plain_letters(artist_name), here(person_id))
        .order_by(func.coalesce(plays.c.n, 0).desc(), TrackRow.search, TrackRow.id)
        .limit(count)
    )
    return songs(session, person_id, list(numbers))


# albums --------------------------------------------------------------------------------------------------------------


def albums(
    session: Session,
    person_id: int,
    order: str,
    *,
    words: str = "",
    genre: str | None = None,
    from_year: int | None = None,
    to_year: int | None = None,
    folder: int | None = None,
    offset: int = 0,
    count: int = 10,
) -> list[Album]:
    """Albums in an order of `ORDERS`; byYear goes down where `from_year` is the later one.

    Raises `UnknownNameError` for another order.
    """
    if order not in ORDERS:
        raise UnknownNameError("order of albums", order, ORDERS)
    there = select(TrackRow.id).where(TrackRow.album_id == AlbumRow.id, _heard(person_id, folder)).exists()
    query = select(AlbumRow.id).join(ArtistRow, ArtistRow.id == AlbumRow.artist_id).where(there)
    for word in _words(words):
        query = query.where(
            or_(AlbumRow.key.contains(word, autoescape=True), ArtistRow.key.contains(word, autoescape=True))
        )
    query = _ordered(query, order, person_id, genre, from_year, to_year)
    return albums_by_number(session, person_id, list(session.scalars(query.offset(offset).limit(count))))


def _ordered(
    query: Select[int], order: str, person_id: int, genre: str | None, from_year: int | None, to_year: int | None
) -> Select[int]:
    named = (AlbumRow.key, AlbumRow.id)
    if order == "random":
        return query.order_by(func.random())
    if order == "newest":
        return query.order_by(AlbumRow.added.desc(), AlbumRow.id.desc())
    if order == "alphabeticalByArtist":
        return query.order_by(ArtistRow.key, *named)
    if order == "byYear":
        low, high = sorted((from_year or 0, 9999 if to_year is None else to_year))
        down = (from_year or 0) > (9999 if to_year is None else to_year)
        within = query.where(AlbumRow.year.between(low, high))
        return within.order_by(AlbumRow.year.desc() if down else AlbumRow.year, *named)
    if order == "byGenre":
        of = select(TrackRow.id).where(
            TrackRow.album_id == AlbumRow.id, func.lower(TrackRow.genre) == (genre or "").lower()
        )
        return query.where(or_(func.lower(AlbumRow.genre) == (genre or "").lower(), of.exists())).order_by(*named)
    if order in ("starred", "highest"):
        mark = (MarkRow.account_id == person_id) & (MarkRow.kind == "album") & (MarkRow.item_id == AlbumRow.id)
        marked = query.join(MarkRow, mark)
        if order == "starred":
            return marked.where(MarkRow.starred.is_not(None)).order_by(MarkRow.starred.desc(), *named)
        return marked.where(MarkRow.rating.is_not(None)).order_by(MarkRow.rating.desc(), *named)
    if order in ("frequent", "recent"):
        plays = (
            select(TrackRow.album_id, func.count().label("n"), func.max(PlayRow.started).label("last"))
            .join(TrackRow, TrackRow.id == PlayRow.track_id)
            .where(PlayRow.account_id == person_id, PlayRow.doubled.is_(False))
            .group_by(TrackRow.album_id)
            .subquery()
        )
        by = plays.c.n if order == "frequent" else plays.c.last
        return query.join(plays, plays.c.album_id == AlbumRow.id).order_by(by.desc(), *named)
    return query.order_by(*named)


def albums_by_number(session: Session, person_id: int, numbers: Sequence[int]) -> list[Album]:
    """Albums by their numbers, in that order; those of which nothing is to be heard are left out."""
    rows = session.execute(
        select(
            AlbumRow.id, AlbumRow.name, ArtistRow.name.label("artist"), AlbumRow.artist_id, AlbumRow.year,
            AlbumRow.genre, AlbumRow.cover_id, AlbumRow.compilation, AlbumRow.added,
            func.count().label("songs"), func.coalesce(func.sum(TrackRow.duration_ms), 0).label("duration_ms"),
        )
        .join(ArtistRow, ArtistRow.id == AlbumRow.artist_id)
        .join(TrackRow, TrackRow.album_id == AlbumRow.id)
        .where(AlbumRow.id.in_(numbers), here(person_id))
        .group_by(AlbumRow.id, ArtistRow.name)
    )  # fmt: skip
    found = {row.id: Album(**{**row._mapping, "duration_ms": int(row.duration_ms)}) for row in rows}
    return [found[number] for number in numbers if number in found]


def artist_albums(session: Session, person_id: int, artist_id: int) -> list[Album]:
    """An artist's albums, and those of others with a song of theirs, by year."""
    theirs = select(TrackRow.album_id).where(TrackRow.artist_id == artist_id, here(person_id))
    numbers = session.scalars(
        select(AlbumRow.id)
        .where(or_(AlbumRow.artist_id == artist_id, AlbumRow.id.in_(theirs)))
        .order_by(AlbumRow.year.is_(None), AlbumRow.year, AlbumRow.key)
    )
    return albums_by_number(session, person_id, list(numbers))


# artists, genres -----------------------------------------------------------------------------------------------------


def artists(
    session: Session,
    person_id: int,
    *,
    words: str = "",
    folder: int | None = None,
    only: int | None = None,
    offset: int = 0,
    count: int | None = None,
) -> list[Artist]:
    """Artists of songs and of albums that a person may hear, by name; `only` one of them."""
    pairs = (
        select(TrackRow.artist_id.label("artist_id"), TrackRow.album_id.label("album_id"))
        .where(_heard(person_id, folder), TrackRow.artist_id.is_not(None))
        .union(
            select(AlbumRow.artist_id, AlbumRow.id)
            .join(TrackRow, TrackRow.album_id == AlbumRow.id)
            .where(_heard(person_id, folder))
        )
        .subquery()
    )
    cover = case((AlbumRow.artist_id == ArtistRow.id, AlbumRow.cover_id))
    query = (
        select(
            ArtistRow.id, ArtistRow.name, func.count(pairs.c.album_id).label("albums"),
            func.coalesce(func.min(cover), func.min(AlbumRow.cover_id)).label("cover_id"), ArtistRow.mbid,
        )
        .join(pairs, pairs.c.artist_id == ArtistRow.id)
        .join(AlbumRow, AlbumRow.id == pairs.c.album_id, isouter=True)
        .group_by(ArtistRow.id, ArtistRow.name, ArtistRow.mbid, ArtistRow.key)
        .order_by(ArtistRow.key, ArtistRow.id)
        .offset(offset)
    )  # fmt: skip
    for word in _words(words):
        query = query.where(ArtistRow.key.contains(word, autoescape=True))
    if only is not None:
        query = query.where(ArtistRow.id == only)
    if count is not None:
        query = query.limit(count)
    return [Artist(**row._mapping) for row in session.execute(query)]


def genres(session: Session, person_id: int) -> list[Genre]:
    """The genres of what a person may hear, by name."""
    rows = session.execute(
        select(TrackRow.genre, func.count(), func.count(TrackRow.album_id.distinct()))
        .where(here(person_id), TrackRow.genre.is_not(None), TrackRow.genre != "")
        .group_by(TrackRow.genre)
        .order_by(TrackRow.genre)
    )
    return [Genre(str(name), songs, albums) for name, songs, albums in rows]


def last_added(session: Session, person_id: int) -> datetime | None:
    """When the newest of what a person may hear came; None without any."""
    return session.scalar(select(func.max(TrackRow.added)).where(here(person_id)))


def _words(text: str) -> list[str]:
    words = plain_letters(text).split() if text.strip() else []
    return [word for word in words if any(map(str.isalnum, word))][:MOST_WORDS]
