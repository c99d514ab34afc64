"""The listening history: taken in from files, told by the player and by scrobblers, shown and deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from senandung.api import accounts, history
from senandung.api.plays import (
    LARGEST_LISTEN,
    MOST_LISTENS,
    NowPlaying,
    read_submission,
    record_reports,
    record_submitted,
    tell_submitted,
)
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    language_of,
    now,
    origin_of_request,
    page,
    person_of_request,
    see,
    translator,
    with_form,
    with_json,
)
from senandung.app.web.reasons import reason_in
from senandung.app.web.uploads import receive_upload
from senandung.domain.errors import InputError, InvalidValueError
from senandung.remembering.accounts import Person
from senandung.remembering.history import Imported
from senandung.remembering.plays import Month

LARGEST = 1 << 30
"""Bytes of a file that is handed in."""

LARGEST_SUBMISSION = MOST_LISTENS * LARGEST_LISTEN + 4096

LARGEST_REPORTS = 256 * 1024

ZONES = ("UTC", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")

SCROBBLER = "scrobbler"
"""The name under which what plays in a scrobbler is shown."""

_WIDTH, _HEIGHT, _LABEL = 600.0, 110.0, 52.0


@dataclass(frozen=True)
class Bar:
    """A month in the picture: its place and height in the picture's own units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """Listening per month as bars, and the years below them: (place, year)."""

    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    plays: int
    first: Month
    last: Month
    width: float = _WIDTH
    height: float = _HEIGHT


def picture_of(months: Sequence[Month]) -> Picture | None:
    """The picture of months, each as high as its plays; None without any."""
    if not months:
        return None
    step = _WIDTH / max(len(months), 12)
    most = max(month.plays for month in months)
    bars = []
    for place, month in enumerate(months):
        height = max(1.5, _HEIGHT * month.plays / most) if month.plays else 0.0
        bars.append(Bar(round(place * step, 2), round(_HEIGHT - height, 2), round(0.78 * step, 2), round(height, 2)))
    januaries = [(place, month.year) for place, month in enumerate(months) if month.month == 1 or place == 0]
    years: list[tuple[float, int]] = []
    for place, year in reversed(januaries):
        x = min(place * step, _WIDTH - _LABEL)
        if not years or years[0][0] - x >= 1.4 * _LABEL:
            years.insert(0, (round(x, 2), year))
    return Picture(tuple(bars), tuple(years), sum(month.plays for month in months), months[0], months[-1])


def counted(language: str, number: int) -> str:
    """A number as people write it.

    >>> counted("id", 12345), counted("en", 12345)
    ('12.345', '12,345')
    """
    text = f"{number:,}"
    return text.replace(",", ".") if language == "id" else text


def _show(request: Request) -> Response:
    return _shown(request)


def _shown(request: Request, *, wrong: str = "") -> Response:
    home, person, language = home_of(request), person_of_request(request), language_of(request)
    return page(
        request,
        "history/history.html",
        status=400 if wrong else 200,
        wrong=wrong,
        imports=history.imports(home, person),
        picture=picture_of(history.months(home, person)),
        zones=ZONES,
        number=lambda value: counted(language, value),
    )


def _take(request: Request, form: FormData) -> Response:
    t, home, person = translator(request), home_of(request), person_of_request(request)
    try:
        upload = receive_upload(request, form.get("file"), kinds=("archive", "text"), most_bytes=LARGEST, decode=False)
    except InvalidValueError as error:
        return _shown(request, wrong=t("history.cannot", why=reason_in(language_of(request), str(error))))
    try:
        made = history.import_history(
            home,
            person,
            upload.path,
            at=now(request),
            name=upload.name,
            zone=field(form, "zone") or "UTC",
            incognito=field(form, "incognito") == "yes",
        )
    except InputError as error:
        why = reason_in(language_of(request), str(error).replace(upload.path.name, upload.name))
        return _shown(request, wrong=t("history.cannot", why=why))
    finally:
        upload.path.unlink(missing_ok=True)
    flash(request, _said(request, made), kind="good" if made.kept or made.again else "bad")
    return see("/history")


