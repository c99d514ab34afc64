"""The dial is kept beside the sound, so that a folder is played again as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senandung.api.dial import PERFORMANCE_FILE, dial_of, own_dial, save_dial
from senandung.api.voice import take_of
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.song import Note, Song, Track

SONG = Song("Grid", (Track("Piano", "chords", "piano", tuple(Note(beat * 480, 480, 60) for beat in range(8))),))


def test_a_folder_keeps_its_dial(tmp_path: Path) -> None:
    assert own_dial(tmp_path) == 1.0
    save_dial(1.0, tmp_path)
    assert list(tmp_path.iterdir()) == []
    save_dial(0.25, tmp_path)
    assert own_dial(tmp_path) == dial_of(tmp_path, None) == 0.25
    assert dial_of(tmp_path, 2) == 2.0


def test_a_dial_that_is_none_is_refused(tmp_path: Path) -> None:
    for wrong in (2.5, -0.1, float("nan"), "much", True):
        with pytest.raises(InvalidValueError, match=r"humanise must be (in|a number in) 0\.\.2"):
            dial_of(SONG, wrong)  # type: ignore[arg-type]
    for text in ("{}", "[]", "no", json.dumps({"humanise": 7})):
        (tmp_path / PERFORMANCE_FILE).write_text(text)
        with pytest.raises(FileError, match="must say humanise"):
            own_dial(tmp_path)


def test_a_take_at_zero_is_the_grid() -> None:
    onsets = [note.onset for note in take_of(SONG, seed=3, humanise=0).performance.parts[0].notes]
    assert onsets == pytest.approx([0.1 + beat / 2 for beat in range(8)])
    assert onsets != [note.onset for note in take_of(SONG, seed=3).performance.parts[0].notes]
