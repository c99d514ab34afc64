"""A track's sound for a player: the part of its file that is asked for, or another format at another bit rate."""

from __future__ import annotations

import os
import re
import subprocess
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType, TracebackType

from senandung.domain.checks import require
from senandung.domain.errors import FileError, MachineError, UnknownNameError
from senandung.files.audio import FFMPEG_FORMATS, ffmpeg

CHUNK = 1 << 17
"""Bytes that are read at once; between two reads it can be looked whether the listener still may hear."""

FORMATS = MappingProxyType({"opus": "audio/ogg", "mp3": "audio/mpeg"})
"""What can be transcoded to, and its type."""

BIT_RATES = (16, 320)
"""Kilobits a second, from and to."""

BROWSERS_READ = frozenset({"mp3", "flac", "ogg", "oga", "opus", "m4a", "m4b", "aac", "wav"})
"""Endings that browsers play by themselves; others are transcoded for them."""

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


class BusyError(MachineError):
    """As many formats are being changed as this machine does at once."""


class UnsatisfiableError(ValueError):
    """A part of a file was asked for that it does not have."""


@dataclass(frozen=True)
class Span:
    """Bytes from `first` up to `end`, without it."""

    first: int
    end: int

    @property
    def length(self) -> int:
        """How many."""
        return self.end - self.first


@dataclass(frozen=True)
class SoundFile:
    """A file as it is now: what a client is told so that it can ask for the rest of the same bytes later.

    Parameters
    ----------
    tag : a strong validator: size and change of the file.
    """

    path: Path
    size: int
    changed: datetime
    tag: str

    @property
    def last_modified(self) -> str:
        """As HTTP writes it."""
        return format_datetime(self.changed.replace(microsecond=0), usegmt=True)


def sound_file(path: Path) -> SoundFile:
    """How a file stands. Raises `FileError` where it is not there or is no file."""
    try:
        stat = path.stat()
    except OSError as error:
        raise FileError(path, "the file is not there now") from error
    if not path.is_file():
        raise FileError(path, "not a file")
    tag = f'"{stat.st_size:x}-{stat.st_mtime_ns:x}"'
    return SoundFile(path, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC), tag)


def asked_span(header: str | None, size: int) -> Span | None:
    """The part that a Range header asks for; None for the whole: without one, or of several parts, or in no known form.

    Raises `UnsatisfiableError` where the file has no such part (RFC 9110, section 14).

    >>> asked_span("bytes=0-99", 1000), asked_span("bytes=-5", 1000), asked_span("bytes=1-2,4-5", 1000)
    (Span(first=0, end=100), Span(first=995, end=1000), None)
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        last = int(match[2])
        if not last or not size:
            raise UnsatisfiableError(header)
        return Span(max(0, size - last), size)
    first = int(match[1])
    if match[2] and int(match[2]) < first:
        return None
    if first >= size:
        raise UnsatisfiableError(header)
    return Span(first, min(size, int(match[2]) + 1) if match[2] else size)


def same_file(condition: str | None, file: SoundFile) -> bool:
    """Whether an If-Range header means the file as it is now; without one it does.

    A weak tag never does (RFC 9110, section 13.1.5).
    """
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition.strip() == file.tag
    try:
        return parsedate_to_datetime(condition) == file.changed.replace(microsecond=0)
    except (TypeError, ValueError):
        return False


def unchanged(none_match: str | None, modified_since: str | None, file: SoundFile) -> bool:
    """Whether a client that holds a copy holds this file (If-None-Match, else If-Modified-Since)."""
    if none_match is not None:
        return none_match.strip() == "*" or file.tag in (
            each.strip().removeprefix("W/") for each in none_match.split(",")
        )
    if modified_since is None:
        return False
    try:
        return file.changed.replace(microsecond=0) <= parsedate_to_datetime(modified_since)
    except (TypeError, ValueError):
        return False


class Transcoder:
    """Changes formats by ffmpeg, only so many at once."""

    def __init__(self, at_once: int | None = None) -> None:
        self.at_once = at_once or max(2, os.cpu_count() or 2)
        self._room = threading.BoundedSemaphore(self.at_once)

    def open(self, path: Path, kind: str, *, bit_rate: int = 128, start: float = 0.0) -> Transcoding:
        """Begin to change a file's format; what comes is read from what is returned, which must be closed.

        Parameters
        ----------
        kind : of `FORMATS`.
        bit_rate : kilobits a second, in `BIT_RATES`.
        start : seconds of the file that are left out.

        Raises `BusyError` where as many as `at_once` run, `UnknownNameError` for another format, `FileError` for a file
        that is not there.
        """
        if kind not in FORMATS:
            raise UnknownNameError("format", kind, FORMATS)
        low, high = BIT_RATES
        require(low <= bit_rate <= high, f"a bit rate must be in {low}..{high} kbit/s", bit_rate)
        require(0 <= start < 1e6, "a start must be at 0 s or later", start)
        sound_file(path)
        if not self._room.acquire(blocking=False):
            raise BusyError(f"this machine changes {self.at_once} formats at once; try again in a moment")
        try:
            return Transcoding(_command(path, kind, bit_rate, start), self._room)
        except BaseException:
            self._room.release()
            raise


class Transcoding:
    """A change of format while it lasts."""

    def __init__(self, command: list[str], room: threading.BoundedSemaphore) -> None:
        self._room: threading.BoundedSemaphore | None = None
        self._program = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._room = room

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes, at most so many; empty at the end."""
        assert self._program.stdout is not None
        return os.read(self._program.stdout.fileno(), size)

    def close(self) -> None:
        """End it, also in its midst."""
        if self._program.poll() is None:
            self._program.kill()
        self._program.wait()
        if self._program.stdout is not None:
            self._program.stdout.close()
        room, self._room = self._room, None
        if room is not None:
            room.release()

    def __enter__(self) -> Transcoding:
        return self

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _command(path: Path, kind: str, bit_rate: int, start: float) -> list[str]:
    command = [ffmpeg(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
    command += ["-format_whitelist", f"{FFMPEG_FORMATS},aiff", "-ss", f"{start:.3f}", "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-threads", "1", "-ac", "2"]
    if kind == "opus":
        return [*command, "-c:a", "libopus", "-b:a", f"{bit_rate}k", "-vbr", "on", "-f", "ogg", "pipe:1"]
    return [*command, "-c:a", "libmp3lame", "-b:a", f"{bit_rate}k", "-f", "mp3", "pipe:1"]
