"""Where the program keeps what is the person's own."""

from __future__ import annotations

import os
from pathlib import Path

VOICES = "SENANDUNG_VOICES"
"""The environment variable that names another folder for voices."""

KEPT = "SENANDUNG_KEPT"
"""The environment variable that names another folder for kept things."""


STYLES = "SENANDUNG_STYLES"
"""The environment variable that names another folder for styles of one's own."""

HOME = "SENANDUNG_HOME"
"""The environment variable that names another folder for the home: library, memories, songs."""


def voices_folder() -> Path:
    """The folder of voices of one's own: `$SENANDUNG_VOICES`, or senandung/voices in the data home."""
    return _folder(VOICES, "voices")


def kept_folder() -> Path:
    """The folder of kept things (docs/privacy.md): `$SENANDUNG_KEPT`, or senandung/kept in the data home."""
    return _folder(KEPT, "kept")


def styles_folder() -> Path:
    """The folder of styles of one's own: `$SENANDUNG_STYLES`, or senandung/styles in the data home."""
    return _folder(STYLES, "styles")


def home_folder() -> Path:
    """The folder of the home: `$SENANDUNG_HOME`, or senandung/home in the data home."""
    return _folder(HOME, "home")


def _folder(variable: str, name: str) -> Path:
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser().absolute()
    home = os.environ.get("XDG_DATA_HOME")
    data = Path(home) if home and Path(home).is_absolute() else Path.home() / ".local" / "share"
    return data / "senandung" / name
