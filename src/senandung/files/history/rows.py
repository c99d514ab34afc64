"""What all formats of histories share: names made safe, pieces kept once, times, addresses."""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import parse_qs, urlsplit

from senandung.domain.listen import LONGEST_MS, LONGEST_NAME, Piece

_UNPRINTED = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_SPOTIFY = re.compile(r"(?:spotify:track:|https?://open\.spotify\.com/(?:intl-\w+/)?track/)([0-9A-Za-z]{22})\b")

_YOUTUBE = re.compile(r"[\w-]{11}")

PLACES = ("open.spotify.com", "music.youtube.com", "www.youtube.com", "youtu.be", "music.apple.com", "www.deezer.com",
          "tidal.com", "listen.tidal.com", "soundcloud.com", "bandcamp.com", "www.last.fm", "www.joox.com",
          "open.qobuz.com", "archive.org")  # fmt: skip
"""Hosts to which a history's addresses may lead; a subdomain of bandcamp.com is one too."""

_LONGEST_ADDRESS = 500

_MILLISECONDS_FROM = 100_000_000_000
"""A time that is a larger number is in milliseconds: as seconds it would lie after the year 5000."""


@dataclass
class Asked:
    """How a history is read.

    Parameters
    ----------
    now : when.
    zone : of times that are written without one.
    incognito : whether plays of private sessions are kept.
    """

    now: datetime
    zone: tzinfo = UTC
    incognito: bool = False
    _pieces: dict[tuple[Any, ...], Piece] = field(default_factory=dict, repr=False)

    def piece(
        self,
        title: object,
        artist: object = "",
        album: object = "",
        length_ms: object = None,
        isrc: object = None,
        mbid: object = None,
        address: str | None = None,
    ) -> Piece | None:
        """The piece, kept once; None without a title."""
        key = (title, artist, album, length_ms, isrc, mbid, address)
        try:
            known = self._pieces.get(key)
        except TypeError:  # a list or an object in the place of a name
            return None
        if known is None:
            name = clean(title)
            if not name:
                return None
            known = Piece(
                name,
                clean(artist),
                clean(album),
                milliseconds(length_ms) or None,
                clean(isrc)[:16] or None,
                uuid_of(mbid),
                address,
            )
            self._pieces[key] = known
        return known


def clean(name: object) -> str:
    """A name on one line, without signs that a database or a page cannot hold; empty where it is no text."""
    if not isinstance(name, str):
        return ""
    return sys.intern(" ".join(_UNPRINTED.sub(" ", name).split())[:LONGEST_NAME])


def milliseconds(value: object) -> int | None:
    """A length in whole milliseconds, 0 up to a day; None where it is none. Numbers in text are numbers.

    >>> milliseconds(1200), milliseconds("1200.7"), milliseconds(-3), milliseconds(True), milliseconds("?")
    (1200, 1200, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and 0 <= number <= LONGEST_MS else None


def uuid_of(text: object) -> str | None:
    """A MusicBrainz identifier, or None."""
    return text.lower() if isinstance(text, str) and _UUID.fullmatch(text) else None


def moment(number: object) -> datetime | None:
    """The time of a count of seconds or milliseconds since 1970, as a number or in text.

    >>> moment(1700000000) == moment("1700000000000"), moment("soon")
    (True, None)
    """
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        return None
    try:
        value = float(number)
        if not math.isfinite(value):
            return None
        ms = round(value) if abs(value) >= _MILLISECONDS_FROM else round(1000 * value)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    except (ValueError, OverflowError):
        return None


def written(text: object, zone: tzinfo) -> datetime | None:
    """The time of an ISO 8601 text, in UTC; `zone` where it has none.

    >>> written("2024-01-02 03:04", UTC).isoformat(), written("2024-13-02", UTC)
    ('2024-01-02T03:04:00+00:00', None)
    """
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def spotify_address(uri: object) -> str | None:
    """Where a track of Spotify opens; None for files of one's own.

    >>> spotify_address("spotify:track:4uLU6hMCjMI75M1A2tKUQC")
    'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC'
    """
    found = _SPOTIFY.match(uri) if isinstance(uri, str) else None
    return f"https://open.spotify.com/track/{found[1]}" if found else None


def address_of(text: object) -> str | None:
    """An address of music, if it leads to one of `PLACES` and nowhere else.

    >>> address_of("http://www.youtube.com/watch?v=dQw4w9WgXcQ&list=x"), address_of("https://evil.example/")
    ('https://music.youtube.com/watch?v=dQw4w9WgXcQ', None)
    """
    if not isinstance(text, str) or len(text) > _LONGEST_ADDRESS:
        return None
    at_spotify = spotify_address(text)
    if at_spotify:
        return at_spotify
    try:
        parts = urlsplit(text.strip())
        host = (parts.hostname or "").removeprefix("m.")
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or parts.username or parts.password:
        return None
    if host in ("youtube.com", "www.youtube.com", "music.youtube.com", "youtu.be"):
        video = parts.path.strip("/") if host == "youtu.be" else parse_qs(parts.query).get("v", [""])[0]
        return f"https://music.youtube.com/watch?v={video}" if _YOUTUBE.fullmatch(video) else None
    if host not in PLACES and not host.endswith(".bandcamp.com"):
        return None
    address = f"https://{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return address if address.isascii() and not re.search(r"[\s\"'<>\\]", address) else None
