"""Pictures of a film, small and few, through ffmpeg as a program.

As in `files.audio`, ffmpeg may open nothing but the one file, in none of the formats that name other files, for a
bounded time. Memory is bounded by how many frames are asked for.
"""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require
from senandung.domain.errors import FileError, MissingProgramError
from senandung.domain.time import Second
from senandung.files.audio import FFMPEG_FORMATS, FFMPEG_SECONDS, check_sound_file

Frames = NDArray[np.uint8]

SIDE = 48
"""Pixels of a side of a delivered frame; wide and tall films are squeezed to a square, which no colour or cut minds."""

MOST_FRAMES = 10_000
"""Frames that are delivered at once: 69 MB."""

MOST_PIXELS = 50_000_000
"""Pixels of a film's frame, beyond which ffmpeg reads none."""


@dataclass(frozen=True)
class FilmFacts:
    """What a file says of itself.

    Parameters
    ----------
    seconds : length; None where the file does not say (a recording that a browser wrote).
    pictures : whether it holds moving pictures; a cover picture is none.
    sound : whether it holds a track of sound.
    width, height : of the pictures in pixels, 0 without.
    """

    seconds: Second | None
    pictures: bool
    sound: bool
    width: int = 0
    height: int = 0


def probe_film(path: Path) -> FilmFacts:
    """What a film or sound file holds.

    Raises `FileError` for what is not there, empty, damaged or of no known format.
    """
    check_sound_file(path, "a film")
    command = [_program("ffprobe"), "-v", "error", *_only_this_file(), "-print_format", "json"]
    command += ["-show_streams", "-show_format", "-i", f"file:{path}"]
    done = _run(command, path)
    try:
        found: dict[str, Any] = json.loads(done.stdout or b"{}")
    except ValueError:
        found = {}
    streams = [stream for stream in found.get("streams", []) if isinstance(stream, dict)]
    if done.returncode != 0 or not streams:
        raise FileError(path, f"not a sound or film that can be read: {_said(done.stderr, path)}")
    films = [
        stream
        for stream in streams
        if stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")
    ]
    lengths = [_number(stream.get("duration")) for stream in [found.get("format", {}), *films]]
    known = [length for length in lengths if length is not None]
    return FilmFacts(
        max(known) if known else None,
        bool(films),
        any(stream.get("codec_type") == "audio" for stream in streams),
        int(films[0].get("width") or 0) if films else 0,
        int(films[0].get("height") or 0) if films else 0,
    )


def load_frames(path: Path, *, rate: float, start: Second = 0.0, seconds: Second | None = None) -> Frames:
    """Frames of a film at an even rate, whatever its own, shape (n, SIDE, SIDE, 3), red, green, blue in 0..255.

    Parameters
    ----------
    rate : frames a second that are delivered.
    start, seconds : the part that is wanted; None goes to the end or to `MOST_FRAMES`.

    A damaged film gives what comes before the damage. Raises `FileError` where that is nothing.
    """
    check_sound_file(path, "a film")
    require(0 < rate <= 60, "a rate must be above 0 and at most 60 frames a second", rate)
    require(start >= 0 and (seconds is None or seconds > 0), "a part must begin at 0 s or later and last", start)
    length = MOST_FRAMES / rate if seconds is None else min(seconds, MOST_FRAMES / rate)
    command = [_program("ffmpeg"), "-v", "error", "-nostdin", "-threads", "2", "-max_pixels", str(MOST_PIXELS)]
    command += ["-skip_loop_filter", "all"]  # what smooths the edges of blocks is not seen in so small a picture
    command += [*_only_this_file(), "-ss", str(start), "-t", str(length), "-i", f"file:{path}", "-map", "0:V:0"]
    command += ["-vf", f"fps={rate}:eof_action=pass,scale={SIDE}:{SIDE}:flags=area,format=rgb24", "-an", "-sn", "-dn"]
    command += ["-frames:v", str(math.ceil(length * rate) + 1), "-f", "rawvideo", "pipe:1"]
    done = _run(command, path)
    size = SIDE * SIDE * 3
    count = len(done.stdout) // size
    if not count and (done.returncode != 0 or not start):
        raise FileError(path, f"the film's pictures cannot be read: {_said(done.stderr, path)}")
    return np.frombuffer(done.stdout, dtype=np.uint8, count=count * size).reshape(count, SIDE, SIDE, 3)


def _only_this_file() -> list[str]:
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", FFMPEG_FORMATS]


def _run(command: list[str], path: Path) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=FFMPEG_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileError(path, f"reading must end within {FFMPEG_SECONDS} s, got no end") from error


def _said(stderr: bytes, path: Path) -> str:
    lines = stderr.decode("utf-8", "replace").strip().splitlines() or ["it holds none"]
    return lines[-1].replace(f"file:{path}: ", "").strip().rstrip(".")


def _number(text: object) -> float | None:
    try:
        value = float(str(text))
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise MissingProgramError(f"{name} is not installed: apt install ffmpeg")
    return found
