"""The ears of `make bench-sing` (bench/hearing.py): they find what was put there, and a hum is no word."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

BENCH = Path(__file__).parents[2] / "bench"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BENCH / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


hearing = _load("hearing")
RATE = hearing.RATE


def tone(hertz: NDArray[np.float64], partials: int = 12) -> NDArray[np.float64]:
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    return np.asarray(sum(np.sin(k * phase) / k for k in range(1, partials + 1)) * 0.1)


@pytest.mark.parametrize("hertz", [98.0, 220.0, 523.25])
def test_the_pitch_of_a_tone_is_heard_to_a_cent(hertz: float) -> None:
    noise = 0.002 * np.random.default_rng(1).standard_normal(RATE // 2)
    _, pitch, doubt = hearing.pitch_track(tone(np.full(RATE // 2, hertz)) + noise, 0.7 * hertz, 2.2 * hertz)
    assert np.abs(1200 * np.log2(pitch / hertz)).max() < 2
    assert doubt.max() < 0.1


def test_vibrato_is_measured() -> None:
    times = np.arange(2 * RATE) / RATE
    cents = 47 * np.sin(2 * np.pi * 5.4 * times)
    at, pitch, _ = hearing.pitch_track(tone(300 * 2 ** (cents / 1200)), 200, 500)
    ((rate, extent),) = hearing._vibrato(at, 1200 * np.log2(pitch / 300))
    assert rate == pytest.approx(5.4, abs=0.1)
    assert extent == pytest.approx(47, abs=3)


def test_a_note_cut_by_a_breath_ends_there_and_one_with_a_closure_does_not() -> None:
    times = np.arange(0, 1.5, 0.005)
    levels = np.where((times > 0.5) & (times < 0.82), -25.0, -80.0)
    assert hearing._falls_silent(times, levels, 0.5, 1.2) == pytest.approx(0.82, abs=0.006)
    closed = np.where((times > 0.6) & (times < 0.68), -80.0, -25.0)
    assert hearing._falls_silent(times, closed, 0.4, 1.2) == 1.2
    assert hearing._falls_silent(times, np.full(len(times), -25.0), 0.4, 1.2) == 1.2


def test_a_vowel_begins_with_its_voice_and_not_with_the_burst() -> None:
    n = RATE
    voiced = tone(np.full(n, 220.0)) * (np.arange(n) >= RATE // 2)
    burst = np.zeros(n)
    start = round(0.47 * RATE)
    burst[start : start + 400] = 0.1 * np.random.default_rng(0).standard_normal(400)
    assert hearing.vowel_onset(voiced + burst, 0.5, 220.0, "t") == pytest.approx(0.5, abs=0.004)
    assert hearing.vowel_onset(voiced + burst, 0.52, 220.0, "t") == pytest.approx(0.5, abs=0.004)


def test_choices_are_near_and_sound_different() -> None:
    found = hearing.choices("petang")
    assert len(found) == hearing.CHOICES and "petang" in found and "datang" in found
    said = hearing.lexicon()
    assert len({hearing.recogniser_sounds(said[word]) for word in found}) == hearing.CHOICES


def test_the_ratio_is_to_the_higher_ceiling_on_the_same_words() -> None:
    right = np.arange(600) % 3 > 0
    low, high = np.arange(600) % 2 > 0, np.ones(600, dtype=bool)
    ratio, least, most = hearing.ratio_interval(right, [low, high], 1)
    assert ratio == pytest.approx(2 / 3)
    assert 0.61 < least < ratio < most < 0.72
    assert hearing.ratio_interval(right, [right], 1) == (1.0, 1.0, 1.0)


def test_words_are_recognised_and_a_hum_and_a_sine_are_not(tmp_path: Path) -> None:
    sing = _load("sing")
    words = ["bintang", "cinta", "kenangan", "musim", "sahabat", "sepeda"]
    recogniser = hearing.Recogniser(words, tmp_path)

    def right(made_by: object) -> int:
        heard = sing.sung_words(words, sing.VOICES["bayu"], 55, made_by, 1)
        return sum(recogniser.right(sound, word) for word, sound in heard)

    assert right(sing.by_voice) >= 4
    assert right(sing.by_hum) <= 1
    assert right(sing.by_sine) <= 1
