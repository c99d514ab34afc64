"""Sound in parts and in other formats, and covers."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from opensubsonic import Ask
from senandung.api.home import Home


def first(ask: Ask) -> dict[str, Any]:
    song: dict[str, Any] = ask("search3", query="hujan di beranda")["searchResult3"]["song"][0]
    return song


def length_of(data: bytes, tmp_path: Path) -> float:
    """Seconds, by ffprobe."""
    path = tmp_path / "heard"
    path.write_bytes(data)
    said = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-ac", "1", "-ar", "8000", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return len(said) / 16000


def test_a_song_as_a_whole_and_in_parts(client: TestClient, ask: Ask, secret: str, music: Path) -> None:
    song = first(ask)
    whole = (music / "Pulang" / "01.mp3").read_bytes()
    given = {"id": song["id"], "apiKey": secret}
    for name in ("stream", "stream.view", "download"):
        answer = client.get(f"/rest/{name}", params=given)
        assert (answer.status_code, answer.content) == (200, whole)
        assert answer.headers["content-type"] == "audio/mpeg"
        assert answer.headers["accept-ranges"] == "bytes"
    part = client.get("/rest/stream", params=given, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, whole[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    posted = client.post("/rest/stream", data=given, headers={"Range": "bytes=100-299"})
    assert (posted.status_code, posted.content) == (206, whole[100:300])
    assert client.get("/rest/stream", params=given, headers={"Range": "bytes=99999999-"}).status_code == 416
    assert song["size"] == len(whole)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_another_format_another_bit_rate_another_beginning(
    client: TestClient, ask: Ask, secret: str, tmp_path: Path
) -> None:
    given = {"id": first(ask)["id"], "apiKey": secret}
    opus = client.get("/rest/stream", params={**given, "format": "opus", "maxBitRate": 64})
    assert opus.headers["content-type"] == "audio/ogg"
    assert opus.content[:4] == b"OggS"
    assert length_of(opus.content, tmp_path) == pytest.approx(20, abs=0.3)
    late = client.get("/rest/stream", params={**given, "timeOffset": 15})
    assert late.headers["content-type"] == "audio/mpeg"
    assert length_of(late.content, tmp_path) == pytest.approx(5, abs=0.3)
    small = client.get("/rest/stream", params={**given, "maxBitRate": 32})
    raw = client.get("/rest/stream", params={**given, "maxBitRate": 32, "format": "raw"})
    assert len(small.content) < 0.8 * len(raw.content)


def test_a_cover_by_every_identifier(client: TestClient, ask: Ask, secret: str) -> None:
    song = first(ask)
    found = [
        client.get("/rest/getCoverArt", params={"id": each, "apiKey": secret, "size": 300})
        for each in (song["coverArt"], song["id"], song["albumId"], song["artistId"])
    ]
    assert {each.status_code for each in found} == {200}
    assert {each.headers["content-type"] for each in found} <= {"image/jpeg", "image/png"}
    assert len({each.content for each in found}) == 1
    again = {"If-None-Match": found[0].headers["etag"]}
    assert client.get(f"/rest/getCoverArt?id={song['id']}&apiKey={secret}&size=300", headers=again).status_code == 304


def test_a_cover_as_large_as_it_is_asked_for(client: TestClient, ask: Ask, secret: str) -> None:
    def asked(**size: int) -> Image.Image:
        answer = client.get("/rest/getCoverArt", params={"id": first(ask)["coverArt"], "apiKey": secret, **size})
        assert answer.status_code == 200
        return Image.open(io.BytesIO(answer.content))

    whole = asked()
    assert max(whole.size) > 50
    assert max(asked(size=50).size) == 50
    assert asked(size=50).format == whole.format
    assert [asked(size=size).size for size in (0, 600, 5000)] == [whole.size] * 3
    wrong = client.get("/rest/getCoverArt", params={"id": first(ask)["id"], "apiKey": secret, "size": -1, "f": "json"})
    assert wrong.json()["subsonic-response"]["status"] == "failed"


@pytest.mark.parametrize("name", ["stream", "download", "getCoverArt"])
@pytest.mark.parametrize("number", ["tr-999", "co-999", "al-999", "x"])
def test_what_is_not_there_is_an_answer_and_no_bytes(client: TestClient, secret: str, name: str, number: str) -> None:
    answer = client.get(f"/rest/{name}", params={"id": number, "apiKey": secret, "f": "json"})
    assert answer.status_code == 200
    assert answer.json()["subsonic-response"]["error"]["code"] == 70


def test_a_file_that_is_gone_for_now(client: TestClient, ask: Ask, secret: str, home: Home, music: Path) -> None:
    song = first(ask)
    path = music / "Pulang" / "01.mp3"
    path.rename(path.with_suffix(".away"))
    try:
        answer = client.get("/rest/stream", params={"id": song["id"], "apiKey": secret, "f": "json"})
    finally:
        path.with_suffix(".away").rename(path)
    assert answer.json()["subsonic-response"]["error"]["code"] == 70
