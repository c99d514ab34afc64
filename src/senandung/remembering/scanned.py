"""What a scan found: folders, files and their rows, artists and albums, covers, and files that could not be read.

A track keeps its row, and with it every memory, when its file is changed, moved, gone or back.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from senandung.domain.music import VARIOUS, FileState, Picture, Tags
from senandung.domain.track import names_key, plain_artist, plain_letters
from senandung.remembering.store.lists import BookmarkRow, PlaylistTrackRow
from senandung.remembering.store.memories import MemoryRow, VowRow
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.shares import ShareRow
from senandung.remembering.store.tracks import (
    AlbumRow,
    AnalysisRow,
    ArtistRow,
    CoverRow,
    FolderRow,
    ScanProblemRow,
    TrackRow,
)

LONGEST_SEARCH = 600
"""Characters of what is searched in a track; an index holds them."""

MAIN_SHARE = 0.75
"""Share of an album's tracks from which on it is one artist's where no album artist is named."""

SAME_LENGTH = 1500
"""Milliseconds by which a moved file may differ in length where its tags alone tell it."""

_GUESTS = re.compile(r"\s*[(\[]?\b(?:feat|ft|featuring)\b\.?\s.*$", re.IGNORECASE)

_AT_ONCE = 400
"""Values in one statement."""

_REMEMBERS = (MemoryRow, VowRow, PlayRow, ShareRow, PlaylistTrackRow, BookmarkRow)
"""Tables in which something of a person hangs on a track."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class MusicFolder:
    """A folder that is scanned: how many tracks of it are there, gone, and could not be read."""

    id: int
    path: Path
    scanned: datetime | None
    problem: str | None = None
    tracks: int = 0
    missing: int = 0
    problems: int = 0


@dataclass(frozen=True)
class KnownFile:
    """A file as the last scan left it."""

    track_id: int
    state: FileState | None
    missing: bool


