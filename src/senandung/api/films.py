"""A film as a trace: what is shown and what is heard, as one reading."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, OutputError
from senandung.files.film import FilmFacts, load_frames, probe_film

if TYPE_CHECKING:
    from senandung.domain.reading import Reading
    from senandung.domain.time import Second

RATE = 8.0
"""Frames a second that are looked at."""

LONGEST_FILM: Second = 3 * 3600.0

LONGEST_WHOLE: Second = 900.0
"""Seconds up to which a film is read whole; of longer ones `PIECES` stretches of `PIECE` seconds are."""

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
    if seconds is not None and seconds > LONGEST_WHOLE:
        return _read_pieces(path, facts, seconds, read_recording)
    frames = load_frames(path, rate=RATE, seconds=LONGEST_WHOLE)
    picture = read_picture([Stretch(0.0, frames, RATE)])
    shown = len(frames) / RATE
    sound = _sound(path, read_recording) if facts.sound else None
    reading = read_film(path.name, seconds or shown, picture, sound)
    if seconds is None and shown >= LONGEST_WHOLE:
        said = f"only the first {LONGEST_WHOLE / 60:.0f} minutes were read"
        return replace(reading, remarks=(*reading.remarks, said))
    if seconds is not None and shown < 0.8 * seconds - 1:
        said = f"the picture could be read only up to {shown:.0f} of {seconds:.0f} s"
        reading = replace(reading, remarks=(*reading.remarks, said))
    return reading


def _sound(path: Path, read_recording: ReadRecording) -> Reading:
    """The reading of a film's sound; an unread one where its track cannot be read, for the picture still can."""
    from senandung.domain.feeling import Feeling
    from senandung.domain.reading import Reading

    try:
        return read_recording(path)
    except FileError:
        return Reading("song", path.name, Feeling.unread())


def _read_pieces(path: Path, facts: FilmFacts, seconds: Second, read_recording: ReadRecording) -> Reading:
    """A long film by stretches from all of it: their pictures, and their sound as one recording."""
    import numpy as np

    from senandung.audio.hearing import RATE as SOUND_RATE
    from senandung.domain.recording import Recording
    from senandung.files.audio import load_audio, save_audio
    from senandung.sensing.film.read import Stretch, read_film, read_picture

    starts = [(seconds - PIECE) * number / (PIECES - 1) for number in range(PIECES)]
    stretches = []
    for start in starts:
        frames = load_frames(path, rate=RATE, start=start, seconds=PIECE)
        if len(frames):
            stretches.append(Stretch(start, frames, RATE))
    if not stretches:
        raise FileError(path, "the film's pictures cannot be read")
    sound = None
    if facts.sound:
        pieces = []
        for start in starts:
            piece = np.zeros(round(PIECE * SOUND_RATE), dtype=np.float32)
            try:
                found = load_audio(path, sample_rate=SOUND_RATE, mono=True, start=start, seconds=PIECE).samples[0]
            except FileError:
                found = piece[:0]
            piece[: len(found)] = found[: len(piece)]
            pieces.append(piece)
        try:
            with tempfile.TemporaryDirectory(prefix="senandung-") as folder:
                joined = Path(folder) / path.with_suffix(".wav").name
                save_audio(Recording(np.concatenate(pieces)[None], SOUND_RATE), joined, bits=16)
                sound = _sound(joined, read_recording)
        except OSError as error:
            raise OutputError(f"a temporary folder cannot be made: {error.strerror or error}") from error
    if sound is not None:
        sound = _in_place(sound, starts)
    reading = read_film(path.name, seconds, read_picture(stretches), sound)
    said = f"of {seconds / 60:.0f} minutes, {PIECES} stretches of {PIECE:.0f} seconds were read"
    return replace(reading, remarks=(*reading.remarks, said))


def _in_place(sound: Reading, starts: list[Second]) -> Reading:
    """A reading of joined pieces with its times put back where the pieces stand in the film."""

    def moved(at: Second) -> Second:
        number = min(int(at / PIECE), len(starts) - 1)
        return starts[number] + at - number * PIECE

    curve = tuple(
        replace(span, start=moved(span.start), end=moved(span.start) + span.end - span.start)
        for span in sound.curve
        if int(span.start / PIECE) == int((span.end - 1e-6) / PIECE)
    )
    moments = tuple(
        replace(moment, start=moved(moment.start), end=moved(moment.start) + min(moment.end - moment.start, PIECE))
        for moment in sound.moments
    )
    return replace(sound, curve=curve, moments=moments, melody=())
