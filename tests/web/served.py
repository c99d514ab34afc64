"""The home served for tests: to `TestClient`, and on a free port of this machine for browsers and real programs.

def test_a_page(home: Home) -> None:
    with client_of(home) as client:
        assert client.get("/settings").status_code == 200
        assert post(client, "/settings/look", language="en").status_code == 303
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from senandung.api import accounts
from senandung.api.home import Home
from senandung.app.web.application import web_application
from senandung.app.web.serving import Serving
from senandung.remembering.accounts import Person

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PASSWORD = "sebuah kata sandi yang panjang"


@contextmanager
def client_of(
    home: Home, *, url: str = "http://localhost:8733", address: str = "127.0.0.1", **options: Any
) -> Iterator[TestClient]:
    """A browser without scripts. On this machine it comes as the owner, who has no password."""
    app = web_application(home, options.pop("serving", Serving()), **options)
    with TestClient(app, base_url=url, client=(address, 50000), follow_redirects=False) as client:
        client.headers["accept"] = "text/html"
        yield client


def add_person(home: Home, name: str = "sari", **options: Any) -> Person:
    """A second person, who must see nothing of the first."""
    return accounts.add_person(home, name, PASSWORD, at=NOW, **options)


@contextmanager
def client_as(home: Home, person: Person, **options: Any) -> Iterator[TestClient]:
    """A browser without scripts with which a person is in."""
    clock = options.get("clock")
    at = datetime.now(UTC) if clock is None else clock()
    with client_of(home, **options) as client:
        client.cookies.set("senandung_8733", accounts.begin_visit(home, person, device="test", at=at))
        yield client


def token_of(client: TestClient) -> str:
    """The token that forms of this browser must bring."""
    found = _Token()
    found.feed(client.get("/settings", follow_redirects=True).text)
    assert found.token, "the page has no token"
    return found.token


def post(client: TestClient, path: str, /, *, files: Any = None, json: Any = None, **fields: Any) -> Any:
    """Send a form (or JSON, or files) as the page's own script does."""
    headers = {"X-CSRF-Token": token_of(client)}
    return client.post(path, data=fields or None, files=files, json=json, headers=headers)


class _Token(HTMLParser):
    token = ""

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.token = dict(attrs).get("data-csrf") or self.token


@contextmanager
def served(home: Home, *, held: int | None = None, **options: Any) -> Iterator[str]:
    """The address of the home, served on loopback until the end of the block.

    `held`: how many bytes the system holds for a client that reads slowly; else as many as it likes.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as place:
        if held is not None:
            place.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, held)
        place.bind(("127.0.0.1", 0))
        port = int(place.getsockname()[1])
        app = web_application(home, Serving(port=port), **options)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False, timeout_graceful_shutdown=2))
        place.listen(128)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        for _ in range(1000):
            if server.started or not thread.is_alive():
                break
            time.sleep(0.01)
        assert server.started, "the server did not start"
        try:
            yield f"http://localhost:{port}"
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not end"
