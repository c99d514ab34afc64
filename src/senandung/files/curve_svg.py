"""The first path of an SVG drawing, as points.

The path's grammar and the arithmetic of arcs are those of SVG 1.1 (W3C 2011), sections 8.3 and F.6.5.
"""

from __future__ import annotations

import math
import re
from itertools import pairwise
from xml.sax.saxutils import unescape

from senandung.domain.errors import InvalidValueError

Point = tuple[float, float]

STEPS = 24
"""Points on each curved piece."""

MOST_PIECES = 20_000

_NEEDS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_TOKEN = re.compile(r"\s*,?\s*([MmLlHhVvCcSsQqTtAaZz]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_FLAG = re.compile(r"\s*,?\s*([01])")


def first_path(text: str) -> str:
    """The `d` of the first path in an SVG."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    for tag in re.finditer(r"<(?:\w+:)?path\b([^>]*)>", text):
        found = re.search(r"""(?:^|\s)d\s*=\s*("[^"]*"|'[^']*')""", tag[1])
        if found:
            return unescape(found[1][1:-1])
    raise InvalidValueError("an SVG must have a path with a d attribute, but this one has none")


def path_points(d: str) -> list[Point]:
    """The points along a path's data, curves sampled.

    >>> path_points("M 0 10 h 5 l 5 -10")
    [(0.0, 10.0), (5.0, 10.0), (10.0, 0.0)]
    """
    points: list[Point] = []
    here: Point = (0.0, 0.0)
    start: Point = here
    before = ""
    handle: Point = here
    for command, numbers in _pieces(d):
        kind, relative = command.upper(), command.islower()
        ox, oy = here if relative else (0.0, 0.0)
        row = list(numbers)
        if kind == "A":
            row[5] += ox
            row[6] += oy
        elif kind == "H":
            row = [row[0] + ox, here[1]]
        elif kind == "V":
            row = [here[0], row[0] + oy]
        else:
            row = [value + (oy if index % 2 else ox) for index, value in enumerate(row)]
        pairs = [(row[index], row[index + 1]) for index in range(0, len(row) - 1, 2)]
        mirrored = (2 * here[0] - handle[0], 2 * here[1] - handle[1])
        if kind == "Z":
            if here != start:
                points.append(start)
            here = start
        elif kind == "M":
            here = start = pairs[0]
            points.append(here)
        elif kind in "LHV":
            here = pairs[0]
            points.append(here)
        elif kind in "CS":
            first = pairs[0] if kind == "C" else (mirrored if before in ("C", "S") else here)
            second, end = pairs[-2], pairs[-1]
            points += _bezier((here, first, second, end))
            handle, here = second, end
        elif kind in "QT":
            middle = pairs[0] if kind == "Q" else (mirrored if before in ("Q", "T") else here)
            points += _bezier((here, middle, pairs[-1]))
            handle, here = middle, pairs[-1]
        else:
            end = (row[5], row[6])
            points += _arc(here, row[0], row[1], row[2], bool(row[3]), bool(row[4]), end)
            here = end
        before = kind
    if len(points) < 2:
        raise InvalidValueError("a curve's path must have at least two points")
    if not all(math.isfinite(value) for point in points for value in point):
        raise InvalidValueError("a curve's path must have numbers that a computer can hold")
    return [points[0], *(b for a, b in pairwise(points) if a != b)]


def _pieces(d: str) -> list[tuple[str, list[float]]]:
    """The commands with their numbers, repeated ones written out."""
    pieces: list[tuple[str, list[float]]] = []
    command, at = "", 0
    d = d.rstrip().rstrip(",")
    while at < len(d):
        found = _TOKEN.match(d, at)
        if found is None:
            raise InvalidValueError(f"a path's data must be commands and numbers, got {d[at : at + 12].strip()!r}")
        if found[1].isalpha():
            command, at = found[1], found.end()
            if not pieces and command.upper() != "M":
                raise InvalidValueError(f"a path must begin with M, got {command!r}")
            if command.upper() == "Z":
                pieces.append((command, []))
                continue
        elif not command or command.upper() == "Z":
            raise InvalidValueError(f"a path's number must follow a command, got {found[1]!r}")
        numbers: list[float] = []
        for index in range(_NEEDS[command.upper()]):
            flag = command.upper() == "A" and index in (3, 4)
            found = (_FLAG if flag else _TOKEN).match(d, at)
            if found is None or found[1].isalpha():
                needs = _NEEDS[command.upper()]
                raise InvalidValueError(f"a path's {command} must have {needs} numbers, got {len(numbers)}")
            numbers.append(float(found[1]))
            at = found.end()
        pieces.append((command, numbers))
        if len(pieces) > MOST_PIECES:
            raise InvalidValueError(f"a path must have at most {MOST_PIECES} pieces")
        command = {"M": "L", "m": "l"}.get(command, command)
    return pieces


def _bezier(handles: tuple[Point, ...]) -> list[Point]:
    """Points on a Bézier curve (de Casteljau), without its first."""
    found = []
    for step in range(1, STEPS + 1):
        t, row = step / STEPS, list(handles)
        while len(row) > 1:
            row = [((1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]) for a, b in pairwise(row)]
        found.append(row[0])
    return [*found[:-1], handles[-1]]


def _arc(start: Point, rx: float, ry: float, degrees: float, large: bool, sweep: bool, end: Point) -> list[Point]:
    """Points on an elliptical arc, without its first; a line where a radius is 0."""
    rx, ry = abs(rx), abs(ry)
    if rx == 0 or ry == 0 or start == end:
        return [end]
    turn = math.radians(degrees)
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, cos * dy - sin * dx
    reach = (x / rx) ** 2 + (y / ry) ** 2
    if reach > 1:
        rx, ry = rx * math.sqrt(reach), ry * math.sqrt(reach)
    below = (rx * y) ** 2 + (ry * x) ** 2
    factor = math.sqrt(max((rx * ry) ** 2 - below, 0.0) / below) * (1 if large != sweep else -1)
    cx, cy = factor * rx * y / ry, -factor * ry * x / rx
    middle = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    last = math.atan2((-y - cy) / ry, (-x - cx) / rx)
    if sweep and last < first:
        last += 2 * math.pi
    elif not sweep and last > first:
        last -= 2 * math.pi
    found = []
    for step in range(1, STEPS):
        angle = first + (last - first) * step / STEPS
        px, py = rx * math.cos(angle), ry * math.sin(angle)
        found.append((middle[0] + cos * px - sin * py, middle[1] + sin * px + cos * py))
    return [*found, end]
