"""The library's pages: what they show, to whom, and what the owner does with folders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from served import add_person, client_as, client_of, post
from starlette.testclient import TestClient

from music_files import FULL, make_music, picture
from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, add_song, scan
from senandung.app.web.music import arc_of
from senandung.domain.music import TrackHeard
from senandung.remembering.analyses import Waiting, save_heard
from senandung.remembering.tracks import find_track, search_tracks
from song_folders import song_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORDS = "[00:00.50]Malam <i>ini</i>\n[00:01.00]hujan turun\n"


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    path = make_music(folder / "a" / "a.mp3", FULL, seconds=2, cover=picture())
    path.with_suffix(".lrc").write_text(WORDS, encoding="utf-8")
    make_music(folder / "a" / "b.mp3", {**FULL, "title": "Senja & <b>", "track": "4"})
    make_music(folder / "c.ogg", {"title": "Ombak", "artist": "Rara"})
    for number in (1, 2):
        make_music(folder / "tanpa" / f"{number}.mp3", {"title": f"Tanpa {number}", "artist": "Dua", "album": "Tanpa"})
    (folder / "rusak.mp3").write_bytes(b"no music at all " * 200)
    return folder


@pytest.fixture
def home(tmp_path: Path, music: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as made:
        scan(made.database, add_folder(made.database, music, at=NOW), at=NOW)
        yield made


def number_of(home: Home, title: str) -> int:
    with home.database.reading() as session:
        return next(track.id for track in search_tracks(session, home.owner.id).tracks if track.title == title)


def hear(home: Home, number: int, heard: TrackHeard) -> None:
    with home.database.writing() as session:
        track = find_track(session, number, home.owner.id)
        assert track is not None
        assert track.path is not None
        from senandung.files.tags import digest_of_pieces

        assert save_heard(session, Waiting(number, track.path, digest_of_pieces(track.path)), heard, version=1, at=NOW)


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    with open_home(tmp_path / "home") as home, client_of(home, running=()) as client:
        shown = client.get("/music").text
        assert "Belum ada musik" in shown
        assert "/music/folders" in shown
        with client_as(home, add_person(home), running=()) as guest:
            assert "/music/folders" not in guest.get("/music").text


def test_music_is_browsed_and_searched(home: Home) -> None:
    with client_of(home, running=()) as client:
        first = client.get("/music").text
        assert "Lagu Lama" in first
        assert "Ombak" in first
        found = client.get("/music?q=lama sri").text
        assert "Hujan di Kotamu" in found
        assert "Ombak" not in found
        assert "Tidak ketemu" in client.get("/music?q=tak ada").text
        for show, said in (("albums", "Lagu Lama"), ("artists", "Rara"), ("tracks", "Ombak"), ("new", "Ombak")):
            assert said in client.get(f"/music?show={show}").text
        assert "Belum ada lagu yang dibuat" in client.get("/music?show=made").text
        assert client.get("/music?show=films").status_code == 404
        assert client.get("/music?show=tracks&after=99999999999999999999").status_code == 200


def tracks_of_album(client: TestClient, name: str) -> str:
    """The page of an album, found as a person would."""
    shown = client.get("/music", params={"q": name, "show": "albums"}).text
    address = re.findall(r"/music/albums/\d+", shown)
    assert len(address) == 1
    return str(client.get(address[0]).text)


def test_an_album_an_artist_and_a_track_have_pages(home: Home) -> None:
    number = number_of(home, "Hujan di Kotamu")
    with home.database.reading() as session:
        track = find_track(session, number, 1)
    assert track is not None
    with client_of(home, running=()) as client:
        album = client.get(f"/music/albums/{track.album_id}").text
        assert album.index("Hujan di Kotamu") < album.index("Senja &amp; &lt;b&gt;")
        assert "Lagu Lama" in client.get(f"/music/artists/{track.artist_id}").text
        bare = tracks_of_album(client, "Tanpa")
        assert bare.index("Tanpa 1") < bare.index("Tanpa 2")
        page = client.get(f"/track/{number}").text
        assert "Malam &lt;i&gt;ini&lt;/i&gt;" in page
        for address in (f"/listen/{number}", f"/give/{number}", f"/cover/{track.cover_id}"):
            assert address in page
        assert client.get(f"/track/{number}/lyrics").json() == [[500, "Malam <i>ini</i>"], [1000, "hujan turun"]]
        assert "Belum ada yang mirip" in client.get(f"/track/{number}/similar").text
        for address in ("/music/albums/99", "/music/artists/99", "/track/99", "/track/99/lyrics", "/track/99/similar"):
            assert client.get(address).status_code == 404


def test_what_was_heard_is_shown(home: Home) -> None:
    number = number_of(home, "Ombak")
    arc = tuple((2.0 * place, 0.1 * place, -0.1) for place in range(6))
    hear(home, number, TrackHeard("done", None, 0.6, -0.55, 92.4, "A minor", arc))
    with client_of(home, running=()) as client:
        page = client.get(f"/track/{number}").text
        assert "antara tenang dan syahdu" in page
        assert "92 ketuk per menit" in page
        assert page.count("<polyline") == 2
    drawn = arc_of(TrackHeard("done", arc=arc), 12_000)
    assert drawn is not None
    first, *_, last = (tuple(map(float, point.split(","))) for point in drawn["valence"].split())
    assert first[0] == 0
    assert last[0] == 500  # 10 s of 12
    assert last[1] < first[1]  # brighter is higher
    assert arc_of(TrackHeard("done"), 1000) is None


def test_a_second_person_sees_nothing_of_the_first(home: Home, tmp_path: Path) -> None:
    number = add_song(home.database, song_folder(tmp_path / "song"), owner_id=home.owner.id, at=NOW)
    with client_of(home, running=()) as client:
        assert "Rindu di Jendela" in client.get("/music?show=made").text
        assert "Malam itu hujan." in client.get(f"/track/{number}").text
        assert f"/songs/{number}" in client.get(f"/track/{number}").text
    with client_as(home, add_person(home), running=()) as sari:
        for address in ("/music", "/music?q=rindu", "/music?show=tracks", "/music?show=artists", "/music?show=made"):
            assert "Rindu di Jendela" not in sari.get(address).text
            assert "/music/artists/0" not in sari.get(address).text
        for address in (f"/track/{number}", f"/track/{number}/lyrics", f"/track/{number}/similar"):
            assert sari.get(address).status_code == 404
        assert "Ombak" in sari.get("/music").text


def test_folders_are_the_owners(home: Home, tmp_path: Path, music: Path) -> None:
    hear(home, number_of(home, "Ombak"), TrackHeard("skipped", "it is silent"))
    with client_of(home, running=()) as client:
        page = client.get("/music/folders").text
        assert "rusak.mp3" in page
        assert "rusak, atau bukan musik" in page
        assert "hening" in page
        assert "1 dari 5 lagu" in page
        again = post(client, "/music/folders", folder=str(music / "a"))
        assert again.status_code == 400
        assert "saling memuat; satu saja sudah cukup" in again.text
        assert "Folder yang mana" in post(client, "/music/folders", folder=" ").text
        make_music(tmp_path / "lain" / "x.mp3", {"title": "Lain"})
        assert post(client, "/music/folders", folder=str(tmp_path / "lain")).status_code == 303
        assert "Lain" in client.get("/music?q=lain").text
        assert post(client, "/music/folders/2/remove").status_code == 303
        assert post(client, "/music/folders/2/remove").status_code == 404
        assert "Tidak ketemu" in client.get("/music?q=lain").text
        assert post(client, "/music/folders/scan").status_code == 303
        assert post(client, "/music/folders/hear-again").status_code == 303
        assert client.post("/music/folders/scan").status_code == 403  # without the form's token
    with client_as(home, add_person(home), running=()) as sari:
        assert sari.get("/music/folders").status_code == 404
        assert post(sari, "/music/folders", folder=str(tmp_path)).status_code == 404
        assert post(sari, "/music/folders/scan").status_code == 404
        assert post(sari, "/music/folders/1/remove").status_code == 404
