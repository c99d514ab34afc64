"""How long a song that is read from a file may be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from senandung.domain.errors import FileError, InputError
from senandung.domain.song import Song
from senandung.domain.time import Tick

MAX_TICKS: Tick = 100_000_000
"""The latest tick of a song in a file: 29 hours at 120 quarter notes a minute."""

MAX_SECONDS = 24 * 3600.0
"""The longest song in a file, in seconds."""

MAX_NOTES = 500_000
"""The most notes of a song in a file."""


def checked_song(path: Path, build: Callable[[], Song]) -> Song:
    """The song that `build` makes, within the limits; a broken rule becomes a `FileError` that names the file."""
    try:
        song = build()
    except FileError:
        raise
    except InputError as error:
        raise FileError(path, str(error)) from error
    if song.end > MAX_TICKS or any(
        change.onset > MAX_TICKS for changes in (song.tempos, song.metres, song.keys) for change in changes
    ):
        raise FileError(path, f"a song may last at most {MAX_TICKS} ticks")
    if song.seconds > MAX_SECONDS:
        raise FileError(path, f"a song may last at most 24 hours, this one lasts {song.seconds / 3600:.0f}")
    if sum(len(track.notes) for track in song.tracks) > MAX_NOTES:
        raise FileError(path, f"a song may have at most {MAX_NOTES} notes")
    return song
