"""A song → its sound."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.options import checked_seed
from senandung.domain.errors import FileError
from senandung.domain.performance import Performance
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.files.audio import AudioTags

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
    source: Song | Path | str,
    *,
    out: Path | str,
    seed: int | None = None,
    soundfont: Path | str | None = None,
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
    chosen = song.provenance.seed if seed is None else checked_seed(seed)
    with new_folder(out, room=300 << 20) as folder:
        seconds = save_sound(song, folder, seed=chosen, soundfont=soundfont, progress=progress).seconds
        files = tuple(sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()))
    return Rendered(given_path(out).absolute(), song, chosen, seconds, files)


def load_any_song(source: Path | str) -> Song:
    """The song of a song folder, or of a file that holds notes."""
    from senandung.files.notes import load_notes

    source = given_path(source)
    if source.is_dir():
        if not (source / "song.json").is_file():
            raise FileError(source, "not a song folder: it has no song.json")
        source = source / "song.json"
    return load_notes(source)


def save_sound(
    song: Song,
    folder: Path,
    *,
    seed: int | None = None,
    soundfont: Path | str | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Performance:
    """Perform and render a song into an existing folder: `AUDIO_FILES` and `stems/`. Returns the performance."""
    from senandung.composing.styles import load_style, style_names
    from senandung.files.audio import save_audio, save_stems
    from senandung.performing.perform import perform
    from senandung.rendering.render import render as render_performance

    def say(stage: str, share: float) -> None:
        if progress is not None:
            progress(stage, share)

    style = song.provenance.style
    players = load_style(style).ensemble if style in style_names() else ()
    performance = perform(song, seed=song.provenance.seed if seed is None else seed)
    rendered = render_performance(
        performance,
        workers=os.cpu_count() or 1,
        soundfont=None if soundfont is None else given_path(soundfont),
        pans={player.track: player.pan for player in players},
        levels={player.track: player.level for player in players},
        progress=lambda share, stage: say(f"playing {stage}", 0.7 * share),
    )
    with rendered as mix:
        say("writing the sound", 0.7)
        for name in AUDIO_FILES:
            save_audio(mix.mix, folder / name, tags_of(song))
        say("writing the stems", 0.85)
        (folder / "stems").mkdir()
        save_stems(mix.stems, folder / "stems", tags_of(song))
    return performance


def tags_of(song: Song) -> AudioTags:
    """What the song's sound files say about themselves."""
    from senandung.files.audio import AudioTags

    return AudioTags(song.title, story=song.provenance.story, licence=song.provenance.licence)
