"""Verovio's SVG pages as a PDF, with every typeface embedded.

Only what verovio writes is understood: groups, paths, rectangles, ellipses, polygons, text and uses of its glyphs. The
work is done here because a program such as rsvg-convert needs fonts of the system and leaves out music signs that stand
in text (the note of a tempo mark); the letters here are STIX, whose widths are those by which verovio spaces text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from senandung.drawing.fonts import drawable, text_width, use_font

A4 = (595.2756, 841.8898)
"""Width and height of a page in points."""

_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_BOLD = {"ending", "fing", "reh", "tempo"}
_ITALIC = {"dir", "dynam", "mNum"}
_PATH_PARTS = re.compile(r"[MmLlHhVvCcSsQqZz]|-?\d*\.?\d+(?:[eE][-+]?\d+)?")
_TRANSFORM = re.compile(r"(translate|scale|matrix)\(([^)]*)\)")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?")


@dataclass(frozen=True)
class _Look:
    """What a text inherits; `size` in the SVG's units."""

    size: float = 0.0
    bold: bool = False
    italic: bool = False
    music: bool = False
    anchor: str = "start"

    def font(self, text: str) -> str:
        face = {(False, False): "Score", (True, False): "Score-Bold", (False, True): "Score-Italic"}.get(
            (self.bold, self.italic), "Score-BoldItalic"
        )
        if drawable(text, face).replace(" ", "") == text.replace(" ", ""):
            return face
        return "Senandung-Bold" if self.bold else "Senandung"


@dataclass
class _Paper:
    """The PDF that is being written, and the glyphs that it already holds."""

    canvas: Any
    forms: set[str] = field(default_factory=set)


