"""Covers: what is embedded or lies in a folder, made anew and small.

A picture from a stranger's file is never shown as it is: it is decoded within limits, laid upright, made small, and
written again without what else it held (place, camera, comments).
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from pathlib import Path

from senandung.domain.checks import require
from senandung.domain.errors import FileError
from senandung.domain.music import Picture
from senandung.files.reading import MEGABYTE, read_bytes

SIDE = 600
"""Pixels of a cover's longer side at most."""

MAX_BYTES = 30 * MEGABYTE
MOST_PIXELS = 50_000_000
"""Pixels of a picture that is decoded at most."""

NAMES = ("cover", "folder", "front", "album", "albumart", "artwork", "sampul")
"""How pictures of an album are called, the surest first."""

ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp")

QUALITY = 82
WEBP_QUALITY = 75


def small_cover(data: bytes, name: Path) -> Picture:
    """A picture of at most `SIDE` pixels a side, JPEG; PNG where it is see-through.

    Parameters
    ----------
    data : JPEG, PNG, WebP, GIF or BMP.
    name : the file, for what is said where it is none.

    Raises `FileError` for what is none of these, damaged or beyond `MOST_PIXELS`.
    """
    from PIL import Image, ImageOps

    if len(data) > MAX_BYTES:
        raise FileError(name, f"a cover must have at most {MAX_BYTES // MEGABYTE} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # refused below by a limit of our own
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF", "BMP")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    size = f"{opened.width} × {opened.height}"
                    raise FileError(
                        name, f"a cover must have at most {MOST_PIXELS // 10**6} million pixels, got {size}"
                    )
                opened.draft("RGB", (2 * SIDE, 2 * SIDE))
                upright = ImageOps.exif_transpose(opened)
                clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
                picture = upright.convert("RGBA" if clear else "RGB")
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        clear = clear and min(picture.getchannel("A").tobytes()) < 255
        out = io.BytesIO()
        if clear:
            picture.save(out, "PNG", optimize=True)
        else:
            picture.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, MemoryError) as error:
        raise FileError(name, f"not a picture that can be read: {error}") from error
    return Picture(out.getvalue(), "image/png" if clear else "image/jpeg")


def scaled(data: bytes, side: int, *, webp: bool = False) -> tuple[bytes, str]:
    """A kept cover with at most `side` pixels a side, and its type: as it is where it is that small already.

    Parameters
    ----------
    data : what `small_cover` made; a stranger's picture is made anew by that first.
    side : pixels, 1 to `SIDE`.
    webp : WebP, half as large, for those who surely read it; else JPEG or PNG as before.
    """
    from PIL import Image

    require(1 <= side <= SIDE, f"the side of a cover must be 1 to {SIDE} pixels", side)
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as opened:
        kind = str(opened.format)
        if not webp and max(opened.size) <= side:
            return data, f"image/{kind.lower()}"
        opened.draft("RGB", (side, side))
        picture = opened.convert("RGB" if kind == "JPEG" else "RGBA")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    if webp:
        kind = "WEBP"
        picture.save(out, kind, quality=WEBP_QUALITY, method=4)
    elif kind == "JPEG":
        picture.save(out, kind, quality=QUALITY, optimize=True, progressive=True)
    else:
        picture.save(out, kind, optimize=True)
    return out.getvalue(), f"image/{kind.lower()}"


def folder_cover(names: Iterable[Path]) -> Path | None:
    """Which of the files of a folder is the cover of the music in it; None where none is called so.

    >>> folder_cover([Path("back.jpg"), Path("Folder.PNG"), Path("a.mp3")])
    PosixPath('Folder.PNG')
    """
    pictures = {path.stem.lower(): path for path in sorted(names, reverse=True) if path.suffix.lower() in ENDINGS}
    chosen = (pictures[name] for name in NAMES if name in pictures)
    begins = (path for stem, path in sorted(pictures.items()) if stem.startswith(NAMES[:3]))
    return next(chosen, next(begins, None))


def load_cover(path: Path) -> Picture:
    """The cover in a picture file. Raises `FileError` where it is none."""
    return small_cover(read_bytes(path, MAX_BYTES), path)
