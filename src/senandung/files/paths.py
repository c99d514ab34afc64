"""A path as a person gives it."""

from __future__ import annotations

import os
from pathlib import Path

from senandung.domain.errors import FileError, InvalidValueError


def given_path(path: Path | str) -> Path:
    """The path with `~` replaced by the home it stands for.

    >>> given_path("songs/rindu")
    PosixPath('songs/rindu')
    """
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        raise InvalidValueError(f"a path must be a Path or a str, got {path!r}")
    if "\x00" in str(path):
        raise InvalidValueError(f"a path must not hold a zero byte, got {str(path)!r}")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise FileError(Path(path), "no such home folder") from error
