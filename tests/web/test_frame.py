"""The frame: who is let in, what every answer carries, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import chromium, opened  # noqa: F401
from playwright.sync_api import Browser
from served import client_of, post, served

from senandung.api.home import Home, open_home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as opened_home:
        yield opened_home


def test_the_owner_comes_in_on_this_machine_without_a_password(home: Home) -> None:
    with client_of(home) as client:
        assert client.get("/settings").status_code == 200
        assert post(client, "/settings/look", language="en").status_code == 303
        assert '<html lang="en"' in client.get("/settings").text


def test_a_form_of_another_site_is_refused(home: Home) -> None:
    with client_of(home) as client:
        assert client.post("/settings/look", data={"language": "en"}).status_code == 403
        assert '<html lang="id"' in client.get("/settings").text


def test_in_a_browser_a_form_changes_the_page(chromium: Browser, home: Home) -> None:  # noqa: F811
    with served(home) as address, opened(chromium) as page:
        page.goto(f"{address}/settings")
        page.select_option("select[name=language]", "en")
        page.click("button:has-text('Simpan')")
        page.wait_for_selector("text=Saved.")
        assert page.locator("html").get_attribute("lang") == "en"
