"""Tags in sound files that neither libsndfile nor ffmpeg writes as players read them: ID3v2 and Vorbis comments.

ffmpeg puts an MP3's comment into a frame of its own making, which players do not show, and libsndfile knows ten names
and no others. Formats: ID3 tag version 2.3.0 (id3.org/id3v2.3.0), "Ogg Vorbis I format specification: comment field and
header specification" and the FLAC format's metadata blocks (RFC 9639, sections 8 and 8.6).
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping
from pathlib import Path

FRAMES = {"title": "TIT2", "artist": "TPE1", "copyright": "TCOP", "encoded_by": "TENC"}
"""ID3 frames by the names of `files.audio.AudioTags`; a comment is COMM, everything else a frame of its own, TXXX."""

_VORBIS_COMMENT, _LAST_BLOCK = 4, 0x80
_WRITER = b"Senandung"


def id3_tag(tags: Mapping[str, str]) -> bytes:
    """An ID3v2.3 tag: a frame for each name, texts in Latin-1 where they are ASCII, else in UTF-16."""
    frames = b"".join(_frame(name, text) for name, text in tags.items() if text)
    size = len(frames)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + synchsafe + frames


def _frame(name: str, text: str) -> bytes:
    ascii_only = text.isascii() and name.isascii()

    def coded(part: str, end: bool = False) -> bytes:
        if ascii_only:
            return part.encode("ascii") + (b"\0" if end else b"")
        return b"\xff\xfe" + part.encode("utf-16-le", "replace") + (b"\0\0" if end else b"")

    head = b"\0" if ascii_only else b"\1"
    if name == "comment":
        kind, body = "COMM", head + b"eng" + coded("", end=True) + coded(text)
    elif name in FRAMES:
        kind, body = FRAMES[name], head + coded(text)
    else:
        kind, body = "TXXX", head + coded(name, end=True) + coded(text)
    return kind.encode("ascii") + struct.pack(">IH", len(body), 0) + body


def put_id3(path: Path, tags: Mapping[str, str]) -> None:
    """Put an ID3 tag before an MP3 that has none."""
    _with_head(path, id3_tag(tags), 0)


def put_id3_chunk(path: Path, tags: Mapping[str, str]) -> None:
    """Put an ID3 tag behind a WAV, as a chunk of its own."""
    data = id3_tag(tags)
    with path.open("r+b") as stream:
        end = stream.seek(0, 2)
        stream.write(b"\0" * (end % 2) + b"id3 " + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2))
        length = stream.tell() - 8
        if length < 1 << 32:  # a longer file is no RIFF that states its length
            stream.seek(4)
            stream.write(struct.pack("<I", length))


def put_vorbis_comments(path: Path, tags: Mapping[str, str]) -> None:
    """Give a FLAC these comments and no others."""
    blocks: list[tuple[int, bytes]] = []
    with path.open("rb") as stream:
        stream.seek(4)  # behind "fLaC"
        last = False
        while not last:
            kind, *size = stream.read(4)
            last = bool(kind & _LAST_BLOCK)
            data = stream.read(int.from_bytes(bytes(size), "big"))
            if kind & 0x7F != _VORBIS_COMMENT:
                blocks.append((kind & 0x7F, data))
        sound = stream.tell()
    blocks.insert(1, (_VORBIS_COMMENT, vorbis_comments(tags)))
    head = b"fLaC"
    for number, (kind, data) in enumerate(blocks, 1):
        mark = _LAST_BLOCK if number == len(blocks) else 0
        head += bytes([kind | mark]) + len(data).to_bytes(3, "big") + data
    _with_head(path, head, sound)


def vorbis_comments(tags: Mapping[str, str]) -> bytes:
    """The comments as FLAC holds them: who wrote them, their number, and each as NAME=text in UTF-8."""
    rows = [f"{name.upper()}={text}".encode("utf-8", "replace") for name, text in tags.items() if text]
    parts = [struct.pack("<I", len(_WRITER)) + _WRITER, struct.pack("<I", len(rows))]
    return b"".join([*parts, *(struct.pack("<I", len(row)) + row for row in rows)])


def _with_head(path: Path, head: bytes, begin: int) -> None:
    """Write the file again with `head` instead of its first `begin` bytes."""
    part = path.with_name(path.name + ".tagged")
    try:
        with path.open("rb") as old, part.open("wb") as new:
            old.seek(begin)
            new.write(head)
            shutil.copyfileobj(old, new, 1 << 20)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