@dataclass(frozen=True)
class Problem:
    """A file that could not be read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class FoundFile:
    """A file that was read.

    Parameters
    ----------
    cover_id : of its cover, embedded or its folder's.
    song_folder, story : of a song that was made here.
    owner_id : whose it is alone; None leaves it as it is.
    """

    path: Path
    state: FileState
    digest: bytes
    tags: Tags
    mime: str
    cover_id: int | None = None
    song_folder: Path | None = None
    story: str = ""
    owner_id: int | None = None


# folders -------------------------------------------------------------------------------------------------------------


def add_folder(session: Session, path: Path, *, at: datetime) -> int:
    """The number of a folder that is scanned from now on, or was already."""
    row = session.scalar(select(FolderRow).where(FolderRow.path == str(path)))
    if row is None:
        row = FolderRow(path=str(path), added=at)
        session.add(row)
        session.flush()
    return row.id


def remove_folder(session: Session, folder_id: int) -> bool:
    """Scan a folder no longer. Tracks that something is remembered of stay, as missing; the others go. False: none."""
    if session.get(FolderRow, folder_id) is None:
        return False
    own = TrackRow.folder_id == folder_id
    kept = or_(*(exists().where(table.track_id == TrackRow.id) for table in _REMEMBERS))
    session.execute(update(TrackRow).where(own, kept).values(missing=True, folder_id=None))
    session.execute(delete(TrackRow).where(own))
    session.execute(delete(FolderRow).where(FolderRow.id == folder_id))
    prune(session)
    return True


def folders(session: Session) -> list[MusicFolder]:
    """Every folder, by its path."""
    missing: dict[int | None, int] = {}
    there: dict[int | None, int] = {}
    for number, gone, count in session.execute(
        select(TrackRow.folder_id, TrackRow.missing, func.count()).group_by(TrackRow.folder_id, TrackRow.missing)
    ):
        (missing if gone else there)[number] = count
    bad: dict[int, int] = {}
    for number, count in session.execute(
        select(ScanProblemRow.folder_id, func.count()).group_by(ScanProblemRow.folder_id)
    ):
        bad[number] = count
    rows = session.scalars(select(FolderRow).order_by(FolderRow.path))
    return [
        MusicFolder(
            row.id, Path(row.path), row.scanned, row.problem, there.get(row.id, 0), missing.get(row.id, 0),
            bad.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def folder_scanned(session: Session, folder_id: int, *, at: datetime, problem: str | None = None) -> None:
    """Note that a folder was scanned, or why it could not be."""
    values = {"problem": problem} if problem else {"problem": None, "scanned": at}
    session.execute(update(FolderRow).where(FolderRow.id == folder_id).values(**values))


def problems(session: Session, *, most: int = 1000) -> list[Problem]:
    """Files that could not be read, by their path, at most so many."""
    rows = session.execute(select(ScanProblemRow.path, ScanProblemRow.reason).order_by(ScanProblemRow.path).limit(most))
    return [Problem(Path(path), reason) for path, reason in rows]


# files ---------------------------------------------------------------------------------------------------------------


def known_files(session: Session, folder_id: int) -> dict[str, KnownFile]:
    """Every file of a folder that has a row, by its path."""
    rows = session.execute(
        select(TrackRow.path, TrackRow.id, TrackRow.size, TrackRow.changed, TrackRow.missing).where(
            TrackRow.folder_id == folder_id, TrackRow.path.is_not(None)
        )
    )
    return {
        path: KnownFile(number, FileState(size, changed) if size is not None and changed else None, missing)
        for path, number, size, changed, missing in rows
        if path is not None
    }


def known_problems(session: Session, folder_id: int) -> dict[str, FileState]:
    """Every file of a folder that could not be read, by its path, as it was then."""
    rows = session.execute(
        select(ScanProblemRow.path, ScanProblemRow.size, ScanProblemRow.changed).where(
            ScanProblemRow.folder_id == folder_id
        )
    )
    return {path: FileState(size, changed) for path, size, changed in rows}


def note_problem(session: Session, folder_id: int, path: Path, state: FileState, reason: str, *, at: datetime) -> None:
    """Keep why a file could not be read; one that could be before is missing now."""
    session.execute(delete(ScanProblemRow).where(ScanProblemRow.path == str(path)))
    session.add(
        ScanProblemRow(
            folder_id=folder_id, path=str(path), size=state.size, changed=state.changed, reason=reason, at=at
        )
    )
    session.execute(update(TrackRow).where(TrackRow.path == str(path)).values(missing=True, size=None, changed=None))


def drop_problems(session: Session, paths: Iterable[str]) -> None:
    """Forget problems of files that are gone or could be read."""
    for some in _batches(paths):
        session.execute(delete(ScanProblemRow).where(ScanProblemRow.path.in_(some)))


def set_missing(session: Session, track_ids: Iterable[int], missing: bool) -> None:
    """Say that the files of tracks are gone, or there again."""
    for some in _batches(track_ids):
        session.execute(update(TrackRow).where(TrackRow.id.in_(some)).values(missing=missing))


def find_moved(
    session: Session, digest: bytes, tags: Tags, gone: Collection[int], is_there: Callable[[Path], bool]
) -> int | None:
    """The track whose file this is under another path: by its bytes, else by its names and its length.

    Parameters
    ----------
    gone : tracks whose files are not there now, beside those that were missing already.
    is_there : whether a file lies at a path: a copy is no move.
    """
    rows = session.execute(select(TrackRow.id, TrackRow.path).where(TrackRow.digest == digest).order_by(TrackRow.id))
    for number, path in rows:
        if path is not None and not is_there(Path(path)):
            return number
    if not tags.artist or tags.duration_ms is None:
        return None
    same = session.execute(
        select(TrackRow.id, TrackRow.album, TrackRow.duration_ms, TrackRow.missing).where(
            TrackRow.merge_key == names_key(tags.artist, tags.title), TrackRow.path.is_not(None)
        )
    )
    fits = [
        number
        for number, album, duration, missing in same
        if (missing or number in gone)
        and plain_letters(album) == plain_letters(tags.album)
        and abs((duration or 0) - tags.duration_ms) <= SAME_LENGTH
    ]
    return fits[0] if len(fits) == 1 else None


def save_file(session: Session, found: FoundFile, *, folder_id: int | None, at: datetime, moved: int | None) -> int:
    """Write what was read of a file into its row: that of its path, of `moved`, or a new one. The track's number.

    What was heard in it waits to be heard anew where its bytes are others. Its album is left to `settle_albums`.
    """
    row = session.scalar(select(TrackRow).where(TrackRow.path == str(found.path)))
    if row is None and moved is not None:
        row = session.get(TrackRow, moved)
    if row is None:
        row = TrackRow(added=at, title=found.tags.title, merge_key="", missing=False)
        session.add(row)
    changed = row.digest != found.digest
    tags = found.tags
    row.path, row.folder_id, row.missing = str(found.path), folder_id, False
    row.owner_id = row.owner_id if found.owner_id is None else found.owner_id
    row.song_folder = None if found.song_folder is None else str(found.song_folder)
    row.story, row.digest = found.story, found.digest
    row.size, row.changed = found.state.size, found.state.changed
    row.title, row.artist, row.album = tags.title, tags.artist, tags.album
    row.album_artist = tags.album_artist or (VARIOUS if tags.compilation else "")
    row.artist_id = artist_id(session, tags.artist) if tags.artist else None
    row.number, row.disc, row.year, row.genre = tags.number, tags.disc, tags.year, tags.genre or None
    row.duration_ms, row.mime, row.suffix = tags.duration_ms, found.mime, found.path.suffix.lower().lstrip(".")
    row.bit_rate, row.sample_rate, row.channels = tags.bit_rate, tags.sample_rate, tags.channels
    row.isrc, row.mbid, row.cover_id = tags.isrc, tags.mbid, found.cover_id
    row.lyrics = [[line.start_ms, line.text] for line in tags.lyrics] or None
    if changed or row.loudness is None:
        row.loudness, row.peak = tags.loudness, tags.peak
    row.search = search_text(tags.title, tags.artist, tags.album)
    session.flush()
    row.merge_key = _merge_key(session, row)
    heard = session.get(AnalysisRow, row.id)
    if heard is None:
        session.add(AnalysisRow(track_id=row.id, state="waiting", at=at))
    elif changed:
        heard.state, heard.reason, heard.at = "waiting", None, at
    session.execute(delete(ScanProblemRow).where(ScanProblemRow.path == str(found.path)))
    session.flush()
    return row.id


def _merge_key(session: Session, row: TrackRow) -> str:
    """The key of a track with the same ISRC, so that one spelt otherwise is the same piece; else of its names.

    A history rarely knows codes, so that a code alone would part a file from what was heard of it.
    """
    if row.isrc:
        other = session.scalar(
            select(TrackRow.merge_key)
            .where(TrackRow.isrc == row.isrc, TrackRow.id != row.id, TrackRow.merge_key != "")
            .order_by(TrackRow.id)
            .limit(1)
        )
        if other:
            return other
    return names_key(row.artist, row.title)


def search_text(title: str, artist: str, album: str) -> str:
    """Title, artist and album in plain letters.

    >>> search_text("Café", "Ibu", "")
    'cafe ibu'
    """
    return " ".join(plain for text in (title, artist, album) if (plain := plain_letters(text)))[:LONGEST_SEARCH]


# artists, albums, covers ---------------------------------------------------------------------------------------------


def main_artist(name: str) -> str:
    """An artist without guests.

    >>> main_artist("Dewa 19 (feat. Ello)"), main_artist("Feat. Me")
    ('Dewa 19', 'Feat. Me')
    """
    return _GUESTS.sub("", name).strip() or name


def artist_id(session: Session, name: str) -> int:
    """The number of an artist, made where there is none; guests are left out of the name."""
    key = plain_artist(name)[:400]
    number = session.scalar(select(ArtistRow.id).where(ArtistRow.key == key))
    if number is None:
        row = ArtistRow(name=main_artist(name), key=key)
        session.add(row)
        session.flush()
        number = row.id
    return number


def settle_albums(session: Session, track_ids: Sequence[int], folder_cover: int | None, *, at: datetime) -> None:
    """Give the tracks of one directory their albums.

    An album is its album artist's where one is named; else that of the artist of most of its tracks; else of several.
    """
    rows: list[TrackRow] = []
    for some in _batches(track_ids):
        rows += session.scalars(select(TrackRow).where(TrackRow.id.in_(some)).order_by(TrackRow.id))
    by_name: dict[str, list[TrackRow]] = defaultdict(list)
    for row in rows:
        if row.album:
            by_name[plain_letters(row.album)[:400]].append(row)
        else:
            row.album_id = None
    for key, own in by_name.items():
        shared = _album_artist([row.artist for row in own if not row.album_artist])
        by_artist: dict[str, list[TrackRow]] = defaultdict(list)
        for row in own:
            by_artist[row.album_artist or shared].append(row)
        for artist, tracks in by_artist.items():
            album = _album(session, artist, key, tracks, at)
            cover = folder_cover or next((row.cover_id for row in tracks if row.cover_id is not None), None)
            if cover is not None:
                album.cover_id = cover
            for row in tracks:
                row.album_id = album.id
    session.flush()


def _album_artist(artists: Iterable[str]) -> str:
    """Whose an album is by its tracks' artists.

    >>> _album_artist(["Slank", "Slank feat. A", "Slank", "B"]), _album_artist(["A", "B"])
    ('Slank', 'Various Artists')
    """
    names = {plain_artist(name): main_artist(name) for name in artists if name}
    counts = Counter(plain_artist(name) for name in artists if name)
    if not counts:
        return ""
    key, most = counts.most_common(1)[0]
    return names[key] if most >= MAIN_SHARE * counts.total() else VARIOUS


def _album(session: Session, artist: str, key: str, tracks: Sequence[TrackRow], at: datetime) -> AlbumRow:
    owner = artist_id(session, artist or "?")
    row = session.scalar(select(AlbumRow).where(AlbumRow.artist_id == owner, AlbumRow.key == key))
    if row is None:
        row = AlbumRow(artist_id=owner, key=key, name=tracks[0].album, added=at)
        session.add(row)
    row.compilation = artist == VARIOUS
    row.year = next((track.year for track in tracks if track.year is not None), row.year)
    row.genre = next((track.genre for track in tracks if track.genre), row.genre)
    session.flush()
    return row


def save_cover(session: Session, picture: Picture) -> int:
    """The number of a cover, kept once."""
    digest = hashlib.sha256(picture.data).digest()
    number = session.scalar(select(CoverRow.id).where(CoverRow.digest == digest))
    if number is None:
        row = CoverRow(digest=digest, mime=picture.mime, picture=picture.data)
        session.add(row)
        session.flush()
        number = row.id
    return number


def prune(session: Session) -> None:
    """Delete albums without tracks, artists without either, and covers that nothing shows."""
    session.execute(delete(AlbumRow).where(~exists().where(TrackRow.album_id == AlbumRow.id)))
    session.execute(
        delete(ArtistRow).where(
            ~exists().where(TrackRow.artist_id == ArtistRow.id), ~exists().where(AlbumRow.artist_id == ArtistRow.id)
        )
    )
    used = select(TrackRow.cover_id).where(TrackRow.cover_id.is_not(None))
    shown = select(AlbumRow.cover_id).where(AlbumRow.cover_id.is_not(None))
    session.execute(delete(CoverRow).where(CoverRow.id.not_in(used), CoverRow.id.not_in(shown)))


def _batches(values: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
