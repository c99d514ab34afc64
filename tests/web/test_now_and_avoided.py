"""The first page and the page of the avoided song: what they say, to whom, and that nothing is pushed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browser import opened
from playwright.sync_api import Browser
from served import add_person, client_as, client_of, post, served
from sqlalchemy import delete, insert
from starlette.testclient import TestClient

from listeners import BEGIN, DAY, rows_of
from senandung.api import accounts, avoided, now
from senandung.api.avoided import Month
from senandung.api.home import Home, open_home
from senandung.app.web.avoided import HEIGHT, picture_of
from senandung.app.web.now import SENTENCES, reasons_of, running, sentence_of
from senandung.app.web.words import LANGUAGES, all_words, say
from senandung.domain.feeling import PLACES
from senandung.domain.music import TrackWhole
from senandung.remembering.fitting import WEIGHTS
from senandung.remembering.heard import BUTTON, DONE
from senandung.remembering.store.base import instant_of
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import TrackRow

AT = instant_of(BEGIN + 400 * DAY + 15 * 3_600_000)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as made:
        with made.database.writing() as session:
            rows = [
                TrackRow(path=f"/nowhere/{n}.ogg", title=f"Lagu {n}", artist=f"Penyanyi {n % 8}", merge_key=f"lagu {n}",
                         duration_ms=200_000, added=AT, search="")
                for n in range(40)
            ]  # fmt: skip
            session.add_all(rows)
            session.flush()
            ended = {DONE: "trackdone", BUTTON: "fwdbtn"}
            told = {"account_id": made.owner.id, "source": "spotify", "offset_minutes": 420, "doubled": False}
            session.execute(
                insert(PlayRow),
                [
                    {**told, "track_id": rows[song].id, "started": instant_of(at), "played_ms": ms,
                     "skipped": bool(skip), "began": "clickrow" if chosen else "trackdone", "ended": ended[end]}
                    for song, at, ms, chosen, end, skip in rows_of()
                ],
            )  # fmt: skip
        yield made


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    with client_of(home, clock=lambda: AT) as opened_client:
        yield opened_client


def test_the_first_page_offers_one_song_with_its_reasons_and_not_now_changes_it(home: Home, client: TestClient) -> None:
    page = client.get("/").text
    offer = now.offer_now(home, home.owner, at=AT)
    assert offer is not None and f">{offer.track.title}</a>" in page and page.count("now-song") == 1
    t = partial(say, "id")
    for text, points in reasons_of(t, offer):
        assert text in page and f">{points}<" in page
    assert f'<td class="numbers">{offer.points}</td>' in page and sentence_of(t, offer) in page
    assert client.get("/").text.count(offer.track.title) == page.count(offer.track.title)
    assert post(client, "/now/not-now", offer=offer.id).status_code == 303
    assert f">{offer.track.title}</a>" not in client.get("/").text
    assert post(client, "/now/not-now", offer="9" * 9).status_code == 404
    assert post(client, "/now/not-now", offer="x").status_code == 404


def test_a_long_history_that_was_not_read_yet_keeps_no_page_waiting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now, "LITTLE", 30)
    sari = add_person(home)
    options: dict[str, Any] = {"clock": lambda: AT, "running": ()}
    with client_of(home, **options) as client, client_as(home, sari, **options) as other:
        for each in (client, other):
            first = each.get("/").text
            assert say("id", "now.waiting") in first and "now-song" not in first
            assert 'hx-get="/?wait=1"' in first, "the page asks for its song itself"
            assert 'content="0; url=/?wait=1"' in first, "and so it does without a script"
            waited = each.get("/?wait=1").text
            assert waited.count("now-song") == 1 and say("id", "now.waiting") not in waited
            assert each.get("/").text.count("now-song") == 1, "it was read"
        with home.database.writing() as session:
            session.execute(delete(PlayRow).where(PlayRow.id % 2 == 0, PlayRow.account_id == home.owner.id))
        assert say("id", "now.waiting") in client.get("/").text, "what went is not counted on"
        assert other.get("/").text.count("now-song") == 1, "another's history is not read for it"


def test_everybodys_listening_is_read_at_the_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(now, "LITTLE", 0)
    sari = add_person(home)
    assert not now.at_hand(home, sari) and not now.at_hand(home, home.owner)
    with running(home):
        end = time.monotonic() + 30
        while not now.at_hand(home, sari) and time.monotonic() < end:
            time.sleep(0.02)
    assert now.at_hand(home, sari) and now.at_hand(home, home.owner)


def test_in_a_browser_a_page_that_waits_fills_itself(
    chromium: Browser, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now, "LITTLE", 30)
    with served(home, running=()) as address, opened(chromium) as page:
        page.goto(address)
        page.wait_for_selector(".now-song")
        assert page.url == f"{address}/"


def test_a_feeling_is_said_and_taken_back(home: Home, client: TestClient) -> None:
    assert post(client, "/now/feeling", **{"now-valence": "-0.65", "now-arousal": "-0.3"}).status_code == 303
    assert "<em>sedih</em>" in client.get("/").text
    assert post(client, "/now/feeling", clear="yes").status_code == 303
    assert "<em>sedih</em>" not in client.get("/").text
    assert post(client, "/now/feeling", **{"now-valence": "much", "now-arousal": "0"}).status_code == 400


def test_an_empty_home_says_where_songs_come_from(tmp_path: Path) -> None:
    with open_home(tmp_path / "empty") as empty, client_of(empty) as client:
        page = client.get("/").text
        assert say("id", "now.none") in page and 'href="/make"' in page


def test_the_avoided_song_is_named_nowhere_until_it_is_asked_for(home: Home, client: TestClient) -> None:
    asks = client.get("/avoided").text
    assert "Lagu 0" not in asks and say("id", "avoided.no_medicine") in asks and "healing119.id" in asks
    for path in ("/", "/settings", "/memories"):
        assert say("id", "avoided.asks_avoided") not in client.get(path).text
    assert client.get("/avoided/1").status_code == 404
    assert post(client, "/avoided/answer", track=1, said="avoid").status_code == 404
    assert post(client, "/avoided/ask", wanted="yes").status_code == 303
    page = client.get("/avoided").text
    assert '<h2 id="avoided-title">Lagu 0</h2>' in page and "75 kali" in page and "60 kali dilompati" in page
    assert page.count("avoided-song") == 1 and "data-play" not in page.split('id="player"')[0]
    assert post(client, "/avoided/ask", wanted="no").status_code == 303
    assert "Lagu 0" not in client.get("/avoided").text


def test_before_it_is_heard_it_is_asked_whether_now_is_a_good_time(home: Home, client: TestClient) -> None:
    post(client, "/avoided/ask", wanted="yes")
    page = client.get("/avoided/1").text
    assert say("id", "avoided.before_ask") in page and 'href="/listen/1"' in page
    assert say("id", "avoided.before_2") in page and "119" in page
    assert client.get("/avoided/2").status_code == 404


def test_the_persons_word_is_kept_and_forgotten(home: Home, client: TestClient) -> None:
    post(client, "/avoided/ask", wanted="yes")
    assert post(client, "/avoided/answer", track=1, said="outgrew").status_code == 303
    page = client.get("/avoided").text
    assert '<h2 id="avoided-title">Lagu 0' not in page and say("id", "avoided.you_said_outgrew") in page
    assert post(client, "/avoided/answer", track=1, said="forget").status_code == 303
    assert '<h2 id="avoided-title">Lagu 0</h2>' in client.get("/avoided").text
    assert post(client, "/avoided/answer", track=1, said="perhaps").status_code == 400
    assert post(client, "/avoided/answer", track=39, said="avoid").status_code == 404


def test_nevers_are_added_listed_and_taken_back(home: Home, client: TestClient) -> None:
    post(client, "/avoided/ask", wanted="yes")
    assert post(client, "/avoided/never", kind="person", name="Bu Sri").status_code == 303
    assert post(client, "/avoided/never", kind="time", first="2010-01-01", last="2010-02-01").status_code == 303
    assert post(client, "/avoided/never", kind="song", track=1).status_code == 303
    page = client.get("/avoided").text
    assert "Bu Sri" in page and "1 Januari 2010 – 1 Februari 2010" in page
    assert '<h2 id="avoided-title">Lagu 0</h2>' not in page
    (first, *_) = avoided.nevers(home, home.owner)
    assert post(client, "/avoided/allow", never=first.id).status_code == 303
    assert "Bu Sri" not in client.get("/avoided").text
    assert post(client, "/avoided/allow", never=first.id).status_code == 404
    for wrong in ({"kind": "time", "first": "x", "last": "y"}, {"kind": "colour"}, {"kind": "person", "name": " "}):
        assert post(client, "/avoided/never", **wrong).status_code == 400


def test_for_minors_and_where_the_owner_switched_it_off_there_is_no_such_page(home: Home) -> None:
    child = add_person(home, minor=True)
    with client_as(home, child, clock=lambda: AT) as client:
        assert client.get("/avoided").status_code == 404
        assert post(client, "/avoided/ask", wanted="yes").status_code == 404
    accounts.set_setting(home, "avoided", False)
    with client_of(home, clock=lambda: AT) as client:
        assert client.get("/avoided").status_code == 404


def test_another_person_sees_nothing_of_it(home: Home) -> None:
    avoided.ask(home, home.owner, True)
    offer = now.offer_now(home, home.owner, at=AT)
    never = avoided.never_this_song(home, home.owner, 3, at=AT)
    assert offer is not None and never
    with client_as(home, add_person(home), clock=lambda: AT) as client:
        post(client, "/avoided/ask", wanted="yes")
        page = client.get("/avoided").text
        assert "Lagu 0" not in page and "Lagu 2" not in page
        assert client.get("/avoided/1").status_code == 404
        assert post(client, "/avoided/answer", track=1, said="avoid").status_code == 404
        (kept,) = avoided.nevers(home, home.owner)
        assert post(client, "/avoided/allow", never=kept.id).status_code == 404
        assert post(client, "/now/not-now", offer=offer.id).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words_and_sentences(language: str) -> None:
    t = partial(say, language)
    for name, weight in WEIGHTS.items():
        assert t(f"now.why_{name.replace('-', '_')}")
        for number in range(SENTENCES if weight > 0 else 0):
            offer = now.Offer(number, TrackWhole(1, "x", "y", ""), weight, ((name, weight),), AT)
            assert sentence_of(t, offer)
    for word in PLACES:
        assert t(f"now.felt_{word}")


def test_no_word_of_healing_is_said() -> None:
    """Only that it is no medical or therapy service; and the name of a ministry's line is a name."""
    for key, said in all_words().items():
        if key.startswith(("avoided.", "now.")) and key != "avoided.no_medicine":
            text = " ".join(said.values()).lower()
            for word in ("terapi", "therap", "sembuh", "menyembuhkan", "heal", "cure", "treatment", "pengobatan"):
                assert word not in text, (key, word)


