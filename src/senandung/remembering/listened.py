"""A person's plays as columns, and the songs that they are of, out of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sqlalchemy import BigInteger, Connection, case, func, select, type_coerce
from sqlalchemy.orm import Session

from senandung.domain.track import plain_artist
from senandung.remembering.avoided import Songs
from senandung.remembering.heard import CHOSEN, ENDED, OTHER, UNSAID, Floats, Ints, Plays
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import visible_to

UNSAID_OFFSET = -9999


@dataclass(frozen=True)
class Listened:
    """Every play of a person that counts, and its songs: versions merged, in the order of their keys.

    `offset` is how many minutes the listener's clock stood ahead of UTC at each play, or `UNSAID_OFFSET`. `track` is
    the track that stands for each song, one with a file where there is one; `title` and `artist` are its.
    """

    plays: Plays
    offset: Ints
    songs: Songs
    keys: tuple[str, ...]
    track: Ints
    title: tuple[str, ...]
    artist: tuple[str, ...]


def plays_mark(session: Session, account_id: int) -> tuple[int, int]:
    """What changes when plays come or go: how many rows there are, and the newest. It is read from an index alone."""
    row = session.execute(select(func.count(), func.max(PlayRow.id)).where(PlayRow.account_id == account_id)).one()
    return int(row[0]), int(row[1] or 0)


def came_since(session: Session, account_id: int, mark: tuple[int, int]) -> int | None:
    """How many plays came since a mark; None where some went."""
    # + 0: newer rows are few and lie together by their number; the index of accounts would be read whole for them
    newer = session.scalar(select(func.count()).where(PlayRow.id > mark[1], PlayRow.account_id + 0 == account_id)) or 0
    whole = session.scalar(select(func.count()).where(PlayRow.account_id == account_id)) or 0
    return newer if whole - newer == mark[0] else None


def listened(session: Session, account_id: int) -> Listened:
    """What a person listened to."""
    own = PlayRow.account_id == account_id, PlayRow.doubled.is_(False)
    # whole numbers alone, past the ORM: 200,000 plays in a quarter of the time
    columns = (
        PlayRow.track_id, type_coerce(PlayRow.started, BigInteger), func.coalesce(PlayRow.played_ms, -1),
        case((PlayRow.began.in_(CHOSEN), 1), else_=0),
        case((PlayRow.ended.is_(None), UNSAID), *((PlayRow.ended == word, code) for word, code in ENDED.items()),
             else_=OTHER),
        case((PlayRow.skipped.is_(True), 1), (PlayRow.skipped.is_(False), 0), else_=-1),
        func.coalesce(PlayRow.offset_minutes, UNSAID_OFFSET),
    )  # fmt: skip
    connection = session.connection()
    rows = connection.execute(select(*columns).where(*own)).all()
    read = (np.array(column, dtype=np.int64) for column in (zip(*rows, strict=True) if rows else ((),) * len(columns)))
    track, started, played, chosen, ended, skipped, offset = read
    heard = set(np.unique(track).tolist())
    found = [each for each in _tracks(connection, account_id) if each.id in heard]
    keys = sorted({row.merge_key for row in found})
    place = {key: number for number, key in enumerate(keys)}
    known = np.array([row.id for row in found], dtype=np.int64)
    song_of = np.array([place[row.merge_key] for row in found], dtype=np.int64)
    if len(known):
        at = np.searchsorted(known, track).clip(0, len(known) - 1)
        seen = known[at] == track
        song = song_of[at]
    else:
        seen, song = np.zeros(len(track), dtype=np.bool_), track
    plays = Plays(song, started, played, chosen == 1, ended, skipped)
    return Listened(plays.take(seen), offset[seen], *_songs(found, place))


class _Track(NamedTuple):
    id: int
    merge_key: str
    title: str
    artist: str
    album: str
    genre: str | None
    duration_ms: int | None
    missing: bool
    has_file: bool


def _tracks(connection: Connection, account_id: int) -> list[_Track]:
    """The tracks of plays, doubled ones too (an index alone knows those), that the person may see; by number."""
    played = select(PlayRow.track_id).where(PlayRow.account_id == account_id)
    query = select(
        TrackRow.id, TrackRow.merge_key, TrackRow.title, TrackRow.artist, TrackRow.album, TrackRow.genre,
        TrackRow.duration_ms, TrackRow.missing, TrackRow.path.is_not(None),
    ).where(TrackRow.id.in_(played), visible_to(account_id)).order_by(TrackRow.id)  # fmt: skip
    return [_Track(*row) for row in connection.execute(query).all()]


def _songs(
    tracks: Sequence[_Track], place: dict[str, int]
) -> tuple[Songs, tuple[str, ...], Ints, tuple[str, ...], tuple[str, ...]]:
    best: list[_Track | None] = [None] * len(place)
    available = np.zeros(len(place), dtype=np.bool_)
    duration: Floats = np.full(len(place), np.nan)
    for each in tracks:
        number = place[each.merge_key]
        there = each.has_file and not each.missing
        # of a track that only a history knows nothing says that it is gone: it counts as available
        available[number] |= there or not each.has_file
        held = best[number]
        if held is None or (there and not (held.has_file and not held.missing)):
            best[number] = each
        if each.duration_ms and np.isnan(duration[number]):
            duration[number] = each.duration_ms
    shown = [each for each in best if each is not None]
    plain = {name: plain_artist(name) for name in {each.artist for each in shown}}
    artists = {name: number for number, name in enumerate(sorted(set(plain.values())))}
    songs = Songs(
        np.array([artists[plain[each.artist]] for each in shown], dtype=np.int64),
        available,
        duration,
        tuple(f"{each.title} / {each.artist} / {each.album} / {each.genre or ''}" for each in shown),
    )
    return (
        songs, tuple(place), np.array([each.id for each in shown], dtype=np.int64),
        tuple(each.title for each in shown), tuple(each.artist for each in shown),
    )  # fmt: skip
