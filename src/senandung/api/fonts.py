"""Sound fonts of the person's own: how they are asked for. A song folder keeps them (`api.dial`)."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.paths import given_path

if TYPE_CHECKING:
    from senandung.api.voice import Take
    from senandung.rendering.fonts import OwnFont

FontWish = Path | str | Sequence[Path | str] | None
"""A file, `INSTRUMENT=FILE`, `INSTRUMENT=FILE:BANK:PROGRAM`, or some of them; None where nothing is asked for."""

INSTALLED = "installed"
"""The word that asks for the installed sound font where a folder has one of its own."""

_NUMBERED = re.compile(r"(.+):(\d{1,5}):(\d{1,5})", re.DOTALL)


def fonts_of(soundfont: FontWish) -> tuple[OwnFont, ...]:
    """The sound fonts that were asked for. Every file is there and is a sound font; the programs are looked at later.

    >>> fonts_of("violin=no-such-font.sf2:0:40")
    Traceback (most recent call last):
        ...
    senandung.domain.errors.FileError: no-such-font.sf2: no such file
    """
    from senandung.rendering.sfz import is_sfz

    wishes = [soundfont] if isinstance(soundfont, str | os.PathLike) else list(soundfont or ())
    fonts = tuple(_font(wish) for wish in wishes if wish != INSTALLED)
    if fonts and len(fonts) < len(wishes):
        raise InvalidValueError(f"a sound font must be a file or {INSTALLED}, got both")
    for font in fonts:
        check_font(font.path)
        if not font.instrument and is_sfz(font.path):
            raise InvalidValueError(f"an SFZ file must be given to an instrument (violin={font.path}), got it for all")
    return fonts


def check_font(path: Path) -> None:
    """Refuse what is no file and no sound font."""
    from senandung.rendering.presets import load_presets
    from senandung.rendering.sfz import check_samples, find_polyphone, is_sfz

    if not path.is_file():
        raise FileError(path, "a folder, not a sound font" if path.is_dir() else "no such file")
    if is_sfz(path):
        find_polyphone()
        check_samples(path)
    else:
        load_presets(path)


def check_fonts(fonts: Sequence[OwnFont], take: Take) -> None:
    """Refuse a font whose instrument does not play, and one without its program, before anything is sung or drawn."""
    from senandung.rendering.fonts import check_playing, sounds_of
    from senandung.rendering.sfz import is_sfz

    if not fonts:
        return
    for font in fonts:
        check_font(font.path)
    sung = {singing.track for singing in take.singings}
    parts = [part for part in take.performance.parts if part.notes and part.track not in sung]
    check_playing(parts, fonts)
    later = {font.instrument for font in fonts if is_sfz(font.path)}  # what an SFZ holds is known when it is converted
    ready = [font for font in fonts if font.instrument not in later]
    sounds_of([part for part in parts if part.instrument not in later], ready)


def _font(wish: Path | str) -> OwnFont:
    from senandung.rendering.fonts import OwnFont

    path = given_path(wish)
    if not isinstance(wish, str) or path.exists() or "=" not in wish:
        return OwnFont(path)
    name, file = (part.strip() for part in wish.split("=", 1))
    numbered = _NUMBERED.fullmatch(file)
    if numbered is None or given_path(file).exists():
        return OwnFont(given_path(file), name)
    return OwnFont(given_path(numbered[1]), name, int(numbered[2]), int(numbered[3]))
