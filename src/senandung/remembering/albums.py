"""Albums and artists as a person may see them: those with a track that they may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.orm import Session

from senandung.domain.music import AlbumShown, AlbumWhole, ArtistShown, TrackShown
from senandung.domain.track import plain_letters
from senandung.remembering.store.tracks import AlbumRow, ArtistRow, TrackRow
from senandung.remembering.tracks import MOST_WORDS, PAGE, here, shown, shown_columns, visible_to


@dataclass(frozen=True)
class AlbumPage:
    """Some albums, and whether more follow the last."""

    albums: tuple[AlbumShown, ...]
    more: bool


@dataclass(frozen=True)
class ArtistPage:
    """Some artists, and whether more follow the last."""

    artists: tuple[ArtistShown, ...]
    more: bool


@dataclass(frozen=True)
class ArtistWhole:
    """An artist: their albums, those of others with a track of theirs, and tracks without an album."""

    artist: ArtistShown
    albums: tuple[AlbumShown, ...]
    appears: tuple[AlbumShown, ...]
    single: tuple[TrackShown, ...]


def albums(
    session: Session,
    person_id: int,
    words: str = "",
    *,
    recent: bool = False,
    after: int | None = None,
    count: int = PAGE,
) -> AlbumPage:
    """Albums by name, or by when they came, the newest first.

    Parameters
    ----------
    words : all of which the album's or its artist's name holds; empty for all.
    after : the last album of the page before.
    """
    query = _albums().where(_heard_in(TrackRow.album_id == AlbumRow.id, person_id))
    for word in plain_letters(words).split()[:MOST_WORDS]:
        query = query.where(
            or_(AlbumRow.key.contains(word, autoescape=True), ArtistRow.key.contains(word, autoescape=True))
        )
    if after is not None:
        place = session.execute(select(AlbumRow.key, AlbumRow.added).where(AlbumRow.id == after)).first()
        if place is not None and recent:
            same = and_(AlbumRow.added == place.added, AlbumRow.id < after)
            query = query.where(AlbumRow.added <= place.added, or_(AlbumRow.added < place.added, same))
        elif place is not None:
            query = query.where(tuple_(AlbumRow.key, AlbumRow.id) > (place.key, after))
    order = (AlbumRow.added.desc(), AlbumRow.id.desc()) if recent else (AlbumRow.key, AlbumRow.id)
    rows = session.execute(query.order_by(*order).limit(count + 1)).all()
    return AlbumPage(tuple(_album(row) for row in rows[:count]), len(rows) > count)


def artists(
    session: Session, person_id: int, words: str = "", *, after: int | None = None, count: int = PAGE
) -> ArtistPage:
    """Artists by name, as `albums` finds albums."""
    query = select(ArtistRow.id, ArtistRow.name).where(_heard_in(TrackRow.artist_id == ArtistRow.id, person_id))
    for word in plain_letters(words).split()[:MOST_WORDS]:
        query = query.where(ArtistRow.key.contains(word, autoescape=True))
    if after is not None:
        place = session.scalar(select(ArtistRow.key).where(ArtistRow.id == after))
        if place is not None:
            query = query.where(ArtistRow.key > place)
    rows = session.execute(query.order_by(ArtistRow.key).limit(count + 1)).all()
    return ArtistPage(tuple(ArtistShown(row.id, row.name) for row in rows[:count]), len(rows) > count)


def find_album(session: Session, album_id: int, person_id: int) -> AlbumWhole | None:
    """An album with its tracks by disc and number; None where the person may see none of it."""
    row = session.execute(_albums().add_columns(AlbumRow.genre).where(AlbumRow.id == album_id)).first()
    if row is None:
        return None
    tracks = session.execute(
        select(*shown_columns())
        .where(TrackRow.album_id == album_id, visible_to(person_id), TrackRow.path.is_not(None))
        .order_by(TrackRow.disc.is_not(None), TrackRow.disc, TrackRow.number.is_(None), TrackRow.number, TrackRow.id)
    ).all()
    if not tracks:
        return None
    return AlbumWhole(
        row.id, row.name, row.artist, row.artist_id, row.year, row.cover_id, row.compilation, row.genre,
        tuple(shown(track) for track in tracks),
    )  # fmt: skip


def find_artist(session: Session, artist_id: int, person_id: int) -> ArtistWhole | None:
    """An artist; None where the person may hear nothing of theirs."""
    row = session.execute(select(ArtistRow.id, ArtistRow.name).where(ArtistRow.id == artist_id)).first()
    if row is None:
        return None
    own = session.execute(
        _albums()
        .where(AlbumRow.artist_id == artist_id, _heard_in(TrackRow.album_id == AlbumRow.id, person_id))
        .order_by(AlbumRow.year.is_(None), AlbumRow.year, AlbumRow.key)
    ).all()
    theirs = select(TrackRow.album_id).where(TrackRow.artist_id == artist_id, here(person_id))
    others = session.execute(
        _albums()
        .where(AlbumRow.id.in_(theirs), AlbumRow.artist_id != artist_id)
        .order_by(AlbumRow.year.is_(None), AlbumRow.year, AlbumRow.key)
        .limit(PAGE)
    ).all()
    single = session.execute(
        select(*shown_columns())
        .where(TrackRow.artist_id == artist_id, TrackRow.album_id.is_(None), here(person_id))
        .order_by(TrackRow.search, TrackRow.id)
        .limit(10 * PAGE)
    ).all()
    if not (own or others or single):
        return None
    return ArtistWhole(
        ArtistShown(row.id, row.name),
        tuple(_album(each) for each in own),
        tuple(_album(each) for each in others),
        tuple(shown(each) for each in single),
    )


def _albums() -> Select[*tuple[Any, ...]]:
    return select(
        AlbumRow.id, AlbumRow.name, ArtistRow.name.label("artist"), AlbumRow.artist_id, AlbumRow.year,
        AlbumRow.cover_id, AlbumRow.compilation,
    ).join(ArtistRow, ArtistRow.id == AlbumRow.artist_id)  # fmt: skip


def _heard_in(of: ColumnElement[bool], person_id: int) -> ColumnElement[bool]:
    return select(TrackRow.id).where(of, here(person_id)).exists()


def _album(row: Any) -> AlbumShown:
    return AlbumShown(row.id, row.name, row.artist, row.artist_id, row.year, row.cover_id, row.compilation)
