"""Streams: a track's sound, as parts of its file or in another format, and covers.

Others that give sound (gifts, OpenSubsonic) answer with `send_file` and `send_transcoded` too. `allowed` is looked at
before every piece, so that what is taken back is cut at once.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from senandung.api.covers import Cover, cover_for
from senandung.api.streams import (
    BIT_RATES,
    BROWSERS_READ,
    CHUNK,
    FORMATS,
    BusyError,
    SoundFile,
    Span,
    Transcoder,
    Transcoding,
    UnsatisfiableError,
    asked_span,
    same_file,
    sound_file,
    unchanged,
)
from senandung.app.web.pages import home_of, person_of_request
from senandung.app.web.sessions import is_still_in
from senandung.domain.errors import FileError
from senandung.domain.music import TrackWhole
from senandung.remembering import tracks

Allowed = Callable[[], Awaitable[bool]]
"""Whether the listener still may hear."""

KEPT = "private, no-cache"
"""Browsers keep sound and ask each time whether it is still the same."""

LOOKS_EVERY = 1.0
"""Seconds after which it is looked again whether who hears is still in; a gift is looked at before every piece."""

COVER_KEPT = "private, max-age=604800, immutable"

COVER_SIDES = (160, 320, 480)
"""Pixels a side in which pages ask for covers (frame/ui.html, `picture`)."""

TRANSCODER = Transcoder()
"""One for the whole program: it counts how many formats are changed at once."""


async def _stream(request: Request) -> Response:
    track = await run_in_threadpool(_track, request)
    assert track.path is not None
    kind = request.query_params.get("format", "")
    if not kind and track.suffix not in BROWSERS_READ:
        kind = "mp3"
    allowed = now_and_then(partial(is_still_in, request))
    if kind in ("", "raw"):
        return await send_file(request, track.path, track.mime or "application/octet-stream", allowed=allowed)
    return await send_transcoded(
        request, track.path, kind, bit_rate=_number(request, "bitrate", 128), start=_number(request, "t", 0),
        allowed=allowed,
    )  # fmt: skip


def now_and_then(look: Callable[[], bool]) -> Allowed:
    """Look, from a thread, before a piece, but not more often than every `LOOKS_EVERY` seconds."""
    looked = time.monotonic()

    async def allowed() -> bool:
        nonlocal looked
        if time.monotonic() - looked < LOOKS_EVERY:
            return True
        looked = time.monotonic()
        return await run_in_threadpool(look)

    return allowed


async def send_file(
    request: Request, path: Path, mime: str, *, kept: str = KEPT, allowed: Allowed | None = None
) -> Response:
    """A file of sound, or the part that the request asks for (RFC 9110: Range, If-Range, If-None-Match …).

    Parameters
    ----------
    path : of the file; a 404 where it is not there now.
    kept : how long it may be kept (Cache-Control).
    allowed : looked at before every piece.
    """
    try:
        file = await run_in_threadpool(sound_file, path)
    except FileError as error:
        raise HTTPException(404) from error
    headers = {"ETag": file.tag, "Last-Modified": file.last_modified, "Accept-Ranges": "bytes", "Cache-Control": kept}
    asked = request.headers
    if unchanged(asked.get("if-none-match"), asked.get("if-modified-since"), file):
        return Response(status_code=304, headers=headers)
    span = None
    # players over OpenSubsonic may ask by POST (formPost), and mean a part as those who ask by GET do
    if request.method in ("GET", "POST") and same_file(asked.get("if-range"), file):
        try:
            span = asked_span(asked.get("range"), file.size)
        except UnsatisfiableError:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{file.size}"})
    if span is not None:
        headers["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{file.size}"
    whole = span or Span(0, file.size)
    headers |= {"Content-Type": mime, "Content-Length": str(whole.length)}
    status = 206 if span is not None else 200
    if request.method == "HEAD":
        return _Bare(status, headers)
    return _FileResponse(file, whole, status, headers, allowed)


async def send_transcoded(
    request: Request,
    path: Path,
    kind: str,
    *,
    bit_rate: int = 128,
    start: float = 0.0,
    kept: str = "private, no-store",
    allowed: Allowed | None = None,
) -> Response:
    """A file's sound in another format from a second on; a 503 where as many run as this machine does at once."""
    if kind not in FORMATS:
        raise HTTPException(400)
    low, high = BIT_RATES
    headers = {"Content-Type": FORMATS[kind], "Cache-Control": kept, "Accept-Ranges": "none"}
    if request.method == "HEAD":
        return _Bare(200, headers)
    rate = min(max(bit_rate, low), high)
    try:
        running = await run_in_threadpool(TRANSCODER.open, path, kind, bit_rate=rate, start=start)
    except FileError as error:
        raise HTTPException(404) from error
    except BusyError as error:
        raise HTTPException(503, headers={"Retry-After": "5"}) from error
    return _TranscodedResponse(running, headers, allowed)


