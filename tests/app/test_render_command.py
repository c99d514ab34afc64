"""`render --masking`: what a person reads, and what a program reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senandung.app.cli import main
from senandung.domain.song import Note, Section, Song, Track
from senandung.files.song_json import save_song


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Two bars of a flute over a double bass."""
    flute = Track("Flute", "melody", "flute", tuple(Note(480 * i, 480, 72 + i % 5, 90) for i in range(8)))
    bass = Track("Bass", "bass", "bass", (Note(0, 1920, 36, 80), Note(1920, 1920, 43, 80)))
    path = tmp_path / "song.json"
    save_song(Song("Dua", (flute, bass), sections=(Section("Bait", "verse", 0, 3840, 0.5),)), path)
    return path


def test_masking_names_every_part(song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(song), "--masking", "--out", str(tmp_path / "plain")]) == 0
    said = capsys.readouterr().out
    assert "Flute: " in said
    assert "Bass: " in said


def test_masking_in_json(song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", str(song), "--masking", "--json", "--out", str(tmp_path / "json")]) == 0
    masking = json.loads(capsys.readouterr().out)["masking"]
    assert set(masking) == {"Flute", "Bass"}
    assert masking["Flute"]["audible"] > 0.5
    assert masking["Bass"]["low"] > masking["Bass"].get("high", 0) or masking["Bass"]["high"] is None
