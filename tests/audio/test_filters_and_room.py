"""Filters against their responses, panning and fades against their laws, the room against its decay."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import butter, sosfilt

from senandung.audio.filters import (
    apply,
    filtered,
    gain_at,
    high_pass,
    high_shelf,
    peaking,
)
from senandung.audio.mixing import correlation, db_to_gain, fade_curve, gain_to_db, pan_gains, place
from senandung.audio.pieces import cut, extended
from senandung.audio.resample import resample, to_rate
from senandung.audio.reverb import Room, convolve, impulse_response
from senandung.domain.errors import InvalidValueError
from senandung.domain.recording import Recording

RATE = 44100


@pytest.mark.parametrize(
    ("section", "at", "expected"),
    [
        (high_pass(100, RATE), 50, -12.3),
        (high_pass(100, RATE), 1000, 0.0),
        (peaking(1000, 6, RATE), 1000, 6.0),
        (peaking(1000, 6, RATE), 20, 0.0),
        (high_shelf(2000, -4, RATE), 15000, -4.0),
        (high_shelf(2000, -4, RATE), 50, 0.0),
    ],
)
def test_filters_have_their_gain_by_formula_and_on_a_tone(section: np.ndarray, at: float, expected: float) -> None:
    assert gain_at(section, at, RATE) == pytest.approx(expected, abs=0.25)
    tone = np.sin(2 * np.pi * at * np.arange(2 * RATE) / RATE).astype(np.float32)[None, :]
    out = filtered(tone, section)[0, RATE:]
    measured = 10 * np.log10(float((out**2).mean()) / float((tone[0, RATE:] ** 2).mean()))
    assert measured == pytest.approx(gain_at(section, at, RATE), abs=0.05)


def test_filters_refuse_what_has_no_meaning() -> None:
    with pytest.raises(InvalidValueError, match="above 0 and below 22050 Hz, got 30000"):
        high_pass(30000, RATE)
    with pytest.raises(InvalidValueError, match="q must be above 0"):
        peaking(100, 3, RATE, q=0)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_pieces_are_filtered_and_convolved_as_the_whole(lengths: list[int]) -> None:
    rng = np.random.default_rng(1)
    samples = rng.standard_normal((2, sum(lengths))).astype(np.float32)
    at = np.cumsum([0, *lengths])
    pieces = [samples[:, a:b] for a, b in pairwise(at)]
    chain = (high_pass(100, RATE), peaking(800, 4, RATE))
    together = np.concatenate(list(apply(chain, pieces)), axis=1)
    assert np.abs(together - filtered(samples, *chain)).max() < 1e-5
    response = rng.standard_normal((2, 90)).astype(np.float32)
    wet = np.concatenate(list(convolve([piece[0] for piece in pieces], response)), axis=1)
    direct = np.stack([np.convolve(samples[0], row)[: samples.shape[1]] for row in response])
    assert np.abs(wet - direct).max() < 1e-3


@given(st.floats(-1, 1))
def test_pan_keeps_its_power(pan: float) -> None:
    left, right = pan_gains(pan)
    assert left**2 + right**2 == pytest.approx(2)
    assert (left - right) * pan <= 1e-12


def test_place_loses_nothing_in_mono() -> None:
    rng = np.random.default_rng(2)
    samples = rng.standard_normal((2, 1000)).astype(np.float32)
    for width in (0.0, 0.5, 1.0):
        assert place(samples, 0.0, width).sum(axis=0) == pytest.approx(samples.sum(axis=0), abs=1e-5)
    assert correlation(place(samples, 0.0, 0.0)) == pytest.approx(1)
    left = place(samples[:1], -1.0)
    assert float(np.abs(left[1]).max()) < 1e-6
    with pytest.raises(InvalidValueError, match="one or two channels, got 3"):
        place(np.zeros((3, 4), dtype=np.float32), 0.0)


@given(st.floats(-100, 40))
def test_decibels_come_back(decibels: float) -> None:
    assert gain_to_db(db_to_gain(decibels)) == pytest.approx(decibels, abs=1e-9)


def test_fades_begin_and_end_at_nothing() -> None:
    curve = fade_curve(RATE, RATE, 0.02, 0.5)
    assert curve[0] == 0.0
    assert curve[-1] == 0.0
    assert np.all(np.diff(curve[:882]) >= 0)
    assert np.all(np.diff(curve[-22050:]) <= 0)
    assert np.all(curve[1000:20000] == 1.0)
    assert fade_curve(3, RATE, 1.0, 1.0).shape == (3,)


def test_the_room_decays_as_it_says_and_is_good_in_mono() -> None:
    room = Room(decay=1.2, high_decay=0.6)
    response = impulse_response(room, RATE, seed=4)
    assert np.array_equal(response, impulse_response(room, RATE, seed=4))
    assert not np.array_equal(response, impulse_response(room, RATE, seed=5))
    assert (response**2).sum(axis=1) == pytest.approx(1, abs=1e-3)
    assert float(np.abs(response[:, : round(0.018 * RATE) - 1]).max()) == 0.0
    middle = sosfilt(butter(2, (300, 1200), "bandpass", fs=RATE, output="sos"), response)
    remaining = np.cumsum((middle[0] ** 2)[::-1])[::-1]
    level = 10 * np.log10(remaining / remaining[0] + 1e-12)
    fall = (np.argmax(level < -25) - np.argmax(level < -5)) / RATE  # Schroeder's integral: 20 dB take a third of RT60
    assert 3 * fall == pytest.approx(1.2, rel=0.15)
    assert 0.15 < correlation(response) < 0.6
    with pytest.raises(InvalidValueError, match=r"decay must be in 0\.1\.\.8 s, got 20"):
        Room(decay=20)


def test_resampling_keeps_a_tone_and_removes_what_has_no_room() -> None:
    times = np.arange(48000) / 48000
    low = np.sin(2 * np.pi * 1000 * times).astype(np.float32)[None, :]
    high = np.sin(2 * np.pi * 15000 * times).astype(np.float32)[None, :]
    expected = np.sin(2 * np.pi * 1000 * np.arange(22050) / 22050)
    assert np.abs(resample(low, 48000, 22050)[0, 500:-500] - expected[500:-500]).max() < 0.01
    assert float(np.abs(resample(high, 48000, 22050)[0, 500:-500]).max()) < 0.01
    recording = Recording(np.concatenate((low, high)), 48000)
    assert to_rate(recording, 48000) is recording
    assert to_rate(recording, 16000).samples.shape == (2, 16000)


def test_pieces_hold_everything_once() -> None:
    samples = np.arange(20, dtype=np.float32).reshape(2, 10)
    assert np.array_equal(np.concatenate(list(cut(samples, 3)), axis=1), samples)
    assert np.array_equal(np.concatenate(list(extended(cut(samples, 3), 2, 7)), axis=1), samples[:, :7])
    longer = np.concatenate(list(extended(cut(samples, 3), 2, 400_000)), axis=1)
    assert longer.shape == (2, 400_000)
    assert float(np.abs(longer[:, 10:]).max()) == 0.0
