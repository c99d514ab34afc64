"""Tension curves as people give them: points, tables, drawings and names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.curve import SHAPE_NAMES, SHAPES, Arc, TensionCurve, named_curve
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.files.curve import load_curve, parse_points, read_curve, write_points
from senandung.files.curve_svg import path_points

UNIT = st.floats(0, 1, allow_nan=False)


@st.composite
def curves(draw: st.DrawFn) -> TensionCurve:
    """Any curve of two to twelve points."""
    shares = sorted(draw(st.lists(UNIT, min_size=2, max_size=12)))
    return TensionCurve(tuple((share, draw(UNIT)) for share in shares))


@given(curves())
def test_points_come_back_as_they_were(curve: TensionCurve) -> None:
    assert parse_points(write_points(curve)) == curve


@given(curves(), st.booleans())
def test_a_table_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, curve: TensionCurve, header: bool
) -> None:
    path = tmp_path_factory.mktemp("curve") / "curve.csv"
    rows = [f"{share!r},{tension!r}" for share, tension in curve.points]
    path.write_text("\n".join((["share,tension"] if header else []) + rows), encoding="utf-8")
    assert load_curve(path) == curve


@given(curves(), UNIT)
def test_a_curve_stays_between_its_points(curve: TensionCurve, share: float) -> None:
    values = [tension for _, tension in curve.points]
    assert min(values) - 1e-9 <= curve.at(share) <= max(values) + 1e-9
    assert min(values) - 1e-9 <= curve.mean(0.0, 1.0) <= max(values) + 1e-9
    assert 0 <= curve.peak <= 1


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 200)), min_size=1, max_size=8))
def test_a_drawn_line_is_read_as_it_lies_in_its_picture(steps: list[tuple[int, int]]) -> None:
    x, points = 0, [(0, 100)]
    for right, height in steps:
        x += right
        points.append((x, height))
    d = "M " + " L ".join(f"{a} {b}" for a, b in points)
    assert path_points(d) == [(float(a), float(b)) for a, b in points]


def test_seconds_percent_and_clock(tmp_path: Path) -> None:
    expected = TensionCurve(((0.0, 0.2), (0.5, 1.0), (1.0, 0.5)))
    for text in (
        "detik;tegangan\n0;0,2\n60;1\n120;0,5\n",
        "percent,tension\n0,.2\n50,1\n100,.5\n",
        "0%,20%\n50%,100%\n100%,50%\n",
        "time\ttension\n0:00\t.2\n1:00\t1\n2:00\t.5\n",
        "# a comment\n0 0.2\n30 1\n60 0.5\n",
    ):
        path = tmp_path / "curve.csv"
        path.write_text(text, encoding="utf-8")
        assert load_curve(path) == expected, text


def _svg(tmp_path: Path, d: str, head: str = 'viewBox="0 0 100 100"') -> TensionCurve:
    path = tmp_path / "curve.svg"
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {head}><!-- <path d="M0 0"/> --><path id="a" d="{d}"/></svg>'
    )
    return load_curve(path)


@pytest.mark.parametrize(
    ("d", "at", "tension"),
    [
        ("M0,100 L100,0", 0.25, 0.25),
        ("m0 100 l100-100", 0.25, 0.25),
        ("M0 80 H50 V20 H100", 0.75, 0.8),
        ("M0 80 h50 v-60 h50", 0.25, 0.2),
        ("M0 100 C 0 0 100 0 100 100", 0.5, 0.75),
        ("M0 100 c 0-100 50-100 50-50 s 50 50 50 0", 0.5, 0.5),
        ("M0 100 Q 50 0 100 100", 0.5, 0.5),
        ("M0 50 q 25-50 50 0 t 50 0", 0.25, 0.75),
        ("M0 50 q 25-50 50 0 t 50 0", 0.75, 0.25),
        ("M0 100 A 50 50 0 0 1 100 100", 0.5, 0.5),
        ("M0 100 a 50 100 0 0 1 100 0", 0.5, 1.0),
        ("M0 0 A 50 50 0 01100 0", 0.5, 1.0),
        ("M0 0 A 50 50 0 00100 0", 0.5, 0.5),
        ("M0 100 A 1 1 0 0 1 100 100", 0.5, 0.5),
        ("M100 0 L0 100", 0.25, 0.25),
        ("M0 100 50 50 100 0", 0.75, 0.75),
    ],
)
def test_the_commands_of_a_path(tmp_path: Path, d: str, at: float, tension: float) -> None:
    assert _svg(tmp_path, d).at(at) == pytest.approx(tension, abs=0.02)


def test_a_turned_arc_passes_through_its_ends_and_lies_on_its_ellipse() -> None:
    points = path_points("M 10 20 A 30 15 40 1 0 60 35")
    assert points[0] == (10, 20)
    assert points[-1] == (60, 35)
    turn = math.radians(40)
    best = min(
        max(abs(math.hypot((math.cos(turn) * (x - cx) + math.sin(turn) * (y - cy)) / 30,
                           (math.cos(turn) * (y - cy) - math.sin(turn) * (x - cx)) / 15) - 1) for x, y in points)
        for cx, cy in _centres(points)
    )  # fmt: skip
    assert best < 0.25


def _centres(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Half way between points that lie half an arc apart, and a grid around."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [(x, y) for x in range(int(min(xs)), int(max(xs)) + 1) for y in range(int(min(ys)), int(max(ys)) + 1)]


def test_without_a_frame_the_drawing_fills_the_height(tmp_path: Path) -> None:
    curve = _svg(tmp_path, "M0 30 L50 10 L100 30", head="")
    assert (curve.at(0), curve.at(0.5), curve.at(1)) == (0.0, 1.0, 0.0)
    assert _svg(tmp_path, "M0 20 L100 20 Z", head='height="40px"').at(0.5) == 0.5


def test_names_in_two_languages() -> None:
    for indonesian, english, _ in SHAPE_NAMES:
        assert read_curve(indonesian) == read_curve(english.upper()) == SHAPES[indonesian]
    assert named_curve("late climax").peak == 0.8
    assert (named_curve("naik").peak, named_curve("turun").peak) == (0.92, 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0:0.2, 0.5", "share:tension such as 0.5:0.8, got '0.5'"),
        ("0:0.2, 0.5:1.2", "in 0..1 or 0%..100%, got '1.2'"),
        ("0:0.2, 0.5:nan", "in 0..1"),
        ("0.5:0.2, 0.2:1", "in order of time"),
        ("0:1", "at least two points"),
        (" ", "got nothing"),
    ],
)
def test_bad_points(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        read_curve(text)


def test_an_unknown_shape_has_a_suggestion() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'gelombang'"):
        read_curve("gelombng")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", "0,0.2\n0.5,high\n", r"a\.csv, line 2: a time and a tension must be numbers"),
        ("a.csv", "time,tension\n0,0.2\n0.5,1.4\n", r"a\.csv, line 3: a tension must be in 0\.\.1"),
        ("a.csv", "0,0.2\n5,1\n4,1\n", r"a\.csv, line 3: times must be 0 or more and rise"),
        ("a.csv", "0,0.2,7\n", r"a\.csv, line 1: a row must have a time and a tension"),
        ("a.csv", "time,tension\n", r"a\.csv: holds no points"),
        ("a.csv", "", r"a\.csv: is empty"),
        ("a.svg", "<svg></svg>", r"a\.svg: an SVG must have a path"),
        ("a.svg", '<svg><path d="L 0 0"/></svg>', r"a\.svg: a path must begin with M"),
        ("a.svg", '<svg><path d="M 0 0 C 1 2"/></svg>', r"a\.svg: a path's C must have 6 numbers, got 2"),
        ("a.svg", '<svg><path d="M 0 0 A 1 1 0 2 0 5 5"/></svg>', r"a\.svg: a path's A must have 7 numbers, got 3"),
        ("a.svg", '<svg><path d="M 0 0 # 1"/></svg>', r"commands and numbers, got '#"),
        ("a.svg", '<svg><path d="M 5 0 L 5 9"/></svg>', r"a\.svg: a curve's path must go from left to right"),
    ],
)
def test_bad_files_are_named_with_their_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=message):
        read_curve(str(path))


def test_a_missing_file() -> None:
    with pytest.raises(FileError, match=r"nowhere\.csv: no such file"):
        read_curve("nowhere.csv")


def test_an_arc_checks_itself() -> None:
    with pytest.raises(InvalidValueError, match="a climax's device must be one of"):
        Arc(((0, 0.5),), 0, ("fireworks",))
    arc = Arc(((0, 0.0), (100, 1.0), (100, 0.5)), 100)
    assert (arc.at(50), arc.at(100), arc.at(200)) == (0.5, 0.5, 0.5)
