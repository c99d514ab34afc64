"""What a person sets for themselves, and the owner for all."""

from __future__ import annotations

import segno
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import accounts
from senandung.app.web.accounts import code_of
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    now,
    origin_of_request,
    owner_of_request,
    page,
    person_of_request,
    see,
    serving_of,
    translator,
    with_form,
)
from senandung.app.web.sessions import browser_of, come_in, go_out
from senandung.domain.errors import InputError
from senandung.remembering.accounts import OWNER, Person


def _you(request: Request) -> Response:
    person, home = person_of_request(request), home_of(request)
    return page(
        request,
        "settings/you.html",
        avoided=accounts.setting(home, "avoided") and not person.minor,
        unnamed=person.name == OWNER,
        can_leave=browser_of(request).visit is not None,
    )


def _look(request: Request) -> Response:
    return page(request, "settings/look.html", wrong="")


def _set_look(request: Request, form: FormData) -> Response:
    person, home = person_of_request(request), home_of(request)
    name, language, theme = field(form, "name"), field(form, "language"), field(form, "theme")
    try:
        if name and name != person.name:
            accounts.rename_person(home, person, name)
    except InputError:
        return page(request, "settings/look.html", status=400, wrong=translator(request)("settings.wrong_name"))
    accounts.change_settings(
        home,
        person,
        language=language if language in ("id", "en") else None,
        theme=theme if theme in ("light", "dark") else None,
    )
    browser_of(request).person = accounts.person_by_id(home, person.id)
    flash(request, translator(request)("settings.saved"))
    return see("/settings/look")


def _devices(request: Request) -> Response:
    return _show_devices(request)


def _show_devices(request: Request, *, wrong: str = "") -> Response:
    person, home, visit = person_of_request(request), home_of(request), browser_of(request).visit
    serving = serving_of(request)
    address = serving.public_url or serving.network_address()
    code = code_of(request).now if person.owner and address else ""
    return page(
        request,
        "settings/devices.html",
        status=400 if wrong else 200,
        wrong=wrong,
        visits=accounts.visits(home, person, at=now(request)),
        here=None if visit is None else visit.id,
        has_password=accounts.has_password(home, person),
        can_drop=person.owner and serving.public_url is None and origin_of_request(request).local,
        shortest=accounts.SHORTEST_PASSWORD,
        code=code,
        address=address,
        picture=segno.make(f"{address}/in?code={code}", micro=False).svg_data_uri(scale=4, border=2) if code else "",
    )


def _end_device(request: Request, form: FormData) -> Response:
    person, home, visit = person_of_request(request), home_of(request), browser_of(request).visit
    which = field(form, "which", longest=20)
    if which.isascii() and which.isdigit():
        if not accounts.end_visits(home, person, only=int(which)):
            raise HTTPException(404)
    else:
        accounts.end_visits(home, person, but=None if visit is None else visit.id)
    flash(request, translator(request)("settings.ended"))
    return see("/settings/devices")


def _set_password(request: Request, form: FormData) -> Response:
    t, person, home = translator(request), person_of_request(request), home_of(request)
    longest = accounts.LONGEST_PASSWORD + 1
    had = accounts.has_password(home, person)
    if had:
        try:
            address = origin_of_request(request).address
            given = field(form, "now", longest=longest)
            if accounts.check_password(home, person.name, given, address=address, at=now(request)) is None:
                return _show_devices(request, wrong=t("settings.wrong_now"))
        except accounts.TooManyTriesError as error:
            return _show_devices(request, wrong=t("accounts.too_many", n=error.minutes))
    if field(form, "drop"):
        if not (person.owner and serving_of(request).public_url is None and origin_of_request(request).local):
            raise HTTPException(404)
        accounts.drop_password(home, person)
    else:
        try:
            accounts.set_password(home, person, field(form, "new", longest=longest))
        except InputError:
            return _show_devices(request, wrong=t("settings.wrong_new", n=accounts.SHORTEST_PASSWORD))
    accounts.end_visits(home, person)
    come_in(request, person)
    flash(request, t("settings.password_set"))
    return see("/settings/devices")


def _programs(request: Request) -> Response:
    return _show_programs(request)


def _show_programs(request: Request, *, secret: str = "", client: str = "", wrong: str = "") -> Response:
    serving = serving_of(request)
    address = serving.public_url or serving.network_address() or f"http://localhost:{serving.port}"
    programs = accounts.app_passwords(home_of(request), person_of_request(request))
    return page(request, "settings/programs.html", status=400 if wrong else 200, wrong=wrong, secret=secret,
                client=client, address=address, programs=programs)  # fmt: skip


def _add_program(request: Request, form: FormData) -> Response:
    person, client = person_of_request(request), field(form, "client")
    try:
        made, secret = accounts.add_app_password(home_of(request), person, client, at=now(request))
    except InputError:
        return _show_programs(request, client=client, wrong=translator(request)("settings.wrong_program"))
    return _show_programs(request, secret=secret, client=made.client)


