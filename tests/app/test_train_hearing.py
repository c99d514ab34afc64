"""`train hearing`: what is missing is said before anything is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senandung.app.cli import main
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "hearing", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 2
    assert "none: there is no such folder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_too_few_songs_are_counted_and_nothing_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    songs = tmp_path / "songs"
    songs.mkdir()
    tone = np.sin(np.arange(22_050) / 10).astype(np.float32)[None, :]
    save_audio(Recording(tone, 22_050), songs / "a.wav", bits=16)
    assert main(["train", "hearing", "--data", str(songs), "--out", str(tmp_path / "out")]) == 2
    assert "at least 10 songs are needed to learn from, got 1" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["songs"]
