"""What every answer carries and every request must keep to: known hosts, headers, sizes, rates."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from senandung.app.web.serving import Serving, origin_of

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "worker-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self), autoplay=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer, unless it brings its own."""

POSTS_A_MINUTE = 240
"""What one address may send a minute."""

MOST_ADDRESSES = 4096


class Guard:
    """The outermost layer: refuses hosts that are not this home's, and who sends too much; adds the headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        serving: Serving,
        posts: int = POSTS_A_MINUTE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.serving = serving
        self.rate = Rate(posts, 60.0, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        origin = origin_of(scope, self.serving)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        scope["senandung.origin"] = origin
        scope["scheme"] = "https" if origin.public else "http"

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if origin.public:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        if not origin.known:
            await PlainTextResponse("421: this home is not known by that name", 421)(scope, receive, answer)
        elif scope["method"] not in ("GET", "HEAD", "OPTIONS") and not self.rate.takes(origin.address):
            refused = PlainTextResponse("429: too much at once; wait a minute", 429, {"Retry-After": "60"})
            await refused(scope, receive, answer)
        else:
            await self.app(scope, receive, answer)


class Rate:
    """So many within so many seconds, refilled evenly; the addresses that were idle longest are forgotten first."""

    def __init__(self, most: int, within: float, clock: Callable[[], float]) -> None:
        self.most = most
        self.within = within
        self.clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, key: str) -> bool:
        """Whether one more is allowed now."""
        now = self.clock()
        left, at = self._left.pop(key, (float(self.most), now))
        left = min(float(self.most), left + (now - at) * self.most / self.within)
        good = left >= 1.0
        self._left[key] = (left - 1.0 if good else left, now)
        while len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return good
