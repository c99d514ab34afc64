"""Memories: all of them with their timeline and a search, one, its form; those of a track; taken along; forgotten."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from senandung.api import accounts, memories, sharing
from senandung.api.arcs import arc_outline
from senandung.api.home import Home
from senandung.api.memories import BORN, Written
from senandung.api.streams import UnsatisfiableError, asked_span
from senandung.app.web.pages import (
    clock_text,
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
from senandung.app.web.reasons import reason_in
from senandung.app.web.uploads import receive_upload
from senandung.domain.checks import require
from senandung.domain.errors import InputError, InvalidValueError
from senandung.domain.feeling import PLACES
from senandung.domain.memory import KeptMemory
from senandung.domain.music import TrackWhole
from senandung.drawing.timeline import ArcMark, TimelineMark, arc_svg, timeline_svg
from senandung.remembering import tracks, vows
from senandung.remembering.accounts import Person
from senandung.remembering.memories import LARGEST_VOICE, Asked

SHOWN = 30
"""Memories of a page."""

MOST_DOTS = 600
"""Memories on the timeline."""

LARGEST_BOOK = 512 << 20
"""Bytes of a file of memories that is taken in."""

LONGEST_MS = 86_400_000


def seen_track(request: Request, track_id: int) -> TrackWhole:
    """A track that who asks may hear; else there is no such page."""
    with home_of(request).database.reading() as session:
        track = tracks.find_track(session, track_id, person_of_request(request).id)
    if track is None:
        raise HTTPException(404)
    return track


def number(text: str | None, *, most: int = 10**9) -> int | None:
    """A whole number of a form or an address, None for what is none."""
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 12 and int(plain) <= most else None


def moment_of(text: str) -> int | None:
    """Milliseconds of a moment as it is written: 1:23, 83, 1:02:03; None for what is none.

    >>> [moment_of(text) for text in ("1:23", "83.4", "1:02:03", "", "x")]
    [83000, 83400, 3723000, None, None]
    """
    parts = text.strip().replace(",", ".").split(":")
    total = 0.0
    for place, part in enumerate(parts):
        digits = part.replace(".", "", 1) if place == len(parts) - 1 else part
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 9) or place > 2:
            return None
        total = 60 * total + float(part)
    return min(round(1000 * total), LONGEST_MS)


def felt_words(language: str, words: Sequence[str]) -> list[str]:
    """The words of a feeling in a language."""
    return [PLACES[word].english if language == "en" and word in PLACES else word for word in words]


def feeling_options(language: str) -> list[tuple[str, str]]:
    """The named feelings as options: name and word."""
    return [(name, name if language == "id" else place.english) for name, place in PLACES.items() if name != "netral"]


# all of them


def _asked(request: Request) -> Asked:
    query = request.query_params

    def text(name: str) -> str:
        return query.get(name, "").strip()[:200]

    return Asked(text("q"), text("person"), text("place"), number(query.get("year"), most=9999), text("feeling"))


def _all(request: Request) -> Response:
    home, person = home_of(request), person_of_request(request)
    asked = _asked(request)
    skip = number(request.query_params.get("skip")) or 0
    found, count = memories.search(home, person, asked, most=SHOWN, skip=skip)
    facets = memories.facets(home, person)
    language = language_of(request)
    query = {
        name: value for name in ("q", "person", "place", "year", "feeling") if (value := request.query_params.get(name))
    }

    def other(**changes: Any) -> str:
        kept = {**query, **changes}
        return "/memories?" + urlencode({name: value for name, value in kept.items() if value})

    return page(
        request, "memories/index.html", found=found, count=count, asked=asked, facets=facets, other=other, query=query,
        years=_by_year(found, language), timeline="" if skip else _timeline(request, home, person, asked),
        words=lambda each: felt_words(language, each), word=lambda each: felt_words(language, [each])[0],
        before=other(skip=skip - SHOWN) if skip > SHOWN else other() if skip else "",
        after=other(skip=skip + SHOWN) if skip + SHOWN < count else "",
    )  # fmt: skip


def _by_year(found: Sequence[KeptMemory], language: str) -> list[tuple[str, list[KeptMemory]]]:
    """Memories with what each run of them is headed by: its year, or the years that it may have been in."""
    rows: list[tuple[str, list[KeptMemory]]] = []
    for each in found:
        name = each.memory.when.heading(language)
        if not rows or rows[-1][0] != name:
            rows.append((name, []))
        rows[-1][1].append(each)
    return rows


def _timeline(request: Request, home: Home, person: Person, asked: Asked) -> str:
    found, _ = memories.search(home, person, asked, most=MOST_DOTS)
    marks = []
    for each in found:
        when, place = each.memory.when, each.memory.felt.place
        if when.last is not None:
            name = f"{each.track.title} · {when.said or when.words(language_of(request))}"
            valence = None if place is None else place[0]
            marks.append(TimelineMark(when.first, when.last, valence, name, f"/memories/{each.id}"))
    if not marks:
        return ""
    return timeline_svg(marks, today=now(request).date(), name=translator(request)("memories.timeline"))


# one


def _one(request: Request) -> Response:
    kept = _own(request)
    return page(
        request, "memories/one.html", kept=kept, words=felt_words(language_of(request), kept.memory.felt.words),
        track=seen_track(request, kept.track.id), understood=kept.memory.when.words(language_of(request)),
    )  # fmt: skip


def _own(request: Request) -> KeptMemory:
    kept = memories.find(home_of(request), person_of_request(request), request.path_params["memory_id"])
    if kept is None:
        raise HTTPException(404)
    return kept


def _voice(request: Request) -> Response:
    found = memories.voice(home_of(request), person_of_request(request), request.path_params["memory_id"])
    if found is None:
        raise HTTPException(404)
    return send_part(request, found.data, found.mime)


def send_part(request: Request, data: bytes, mime: str) -> Response:
    """Bytes of sound, or the part of them that the request asks for, as browsers need it to play."""
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, no-store"}
    size = len(data)
    try:
        span = asked_span(request.headers.get("range"), size)
    except UnsatisfiableError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if span is None:
        return Response(data, media_type=mime, headers=headers)
    headers["Content-Range"] = f"bytes {span.first}-{span.end - 1}/{size}"
    return Response(data[span.first : span.end], 206, headers, mime)


# written down


def _new(request: Request) -> Response:
    track = seen_track(request, number(request.query_params.get("track")) or 0)
    start = moment_of(request.query_params.get("t", "")) or 0
    return _form(request, track, Written(start))


def _edit(request: Request) -> Response:
    kept = _own(request)
    memory = kept.memory
    written = Written(
        memory.start_ms, memory.end_ms, memory.when.said or memory.when.words(language_of(request)), None, None,
        ", ".join(memory.people), memory.place, memory.felt.valence, memory.felt.arousal,
        ", ".join(felt_words(language_of(request), memory.felt.words)), memory.text,
    )  # fmt: skip
    return _form(request, seen_track(request, kept.track.id), written, kept=kept)


def _form(
    request: Request, track: TrackWhole, written: Written, *, kept: KeptMemory | None = None, wrong: str = ""
) -> Response:
    person = person_of_request(request)
    return page(
        request, "memories/form.html", status=400 if wrong else 200, track=track, written=written, kept=kept,
        wrong=wrong, facets=memories.facets(home_of(request), person), said=_understood(request, written.when),
        feelings=feeling_options(language_of(request)),
    )  # fmt: skip


def _when(request: Request) -> Response:
    return page(request, "memories/when.html", said=_understood(request, request.query_params.get("when", "")[:200]))


def _understood(request: Request, text: str) -> dict[str, Any]:
    """What is understood of a time: `words` of it, or that the year of birth would help."""
    person, today = person_of_request(request), now(request).date()
    when = memories.understood(person, text, today=today)
    needs = False
    if when.last is None and memories.born_of(person) is None and text.strip():
        older = replace(person, settings={**person.settings, BORN: today.year - 30})
        needs = memories.understood(older, text, today=today).last is not None
    return {"words": when.words(language_of(request)), "needs_birth": needs, "unknown": bool(text.strip())}


def _written(form: FormData) -> Written:
    def share(name: str) -> float | None:
        text = field(form, name)
        if field(form, "felt") != "yes" or not text:
            return None
        try:
            return min(1.0, max(-1.0, float(text)))
        except ValueError:
            return None

    start = moment_of(field(form, "start"))
    require(start is not None, "a moment must be written as minutes and seconds, such as 1:23", field(form, "start"))
    assert start is not None
    end = moment_of(field(form, "end"))
    chosen = [word for word in form.getlist("word") if isinstance(word, str)]
    valence, arousal = share("feeling-valence"), share("feeling-arousal")
    return Written(
        start, end if end is not None and end > start else None, field(form, "when"), None, None,
        field(form, "people", longest=4000), field(form, "place"), valence, None if valence is None else arousal,
        ", ".join([*chosen, field(form, "words", longest=500)]), field(form, "text", longest=1 << 20),
    )  # fmt: skip


def _born(request: Request, form: FormData) -> Person:
    """Who asks, with the year of birth that they told in the form."""
    person = person_of_request(request)
    born = number(field(form, "born"), most=now(request).year)
    if born is not None and born > 1900:
        return accounts.change_settings(home_of(request), person, **{BORN: born})
    return person


def _voice_file(request: Request, form: FormData) -> Path | None:
    given = form.get("voice")
    if not isinstance(given, UploadFile) or not given.filename or not given.size:
        return None
    return receive_upload(request, given, kinds={"audio"}, most_bytes=LARGEST_VOICE).path


def _create(request: Request, form: FormData) -> Response:
    track = seen_track(request, number(field(form, "track")) or 0)
    return _keep(request, form, track, None)


def _change(request: Request, form: FormData) -> Response:
    kept = _own(request)
    return _keep(request, form, seen_track(request, kept.track.id), kept)


def _keep(request: Request, form: FormData, track: TrackWhole, kept: KeptMemory | None) -> Response:
    home, person = home_of(request), _born(request, form)
    at, written, spoken = now(request), Written(), None
    try:
        written = _written(form)
        spoken = _voice_file(request, form)
        if kept is None:
            done = memories.add(home, person, track.id, written, at=at, today=at.date(), voice=spoken)
        else:
            silent = field(form, "silent") == "yes"
            changed = memories.change(
                home, person, kept.id, written, at=at, today=at.date(), voice=spoken, silent=silent
            )
            if changed is None:
                raise HTTPException(404)
            done = changed
    except InputError as error:
        return _form(request, track, written, kept=kept, wrong=_said(request, error))
    finally:
        if spoken is not None:
            spoken.unlink(missing_ok=True)
    flash(request, translator(request)("memories.kept"))
    return see(f"/memories/{done.id}")


def _said(request: Request, error: InputError) -> str:
    """An error in the person's words, where they have one."""
    say = translator(request)
    known = {"must say something": "memories.empty_wrong", "minutes and seconds": "memories.moment_wrong",
             "must lie in its song": "memories.behind_wrong", "voice note": "memories.voice_wrong",
             "the file must": "memories.voice_wrong", "a file must": "memories.voice_wrong",
             "a recording must": "memories.voice_wrong"}  # fmt: skip
    otherwise = reason_in(language_of(request), str(error), ours=True)
    return next((say(key) for part, key in known.items() if part in str(error)), otherwise)


