"""A sung part in the mix: evened, de-essed, above the band, which makes room for it."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import band_song
from numpy.typing import NDArray

from senandung.audio.compression import BLOCK
from senandung.audio.filters import filtered, high_pass
from senandung.audio.loudness import block_powers
from senandung.domain.errors import MissingProgramError
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.recording import Recording
from senandung.performing.perform import perform
from senandung.rendering.render import render
from senandung.rendering.soundfont import find_program, find_soundfont
from senandung.rendering.vocal import (
    DIP,
    MOST_LIFT,
    VOICE_TO_BAND,
    activity,
    lift,
    making_room,
    treated,
    voice_to_band,
)

RATE = 44_100

try:
    TOOLS = find_program(), find_soundfont()
except MissingProgramError:
    TOOLS = None
needs_fluidsynth = pytest.mark.skipif(TOOLS is None, reason="fluidsynth or a sound font is not installed")


def _tone(seconds: float, gain: float, hertz: float = 220.0) -> NDArray[np.float32]:
    time = np.arange(round(seconds * RATE)) / RATE
    return (gain * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def _db(samples: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(np.asarray(samples, dtype=np.float64) ** 2) + 1e-20))


def test_soft_and_loud_come_nearer_to_each_other() -> None:
    sung = np.concatenate([_tone(1, 0.05), _tone(1, 0.4)])
    out = treated(Recording(sung[None, :], RATE)).samples[0]
    before = _db(sung[RATE + 9000 :]) - _db(sung[9000:RATE])
    after = _db(out[RATE + 9000 :]) - _db(out[9000:RATE])
    assert 3 < before - after < 12
    assert out.shape == sung.shape


def test_sibilants_are_taken_down_and_vowels_are_not() -> None:
    rng = np.random.default_rng(1)
    hiss = filtered((0.2 * rng.standard_normal((1, RATE // 4))).astype(np.float32), high_pass(6000, RATE))[0]
    sung = np.concatenate([_tone(0.5, 0.2), hiss, _tone(0.5, 0.2)])
    out = treated(Recording(sung[None, :], RATE)).samples[0]
    inside = slice(RATE // 2 + 3000, RATE // 2 + RATE // 4 - 1000)
    vowel = slice(5000, RATE // 2 - 2000)
    assert _db(out[inside]) - _db(sung[inside]) < _db(out[vowel]) - _db(sung[vowel]) - 3


def test_silence_stays_silent() -> None:
    silent = Recording(np.zeros((1, RATE), dtype=np.float32), RATE)
    assert not treated(silent).samples.any()
    assert not activity([silent], 1.0).any()


def test_the_band_makes_room_only_while_somebody_sings() -> None:
    sung = np.concatenate([np.zeros(2 * RATE, dtype=np.float32), _tone(2, 0.3), np.zeros(2 * RATE, dtype=np.float32)])
    active = activity([Recording(sung[None, :], RATE)], 6.0)
    assert active[round(1 / BLOCK)] < 0.05
    assert active[round(3 / BLOCK)] > 0.98
    assert active[round(5.8 / BLOCK)] < 0.05
    band = np.stack([_tone(6, 0.2, DIP[0])] * 2)
    pieces = [band[:, at : at + 50_000] for at in range(0, band.shape[1], 50_000)]
    out = np.concatenate(list(making_room(iter(pieces), active, 1.0, RATE)), axis=1)
    assert out.shape == band.shape
    quiet, busy = slice(RATE // 2, RATE), slice(3 * RATE, 7 * RATE // 2)
    assert _db(out[:, quiet]) - _db(band[:, quiet]) == pytest.approx(0, abs=0.2)
    assert _db(out[:, busy]) - _db(band[:, busy]) == pytest.approx(DIP[1], abs=0.3)
    low = np.stack([_tone(6, 0.2, 80.0)] * 2)
    same = np.concatenate(list(making_room(iter([low]), active, 1.0, RATE)), axis=1)
    assert _db(same[:, busy]) - _db(low[:, busy]) == pytest.approx(0, abs=0.2)


def test_the_ratio_counts_only_moments_of_singing() -> None:
    voice = np.array([0.0] * 50 + [0.04] * 50)
    band = np.array([0.5] * 50 + [0.02] * 50)
    assert voice_to_band(voice, band) == pytest.approx(3.01, abs=0.01)
    assert voice_to_band(np.zeros(10), band[:10]) is None
    assert voice_to_band(voice, np.zeros(100)) is None
    assert lift(voice_to_band(voice, band / 100)) == -4.0
    assert lift(-30.0) == MOST_LIFT


@needs_fluidsynth
@pytest.mark.slow
def test_a_voice_in_the_mix_stands_where_it_should_and_the_stems_still_sum() -> None:
    performance = perform(band_song(6, bpm=100), seed=1)
    seconds = performance.seconds
    time = np.arange(round(seconds * RATE)) / RATE
    harmonics = sum(np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 20))
    on = (np.sin(2 * np.pi * time / 4) > 0) * 0.05
    sung = {"Melodi": Recording((on * harmonics)[None, :].astype(np.float32), RATE)}
    with render(performance, sung=sung) as mix:
        assert mix.voice_to_band == pytest.approx(VOICE_TO_BAND, abs=0.01)
        total = sum(mix.stems[track].samples for track in mix.stems)
        assert _db(total - mix.mix.samples) < -90
        voice = block_powers([mix.stems["Melodi"].samples], RATE)
        band = block_powers([mix.mix.samples - mix.stems["Melodi"].samples], RATE)
        assert voice_to_band(voice, band) == pytest.approx(VOICE_TO_BAND, abs=1.5)
        assert mix.loudness == pytest.approx(-14, abs=0.1)
    with render(performance) as plain:
        assert plain.voice_to_band is None


@needs_fluidsynth
def test_a_second_voice_stands_behind_the_first_and_beside_the_middle() -> None:
    lead = tuple(PlayedNote(0.5 + at, 0.9, 67, 80) for at in range(4))
    piano = tuple(PlayedNote(0.5 + at / 2, 0.5, 60, 80) for at in range(8))
    parts = (
        Part("Vokal", "vocal", "voice", lead),
        Part("Vokal latar", "backing", "voice", lead),
        Part("Piano", "chords", "piano", piano),
    )
    moments = np.arange(round(4.6 * RATE)) / RATE
    on = (moments > 0.5) & (moments < 4.4)
    sung = {
        name: Recording((0.2 * on * np.sin(2 * np.pi * hertz * moments))[None, :].astype(np.float32), RATE)
        for name, hertz in (("Vokal", 400.0), ("Vokal latar", 320.0))
    }
    with render(Performance("id", parts, 4.6), sung=sung) as mix:
        assert 5 < _db(mix.stems["Vokal"].samples) - _db(mix.stems["Vokal latar"].samples) < 10
        left, right = np.sqrt(np.mean(mix.stems["Vokal latar"].samples ** 2, axis=1))
        assert right > 1.1 * left
        assert mix.voice_to_band is not None