def svg_pages_pdf(pages: Sequence[str], *, title: str, subject: str = "") -> bytes:
    """The bytes of a PDF with one A4 page for each SVG page of verovio; each page is fitted to the paper's width.

    `title` and `subject` go into the file's description. The same pages give the same bytes.
    """
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setAuthor("Senandung")
    canvas.setSubject(subject)
    paper = _Paper(canvas)
    for page in pages:
        _draw_page(paper, page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw_page(paper: _Paper, page: str) -> None:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(page.encode("utf-8"), parser)
    glyphs = {
        group.get("id"): path.get("d")
        for group in root.iterfind(f"{_SVG}defs/{_SVG}g")
        for path in group.iterfind(f"{_SVG}path")
    }
    inner = next(element for element in root.iter(f"{_SVG}svg") if element.get("viewBox"))
    _, _, width, height = (float(number) for number in inner.get("viewBox").split())
    scale = min(A4[0] / width, A4[1] / height)
    canvas = paper.canvas
    canvas.saveState()
    canvas.transform(scale, 0, 0, -scale, 0, A4[1])
    canvas.setFillColorRGB(0, 0, 0)
    canvas.setStrokeColorRGB(0, 0, 0)
    for child in inner:
        _draw(paper, child, glyphs, _Look())
    canvas.restoreState()


def _draw(paper: _Paper, element: Any, glyphs: dict[str, str], look: _Look) -> None:
    if not isinstance(element.tag, str):
        return
    kind = element.tag.removeprefix(_SVG)
    classes = set((element.get("class") or "").split())
    if "placeholder" in classes:
        return
    canvas = paper.canvas
    if kind == "g":
        inside = look
        if classes & _BOLD:
            inside = replace(inside, bold=True)
        if classes & _ITALIC:
            inside = replace(inside, italic=True)
        moved = element.get("transform")
        if moved:
            canvas.saveState()
            _transform(canvas, moved)
        for child in element:
            _draw(paper, child, glyphs, inside)
        if moved:
            canvas.restoreState()
    elif kind == "use":
        name = (element.get(_HREF) or element.get("href") or "").removeprefix("#")
        if name in glyphs:
            canvas.saveState()
            _transform(canvas, element.get("transform") or "")
            _draw_glyph(paper, name.split("-")[0], glyphs[name])
            canvas.restoreState()
    elif kind == "text":
        _draw_text(paper, element, look)
    elif kind in ("path", "rect", "ellipse", "polygon", "polyline"):
        _draw_shape(canvas, kind, element)


def _transform(canvas: Any, text: str) -> None:
    for name, body in _TRANSFORM.findall(text):
        values = [float(number) for number in _NUMBER.findall(body)]
        if name == "translate":
            canvas.translate(values[0], values[1] if len(values) > 1 else 0)
        elif name == "scale":
            canvas.scale(values[0], values[-1])
        else:
            canvas.transform(*values)


def _draw_glyph(paper: _Paper, code: str, outline: str) -> None:
    """Draw a music sign at the origin, in units of 1000 to the em, y downwards."""
    name = f"glyph-{code}"
    if name not in paper.forms:
        paper.forms.add(name)
        paper.canvas.beginForm(name, -4000, -4000, 4000, 4000)
        paper.canvas.scale(1, -1)
        paper.canvas.drawPath(_outline(paper.canvas, outline), stroke=0, fill=1, fillMode=1)
        paper.canvas.endForm()
    paper.canvas.doForm(name)


def _draw_shape(canvas: Any, kind: str, element: Any) -> None:
    width = float((element.get("stroke-width") or "1").removesuffix("px"))
    canvas.setLineWidth(width)
    canvas.setLineCap(1 if element.get("stroke-linecap") == "round" else 0)
    canvas.setLineJoin(1 if element.get("stroke-linejoin") == "round" else 0)
    dashes = [float(number) for number in _NUMBER.findall(element.get("stroke-dasharray") or "")]
    canvas.setDash(dashes)
    clear = element.get("fill") in ("none", "transparent") or element.get("fill-opacity") in ("0", "0.0")
    filled = 0 if clear or kind == "polyline" else 1
    if kind == "path":
        canvas.drawPath(_outline(canvas, element.get("d") or ""), stroke=1, fill=filled, fillMode=1)
    elif kind == "rect":
        x, y, w, h = (float((element.get(key) or "0").removesuffix("px")) for key in ("x", "y", "width", "height"))
        canvas.rect(x, y, w, h, stroke=1, fill=filled)
    elif kind == "ellipse":
        x, y, rx, ry = (float(element.get(key) or 0) for key in ("cx", "cy", "rx", "ry"))
        canvas.ellipse(x - rx, y - ry, x + rx, y + ry, stroke=1, fill=filled)
    else:
        numbers = [float(number) for number in _NUMBER.findall(element.get("points") or "")]
        path = canvas.beginPath()
        for index in range(0, len(numbers) - 1, 2):
            (path.lineTo if index else path.moveTo)(numbers[index], numbers[index + 1])
        if kind == "polygon":
            path.close()
        canvas.drawPath(path, stroke=1, fill=filled, fillMode=1)


def _outline(canvas: Any, text: str) -> Any:
    """A PDF path of an SVG path's data (M L H V C S Q Z and their relative forms)."""
    path = canvas.beginPath()
    for command, points in _segments(text):
        if command == "M":
            path.moveTo(*points)
        elif command == "L":
            path.lineTo(*points)
        elif command == "C":
            path.curveTo(*points)
        else:
            path.close()
    return path


@cache
def _segments(text: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """An SVG path's data in absolute M, L, C and Z.

    >>> _segments("M1 2h3c0 1 1 1 2 0z")
    (('M', (1.0, 2.0)), ('L', (4.0, 2.0)), ('C', (4.0, 3.0, 5.0, 3.0, 6.0, 2.0)), ('Z', ()))
    """
    counts = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "Z": 0}
    rows: list[tuple[str, tuple[float, ...]]] = []
    x = y = start_x = start_y = 0.0
    control: tuple[float, float] | None = None
    for command, values in _commands(text, counts):
        upper = command.upper()
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        if upper == "Z":
            rows.append(("Z", ()))
            x, y, control = start_x, start_y, None
            continue
        if upper in "HV":
            x, y = (values[0] + dx, y) if upper == "H" else (x, values[0] + dy)
            rows.append(("L", (x, y)))
            control = None
            continue
        points = [value + (dy if index % 2 else dx) for index, value in enumerate(values)]
        if upper in "ML":
            rows.append((upper, tuple(points)))
            control = None
            if upper == "M":
                start_x, start_y = points
        else:
            if upper == "S":
                first = (2 * x - control[0], 2 * y - control[1]) if control else (x, y)
                points = [*first, *points]
            elif upper == "Q":
                (qx, qy), (ex, ey) = points[:2], points[2:]
                points = [
                    x + 2 / 3 * (qx - x),
                    y + 2 / 3 * (qy - y),
                    ex + 2 / 3 * (qx - ex),
                    ey + 2 / 3 * (qy - ey),
                    ex,
                    ey,
                ]
            rows.append(("C", tuple(points)))
            control = (points[2], points[3])
        x, y = points[-2:]
    return tuple(rows)


def _commands(text: str, counts: dict[str, int]) -> Iterator[tuple[str, list[float]]]:
    parts = _PATH_PARTS.findall(text)
    at, command = 0, "M"
    while at < len(parts):
        if parts[at].isalpha():
            command = parts[at]
            at += 1
        count = counts[command.upper()]
        yield command, [float(part) for part in parts[at : at + count]]
        at += count
        if command in "Mm":
            command = "L" if command == "M" else "l"


def _runs(element: Any, look: _Look) -> Iterator[tuple[str, _Look, float | None, float | None]]:
    """The pieces of a text with their look, and the place where a new line of text begins."""
    own = look
    if element.get("font-size"):
        own = replace(own, size=float(element.get("font-size").removesuffix("px")))
    if element.get("font-weight"):
        own = replace(own, bold=element.get("font-weight") == "bold")
    if element.get("font-style"):
        own = replace(own, italic=element.get("font-style") == "italic")
    if element.get("font-family"):
        own = replace(own, music=element.get("font-family") in ("Leipzig", "Bravura"))
    if element.get("text-anchor"):
        own = replace(own, anchor=element.get("text-anchor"))
    x, y = element.get("x"), element.get("y")
    if x is not None or y is not None:
        yield "", own, float(x) if x is not None else None, float(y) if y is not None else None
    if element.text and (element.text.strip() or "\n" not in element.text):
        yield element.text, own, None, None
    for child in element:
        if child.tag == f"{_SVG}tspan":
            yield from _runs(child, own)


def _draw_text(paper: _Paper, element: Any, look: _Look) -> None:
    lines: list[tuple[float, float, str, list[tuple[str, _Look]]]] = []
    for text, own, x, y in _runs(element, look):
        if x is not None or y is not None:
            before = lines[-1] if lines else (0.0, 0.0, "", [])
            lines.append((before[0] if x is None else x, before[1] if y is None else y, own.anchor, []))
        elif text and lines and own.size > 0:
            lines[-1][3].append((text if own.music else _legible(text, own), own))
    for x, y, anchor, pieces in lines:
        total = sum(_advance(text, own) for text, own in pieces)
        left = x - {"middle": total / 2, "end": total}.get(anchor, 0.0)
        for text, own in pieces:
            _draw_piece(paper, text, own, left, y)
            left += _advance(text, own)


def _legible(text: str, look: _Look) -> str:
    """The text without the signs that no embedded typeface has."""
    font = look.font(text)
    if not font.startswith("Senandung"):
        return text
    return "".join(sign for sign in text if sign.isspace() or drawable(sign, font))


def _draw_piece(paper: _Paper, text: str, look: _Look, x: float, y: float) -> None:
    canvas = paper.canvas
    if not look.music:
        font = look.font(text)
        canvas.saveState()
        canvas.translate(x, y)
        canvas.scale(1, -1)
        canvas.setFont(use_font(font), look.size)
        canvas.drawString(0, 0, text)
        canvas.restoreState()
        return
    for sign in text:
        outline, width = _text_glyph(ord(sign))
        if outline:
            canvas.saveState()
            canvas.translate(x, y)
            canvas.scale(look.size / 1000, look.size / 1000)
            _draw_glyph(paper, f"{ord(sign):04X}", outline)
            canvas.restoreState()
        x += width * look.size / 1000


def _advance(text: str, look: _Look) -> float:
    if look.music:
        return sum(_text_glyph(ord(sign))[1] for sign in text) * look.size / 1000
    return text_width(text, look.font(text), look.size)


@cache
def _text_glyph(code: int) -> tuple[str, float]:
    """Outline and width, 1000 to the em, of a music sign of verovio's own font."""
    import verovio

    folder = Path(verovio.__file__).parent / "data"
    file = folder / "Leipzig" / f"{code:04X}.xml"
    if not file.exists():
        return "", 250.0
    found = re.search(r' d="([^"]*)"', file.read_text(encoding="utf-8"))
    return (found.group(1) if found else ""), _glyph_widths(str(folder)).get(f"{code:04X}", 500.0)


@cache
def _glyph_widths(folder: str) -> dict[str, float]:
    table = (Path(folder) / "Leipzig.xml").read_text(encoding="utf-8")
    return {code: float(width) for code, width in re.findall(r'<g c="([0-9A-F]+)"[^>]*h-a-x="([\d.]+)"', table)}
