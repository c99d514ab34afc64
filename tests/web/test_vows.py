"""Listening to the end: no way to skip, Stop always, the notes before and after, what is told and what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser, Page
from served import add_person, client_as, client_of, post, served
from starlette.testclient import TestClient
from test_memories import tone
from waiting import until

from senandung.api import memories
from senandung.api.home import Home, open_home
from senandung.domain.memory import Vow
from senandung.remembering import vows
from settled import track

PLAYS = "!document.querySelector('#player audio').paused"
SECOND = "document.querySelector('#player audio').currentTime"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened_home:
        yield opened_home


@pytest.fixture
def songs(home: Home, tmp_path: Path) -> list[int]:
    """Two tracks of thirty seconds that play, and one known from a history alone."""
    rows = []
    for name in ("Kangen", "Sempurna"):
        tone(tmp_path / f"{name}.wav", 30)
        row = track(name, "Dewa 19", path=str(tmp_path / f"{name}.wav"))
        row.duration_ms, row.mime, row.suffix = 30_000, "audio/wav", "wav"
        rows.append(row)
    rows.append(track("Jauh", "Chrisye", owner=home.owner.id, address="https://example.org/jauh"))
    with home.database.writing() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def kept(home: Home, song: int) -> tuple[Vow, ...]:
    with home.database.reading() as session:
        return vows.vows_of_track(session, home.owner.id, song)


def begun(client: TestClient, song: int, **fields: str) -> str:
    answer = post(client, f"/listen/{song}", **fields)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_the_notes_before_and_after_are_kept(home: Home, songs: list[int]) -> None:
    with client_of(home) as client:
        before = client.get(f"/listen/{songs[0]}").text
        assert "Apakah sekarang waktu yang baik?" in before and "Nanti saja" in before and "Lagu lain" in before
        address = begun(client, songs[0], text="Takut.", word="takut")
        vow = int(address.rpartition("/")[2])
        assert "data-stop" in client.get(address).text
        told = post(client, f"{address}/ended", json={"how": "heard", "heard_ms": 30_000})
        assert told.json() == {"address": f"/vows/{vow}"}
        assert "Takut." in client.get(f"/vows/{vow}").text
        assert client.get(address).headers["location"] == f"/vows/{vow}"
        lega = {"felt": "yes", "feeling-valence": "0.5", "feeling-arousal": "-0.35", "text": "Lega."}
        assert post(client, f"/vows/{vow}", **lega).headers["location"] == f"/vows/track/{songs[0]}"
        shown = client.get(f"/vows/track/{songs[0]}").text
        assert "Takut." in shown and "Lega." in shown and "picture-change" in shown
        assert "Kangen" in client.get("/vows").text
    (one,) = kept(home, songs[0])
    assert (one.ended_how, one.heard_ms, one.before.felt.words, one.after.felt.place) == (
        "heard", 30_000, ("takut",), (0.5, -0.35),
    )  # fmt: skip


def test_a_song_that_is_elsewhere_takes_the_persons_word(home: Home, songs: list[int]) -> None:
    with client_of(home) as client:
        assert "tidak ada di sini" in client.get(f"/listen/{songs[2]}").text
        address = begun(client, songs[2])
        page = client.get(address).text
        assert "https://example.org/jauh" in page and "Sudah kudengar sampai habis" in page
        answer = post(client, f"{address}/said", how="heard")
        assert answer.headers["location"].startswith("/vows/")
    (one,) = kept(home, songs[2])
    assert one.elsewhere and one.ended_how == "heard"


def test_another_person_gets_404_and_wrong_ends_400(home: Home, songs: list[int]) -> None:
    with client_of(home) as client:
        address = begun(client, songs[0], text="rahasia")
        for wrong in ({"how": "skipped", "heard_ms": 1}, {"how": "heard", "heard_ms": "x"}, [], None):
            assert post(client, f"{address}/ended", json=wrong).status_code == 400
        assert client.get(address.replace(f"/{songs[0]}/", f"/{songs[1]}/")).status_code == 404
    vow = address.rpartition("/")[2]
    with client_as(home, add_person(home)) as other:
        for path in (address, f"/vows/{vow}"):
            assert other.get(path).status_code == 404
        assert post(other, f"{address}/ended", json={"how": "heard", "heard_ms": 1}).status_code == 404
        assert post(other, f"/vows/{vow}/delete").status_code == 404
        assert "Kangen" not in other.get("/vows").text


def begin_in(page: Page, address: str, song: int) -> None:
    page.goto(f"{address}/listen/{song}")
    page.click("text=Ya, sekarang")
    page.click("[data-vow] [data-begin]")
    until(page, f"{PLAYS} && {SECOND} > 0.3")


def test_in_a_browser_there_is_no_way_to_skip(chromium: Browser, home: Home, songs: list[int]) -> None:
    listening = """() => {
        window.handled = {};
        const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
        navigator.mediaSession.setActionHandler = (name, run) => {
            window.handled[name] = run !== null;
            set(name, run);
        };
    }"""
    with served(home) as address, opened(chromium) as page:
        page.add_init_script(f"({listening})()")
        begin_in(page, address, songs[0])
        assert page.evaluate("window.handled") == {
            "play": True, "pause": True, "stop": True, "nexttrack": False, "previoustrack": False,
            "seekbackward": False, "seekforward": False, "seekto": False,
        }  # fmt: skip
        assert page.evaluate("document.querySelector('#player audio').volume") <= 0.6
        shown = """[...document.querySelectorAll('[data-do]')]
            .filter((each) => each.checkVisibility()).map((each) => each.dataset.do)"""
        assert set(page.evaluate(shown)) <= {"toggle", "stop", "open"}
        assert not page.evaluate("[...document.querySelectorAll('[data-seek]')].some((each) => each.checkVisibility())")
        before = page.evaluate(SECOND)
        page.evaluate("document.activeElement.blur()")
        for key in ("l", "j", "Shift+N", "Shift+P", "ArrowRight", "ArrowLeft", "End", "Home", "PageDown", "9",
                    "MediaTrackNext", "MediaTrackPrevious"):  # fmt: skip
            page.keyboard.press(key)
        assert before <= page.evaluate(SECOND) < before + 6
        assert page.evaluate("document.querySelector('#player audio').currentSrc").endswith(f"/stream/{songs[0]}")
        page.keyboard.press("k")
        until(page, "document.querySelector('#player audio').paused")
        page.click("[data-vow] [data-pause]")
        until(page, PLAYS)
        page.click("[data-vow] [data-chills]")
        page.wait_for_selector("text=Ditandai di")
        assert page.locator("[data-vow] [data-stop]").is_visible()
        page.click("#player [data-do=open]")
        assert set(page.evaluate(shown)) <= {"toggle", "stop", "open", "close"}
        page.click("#player [data-do=close]")
        page.keyboard.press("Escape")
        page.wait_for_url("**/vows/*")
        assert "Kamu berhenti. Itu juga mendengarkan." in page.inner_text("main")
        page.fill("textarea[name=text]", "Belum sekarang.")
        page.click("main form button:text-is('Simpan')")
        page.wait_for_selector("text=Belum sekarang.")
    (one,) = kept(home, songs[0])
    assert one.ended_how == "stopped" and one.after.text == "Belum sekarang."
    (chill,) = memories.of_track(home, home.owner, songs[0])
    assert chill.memory.kind == "chills" and chill.vow_id == one.id


def test_in_a_browser_other_songs_wait_and_the_end_leads_on(
    chromium: Browser,
    home: Home,
    songs: list[int],
) -> None:
    with served(home) as address, opened(chromium) as page:
        begin_in(page, address, songs[0])
        page.evaluate(f"() => {{ history.pushState(null, '', '/track/{songs[1]}'); history.back(); }}")
        button = f"""() => {{
            const button = document.createElement("button");
            button.dataset.play = JSON.stringify({{id: {songs[1]}, title: "x", artist: "", cover: null, ms: 30000}});
            document.querySelector("#main").append(button);
            document.dispatchEvent(new CustomEvent("htmx:after:swap"));
            button.click();
        }}"""
        page.evaluate(button)
        assert page.evaluate("document.querySelector('#player audio').currentSrc").endswith(f"/stream/{songs[0]}")
        page.evaluate("document.querySelector('#player audio').currentTime = 29.4")  # the test skips, the person cannot
        page.wait_for_url("**/vows/*")
        assert "Sampai habis." in page.inner_text("main")
    (one,) = kept(home, songs[0])
    assert one.ended_how == "heard"


def test_in_a_browser_leaving_is_kept_but_not_shown(
    chromium: Browser,
    home: Home,
    songs: list[int],
) -> None:
    with served(home) as address, opened(chromium) as page:
        begin_in(page, address, songs[0])
        page.goto(f"{address}/music")
        page.goto(f"{address}/vows")
        assert "Kangen" not in page.inner_text("main")
    assert kept(home, songs[0]) == ()
