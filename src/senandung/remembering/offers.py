"""Songs that were offered for now, and the shelf that they are chosen from, out of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from senandung.domain.memory import felt_of
from senandung.remembering.fitting import Floats, Ints
from senandung.remembering.store.memories import MemoryRow
from senandung.remembering.store.plays import OfferRow, PlayRow
from senandung.remembering.store.tracks import AnalysisRow, TrackRow
from senandung.remembering.tracks import here, visible_to

PLAYED, NOT_NOW, REPLACED = "played", "not-now", "replaced"
"""What came of an offer: it was heard, refused for now, or another was made because the person said how they feel."""

REMEMBERED = 300
"""Offers, the newest, from which weights are learned."""

PLAYED_MS = 60_000
"""An offered song that was heard for so long, or to its end, was played."""

EXACT_DAYS = 31
"""A memory's time must be known to so many days for its season to mean something."""


@dataclass(frozen=True)
class Offered:
    """An offer as it is kept."""

    id: int
    track_id: int
    at: datetime
    reasons: tuple[tuple[str, int], ...]
    answer: str | None


@dataclass(frozen=True, eq=False)
class Stock:
    """The tracks that a person can be offered: files that are there, or, without any, what a history alone knows."""

    track: Ints
    artist: Ints
    key: tuple[str, ...]
    valence: Floats
    arousal: Floats
    year: Ints
    made: Ints


@dataclass(frozen=True)
class Remembered:
    """What a person's memories say of a track: the feelings' middle, and days of the year that are known."""

    valence: float
    arousal: float
    days: tuple[date, ...]


def stock_mark(session: Session, account_id: int) -> tuple[int, int, int]:
    """What changes when tracks come, go, or are heard by the program."""
    count, newest = session.execute(select(func.count(), func.max(TrackRow.id)).where(visible_to(account_id))).one()
    heard = session.scalar(select(func.count()).where(AnalysisRow.valence.is_not(None))) or 0
    return int(count), int(newest or 0), int(heard)


def count_to_read(session: Session, account_id: int, *, most: int) -> int:
    """How many tracks and plays of a person there are, counted up to `most` and no further."""
    plays = select(PlayRow.id).where(PlayRow.account_id == account_id).limit(most)
    tracks = select(TrackRow.id).limit(most)
    return sum(session.scalar(select(func.count()).select_from(each.subquery())) or 0 for each in (plays, tracks))


def load_stock(session: Session, account_id: int) -> Stock:
    """The tracks that may be offered."""
    columns = (
        TrackRow.id, TrackRow.artist_id, TrackRow.merge_key, TrackRow.year, TrackRow.song_folder.is_not(None),
        AnalysisRow.valence, AnalysisRow.arousal,
    )  # fmt: skip
    query = select(*columns).outerjoin(AnalysisRow, AnalysisRow.track_id == TrackRow.id).order_by(TrackRow.id)
    connection = session.connection()  # past the ORM: rows of a whole library
    rows = connection.execute(query.where(here(account_id))).all()
    if not rows:
        known = TrackRow.path.is_(None), TrackRow.missing.is_(False), TrackRow.address.is_not(None)
        rows = connection.execute(query.where(visible_to(account_id), *known)).all()
    track, artist, key, year, made, valence, arousal = zip(*rows, strict=True) if rows else ((),) * 7
    return Stock(
        np.array(track, dtype=np.int64),
        np.array([each or -1 for each in artist], dtype=np.int64),
        tuple(key),
        np.array([np.nan if each is None else each for each in valence], dtype=np.float64),
        np.array([np.nan if each is None else each for each in arousal], dtype=np.float64),
        np.array([each or 0 for each in year], dtype=np.int64),
        np.array(made, dtype=np.int64),
    )


def remembered(session: Session, account_id: int, without: Sequence[int] = ()) -> dict[int, Remembered]:
    """What memories say, by track; `without` leaves memories aside."""
    found: dict[int, list[MemoryRow]] = {}
    query = select(MemoryRow).where(MemoryRow.account_id == account_id, MemoryRow.kind == "memory")
    for row in session.scalars(query):
        if row.id not in without:
            found.setdefault(row.track_id, []).append(row)
    return {track: _remembered(rows) for track, rows in found.items()}