def _delete(request: Request, _form_given: FormData) -> Response:
    kept = _own(request)
    memories.delete(home_of(request), person_of_request(request), kept.id)
    flash(request, translator(request)("memories.deleted"))
    return see("/memories")


def _primary(request: Request, _form_given: FormData) -> Response:
    kept = _own(request)
    if not memories.make_primary(home_of(request), person_of_request(request), kept.id):
        raise HTTPException(404)
    flash(request, translator(request)("memories.primary_done"))
    return see(f"/memories/{kept.id}")


# of a track


def _of_track(request: Request) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    found = memories.of_track(home_of(request), person_of_request(request), track.id)
    start = moment_of(request.query_params.get("t", "")) or 0
    with home_of(request).database.reading() as session:
        listened = bool(vows.vows_of_track(session, person_of_request(request).id, track.id))
    return page(
        request, "memories/of_track.html", track=track,
        replies=sharing.shown_replies(home_of(request), person_of_request(request), track.id),
        found=found, start=start, listened=listened,
        arc=arc_with(request, track, found),
        words=lambda each: felt_words(language_of(request), each),
    )  # fmt: skip


def arc_with(request: Request, track: TrackWhole, found: Sequence[KeptMemory]) -> str:
    """The song's arc (what was heard, or of a song made here its tension) with what is kept along it; empty without."""
    length = track.duration_ms or 0
    if not found or not length:
        return ""
    say = translator(request)
    marks = [
        ArcMark(
            each.memory.start_ms,
            each.memory.kind,
            f"{clock_text(each.memory.start_ms)} {mark_name(say, each)}",
            f"/memories/{each.id}",
        )
        for each in found
    ]
    return arc_svg(arc_outline(track), length, marks, name=say("memories.arc"))


