"""Spotify: the extended streaming history (every play since the account was made) and the account data of one year.

Of a row, its address in the network, country, program and user name are never looked at.

Source: Spotify, "Understanding my data"; `offline_timestamp` is the beginning of a play by the device's clock, in
seconds or milliseconds. For plays without a connection it is used: `ts` may then be when the device was back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from senandung.domain.listen import Listen, began_word, ended_word, sane
from senandung.files.history.rows import Asked, milliseconds, moment, spotify_address, written

_OFFLINE_AT_MOST = timedelta(days=366)
"""How long a device may keep plays for itself."""


def extended(rows: Iterable[Any], asked: Asked) -> Iterator[Listen | str]:
    """Plays of the extended history, or why a row is none. `ts` is when a play ended."""
    for row in rows:
        yield _extended(row, asked) if isinstance(row, Mapping) else "unreadable"


def is_extended(row: Mapping[str, Any]) -> bool:
    """Whether a row is of the extended history."""
    return "ts" in row and "ms_played" in row


def _extended(row: Mapping[str, Any], asked: Asked) -> Listen | str:
    name = row.get("master_metadata_track_name")
    if not name:
        return "podcast" if row.get("episode_name") or row.get("audiobook_title") else "no-title"
    if row.get("incognito_mode") is True and not asked.incognito:
        return "incognito"
    ended, played = written(row.get("ts"), asked.zone), milliseconds(row.get("ms_played"))
    if ended is None:
        return "no-time"
    started = ended - timedelta(milliseconds=played or 0)
    if row.get("offline") is True:
        began = moment(row.get("offline_timestamp") or None)
        if began is not None and ended - _OFFLINE_AT_MOST <= began <= ended:
            started = began
    if not sane(started, asked.now):
        return "odd-time"
    piece = asked.piece(
        name,
        row.get("master_metadata_album_artist_name"),
        row.get("master_metadata_album_album_name"),
        address=spotify_address(row.get("spotify_track_uri")),
    )
    if piece is None:
        return "no-title"
    skipped = row.get("skipped")
    return Listen(
        piece,
        started,
        "spotify",
        played_ms=played,
        began=began_word(row.get("reason_start")),
        ended=ended_word(row.get("reason_end")),
        skipped=bool(skipped) if isinstance(skipped, bool | int) else None,
    )


def short(rows: Iterable[Any], asked: Asked) -> Iterator[Listen | str]:
    """Plays of the account data, or why a row is none. `endTime` is UTC by Spotify's word; `asked.zone` may differ."""
    for row in rows:
        yield _short(row, asked) if isinstance(row, Mapping) else "unreadable"


def is_short(row: Mapping[str, Any]) -> bool:
    """Whether a row is of the account data."""
    return "endTime" in row and "msPlayed" in row


def _short(row: Mapping[str, Any], asked: Asked) -> Listen | str:
    if row.get("podcastName") or row.get("episodeName"):
        return "podcast"
    ended, played = written(row.get("endTime"), asked.zone), milliseconds(row.get("msPlayed"))
    if ended is None:
        return "no-time"
    started = ended - timedelta(milliseconds=played or 0)
    if not sane(started, asked.now):
        return "odd-time"
    title = row.get("trackName")
    piece = None if title == "Unknown Track" else asked.piece(title, row.get("artistName"))
    return "no-title" if piece is None else Listen(piece, started, "spotify-short", played_ms=played)
