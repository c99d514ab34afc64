"""The frame: who is let in, what every answer carries, what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from served import PASSWORD, add_person, client_as, client_of, post, token_of
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from senandung.api import accounts
from senandung.api.home import Home, open_home
from senandung.app.web.application import ROUTES, web_application
from senandung.app.web.pages import own_path, with_form
from senandung.app.web.security import HEADERS, Guard, Rate
from senandung.app.web.serving import Serving, new_code
from senandung.app.web.sessions import device_of
from senandung.domain.errors import InvalidValueError

AT_HOME = Serving(host="0.0.0.0")
PUBLIC = Serving(public_url="https://lagu.example.org")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with open_home(tmp_path) as made:
        yield made


def from_phone(home: Home, **options: Any) -> Any:
    """A phone of the home network."""
    return client_of(home, url="http://192.168.1.5:8733", address="192.168.1.77", serving=AT_HOME, **options)


def from_outside(home: Home, **options: Any) -> Any:
    """Somebody on the internet, by the proxy on this machine."""
    return client_of(home, url="https://lagu.example.org", serving=PUBLIC, **options)


# who comes in


def test_the_owner_comes_in_on_this_machine_without_a_password(home: Home) -> None:
    with client_of(home) as client:
        assert client.get("/settings").status_code == 200
        assert post(client, "/settings/look", language="en").status_code == 303
        assert '<html lang="en"' in client.get("/settings").text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded"])
def test_what_comes_through_a_proxy_is_not_of_this_machine(home: Home, header: str) -> None:
    with client_of(home) as client:
        answer = client.get("/settings", headers={header: "8.8.8.8"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/in?next=/settings")


def test_with_a_password_this_machine_needs_it_too(home: Home) -> None:
    accounts.set_password(home, home.owner, PASSWORD)
    with client_of(home) as client:
        assert client.get("/").headers["location"] == "/in"
        token = _token(client)
        wrong = client.post("/in", data={"csrf": token, "name": "pemilik", "password": "salah salah salah"})
        assert wrong.status_code == 400
        assert "tidak cocok" in wrong.text
        before = dict(client.cookies)
        good = client.post("/in", data={"csrf": token, "name": "PEMILIK", "password": PASSWORD, "next": "/settings"})
        assert (good.status_code, good.headers["location"]) == (303, "/settings")
        assert dict(client.cookies) != before, "who comes in gets a new secret"
        assert client.get("/settings").status_code == 200
        assert post(client, "/out").headers["location"] == "/in"
        assert client.get("/settings").status_code == 303


def test_a_phone_comes_in_by_a_code_once(home: Home) -> None:
    with from_phone(home) as phone:
        assert phone.get("/music").headers["location"] == "/in?next=/music"
        code = phone.app.state.code.now
        for _ in range(3):  # a preview of the link does not use it up
            assert code in phone.get(f"/in?code={code}").text
        answer = phone.post("/in", data={"csrf": _token(phone), "code": f" {code[:4]} {code[4:].lower()}"})
        assert answer.status_code == 303
        assert phone.get("/settings/people").status_code == 200, "the owner"
        assert phone.app.state.code.now != code
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        other = TestClient(
            phone.app, base_url="http://192.168.1.5:8733", client=("192.168.1.78", 1), follow_redirects=False
        )
        other.headers["accept"] = "text/html"
        assert other.post("/in", data={"csrf": _token(other), "code": code}).status_code == 400
        assert other.get("/settings").status_code == 303


def test_codes_cannot_be_guessed_at_length(home: Home) -> None:
    with from_phone(home) as phone:
        token = _token(phone)
        for _ in range(accounts.TRIES_OF_AN_ADDRESS):
            assert phone.post("/in", data={"csrf": token, "code": new_code()}).status_code == 400
        late = phone.post("/in", data={"csrf": token, "code": phone.app.state.code.now})
        assert late.status_code == 400
        assert "Terlalu banyak" in late.text


def test_a_name_is_locked_after_failed_tries_and_opens_again(home: Home) -> None:
    add_person(home)
    clock = [NOW]
    with from_phone(home, clock=lambda: clock[0]) as phone:
        token = _token(phone)
        for _ in range(accounts.TRIES_OF_A_NAME):
            phone.post("/in", data={"csrf": token, "name": "sari", "password": "tebak tebak tebak"})
        locked = phone.post("/in", data={"csrf": token, "name": "Sari", "password": PASSWORD})
        assert (locked.status_code, "Terlalu banyak" in locked.text) == (400, True)
        clock[0] = NOW + accounts.TRIES_WITHIN + timedelta(seconds=1)
        assert phone.post("/in", data={"csrf": token, "name": "Sari", "password": PASSWORD}).status_code == 303


def test_by_https_the_cookie_is_secure_and_bound_to_the_host(home: Home) -> None:
    accounts.set_password(home, home.owner, PASSWORD)
    with from_outside(home) as client:
        answer = client.post("/in", data={"csrf": _token(client), "name": "pemilik", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-senandung=")
        assert "Secure" in cookie
        assert answer.headers["strict-transport-security"]
        assert client.get("/settings").status_code == 200


def test_a_visit_is_over_after_its_time(home: Home) -> None:
    clock = [NOW]
    sari = add_person(home)
    with client_as(home, sari, clock=lambda: clock[0]) as client:
        assert client.get("/settings").status_code == 200
        clock[0] = NOW + accounts.VISIT_LASTS
        assert "sari" not in client.get("/settings").text


def test_secrets_are_not_in_the_database(home: Home) -> None:
    sari = add_person(home)
    secret = accounts.begin_visit(home, sari, device="x", at=NOW)
    assert accounts.visit_of(home, secret, at=NOW) is not None
    data = b"".join(path.read_bytes() for path in home.folder.glob("home.db*"))
    assert b"sari" in data
    assert secret.encode() not in data
    assert PASSWORD.encode() not in data


# forms of this home alone


def test_a_form_without_its_token_is_refused(home: Home) -> None:
    with client_of(home) as client:
        token = token_of(client)
        for given in ({}, {"csrf": "0" * 64}, {"csrf": token[:-1]}, {"xcsrf": token}):
            assert client.post("/settings/look", data={"language": "en", **given}).status_code == 403
        assert '<html lang="id"' in client.get("/settings").text
        assert client.post("/settings/look", data={"language": "en", "csrf": token}).status_code == 303


def test_a_form_with_files_brings_its_token_first(home: Home) -> None:
    def take(request: Request, form: Any) -> Response:
        return PlainTextResponse(str(form["file"].size))

    routes = (*ROUTES, Route("/take", with_form(take), methods=["POST"]))
    with client_of(home, routes=routes) as client:
        token = token_of(client)
        files = {"file": ("a.wav", b"x" * 300_000)}
        assert client.post("/take", data={"csrf": token}, files=files).text == "300000"
        assert client.post("/take", data={"csrf": "0" * 64}, files=files).status_code == 403
        assert client.post("/take", files=files).status_code == 403


@pytest.mark.parametrize("header", [
    {"Origin": "https://evil.example"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost:9999"},
])  # fmt: skip
def test_another_sites_form_is_refused_even_with_a_token(home: Home, header: dict[str, str]) -> None:
    with client_of(home) as client:
        token = token_of(client)
        answer = client.post("/settings/look", data={"csrf": token, "language": "en"}, headers=header)
        assert answer.status_code == 403


def test_a_token_of_one_browser_is_none_of_anothers(home: Home) -> None:
    with client_of(home) as one, client_of(home) as other:
        assert token_of(one) != token_of(other)
        assert one.post("/settings/look", data={"csrf": token_of(other)}).status_code == 403


# hosts, headers, sizes, rates


@pytest.mark.parametrize(("serving", "url", "known"), [
    (Serving(), "http://127.0.0.1:8733", True), (Serving(), "http://[::1]:8733", True),
    (Serving(), "http://evil.example:8733", False), (Serving(), "http://localhost.evil.example", False),
    (Serving(), "http://192.168.1.5:8733", False), (AT_HOME, "http://192.168.1.5:8733", True),
    (AT_HOME, "http://evil.example", False), (PUBLIC, "https://lagu.example.org", True),
    (PUBLIC, "https://lagu.example.org.evil.example", False),
])  # fmt: skip
def test_only_hosts_of_this_home_are_answered(home: Home, serving: Serving, url: str, known: bool) -> None:
    with client_of(home, url=url, serving=serving) as client:
        answer = client.get("/in")
        assert (answer.status_code != 421) is known
        assert ("Senandung" in answer.text) is (known and answer.status_code == 200)


def test_every_answer_carries_the_headers(home: Home) -> None:
    with client_of(home) as client:
        for path in (
            "/settings",
            "/in",
            "/none",
            "/static/app.css",
            "/static/none",
            "/sw.js",
            "/rest/ping",
            "/stream/1",
        ):
            answer = client.get(path)
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (path, name)
        assert client.post("/settings/look").headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
        assert client.get("/settings").headers["cache-control"] == "private, no-store"


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    rules = dict(each.strip().split(" ", 1) for each in HEADERS["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    words = {word for rule in rules.values() for word in rule.split()}
    assert words == {"'self'", "'none'", "data:", "blob:"}


def test_what_is_too_large_is_refused(home: Home) -> None:
    with client_of(home) as client:
        answer = post(client, "/settings/look", name="x" * (1 << 21))
        assert answer.status_code == 413


def test_too_many_forms_at_once_are_refused_until_later() -> None:
    seconds = [0.0]
    rate = Rate(3, 60.0, lambda: seconds[0])
    assert [rate.takes("a") for _ in range(4)] == [True, True, True, False]
    assert rate.takes("b")
    seconds[0] = 20.0
    assert [rate.takes("a") for _ in range(2)] == [True, False]


def test_one_address_may_not_send_without_end(home: Home) -> None:
    made = Guard(web_application(home), serving=Serving(), posts=2)
    client = TestClient(made, base_url="http://localhost:8733", client=("127.0.0.1", 1))
    assert [client.post("/in").status_code for _ in range(3)] == [403, 403, 429]
    assert client.get("/settings").status_code == 200


@pytest.mark.parametrize("path", [
    "/static/../words.py", "/static/%2e%2e/words.py", "/static/..%2fwords.py", "/static/%2e%2e%2fwords%2epy",
    "/static//etc/passwd",
])  # fmt: skip
def test_no_path_leads_out_of_the_static_files(home: Home, path: str) -> None:
    with client_of(home) as client:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "import" not in answer.text


def test_where_one_goes_on_after_coming_in_is_in_this_home() -> None:
    assert own_path("/track/3?t=83") == "/track/3?t=83"
    for outside in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\/evil",
        "javascript:alert(1)",
        "/\n/x",
        "",
    ):
        assert own_path(outside) == "/", outside


def test_static_files_are_kept_for_good_by_their_digest(home: Home) -> None:
    with client_of(home) as client:
        named = re.search(r"/static/app\.css\?v=[0-9a-f]+", client.get("/settings").text)
        assert named is not None
        answer = client.get(named[0])
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["content-encoding"] == "gzip"
        plain = client.get(named[0], headers={"accept-encoding": "identity"})
        assert plain.text == answer.text
        assert "immutable" not in client.get("/static/app.css").headers["cache-control"]
        again = client.get("/static/app.css", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_page_is_packed_but_by_https_where_its_size_would_tell_of_its_token(home: Home) -> None:
    with client_of(home) as client:
        packed = client.get("/settings")
        plain = client.get("/settings", headers={"accept-encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text
    with from_outside(home) as client:
        assert "content-encoding" not in client.get("/in").headers


# errors


def test_errors_are_pages_in_the_persons_words(home: Home) -> None:
    def bad(_request: Request) -> Response:
        raise InvalidValueError("a thing must be <b>good</b>, got 'bad'")

    def broken(_request: Request) -> Response:
        raise RuntimeError("secret-inside")

    routes = (*ROUTES, Route("/bad", bad), Route("/broken", broken))
    with client_of(home, routes=routes) as client:
        none = client.get("/nothing/here")
        assert (none.status_code, "Ke awal" in none.text) == (404, True)
        answer = client.get("/bad")
        assert answer.status_code == 400
        assert "&lt;b&gt;good" in answer.text
        assert client.get("/bad", headers={"accept": "application/json"}).text.startswith("a thing must be")
    app = web_application(home, routes=routes)
    quiet = TestClient(app, base_url="http://localhost:8733", client=("127.0.0.1", 1), raise_server_exceptions=False)
    answer = quiet.get("/broken", headers={"accept": "text/html"})
    assert answer.status_code == 500
    assert "Ada yang salah" in answer.text
    assert "secret-inside" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(("said", "shown"), [
    ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"), ("curl/8", ""),
])  # fmt: skip
def test_devices_are_named_as_people_know_them(said: str, shown: str) -> None:
    scope = {"type": "http", "headers": [(b"user-agent", said.encode())]}
    assert device_of(Request(scope)) == shown


def _token(client: TestClient) -> str:
    found = re.search(r'data-csrf="([0-9a-f]{64})"', client.get("/in").text)
    assert found is not None
    return found[1]
