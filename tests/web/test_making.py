"""Making a song through the pages: what is given, read, wished and followed; and the page of a song."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from served import add_person, client_as, client_of, post
from starlette.testclient import TestClient

from made_songs import SEED, STYLE, TEXT, made_song
from senandung.api import making
from senandung.api.home import Home, open_home
from senandung.api.library import add_song
from senandung.api.making import CREATE, READ
from senandung.app.web.jobs import stage_text
from senandung.app.web.words import LANGUAGES, say
from senandung.remembering import jobs
from senandung.remembering.jobs import Job

__all__ = ["made_song"]

POINT = {"felt-valence": "0", "felt-arousal": "-0.05"}
"""What was read of `TEXT`, as the plane's steps of .05 have it."""

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def client(home: Home) -> Iterator[TestClient]:
    """The owner's browser, in a home in which nothing works by itself."""
    with client_of(home, running=()) as found:
        yield found


@pytest.fixture
def song(home: Home, made_song: Path) -> tuple[int, Path]:
    """A song of the owner's: its track, and its folder."""
    folder = home.songs / made_song.name
    shutil.copytree(made_song, folder)
    return add_song(home.database, folder, owner_id=home.owner.id, at=NOW), folder


def jobs_in(home: Home) -> list[Job]:
    with home.database.reading() as session:
        return jobs.jobs_of(session, home.owner.id)


def reading(client: TestClient, text: str = TEXT) -> str:
    answer = post(client, "/make", text=text)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def wave(seconds: float = 2.0) -> bytes:
    made = io.BytesIO()
    clock = np.arange(round(seconds * 16000)) / 16000
    soundfile.write(made, 0.3 * np.sin(2 * np.pi * 220 * clock), 16000, format="WAV")
    return made.getvalue()


# what is given


def test_a_line_is_read_at_once_and_its_words_are_divided(client: TestClient) -> None:
    shown = client.get(reading(client)).text
    assert "rindu" in shown
    assert "a·ku rin·du ka·mu" in shown
    assert "ma·lam i·ni" in shown
    assert "felt-valence" in shown
    assert "Dari mana terbacanya" in shown


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_told(client: TestClient, home: Home, text: str) -> None:
    answer = post(client, "/make", text=text)
    assert answer.status_code == 400
    assert "Belum ada apa-apa" in answer.text
    assert jobs_in(home) == []


def test_two_megabytes_of_text_are_told_and_cut(client: TestClient, home: Home) -> None:
    answer = post(client, "/make", text="aku rindu " * 200_000)
    assert answer.status_code == 400
    assert "1.999.999 huruf; paling banyak 20.000" in answer.text
    assert len(answer.text) < 100_000
    assert jobs_in(home) == []


def test_what_is_larger_than_anything_is_refused(client: TestClient) -> None:
    assert post(client, "/make/lines", words="x" * (5 << 20)).status_code == 413


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("lagu.mp3", b"\x00\x01\x02 no sound at all", "jenis berkas ini tidak dikenal"),
        ("lagu.mp3", b"ID3 but nothing follows", "suara atau film yang bisa diputar"),
        ("gambar.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "yang ini gambar"),
        ("semua.zip", b"PK\x03\x04" + bytes(40), "adalah arsip"),
    ],
)
def test_a_file_that_is_no_trace_is_told_and_not_kept(
    client: TestClient, home: Home, name: str, data: bytes, said: str
) -> None:
    answer = post(client, "/make", files={"files": (name, data)})
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert jobs_in(home) == []
    assert not [path for path in home.uploads.rglob("*") if path.is_file()]


def test_too_many_files_are_told(client: TestClient) -> None:
    files = [("files", (f"{number}.wav", wave(0.2))) for number in range(making.MOST_FILES + 1)]
    answer = post(client, "/make", files=files)
    assert answer.status_code == 400
    assert "Paling banyak 5 berkas" in answer.text


