"""Where the program keeps what is the person's own."""

from __future__ import annotations

import os
from pathlib import Path

VOICES = "SENANDUNG_VOICES"
"""The environment variable that names another folder for voices."""


def voices_folder() -> Path:
    """The folder of voices of one's own: `$SENANDUNG_VOICES`, or senandung/voices in the data home."""
    named = os.environ.get(VOICES)
    if named:
        return Path(named).expanduser().absolute()
    home = os.environ.get("XDG_DATA_HOME")
    data = Path(home) if home and Path(home).is_absolute() else Path.home() / ".local" / "share"
    return data / "senandung" / "voices"
