"""How freely a song is played, kept beside its sound, so that it is sung and rendered again in the same time.

performance.json is written where the dial is not at 1, the players' usual place, and where sound fonts of the person's
own play (`api.fonts`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from senandung.domain.errors import FileError, InputError, InvalidValueError
from senandung.domain.song import Song
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.rendering.fonts import OwnFont

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


def save_dial(dial: float, folder: Path, fonts: Sequence[OwnFont] = ()) -> None:
    """Write performance.json into a folder where the dial is not at its usual place, or fonts of its own play.

    Inverse of `own_dial` and `own_fonts`.
    """
    if dial != USUAL or fonts:
        plain = {"humanise": dial} | ({"soundfont": plain_fonts(fonts)} if fonts else {})
        text = json.dumps(plain, ensure_ascii=False) + "\n"
        (folder / PERFORMANCE_FILE).write_text(text, encoding="utf-8")


def own_fonts(source: Path) -> tuple[OwnFont, ...]:
    """The sound fonts with which a song folder was rendered; none for other sources. Inverse of `plain_fonts`."""
    from senandung.rendering.fonts import OwnFont

    path = source / PERFORMANCE_FILE
    if not (source.is_dir() and path.is_file()):
        return ()
    try:
        rows = json.loads(path.read_text(encoding="utf-8")).get("soundfont", [])
        return tuple(
            OwnFont(given_path(row["file"]), row.get("instrument", ""), row.get("bank"), row.get("program"))
            for row in rows
        )
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise FileError(path, f"must list sound fonts, each a file with its instrument: {error}") from error


def plain_fonts(fonts: Sequence[OwnFont]) -> list[dict[str, Any]]:
    """The fonts as performance.json holds them; a home folder is written as ~."""
    rows = []
    for font in fonts:
        row = {"file": _from_home(font.path), "instrument": font.instrument, "bank": font.bank, "program": font.program}
        rows.append({name: value for name, value in row.items() if value not in (None, "")})
    return rows


def _checked(humanise: object) -> float:
    from senandung.performing.rules import checked_dial

    if isinstance(humanise, bool) or not isinstance(humanise, int | float):
        raise InvalidValueError(f"humanise must be a number in 0..2, got {humanise!r}")
    return checked_dial(humanise)


def _from_home(path: Path) -> str:
    path = path.absolute()
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)
