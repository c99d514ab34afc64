"""What other players see of the music."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

import opensubsonic_schema as schema
from opensubsonic import NOW, SONGS, Ask, asker
from senandung.api import accounts
from senandung.api.home import Home
from senandung.app.subsonic.service import ANSWERS, MEDIA, OPEN
from senandung.remembering import plays


def songs(ask: Ask, words: str = "") -> list[dict[str, Any]]:
    return list(ask("search3", query=words, songCount=100)["searchResult3"]["song"])


def test_every_call_that_is_answered_is_in_the_schema() -> None:
    assert set(ANSWERS) | set(MEDIA) | {OPEN} <= schema.names()


def test_it_is_there_and_free(ask: Ask, home: Home) -> None:
    assert set(ask("ping")) == {"status", "version", "type", "serverVersion", "openSubsonic"}
    assert ask("getLicense")["license"] == {"valid": True}
    assert ask("getUser", username=home.owner.name)["user"]["adminRole"] is True
    assert ask("tokenInfo")["tokenInfo"] == {"username": home.owner.name}
    assert [each["username"] for each in ask("getUsers")["users"]["user"]] == [home.owner.name]
    assert ask("getScanStatus")["scanStatus"] == {"scanning": False, "count": len(SONGS)}
    assert ask("startScan")["scanStatus"]["count"] == len(SONGS)


def test_extensions_are_told_to_everybody(client: TestClient) -> None:
    plain = client.get("/rest/getOpenSubsonicExtensions?f=json").json()
    schema.check("getOpenSubsonicExtensions", plain)
    found = plain["subsonic-response"]["openSubsonicExtensions"]
    assert {each["name"] for each in found} == {
        "formPost", "apiKeyAuthentication", "songLyrics", "indexBasedQueue", "transcodeOffset", "playbackReport",
    }  # fmt: skip
    assert all(each["versions"] == [1] for each in found)


def test_from_folders_to_artists_to_albums_to_songs(ask: Ask) -> None:
    folders = ask("getMusicFolders")["musicFolders"]["musicFolder"]
    assert [each["id"] for each in folders] == [0, 1]
    index = ask("getArtists")["artists"]["index"]
    assert [each["name"] for each in index] == ["N", "O", "R"]
    nara = index[0]["artist"][0]
    assert (nara["name"], nara["albumCount"]) == ("Nara Senja", 1)
    artist = ask("getArtist", id=nara["id"])["artist"]
    album = ask("getAlbum", id=artist["album"][0]["id"])["album"]
    assert (album["name"], album["songCount"], album["year"], album["duration"]) == ("Pulang", 2, 2019, 40)
    assert [each["title"] for each in album["song"]] == ["Hujan di Beranda", "Kopi Jam Lima"]
    song = ask("getSong", id=album["song"][0]["id"])["song"]
    assert song == album["song"][0]
    assert (song["artist"], song["album"], song["track"], song["genre"]) == ("Nara Senja", "Pulang", 1, "Pop")
    assert (song["contentType"], song["suffix"], song["duration"]) == ("audio/mpeg", "mp3", 20)
    assert song["parent"] == album["id"]
    assert song["path"] == "Nara Senja/Pulang/Hujan di Beranda.mp3"


def test_the_same_as_directories(ask: Ask) -> None:
    indexes = ask("getIndexes")["indexes"]
    orkes = indexes["index"][1]["artist"][0]
    albums = ask("getMusicDirectory", id=orkes["id"])["directory"]
    assert [(each["isDir"], each["title"]) for each in albums["child"]] == [(True, "Pasar Malam")]
    inside = ask("getMusicDirectory", id=albums["child"][0]["id"])["directory"]
    assert [(each["isDir"], each["title"]) for each in inside["child"]] == [
        (False, "Layang-Layang"), (False, "Komidi & Putar"),
    ]  # fmt: skip
    assert inside["parent"] == orkes["id"]
    assert ask("getIndexes", ifModifiedSince=indexes["lastModified"])["indexes"]["index"] == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"type": "alphabeticalByName"}, ["Pasar Malam", "Pulang", "Rimba Kecil"]),
        ({"type": "alphabeticalByName", "size": 1, "offset": 1}, ["Pulang"]),
        ({"type": "alphabeticalByArtist"}, ["Pulang", "Pasar Malam", "Rimba Kecil"]),
        ({"type": "byYear", "fromYear": 2000, "toYear": 2020}, ["Pasar Malam", "Pulang"]),
        ({"type": "byYear", "fromYear": 2020, "toYear": 2000}, ["Pulang", "Pasar Malam"]),
        ({"type": "byGenre", "genre": "keroncong"}, ["Pasar Malam"]),
        ({"type": "starred"}, []),
        ({"type": "highest"}, []),
        ({"type": "frequent"}, []),
        ({"type": "recent"}, []),
        ({"type": "alphabeticalByName", "musicFolderId": 0}, []),
        ({"type": "alphabeticalByName", "musicFolderId": 1, "size": 2}, ["Pasar Malam", "Pulang"]),
    ],
)
def test_lists_of_albums(ask: Ask, given: dict[str, Any], expected: list[str]) -> None:
    assert [each["name"] for each in ask("getAlbumList2", **given)["albumList2"]["album"]] == expected
    assert [each["title"] for each in ask("getAlbumList", **given)["albumList"]["album"]] == expected


def test_lists_that_need_a_life(ask: Ask, home: Home) -> None:
    (first, *_, last) = songs(ask)
    with home.database.writing() as session:
        for song, count in ((first, 1), (last, 3)):
            for number in range(count):
                at = NOW - timedelta(days=9 if song is last else 1, minutes=number)
                plays.record_play(session, home.owner.id, int(song["id"][3:]), source="here", started=at)

    def named(order: str) -> list[str]:
        return [each["name"] for each in ask("getAlbumList2", type=order)["albumList2"]["album"]]

    assert named("frequent") == [last["album"], first["album"]]
    assert named("recent") == [first["album"], last["album"]]
    assert len(ask("getAlbumList2", type="newest")["albumList2"]["album"]) == 3
    heard = ask("getSong", id=last["id"])["song"]
    assert (heard["playCount"], heard["played"]) == (3, "2026-02-20T12:00:00.000Z")
    top = ask("getTopSongs", artist=last["artist"])["topSongs"]["song"]
    assert top[0]["id"] == last["id"]


def test_a_search_and_all_there_is(ask: Ask) -> None:
    found = ask("search3", query="NARA hujan")["searchResult3"]
    assert [each["title"] for each in found["song"]] == ["Hujan di Beranda"]
    assert ask("search3", query="nara")["searchResult3"]["artist"][0]["name"] == "Nara Senja"
    assert ask("search3", query="nara")["searchResult3"]["album"][0]["name"] == "Pulang"
    assert ask("search2", query="pulang")["searchResult2"]["album"][0]["title"] == "Pulang"
    assert len(songs(ask)) == len(songs(ask, '""')) == len(SONGS)
    pages = [ask("search3", query="", songCount=2, songOffset=at)["searchResult3"]["song"] for at in (0, 2, 4, 6)]
    assert [len(each) for each in pages] == [2, 2, 1, 0]
    assert len({song["id"] for page in pages for song in page}) == len(SONGS)


def test_genres_and_chance(ask: Ask) -> None:
    genres = ask("getGenres")["genres"]["genre"]
    assert [(each["value"], each["songCount"], each["albumCount"]) for each in genres] == [
        ("Folk", 1, 1), ("Keroncong", 2, 1), ("Pop", 2, 1),
    ]  # fmt: skip
    assert [each["title"] for each in ask("getSongsByGenre", genre="Folk")["songsByGenre"]["song"]] == ["Lampu <Kota>"]
    chance = ask("getRandomSongs", size=3, genre="Keroncong")["randomSongs"]["song"]
    assert {each["genre"] for each in chance} == {"Keroncong"}
    assert len(ask("getRandomSongs", size=3, fromYear=2010)["randomSongs"]["song"]) == 3


def test_words_with_their_times(ask: Ask) -> None:
    (song,) = songs(ask, "hujan di beranda")
    (words,) = ask("getLyricsBySongId", id=song["id"])["lyricsList"]["structuredLyrics"]
    assert words["synced"] is True
    assert words["line"] == [
        {"start": 100, "value": "Hujan turun di beranda"}, {"start": 400, "value": "Kopi dingin & kursi kosong"},
    ]  # fmt: skip
    (silent,) = songs(ask, "layang")
    assert ask("getLyricsBySongId", id=silent["id"])["lyricsList"]["structuredLyrics"] == []
    text = ask("getLyrics", artist="Nara Senja", title="Hujan di Beranda")["lyrics"]
    assert text["value"].startswith("Hujan turun")
    assert ask("getLyrics", artist="X", title="Y")["lyrics"] == {"value": ""}


def test_what_is_not_known_is_empty_and_not_made_up(ask: Ask) -> None:
    artist = ask("getArtists")["artists"]["index"][0]["artist"][0]["id"]
    album = ask("getAlbumList2", type="newest")["albumList2"]["album"][0]["id"]
    assert ask("getArtistInfo", id=artist)["artistInfo"] == {}
    assert ask("getArtistInfo2", id=artist)["artistInfo2"] == {}
    assert ask("getAlbumInfo2", id=album)["albumInfo"] == {}
    assert ask("getAlbumInfo", id=album)["albumInfo"] == {}
    assert ask("getSimilarSongs2", id=artist)["similarSongs2"]["song"] == []
    assert ask("getSimilarSongs", id=songs(ask)[0]["id"])["similarSongs"]["song"] == []


@pytest.mark.parametrize(
    ("name", "code", "given"),
    [
        ("getSong", 10, {}), ("getSong", 70, {"id": "tr-9999"}), ("getSong", 70, {"id": "al-1"}),
        ("getSong", 70, {"id": "../../etc"}), ("getSong", 70, {"id": "tr-99999999999999"}),
        ("getAlbum", 70, {"id": "al-99"}), ("getArtist", 70, {"id": "ar-99"}), ("getMusicDirectory", 70, {"id": "1"}),
        ("getAlbumList2", 10, {}), ("getAlbumList2", 0, {"type": "best"}), ("getAlbumList2", 10, {"type": "byYear"}),
        ("getAlbumList2", 10, {"type": "byGenre"}), ("getAlbumList2", 0, {"type": "newest", "size": "many"}),
        ("getAlbumList2", 0, {"type": "newest", "offset": -1}), ("search3", 10, {}),
        ("getLyricsBySongId", 70, {"id": "tr-77"}), ("getLyrics", 10, {}), ("getUser", 70, {"username": "siapa"}),
        ("getArtistInfo2", 70, {"id": "ar-77"}), ("getSimilarSongs", 70, {"id": "tr-77"}),
    ],
)  # fmt: skip
def test_errors_are_told_as_programs_expect(ask: Ask, name: str, code: int, given: dict[str, Any]) -> None:
    ask(name, code=code, **given)


def test_another_person_sees_the_folders_and_nothing_else(ask: Ask, client: TestClient, home: Home) -> None:
    guest = accounts.add_person(home, "tamu", "kata sandi yang panjang", at=NOW)
    theirs = asker(client, guest, accounts.add_app_password(home, guest, "player", at=NOW)[1])
    first = songs(ask)[0]
    ask("star", id=first["id"])
    assert "starred" in ask("getSong", id=first["id"])["song"]
    assert "starred" not in theirs("getSong", id=first["id"])["song"]
    theirs("getUser", code=50, username=home.owner.name)
    theirs("getUsers", code=50)
    theirs("startScan", code=50)
    assert theirs("getUser", username="tamu")["user"]["adminRole"] is False


def test_a_call_that_is_not_there_is_a_404(client: TestClient) -> None:
    assert client.get("/rest/getVideos").status_code == 404
