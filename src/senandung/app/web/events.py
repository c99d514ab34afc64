"""Progress as it comes (server-sent events), for `<div data-events="/jobs/5/events">` of a page.

def follow(request: Request) -> Response:
    def look() -> Seen:
        job = job_of(…)
        return Seen(part(request, "jobs/progress.html", job=job), done=job.over)
    return events(request, look)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

EVERY = 0.5
"""Seconds between two looks."""

SILENCE = 20.0
"""Seconds after which something is sent, so that no proxy takes the connection for dead."""

LONGEST = 3600.0
"""Seconds after which a browser must connect anew."""


@dataclass(frozen=True)
class Seen:
    """What there is to show now: HTML, and whether nothing more will come."""

    html: str
    done: bool = False


def events(request: Request, look: Callable[[], Seen | None], *, every: float = EVERY) -> Response:
    """Send what `look` sees, whenever it is something else; None where it is gone.

    `look` runs in a thread every `every` seconds; nothing waits in one meanwhile.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(request, look, every), media_type="text/event-stream", headers=headers)


async def _stream(request: Request, look: Callable[[], Seen | None], every: float) -> AsyncIterator[str]:
    last, silent, whole = "", 0.0, 0.0
    while whole < LONGEST:
        seen = await run_in_threadpool(look)
        if seen is not None and seen.html != last:
            last, silent = seen.html, 0.0
            yield message("html", seen.html)
        if seen is None or seen.done:
            yield message("done", "")
            return
        if silent >= SILENCE:
            silent = 0.0
            yield ": \n\n"
        if await request.is_disconnected():
            return
        await anyio.sleep(every)
        silent, whole = silent + every, whole + every


def message(name: str, text: str) -> str:
    r"""One event.

    >>> message("html", "a\nb")
    'event: html\ndata: a\ndata: b\n\n'
    """
    lines = text.splitlines() or [""]
    return "".join([f"event: {name}\n", *(f"data: {line}\n" for line in lines), "\n"])
