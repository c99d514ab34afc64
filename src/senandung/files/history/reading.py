"""Reading what services hand out, piece by piece and within limits: archives, JSON of any size, lines, tables.

Nothing is unpacked to the disk and nothing is read whole, so a file's size, and the size that it unpacks to, cost no
memory. What is damaged, locked, cut off or in another encoding is said in one sentence.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any

from senandung.domain.errors import FileError
from senandung.files.reading import wide_encoding

MOST_BYTES = 4 * 1024**3
"""Bytes that the parts of an archive may unpack to, all together."""

MOST_PARTS = 20_000
"""Files in an archive."""

LONGEST_ITEM = 16 * 1024**2
"""Characters of one item of a JSON array (a page of Last.fm holds up to a thousand plays)."""

LONGEST_LINE = 1024**2
"""Characters of one line."""

_CHUNK = 256 * 1024

_HEAD = 64 * 1024

_WIDE = 16
"""Bytes by which UTF-16 is told."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What Python raises for an archive that is damaged, locked, or packed in an unknown way."""


class Source(io.RawIOBase):
    """A stream of bytes that counts against a limit shared by all parts of an archive."""

    def __init__(self, stream: IO[bytes], left: list[int], path: Path) -> None:
        self._stream, self._left, self._path = stream, left, path

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Some bytes.

        Raises
        ------
        FileError : more than the limit, or the archive is damaged.
        """
        try:
            got = self._stream.read(len(buffer))
        except _BROKEN as error:
            raise FileError(self._path, f"the archive is damaged or locked: {error}") from error
        self._left[0] -= len(got)
        if self._left[0] < 0:
            raise FileError(self._path, f"it unpacks to more than {MOST_BYTES // 1024**3} GB")
        buffer[: len(got)] = got
        return len(got)


class Part:
    """A file of its own, or one in an archive; it can be opened again and again."""

    def __init__(self, path: Path, archive: zipfile.ZipFile | None = None, member: str = "") -> None:
        self.path = path
        self.shown = Path(f"{path.name}: {member}") if member else Path(path.name)
        self._archive, self._member = archive, member
        self._left = [MOST_BYTES]

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """Its bytes, unpacked."""
        try:
            raw = self._archive.open(self._member) if self._archive else self.path.open("rb")
        except _BROKEN as error:
            raise FileError(self.shown, f"the archive is damaged or locked: {error}") from error
        with raw, closing(Source(raw, self._left, self.shown)) as source:
            yield io.BufferedReader(source, _CHUNK)

    @contextmanager
    def text(self) -> Iterator[IO[str]]:
        """Its text: UTF-8 or UTF-16."""
        with self.opened() as stream:
            encoding = wide_encoding(stream.peek(_WIDE)[:_WIDE]) or "utf-8-sig"
            try:
                yield io.TextIOWrapper(stream, encoding=encoding, newline="")
            except UnicodeDecodeError as error:
                raise FileError(self.shown, "its text is not UTF-8: export it again, or save it as UTF-8") from error

    def head(self) -> str:
        """The first characters, or nothing where it is no text."""
        with self.opened() as stream:
            start = stream.read(_HEAD)
        wide = wide_encoding(start)
        if b"\0" in start and wide is None:
            return ""
        return codecs.getincrementaldecoder(wide or "utf-8-sig")("replace").decode(start)


def parts_of(path: Path) -> Iterator[Part]:
    """The file itself, or the files of the archive that it is, by name; archives in it too, one deep.

    Raises
    ------
    FileError : it is not there, empty, damaged, or holds too many files.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise FileError(path, f"it cannot be read: {error.strerror or error}") from error
    if not start:
        raise FileError(Path(path.name), "the file is empty")
    if start != b"PK\x03\x04":
        yield Part(path)
        return
    with path.open("rb") as stream:
        yield from _members(path, stream, deeper=True)


def _members(path: Path, stream: IO[bytes], *, deeper: bool) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(stream)
    except _BROKEN as error:
        raise FileError(Path(path.name), f"the archive is damaged or cut off: {error}") from error
    with archive:
        names = sorted(info.filename for info in archive.infolist() if not info.is_dir())
        if len(names) > MOST_PARTS:
            raise FileError(
                Path(path.name), f"an archive may hold at most {MOST_PARTS} files, this one has {len(names)}"
            )
        for name in names:
            part = Part(path, archive, name)
            if name.lower().endswith(".zip"):
                if deeper:
                    with part.opened() as packed, tempfile.TemporaryFile() as inner:
                        while chunk := packed.read(_CHUNK):
                            inner.write(chunk)
                        inner.seek(0)
                        yield from _members(path, inner, deeper=False)
            elif name.lower().endswith((".json", ".jsonl", ".csv", ".txt")):
                yield part


def array_items(part: Part) -> Iterator[Any]:
    """The items of a JSON array, one by one.

    Raises
    ------
    FileError : it is no array, damaged or cut off.
    """
    decode = json.JSONDecoder().raw_decode
    with part.text() as stream:
        text, at, passed, ended = stream.read(_CHUNK), 0, 0, False

        def fail(why: str) -> FileError:
            return FileError(part.shown, f"the JSON {why} at character {passed + at + 1}")

        def more() -> bool:
            nonlocal text, at, passed, ended
            if ended:
                return False
            passed, text, at = passed + at, text[at:], 0
            added = stream.read(max(_CHUNK, len(text)))
            ended = not added
            text += added
            return not ended

        def sign() -> str:
            nonlocal at
            while True:
                while at < len(text) and text[at] in " \t\r\n\ufeff":
                    at += 1
                if at < len(text):
                    return text[at]
                if not more():
                    raise fail("breaks off")

        if sign() != "[":
            raise fail("is no list")
        at += 1
        if sign() == "]":
            return
        while True:
            sign()
            while True:
                try:
                    item, end = decode(text, at)
                except (ValueError, RecursionError) as error:
                    if len(text) - at > LONGEST_ITEM:
                        raise fail("is damaged, or an item of it is too long,") from error
                    if isinstance(error, RecursionError) or not more():
                        raise fail("is damaged or breaks off") from error
                else:
                    break
            yield item
            at = end
            after = sign()
            at += 1
            if after == "]":
                return
            if after != ",":
                raise fail("is damaged")


def lines_of(stream: IO[str], part: Part) -> Iterator[str]:
    """The lines of a text, none of them endless."""
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise FileError(part.shown, f"a line may have at most {LONGEST_LINE} characters", number)
        yield line


def json_lines(part: Part) -> Iterator[Any]:
    """The value of each line.

    Raises
    ------
    FileError : a line is no JSON.
    """
    with part.text() as stream:
        for number, line in enumerate(lines_of(stream, part), 1):
            if line.strip():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise FileError(
                        part.shown, "the line is no JSON: the file is damaged or cut off", number
                    ) from error


def table_rows(part: Part) -> Iterator[list[str]]:
    """The rows of a table with commas, semicolons or tabs between its cells, empty ones left out.

    Raises
    ------
    FileError : a cell is endless.
    """
    with part.text() as stream:
        lines = lines_of(stream, part)
        first = next(lines, "")
        delimiter = max(",;\t", key=first.count)
        try:
            for row in csv.reader(_again(first, lines), delimiter=delimiter):
                if any(cell.strip() for cell in row):
                    yield row
        except csv.Error as error:
            raise FileError(part.shown, f"the table is damaged: {error}") from error


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def head_rows(head: str) -> list[list[str]]:
    """The first rows of a table, as far as they are whole."""
    lines = head.splitlines(keepends=True)[:50]
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []
