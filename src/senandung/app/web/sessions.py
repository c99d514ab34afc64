"""Who comes with a browser.

Every browser gets a cookie with 256 random bits. Coming in makes new ones and writes their SHA-256 into the home's
table; before that nobody knows them. A form's token is an HMAC of them, so that no other site can know it.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from senandung.api import accounts
from senandung.api.home import Home
from senandung.app.web.serving import Origin, Serving
from senandung.remembering.accounts import Person, Visit

OPEN_TO_ALL = ("/in", "/static/", "/g/", "/sw.js", "/manifest.webmanifest", "/offline", "/favicon.ico")
"""Beginnings of paths for which nobody needs to come in."""

SERVICES = ("/rest/", "/1/")
"""Beginnings of paths of services whose programs come with a secret of their own: no cookie counts there."""

_SAFE = ("GET", "HEAD", "OPTIONS")

_MOST_LOOKED_AT = 64 << 10
"""Bytes at the beginning of a form in which its token must stand."""

_FIELD = re.compile(rb'(?:^|&)csrf=([0-9a-f]{64})(?:&|$)|name="csrf"\r\n\r\n([0-9a-f]{64})\r\n')

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass
class Browser:
    """The browser of a request: its secret, and who came in with it."""

    secret: str
    person: Person | None = None
    visit: Visit | None = None
    new: bool = False
    """Whether the secret goes out with the answer."""
    flash: tuple[str, str] | None = None
    """What is to be said on the next page: kind and text."""
    given: tuple[str, str] | None = None
    """What the page before left to be said."""
    taken: bool = False
    """Whether it was said."""
    language: str | None = None
    """What somebody who did not come in chose."""

    @property
    def token(self) -> str:
        """What a form of this browser must bring, 64 hexadecimal digits."""
        return hmac.digest(self.secret.encode(), b"csrf", "sha256").hex()

    def take_flash(self) -> tuple[str, str] | None:
        """What the page before left to be said, once."""
        said, self.given = self.given, None
        self.taken = self.taken or said is not None
        return said


def browser_of(request: HTTPConnection) -> Browser:
    """The browser of a request."""
    browser: Browser = request.scope["senandung.browser"]
    return browser


def come_in(request: Request, person: Person) -> None:
    """Let the browser of a request in, with a new secret."""
    browser = browser_of(request)
    state = request.app.state
    if browser.visit is not None and browser.person is not None:
        accounts.end_visits(state.home, browser.person, only=browser.visit.id)
    browser.secret = accounts.begin_visit(state.home, person, device=device_of(request), at=state.clock())
    browser.person, browser.new = person, True


def is_still_in(request: Request) -> bool:
    """Whether the browser of a request that takes long is still in: it may be put out, the person be gone."""
    browser, state = browser_of(request), request.app.state
    if browser.person is None:
        return False
    if browser.visit is None:  # the owner on their own machine
        return not accounts.has_password(state.home, browser.person)
    found = accounts.visit_of(state.home, browser.secret, at=state.clock())
    return found is not None and found[0].id == browser.person.id


def go_out(request: Request) -> None:
    """Put the browser of a request out."""
    browser = browser_of(request)
    if browser.visit is not None and browser.person is not None:
        accounts.end_visits(request.app.state.home, browser.person, only=browser.visit.id)
    browser.person = browser.visit = None
    browser.secret, browser.new = secrets.token_urlsafe(32), True


def device_of(request: HTTPConnection) -> str:
    """A browser in a person's words, from what it says of itself.

    Returns
    -------
    Such as "Firefox, Android"; empty where nothing is known.
    """
    said = request.headers.get("user-agent", "")
    programs = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
                ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
               ("Mac OS", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))  # fmt: skip
    names = [next((name for mark, name in table if mark in said), "") for table in (programs, systems)]
    return ", ".join(name for name in names if name)


class Sessions:
    """Finds who asks, lets nobody past who must come in first, and refuses forms of other sites."""

    def __init__(self, app: ASGIApp, *, home: Home, serving: Serving, clock: Callable[[], datetime]) -> None:
        self.app = app
        self.home = home
        self.serving = serving
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or scope["path"].startswith(("/static/", *SERVICES)):
            await self.app(scope, receive, send)
            return
        origin: Origin = scope["senandung.origin"]
        browser = await run_in_threadpool(self._browser, scope, origin)
        scope["senandung.browser"] = browser
        answer = self._with_cookies(send, browser, origin)
        if scope["method"] not in _SAFE:
            ok, receive = await _is_own_form(scope, receive, browser, origin)
            if not ok:
                await PlainTextResponse("403: the form is not of this page; load it again", 403)(scope, receive, answer)
                return
        if browser.person is None and not is_open(scope["path"]):
            if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
                where = scope["path"] + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
                to = "/in" if where == "/" else f"/in?next={_quoted(where)}"
                await RedirectResponse(to, 303)(scope, receive, answer)
            else:
                await PlainTextResponse("401: come in first", 401)(scope, receive, answer)
            return
        await self.app(scope, receive, answer)

    def _browser(self, scope: Scope, origin: Origin) -> Browser:
        cookies = SimpleCookie()
        try:
            cookies.load(Headers(scope=scope).get("cookie", ""))
        except Exception:
            cookies = SimpleCookie()
        found = cookies.get(self.cookie(origin))
        secret = found.value if found is not None and _SECRET.fullmatch(found.value) else None
        browser = Browser(secret or secrets.token_urlsafe(32), new=secret is None)
        come = None if secret is None else accounts.visit_of(self.home, secret, at=self.clock())
        if come is not None:
            browser.person, browser.visit = come
        elif origin.local:
            owner = accounts.the_owner(self.home)
            if not accounts.has_password(self.home, owner):
                browser.person = owner
        said = cookies.get(f"{self.cookie(origin)}_said")
        if said is not None:
            browser.given = _unpacked(said.value)
        return browser

    def cookie(self, origin: Origin) -> str:
        """The name of the cookie; browsers keep cookies of all ports of a host together."""
        return "__Host-senandung" if origin.public else f"senandung_{self.serving.port}"

    def _with_cookies(self, send: Send, browser: Browser, origin: Origin) -> Send:
        name = self.cookie(origin)
        rest = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if origin.public else "")
        lasts = int(accounts.VISIT_LASTS.total_seconds())

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if browser.new:
                    headers.append("set-cookie", f"{name}={browser.secret}; Max-Age={lasts}{rest}")
                if browser.language is not None:
                    headers.append("set-cookie", f"language={browser.language}; Max-Age={lasts}{rest}")
                if browser.flash is not None:
                    headers.append("set-cookie", f"{name}_said={_packed(browser.flash)}; Max-Age=60{rest}")
                elif browser.taken:
                    headers.append("set-cookie", f"{name}_said=; Max-Age=0{rest}")
            await send(message)

        return sent


def is_open(path: str) -> bool:
    """Whether a path is open to all.

    >>> [is_open(path) for path in ("/in", "/inside", "/g/abc", "/music")]
    [True, False, True, False]
    """
    return any(
        path == each.rstrip("/") or path.startswith(each if each.endswith("/") else f"{each}/") for each in OPEN_TO_ALL
    )


async def _is_own_form(scope: Scope, receive: Receive, browser: Browser, origin: Origin) -> tuple[bool, Receive]:
    """Whether what is sent comes from a page of this home, and the body to be read again from its beginning."""
    headers = Headers(scope=scope)
    own = f"{'https' if origin.public else 'http'}://{origin.host}"
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False, receive
    # A plain form of a page that tells no referrer says "null"; its token, and the header above, tell its site.
    if headers.get("origin", own) not in (own, "null"):
        return False, receive
    token = headers.get("x-csrf-token")
    if token is not None:
        return hmac.compare_digest(token.encode(), browser.token.encode()), receive
    messages: list[Message] = []
    seen = b""
    while len(seen) < _MOST_LOOKED_AT:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            break
        seen += message.get("body", b"")
        if not message.get("more_body", False):
            break

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    found = _FIELD.search(seen[:_MOST_LOOKED_AT])
    given = b"" if found is None else found[1] or found[2]
    return hmac.compare_digest(given, browser.token.encode()), again


def _packed(said: tuple[str, str]) -> str:
    return urlsafe_b64encode(json.dumps([said[0], said[1][:600]]).encode()).decode().rstrip("=")


def _unpacked(text: str) -> tuple[str, str] | None:
    try:
        kind, said = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        return None
    return (str(kind), str(said)) if kind in ("good", "bad") else None


def _quoted(path: str) -> str:
    return quote(path, safe="/")
