"""What every area's handlers use: who asks, in which home, and a page for them.

def show(request: Request) -> Response:
    return page(request, "music/album.html", album=…)

routes = [Route("/music/albums/{id:int}", show), Route("/music/scan", with_form(scan), methods=["POST"])]
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from senandung.api.home import Home
from senandung.app.web.serving import Origin, Serving
from senandung.app.web.sessions import browser_of
from senandung.app.web.static_files import address_of
from senandung.app.web.words import LANGUAGES, say
from senandung.remembering.accounts import Person

TEMPLATES = Path(__file__).parent / "templates"

NAVIGATION = (
    ("frame.nav_now", "/", "now"),
    ("frame.nav_music", "/music", "music"),
    ("frame.nav_memories", "/memories", "memory"),
    ("frame.nav_make", "/make", "make"),
    ("frame.nav_you", "/settings", "you"),
)
"""Key of the word, address, icon."""


def home_of(request: Request) -> Home:
    """The home that is served."""
    home: Home = request.app.state.home
    return home


def serving_of(request: Request) -> Serving:
    """Where it is served."""
    serving: Serving = request.app.state.serving
    return serving


def origin_of_request(request: Request) -> Origin:
    """From where the request comes; `secure` says whether a microphone, an installation and such are allowed to it."""
    origin: Origin = request.scope["senandung.origin"]
    return origin


def person_or_nobody(request: Request) -> Person | None:
    """Who asks; None where nobody came in (only on pages that are open to all)."""
    return browser_of(request).person


def person_of_request(request: Request) -> Person:
    """Who asks. Pages that are not open to all are reached by nobody else."""
    person = browser_of(request).person
    if person is None:
        raise HTTPException(401)
    return person


def owner_of_request(request: Request) -> Person:
    """The owner, where it is they who ask; for everybody else there is no such page."""
    person = person_of_request(request)
    if not person.owner:
        raise HTTPException(404)
    return person


def now(request: Request) -> datetime:
    """The time, from the clock that the application was made with."""
    clock: Callable[[], datetime] = request.app.state.clock
    return clock().astimezone(UTC)


def language_of(request: Request) -> str:
    """In which language to speak: the person's, or what a visitor chose, or Indonesian."""
    person = browser_of(request).person
    if person is not None:
        return person.language
    return "en" if request.cookies.get("language") == "en" else "id"


def translator(request: Request) -> Callable[..., str]:
    """t("area.key", n=3) in the language of who asks."""
    return partial(say, language_of(request))


@cache
def environment(language: str) -> Environment:
    """The templates in a language; `t` says a key in it, `asset` is the address of a static file."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(t=partial(say, language), asset=address_of, language=language, languages=LANGUAGES)
    made.filters.update(clock=clock_text, day=partial(day_text, language))
    return made


def compile_templates(language: str, areas: Sequence[str]) -> None:
    """Compile the templates of areas (folders) now, so that nobody's first page waits for it (70 ms)."""
    made = environment(language)
    for name in made.list_templates(filter_func=lambda name: name.partition("/")[0] in areas):
        made.get_template(name)


def clock_text(milliseconds: int | float | None) -> str:
    """A length or a place in a track.

    >>> [clock_text(each) for each in (0, 83_400, 3_723_000, None)]
    ['0:00', '1:23', '1:02:03', '–']
    """
    if milliseconds is None:
        return "–"
    minutes, seconds = divmod(int(milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


_MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli",
           "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December"),
}  # fmt: skip


def day_text(language: str, moment: Any) -> str:
    """A day as people write it.

    >>> day_text("id", datetime(2026, 8, 17))
    '17 Agustus 2026'
    """
    return f"{moment.day} {_MONTHS[language][moment.month - 1]} {moment.year}"


def page(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page (or a part of one) for who asks.

    Templates extend `frame/base.html` and have, beside `values`: `t`, `asset`, `person` (or None), `csrf` (hidden field
    for forms), `path`, `secure`, `clock` and `day` (filters).
    """
    body = _render(request, template, values).encode()
    kept = {"Cache-Control": "private, no-store", "Vary": "Accept-Encoding, HX-Request", **(headers or {})}
    # By HTTPS a page is not packed: its size would tell of the form's token in it (BREACH).
    if "gzip" in request.headers.get("accept-encoding", "") and not origin_of_request(request).public:
        body, kept["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
    return HTMLResponse(body, status, kept)


def part(request: Request, template: str, **values: Any) -> str:
    """The HTML of a template that is no whole page, for who asks."""
    return _render(request, template, values)


def _render(request: Request, template: str, values: Mapping[str, Any]) -> str:
    browser = browser_of(request)
    origin = origin_of_request(request)
    return (
        environment(language_of(request))
        .get_template(template)
        .render(
            request=request,
            person=browser.person,
            path=request.url.path,
            secure=origin.secure,
            csrf=Markup('<input type="hidden" name="csrf" value="{}">').format(browser.token),
            csrf_token=browser.token,
            theme=(browser.person.settings.get("theme") if browser.person else None) or "auto",
            navigation=NAVIGATION if browser.person else (),
            flash=browser.take_flash(),
            **values,
        )
    )


def flash(request: Request, text: str, *, kind: str = "good") -> None:
    """Something to be said on the next page; `kind` is good or bad."""
    browser_of(request).flash = (kind, text)


def see(address: str) -> Response:
    """Go on to another page after a form was sent."""
    return RedirectResponse(address, 303)


def own_path(address: str | None, otherwise: str = "/") -> str:
    """An address of this home to go on to; `otherwise` for everything that leads out of it.

    >>> [own_path(each) for each in ("/track/3?t=83", "//evil.example", "https://evil.example/", "/\\\\evil", None)]
    ['/track/3?t=83', '/', '/', '/', '/']
    """
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable():
        return otherwise
    parts = urlsplit(address)
    return address if not parts.scheme and not parts.netloc and "\\" not in address else otherwise


def with_form(
    handler: Callable[[Request, FormData], Response], *, most_files: int = 4, most_bytes: int = 1 << 20
) -> Callable[[Request], Awaitable[Response]]:
    """A handler of a form that was sent, run in a thread of its own.

    The route's `max_body_size` bounds the whole (1 MiB without one); `most_bytes` one field that is no file.
    """

    async def handle(request: Request) -> Response:
        async with request.form(max_files=most_files, max_part_size=most_bytes) as form:
            return await run_in_threadpool(handler, request, form)

    return handle


def with_json(handler: Callable[[Request, Any], Response]) -> Callable[[Request], Awaitable[Response]]:
    """A handler of JSON that was sent, run in a thread of its own."""

    async def handle(request: Request) -> Response:
        try:
            plain = json.loads(await request.body())
        except (ValueError, RecursionError, ClientDisconnect) as error:
            raise HTTPException(400, "JSON") from error
        return await run_in_threadpool(handler, request, plain)

    return handle


def field(form: FormData, name: str, *, longest: int = 200) -> str:
    """A field of a form as text without blanks around it; empty where it is missing."""
    value = form.get(name)
    return value.strip()[:longest] if isinstance(value, str) else ""
