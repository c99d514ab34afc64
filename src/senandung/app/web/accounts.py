"""Coming in and going out."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import accounts
from senandung.app.web.pages import (
    field,
    home_of,
    now,
    origin_of_request,
    own_path,
    page,
    person_or_nobody,
    see,
    serving_of,
    translator,
    with_form,
)
from senandung.app.web.serving import Code
from senandung.app.web.sessions import browser_of, come_in, go_out


def code_of(request: Request) -> Code:
    """The code with which one more device of the owner comes in."""
    code: Code = request.app.state.code
    return code


def _come(request: Request) -> Response:
    to = own_path(request.query_params.get("next"))
    chosen = request.query_params.get("language")
    if chosen in ("id", "en"):
        browser_of(request).language = chosen
        return see("/in" if to == "/" else f"/in?next={to}")
    if person_or_nobody(request) is not None and "code" not in request.query_params:
        return see(to)
    return _ask(request, to, code=request.query_params.get("code", "")[:20])


def _ask(request: Request, to: str, *, code: str = "", name: str = "", wrong: str = "") -> Response:
    codes = serving_of(request).at_home or serving_of(request).public_url is not None
    status = 400 if wrong else 200
    return page(request, "accounts/in.html", status=status, to=to, code=code, wrong=wrong, name=name, codes=codes)


def _came(request: Request, form: FormData) -> Response:
    t, home, address = translator(request), home_of(request), origin_of_request(request).address
    to, name, code = own_path(field(form, "next")), field(form, "name"), field(form, "code", longest=20)
    try:
        if code:
            accounts.check_tries(home, {f"address:{address}": accounts.TRIES_OF_AN_ADDRESS}, at=now(request))
            if code_of(request).take(code):
                come_in(request, accounts.the_owner(home))
                return see(to)
            accounts.add_failed_try(home, address, at=now(request))
            return _ask(request, to, code=code, wrong=t("accounts.wrong_code"))
        password = field(form, "password", longest=accounts.LONGEST_PASSWORD + 1)
        person = accounts.check_password(home, name, password, address=address, at=now(request))
    except accounts.TooManyTriesError as error:
        return _ask(request, to, code=code, name=name, wrong=t("accounts.too_many", n=error.minutes))
    if person is None:
        return _ask(request, to, name=name, wrong=t("accounts.wrong_password"))
    come_in(request, person)
    return see(to)


def _leave(request: Request, _form: FormData) -> Response:
    go_out(request)
    return see("/in")


routes = [
    Route("/in", _come, methods=["GET"]),
    Route("/in", with_form(_came), methods=["POST"]),
    Route("/out", with_form(_leave), methods=["POST"]),
]
