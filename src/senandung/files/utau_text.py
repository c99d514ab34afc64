"""Texts of UTAU voicebanks: in UTF-8, in what their first line or the bank's character.yaml says, or in Shift-JIS."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.files.reading import MEGABYTE, read_bytes

CHARSET = re.compile(rb"\A(?:\xef\xbb\xbf)?#charset:\s*([-\w]+)", re.IGNORECASE)

MAX_BYTES = 16 * MEGABYTE


WIDER = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
"""Codecs of Windows that hold those that banks name, with more letters."""


def load_utau_text(path: Path, encoding: str = "") -> str:
    """The text of a file of a voicebank, without a `#Charset:` line; line ends become "\\n".

    The charset is the one that the first line names; else UTF-8 where all of it is UTF-8 (Japanese in Shift-JIS never
    is), or UTF-16 with its mark; else `encoding`, which is what the bank says of its texts; else Shift-JIS. A letter
    that is in none of them becomes U+FFFD: names of recordings in a charset of somewhere else are no reason to refuse
    the rest of a bank.
    """
    data = read_bytes(path, MAX_BYTES)
    named = CHARSET.match(data)
    if named:
        said = named.group(1).decode("ascii", "replace")
        codec = _codec(said)
        if not codec:
            raise FileError(path, f"its charset must be one that is known, got {said!r}", line=1)
        text = data.decode("utf-8-sig" if codec == "utf-8" else codec, errors="replace")
        text = re.sub(r"\A[^\r\n]*\r?\n?", "", text)
    elif data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode(_codec(encoding) or "cp932", errors="replace")
    if "\x00" in text:
        raise FileError(path, "not a text file: it holds a NUL character")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _codec(said: str) -> str:
    """Python's name of a charset for text, "" for one that is unknown."""
    try:
        b"a".decode(said, errors="replace")  # what Python knows as a codec, but is no charset, fails here
        name = codecs.lookup(said).name
    except (LookupError, ValueError):
        return ""
    return WIDER.get(name.replace("-", "_"), name)
