"""A home with music, and a program that asks it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from music_files import make_music, picture
from opensubsonic import NOW, SONGS, WORDS, Ask, Clock, asker
from senandung.api import accounts
from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, scan
from senandung.app.subsonic import service
from senandung.app.web.application import ROUTES, web_application

collect_ignore = ["clients"]
"""Programs for another Python (`.venv-clients`), whose libraries are not here."""


@pytest.fixture(scope="session")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of music, made once a run."""
    folder = tmp_path_factory.mktemp("music")
    for number, (title, artist, album, year, genre) in enumerate(SONGS, 1):
        tags = {"title": title, "artist": artist, "album": album, "album_artist": artist, "track": str(number),
                "date": year, "genre": genre}  # fmt: skip
        cover = picture(64, 64, "teal") if album == "Pulang" else b""
        make_music(folder / album / f"{number:02}.mp3", tags, seconds=20, hz=200 + 30 * number, cover=cover)
    (folder / "Pulang" / "01.lrc").write_text(WORDS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def scanned(tmp_path_factory: pytest.TempPathFactory, music: Path) -> Path:
    """The folder of a home with that music, made once a run."""
    folder = tmp_path_factory.mktemp("scanned") / "home"
    with open_home(folder) as opened:
        scan(opened.database, add_folder(opened.database, music, at=NOW), at=NOW)
    return folder


@pytest.fixture
def home(tmp_path: Path, scanned: Path) -> Iterator[Home]:
    """A home with that music, a test's own."""
    shutil.copytree(scanned, tmp_path / "home")
    with open_home(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The home's time."""
    return Clock()


@pytest.fixture
def client(home: Home, clock: Clock) -> Iterator[TestClient]:
    """The home, served."""
    app = web_application(home, clock=clock, routes=(*ROUTES, *service.routes), running=())
    with TestClient(app, base_url="http://localhost:8733", client=("127.0.0.1", 50000)) as opened:
        yield opened


@pytest.fixture
def secret(home: Home) -> str:
    """The owner's app password."""
    return accounts.add_app_password(home, home.owner, "player", at=NOW)[1]


@pytest.fixture
def ask(client: TestClient, home: Home, secret: str) -> Ask:
    """Ask as the owner; see `asker`."""
    return asker(client, home.owner, secret)
