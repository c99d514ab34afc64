"""Work that goes on: how far it is, stopped, tried again; and the workshop that does it while the home is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from senandung.api import making
from senandung.api.home import Home
from senandung.api.jobs import Workshop
from senandung.app.web.events import Seen, events
from senandung.app.web.pages import flash, home_of, now, page, part, person_of_request, see, translator, with_form
from senandung.remembering import jobs
from senandung.remembering.jobs import DONE, WAITING, Job

STAGES = {
    "reading": "reading",
    "composing": "composing",
    "writing the score": "score",
    "writing the sound": "sound",
    "writing the stems": "stems",
    "page": "page",
    "done": "page",
}
"""Stages of `create` by the key that says them; those that name a singer or a part are told apart by their form."""


@contextmanager
def running(home: Home) -> Iterator[None]:
    """The workshop, while the home is open; what waits, also from before, is taken up."""
    with home.database.reading() as session:
        kept, readings = jobs.open_wishes(session), jobs.numbers(session)
    making.sweep(home, at=datetime.now(UTC), kept=kept, known=readings)
    with Workshop(home, making.KINDS):
        yield


def stage_text(t: Callable[..., str], stage: str) -> str:
    """What a stage of the work is called."""
    if stage.startswith("playing "):
        part = stage.removeprefix("playing ")
        return t("jobs.stage_master") if part == "master" else t("jobs.stage_playing", what=part)
    if stage.endswith(" sings"):
        return t("jobs.stage_sings", who=stage.removesuffix(" sings").capitalize())
    return t(f"jobs.stage_{STAGES.get(stage, 'other')}")


def job_title(t: Callable[..., str], job: Job) -> str:
    """What a job is called in a list."""
    if job.result.get("title"):
        return str(job.result["title"])
    wish = job.wish
    text = (wish.get("options") or {}).get("title") or wish.get("words") or wish.get("text") or wish.get("title") or ""
    first = " ".join(str(text).split("\n")[0].split())
    return (first if len(first) <= 60 else first[:59].rstrip() + "…") or t(f"jobs.kind_{job.kind}")


def _list(request: Request) -> Response:
    with home_of(request).database.reading() as session:
        found = jobs.jobs_of(session, person_of_request(request).id)
    t = translator(request)
    return page(request, "jobs/list.html", jobs=found, title_of=lambda job: job_title(t, job))


def _job(request: Request) -> Job:
    with home_of(request).database.reading() as session:
        job = jobs.find_job(session, person_of_request(request).id, request.path_params["id"])
    if job is None:
        raise HTTPException(404)
    return job


def _show(request: Request) -> Response:
    job = _job(request)
    if job.state == DONE and job.kind == making.READ:
        return see(f"/make/{job.id}")
    t = translator(request)
    return page(request, "jobs/job.html", title=job_title(t, job), **how_far(request, job))


def how_far(request: Request, job: Job) -> dict[str, Any]:
    """How far a job is, for jobs/progress.html."""
    ahead = 0
    if job.state == WAITING:
        with home_of(request).database.reading() as session:
            ahead = jobs.before(session, job)
    return {"job": job, "ahead": ahead, "stage": stage_text(translator(request), job.stage)}


def _follow(request: Request) -> Response:
    _job(request)  # another person's is no page at all

    def look() -> Seen | None:
        try:
            job = _job(request)
        except HTTPException:
            return None
        return Seen(part(request, "jobs/progress.html", **how_far(request, job)), done=job.over)

    return events(request, look)


def _cancel(request: Request, _form: FormData) -> Response:
    job, home, person = _job(request), home_of(request), person_of_request(request)
    with home.database.writing() as session:
        jobs.cancel(session, person.id, job.id, at=now(request))
    return see(f"/jobs/{job.id}")


def _again(request: Request, _form: FormData) -> Response:
    job = _job(request)
    with home_of(request).database.writing() as session:
        jobs.again(session, person_of_request(request).id, job.id)
    return see(f"/jobs/{job.id}")


def _remove(request: Request, _form: FormData) -> Response:
    job, home = _job(request), home_of(request)
    with home.database.writing() as session:
        gone = jobs.remove(session, person_of_request(request).id, job.id)
    if gone:
        making.forget_uploads(home, job.wish)
        making.forget_tune(home, job.id)
        flash(request, translator(request)("jobs.removed"))
    return see("/jobs")


routes = [
    Route("/jobs", _list),
    Route("/jobs/{id:int}", _show),
    Route("/jobs/{id:int}/events", _follow),
    Route("/jobs/{id:int}/cancel", with_form(_cancel), methods=["POST"]),
    Route("/jobs/{id:int}/again", with_form(_again), methods=["POST"]),
    Route("/jobs/{id:int}/remove", with_form(_remove), methods=["POST"]),
]
