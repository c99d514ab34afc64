"""The pictures of the home's pages in docs/pictures/home, of a home that nobody lives in (tests/web/seeded.py).

.venv/bin/python scripts/home_pictures.py
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "web")]

from seeded import Seeds, fill, make_songs  # noqa: E402
from served import served  # noqa: E402

from senandung.api.home import open_home  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "home"

PHONE = {"width": 390, "height": 780}
WIDE = {"width": 1180, "height": 760}

PAGES = {
    "now": "/", "music": "/music", "album": "/music/albums/{seeds.album}", "track": "/track/{seeds.track}",
    "memories": "/memories", "memory": "/memories/{seeds.memory}", "write": "/memories/new?track={seeds.track}&t=4",
    "listen": "/listen/{seeds.track}", "change": "/vows/track/{seeds.track}", "give": "/give/{seeds.track}",
    "gift": "/g/{seeds.link}", "make": "/make", "reading": "/make/{seeds.read}", "song": "/songs/{seeds.song}",
    "jobs": "/jobs/{seeds.job}", "history": "/history", "avoided": "/avoided", "you": "/settings",
    "devices": "/settings/devices", "programs": "/settings/programs", "people": "/settings/people",
    "connection": "/settings/connection", "sign-in": "/in?code=ABCDEFGH",
}  # fmt: skip

BOTH = ("now", "music", "track", "memories", "reading", "song", "change", "you")
"""Shown wide and dark too."""


def main() -> None:
    """Make them all anew."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--mute-audio", "--autoplay-policy=no-user-gesture-required"],
        )
        with open_home(folder / "home") as home:
            seeds = fill(home, make_songs(folder / "music", seconds=60), folder)
            with served(home, running=()) as address:
                shutil.rmtree(OUT, ignore_errors=True)
                OUT.mkdir(parents=True)
                take(browser, address, seeds, "phone", PHONE, "light", tuple(PAGES))
                take(browser, address, seeds, "wide", WIDE, "dark", BOTH)
        browser.close()


def take(
    browser: Browser, address: str, seeds: Seeds, kind: str, size: dict[str, int], look: str, names: tuple[str, ...]
) -> None:
    """Pictures of pages on one kind of screen, and of the player."""
    context = browser.new_context(viewport=size, color_scheme=look, reduced_motion="reduce", service_workers="block")
    page = context.new_page()
    for name in names:
        page.goto(address + PAGES[name].format(seeds=seeds))
        page.wait_for_timeout(700)
        save(page, f"{name}-{kind}")
    page.goto(f"{address}/track/{seeds.track}")
    page.locator("main [data-play]").first.click()
    page.wait_for_timeout(5500)
    page.locator("#player .player-open").click()
    page.wait_for_timeout(500)
    save(page, f"player-{kind}")
    context.close()


def save(page: Page, name: str) -> None:
    """What is on the screen, as a small picture."""
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(OUT / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    main()
