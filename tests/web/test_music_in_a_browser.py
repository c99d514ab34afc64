"""The library in a real browser: what is typed is found, a line of the words begins there, the arc follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser, expect
from served import served

from music_files import FULL, make_music
from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, scan
from senandung.domain.music import TrackHeard
from senandung.files.tags import digest_of_pieces
from senandung.remembering.analyses import Waiting, save_heard

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    path = make_music(tmp_path / "music" / "a.mp3", FULL, seconds=8)
    path.with_suffix(".lrc").write_text("[00:00.50]Malam ini\n[00:05.00]hujan turun\n", encoding="utf-8")
    make_music(tmp_path / "music" / "b.mp3", {"title": "Ombak", "artist": "Rara"})
    with open_home(tmp_path / "home") as made:
        scan(made.database, add_folder(made.database, path.parent, at=NOW), at=NOW)
        heard = TrackHeard("done", None, 0.2, -0.3, 90.0, "C major", tuple((2.0 * n, 0.1, 0.2) for n in range(4)))
        with made.database.writing() as session:
            assert save_heard(session, Waiting(1, path, digest_of_pieces(path)), heard, version=1, at=NOW)
        yield made


def test_what_is_typed_is_found_and_a_line_begins_there(chromium: Browser, home: Home) -> None:
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/music")
        expect(page.get_by_text("Ombak")).to_be_visible()
        page.get_by_role("searchbox").press_sequentially("hujan kota")
        expect(page.get_by_text("Ombak")).to_be_hidden()
        page.get_by_role("link", name="Hujan di Kotamu").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hujan di Kotamu")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.get_by_role("button", name="hujan turun").click()
        expect(page.locator(".words li.now")).to_have_text("hujan turun")
        expect(page.locator(".arc")).to_have_class("arc now")
        here = page.locator(".arc line.here")
        page.wait_for_function("Number(document.querySelector('.arc line.here').getAttribute('x1')) >= 300")
        assert 300 <= float(here.get_attribute("x1") or 0) <= 600
