"""Tracks of the mouth: every phoneme has one, and they say what phonetics says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from senandung.domain.phonemes import PHONEMES
from senandung.domain.singing import SungPhoneme
from senandung.singing.consonants import CONSONANTS, LOCI
from senandung.singing.gestures import consonant_formants, eased, straight, tracks
from senandung.singing.tract import VOWELS


def test_every_phoneme_has_its_row() -> None:
    assert set(VOWELS) == {symbol for symbol, each in PHONEMES.items() if each.vowel}
    assert set(CONSONANTS) == set(PHONEMES) - set(VOWELS)
    assert {each.place for each in PHONEMES.values() if each.place} <= set(LOCI)


@pytest.mark.parametrize("symbol", sorted(CONSONANTS))
@pytest.mark.parametrize("vowel", ["a", "i", "u"])
def test_formants_keep_their_order(symbol: str, vowel: str) -> None:
    f1, f2, f3 = consonant_formants(symbol, vowel)
    assert 200 <= f1 < f2 - 150
    assert f2 < f3 - 150


def test_vowels_keep_their_corners() -> None:
    assert max(VOWELS, key=lambda each: VOWELS[each][0]) == "a"
    assert max(VOWELS, key=lambda each: VOWELS[each][1]) == "i"
    assert min(VOWELS, key=lambda each: VOWELS[each][1]) == "u"


def test_f2_points_at_the_place() -> None:
    """Before /a/, F2 falls from an alveolar, rises from a labial; a palatal is higher than both."""
    second = {symbol: consonant_formants(symbol, "a")[1] for symbol in ("b", "d", "ɲ")}
    assert second["b"] < VOWELS["a"][1] < second["d"] < second["ɲ"]


@pytest.mark.parametrize("seconds", [0.012, 0.03, 0.1])
@pytest.mark.parametrize("symbol", sorted(PHONEMES))
def test_tracks_stay_within_bounds_however_short_a_phoneme_is(symbol: str, seconds: float) -> None:
    line = ["a", symbol, "i", symbol]
    starts = np.arange(5) * seconds + 0.1
    phonemes = [
        SungPhoneme(each, one, two, number)
        for number, (each, (one, two)) in enumerate(zip(line, itertools.pairwise(starts.tolist()), strict=True))
    ]
    found = tracks(phonemes)
    times = np.linspace(0, 0.1 + 5 * seconds, 2000)
    for knots in (found.voice, found.opening, found.nasal, found.closed, found.puff, found.noise, found.bar):
        track = straight(knots, times)
        assert track.min() >= 0
        assert track.max() <= 1
    assert eased(found.f1, times).min() > 200
    assert eased(found.f2, times).max() < 2500


def test_voice_is_silent_in_a_closure_and_a_voice_bar_is_not() -> None:
    def at(symbol: str) -> tuple[float, float]:
        phonemes = [SungPhoneme("a", 0, 0.3, 0), SungPhoneme(symbol, 0.3, 0.4, 1), SungPhoneme("a", 0.4, 0.7, 1)]
        found = tracks(phonemes)
        middle = np.array([0.34])
        return float(straight(found.voice, middle)[0]), float(straight(found.bar, middle)[0])

    assert at("p") == (0, 0)
    assert at("b")[0] > 0.9
    assert at("b")[1] > 0.1
