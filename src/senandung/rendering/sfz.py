"""SFZ instruments: made a sound font by the Polyphone program, then played as one.

No SFZ player is kept well and packaged for Debian 12 (docs/sound.md), while Polyphone is a maintained editor that
converts on the command line. It is called as a program, needs no screen, and gets a home folder of its own, so that it
leaves the person's settings alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from senandung.domain.errors import FileError, MissingProgramError
from senandung.domain.time import Second
from senandung.rendering.fonts import OwnFont
from senandung.rendering.presets import load_presets, sample_bytes

LONGEST: Second = 300.0
"""A large instrument of 1 GB is read in less."""


READ = frozenset({".wav", ".flac"})
"""Endings of samples that Debian 12's Polyphone reads; it makes silence of Ogg."""


def is_sfz(path: Path) -> bool:
    """Whether a file is an SFZ instrument, by its name.

    >>> is_sfz(Path("Violin.SFZ")), is_sfz(Path("violin.sf2"))
    (True, False)
    """
    return path.suffix.lower() == ".sfz"


def find_polyphone() -> Path:
    """The path of the Polyphone program, or `MissingProgramError` that says what to install."""
    found = shutil.which("polyphone")
    if found is None:
        raise MissingProgramError("an SFZ instrument needs Polyphone, which is not installed: apt install polyphone")
    return Path(found)


def sample_names(path: Path) -> tuple[str, ...]:
    """The samples that an SFZ file asks for, relative to its folder; none of a file with `#include` or `#define`."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if re.search(r"^\s*#(include|define)", text, re.MULTILINE):
        return ()
    text = re.sub(r"//.*", "", text)
    folder = ""
    names = []
    for opcode, value in re.findall(r"\b(default_path|sample)=(.*?)(?=\s+\w+=|\s*<|\s*$)", text, re.MULTILINE):
        if opcode == "default_path":
            folder = value
        elif not value.startswith("*"):
            names.append((folder + value).replace("\\", "/"))
    return tuple(dict.fromkeys(names))


def check_samples(path: Path) -> None:
    """Refuse an SFZ file with samples that are not there or cannot be read: Polyphone leaves them out silently."""
    for name in sample_names(path):
        if not (path.parent / name).is_file():
            raise FileError(path, f"its samples must be there, got no {name}")
        if Path(name).suffix.lower() not in READ:
            raise FileError(path, f"its samples must be WAV or FLAC files, got {name}")


def playable(fonts: Sequence[OwnFont], folder: Path) -> tuple[OwnFont, ...]:
    """The fonts, every SFZ among them made a sound font in `folder`."""
    return tuple(
        replace(font, path=converted(font.path, folder, f"sfz{number}")) if is_sfz(font.path) else font
        for number, font in enumerate(fonts)
    )


def converted(path: Path, folder: Path, stem: str) -> Path:
    """An SFZ instrument as an SF2 file in `folder`; its path is returned."""
    program = find_polyphone()
    check_samples(path)
    made = folder / f"{stem}.sf2"
    home = folder / f"{stem}.home"
    home.mkdir()
    command = [str(program), "-1", "-i", str(path.absolute()), "-d", str(folder.absolute()), "-o", stem]
    settings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    try:
        done = subprocess.run(
            command, env=settings, capture_output=True, text=True, errors="replace", timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        raise FileError(path, f"Polyphone must read it within {LONGEST:.0f} s, got no end") from None
    finally:
        shutil.rmtree(home, ignore_errors=True)
    if done.returncode != 0 or not made.is_file():
        said = [line.strip('" ') for line in (done.stdout + done.stderr).splitlines() if line.strip()] or ["nothing"]
        raise FileError(path, f"Polyphone cannot make a sound font of it: {said[-1]}")
    load_presets(made)
    if not sample_bytes(made):
        raise FileError(path, "an SFZ instrument without a sample")
    return made
