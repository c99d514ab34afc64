"""Files of music made by ffmpeg: another program's tags, not our own reading of the formats."""

from __future__ import annotations

import io
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

FULL = {
    "title": "Hujan di Kotamu", "artist": "Ibu Sri", "album": "Lagu Lama", "album_artist": "Ibu Sri", "track": "3/12",
    "disc": "2", "date": "1998-05-21", "genre": "Keroncong",
}  # fmt: skip
"""Tags that every format takes."""


def make_music(
    path: Path, tags: Mapping[str, str] | None = None, *, seconds: float = 0.5, hz: float = 440, cover: bytes = b""
) -> Path:
    """A tone with tags, in the format of the path's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", f"sine={hz}:d={seconds}:r=44100"]
    if cover:
        picture = path.with_name(f"{path.name}.cover.png")
        picture.write_bytes(cover)
        command += ["-i", f"file:{picture}", "-map", "0:a", "-map", "1:v", "-c:v", "copy"]
        command += ["-disposition:v", "attached_pic"]
    for key, text in (tags or {}).items():
        command += ["-metadata", f"{key}={text}"]
    if path.suffix == ".opus":
        command += ["-ar", "48000"]
    if path.suffix in (".aiff", ".wav"):
        command += ["-write_id3v2", "1"] if path.suffix == ".aiff" else []
    subprocess.run([*command, f"file:{path}"], check=True, stdin=subprocess.DEVNULL)
    if cover:
        picture.unlink()
    return path


def picture(width: int = 40, height: int = 30, colour: str = "teal", kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    made = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(made, kind)
    return made.getvalue()


def id3(frames: Mapping[str, bytes]) -> bytes:
    """An ID3v2.3 tag of raw frames, for what ffmpeg does not write."""
    body = b"".join(name.encode() + struct.pack(">IH", len(data), 0) + data for name, data in frames.items())
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body


def with_id3(path: Path, frames: Mapping[str, bytes]) -> Path:
    """An MP3 with a tag of raw frames and no other."""
    make_music(path)
    bare = subprocess.run(
        ["ffmpeg", "-v", "error", "-nostdin", "-i", f"file:{path}", "-map_metadata", "-1", "-c", "copy",
         "-id3v2_version", "0", "-f", "mp3", "pipe:1"],
        check=True, capture_output=True, stdin=subprocess.DEVNULL,
    ).stdout  # fmt: skip
    path.write_bytes(id3(frames) + bare)
    return path
