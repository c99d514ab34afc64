"""The picture of a singing: what stands in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from senandung.domain.errors import OutputError
from senandung.domain.singing import Breath, Ornament, Singing, SungPhoneme, frames
from senandung.domain.song import Note, Song, Track
from senandung.domain.words import Line, Syllable, Words
from senandung.drawing.singing import save_singing_plot


def _song(text: str = "rin") -> Song:
    syllables = (Syllable(text, True, True, False), Syllable("du", False, False, True))
    notes = (Note(960, 960, 60, 80, 0), Note(1920, 480, 64, 80, 1), Note(2400, 480, 62, 80, 1))
    return Song(
        "Rindu $5 雨", (Track("Vokal", "vocal", "voice", notes),), words=Words("id", (Line("rindu", syllables),))
    )


def _singing(song: Song, seconds: float = 30.0, late: float = 0.0) -> Singing:
    count = frames(seconds)
    sung = (
        SungPhoneme("r", 0.95 + late, 1.0 + late, 0), SungPhoneme("i", 1.0 + late, 1.9 + late, 0),
        SungPhoneme("n", 1.9 + late, 1.95 + late, 0), SungPhoneme("d", 1.95 + late, 2.0 + late, 1),
        SungPhoneme("u", 2.0 + late, 3.0 + late, 1),
    )  # fmt: skip
    flat = np.zeros(count, dtype=np.float32)
    return Singing(
        song.song_id, "Vokal", seconds, sung, (Breath(0.4 + late, 0.9 + late),),
        flat + np.float32(61), flat, flat, flat + np.float32(0.2),
        (Ornament("scoop", 1.0 + late, 1.1 + late),), "melati",
    )  # fmt: skip


def _pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def _near(pixels: np.ndarray, colour: tuple[int, int, int]) -> int:
    return int((np.abs(pixels - np.array(colour)).sum(axis=2) < 12).sum())


def test_pitch_notes_breath_and_curves_are_drawn(tmp_path: Path) -> None:
    song = _song()
    save_singing_plot(song, _singing(song), tmp_path / "a.png")
    pixels = _pixels(tmp_path / "a.png")
    for colour in ((0xB3, 0x35, 0x2A), (0xD9, 0xCF, 0xC2), (0x7F, 0xB3, 0xC8), (0xC5, 0x8A, 0x1B), (0x2F, 0x6F, 0x9F)):
        assert _near(pixels, colour) > 50, colour


def test_rows_in_which_nobody_sings_are_left_out(tmp_path: Path) -> None:
    song = _song()
    save_singing_plot(song, _singing(song, 100.0, late=60.0), tmp_path / "late.png")
    save_singing_plot(song, _singing(song, 30.0), tmp_path / "early.png")
    assert _pixels(tmp_path / "late.png").shape == _pixels(tmp_path / "early.png").shape


def test_the_same_singing_gives_the_same_picture_and_another_folder_is_an_error(tmp_path: Path) -> None:
    song = _song()
    for name in ("a.png", "b.png"):
        save_singing_plot(song, _singing(song), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with pytest.raises(OutputError, match="cannot write"):
        save_singing_plot(song, _singing(song), tmp_path / "no" / "a.png")
