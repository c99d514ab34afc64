"""Tracks as a person may see them: one, lists in pages, a search.

Whatever asks for tracks goes through `visible_to`: a track with an owner is theirs alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from senandung.domain.music import LyricLine, TrackHeard, TrackShown, TrackWhole
from senandung.domain.track import plain_letters
from senandung.remembering.store.tracks import AlbumRow, AnalysisRow, CoverRow, TrackRow

PAGE = 60
"""Items of a page unless the caller says otherwise."""

MOST_WORDS = 8
"""Words of a search that are looked for."""

_SHOWN = (
    TrackRow.id, TrackRow.title, TrackRow.artist, TrackRow.album, TrackRow.artist_id, TrackRow.album_id,
    TrackRow.cover_id, TrackRow.number, TrackRow.disc, TrackRow.duration_ms, TrackRow.missing, TrackRow.song_folder,
)  # fmt: skip


@dataclass(frozen=True)
class TrackPage:
    """Some tracks of a list, and whether more follow the last."""

    tracks: tuple[TrackShown, ...]
    more: bool


@dataclass(frozen=True)
class Counts:
    """How much music a person can hear here."""

    tracks: int
    made_here: int


def visible_to(person_id: int) -> ColumnElement[bool]:
    """Tracks that a person may see: those of folders, and their own.

    Written so that no index of owners is taken for it: nearly all tracks fit, and a page's order has its own index.
    """
    return func.coalesce(TrackRow.owner_id, person_id) == person_id


def here(person_id: int) -> ColumnElement[bool]:
    """Tracks that a person may see and whose files are there."""
    return and_(visible_to(person_id), TrackRow.missing.is_(False), TrackRow.path.is_not(None))


def find_track(session: Session, track_id: int, person_id: int) -> TrackWhole | None:
    """A track with all that is known of it; None where there is none that the person may see."""
    row = session.scalar(select(TrackRow).where(TrackRow.id == track_id, visible_to(person_id)))
    return None if row is None else _whole(row, session.get(AnalysisRow, track_id))


def find_given_track(session: Session, track_id: int) -> TrackWhole | None:
    """A track whoever owns it: for those who were given it. The caller has checked that they were."""
    row = session.get(TrackRow, track_id)
    return None if row is None else _whole(row, session.get(AnalysisRow, track_id))


def tracks_of(session: Session, track_ids: Sequence[int], person_id: int) -> list[TrackShown]:
    """Tracks by their numbers, in that order; those that are not there or not theirs are left out."""
    rows = session.execute(select(*_SHOWN).where(TrackRow.id.in_(track_ids), visible_to(person_id)))
    found = {row.id: shown(row) for row in rows}
    return [found[number] for number in track_ids if number in found]


def search_tracks(
    session: Session, person_id: int, words: str = "", *, after: int | None = None, count: int = PAGE
) -> TrackPage:
    """Tracks whose title, artist or album hold all words, by title; all tracks without words.

    Parameters
    ----------
    after : the last track of the page before.
    """
    query = select(TrackRow.id).where(here(person_id))
    for word in plain_letters(words).split()[:MOST_WORDS]:
        query = query.where(TrackRow.search.contains(word, autoescape=True))
    if after is not None:
        place = session.scalar(select(TrackRow.search).where(TrackRow.id == after))
        if place is not None:
            query = query.where(tuple_(TrackRow.search, TrackRow.id) > (place, after))
    numbers = session.scalars(query.order_by(TrackRow.search, TrackRow.id).limit(count + 1)).all()
    return _page(session, numbers, person_id, count)


def recent_tracks(
    session: Session, person_id: int, *, after: int | None = None, count: int = PAGE, made_here: bool = False
) -> TrackPage:
    """Tracks by when they came, the newest first.

    Parameters
    ----------
    made_here : True for songs that were made here alone.
    """
    query = select(TrackRow.id).where(here(person_id))
    if made_here:
        query = query.where(TrackRow.song_folder.is_not(None))
    if after is not None:
        place = session.scalar(select(TrackRow.added).where(TrackRow.id == after))
        if place is not None:
            query = query.where(
                or_(TrackRow.added < place, and_(TrackRow.added == place, TrackRow.id < after)),
                TrackRow.added <= place,
            )
    numbers = session.scalars(query.order_by(TrackRow.added.desc(), TrackRow.id.desc()).limit(count + 1)).all()
    return _page(session, numbers, person_id, count)


def count_tracks(session: Session, person_id: int) -> Counts:
    """How many tracks a person can hear here."""
    whole = session.scalar(select(func.count()).select_from(TrackRow).where(here(person_id)))
    made = session.scalar(
        select(func.count()).select_from(TrackRow).where(here(person_id), TrackRow.song_folder.is_not(None))
    )
    return Counts(whole or 0, made or 0)


def find_cover(session: Session, cover_id: int, person_id: int) -> tuple[bytes, str, bytes] | None:
    """A cover's bytes, its type and its SHA-256; None where nothing that the person may see has it."""
    own = select(TrackRow.id).where(TrackRow.cover_id == cover_id, visible_to(person_id))
    album = (
        select(TrackRow.id)
        .join(AlbumRow, AlbumRow.id == TrackRow.album_id)
        .where(AlbumRow.cover_id == cover_id, visible_to(person_id))
    )
    row = session.execute(
        select(CoverRow.picture, CoverRow.mime, CoverRow.digest).where(
            CoverRow.id == cover_id, or_(own.exists(), album.exists())
        )
    ).first()
    return None if row is None else (row.picture, row.mime, row.digest)


def shown(row: Any) -> TrackShown:
    """A track of a list, from a row that was asked for with `shown_columns`."""
    return TrackShown(
        row.id, row.title, row.artist, row.album, row.artist_id, row.album_id, row.cover_id, row.number, row.disc,
        row.duration_ms, row.missing, row.song_folder is not None,
    )  # fmt: skip


def shown_columns() -> tuple[Any, ...]:
    """What is asked of a track for a list."""
    return _SHOWN


def _page(session: Session, numbers: Sequence[int], person_id: int, count: int) -> TrackPage:
    return TrackPage(tuple(tracks_of(session, numbers[:count], person_id)), len(numbers) > count)


def heard_of(row: AnalysisRow) -> TrackHeard:
    """What was heard in a track, from its row."""
    arc = tuple((float(s), float(v), float(a)) for s, v, a in row.arc or ())
    return TrackHeard(row.state, row.reason, row.valence, row.arousal, row.tempo, row.key, arc)


def _whole(row: TrackRow, heard: AnalysisRow | None) -> TrackWhole:
    return TrackWhole(
        id=row.id,
        title=row.title,
        artist=row.artist,
        album=row.album,
        artist_id=row.artist_id,
        album_id=row.album_id,
        cover_id=row.cover_id,
        number=row.number,
        disc=row.disc,
        duration_ms=row.duration_ms,
        missing=row.missing,
        made_here=row.song_folder is not None,
        owner_id=row.owner_id,
        path=None if row.path is None else Path(row.path),
        song_folder=None if row.song_folder is None else Path(row.song_folder),
        story=row.story,
        size=row.size,
        changed=row.changed,
        added=row.added,
        year=row.year,
        genre=row.genre,
        mime=row.mime,
        suffix=row.suffix,
        bit_rate=row.bit_rate,
        sample_rate=row.sample_rate,
        channels=row.channels,
        isrc=row.isrc,
        mbid=row.mbid,
        address=row.address,
        lyrics=tuple(LyricLine(start, text) for start, text in row.lyrics or ()),
        loudness=row.loudness,
        peak=row.peak,
        heard=None if heard is None else heard_of(heard),
    )
