"""Files that are handed in: measured, looked into, decoded; nothing stays of what is refused."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from served import client_of, post
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from music_files import make_music, picture
from senandung.api.home import Home, open_home
from senandung.app.web import uploads
from senandung.app.web.application import ROUTES
from senandung.app.web.pages import with_form
from senandung.app.web.uploads import KINDS, plain_name, receive_upload, sniff
from senandung.domain.errors import InvalidValueError


def _take(request: Request, form: Any) -> Response:
    kinds = set(request.query_params.getlist("kind")) or {"audio", "video"}
    upload = receive_upload(request, form.get("file"), kinds=kinds, most_bytes=1 << 20)
    return JSONResponse([upload.path.name, upload.name, upload.kind, upload.size, upload.seconds])


ROUTE = Route("/take", with_form(_take), methods=["POST"], max_body_size=2 << 20)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as made:
        yield made


def take(home: Home, data: bytes, name: str, *, kind: str = "") -> Any:
    with client_of(home, routes=(*ROUTES, ROUTE), running=()) as client:
        client.headers["accept"] = "application/json"
        headers = {"accept": "application/json"}
        answer = post(client, f"/take?kind={kind}" if kind else "/take", files={"file": (name, data)})
        assert headers
        return answer


def lying(home: Home) -> list[str]:
    return sorted(path.name for path in home.uploads.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", ["a.mp3", "a.ogg", "a.wav", "a.flac", "a.opus", "a.m4a"])
def test_sound_is_kept_under_a_name_of_our_own(home: Home, tmp_path: Path, name: str) -> None:
    data = make_music(tmp_path / name, seconds=1).read_bytes()
    answer = take(home, data, f"../../{name}")
    assert answer.status_code == 200, answer.text
    kept, shown, kind, size, seconds = answer.json()
    assert (shown, kind, size) == (name, "audio", len(data))
    assert 0.9 < seconds < 1.2
    assert lying(home) == [kept]
    assert ".." not in kept


def test_a_film_is_told_from_sound_with_a_cover(home: Home, tmp_path: Path) -> None:
    film = tmp_path / "a.mp4"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=440:d=1", "-f", "lavfi", "-i", "testsrc=d=1:s=64x48"]
    subprocess.run([*command, "-shortest", str(film)], check=True, stdin=subprocess.DEVNULL)
    assert take(home, film.read_bytes(), "a.mp4").json()[2] == "video"
    song = make_music(tmp_path / "b.mp3", cover=picture())
    assert take(home, song.read_bytes(), "b.mp3", kind="audio").json()[2] == "audio"
    assert take(home, film.read_bytes(), "a.mp3", kind="audio").status_code == 400


def test_what_is_refused_leaves_nothing(home: Home, tmp_path: Path) -> None:
    whole = make_music(tmp_path / "a.flac", seconds=2).read_bytes()
    silent = tmp_path / "s.mp4"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=1:s=64x48", str(silent)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    playlist = b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"
    refused = {
        "empty.mp3": b"", "text.mp3": b"aku rindu", "list.m3u8": playlist, "cut.flac": whole[: len(whole) // 2],
        "noise.mp3": b"ID3" + bytes(range(256)) * 40, "zeros.wav": bytes(4096), "large.wav": b"RIFF" + bytes(1 << 20),
        "silent.mp4": silent.read_bytes(), "song.mid": b"MThd" + bytes(64),
    }  # fmt: skip
    for name, data in refused.items():
        answer = take(home, data, name)
        assert answer.status_code == 400, name
        assert lying(home) == [], name
    assert take(home, bytes(3 << 20), "huge.wav").status_code == 413
    assert take(home, b"aku rindu", "status.txt", kind="text").json()[2] == "text"


def test_decoding_may_use_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_music(tmp_path / "a.wav", seconds=1)
    assert uploads.look_into(path)[0] == "audio"
    monkeypatch.setattr(uploads, "MEMORY", 8 << 20)
    with pytest.raises(InvalidValueError, match="sound or film that can be played"):
        uploads.look_into(path)


@given(head=some.binary(max_size=64), name=some.text(max_size=40))
def test_any_bytes_are_some_kind_or_refused(head: bytes, name: str) -> None:
    try:
        kind, ending = sniff(head, name)
    except InvalidValueError:
        assert b"\x00" in head
        return
    assert kind in KINDS
    assert ending.isascii()
    assert ending.isalnum()
    assert len(ending) <= 8


@given(name=some.text(max_size=300))
def test_a_shown_name_is_one_name(name: str) -> None:
    shown = plain_name(name)
    assert shown
    assert len(shown) <= 120
    assert shown.isprintable()
    assert not set(shown) & {"/", "\\"}
