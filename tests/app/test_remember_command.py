"""`remember` and `gift` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senandung.api.home import open_home
from senandung.app.cli import main
from senandung.domain.recording import Recording
from senandung.files.audio import AudioTags, save_audio
from settled import track


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_home(tmp_path / "home") as opened, opened.database.writing() as session:
        session.add_all([track("Kangen", "Dewa 19"), track("Kangen Lagi", "Chrisye"), track("Bengawan Solo", "Gesang")])
    return tmp_path / "home"


def run(capsys: pytest.CaptureFixture[str], home: Path, *words: str | Path, status: int = 0) -> Any:
    assert main([*map(str, words), "--home", str(home), "--json"]) == status
    said = capsys.readouterr()
    return json.loads(said.out) if status == 0 else said.err


def test_a_memory_is_added_listed_taken_along_and_deleted(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    kept = run(
        capsys, home, "remember", "add", "bengawan", "--at", "1:23", "--when", "waktu SMA", "--born", "1990", "--who",
        "Ibu, Dewi", "--feeling", "-0.2,0.1", "--text", "Hujan di peron.",
    )  # fmt: skip
    assert (kept["track"]["title"], kept["start_ms"], kept["people"]) == ("Bengawan Solo", 83_000, ["Ibu", "Dewi"])
    assert (kept["when"]["from"], kept["feeling"]["valence"]) == ("2005-07-01", -0.2)
    assert run(capsys, home, "remember", "list", "hujan")["count"] == 1
    assert run(capsys, home, "remember", "list", "--who", "dewi", "--year", "2007")["count"] == 1
    assert run(capsys, home, "remember", "list", "--year", "2011")["count"] == 0
    assert run(capsys, home, "remember", "export", tmp_path / "book.json")["memories"] == 1
    assert run(capsys, home, "remember", "export", tmp_path / "book.html")["memories"] == 1
    assert "Hujan di peron." in (tmp_path / "book.html").read_text("utf-8")
    assert run(capsys, home, "remember", "delete", str(kept["id"])) == {"deleted": 1}
    assert run(capsys, home, "remember", "import", tmp_path / "book.json")["memories"] == 1
    assert run(capsys, home, "remember", "import", tmp_path / "book.json")["known"] == 1
    assert run(capsys, home, "remember", "delete", "--all") == {"deleted": 1}
    assert main(["remember", "list", "--home", str(home)]) == 0
    assert "no memories yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "kangen", "--text", "x"), "several songs have these words"),
        (("add", "tidak ada", "--text", "x"), "no song has these words"),
        (("add", "--text", "x"), "takes a song"),
        (("add", "3", "--at", "empat", "--text", "x"), "minutes and seconds such as 1:23, got 'empat'"),
        (("add", "3"), "must say something"),
        (("add", "99", "--text", "x"), "there is no such song, got 99"),
        (("delete",), "the number of one memory, or --all"),
        (("delete", "7"), "there is no such memory"),
        (("import", "nowhere.json"), "no such file"),
        (("export",), "takes a file"),
    ],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], home: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in run(capsys, home, "remember", *words, status=2)


def test_a_gift_is_written(capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path) -> None:
    time = np.arange(3 * 22_050) / 22_050
    samples = (0.2 * np.sin(2 * np.pi * 220 * time))[np.newaxis].astype(np.float32)
    save_audio(Recording(samples, 22_050), tmp_path / "lagu.flac", AudioTags("Hujan", "Sari", label="", software=""))
    (tmp_path / "surat.txt").write_text("Untukmu,\nsampai habis.", "utf-8")
    out = tmp_path / "hadiah.html"
    made = run(capsys, home, "gift", tmp_path / "lagu.flac", "--letter", tmp_path / "surat.txt", "--out", out)
    assert (made["title"], made["bytes"]) == ("Hujan", out.stat().st_size)
    page = out.read_text("utf-8")
    assert "Untukmu,\nsampai habis." in page and "data:audio/mpeg;base64," in page
    assert "must be new" in run(capsys, home, "gift", tmp_path / "lagu.flac", "--out", out, status=2)
    assert "neither a song folder" in run(capsys, home, "gift", tmp_path / "surat.txt", status=2)
    assert "there is no such track" in run(capsys, home, "gift", "12345", status=2)
