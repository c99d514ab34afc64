"""Sound in and out: WAV, FLAC, Ogg and MP3 through libsndfile; m4a, webm, mp4 and tagged MP3, Ogg through ffmpeg.

ffmpeg is called as a program. It may open nothing but the one file (`-protocol_whitelist`), in none of the formats that
name other files (`-format_whitelist`), for a bounded time.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pieces import cut
from senandung.audio.resample import resample
from senandung.domain.checks import require
from senandung.domain.errors import FileError, MissingProgramError, OutputError, SenandungError, UnknownNameError
from senandung.domain.recording import Recording
from senandung.domain.time import Second
from senandung.files.audio_tags import put_id3, put_id3_chunk, put_vorbis_comments
from senandung.files.quiet import quiet_libraries

THROUGH_FFMPEG = frozenset(
    {".m4a", ".aac", ".webm", ".mp4", ".mov", ".mkv", ".3gp", ".avi", ".wma", ".amr", ".m4v", ".mka"}
)
"""Endings that are read through ffmpeg; everything else is libsndfile's."""

FFMPEG_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,aac,avi,asf,amr,mp3,ogg,wav,flac"
FFMPEG_RATE = 44_100
"""Hz that ffmpeg delivers where no rate is asked for."""

LONGEST: Second = 1800.0
"""What is read at most unless the caller says otherwise."""

MOST_BYTES = 4 << 30
FFMPEG_SECONDS = 300
"""Seconds after which ffmpeg is stopped."""

LONGEST_TAG = 30_000
"""Characters: ffmpeg takes a tag as an argument, which the system keeps below 128 KB."""

LABEL = "Made by a machine (Senandung)."


@dataclass(frozen=True)
class AudioTags:
    """What a sound file says about itself. No date: the same song gives the same file.

    `comment` in the file is the label and, on lines of its own, the person's story. `fields` stand beside it, each
    under its own name (`files.provenance.label_of`).
    """

    title: str
    artist: str = "Senandung"
    story: str = ""
    licence: str = ""
    label: str = LABEL
    software: str = "Senandung"
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def comment(self) -> str:
        """The label and the story.

        >>> AudioTags("Hujan", story="Malam itu hujan.").comment
        'Made by a machine (Senandung).\\nMalam itu hujan.'
        """
        return "\n".join(text for text in (self.label, self.story.strip()) if text)

    def named(self) -> dict[str, str]:
        """The tags that say something, by ffmpeg's names, each at most `LONGEST_TAG` characters.

        >>> AudioTags("Hujan", label="", software="").named()
        {'title': 'Hujan', 'artist': 'Senandung'}
        """
        rows = {
            "title": self.title,
            "artist": self.artist,
            "comment": self.comment,
            "copyright": self.licence,
            "encoded_by": self.software,
            **self.fields,
        }
        clean = {key: text.replace("\0", " ").encode("utf-8", "replace").decode() for key, text in rows.items()}
        return {key: text[:LONGEST_TAG] for key, text in clean.items() if text.strip()}


def load_audio(
    path: Path,
    *,
    sample_rate: int | None = None,
    mono: bool = False,
    start: Second = 0.0,
    seconds: Second | None = None,
    max_seconds: Second = LONGEST,
) -> Recording:
    """Read sound from an audio or a video file. Inverse of `save_audio` but for the format's loss.

    Parameters
    ----------
    path : wav, flac, ogg, opus, mp3, aiff; m4a, webm, mp4 and other films through ffmpeg.
    sample_rate : in Hz; None keeps the file's (44.1 kHz for what comes through ffmpeg).
    mono : True for the mean of the channels; ffmpeg delivers at most two.
    start, seconds : the part that is wanted, in seconds; None goes to the end.
    max_seconds : more than this is refused.

    Raises `FileError` for what is not there, no sound, damaged, empty or too long.
    """
    check_sound_file(path)
    require(start >= 0 and (seconds is None or seconds > 0), "a part must begin at 0 s or later and last", start)
    through_ffmpeg = path.suffix.lower() in THROUGH_FFMPEG
    read = _read_ffmpeg if through_ffmpeg else _read_soundfile
    samples, rate = read(path, sample_rate, mono, start, seconds, max_seconds)
    if not samples.shape[1]:
        raise FileError(path, "the file holds no sound" if not start else f"there is no sound after {start:g} s")
    if not np.isfinite(samples).all():
        raise FileError(path, "samples must be numbers, got nan or infinity")
    wanted = sample_rate or max(rate, 8000)
    return Recording(np.ascontiguousarray(resample(samples, rate, wanted)), wanted)


