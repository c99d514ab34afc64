"""A voice by itself is told from music, and a hummed tune from speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from made_voice import RATE as VOICE_RATE
from made_voice import speak
from senandung.audio.hearing import RATE, hear
from senandung.audio.resample import resample
from senandung.sensing.sound.kind import MUSIC, VOICE, find_kind_cues, kind_of
from senandung.sensing.sound.voice import read_voice

Sound = NDArray[np.float32]

TUNE = (0, 2, 4, 5, 7, 5, 4, 2, 4, 0)


def hummed(steps: tuple[int, ...] = TUNE, lowest: float = 196.0, lasts: float = 0.5) -> Sound:
    """A hum: a soft-edged tone with partials and vibrato on each step, semitones above the lowest."""
    rng = np.random.default_rng(2)
    sound = []
    for step in steps:
        time = np.arange(round(lasts * RATE)) / RATE
        cents = 30 * np.sin(2 * np.pi * 5.5 * time) * np.minimum(1, time / 0.25)
        phase = 2 * np.pi * np.cumsum(lowest * 2 ** ((step + cents / 100) / 12)) / RATE
        tone = sum(np.sin(k * phase) / k**1.6 for k in range(1, 12))
        sound.append(tone * np.minimum(1, np.minimum(time, lasts - time) / 0.05))
    whole = 0.1 * np.concatenate(sound)
    return np.asarray(whole + 1e-4 * rng.standard_normal(len(whole)), dtype=np.float32)


def spoken(**how: float) -> Sound:
    """Speech-like sound at the rate of hearing."""
    made = speak(seconds=10, **how)  # type: ignore[arg-type]
    return resample(made.samples[None, :].astype(np.float32), VOICE_RATE, RATE)[0]


def band() -> Sound:
    """Four parts at a time, with strokes."""
    seconds = 10
    sound = np.zeros(seconds * RATE)
    time = np.arange(RATE // 2) / RATE
    for beat in range(2 * seconds):
        for tone in (-12, 0, 4 if beat % 4 else 5, 7 if beat % 2 else 9):
            partials = sum(np.sin(2 * np.pi * 261.6 * 2 ** (tone / 12) * k * time) / k for k in range(1, 6))
            sound[beat * RATE // 2 : (beat + 1) * RATE // 2] += 0.05 * partials * np.exp(-2 * time)
    return sound.astype(np.float32)


def test_speech_and_hums_are_voices_and_a_band_is_not() -> None:
    sounds = {VOICE: (spoken(), spoken(hz=210.0, seed=4), hummed()), MUSIC: (band(), 0.1 * band())}
    for kind, each in sounds.items():
        assert [kind_of(hear([sound]), sound) for sound in each] == [kind] * len(each)


@pytest.mark.parametrize("sound", [np.zeros(0), np.zeros(RATE), np.zeros(100)])
def test_silence_is_no_voice(sound: NDArray[np.float64]) -> None:
    silence = sound.astype(np.float32)
    assert find_kind_cues(hear([silence]), silence) is None
    assert kind_of(hear([silence]), silence) == MUSIC


def test_the_kind_does_not_depend_on_gain() -> None:
    one, other = (find_kind_cues(hear([sound]), sound) for sound in (spoken(), 0.03 * spoken()))
    assert one is not None
    assert other is not None
    assert one.falling == pytest.approx(other.falling, abs=0.01)
    assert one.single == pytest.approx(other.single, abs=0.01)


def test_a_hummed_tune_is_offered_as_a_melody() -> None:
    reading = read_voice(hummed(), RATE)
    assert [note.pitch for note in reading.melody] == [55 + step for step in TUNE]
    assert [round(note.onset, 1) for note in reading.melody] == [pytest.approx(0.5 * k, abs=0.1) for k in range(10)]
    assert reading.facts["key"] == "G major"
    assert reading.facts["notes"] == len(TUNE)
    assert "sung or hummed" in reading.remarks[0]


def test_a_hum_in_major_is_gladder_than_in_minor() -> None:
    minor = tuple({4: 3}.get(step, step) for step in TUNE)
    assert read_voice(hummed(), RATE).feeling.valence > read_voice(hummed(minor), RATE).feeling.valence + 0.2


def test_a_quick_hum_is_more_stirred_than_a_slow_one() -> None:
    quick, slow = (read_voice(hummed(2 * TUNE, lasts=lasts), RATE).feeling for lasts in (0.25, 0.8))
    assert quick.arousal > slow.arousal + 0.2


def test_speech_is_no_tune() -> None:
    assert not read_voice(spoken(), RATE).melody
    assert not read_voice(spoken(semitones=1.0), RATE).melody
