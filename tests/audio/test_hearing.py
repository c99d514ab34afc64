"""What is heard of made-up sounds whose frequency, onsets, tempo and key are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from senandung.audio.beats import find_beats
from senandung.audio.hearing import HOP, RATE, SLOW, hear
from senandung.audio.onsets import onset_strength, pick_onsets
from senandung.audio.tonality import SLOW_RATE, chroma, find_chords, find_key, roughness, tuning

Sound = NDArray[np.float32]


def tone(hz: float, seconds: float, size: float = 0.3, harmonics: int = 5) -> Sound:
    """A tone with falling harmonics and soft ends."""
    time = np.arange(round(seconds * RATE)) / RATE
    sound = np.sum([np.sin(2 * np.pi * hz * k * time) / k for k in range(1, harmonics + 1)], axis=0)
    ends = np.minimum(1, np.minimum(time, seconds - time) / 0.01)
    return np.asarray(size * sound * ends, dtype=np.float32)


def struck(hz: float, seconds: float) -> Sound:
    """A tone that is struck and dies away."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(tone(hz, seconds) * np.exp(-6 * time), dtype=np.float32)


def chord(root: float, steps: tuple[int, ...], seconds: float) -> Sound:
    """Tones of a chord, struck together."""
    return np.asarray(np.sum([struck(root * 2 ** (step / 12), seconds) for step in steps], axis=0), dtype=np.float32)


@given(st.floats(80, 3000), st.floats(0.02, 0.9))
@settings(max_examples=20, deadline=None)
def test_the_strongest_partial_of_a_sine_is_its_frequency(hz: float, size: float) -> None:
    sine = (size * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)).astype(np.float32)
    heard = hear([sine])
    assert heard.partial_hz[5, 0] == pytest.approx(hz, rel=0.002)
    assert heard.partial_size[5, 0] == pytest.approx(size, rel=0.2)


