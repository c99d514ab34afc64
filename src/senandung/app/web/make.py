"""Making a song in the browser: what is given, what was read of it, and what is wished."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from senandung.api import making
from senandung.api.accounts import uploads_of
from senandung.api.compose import MOST_LINES
from senandung.api.making import CREATE, READ, Asked
from senandung.api.memories import Traces, traces_of
from senandung.api.traces import LONGEST_TEXT
from senandung.app.web.choices import style_choices, voice_choices
from senandung.app.web.jobs import how_far, job_title
from senandung.app.web.pages import (
    field,
    home_of,
    language_of,
    now,
    page,
    person_of_request,
    see,
    translator,
    with_form,
)
from senandung.app.web.reasons import reason_in
from senandung.app.web.uploads import receive_upload
from senandung.domain.errors import InputError, InvalidValueError, SenandungError
from senandung.domain.feeling import Feeling, feeling_of_plain
from senandung.domain.motif import motif_of_plain
from senandung.language.lines import split_lines
from senandung.language.syllables import syllabify_line
from senandung.remembering import jobs, tracks
from senandung.remembering.jobs import DONE, Job

LARGEST = 2 << 30
"""Bytes of what is handed in at a time: three hours of film."""

LARGEST_DECODED = 64 << 20
"""Bytes up to which sound and film are decoded whole before they are taken; longer ones are when they are read."""

KINDS = ("audio", "video", "notes", "text", "archive")
"""Kinds of files that are taken; of archives only compressed MusicXML."""

LARGEST_FIELD = 4 << 20
"""Bytes of a field of a form: what is longer than a song takes is told, not cut off."""

MOVED = 0.03
"""How far a point of the plane, which goes in steps of .05, must lie from what was read to be the person's own."""

SHOWN = 6
"""Songs that are listed below."""

MOST_DIGITS = 18
"""Digits of a number that is written."""


# what is given


def _show(request: Request) -> Response:
    number = request.query_params.get("memory", "")
    memory = _memory(request, number)
    return _given(request, text=memory.text if memory else "", memory=memory, number=number)


def _memory(request: Request, number: str) -> Traces | None:
    """What a memory gives; None where none was named, 404 where the person has no such one."""
    if not number:
        return None
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS):
        raise HTTPException(404)
    found = traces_of(home_of(request), person_of_request(request), int(number))
    if found is None:
        raise HTTPException(404)
    return found


def _given(
    request: Request,
    *,
    status: int = 200,
    wrong: str = "",
    text: str = "",
    memory: Traces | None = None,
    number: str = "",
) -> Response:
    person, home = person_of_request(request), home_of(request)
    with home.database.reading() as session:
        made = tracks.recent_tracks(session, person.id, count=SHOWN, made_here=True)
        going = [job for job in jobs.jobs_of(session, person.id, most=20) if not job.over]
    t = translator(request)
    return page(
        request,
        "make/give.html",
        status=status,
        wrong=wrong,
        text=text,
        memory=memory,
        number=number,
        most_files=making.MOST_FILES,
        songs=made.tracks,
        going=[(job, job_title(t, job)) for job in going],
    )


def _give(request: Request, form: FormData) -> Response:
    t, home, person = translator(request), home_of(request), person_of_request(request)
    number = field(form, "memory")
    memory = _memory(request, number)

    def wrong(said: str) -> Response:
        return _given(request, status=400, wrong=said, text=text[:LONGEST_TEXT], memory=memory, number=number)

    text = field(form, "text", longest=LARGEST_FIELD)
    if len(text) > LONGEST_TEXT:
        counts = {"n": len(text), "most": LONGEST_TEXT}
        return wrong(t("make.too_long", **{name: f"{count:,}".replace(",", ".") for name, count in counts.items()}))
    uploads = [each for name in ("voice", "files") for each in _files(form, name)]
    tunes = _files(form, "tune")
    noted = field(form, "noted") if memory is not None and memory.voice is not None else ""
    if len(uploads) + (noted == "voice") > making.MOST_FILES or len(tunes) + (noted == "tune") > 1:
        return wrong(t("make.many_files", n=making.MOST_FILES))
    felt = memory.feeling if memory is not None else None
    if not (text or uploads or tunes or noted in ("voice", "tune") or felt):
        return wrong(t("make.nothing"))
    kept: dict[str, str] = {}
    roles: dict[str, list[str]] = {"files": [], "tune": []}
    try:
        for role, each in [*(("files", each) for each in uploads), *(("tune", each) for each in tunes)]:
            decode = (each.size or 0) <= LARGEST_DECODED
            upload = receive_upload(request, each, kinds=KINDS, most_bytes=LARGEST, decode=decode)
            name = upload.path.relative_to(home.uploads).as_posix()
            kept[name] = upload.name
            roles[role].append(name)
            if upload.kind == "archive" and upload.path.suffix != ".mxl":
                raise InvalidValueError(t("make.no_archive", name=upload.name))
        if noted in ("voice", "tune") and memory is not None and memory.voice is not None:
            ending = memory.voice.mime.partition("/")[2].partition(";")[0] or "webm"
            path = making.keep_upload(uploads_of(home, person), f"voice.{ending}", memory.voice.data)
            name = path.relative_to(home.uploads).as_posix()
            kept[name] = t("make.memory_voice")
            roles["files" if noted == "voice" else "tune"].append(name)
        wish = making.reading_wish(
            text, roles["files"], next(iter(roles["tune"]), None), names=kept, felt=felt,
            memory=int(number) if number else None,
        )  # fmt: skip
        at = now(request)
        found = None if kept else making.read_wish(home, wish)  # a text is read at once
        with home.database.writing() as session:
            if found is None:
                job = jobs.add_job(session, person.id, READ, wish, seed=0, at=at)
            else:
                job = jobs.add_done(session, person.id, READ, wish, found, at=at)
    except SenandungError as error:  # also of the machine: a full disk, a missing program
        making.forget_uploads(home, {"files": list(kept)})
        return wrong(reason_in(language_of(request), str(error), ours=True))
    except BaseException:
        making.forget_uploads(home, {"files": list(kept)})
        raise
    return see(f"/make/{job.id}")


