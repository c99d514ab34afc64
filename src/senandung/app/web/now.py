"""The first page: one song for now, one quiet sentence, its reasons on a tap."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import accounts
from senandung.api import now as fitting
from senandung.api.home import Home
from senandung.api.now import Offer
from senandung.app.web.pages import (
    compile_templates,
    field,
    home_of,
    page,
    person_of_request,
    see,
    translator,
    with_form,
)
from senandung.app.web.pages import now as time_now
from senandung.app.web.sessions import browser_of
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import nearest_words

MOST_READ = 20
"""People whose listening is read at the start; the others' when they come."""

SENTENCES = 3
"""Sentences of each reason; which one is said changes with the offer."""


def sentence_of(t: Callable[..., str], offer: Offer) -> str:
    """The one quiet sentence of an offer, of its strongest reason. It says nothing of what a memory holds."""
    return t(f"now.says_{offer.strongest.replace('-', '_')}_{offer.id % SENTENCES + 1}")


def reasons_of(t: Callable[..., str], offer: Offer) -> list[tuple[str, str]]:
    """The reasons in words, with their points as they are added up."""
    return [
        (t(f"now.why_{name.replace('-', '_')}"), f"{points:+d}".replace("-", "−")) for name, points in offer.reasons
    ]


def _show(request: Request) -> Response:
    home, person, t, at = home_of(request), person_of_request(request), translator(request), time_now(request)
    if not fitting.at_hand(home, person):
        if "wait" not in request.query_params:  # the page comes at once, and asks for its song itself
            return page(request, "now/waiting.html")
        fitting.prepare(home, person)
    offer = fitting.offer_now(home, person, at=at)
    felt = fitting.feeling_now(person, at)
    return page(
        request,
        "now/now.html",
        offer=offer,
        sentence="" if offer is None else sentence_of(t, offer),
        reasons=[] if offer is None else reasons_of(t, offer),
        felt=felt,
        felt_word="" if felt is None else nearest_words(*felt, 1)[0],
        memories=fitting.lately_remembered(home, person),
    )


def _not_now(request: Request, form: FormData) -> Response:
    number = field(form, "offer", longest=12)
    if not number.isdecimal() or not fitting.not_now(home_of(request), person_of_request(request), int(number)):
        raise HTTPException(404)
    return see("/")


def _feel(request: Request, form: FormData) -> Response:
    home, person = home_of(request), person_of_request(request)
    point = None
    if not field(form, "clear"):
        try:
            point = float(field(form, "now-valence")), float(field(form, "now-arousal"))
        except ValueError:
            raise InvalidValueError("a feeling must be two numbers in -1..1") from None
    browser_of(request).person = fitting.say_feeling(home, person, point, at=time_now(request))
    return see("/")


def _forget(request: Request, _form: FormData) -> Response:
    fitting.forget_taught(home_of(request), person_of_request(request))
    return see("/")


@contextmanager
def running(home: Home) -> Iterator[None]:
    """Have the page at hand, and read everybody's listening, the owner's first, so that no first page waits for it."""
    ends = threading.Event()

    def read() -> None:
        people = accounts.people(home)[:MOST_READ]
        for language in dict.fromkeys(person.language for person in people):
            compile_templates(language, ("frame", "now"))
        for person in people:
            if not ends.is_set():
                fitting.prepare(home, person)

    reader = threading.Thread(target=read, name="now", daemon=True)
    reader.start()
    try:
        yield
    finally:
        ends.set()
        reader.join()


routes = [
    Route("/", _show, methods=["GET"]),
    Route("/now/not-now", with_form(_not_now), methods=["POST"]),
    Route("/now/feeling", with_form(_feel), methods=["POST"]),
    Route("/now/forget", with_form(_forget), methods=["POST"]),
]
