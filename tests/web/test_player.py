"""The player in a real browser: it plays on while pages change, tells what was heard, plays pinned songs offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser, Page
from seeded import SONGS, make_songs
from served import NOW, served
from sqlalchemy import select
from waiting import until

from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, scan
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.tracks import search_tracks

AUDIO = "document.querySelector('#player audio')"
PLAYS = f"!{AUDIO}.paused && {AUDIO}.currentTime > 0.2"


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("songs"))


@pytest.fixture
def home(tmp_path: Path, songs: Path) -> Iterator[Home]:
    with open_home(tmp_path) as made:
        scan(made.database, add_folder(made.database, songs, at=NOW), at=NOW)
        yield made


def numbers(home: Home) -> dict[str, int]:
    with home.database.reading() as session:
        return {track.title: track.id for track in search_tracks(session, home.owner.id).tracks}


def heard(home: Home) -> list[tuple[int, str | None, str | None]]:
    with home.database.reading() as session:
        rows = session.scalars(select(PlayRow).order_by(PlayRow.started, PlayRow.id))
        return [(row.track_id, row.began, row.ended) for row in rows]


def test_a_song_plays_on_while_pages_change_and_is_told(chromium: Browser, home: Home) -> None:
    title = SONGS[0][0]
    number = numbers(home)[title]
    with home.database.reading() as session:
        album = next(track.album_id for track in search_tracks(session, home.owner.id).tracks if track.id == number)
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/music/albums/{album}")
        page.evaluate("window.same = true")
        rows = page.locator("[data-queue] [data-play]")
        order = [int(row.evaluate("e => JSON.parse(e.dataset.play).id")) for row in rows.all()]
        rows.first.click()
        until(page, PLAYS)
        page.click("nav.navigation >> text=Kenangan")
        page.wait_for_url("**/memories")
        before = page.evaluate(f"{AUDIO}.currentTime")
        until(page, f"{AUDIO}.currentTime > {before} + 0.3")
        assert page.evaluate("window.same"), "the page was never loaded anew"
        assert page.locator("#player [data-title]").first.text_content() == SONGS[0][0]
        page.locator("h1").first.click()
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.paused")
        page.keyboard.press("l")
        until(page, f"{AUDIO}.currentTime > 9")
        page.locator("#player [data-do=next]").nth(0).click()
        until(page, f"{PLAYS} && {AUDIO}.src.endsWith('/stream/{order[1]}')")
        page.go_back()
        page.wait_for_url(f"**/music/albums/{album}")
        until(page, PLAYS)
        until(page, f"document.querySelector('li.now')?.dataset.trackId === '{order[1]}'")
        page.reload()
        until(page, "!document.querySelector('#player').hidden")
        assert page.evaluate(f"{AUDIO}.paused")
        assert page.locator("#player [data-title]").first.text_content() == SONGS[1][0]
        until(
            page, "localStorage.getItem('senandung.plays') === null || localStorage.getItem('senandung.plays') === '[]'"
        )
    assert heard(home) == [(order[0], "clickrow", "fwdbtn"), (order[1], "fwdbtn", "endplay")]


def test_a_song_is_opened_at_a_second_and_ends_by_itself(chromium: Browser, home: Home) -> None:
    number = numbers(home)[SONGS[0][0]]
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/track/{number}")
        page.locator(".words [data-at]").nth(2).click()
        until(page, f"{AUDIO}.currentTime >= 8")
        page.click("#player .player-open")
        assert page.locator("dialog.player-sheet").is_visible()
        until(page, "document.querySelector('[data-lyrics] .now')?.textContent === 'Kau pernah di situ'")
        link = page.locator("[data-remember]").get_attribute("href")
        assert link is not None
        assert link.startswith(f"/memories/new?track={number}&t=")
        page.locator(".player-sheet [data-seek]").evaluate(
            "e => { e.value = 11; e.dispatchEvent(new Event('change')) }"
        )
        until(page, f"{AUDIO}.getAttribute('src') === null")
        page.keyboard.press("Escape")
        assert not page.locator("dialog.player-sheet").is_visible()
        until(page, "localStorage.getItem('senandung.plays') === '[]'")
    assert heard(home) == [(number, "playbtn", "trackdone")]


def test_a_pinned_song_is_heard_without_a_network(chromium: Browser, home: Home) -> None:
    number = numbers(home)[SONGS[0][0]]
    with served(home, running=()) as address, opened(chromium, service_workers="allow", problems=False) as page:
        page.goto(f"{address}/track/{number}")
        until(page, "navigator.serviceWorker.controller !== null")
        page.click("[data-pin]")
        until(page, "document.querySelector('[data-pin]').ariaPressed === 'true'")
        page.context.set_offline(True)
        ask = """range => fetch('/stream/%d', { headers: { Range: range } })
            .then(async (a) => [a.status, a.headers.get('Content-Range'), (await a.arrayBuffer()).byteLength])"""
        status, said, size = page.evaluate(ask % number, "bytes=100-299")
        assert (status, size) == (206, 200)
        assert said.startswith("bytes 100-299/")
        whole = int(said.rpartition("/")[2])
        assert page.evaluate(ask % number, "bytes=-50") == [206, f"bytes {whole - 50}-{whole - 1}/{whole}", 50]
        assert page.evaluate(ask % number, f"bytes={whole}-")[0] == 416
        page.click("main [data-play]")
        until(page, PLAYS)
        answer = page.goto(f"{address}/memories")
        assert answer is not None
        assert "Sedang tidak tersambung" in page.locator("h1").inner_text()
        assert_styled(page)


def assert_styled(page: Page) -> None:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour not in ("rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"), "its styles are kept too"
