"""Every page: there for its person, sound in structure, readable by all, within a phone's width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import CALM, faults
from browser import opened
from playwright.sync_api import Browser
from seeded import Seeds, fill, make_songs
from served import add_person, client_as, client_of, served
from starlette.routing import Route

from senandung.api.home import Home, open_home
from senandung.app.web.application import ROUTES
from senandung.app.web.sessions import OPEN_TO_ALL, SERVICES, is_open

PAGES = {
    "/": "/",
    "/in": "/in?code=ABCDEFGH",
    "/offline": "/offline",
    "/settings": "/settings",
    "/settings/look": "/settings/look",
    "/settings/devices": "/settings/devices",
    "/settings/programs": "/settings/programs",
    "/settings/people": "/settings/people",
    "/settings/connection": "/settings/connection",
    "/settings/data": "/settings/data",
    "/avoided": "/avoided",
    "/history": "/history",
    "/music": "/music",
    "/music/albums/{album_id:int}": "/music/albums/{seeds.album}",
    "/music/artists/{artist_id:int}": "/music/artists/{seeds.artist}",
    "/music/folders": "/music/folders",
    "/track/{track_id:int}": "/track/{seeds.track}?t=4",
    "/track/{track_id:int}/similar": "/track/{seeds.track}/similar",
    "/track/{track_id:int}/memories": "/track/{seeds.track}/memories",
    "/memories": "/memories",
    "/memories/new": "/memories/new?track={seeds.track}&t=4",
    "/memories/keep": "/memories/keep",
    "/memories/{memory_id:int}": "/memories/{seeds.memory}",
    "/memories/{memory_id:int}/edit": "/memories/{seeds.memory}/edit",
    "/listen/{track_id:int}": "/listen/{seeds.track}",
    "/listen/{track_id:int}/{vow_id:int}": "/listen/{seeds.other}/{seeds.listening}",
    "/vows": "/vows",
    "/vows/{vow_id:int}": "/vows/{seeds.vow}",
    "/vows/track/{track_id:int}": "/vows/track/{seeds.track}",
    "/give/{track_id:int}": "/give/{seeds.track}",
    "/gifts": "/gifts",
    "/gifts/{share_id:int}": "/gifts/{seeds.gift}",
    "/g/{secret}": "/g/{seeds.link}",
    "/make": "/make",
    "/make/{id:int}": "/make/{seeds.read}",
    "/jobs": "/jobs",
    "/jobs/{id:int}": "/jobs/{seeds.job}",
    "/songs/{id:int}": "/songs/{seeds.song}",
}
"""Every page a person opens, with an address of the seeded home."""

NO_PAGES = {
    "/static/{name}", "/manifest.webmanifest", "/sw.js", "/favicon.ico", "/memories/when",
    "/memories/export.{kind}", "/memories/{memory_id:int}/voice", "/track/{track_id:int}/marks",
    "/track/{track_id:int}/lyrics", "/stream/{track_id:int}", "/cover/{cover_id:int}", "/make/{id:int}/tune.{kind}",
    "/jobs/{id:int}/events", "/songs/{id:int}/data", "/songs/{id:int}/sheets/{kind}", "/songs/{id:int}/originality",
    "/songs/{id:int}/stems/{number:int}", "/songs/{id:int}/files/{name:path}", "/songs/{id:int}/all.zip",
    "/g/{secret}/stream", "/g/{secret}/voice", "/g/{secret}/cover",
}  # fmt: skip
"""What is sent, but is no page of its own; its area tests it."""

ELSEWHERE = {"/avoided/{id:int}"}
"""Pages that the seeded home does not lead to; their areas visit them."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Seeds]]:
    """A home that is lived in, the same for all tests here; they change nothing in it."""
    folder = tmp_path_factory.mktemp("lived")
    with open_home(folder / "home") as home:
        yield home, fill(home, make_songs(folder / "music"), folder)


def addresses(seeds: Seeds) -> dict[str, str]:
    return {path: address.format(seeds=seeds) for path, address in PAGES.items()}


def test_every_get_route_is_a_page_here_or_no_page() -> None:
    routes = {route.path for route in ROUTES if isinstance(route, Route) and "GET" in (route.methods or ())}
    assert {path for path in routes if not path.startswith(SERVICES)} == set(PAGES) | NO_PAGES | ELSEWHERE


def test_every_page_is_there_and_private(lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with client_of(home, running=()) as client:
        for address in addresses(seeds).values():
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["cache-control"] == "private, no-store", address
            assert answer.text.count("<h1") == 1, address
            assert "style=" not in answer.text, address
            assert "<script>" not in answer.text, address


def test_nobody_sees_a_page_without_coming_in(lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with client_of(home, running=()) as client:
        outside = {"X-Forwarded-For": "198.51.100.7"}
        for route in ROUTES:
            if not isinstance(route, Route) or is_open(route.path) or route.path.startswith(SERVICES):
                continue
            address = PAGES.get(route.path, route.path.replace(":int", "").replace(":path", "")).format_map(
                _Ones(seeds)
            )
            for method in sorted((route.methods or set()) - {"HEAD"}):
                answer = client.request(method, address, headers=outside)
                assert answer.status_code in (303, 403), (method, address)
                assert answer.headers.get("location", "/in").startswith("/in"), address
    assert "/" not in OPEN_TO_ALL


class _Ones(dict[str, object]):
    def __init__(self, seeds: Seeds) -> None:
        super().__init__(seeds=seeds)

    def __missing__(self, _key: str) -> int:
        return 1


def test_a_second_person_finds_nothing_of_the_first(lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    dewi = add_person(home, "dewi")
    own = [
        path
        for path in PAGES
        if any(part in path for part in ("{memory_id", "{vow_id", "/jobs/{", "/songs/{", "/make/{", "/gifts/{"))
    ]
    assert len(own) >= 6
    with client_as(home, dewi, running=()) as client:
        for path in own:
            assert client.get(addresses(seeds)[path]).status_code == 404, path
        for path in ("/", "/memories", "/vows", "/history", "/jobs", "/music", "/settings/programs"):
            shown = client.get(path).text
            for secret in ("Beranda rumah", "Kami naik", "Agak takut", "Rindu di Jendela", "Dermaga", "Ponsel lama"):
                assert secret not in shown, (path, secret)


def test_in_a_browser_every_page_is_for_everybody(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    found: dict[str, list[str]] = {}
    with served(home, running=()) as address, opened(chromium, **CALM) as page:
        for path in addresses(seeds).values():
            page.goto(address + path)
            found[path] = faults(page)
    assert {path: each for path, each in found.items() if each} == {}


def test_in_a_browser_the_first_page_is_small(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, _ = lived
    sizes: dict[str, int] = {}
    phone = {"service_workers": "allow", "device_scale_factor": 2.6}
    with served(home, running=()) as address, opened(chromium, **phone) as page:
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        names: dict[str, str] = {}
        network.on("Network.requestWillBeSent", lambda said: names.update({said["requestId"]: said["request"]["url"]}))
        network.on(
            "Network.loadingFinished", lambda said: sizes.update({names[said["requestId"]]: said["encodedDataLength"]})
        )
        page.goto(address)
        page.wait_for_load_state("networkidle")
    for kind in ("app.js", "app.css", ".woff2", "/cover/"):
        assert any(kind in name for name in sizes), kind
    assert sum(sizes.values()) < 100_000, sizes
    assert all(name.startswith((address, "data:")) for name in sizes), "nothing from elsewhere"
