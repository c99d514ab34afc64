"""How large the first page is, and how soon it is there, in a real browser on loopback.

    .venv/bin/python bench/first_page.py [--times 30]

A home that is lived in (tests/web/seeded.py), a browser that was never here (nothing kept), n times. Bytes are what
went over the wire, covers of songs apart; milliseconds are the browser's own
(PerformanceNavigationTiming, first contentful paint).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "web")]

from seeded import fill, make_songs  # noqa: E402
from served import served  # noqa: E402

from senandung.api.home import open_home  # noqa: E402


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description="How large the first page is, and how soon it is there.")
    parser.add_argument("--times", type=int, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        with open_home(folder / "home") as home:
            fill(home, make_songs(folder / "music"), folder)
            with served(home, running=()) as address:
                visits = [visit(browser, address) for _ in range(given.times + 1)][1:]  # the first one compiles
        browser.close()
    said = {"n": given.times, "load_average": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}
    for name_ in ("bytes", "cover_bytes", "html_bytes", "first_byte_ms", "ready_ms", "paint_ms"):
        values = sorted(each[name_] for each in visits)
        said[name_] = {"median": round(statistics.median(values), 1), "worst": round(values[-1], 1)}
    print(json.dumps(said, indent=2))


def visit(browser: Browser, address: str) -> dict[str, float]:
    """One visit of somebody who was never here."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, service_workers="block")
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on("Network.requestWillBeSent", lambda said: names.update({said["requestId"]: said["request"]["url"]}))
    network.on("Network.loadingFinished", lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]}))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    times: dict[str, Any] = page.evaluate(
        """() => { const n = performance.getEntriesByType('navigation')[0];
        return { first: n.responseStart, ready: n.domContentLoadedEventEnd,
                 paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN } }"""
    )
    context.close()
    covers = sum(size for number, size in sizes.items() if "/cover/" in names[number])
    html = sum(size for number, size in sizes.items() if names[number].rstrip("/") == address)
    return {
        "bytes": sum(sizes.values()) - covers, "cover_bytes": covers, "html_bytes": html,
        "first_byte_ms": times["first"], "ready_ms": times["ready"], "paint_ms": times["paint"],
    }  # fmt: skip


if __name__ == "__main__":
    main()
