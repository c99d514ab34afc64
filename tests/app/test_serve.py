"""`serve`: opens on SQLite with no other set-up, says where, closes at Ctrl-C; what cannot be is one sentence."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from senandung.api import accounts
from senandung.api.home import open_home
from senandung.app.cli import main
from senandung.app.web.serving import Code, Serving, checked_public_url
from senandung.domain.errors import InvalidValueError

PROGRAM = "import sys; from senandung.app.cli import main; sys.exit(main(sys.argv[1:]))"
PASSWORD = "sebuah kata sandi yang panjang"


def started(arguments: Sequence[str], home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, "serve", "--home", str(home), "--port", "0", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUTF8": "1"}
    )


def ended(server: subprocess.Popen[str], by: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    server.send_signal(by)
    try:
        out, err = server.communicate(timeout=60)
    finally:
        server.kill()
    return server.returncode, out, err


def test_it_opens_a_home_says_where_and_closes(tmp_path: Path) -> None:
    server = started(["--json"], tmp_path / "home")
    assert server.stdout is not None
    said = json.loads(server.stdout.readline())
    assert said["network"] is None
    assert said["code"] is None
    with urllib.request.urlopen(f"{said['address']}/settings", timeout=60) as answer:
        assert "Halo" in answer.read().decode()
    assert ended(server) == (0, "", "")
    assert (tmp_path / "home" / "home.db").is_file()
    with socket.socket() as place:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind(("127.0.0.1", int(said["address"].rpartition(":")[2])))


def test_a_person_reads_where_it_is_and_how_a_phone_comes_in(tmp_path: Path) -> None:
    server = started(["--host", "0.0.0.0"], tmp_path)
    assert server.stdout is not None
    lines = [server.stdout.readline()]
    while "without a password" not in lines[-1] and lines[-1]:
        lines.append(server.stdout.readline())
    status, out, err = ended(server, signal.SIGTERM)
    assert (status, err) == (0, "")
    assert "http://localhost:" in lines[0]
    assert any("each code works once" in line for line in lines)
    assert sum("█" in line for line in lines) > 12, "a QR code"
    assert "the home is closed" in out


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        place.listen()
        port = place.getsockname()[1]
        assert main(["serve", "--port", str(port), "--home", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"senandung: port {port} of 127.0.0.1 is taken; choose another with --port\n"


@pytest.mark.parametrize(("arguments", "message"), [
    (["--host", "198.51.100.7", "--port", "0"], "it is no address of this machine"),
    (["--host", "8.8.8.8"], "open to the world"), (["--host", "no such host"], "must be an address of this machine"),
    (["--port", "65536"], "must be 0 to 65535"), (["--public-url", "http://lagu.example.org"], "must be https://HOST"),
    (["--public-url", "https://lagu.example.org", "--port", "0"], "needs a password of the owner"),
    (["--database", "mysql://x/y", "--port", "0"], "must be sqlite or postgresql"),
])  # fmt: skip
def test_what_cannot_be_is_one_sentence(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--home", str(tmp_path), *arguments]) in (1, 2)
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_password_is_set_before_the_home_opens(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, "serve", "--home", str(tmp_path), "--port", "0", "--password"]
    short = subprocess.run(command, input="pendek\n", capture_output=True, text=True, check=False)
    assert (short.returncode, short.stdout) == (2, "")
    assert short.stderr.startswith("senandung: a password must have 10 to 200 characters")
    public = [*command, "--json", "--public-url", "https://lagu.example.org"]
    server = subprocess.Popen(public, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{PASSWORD}\n")
    server.stdin.flush()
    assert json.loads(server.stdout.readline())["public"] == "https://lagu.example.org"
    assert ended(server)[0] == 0
    with open_home(tmp_path) as home:
        assert accounts.has_password(home, home.owner)


@pytest.mark.parametrize(("given", "kept"), [
    ("https://Lagu.Example.org/", "https://lagu.example.org"), ("https://a.example:8443", "https://a.example:8443"),
    ("https://a.example:443", "https://a.example"), (None, None),
])  # fmt: skip
def test_a_public_address_is_kept_as_browsers_name_it(given: str | None, kept: str | None) -> None:
    assert checked_public_url(given) == kept
    for wrong in ("ftp://a", "https://", "https://a/b", "https://u@a", "https://a?x=1", "https://a:x", "a.example"):
        with pytest.raises(InvalidValueError, match="--public-url must be"):
            checked_public_url(wrong)


def test_a_code_is_used_up_by_one() -> None:
    code, told = Code(), []
    code.on_used = lambda: told.append(code.now)
    first = code.now
    assert not code.take("")
    assert not code.take("é" * 8)
    assert code.take(f" {first[:4].lower()}-{first[4:]} ")
    assert not code.take(first)
    assert told == [code.now] != [first]


def test_a_home_of_this_machine_has_no_address_in_the_network() -> None:
    assert Serving().network_address() is None
    assert Serving("192.168.1.5", 80).network_address() == "http://192.168.1.5:80"
    assert Serving("fd00::5", 80).network_address() == "http://[fd00::5]:80"