def _files(form: FormData, name: str) -> list[UploadFile]:
    """Files of a form's field that hold something."""
    return [each for each in form.getlist(name) if isinstance(each, UploadFile) and each.filename and each.size]


# what was read


def _reading(request: Request) -> Response:
    job = _job(request)
    if job.state != DONE:
        return page(request, "make/reading.html", **how_far(request, job))
    return _wished(request, job, {})


def _job(request: Request) -> Job:
    """The reading of a request, which is the person's own."""
    with home_of(request).database.reading() as session:
        job = jobs.find_job(session, person_of_request(request).id, request.path_params["id"])
    if job is None or job.kind != READ:
        raise HTTPException(404)
    return job


def _wished(request: Request, job: Job, given: Mapping[str, Any], *, wrong: str = "") -> Response:
    """What was read, and the form of the wish; `given` is what was written into it, where it came back."""
    t, language, read = translator(request), language_of(request), job.result
    feeling = feeling_of_plain(read["feeling"])
    spoken = str(given.get("language") or read["language"])
    words = str(given["words"]) if "words" in given else "\n".join(split_lines(read["text"], spoken))
    own = bool(read["text"]) or "tune" not in read
    return page(
        request,
        "make/wish.html",
        status=400 if wrong else 200,
        job=job,
        read=read,
        feeling=feeling,
        named=_named(feeling, language),
        own=own,
        wrong=wrong,
        words=words,
        lines=_lines(words, spoken),
        strange=_strange(read["text"]),
        spoken=spoken,
        given=given,
        valence=_place(given.get("felt-valence"), feeling.valence),
        arousal=_place(given.get("felt-arousal"), feeling.arousal),
        styles=style_choices(language, t("make.style_own_hint")),
        voices=voice_choices(t),
        has_tune="tune" in read,
    )


def _place(given: str | None, read: float) -> float:
    """A coordinate as it came back, where it is one; else as it was read."""
    try:
        return min(max(float(given), -1.0), 1.0) if given is not None else read
    except ValueError:
        return read


def _named(feeling: Feeling, language: str) -> list[str]:
    from senandung.domain.feeling import PLACES

    return [word if language == "id" else PLACES[word].english for word in feeling.words]


def _strange(text: str) -> bool:
    """Whether most letters of a text are of another writing than Latin, which nobody here can sing right."""
    letters = [letter for letter in text if letter.isalpha()]
    return bool(letters) and sum(ord(letter) < 0x250 for letter in letters) < len(letters) / 2


def _lines(words: str, language: str) -> list[tuple[str, int]]:
    """Every line that is sung, divided at its syllables, with their number."""
    if len(words) > LONGEST_TEXT:
        return []
    shown = []
    for line in split_lines(words, language):
        syllables = syllabify_line(line, language)
        parts = [
            (" " if syllable.begins_word else "·") + syllable.text if at else syllable.text
            for at, syllable in enumerate(syllables)
        ]
        shown.append(("".join(parts), len(syllables)))
    return shown


def _show_lines(request: Request, form: FormData) -> Response:
    words = field(form, "words", longest=LARGEST_FIELD)
    language = "en" if field(form, "language") == "en" else "id"
    return page(request, "make/lines.html", lines=_lines(words, language), most=MOST_LINES)


