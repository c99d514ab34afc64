"""A song given to exactly one person: previews claim nothing, one device opens it, taking it back cuts the sound."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from axe import CALM, faults
from browser import opened
from playwright.sync_api import Browser
from served import add_person, client_as, client_of, post, served
from starlette.testclient import TestClient
from test_memories import tone
from waiting import until

from senandung.api import memories, sharing
from senandung.api.home import Home, open_home
from senandung.api.memories import Written
from senandung.app.web.serving import Serving
from senandung.remembering import sharing as shares
from senandung.remembering.store.accounts import AccountRow
from settled import NOW, track

PUBLIC: dict[str, Any] = {
    "serving": Serving(public_url="https://senandung.example"),
    "url": "https://senandung.example",
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened_home:
        yield opened_home


@pytest.fixture
def song(home: Home, tmp_path: Path) -> int:
    """A track of a minute, of nearly a megabyte."""
    tone(tmp_path / "kangen.wav", 60)
    with home.database.writing() as session:
        row = track("Kangen", "Dewa 19", path=str(tmp_path / "kangen.wav"))
        row.duration_ms, row.mime, row.suffix = 60_000, "audio/wav", "wav"
        row.lyrics = [[0, "Hujan turun lagi"], [2000, "Aku rindu kamu"]]
        session.add(row)
        session.flush()
        return row.id


def given(client: TestClient, song: int, **fields: str) -> str:
    """The path of a new link."""
    written = {"letter": "Untukmu, sampai bait kedua.", "start": "0:05", "ends": "30", **fields}
    answer = post(client, f"/give/{song}", **written)
    assert answer.status_code == 200, answer.text[:500]
    found = re.search(r"(/g/[A-Za-z0-9_-]{43})<", answer.text)
    assert found is not None
    return found[1]


def open_it(client: TestClient, path: str) -> None:
    answer = send(client, path, path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)


def send(client: TestClient, page: str, to: str, **fields: str) -> Any:
    """Send a form of a page that is open to all."""
    found = re.search(r'data-csrf="([0-9a-f]{64})"', client.get(page).text)
    assert found is not None
    return client.post(to, data={"csrf": found[1], **fields})


def stranger(home: Home) -> AbstractContextManager[TestClient]:
    """A browser of somebody who never came in, elsewhere."""
    return client_of(home, address="203.0.113.7", **PUBLIC)


def test_looking_shows_nothing_and_claims_nothing(home: Home, song: int) -> None:
    with client_of(home) as owner, stranger(home) as other:
        path = given(owner, song)
        for _ in range(100):
            answer = other.get(path, headers={"user-agent": "WhatsApp/2 preview"})
            assert answer.status_code == 200 and "Sebuah lagu menunggumu" in answer.text
        for secret in ("Kangen", "Untukmu", "Dewa", "pemilik"):
            assert secret not in answer.text
        assert other.head(path).status_code == 200
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "no-store" in answer.headers["cache-control"]
        assert other.get(f"{path}/stream").status_code == 410
        open_it(other, path)
        assert "Untukmu, sampai bait kedua." in other.get(path).text


def test_one_device_has_it_and_the_sender_may_move_it_once(home: Home, song: int) -> None:
    with client_of(home) as owner, stranger(home) as first, stranger(home) as second, stranger(home) as third:
        path = given(owner, song)
        open_it(first, path)
        cookie = next(each for each in first.cookies.jar if "gift" in each.name)
        assert cookie.name.startswith("__Host-gift-") and cookie.secure and cookie.path == "/"
        for other in (second, third):
            closed = other.get(path)
            assert closed.status_code == 410 and "Sudah dibuka di perangkat lain" in closed.text
            assert "Untukmu" not in closed.text
            assert send(other, path, path).status_code == 410
        assert send(second, path, f"{path}/ask").status_code == 303
        assert "Permintaanmu sudah sampai" in second.get(path).text
        assert send(third, path, f"{path}/ask").status_code == 410
        assert "Perangkat lain ingin membukanya" in owner.get("/gifts/1").text
        assert post(owner, "/gifts/1/answer", answer="yes").status_code == 303
        assert "Untukmu" in second.get(path).text
        gone = first.get(path)
        assert gone.status_code == 410 and "Minta dipindahkan" not in gone.text
        assert first.get(f"{path}/stream").status_code == 410
        assert send(third, path, f"{path}/ask").status_code == 410


def test_taken_back_the_next_piece_is_refused(home: Home, song: int) -> None:
    with client_of(home) as owner, stranger(home) as other:
        path = given(owner, song)
        open_it(other, path)
        part = other.get(f"{path}/stream", headers={"Range": "bytes=0-99"})
        assert (part.status_code, len(part.content)) == (206, 100)
        assert post(owner, "/gifts/1/revoke").status_code == 303
        assert other.get(f"{path}/stream", headers={"Range": "bytes=100-199"}).status_code == 410
        closed = other.get(path)
        assert closed.status_code == 410 and "ditarik" in closed.text and "Untukmu" not in closed.text


def test_a_memory_goes_along_and_a_reply_comes_back(home: Home, song: int) -> None:
    memory = memories.add(
        home, home.owner, song, Written(text="Hujan di peron.", when="2009"), at=NOW, today=NOW.date()
    )
    with client_of(home) as owner, stranger(home) as other:
        assert "Hujan di peron." in owner.get(f"/give/{song}?memory={memory.id}").text
        path = given(owner, song, memory=str(memory.id), for_whom="Dewi")
        open_it(other, path)
        page = other.get(path).text
        assert "Hujan di peron." in page and "Aku rindu kamu" in page and "Dewi" not in page
        assert send(other, path, f"{path}/reply", text="Aku ingat juga.").status_code == 303
        assert send(other, path, f"{path}/reply", text=" ").status_code == 400
        assert "Aku ingat juga." in other.get(path).text
        assert "Aku ingat juga." in owner.get("/gifts/1").text
        assert sharing.shown_replies(home, home.owner, song) == ()
        assert post(owner, "/gifts/replies/1", state="shown", share="1").status_code == 303
        assert "Aku ingat juga." in owner.get(f"/track/{song}/memories").text
        assert post(owner, "/gifts/replies/1", state="hidden").status_code == 303
        assert "Aku ingat juga." not in owner.get(f"/track/{song}/memories").text
        assert post(owner, "/gifts/replies/1", state="praised").status_code == 400
        assert post(owner, "/gifts/replies/1", state="deleted").status_code == 303
        assert "Aku ingat juga." not in owner.get("/gifts/1").text


def test_another_person_of_the_home_sees_and_does_nothing(home: Home, song: int) -> None:
    with client_of(home) as owner:
        given(owner, song)
    with client_as(home, add_person(home)) as other:
        assert other.get("/gifts/1").status_code == 404
        assert "Kangen" not in other.get("/gifts").text
        for path in ("/gifts/1/revoke", "/gifts/1/delete", "/gifts/1/answer"):
            assert post(other, path).status_code == 404
        assert post(other, "/gifts/replies/1", state="shown").status_code == 404


def test_the_sender_is_told_where_a_link_works_and_not_to_open_it(home: Home, song: int) -> None:
    with client_of(home) as owner:
        answer = post(owner, f"/give/{song}", letter="x")
        assert "hanya berlaku di komputer ini" in answer.text
        found = re.search(r"(/g/[A-Za-z0-9_-]{43})<", answer.text)
        assert found is not None
        assert "Ini tautanmu sendiri" in owner.get(found[1]).text
        assert owner.get("/g/" + "x" * 43).status_code == 404
        assert owner.get("/g/short").status_code == 404
    with client_of(home, **PUBLIC, address="127.0.0.1") as proxied:
        assert proxied.get("/gifts").status_code in (303, 401)


def test_no_secret_is_in_the_log_or_in_a_file(tmp_path: Path) -> None:
    """The program itself, as it serves: what it prints while a link is opened, and what it writes."""
    tone(tmp_path / "kangen.wav", 2)
    with open_home(tmp_path / "home") as home:
        with home.database.writing() as session:
            row = track("Kangen", "Dewa 19", path=str(tmp_path / "kangen.wav"))
            session.add(row)
            session.flush()
            number = row.id
        with client_of(home) as owner:
            secret = given(owner, number).rpartition("/")[2]
    port = free_port()
    command = [sys.executable, "-c", "from senandung.app.cli import main; main()", "serve", "--port", str(port)]
    environment = {**os.environ, "SENANDUNG_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}
    program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = wait_for(f"http://127.0.0.1:{port}/g/{secret}")
        assert "Sebuah lagu menunggumu" in said
        for path in (f"/g/{secret}/stream", f"/g/{secret}/nothing", f"/g/{secret}/cover"):
            with pytest.raises(urllib.error.HTTPError, match=r"HTTP Error 4\d\d"):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
    finally:
        program.terminate()
        printed, _ = program.communicate(timeout=20)
    assert printed.strip()
    assert secret not in printed
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def wait_for(address: str) -> str:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the program did not begin to serve")


def test_in_two_browsers_one_opens_it_hears_it_and_loses_it(chromium: Browser, home: Home, song: int) -> None:
    with served(home) as address, client_of(home) as owner:
        path = given(owner, song)
        with home.database.writing() as session:  # on this machine everybody is the owner: let there be a password
            row = session.get_one(AccountRow, home.owner.id)
            row.password = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
        with opened(chromium, problems=False) as mine, opened(chromium, problems=False) as theirs:
            mine.goto(f"{address}{path}")
            theirs.goto(f"{address}{path}")
            mine.click("button:text-is('Buka')")
            mine.wait_for_selector("text=Untukmu, sampai bait kedua.")
            until(mine, "document.querySelector('.gift-song audio').currentTime >= 5")
            theirs.click("button:text-is('Buka')")
            theirs.wait_for_selector("text=Sudah dibuka di perangkat lain")
            assert "Untukmu" not in theirs.inner_text("body")
            mine.evaluate("document.querySelector('.gift-song audio').play()")
            until(mine, "document.querySelector('.gift-song audio').currentTime > 5.3")
            assert "Aku rindu kamu" in mine.inner_text(".gift-words li.now")
            assert mine.evaluate("document.referrer") == ""
            with home.database.writing() as session:
                assert shares.revoke(session, home.owner.id, 1, at=NOW)
            asked = f"fetch('{path}/stream', {{headers: {{Range: 'bytes=0-9'}}}}).then((it) => it.status)"
            assert mine.evaluate(asked) == 410
            mine.reload()
            mine.wait_for_selector("text=Sudah ditarik oleh pengirimnya")


def test_in_a_browser_a_gift_is_for_everybody_before_and_after_it_is_opened(
    chromium: Browser, home: Home, song: int, tmp_path: Path
) -> None:
    written = Written(text="Hujan di peron.", when="2009", people="Dewi", place="Gambir", valence=-0.3, arousal=0.1)
    memory = memories.add(home, home.owner, song, written, at=NOW, today=NOW.date())
    found: dict[str, list[str]] = {}
    with served(home) as address, client_of(home) as owner:
        path = given(owner, song, memory=str(memory.id), for_whom="Dewi")
        with home.database.writing() as session:  # on this machine everybody is the owner: let there be a password
            row = session.get_one(AccountRow, home.owner.id)
            row.password = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
        options = {**CALM, "problems": False}
        with opened(chromium, **options) as mine, opened(chromium, **options) as theirs:
            for each in (mine, theirs):
                each.goto(f"{address}{path}")
            found["waiting"] = faults(mine)
            mine.click("button:text-is('Buka')")
            mine.wait_for_selector("text=Untukmu, sampai bait kedua.")
            assert mine.locator("text=Hujan di peron.").count() == 1
            found["opened"] = faults(mine)
            mine.fill("textarea", "Aku ingat juga.")
            mine.locator("form:has(textarea) button").click()
            mine.wait_for_selector("p:text('Aku ingat juga.')")
            found["replied"] = faults(mine)
            theirs.click("button:text-is('Buka')")
            theirs.wait_for_selector("text=Sudah dibuka di perangkat lain")
            found["another's"] = faults(theirs)
            with home.database.writing() as session:
                assert shares.revoke(session, home.owner.id, 1, at=NOW)
            mine.reload()
            found["taken back"] = faults(mine)
    assert {state: each for state, each in found.items() if each} == {}


def test_in_a_browser_a_gift_file_comes_down_and_the_page_stays(chromium: Browser, home: Home, song: int) -> None:
    with served(home) as address, opened(chromium) as page:
        page.goto(f"{address}/give/{song}")
        page.fill("textarea[name=letter]", "Untukmu.")
        with page.expect_download() as coming:
            page.click("text=Buat berkas")
        assert coming.value.suggested_filename == "kangen.html"
        assert "Untukmu." in Path(coming.value.path()).read_text("utf-8")
        assert page.input_value("textarea[name=letter]") == "Untukmu."
        page.click("text=Buat tautan")
        page.wait_for_selector("text=Tautannya siap")
        assert "/g/" in page.inner_text("#gift-link")
        assert "/g/" not in page.url


def test_in_a_browser_without_scripts_a_link_is_opened(chromium: Browser, home: Home, song: int) -> None:
    with client_of(home) as owner:
        path = given(owner, song)
    with home.database.writing() as session:
        session.get_one(
            AccountRow, home.owner.id
        ).password = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"
    with served(home) as address, opened(chromium, java_script_enabled=False) as page:
        page.goto(f"{address}{path}")
        page.click("button:text-is('Buka')")
        page.wait_for_selector("text=Untukmu, sampai bait kedua.")
