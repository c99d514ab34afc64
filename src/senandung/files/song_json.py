"""song.json: the song itself, every value in it, as text that can be read and edited; see docs/formats.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError
from senandung.domain.song import Song, from_plain, to_plain
from senandung.files.limits import checked_song
from senandung.files.reading import MEGABYTE, decode_text, read_bytes
from senandung.files.writing import write_atomically

MAX_BYTES = 50 * MEGABYTE


def song_json_text(song: Song) -> str:
    """The text of song.json: the canonical form in its own order, a row a line. The same song gives the same text."""
    return _emit(to_plain(song), "") + "\n"


def save_song(song: Song, path: Path) -> None:
    """Write song.json in UTF-8. Inverse of `load_song`."""
    write_atomically(path, song_json_text(song).encode("utf-8"))


def load_song(path: Path) -> Song:
    """Read song.json, every value checked. Inverse of `save_song`."""
    text = decode_text(path, read_bytes(path, MAX_BYTES))
    return parse_song_json(text, path)


def parse_song_json(text: str, path: Path) -> Song:
    """The song of song.json's text; `path` is named in errors."""
    try:
        plain = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise FileError(path, f"not a JSON file: {error.msg.lower()}", line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    return checked_song(path, lambda: from_plain(plain))


def _emit(value: Any, indent: str) -> str:
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{inner}{_compact(key)}: {_emit(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}" if rows else "{}"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "[\n" + ",\n".join(inner + _emit(item, inner) for item in value) + f"\n{indent}]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _no_constant(name: str) -> float:
    raise ValueError(f"a number must be finite, got {name}")
