"""What a person gives stays on the machine, and nothing is kept unless they ask for it: held for the whole package."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import senandung

PACKAGE = Path(senandung.__file__).parent
CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "websockets"}
STANDARD = {
    "socket", "socketserver", "ssl", "http", "urllib.request", "ftplib", "smtplib", "imaplib", "poplib", "xmlrpc",
    "asyncio", "webbrowser", "telnetlib", "nntplib",
}  # fmt: skip
BELOW_APP = [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] != "app"]

FORBID = """
import os, sys

def _watch(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        with open(os.environ["SENANDUNG_WATCH"], "a", encoding="utf-8") as log:
            log.write(event + repr(arguments)[:200] + "\\n")
        raise RuntimeError("a connection was tried: " + event)

sys.addaudithook(_watch)
"""
"""Runs before everything else in every Python process that is started, also in those that the program starts."""


def imported(source: str) -> set[str]:
    """The modules that a source imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def clients(source: str) -> set[str]:
    if not any(name.split(".")[0] in source for name in CLIENTS | STANDARD):
        return set()  # most sources need no parsing
    found = imported(source)
    return {name for name in CLIENTS | STANDARD if any(f"{each}.".startswith(f"{name}.") for each in found)}


def test_no_room_below_app_imports_a_network_client() -> None:
    found = {str(path.relative_to(PACKAGE)): clients(path.read_text(encoding="utf-8")) for path in BELOW_APP}
    assert len(found) > 300
    assert {name: each for name, each in found.items() if each} == {}


def test_the_check_sees_clients_and_leaves_addresses_alone() -> None:
    assert clients("def f():\n    from urllib.request import urlopen\n    import http.client") == {
        "urllib.request",
        "http",
    }
    assert clients("from urllib import request") == {"urllib.request"}
    assert clients("from urllib.parse import quote\nimport sockets") == set()


class Machine:
    """Home, working folder and scratch folder of a person who has used nothing yet; no connection is allowed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("home", "work", "scratch", "site"):
            (root / name).mkdir()
        (root / "site" / "sitecustomize.py").write_text(FORBID, encoding="utf-8")
        self.log = root / "watched"
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        self.environment = {
            **kept, "HOME": str(root / "home"), "TMPDIR": str(root / "scratch"), "PYTHONPATH": str(root / "site"),
            "SENANDUNG_WATCH": str(self.log), "PYTHONIOENCODING": "utf-8",
        }  # fmt: skip

    def run(self, *arguments: str) -> str:
        """Run the program; what it says."""
        program = [sys.executable, "-c", "import sys; from senandung.app.cli import main; sys.exit(main(sys.argv[1:]))"]
        done = subprocess.run(
            [*program, *arguments], cwd=self.root / "work", env=self.environment, capture_output=True, text=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not self.log.exists(), self.log.read_text(encoding="utf-8")
        return done.stdout

    def files(self) -> set[str]:
        """Every file outside the folders that were asked for, without what libraries note of the machine."""
        found = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        ours = {str(path) for path in found if path.parts[0] != "site" and path.parts[:2] != ("work", "out")}
        return {name for name in ours if not name.startswith(("home/.cache/matplotlib/fontlist", "home/.config/pulse"))}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_watch_sees_a_connection_also_of_a_process_that_is_started(machine: Machine) -> None:
    code = (
        "import subprocess, sys\n"
        "inner = 'import socket; socket.create_connection((\"127.0.0.1\", 9))'\n"
        "sys.exit(subprocess.run([sys.executable, '-c', inner], capture_output=True).returncode)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=machine.environment, check=False)
    assert done.returncode == 1
    assert "socket." in machine.log.read_text(encoding="utf-8")


def test_feel_and_compose_work_without_a_connection_and_leave_nothing(machine: Machine) -> None:
    before = machine.files()
    assert "rindu" in machine.run("feel", "aku rindu kamu")
    machine.run("feel", "aku rindu kamu", "--correct", "senang")
    machine.run("compose", "aku rindu kamu", "--minutes", ".3", "--style", "folk-guitar", "--out", "out")
    assert "Nothing is kept" in machine.run("kept")
    assert machine.files() == before


@pytest.mark.slow
def test_create_works_without_a_connection_and_leaves_nothing_but_its_folder(machine: Machine) -> None:
    before = machine.files()
    machine.run("create", "aku rindu kamu", "--minutes", ".3", "--no-voice", "--out", "out", "--seed", "1")
    assert (machine.root / "work" / "out" / "song.wav").is_file()
    assert machine.files() == before


def test_what_is_kept_holds_no_word_of_the_text_and_goes_away(machine: Machine) -> None:
    before = machine.files()
    machine.run("feel", "kangen banget sama Wulandari di Purwokerto", "--keep")
    machine.run("feel", "kangen banget sama Wulandari di Purwokerto", "--correct", "-0.6,-0.3", "--keep")
    store = machine.root / "home" / ".local" / "share" / "senandung" / "kept" / "kept.db"
    assert machine.files() - before == {str(store.relative_to(machine.root))}
    data = store.read_bytes().lower()
    assert b'"said"' in data
    for word in (b"wulandari", b"purwokerto", b"banget", b"sama"):
        assert word not in data
    listed = json.loads(machine.run("kept", "--json"))
    assert [each["kind"] for each in listed["kept"]] == ["feeling", "correction"]
    machine.run("kept", "delete", "--all")
    assert machine.files() == before


def test_words_are_kept_where_they_are_asked_for(machine: Machine) -> None:
    machine.run("feel", "aku rindu Wulandari", "--keep", "--keep-words")
    store = machine.root / "home" / ".local" / "share" / "senandung" / "kept" / "kept.db"
    assert b"rindu wulandari" in store.read_bytes().lower() or b'"what": "rindu' in store.read_bytes().lower()