def test_the_picture_has_a_bar_for_each_month_that_was_heard() -> None:
    months = [
        Month(AT.date().replace(year=2022, month=number, day=1), number % 3, (number + 1) % 2)
        for number in range(1, 13)
    ]
    picture = picture_of(months, AT.date().replace(year=2022, month=7, day=1))
    assert sum(bar.kind == "completed" for bar in picture.bars) == 8
    assert sum(bar.kind == "skipped" for bar in picture.bars) == 6
    assert max(bar.height for bar in picture.bars) == HEIGHT and 0 < picture.turn < picture.width
    assert picture_of([], AT.date()).bars == ()


def test_in_a_browser_a_song_is_refused_and_reasons_are_opened_by_keyboard(chromium: Browser, home: Home) -> None:
    with served(home) as address, opened(chromium) as page:
        page.goto(address)
        first = page.inner_text("#now-title")
        page.focus(".now-why summary")
        page.keyboard.press("Enter")
        total = sum(int(each.replace("−", "-")) for each in page.locator(".now-why tbody td").all_inner_texts())
        assert total == int(page.inner_text(".now-why tfoot td"))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.click(f"text={say('id', 'now.not_now')}")
        page.wait_for_function("title => document.querySelector('#now-title').innerText !== title", arg=first)
        assert page.inner_text("#now-title") != first


def test_the_offer_of_yesterday_is_not_todays(home: Home) -> None:
    with client_of(home, clock=lambda: AT) as client:
        client.get("/")
    with client_of(home, clock=lambda: AT + timedelta(days=1)) as client:
        client.get("/")
    from sqlalchemy import func, select

    from senandung.remembering.store.plays import OfferRow

    with home.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OfferRow)) == 2
