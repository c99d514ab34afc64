"""Long recordings a piece at a time, so that three hours need no more memory than three minutes."""

from __future__ import annotations

import subprocess
import tempfile
import threading
from collections.abc import Iterator
from math import gcd
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample
from senandung.domain.errors import FileError
from senandung.domain.time import Second
from senandung.files.audio import FFMPEG_RATE, THROUGH_FFMPEG, check_sound_file, ffmpeg_reads, ffmpeg_refused, not_sound
from senandung.files.film import probe_film
from senandung.files.quiet import quiet_libraries

Floats = NDArray[np.float32]

PIECE: Second = 10.0
"""Seconds of a piece."""

WAIT: Second = 60.0
"""Seconds after which ffmpeg is stopped where no piece comes."""

AROUND = 4096
"""Frames on both sides of a piece that are heard with it where its rate is changed, so that no seam is heard."""


def mono_pieces(path: Path, *, sample_rate: int, max_seconds: Second) -> Iterator[Floats]:
    """A recording's sound, the mean of its channels, in pieces of shape (n,) at a rate in Hz.

    Parameters
    ----------
    path : wav, flac, ogg, opus, mp3, aiff; m4a, webm, mp4 and other films through ffmpeg.
    max_seconds : more than this is refused: at once where the file says its length, else when it is reached.

    Raises `FileError` for what is not there, no sound, damaged, empty or too long.
    """
    check_sound_file(path)
    read = _through_ffmpeg if path.suffix.lower() in THROUGH_FFMPEG else _through_soundfile
    total = 0
    for piece in read(path, sample_rate, max_seconds):
        if not np.isfinite(piece).all():
            raise FileError(path, "samples must be numbers, got nan or infinity")
        total += len(piece)
        yield piece
    if not total:
        raise FileError(path, "the file holds no sound")