# what is wished


def _wish(request: Request, form: FormData) -> Response:
    home, person, job = home_of(request), person_of_request(request), _job(request)
    if job.state != DONE:
        return see(f"/make/{job.id}")
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        asked, seed = _asked(request, job, form)
        wish = making.wish_of(asked)
        with home.database.writing() as session:
            made = jobs.add_job(session, person.id, CREATE, wish, seed=seed, at=now(request))
    except InputError as error:
        return _wished(request, job, given, wrong=str(error))
    return see(f"/jobs/{made.id}")


def _asked(request: Request, job: Job, form: FormData) -> tuple[Asked, int]:
    """What a form asks for, and its seed; raises `InputError` with a sentence for the person."""
    t, read = translator(request), job.result
    language = "en" if field(form, "language") == "en" else "id"
    words = field(form, "words", longest=LARGEST_FIELD)
    lines = len(split_lines(words, language)) if len(words) <= LONGEST_TEXT else 10**6
    if lines > MOST_LINES:
        raise InvalidValueError(t("make.most_lines", n=MOST_LINES, got=lines))
    voice = field(form, "voice")
    options: dict[str, Any] = {
        "style": field(form, "style") or None,
        "voice": False if voice == "-" else voice or None,
        "title": field(form, "title", longest=LARGEST_FIELD) or None,
        "story": field(form, "story", longest=LARGEST_FIELD) or None,
        "language": language,
        "key": field(form, "key") or None,
        "minutes": _number(t, form, "minutes", "make.length"),
        "bars": _whole(t, form, "bars", "make.length_bars"),
        "tempo": _number(t, form, "tempo", "make.tempo"),
        "verses": "verses" in form or None,
    }
    if options["story"] and "private_story" in form:
        options["private_story"] = True
    if options["bars"] is not None:
        options["minutes"] = None
    seed = _whole(t, form, "seed", "make.seed")
    tune = motif_of_plain(read["tune"]) if "tune" in read and "tune" in form else None
    asked = Asked(
        read["text"] if words else "",
        _feeling(read, form),
        words or None,
        tune,
        {name: value for name, value in options.items() if value is not None},
        field(form, "letter", longest=LARGEST_FIELD),
        job.wish.get("memory"),
    )
    return asked, secrets.randbelow(1_000_000) if seed is None else seed


def _feeling(read: Mapping[str, Any], form: FormData) -> Feeling:
    """What was read, or the point to which the person moved it."""
    feeling = feeling_of_plain(read["feeling"])
    try:
        valence, arousal = (float(field(form, f"felt-{name}") or "nan") for name in ("valence", "arousal"))
    except ValueError as error:
        raise InvalidValueError(f"a feeling must be two numbers in -1..1, got {error}") from error
    if not (-1 <= valence <= 1 and -1 <= arousal <= 1):  # also what is no number
        raise InvalidValueError("a feeling must be two numbers in -1..1, got none")
    moved = max(abs(valence - feeling.valence), abs(arousal - feeling.arousal)) > MOVED
    return Feeling.at(valence, arousal) if moved or not feeling.readable else feeling


def _number(t: Any, form: FormData, name: str, label: str) -> float | None:
    text = field(form, name).replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidValueError(t("make.wrong_number", name=t(label), got=text)) from None


def _whole(t: Any, form: FormData, name: str, label: str) -> int | None:
    text = field(form, name)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise InvalidValueError(t("make.wrong_number", name=t(label), got=text))
    return int(text)


TUNES = {"svg": "motif.svg", "wav": "motif.wav", "mid": "motif.mid"}


def _tune(request: Request) -> Response:
    job, name = _job(request), TUNES.get(request.path_params["kind"])
    if name is None or "tune" not in job.result:
        raise HTTPException(404)
    path = making.tune_folder(home_of(request), job.id) / name
    if not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": "private, max-age=3600"})


routes = [
    Route("/make", _show),
    Route(
        "/make",
        with_form(_give, most_files=making.MOST_FILES + 3, most_bytes=LARGEST_FIELD),
        methods=["POST"],
        max_body_size=LARGEST,
    ),
    Route(
        "/make/lines", with_form(_show_lines, most_bytes=LARGEST_FIELD), methods=["POST"], max_body_size=LARGEST_FIELD
    ),
    Route("/make/{id:int}", _reading),
    Route("/make/{id:int}", with_form(_wish, most_bytes=LARGEST_FIELD), methods=["POST"], max_body_size=LARGEST_FIELD),
    Route("/make/{id:int}/tune.{kind}", _tune),
]
