"""Coming in, and what a person sets for themselves."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import accounts
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    now,
    origin_of_request,
    own_path,
    page,
    person_of_request,
    person_or_nobody,
    see,
    translator,
    with_form,
)  # fmt: skip
from senandung.app.web.sessions import browser_of, come_in, go_out


def _come(request: Request) -> Response:
    to = own_path(request.query_params.get("next"))
    if person_or_nobody(request) is not None and "code" not in request.query_params:
        return see(to)
    code = request.query_params.get("code", "")[:20]
    return page(request, "accounts/in.html", to=to, code=code, wrong="", name="")


def _came(request: Request, form: FormData) -> Response:
    t, home, address = translator(request), home_of(request), origin_of_request(request).address
    to, name, code = own_path(field(form, "next")), field(form, "name"), field(form, "code", longest=20)
    wrong = ""
    try:
        if code:
            accounts.check_tries(home, {f"address:{address}": accounts.TRIES_OF_AN_ADDRESS}, at=now(request))
            if request.app.state.code.take(code):
                come_in(request, accounts.the_owner(home))
                return see(to)
            accounts.add_failed_try(home, address, at=now(request))
            wrong = t("accounts.wrong_code")
        else:
            password = field(form, "password", longest=accounts.LONGEST_PASSWORD + 1)
            person = accounts.check_password(home, name, password, address=address, at=now(request))
            if person is not None:
                come_in(request, person)
                return see(to)
            wrong = t("accounts.wrong_password")
    except accounts.TooManyTriesError as error:
        wrong = t("accounts.too_many", n=error.minutes)
    return page(request, "accounts/in.html", status=400, to=to, code=code, wrong=wrong, name=name)


def _leave(request: Request, _form: FormData) -> Response:
    go_out(request)
    return see("/in")


def _settings(request: Request) -> Response:
    return page(request, "accounts/settings.html")


def _set_look(request: Request, form: FormData) -> Response:
    person = person_of_request(request)
    language, theme = field(form, "language"), field(form, "theme")
    accounts.change_settings(
        home_of(request),
        person,
        language=language if language in ("id", "en") else None,
        theme=theme if theme in ("light", "dark") else None,
    )
    browser_of(request).person = accounts.person_by_id(home_of(request), person.id)
    flash(request, translator(request)("accounts.saved"))
    return see("/settings")


routes = [
    Route("/in", _come, methods=["GET"]),
    Route("/in", with_form(_came), methods=["POST"]),
    Route("/out", with_form(_leave), methods=["POST"]),
    Route("/settings", _settings, methods=["GET"]),
    Route("/settings/look", with_form(_set_look), methods=["POST"]),
]