def channel_pieces(path: Path, *, max_seconds: Second) -> tuple[int, Iterator[Floats]]:
    """A recording's rate in Hz, and its sound in pieces of shape (channels, n) at that rate.

    Parameters
    ----------
    path : as of `mono_pieces`; what comes through ffmpeg has two channels.
    max_seconds : what comes after them is not read.

    Raises `FileError` as `mono_pieces` does, as late as at the damaged piece.
    """
    check_sound_file(path)
    if path.suffix.lower() in THROUGH_FFMPEG:
        data = _ffmpeg_data(path, ffmpeg_reads(path, FFMPEG_RATE, 2, 0.0, max_seconds), 2 * FFMPEG_RATE)
        return FFMPEG_RATE, (np.ascontiguousarray(each[: len(each) // 2 * 2].reshape(-1, 2).T) for each in data)
    import soundfile

    try:
        with quiet_libraries():
            rate = int(soundfile.info(path).samplerate)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise not_sound(path, error) from error
    return rate, _channel_blocks(path, round(max_seconds * rate))


def _channel_blocks(path: Path, left: int) -> Iterator[Floats]:
    import soundfile

    try:
        with quiet_libraries():
            opened = soundfile.SoundFile(path)
        with opened as file:
            size = _whole(int(file.samplerate))
            while left > 0:
                with quiet_libraries():
                    block = file.read(min(size, left), dtype="float32", always_2d=True)
                if not len(block):
                    return
                left -= len(block)
                yield np.ascontiguousarray(block.T, dtype=np.float32)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise not_sound(path, error) from error


def too_long(path: Path, max_seconds: Second) -> FileError:
    """What a person is told of a recording that is too long.

    >>> str(too_long(Path("a.wav"), 10800))
    'a.wav: a recording must last at most 3 hours, and this one is longer'
    """
    longest = f"{max_seconds / 3600:g} hours" if max_seconds >= 3600 else f"{max_seconds:g} s"
    return FileError(path, f"a recording must last at most {longest}, and this one is longer")


def _through_soundfile(path: Path, sample_rate: int, max_seconds: Second) -> Iterator[Floats]:
    import soundfile

    try:
        with quiet_libraries():
            opened = soundfile.SoundFile(path)
        with opened as file:
            rate, channels = int(file.samplerate), int(file.channels)
            if not 1000 <= rate <= 192_000:
                raise FileError(path, f"a sample rate must be in 1000..192000 Hz, got {rate}")
            if channels > 8:
                raise FileError(path, f"a recording must have 1..8 channels, got {channels}")
            if file.frames > max_seconds * rate and file.frames < 1 << 62:  # some formats do not know their length
                raise too_long(path, max_seconds)
            yield from _at_rate(_blocks(path, file, rate, max_seconds), rate, sample_rate)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise not_sound(path, error) from error


def _blocks(path: Path, file: object, rate: int, max_seconds: Second) -> Iterator[Floats]:
    left = round(max_seconds * rate)
    size = _whole(rate)
    while True:
        with quiet_libraries():
            block = file.read(size, dtype="float32", always_2d=True)  # type: ignore[attr-defined]
        if not len(block):
            return
        left -= len(block)
        if left < 0:
            raise too_long(path, max_seconds)
        yield np.asarray(block.mean(axis=1), dtype=np.float32)


def _whole(rate: int) -> int:
    """Frames of a piece: whole seconds, so that a piece has whole frames at every other rate."""
    return round(PIECE) * rate


def _at_rate(blocks: Iterator[Floats], rate: int, wanted: int) -> Iterator[Floats]:
    """Consecutive blocks at another rate, each changed together with what is around it."""
    if rate == wanted:
        yield from blocks
        return
    shared = gcd(rate, wanted)
    up, down = wanted // shared, rate // shared
    around = -(-AROUND // down) * down
    before = np.zeros(0, dtype=np.float32)
    held: Floats | None = None
    for block in blocks:
        if held is not None:
            yield _changed(before, held, block[:around], rate, wanted, up, down)
            before = held[-around:]
        held = block
    if held is not None:
        yield _changed(before, held, held[:0], rate, wanted, up, down)


def _changed(before: Floats, block: Floats, after: Floats, rate: int, wanted: int, up: int, down: int) -> Floats:
    """A block at another rate, cut out of what is changed around it."""
    whole = resample(np.concatenate((before, block, after))[None, :], rate, wanted)[0]
    first = len(before) * up // down
    return np.asarray(whole[first : first + -(-len(block) * up // down)])


def _through_ffmpeg(path: Path, sample_rate: int, max_seconds: Second) -> Iterator[Floats]:
    facts = probe_film(path)
    if not facts.sound:
        raise FileError(path, "the file holds no sound")
    if facts.seconds is not None and facts.seconds > max_seconds + 1:
        raise too_long(path, max_seconds)
    left = round(max_seconds * sample_rate)
    for piece in _ffmpeg_data(path, ffmpeg_reads(path, sample_rate, 1, 0.0, max_seconds + 1), sample_rate):
        left -= len(piece)
        if left < 0:
            raise too_long(path, max_seconds)
        yield piece


def _ffmpeg_data(path: Path, command: list[str], numbers: int) -> Iterator[Floats]:
    """What ffmpeg writes, `PIECE` seconds at a time of so many numbers a second."""
    size = 4 * round(PIECE) * numbers
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as program,
    ):
        try:
            while data := _within(program, size, path):
                yield np.frombuffer(data[: len(data) // 4 * 4], dtype="<f4").astype(np.float32)
            program.wait(WAIT)
        finally:  # also where nobody wants the rest
            if program.poll() is None:
                program.kill()
        if program.returncode != 0:
            said.seek(0)
            raise ffmpeg_refused(path, said.read())


def _within(program: subprocess.Popen[bytes], size: int, path: Path) -> bytes:
    """The next bytes of a program, which is stopped where they do not come within `WAIT`."""
    assert program.stdout is not None
    late = threading.Event()

    def stop() -> None:
        late.set()
        program.kill()

    watch = threading.Timer(WAIT, stop)
    watch.start()
    try:
        data = program.stdout.read(size)
    finally:
        watch.cancel()
    if late.is_set():
        raise FileError(path, f"{PIECE:g} s of sound must be read within {WAIT:g} s, got no end")
    return data