def test_recordings_wait_to_be_read(client: TestClient, home: Home) -> None:
    sent = {"voice": ("suara.wav", wave()), "tune": ("nada.wav", wave())}
    answer = post(client, "/make", files=sent, text=TEXT)
    assert answer.status_code == 303
    (job,) = jobs_in(home)
    assert (job.kind, job.state, job.wish["text"]) == (READ, "waiting", TEXT)
    assert list(job.wish["names"].values()) == ["suara.wav", "nada.wav"]
    assert job.wish["tune"] not in job.wish["files"]
    assert all(making.uploaded(home, name).is_file() for name in job.wish["names"])
    shown = client.get(answer.headers["location"]).text
    assert f'data-events="/jobs/{job.id}/events"' in shown
    assert post(client, f"/make/{job.id}", **POINT).status_code == 303  # not read yet: nothing is wished
    assert len(jobs_in(home)) == 1
    assert post(client, f"/jobs/{job.id}/cancel").status_code == 303
    assert post(client, f"/jobs/{job.id}/remove").status_code == 303
    assert not [path for path in home.uploads.rglob("*") if path.is_file()]


# what was read, and what is wished


def test_what_cannot_be_read_is_said_and_needs_no_point(client: TestClient, home: Home) -> None:
    where = reading(client, "今日は雨が降っている")
    shown = client.get(where).text
    assert "Rasanya tidak terbaca" in shown
    assert "bukan Indonesia atau Inggris" in shown
    answer = post(client, where, words="hujan turun", **{"felt-valence": "-0.6", "felt-arousal": "-0.3"})
    assert answer.status_code == 303
    assert jobs_in(home)[0].wish["feeling"]["words"][0] == "sedih"


def test_the_point_counts_where_it_was_moved_and_the_reading_where_not(client: TestClient, home: Home) -> None:
    where = reading(client)
    assert post(client, where, words=TEXT, seed="7", **POINT).status_code == 303
    kept = jobs_in(home)[0]
    assert kept.seed == 7
    assert kept.wish["feeling"]["evidence"]
    assert post(client, where, words=TEXT, **{"felt-valence": "0.8", "felt-arousal": "0.4"}).status_code == 303
    moved = jobs_in(home)[0]
    assert moved.wish["feeling"]["place"][:2] == [0.8, 0.4]
    assert moved.wish["feeling"]["words"][0] == "senang"
    assert moved.wish["feeling"]["evidence"] == []


def test_everything_that_is_wished_goes_into_the_job(client: TestClient, home: Home) -> None:
    where = reading(client)
    fields = {
        "words": "aku rindu kamu\nmalam ini", "style": STYLE, "voice": "melati", "minutes": "2", "title": "Hujan",
        "story": "Hujan itu.", "private_story": "yes", "letter": "Untukmu.", "key": "Am", "tempo": "72,5", "seed": "5",
        "verses": "yes", "language": "id", **POINT,
    }  # fmt: skip
    assert post(client, where, **fields).status_code == 303
    job = jobs_in(home)[0]
    assert (job.kind, job.seed, job.wish["letter"]) == (CREATE, SEED, "Untukmu.")
    assert job.wish["options"] == {
        "style": STYLE, "voice": "melati", "minutes": 2.0, "title": "Hujan", "story": "Hujan itu.", "verses": True,
        "private_story": True, "key": "Am", "tempo": 72.5, "language": "id",
    }  # fmt: skip
    assert making.asked_of_wish(job.wish).words == "aku rindu kamu\nmalam ini"
    assert post(client, where, words="", voice="-", bars="4", minutes="2", **POINT).status_code == 303
    wordless = jobs_in(home)[0].wish
    assert (wordless["words"], wordless["text"], wordless["options"]) == (
        None, "", {"voice": False, "bars": 4, "language": "id"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"style": "dangdut-koplok"}, "did you mean 'dangdut-koplo'"),
        ({"voice": "melatti"}, "did you mean 'melati'"),
        ({"seed": "lima"}, "“Benih (seed)” harus berupa angka, bukan “lima”"),
        ({"seed": "-1"}, "harus berupa angka"),
        ({"bars": "9" * 40}, "harus berupa angka"),
        ({"tempo": "cepat"}, "harus berupa angka"),
        ({"words": "aku rindu kamu\n" * 121}, "paling banyak 120 larik"),
        ({"words": "rindu " * 5000}, "larik"),
        ({"story": "x" * 20_001}, "a story must have at most 20000"),
        ({"letter": "x" * 10_001}, "a letter must have at most 10000"),
        ({"felt-valence": "nan"}, "a feeling must be two numbers"),
        ({"felt-arousal": "7"}, "a feeling must be two numbers"),
        ({"felt-arousal": "senang"}, "a feeling must be two numbers"),
    ],
)
def test_a_wrong_wish_comes_back_with_what_was_written(
    client: TestClient, home: Home, fields: dict[str, str], said: str
) -> None:
    where = reading(client)
    answer = post(client, where, **{"words": TEXT, "title": "Judulku", **POINT, **fields})
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert "Judulku" in answer.text
    assert [job.kind for job in jobs_in(home)] == [READ]


