"""The pages of memories: written, found, heard again, taken along, forgotten; nobody else sees them."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import opened
from playwright.sync_api import Browser
from served import add_person, client_as, client_of, post, served
from starlette.testclient import TestClient
from waiting import until

from senandung.api import memories
from senandung.api.home import Home, open_home
from senandung.remembering.memories import Asked
from settled import track


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened_home:
        yield opened_home


@pytest.fixture
def song(home: Home, tmp_path: Path) -> int:
    """A track of ten seconds that plays."""
    path = tmp_path / "kangen.wav"
    tone(path, 10)
    with home.database.writing() as session:
        row = track("Kangen", "Dewa 19", path=str(path))
        row.duration_ms, row.mime, row.suffix = 10_000, "audio/wav", "wav"
        session.add(row)
        session.flush()
        return row.id


def tone(path: Path, seconds: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(
            b"".join((1000 if i % 40 < 20 else -1000).to_bytes(2, "little", signed=True) for i in range(8000)) * seconds
        )


def written(client: TestClient, song: int, **fields: str) -> int:
    answer = post(client, "/memories", **{"track": str(song), "start": "0:04", "text": "Hujan di peron.", **fields})
    assert answer.status_code == 303, answer.text[:600]
    return int(answer.headers["location"].rpartition("/")[2])


def test_a_memory_is_written_read_and_changed(home: Home, song: int) -> None:
    with client_of(home) as client:
        assert "Belum ada kenangan" in client.get("/memories").text
        assert 'value="0:04"' in client.get(f"/memories/new?track={song}&t=4").text
        fields = {"when": "sekitar Lebaran 2009", "people": "Ibu, Pak Raden", "place": "Stasiun Tugu", "word": "rindu"}
        number = written(client, song, **fields)
        whole = client.get(f"/memories/{number}").text
        for said in ("Hujan di peron.", "sekitar Lebaran 2009", "Pak Raden", "Stasiun Tugu", "rindu", "Kangen",
                     f"/make?memory={number}", f"/give/{song}?memory={number}", 'data-at="4000"'):  # fmt: skip
            assert said in whole, said
        changed = post(client, f"/memories/{number}", start="0:05", text="Payung merah.", when="2010")
        assert changed.status_code == 303
        again = client.get(f"/memories/{number}").text
        assert "Payung merah." in again and "Hujan" not in again
        assert "Payung merah." in client.get("/memories?year=2010").text
        assert "Payung merah." not in client.get("/memories?q=hujan").text
        assert "picture-timeline" in client.get("/memories").text


def test_what_is_wrong_is_said_and_what_was_written_stays(home: Home, song: int) -> None:
    with client_of(home) as client:
        for fields, said in (
            ({"start": "empat"}, "menit dan detik"), ({"start": "0:11"}, "lewat akhir"),
            ({"text": "", "start": "0:01"}, "Tulis sesuatu dulu"),
        ):  # fmt: skip
            answer = post(client, "/memories", **{"track": str(song), "start": "0:04", "text": "Tetap ada", **fields})
            assert answer.status_code == 400 and said in answer.text
        spoken = {"voice": ("suara.webm", b"\x1aE\xdf\xa3 no sound at all", "audio/webm")}
        token = {"track": str(song), "start": "0:04"}
        assert post(client, "/memories", files=spoken, **token).status_code == 400
        assert memories.facets(home, home.owner).memories == 0
        assert list(home.uploads.rglob("*.*")) == []


def test_a_time_is_understood_while_it_is_written(home: Home, song: int) -> None:
    with client_of(home) as client:
        assert "14 Oktober 2009" in client.get("/memories/when?when=sekitar+Lebaran+2009").text
        assert "Tahun lahirmu" in client.get("/memories/when?when=waktu+SMA").text
        number = written(client, song, when="waktu SMA", born="1990")
        assert "Juli 2005" in client.get(f"/memories/{number}").text
        assert "Juli 2005" in client.get("/memories/when?when=waktu+SMA").text


def test_the_player_gets_marks(home: Home, song: int) -> None:
    with client_of(home) as client:
        number = written(client, song, text="Hujan di peron.\nLalu reda.")
        chills = post(client, f"/track/{song}/chills", json={"start_ms": 6500})
        assert chills.status_code == 201
        marks = client.get(f"/track/{song}/marks").json()
        assert [(each["start_ms"], each["kind"], each["label"]) for each in marks] == [
            (4000, "memory", "Hujan di peron."), (6500, "chills", "Merinding di sini"),
        ]  # fmt: skip
        assert marks[0]["address"] == f"/memories/{number}"
        part = client.get(f"/track/{song}/memories?t=4").text
        assert "Hujan di peron." in part and "picture-arc" in part and "Putar dari 0:04" in part
        assert post(client, f"/track/{song}/chills", json={"start_ms": "x"}).status_code == 400
        assert post(client, f"/track/{song}/chills", json={"start_ms": 99_000}).status_code == 400


def test_another_person_gets_nothing_but_404(home: Home, song: int) -> None:
    with client_of(home) as client:
        number = written(client, song)
    with client_as(home, add_person(home)) as other:
        assert "Hujan" not in other.get("/memories").text
        assert other.get(f"/track/{song}/marks").json() == []
        for path in ("", "/edit", "/voice"):
            assert other.get(f"/memories/{number}{path}").status_code == 404
        for path in ("", "/delete", "/primary"):
            assert post(other, f"/memories/{number}{path}", start="0:01", text="x").status_code == 404
        assert json.loads(other.get("/memories/export.json").content)["memories"] == []
    assert memories.find(home, home.owner, number) is not None


def test_memories_are_taken_along_and_brought_back(home: Home, song: int, tmp_path: Path) -> None:
    tone(tmp_path / "suara.wav", 1)
    with client_of(home) as client:
        spoken = {"voice": ("suara.wav", (tmp_path / "suara.wav").read_bytes(), "audio/wav")}
        answer = post(client, "/memories", files=spoken, track=str(song), start="0:02", people="Ibu")
        assert answer.status_code == 303
        number = int(answer.headers["location"].rpartition("/")[2])
        heard = client.get(f"/memories/{number}/voice")
        assert heard.content == (tmp_path / "suara.wav").read_bytes() and heard.headers["content-type"] == "audio/wav"
        part = client.get(f"/memories/{number}/voice", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"RIFF")
        assert client.get(f"/memories/{number}/voice", headers={"Range": "bytes=99999999-"}).status_code == 416
        page = client.get("/memories/export.html")
        assert "attachment" in page.headers["content-disposition"] and "data:audio/wav;base64," in page.text
        book = client.get("/memories/export.json")
        assert post(client, "/memories/delete-all", sure="ya").status_code == 303
        assert memories.facets(home, home.owner).memories == 1
        assert post(client, "/memories/delete-all", sure="Lupakan").status_code == 303
        assert memories.facets(home, home.owner).memories == 0
        brought = {"book": ("kenangan.json", book.content, "application/json")}
        assert post(client, "/memories/import", files=brought).status_code == 303
        ((kept,), _) = memories.search(home, home.owner, Asked(person="ibu"))
        assert kept.track.id == song and kept.voice == "audio/wav"
        wrong = {"book": ("kenangan.json", b"{}", "application/json")}
        assert post(client, "/memories/import", files=wrong).headers["location"] == "/memories/keep"


def test_in_a_browser_a_memory_is_spoken_and_opens_at_its_second(
    chromium: Browser,
    home: Home,
    song: int,
) -> None:
    with served(home) as address, opened(chromium) as page:
        page.goto(f"{address}/memories/new?track={song}&t=6")
        page.fill("#f-when", "waktu SMA")
        page.wait_for_selector("input[name=born]")
        page.fill("input[name=born]", "1990")
        page.click("[data-record]")
        page.wait_for_timeout(1200)
        page.click("[data-record]")
        page.wait_for_selector("[data-done]:not([hidden])")
        page.click("text=Simpan kenangan")
        page.wait_for_selector(".memory-when")
        assert page.inner_text(".memory-when") == "waktu SMA"
        played = page.evaluate("""async () => {
            const note = document.querySelector("article audio");
            note.muted = true;
            await note.play();
            return note.currentSrc;
        }""")
        assert played.endswith("/voice")
        page.evaluate("document.querySelector('article audio').pause()")
        page.click("text=Putar dari 0:06")
        until(page, "document.querySelector('#player audio').currentTime > 6")
    ((kept,), _) = memories.search(home, home.owner, Asked())
    assert kept.voice in ("audio/webm", "audio/ogg")
    note = memories.voice(home, home.owner, kept.id)
    assert note is not None and note.data[:4] in (b"\x1aE\xdf\xa3", b"OggS")
