"""Progress as it comes."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser
from served import client_of, served
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from waiting import until

from senandung.api.home import Home, open_home
from senandung.app.web.application import ROUTES
from senandung.app.web.events import Seen, events
from senandung.app.web.pages import page


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as made:
        yield made


def of(seen: list[Seen | None]) -> Route:
    """A stream that sees these, one after the other."""

    def follow(request: Request) -> Response:
        left = iter(seen)
        return events(request, lambda: next(left), every=0.01)

    return Route("/follow", follow)


def test_what_is_the_same_is_sent_once_and_the_end_is_said(home: Home) -> None:
    seen: list[Seen | None] = [Seen("<b>1</b>"), Seen("<b>1</b>"), Seen("<b>2\n</b>"), Seen("<b>3</b>", done=True)]
    with client_of(home, routes=(*ROUTES, of(seen)), running=()) as client:
        answer = client.get("/follow")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    assert answer.text == (
        "event: html\ndata: <b>1</b>\n\nevent: html\ndata: <b>2\ndata: </b>\n\n"
        "event: html\ndata: <b>3</b>\n\nevent: done\ndata: \n\n"
    )


def test_what_is_gone_ends_the_stream(home: Home) -> None:
    with client_of(home, routes=(*ROUTES, of([None])), running=()) as client:
        assert client.get("/follow").text == "event: done\ndata: \n\n"


def test_in_a_browser_a_place_fills_and_leads_on(chromium: Browser, home: Home, tmp_path: Path) -> None:
    def show(request: Request) -> Response:
        answer = page(request, "settings/you.html", avoided=False, can_leave=False, unnamed=True)
        body = gzip.decompress(bytes(answer.body)).replace(
            b'<ul class="menu card">', b'<div id="p" data-events="/follow" data-then="/settings/look"></div><ul>', 1
        )
        return Response(body, media_type="text/html")

    seen: list[Seen | None] = [*([Seen("<progress value='0.5'></progress>")] * 60), Seen("<b>done</b>", done=True)]
    routes = (*ROUTES, Route("/show", show), of(seen))
    with served(home, routes=routes, running=()) as address, opened(chromium) as shown:
        shown.goto(f"{address}/show")
        until(shown, "document.querySelector('#p progress') !== null || location.pathname === '/settings/look'")
        shown.wait_for_url("**/settings/look")
        assert shown.locator("h1").inner_text() == "Nama dan tampilan"
