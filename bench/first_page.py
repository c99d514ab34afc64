"""How large the first page is with everything that it fetches, and how soon it is there, in a real browser on loopback.

    .venv/bin/python bench/first_page.py [--times 30] [--scale 1]

A home that is lived in (tests/web/seeded.py), served by the program in a process of its own, and a browser that was
never here (nothing kept), n times; before each visit a line of plain text is opened the same way (`bare_ms`: what the
browser itself takes). An empty tab stands for a while before the address is opened in it, as a person's does: a browser
takes about as long to start a tab's process, and to close the one before, as the page takes, on the same two cores.
Bytes are all that went over the wire, headers, cover and service worker included, counted between browser and server;
milliseconds are the browser's own (PerformanceNavigationTiming, first contentful paint) of visits in which nothing is
counted; `worked_ms` is what the page's main thread took of a processor until all was quiet. `with_tab` has the same of
visits whose address is opened with the tab, at once after another was closed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "web")]

from seeded import fill, make_songs  # noqa: E402

from senandung.api.home import open_home  # noqa: E402

MOST_BYTES = 100_000
MOST_MS = 200

SETTLED_S = 0.7
"""Seconds that an empty tab stands, and that the one before has been closed."""


def main() -> int:
    """Measure and print one JSON object; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description="How large the first page is, and how soon it is there.")
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of the screen to a pixel of the page")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        with open_home(folder / "home") as home:
            fill(home, make_songs(folder / "music"), folder)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        with serve(folder / "home") as port:
            sizes = [weigh(browser, port, given.scale) for _ in range(3)]
            address = f"http://localhost:{port}"
            visits = [visit(browser, address, given.scale, SETTLED_S) for _ in range(given.times + 1)][1:]
            hasty = [visit(browser, address, given.scale, 0.0) for _ in range(given.times + 1)][1:]
        browser.close()
    whole = max(size["all"] for size in sizes)
    said: dict[str, Any] = {"n": given.times, "scale": given.scale, "load_average": round(os.getloadavg()[0], 1),
                            "cores": os.cpu_count(), "bytes": whole, "kinds": sizes[-1]}  # fmt: skip
    said.update(summary(visits), with_tab=summary(hasty))
    print(json.dumps(said, indent=2))
    return int(whole > MOST_BYTES or said["ready_ms"]["median"] > MOST_MS)


def summary(visits: list[dict[str, float]]) -> dict[str, dict[str, int]]:
    """Of each figure the first quarter, the median and the worst."""
    said = {}
    for name in visits[0]:
        values = sorted(each[name] for each in visits)
        middle = round(statistics.median(values))
        said[name] = {"quarter": round(values[len(values) // 4]), "median": middle, "worst": round(values[-1])}
    return said


@contextmanager
def serve(folder: Path) -> Iterator[int]:
    """The home served by the program; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = [str(Path(sys.executable).with_name("senandung")), "serve", "--home", str(folder), "--port", str(port)]
    running = subprocess.Popen(program, stdout=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        running.terminate()
        running.wait(30)


def new_page(browser: Browser, scale: float, **options: Any) -> Page:
    """A page of somebody who was never here."""
    return browser.new_context(viewport={"width": 360, "height": 740}, device_scale_factor=scale, **options).new_page()


def weigh(browser: Browser, port: int, scale: float) -> dict[str, int]:
    """Bytes of a first visit with all that it fetches; by kind as the browser tells them (headers included)."""
    with counted(port) as (through, count):
        page = new_page(browser, scale)
        kinds: dict[str, int] = {}
        names: dict[str, str] = {}
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", lambda said: names.update({said["requestId"]: kind_of(said)}))
        network.on("Network.loadingFinished", lambda said: add(kinds, names, said))
        page.goto(f"http://localhost:{through}")
        page.wait_for_load_state("networkidle")
        page.wait_for_function("navigator.serviceWorker.getRegistration().then((it) => !!(it && it.active))")
        page.wait_for_timeout(500)
        page.context.close()
        return {"all": count(), **dict(sorted(kinds.items()))}


def kind_of(said: dict[str, Any]) -> str:
    """Cover, or what the browser calls it."""
    return "Cover" if "/cover/" in said["response"]["url"] else str(said["type"])


def add(kinds: dict[str, int], names: dict[str, str], said: dict[str, Any]) -> None:
    """Add what came to its kind."""
    kind = names.get(said["requestId"], "Other")
    kinds[kind] = kinds.get(kind, 0) + int(said["encodedDataLength"])


@contextmanager
def counted(port: int) -> Iterator[tuple[int, Any]]:
    """A port that leads to another, and how many bytes came from there."""
    total = [0]
    with socket.create_server(("127.0.0.1", 0)) as place:

        def pass_on(source: socket.socket, to: socket.socket, counts: bool) -> None:
            try:
                while data := source.recv(1 << 16):
                    total[0] += len(data) if counts else 0
                    to.sendall(data)
                to.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        def accept() -> None:
            while True:
                try:
                    near, _ = place.accept()
                except OSError:
                    return
                far = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=pass_on, args=(near, far, False), daemon=True).start()
                threading.Thread(target=pass_on, args=(far, near, True), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield int(place.getsockname()[1]), lambda: total[0]


def visit(browser: Browser, address: str, scale: float, settled: float) -> dict[str, float]:
    """One visit of somebody who was never here, in a tab that stood for so many seconds."""
    time.sleep(settled)
    bare = new_page(browser, scale, service_workers="block")
    time.sleep(settled)
    bare.goto(f"{address}/static/built-from.txt")
    floor = float(bare.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"))
    bare.context.close()
    time.sleep(settled)
    page = new_page(browser, scale)
    time.sleep(settled)
    clock = page.context.new_cdp_session(page)
    clock.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    worked = {each["name"]: each["value"] for each in clock.send("Performance.getMetrics")["metrics"]}
    times: dict[str, Any] = page.evaluate(
        """() => { const n = performance.getEntriesByType('navigation')[0];
        return { first: n.responseStart, ready: n.domContentLoadedEventEnd,
                 paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN } }"""
    )
    page.context.close()
    return {
        "bare_ms": floor, "first_byte_ms": times["first"], "ready_ms": times["ready"], "paint_ms": times["paint"],
        "worked_ms": 1000 * worked["TaskDuration"],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
