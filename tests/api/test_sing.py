"""A song with words is sung into a folder."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import senandung
from senandung.app.cli import main
from senandung.domain.errors import FileError, InvalidValueError, UnknownNameError
from senandung.domain.song import Song
from senandung.files.singing_json import load_singing, save_singing
from senandung.files.song_json import save_song
from singing.sung_songs import sung_song


@pytest.fixture(scope="module")
def short() -> Song:
    return sung_song(("aku rindu kamu",), step=240, last=480, bpm=100)


@pytest.fixture(scope="module")
def made(short: Song, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sung")
    save_song(short, folder / "song.json")
    assert main(["sing", str(folder / "song.json"), "--plot", "--voice", "bayu"]) == 0
    return folder / "song-vocal"


def test_vocal_wav_singing_json_and_the_picture_are_written(made: Path, short: Song) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["singing.json", "singing.png", "vocal.wav"]
    singing = load_singing(made / "singing.json")
    sound, rate = soundfile.read(made / "vocal.wav", always_2d=True)
    assert (rate, sound.shape[1]) == (44_100, 1)
    assert len(sound) == pytest.approx(singing.seconds * rate, abs=2)
    assert singing.voice == "bayu"
    assert singing.song_id == short.song_id
    first = round(singing.phonemes[0].start * rate)
    assert np.abs(sound[: first - 2000]).max() < 0.3 * np.abs(sound).max()
    inside = sound[first : round(singing.phonemes[-1].end * rate)]
    assert np.sqrt(np.mean(inside**2)) > 0.01


def test_an_edited_singing_is_sung(made: Path, short: Song, tmp_path: Path) -> None:
    singing = load_singing(made / "singing.json")
    save_singing(replace(singing, pitch=singing.pitch + np.float32(1)), tmp_path / "edited.json")
    again = senandung.sing(short, out=tmp_path / "again", singing=tmp_path / "edited.json")
    assert again.singing.voice == "bayu"
    before, _ = soundfile.read(made / "vocal.wav")
    after, _ = soundfile.read(tmp_path / "again" / "vocal.wav")
    assert before.shape == after.shape
    assert not np.allclose(before, after, atol=1e-3)
    save_singing(replace(singing, song_id="0" * 64), tmp_path / "other.json")
    with pytest.raises(FileError, match="the singing of another song than 'Rindu'"):
        senandung.sing(short, out=tmp_path / "no", singing=tmp_path / "other.json")
    save_singing(replace(singing, voice="orang"), tmp_path / "voice.json")
    with pytest.raises(FileError, match="its voice must be one of melati"):
        senandung.sing(short, out=tmp_path / "no", singing=tmp_path / "voice.json")
    assert not (tmp_path / "no").exists()


def test_the_command_says_what_it_made_in_json(short: Song, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_song(short, tmp_path / "song.json")
    assert main(["sing", str(tmp_path / "song.json"), "--out", str(tmp_path / "out"), "--json", "--seed", "5"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["files"] == ["singing.json", "vocal.wav"]
    assert said["syllables"] == len(short.words.syllables)
    assert said["seed"] == 5


def test_what_cannot_be_sung_is_refused(short: Song, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown voice 'melatti'; did you mean 'melati'"):
        senandung.sing(short, out=tmp_path / "out", voice="melatti")
    with pytest.raises(InvalidValueError, match="must have a vocal part with words to be sung"):
        senandung.sing(replace(short, tracks=()), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
