"""Plays: written down, joined to the tracks that they are of, told apart from those that are told twice.

A play of a piece that is no file here is of a track of its own, which belongs to the person alone and knows where it
opens (`address`). Such a track is one with a file by its ISRC or its names, whichever came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

import numpy as np
from sqlalchemy import BigInteger, ColumnElement, delete, exists, func, insert, or_, select, type_coerce, update
from sqlalchemy.orm import Session

from senandung.domain.doubled import CODES, find_doubled
from senandung.domain.listen import Listen, Piece
from senandung.domain.track import isrc_of, names_key
from senandung.remembering.scanned import search_text
from senandung.remembering.store.base import Table, instant_of, milliseconds_of
from senandung.remembering.store.lists import MarkRow
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import AnalysisRow, SoundRow, TrackRow

_T = TypeVar("_T")

DAY_MS = 86_400_000

AROUND = timedelta(hours=2)
"""How far around a new play others may tell of it too."""

_AT_ONCE = 5000
"""Rows in one statement that writes."""

_FEW = 20
"""New plays up to which only what is near them is looked at anew."""

_NUMBERS_AT_ONCE = 500
"""Numbers in one condition."""


@dataclass(frozen=True)
class Month:
    """Listening in a month of UTC: how many plays, and of those that say it, how much was heard, in milliseconds."""

    year: int
    month: int
    plays: int
    heard_ms: int


def from_history() -> ColumnElement[bool]:
    """Tracks that are known from a history alone."""
    return TrackRow.path.is_(None) & TrackRow.song_folder.is_(None) & TrackRow.owner_id.is_not(None)


def tracks_for(session: Session, account_id: int, pieces: Iterable[Piece], *, at: datetime) -> dict[Piece, int]:
    """The track of each piece: a file that the person may hear, one of their history, or one made now."""
    known = _Known(session, account_id)
    found: dict[Piece, int] = {}
    new: dict[str, list[Piece]] = {}
    fuller: dict[int, Piece] = {}
    for piece in dict.fromkeys(pieces):
        key = names_key(piece.artist, piece.title)
        number = known.track(piece, key)
        if number is None:
            new.setdefault(key, []).append(piece)
            continue
        found[piece] = number
        if number in known.lacking and piece.address:
            fuller.setdefault(number, piece)
    rows = [_row(account_id, key, same, at) for key, same in new.items()]
    for some in _some(rows, _NUMBERS_AT_ONCE):
        numbers = session.scalars(insert(TrackRow).returning(TrackRow.id, sort_by_parameter_order=True), some).all()
        for row, number in zip(some, numbers, strict=True):
            found.update(dict.fromkeys(new[str(row["merge_key"])], number))
    for number, piece in fuller.items():
        session.execute(update(TrackRow).where(TrackRow.id == number).values(address=piece.address))
    return found


class _Known:
    """The tracks that plays of a person may be of, by code and by names."""

    def __init__(self, session: Session, account_id: int) -> None:
        self.codes: dict[str, int] = {}
        self.names: dict[str, int] = {}
        self.lacking: set[int] = set()
        rows = session.execute(
            select(
                TrackRow.id, TrackRow.merge_key, TrackRow.isrc, TrackRow.artist, TrackRow.title, TrackRow.path,
                TrackRow.song_folder, TrackRow.missing, TrackRow.address,
            ).where(or_(TrackRow.owner_id.is_(None), TrackRow.owner_id == account_id))
        ).all()  # fmt: skip
        alike: list[tuple[str, int]] = []
        # files that are there before files that are gone before what is known from a history
        for row in sorted(rows, key=lambda row: (row.path is None and row.song_folder is None, row.missing, row.id)):
            self.names.setdefault(row.merge_key, row.id)
            if row.isrc:
                if row.path is not None:
                    self.codes.setdefault(isrc_of(row.isrc) or row.isrc, row.id)
                alike.append((names_key(row.artist, row.title), row.id))
            if row.path is None and row.song_folder is None and row.address is None:
                self.lacking.add(row.id)
        for key, number in alike:
            self.names.setdefault(key, number)

    def track(self, piece: Piece, key: str) -> int | None:
        """The track of a piece, where there is one."""
        code = isrc_of(piece.isrc)
        return self.codes.get(code) or self.names.get(key) if code else self.names.get(key)


def _row(account_id: int, key: str, same: Sequence[Piece], at: datetime) -> dict[str, object]:
    """The row of a track that several spellings are of; the fullest, then the first by name, gives it its names."""
    best = min(same, key=lambda each: (not each.album, each.title, each.artist, each.album))

    def first(name: str) -> object:
        return next((value for each in sorted(same, key=str) if (value := getattr(each, name))), None)

    return {
        "owner_id": account_id,
        "title": best.title,
        "artist": best.artist,
        "album": best.album,
        "duration_ms": first("length_ms"),
        "isrc": isrc_of(next((each.isrc for each in sorted(same, key=str) if isrc_of(each.isrc)), None)),
        "mbid": first("mbid"),
        "address": first("address"),
        "merge_key": key,
        "search": search_text(best.title, best.artist, best.album),
        "added": at,
    }


def add_plays(
    session: Session, account_id: int, listens: Sequence[Listen], *, at: datetime, import_id: int | None = None
) -> None:
    """Write plays down, every one; `settle` then says which are told twice."""
    tracks = tracks_for(session, account_id, (each.piece for each in listens), at=at)
    for some in _some(listens, _AT_ONCE):
        session.execute(
            insert(PlayRow),
            [
                {
                    "account_id": account_id,
                    "track_id": tracks[each.piece],
                    "import_id": import_id,
                    "source": each.source,
                    "started": each.started,
                    "offset_minutes": each.offset_minutes,
                    "played_ms": each.played_ms,
                    "began": each.began,
                    "ended": each.ended,
                    "skipped": each.skipped,
                    "doubled": False,
                }
                for each in some
            ],
        )


def settle(session: Session, account_id: int, *, around: tuple[int, datetime] | None = None) -> None:
    """Say of each play of a person whether another row tells it better.

    Parameters
    ----------
    around : a track and a time: only the plays of that piece near that time are looked at.
    """
    query = (
        select(
            PlayRow.id, TrackRow.merge_key, type_coerce(PlayRow.started, BigInteger), PlayRow.played_ms, PlayRow.source,
            PlayRow.began, PlayRow.ended, PlayRow.skipped, PlayRow.doubled,
        )
        .join(TrackRow, TrackRow.id == PlayRow.track_id)
        .where(PlayRow.account_id == account_id)
    )  # fmt: skip
    if around is not None:
        same = select(TrackRow.merge_key).where(TrackRow.id == around[0]).scalar_subquery()
        query = query.where(TrackRow.merge_key == same, PlayRow.started.between(around[1] - AROUND, around[1] + AROUND))
    rows = session.execute(query).all()
    if not rows:
        return
    number, key, started, played, source, began, ended, skipped, before = zip(*rows, strict=True)
    songs = {each: place for place, each in enumerate(dict.fromkeys(key))}
    told = [
        (a not in (None, "unknown")) + 2 * (b not in (None, "unknown")) + 4 * (c is not None)
        for a, b, c in zip(began, ended, skipped, strict=True)
    ]
    numbers = np.array(number, dtype=np.int64)
    now = find_doubled(
        np.array([songs[each] for each in key], dtype=np.int64),
        np.array(started, dtype=np.int64),
        np.array([-1 if each is None else each for each in played], dtype=np.int64),
        np.array([CODES[each] for each in source], dtype=np.int64),
        np.array(told, dtype=np.int64),
        numbers,
    )
    changed = now != np.array(before, dtype=np.bool_)
    for doubled in (True, False):
        for some in _some(numbers[changed & (now == doubled)].tolist(), _NUMBERS_AT_ONCE):
            session.execute(update(PlayRow).where(PlayRow.id.in_(some)).values(doubled=doubled))


def record_play(
    session: Session,
    account_id: int,
    track_id: int,
    *,
    source: str,
    started: datetime,
    played_ms: int | None = None,
    began: str | None = None,
    ended: str | None = None,
    skipped: bool | None = None,
    offset_minutes: int | None = None,
) -> int | None:
    """Write one play of a track down. Its number; None where the person may not hear the track.

    Told again (the same track, source and beginning) it is the same play, and what says more of it is believed. The
    parameters are those of `domain.listen.Listen`, which checks them.
    """
    may = or_(TrackRow.owner_id.is_(None), TrackRow.owner_id == account_id)
    track = session.scalar(select(TrackRow).where(TrackRow.id == track_id, may))
    if track is None:
        return None
    listen = Listen(Piece(track.title), started, source, played_ms, began, ended, skipped, offset_minutes)
    row = session.scalar(
        select(PlayRow).where(
            PlayRow.account_id == account_id,
            PlayRow.track_id == track_id,
            PlayRow.started == started,
            PlayRow.source == source,
        )
    )
    if row is None:
        row = PlayRow(account_id=account_id, track_id=track_id, source=source, started=started, doubled=False)
        session.add(row)
    elif (played_ms or 0) < (row.played_ms or 0):
        return row.id
    row.played_ms, row.began, row.ended = listen.played_ms, listen.began, listen.ended
    row.skipped, row.offset_minutes = listen.skipped, listen.offset_minutes
    session.flush()
    settle(session, account_id, around=(track_id, started))
    return row.id


def is_told(session: Session, account_id: int, track_id: int, source: str, *, since: datetime, until: datetime) -> bool:
    """Whether a source told of a play of a track that began within a span."""
    found = select(PlayRow.id).where(
        PlayRow.account_id == account_id,
        PlayRow.track_id == track_id,
        PlayRow.source == source,
        PlayRow.started.between(since, until),
    )
    return session.scalar(found.limit(1)) is not None


def add_submitted(session: Session, account_id: int, listens: Sequence[Listen], *, at: datetime) -> int:
    """Write down what a scrobbler tells; what it told before is not written again. How many were new."""
    if not listens:
        return 0
    tracks = tracks_for(session, account_id, (each.piece for each in listens), at=at)
    times = [each.started for each in listens]
    before = session.execute(
        select(PlayRow.track_id, PlayRow.started).where(
            PlayRow.account_id == account_id,
            PlayRow.source == listens[0].source,
            PlayRow.started.between(min(times), max(times)),
        )
    )
    known = {(track, started) for track, started in before}
    new = {
        place: each
        for each in listens
        if (place := (tracks[each.piece], instant_of(milliseconds_of(each.started)))) not in known
    }
    add_plays(session, account_id, list(new.values()), at=at)
    if len(new) <= _FEW:
        for place in new:
            settle(session, account_id, around=place)
    else:
        settle(session, account_id)
    return len(new)


def months(session: Session, account_id: int) -> list[Month]:
    """Listening per month, from the first month with a play to the last, quiet ones between them too."""
    day = type_coerce(PlayRow.started, BigInteger) // DAY_MS
    rows = session.execute(
        select(day, func.count(), func.coalesce(func.sum(PlayRow.played_ms), 0))
        .where(PlayRow.account_id == account_id, PlayRow.doubled.is_(False))
        .group_by(day)
    ).all()
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for days, plays, heard in rows:
        at = instant_of((days or 0) * DAY_MS)
        before = sums.get((at.year, at.month), (0, 0))
        sums[at.year, at.month] = (before[0] + plays, before[1] + int(heard or 0))
    if not sums:
        return []
    first, last = (12 * year + month - 1 for year, month in (min(sums), max(sums)))
    found = []
    for number in range(first, last + 1):
        year, month = number // 12, number % 12 + 1
        found.append(Month(year, month, *sums.get((year, month), (0, 0))))
    return found


def last_plays(session: Session, account_id: int, *, count: int = 20) -> list[tuple[int, datetime]]:
    """The tracks that a person heard last, with when, the last first."""
    rows = session.execute(
        select(PlayRow.track_id, PlayRow.started)
        .where(PlayRow.account_id == account_id, PlayRow.doubled.is_(False))
        .order_by(PlayRow.started.desc(), PlayRow.id.desc())
        .limit(count)
    )
    return [(track, started) for track, started in rows]


def plays_of_tracks(session: Session, account_id: int, track_ids: Sequence[int]) -> Mapping[int, tuple[int, datetime]]:
    """How often a person heard each track, and when last; those never heard are left out."""
    found: dict[int, tuple[int, datetime]] = {}
    for some in _some(track_ids, _NUMBERS_AT_ONCE):
        rows = session.execute(
            select(PlayRow.track_id, func.count(), func.max(PlayRow.started))
            .where(PlayRow.account_id == account_id, PlayRow.doubled.is_(False), PlayRow.track_id.in_(some))
            .group_by(PlayRow.track_id)
        )
        found.update({track: (count, last) for track, count, last in rows})
    return found


def delete_unheard(session: Session, account_id: int) -> int:
    """Delete tracks that a history alone told of, and that nothing of the person hangs on any more. How many."""
    gone = (
        delete(TrackRow)
        .where(TrackRow.owner_id == account_id, from_history(), ~_held())
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(gone.returning(TrackRow.id)).all())


def _held() -> ColumnElement[bool]:
    """Whether anything points to a track."""
    marked = exists().where(MarkRow.kind == "track", MarkRow.item_id == TrackRow.id)
    return or_(marked, *(exists().where(column == TrackRow.id) for column in _pointers()))


def _pointers() -> list[ColumnElement[int]]:
    """Columns of all tables that name a track, but for what was heard in it."""
    return [
        column
        for table in Table.metadata.sorted_tables
        if table.name not in (AnalysisRow.__tablename__, SoundRow.__tablename__)
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == TrackRow.__tablename__
    ]


def join_files(session: Session) -> int:
    """Bring what hangs on tracks of histories to the files that are the same pieces, now that they are here.

    Plays, memories, gifts, lists and stars go to the file; the track of the history goes. Returns how many went.
    """
    rows = session.execute(
        select(TrackRow.id, TrackRow.owner_id, TrackRow.merge_key, TrackRow.isrc).where(from_history())
    ).all()
    files: dict[int, _Known] = {}
    joined = 0
    for number, owner, key, isrc in rows:
        if owner is None:
            continue
        if owner not in files:
            files[owner] = _Known(session, owner)
        known = files[owner]
        target = (known.codes.get(isrc) if isrc else None) or known.names.get(key)
        if (
            target is not None
            and target != number
            and session.scalar(
                select(TrackRow.id).where(
                    TrackRow.id == target, TrackRow.path.is_not(None), TrackRow.missing.is_(False)
                )
            )
        ):
            _move(session, number, target, owner)
            joined += 1
    return joined


def _move(session: Session, number: int, target: int, owner: int) -> None:
    for column in _pointers():
        table = column.table
        change = table.update().where(column == number).values({column.key: target})
        if column.primary_key:
            # one row a person and track: where the file has its own, that of the history goes with its track
            taken = select(table.c.account_id).where(column == target)
            change = change.where(table.c.account_id.not_in(taken))
        session.execute(change)
    own = (MarkRow.account_id == owner) & (MarkRow.kind == "track")
    if session.scalar(select(MarkRow.item_id).where(own, MarkRow.item_id == target)) is None:
        session.execute(update(MarkRow).where(own, MarkRow.item_id == number).values(item_id=target))
    session.execute(delete(MarkRow).where(own, MarkRow.item_id == number))
    session.execute(delete(TrackRow).where(TrackRow.id == number))
    session.expire_all()


def _some(items: Iterable[_T], count: int) -> Iterable[list[_T]]:
    left = iter(items)
    while some := list(islice(left, count)):
        yield some


def span_of(session: Session, *conditions: ColumnElement[bool]) -> tuple[datetime, datetime] | None:
    """When the first and the last of some plays began; None without any."""
    first, last = session.execute(select(func.min(PlayRow.started), func.max(PlayRow.started)).where(*conditions)).one()
    return None if first is None else (first, last)