def _remembered(rows: Sequence[MemoryRow]) -> Remembered:
    places = [felt_of(row.valence, row.arousal, [str(word) for word in row.feeling_words]).place for row in rows]
    known = [place for place in places if place is not None]
    days = tuple(
        row.when_from + (row.when_to - row.when_from) // 2
        for row in rows
        if row.when_from is not None and row.when_to is not None and (row.when_to - row.when_from).days < EXACT_DAYS
    )
    if not known:
        return Remembered(float("nan"), float("nan"), days)
    return Remembered(sum(v for v, _ in known) / len(known), sum(a for _, a in known) / len(known), days)


def add_offer(
    session: Session, account_id: int, track_id: int, reasons: Sequence[tuple[str, int]], *, at: datetime
) -> int:
    """Keep an offer with its reasons."""
    row = OfferRow(account_id=account_id, track_id=track_id, at=at, reasons=[list(each) for each in reasons])
    session.add(row)
    session.flush()
    return row.id


def offers_since(session: Session, account_id: int, since: datetime) -> list[Offered]:
    """The offers of a person from a moment on, the newest first."""
    query = select(OfferRow).where(OfferRow.account_id == account_id, OfferRow.at >= since)
    return [_offered(row) for row in session.scalars(query.order_by(OfferRow.at.desc(), OfferRow.id.desc()))]


def answer_offer(session: Session, account_id: int, offer_id: int, what: str) -> bool:
    """Keep what came of an offer; False where the person has none of this number."""
    row = session.scalar(select(OfferRow).where(OfferRow.id == offer_id, OfferRow.account_id == account_id))
    if row is None:
        return False
    row.answer = what
    return True


def lessons(session: Session, account_id: int) -> list[tuple[Mapping[str, int], bool]]:
    """Offers that teach: the reasons' points, and whether the song was played (True) or refused for now."""
    heard = exists().where(
        PlayRow.account_id == account_id, PlayRow.track_id == OfferRow.track_id, PlayRow.started >= OfferRow.at,
        or_(PlayRow.ended == "trackdone", PlayRow.played_ms >= PLAYED_MS),
    )  # fmt: skip
    query = select(OfferRow, heard).where(OfferRow.account_id == account_id)
    rows = session.execute(query.order_by(OfferRow.at.desc(), OfferRow.id.desc()).limit(REMEMBERED)).all()
    return [
        ({str(name): int(points) for name, points in row.reasons}, row.answer != NOT_NOW)
        for row, was_heard in rows
        if row.answer in (NOT_NOW, PLAYED) or was_heard
    ]


def forget_offers(session: Session, account_id: int) -> int:
    """Forget all offers, and with them what "not now" taught."""
    rows = session.scalars(select(OfferRow).where(OfferRow.account_id == account_id)).all()
    for row in rows:
        session.delete(row)
    return len(rows)


def _offered(row: OfferRow) -> Offered:
    reasons = tuple((str(name), int(points)) for name, points in row.reasons)
    return Offered(row.id, row.track_id, row.at, reasons, row.answer)


def last_offset(session: Session, account_id: int) -> int | None:
    """How many minutes the person's clock stood ahead of UTC at their last play of which that is known."""
    return session.scalar(
        select(PlayRow.offset_minutes)
        .where(PlayRow.account_id == account_id, PlayRow.offset_minutes.is_not(None))
        .order_by(PlayRow.started.desc())
        .limit(1)
    )


def keys_of(session: Session, account_id: int, track_ids: Sequence[int]) -> dict[int, str]:
    """The merge keys of tracks that a person may see, by number."""
    rows = session.execute(
        select(TrackRow.id, TrackRow.merge_key).where(TrackRow.id.in_(track_ids), visible_to(account_id))
    )
    return {row.id: row.merge_key for row in rows}
