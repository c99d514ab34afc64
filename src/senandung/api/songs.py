"""A song that was made here as a track of the library: its sound, its words in time, its story."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, InputError
from senandung.domain.music import LyricLine, Tags
from senandung.domain.song import Song
from senandung.files.music_folders import SONG_FILE, SONG_SOUNDS
from senandung.files.tags import read_tags

if TYPE_CHECKING:
    from senandung.domain.singing import Singing

ARTIST = "Senandung"
"""Whose a song is that was made here, where its files name nobody."""


def song_sound(folder: Path) -> Path:
    """The sound of a song folder. Raises `FileError` where it is none."""
    if not (folder / SONG_FILE).is_file():
        raise FileError(folder, f"not a song folder: it holds no {SONG_FILE}")
    found = next((folder / name for name in SONG_SOUNDS if (folder / name).is_file()), None)
    if found is None:
        raise FileError(folder, f"the song has no sound: none of {', '.join(SONG_SOUNDS)} is there")
    return found


def read_song_folder(folder: Path) -> tuple[Tags, str]:
    """What a song folder says as a track, and the story that it tells. Raises `FileError` where it is none."""
    from senandung.files.song_json import load_song

    sound = song_sound(folder)
    song = load_song(folder / SONG_FILE)
    tags = read_tags(sound)
    style = song.provenance.style or ""
    named = replace(
        tags,
        title=song.title.strip() or tags.title,
        artist=tags.artist or ARTIST,
        genre=(style or tags.genre)[:120],
        lyrics=lyrics_of(song, _singing(folder)),
    )
    return named, song.provenance.told_story


def lyrics_of(song: Song, singing: Singing | None = None) -> tuple[LyricLine, ...]:
    """The words of a song, each line with its first syllable's time: as it is sung, else by the score's clock."""
    seconds: dict[int, float] = {}
    for note in song.vocal.notes if song.vocal else ():
        if note.syllable is not None:
            seconds.setdefault(note.syllable, song.tempo_map.ticks_to_seconds(note.onset))
    if singing is not None and singing.song_id == song.song_id:
        sung: dict[int, float] = {}
        for phoneme in singing.phonemes:
            if phoneme.syllable is not None:
                sung.setdefault(phoneme.syllable, phoneme.start)
        seconds |= sung
    lines = []
    for line, first in zip(song.words.lines, song.words.line_starts, strict=True):
        times = [seconds[number] for number in range(first, first + len(line.syllables)) if number in seconds]
        lines.append(LyricLine(round(1000 * max(0.0, times[0])) if times else None, line.text))
    timed = sorted((line for line in lines if line.start_ms is not None), key=lambda line: line.start_ms or 0)
    return (*timed, *(line for line in lines if line.start_ms is None))


def _singing(folder: Path) -> Singing | None:
    from senandung.files.singing_json import load_singing

    try:
        return load_singing(folder / "singing.json")
    except InputError:
        return None
