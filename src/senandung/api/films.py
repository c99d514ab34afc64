"""A film as a trace: what is shown and what is heard, as one reading."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError
from senandung.files.film import FilmFacts, load_frames, probe_film

if TYPE_CHECKING:
    from senandung.domain.reading import Reading
    from senandung.domain.time import Second
    from senandung.sensing.film.read import Stretch

RATE = 8.0
"""Frames a second that are looked at."""

LONGEST_FILM: Second = 3 * 3600.0

LONGEST_WHOLE: Second = 900.0
"""Seconds up to which a film's picture is read whole; of longer ones `PIECES` stretches of `PIECE` seconds are."""

PIECES, PIECE = 30, 20.0

ReadRecording = Callable[[Path], "Reading"]


def film_facts(path: Path) -> FilmFacts | None:
    """What a file with moving pictures holds; None where it holds sound alone."""
    facts = probe_film(path)
    return facts if facts.pictures else None


def read_film_file(path: Path, facts: FilmFacts, read_recording: ReadRecording) -> Reading:
    """Read a film: its picture, its sound, and both together.

    Parameters
    ----------
    facts : from `film_facts`.
    read_recording : reads the sound of a file.
    """
    from senandung.sensing.film.read import Stretch, read_film, read_picture

    seconds = facts.seconds
    if seconds is not None and seconds > LONGEST_FILM:
        raise FileError(path, f"a film must last at most {LONGEST_FILM / 3600:.0f} hours, got {seconds / 3600:.1f}")
    pieces = seconds is not None and seconds > LONGEST_WHOLE
    if seconds is not None and pieces:
        stretches = _in_pieces(path, seconds)
    else:
        stretches = [Stretch(0.0, load_frames(path, rate=RATE, seconds=LONGEST_WHOLE), RATE)]
    shown = stretches[-1].start + stretches[-1].seconds
    sound = _sound(path, read_recording) if facts.sound else None
    reading = read_film(path.name, seconds or shown, read_picture(stretches), sound)
    said = ""
    if seconds is None and shown >= LONGEST_WHOLE:
        said = f"of the picture only the first {LONGEST_WHOLE / 60:.0f} minutes were read"
    elif seconds is not None and shown < 0.8 * seconds - 1:
        said = f"the picture could be read only up to {shown:.0f} of {seconds:.0f} s"
    elif seconds is not None and pieces:
        said = f"of {seconds / 60:.0f} minutes of picture, {PIECES} stretches of {PIECE:.0f} seconds were read"
    return replace(reading, remarks=(*reading.remarks, said)) if said else reading


def _sound(path: Path, read_recording: ReadRecording) -> Reading:
    """The reading of a film's sound; an unread one where its track cannot be read, for the picture still can."""
    from senandung.domain.feeling import Feeling
    from senandung.domain.reading import Reading

    try:
        return read_recording(path)
    except FileError:
        return Reading("song", path.name, Feeling.unread())


def _in_pieces(path: Path, seconds: Second) -> list[Stretch]:
    """Stretches from all of a long film."""
    from senandung.sensing.film.read import Stretch

    stretches = []
    for number in range(PIECES):
        start = (seconds - PIECE) * number / (PIECES - 1)
        with contextlib.suppress(FileError):  # behind a damage there may be more
            frames = load_frames(path, rate=RATE, start=start, seconds=PIECE)
            if len(frames):
                stretches.append(Stretch(start, frames, RATE))
    if not stretches:
        raise FileError(path, "the film's pictures cannot be read")
    return stretches
