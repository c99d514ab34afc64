"""The main things that people do here, by the keys alone; and where the focus goes, which a screen reader follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser, Page
from seeded import Seeds, fill, make_songs
from served import served
from waiting import until

from senandung.api.home import Home, open_home
from senandung.api.making import CREATE
from senandung.remembering import jobs

AUDIO = "document.querySelector('#player audio')"

SEEN = """() => {
    const at = document.activeElement
    const box = (at.matches('input[type=radio], input[type=checkbox]') ? at.parentElement : at).getBoundingClientRect()
    if (at === document.body) return 'nothing'
    const above = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20))
    if (!above || !(at.contains(above) || above.contains(at) || above.closest('label')?.contains(at))) return 'hidden'
    const shown = [at, at.nextElementSibling, at.closest('label')].filter(Boolean).map((each) => getComputedStyle(each))
    return shown.some((style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none') ? '' : 'not marked'
}"""
"""What keeps somebody from seeing where the focus is; empty where nothing does."""


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("songs"))


@pytest.fixture
def lived(tmp_path: Path, songs: Path) -> Iterator[tuple[Home, Seeds]]:
    with open_home(tmp_path / "home") as home:
        yield home, fill(home, songs, tmp_path)


def tab_to(page: Page, selector: str, *, most: int = 60) -> None:
    """Go on by Tab until there; every stop on the way is seen and marked."""
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "", page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.locator(selector).first.evaluate("it => it === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached by {most} Tabs")


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_from_a_line_to_work_that_goes_on(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, _ = lived
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/")
        tab_to(page, "nav.navigation a[href='/make']")
        page.keyboard.press("Enter")
        page.wait_for_selector("textarea[name=text]")
        assert focus(page) == "Buat lagu", "another page is told by its title"
        tab_to(page, "textarea[name=text]")
        page.keyboard.type("aku rindu kamu, malam ini hujan turun lagi")
        tab_to(page, "button:has-text('Baca rasanya')")
        page.keyboard.press("Enter")
        page.wait_for_selector("form.wish")
        assert focus(page) == "Rasanya"
        tab_to(page, "input[type=range]")
        before = page.input_value("input[type=range] >> nth=0")
        page.keyboard.press("ArrowRight")
        assert float(page.input_value("input[type=range] >> nth=0")) > float(before)
        assert "," in str(page.get_attribute("input[type=range] >> nth=0", "aria-valuetext"))
        tab_to(page, "button:has-text('Buat lagunya')")
        page.keyboard.press("Enter")
        page.wait_for_selector(".job")
        number = int(page.url.rpartition("/")[2])
        tab_to(page, ".job button")
        place = page.locator(".job p[role=status]").element_handle()
        with home.database.writing() as session:
            job = jobs.take(session, (CREATE,), at=datetime.now(UTC))
            while job is not None and job.id != number:
                job = jobs.take(session, (CREATE,), at=datetime.now(UTC))
            assert job is not None
            assert jobs.report(session, job, "composing", 0.2, at=datetime.now(UTC))
        page.wait_for_selector(".job progress")
        assert place.inner_text() == "Menggubah", "the line that is read out stays, and says something else"
        assert focus(page) == "Batalkan", "progress takes nobody's focus"
        page.keyboard.press("Enter")
        until(page, "document.querySelector('.job p[role=status]').textContent.includes('Sedang berhenti')")


def test_a_song_is_played_sought_and_left_behind(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/songs/{seeds.song}")
        page.wait_for_selector("[data-song][data-ready]")
        tab_to(page, "[data-song-play]")
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.currentTime > 0.2")
        page.goto(f"{address}/track/{seeds.track}")
        tab_to(page, "main [data-play]")
        page.keyboard.press("Enter")
        until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime > 0.2")
        tab_to(page, "#player .player-open")
        page.keyboard.press("Enter")
        page.wait_for_selector(".player-sheet[open]")
        tab_to(page, ".player-sheet [data-seek]")
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        until(page, f"{AUDIO}.currentTime > 3")
        assert " / " in str(page.get_attribute(".player-sheet [data-seek]", "aria-valuetext"))
        until(page, "document.querySelector('[data-lyrics] [aria-current]') !== null")
        page.keyboard.press("Escape")
        until(page, "!document.querySelector('.player-sheet').open")
        assert page.locator("#player .player-open").evaluate("it => it === document.activeElement")


def test_a_memory_is_written_at_a_second(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/track/{seeds.other}")
        tab_to(page, "main [data-play]")
        page.keyboard.press("Enter")
        until(page, f"{AUDIO}.currentTime > 2")
        tab_to(page, "#player .player-open")
        page.keyboard.press("Enter")
        tab_to(page, "[data-remember]")
        page.keyboard.press("Enter")
        page.wait_for_selector("textarea[name=text]")
        assert page.input_value("input[name=start]") >= "0:02"
        assert not page.locator(".player-sheet[open]").count()
        tab_to(page, "textarea[name=text]")
        page.keyboard.type("Layangan itu putus di sawah.")
        tab_to(page, "button:has-text('Simpan kenangan')")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Layangan itu putus di sawah.")
        assert focus(page).startswith("Tersimpan"), "what is said first is where the focus goes"


def test_a_song_is_given(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/track/{seeds.track}")
        tab_to(page, "a:has-text('Berikan')")
        page.keyboard.press("Enter")
        page.wait_for_selector("textarea[name=letter]")
        tab_to(page, "textarea[name=letter]")
        page.keyboard.type("Ingat beranda itu.")
        tab_to(page, "button:has-text('Buat tautan')")
        page.keyboard.press("Enter")
        page.wait_for_selector("#gift-link")
        assert focus(page)
        tab_to(page, "[data-copy]")


def test_a_vow_is_kept_and_stopped(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/listen/{seeds.track}")
        tab_to(page, "button:has-text('Ya, sekarang')")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-vow]")
        tab_to(page, "[data-begin]")
        page.keyboard.press("Enter")
        until(page, f"{AUDIO}.currentTime > 0.3")
        assert focus(page).startswith("Berhenti")
        page.keyboard.press("Escape")
        page.wait_for_url("**/vows/*")


def test_a_format_that_the_browser_cannot_read_is_changed(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium, problems=False) as page:
        unknown = {"content_type": "audio/ogg", "body": "OggS" + "?" * 4000}
        page.route(re.compile(r"/stream/\d+$"), lambda route: route.fulfill(**unknown))
        page.goto(f"{address}/track/{seeds.track}")
        page.click("main [data-play]")
        until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime > 0.2")
        assert page.evaluate(f"{AUDIO}.src").endswith("?format=mp3")
        assert not page.locator(".toasts p").count()


def test_a_broken_connection_is_asked_anew(chromium: Browser, lived: tuple[Home, Seeds]) -> None:
    home, seeds = lived
    with served(home, running=()) as address, opened(chromium, problems=False) as page:
        page.route(f"{address}/stream/*", lambda route: route.abort())
        page.goto(f"{address}/track/{seeds.track}")
        page.click("main [data-play]")
        page.wait_for_selector(".toasts p")
        until(page, "document.querySelector('#player').dataset.state === 'paused'")
        page.unroute(f"{address}/stream/*")
        page.click("#player .player-bar .main")
        until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime > 0.2")
