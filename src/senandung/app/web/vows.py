"""Listening to a song to its end: the vow before, the song, the note after, and how it changed over months."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from senandung.api import avoided, memories
from senandung.app.web.memories import arc_with, feeling_options, felt_words, seen_track
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
    with_json,
)
from senandung.domain.errors import InputError, InvalidValueError
from senandung.domain.feeling import nearest_words
from senandung.domain.memory import ENDINGS, LONGEST_TEXT, Felt, Note, Vow, felt_of
from senandung.domain.music import TrackWhole
from senandung.drawing.timeline import change_svg, months_svg
from senandung.remembering import vows
from senandung.remembering.store.database import forget

START_VOLUME = 0.6
"""The loudest that a song begins with, of 1: nobody shall be startled."""


def _before(request: Request) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    return _before_page(request, track)


def _before_page(request: Request, track: TrackWhole, *, wrong: str = "") -> Response:
    return page(
        request, "vows/before.html", status=400 if wrong else 200, track=track, wrong=wrong,
        feelings=feeling_options(language_of(request)), help=avoided.help_table(home_of(request)),
    )  # fmt: skip


def _begin(request: Request, form: FormData) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    try:
        before = note_of(form)
        with home_of(request).database.writing() as session:
            vow = vows.begin_vow(
                session, person_of_request(request).id, track.id, before, at=now(request), elsewhere=not track.playable
            )
    except InputError as error:
        return _before_page(request, track, wrong=str(error))
    return see(f"/listen/{track.id}/{vow.id}")


def note_of(form: FormData) -> Note:
    """The note of a form: text, words, and a point where one was set."""
    words = [word for word in form.getlist("word") if isinstance(word, str)]
    valence = arousal = None
    if field(form, "felt") == "yes":
        try:
            valence, arousal = float(field(form, "feeling-valence")), float(field(form, "feeling-arousal"))
        except ValueError as error:
            raise InvalidValueError("a feeling's point must be two numbers in -1..1") from error
    text = field(form, "text", longest=LONGEST_TEXT + 1)
    return Note(text, felt_of(valence, arousal, ", ".join([*words, field(form, "words", longest=400)])))


def _own(request: Request) -> Vow:
    with home_of(request).database.reading() as session:
        vow = vows.find_vow(session, person_of_request(request).id, request.path_params["vow_id"])
    if vow is None or vow.track.id != request.path_params.get("track_id", vow.track.id):
        raise HTTPException(404)
    return vow


def _during(request: Request) -> Response:
    vow = _own(request)
    if vow.ended_how not in (None, "left"):
        return see(f"/vows/{vow.id}")
    track = seen_track(request, vow.track.id)
    return page(request, "vows/during.html", vow=vow, track=track, volume=START_VOLUME)


def _end(request: Request, how: object, heard_ms: object) -> Vow:
    vow = _own(request)
    if how not in ENDINGS or not isinstance(heard_ms, int):
        raise InvalidValueError(f"a listening's end must be one of {', '.join(ENDINGS)}, got {how!r}")
    with home_of(request).database.writing() as session:
        ended = vows.end_vow(
            session, person_of_request(request).id, vow.id, str(how), heard_ms=heard_ms, at=now(request)
        )
    assert ended is not None
    return ended


def _end_told(request: Request, plain: Any) -> Response:
    told = plain if isinstance(plain, dict) else {}
    vow = _end(request, told.get("how"), told.get("heard_ms"))
    return JSONResponse({"address": f"/vows/{vow.id}"})


def _end_said(request: Request, form: FormData) -> Response:
    """The person's own word, of a song that was heard elsewhere."""
    return see(f"/vows/{_end(request, field(form, 'how'), 0).id}")


def _after(request: Request) -> Response:
    return _after_page(request, _own(request))


def _after_page(request: Request, vow: Vow, *, wrong: str = "") -> Response:
    track = seen_track(request, vow.track.id)
    language = language_of(request)
    with home_of(request).database.reading() as session:
        own = vows.vows_of_track(session, person_of_request(request).id, track.id)
    kept = memories.of_track(home_of(request), person_of_request(request), track.id)
    chills = [each for each in kept if each.memory.kind == "chills"]
    return page(
        request, "vows/after.html", status=400 if wrong else 200, vow=vow, track=track, wrong=wrong,
        help=avoided.help_table(home_of(request)),
        feelings=feeling_options(language), arc=arc_with(request, track, kept) if chills else "", before=felt_words(
            language, vow.before.felt.words), more=len(own) > 1,
    )  # fmt: skip


def _note(request: Request, form: FormData) -> Response:
    vow = _own(request)
    try:
        after = note_of(form)
        with home_of(request).database.writing() as session:
            vows.note_vow(session, person_of_request(request).id, vow.id, after=after)
    except InputError as error:
        return _after_page(request, vow, wrong=str(error))
    forget(home_of(request).database)
    flash(request, translator(request)("vows.kept"))
    return see(f"/vows/track/{vow.track.id}")


def _delete(request: Request, _form: FormData) -> Response:
    vow = _own(request)
    with home_of(request).database.writing() as session:
        vows.delete_vow(session, person_of_request(request).id, vow.id)
    forget(home_of(request).database)
    flash(request, translator(request)("vows.deleted"))
    return see("/vows")


def _all(request: Request) -> Response:
    with home_of(request).database.reading() as session:
        songs = vows.vowed_songs(session, person_of_request(request).id)
    return page(request, "vows/all.html", songs=songs)


def _of_track(request: Request) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    home, person, language = home_of(request), person_of_request(request), language_of(request)
    with home.database.reading() as session:
        own = vows.vows_of_track(session, person.id, track.id)
    kept = memories.of_track(home, person, track.id)
    say = translator(request)
    felt = [vow for vow in own if vow.before.felt.place is not None or vow.after.felt.place is not None]
    return page(
        request, "vows/track.html", track=track, vows=own[::-1], arc=arc_with(request, track, kept),
        change=change_svg(felt, language=language, name=say("vows.change")) if felt else "",
        months=months_svg(felt, name=say("vows.months")) if len(felt) > 1 else "",
        words=lambda felt: felt_words(language, named(felt)),
    )  # fmt: skip


def named(felt: Felt) -> tuple[str, ...]:
    """The words of what was felt; of a point alone the nearest one.

    >>> named(Felt(-0.65, -0.3))
    ('sedih',)
    """
    if felt.words or felt.valence is None or felt.arousal is None:
        return felt.words
    return nearest_words(felt.valence, felt.arousal, 1)


routes = [
    Route("/listen/{track_id:int}", _before),
    Route("/listen/{track_id:int}", with_form(_begin), methods=["POST"]),
    Route("/listen/{track_id:int}/{vow_id:int}", _during),
    Route("/listen/{track_id:int}/{vow_id:int}/ended", with_json(_end_told), methods=["POST"]),
    Route("/listen/{track_id:int}/{vow_id:int}/said", with_form(_end_said), methods=["POST"]),
    Route("/vows", _all),
    Route("/vows/{vow_id:int}", _after),
    Route("/vows/{vow_id:int}", with_form(_note), methods=["POST"]),
    Route("/vows/{vow_id:int}/delete", with_form(_delete), methods=["POST"]),
    Route("/vows/track/{track_id:int}", _of_track),
]
