"""Texts of UTAU voicebanks: Shift-JIS as UTAU writes them, or what their first line says, or UTF-8 where they are."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, read_bytes

CHARSET = re.compile(rb"\A(?:\xef\xbb\xbf)?#charset:\s*([-\w]+)", re.IGNORECASE)

MAX_BYTES = 16 * MEGABYTE


def load_utau_text(path: Path) -> str:
    """The text of a file of a voicebank, without a `#Charset:` line; line ends become "\\n".

    The charset is the one that the first line names; else UTF-8 where all of it is UTF-8 (Japanese in Shift-JIS never
    is); else Shift-JIS.
    """
    data = read_bytes(path, MAX_BYTES)
    named = CHARSET.match(data)
    if named:
        said = named.group(1).decode("ascii", "replace")
        try:
            codec = codecs.lookup("cp932" if said.lower().replace("-", "_") in ("shift_jis", "sjis") else said).name
        except LookupError as error:
            raise FileError(path, f"its charset must be one that is known, got {said!r}", line=1) from error
        text = _decoded(path, data, "utf-8-sig" if codec == "utf-8" else codec)
        text = re.sub(r"\A[^\r\n]*\r?\n?", "", text)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _decoded(path, data, "cp932")
    if "\x00" in text:
        raise FileError(path, "not a text file: it holds a NUL character")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(path: Path, data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(path, f"must be text in {codec}, but a letter cannot be read", line=line) from error
