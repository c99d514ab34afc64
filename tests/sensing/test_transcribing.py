"""Sound of which the notes are known, and what is heard of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from senandung.api.transcribe import PLAYED_FILE, save_transcribed, transcribe
from senandung.app.cli import main
from senandung.audio.hearing import FRAME_RATE
from senandung.audio.pitch import RATE, track_pitch
from senandung.domain.errors import FileError, InvalidValueError
from senandung.domain.performance import PlayedNote
from senandung.domain.recording import Recording
from senandung.files.audio import save_audio
from senandung.sensing.transcribing.grid import follow_beats, lay_grid, place_notes
from senandung.sensing.transcribing.many import notes_of_many
from senandung.sensing.transcribing.network import hear_pitches
from senandung.sensing.transcribing.score import key_of_notes, write_song
from senandung.sensing.transcribing.voice import notes_of_pitch, notes_of_voice

Sound = NDArray[np.float32]

TUNE = ((60, 0.5), (62, 0.5), (64, 1.0), (64, 0.5), (67, 0.5), (65, 1.0), (62, 0.5), (59, 0.5), (60, 1.0))
"""MIDI numbers and seconds: four bars of 3/4 at 60 beats a minute … or of anything else."""


def tone(midi: float, seconds: float, *, vibrato: float = 0.0, decay: float = 0.0) -> Sound:
    """A tone with ten harmonics; vibrato in cents at 6 Hz."""
    t = np.arange(round(seconds * RATE)) / RATE
    hz = 440 * 2 ** ((midi - 69 + vibrato / 100 * np.sin(2 * np.pi * 6 * t)) / 12)
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    wave = sum(np.sin(k * phase) / k for k in range(1, 11))
    shape = np.minimum(1, np.minimum(t / 0.02, (seconds - t) / 0.04)) * np.exp(-decay * t)
    return np.asarray(0.15 * wave * shape, dtype=np.float32)


def tune(notes: Sequence[tuple[float, float]] = TUNE, **how: float) -> Sound:
    """Tones one after another, with half a second of silence around."""
    silence = np.zeros(RATE // 2, dtype=np.float32)
    return np.concatenate((silence, *(tone(midi, seconds, **how) for midi, seconds in notes), silence))


def saved(sound: Sound, path: Path, rate: int = RATE) -> Path:
    save_audio(Recording(sound[None, :], rate), path)
    return path


def heard(notes: Sequence[PlayedNote]) -> list[int]:
    return [note.pitch for note in notes]


@pytest.mark.parametrize("hz", [45.0, 110.0, 440.0, 1400.0])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_pitch_of_a_tone_with_and_without_noise(hz: float, rate: int) -> None:
    t = np.arange(rate) / rate
    clean = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 5))
    noise = 0.05 * np.random.default_rng(0).standard_normal(rate)
    for wave in (clean, clean + noise):
        pitch = track_pitch(np.asarray(wave, dtype=np.float32), rate)
        inner = pitch.hz[10:-10]
        assert np.mean(np.abs(1200 * np.log2(np.maximum(inner, 1) / hz)) < 15) > 0.97


def test_noise_and_silence_have_no_pitch() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32)
    assert np.mean(track_pitch(noise, RATE).hz > 0) < 0.05
    assert not track_pitch(np.zeros(RATE, dtype=np.float32), RATE).hz.any()
    assert len(track_pitch(np.zeros(0, dtype=np.float32), RATE).hz) == 0


@pytest.mark.parametrize("how", [{}, {"vibrato": 60.0}])
def test_notes_of_one_voice(how: dict[str, float]) -> None:
    found = notes_of_voice(tune(**how), RATE).notes
    assert heard(found) == [midi for midi, _ in TUNE]
    wanted = 0.5 + np.cumsum([0.0, *(seconds for _, seconds in TUNE[:-1])])
    assert np.abs(np.array([note.onset for note in found]) - wanted).max() < 0.05


def test_a_voice_a_third_of_a_semitone_high_is_heard_in_its_own_tuning() -> None:
    found = notes_of_voice(tune([(midi + 0.33, seconds) for midi, seconds in TUNE]), RATE)
    assert heard(found.notes) == [midi for midi, _ in TUNE]
    assert found.cents == pytest.approx(33, abs=6)


def test_notes_of_chords() -> None:
    chords = [(60, 64, 67), (60, 65, 69), (59, 62, 67), (60, 64, 67)]
    sound = np.concatenate([sum(tone(midi, 1.0, decay=2.0) for midi in chord) for chord in chords])
    found = notes_of_many(hear_pitches(sound, RATE))
    wanted = {(number, midi) for number, chord in enumerate(chords) for midi in chord}
    got = {(round(note.onset), note.pitch) for note in found}
    assert len(wanted & got) >= 11
    assert len(got - wanted) <= 2


def test_swung_and_straight_notes_lie_on_their_parts_of_the_beat() -> None:
    beats = np.arange(20) * 0.5
    straight = [PlayedNote(0.25 * n + 0.01 * (-1) ** n + 0.01, 0.2, 60, 80) for n in range(32)]
    assert {first % 480 for first, _ in place_notes(straight, lay_grid(beats, straight))} == {0, 240}
    swung = [PlayedNote(0.5 * (n // 2) + (n % 2) / 3, 0.2, 60, 80) for n in range(32)]
    assert {first % 480 for first, _ in place_notes(swung, lay_grid(beats, swung))} == {0, 320}


def test_three_and_four_are_told_apart() -> None:
    for bar in (3, 4):
        low = [PlayedNote(0.6 * n, 0.5, 43 + n // bar % 2 * 5 if n % bar == 0 else 64, 80) for n in range(8 * bar)]
        grid = lay_grid(np.arange(8 * bar) * 0.6, low)
        assert (grid.bar, grid.first % bar, grid.sure) == (bar, 0, True)


def test_beats_that_slipped_are_brought_back() -> None:
    notes = [PlayedNote(0.6 * n, 0.5, 48 if n % 4 == 0 else 67, 80) for n in range(40)]
    strength = np.zeros(round(24 * FRAME_RATE), dtype=np.float32)
    slipped = np.concatenate((np.arange(20) * 0.6, 12.3 + np.arange(19) * 0.6))
    found = follow_beats(slipped, strength, notes)
    assert np.abs(found[:, None] - 0.6 * np.arange(41)).min(axis=1).max() < 0.05
    assert len(found) >= 38


def test_a_hummed_tune_becomes_a_song_that_others_read(tmp_path: Path) -> None:
    from music21 import converter

    made = transcribe(saved(tune(TUNE * 2, vibrato=30.0), tmp_path / "senandung ku.wav"))
    assert made.kind == "voice"
    assert [note.pitch for note in made.song.tracks[0].notes] == [midi for midi, _ in TUNE] * 2
    assert str(made.song.keys[0].key) == "C major"
    assert made.song.title == "senandung ku"
    files = save_transcribed(made, tmp_path)
    assert PLAYED_FILE in files
    for name in ("song.musicxml", "song.mid", PLAYED_FILE):
        read = converter.parse(tmp_path / name)
        assert [note.pitch.midi for note in read.flatten().stripTies().notes] == [midi for midi, _ in TUNE] * 2


def test_of_a_long_recording_a_part_is_listened_to(tmp_path: Path) -> None:
    path = saved(tune(TUNE * 3), tmp_path / "a.wav")
    made, whole = transcribe(path, kind="voice", most=6.0), transcribe(path, kind="voice", most=60.0)
    assert made.listened == pytest.approx(6.0, abs=0.01) and whole.listened == whole.seconds == made.seconds
    assert 6 <= len(made.played) <= 15 and len(whole.played) == 27


def test_what_holds_no_notes_is_said(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(2).standard_normal(2 * RATE).astype(np.float32)
    for sound, kind, why in (
        (np.zeros(RATE, dtype=np.float32), None, "silent"),
        (noise, "voice", "no notes were heard"),
        (noise, "notes", "no notes were heard"),
    ):
        with pytest.raises(FileError, match=why):
            transcribe(saved(sound, tmp_path / "a.wav"), kind=kind)
    with pytest.raises(InvalidValueError, match="voice or notes, got 'piano'"):
        transcribe(tmp_path / "a.wav", kind="piano")
    (tmp_path / "b.wav").write_text("not a sound")
    with pytest.raises(FileError, match="not a sound file"):
        transcribe(tmp_path / "b.wav")


def test_the_command_writes_a_folder_and_says_what_it_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = saved(tune(TUNE), tmp_path / "lagu.wav"), tmp_path / "out"
    assert main(["transcribe", str(source), "--as", "voice", "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["read_as"], said["notes"], said["key"]) == ("voice", len(TUNE), "C major")
    assert sorted(said["files"]) == sorted(path.name for path in out.iterdir())
    assert main(["transcribe", str(source), "--out", str(out)]) == 2
    assert "holds other things" in capsys.readouterr().err
    with pytest.raises(FileError, match="at most 1200 s"):
        transcribe(saved(np.full(8000 * 1201, 0.1, dtype=np.float32), tmp_path / "long.wav", rate=8000))


@given(st.lists(st.tuples(st.floats(0, 60), st.floats(0.02, 3), st.integers(36, 96)), min_size=1, max_size=40))
@settings(max_examples=25, deadline=None)
def test_any_notes_become_a_song(rows: list[tuple[float, float, int]]) -> None:
    notes = sorted(PlayedNote(onset, length, pitch, 70) for onset, length, pitch in rows)
    grid = lay_grid(np.arange(8) * 0.55, notes)
    for single in (True, False):
        song = write_song(notes, grid, key_of_notes(notes), title="Apa saja", single=single)
        assert song.tracks[0].notes
        assert single or {note.pitch for note in song.tracks[0].notes} == {note.pitch for note in notes}


def test_a_voiced_consonant_divides_tones_of_one_pitch_where_consonants_are_asked_for() -> None:
    t = np.arange(round(1.6 * RATE)) / RATE
    harmonics = [(k, np.sin(2 * np.pi * 220 * k * t) / k) for k in range(1, 16)]
    closed = np.clip(1 - np.abs(t - 0.8) / 0.05, 0, 1)  # 100 ms in which the mouth is closed by the tongue
    parts = [wave * (1 - 0.95 * closed if 600 <= 220 * k <= 4000 else 1) for k, wave in harmonics]
    sound = np.asarray(0.1 * np.sum(parts, axis=0) * np.minimum(1, np.minimum(t, 1.6 - t) / 0.03), dtype=np.float32)
    pitch = track_pitch(sound, RATE)
    assert len(notes_of_pitch(sound, pitch).notes) == 1
    said = notes_of_pitch(sound, pitch, consonants=True).notes
    assert [note.pitch for note in said] == [57, 57]
    assert said[1].onset == pytest.approx(0.8, abs=0.08)
    steady = np.asarray(0.1 * sum(wave for _, wave in harmonics), dtype=np.float32)
    assert len(notes_of_pitch(steady, track_pitch(steady, RATE), consonants=True).notes) == 1
