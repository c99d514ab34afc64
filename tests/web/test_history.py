"""The history in the browser, the player's reports, and ListenBrainz' interface."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from browser import opened
from playwright.sync_api import Browser
from served import add_person, client_as, client_of, post, served
from sqlalchemy import select
from starlette.testclient import TestClient

from histories import lastfm_text, listens, pack, spotify_row, spotify_rows
from senandung.api import accounts
from senandung.api.home import Home, open_home
from senandung.app.web.history import picture_of
from senandung.app.web.words import LANGUAGES, say
from senandung.domain.listen import DROPPED, SOURCES
from senandung.domain.track import names_key
from senandung.remembering.plays import Month
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import TrackRow

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    with client_of(home, clock=lambda: NOW) as made:
        yield made


def plays(home: Home) -> list[PlayRow]:
    with home.database.reading() as session:
        return list(session.scalars(select(PlayRow).order_by(PlayRow.started, PlayRow.id)))


def track(home: Home, title: str = "Kangen", owner: int | None = None) -> int:
    with home.database.writing() as session:
        row = TrackRow(title=title, artist="Dewa 19", owner_id=owner, path=f"/m/{title}.flac", added=NOW,
                       merge_key=names_key("Dewa 19", title))  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def hand_in(client: TestClient, content: bytes, name: str = "my_spotify_data.zip", **fields: str) -> Any:
    return post(client, "/history", files={"file": (name, content)}, **fields)


# files ---------------------------------------------------------------------------------------------------------------


def test_a_history_is_handed_in_shown_and_deleted(client: TestClient, home: Home, tmp_path: Path) -> None:
    rows = [*spotify_rows(listens(1, 1234)), *[spotify_row(NOW, incognito_mode=True)] * 12]
    path = pack(tmp_path / "x.zip", {"Streaming_History_Audio_2021_0.json": rows})
    assert hand_in(client, path.read_bytes()).headers["location"] == "/history"
    shown = client.get("/history").text
    assert "1.234 pemutaran masuk, 0 sudah tercatat, 12 dilewati" in shown
    for said in ("my_spotify_data.zip", "1.246", "Dilewati: sesi pribadi", "1.234 pemutaran, 05/2021 sampai"):
        assert said in shown
    assert len(plays(home)) == 1234
    assert not [path for path in home.uploads.rglob("*") if path.is_file()]
    hand_in(client, path.read_bytes(), "lagi.zip")
    assert "Tidak ada yang berubah" in client.get("/history").text
    number = shown.split('id="import-')[1].split('"')[0]
    assert post(client, f"/history/{number}/delete").status_code == 303
    assert "1.234 pemutaran sudah dihapus" in client.get("/history").text
    assert plays(home) == []
    assert post(client, f"/history/{number}/delete").status_code == 404


def test_what_cannot_be_read_is_said_on_the_page_and_nothing_stays(client: TestClient, home: Home) -> None:
    answer = hand_in(client, b'[{"ts": "2022-01-01T00:00:00Z", "ms_played": 1, "master', "rusak <b>.json")
    assert answer.status_code == 400
    assert "tidak ada yang tersimpan: rusak &lt;b&gt;.json: JSON-nya rusak atau terpotong" in answer.text
    assert hand_in(client, b"", "").status_code == 400
    assert hand_in(client, b"[]", zone="Mars/Olympus").status_code == 400
    assert not [path for path in home.uploads.rglob("*") if path.is_file()]
    assert plays(home) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_history_in_another_encoding_of_unicode_is_taken_in(client: TestClient, home: Home, encoding: str) -> None:
    told = listens(3, 9)
    assert hand_in(client, lastfm_text(told).encode(encoding), "scrobble.csv").status_code == 303
    assert len(plays(home)) == 9
    assert hand_in(client, json.dumps(spotify_rows(told)).encode(encoding), "b.json").status_code == 303
    assert len(plays(home)) == 18


def test_what_is_no_text_is_refused_with_what_to_do(client: TestClient, home: Home) -> None:
    answer = hand_in(client, b"\x00\x01\x02\x03 no text", "a.csv")
    assert answer.status_code == 400
    assert "kalau ini teks, simpan sebagai UTF-8" in answer.text
    answer = hand_in(client, "lagu,penyanyi\né,à\n".encode("latin-1") * 9, "b.csv")
    assert answer.status_code == 400
    assert plays(home) == []


def test_in_a_browser_a_history_is_handed_in_and_what_was_dropped_is_counted(
    chromium: Browser, home: Home, tmp_path: Path
) -> None:
    rows = spotify_rows(listens(2, 40))
    hidden = [spotify_row(NOW - timedelta(days=day), incognito_mode=True) for day in (2, 3, 4)]
    talk = spotify_row(NOW - timedelta(days=5), master_metadata_track_name=None, episode_name="Obrolan",
                       master_metadata_album_artist_name=None, spotify_track_uri=None)  # fmt: skip
    file = tmp_path / "Streaming_History_Audio_2021.json"
    file.write_text(json.dumps([*rows, *hidden, talk]), encoding="utf-16")
    broken = tmp_path / "terpotong.json"
    broken.write_text(json.dumps(rows)[:-50], encoding="utf-8")
    with served(home, running=(), clock=lambda: NOW) as address, opened(chromium, problems=False) as page:
        page.goto(f"{address}/history")
        assert page.get_by_text(say("id", "history.none")).count() == 1
        page.set_input_files("#f-file", broken)
        page.click("button:has-text('Masukkan')")
        wrong = page.wait_for_selector("#f-file-wrong")
        assert wrong is not None
        assert "terpotong.json: JSON-nya rusak atau terpotong" in (wrong.text_content() or "")
        assert page.get_attribute("#f-file", "aria-invalid") == "true"
        assert plays(home) == []
        page.set_input_files("#f-file", file)
        page.click("button:has-text('Masukkan')")
        said = page.wait_for_selector(".said.good")
        assert said is not None
        assert said.text_content() == say("id", "history.taken", kept="40", doubled="0", dropped="4")
        shown = page.inner_text("main")
        for reason, count in (("incognito", 3), ("podcast", 1)):
            assert re.search(rf"{re.escape(say('id', f'history.dropped_{reason}'))}\s+{count}\b", shown), shown
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.set_input_files("#f-file", file)
        page.click("button:has-text('Masukkan')")
        page.wait_for_selector(f".said:has-text('{say('id', 'history.again', name=file.name)[:30]}')")
    assert len(plays(home)) == 40


def test_private_sessions_are_taken_in_when_asked_for(client: TestClient, home: Home) -> None:
    content = json.dumps([spotify_row(NOW - timedelta(days=9), incognito_mode=True)]).encode()
    hand_in(client, content, "a.json", incognito="yes")
    assert len(plays(home)) == 1


def test_another_person_sees_and_deletes_nothing(client: TestClient, home: Home) -> None:
    hand_in(client, json.dumps(spotify_rows(listens(2, 5))).encode(), "rahasia.json")
    guest = add_person(home)
    with client_as(home, guest, clock=lambda: NOW) as theirs:
        assert "rahasia.json" not in theirs.get("/history").text
        assert post(theirs, "/history/1/delete").status_code == 404
        assert post(theirs, "/plays", json={"plays": [report(1)]}).json() == {"written": 0}
    assert len(plays(home)) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_source_has_its_words(language: str) -> None:
    assert all(say(language, f"history.dropped_{reason}") for reason in DROPPED)
    assert all(say(language, f"history.source_{source}") for source in SOURCES)


def test_the_picture_is_as_high_as_the_months() -> None:
    assert picture_of([]) is None
    picture = picture_of([Month(2025, 12, 10, 0), Month(2026, 1, 0, 0), Month(2026, 2, 20, 0)])
    assert picture is not None
    low, none, high = picture.bars
    assert (high.height, low.height, none.height) == (picture.height, picture.height / 2, 0)
    assert all(bar.y + bar.height == picture.height for bar in picture.bars)
    assert picture.plays == 30


# the player ----------------------------------------------------------------------------------------------------------


def report(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "track_id": number, "started": "2026-03-01T18:30:00.250+07:00", "offset_minutes": 420, "played_ms": 4321,
        "began": "clickrow", "ended": "fwdbtn", **changed,
    }  # fmt: skip


def test_the_player_tells_of_plays_and_skips(client: TestClient, home: Home) -> None:
    number = track(home)
    later = report(number, started="2026-03-01T11:40:00Z", ended="trackdone", played_ms=200_000)
    assert post(client, "/plays", json={"plays": [report(number), later]}).json() == {"written": 2}
    post(client, "/plays", json={"plays": [report(number)]})
    first, second = plays(home)
    assert first.started == datetime(2026, 3, 1, 11, 30, 0, 250000, tzinfo=UTC)
    assert (first.played_ms, first.offset_minutes, first.began, first.ended) == (4321, 420, "clickrow", "fwdbtn")
    assert (first.skipped, second.skipped, first.source) == (True, False, "here")


@pytest.mark.parametrize(
    "wrong",
    [{"track_id": "1"}, {"track_id": True}, {"started": "2026-03-01T11:30:00"}, {"started": "soon"}, {"played_ms": -1},
     {"started": "2031-01-01T00:00:00Z"}, {"played_ms": 10**12}, {"offset_minutes": 5000}, {"track_id": 2**70}],
)  # fmt: skip
def test_a_wrong_report_is_refused_with_all_that_came_with_it(
    client: TestClient, home: Home, wrong: dict[str, Any]
) -> None:
    number = track(home)
    answer = post(client, "/plays", json={"plays": [report(number), report(number, **wrong)]})
    assert answer.status_code == 400
    assert plays(home) == []


@pytest.mark.parametrize("plain", [[], {}, {"plays": {}}, {"plays": [1]}, {"plays": [{}] * 501}, None])
def test_what_is_no_list_of_plays_is_refused(client: TestClient, plain: Any) -> None:
    assert post(client, "/plays", json=plain).status_code in (400, 403)


# ListenBrainz --------------------------------------------------------------------------------------------------------


@pytest.fixture
def token(home: Home) -> str:
    return accounts.add_app_password(home, home.owner, "web-scrobbler", at=NOW)[1]


def listen(minutes: int = 5, **changed: Any) -> dict[str, Any]:
    return {
        "listened_at": int((NOW - timedelta(minutes=minutes)).timestamp()),
        "track_metadata": {
            "artist_name": "Dewa 19", "track_name": "Kangen", "release_name": "Dewa 19",
            "additional_info": {"duration_ms": 290_000, "submission_client": "Web Scrobbler"},
        },
        **changed,
    }  # fmt: skip


def submit(client: TestClient, token: str, kind: str, *payload: Any) -> Any:
    headers = {"Authorization": f"Token {token}"}
    return client.post("/1/submit-listens", json={"listen_type": kind, "payload": list(payload)}, headers=headers)


def test_a_token_is_valid_or_not(client: TestClient, home: Home, token: str) -> None:
    good = client.get("/1/validate-token", headers={"Authorization": f"Token {token}"}).json()
    assert good == {"code": 200, "message": "Token valid.", "valid": True, "user_name": home.owner.name}
    assert client.get(f"/1/validate-token?token={token}").json()["valid"] is True
    assert client.get("/1/validate-token", headers={"Authorization": "Token wrong"}).json()["valid"] is False
    assert client.get("/1/validate-token").status_code == 400


def test_a_single_listen_is_written_down_once_at_the_track_that_is_here(
    client: TestClient, home: Home, token: str
) -> None:
    number = track(home)
    assert submit(client, token, "single", listen()).json() == {"status": "ok"}
    assert submit(client, token, "single", listen()).json() == {"status": "ok"}
    (row,) = plays(home)
    assert (row.track_id, row.source, row.started) == (number, "submitted", NOW - timedelta(minutes=5))


def test_many_listens_are_imported_at_once(client: TestClient, home: Home, token: str) -> None:
    many = [listen(6 * number + 6) for number in range(1000)]
    assert submit(client, token, "import", *many).json() == {"status": "ok"}
    assert len(plays(home)) == 1000
    refused = submit(client, token, "import", *many, listen(1))
    assert refused.status_code == 400
    assert "at most 1000" in refused.json()["error"]
    assert len(plays(home)) == 1000


def test_what_plays_now_is_no_play(client: TestClient, home: Home, token: str) -> None:
    now = listen()
    del now["listened_at"]
    assert submit(client, token, "playing_now", now).json() == {"status": "ok"}
    assert plays(home) == []
    playing = client.app.state.playing.of(home.owner, at=NOW)  # type: ignore[attr-defined]
    assert [each.piece.title for each in playing] == ["Kangen"]
    assert client.app.state.playing.of(home.owner, at=NOW + timedelta(minutes=5)) == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "payload", "why"),
    [
        ("double", [listen()], "listen_type must be"),
        ("single", [listen(), listen(9)], "at most 1 listens"),
        ("single", [], "payload must be"),
        ("single", ["x"], "must be an object"),
        ("playing_now", [listen()], "no listened_at"),
        ("single", [{"track_metadata": {"artist_name": "a", "track_name": "b"}}], "without a time"),
        ("single", [listen(-9999)], "cannot be"),
        ("single", [listen(track_metadata={"artist_name": "a"})], "without a title"),
        ("single", [listen(track_metadata={"track_name": "a"})], "artist_name"),
        ("single", [listen(extra="x" * 11_000)], "at most 10240 bytes"),
    ],
)
def test_a_submission_against_the_rules_is_refused_as_a_whole(
    client: TestClient, home: Home, token: str, kind: str, payload: list[Any], why: str
) -> None:
    answer = submit(client, token, kind, *payload)
    assert answer.status_code == 400
    assert answer.json()["code"] == 400
    assert why in answer.json()["error"]
    assert plays(home) == []


def test_without_a_token_nothing_is_taken_not_even_from_the_owners_browser(client: TestClient, home: Home) -> None:
    client.get("/history")
    assert submit(client, "", "single", listen()).status_code == 401
    assert submit(client, "wrong", "single", listen()).status_code == 401
    headers = {"Authorization": "Token x"}
    assert client.post("/1/submit-listens", content=b"{", headers=headers).json()["code"] == 400
    for _ in range(40):
        last = submit(client, "guessing", "single", listen()).status_code
    assert last == 429
    assert plays(home) == []


def test_a_token_taken_back_is_none(client: TestClient, home: Home, token: str) -> None:
    (password,) = accounts.app_passwords(home, home.owner)
    accounts.revoke_app_password(home, home.owner, password.id)
    assert submit(client, token, "single", listen()).status_code == 401
