"""What players report becomes plays, with how much was heard and whether it was skipped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from opensubsonic import NOW, Ask, Clock, asker
from senandung.api import accounts
from senandung.api.home import Home
from senandung.remembering.store.plays import PlayRow


@pytest.fixture
def songs(ask: Ask) -> list[str]:
    """Identifiers of songs, each twenty seconds long."""
    return [each["id"] for each in ask("search3", query="")["searchResult3"]["song"]]


@pytest.fixture
def report(ask: Ask) -> Any:
    """Report a position in seconds."""

    def tell(song: str, seconds: float, state: str = "playing", **given: Any) -> None:
        ask("reportPlayback", mediaId=song, mediaType="song", positionMs=int(1000 * seconds), state=state, **given)

    return tell


def plays(home: Home) -> list[tuple[str, int | None, str | None, bool | None]]:
    """Song, milliseconds, end and skip of every play that counts, in the order of time."""
    with home.database.reading() as session:
        rows = session.scalars(select(PlayRow).where(PlayRow.doubled.is_(False)).order_by(PlayRow.started, PlayRow.id))
        return [(f"tr-{row.track_id}", row.played_ms, row.ended, row.skipped) for row in rows]


def test_a_song_that_is_heard_to_its_end(home: Home, songs: list[str], report: Any, clock: Clock) -> None:
    report(songs[0], 0, "starting")
    for second in (0, 10):
        report(songs[0], second)
        clock.on(10)
    report(songs[0], 19.8, "stopped")
    ((song, played, ended, skipped),) = plays(home)
    assert (song, ended, skipped) == (songs[0], "trackdone", False)
    assert played == pytest.approx(19_800, abs=300)


def test_a_song_that_is_left_for_another_is_skipped(home: Home, songs: list[str], report: Any, clock: Clock) -> None:
    report(songs[0], 0)
    clock.on(4)
    report(songs[1], 0)
    clock.on(3)
    report(songs[1], 3, "stopped")
    clock.on(1)
    report(songs[2], 0, "starting")
    clock.on(2)
    report(songs[2], 2, "stopped")
    clock.on(600)
    report(songs[3], 0)
    assert plays(home)[:3] == [
        (songs[0], 4000, "fwdbtn", True),
        (songs[1], 3000, "fwdbtn", True),
        (songs[2], 2000, "endplay", None),
    ]


def test_a_pause_is_not_heard_and_a_seek_is_not_either(home: Home, songs: list[str], report: Any, clock: Clock) -> None:
    report(songs[0], 0)
    clock.on(3)
    report(songs[0], 3, "paused")
    clock.on(1000)
    report(songs[0], 3, "playing")
    clock.on(2)
    report(songs[0], 18, "playing")
    clock.on(2)
    report(songs[0], 20, "stopped")
    assert plays(home) == [(songs[0], 7000, "trackdone", False)]


def test_a_player_that_falls_silent_has_said_what_it_said(
    home: Home, songs: list[str], report: Any, clock: Clock
) -> None:
    report(songs[0], 0)
    clock.on(5)
    report(songs[0], 5)
    assert plays(home) == [(songs[0], 5000, "unexpected-exit", None)]
    clock.on(3600)
    report(songs[1], 0)
    assert plays(home)[0] == (songs[0], 5000, "unexpected-exit", None)


def test_the_same_song_again_is_another_play(home: Home, songs: list[str], report: Any, clock: Clock) -> None:
    for _ in range(2):
        report(songs[0], 0, "starting")
        clock.on(20)
        report(songs[0], 20, "stopped")
        clock.on(1)
    assert [ended for _, _, ended, _ in plays(home)] == ["trackdone", "trackdone"]


def test_what_is_to_be_ignored_plays_now_and_is_no_play(
    home: Home, ask: Ask, songs: list[str], report: Any, clock: Clock
) -> None:
    report(songs[0], 0, ignoreScrobble="true")
    (now,) = ask("getNowPlaying")["nowPlaying"]["entry"]
    assert (now["id"], now["username"], now["minutesAgo"]) == (songs[0], home.owner.name, 0)
    clock.on(20)
    report(songs[0], 20, "stopped", ignoreScrobble="true")
    assert plays(home) == []
    assert ask("getNowPlaying")["nowPlaying"]["entry"] == []


def test_a_report_and_a_scrobble_of_one_play_are_one(
    home: Home, ask: Ask, songs: list[str], report: Any, clock: Clock
) -> None:
    report(songs[0], 0)
    clock.on(12)
    report(songs[0], 12)
    ask("scrobble", id=songs[0])
    ask("scrobble", id=songs[0], time=int(1000 * clock().timestamp()))
    clock.on(8)
    report(songs[0], 20, "stopped")
    assert [ended for _, _, ended, _ in plays(home)] == ["trackdone"]


def test_scrobbles_alone_tell_of_plays_and_of_skips(home: Home, ask: Ask, songs: list[str], clock: Clock) -> None:
    ask("scrobble", id=songs[0], submission="false")
    assert ask("getNowPlaying")["nowPlaying"]["entry"][0]["id"] == songs[0]
    clock.on(15)
    ask("scrobble", id=songs[0], submission="true")
    clock.on(5)
    ask("scrobble", id=songs[1], submission="false")
    clock.on(4)
    ask("scrobble", id=songs[2], submission="false")
    clock.on(500)
    ask("scrobble", id=songs[3], submission="false")
    assert plays(home) == [(songs[0], None, None, None), (songs[1], 4000, "fwdbtn", True)]


def test_plays_of_a_journey_come_later_with_their_times(home: Home, ask: Ask, songs: list[str]) -> None:
    times = [int(1000 * (NOW - timedelta(hours=hours)).timestamp()) for hours in (3, 2, 1)]
    ask("scrobble", id=songs[:3], time=times)
    ask("scrobble", id=songs[:3], time=times)
    assert [song for song, *_ in plays(home)] == songs[:3]
    ask("scrobble", code=0, id=songs[:3], time=times[:2])
    ask("scrobble", code=0, id=songs[0], time=10**15)


@pytest.mark.parametrize(
    ("code", "given"),
    [(10, {}), (10, {"mediaId": "tr-1"}), (0, {"mediaType": "podcast"}), (0, {"state": "dancing"}),
     (0, {"positionMs": -1}), (0, {"positionMs": "x"}), (0, {"playbackRate": "fast"}), (0, {"playbackRate": 0}),
     (70, {"mediaId": "tr-999"}), (70, {"mediaId": "al-1"})],
)  # fmt: skip
def test_wrong_reports_are_refused(home: Home, ask: Ask, code: int, given: dict[str, Any]) -> None:
    whole = {"mediaId": "tr-1", "mediaType": "song", "positionMs": 0, "state": "playing"}
    ask("reportPlayback", code=code, **(given if code == 10 else {**whole, **given}))
    assert plays(home) == []


def test_what_one_person_hears_is_theirs(
    ask: Ask, client: TestClient, home: Home, songs: list[str], report: Any
) -> None:
    guest = accounts.add_person(home, "tamu", "kata sandi yang panjang", at=NOW)
    theirs = asker(client, guest, accounts.add_app_password(home, guest, "player", at=NOW)[1])
    report(songs[0], 0)
    assert theirs("getNowPlaying")["nowPlaying"]["entry"] == []
    assert "playCount" not in theirs("getSong", id=songs[0])["song"]
    assert ask("getSong", id=songs[0])["song"]["playCount"] == 1
