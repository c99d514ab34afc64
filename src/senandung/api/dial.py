"""How freely a song is played, kept beside its sound, so that it is sung and rendered again in the same time.

performance.json is written where the dial is not at 1, the players' usual place.
"""

from __future__ import annotations

import json
from pathlib import Path

from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.song import Song
from senandung.files.paths import given_path

PERFORMANCE_FILE = "performance.json"
USUAL = 1.0


def dial_of(source: Song | Path | str, humanise: float | None) -> float:
    """The dial that was asked for, else the song folder's own, else 1.

    >>> from senandung.domain.song import Song
    >>> dial_of(Song("A", ()), None), dial_of(Song("A", ()), 0.5)
    (1.0, 0.5)
    """
    if humanise is not None:
        return _checked(humanise)
    return USUAL if isinstance(source, Song) else own_dial(given_path(source))


def own_dial(source: Path) -> float:
    """The dial of a song folder's sound; 1 for other sources."""
    path = source / PERFORMANCE_FILE
    if not (source.is_dir() and path.is_file()):
        return USUAL
    try:
        return _checked(json.loads(path.read_text(encoding="utf-8"))["humanise"])
    except (ValueError, KeyError, TypeError, InvalidValueError) as error:
        raise FileError(path, f"must say humanise, a number in 0..2: {error}") from error


def save_dial(dial: float, folder: Path) -> None:
    """Write performance.json into a folder where the dial is not at its usual place. Inverse of `own_dial`."""
    if dial != USUAL:
        (folder / PERFORMANCE_FILE).write_text(json.dumps({"humanise": dial}) + "\n", encoding="utf-8")


def _checked(humanise: object) -> float:
    from senandung.performing.rules import checked_dial

    if isinstance(humanise, bool) or not isinstance(humanise, int | float):
        raise InvalidValueError(f"humanise must be a number in 0..2, got {humanise!r}")
    return checked_dial(humanise)