@given(st.lists(st.integers(1, 30_000), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_it_does_not_matter_how_a_recording_is_cut(lengths: list[int]) -> None:
    whole = np.random.default_rng(1).normal(0, 0.1, sum(lengths)).astype(np.float32)
    cut = hear(np.split(whole, np.cumsum(lengths)[:-1]))
    uncut = hear([whole])
    assert len(cut.level) == -(-len(whole) // HOP) == len(uncut.level)
    assert len(cut.partial_hz) == -(-len(cut.level) // SLOW)
    for name in ("level", "bands", "flatness", "partial_hz", "partial_size"):
        np.testing.assert_allclose(getattr(cut, name), getattr(uncut, name), atol=1e-4)


def test_nothing_is_heard_of_nothing() -> None:
    heard = hear([])
    assert heard.seconds == 0
    assert len(onset_strength(heard)) == 0
    assert find_beats(onset_strength(heard)).tempo == 0


def test_silence_has_no_partials_no_beat_and_no_key() -> None:
    heard = hear([np.zeros(5 * RATE, dtype=np.float32)])
    assert not heard.partial_size.any()
    assert find_beats(onset_strength(heard)).tempo == 0
    assert find_key(chroma(heard)).confidence == 0
    assert not roughness(heard).any()


def test_noise_is_flat_and_a_tone_is_not() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 3 * RATE).astype(np.float32)
    assert hear([noise]).flatness.mean() > 0.4
    assert hear([tone(440, 3)]).flatness[5:-5].mean() < 0.01


def test_onsets_are_found_where_tones_begin() -> None:
    rng = np.random.default_rng(3)
    starts = np.cumsum(rng.uniform(0.2, 0.7, 20))
    sound = np.zeros(round((starts[-1] + 2) * RATE), dtype=np.float32)
    for start in starts:
        note = struck(220 * 2 ** (rng.integers(0, 24) / 12), 1.0)
        at = round(start * RATE)
        sound[at : at + len(note)] += note
    found, _ = pick_onsets(onset_strength(hear([sound])))
    hits = [np.abs(found - start).min() < 0.05 for start in starts]
    assert sum(hits) >= 19
    assert len(found) <= 22


def test_a_held_tone_with_vibrato_has_one_onset() -> None:
    time = np.arange(4 * RATE) / RATE
    phase = 2 * np.pi * 440 * time + 440 * 0.03 / 5.5 * np.sin(2 * np.pi * 5.5 * time)
    sound = np.concatenate((np.zeros(RATE), 0.3 * np.sin(phase) * np.minimum(1, 4 - time))).astype(np.float32)
    found, _ = pick_onsets(onset_strength(hear([sound])))
    assert len(found) == 1
    assert found[0] == pytest.approx(1.0, abs=0.06)


@pytest.mark.parametrize("tempo", [66, 84, 100, 118, 140])
def test_a_tempo_is_found_with_its_beats(tempo: float) -> None:
    beat = 60 / tempo
    sound = np.zeros(round(40 * beat * RATE) + RATE, dtype=np.float32)
    for number in range(80):
        note = struck(110 if number % 2 == 0 else 330, 0.4) * (1.0 if number % 2 == 0 else 0.03)
        at = round(number * beat / 2 * RATE)
        sound[at : at + len(note)] += note
    beats = find_beats(onset_strength(hear([sound])))
    assert beats.tempo == pytest.approx(tempo, rel=0.02)
    assert beats.clarity > 0.4
    offsets = (beats.times[2:-2] + beat / 2) % beat - beat / 2
    assert np.abs(offsets).max() < 0.06


@pytest.mark.parametrize("cents", [-35, 0, 20])
def test_a_tuning_is_heard(cents: float) -> None:
    sound = np.concatenate([tone(440 * 2 ** ((step + cents / 100) / 12), 0.5) for step in (0, 2, 4, 5, 7, 9, 11, 12)])
    assert tuning(hear([sound])) == pytest.approx(cents, abs=4)


@pytest.mark.parametrize(("root", "minor"), [(0, False), (9, True), (3, False), (6, True)])
def test_a_key_is_heard_from_its_cadence(root: int, minor: bool) -> None:
    base = 261.63 * 2 ** (root / 12) / (2 if root > 6 else 1)
    third = (0, 3, 7) if minor else (0, 4, 7)
    steps = [(0, third), (5, third), (7, (0, 4, 7)), (0, third)] * 2
    sound = np.concatenate([chord(base * 2 ** (up / 12), shape, 1.0) for up, shape in steps])
    classes = chroma(hear([sound]))
    key = find_key(classes)
    assert (key.tonic, key.minor) == (root, minor)
    assert (key.majorness < 0) == minor
    np.testing.assert_allclose(classes.sum(axis=1)[classes.any(axis=1)], 1, atol=1e-5)


def test_chords_change_where_they_change() -> None:
    sound = np.concatenate([chord(261.63, (0, 4, 7), 2), chord(220, (0, 3, 7), 2), chord(349.23, (0, 4, 7), 2)])
    found = find_chords(chroma(hear([sound])))
    for second, which in ((1, 0), (3, 12 + 9), (5, 5)):
        assert found[round(second * SLOW_RATE)] == which
    changes = np.flatnonzero(np.diff(found)) / SLOW_RATE
    assert len(changes) <= 3
    assert np.abs(changes - 2).min() < 0.3


def test_a_second_is_rougher_than_a_fifth() -> None:
    second = hear([tone(440, 2) + tone(466, 2)])
    fifth = hear([tone(440, 2) + tone(660, 2)])
    assert roughness(second)[3:-3].mean() > 2 * roughness(fifth)[3:-3].mean()


def test_gain_changes_nothing_but_the_level() -> None:
    rng = np.random.default_rng(4)
    scale = (0, 2, 4, 5, 7, 9, 11, 12, 7, 4, 0)
    sound = np.concatenate([struck(220 * 2 ** (rng.choice(scale) / 12), 0.4) for _ in range(30)])
    loud, soft = hear([sound]), hear([sound * np.float32(0.05)])
    assert (loud.level - soft.level)[10:-30].mean() == pytest.approx(26.0, abs=0.2)
    np.testing.assert_allclose(onset_strength(loud), onset_strength(soft), atol=1e-2)
    assert find_key(chroma(loud)).tonic == find_key(chroma(soft)).tonic