def _said(request: Request, made: Imported) -> str:
    t, language = translator(request), language_of(request)
    if made.again:
        return t("history.again", name=made.name)
    return t(
        "history.taken",
        kept=counted(language, made.kept),
        doubled=counted(language, made.doubled),
        dropped=counted(language, sum(made.dropped.values())),
    )


def _delete(request: Request, _form: FormData) -> Response:
    count = history.delete_import(home_of(request), person_of_request(request), request.path_params["id"])
    if count is None:
        raise HTTPException(404)
    flash(request, translator(request)("history.deleted", n=counted(language_of(request), count)))
    return see("/history")


def _reported(request: Request, plain: Any) -> Response:
    reports = plain.get("plays") if isinstance(plain, dict) else None
    written = record_reports(home_of(request), person_of_request(request), reports, at=now(request))
    return JSONResponse({"written": written})


# ListenBrainz' interface ---------------------------------------------------------------------------------------------


def playing_of(request: Request) -> NowPlaying:
    """What plays now in anybody's programs."""
    playing: NowPlaying = request.app.state.playing
    return playing


def _refused(code: int, why: str) -> Response:
    return JSONResponse({"code": code, "error": why}, code)


def _of_token(
    handler: Callable[[Request, Person, Any], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """A handler for who brings a token; errors are told as ListenBrainz tells them."""

    def handle(request: Request, plain: Any) -> Response:
        try:
            person = _person(request)
            if person is None:
                return _refused(401, "Invalid authorization token.")
            return handler(request, person, plain)
        except accounts.TooManyTriesError as error:
            return _refused(429, str(error))
        except InvalidValueError as error:
            return _refused(400, str(error))

    read = with_json(handle)

    async def answer(request: Request) -> Response:
        try:
            return await read(request)
        except HTTPException as error:
            if error.status_code == 400:
                return _refused(400, "Cannot parse JSON document.")
            if error.status_code == 413:
                return _refused(413, "Payload too large.")
            raise

    return answer


def _person(request: Request) -> Person | None:
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() not in ("token", "bearer"):
        secret = request.query_params.get("token", "")
    home, address = home_of(request), origin_of_request(request).address
    accounts.check_tries(home, {f"address:{address}": accounts.TRIES_OF_AN_ADDRESS}, at=now(request))
    person = accounts.person_of_secret(home, secret.strip(), at=now(request)) if secret.strip() else None
    if person is None and secret.strip():
        accounts.add_failed_try(home, address, at=now(request))
    return person


def _submitted(request: Request, person: Person, plain: Any) -> Response:
    found = read_submission(plain, at=now(request))
    if found.playing is not None:
        tell_submitted(playing_of(request), person, found.playing, SCROBBLER, at=now(request))
    else:
        record_submitted(home_of(request), person, found.listens, at=now(request))
    return JSONResponse({"status": "ok"})


def _validate(request: Request) -> Response:
    if "authorization" not in request.headers and "token" not in request.query_params:
        return _refused(400, "You need to provide an Authorization token.")
    try:
        person = _person(request)
    except accounts.TooManyTriesError as error:
        return _refused(429, str(error))
    if person is None:
        return JSONResponse({"code": 200, "message": "Token invalid.", "valid": False})
    return JSONResponse({"code": 200, "message": "Token valid.", "valid": True, "user_name": person.name})


routes = [
    Route("/history", _show, methods=["GET"]),
    Route("/history", with_form(_take), methods=["POST"], max_body_size=LARGEST),
    Route("/history/{id:int}/delete", with_form(_delete), methods=["POST"]),
    Route("/plays", with_json(_reported), methods=["POST"], max_body_size=LARGEST_REPORTS),
    Route("/1/submit-listens", _of_token(_submitted), methods=["POST"], max_body_size=LARGEST_SUBMISSION),
    Route("/1/validate-token", _validate, methods=["GET"]),
]
