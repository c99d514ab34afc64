"""The song you avoid: asked for, one at a time, with its evidence; what the person says stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import avoided
from senandung.api.avoided import Month
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    language_of,
    now,
    page,
    person_of_request,
    see,
    translator,
    with_form,
)
from senandung.app.web.sessions import browser_of
from senandung.domain.errors import InvalidValueError

WIDTH, HEIGHT, BELOW = 320.0, 60.0, 34.0
"""Of the picture: completions rise above a line, skips hang below it."""


@dataclass(frozen=True)
class Bar:
    """A month's bar: where it begins, and how high it is."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Picture:
    """A song's months as bars, with the years under them and the place of the turn."""

    width: float
    height: float
    line: float
    turn: float
    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]


def picture_of(months: Sequence[Month], turned: date) -> Picture:
    """The picture of a song's months, one unit of height for the most of a month."""
    wide = WIDTH / max(len(months), 1)
    most = max((max(each.completed, each.skipped) for each in months), default=1) or 1
    bars = []
    for place, each in enumerate(months):
        x, across = round(place * wide, 2), round(max(wide - 1, 0.8), 2)
        up, down = round(each.completed / most * HEIGHT, 2), round(min(each.skipped / most * HEIGHT, BELOW), 2)
        if up:
            bars.append(Bar(x, round(HEIGHT - up, 2), across, up, "completed"))
        if down:
            bars.append(Bar(x, HEIGHT + 1, across, down, "skipped"))
    first = months[0].month if months else turned
    turn = ((turned.year - first.year) * 12 + turned.month - first.month + turned.day / 31) * wide
    years = tuple(
        (round(place * wide, 2), each.month.year) for place, each in enumerate(months) if each.month.month == 1
    )
    apart = max(1, -(-len(years) // 6))
    return Picture(WIDTH, HEIGHT + BELOW + 1, HEIGHT, round(turn, 2), tuple(bars), years[::apart])


def _gate(request: Request) -> str:
    """Whether it may be looked for; for those to whom it is off there is no such page."""
    state = avoided.allowed(home_of(request), person_of_request(request))
    if state in ("minor", "owner"):
        raise HTTPException(404)
    return state


def _show(request: Request) -> Response:
    home, person = home_of(request), person_of_request(request)
    if _gate(request) != "yes":
        return page(request, "avoided/ask.html", help=avoided.help_table(home))
    songs = avoided.silent_songs(home, person)
    after = request.query_params.get("after", "")
    place = min(int(after), 10_000) if after.isdecimal() and len(after) < 8 else 0
    song = avoided.one_to_show(songs, place)
    if song is not None:
        song = avoided.with_months(home, person, song)
    return page(
        request,
        "avoided/song.html",
        song=song,
        picture=None if song is None else picture_of(song.months, song.turned.date()),
        after=place + 1,
        more=sum(avoided.one_to_show((each,)) is not None for each in songs) > 1,
        answered=[each for each in songs if each.said is not None],
        nevers=avoided.nevers(home, person),
        help=avoided.help_table(home),
        words=language_of(request),
    )


def _ask(request: Request, form: FormData) -> Response:
    _gate(request)
    home, person = home_of(request), person_of_request(request)
    wanted = field(form, "wanted") == "yes"
    browser_of(request).person = avoided.ask(home, person, wanted)
    return see("/avoided" if wanted else "/settings")


def _number(form: FormData, name: str) -> int:
    number = field(form, name, longest=12)
    if not number.isdecimal():
        raise HTTPException(404)
    return int(number)


def _answer(request: Request, form: FormData) -> Response:
    home, person, t = home_of(request), person_of_request(request), translator(request)
    if _gate(request) != "yes":
        raise HTTPException(404)
    track, said = _number(form, "track"), field(form, "said")
    if said == "forget":
        found = avoided.take_back(home, person, track)
    else:
        found = avoided.answer(home, person, track, said, at=now(request)) is not None
    if not found:
        raise HTTPException(404)
    flash(request, t("avoided.kept"))
    return see("/avoided")


def _before(request: Request) -> Response:
    """What will happen, and whether now is a good time, before the song is heard."""
    home, person = home_of(request), person_of_request(request)
    if _gate(request) != "yes":
        raise HTTPException(404)
    song = avoided.song_by_track(home, person, request.path_params["id"])
    if song is None:
        raise HTTPException(404)
    return page(request, "avoided/before.html", song=song, help=avoided.help_table(home))


def _never(request: Request, form: FormData) -> Response:
    home, person, t = home_of(request), person_of_request(request), translator(request)
    kind, at = field(form, "kind"), now(request)
    if kind == "song":
        if not avoided.never_this_song(home, person, _number(form, "track"), at=at):
            raise HTTPException(404)
    elif kind == "person":
        avoided.never_this_person(home, person, field(form, "name", longest=120), at=at)
    elif kind == "time":
        try:
            first, last = (date.fromisoformat(field(form, name)) for name in ("first", "last"))
        except ValueError:
            raise InvalidValueError("a time must be two days, each as 2026-01-31") from None
        avoided.never_this_time(home, person, first, last, at=at)
    else:
        raise InvalidValueError(f"what is never brought up must be song, person or time, got {kind!r}")
    flash(request, t("avoided.never_kept"))
    return see("/avoided")


def _allow(request: Request, form: FormData) -> Response:
    if not avoided.allow_again(home_of(request), person_of_request(request), _number(form, "never")):
        raise HTTPException(404)
    return see("/avoided")


routes = [
    Route("/avoided", _show, methods=["GET"]),
    Route("/avoided/ask", with_form(_ask), methods=["POST"]),
    Route("/avoided/answer", with_form(_answer), methods=["POST"]),
    Route("/avoided/never", with_form(_never), methods=["POST"]),
    Route("/avoided/allow", with_form(_allow), methods=["POST"]),
    Route("/avoided/{id:int}", _before, methods=["GET"]),
]
