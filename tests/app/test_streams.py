"""Terminals, pipes and signals as a machine really gives them: no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-c", "import sys; from senandung.app.cli import main; sys.exit(main())")


def _run(shell: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which $S is the program."""
    script = tmp_path / "senandung-here"
    script.write_text(f"#!/bin/sh\nexec '{PROGRAM[0]}' -c '{PROGRAM[2]}' \"$@\"\n", encoding="utf-8")
    script.chmod(0o755)
    return subprocess.run(
        ["sh", "-c", shell], env={**os.environ, "S": str(script), **environment}, capture_output=True, cwd=tmp_path,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shell", "status", "message"),
    [
        ("$S feel rindu >/dev/full", 1, b"No space left"),
        ("$S styles --json >/dev/full", 1, b"No space left"),
        ("$S feel - <&-", 2, b"it is closed"),
        ("printf 'a\\0b' | $S feel -", 2, b"holds zero bytes"),
        ("printf '\\377\\376' | $S feel -", 2, b"must be UTF-8"),
        ("$S compose halo --title \"$(printf '\\377')\"", 2, b"a title must be UTF-8"),
        ("$S compose halo --out '~no-such-person/x'", 2, b"no such home folder"),
        ("mkdir gone; cd gone; rmdir ../gone; $S compose halo --bars 8 2>&1 | tail -1 >&2; exit 1", 1, b"No such file"),
        ("$S styles x", 2, b"invalid choice: 'x' (choose from 'list', 'show'"),
        ("$S verify a b", 2, b"unrecognized arguments: b;"),
    ],
)
def test_one_line_and_a_status(shell: str, status: int, message: bytes, tmp_path: Path) -> None:
    done = _run(shell, tmp_path)
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    done = _run("$S styles --json | head -c 10; true", tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_terminal_without_these_letters(tmp_path: Path) -> None:
    done = _run("$S compose 'aku rindu 😭' --bars 8 --out a", tmp_path, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    done = _run("$S feel 'aku rindu 😭' --json", tmp_path, PYTHONIOENCODING="ascii")
    assert "😭" in {item["what"][0] for item in json.loads(done.stdout)["evidence"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_in_the_middle_nothing_stays(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    # A shell that starts us in the background has us ignore these signals, and so would the program inherit it.
    program = subprocess.Popen(
        [*PROGRAM, "create", "aku sedih sekali", "--out", "song", "--bars", "64"],
        cwd=tmp_path, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".song.*/song.musicxml")) and program.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    program.send_signal(number)
    _, said = program.communicate(timeout=60)
    assert program.returncode == 130, said
    assert said == b"senandung: stopped\n"
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []
