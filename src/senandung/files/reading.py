"""The one way in which a file is read: whole, up to a limit, with one clear sentence where it cannot be."""

from __future__ import annotations

import codecs
import hashlib
from pathlib import Path

from senandung.domain.errors import FileError

MEGABYTE = 1_000_000


def read_bytes(path: Path, limit_bytes: int) -> bytes:
    """The bytes of a file of at most `limit_bytes`.

    Raises `FileError` for a file that is missing, empty, too large or unreadable, and for a folder.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise FileError(path, "is a folder, not a file")
        if not path.exists():
            raise FileError(path, "no such file")
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(path, f"cannot be read: {reason.lower()}") from error
    if not data:
        raise FileError(path, "is empty")
    if len(data) > limit_bytes:
        raise FileError(path, f"a file of this kind may hold at most {limit_bytes / MEGABYTE:g} MB")
    return data


def digest_of(path: Path) -> str:
    """SHA-256 of a file of any size, in hexadecimal. Raises `FileError` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileError(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from error


def wide_encoding(start: bytes) -> str | None:
    """How a text in UTF-16 is to be decoded, by its first bytes: its mark, or Latin letters with NULs; None for others.

    >>> wide_encoding("ts,judul".encode("utf-16-le")), wide_encoding(b"ts,judul")
    ('utf-16-le', None)
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = start[: min(len(start), 16) & ~1]
    low, high = head[::2], head[1::2]
    if len(head) >= 4 and not any(high) and all(low):
        return "utf-16-le"
    return "utf-16-be" if len(head) >= 4 and not any(low) and all(high) else None


def decode_text(path: Path, data: bytes) -> str:
    """Text in UTF-8 (with or without its mark), UTF-16, or else Latin-1; line ends become "\\n".

    Raises `FileError` where it holds a NUL, which no text does.
    """
    wide = wide_encoding(data)
    if wide is not None:
        text = data.decode(wide, errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\x00" in text:
        raise FileError(path, "not a text file: it holds a NUL character")
    return text.replace("\r\n", "\n").replace("\r", "\n")