def _marks(request: Request) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    found = memories.of_track(home_of(request), person_of_request(request), track.id)
    say = translator(request)
    return JSONResponse(
        [
            {
                "start_ms": each.memory.start_ms,
                "kind": each.memory.kind,
                "label": mark_name(say, each),
                "address": f"/memories/{each.id}",
            }
            for each in found
        ],
        headers={"Cache-Control": "private, no-store"},
    )


def mark_name(say: Any, each: KeptMemory) -> str:
    """What a mark of a memory is called."""
    if each.memory.kind == "chills":
        return str(say("memories.chills"))
    first = each.memory.text.splitlines()[0] if each.memory.text else ""
    first = first if len(first) <= 60 else f"{first[:59].rsplit(' ', 1)[0]}…"
    return first or each.memory.when.said or ", ".join(each.memory.people) or str(say("memories.one"))


def _chills(request: Request, plain: Any) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    start = plain.get("start_ms") if isinstance(plain, dict) else None
    vow = plain.get("vow") if isinstance(plain, dict) else None
    if not isinstance(start, int) or isinstance(start, bool) or not (vow is None or isinstance(vow, int)):
        raise InvalidValueError(f"a moment must be whole milliseconds, got {start!r}")
    kept = memories.add_chills(
        home_of(request), person_of_request(request), track.id, start, at=now(request), vow_id=vow
    )
    return JSONResponse({"id": kept.id, "start_ms": kept.memory.start_ms}, 201)


