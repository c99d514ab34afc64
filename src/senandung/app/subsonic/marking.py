"""What a person thinks and hears: stars, ratings, plays, what plays now."""

from __future__ import annotations

import math
from typing import Any

from senandung.app.subsonic.answers import GENERIC, MISSING, RefusedError, not_found
from senandung.app.subsonic.calls import Call, kind_of, moment_of, whole
from senandung.app.subsonic.shapes import album_child, artist_plain, show_albums, show_artists, show_songs
from senandung.domain.listen import AHEAD, EARLIEST
from senandung.remembering import lists, shelves

Content = dict[str, Any]


def star(call: Call) -> None:
    """Star songs, albums, artists."""
    _star(call, on=True)


def unstar(call: Call) -> None:
    """Take stars back."""
    _star(call, on=False)


def _star(call: Call, *, on: bool) -> None:
    named = [kind_of(each) for name in ("id", "albumId", "artistId") for each in call.all(name)]
    if not named:
        raise RefusedError(MISSING, "required parameter is missing: id, albumId or artistId")
    with call.home.database.writing() as session:
        for kind, number in named:
            if kind not in lists.KINDS or not lists.star(
                session, call.person.id, kind, number, at=call.at if on else None
            ):
                raise not_found(kind)


def set_rating(call: Call) -> None:
    """Rate a song, an album or an artist 1..5; 0 takes it back."""
    kind, number = kind_of(call.text("id"))
    rating = call.whole("rating", high=5)
    with call.home.database.writing() as session:
        if kind not in lists.KINDS or not lists.rate(session, call.person.id, kind, number, rating):
            raise not_found(kind)


def _starred(call: Call) -> tuple[list[Content], list[Content], list[Content]]:
    with call.home.database.reading() as session:
        numbers: dict[str, list[int]] = {}
        for kind in lists.KINDS:
            marks = lists.marks(session, call.person.id, kind)
            dated = [(mark.starred, number) for number, mark in marks.items() if mark.starred is not None]
            numbers[kind] = [number for _, number in sorted(dated, reverse=True)]
        artists = [
            each
            for number in numbers["artist"]
            for each in shelves.artists(session, call.person.id, only=number, folder=call.folder())
        ]
        albums = shelves.albums_by_number(session, call.person.id, numbers["album"])
    return show_artists(call, artists), show_albums(call, albums), show_songs(call, numbers["track"])


def starred(call: Call) -> Content:
    """All that is starred, as directories."""
    artists, albums, songs = _starred(call)
    plain = {
        "artist": [artist_plain(each) for each in artists],
        "album": [album_child(each) for each in albums],
        "song": songs,
    }
    return {"starred": plain}


def starred2(call: Call) -> Content:
    """All that is starred."""
    artists, albums, songs = _starred(call)
    return {"starred2": {"artist": artists, "album": albums, "song": songs}}


def scrobble(call: Call) -> None:
    """Songs were heard, or one begins."""
    numbers = call.numbers("id", "track")
    if not numbers:
        raise RefusedError(MISSING, "required parameter is missing: id")
    times = [moment_of(whole("time", each, 0, 2**53)) for each in call.all("time")]
    if times and len(times) != len(numbers):
        raise RefusedError(GENERIC, f"there must be as many times as songs, got {len(times)} and {len(numbers)}")
    if any(not EARLIEST <= each <= call.at + AHEAD for each in times):
        raise RefusedError(GENERIC, "a time must be in milliseconds since 1970, and not to come")
    submission = call.flag("submission", True)
    for place, number in enumerate(numbers):
        if submission:
            heard = times[place] if times else None
            good = call.players.submit(call.home, call.person, call.client, number, heard=heard, at=call.at)
        else:
            good = call.players.begin(call.home, call.person, call.client, number, at=call.at)
        if not good:
            raise not_found("song")


def report_playback(call: Call) -> None:
    """A player says where it is in a song."""
    if call.text("mediaType") != "song":
        raise RefusedError(GENERIC, f"mediaType must be song, got {call.text('mediaType')[:40]!r}")
    try:
        rate = float(call.text("playbackRate", "1"))
    except ValueError:
        rate = math.nan
    good = call.players.report(
        call.home,
        call.person,
        call.client,
        call.number("mediaId", "track"),
        position_ms=call.whole("positionMs"),
        state=call.text("state"),
        rate=rate,
        counted=not call.flag("ignoreScrobble", False),
        at=call.at,
    )
    if not good:
        raise not_found("song")


def now_playing(call: Call) -> Content:
    """What plays in the person's own programs; what others hear is theirs."""
    entries = []
    for number, each in enumerate(call.players.playing.of(call.person, at=call.at)):
        if each.track_id is not None:
            entries += [
                {
                    **song,
                    "username": call.person.name,
                    "minutesAgo": max(0, int((call.at - each.since).total_seconds() // 60)),
                    "playerId": number,
                    "playerName": each.client,
                }
                for song in show_songs(call, [each.track_id])
            ]
    return {"nowPlaying": {"entry": entries}}
