"""The built-in voice: what is heard against what was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.domain.singing import Breath, Singing, SungPhoneme, frames
from senandung.singing.builtin import render
from senandung.singing.voices import VOICES, voice

RATE = 44_100
CURVES = ("dynamics", "tension", "breathiness")
SOLO = [name for name, each in VOICES.items() if each.singers == 1]


def singing(
    line: str, pitch: float | NDArray[np.float64] = 60.0, *, each: float = 0.25, vowel: float = 0.5, **curves: float
) -> Singing:
    """Phonemes after 0.3 s of silence: `each` seconds a consonant, `vowel` seconds a vowel; flat curves."""
    from senandung.domain.phonemes import phoneme

    at, phonemes = 0.3, []
    for number, symbol in enumerate(line.split()):
        if symbol == "_":
            at += 0.3
            continue
        seconds = vowel if phoneme(symbol).vowel else each
        phonemes.append(SungPhoneme(symbol, at, at + seconds, number))
        at += seconds
    n = frames(at + 0.3)
    return Singing(
        "song", "vocal", at + 0.3, tuple(phonemes),
        pitch=np.broadcast_to(np.asarray(pitch, dtype=np.float32), (n,)).copy(),
        **{name: np.full(n, curves.get(name, 0.0), dtype=np.float32) for name in CURVES},
    )  # fmt: skip


def sound(sung: Singing, name: str = "melati", seed: int = 1) -> NDArray[np.float32]:
    return render(sung, voice(name), seed=seed).samples[0]


def cents_off(samples: NDArray[np.float32], start: float, end: float, f0: float) -> float:
    """The mean pitch between two times against f0, from the phase of the fundamental: nothing of the synthesis."""
    times = np.arange(round(start * RATE), round(end * RATE)) / RATE
    part = samples[round(start * RATE) : round(end * RATE)] * np.exp(-2j * np.pi * f0 * times)
    width = round(4 * RATE / f0)
    window = np.hanning(width)
    base = np.convolve(part, window / window.sum(), "valid")
    turn = np.unwrap(np.angle(base))
    return float(1200 * np.log2(1 + np.polyfit(times[: len(turn)], turn, 1)[0] / (2 * np.pi * f0)))


def level(samples: NDArray[np.float32], start: float, end: float) -> float:
    part = samples[round(start * RATE) : round(end * RATE)].astype(np.float64)
    return float(10 * np.log10((part**2).mean() + 1e-12))


def band(samples: NDArray[np.float32], start: float, end: float, low: float, high: float) -> float:
    """dB between two frequencies."""
    part = samples[round(start * RATE) : round(end * RATE)].astype(np.float64)
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2 / len(part)
    frequency = np.fft.rfftfreq(len(part), 1 / RATE)
    return float(10 * np.log10(power[(frequency >= low) & (frequency < high)].sum() + 1e-15))


@pytest.mark.parametrize("name", SOLO)
def test_a_note_is_in_tune(name: str) -> None:
    for pitch in (voice(name).low, (voice(name).low + voice(name).high) // 2, voice(name).high):
        for vowel in "aiu":
            sung = singing(vowel, pitch, vowel=0.8)
            assert abs(cents_off(sound(sung, name), 0.4, 1.0, 440 * 2 ** ((pitch - 69) / 12))) < 4


def test_a_recording_is_as_long_as_the_singing_and_mono() -> None:
    recording = render(singing("m a"), voice("bayu"), seed=1)
    assert (recording.channels, recording.sample_rate) == (1, RATE)
    assert recording.seconds == pytest.approx(1.35, abs=1e-4)


def test_the_same_seed_sings_the_same_and_another_does_not() -> None:
    sung = singing("s a")
    assert np.array_equal(sound(sung), sound(sung))
    assert not np.array_equal(sound(sung), sound(sung, seed=2))


def test_silence_where_nothing_is_sung() -> None:
    samples = sound(singing("a _ a", vowel=0.4))
    assert np.abs(samples[: round(0.25 * RATE)]).max() == 0
    assert level(samples, 0.82, 0.95) < -75


def test_a_breath_is_heard_where_it_is_taken() -> None:
    sung = singing("a")
    taken = Singing(
        sung.song_id, sung.track, sung.seconds, sung.phonemes, (Breath(0.02, 0.24, -24.0),),
        sung.pitch, sung.dynamics, sung.tension, sung.breathiness,
    )  # fmt: skip
    samples = sound(taken)
    assert -36 < level(samples, 0.06, 0.2) - level(samples, 0.4, 0.7) < -18


@pytest.mark.parametrize("curve", CURVES)
def test_curves_are_heard(curve: str) -> None:
    calm = sound(singing("a"))
    if curve == "dynamics":
        assert level(sound(singing("a", dynamics=6.0)), 0.4, 0.7) - level(calm, 0.4, 0.7) == pytest.approx(6, abs=2)
    elif curve == "tension":

        def tilt(samples: NDArray[np.float32]) -> float:
            return band(samples, 0.4, 0.7, 2000, 5000) - band(samples, 0.4, 0.7, 100, 1000)

        assert tilt(sound(singing("a", tension=1.0))) - tilt(sound(singing("a", tension=-1.0))) > 6
    else:
        whisper = sound(singing("a", breathiness=1.0))
        assert band(whisper, 0.4, 0.7, 240, 285) < band(calm, 0.4, 0.7, 240, 285) - 20
        assert level(whisper, 0.4, 0.7) > level(calm, 0.4, 0.7) - 25
