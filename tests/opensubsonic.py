"""A program that asks the OpenSubsonic service, and what it asks for."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

import opensubsonic_schema as schema
from senandung.app.subsonic.answers import NAMESPACE
from senandung.remembering.accounts import Person

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

SONGS = (
    ("Hujan di Beranda", "Nara Senja", "Pulang", "2019", "Pop"),
    ("Kopi Jam Lima", "Nara Senja", "Pulang", "2019", "Pop"),
    ("Layang-Layang", "Orkes Angin Timur", "Pasar Malam", "2003", "Keroncong"),
    ("Komidi & Putar", "Orkes Angin Timur", "Pasar Malam", "2003", "Keroncong"),
    ("Lampu <Kota>", "Rimba Kecil", "Rimba Kecil", "2021", "Folk"),
)
"""Title, artist, album, year, genre; nobody's songs."""

WORDS = "[00:00.10]Hujan turun di beranda\n[00:00.40]Kopi dingin & kursi kosong\n"


class Clock:
    """The time of a home, which a test moves on."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


Ask = Callable[..., dict[str, Any]]


def asker(client: TestClient, person: Person, secret: str) -> Ask:
    """Ask a call by its name: its content, after the schema and the other format were looked at.

    `code` is the error that must come; 0 is an error too, None a good answer. Every answer is checked against the
    published schema, and its XML must say the same as its JSON.
    """

    def ask(name: str, /, *, code: int | None = None, **given: Any) -> dict[str, Any]:
        salt = "c19b2d"
        token = hashlib.md5(f"{secret}{salt}".encode()).hexdigest()
        parameters = {"u": person.name, "t": token, "s": salt, "v": "1.16.1", "c": "test", **given}
        answer = client.get(f"/rest/{name}", params={**parameters, "f": "json"})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        plain = answer.json()
        schema.check(name, plain)
        inside = plain["subsonic-response"]
        assert inside["status"] == ("ok" if code is None else "failed"), inside
        assert (inside["version"], inside["type"], inside["openSubsonic"]) == ("1.16.1", "senandung", True)
        if code is not None:
            assert inside["error"]["code"] == code, inside
            assert inside["error"]["message"]
        if name.startswith(("get", "search", "ping")) and name != "getRandomSongs":
            written = client.get(f"/rest/{name}.view", params=parameters)
            assert written.status_code == 200
            same_in_xml(ET.fromstring(written.content), inside)
        return inside

    return ask


def same_in_xml(element: ET.Element, plain: dict[str, Any]) -> None:
    """Fail where an element does not say what an object says: nothing more, nothing less."""
    children = list(element)
    for key, value in plain.items():
        if isinstance(value, dict):
            (found,) = [child for child in children if child.tag == f"{{{NAMESPACE}}}{key}"]
            same_in_xml(found, value)
        elif isinstance(value, list):
            found_all = [child for child in children if child.tag == f"{{{NAMESPACE}}}{key}"]
            assert len(found_all) == len(value), key
            for child, each in zip(found_all, value, strict=True):
                if isinstance(each, dict):
                    same_in_xml(child, each)
                else:
                    assert child.text == _text(each)
        elif key == "value":
            assert (element.text or "") == value
        else:
            assert element.get(key) == _text(value), key
    named = {key for key, value in plain.items() if not isinstance(value, dict | list) and key != "value"}
    assert set(element.keys()) == named
    tags = {child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in children}
    assert tags <= {key for key, value in plain.items() if isinstance(value, dict | list)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
