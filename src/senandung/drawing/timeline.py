"""Quiet pictures of what is remembered: memories along the years, how a song felt before and after, marks on its arc.

Every picture is SVG without colours of its own: the page's style gives them to its classes, light and dark.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from senandung.domain.feeling import PLACES
from senandung.domain.memory import Vow

WIDTH, HEIGHT = 360, 132
"""Units of the timeline's box, which is as wide as a small phone."""

PLANE = 240
"""Units of a side of the plane."""

MOST_TICKS = 6

_EDGE = 14
_FEWEST_DAYS = 365


@dataclass(frozen=True)
class TimelineMark:
    """A memory on the timeline: its days, its valence where it is known, what it is called and where it leads."""

    first: date | None
    last: date
    valence: float | None
    name: str
    address: str


def timeline_svg(marks: Sequence[TimelineMark], *, today: date, name: str) -> str:
    """Memories along the years: a dot each, higher where it was pleasant, a thin line over the days it may have been.

    Parameters
    ----------
    marks : those whose time is known.
    today : the end of the line.
    name : what the picture is called for who cannot see it.
    """
    firsts = [mark.first or mark.last for mark in marks]
    begin = min([*firsts, today]).toordinal()
    end = max([*(mark.last for mark in marks), today]).toordinal()
    begin = min(begin, end - _FEWEST_DAYS)

    def across(day: date) -> float:
        return _EDGE + (WIDTH - 2 * _EDGE) * (day.toordinal() - begin) / (end - begin)

    base = HEIGHT - 22
    rows = [_line("axis", _EDGE, base, WIDTH - _EDGE, base)]
    for year in _ticks(date.fromordinal(begin).year, date.fromordinal(end).year):
        x = across(max(date(year, 1, 1), date.fromordinal(begin)))
        rows.append(_line("tick", x, base, x, base + 4))
        rows.append(f'<text class="year" x="{x:.1f}" y="{base + 16}">{year}</text>')
    taken: list[tuple[float, float]] = []
    for mark in sorted(marks, key=lambda mark: (mark.last, mark.name)):
        left, right = across(mark.first or mark.last), across(mark.last)
        x = (left + right) / 2
        y = _free_height(x, base - 8 - (base - 22) * (0.5 if mark.valence is None else (mark.valence + 1) / 2), taken)
        taken.append((x, y))
        span = _line("span", left, y, right, y) if right > left + 6 else ""
        kind = "plain" if mark.valence is None else "warm" if mark.valence >= 0 else "cool"
        rows.append(
            f'<a href="{html.escape(mark.address)}"><title>{html.escape(mark.name)}</title>{span}'
            f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/></a>'
        )
    return _svg("timeline", WIDTH, HEIGHT, name, rows)


def _free_height(x: float, y: float, taken: Sequence[tuple[float, float]]) -> float:
    """The height nearest to `y` at which a dot hides no other."""
    for step in (0, 6, -6, 12, -12, 18, -18, 24, -24):
        place = min(max(y + step, 8.0), HEIGHT - 32.0)
        if all((x - other) ** 2 + (place - height) ** 2 > 36 for other, height in taken):
            return place
    return y


