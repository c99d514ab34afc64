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


def test_whistles_hiss_where_they_should() -> None:
    samples = sound(singing("a s a ʃ a f a", vowel=0.3))

    def centre(start: float) -> float:
        part = samples[round((start + 0.06) * RATE) : round((start + 0.19) * RATE)].astype(np.float64)
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
        return float((power * np.fft.rfftfreq(len(part), 1 / RATE)).sum() / power.sum())

    assert 2500 < centre(1.15) < 5500 < centre(0.6) < 9500
    assert level(samples, 0.66, 0.79) > level(samples, 1.76, 1.89) + 6, "s is louder than f"


def test_a_stop_is_closed_and_bursts_before_its_vowel() -> None:
    samples = sound(singing("a t a", vowel=0.4))
    assert level(samples, 0.76, 0.9) < level(samples, 0.4, 0.6) - 40
    assert band(samples, 0.93, 0.95, 2500, 8000) > band(samples, 0.88, 0.9, 2500, 8000) + 25
    bar = sound(singing("a d a", vowel=0.4))
    assert band(bar, 0.76, 0.9, 150, 400) > band(samples, 0.76, 0.9, 150, 400) + 20


def test_nasals_are_heard() -> None:
    """They were weak once: not more than 9 dB below the vowel, with their second resonance."""
    for symbol in "mnɲŋ":
        for name in ("melati", "jati"):
            samples = sound(singing(f"a {symbol} a", voice(name).low + 7, vowel=0.4), name)
            assert level(samples, 0.74, 0.9) > level(samples, 0.4, 0.6) - 9
            assert band(samples, 0.74, 0.9, 800, 3000) > band(samples, 0.4, 0.6, 800, 3000) - 54


def test_u_is_not_dark() -> None:
    samples = sound(singing("u"))
    assert band(samples, 0.4, 0.7, 2000, 5000) > band(samples, 0.4, 0.7, 100, 1500) - 42


def test_there_is_breath_above_12_khz() -> None:
    samples = sound(singing("a"))
    assert -75 < band(samples, 0.4, 0.7, 12_000, 19_000) - band(samples, 0.4, 0.7, 100, 5000) < -30


def test_a_trill_beats_25_times_a_second() -> None:
    samples = sound(singing("a r a", 55.0, each=0.4, vowel=0.3), "bayu")
    part = samples[round(0.62 * RATE) : round(0.98 * RATE)].astype(np.float64)
    power = (part[: len(part) // 220 * 220].reshape(-1, 220) ** 2).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(np.sqrt(power) - np.sqrt(power).mean(), 4096))
    beats = np.fft.rfftfreq(4096, 220 / RATE)[np.argmax(spectrum)]
    assert 22 < beats < 30


@pytest.mark.parametrize("name", ["jati", "melati"])
def test_nothing_clicks(name: str) -> None:
    """Through vowels, nasals and a closed glottis nothing above 13 kHz but steady breath: a click is louder."""
    samples = sound(singing("m a n i l u w a j o r e ŋ ə a i ʔ a _ a u", 58.0, each=0.07, vowel=0.3), name)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(frequency < 13_000) | (frequency > 20_000)] = 0
    high = np.fft.irfft(spectrum, len(samples))
    power = (high[: len(high) // 64 * 64].reshape(-1, 64) ** 2).mean(axis=1)
    wide = np.convolve(power, np.ones(21) / 21, "same")
    assert 10 * np.log10(power.max() / wide[np.argmax(power)]) < 7
    assert np.abs(np.diff(samples, 2)).max() < 0.6 * np.abs(samples).max()


def test_a_glide_of_formants_has_no_zipper() -> None:
    """Between two vowels nothing repeats at the rate of the windows."""
    samples = sound(singing("a i a i", 50.0, vowel=0.2), "jati")
    steps = RATE / 128
    part = np.abs(samples[round(0.42 * RATE) : round(0.98 * RATE)].astype(np.float64))
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    frequency = np.fft.rfftfreq(len(part), 1 / RATE)
    f0 = 440 * 2 ** ((50 - 69) / 12)
    near = (np.abs(frequency - steps) < 15) & (np.abs(frequency / f0 - np.round(frequency / f0)) * f0 > 20)
    aside = (np.abs(frequency - steps) < 120) & (np.abs(frequency / f0 - np.round(frequency / f0)) * f0 > 20)
    assert spectrum[near].max() < 4 * np.median(spectrum[aside])


def test_the_choir_is_many() -> None:
    """A choir's partials are wider than one singer's, and its pitch is the same."""
    sung = singing("a", vowel=1.5)
    one, many = sound(sung, "kenanga"), sound(sung, "paduan")
    f0 = 440 * 2 ** ((60 - 69) / 12)

    def spread(samples: NDArray[np.float32]) -> float:
        return band(samples, 0.4, 1.7, 3.99 * f0, 4.01 * f0) - band(samples, 0.4, 1.7, 3.9 * f0, 4.1 * f0)

    assert spread(many) < spread(one) - 0.3
    assert abs(cents_off(many, 0.4, 1.7, f0)) < 8


def test_every_phoneme_of_the_table_is_sung_by_every_voice() -> None:
    from senandung.domain.phonemes import PHONEMES

    line = " ".join(f"a {symbol}" for symbol in PHONEMES if symbol != "a") + " a"
    for name in ("jati", "tunas"):
        samples = sound(singing(line, each=0.06, vowel=0.06), name)
        assert 0.05 < np.abs(samples).max() < 0.9


def test_nothing_to_sing_is_silence() -> None:
    n = frames(1.0)
    flat = np.zeros(n, dtype=np.float32)
    empty = Singing(
        "song", "vocal", 1.0, (), pitch=flat + np.float32(60), dynamics=flat, tension=flat, breathiness=flat
    )
    assert not sound(empty).any()


@pytest.mark.parametrize("pitch", [54, 66, 69, 72, 76])
def test_a_murmur_keeps_its_fundamental_and_a_voice_bar_is_heard_at_every_pitch(pitch: int) -> None:
    f0 = 440 * 2 ** ((pitch - 69) / 12)
    for symbol, low, high in (("m", -9, 1), ("n", -9, 1), ("d", -30, -15)):
        samples = sound(singing(f"a {symbol} a", pitch, vowel=0.3))
        vowel = band(samples, 0.38, 0.5, 100, 8000)
        assert low < band(samples, 0.66, 0.76, 0.8 * f0, 1.2 * f0) - vowel < high
