"""Where the fluidsynth program and the sound font are."""

from __future__ import annotations

import shutil
from pathlib import Path

from senandung.domain.errors import MissingProgramError
from senandung.rendering.presets import load_presets

FONT_FOLDERS = (
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/soundfonts"),
    Path("/usr/local/share/soundfonts"),
    Path("/opt/homebrew/share/soundfonts"),
)
"""Folders of Debian, Fedora, and Homebrew's packages, in the order of search."""

FONT_NAMES = (
    "MuseScore_General_Full.sf3",
    "MuseScore_General.sf3",
    "MuseScore_General.sf2",
    "FluidR3_GM.sf2",
    "FluidR3_GM.sf3",
    "default-GM.sf3",
    "default-GM.sf2",
    "TimGM6mb.sf2",
)
"""General MIDI fonts, the best first: MuseScore General is MIT and public domain and the one that is measured here."""


def find_program(name: str = "fluidsynth") -> Path:
    """The path of a program, or `MissingProgramError` that says what to install."""
    found = shutil.which(name)
    if found is None:
        raise MissingProgramError(f"{name} is not installed: apt install {name}")
    return Path(found)


def find_soundfont(soundfont: Path | None = None, folders: tuple[Path, ...] = FONT_FOLDERS) -> Path:
    """The sound font that was asked for, or the first of `FONT_NAMES` that is installed.

    >>> find_soundfont(Path("no-such-font.sf2"))
    Traceback (most recent call last):
        ...
    senandung.domain.errors.MissingProgramError: there is no sound font at no-such-font.sf2
    """
    if soundfont is not None:
        if not soundfont.is_file():
            raise MissingProgramError(f"there is no sound font at {soundfont}")
        load_presets(soundfont)
        return soundfont
    for name in FONT_NAMES:
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
    raise MissingProgramError("no General MIDI sound font is installed: apt install musescore-general-soundfont")
