"""A stream that runs, heard slowly by a real client of a real server, ends where the right to hear it ends."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from served import add_person, served
from test_memories import tone

from senandung.api import accounts, sharing
from senandung.api.home import Home, open_home
from senandung.app.subsonic import service
from senandung.app.web.application import ROUTES
from senandung.domain.gift import Gift
from senandung.remembering.accounts import Person
from settled import NOW, track

HELD = 64 << 10
"""Bytes that the system is asked to hold on either side (Linux takes twice as many)."""

FIRST = 300_000
"""Bytes that are heard before the right ends."""

LEFT_OVER = 1_000_000
"""What may still come: what both sides hold, what the server's own buffer holds, and one piece (131,072 bytes)."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as opened:
        yield opened


def song(home: Home, tmp_path: Path, suffix: str) -> int:
    """A track whose stream has many megabytes: a WAV as it is, or a Matroska file, which is sent as MP3."""
    path = tmp_path / f"panjang.{suffix}"
    if suffix == "wav":
        tone(path, 600)
    else:
        quiet = ["-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono", "-t", "900", "-c:a", "flac"]
        subprocess.run(["ffmpeg", "-v", "error", *quiet, path], check=True)
    with home.database.writing() as session:
        row = track("Panjang", "Penyanyi", path=str(path))
        row.duration_ms, row.suffix = 600_000, suffix
        row.mime = "audio/wav" if suffix == "wav" else "audio/x-matroska"
        session.add(row)
        session.flush()
        return row.id


@contextmanager
def slowly(address: str, path: str, cookies: str = "") -> Iterator[Callable[[int], bytes]]:
    """A client that takes only what it reads: reads so many bytes, or fewer where the stream ended before."""
    parts = urlsplit(address)
    assert parts.hostname is not None and parts.port is not None
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD)
        line.settimeout(20)
        line.connect((parts.hostname, parts.port))
        asked = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookies}\r\n\r\n"
        line.sendall(asked.encode())

        def read(most: int) -> bytes:
            got = bytearray()
            while len(got) < most:
                piece = line.recv(min(1 << 14, most - len(got)))
                if not piece:
                    break
                got += piece
            return bytes(got)

        assert read(len("HTTP/1.1 200")) == b"HTTP/1.1 200"
        yield read


def is_cut(read: Callable[[int], bytes], end: Callable[[], object]) -> None:
    """Hear a little, end the right, and hear on: soon nothing comes any more, and not all had come."""
    assert len(read(FIRST)) == FIRST
    end()
    rest = read(20 * LEFT_OVER)
    assert len(rest) < LEFT_OVER, "it went on"
    assert not rest.endswith(b"\r\n0\r\n\r\n"), "nobody may take it for whole"


def goes_on(read: Callable[[int], bytes]) -> None:
    """The same without an end: it goes on well beyond what may be left over."""
    assert len(read(FIRST + 3 * LEFT_OVER)) == FIRST + 3 * LEFT_OVER


def opened_gift(address: str, link: str) -> str:
    """Open a gift in a browser of its own; its cookies."""
    with httpx2.Client(base_url=address, headers={"accept": "text/html"}) as browser:
        token = browser.get(f"/g/{link}").text.partition('data-csrf="')[2][:64]
        answer = browser.post(f"/g/{link}", data={"csrf": token})
        assert answer.status_code == 303
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


@pytest.mark.parametrize("suffix", ["wav", "mka"])
def test_a_gift_that_is_taken_back(home: Home, tmp_path: Path, suffix: str) -> None:
    number = song(home, tmp_path, suffix)
    given, link = sharing.give(home, home.owner, number, Gift("Untukmu."), at=NOW)
    with served(home, held=HELD, running=()) as address, ExitStack() as stack:
        cookies = opened_gift(address, link)
        read = stack.enter_context(slowly(address, f"/g/{link}/stream", cookies))
        goes_on(stack.enter_context(slowly(address, f"/g/{link}/stream", cookies)))
        is_cut(read, lambda: sharing.revoke(home, home.owner, given.id, at=NOW))
        assert httpx2.get(f"{address}/g/{link}/stream", headers={"cookie": cookies}).status_code == 410


def test_a_share_of_a_player_that_is_deleted_there(home: Home, tmp_path: Path) -> None:
    number = song(home, tmp_path, "wav")
    secret = accounts.add_app_password(home, home.owner, "player", at=NOW)[1]
    with served(home, held=HELD, running=(), routes=(*ROUTES, *service.routes)) as address, ExitStack() as stack:
        asked = {"apiKey": secret, "f": "json"}
        made = httpx2.get(f"{address}/rest/createShare", params={**asked, "id": f"tr-{number}"}).json()
        share = made["subsonic-response"]["shares"]["share"][0]
        link = share["url"].rpartition("/")[2]
        read = stack.enter_context(slowly(address, f"/g/{link}/stream", opened_gift(address, link)))
        is_cut(read, lambda: httpx2.get(f"{address}/rest/deleteShare", params={**asked, "id": share["id"]}))


def _put_out(home: Home, person: Person) -> None:
    accounts.end_visits(home, person)


def _deleted(home: Home, person: Person) -> None:
    accounts.delete_person(home, person, at=NOW)


@pytest.mark.parametrize("how", [_put_out, _deleted])
@pytest.mark.parametrize("kind", ["", "?format=mp3&bitrate=320"])
def test_a_person_whose_right_to_come_in_ends(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Callable[[Home, Person], None], kind: str
) -> None:
    monkeypatch.setattr("senandung.app.web.streams.LOOKS_EVERY", 0.0)
    number, sari = song(home, tmp_path, "wav"), add_person(home)
    with served(home, held=HELD, running=(), clock=lambda: NOW) as address, ExitStack() as stack:
        secret = accounts.begin_visit(home, sari, device="test", at=NOW)
        cookies = f"senandung_{urlsplit(address).port}={secret}"
        read, other = (stack.enter_context(slowly(address, f"/stream/{number}{kind}", cookies)) for _ in range(2))
        goes_on(other)
        is_cut(read, lambda: how(home, sari))


@pytest.mark.parametrize("kind", ["", "&format=mp3&maxBitRate=320"])
def test_a_player_whose_password_is_taken_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("senandung.app.web.streams.LOOKS_EVERY", 0.0)
    number = song(home, tmp_path, "wav")
    password, secret = accounts.add_app_password(home, home.owner, "player", at=NOW)
    with served(home, held=HELD, running=(), routes=(*ROUTES, *service.routes)) as address, ExitStack() as stack:
        path = f"/rest/stream?apiKey={secret}&id=tr-{number}{kind}"
        read, other = (stack.enter_context(slowly(address, path)) for _ in range(2))
        goes_on(other)
        is_cut(read, lambda: accounts.revoke_app_password(home, home.owner, password.id))
