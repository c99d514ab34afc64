"""A canvas with the few strokes of reportlab's that a sheet needs, and SVG as its paper."""

from __future__ import annotations

import html

_FACES = {
    "Senandung": "",
    "Senandung-Bold": ' font-weight="700"',
    "Senandung-Italic": ' font-style="italic"',
}


class SvgCanvas:
    """Draws pages of `width` by `height` points, y upwards as in PDF; finished pages stand in `pages`.

    The methods have reportlab's names, so that one drawing serves both.
    """

    def __init__(self, width: float, height: float) -> None:
        self.pages: list[str] = []
        self._width, self._height = width, height
        self._marks: list[str] = []
        self._font, self._size = "Senandung", 10.0
        self._fill, self._stroke, self._line = "#000", "#000", 1.0

    def setFont(self, name: str, size: float) -> None:  # noqa: N802
        """Choose a typeface of `drawing.fonts` and its size in points."""
        self._font, self._size = name, size

    def setFillColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        """Choose the colour of letters and dots, each part in 0..1."""
        self._fill = _colour(red, green, blue)

    def setStrokeColorRGB(self, red: float, green: float, blue: float) -> None:  # noqa: N802
        """Choose the colour of lines, each part in 0..1."""
        self._stroke = _colour(red, green, blue)

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        """Choose the width of lines in points."""
        self._line = width

    def drawString(self, x: float, y: float, text: str, anchor: str = "start") -> None:  # noqa: N802
        """Set a text whose first letter stands at x, y."""
        look = f'font-size="{self._size:g}"{_FACES[self._font]} fill="{self._fill}"'
        place = f'x="{x:.1f}" y="{self._height - y:.1f}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        self._marks.append(f"<text {place} {look}>{html.escape(text)}</text>")

    def drawCentredString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        """Set a text with its middle at x."""
        self.drawString(x, y, text, "middle")

    def drawRightString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        """Set a text that ends at x."""
        self.drawString(x, y, text, "end")

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a straight line."""
        self._path(f"M{x1:.1f} {self._height - y1:.1f}L{x2:.1f} {self._height - y2:.1f}")

    def bezier(
        self, x1: float, y1: float, x2: float, y2: float, x3: float, y3: float, x4: float, y4: float
    ) -> None:  # fmt: skip
        """Draw a Bézier curve from the first to the fourth point."""
        top = self._height
        self._path(f"M{x1:.1f} {top - y1:.1f}C{x2:.1f} {top - y2:.1f} {x3:.1f} {top - y3:.1f} {x4:.1f} {top - y4:.1f}")

    def circle(self, x: float, y: float, radius: float, stroke: int = 1, fill: int = 0) -> None:
        """Draw a circle."""
        paint = self._fill if fill else "none"
        edge = f' stroke="{self._stroke}"' if stroke else ""
        self._marks.append(f'<circle cx="{x:.1f}" cy="{self._height - y:.1f}" r="{radius:g}" fill="{paint}"{edge}/>')

    def showPage(self) -> None:  # noqa: N802
        """Finish a page."""
        self.pages.append(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width:g} {self._height:g}" '
            f'font-family="DejaVu Sans, Verdana, sans-serif">{"".join(self._marks)}</svg>'
        )
        self._marks = []

    def _path(self, data: str) -> None:
        self._marks.append(f'<path d="{data}" fill="none" stroke="{self._stroke}" stroke-width="{self._line:g}"/>')


def _colour(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in (red, green, blue))
