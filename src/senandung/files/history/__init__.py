"""Listening histories as services hand them out: a file is known by what it holds, whatever its name is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.domain.listen import History, Listen
from senandung.files.history import apple, lastfm, listenbrainz, reading, spotify, youtube
from senandung.files.history.reading import Part
from senandung.files.history.rows import Asked

MOST_ROWS = 2_000_000
"""Rows of a history: a hundred plays a day for fifty years are fewer."""

Plays = Callable[[Iterable[Any], Asked], Iterator[Listen | str]]
"""Rows → plays, or why a row is none."""

KNOWN = "Spotify, ListenBrainz, Last.fm, YouTube (Takeout, as JSON) or Apple Music"


def load_history(path: Path, *, now: datetime, zone: tzinfo = UTC, incognito: bool = False) -> History:
    """A listening history: a file, or the archive as the service packed it.

    Parameters
    ----------
    path : of Spotify (both forms), ListenBrainz, Last.fm (three forms), YouTube Takeout or Apple Music.
    now : plays after it are dropped.
    zone : of times that a source writes without one: Spotify's account data and Last.fm's text form, both UTC.
    incognito : whether plays of private sessions are kept.

    Raises
    ------
    FileError : the file is damaged, cut off, too large, in another encoding, or no history that is known. Nothing of a
        file that is damaged anywhere is returned.
    """
    asked = Asked(now, zone, incognito)
    listens: list[Listen] = []
    dropped: Counter[str] = Counter()
    sources: Counter[str] = Counter()
    known = page = False
    for part in reading.parts_of(path):
        head = part.head()
        page = page or _is_html(head)
        found = _format(part, head)
        if found is None:
            continue
        known = True
        rows, plays = found
        for each in plays(rows, asked):
            if isinstance(each, str):
                dropped[each] += 1
            else:
                listens.append(each)
                sources[each.source] += 1
            if len(listens) + dropped.total() > MOST_ROWS:
                raise FileError(Path(path.name), f"a history may have at most {MOST_ROWS} rows")
    if not known:
        hint = "; it is a web page: ask Takeout for JSON instead of HTML" if page else ""
        raise FileError(Path(path.name), f"no listening history of {KNOWN}{hint}")
    source = sources.most_common(1)[0][0] if sources else ""
    return History(source, tuple(listens), dict(sorted(dropped.items())))


def _is_html(head: str) -> bool:
    return head.lstrip("\ufeff \t\r\n")[:200].lower().startswith(("<!doctype html", "<html"))


def _format(part: Part, head: str) -> tuple[Iterator[Any], Plays] | None:
    """The rows of a part and what reads them; None where it is no history."""
    start = head.lstrip("\ufeff \t\r\n")
    if start.startswith("["):
        try:
            first = next(reading.array_items(part), None)
        except FileError:
            if not _names_any(start):
                return None
            raise
        plays = _of_item(first)
        return None if plays is None else (reading.array_items(part), plays)
    if start.startswith("{"):
        try:
            first = next(reading.json_lines(part), None)
        except FileError:
            return None
        plays = _of_item(first)
        return None if plays is None else (reading.json_lines(part), plays)
    heads = reading.head_rows(start)
    if heads:
        if lastfm.is_head(heads[0]):
            return reading.table_rows(part), lastfm.table
        if apple.is_head(heads[0]):
            return reading.table_rows(part), apple.activity
        if any(lastfm.is_headless(row) for row in heads):
            return reading.table_rows(part), lastfm.headless
    return None


def _names_any(start: str) -> bool:
    """Whether a damaged array was a history: its first item names what only a history names."""
    names = ('"ms_played"', '"msPlayed"', '"listened_at"', '"titleUrl"', '"track"')
    return any(name in start for name in names)


def _of_item(row: Any) -> Plays | None:
    if isinstance(row, dict):
        if spotify.is_extended(row):
            return spotify.extended
        if spotify.is_short(row):
            return spotify.short
        if listenbrainz.is_listen(row):
            return listenbrainz.exported
        if youtube.is_watched(row):
            return youtube.takeout
    return lastfm.pages if lastfm.is_page(row) else None
