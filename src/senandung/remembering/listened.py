"""A person's plays as columns, and the songs that they are of, out of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.orm import Session

from senandung.domain.track import plain_artist
from senandung.remembering.avoided import Songs, names_said
from senandung.remembering.heard import CHOSEN, Floats, Ints, Plays, ended_codes
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import TrackRow
from senandung.remembering.tracks import visible_to

_AT_ONCE = 10_000

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
    query = select(func.count()).where(PlayRow.account_id == account_id, PlayRow.id <= mark[1])
    kept = session.scalar(query) or 0
    return plays_mark(session, account_id)[0] - kept if kept == mark[0] else None


def listened(session: Session, account_id: int) -> Listened:
    """What a person listened to."""
    columns = (
        PlayRow.track_id, type_coerce(PlayRow.started, BigInteger), PlayRow.played_ms, PlayRow.began, PlayRow.ended,
        PlayRow.skipped,
        PlayRow.offset_minutes,
    )  # fmt: skip
    rows = session.execute(select(*columns).where(PlayRow.account_id == account_id, PlayRow.doubled.is_(False))).all()
    numbers, started, played, began, ended, skipped, offset = zip(*rows, strict=True) if rows else ((),) * 7
    track = np.array(numbers, dtype=np.int64)
    known, whose = np.unique(track, return_inverse=True)
    found = _tracks(session, account_id, [int(each) for each in known])
    keys = sorted({row.merge_key for row in found.values()})
    place = {key: number for number, key in enumerate(keys)}
    song_of = np.array(
        [place[found[int(each)].merge_key] if int(each) in found else -1 for each in known], dtype=np.int64
    )
    song = song_of[whose] if len(track) else track
    plays = Plays(
        song,
        np.array(started, dtype=np.int64),
        np.array([-1 if each is None else each for each in played], dtype=np.int64),
        np.isin(np.array([each or "" for each in began], dtype=str), CHOSEN),
        _codes(ended),
        np.array([-1 if each is None else int(each) for each in skipped], dtype=np.int64),
    )
    ahead = np.array([UNSAID_OFFSET if each is None else each for each in offset], dtype=np.int64)
    known_song = song >= 0
    return Listened(plays.take(known_song), ahead[known_song], *_songs(list(found.values()), place))


def _codes(words: Sequence[str | None]) -> Ints:
    known = sorted({each or "" for each in words})
    code = dict(zip(known, ended_codes([each or None for each in known]).tolist(), strict=True))
    return np.array([code[each or ""] for each in words], dtype=np.int64)


@dataclass(frozen=True)
class _Track:
    id: int
    merge_key: str
    title: str
    artist: str
    album: str
    genre: str
    duration_ms: int | None
    missing: bool
    has_file: bool
    has_address: bool


def _tracks(session: Session, account_id: int, numbers: Sequence[int]) -> dict[int, _Track]:
    """Tracks by number, that the person may see."""
    found = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        query = select(
            TrackRow.id, TrackRow.merge_key, TrackRow.title, TrackRow.artist, TrackRow.album, TrackRow.genre,
            TrackRow.duration_ms, TrackRow.missing, TrackRow.path.is_not(None), TrackRow.address.is_not(None),
        ).where(TrackRow.id.in_(some), visible_to(account_id))  # fmt: skip
        for row in session.execute(query):
            found[row[0]] = _Track(
                row[0], row[1], row[2], row[3], row[4], row[5] or "", row[6], row[7], row[8], row[9]
            )  # fmt: skip
    return found


def _songs(
    tracks: Sequence[_Track], place: dict[str, int]
) -> tuple[Songs, tuple[str, ...], Ints, tuple[str, ...], tuple[str, ...]]:
    best: list[_Track | None] = [None] * len(place)
    available = np.zeros(len(place), dtype=np.bool_)
    duration: Floats = np.full(len(place), np.nan)
    for each in sorted(tracks, key=lambda track: track.id):
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
    artists = {name: number for number, name in enumerate(sorted({plain_artist(each.artist) for each in shown}))}
    songs = Songs(
        np.array([artists[plain_artist(each.artist)] for each in shown], dtype=np.int64),
        available,
        duration,
        names_said([(each.title, each.artist, each.album, each.genre) for each in shown]),
    )
    return (
        songs, tuple(place), np.array([each.id for each in shown], dtype=np.int64),
        tuple(each.title for each in shown), tuple(each.artist for each in shown),
    )  # fmt: skip
