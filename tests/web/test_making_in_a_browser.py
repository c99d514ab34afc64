"""In a real browser: a song from a line to its sound, and a server that is killed in the middle of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import WIDE, opened
from playwright.sync_api import Browser, Page
from served import served
from waiting import until

from made_songs import BARS, SEED, STYLE, TEXT, made_song
from senandung.api.home import Home, open_home
from senandung.api.library import add_song
from senandung.api.original import compose_original
from senandung.remembering import jobs
from senandung.remembering.jobs import DONE, RUNNING, Job

__all__ = ["made_song"]

PATIENCE = 240_000
"""Milliseconds: a machine may have other things to do."""

TIME = 'document.querySelector("#player audio").currentTime'


def wish_for(page: Page, address: str, seed: int = SEED) -> None:
    """From a line to a wish that waits, as a person goes."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/make")
    page.fill("textarea[name=text]", TEXT)
    page.click("button:has-text('Baca rasanya')")
    page.wait_for_selector("form.wish")
    assert "rindu" in page.inner_text(".wish .quiet")
    page.fill("textarea[name=words]", "aku rindu kamu\nmalam ini sepi")
    page.wait_for_selector(".syllables:has-text('se·pi')")
    page.click("summary:has-text('Lagu dengan kata')")
    page.check(f"input[name=style][value={STYLE}]", force=True)
    page.check("input[name=voice][value=melati]", force=True)
    page.click("summary:has-text('Lainnya')")
    page.fill("input[name=bars]", str(BARS))
    page.fill("input[name=seed]", str(seed))
    page.click("button:has-text('Buat lagunya')")
    page.wait_for_selector(".job")


@pytest.mark.slow
def test_a_song_from_a_line_to_its_sound(chromium: Browser, tmp_path: Path) -> None:
    with open_home(tmp_path) as home, served(home) as address, opened(chromium) as page:
        wish_for(page, address)
        page.wait_for_selector(".job progress")
        page.reload()  # it is followed again
        page.click("a:has-text('Dengarkan')")
        page.wait_for_selector("[data-song][data-ready]")
        page.click("[data-song-play]")
        until(page, f"{TIME} > 1")
        page.wait_for_selector("button.line.now")
        assert page.locator(".line .done, .line .on").count()
        page.click("[data-song-play]")
        until(page, 'document.querySelector("#player audio").paused')
        page.click("[data-section] >> nth=-1")
        until(page, f'!document.querySelector("#player audio").paused && {TIME} > 2')


def test_the_song_s_parts_its_notes_and_its_report(chromium: Browser, made_song: Path, tmp_path: Path) -> None:
    with open_home(tmp_path) as home:
        number = add_song(home.database, made_song, owner_id=home.owner.id, at=datetime.now(UTC))
        with served(home, running=()) as address, opened(chromium, viewport=WIDE) as page:
            stems: list[str] = []
            page.on("response", lambda answer: stems.append(answer.url) if "/stems/" in answer.url else None)
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}/songs/{number}")
            page.wait_for_selector("[data-song][data-ready]")
            for name in ("Gulungan piano", "Not balok", "Not angka", "Suara satu per satu", "Keaslian"):
                page.click(f"summary:has-text('{name}')")
            page.click("[data-song-play]")
            page.wait_for_selector(".sheets.score g.measure.now")
            page.wait_for_selector(".likeness")
            seen = "it => it.getContext('2d').getImageData(0, 0, it.width, it.height).data.some(Boolean)"
            assert page.locator("canvas").evaluate(seen)
            assert page.locator(".sheets svg").first.bounding_box()
            page.click("[data-solo='1']")
            until(page, 'document.querySelector("#player audio").muted')
            until(page, 'document.querySelector("[data-mixer] [data-said]").textContent === ""')
            assert any(url.endswith("/stems/1?from=0") for url in stems)
            page.click("[data-whole]")
            until(page, '!document.querySelector("#player audio").muted')


def test_a_hum_is_recorded_kept_and_deleted(chromium: Browser, tmp_path: Path) -> None:
    with open_home(tmp_path) as home, served(home, running=()) as address, opened(chromium) as page:
        page.goto(f"{address}/make")
        place = page.locator("[data-recorder=tune]")
        place.locator("[data-record]").click()
        place.locator("[data-record].recording").wait_for()
        page.wait_for_timeout(1500)
        place.locator("[data-record]").click()
        place.locator("audio[src]").wait_for()
        place.locator("[data-again]").click()
        assert place.locator("input[type=file]").evaluate("input => input.files.length") == 0
        place.locator("[data-record]").click()
        page.wait_for_timeout(1500)
        place.locator("[data-record]").click()
        place.locator("audio[src]").wait_for()
        page.click("button:has-text('Baca rasanya')")
        page.wait_for_selector(".job")
        with home.database.reading() as session:
            (job,) = jobs.jobs_of(session, home.owner.id)
        kept = home.uploads / job.wish["tune"]
        assert kept.read_bytes()[:4] == b"RIFF"
        assert kept.stat().st_size > 40_000


def test_without_scripts_a_wish_is_made(chromium: Browser, tmp_path: Path) -> None:
    with open_home(tmp_path) as home, served(home, running=()) as address:
        with opened(chromium, java_script_enabled=False) as page:
            page.set_default_timeout(PATIENCE)
            page.goto(f"{address}/make")
            page.fill("textarea[name=text]", TEXT)
            page.click("button:has-text('Baca rasanya')")
            page.click("button:has-text('Buat lagunya')")
            assert "Menunggu giliran" in page.inner_text(".job")
        with home.database.reading() as session:
            assert jobs.open_jobs(session, home.owner.id) == 1


# killed in the middle


@contextmanager
def program(folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The program as a person runs it, in a home; its address, and its process."""
    command = [Path(sys.executable).parent / "senandung", "serve", "--port", "0", "--home", str(folder), "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"], process
    finally:
        process.terminate()
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def job_in(home: Home) -> Job:
    with home.database.reading() as session:
        return next(job for job in jobs.jobs_of(session, home.owner.id) if job.kind == "create")


@pytest.mark.slow
def test_a_server_that_is_killed_hard_begins_the_song_again(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, problems=False) as page:
        with program(tmp_path) as (address, process):
            wish_for(page, address, seed=21)
            number = re.search(r"/jobs/(\d+)", page.url)
            assert number is not None
            with open_home(tmp_path) as home:
                end = time.monotonic() + PATIENCE / 1000
                while job_in(home).progress < 0.05 and time.monotonic() < end:
                    time.sleep(0.02)
                assert job_in(home).state == RUNNING
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
        with program(tmp_path) as (address, _):
            page.goto(f"{address}/jobs/{number[1]}")
            page.click("a:has-text('Dengarkan')")
            page.wait_for_selector("[data-song][data-ready]")
            with open_home(tmp_path) as home:
                job = job_in(home)
                assert (job.state, job.seed, job.tries) == (DONE, 21, 1)
                assert [path.name for path in home.songs.iterdir()] == ["aku-rindu-kamu"]
                assert list((home.folder / "making").iterdir()) == []
    same, _ = compose_original(
        TEXT, words="aku rindu kamu\nmalam ini sepi", style=STYLE, bars=BARS, voice="melati", language="id", seed=21
    )
    assert job.result["song_id"] == same.song.song_id
