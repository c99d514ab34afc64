"""Long recordings are read a piece at a time, and what cannot be read is said in a sentence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from senandung.domain.errors import FileError
from senandung.files.audio import load_audio
from senandung.files.long_audio import mono_pieces


def noise(seconds: float, rate: int) -> np.ndarray:
    """Stereo noise, shape (n, 2)."""
    return 0.1 * np.random.default_rng(1).standard_normal((round(seconds * rate), 2)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000])
def test_pieces_are_the_whole_without_a_seam(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, noise(23.7, rate), rate)
    pieces = list(mono_pieces(path, sample_rate=22_050, max_seconds=60))
    whole = load_audio(path, sample_rate=22_050, mono=True).samples[0]
    assert len(pieces) == 3
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-5)


def test_through_ffmpeg_too(tmp_path: Path) -> None:
    wav, film = tmp_path / "a.wav", tmp_path / "a.m4a"
    soundfile.write(wav, noise(23.7, 44_100), 44_100)
    subprocess.run(["ffmpeg", "-v", "error", "-i", wav, film], check=True)
    pieces = list(mono_pieces(film, sample_rate=22_050, max_seconds=60))
    assert sum(map(len, pieces)) / 22_050 == pytest.approx(23.7, abs=0.1)
    with pytest.raises(FileError, match="at most 20 s, and this one is longer"):
        next(mono_pieces(film, sample_rate=22_050, max_seconds=20))
    pieces_of_it = mono_pieces(film, sample_rate=22_050, max_seconds=60)
    assert len(next(pieces_of_it)) == 220_500
    pieces_of_it.close()  # nobody wants the rest: the program ends, and no warning comes


def test_ten_hours_are_refused_at_once_and_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(10, dtype=np.int16), 1000, subtype="PCM_U8")
    head = bytearray(path.read_bytes()[:44])
    head[4:8], head[40:44] = (36_000_036).to_bytes(4, "little"), (36_000_000).to_bytes(4, "little")
    with path.open("wb") as stream:  # a sparse file: its zeros take no room
        stream.write(head)
        stream.truncate(36_000_044)
    with pytest.raises(FileError, match="at most 3 hours, and this one is longer"):
        next(mono_pieces(path, sample_rate=22_050, max_seconds=10_800))


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.wav", b"", "the file is empty"),
        ("a.wav", b"RIFF this is no sound", "not a sound file that can be read"),
        ("a.mp4", b"this is no film either, whatever its name", "not a sound or film that can be read"),
    ],
)
def test_what_is_no_sound_gets_one_sentence(tmp_path: Path, name: str, data: bytes, match: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(FileError, match=match):
        list(mono_pieces(tmp_path / name, sample_rate=22_050, max_seconds=60))


def test_a_sound_file_without_sound(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros((0, 1)), 44_100)
    with pytest.raises(FileError, match="holds no sound"):
        list(mono_pieces(tmp_path / "a.wav", sample_rate=22_050, max_seconds=60))
    with pytest.raises(FileError, match="there is no such file"):
        list(mono_pieces(tmp_path / "b.wav", sample_rate=22_050, max_seconds=60))