def test_lines_are_divided_as_they_are_typed(client: TestClient) -> None:
    shown = post(client, "/make/lines", words="Hujan turun lagi <b>", language="id").text
    assert "Hu·jan tu·run la·gi" in shown
    assert "<b>" not in shown
    assert "mid·night" in post(client, "/make/lines", words="midnight rain", language="en").text


def test_another_person_finds_no_reading_and_no_job(client: TestClient, home: Home) -> None:
    where = reading(client, "rahasia yang kusimpan sendiri")
    post(client, where, words="rahasia yang kusimpan", **POINT)
    number = jobs_in(home)[0].id
    with client_as(home, add_person(home), running=()) as other:
        for path in (where, f"{where}/tune.svg", f"/jobs/{number}", f"/jobs/{number}/events", "/make/999", "/jobs/999"):
            assert other.get(path).status_code == 404, path
        for path in (where, *(f"/jobs/{number}/{what}" for what in ("cancel", "again", "remove"))):
            assert post(other, path, words=TEXT, **POINT).status_code == 404, path
        assert "rahasia" not in other.get("/make").text + other.get("/jobs").text
    assert jobs_in(home)[0].state == "waiting"


# jobs


def test_a_job_is_followed_cancelled_tried_again_and_taken_off(client: TestClient, home: Home) -> None:
    where = reading(client)
    number = int(post(client, where, words=TEXT, seed="5", **POINT).headers["location"].rpartition("/")[2])
    page = f"/jobs/{number}"
    assert f'data-events="{page}/events"' in client.get(page).text
    assert TEXT in client.get("/jobs").text
    assert post(client, f"{page}/remove").status_code == 303
    assert client.get(page).status_code == 200  # it still waits
    post(client, f"{page}/cancel")
    assert "Dibatalkan" in client.get(page).text
    events = client.get(f"{page}/events").text
    assert events.startswith("event: html\n")
    assert "event: done\n" in events
    post(client, f"{page}/again")
    assert (jobs_in(home)[0].state, jobs_in(home)[0].seed) == ("waiting", 5)
    with home.database.writing() as session:
        job = jobs.take(session, [CREATE], at=NOW)
        assert job is not None
        jobs.fail(session, job, "disk", "/x: no room left on the disk", at=NOW)
    shown = client.get(page).text
    assert "periksa ruang kosong di disk" in shown
    assert "no room left on the disk" in shown
    post(client, f"{page}/remove")
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_stages_are_said_in_words(language: str) -> None:
    def t(key: str, **values: Any) -> str:
        return say(language, key, **values)

    said = {
        stage_text(t, stage)
        for stage in ("reading", "composing", "writing the score", "melati sings", "playing Piano", "playing master",
                      "writing the sound", "writing the stems", "page", "something new")
    }  # fmt: skip
    assert len(said) == 10
    assert any("Melati" in each for each in said)
    assert any("Piano" in each for each in said)


