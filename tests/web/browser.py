"""A real browser: Debian's Chromium, driven by Playwright, started once a file.

from browser import opened

def test_in_a_browser(chromium: Browser, home: Home) -> None:
    with served(home) as address, opened(chromium) as page:
        page.goto(f"{address}/settings")
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1200, "height": 800}

_OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the tests of a file: while it runs, Playwright keeps an event loop in the thread of the tests."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, *, problems: bool = True, **options: Any) -> Iterator[Page]:
    """A page of a person of its own, as a phone shows it; what its console says of errors fails the test.

    Parameters
    ----------
    problems : whether errors on the console fail; a test that provokes them says False.
    options : of Playwright's context: viewport, color_scheme, locale, offline, …
    """
    said: list[str] = []
    context = browser.new_context(**{"viewport": PHONE, "service_workers": "block", **options})
    context.set_default_timeout(15000)
    page = context.new_page()
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    try:
        yield page
    finally:
        context.close()
    assert not (problems and said), said
