"""Folders of music as they lie on the disk: directories, their files of music, and the pictures and words beside them.

Only names, sizes and times are looked at. A link to a directory is followed once, so that loops end; what is hidden,
and what systems put there, is passed over. A directory with a song.json is one song, and nothing below it is looked at.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from senandung.domain.music import FileState
from senandung.files.covers import folder_cover
from senandung.files.tags import is_music

SONG_FILE = "song.json"

SONG_SOUNDS = ("song.wav", "song.flac", "song.mp3", "song.ogg")
"""The sound of a song folder, the first that is there."""

_PASSED_OVER = frozenset({"@eadir", "lost+found", "system volume information", "$recycle.bin", "__macosx"})

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Directory:
    """One directory.

    Parameters
    ----------
    files : its files of music and how each stands; words and pictures that came later make a file look changed.
    cover : the picture that is its music's cover.
    song : whether it is a song folder; its one file is then the song's sound.
    problem : why it could not be read.
    """

    path: Path
    files: dict[Path, FileState] = field(default_factory=dict)
    cover: Path | None = None
    song: bool = False
    problem: str | None = None


def walk_music(root: Path) -> Iterator[Directory]:
    """Every directory below and with `root` that holds music or could not be read, a directory before those in it."""
    seen: set[tuple[int, int]] = set()
    waiting = [root]
    while waiting:
        place = waiting.pop()
        try:
            stat = place.stat()
            mark = (stat.st_dev, stat.st_ino)
            if mark in seen and stat.st_ino:
                continue
            seen.add(mark)
            with os.scandir(place) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except OSError as error:
            yield Directory(place, problem=f"cannot be read: {error.strerror or error}")
            continue
        names = {entry.name for entry in entries}
        if SONG_FILE in names:
            sounds = [entry for name in SONG_SOUNDS for entry in entries if entry.name == name]
            if sounds and (found := _directory(place, sounds[:1], _changed(place / SONG_FILE), song=True)):
                yield found
                continue
        below = [entry for entry in entries if _is_directory(entry) and not _hidden(entry.name)]
        waiting += [Path(entry.path) for entry in reversed(below)]
        found = _directory(place, entries, 0)
        if found is not None:
            yield found


def _directory(place: Path, entries: list[os.DirEntry[str]], least: int, *, song: bool = False) -> Directory | None:
    cover = folder_cover(Path(entry.path) for entry in entries)
    words = {entry.name[:-4]: Path(entry.path) for entry in entries if entry.name.lower().endswith(".lrc")}
    beside = max(least, 0 if cover is None else _changed(cover))
    files: dict[Path, FileState] = {}
    for entry in entries:
        path = Path(entry.path)
        if not is_music(path):
            continue
        try:
            stat = entry.stat()
            if not entry.is_file():
                continue
        except OSError:
            continue  # a link to nothing
        own = words.get(path.stem)
        newest = max(stat.st_mtime_ns // 1_000_000, beside, 0 if own is None else _changed(own))
        files[path] = FileState(stat.st_size, _EPOCH + timedelta(milliseconds=newest))
    return Directory(place, files, cover, song) if files else None


def _changed(path: Path) -> int:
    """When a file beside the music came or was changed, in milliseconds since 1970; 0 where it is gone."""
    try:
        stat = path.stat()
    except OSError:
        return 0
    return max(stat.st_mtime_ns, stat.st_ctime_ns) // 1_000_000


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _PASSED_OVER


def file_state(path: Path) -> FileState:
    """How one file stands, by itself. Raises `OSError` where it is gone."""
    stat = path.stat()
    return FileState(stat.st_size, _EPOCH + timedelta(milliseconds=stat.st_mtime_ns // 1_000_000))


def told(path: Path) -> str:
    """A path as it can be kept and shown, also where its name is no text."""
    return os.fsencode(path).decode("utf-8", "replace")
