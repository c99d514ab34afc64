"""The page of a song that was made here: heard with its notes, words and parts, downloaded, written anew in part."""

from __future__ import annotations

import secrets
from pathlib import Path

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from senandung.api import song_view
from senandung.api.making import CREATE, REWRITE, rewrite_wish
from senandung.api.song_view import SongView
from senandung.app.web.pages import (
    clock_text,
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
from senandung.domain.errors import FileError, InputError
from senandung.domain.music import TrackWhole
from senandung.remembering import jobs, tracks
from senandung.remembering.jobs import Job

LASTS = {"Cache-Control": "private, max-age=86400"}


def _song(request: Request) -> tuple[TrackWhole, Path]:
    """The track of a request and its song folder; 404 where the person has none such."""
    with home_of(request).database.reading() as session:
        track = tracks.find_track(session, request.path_params["id"], person_of_request(request).id)
    if track is None or track.song_folder is None:
        raise HTTPException(404)
    return track, track.song_folder


def _job_of(request: Request, track: TrackWhole) -> Job | None:
    """The job that made a song, where it was made in this home and still stands in the list."""
    with home_of(request).database.reading() as session:
        return jobs.job_of_track(session, person_of_request(request).id, track.id)


def _show(request: Request, *, wrong: str = "", bars: str = "", status: int = 200) -> Response:
    track, folder = _song(request)
    try:
        view = song_view.song_view(folder, language_of(request))
    except FileError:
        return page(request, "songs/gone.html", status=410, track=track)
    count = len(view.song.bar_starts())
    return page(
        request,
        "songs/song.html",
        status=status,
        track=track,
        view=view,
        job=_job_of(request, track),
        lines=Markup(view.lines),
        curves=_curves(view),
        peaks=_peaks(request, view),
        bars=bars,
        count=count,
        example=f"{min(9, count)}-{min(16, count)}" if count > 1 else "1",
        wrong=wrong,
    )


def _curves(view: SongView) -> list[tuple[str, str]]:
    """Valence and arousal over the song as points of lines in a box of 1000 by 100."""
    end = max(view.following["seconds"], 0.001)
    curve = view.following["curve"]
    held = [*curve, [end, *curve[-1][1:]]] if curve else []
    return [
        (name, " ".join(f"{min(1000 * row[0] / end, 1000):.1f},{50 - 46 * row[column]:.1f}" for row in held))
        for name, column in (("valence", 1), ("arousal", 2))
        if held
    ]


def _peaks(request: Request, view: SongView) -> str:
    """Where the song is most tense, pleasant and lively: what the picture of its feeling says to those who hear it."""
    t, sections = translator(request), view.following["sections"]
    said = []
    for key, column in (("tense", 3), ("pleasant", 1), ("lively", 2)):
        values = [row[column] for row in view.following["curve"]]
        if not sections or not values or max(values) - min(values) < 0.05:
            continue  # even all along
        at = view.following["curve"][values.index(max(values))][0]
        name = next((name for start, name in reversed(sections) if start <= at + 0.01), sections[0][1])
        said.append(t("songs.arc_peak", what=t(f"songs.arc_{key}"), high=name, at=clock_text(1000 * at)))
    return ", ".join(said)


def _data(request: Request) -> Response:
    """What the page's script follows."""
    _, folder = _song(request)
    view = song_view.song_view(folder, language_of(request))
    plain = {**view.following, "stems": list(view.stems), "window": song_view.WINDOW}
    return JSONResponse(plain, headers={"Cache-Control": "private, no-cache"})


def _score(request: Request) -> Response:
    _, folder = _song(request)
    kind = request.path_params["kind"]
    drawn = {"score": song_view.score_pages, "numbers": song_view.number_pages}.get(kind)
    if drawn is None:
        raise HTTPException(404)
    pages = drawn(folder)
    return page(request, "songs/sheets.html", kind=kind, sheets=[Markup(each) for each in pages])


def _likeness(request: Request) -> Response:
    track, folder = _song(request)
    found = song_view.likeness(folder, language_of(request))
    pairs = [(here, Markup(left), there, Markup(right)) for here, left, there, right in found.pairs]
    part = request.query_params.get("part") is not None
    return page(request, f"songs/{'likeness' if part else 'originality'}.html", found=found, pairs=pairs, track=track)


def _stem(request: Request) -> Response:
    _, folder = _song(request)
    try:
        start = float(request.query_params.get("from", "0"))
        sound = song_view.stem_window(folder, request.path_params["number"], start)
    except (ValueError, OverflowError):  # also what the person's own values cannot be
        raise HTTPException(404) from None
    return Response(sound, media_type="audio/flac", headers=LASTS)


def _file(request: Request) -> Response:
    _, folder = _song(request)
    try:
        path = song_view.song_file(folder, request.path_params["name"])
    except FileError:
        raise HTTPException(404) from None
    shown = path.suffix in (".png",) and "download" not in request.query_params
    kind = "inline" if shown else "attachment"
    name = f"{folder.name}-{path.name}" if not shown else path.name
    return FileResponse(
        path, filename=name, content_disposition_type=kind, headers={"Cache-Control": "private, no-cache"}
    )


def _zip(request: Request) -> Response:
    _, folder = _song(request)
    headers = {"Content-Disposition": f'attachment; filename="{folder.name}.zip"', "Cache-Control": "private, no-store"}
    return StreamingResponse(song_view.zipped(folder), media_type="application/zip", headers=headers)


def _rewrite(request: Request, form: FormData) -> Response:
    track, folder = _song(request)
    bars = field(form, "bars")
    try:
        wish = rewrite_wish(
            folder, track.title, bars, [each for each in form.getlist("tracks") if isinstance(each, str)]
        )
        job = _job_of(request, track)
        if job is not None:
            wish |= {
                "feeling": job.result.get("feeling"),
                "letter": job.result.get("letter", ""),
                "voice": job.result.get("voice"),
            }
        with home_of(request).database.writing() as session:
            made = jobs.add_job(
                session,
                person_of_request(request).id,
                REWRITE,
                wish,
                seed=secrets.randbelow(1_000_000),
                at=now(request),
            )
    except InputError as error:
        return _show(request, wrong=str(error), bars=bars, status=400)
    return see(f"/jobs/{made.id}")


def _another(request: Request, _form: FormData) -> Response:
    track, _ = _song(request)
    job = _job_of(request, track)
    if job is None or job.kind != CREATE:
        raise HTTPException(404)
    with home_of(request).database.writing() as session:
        made = jobs.add_job(
            session, job.account_id, CREATE, job.wish, seed=secrets.randbelow(1_000_000), at=now(request)
        )
    return see(f"/jobs/{made.id}")


routes = [
    Route("/songs/{id:int}", _show),
    Route("/songs/{id:int}/data", _data),
    Route("/songs/{id:int}/sheets/{kind}", _score),
    Route("/songs/{id:int}/originality", _likeness),
    Route("/songs/{id:int}/stems/{number:int}", _stem),
    Route("/songs/{id:int}/files/{name:path}", _file),
    Route("/songs/{id:int}/all.zip", _zip),
    Route("/songs/{id:int}/rewrite", with_form(_rewrite), methods=["POST"]),
    Route("/songs/{id:int}/again", with_form(_another), methods=["POST"]),
]
