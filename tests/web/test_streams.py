"""Streams: parts of files as HTTP says, other formats, what is cut, who may hear."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx2
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image
from served import add_person, client_as, client_of, served

from music_files import FULL, make_music, picture
from senandung.api.home import Home, open_home
from senandung.api.library import add_folder, add_song, scan
from senandung.api.streams import BusyError, Span, Transcoder, UnsatisfiableError, asked_span, sound_file
from senandung.app.web.streams import COVER_SIDES, send_file
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.remembering.tracks import search_tracks
from song_folders import song_folder

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    make_music(folder / "a.mp3", FULL, seconds=4, cover=picture())
    make_music(folder / "b.aiff", {"title": "Zaman"}, seconds=1)
    return folder


@pytest.fixture
def home(tmp_path: Path, music: Path) -> Iterator[Home]:
    with open_home(tmp_path / "home") as made:
        scan(made.database, add_folder(made.database, music, at=NOW), at=NOW)
        yield made


@given(some.integers(0, 50), some.text(some.sampled_from("bytes=0123456789-, "), max_size=16))
def test_any_range_is_a_part_of_the_file_or_none(size: int, header: str) -> None:
    try:
        span = asked_span(header, size)
    except UnsatisfiableError:
        return
    assert span is None or 0 <= span.first < span.end <= size


@given(some.integers(1, 10_000), some.data())
def test_a_range_gives_what_it_names(size: int, data: some.DataObject) -> None:
    first = data.draw(some.integers(0, size - 1))
    last = data.draw(some.integers(first, 2 * size))
    assert asked_span(f"bytes={first}-{last}", size) == Span(first, min(last + 1, size))
    assert asked_span(f"bytes={first}-", size) == Span(first, size)
    assert asked_span(f"bytes=-{last + 1}", size) == Span(max(0, size - last - 1), size)
    with pytest.raises(UnsatisfiableError):
        asked_span(f"bytes={size}-", size)


def test_a_stream_is_the_file_or_its_part(home: Home, music: Path) -> None:
    data = (music / "a.mp3").read_bytes()
    with client_of(home, running=()) as client:
        whole = client.get("/stream/1")
        assert (whole.status_code, whole.content) == (200, data)
        assert whole.headers["content-type"] == "audio/mpeg"
        assert whole.headers["accept-ranges"] == "bytes"
        head = client.head("/stream/1")
        assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(data)))
        part = client.get("/stream/1", headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, data[100:300])
        assert part.headers["content-range"] == f"bytes 100-299/{len(data)}"
        last = client.get("/stream/1", headers={"Range": "bytes=-50"})
        assert last.content == data[-50:]
        beyond = client.get("/stream/1", headers={"Range": f"bytes={len(data)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(data)}")
        assert client.get("/stream/1", headers={"Range": "lines=1-2"}).status_code == 200
        assert client.get("/stream/1", headers={"Range": "bytes=1-2,5-6"}).content == data
        tag, changed = whole.headers["etag"], whole.headers["last-modified"]
        for condition in (tag, changed):
            asked = client.get("/stream/1", headers={"Range": "bytes=0-9", "If-Range": condition})
            assert asked.status_code == 206
        for condition in ('"other"', f"W/{tag}", "Sat, 01 Jan 2000 00:00:00 GMT", "yesterday"):
            asked = client.get("/stream/1", headers={"Range": "bytes=0-9", "If-Range": condition})
            assert (asked.status_code, len(asked.content)) == (200, len(data))
        assert client.get("/stream/1", headers={"If-None-Match": tag}).status_code == 304
        assert client.get("/stream/1", headers={"If-Modified-Since": changed}).status_code == 304
        assert client.get("/stream/99").status_code == 404


def test_what_is_gone_or_anothers_is_not_found(home: Home, tmp_path: Path) -> None:
    number = add_song(home.database, song_folder(tmp_path / "song"), owner_id=home.owner.id, at=NOW)
    sari = add_person(home)
    with client_of(home, running=()) as client:
        assert client.get(f"/stream/{number}").status_code == 200
        (tmp_path / "song" / "song.wav").unlink()
        assert client.get(f"/stream/{number}").status_code == 404
    with client_as(home, sari, running=()) as client:
        assert client.get(f"/stream/{number}").status_code == 404
        assert client.get("/stream/1").status_code == 200
    with client_of(home, address="192.168.1.7", running=()) as client:
        assert client.get("/stream/1").status_code in (303, 401)


def test_covers_are_kept_by_their_digest(home: Home) -> None:
    with home.database.reading() as session:
        cover = next(track.cover_id for track in search_tracks(session, 1).tracks if track.cover_id)
    with client_of(home, running=()) as client:
        found = client.get(f"/cover/{cover}")
        assert found.headers["content-type"] == "image/jpeg"
        assert client.get(f"/cover/{cover}", headers={"If-None-Match": found.headers["etag"]}).status_code == 304
        assert client.get("/cover/999").status_code == 404


def test_covers_come_as_large_as_they_are_shown(home: Home) -> None:
    with home.database.reading() as session:
        cover = next(track.cover_id for track in search_tracks(session, 1).tracks if track.cover_id)
    with client_of(home) as client:
        whole = client.get(f"/cover/{cover}")
        with Image.open(io.BytesIO(whole.content)) as opened:
            longer = max(opened.size)
        for side in COVER_SIDES:
            found = client.get(f"/cover/{cover}?side={side}")
            assert found.headers["content-type"] == "image/webp"
            with Image.open(io.BytesIO(found.content)) as opened:
                assert max(opened.size) == min(side, longer)
            assert found.headers["etag"] != whole.headers["etag"]
            again = client.get(f"/cover/{cover}?side={side}", headers={"If-None-Match": found.headers["etag"]})
            assert (again.status_code, again.content) == (304, b"")
        assert client.get(f"/cover/{cover}?side=161").status_code == 404, "sides that no page asks for fill no memory"


def test_other_formats_at_another_bit_rate_from_a_second_on(home: Home) -> None:
    with client_of(home, running=()) as client:
        opus = client.get("/stream/1?format=opus&bitrate=32&t=3")
        assert opus.headers["content-type"] == "audio/ogg"
        samples, rate = soundfile.read(io.BytesIO(opus.content))
        assert 0.8 < len(samples) / rate < 1.3
        mp3 = client.get("/stream/2")  # no browser reads AIFF
        assert mp3.headers["content-type"] == "audio/mpeg"
        assert 0.9 < soundfile.info(io.BytesIO(mp3.content)).duration < 1.2
        assert client.get("/stream/1?format=wma").status_code == 400
        assert client.head("/stream/1?format=mp3").headers["content-type"] == "audio/mpeg"


def test_only_so_many_formats_are_changed_at_once(music: Path) -> None:
    changer = Transcoder(2)
    one, two = (changer.open(music / "a.mp3", "mp3") for _ in range(2))
    with pytest.raises(BusyError, match="2 formats at once"):
        changer.open(music / "a.mp3", "mp3")
    one.close()
    with changer.open(music / "a.mp3", "opus", bit_rate=16) as three:
        assert three.read().startswith(b"OggS")
    two.close()
    two.close()
    with pytest.raises(UnknownNameError, match="unknown format"):
        changer.open(music / "a.mp3", "wma")
    with pytest.raises(InvalidValueError, match=r"16\.\.320"):
        changer.open(music / "a.mp3", "mp3", bit_rate=999)
    with pytest.raises(FileError, match="not there"):
        changer.open(music / "gone.mp3", "mp3")


def test_what_is_taken_back_is_cut_before_the_next_piece(tmp_path: Path) -> None:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    big = tmp_path / "big.wav"
    big.write_bytes(bytes(1 << 20))
    looked: list[int] = []

    async def allowed() -> bool:
        looked.append(1)
        return len(looked) < 4

    async def give(request: Request) -> Response:
        return await send_file(request, big, "audio/wav", allowed=allowed)

    async def run() -> int:
        app = Starlette(routes=[Route("/", give)])
        sent = 0

        async def receive() -> dict[str, object]:
            await anyio.sleep_forever()
            raise AssertionError

        async def send(message: dict[str, object]) -> None:
            nonlocal sent
            body = message.get("body", b"")
            assert isinstance(body, bytes)
            sent += len(body)

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b"", "app": app}
        await app(scope, receive, send)  # type: ignore[arg-type]
        return sent

    assert anyio.run(run) == 3 * (1 << 17)


def test_a_listener_who_goes_makes_room(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changer = Transcoder(1)
    monkeypatch.setattr("senandung.app.web.streams.TRANSCODER", changer)
    long = make_music(tmp_path / "long" / "long.flac", seconds=300)
    scan(home.database, add_folder(home.database, long.parent, at=NOW), at=NOW)
    with served(home, running=()) as address:
        with httpx2.stream("GET", f"{address}/stream/3?format=opus&bitrate=320") as answer:
            assert answer.status_code == 200
            assert next(answer.iter_bytes())
            with pytest.raises(BusyError):
                changer.open(long, "mp3")
        for _ in range(200):
            try:
                changer.open(long, "mp3").close()
                break
            except BusyError:
                time.sleep(0.05)
        else:
            pytest.fail("nobody listens any more, and there is no room")


def test_a_file_says_how_it_stands(music: Path) -> None:
    file = sound_file(music / "a.mp3")
    assert file.size == (music / "a.mp3").stat().st_size
    with pytest.raises(FileError, match="not there"):
        sound_file(music / "none.mp3")
    with pytest.raises(FileError, match="not a file"):
        sound_file(music)
