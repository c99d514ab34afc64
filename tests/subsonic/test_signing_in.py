"""Who is let in: by key, by token, by secret; never by the password of the account."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from starlette.testclient import TestClient

import opensubsonic_schema as schema
from opensubsonic import NOW
from senandung.api import accounts
from senandung.api.home import Home

PASSWORD = "kata sandi pemilik yang panjang"


def ping(client: TestClient, *, form: bool = False, **given: Any) -> int | None:
    """The code of the error; None where it is good."""
    if form:
        answer = client.post("/rest/ping", data={**given, "f": "json"})
    else:
        answer = client.get("/rest/ping", params={**given, "f": "json"})
    assert answer.status_code == 200
    schema.check("ping", answer.json())
    inside = answer.json()["subsonic-response"]
    return inside["error"]["code"] if inside["status"] == "failed" else None


def token(secret: str, salt: str = "abcdef") -> dict[str, str]:
    return {"t": hashlib.md5(f"{secret}{salt}".encode()).hexdigest(), "s": salt}


@pytest.mark.parametrize("form", [False, True])
def test_every_way_in(client: TestClient, home: Home, secret: str, form: bool) -> None:
    name = home.owner.name
    assert ping(client, form=form, apiKey=secret) is None
    assert ping(client, form=form, u=name, **token(secret)) is None
    assert ping(client, form=form, u=name, p=secret) is None
    assert ping(client, form=form, u=name, p=f"enc:{secret.encode().hex()}") is None
    assert ping(client, form=form, u=name.upper(), **token(secret)) is None


def test_every_wrong_way_has_its_code(client: TestClient, home: Home, secret: str) -> None:
    name = home.owner.name
    assert ping(client) == 10
    assert ping(client, u=name) == 10
    assert ping(client, u=name, t=token(secret)["t"]) == 10
    assert ping(client, u=name, p="wrong") == 40
    assert ping(client, u=name, p="enc:zz") == 40
    assert ping(client, u="nobody", **token(secret)) == 40
    assert ping(client, u=name, **{**token(secret), "s": "other"}) == 40
    assert ping(client, apiKey="wrong") == 44
    assert ping(client, apiKey="") == 44
    assert ping(client, apiKey=secret, u=name) == 43
    assert ping(client, u=name, p=secret, **token(secret)) == 43


def test_the_password_of_the_account_opens_nothing(client: TestClient, home: Home, secret: str) -> None:
    accounts.set_password(home, home.owner, PASSWORD)
    name = home.owner.name
    assert ping(client, u=name, p=PASSWORD) == 40
    assert ping(client, u=name, **token(PASSWORD)) == 40
    assert ping(client, u=name, **token(secret)) is None


def test_a_browser_that_is_in_is_nobody_here(client: TestClient) -> None:
    assert client.get("/settings").status_code == 200
    assert ping(client) == 10


def test_a_secret_that_was_taken_back_and_another_persons_secret(client: TestClient, home: Home, secret: str) -> None:
    guest = accounts.add_person(home, "tamu", PASSWORD, at=NOW)
    theirs = accounts.add_app_password(home, guest, "player", at=NOW)[1]
    assert ping(client, u=home.owner.name, **token(theirs)) == 40
    assert ping(client, u="tamu", **token(theirs)) is None
    (password,) = accounts.app_passwords(home, home.owner)
    assert password.used is not None or ping(client, u=home.owner.name, **token(secret)) is None
    accounts.revoke_app_password(home, home.owner, password.id)
    assert ping(client, u=home.owner.name, **token(secret)) == 40
    assert ping(client, apiKey=secret) == 44


def test_who_guesses_has_to_wait(client: TestClient, home: Home, secret: str) -> None:
    for number in range(accounts.TRIES_OF_AN_ADDRESS):
        assert ping(client, u=home.owner.name, p=f"guess {number}") == 40
    assert ping(client, u=home.owner.name, **token(secret)) == 40


def test_jsonp_is_answered_to_a_name_and_to_nothing_else(client: TestClient, secret: str) -> None:
    good = client.get("/rest/ping", params={"apiKey": secret, "f": "jsonp", "callback": "got.it"})
    assert good.text.startswith('got.it({"subsonic-response":{"status":"ok"')
    assert good.headers["content-type"].startswith("application/javascript")
    bad = client.get("/rest/ping", params={"apiKey": secret, "f": "jsonp", "callback": "alert(1)//"})
    assert bad.headers["content-type"].startswith("application/json")
