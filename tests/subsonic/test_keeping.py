"""Stars, ratings, playlists, the queue, bookmarks and gifts over the service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from opensubsonic import NOW, SONGS, Ask, Clock, asker
from senandung.api import accounts, memories
from senandung.api.home import Home
from senandung.api.memories import Written
from senandung.remembering import sharing


@pytest.fixture
def songs(ask: Ask) -> list[dict[str, Any]]:
    """All songs."""
    return list(ask("search3", query="")["searchResult3"]["song"])


@pytest.fixture
def theirs(client: TestClient, home: Home) -> Ask:
    """Ask as another person."""
    guest = accounts.add_person(home, "tamu", "kata sandi yang panjang", at=NOW)
    return asker(client, guest, accounts.add_app_password(home, guest, "player", at=NOW)[1])


def test_stars_of_songs_albums_and_artists(ask: Ask, songs: list[dict[str, Any]], clock: Clock) -> None:
    ask("star", id=songs[0]["id"], albumId=songs[1]["albumId"], artistId=songs[2]["artistId"])
    clock.on(60)
    ask("star", id=[songs[3]["id"], songs[0]["id"]])
    for name, title in (("starred2", "name"), ("starred", "title")):
        found = ask(f"getS{name[1:]}")[name]
        assert [each["id"] for each in found["song"]] == [songs[3]["id"], songs[0]["id"]]
        assert [each[title] for each in found["album"]] == [songs[1]["album"]]
        assert [each["name"] for each in found["artist"]] == [songs[2]["artist"]]
    assert ask("getSong", id=songs[0]["id"])["song"]["starred"] == "2026-03-01T12:00:00.000Z"
    assert [each["id"] for each in ask("getAlbumList2", type="starred")["albumList2"]["album"]] == [songs[1]["albumId"]]
    ask("unstar", id=[songs[0]["id"], songs[3]["id"]], albumId=songs[1]["albumId"], artistId=songs[2]["artistId"])
    assert ask("getStarred2")["starred2"] == {"artist": [], "album": [], "song": []}
    ask("star", code=10)
    ask("star", code=70, id="tr-999")


def test_ratings(ask: Ask, songs: list[dict[str, Any]]) -> None:
    ask("setRating", id=songs[0]["id"], rating=4)
    ask("setRating", id=songs[0]["albumId"], rating=5)
    assert ask("getSong", id=songs[0]["id"])["song"]["userRating"] == 4
    assert [each["userRating"] for each in ask("getAlbumList2", type="highest")["albumList2"]["album"]] == [5]
    ask("setRating", id=songs[0]["id"], rating=0)
    assert "userRating" not in ask("getSong", id=songs[0]["id"])["song"]
    ask("setRating", code=0, id=songs[0]["id"], rating=6)
    ask("setRating", code=70, id="pl-1", rating=1)


def test_a_playlist_is_made_changed_and_deleted(ask: Ask, songs: list[dict[str, Any]], clock: Clock) -> None:
    three = [each["id"] for each in songs[:3]]
    made = ask("createPlaylist", name="Pagi & hujan", songId=[*three, three[0]])["playlist"]
    assert (made["name"], made["songCount"], made["duration"], made["public"]) == ("Pagi & hujan", 4, 80, False)
    clock.on(60)
    ask("updatePlaylist", playlistId=made["id"], name="Sore", comment="pelan", public="true",
        songIdToAdd=songs[4]["id"], songIndexToRemove=[0, 2])  # fmt: skip
    found = ask("getPlaylist", id=made["id"])["playlist"]
    assert [each["id"] for each in found["entry"]] == [three[1], three[0], songs[4]["id"]]
    assert (found["name"], found["comment"], found["public"]) == ("Sore", "pelan", True)
    assert found["changed"] > found["created"]
    ask("createPlaylist", playlistId=made["id"], songId=three[2])
    assert [each["id"] for each in ask("getPlaylist", id=made["id"])["playlist"]["entry"]] == [three[2]]
    assert [each["name"] for each in ask("getPlaylists")["playlists"]["playlist"]] == ["Sore"]
    ask("deletePlaylist", id=made["id"])
    assert ask("getPlaylists")["playlists"]["playlist"] == []
    ask("getPlaylist", code=70, id=made["id"])
    ask("createPlaylist", code=10)
    ask("createPlaylist", code=70, name="x", songId="tr-999")
    assert ask("getPlaylists")["playlists"]["playlist"] == []


def test_a_playlist_is_private_until_it_is_shown_and_never_changed_by_others(
    ask: Ask, theirs: Ask, songs: list[dict[str, Any]]
) -> None:
    made = ask("createPlaylist", name="Rahasia", songId=songs[0]["id"])["playlist"]["id"]
    theirs("getPlaylist", code=70, id=made)
    theirs("updatePlaylist", code=70, playlistId=made, name="x")
    theirs("deletePlaylist", code=70, id=made)
    assert theirs("getPlaylists")["playlists"]["playlist"] == []
    ask("updatePlaylist", playlistId=made, public="true")
    assert theirs("getPlaylist", id=made)["playlist"]["readonly"] is True
    theirs("updatePlaylist", code=50, playlistId=made, name="x")
    theirs("createPlaylist", code=70, playlistId=made, songId=songs[1]["id"])
    theirs("deletePlaylist", code=50, id=made)
    assert ask("getPlaylist", id=made)["playlist"]["name"] == "Rahasia"


def test_the_queue_by_identifier_and_by_place(ask: Ask, theirs: Ask, songs: list[dict[str, Any]]) -> None:
    assert ask("getPlayQueue")["playQueue"]["entry"] == []
    twice = [songs[0]["id"], songs[1]["id"], songs[0]["id"]]
    ask("savePlayQueueByIndex", id=twice, currentIndex=2, position=4321)
    found = ask("getPlayQueueByIndex")["playQueueByIndex"]
    assert ([each["id"] for each in found["entry"]], found["currentIndex"], found["position"]) == (twice, 2, 4321)
    assert (found["changedBy"], found["changed"]) == ("test", "2026-03-01T12:00:00.000Z")
    assert ask("getPlayQueue")["playQueue"]["current"] == songs[0]["id"]
    ask("savePlayQueue", id=twice[:2], current=songs[1]["id"], position=5)
    assert ask("getPlayQueueByIndex")["playQueueByIndex"]["currentIndex"] == 1
    assert theirs("getPlayQueue")["playQueue"]["entry"] == []
    ask("savePlayQueueByIndex", code=10, id=twice)
    ask("savePlayQueueByIndex", code=0, id=twice, currentIndex=3)
    ask("savePlayQueue", code=70, id=twice, current=songs[3]["id"])
    ask("savePlayQueue", code=70, id="tr-999")
    ask("savePlayQueue")
    assert ask("getPlayQueue")["playQueue"]["entry"] == []


def test_a_bookmark_and_a_memory_that_is_shown_as_one(
    ask: Ask, theirs: Ask, home: Home, songs: list[dict[str, Any]]
) -> None:
    number = int(songs[1]["id"][3:])
    memories.add(home, home.owner, number, Written(start_ms=7000, text="hujan di terminal"), today=NOW.date(), at=NOW)
    ask("createBookmark", id=songs[0]["id"], position=3000, comment="di sini")
    found = {each["entry"]["id"]: each for each in ask("getBookmarks")["bookmarks"]["bookmark"]}
    assert (found[songs[0]["id"]]["position"], found[songs[0]["id"]]["comment"]) == (3000, "di sini")
    assert (found[songs[1]["id"]]["position"], found[songs[1]["id"]]["comment"]) == (7000, "hujan di terminal")
    assert theirs("getBookmarks")["bookmarks"]["bookmark"] == []
    ask("deleteBookmark", id=songs[0]["id"])
    ask("deleteBookmark", code=70, id=songs[0]["id"])
    ask("deleteBookmark", code=50, id=songs[1]["id"])
    assert len(ask("getBookmarks")["bookmarks"]["bookmark"]) == 1
    ask("createBookmark", id=songs[1]["id"], position=1)
    assert [each["position"] for each in ask("getBookmarks")["bookmarks"]["bookmark"]] == [1]
    ask("createBookmark", code=70, id="tr-999", position=1)
    ask("createBookmark", code=10, id=songs[1]["id"])


def test_a_share_is_a_gift_whose_link_is_told_once(
    ask: Ask, theirs: Ask, home: Home, songs: list[dict[str, Any]]
) -> None:
    until = int(1000 * (NOW + timedelta(days=7)).timestamp())
    (made,) = ask("createShare", id=songs[0]["id"], description="untukmu", expires=until)["shares"]["share"]
    assert (made["visitCount"], made["expires"]) == (0, "2026-03-08T12:00:00.000Z")
    secret = made["url"].removeprefix("http://localhost:8733/g/")
    with home.database.reading() as session:
        gift = sharing.look(session, secret)
    assert gift is not None
    assert gift.gift.letter == "untukmu"
    (listed,) = ask("getShares")["shares"]["share"]
    assert secret not in str(listed)
    assert listed["entry"][0]["id"] == songs[0]["id"]
    ask("updateShare", id=made["id"], description="lain")
    assert ask("getShares")["shares"]["share"][0]["description"] == "lain"
    assert theirs("getShares")["shares"]["share"] == []
    theirs("updateShare", code=70, id=made["id"], description="x")
    theirs("deleteShare", code=70, id=made["id"])
    with home.database.writing() as session:
        assert sharing.claim(session, secret, at=NOW) is not None
    ask("updateShare", code=50, id=made["id"], description="x")
    ask("deleteShare", id=made["id"])
    assert ask("getShares")["shares"]["share"] == []
    ask("createShare", code=10)
    ask("createShare", code=0, id=[songs[0]["id"], songs[1]["id"]])
    ask("createShare", code=0, id=songs[0]["id"], expires=1000)
    ask("createShare", code=70, id="tr-999")


def test_forms_that_are_posted(client: TestClient, secret: str, songs: list[dict[str, Any]]) -> None:
    many = [songs[number % len(SONGS)]["id"] for number in range(3000)]
    saved = client.post(
        "/rest/savePlayQueueByIndex.view", data={"apiKey": secret, "f": "json", "id": many, "currentIndex": 2999}
    )
    assert saved.json()["subsonic-response"]["status"] == "ok"
    found = client.post("/rest/getPlayQueueByIndex", params={"f": "json"}, data={"apiKey": secret}).json()
    assert [each["id"] for each in found["subsonic-response"]["playQueueByIndex"]["entry"]] == many
