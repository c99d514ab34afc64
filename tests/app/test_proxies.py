"""`serve --public-url` behind real HTTPS proxies, set up by the very lines of docs/home.md."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from seeded import Seeds, fill, make_songs

from senandung.api import accounts
from senandung.api.home import open_home

DOCS = Path(__file__).parents[2] / "docs" / "home.md"
NAME = "lagu.example.org"
PROGRAM = "import sys; from senandung.app.cli import main; sys.exit(main(sys.argv[1:]))"
PASSWORD = "sebuah kata sandi yang panjang"
OPENSSL = shutil.which("openssl")


def lines(first: str) -> str:
    """The block of the docs that begins so, without its indent."""
    found = re.search(rf"^    {re.escape(first)}$.*?^    }}$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None, first
    return re.sub(r"^ {4}", "", found[0], flags=re.MULTILINE)


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


class ToLoopback(httpx2.BaseTransport):
    """A browser for which every name is this machine, and which knows the proxy's certificate."""

    def __init__(self, authority: Path, source: str) -> None:
        trusted = ssl.create_default_context(cafile=str(authority))
        self.real = httpx2.HTTPTransport(verify=trusted, local_address=source)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it to 127.0.0.1, under the name that was asked for."""
        sent = httpx2.Request(
            request.method, request.url.copy_with(host="127.0.0.1"), headers=request.headers, stream=request.stream,
            extensions={**request.extensions, "sni_hostname": NAME},
        )  # fmt: skip
        return self.real.handle_request(sent)

    def close(self) -> None:
        """Close its connections."""
        self.real.close()


@dataclass(frozen=True)
class Proxied:
    """A home behind a proxy."""

    url: str
    behind: str
    authority: Path
    seeds: Seeds

    @contextmanager
    def browser(self, source: str = "127.0.0.1") -> Iterator[httpx2.Client]:
        """A browser that did not come in, on a machine of its own."""
        accept = {"accept": "text/html"}
        with httpx2.Client(
            transport=ToLoopback(self.authority, source), base_url=self.url, headers=accept, timeout=60
        ) as client:
            yield client

    @contextmanager
    def owner(self) -> Iterator[httpx2.Client]:
        """The owner's browser, come in by the password."""
        with self.browser() as client:
            answer = send(client, "/in", "/in", name="pemilik", password=PASSWORD)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            yield client


def token(client: httpx2.Client, page: str = "/settings") -> str:
    found = re.search(r'data-csrf="([0-9a-f]{64})"', client.get(page).text)
    assert found is not None
    return found[1]


