"""A file → how near it comes to the training music and to other music."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.api.render import load_any_song
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.originality.index import MusicIndex
    from senandung.originality.report import OriginalityReport

REPORT_NAME, PAGE_NAME = "originality.json", "originality.html"
INDEX_SUFFIX = ".index"
"""What the file of an index of one's own ends with."""

_ENDINGS = frozenset((".mid", ".midi", ".musicxml", ".mxl", ".xml", ".krn", ".kern", ".abc", ".ustx", ".json"))

Passages = Sequence[Sequence[tuple[int, int]]]
"""Passages of notes, each as (onset, pitch) in any unit of time."""


def check(
    source: Song | Path | str,
    *,
    against: Sequence[Path | str] | Path | str = (),
    asked: Passages = (),
    out: Path | str | None = None,
) -> OriginalityReport:
    """How near a piece comes to the training music, with the nearest passages and a verdict.

    Parameters
    ----------
    source : a song, a song folder, or a file of notes: song.json, MIDI, MusicXML, kern, ABC or USTX.
    against : further files of notes, folders of them (a song folder too), or indexes that `save_own_index` wrote.
    asked : passages that were asked for, such as a motif; likeness that goes through them is told apart.
    out : a new folder for originality.json and a page with the passages side by side as notation.
    """
    from senandung.files.folders import check_free, new_folder
    from senandung.originality.check import check_song

    if out is not None:
        check_free(out)
    song = source if isinstance(source, Song) else load_any_song(source)
    paths = [against] if isinstance(against, str | Path) else list(against)
    report = check_song(song, against=own_indexes(paths), asked=asked)
    if out is not None:
        from senandung.drawing.originality import save_originality_page

        with new_folder(out) as folder:
            save_report(report, folder)
            save_originality_page(report, folder / PAGE_NAME, title=song.title, language=song.words.language)
    return report


def save_report(report: OriginalityReport, folder: Path) -> Path:
    """Write originality.json into an existing folder."""
    from senandung.files.writing import write_atomically

    path = folder / REPORT_NAME
    text = json.dumps(report.to_full(), ensure_ascii=False, indent=1)
    write_atomically(path, (text + "\n").encode("utf-8"))
    return path


def own_indexes(paths: Sequence[Path | str]) -> tuple[MusicIndex, ...]:
    """Indexes of a person's own files: saved ones, and one of all files of notes.

    Files of a folder that hold no notes are passed over; a file that is named itself must hold some.
    """
    from senandung.originality.check import index_songs
    from senandung.originality.index import load_index

    saved, songs = [], []
    for given in paths:
        path = given_path(given)
        if path.is_dir():
            songs.extend(_songs_below(path))
        elif path.suffix == INDEX_SUFFIX:
            saved.append(load_index(path))
        else:
            songs.append((path.name, load_any_song(path)))
    return (*saved, *([index_songs(songs)] if songs else []))


def _songs_below(folder: Path) -> list[tuple[str, Song]]:
    if (folder / "song.json").is_file():
        return [(folder.name, load_any_song(folder))]
    found = []
    for path in sorted(folder.rglob("*")):
        in_song = (path.parent / "song.json").is_file() and path.name != "song.json"
        if path.suffix.lower() in _ENDINGS and path.is_file() and not in_song:
            try:
                found.append((str(path.relative_to(folder)), load_any_song(path)))
            except (FileError, InvalidValueError):
                continue
    if not found:
        raise FileError(folder, "no file of notes could be read in this folder")
    return found


def save_own_index(paths: Sequence[Path | str], out: Path | str) -> int:
    """Write an index of a person's own files, to check against later; returns how many notes it holds.

    Parameters
    ----------
    paths : files of notes, or folders of them.
    out : the file to make, ending in `.index`.
    """
    from senandung.originality.index import save_index

    target = given_path(out)
    if target.suffix != INDEX_SUFFIX:
        raise InvalidValueError(f"an index must be named NAME{INDEX_SUFFIX}, got {target.name!r}")
    if target.exists():
        raise InvalidValueError(f"an index must be a new file, but {target} exists")
    indexes = own_indexes([path for path in paths if Path(path).suffix != INDEX_SUFFIX])
    if not indexes:
        raise InvalidValueError("an index must be made of files of notes, got none")
    save_index(indexes[0], target)
    return indexes[0].notes
