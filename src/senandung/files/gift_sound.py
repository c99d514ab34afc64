"""A song's sound small enough to lie inside a page: MP3, or Opus where MP3 would be too coarse; by ffmpeg."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.time import Second
from senandung.files.audio import FFMPEG_FORMATS, FFMPEG_SECONDS, check_sound_file, ffmpeg, ffmpeg_refused

RATES: Sequence[tuple[str, int]] = (
    ("mp3", 192), ("mp3", 160), ("mp3", 128), ("mp3", 112), ("mp3", 96), ("opus", 80), ("opus", 64), ("opus", 48),
    ("opus", 32),
)  # fmt: skip
"""Format and kilobits a second, the best first. MP3 plays everywhere; below 96 kbit/s Opus sounds better, and plays in
every browser of today (Safari from 18.4 in this form)."""

MIME = {"mp3": "audio/mpeg", "opus": "audio/ogg"}

_OVERHEAD = 1.02
"""Frames and pages beside the sound itself."""


def gift_sound(path: Path, seconds: Second, most_bytes: int, *, title: str = "", artist: str = "") -> tuple[bytes, str]:
    """A file's sound in at most `most_bytes`, as good as they allow, with no tags of its own but title and artist.

    Parameters
    ----------
    path : what is read: sound in any format that ffmpeg and this program read.
    seconds : its length, or 0 where it is not known.

    Returns
    -------
    The bytes and their type.

    Raises `FileError` for what is no sound, `InvalidValueError` for a song that is too long even for the smallest rate.
    """
    check_sound_file(path)
    for kind, rate in RATES:
        if seconds * rate * 125 * _OVERHEAD <= most_bytes:
            data = _encoded(path, kind, rate, {"title": title, "artist": artist})
            if len(data) <= most_bytes:
                return data, MIME[kind]
    least = RATES[-1][1]
    minutes = int(most_bytes / (least * 125 * _OVERHEAD) / 60)
    raise InvalidValueError(f"a song in a gift file must last at most {minutes} minutes, got {seconds / 60:.0f}")


def _encoded(path: Path, kind: str, rate: int, tags: dict[str, str]) -> bytes:
    coder = (
        ["-c:a", "libmp3lame", "-id3v2_version", "3"] if kind == "mp3" else ["-c:a", "libopus", "-vbr", "constrained"]
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"sound.{kind}"
        command = [ffmpeg(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
        command += ["-format_whitelist", FFMPEG_FORMATS, "-i", f"file:{path}", "-map", "0:a:0", "-vn", "-sn", "-dn"]
        command += ["-map_metadata", "-1", "-map_chapters", "-1", "-ac", "2", *coder, "-b:a", f"{rate}k"]
        for name, text in tags.items():
            command += ["-metadata", f"{name}={text[:500]}"] if text else []
        command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", f"file:{out}"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=FFMPEG_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise FileError(path, f"encoding must end within {FFMPEG_SECONDS} s, got no end") from error
        if done.returncode != 0 or not out.is_file():
            raise ffmpeg_refused(path, done.stderr)
        return out.read_bytes()
