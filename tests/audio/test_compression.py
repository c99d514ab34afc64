"""The compressor: what it does to steady and to changing levels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from senandung.audio.compression import Compression, block_levels, compressed, own_level
from senandung.domain.errors import InvalidValueError

RATE = 44_100
EVEN = Compression(threshold=-4.0, ratio=3.0, knee=6.0, attack=0.01, release=0.1)


def tone(*gains: float) -> NDArray[np.float32]:
    """A second of a sine for each gain."""
    times = np.arange(RATE) / RATE
    return np.concatenate([gain * np.sin(2 * np.pi * 200 * times) for gain in gains]).astype(np.float32)


def test_a_sine_of_one_has_three_decibels_below_its_peak() -> None:
    levels = block_levels(tone(1.0, 0.1), RATE)
    assert levels[100] == pytest.approx(-3.01, abs=0.05)
    assert levels[300] == pytest.approx(-23.01, abs=0.05)
    assert own_level(levels) == pytest.approx(10 * np.log10(0.505) - 3.01, abs=0.05)
    assert own_level(block_levels(np.zeros(RATE, dtype=np.float32), RATE)) == -130.0


@given(over=st.floats(3.0, 30.0), ratio=st.floats(1.0, 20.0))
def test_what_is_above_the_knee_is_divided_by_the_ratio(over: float, ratio: float) -> None:
    settings = Compression(threshold=0.0, ratio=ratio, knee=6.0, attack=0.01, release=0.1)
    gain = 20 * np.log10(settings.gain(np.full(400, over), 0.0)[-1])
    assert gain == pytest.approx(-over * (1 - 1 / ratio), abs=0.01)


@given(st.lists(st.floats(-60.0, 0.0), min_size=3, max_size=60))
def test_it_never_makes_louder_and_leaves_alone_what_is_below_the_knee(levels: list[float]) -> None:
    gain = EVEN.gain(np.array(levels), -20.0)
    assert np.all(gain <= 1.0)
    if max(levels) < -28:
        assert np.all(gain == 1.0)


def test_soft_and_loud_come_nearer_in_pieces_as_in_one() -> None:
    samples = tone(0.1, 0.5, 0.1)
    levels = block_levels(samples, RATE)
    gain = EVEN.gain(levels, own_level(levels))
    stereo = np.stack((samples, samples))
    whole = next(compressed([stereo], gain, RATE))
    pieces = np.concatenate(list(compressed(np.array_split(stereo, 7, axis=1), gain, RATE)), axis=1)
    assert np.array_equal(whole, pieces)
    power = np.square(whole[0].reshape(3, RATE)[:, RATE // 2 :]).mean(axis=1)
    assert 3 < 20 * np.log10(5) - 10 * np.log10(power[1] / power[0]) < 9
    assert power[2] == pytest.approx(power[0], rel=0.05)


def test_what_it_is_deaf_to_does_not_move_it() -> None:
    times = np.arange(2 * RATE) / RATE
    low = (0.8 * np.sin(2 * np.pi * 50 * times) * (times > 1)).astype(np.float32)
    both = low + (0.05 * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)
    deaf = Compression(threshold=2.0, ratio=3.0, knee=2.0, attack=0.01, release=0.1, deaf_below=400.0)
    hearing = Compression(threshold=2.0, ratio=3.0, knee=2.0, attack=0.01, release=0.1)
    assert deaf.gain_of(both, RATE)[300:390].min() > 0.99
    assert hearing.gain_of(both, RATE)[300:390].min() < 0.95


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"ratio must be 1 or more, got 0\.5"):
        Compression(0.0, 0.5, 6.0, 0.01, 0.1)
    with pytest.raises(InvalidValueError, match="knee must be above 0"):
        Compression(0.0, 2.0, 0.0, 0.01, 0.1)
    with pytest.raises(InvalidValueError, match="attack and release must be above 0"):
        Compression(0.0, 2.0, 6.0, 0.0, 0.1)
