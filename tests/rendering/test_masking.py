"""Who hides whom."""

from __future__ import annotations

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.domain.recording import Recording
from senandung.rendering.masking import audibility

RATE = 44_100


def tone(hz: float, gain: float, seconds: float = 2.0) -> Recording:
    times = np.arange(round(seconds * RATE)) / RATE
    return Recording((gain * np.sin(2 * np.pi * hz * times)).astype(np.float32)[None].repeat(2, axis=0), RATE)


def noise(gain: float, seed: int = 0, seconds: float = 2.0) -> Recording:
    rng = np.random.default_rng(seed)
    return Recording((gain * rng.standard_normal((2, round(seconds * RATE)))).astype(np.float32), RATE)


def test_a_part_alone_is_heard() -> None:
    assert audibility({"one": noise(0.1)})["one"].audible == 1.0


def test_a_faint_tone_in_noise_is_hidden_by_it() -> None:
    found = audibility({"tone": tone(1000, 0.0003), "noise": noise(0.2), "far": tone(9000, 0.01)})
    assert found["tone"].audible < 0.05
    assert found["tone"].hidden_by == "noise"
    assert found["noise"].audible > 0.9


def test_a_low_tone_masks_upwards_more_than_downwards() -> None:
    up = audibility({"masker": tone(500, 0.5), "part": tone(800, 0.004)})["part"].audible
    down = audibility({"masker": tone(800, 0.5), "part": tone(500, 0.004)})["part"].audible
    assert up < 0.1
    assert down > 0.5


def test_what_sounds_elsewhere_hides_nothing() -> None:
    found = audibility({"bass": tone(80, 0.4), "bell": tone(6000, 0.05)})
    assert found["bell"].audible > 0.9
    assert found["bell"].high == pytest.approx(found["bell"].audible, abs=0.1)
    assert found["bell"].low is None


def test_louder_is_heard_more() -> None:
    shares = [audibility({"part": tone(1000, g), "noise": noise(0.05)})["part"].audible for g in (1e-4, 3e-3, 0.3)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]


def test_silent_stems_are_left_out_and_lengths_must_agree() -> None:
    assert list(audibility({"one": noise(0.1), "none": tone(100, 0.0)})) == ["one"]
    assert audibility({}) == {}
    with pytest.raises(InvalidValueError, match="equally long"):
        audibility({"one": noise(0.1), "two": noise(0.1, seconds=1.0)})
