"""Giving a song to one person: the letter, the link and what became of it; and what the receiver sees.

The link's secret stands in its address alone: it is shown once, never written down, and no log has it.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from senandung.api import memories, sharing
from senandung.api.gift import gift_name, gift_of_track, song_of_track
from senandung.api.making import letter_of
from senandung.api.sharing import Opened
from senandung.api.streams import BROWSERS_READ
from senandung.app.web.memories import felt_words, moment_of, number, seen_track, send_part
from senandung.app.web.pages import (
    field,
    flash,
    home_of,
    language_of,
    now,
    origin_of_request,
    page,
    person_of_request,
    person_or_nobody,
    see,
    serving_of,
    translator,
    with_form,
)
from senandung.app.web.sessions import device_of
from senandung.app.web.streams import send_file, send_transcoded
from senandung.domain.errors import InputError
from senandung.domain.gift import LONGEST_LETTER, LONGEST_REPLY, Gift, Reply, Share, is_secret, new_secret
from senandung.domain.music import TrackWhole

ENDS = {"7": 7, "30": 30, "365": 365, "": None}
"""Days until which a link must be opened."""

KEPT_DAYS = 400
"""Days for which a device remembers that it has a gift: the longest that browsers allow."""

HIDDEN = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}

_STATES = ("shown", "hidden", "deleted")


# the sender


def _form(request: Request) -> Response:
    query = request.query_params
    letter = letter_of(home_of(request), person_of_request(request).id, request.path_params["track_id"])
    gift = Gift(letter=letter, start_ms=moment_of(query.get("t", "")) or 0, memory_id=number(query.get("memory")))
    return give_page(request, seen_track(request, request.path_params["track_id"]), gift)


def give_page(request: Request, track: TrackWhole, gift: Gift, *, ends: str = "30", wrong: str = "") -> Response:
    """The form of a gift."""
    home, person = home_of(request), person_of_request(request)
    own = [each for each in memories.of_track(home, person, track.id) if each.memory.kind == "memory"]
    return page(
        request, "giving/form.html", status=400 if wrong else 200, track=track, gift=gift, ends=ends, wrong=wrong,
        own=own, public=serving_of(request).public_url is not None,
    )  # fmt: skip


def gift_of(form: FormData, request: Request) -> Gift:
    """The gift of a form. Raises `InvalidValueError` for what breaks a rule."""
    days = ENDS.get(field(form, "ends"), 30)
    return Gift(
        field(form, "letter", longest=LONGEST_LETTER + 1),
        field(form, "for_whom"),
        moment_of(field(form, "start")) or 0,
        number(field(form, "memory")),
        None if days is None else now(request) + timedelta(days),
    )


def _give(request: Request, form: FormData) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    if not track.playable:
        raise HTTPException(404)
    try:
        gift = gift_of(form, request)
        share, secret = sharing.give(home_of(request), person_of_request(request), track.id, gift, at=now(request))
    except InputError as error:
        return give_page(request, track, Gift(), wrong=str(error))
    return page(
        request, "giving/made.html", share=share, track=track, link=f"{_address(request)}/g/{secret}",
        public=serving_of(request).public_url is not None, at_home=serving_of(request).at_home,
    )  # fmt: skip


def _file(request: Request, form: FormData) -> Response:
    track = seen_track(request, request.path_params["track_id"])
    home, person = home_of(request), person_of_request(request)
    try:
        gift = gift_of(form, request)
        text = gift_of_track(home, person, track, gift)
    except InputError as error:
        said = translator(request)("giving.file_wrong", said=str(error))
        return give_page(request, track, Gift(), wrong=said)
    name = gift_name(song_of_track(home, person, track))
    headers = {**HIDDEN, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8", "replace"), media_type="text/html", headers=headers)


def _address(request: Request) -> str:
    """Where the receiver reaches this home."""
    serving = serving_of(request)
    here = f"{request.url.scheme}://{origin_of_request(request).host}"
    return (serving.public_url or serving.network_address() or here).rstrip("/")


def _gifts(request: Request) -> Response:
    given = sharing.given(home_of(request), person_of_request(request))
    return page(request, "giving/all.html", given=given, at=now(request))


def _gift(request: Request) -> Response:
    share, replies = _own(request)
    return page(request, "giving/one.html", share=share, replies=replies, state=share.state(now(request)))


def _own(request: Request) -> tuple[Share, tuple[Reply, ...]]:
    found = sharing.find(home_of(request), person_of_request(request), request.path_params["share_id"])
    if found is None:
        raise HTTPException(404)
    return found


def _revoke(request: Request, _given: FormData) -> Response:
    share, _ = _own(request)
    sharing.revoke(home_of(request), person_of_request(request), share.id, at=now(request))
    flash(request, translator(request)("giving.revoked_done"))
    return see(f"/gifts/{share.id}")


def _delete(request: Request, _given: FormData) -> Response:
    share, _ = _own(request)
    sharing.delete(home_of(request), person_of_request(request), share.id)
    flash(request, translator(request)("giving.deleted"))
    return see("/gifts")


def _answer(request: Request, form: FormData) -> Response:
    share, _ = _own(request)
    yes = field(form, "answer") == "yes"
    if sharing.answer_asking(home_of(request), person_of_request(request), share.id, yes=yes):
        flash(request, translator(request)("giving.approved" if yes else "giving.refused"))
    return see(f"/gifts/{share.id}")


def _judge(request: Request, form: FormData) -> Response:
    state = field(form, "state")
    if state not in _STATES:
        raise HTTPException(400)
    if not sharing.judge_reply(home_of(request), person_of_request(request), request.path_params["reply_id"], state):
        raise HTTPException(404)
    back = number(field(form, "share"))
    return see(f"/gifts/{back}" if back else "/gifts")


# the receiver


def _secret(request: Request) -> str:
    secret = str(request.path_params["secret"])
    if not is_secret(secret):
        raise HTTPException(404)
    return secret


def _cookie(request: Request, secret: str) -> str:
    """The name of the cookie by which a device has a gift; it says nothing of the secret."""
    mark = hashlib.sha256(b"cookie " + secret.encode()).hexdigest()[:12]
    return f"__Host-gift-{mark}" if origin_of_request(request).public else f"gift_{serving_of(request).port}_{mark}"


def _device(request: Request, secret: str) -> str:
    return request.cookies.get(_cookie(request, secret), "")


def _remember(request: Request, answer: Response, secret: str, device: str) -> None:
    answer.set_cookie(
        _cookie(request, secret), device, max_age=KEPT_DAYS * 86400, path="/", httponly=True, samesite="lax",
        secure=origin_of_request(request).public,
    )  # fmt: skip


def _open(request: Request) -> Response:
    secret, home = _secret(request), home_of(request)
    opened = sharing.open_gift(home, secret, _device(request, secret))
    if opened is not None:
        if request.method == "GET":
            sharing.visited(home, opened.share, at=now(request))
        return _opened(request, secret, opened)
    share = sharing.look(home, secret)
    if share is None:
        raise HTTPException(404)
    state = share.state(now(request))
    person = person_or_nobody(request)
    if state == "waiting":
        own = person is not None and person.id == share.account_id
        return page(request, "giving/waiting.html", secret=secret, own=own, headers=HIDDEN)
    return _closed(request, secret, share, state)


def _closed(request: Request, secret: str, share: Share, state: str) -> Response:
    asks = state in ("claimed", "asked") and not share.reclaimed
    asking = asks and state == "asked" and bool(_device(request, secret))
    return page(
        request, "giving/closed.html", status=410, secret=secret, state=state, headers=HIDDEN, asking=asking,
        may_ask=asks and state == "claimed",
    )  # fmt: skip


def _opened(request: Request, secret: str, opened: Opened, *, wrong: str = "") -> Response:
    memory = opened.memory
    return page(
        request, "giving/opened.html", status=400 if wrong else 200, secret=secret, opened=opened, headers=HIDDEN,
        wrong=wrong, track=opened.track, memory=memory, most=LONGEST_REPLY,
        timed=any(line.start_ms is not None for line in opened.track.lyrics),
        words=() if memory is None else felt_words(language_of(request), memory.memory.felt.words),
    )  # fmt: skip


def _claim(request: Request, _given: FormData) -> Response:
    secret, home = _secret(request), home_of(request)
    device = sharing.claim(home, secret, at=now(request))
    if device is None:
        return _open(request)
    answer = RedirectResponse(f"/g/{secret}", 303, headers=HIDDEN)
    _remember(request, answer, secret, device)
    return answer


def _ask(request: Request, _given: FormData) -> Response:
    secret, home = _secret(request), home_of(request)
    before = _device(request, secret)
    device = before if is_secret(before) else new_secret()
    if not sharing.ask_again(home, secret, device=device, said=device_of(request), at=now(request)):
        return _open(request)
    answer = RedirectResponse(f"/g/{secret}", 303, headers=HIDDEN)
    _remember(request, answer, secret, device)
    return answer


def _reply(request: Request, form: FormData) -> Response:
    secret, home = _secret(request), home_of(request)
    opened = sharing.open_gift(home, secret, _device(request, secret))
    if opened is None:
        raise HTTPException(410)
    try:
        sharing.reply(home, opened.share, field(form, "text", longest=LONGEST_REPLY + 1), at=now(request))
    except InputError:
        return _opened(request, secret, opened, wrong=translator(request)("giving.reply_wrong", most=LONGEST_REPLY))
    flash(request, translator(request)("giving.replied"))
    return RedirectResponse(f"/g/{secret}", 303, headers=HIDDEN)


async def _stream(request: Request) -> Response:
    secret = _secret(request)
    home, device = home_of(request), _device(request, secret)
    opened = await run_in_threadpool(sharing.open_gift, home, secret, device)
    if opened is None:
        raise HTTPException(410)
    path, mime = opened.track.path, opened.track.mime
    if path is None:
        raise HTTPException(404)

    async def allowed() -> bool:
        return await run_in_threadpool(sharing.opened_by, home, secret, device) is not None

    kept = HIDDEN["Cache-Control"]
    if opened.track.suffix not in BROWSERS_READ:
        return await send_transcoded(request, path, "mp3", kept=kept, allowed=allowed)
    return await send_file(request, path, mime or "application/octet-stream", kept=kept, allowed=allowed)


def _voice(request: Request) -> Response:
    secret = _secret(request)
    found = sharing.voice_of(home_of(request), secret, _device(request, secret))
    if found is None:
        raise HTTPException(404)
    return send_part(request, found.data, found.mime)


def _cover(request: Request) -> Response:
    secret = _secret(request)
    found = sharing.cover_of(home_of(request), secret, _device(request, secret))
    if found is None:
        raise HTTPException(404)
    return Response(found[0], media_type=found[1], headers=HIDDEN)


routes: list[Any] = [
    Route("/give/{track_id:int}", _form),
    Route("/give/{track_id:int}", with_form(_give), methods=["POST"]),
    Route("/give/{track_id:int}/file", with_form(_file), methods=["POST"]),
    Route("/gifts", _gifts),
    Route("/gifts/{share_id:int}", _gift),
    Route("/gifts/{share_id:int}/revoke", with_form(_revoke), methods=["POST"]),
    Route("/gifts/{share_id:int}/delete", with_form(_delete), methods=["POST"]),
    Route("/gifts/{share_id:int}/answer", with_form(_answer), methods=["POST"]),
    Route("/gifts/replies/{reply_id:int}", with_form(_judge), methods=["POST"]),
    Route("/g/{secret}", _open),
    Route("/g/{secret}", with_form(_claim), methods=["POST"]),
    Route("/g/{secret}/ask", with_form(_ask), methods=["POST"]),
    Route("/g/{secret}/reply", with_form(_reply), methods=["POST"]),
    Route("/g/{secret}/stream", _stream),
    Route("/g/{secret}/voice", _voice),
    Route("/g/{secret}/cover", _cover),
]
