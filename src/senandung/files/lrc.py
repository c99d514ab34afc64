"""Synchronised words: LRC files, and LRC or plain text inside a tag.

The format has no standard: `[mm:ss.xx]` before a line, several before a line that comes back, `[offset:±ms]` for all,
and `<mm:ss.xx>` before words in its enhanced form, which are left out here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.domain.music import LyricLine
from senandung.files.reading import MEGABYTE, decode_text, read_bytes

MAX_BYTES = MEGABYTE
MOST_LINES = 5000

_TIME = re.compile(r"\[\s*(\d{1,4}):(\d{1,2})(?:[.:](\d{1,3}))?\s*\]")
_WORD_TIME = re.compile(r"<\d{1,4}:\d{1,2}(?:[.:]\d{1,3})?>")
_FIELD = re.compile(r"\[([A-Za-z#]\w*)\s*:(.*)\]\s*")


def parse_lrc(text: str) -> tuple[LyricLine, ...]:
    """The lines of LRC, or of plain text; those with times in their order, then those without.

    Where some line has a time, empty ones without are left out: they only part verses.

    >>> parse_lrc("[ar:Ibu]\\n[00:12.50][01:02.5]Aku rindu\\n[00:15]kamu")[0]
    LyricLine(start_ms=12500, text='Aku rindu')
    >>> [line.start_ms for line in parse_lrc("Aku rindu\\nkamu")]
    [None, None]
    """
    timed: list[tuple[int, str]] = []
    plain: list[str] = []
    offset = 0
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[: 4 * MOST_LINES]:
        line, times = raw.strip().lstrip("\ufeff"), []
        while match := _TIME.match(line):
            times.append(_milliseconds(*match.groups()))
            line = line[match.end() :].lstrip()
        words = " ".join(_WORD_TIME.sub("", line).split())
        field = _FIELD.fullmatch(line) if not times else None
        if times:
            timed += [(time, words) for time in times]
        elif field is not None:
            if field[1].lower() == "offset" and re.fullmatch(r"\s*[+-]?\d{1,7}\s*", field[2]):
                offset = int(field[2])
        else:
            plain.append(words)
    if timed:
        # A positive offset shows the words sooner.
        placed = sorted(((max(0, time - offset), words) for time, words in timed), key=lambda row: row[0])
        rows = [LyricLine(time, words) for time, words in placed]
        rows += [LyricLine(None, words) for words in plain if words]
        return tuple(rows[:MOST_LINES])
    while plain and not plain[-1]:
        plain.pop()
    while plain and not plain[0]:
        plain.pop(0)
    return tuple(LyricLine(None, words) for words in plain[:MOST_LINES])


def lrc_text(lines: Sequence[LyricLine]) -> str:
    """Lines as LRC. Inverse of `parse_lrc` for lines with times in their order, without blanks at their ends.

    >>> lrc_text([LyricLine(61_230, "kamu")])
    '[01:01.230]kamu\\n'
    """
    rows = []
    for line in lines:
        minutes, rest = divmod(line.start_ms or 0, 60_000)
        begin = "" if line.start_ms is None else f"[{minutes:02}:{rest // 1000:02}.{rest % 1000:03}]"
        rows.append(f"{begin}{line.text}\n")
    return "".join(rows)


def load_lrc(path: Path) -> tuple[LyricLine, ...]:
    """The lines of an LRC file. Raises `FileError` where it is none."""
    return parse_lrc(decode_text(path, read_bytes(path, MAX_BYTES)))


def lyrics_beside(path: Path) -> tuple[LyricLine, ...]:
    """The words in the .lrc file beside a file of music; none where there is none or it cannot be read."""
    for name in (path.with_suffix(".lrc"), path.with_suffix(".LRC")):
        if name.is_file():
            try:
                return load_lrc(name)
            except FileError:
                return ()
    return ()


def _milliseconds(minutes: str, seconds: str, part: str | None) -> int:
    fine = int((part or "0").ljust(3, "0"))
    return (60 * int(minutes) + int(seconds)) * 1000 + fine
