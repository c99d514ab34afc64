"""`library import-history`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from histories import listens, spotify_row, spotify_rows, write
from senandung.app.cli import main


def test_a_history_is_taken_in_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = listens(1, 20)
    path = write(tmp_path / "endsong_0.json", [*spotify_rows(told), spotify_row(told[0].started, incognito_mode=True)])
    command = ["library", "import-history", str(path), "--home", str(tmp_path / "home")]
    assert main([*command, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["source"], said["rows"], said["kept"], said["doubled"], said["again"]) == ("spotify", 21, 20, 0, False)
    assert said["dropped"] == {"incognito": 1}
    assert said["first"] == told[0].started.isoformat()
    assert main(command) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_the_lines_say_what_was_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = listens(2, 3)
    path = write(tmp_path / "x", [*spotify_rows(told), spotify_row(told[0].started, incognito_mode=True)])
    assert main(["library", "import-history", str(path), "--home", str(tmp_path / "home")]) == 0
    out = capsys.readouterr().out
    assert "4 rows, 3 taken in" in out
    assert "1 left out: heard in a private session" in out


@pytest.mark.parametrize(
    ("words", "why"),
    [([], "told which FILE"), (["nowhere.zip"], "nowhere.zip: it cannot be read: No such file"),
     (["x", "--zone", "Bulan"], "a time zone must be one such as Asia/Jakarta or UTC, got 'Bulan'")],
)  # fmt: skip
def test_what_is_wrong_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], why: str
) -> None:
    assert main(["library", "import-history", *words, "--home", str(tmp_path / "home")]) == 2
    err = capsys.readouterr().err
    assert why in err
    assert err.count("\n") == 1