# the song's page


def test_a_song_has_its_page_notes_and_files(client: TestClient, song: tuple[int, Path]) -> None:
    number, folder = song
    page = f"/songs/{number}"
    shown = client.get(page).text
    assert "data-t=" in shown
    assert "Hujan itu." in shown
    assert "dibuat mesin" in shown
    data = client.get(f"{page}/data").json()
    assert data["stems"] == ["Vokal", "Piano"]
    assert data["tracks"][1]["notes"]
    score = client.get(f"{page}/sheets/score").text
    assert 'class="measure"' in score
    assert 'role="img" aria-label="Not balok, halaman 1 dari ' in score
    assert re.search(
        r'role="img" aria-label="Tegangan, enak dan gelora sepanjang lagu: paling \w+ di ', client.get(page).text
    )
    assert "<svg" in client.get(f"{page}/sheets/numbers").text
    assert client.get(f"{page}/sheets/none").status_code == 404
    likeness = client.get(f"{page}/originality?part").text
    assert "<html" not in likeness
    assert "birama" in likeness
    stem = client.get(f"{page}/stems/0?from=0")
    assert (stem.status_code, stem.headers["content-type"]) == (200, "audio/flac")
    assert client.get(f"{page}/files/song.mid?download").content == (folder / "song.mid").read_bytes()
    whole = zipfile.ZipFile(io.BytesIO(client.get(f"{page}/all.zip").content))
    assert whole.testzip() is None
    assert len(whole.namelist()) == len([path for path in folder.rglob("*") if path.is_file()])
    assert len(shown.encode()) < 100_000


@pytest.mark.parametrize(
    "path",
    ["stems/9", "stems/0?from=1e9", "stems/0?from=nan", "stems/0?from=-1", "files/..%2f..%2fhome.db",
     "files/../home.db", "files/stems", "files/%00", "tune.svg"],
)  # fmt: skip
def test_what_the_song_does_not_have_is_not_there(client: TestClient, song: tuple[int, Path], path: str) -> None:
    assert client.get(f"/songs/{song[0]}/{path}").status_code == 404


def test_another_person_finds_no_song(client: TestClient, home: Home, song: tuple[int, Path]) -> None:
    page = f"/songs/{song[0]}"
    with client_as(home, add_person(home), running=()) as other:
        for path in ("", "/data", "/sheets/score", "/originality", "/stems/0", "/files/song.mp3", "/all.zip"):
            assert other.get(page + path).status_code == 404, path
        for path in ("/rewrite", "/again"):
            assert post(other, page + path, bars="1-2").status_code == 404
        assert "Aku rindu kamu" not in other.get("/make").text


def test_bars_are_asked_to_be_written_anew(client: TestClient, home: Home, song: tuple[int, Path]) -> None:
    page = f"/songs/{song[0]}"
    answer = post(client, f"{page}/rewrite", bars="9-160")
    assert answer.status_code == 400
    assert "bars must lie in 1.." in unescape(answer.text)
    assert post(client, f"{page}/rewrite", bars="2-3", tracks="Gong").status_code == 400
    assert post(client, f"{page}/rewrite", bars="2-3", tracks="Piano").status_code == 303
    (job,) = jobs_in(home)
    assert (job.kind, job.wish["bars"], job.wish["tracks"]) == ("rewrite", "2-3", ["Piano"])


def test_a_song_whose_folder_is_gone_says_so(client: TestClient, song: tuple[int, Path]) -> None:
    shutil.rmtree(song[1])
    answer = client.get(f"/songs/{song[0]}")
    assert answer.status_code == 410
    assert "sudah tidak ada" in answer.text
