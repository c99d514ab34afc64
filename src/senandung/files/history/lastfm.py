"""Last.fm, as three common programs hand it out: a table with `uts`, pages of its interface, a table without a head.

Times are when a play began. The third form writes them as text, to the minute; Last.fm's interface gives that text in
UTC, and `Asked.zone` says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from senandung.domain.listen import Listen, Piece, sane
from senandung.files.history.rows import Asked, address_of, moment

_WRITTEN = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4}),? (\d{1,2}):(\d{2})")

_MONTHS = {"Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10,
           "Nov": 11, "Dec": 12}  # fmt: skip


def is_head(cells: Sequence[str]) -> bool:
    """Whether a row is the head of the table."""
    names = {cell.strip().lower() for cell in cells}
    return "uts" in names and "artist" in names and bool(names & {"track", "title", "name"})


def table(rows: Iterable[list[str]], asked: Asked) -> Iterator[Listen | str]:
    """Plays of a table whose head names `uts`, `artist`, `album`, `track`."""
    names: dict[str, int] = {}
    for row in rows:
        if not names:
            names = {cell.strip().lower(): place for place, cell in enumerate(row)}
            continue
        said = {name: row[place] for name, place in names.items() if place < len(row)}
        if "uts" not in said or "artist" not in said:
            yield "unreadable"
            continue
        title = next((said[name] for name in ("track", "title", "name") if name in said), "")
        piece = asked.piece(title, said["artist"], said.get("album"), mbid=said.get("track_mbid"))
        yield _listen(piece, moment(said["uts"].strip()), asked, "lastfm")


def is_page(row: object) -> bool:
    """Whether an item of an array is a page of Last.fm's interface, or one of its tracks."""
    if isinstance(row, Mapping):
        tracks = row.get("track")
        return isinstance(tracks, list | Mapping) or _is_track(row)
    return isinstance(row, list) and bool(row) and isinstance(row[0], Mapping) and _is_track(row[0])


def _is_track(row: Mapping[str, Any]) -> bool:
    return "name" in row and isinstance(row.get("artist"), Mapping) and ("date" in row or "@attr" in row)


def pages(rows: Iterable[Any], asked: Asked) -> Iterator[Listen | str]:
    """Plays of pages as Last.fm's interface gives them."""
    for row in rows:
        found = row.get("track", row) if isinstance(row, Mapping) else row
        for track in found if isinstance(found, list) else [found]:
            yield _track(track, asked) if isinstance(track, Mapping) else "unreadable"


def _track(track: Mapping[str, Any], asked: Asked) -> Listen | str:
    date, attributes = track.get("date"), track.get("@attr")
    if not isinstance(date, Mapping):
        return "playing-now" if isinstance(attributes, Mapping) and "nowplaying" in attributes else "no-time"
    artist, album = track.get("artist"), track.get("album")
    piece = asked.piece(
        track.get("name"),
        _text(artist),
        _text(album),
        mbid=track.get("mbid") or None,
        address=address_of(track.get("url")),
    )
    return _listen(piece, moment(date.get("uts")), asked, "lastfm")


def _text(value: object) -> object:
    return value.get("#text", value.get("name")) if isinstance(value, Mapping) else value


def is_headless(cells: Sequence[str]) -> bool:
    """Whether a row is artist, album, title, date."""
    return len(cells) == 4 and _WRITTEN.fullmatch(cells[3].strip()) is not None


def headless(rows: Iterable[list[str]], asked: Asked) -> Iterator[Listen | str]:
    """Plays of a table of artist, album, title and a date such as "02 Jan 2006 15:04"."""
    for row in rows:
        if len(row) != 4:
            yield "unreadable"
            continue
        artist, album, title, date = row
        if not date.strip():
            yield "playing-now"
            continue
        yield _listen(asked.piece(title, artist, album), _date(date, asked), asked, "lastfm-text")


def _date(text: str, asked: Asked) -> datetime | None:
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[2] not in _MONTHS:
        return None
    try:
        local = datetime(int(found[3]), _MONTHS[found[2]], int(found[1]), int(found[4]), int(found[5]))
        return local.replace(tzinfo=asked.zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _listen(piece: Piece | None, started: datetime | None, asked: Asked, source: str) -> Listen | str:
    if piece is None:
        return "no-title"
    if started is None:
        return "no-time"
    return Listen(piece, started, source) if sane(started, asked.now) else "odd-time"
