"""Sound and pictures: a song's file, the same in another format, its cover."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from senandung.api.covers import Cover, cover_for
from senandung.api.streams import BIT_RATES, FORMATS
from senandung.app.subsonic.answers import not_found
from senandung.app.subsonic.calls import Call, kind_of
from senandung.app.web.streams import now_and_then, send_cover, send_file, send_transcoded
from senandung.domain.music import TrackWhole
from senandung.remembering import shelves, tracks

USUAL_BIT_RATE = 192
"""Kilobits a second of another format, where the program names none."""


async def stream(call: Call) -> Response:
    """A song's sound: its file, or another format where that is asked for or the file has a higher bit rate."""
    track = await run_in_threadpool(_track, call)
    most = call.whole("maxBitRate", 0, high=100_000)
    start = call.whole("timeOffset", 0, high=86_400)
    kind = call.text("format", "")
    too_much = 0 < most < (track.bit_rate or 0)
    if kind == "raw" or (not start and not too_much and kind in ("", track.suffix)):
        return await _file(call, track)
    low, high = BIT_RATES
    rate = min(max(most or USUAL_BIT_RATE, low), high)
    assert track.path is not None
    try:
        return await send_transcoded(
            call.request, track.path, kind if kind in FORMATS else "mp3", bit_rate=rate, start=float(start),
            allowed=now_and_then(call.still_in),
        )  # fmt: skip
    except HTTPException as error:
        if error.status_code == 404:
            raise not_found("song") from error
        raise


async def download(call: Call) -> Response:
    """A song's file as it is."""
    return await _file(call, await run_in_threadpool(_track, call))


async def _file(call: Call, track: TrackWhole) -> Response:
    assert track.path is not None
    try:
        return await send_file(
            call.request, track.path, track.mime or "application/octet-stream", allowed=now_and_then(call.still_in)
        )
    except HTTPException as error:
        if error.status_code == 404:
            raise not_found("song") from error
        raise


def _track(call: Call) -> TrackWhole:
    with call.home.database.reading() as session:
        track = tracks.find_track(session, call.number("id", "track"), call.person.id)
    if track is None or not track.playable:
        raise not_found("song")
    return track


async def cover_art(call: Call) -> Response:
    """A cover, at most `size` pixels a side and 600: by its own identifier, or a song's, an album's or an artist's."""
    size = call.whole("size", 0, high=100_000)
    return send_cover(call.request, await run_in_threadpool(_cover, call, size or None))


def _cover(call: Call, side: int | None) -> Cover:
    kind, number = kind_of(call.text("id"))
    with call.home.database.reading() as session:
        if kind == "track":
            cover = [each.cover_id for each in shelves.songs(session, call.person.id, [number])]
        elif kind == "album":
            cover = [each.cover_id for each in shelves.albums_by_number(session, call.person.id, [number])]
        elif kind == "artist":
            cover = [each.cover_id for each in shelves.artists(session, call.person.id, only=number)]
        else:
            cover = [number] if kind == "cover" else []
    found = cover_for(call.home, call.person, cover[0], side=side) if cover and cover[0] is not None else None
    if found is None:
        raise not_found("cover")
    return found
