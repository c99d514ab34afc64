"""Covers: made small, upright and bare; hostile pictures are refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from music_files import picture
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.covers import SIDE, load_cover, scaled, small_cover

NAME = Path("cover.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_pictures_are_made_small(kind: str) -> None:
    made = small_cover(picture(1500, 900, kind=kind), NAME)
    with Image.open(io.BytesIO(made.data)) as opened:
        assert (opened.width, opened.height, opened.format) == (SIDE, 360, "JPEG")
    assert made.mime == "image/jpeg"
    assert len(made.data) < 20_000


def test_small_ones_are_not_made_larger_and_clear_ones_stay_clear() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (64, 32), (200, 30, 30, 100)).save(out, "PNG")
    made = small_cover(out.getvalue(), NAME)
    with Image.open(io.BytesIO(made.data)) as opened:
        assert opened.size == (64, 32)
        assert opened.mode == "RGBA"
    assert made.mime == "image/png"


def test_a_picture_is_laid_upright_and_tells_nothing_else() -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera of ours"
    Image.new("RGB", (80, 20), "navy").save(out, "JPEG", exif=exif)
    made = small_cover(out.getvalue(), NAME)
    with Image.open(io.BytesIO(made.data)) as opened:
        assert opened.size == (20, 80)
    assert b"camera" not in made.data


@pytest.mark.parametrize(("side", "reason"), [(30_000, "bomb"), (13_000, "million pixels"), (8000, "million pixels")])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int, reason: str) -> None:
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(FileError, match=reason):
        small_cover(bomb, NAME)


@pytest.mark.parametrize("data", [b"", b"no picture", picture()[:60], b"%!PS-Adobe-3.0 EPSF-3.0\n" * 9, b"<svg/>"])
def test_what_is_no_picture_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="picture that can be read"):
        small_cover(data, NAME)
    (tmp_path / "cover.png").write_bytes(data or b"x")
    with pytest.raises(FileError, match=r"cover\.png"):
        load_cover(tmp_path / "cover.png")


@pytest.mark.parametrize("clear", [False, True])
def test_a_kept_cover_is_scaled_and_never_enlarged(clear: bool) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 200), (200, 30, 30, 100 if clear else 255)).save(out, "PNG")
    kept = small_cover(out.getvalue(), NAME)
    for side, size in ((1, (1, 1)), (100, (100, 50)), (399, (399, 200)), (400, (400, 200)), (SIDE, (400, 200))):
        for webp in (False, True):
            data, mime = scaled(kept.data, side, webp=webp)
            assert mime == ("image/webp" if webp else kept.mime)
            with Image.open(io.BytesIO(data)) as opened:
                assert opened.size == size
                assert f"image/{str(opened.format).lower()}" == mime
                assert (opened.mode == "RGBA") == clear
    assert scaled(kept.data, 400) == (kept.data, kept.mime)
    with pytest.raises(InvalidValueError, match="must be 1 to 600 pixels"):
        scaled(kept.data, 0)
