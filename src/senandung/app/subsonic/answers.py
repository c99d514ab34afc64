"""Answers of the service, written once as plain data and sent as XML, JSON or JSONP.

A dict is an element: plain values are its attributes, dicts its children, a list of dicts children of one name, a list
of plain values children with a text, and `value` its own text. None is left out.

Source: OpenSubsonic API, "Subsonic response"; the Subsonic XML schema 1.16.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from starlette.responses import Response

from senandung import __version__
from senandung.domain.errors import InputError

VERSION = "1.16.1"
"""Of the Subsonic interface."""

NAMESPACE = "http://subsonic.org/restapi"

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}")

_UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold."""

GENERIC, MISSING, WRONG, CONFLICT, BAD_KEY, FORBIDDEN, NOT_FOUND = 0, 10, 40, 43, 44, 50, 70
"""Codes of errors."""


class RefusedError(InputError):
    """What a program is told instead of an answer; `code` is one of Subsonic's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def not_found(what: str) -> RefusedError:
    """The error for what is not there, or not theirs."""
    return RefusedError(NOT_FOUND, f"{what} not found")


def answer(content: Mapping[str, Any] | None, *, kind: str = "xml", callback: str = "") -> Response:
    """A good answer."""
    return _send({"status": "ok", **_head(), **(content or {})}, kind, callback)


def refusal(error: RefusedError, *, kind: str = "xml", callback: str = "") -> Response:
    """An answer that says what is wrong; over HTTP it is a 200, as programs expect."""
    return _send({"status": "failed", **_head(), "error": {"code": error.code, "message": str(error)}}, kind, callback)


def _head() -> dict[str, Any]:
    return {"version": VERSION, "type": "senandung", "serverVersion": __version__, "openSubsonic": True}


def _send(content: Mapping[str, Any], kind: str, callback: str) -> Response:
    headers = {"Cache-Control": "private, no-store"}
    if kind in ("json", "jsonp"):
        text = json.dumps({"subsonic-response": without_none(content)}, ensure_ascii=True, separators=(",", ":"))
        if kind == "jsonp" and _CALLBACK.fullmatch(callback):
            return Response(f"{callback}({text});", headers=headers, media_type="application/javascript")
        return Response(text, headers=headers, media_type="application/json")
    return Response(to_xml(content), headers=headers, media_type="application/xml")


def without_none(content: Any) -> Any:
    """The same without what is None, and times as text."""
    if isinstance(content, Mapping):
        return {key: without_none(value) for key, value in content.items() if value is not None}
    if isinstance(content, list | tuple):
        return [without_none(each) for each in content]
    return time_text(content) if isinstance(content, datetime) else content


def to_xml(content: Mapping[str, Any]) -> str:
    """The answer as XML.

    >>> to_xml({"genres": {"genre": [{"value": "Pop & Rock", "songCount": 2}]}, "versions": [1]}).partition("api")[2]
    '"><genres><genre songCount="2">Pop &amp; Rock</genre></genres><versions>1</versions></subsonic-response>'
    """
    body = _element("subsonic-response", content, f' xmlns="{NAMESPACE}"')
    return f'<?xml version="1.0" encoding="UTF-8"?>{body}'


def _element(name: str, content: Mapping[str, Any], attributes: str = "") -> str:
    children = []
    text = ""
    for key, value in content.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            children.append(_element(key, value))
        elif isinstance(value, list | tuple):
            children += [
                _element(key, each) if isinstance(each, Mapping) else f"<{key}>{escape(_text(each))}</{key}>"
                for each in value
            ]
        elif key == "value":
            text = escape(_text(value))
        else:
            attributes += f" {key}={quoteattr(_text(value), {chr(10): '&#10;', chr(13): '&#13;', chr(9): '&#9;'})}"
    inside = text + "".join(children)
    return f"<{name}{attributes}>{inside}</{name}>" if inside else f"<{name}{attributes}/>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return time_text(value)
    return _UNWRITTEN.sub("", str(value))


def time_text(moment: datetime) -> str:
    """A time as the interface writes it.

    >>> time_text(datetime(2026, 3, 1, 12, 0, 0, 5000, tzinfo=UTC))
    '2026-03-01T12:00:00.005Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
