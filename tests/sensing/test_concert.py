"""Rooms, devices and crowds: what they do not change, what is told of them, and how that is learned."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from senandung.api.feel import feel
from senandung.api.traces import read_recording
from senandung.audio.hearing import RATE, hear
from senandung.domain.errors import FileError
from senandung.learning.crowds import applause, cheering, singing_along, sung_by_many, talk
from senandung.learning.hear_mixtures import Music, mixture
from senandung.learning.worsened import by_telephone, clipped, in_room, level, mixed, with_noise, worsened
from senandung.sensing.sound.crowd import CrowdReader
from senandung.sensing.sound.sections import find_sections
from senandung.sensing.sound.song import SongReading, read_song
from senandung.sensing.sound.steady import SteadyReader
from senandung.sensing.sound.weights import load_readers, save_readers

Sound = NDArray[np.float32]


@cache
def band(seconds: int = 40) -> Sound:
    """A small band: a bass, chords, a tune and a drum of noise, all of them louder in the middle third."""
    rng = np.random.default_rng(3)
    sound = np.zeros(seconds * RATE + RATE, dtype=np.float32)
    for beat in range(int(seconds / 0.5)):
        root = (0, 5, 7, 0)[beat // 8 % 4]
        loud = 1.0 if seconds / 3 < beat / 2 < 2 * seconds / 3 else 0.4
        tones = [root - 12, *((root, root + 4, root + 7) if beat % 2 == 0 else ()), root + 12 + (0, 4, 7, 2)[beat % 4]]
        for tone in tones:
            time = np.arange(round(0.6 * RATE)) / RATE
            wave = sum(np.sin(2 * np.pi * 261.63 * 2 ** (tone / 12) * k * time) / k for k in range(1, 7))
            note = 0.1 * loud * wave * np.exp(-4 * time) * np.minimum(1, time / 0.005)
            sound[beat * RATE // 2 :][: len(note)] += note.astype(np.float32)
        hit = rng.standard_normal(2000) * np.exp(-np.arange(2000) / 400)
        sound[beat * RATE // 2 :][:2000] += (0.1 * loud * hit).astype(np.float32)
    return sound[: seconds * RATE]


@cache
def clean() -> SongReading:
    """The reading of the band."""
    return read_song(hear([band()]))


@pytest.mark.parametrize("way", ["soft", "loud", "clipped", "noise", "room", "telephone"])
def test_what_befalls_a_recording_hardly_moves_the_reading(way: str) -> None:
    rng = np.random.default_rng(5)
    sound = {
        "soft": lambda: band() * np.float32(0.1),
        "loud": lambda: band() * np.float32(10),
        "clipped": lambda: clipped(band(), 6),
        "noise": lambda: with_noise(band(), 20, rng),
        "room": lambda: in_room(band(), 0.6, -3, rng),
        "telephone": lambda: by_telephone(band(), rng),
    }[way]()
    other = read_song(hear([sound])).feeling
    assert abs(other.valence - clean().feeling.valence) < 0.15
    assert abs(other.arousal - clean().feeling.arousal) < 0.15


def test_a_song_is_no_concert_and_its_peak_is_where_it_is_loudest() -> None:
    assert clean().kind == "song"
    peaks = [moment for moment in clean().moments if moment.what == "peak"]
    assert 1 <= len(peaks) <= 5
    assert 11 <= max(peaks, key=lambda moment: moment.strength).start <= 25
    assert all(b.start - a.start >= 8 for a, b in pairwise(peaks))


def test_sections_begin_where_the_sound_changes() -> None:
    rng = np.random.default_rng(6)
    rush = (0.3 * rng.standard_normal(15 * RATE)).astype(np.float32)
    sections = find_sections(hear([np.concatenate((band()[: 15 * RATE], rush, band()[: 15 * RATE]))]))
    assert [round(second / 15) for second in sections if min(second % 15, 15 - second % 15) <= 2] == [1, 2]
    assert len(sections) <= 4


def test_applause_after_the_music_is_a_moment_and_no_music() -> None:
    rng = np.random.default_rng(8)
    clapping = applause(20 * RATE, rng)
    sound = np.concatenate((band(), clapping / level(clapping) * level(band()))).astype(np.float32)
    reading = read_song(hear([sound]))
    heard = [moment for moment in reading.moments if moment.what == "applause"]
    assert heard
    assert heard[-1].end > 50
    assert all(moment.start > 34 for moment in heard)
    assert reading.kind == "concert"
    assert max(felt.end for felt in reading.windows) < 50
    assert reading.feeling.arousal_spread == 0.6
    assert reading.reading("konser.wav").kind == "concert"


def test_only_a_crowd_is_not_read() -> None:
    reading = read_song(hear([applause(20 * RATE, np.random.default_rng(9))]))
    assert not reading.feeling.readable
    assert [moment.what for moment in reading.moments] == ["applause"]


@pytest.mark.parametrize("colour", [0.0, 0.5])
def test_rain_is_no_music(colour: float) -> None:
    noise = np.fft.rfft(np.random.default_rng(2).standard_normal(20 * RATE))
    noise *= np.maximum(np.fft.rfftfreq(20 * RATE, 1 / RATE), 30) ** -colour
    sound = np.fft.irfft(noise).astype(np.float32)
    assert not read_song(hear([0.2 * sound / sound.std()])).feeling.readable


def test_files_that_are_odd(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, band(20), RATE, subtype="PCM_U8")  # 8 bits, mono
    assert read_recording(path).feeling.readable
    soundfile.write(path, np.zeros((5 * RATE, 2)), RATE)
    assert not feel(path).readable
    soundfile.write(path, np.zeros(10, dtype=np.int16), 8000, subtype="PCM_U8")
    head = bytearray(path.read_bytes()[:44])
    bytes_of_ten_hours = 10 * 3600 * 8000
    head[4:8], head[40:44] = (bytes_of_ten_hours + 36).to_bytes(4, "little"), bytes_of_ten_hours.to_bytes(4, "little")
    with path.open("wb") as stream:
        stream.write(head)
        stream.truncate(44 + bytes_of_ten_hours)
    with pytest.raises(FileError, match="at most 3 hours"):
        feel(path)


def test_what_is_made_is_the_same_for_the_same_seed_and_finite() -> None:
    for make in (applause, talk, cheering):
        one, other = (make(2 * RATE, np.random.default_rng(4)) for _ in range(2))
        assert one.shape == (2 * RATE,)
        assert np.isfinite(one).all()
        assert one.std() > 0
        np.testing.assert_array_equal(one, other)
    tune = [(0.0, 0.5, 60.0), (0.5, 0.5, 64.0), (5.0, 1.0, 60.0)]
    assert singing_along(2 * RATE, tune, np.random.default_rng(4)).std() > 0
    assert sung_by_many(band()[: 3 * RATE], np.random.default_rng(4)).shape == (3 * RATE,)
    for seed in range(12):
        worse = worsened(band()[: 3 * RATE], np.random.default_rng(seed), talk)
        assert worse.shape == (3 * RATE,)
        assert np.isfinite(worse).all()


def test_a_made_concert_says_what_is_heard_when() -> None:
    makers = {"applause": applause, "talk": talk, "cheering": cheering}
    made = [mixture(Music(band()), makers, 8.0, np.random.default_rng(seed)) for seed in range(5)]
    labels = np.array([each.labels(at, at + 4) for each in made for at in (0.0, 4.0)])
    assert (labels[:, 0] == 1).any()
    assert (labels[:, 1:3] == 1).any()
    assert (labels[:, 3] == 0).all()


def test_mixing_keeps_the_asked_distance() -> None:
    both = mixed(band(), talk(4 * RATE, np.random.default_rng(1)), 12)
    assert 20 * np.log10(level(band()) / level(both - band())) == pytest.approx(12, abs=0.1)


def test_the_readers_learn_and_come_back_from_their_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    true = rng.standard_normal((40, 2)) * 0.3
    # What is measured of a clean copy and of a worsened one: the truth, a mark of the room, and what the room adds.
    room = np.concatenate((np.zeros(40), rng.uniform(0.5, 1, 40)))
    told = np.concatenate((true, true)) + 0.5 * room[:, None]
    steady = SteadyReader.fit(room[:, None] + 0.01 * rng.standard_normal((80, 1)), told, np.arange(80) % 40,
                              rng.standard_normal((50, 8)), rng.standard_normal((50, 2)))  # fmt: skip
    read = steady.read(room[:, None], told)
    assert np.abs(read[40:] - read[:40]).mean() < 0.3 * np.abs(told[40:] - told[:40]).mean()
    labels = (rng.random((200, 4)) < 0.5).astype(float)
    seen = np.concatenate((labels + 0.1 * rng.standard_normal((200, 4)), rng.standard_normal((200, 3))), axis=1)
    crowd = CrowdReader.fit(seen, labels, hidden=6, rounds=300)
    assert ((crowd.read(seen) > 0.5) == labels).mean() > 0.95
    save_readers(steady, crowd, tmp_path / "a.safetensors")
    again = load_readers(tmp_path / "a.safetensors")
    np.testing.assert_allclose(again[0].read(room[:, None], told), read, atol=1e-4)
    np.testing.assert_allclose(again[1].read(seen), crowd.read(seen), atol=1e-4)