def send(client: httpx2.Client, page: str, to: str, headers: Any = None, **fields: str) -> httpx2.Response:
    """Send a form of a page."""
    return client.post(to, data={"csrf": token(client, page), **fields}, headers=headers)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the name, made here, and its key."""
    if OPENSSL is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", str(key), "-out", str(made), "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def caddy(folder: Path, public: int, behind: int, certificate: tuple[Path, Path]) -> list[str]:
    """Caddy by the docs' lines; the certificate is ours and no other port is opened."""
    site = lines(f"{NAME} {{").replace("8733", str(behind)).replace(NAME, f"{NAME}:{public}")
    site = site.replace("{", f"{{\n\tbind 127.0.0.1\n\ttls {certificate[0]} {certificate[1]}", 1)
    head = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(head + site + "\n", "utf-8")
    return [str(shutil.which("caddy")), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def nginx(folder: Path, public: int, behind: int, certificate: tuple[Path, Path]) -> list[str]:
    """nginx by the docs' lines, within what Debian's own configuration puts around them."""
    site = lines("server {").replace("8733", str(behind)).replace("listen 443", f"listen 127.0.0.1:{public}")
    site = site.replace("$host", f"$host:{public}")  # a port that browsers write out
    for given, ours in zip(("fullchain.pem", "privkey.pem"), certificate, strict=True):
        site = re.sub(rf"\S+/{given}", str(ours), site)
    paths = "".join(
        f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""  # else its workers may not read in a folder of this user
    (folder / "nginx.conf").write_text(
        f"daemon off;\n{user}\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\nsendfile on;\ntcp_nopush on;\ngzip on;\naccess_log off;\n{paths}{site}\n}}\n", "utf-8",
    )  # fmt: skip
    return [str(shutil.which("nginx")), "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]


KINDS = {"caddy": caddy, "nginx": nginx}


@contextmanager
def running(command: list[str], folder: Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "PYTHONUTF8": "1",
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with (
        (folder / "said.txt").open("w") as said,
        subprocess.Popen(command, stderr=said, text=True, env=environment, **options) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()


@pytest.fixture(scope="module", params=list(KINDS))
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, certificate: tuple[Path, Path]
) -> Iterator[Proxied]:
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    with open_home(folder / "home") as home:
        seeds = fill(home, make_songs(folder / "music"), folder)
        accounts.set_password(home, home.owner, PASSWORD)
    public, behind = free_port(), free_port()
    url = f"https://{NAME}:{public}"
    serve = [sys.executable, "-c", PROGRAM, "serve", "--json", "--home", str(folder / "home"), "--port", str(behind)]
    with ExitStack() as stack:
        server = stack.enter_context(running([*serve, "--public-url", url], folder, stdout=subprocess.PIPE))
        assert server.stdout is not None
        assert json.loads(server.stdout.readline())["public"] == url
        around = tmp_path_factory.mktemp("around")
        proxy = stack.enter_context(running(KINDS[request.param](around, public, behind, certificate), around))
        for _ in range(300):
            with socket.socket() as probe:
                if proxy.poll() is not None or probe.connect_ex(("127.0.0.1", public)) == 0:
                    break
            time.sleep(0.05)
        assert proxy.poll() is None, (around / "said.txt").read_text()
        yield Proxied(url, f"http://127.0.0.1:{behind}", certificate[0], seeds)


def test_the_owner_comes_in_and_sees_every_kind_of_page(proxied: Proxied) -> None:
    with proxied.browser() as client:
        first = client.get("/")
        assert (first.status_code, first.headers["location"]) == (303, "/in")
        cookie = first.headers["set-cookie"]
    assert cookie.startswith("__Host-senandung=")
    assert {"Path=/", "HttpOnly", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    with proxied.owner() as client:
        for path in ("/", "/music", "/memories", "/make", "/history", f"/songs/{proxied.seeds.song}"):
            answer = client.get(path, headers={"accept-encoding": "gzip, br"})
            assert (answer.status_code, answer.text.count("<h1")) == (200, 1), path
            assert "content-encoding" not in answer.headers, "a packed page tells of its token by its size"
            assert answer.headers["strict-transport-security"]
            assert "microphone=(self)" in answer.headers["permissions-policy"]
            assert 'data-secure="yes"' in answer.text
        assert proxied.url in client.get("/settings/connection").text


def test_what_an_installation_needs_comes_through(proxied: Proxied) -> None:
    with proxied.browser() as client:
        worker, manifest = client.get("/sw.js"), client.get("/manifest.webmanifest")
        assert "javascript" in worker.headers["content-type"]
        assert worker.headers["service-worker-allowed"] == "/"
        assert manifest.headers["content-type"] == "application/manifest+json"
        assert manifest.json()["start_url"] == "/"
        packed = client.get(re.findall(r'src="(/static/app.js[^"]+)"', client.get("/offline").text)[0])
        assert (packed.status_code, packed.headers["content-encoding"]) == (200, "gzip")


def test_forms_of_other_sites_and_names_are_refused(proxied: Proxied) -> None:
    with proxied.owner() as client:
        fields = {"csrf": token(client), "language": "id"}
        assert client.post("/settings/look", data=fields).status_code == 303
        assert client.post("/settings/look", data={"language": "id"}).status_code == 403
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert client.post("/settings/look", data=fields, headers=headers).status_code == 403
        assert client.post("/settings/look", data=fields, headers={"Origin": proxied.url}).status_code == 303
        other = client.get("/settings", headers={"Host": "evil.example"})
        assert other.status_code in (200, 404, 421)
        assert "Senandung" not in other.text, "another name shows nothing of this home"
        here = client.get("/settings", headers={"Host": "localhost"})
        assert "<h1" not in here.text, "nobody comes in as if at this machine"


def test_songs_come_in_parts(proxied: Proxied) -> None:
    with proxied.owner() as client:
        path = f"/stream/{proxied.seeds.track}"
        whole = client.get(path)
        assert whole.headers["accept-ranges"] == "bytes"
        part = client.get(path, headers={"Range": "bytes=1000-2999"})
        assert (part.status_code, part.content) == (206, whole.content[1000:3000])
        assert part.headers["content-range"] == f"bytes 1000-2999/{len(whole.content)}"
        last = client.get(path, headers={"Range": "bytes=-500"})
        assert (last.status_code, last.content) == (206, whole.content[-500:])
        assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
        assert client.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
        transcoded = client.get(f"{path}?format=mp3&bitrate=64")
        assert len(transcoded.content) > 10_000


def test_what_is_handed_in_may_be_large_and_no_larger(proxied: Proxied) -> None:
    played = {"ts": "2026-02-01T10:00:00Z", "ms_played": 200_000, "master_metadata_track_name": "Laut",
              "master_metadata_album_artist_name": "Bayu", "master_metadata_album_album_name": "Angin",
              "spotify_track_uri": "spotify:track:1", "reason_start": "clickrow", "reason_end": "trackdone",
              "skipped": False, "episode_name": None, "conn_country": "ID" * 5000}  # fmt: skip
    history = json.dumps([{**played, "ts": f"2026-02-01T10:{each // 60:02}:{each % 60:02}Z"} for each in range(400)])
    assert len(history) > 4_000_000
    with proxied.owner() as client:
        csrf = {"X-CSRF-Token": token(client)}
        file = {"file": ("Streaming_History_Audio_2026.json", history.encode(), "application/json")}
        taken = client.post("/history", files=file, headers=csrf)
        assert (taken.status_code, taken.headers.get("location")) == (303, "/history")
        assert "400" in client.get("/history").text
        much = client.post("/settings/look", data={"language": "id", "more": "x" * (2 << 20)}, headers=csrf)
        assert much.status_code == 413


def test_progress_comes_as_it_is_made(proxied: Proxied) -> None:
    job = proxied.seeds.job
    with proxied.owner() as client, proxied.owner() as other:
        if "job card done" in client.get(f"/jobs/{job}").text:  # a fast machine was done before this test
            pytest.skip("the work is over")
        with client.stream("GET", f"/jobs/{job}/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            said = stream.iter_lines()
            assert next(said) == "event: html"
            # what was not kept back is here while the work goes on
            assert re.search("job card (waiting|running)", other.get(f"/jobs/{job}").text)
            send(other, f"/jobs/{job}", f"/jobs/{job}/cancel")
            assert any("Sedang berhenti" in line or "job card cancelled" in line for line in said)


def test_a_gift_is_opened_by_one(proxied: Proxied) -> None:
    with proxied.owner() as client:
        shown = send(
            client, f"/give/{proxied.seeds.track}", f"/give/{proxied.seeds.track}", letter="Untukmu.", ends="30"
        )
        found = re.search(rf"{re.escape(proxied.url)}(/g/[A-Za-z0-9_-]{{43}})<", shown.text)
        assert found is not None, "the link has the public address"
    with proxied.browser("127.0.0.2") as first, proxied.browser("127.0.0.3") as second:
        for each in (first, second):
            assert "Untukmu." not in each.get(found[1]).text
        assert send(first, found[1], found[1]).status_code == 303
        assert "Untukmu." in first.get(found[1]).text
        assert first.get(f"{found[1]}/stream", headers={"Range": "bytes=0-99"}).status_code == 206
        assert "Untukmu." not in second.get(found[1]).text
        assert second.get(f"{found[1]}/stream").status_code in (403, 404, 410)


def test_tries_are_counted_by_the_address_that_the_proxy_sees(proxied: Proxied) -> None:
    def tried(client: httpx2.Client, csrf: str, *invented: str) -> str:
        headers = [("X-Forwarded-For", each) for each in invented] + [("Forwarded", f"for={each}") for each in invented]
        headers += [("X-Real-IP", each) for each in invented]
        return client.post("/in", data={"csrf": csrf, "code": "WRONGWRO"}, headers=headers).text

    with proxied.browser("127.0.0.7") as client, proxied.browser("127.0.0.8") as other:
        csrf, elsewhere = token(client, "/in"), token(other, "/in")
        for number in range(accounts.TRIES_OF_AN_ADDRESS):
            assert "Terlalu banyak" not in tried(client, csrf, f"198.51.100.{number}", f"203.0.113.{number}")
        assert "Terlalu banyak" in tried(client, csrf, "198.51.100.200")
        assert "Terlalu banyak" in tried(client, csrf, "127.0.0.8, 192.0.2.1", "10.0.0.1")
        assert "Terlalu banyak" not in tried(other, elsewhere), "who tried nothing is not locked"
        assert "Terlalu banyak" not in tried(other, elsewhere, "127.0.0.7"), "nor can anybody be locked by another"