class _Bare(Response):
    """Headers alone, as they are."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status)
        self.raw_headers = _raw(headers)


class _FileResponse(_Bare):
    def __init__(
        self, file: SoundFile, span: Span, status: int, headers: dict[str, str], allowed: Allowed | None
    ) -> None:
        super().__init__(status, headers)
        self.file, self.span, self.allowed = file, span, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        opened = await run_in_threadpool(self.file.path.open, "rb")
        try:
            await run_in_threadpool(opened.seek, self.span.first)
            await _while_listened(receive, partial(self._send, opened, send))
        finally:
            await run_in_threadpool(opened.close)

    async def _send(self, opened: BinaryIO, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        left = self.span.length
        while left > 0:
            if self.allowed is not None and not await self.allowed():
                return  # fewer bytes than were told: the connection is closed
            data = await run_in_threadpool(opened.read, min(CHUNK, left))
            if not data:
                return
            left -= len(data)
            await send({"type": "http.response.body", "body": data, "more_body": left > 0})
        if not self.span.length:
            await send({"type": "http.response.body", "body": b"", "more_body": False})


class _TranscodedResponse(_Bare):
    def __init__(self, running: Transcoding, headers: dict[str, str], allowed: Allowed | None) -> None:
        super().__init__(200, headers)
        self.running, self.allowed = running, allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        try:
            await _while_listened(receive, partial(self._send, send))
        finally:
            await run_in_threadpool(self.running.close)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        while data := await run_in_threadpool(self.running.read):
            if self.allowed is not None and not await self.allowed():
                return
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _while_listened(receive: Receive, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work until its end, or until who listens has gone."""
    async with anyio.create_task_group() as group:

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(listen)
        await work()
        group.cancel_scope.cancel()


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _track(request: Request) -> TrackWhole:
    person, home = person_of_request(request), home_of(request)
    with home.database.reading() as session:
        track = tracks.find_track(session, request.path_params["track_id"], person.id)
    if track is None or track.path is None:
        raise HTTPException(404)
    return track


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else otherwise


def send_cover(request: Request, cover: Cover) -> Response:
    """A cover, or that the browser has it already."""
    headers = {"ETag": f'"{cover.tag}"', "Cache-Control": COVER_KEPT}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(cover.data, headers=headers, media_type=cover.mime)


def _cover(request: Request) -> Response:
    number = request.path_params["cover_id"]
    side = _number(request, "side", 0)
    if side and side not in COVER_SIDES:
        raise HTTPException(404)
    found = cover_for(home_of(request), person_of_request(request), number, side=side or None, webp=side > 0)
    if found is None:
        raise HTTPException(404)
    return send_cover(request, found)


routes = [
    Route("/stream/{track_id:int}", _stream, methods=["GET", "HEAD"]),
    Route("/cover/{cover_id:int}", _cover),
]
