"""A person's memories as one JSON file that can be read, edited and taken to another home; see docs/home-memories.md.

Times are in UTC (ISO 8601) or, of moments in songs, in milliseconds; days are ISO 8601; voice notes stand in it as they
were recorded, in base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.fuzzy_date import FuzzyDate
from senandung.domain.listen import Piece
from senandung.domain.memory import Felt, Memory, Note, Voice
from senandung.domain.memory_book import BookMemory, BookVow, MemoryBook
from senandung.files.reading import MEGABYTE, read_bytes
from senandung.files.writing import write_atomically

FORMAT = "senandung-memories"
VERSION = 1
MAX_BYTES = 1024 * MEGABYTE

_PIECE = ("title", "artist", "album", "length_ms", "isrc", "mbid", "address")


def memories_json_text(book: MemoryBook) -> str:
    """The text of the file. The same book gives the same text."""
    plain = {
        "format": FORMAT,
        "version": VERSION,
        "at": _time(book.at),
        "memories": [_memory(each) for each in book.memories],
        "listenings": [_vow(each) for each in book.vows],
    }
    return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def save_memories(book: MemoryBook, path: Path) -> None:
    """Write the file in UTF-8. Inverse of `load_memories`."""
    write_atomically(path, memories_json_text(book).encode("utf-8", "replace"))


def load_memories(path: Path) -> MemoryBook:
    """Read the file, every value checked. Inverse of `save_memories`.

    Raises `FileError` for what is no such file, one of a newer version, and for values that break their rule.
    """
    data = read_bytes(path, MAX_BYTES)
    try:
        plain = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileError(path, f"not a UTF-8 file: byte {error.start} cannot be read") from error
    except json.JSONDecodeError as error:
        raise FileError(path, f"not a JSON file: {error.msg.lower()}", line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise FileError(path, f"not a JSON file: {error}") from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise FileError(path, f'not a file of memories: it must say "format": "{FORMAT}"')
    if plain.get("version") != VERSION:
        raise FileError(path, f"a file of memories must have version {VERSION}, got {plain.get('version')!r}")
    try:
        return MemoryBook(
            _time_of(plain["at"]),
            tuple(map(_memory_of, plain["memories"])),
            tuple(map(_vow_of, plain["listenings"])),
        )
    except InvalidValueError as error:
        raise FileError(path, str(error)) from error
    except KeyError as error:
        raise FileError(path, f"a value is missing: {error.args[0]}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise FileError(path, f"a value is not of its kind: {error}") from error


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time_of(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise InvalidValueError(f"a point in time needs its zone, got {text!r}")
    return moment.astimezone(UTC)


def _piece(piece: Piece) -> dict[str, Any]:
    return {name: value for name in _PIECE if (value := getattr(piece, name)) not in (None, "")}


def _piece_of(plain: Mapping[str, Any]) -> Piece:
    return Piece(**{name: plain[name] for name in _PIECE if name in plain})


def _felt(felt: Felt) -> dict[str, Any]:
    return {"valence": felt.valence, "arousal": felt.arousal, "words": list(felt.words)}


def _felt_of(plain: Mapping[str, Any]) -> Felt:
    return Felt(plain["valence"], plain["arousal"], tuple(plain["words"]))


def _note(note: Note) -> dict[str, Any]:
    return {"text": note.text, "feeling": _felt(note.felt)}


def _note_of(plain: Mapping[str, Any]) -> Note:
    return Note(str(plain["text"]), _felt_of(plain["feeling"]))


def memory_plain(memory: Memory) -> dict[str, Any]:
    """What was said in a memory, as plain data."""
    when = memory.when
    return {
        "kind": memory.kind,
        "start_ms": memory.start_ms,
        "end_ms": memory.end_ms,
        "when": {
            "said": when.said,
            "from": None if when.first is None else when.first.isoformat(),
            "to": None if when.last is None else when.last.isoformat(),
        },
        "people": list(memory.people),
        "place": memory.place,
        "feeling": _felt(memory.felt),
        "text": memory.text,
    }


def _memory(each: BookMemory) -> dict[str, Any]:
    return {
        "song": _piece(each.piece),
        **memory_plain(each.memory),
        "voice": None
        if each.voice is None
        else {"type": each.voice.mime, "base64": base64.b64encode(each.voice.data).decode("ascii")},
        "primary": each.primary,
        "listening": each.vow,
        "created": _time(each.created),
        "changed": _time(each.changed),
    }


def _memory_of(plain: Mapping[str, Any]) -> BookMemory:
    when, voice = plain["when"], plain["voice"]
    first, last = (None if when[name] is None else date.fromisoformat(when[name]) for name in ("from", "to"))
    memory = Memory(
        plain["start_ms"],
        plain["end_ms"],
        plain["kind"],
        FuzzyDate(str(when["said"]), first, last),
        tuple(map(str, plain["people"])),
        str(plain["place"]),
        _felt_of(plain["feeling"]),
        str(plain["text"]),
    )
    return BookMemory(
        _piece_of(plain["song"]),
        memory,
        _time_of(plain["created"]),
        _time_of(plain["changed"]),
        plain["primary"] is True,
        None if voice is None else Voice(str(voice["type"]), base64.b64decode(voice["base64"], validate=True)),
        plain["listening"],
    )


def _vow(vow: BookVow) -> dict[str, Any]:
    return {
        "song": _piece(vow.piece),
        "started": _time(vow.started),
        "ended": None if vow.ended is None else _time(vow.ended),
        "how": vow.ended_how,
        "elsewhere": vow.elsewhere,
        "heard_ms": vow.heard_ms,
        "before": _note(vow.before),
        "after": _note(vow.after),
    }


def _vow_of(plain: Mapping[str, Any]) -> BookVow:
    return BookVow(
        _piece_of(plain["song"]),
        _time_of(plain["started"]),
        None if plain["ended"] is None else _time_of(plain["ended"]),
        plain["how"],
        plain["elsewhere"] is True,
        int(plain["heard_ms"]),
        _note_of(plain["before"]),
        _note_of(plain["after"]),
    )
