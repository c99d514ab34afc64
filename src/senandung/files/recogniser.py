"""Words of a voice note, by a speech recogniser that the user has installed: a command that is given a WAV file.

The command gets the path of a temporary WAV file, 16 kHz, mono, 16 bits, and prints the words. No shell is started, so
nothing in the command or in a file's name is taken for anything but a word of the command.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample
from senandung.domain.errors import InvalidValueError, MachineError, MissingProgramError, OutputError
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio

RATE = 16_000
"""Samples a second of what the recogniser is given, in Hz: what nearly all of them have learnt from."""

PLACE = "{}"
"""What is replaced by the file's path in the command."""

SECONDS = 600
"""Seconds after which the recogniser is stopped."""

MOST = 20_000
"""Characters of its answer that are taken."""

_TIMES = re.compile(r"^\s*[\[(]?\d+:\d\d(?::\d\d)?[.,]\d+\s*-->\s*\d+:\d\d(?::\d\d)?[.,]\d+[\])]?\s*")
_NUMBER = re.compile(r"^\s*\d+\s*$")


def recogniser_command(text: str) -> tuple[str, ...]:
    """The words of a command that a user gave; the file's path stands where `{}` is, or at the end.

    >>> recogniser_command("whisper-cli -nt -f {}")
    ('whisper-cli', '-nt', '-f', '{}')
    >>> recogniser_command("dengar 'dengan spasi'")
    ('dengar', 'dengan spasi', '{}')
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidValueError(
            f"a recogniser must be a command such as 'dengar {{}}', got {text!r}: {error}"
        ) from None
    if not words:
        raise InvalidValueError(f"a recogniser must be a command such as 'dengar {{}}', got {text!r}")
    return tuple(words) if any(PLACE in word for word in words) else (*words, PLACE)


def recognise(command: str, samples: NDArray[np.float32], rate: int, *, seconds: float = SECONDS) -> str:
    """What a recogniser hears in a recording: its words on one line, empty where it heard none.

    Parameters
    ----------
    command : as the user wrote it, see `recogniser_command`.
    samples : mono, shape (n,).
    rate : samples a second, in Hz.
    seconds : after which it is stopped.

    Raises `MissingProgramError` where the command is not installed, `MachineError` where it fails or does not end.
    """
    words = recogniser_command(command)
    sound = resample(np.asarray(samples, dtype=np.float32)[None, :], rate, RATE)
    try:
        with tempfile.TemporaryDirectory(prefix="senandung-") as folder:
            path = Path(folder) / "note.wav"
            save_audio(Recording(np.clip(sound, -1, 1), RATE), path, bits=16)
            return spoken_text(_run([word.replace(PLACE, str(path)) for word in words], seconds))
    except OSError as error:
        raise OutputError(f"a temporary folder cannot be made: {error.strerror or error}") from error


def spoken_text(printed: str) -> str:
    """The words of what a recogniser printed: one line, without subtitles' times and numbers.

    >>> spoken_text("[00:00.000 --> 00:02.000]  aku rindu\\n[00:02.000 --> 00:04.000]  kamu\\n")
    'aku rindu kamu'
    """
    timed = any(_TIMES.match(line) for line in printed.splitlines())
    lines = [_TIMES.sub("", line) for line in printed.splitlines() if not (timed and _NUMBER.match(line))]
    said = " ".join(" ".join(lines).replace("\0", " ").split())
    return said[:MOST]


def _run(command: list[str], seconds: float) -> str:
    name = command[0]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"the recogniser {name} must end within {seconds:g} s, got no end") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingProgramError(f"the recogniser {name} is not installed") from error
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise MissingProgramError(f"the recogniser {name} cannot be started: {said}") from error
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise MachineError(f"the recogniser {name} ended with status {done.returncode}: {lines[-1].strip()[:200]}")
    return done.stdout.decode("utf-8", "replace")
