"""The home in Firefox and in WebKit, where they are installed: every page, a song played and pinned, a vow, a voice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browser import PHONE
from engines import Engine, Firefox, WebKit, mini_browser, missing
from seeded import Seeds, fill, make_songs
from served import served
from test_pages import addresses

from senandung.api.home import open_home

AUDIO = "document.querySelector('#player audio')"


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp(request.param) / "browser"
    if request.param == "firefox":
        if lacks := missing("firefox-esr"):
            pytest.skip(f"not installed: {lacks}")
        started: Engine = Firefox(folder, PHONE["width"], PHONE["height"])
    else:
        lacks = missing("WebKitWebDriver", "Xvfb", "dbus-run-session")
        if lacks or mini_browser() is None:
            pytest.skip(f"not installed: {lacks or 'MiniBrowser'}")
        started = WebKit(folder, PHONE["width"], PHONE["height"])
    try:
        yield started
    finally:
        started.close()


@pytest.fixture(scope="module")
def lived(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Seeds]]:
    """The address of a home that is lived in; one for each engine, since a service worker stays."""
    folder = tmp_path_factory.mktemp("lived")
    with open_home(folder / "home") as home:
        seeds = fill(home, make_songs(folder / "music", seconds=40), folder)
        with served(home, running=()) as address:
            yield address, seeds


WATCH = """window.errors = []
    for (const name of ['error', 'unhandledrejection', 'securitypolicyviolation'])
        addEventListener(name, (it) => errors.push(
            `${name}: ${it.message ?? it.reason ?? it.blockedURI ?? it.target.outerHTML}`), true)"""


def test_every_page_fits(engine: Engine, lived: tuple[str, Seeds]) -> None:
    address, seeds = lived
    for path in addresses(seeds).values():
        engine.go(address + path)
        engine.until("document.readyState === 'complete'")
        width, inside, title = engine.run(
            "return [document.documentElement.scrollWidth, innerWidth, document.querySelector('h1').textContent]"
        )
        assert inside == PHONE["width"]
        assert width <= inside, path
        assert title.strip(), path


def test_pages_change_without_an_error(engine: Engine, lived: tuple[str, Seeds]) -> None:
    address, seeds = lived
    engine.go(address)
    engine.run(WATCH)
    for path in addresses(seeds).values():
        engine.run(f"const link = document.querySelector('#page .mark'); link.href = '{path}'; link.click()")
        engine.until(f"location.pathname + location.search === '{path}' && document.querySelector('h1')")
        engine.until("document.activeElement !== document.body")
        assert engine.run("return window.errors ?? ['loaded anew']") == [], path
    engine.run("document.body.append(Object.assign(new Image(), { src: 'https://192.0.2.1/a.png' }))")
    engine.until("window.errors.some((each) => each.startsWith('securitypolicyviolation'))")


def test_a_song_plays_is_sought_and_is_kept_for_hearing_without_a_network(
    engine: Engine, lived: tuple[str, Seeds]
) -> None:
    address, seeds = lived
    engine.go(f"{address}/track/{seeds.track}")
    engine.click("main [data-play]")
    engine.until(f"{AUDIO}.currentTime > 0.2 && !{AUDIO}.error")
    engine.click("#player .player-open")
    engine.until("document.querySelector('.player-sheet').open")
    engine.run("""const seek = document.querySelector('.player-sheet [data-seek]')
        seek.value = 20
        for (const name of ['input', 'change']) seek.dispatchEvent(new Event(name, { bubbles: true }))""")
    engine.until(f"{AUDIO}.currentTime > 20")
    engine.run("document.querySelector('.player-sheet').close()")
    engine.click("[data-pin]")
    engine.until("document.querySelector('[data-pin]').getAttribute('aria-pressed') === 'true'")
    engine.go(f"{address}/track/{seeds.track}")
    engine.until("navigator.serviceWorker.controller !== null")
    ask = f"""return fetch('/stream/{seeds.track}', {{ headers: {{ Range: 'bytes=100-299' }} }})
        .then(async (answer) => [answer.status, (await answer.arrayBuffer()).byteLength])"""
    assert engine.run(ask) == [206, 200]
    engine.click("main [data-play]")
    engine.until(f"{AUDIO}.currentTime > 0.2 && !{AUDIO}.error")


def test_a_vow_lets_nothing_be_skipped(engine: Engine, lived: tuple[str, Seeds]) -> None:
    address, seeds = lived
    engine.go(f"{address}/listen/{seeds.other}/{seeds.listening}")
    engine.click("[data-begin]")
    engine.until(f"{AUDIO}.currentTime > 0.2")
    engine.run("""document.activeElement.blur()
        for (const key of ['l', 'N', 'j', 'P'])
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))""")
    assert (
        engine.run("return [...document.querySelectorAll('.no-vow')].filter((each) => each.offsetParent).length") == 0
    )
    assert engine.run("return JSON.parse(document.querySelector('[data-vow]').dataset.track).id") == seeds.other
    assert engine.run(f"return {AUDIO}.src.endsWith('/stream/{seeds.other}')")
    engine.click("[data-stop]")
    engine.until("location.pathname.startsWith('/vows/')")


def test_a_voice_is_recorded(engine: Engine, lived: tuple[str, Seeds]) -> None:
    address, _ = lived
    engine.go(f"{address}/make")
    engine.click("[data-recorder=voice] [data-record]")
    engine.until("document.querySelector('[data-recorder=voice] [data-clock]').textContent >= '0:02'")
    engine.click("[data-recorder=voice] [data-record]")
    engine.until("document.querySelector('[data-recorder=voice] input[type=file]').files.length === 1")
    kind, size = engine.run("""const file = document.querySelector('[data-recorder=voice] input[type=file]').files[0]
        return [file.type, file.size]""")
    assert kind == "audio/wav"
    assert size > 60_000
