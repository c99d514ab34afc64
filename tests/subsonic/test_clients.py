"""Real players ask a real server: py-opensonic and py-sonic, programs of their own (`make test-clients`)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import served
from sqlalchemy import select

from opensubsonic import SONGS
from senandung.api.home import Home
from senandung.app.subsonic import service
from senandung.app.web.application import ROUTES
from senandung.remembering.store.plays import PlayRow

PYTHON = Path(__file__).parents[2] / ".venv-clients" / "bin" / "python"

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="the clients are not set up (make test-clients)")


@pytest.fixture
def address(home: Home) -> Iterator[str]:
    """The home, served on loopback."""
    with served(home, routes=(*ROUTES, *service.routes), running=()) as place:
        yield place


def run(script: str, address: str, home: Home, secret: str) -> Any:
    """What a client prints."""
    host, _, port = address.rpartition(":")
    words = [str(PYTHON), str(Path(__file__).parent / "clients" / script), host, port, home.owner.name, secret]
    done = subprocess.run(words, capture_output=True, timeout=120, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_py_opensonic(address: str, home: Home, secret: str) -> None:
    said = run("ask_opensonic.py", address, home, secret)
    assert said == {
        "ping": True,
        "key": home.owner.name,
        "extensions": sorted(
            ["formPost", "apiKeyAuthentication", "songLyrics", "indexBasedQueue", "transcodeOffset", "playbackReport"]
        ),
        "album": ["Nara Senja", "Pulang", ["Hujan di Beranda", "Kopi Jam Lima"]],
        "newest": 3,
        "found": ["Layang-Layang"],
        "words": [[100, "Hujan turun di beranda"], [400, "Kopi dingin & kursi kosong"]],
        "starred": True,
        "playlist": ["Dari pemutar", "pelan", 1],
        "queue": [2, 1234, 3],
        "bookmarks": [[5000, "di sini"]],
        "gift": True,
        "part": [206, 100],
        "opus": "OggS",
        "cover": said["cover"],
        "playing": ["Hujan di Beranda"],
        "missing": "DataNotFoundError",
        "wrong": said["wrong"],
    }
    assert said["cover"].startswith("image/")
    assert said["wrong"] is not True
    with home.database.reading() as session:
        ended = list(session.scalars(select(PlayRow.ended).order_by(PlayRow.started)))
    assert ended == ["fwdbtn", "unexpected-exit"]


def test_py_sonic_by_token_and_by_the_old_way(address: str, home: Home, secret: str) -> None:
    by_token, by_secret = run("ask_sonic.py", address, home, secret)
    size = by_token["bytes"][2]
    assert by_token == by_secret
    assert by_token == {
        "ping": True,
        "license": True,
        "directory": ["Nara Senja", "Pulang", ["Hujan di Beranda", "Kopi Jam Lima"]],
        "folders": 2,
        "genres": ["Folk", "Keroncong", "Pop"],
        "albums": ["Pasar Malam", "Pulang", "Rimba Kecil"],
        "found": ["Layang-Layang"],
        "words": ["Hujan turun di beranda", "Kopi dingin & kursi kosong"],
        "user": True,
        "starred": True,
        "rating": 4,
        "playlist": 2,
        "queue": 77,
        "bookmark": 4000,
        "bytes": [size, size, size],
        "cover": True,
        "scan": len(SONGS),
        "missing": "DataNotFoundError",
    }
    with home.database.reading() as session:
        assert session.scalars(select(PlayRow.source)).all() == ["subsonic"]
