"""Listening histories as services hand them out, written here in their documented formats; nobody's own."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from senandung.domain.listen import Listen, Piece

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

SONGS = [
    ("Dewa 19", "Kangen", "Dewa 19"),
    ("Chrisye", "Lilin-Lilin Kecil", "Jurang Pemisah"),
    ("Sheila On 7", "Dan", "Sheila On 7"),
    ("Padi", "Semua Tak Sama", "Sesuatu Yang Tertunda"),
    ("Nike Ardilla", "Bintang Kehidupan", "Bintang Kehidupan"),
    ("Waldjinah", "Walang Kekek", "Keroncong"),
    ("Sigur Rós", "Svefn-g-englar", "Ágætis byrjun"),
]

HIDDEN = "103.28.12.7"
"""An address in the network, which nothing may keep."""


def spotify_uri(title: str) -> str:
    """An address of Spotify, made of a title."""
    return "spotify:track:" + "".join(c for c in title if c.isascii() and c.isalnum()).ljust(22, "0")[:22]


def spotify_row(
    started: datetime, artist: str = "Dewa 19", title: str = "Kangen", album: str = "Dewa 19", **changed: Any
) -> dict[str, Any]:
    """A row of the extended history. `played` in milliseconds; any field can be set."""
    played = changed.pop("played", 200_000)
    ended = started + timedelta(milliseconds=played)
    return {
        "ts": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "username": "pemilik_rahasia",
        "platform": "Android OS 13 API 33 (samsung, SM-A525F)",
        "ms_played": played,
        "conn_country": "ID",
        "ip_addr": HIDDEN,
        "user_agent_decrypted": "rahasia/1.0",
        "master_metadata_track_name": title,
        "master_metadata_album_artist_name": artist,
        "master_metadata_album_album_name": album,
        "spotify_track_uri": spotify_uri(title),
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": int(started.timestamp()),
        "incognito_mode": False,
        **changed,
    }


def listens(seed: int, count: int, *, begins: datetime = datetime(2021, 5, 1, 1, tzinfo=UTC)) -> list[Listen]:
    """Plays one after the other, whole seconds apart, skips among them, as Spotify would tell them."""
    made, at, dice = [], begins, random.Random(seed)
    for _ in range(count):
        artist, title, album = dice.choice(SONGS)
        skipped = dice.random() < 0.3
        played = 1000 * (dice.randrange(1, 29) if skipped else dice.randrange(120, 300))
        piece = Piece(title, artist, album, address=f"https://open.spotify.com/track/{spotify_uri(title)[14:]}")
        made.append(
            Listen(
                piece,
                at,
                "spotify",
                played_ms=played,
                began=dice.choice(["trackdone", "clickrow", "fwdbtn"]),
                ended="fwdbtn" if skipped else "trackdone",
                skipped=skipped,
            )
        )
        at += timedelta(milliseconds=played) + timedelta(seconds=dice.choice([0, 1, 2, 90, 7000]))
    return made


def spotify_rows(plays: Iterable[Listen]) -> list[dict[str, Any]]:
    """Plays as rows of the extended history. Its inverse is `load_history`."""
    return [
        spotify_row(
            each.started, each.piece.artist, each.piece.title, each.piece.album, played=each.played_ms,
            reason_start=each.began, reason_end=each.ended, skipped=each.skipped,
        )
        for each in plays
    ]  # fmt: skip


def short_rows(plays: Iterable[Listen]) -> list[dict[str, Any]]:
    """Plays as Spotify's account data has them."""
    return [
        {
            "endTime": (each.started + timedelta(milliseconds=each.played_ms or 0)).strftime("%Y-%m-%d %H:%M"),
            "artistName": each.piece.artist,
            "trackName": each.piece.title,
            "msPlayed": each.played_ms,
        }
        for each in plays
    ]


def brainz_rows(plays: Iterable[Listen], *, late: int = 0) -> list[dict[str, Any]]:
    """Plays as ListenBrainz exports them, its clock `late` seconds behind."""
    return [
        {
            "inserted_at": int(each.started.timestamp()) + 30,
            "listened_at": int(each.started.timestamp()) + late,
            "track_metadata": {
                "artist_name": each.piece.artist,
                "track_name": each.piece.title,
                "release_name": each.piece.album,
                "mbid_mapping": None,
                "additional_info": {"duration_ms": 215000, "music_service": "spotify.com"},
            },
        }
        for each in plays
    ]


def lastfm_tracks(plays: Iterable[Listen]) -> list[dict[str, Any]]:
    """Plays as Last.fm's interface has them, in its order."""
    return [
        {
            "artist": {"mbid": "", "#text": each.piece.artist},
            "streamable": "0",
            "image": [],
            "mbid": "",
            "album": {"mbid": "", "#text": each.piece.album},
            "name": each.piece.title,
            "url": "https://www.last.fm/music/x/_/y",
            "date": {"uts": str(int(each.started.timestamp())), "#text": each.started.strftime("%d %b %Y, %H:%M")},
        }
        for each in plays
    ]


def lastfm_text(plays: Iterable[Listen]) -> str:
    """Plays as a table without a head."""
    return table(
        [each.piece.artist, each.piece.album, each.piece.title, each.started.strftime("%d %b %Y %H:%M")]
        for each in plays
    )


def watched(title: str, channel: str, at: str = "2023-05-06T07:08:09.123Z", **changed: Any) -> dict[str, Any]:
    """A row of a watch history."""
    return {
        "header": "YouTube Music",
        "title": title,
        "titleUrl": "https://music.youtube.com/watch?v\u003dabcdefghijk",
        "subtitles": [{"name": channel, "url": "https://www.youtube.com/channel/UCx"}],
        "time": at,
        "products": ["YouTube"],
        "activityControls": ["YouTube watch history"],
        **changed,
    }


APPLE_HEAD = [
    "Album Name", "Apple Id Number", "Artist Name", "Client IP Address", "Event Start Timestamp", "Event End Timestamp",
    "End Reason Type", "Event Type", "Media Duration In Milliseconds", "Media Type", "Play Duration Milliseconds",
    "Song Name", "UTC Offset In Seconds",
]  # fmt: skip


def apple_row(**said: str) -> list[str]:
    """A row of Apple's play activity; names with blanks are written with underscores."""
    known = {
        "Album_Name": "Dewa 19",
        "Apple_Id_Number": "77",
        "Artist_Name": "Dewa 19",
        "Client_IP_Address": HIDDEN,
        "Event_Start_Timestamp": "2022-01-02T03:04:05.678Z",
        "Event_End_Timestamp": "2022-01-02T03:07:05.678Z",
        "End_Reason_Type": "NATURAL_END_OF_TRACK",
        "Event_Type": "PLAY_END",
        "Media_Duration_In_Milliseconds": "180000",
        "Media_Type": "AUDIO",
        "Play_Duration_Milliseconds": "180000",
        "Song_Name": "Kangen",
        "UTC_Offset_In_Seconds": "25200",
        **said,
    }
    return [known[name.replace(" ", "_")] for name in APPLE_HEAD]


def table(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def write(path: Path, content: object, *, encoding: str = "utf-8") -> Path:
    """A file: text as it is, all else as JSON."""
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding=encoding)
    return path


def pack(path: Path, files: Mapping[str, object]) -> Path:
    """An archive: bytes and text as they are, all else as JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path
