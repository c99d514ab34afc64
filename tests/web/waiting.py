"""Waiting for what a page's own scripts do: Playwright's `wait_for_function` needs eval, which the pages forbid."""

from __future__ import annotations

import time

from playwright.sync_api import Page


def until(page: Page, condition: str, *, seconds: float = 15.0) -> None:
    """Wait until an expression is true in the page, such as `document.title === "…"`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if page.evaluate(f"() => Boolean({condition})"):
            return
        page.wait_for_timeout(40)
    raise AssertionError(f"not within {seconds:g} s: {condition}")
