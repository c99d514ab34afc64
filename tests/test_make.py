"""`make song` hands over the text as it was typed, and says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKE = shutil.which("make") or "make"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile and scripts in a folder where everything is set up and the program prints its arguments."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    program = tmp_path / ".venv" / "bin" / "senandung"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done\n', encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / ".venv" / ".runtime").touch()
    (tmp_path / "scripts" / "system-packages.sh").write_text("exit 0\n", encoding="utf-8")
    return tmp_path


def _make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        [MAKE, "--no-print-directory", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "text",
    [
        "aku rindu kamu, malam ini hujan turun lagi",
        "it's \"quoted\" and 'single'",
        "harga $5, $$HOME dan $(shell touch hacked)",
        "# bukan komentar",
        "-5 derajat di hatiku",
        "--style",
        "`id` \\ * ? ; | & < >",
        "baris satu\nbaris dua",
        "😭😭😭",
    ],
)
def test_the_text_arrives_as_it_was_typed(checkout: Path, text: str) -> None:
    done = _make(checkout, "song", f"TEXT={text}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\0")[:-1] == ["create", "--", text]
    assert not (checkout / "hacked").exists()


def test_options_come_before_the_text(checkout: Path) -> None:
    done = _make(checkout, "song", "TEXT=aku rindu", "ARGS=--style keroncong --seed 7")
    assert done.stdout.split("\0")[:-1] == ["create", "--style", "keroncong", "--seed", "7", "--", "aku rindu"]


def test_no_text_is_said(checkout: Path) -> None:
    done = _make(checkout, "song")
    assert done.returncode == 2
    assert "Write a line" in done.stderr


def test_missing_packages_without_root_are_said(tmp_path: Path) -> None:
    """With an apt-get but neither root nor sudo, the line to run is printed and nothing else happens."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name, body in (("apt-get", "exit 99"), ("id", "echo 1000")):
        (tools / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    for name in ("sh", "ls", "cat"):
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    done = subprocess.run(
        [str(tools / "sh"), str(ROOT / "scripts" / "system-packages.sh")],
        env={"PATH": str(tools)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "apt-get update && apt-get install -y --no-install-recommends" in done.stderr
    for package in ("fluidsynth", "ffmpeg", "python3-venv"):
        assert package in done.stderr