def check_sound_file(path: Path, what: str = "a sound file") -> None:
    """Raise `FileError` for what is not there, empty, or larger than `MOST_BYTES`; `what` it should be is said."""
    try:
        size = path.stat().st_size if path.is_file() else None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from error
    if size is None:
        raise FileError(path, "there is no such file")
    if size == 0:
        raise FileError(path, "the file is empty")
    if size > MOST_BYTES:
        raise FileError(path, f"{what} must have at most {MOST_BYTES >> 30} GB, got {size / (1 << 30):.1f} GB")


def _read_soundfile(
    path: Path, _rate: int | None, mono: bool, start: Second, seconds: Second | None, max_seconds: Second
) -> tuple[NDArray[np.float32], int]:
    import soundfile

    try:
        with quiet_libraries(), soundfile.SoundFile(path) as file:
            rate, channels = int(file.samplerate), int(file.channels)
            if not 1000 <= rate <= 192_000:
                raise FileError(path, f"a sample rate must be in 1000..192000 Hz, got {rate}")
            if channels > 8:
                raise FileError(path, f"a recording must have 1..8 channels, got {channels}")
            if start:
                file.seek(min(round(start * rate), file.frames))
            left = round(min(seconds or max_seconds, max_seconds) * rate)
            blocks = []
            while left > 0 and len(block := file.read(min(left, 1 << 18), dtype="float32", always_2d=True)):
                blocks.append(block.mean(axis=1, keepdims=True) if mono else block)
                left -= len(block)
            if (seconds is None or seconds > max_seconds) and len(file.read(1)):
                raise FileError(path, f"a recording must last at most {max_seconds:g} s, and this one is longer")
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise not_sound(path, error) from error
    joined = np.concatenate(blocks) if blocks else np.zeros((0, 1), dtype=np.float32)
    return np.ascontiguousarray(joined.T, dtype=np.float32), rate


def not_sound(path: Path, error: Exception) -> FileError:
    """What a person is told where libsndfile could not read a file."""
    said = getattr(error, "error_string", str(error)).strip().rstrip(".")
    if said.startswith("File does not exist"):  # so libsndfile says of damaged MP3s, too
        said = "it is damaged, or its name's ending is not what it holds"
    return FileError(path, f"not a sound file that can be read: {said}")


def _read_ffmpeg(
    path: Path, sample_rate: int | None, mono: bool, start: Second, seconds: Second | None, max_seconds: Second
) -> tuple[NDArray[np.float32], int]:
    rate, channels = sample_rate or FFMPEG_RATE, 1 if mono else 2
    length = min(seconds or max_seconds + 1, max_seconds + 1)
    command = ffmpeg_reads(path, rate, channels, start, length)
    try:
        done = subprocess.run(
            command, capture_output=True, stdin=subprocess.DEVNULL, timeout=FFMPEG_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileError(path, f"reading must end within {FFMPEG_SECONDS} s, got no end") from error
    if done.returncode != 0:
        raise ffmpeg_refused(path, done.stderr)
    data = np.frombuffer(done.stdout, dtype="<f4")
    samples = data[: len(data) // channels * channels].reshape(-1, channels).T
    if samples.shape[1] > max_seconds * rate:
        raise FileError(path, f"a recording must last at most {max_seconds:g} s, and this one is longer")
    return samples.astype(np.float32), rate


def ffmpeg_reads(path: Path, rate: int, channels: int, start: Second, length: Second) -> list[str]:
    """The command by which ffmpeg gives a part of a file's sound as 32-bit floats on its standard output."""
    command = [_ffmpeg(), "-v", "error", "-nostdin", "-protocol_whitelist", "file,pipe"]
    command += ["-format_whitelist", FFMPEG_FORMATS, "-ss", str(start), "-t", str(length), "-i", f"file:{path}"]
    command += ["-map", "0:a:0", "-vn", "-sn", "-dn", "-ac", str(channels), "-ar", str(rate)]
    return [*command, "-f", "f32le", "pipe:1"]


def ffmpeg_refused(path: Path, stderr: bytes) -> FileError:
    """What a person is told where ffmpeg could not read a file."""
    lines = stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
    if any("matches no streams" in line for line in lines):
        return FileError(path, "the file holds no sound")
    said = lines[-1].replace(f"file:{path}: ", "").strip().rstrip(".")
    return FileError(path, f"not a sound or film that can be read: {said}")


def save_audio(recording: Recording, path: Path, tags: AudioTags | None = None, *, bits: int = 24) -> None:
    """Write a recording as the path's ending says: .wav or .flac (PCM), .mp3 (V2) or .ogg (Vorbis, quality 5).

    The same recording and tags give the same bytes. The file appears whole or not at all.

    Parameters
    ----------
    recording : values beyond ±1 are clipped.
    tags : title, artist, comment, copyright and software; None for none.
    bits : 16 or 24, for .wav and .flac.

    Raises `OutputError` where it cannot be written.
    """
    require(bits in (16, 24), "bits must be 16 or 24", bits)
    write = {".wav": _write_soundfile, ".flac": _write_soundfile, ".mp3": _write_ffmpeg, ".ogg": _write_ffmpeg}
    ending = path.suffix.lower()
    if ending not in write:
        raise UnknownNameError("sound format", ending or path.name, write)
    partial = path.with_name(f".{path.stem[:60]}.{os.getpid()}-{threading.get_ident()}.partial{ending}")
    try:
        write[ending](recording, partial, tags, bits)
        partial.replace(path)
    except SenandungError:
        raise
    except (OSError, RuntimeError) as error:
        said = getattr(error, "strerror", None) or getattr(error, "error_string", None) or str(error)
        raise OutputError(f"{path} cannot be written: {str(said).strip().rstrip('.')}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def save_stems(
    stems: Mapping[str, Recording], folder: Path, tags: AudioTags | None = None, *, bits: int = 16
) -> tuple[Path, ...]:
    """Write stems as FLAC, numbered in their order: "stems/01-biola.flac". One is in memory at a time.

    Each file's title is the song's with the part's name. With 16 bits the files sum to the song within -90 dBFS.
    """
    paths = []
    for number, track in enumerate(stems, start=1):
        path = folder / f"{number:02}-{file_name(track)}.flac"
        own = None if tags is None else replace(tags, title=f"{tags.title} — {track}")
        save_audio(stems[track], path, own, bits=bits)
        paths.append(path)
    return tuple(paths)


def file_name(text: str) -> str:
    """A track's name as a part of a file's name.

    >>> file_name("Biola II / Élan")
    'biola-ii-elan'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "part"


def _write_soundfile(recording: Recording, path: Path, tags: AudioTags | None, bits: int) -> None:
    import soundfile

    kind = path.suffix[1:].upper()
    options = {"compression_level": 0.25} if kind == "FLAC" else {}
    with soundfile.SoundFile(
        path, "w", recording.sample_rate, recording.channels, f"PCM_{bits}", format=kind, **options
    ) as file:
        if tags is not None and kind == "WAV":
            for key, text in tags.named().items():
                if key not in tags.fields:
                    setattr(file, {"encoded_by": "software"}.get(key, key), text)
        for piece in cut(recording.samples):
            file.write(np.ascontiguousarray(piece.T))
    if tags is not None:
        put = put_id3_chunk if kind == "WAV" else put_vorbis_comments
        put(path, tags.named())


def _write_ffmpeg(recording: Recording, path: Path, tags: AudioTags | None, _bits: int) -> None:
    command = [_ffmpeg(), "-v", "error", "-nostdin", "-y", "-f", "f32le", "-ar", str(recording.sample_rate)]
    command += ["-ac", str(recording.channels), "-i", "pipe:0", "-map_metadata", "-1"]
    if path.suffix.lower() == ".mp3":
        command += ["-c:a", "libmp3lame", "-q:a", "2", "-id3v2_version", "0"]
    else:
        command += ["-c:a", "libvorbis", "-q:a", "5"]
        for key, text in tags.named().items() if tags is not None else ():
            command += ["-metadata", f"{key}={text}"]
    command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", f"file:{path}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as program:
        assert program.stdin is not None
        assert program.stderr is not None
        try:
            for piece in cut(recording.samples):
                program.stdin.write(np.ascontiguousarray(np.clip(piece, -1, 1).T, dtype="<f4").tobytes())
            program.stdin.close()
        except BrokenPipeError:
            pass
        said = program.stderr.read().decode("utf-8", "replace").strip().splitlines()
        if program.wait() != 0:
            raise OSError(None, said[-1] if said else f"ffmpeg ended with status {program.returncode}")
    if tags is not None and path.suffix.lower() == ".mp3":
        put_id3(path, tags.named())


def _ffmpeg(program: str = "ffmpeg") -> str:
    found = shutil.which(program)
    if found is None:
        raise MissingProgramError(f"{program} is not installed: apt install ffmpeg")
    return found


def ffmpeg() -> str:
    """The program that changes formats. Raises `MissingProgramError` where there is none."""
    return _ffmpeg()


def ffprobe() -> str:
    """The program that tells what a sound file says of itself. Raises `MissingProgramError` where there is none."""
    return _ffmpeg("ffprobe")
