"""Loudness against pyloudnorm and EBU's test signals, true peak against known waves, the limiter against both."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from audio.second_meter import integrated_loudness
from senandung.audio.limiter import BLOCK, limit, limiter_gain
from senandung.audio.loudness import (
    SILENCE,
    block_powers,
    gated_loudness,
    loudness_range,
)
from senandung.audio.pieces import cut
from senandung.audio.true_peak import peak_envelope, true_peak
from senandung.domain.errors import InvalidValueError


def sine(level: float, seconds: float, rate: int = 48000, hz: float = 1000) -> NDArray[np.float32]:
    """A stereo sine with its peak at `level` dBFS."""
    wave = 10 ** (level / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return np.stack((wave, wave)).astype(np.float32)


def noise(seed: int, n: int = 44100 * 4) -> NDArray[np.float32]:
    """Stereo noise whose level wanders, so that gating matters."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.choice([1e-4, 0.01, 0.1, 0.3], n // 4410), 4410)
    return (rng.standard_normal((2, n)) * level * 0.3).astype(np.float32)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23.0),  # EBU Tech 3341, case 1
        ([(-33, 20)], -33.0),  # case 2
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),  # case 3: the relative gate
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),  # case 4: and the absolute one
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),  # case 5
    ],
)
def test_the_signals_of_ebu_tech_3341(parts: list[tuple[float, float]], expected: float) -> None:
    samples = np.concatenate([sine(level, seconds) for level, seconds in parts], axis=1)
    assert integrated_loudness(samples, 48000) == pytest.approx(expected, abs=0.1)
    assert gated_loudness(block_powers(cut(samples), 48000)) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_own_blocks_agree_with_pyloudnorm(seed: int) -> None:
    samples = noise(seed)
    ours = gated_loudness(block_powers(cut(samples, 10_007), 44100))
    assert ours == pytest.approx(integrated_loudness(samples, 44100), abs=0.05)


def test_silence_and_too_little() -> None:
    assert gated_loudness(block_powers(cut(np.zeros((2, 44100), dtype=np.float32)), 44100)) == SILENCE
    assert gated_loudness(block_powers(cut(sine(0, 0.1)), 48000)) == SILENCE
    assert gated_loudness(block_powers([], 44100)) == SILENCE


@pytest.mark.parametrize(("divisor", "degrees"), [(4, 0), (4, 45), (6, 60), (8, 67.5), (50, 10)])
def test_true_peak_of_tones_within_the_tolerance_of_ebu_tech_3341(divisor: int, degrees: float) -> None:
    # Cases 15 to 19: amplitude 0.5 is -6 dBTP, +0.2 / -0.4 dB.
    phase = 2 * np.pi * np.arange(4800) / divisor + np.radians(degrees)
    wave = 0.5 * np.sin(phase) * np.minimum(1, np.minimum(np.arange(4800), np.arange(4800)[::-1]) / 480)
    level = 20 * np.log10(true_peak(wave[None, :].astype(np.float32)))
    assert -6.42 <= level <= -5.82


def test_the_envelope_is_a_bound_and_may_skip_what_is_low() -> None:
    samples = noise(7)
    whole = peak_envelope(samples, 64)
    sampled = np.abs(samples).max(axis=0)[: len(samples[0]) // 64 * 64].reshape(-1, 64).max(axis=1)
    assert np.all(whole[: len(sampled)] >= sampled)
    skipping = peak_envelope(samples, 64, above=0.05)
    high = whole > 0.12
    assert high.any()
    assert np.array_equal(skipping[high], whole[high])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0.05, 2.0))
def test_the_limiter_holds_its_ceiling_for_any_noise(seed: int, ceiling: float) -> None:
    rng = np.random.default_rng(seed)
    samples = (rng.standard_normal((2, 6000)) * np.repeat(rng.uniform(0, 2, 60), 100)).astype(np.float32)
    limited = limit(samples, ceiling, 44100)
    assert true_peak(limited) <= ceiling * 1.012  # 0.1 dB: the interpolation between blocks of gain
    assert np.all(np.sign(limited) == np.sign(samples))


def test_the_limiter_leaves_alone_what_is_below_and_comes_back() -> None:
    samples = sine(-12, 1, 44100)
    assert np.array_equal(limit(samples, 0.5, 44100), samples)
    envelope = np.full(3000, 0.2, dtype=np.float32)
    envelope[1000] = 2.0
    gain = limiter_gain(envelope, 1.0, 3000 * BLOCK, 44100)
    assert gain.shape == (3000 * BLOCK,)
    assert gain[1000 * BLOCK : 1001 * BLOCK].max() <= 0.5 + 1e-6
    assert gain[900 * BLOCK] == 1.0
    assert gain[-1] == 1.0
    slope = np.abs(np.diff(20 * np.log10(gain)))
    assert slope.max() * 44100 < 2500  # dB a second: no step that could click
    with pytest.raises(InvalidValueError, match="ceiling must be above 0"):
        limiter_gain(envelope, 0.0, 10, 44100)


def test_loudness_range_is_that_of_another_meter(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    steps = np.repeat(10 ** (rng.uniform(-40, -10, 20) / 20), 48000 * 2)
    samples = (steps * rng.standard_normal((2, len(steps)))).astype(np.float32) * 0.3
    ours = loudness_range(block_powers([samples], 48000))
    path = tmp_path / "noise.wav"
    soundfile.write(path, samples.T, 48000, subtype="FLOAT")
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    theirs = float(re.findall(r"LRA:\s+([\d.]+) LU", done.stderr)[-1])
    assert ours == pytest.approx(theirs, abs=0.5)