# taken along, and forgotten


def _keep_page(request: Request) -> Response:
    return page(request, "memories/keep.html", facets=memories.facets(home_of(request), person_of_request(request)))


def _export(request: Request) -> Response:
    kind = request.path_params["kind"]
    if kind not in ("json", "html"):
        raise HTTPException(404)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"memories.{kind}"
        memories.export(home_of(request), person_of_request(request), path, at=now(request))
        data = path.read_bytes()
    name = f"{translator(request)('memories.file')}-{now(request):%Y-%m-%d}.{kind}"
    return Response(
        data,
        media_type="application/json" if kind == "json" else "text/html",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _import(request: Request, form: FormData) -> Response:
    say = translator(request)
    given = form.get("book")
    try:
        upload = receive_upload(request, given, kinds={"text"}, most_bytes=LARGEST_BOOK)
        try:
            taken = memories.import_book(home_of(request), person_of_request(request), upload.path, at=now(request))
        finally:
            upload.path.unlink(missing_ok=True)
    except InputError:
        flash(request, say("memories.import_wrong"), kind="bad")
        return see("/memories/keep")
    flash(request, say("memories.imported", n=taken.memories, known=taken.known))
    return see("/memories")


def _delete_all(request: Request, form: FormData) -> Response:
    say = translator(request)
    if field(form, "sure").casefold() != say("memories.sure_word").casefold():
        flash(request, say("memories.not_sure"), kind="bad")
        return see("/memories/keep")
    count = memories.delete_all(home_of(request), person_of_request(request))
    flash(request, say("memories.deleted_all", n=count))
    return see("/memories")


_VOICE_BODY = LARGEST_VOICE + (2 << 20)

routes = [
    Route("/memories", _all),
    Route("/memories", with_form(_create), methods=["POST"], max_body_size=_VOICE_BODY),
    Route("/memories/new", _new),
    Route("/memories/when", _when),
    Route("/memories/keep", _keep_page),
    Route("/memories/export.{kind}", _export),
    Route("/memories/import", with_form(_import), methods=["POST"], max_body_size=LARGEST_BOOK),
    Route("/memories/delete-all", with_form(_delete_all), methods=["POST"]),
    Route("/memories/{memory_id:int}", _one),
    Route("/memories/{memory_id:int}", with_form(_change), methods=["POST"], max_body_size=_VOICE_BODY),
    Route("/memories/{memory_id:int}/edit", _edit),
    Route("/memories/{memory_id:int}/voice", _voice),
    Route("/memories/{memory_id:int}/delete", with_form(_delete), methods=["POST"]),
    Route("/memories/{memory_id:int}/primary", with_form(_primary), methods=["POST"]),
    Route("/track/{track_id:int}/memories", _of_track),
    Route("/track/{track_id:int}/marks", _marks),
    Route("/track/{track_id:int}/chills", with_json(_chills), methods=["POST"]),
]
