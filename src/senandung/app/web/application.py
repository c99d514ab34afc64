"""The whole application: the areas' routes behind what keeps them safe.

An area adds its routes to `ROUTES`. One with work that goes on while the home is open (jobs, watching folders) adds to
`RUNNING` a function that takes the home and returns a context manager: it begins before the first request and ends
after the last.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from senandung.api.home import Home
from senandung.api.plays import NowPlaying
from senandung.app.web import (
    accounts,
    avoided,
    giving,
    history,
    install,
    jobs,
    make,
    memories,
    music,
    now,
    settings,
    songs,
    static_files,
    streams,
    vows,
)
from senandung.app.web.pages import page, see
from senandung.app.web.security import Guard
from senandung.app.web.serving import Code, Serving
from senandung.app.web.sessions import Sessions
from senandung.domain.errors import InputError

ROUTES: Sequence[BaseRoute] = (
    *static_files.routes,
    *install.routes,
    *accounts.routes,
    *settings.routes,
    *now.routes,
    *avoided.routes,
    *history.routes,
    *giving.routes,
    *memories.routes,
    *vows.routes,
    *music.routes,
    *streams.routes,
    *make.routes,
    *jobs.routes,
    *songs.routes,
)
"""Of every area."""

RUNNING: Sequence[Callable[[Home], AbstractContextManager[None]]] = (music.running, jobs.running, now.running)
"""What runs while the home is open."""

LARGEST_BODY = 1 << 20
"""Bytes of a request, where its route says no other."""


def _clock() -> datetime:
    return datetime.now(UTC)


class Application(Starlette):
    """Starlette's, behind the guard: nothing is answered past it, not even what failed."""

    def __init__(self, *, serving: Serving, **options: Any) -> None:
        super().__init__(**options)
        self._serving = serving

    def build_middleware_stack(self) -> ASGIApp:
        """Everything, the guard first."""
        return Guard(super().build_middleware_stack(), serving=self._serving)


def web_application(
    home: Home,
    serving: Serving = Serving(),  # noqa: B008  frozen
    *,
    clock: Callable[[], datetime] = _clock,
    routes: Sequence[BaseRoute] = ROUTES,
    running: Sequence[Callable[[Home], AbstractContextManager[None]]] = RUNNING,
) -> Starlette:
    """The application for an open home."""

    @asynccontextmanager
    async def lifespan(_application: Starlette) -> AsyncIterator[None]:
        with ExitStack() as stack:
            for begin in running:
                await run_in_threadpool(stack.enter_context, begin(home))
            try:
                yield
            finally:
                await run_in_threadpool(stack.close)

    made = Application(
        serving=serving,
        routes=routes,
        middleware=[Middleware(Sessions, home=home, serving=serving, clock=clock)],
        exception_handlers={HTTPException: _refused, InputError: _wrong, 500: _broken},
        lifespan=lifespan,
        max_body_size=LARGEST_BODY,
    )
    made.state.home, made.state.serving, made.state.clock, made.state.code = home, serving, clock, Code()
    made.state.playing = NowPlaying()
    return made


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(request, error.status_code, headers=dict(error.headers or {}))


def _wrong(request: Request, error: Exception) -> Response:
    return _error(request, 400, said=str(error))


def _broken(request: Request, _error_raised: Exception) -> Response:
    return _error(request, 500)


def _error(request: Request, status: int, *, said: str = "", headers: dict[str, str] | None = None) -> Response:
    if "senandung.browser" not in request.scope or "text/html" not in request.headers.get("accept", ""):
        return Response(said or str(status), status, headers=headers, media_type="text/plain")
    known = status if status in (400, 401, 403, 404, 405, 410, 413, 429, 500) else 400
    if status == 401:
        return see("/in")
    return page(request, "frame/error.html", status=status, headers=headers, error=known, said=said)
