"""A tension curve as a person gives it: points, a CSV, an SVG path, or the name of a shape."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from pathlib import Path

from senandung.domain.curve import MOST_POINTS, SHAPES, TensionCurve, named_curve
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.curve_svg import first_path, path_points
from senandung.files.paths import given_path
from senandung.files.reading import MEGABYTE, decode_text, read_bytes

MAX_BYTES = 2 * MEGABYTE

_PAIR = re.compile(r"^\s*([^:\s]+)\s*:\s*([^:\s]+)\s*$")


def read_curve(text: str) -> TensionCurve:
    """The curve that a person means: points such as "0:0.2, 0.8:1, 1:0.3", a shape's name, or a CSV or SVG file.

    >>> read_curve("0:0.2, 80%:1, 1:0.3").points
    ((0.0, 0.2), (0.8, 1.0), (1.0, 0.3))
    """
    if not text.strip():
        raise InvalidValueError(f"a curve must be points, a file or one of {', '.join(SHAPES)}, got nothing")
    if Path(text).suffix.lower() in (".csv", ".tsv", ".txt", ".svg") or "/" in text or "\\" in text:
        return load_curve(given_path(text))
    if ":" in text:
        return parse_points(text)
    if given_path(text).is_file():
        return load_curve(given_path(text))
    return named_curve(text)


def parse_points(text: str) -> TensionCurve:
    """Points as "share:tension", divided by commas or semicolons; either may be a percentage.

    >>> parse_points("0:0, 1:1").at(0.25)
    0.25
    """
    points = []
    for item in re.split(r"[,;\n]", text):
        if not item.strip():
            continue
        found = _PAIR.match(item)
        if found is None:
            raise InvalidValueError(f"a curve's point must be share:tension such as 0.5:0.8, got {item.strip()!r}")
        points.append((_share(found[1], item), _share(found[2], item)))
    return _checked(points)


def write_points(curve: TensionCurve) -> str:
    """The curve as text that `parse_points` reads back exactly.

    >>> write_points(parse_points("0:0, 50%:1"))
    '0.0:0.0, 0.5:1.0'
    """
    return ", ".join(f"{share!r}:{tension!r}" for share, tension in curve.points)


def load_curve(path: Path) -> TensionCurve:
    """The curve in a CSV (time and tension) or an SVG (its first path). A failure says path and line."""
    text = decode_text(path, read_bytes(path, MAX_BYTES))
    if path.suffix.lower() == ".svg" or text.lstrip().startswith(("<?xml", "<svg")):
        try:
            return _checked(curve_of_svg(path_points(first_path(text)), text))
        except InvalidValueError as error:
            raise FileError(path, str(error)) from error
    rows = _rows(path, text)
    if path.suffix.lower() == ".txt" and not rows:
        raise FileError(path, "holds no points")
    return _curve_of_rows(path, rows)


def curve_of_svg(drawn: Sequence[tuple[float, float]], text: str) -> list[tuple[float, float]]:
    """Points of a drawing as shares and tensions.

    Left to right is the song, the drawing's own width; its height is the picture's where the SVG states one (viewBox,
    or height), else the drawing's own. y grows downwards in SVG, so what lies higher is tenser. Where the hand went
    back, what was drawn later holds.
    """
    left, right = min(x for x, _ in drawn), max(x for x, _ in drawn)
    if right - left <= 0:
        raise InvalidValueError("a curve's path must go from left to right, but it has no width")
    if drawn[-1][0] < drawn[0][0]:
        drawn = drawn[::-1]
    top, bottom = _frame(text) or (min(y for _, y in drawn), max(y for _, y in drawn))
    highest, lowest = min(y for _, y in drawn), max(y for _, y in drawn)
    if bottom - top <= 0:
        top, bottom = highest - 0.5, lowest + 0.5  # a level line is a tension of one half
    points: list[tuple[float, float]] = []
    for x, y in drawn:
        share = min(max((x - left) / (right - left), 0.0), 1.0)
        while points and points[-1][0] > share:
            points.pop()
        points.append((share, min(max((bottom - y) / (bottom - top), 0.0), 1.0)))
    return points


def _frame(text: str) -> tuple[float, float] | None:
    """Top and bottom of the picture that an SVG states."""
    head = text[: text.find(">", max(text.find("<svg"), 0)) + 1]
    box = re.search(r"""viewBox\s*=\s*["']\s*([^"']*)["']""", head)
    if box:
        numbers = [_number(word) for word in re.split(r"[\s,]+", box[1].strip())]
        if len(numbers) == 4 and all(n is not None for n in numbers):
            top, height = numbers[1] or 0.0, numbers[3] or 0.0
            return (top, top + height) if height > 0 else None
    height_said = re.search(r"""\sheight\s*=\s*["']\s*([0-9.]+)(?:px)?\s*["']""", head)
    return (0.0, float(height_said[1])) if height_said and (_number(height_said[1]) or 0) > 0 else None


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty and no comment, with their lines."""
    sample = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    divider = next((sign for sign in ("\t", ";", ",") if sign in sample), None)
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = next(csv.reader([line], delimiter=divider)) if divider else line.split()
        cells = [cell.strip() for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) != 2:
            raise FileError(path, f"a row must have a time and a tension, got {line.strip()[:40]!r}", number)
        if divider == ";":
            cells = [cell.replace(",", ".") for cell in cells]
        rows.append((number, cells))
    return rows


def _curve_of_rows(path: Path, rows: list[tuple[int, list[str]]]) -> TensionCurve:
    """The curve of a table's rows: a header says percent or seconds, a sign says percent, else the last time does.

    Up to 1 times are shares; beyond it they are seconds, and the last row is the song's end.
    """
    header = ""
    if rows and _value(rows[0][1][0]) is None:
        header = rows[0][1][0].lower()
        rows = rows[1:]
    if not rows:
        raise FileError(path, "holds no points")
    points: list[tuple[float, float]] = []
    for number, (time, tension) in rows:
        at, level = _value(time), _value(tension)
        if at is None or level is None:
            raise FileError(path, f"a time and a tension must be numbers, got {time!r}, {tension!r}", number)
        if at < 0 or (points and at < points[-1][0]):
            raise FileError(path, f"times must be 0 or more and rise, got {time!r}", number)
        if not 0 <= level <= 1:
            raise FileError(path, f"a tension must be in 0..1 or 0%..100%, got {tension!r}", number)
        points.append((at, level))
    last = points[-1][0]
    percent = ("%" in header or "persen" in header or "percent" in header) and "%" not in rows[-1][1][0]
    seconds = any(word in header for word in ("second", "detik", "sec", "(s)")) or header == "s"
    if percent:
        if last > 100:
            raise FileError(path, f"a time in percent must be in 0..100, got {last:g}", rows[-1][0])
        points = [(at / 100, level) for at, level in points]
    elif seconds or last > 1:
        if last <= 0:
            raise FileError(path, "times in seconds must reach beyond 0", rows[-1][0])
        points = [(at / last, level) for at, level in points]
    try:
        return _checked(points)
    except InvalidValueError as error:
        raise FileError(path, str(error)) from error


def _value(cell: str) -> float | None:
    """A number, a percentage as its hundredth, or minutes and seconds as seconds."""
    if cell.endswith("%"):
        number = _number(cell[:-1])
        return None if number is None else number / 100
    clock = re.fullmatch(r"(\d+):(\d{1,2}(?:\.\d+)?)", cell)
    return 60 * int(clock[1]) + float(clock[2]) if clock else _number(cell)


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _share(word: str, item: str) -> float:
    value = _value(word)
    if value is None or not 0 <= value <= 1:
        rule = "a curve's share and tension must be in 0..1 or 0%..100%"
        raise InvalidValueError(f"{rule}, got {word!r} in {item.strip()!r}")
    return value


def _checked(points: list[tuple[float, float]]) -> TensionCurve:
    if len(points) < 2:
        raise InvalidValueError(f"a curve must have at least two points, got {len(points)}")
    if len(points) > MOST_POINTS:
        step = len(points) / MOST_POINTS
        points = [points[int(index * step)] for index in range(MOST_POINTS - 1)] + [points[-1]]
    return TensionCurve(tuple(points))
