"""The typefaces of the PDF files: embedded, so that they look the same on every machine.

DejaVu Sans (Bitstream Vera licence) and STIX General (SIL Open Font Licence) come inside matplotlib's package; STIX has
the widths of Times, by which verovio sets its text.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

FONT_FILES = {
    "Senandung": "DejaVuSans.ttf",
    "Senandung-Bold": "DejaVuSans-Bold.ttf",
    "Senandung-Italic": "DejaVuSans-Oblique.ttf",
    "Score": "STIXGeneral.ttf",
    "Score-Bold": "STIXGeneralBol.ttf",
    "Score-Italic": "STIXGeneralItalic.ttf",
    "Score-BoldItalic": "STIXGeneralBolIta.ttf",
}
"""The files of matplotlib's font folder by the name under which a PDF uses them."""


@cache
def _font(name: str) -> Any:
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(name, str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / FONT_FILES[name]))
    pdfmetrics.registerFont(font)
    return font


def use_font(name: str) -> str:
    """Make a typeface of `FONT_FILES` known to reportlab; returns its name.

    >>> use_font("Senandung-Bold")
    'Senandung-Bold'
    """
    _font(name)
    return name


def drawable(text: str, name: str = "Senandung") -> str:
    """The text without the characters that a typeface lacks (Chinese, Javanese and other scripts), blanks made single.

    >>> drawable("rindu 雨  kamu")
    'rindu kamu'
    """
    known = _font(name).face.charToGlyph
    return " ".join("".join(letter for letter in text if ord(letter) in known or letter.isspace()).split())


def text_width(text: str, name: str, size: float) -> float:
    """Width in points of a text set in a typeface at a size in points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, use_font(name), size))


def fit(text: str, name: str, size: float, width: float) -> str:
    """The text, shortened with an ellipsis where it is wider than `width` points.

    >>> fit("Senandung", "Senandung", 10, 30)
    'Sen…'
    """
    if text_width(text, name, size) <= width:
        return text
    while text and text_width(text + "…", name, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
