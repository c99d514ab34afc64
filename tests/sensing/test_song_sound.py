"""Feeling from recordings: made-up music whose mode, pace and loudness are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.api.feel import feel
from senandung.audio.hearing import RATE, hear
from senandung.domain.errors import FileError
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio
from senandung.sensing.sound.song import SongReading, read_song

Sound = NDArray[np.float32]


def struck(hz: float, seconds: float, size: float) -> Sound:
    """A plucked tone."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 6))
    ends = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return np.asarray(size * sound * ends * np.exp(-3 * time / seconds), dtype=np.float32)


def music(*, minor: bool, beat: float, seconds: float = 24.0, size: float = 0.2) -> Sound:
    """I IV V I, a chord a bar of four beats, with a tone on every beat and half beat."""
    sound = np.zeros(round((seconds + 2) * RATE), dtype=np.float32)
    third = 3 if minor else 4
    bars = [(0, third), (5, third), (7, 4), (0, third)]
    for number in range(int(seconds / beat * 2)):
        root, up = bars[(number // 8) % 4]
        step = (root, root + up, root + 7)[number % 3]
        tones = [step + 12] if number % 8 else [root - 12, root, root + up, root + 7]
        for tone in tones:
            note = struck(261.63 * 2 ** (tone / 12), beat, size)
            at = round(number * beat / 2 * RATE)
            sound[at : at + len(note)] += note[: len(sound) - at]
    return sound


def read(sound: Sound) -> SongReading:
    """The reading of a sound."""
    return read_song(hear([sound]))


def test_major_pleases_more_than_minor() -> None:
    major, minor = (read(music(minor=minor, beat=0.5)) for minor in (False, True))
    assert major.feeling.valence > minor.feeling.valence + 0.2
    assert major.facts["key"] == "C major"
    assert minor.facts["key"] == "C minor"


def test_quick_stirs_more_than_slow() -> None:
    quick, slow = (read(music(minor=False, beat=beat)) for beat in (0.4, 0.9))
    assert quick.feeling.arousal > slow.feeling.arousal + 0.1
    octaves = np.log2(quick.cues.beats.tempo / 150)  # half of it may be tapped as well
    assert octaves == pytest.approx(round(octaves), abs=0.04)


def test_a_loud_passage_stirs_more_than_a_soft_one_around_it() -> None:
    soft = music(minor=False, beat=0.5, size=0.02)
    loud = music(minor=False, beat=0.5, size=0.2)
    windows = read(np.concatenate((soft, loud, soft))).windows
    middle = [felt.arousal for felt in windows if 30 < felt.start < 46]
    edges = [felt.arousal for felt in windows if felt.start < 20]
    assert np.mean(middle) > np.mean(edges) + 0.1


@pytest.mark.parametrize("gain", [0.03, 0.3])
def test_gain_does_not_move_the_reading(gain: float) -> None:
    sound = music(minor=True, beat=0.5)
    one, other = read(sound).feeling, read(sound * np.float32(gain)).feeling
    assert one.valence == pytest.approx(other.valence, abs=0.03)
    assert one.arousal == pytest.approx(other.arousal, abs=0.03)


def test_every_window_says_what_drives_it_and_its_shares_add_up() -> None:
    reading = read(music(minor=True, beat=0.5))
    for felt in reading.windows:
        assert felt.lead
        assert np.tanh(sum(share[0] for share in felt.shares.values())) == pytest.approx(felt.valence)
    assert sum(piece.weight for piece in reading.feeling.evidence) <= 1.0001
    assert "minor" in [piece.what for piece in reading.feeling.evidence]


@pytest.mark.parametrize("seconds", [0.0, 1.0, 20.0])
def test_silence_is_not_read(seconds: float) -> None:
    silence = read(np.zeros(round(seconds * RATE), dtype=np.float32)).reading("sunyi.wav")
    assert not silence.feeling.readable
    assert silence.remarks == ("it is silent",)
    assert set(silence.facts) == {"seconds"}


def test_a_recording_and_a_sentence_are_felt_together(tmp_path: Path) -> None:
    sound = music(minor=False, beat=0.5)
    path = tmp_path / "lagu.wav"
    save_audio(Recording(sound[None, :], RATE), path)
    alone, both = feel(path), feel(path, "aku sedih banget")
    assert alone.readable
    assert alone.valence > both.valence
    assert any(piece.what.startswith("lagu.wav: ") for piece in both.evidence)
    assert any(piece.what.startswith("aku sedih banget: ") for piece in both.evidence)


def test_what_is_no_recording_is_said(tmp_path: Path) -> None:
    path = tmp_path / "lagu.wav"
    path.write_bytes(b"")
    with pytest.raises(FileError, match="the file is empty"):
        feel(path)
    path.write_bytes(b"RIFF this is no sound")
    with pytest.raises(FileError, match="not a sound file that can be read"):
        feel(path)
