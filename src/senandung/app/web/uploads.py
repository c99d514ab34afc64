"""Files that a person hands in: measured, looked into, and decoded by a program that may use little.

def take(request: Request, form: FormData) -> Response:
    upload = receive_upload(request, form["file"], kinds={"audio", "video"}, most_bytes=200 << 20)
    … upload.path, upload.kind, upload.seconds …

`Route(…, max_body_size=…)` bounds what is sent at all. What is received lies in `home.uploads/<account>/`, under a
random name; it is the caller's to delete (`upload.path.unlink()`) when it was used.
"""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.requests import Request

from senandung.api.accounts import uploads_of
from senandung.app.web.pages import home_of, person_of_request
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError, MissingProgramError, OutputError
from senandung.files.reading import wide_encoding

SECONDS_OF_WORK = 120
"""Processor seconds that decoding may take."""

MEMORY = 2 << 30
"""Bytes of memory for it."""

LONGEST_SOUND = 3 * 3600.0
"""Seconds of sound."""

_HEAD = 4096

_SIGNS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"RIFF", "audio", "wav"),
    (0, b"fLaC", "audio", "flac"),
    (0, b"ID3", "audio", "mp3"),
    (0, b"\xff\xfb", "audio", "mp3"),
    (0, b"\xff\xf3", "audio", "mp3"),
    (0, b"\xff\xf2", "audio", "mp3"),
    (0, b"\xff\xf1", "audio", "aac"),
    (0, b"\xff\xf9", "audio", "aac"),
    (0, b"OggS", "audio", "ogg"),
    (0, b"#!AMR", "audio", "amr"),
    (0, b"FORM", "audio", "aiff"),
    (4, b"ftyp", "video", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video", "webm"),
    (0, b"MThd", "notes", "mid"),
    (0, b"PK\x03\x04", "archive", "zip"),
    (0, b"\xff\xd8\xff", "picture", "jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "picture", "png"),
)
"""Offset, bytes, kind, ending: how files begin, from their formats' specifications."""

KINDS = frozenset({"audio", "video", "notes", "archive", "picture", "text"})


@dataclass(frozen=True)
class Upload:
    """A file that was received and looked into.

    Parameters
    ----------
    path : where it lies; its ending is that of what it holds.
    name : what the person calls it, without folders.
    kind : of `KINDS`.
    seconds : of sound and film.
    """

    path: Path
    name: str
    kind: str
    size: int
    seconds: float | None = None


def receive_upload(
    request: Request, given: object, *, kinds: Collection[str], most_bytes: int = 100 << 20, decode: bool = True
) -> Upload:
    """Keep a file of a form for its person, if it is what it must be.

    Parameters
    ----------
    given : the form's field.
    kinds : which of `KINDS` are taken.
    decode : whether sound and film are decoded to their end, so that a broken or a poisoned file fails here, in a
        program that may use `SECONDS_OF_WORK` and `MEMORY` only.

    Raises
    ------
    InvalidValueError : no file, too large, or no kind that is taken.
    """
    require(set(kinds) <= KINDS, f"the kinds of an upload must be of {', '.join(sorted(KINDS))}", kinds)
    if not isinstance(given, UploadFile) or not given.filename:
        raise InvalidValueError("a file must be chosen")
    size = given.size or 0
    require(0 < size <= most_bytes, f"a file must have 1 byte to {most_bytes >> 20} MB", f"{size} bytes")
    given.file.seek(0)
    kind, ending = sniff(given.file.read(_HEAD), given.filename)
    folder = uploads_of(home_of(request), person_of_request(request))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{secrets.token_hex(12)}.{ending}"
        given.file.seek(0)
        with path.open("xb") as out:
            shutil.copyfileobj(given.file, out, 1 << 20)
    except OSError as error:
        raise OutputError(f"the file cannot be kept: {error.strerror or error}") from error
    try:
        seconds = None
        if kind in ("audio", "video"):
            kind, seconds = look_into(path)
        if kind not in kinds:
            raise InvalidValueError(f"the file must be {' or '.join(sorted(kinds))}, got {kind}")
        if decode and seconds is not None:
            _limited(["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-t", str(LONGEST_SOUND), "-f", "null", "-"])
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Upload(path, plain_name(given.filename), kind, size, seconds)


def sniff(head: bytes, name: str) -> tuple[str, str]:
    """What a file is by its first bytes: kind and ending. Text keeps its own ending, if that is one.

    >>> sniff(b"MThd" + bytes(10), "lagu.mp3")
    ('notes', 'mid')
    >>> sniff("aku rindu".encode("utf-16"), "../status.TXT")
    ('text', 'txt')
    """
    for offset, sign, kind, ending in _SIGNS:
        if head[offset : offset + len(sign)] == sign and (ending != "wav" or head[8:12] == b"WAVE"):
            own = Path(name).suffix.lower().removeprefix(".")
            return kind, own if (kind, own) in (("archive", "mxl"), ("audio", "opus"), ("video", "m4a")) else ending
    if b"\x00" in head and wide_encoding(head) is None:
        raise InvalidValueError("the file must be of a known kind, got bytes that are none; a text must be in UTF-8")
    own = Path(name).suffix.lower().removeprefix(".")
    return "text", own if own.isascii() and own.isalnum() and len(own) <= 8 else "txt"


def plain_name(name: str) -> str:
    """A file's name as it may be shown: without folders and what cannot be seen.

    >>> plain_name("C:\\\\lagu\\\\..\\\\hujan\\x00.mp3")
    'hujan.mp3'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:120] or "upload"


def look_into(path: Path) -> tuple[str, float]:
    """Whether a file is sound or film, and how long, by ffprobe.

    Raises
    ------
    InvalidValueError : neither, or longer than `LONGEST_SOUND`.
    """
    said = _limited(["ffprobe", "-v", "error", "-of", "json", "-show_entries",
                     "format=duration:stream=codec_type:stream_disposition=attached_pic", str(path)])  # fmt: skip
    try:
        plain = json.loads(said)
    except ValueError as error:
        raise InvalidValueError("the file must be sound or film that can be played") from error
    streams = plain.get("streams", [])
    moving = [
        each
        for each in streams
        if each.get("codec_type") == "video" and not each.get("disposition", {}).get("attached_pic")
    ]
    if not any(each.get("codec_type") == "audio" for each in streams):
        raise InvalidValueError("the file must hold sound")
    try:
        seconds = float(plain.get("format", {}).get("duration", 0.0))
    except ValueError:
        seconds = 0.0  # what a browser records says no length
    require(seconds <= LONGEST_SOUND, f"a recording must last at most {LONGEST_SOUND / 3600:g} hours", seconds)
    return "video" if moving else "audio", seconds


def _limited(command: list[str]) -> bytes:
    """Run a program that may use little, reads no network and starts nothing."""
    program = shutil.which(command[0])
    if program is None:
        raise MissingProgramError(f"{command[0]} must be installed to read recordings")
    limits = f'ulimit -t {SECONDS_OF_WORK} && ulimit -v {MEMORY >> 10} && ulimit -f 0 && ulimit -c 0 && exec "$@"'
    safe = ["sh", "-c", limits, "sh", program, "-protocol_whitelist", "file,pipe", *command[1:]]
    try:
        done = subprocess.run(safe, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS_OF_WORK, check=False)
    except subprocess.TimeoutExpired as error:
        raise InvalidValueError(f"a file must be readable within {SECONDS_OF_WORK} s") from error
    if done.returncode != 0:
        raise InvalidValueError("the file must be sound or film that can be played")
    return done.stdout