def _end_program(request: Request, form: FormData) -> Response:
    which = field(form, "which", longest=18)
    person = person_of_request(request)
    if not which.isdecimal() or not accounts.revoke_app_password(home_of(request), person, int(which)):
        raise HTTPException(404)
    flash(request, translator(request)("settings.program_ended"))
    return see("/settings/programs")


def _people(request: Request) -> Response:
    owner_of_request(request)
    return _show_people(request)


def _show_people(request: Request, *, name: str = "", wrong: str = "") -> Response:
    home = home_of(request)
    return page(
        request,
        "settings/people.html",
        status=400 if wrong else 200,
        people=accounts.people(home),
        avoided=accounts.setting(home, "avoided"),
        shortest=accounts.SHORTEST_PASSWORD,
        name=name,
        wrong=wrong,
        reachable=serving_of(request).at_home or serving_of(request).public_url is not None,
    )


def _add_person(request: Request, form: FormData) -> Response:
    owner_of_request(request)
    t, home, name = translator(request), home_of(request), field(form, "name")
    password = field(form, "password", longest=accounts.LONGEST_PASSWORD + 1)
    try:
        accounts.add_person(home, name, password, at=now(request), minor=bool(field(form, "minor")))
    except InputError:
        return _show_people(request, name=name, wrong=t("settings.wrong_person", n=accounts.SHORTEST_PASSWORD))
    flash(request, t("settings.person_added", name=name))
    return see("/settings/people")


def _of_form(request: Request, form: FormData) -> Person:
    which = field(form, "which", longest=18)
    person = accounts.person_by_id(home_of(request), int(which)) if which.isdecimal() else None
    if person is None:
        raise HTTPException(404)
    return person


def _set_minor(request: Request, form: FormData) -> Response:
    owner_of_request(request)
    accounts.set_minor(home_of(request), _of_form(request, form), bool(field(form, "minor")))
    flash(request, translator(request)("settings.saved"))
    return see("/settings/people")


def _end_person(request: Request, form: FormData) -> Response:
    owner_of_request(request)
    person = _of_form(request, form)
    if person.owner:
        raise HTTPException(404)
    accounts.delete_person(home_of(request), person, at=now(request))
    flash(request, translator(request)("settings.person_ended", name=person.name))
    return see("/settings/people")


def _set_for_all(request: Request, form: FormData) -> Response:
    owner_of_request(request)
    accounts.set_setting(home_of(request), "avoided", bool(field(form, "avoided")))
    flash(request, translator(request)("settings.saved"))
    return see("/settings/people")


def _connection(request: Request) -> Response:
    serving, origin = serving_of(request), origin_of_request(request)
    return page(request, "settings/connection.html", serving=serving, origin=origin, network=serving.network_address())


def _data(request: Request) -> Response:
    return page(request, "settings/data.html", wrong="", has_password=_has_password(request))


def _has_password(request: Request) -> bool:
    return accounts.has_password(home_of(request), person_of_request(request))


def _delete(request: Request, form: FormData) -> Response:
    t, person, home = translator(request), person_of_request(request), home_of(request)
    wrong = ""
    if field(form, "name") != person.name:
        wrong = t("settings.delete_wrong_name")
    elif accounts.has_password(home, person):
        password = field(form, "password", longest=accounts.LONGEST_PASSWORD + 1)
        address = origin_of_request(request).address
        try:
            if accounts.check_password(home, person.name, password, address=address, at=now(request)) is None:
                wrong = t("settings.wrong_now")
        except accounts.TooManyTriesError as error:
            wrong = t("accounts.too_many", n=error.minutes)
    if wrong:
        return page(request, "settings/data.html", status=400, wrong=wrong, has_password=_has_password(request))
    accounts.delete_person(home, person, at=now(request))
    go_out(request)
    return see("/in")


routes = [
    Route("/settings", _you, methods=["GET"]),
    Route("/settings/look", _look, methods=["GET"]),
    Route("/settings/look", with_form(_set_look), methods=["POST"]),
    Route("/settings/devices", _devices, methods=["GET"]),
    Route("/settings/devices/end", with_form(_end_device), methods=["POST"]),
    Route("/settings/password", with_form(_set_password), methods=["POST"]),
    Route("/settings/programs", _programs, methods=["GET"]),
    Route("/settings/programs", with_form(_add_program), methods=["POST"]),
    Route("/settings/programs/end", with_form(_end_program), methods=["POST"]),
    Route("/settings/people", _people, methods=["GET"]),
    Route("/settings/people", with_form(_add_person), methods=["POST"]),
    Route("/settings/people/minor", with_form(_set_minor), methods=["POST"]),
    Route("/settings/people/end", with_form(_end_person), methods=["POST"]),
    Route("/settings/all", with_form(_set_for_all), methods=["POST"]),
    Route("/settings/connection", _connection, methods=["GET"]),
    Route("/settings/data", _data, methods=["GET"]),
    Route("/settings/data/delete", with_form(_delete), methods=["POST"]),
]
