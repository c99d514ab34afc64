"""A song → its sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from senandung.domain.errors import FileError
from senandung.domain.song import Song

AUDIO_FILES = ("song.wav", "song.mp3")
"""What a rendered song has beside its stems."""


@dataclass(frozen=True)
class Rendered:
    """A folder with a song's sound: its length in seconds, the performance's seed, and its files' names."""

    folder: Path
    song: Song
    seed: int
    seconds: float
    files: tuple[str, ...]


def render(
    source: Song | Path,
    *,
    out: Path,
    seed: int | None = None,
    soundfont: Path | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Rendered:
    """Perform, render, mix and master a song into a new folder.

    Parameters
    ----------
    source : a song, a song folder, song.json, MusicXML, MIDI or USTX.
    out : a new or empty folder.
    seed : of the performance; None takes the song's own.
    soundfont : SF2 or SF3; None takes the one installed.
    """
    from senandung.files.folders import check_free, new_folder

    check_free(out)
    song = source if isinstance(source, Song) else load_any_song(source)
    chosen = song.provenance.seed if seed is None else seed
    with new_folder(out, room=300 << 20) as folder:
        seconds = save_sound(song, folder, seed=chosen, soundfont=soundfont, progress=progress)
        files = tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    return Rendered(out.expanduser().absolute(), song, chosen, seconds, files)


def load_any_song(source: Path) -> Song:
    """The song of a song folder, or of a file that holds notes."""
    from senandung.files.notes import load_notes

    source = source.expanduser()
    if source.is_dir():
        if not (source / "song.json").is_file():
            raise FileError(source, "not a song folder: it has no song.json")
        source = source / "song.json"
    return load_notes(source)