def _ticks(first: int, last: int) -> list[int]:
    """Years that are written: round ones, at most `MOST_TICKS`.

    >>> _ticks(1987, 2026), _ticks(2024, 2026)
    ([1990, 2000, 2010, 2020], [2024, 2025, 2026])
    """
    for step in (1, 2, 5, 10, 20, 50, 100, 500):
        years = [year for year in range(-(-first // step) * step, last + 1, step) if year > 0]
        if len(years) <= MOST_TICKS:
            return years
    return []


def change_svg(vows: Sequence[Vow], *, language: str, name: str) -> str:
    """How a song felt before and after each listening, on the plane: an arrow a listening, the older the fainter."""

    def at(valence: float, arousal: float) -> tuple[float, float]:
        side = PLANE - 2 * _EDGE
        return _EDGE + side * (valence + 1) / 2, _EDGE + side * (1 - arousal) / 2

    middle = PLANE / 2
    rows = [
        _line("axis", _EDGE, middle, PLANE - _EDGE, middle),
        _line("axis", middle, _EDGE, middle, PLANE - _EDGE),
    ]
    for word, left, top, anchor in (
        ("gelisah", _EDGE, _EDGE, "start"), ("senang", PLANE - _EDGE, _EDGE, "end"),
        ("sendu", _EDGE, PLANE - 6, "start"), ("tenang", PLANE - _EDGE, PLANE - 6, "end"),
    ):  # fmt: skip
        said = word if language == "id" else PLACES[word].english
        rows.append(f'<text class="word" x="{left}" y="{top}" text-anchor="{anchor}">{html.escape(said)}</text>')
    for age, vow in enumerate(reversed(vows)):
        before, after = vow.before.felt.place, vow.after.felt.place
        faint = f' opacity="{max(0.25, 1 - 0.15 * age):.2f}"'
        parts = []
        if before is not None and after is not None and before != after:
            (x1, y1), (x2, y2) = at(*before), at(*after)
            parts.append(_line("way", x1, y1, x2, y2))
        for place, kind in ((before, "before"), (after, "after")):
            if place is not None:
                x, y = at(*place)
                parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
        if parts:
            rows.append(f"<g{faint}>{''.join(parts)}</g>")
    return _svg("change", PLANE, PLANE, name, rows)


def months_svg(vows: Sequence[Vow], *, name: str) -> str:
    """The same over time: valence before (hollow) and after (full), along the days of the listenings."""
    said = [vow for vow in vows if vow.before.felt.place is not None or vow.after.felt.place is not None]
    if not said:
        return ""
    begin, end = said[0].started.timestamp(), said[-1].started.timestamp()
    base, high = HEIGHT - 22, 10
    middle = (base + high) / 2

    def across(moment: datetime) -> float:
        share = 0.5 if end == begin else (moment.timestamp() - begin) / (end - begin)
        return 2 * _EDGE + (WIDTH - 4 * _EDGE) * share

    def up(valence: float) -> float:
        return middle - (base - high) / 2 * valence

    rows = [_line("axis", _EDGE, middle, WIDTH - _EDGE, middle)]
    for vow in {said[0].id: said[0], said[-1].id: said[-1]}.values():
        text = f"{vow.started.month}/{vow.started.year}"
        rows.append(f'<text class="year" x="{across(vow.started):.1f}" y="{HEIGHT - 6}">{text}</text>')
    afters = [(across(vow.started), up(vow.after.felt.place[0])) for vow in said if vow.after.felt.place is not None]
    if len(afters) > 1:
        rows.append(f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in afters)}"/>')
    for vow in said:
        x = across(vow.started)
        places = [(vow.before.felt.place, "before"), (vow.after.felt.place, "after")]
        heights = [(up(place[0]), kind) for place, kind in places if place is not None]
        if len(heights) == 2:
            rows.append(_line("way", x, heights[0][0], x, heights[1][0]))
        rows += [f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>' for y, kind in heights]
    return _svg("months", WIDTH, HEIGHT, name, rows)


@dataclass(frozen=True)
class ArcMark:
    """A moment on a song's arc: where, which kind (memory or chills), what it is called and where it leads."""

    start_ms: int
    kind: str
    name: str
    address: str


def arc_svg(outline: str, duration_ms: int, marks: Sequence[ArcMark], *, name: str) -> str:
    """Moments beside a song's arc.

    Parameters
    ----------
    outline : the arc, an SVG path in a box of 1000 by 100 (`drawing.page.arc_path`); empty where there is none.
    duration_ms : the song's length.
    """
    rows = []
    if outline:
        rows.append(f'<g class="arc" transform="translate(0 8) scale({WIDTH / 1000} .76)">{outline}</g>')
    rows.append(_line("axis", 0, 84, WIDTH, 84))
    for mark in marks:
        x = 4 + (WIDTH - 8) * min(mark.start_ms / max(duration_ms, 1), 1)
        shape = (
            f'<path class="chills" d="M{x - 4:.1f} 96q2 -6 4 0t4 0"/>'
            if mark.kind == "chills"
            else f'<circle class="dot plain" cx="{x:.1f}" cy="95" r="4"/>'
        )
        stem = _line("stem", x, 8, x, 84)
        rows.append(f'<a href="{html.escape(mark.address)}"><title>{html.escape(mark.name)}</title>{stem}{shape}</a>')
    return _svg("arc", WIDTH, 104, name, rows)


def heard_arc_path(arc: Sequence[tuple[float, float, float]], duration_ms: int) -> str:
    """The arousal that was heard along a track, as `arc_svg` takes it; empty for fewer than two points.

    >>> heard_arc_path(((0.0, 0.0, -1.0), (10.0, 0.0, 1.0)), 10_000)
    '<path d="M0 100L0.0 100.0L1000.0 0.0L1000.0 0.0L1000 100Z"/>'
    """
    if len(arc) < 2 or duration_ms <= 0:
        return ""
    points = [(min(1e6 * second / duration_ms, 1000.0), 50 - 50 * arousal) for second, _, arousal in arc]
    points.append((1000.0, points[-1][1]))
    line = "".join(f"L{x:.1f} {y:.1f}" for x, y in points)
    return f'<path d="M0 100{line}L1000 100Z"/>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _svg(kind: str, width: float, height: float, name: str, rows: Sequence[str]) -> str:
    label = html.escape(name)
    role = "group" if any(row.startswith("<a ") for row in rows) else "img"
    return (
        f'<svg class="picture-{kind}" viewBox="0 0 {width:g} {height:g}" role="{role}" aria-label="{label}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(rows)}</svg>'
    )
