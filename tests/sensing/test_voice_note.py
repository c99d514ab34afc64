"""Voice notes: what was made into a voice is measured again, and moves the reading where it should."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_voice import RATE, Made, speak
from senandung.domain.errors import InvalidValueError
from senandung.sensing.sound.voice import VoiceReading, feel_voice, read_voice
from senandung.sensing.sound.voice_baseline import CUES, VoiceBaseline, cue_of


@cache
def read(**how: float) -> VoiceReading:
    """The reading of a made voice."""
    made = speak(**how)  # type: ignore[arg-type]
    return feel_voice(made.samples.astype(np.float32), RATE)


def spoken(**how: object) -> tuple[Made, VoiceReading]:
    """A made voice and its reading."""
    made = speak(**how)  # type: ignore[arg-type]
    return made, feel_voice(made.samples.astype(np.float32), RATE)


@pytest.mark.parametrize("hz", [110.0, 210.0])
def test_pitch_and_pauses_are_found(hz: float) -> None:
    made, reading = spoken(hz=hz, seconds=12, semitones=1.5, pauses=((3.0, 4.5), (8.0, 8.6)))
    cues = reading.cues
    assert cues.pitch == pytest.approx(hz, rel=0.06)
    assert cues.pauses == 2
    assert cues.pause_length == pytest.approx(1.05, abs=0.2)
    assert [moment.what for moment in reading.moments].count("pause") == 1
    assert any(moment.start == pytest.approx(made.pauses[0][0], abs=0.2) for moment in reading.moments)


@pytest.mark.parametrize("rate", [3.0, 4.5, 6.0])
def test_the_rate_of_syllables_is_found(rate: float) -> None:
    made, reading = spoken(seconds=12, rate=rate, hiss=False)
    assert reading.cues.rate == pytest.approx(made.rate, rel=0.15)


def test_more_jitter_shimmer_and_noise_are_heard_as_more() -> None:
    plain = read().cues
    assert read(jitter=0.02).cues.jitter > 1.8 * plain.jitter  # type: ignore[operator]
    assert read(shimmer=0.15).cues.shimmer > 1.2 * plain.shimmer  # type: ignore[operator]
    noisy = read(noise=10.0).cues
    assert noisy.harmonics < plain.harmonics - 5
    assert noisy.cepstral_peak < plain.cepstral_peak - 3
    assert read(tilt=0.0006).cues.alpha < plain.alpha - 3


def test_a_quick_high_lively_bright_voice_is_more_stirred_and_no_gladder() -> None:
    calm = read(rate=3.2, semitones=1.2, hz=105.0, tilt=0.0006).feeling
    stirred = read(rate=5.8, semitones=4.0, hz=150.0, tilt=0.00015).feeling
    assert stirred.arousal > calm.arousal + 0.5
    assert abs(stirred.valence) < 0.1 > abs(calm.valence)
    assert stirred.valence_spread == 0.7
    assert stirred.evidence[0].weight >= stirred.evidence[-1].weight > 0


def test_the_curve_rises_where_the_voice_is_stirred_and_names_the_peak() -> None:
    calm = 0.4 * speak(seconds=10, rate=3.2, semitones=1.2, hz=110.0, tilt=0.0005).samples
    stirred = speak(seconds=8, rate=5.6, semitones=4.0, hz=160.0, tilt=0.00014, seed=2).samples
    reading = feel_voice(np.concatenate([calm, stirred, calm]).astype(np.float32), RATE)
    inside = [span.arousal for span in reading.curve if 10 <= span.start <= 14]
    outside = [span.arousal for span in reading.curve if span.end <= 10 or span.start >= 18]
    assert min(inside) > max(outside) + 0.2
    (peak,) = [moment for moment in reading.moments if moment.what == "peak"]
    assert 8 <= peak.start <= 16


@pytest.mark.parametrize("gain", [0.05, 3.0])
def test_gain_does_not_move_the_reading(gain: float) -> None:
    made = speak()
    one, other = (feel_voice((size * made.samples).astype(np.float32), RATE).feeling for size in (1.0, gain))
    assert one.arousal == pytest.approx(other.arousal, abs=0.02)


def test_the_persons_own_voice_narrows_the_spread_and_moves_what_is_usual() -> None:
    high = speak(hz=170.0)
    baseline = VoiceBaseline()
    for seed in range(10):
        baseline = baseline.with_note(
            feel_voice(speak(seconds=5, hz=172.0, seed=seed).samples.astype(np.float32), RATE).cues
        )
    alone = feel_voice(high.samples.astype(np.float32), RATE)
    known = feel_voice(high.samples.astype(np.float32), RATE, baseline=baseline)
    assert (known.feeling.valence_spread, known.feeling.arousal_spread) == (pytest.approx(0.60), pytest.approx(0.25))
    assert abs(known.feeling.arousal) < 0.2
    assert "10 earlier notes" in " ".join(known.remarks)
    assert alone.feeling.arousal_spread == 0.35
    angry = speak(hz=230.0, rate=6.0, semitones=4.0, tilt=0.00012)
    assert feel_voice(angry.samples.astype(np.float32), RATE, baseline=baseline).feeling.arousal > 0.5


@given(st.lists(st.floats(60, 400), min_size=1, max_size=8))
def test_a_baseline_is_the_mean_of_its_notes_in_any_order(pitches: list[float]) -> None:
    notes = [replace(read().cues, pitch=pitch) for pitch in pitches]
    baseline, turned = VoiceBaseline(), VoiceBaseline()
    for note in notes:
        baseline = baseline.with_note(note)
    for note in reversed(notes):
        turned = turned.with_note(note)
    values = [cue_of(note, "pitch") for note in notes]
    assert baseline.means["pitch"] == pytest.approx(np.mean(values))  # type: ignore[arg-type]
    assert baseline.squares["pitch"] == pytest.approx(np.var(values) * len(values), abs=1e-6)  # type: ignore[arg-type]
    assert turned.means["pitch"] == pytest.approx(baseline.means["pitch"])


def test_a_baseline_comes_back_from_a_plain_dict() -> None:
    baseline = VoiceBaseline().with_note(read().cues).with_note(read(jitter=0.02).cues)
    back = VoiceBaseline.from_plain(baseline.to_plain())
    assert back.notes == 2
    assert all(back.means[name] == pytest.approx(baseline.means[name], abs=1e-6) for name in CUES)
    with pytest.raises(InvalidValueError, match="a voice's baseline must have notes and cues"):
        VoiceBaseline.from_plain({"notes": 3})
    with pytest.raises(InvalidValueError, match=r"a baseline.s pitch must be finite and of 1\.\.1 notes"):
        VoiceBaseline.from_plain({"notes": 1, "cues": {"pitch": {"notes": 4, "mean": 3.0, "square": 0.0}}})


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(3 * RATE), np.zeros(7), 0.01 * np.ones(2 * RATE)])
def test_what_holds_no_voice_is_not_read(samples: np.ndarray) -> None:
    reading = read_voice(samples.astype(np.float32), RATE)
    assert not reading.feeling.readable
    assert "nothing is read" in reading.remarks[0]


def test_noise_is_no_voice() -> None:
    noise = 0.1 * np.random.default_rng(1).standard_normal(5 * RATE)
    assert not read_voice(noise.astype(np.float32), RATE).feeling.readable


def test_the_reading_shows_what_was_measured() -> None:
    reading = read().reading("pesan.m4a")
    assert reading.kind == "voice"
    assert {"pitch_hz", "jitter_percent", "shimmer_percent", "hnr_db", "cpp_db", "pauses"} <= set(reading.facts)
    assert reading.curve
    assert "hardly whether they are glad or sad" in reading.remarks[0]
