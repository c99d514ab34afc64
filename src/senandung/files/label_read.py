"""The label of any file of a song, read: by its bytes, whatever its name."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, SenandungError
from senandung.domain.song import from_plain
from senandung.files.audio import FFMPEG_FORMATS, check_sound_file, ffprobe
from senandung.files.picture_label import png_texts
from senandung.files.provenance import FIELD_STARTS, FIELDS, fields_of_rows, fields_of_text, label_of
from senandung.files.reading import MEGABYTE, read_bytes

MAX_BYTES = 50 * MEGABYTE
"""Of what is read whole; sound is not."""

SECONDS = 60

_META = re.compile(r"\{meta: ([\w-]+) ([^{}\n]*)\}")


def read_label(path: Path) -> dict[str, str]:
    """The fields of the label in a file, by their names in `FIELDS`; none where it has no label of Senandung.

    Songs, singings and manifests (JSON), MIDI, MusicXML, USTX, ChordPro, PDF, PNG, the page, and sound and films as
    ffprobe reads them. Raises `FileError` for what is not there or is damaged.
    """
    check_sound_file(path, "a file")
    with path.open("rb") as stream:
        head = stream.read(512)
    found = _reader(head)(path)
    return {name: found[name] for name in FIELDS if isinstance(found.get(name), str) and found[name]}


def _reader(head: bytes) -> Callable[[Path], Mapping[str, Any]]:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    begins: tuple[tuple[bytes, Callable[[Path], Mapping[str, Any]]], ...] = (
        (b"\x89PNG", _png), (b"%PDF", _pdf), (b"MThd", _midi), (b"PK", _musicxml), (b"{title:", _chordpro),
        (b"{", _json), (b"<!DOCTYPE html", _page), (b"<html", _page), (b"<", _musicxml),
    )  # fmt: skip
    for begin, reader in begins:
        if text.startswith(begin):
            return reader
    if (b"\0" not in head and b"ustx_version" in head) or text.startswith((b"name:", b"comment:")):
        return _ustx
    return _sound


def _png(path: Path) -> Mapping[str, str]:
    return png_texts(read_bytes(path, MAX_BYTES))


def _pdf(path: Path) -> Mapping[str, str]:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        held: Mapping[str, Any] = PdfReader(path).metadata or {}
        return {name.removeprefix("/"): str(text) for name, text in held.items()}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        raise FileError(path, f"not a PDF that can be read: {error}") from error


def _midi(path: Path) -> Mapping[str, str]:
    import io

    import mido

    data = read_bytes(path, MAX_BYTES)
    try:
        midi = mido.MidiFile(file=io.BytesIO(data), charset="utf-8", clip=True)
    except (OSError, ValueError, EOFError, KeyError, IndexError, LookupError) as error:
        raise FileError(path, f"not a MIDI file that can be read: {error}") from error
    texts = (message.text for track in midi.tracks for message in track if message.type == "text")
    return fields_of_rows(text for text in texts if text.startswith(FIELD_STARTS))


def _musicxml(path: Path) -> Mapping[str, str]:
    from senandung.files.xml_reading import MAX_XML_BYTES, parse_xml, unpack_mxl

    data = read_bytes(path, MAX_XML_BYTES)
    root = parse_xml(unpack_mxl(data, path) if data.startswith(b"PK") else data, path)
    noted = root.iterfind("{*}identification/{*}miscellaneous/{*}miscellaneous-field")
    return {each.get("name") or "": each.text or "" for each in noted}


def _ustx(path: Path) -> Mapping[str, str]:
    from senandung.files.ustx import project_comment

    return fields_of_text(project_comment(path))


def _chordpro(path: Path) -> Mapping[str, str]:
    return dict(_META.findall(_text(path)))


def _json(path: Path) -> Mapping[str, Any]:
    try:
        plain = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if plain.get("format") == "senandung-song":
        try:
            song = from_plain(plain)
        except SenandungError as error:
            raise FileError(path, str(error)) from error
        return {**label_of(song), "story": song.provenance.story}
    held = plain.get("label")
    return held if isinstance(held, dict) else {}


class _MetaElements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a `meta` element's name and content."""
        held = dict(attrs)
        if tag == "meta" and held.get("name"):
            self.found.setdefault(str(held["name"]), held.get("content") or "")


def _page(path: Path) -> Mapping[str, str]:
    parser = _MetaElements()
    parser.feed(_text(path).partition("</head>")[0])
    return parser.found


def _text(path: Path) -> str:
    return read_bytes(path, MAX_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")


def _sound(path: Path) -> Mapping[str, str]:
    command = [ffprobe(), "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", FFMPEG_FORMATS]
    command += ["-show_format", "-show_streams", "-of", "json", "-i", f"file:{path}"]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
        said = json.loads(done.stdout.decode("utf-8", "replace"))
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise FileError(path, "not a file whose label can be read") from error
    if done.returncode != 0 or not isinstance(said.get("format"), dict):
        raise FileError(path, "neither a file of a song, nor sound or film that can be read")
    rows = [*(each.get("tags", {}) for each in said.get("streams", [])), said["format"].get("tags", {})]
    tags = {key.lower().replace("_", "-"): text for row in rows for key, text in row.items()}
    if said["format"].get("format_name") == "wav":
        tags |= _id3_chunk(path)
    label, _, story = str(tags.get("comment", "")).partition("\n")
    if "(Senandung" in label:  # what is left where a program kept only the tags that it knows
        tags.setdefault("origin", label)
        tags.setdefault("story", story)
        tags.setdefault("licence", tags.get("copyright", ""))
    return tags if "(Senandung" in tags.get("origin", "") else {}


def _id3_chunk(path: Path) -> dict[str, str]:
    """The texts of an ID3 chunk in a WAV, which ffprobe does not read."""
    with path.open("rb") as stream:
        stream.seek(12)
        while len(head := stream.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            if head[:4] in (b"id3 ", b"ID3 "):
                return id3_texts(stream.read(min(size, MAX_BYTES)))
            stream.seek(size + size % 2, 1)
    return {}


def id3_texts(data: bytes) -> dict[str, str]:
    """The named texts (TXXX) of an ID3v2.3 tag. Inverse of `audio_tags.id3_tag` for names that it does not know."""
    found: dict[str, str] = {}
    at = 10
    while at + 10 <= len(data) and data[at : at + 1].isalnum():
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        body = data[at + 10 : at + 10 + size]
        at += 10 + size
        if kind == b"TXXX" and body:
            text = body[1:].decode("utf-16" if body[:1] == b"\1" else "latin-1", "replace")
            name, _, value = text.partition("\0")
            found.setdefault(name.lstrip("\ufeff"), value.lstrip("\ufeff"))
    return found
