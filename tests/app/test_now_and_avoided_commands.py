"""`now` and `avoided` on the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from listeners import BEGIN, DAY, rows_of
from senandung.api import accounts
from senandung.api.home import open_home
from senandung.app.cli import main
from senandung.remembering.heard import BUTTON, DONE
from senandung.remembering.store.base import instant_of
from senandung.remembering.store.plays import PlayRow
from senandung.remembering.store.tracks import TrackRow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home of the made-up listener, whose history ended yesterday."""
    shift = datetime.now(UTC) - timedelta(days=1) - instant_of(BEGIN + 400 * DAY)
    ended = {DONE: "trackdone", BUTTON: "fwdbtn"}
    with open_home(tmp_path / "home") as home, home.database.writing() as session:
        rows = [TrackRow(path=f"/nowhere/{n}.ogg", title=f"Lagu {n}", artist=f"Penyanyi {n % 8}", merge_key=f"lagu {n}",
                         duration_ms=200_000, added=datetime.now(UTC), search="") for n in range(40)]  # fmt: skip
        session.add_all(rows)
        session.flush()
        told = {"account_id": home.owner.id, "source": "spotify", "offset_minutes": 420, "doubled": False}
        session.execute(
            insert(PlayRow),
            [
                {**told, "track_id": rows[song].id, "started": instant_of(at) + shift, "played_ms": ms,
                 "skipped": bool(skip), "began": "clickrow" if chosen else "trackdone", "ended": ended[end]}
                for song, at, ms, chosen, end, skip in rows_of()
            ],
        )  # fmt: skip
    return tmp_path / "home"


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    """What a command printed, as JSON; its line on standard error where it failed."""
    assert main([*words, "--json"]) == status
    out = capsys.readouterr()
    return json.loads(out.out) if status == 0 else out.err


def test_now_gives_one_song_whose_reasons_add_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = said(capsys, "now", "--home", str(folder))
    assert first["points"] == sum(each["points"] for each in first["reasons"])
    assert said(capsys, "now", "--home", str(folder)) == first
    assert said(capsys, "now", "--not-now", "--home", str(folder))["track"] != first["track"]
    assert said(capsys, "now", "--forget", "--home", str(folder)) == {"forgotten": 2}
    assert "--forget goes alone" in said(capsys, "now", "--forget", "--not-now", "--home", str(folder), status=2)
    assert main(["now", "--home", str(folder)]) == 0
    assert "Semuanya" in capsys.readouterr().out


def test_now_in_an_empty_home_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "now", "--home", str(tmp_path / "empty")) == {"track": None}


def test_avoided_is_asked_for_and_answered(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(folder)]
    assert said(capsys, "avoided", *home) == {"wanted": False, "song": None}
    assert main(["avoided", *home]) == 0
    before = capsys.readouterr().out
    assert "Lagu" not in before and "not a medical or therapy service" in before and "119" in before
    song = said(capsys, "avoided", "--look", *home)["song"]
    assert (song["title"], song["grade"], song["completed_before"], song["skips_after"]) == (
        "Lagu 0",
        "avoided",
        75,
        60,
    )
    assert sum(each["completed"] for each in song["months"]) == 75
    track = ["--track", str(song["track"])]
    assert said(capsys, "avoided", *track, "--say", "outgrew", *home) == {"track": song["track"], "said": "outgrew"}
    after = said(capsys, "avoided", *home)["song"]
    assert after is None or after["title"] != "Lagu 0"
    assert "must be the number of a song" in said(
        capsys, "avoided", "--track", "999", "--say", "avoid", *home, status=2
    )
    assert "--say needs --track" in said(capsys, "avoided", "--say", "avoid", *home, status=2)
    assert said(capsys, "avoided", "--off", *home) == {"wanted": False}


def test_avoided_is_off_where_the_owner_said_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_home(folder) as home:
        accounts.set_setting(home, "avoided", False)
    assert "switched this off" in said(capsys, "avoided", "--look", "--home", str(folder), status=2)
