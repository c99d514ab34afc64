"""Pathet, tones of kepatihan, and the tunings of measured gamelan."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.gendhing import CYCLES, DIGITS, PATHETS, STRUCTURE, Tone
from senandung.domain.scales import Key, NoteName
from senandung.domain.style import Gendhing
from senandung.domain.tuning import GAMELANS, TUNINGS


def test_measured_gamelan_give_the_frequencies_that_were_measured() -> None:
    hz = (288, 333, 382, 439, 503, 582)  # Kyahi Kanyut Mesem, slendro
    tuning = TUNINGS[GAMELANS["kanyut-mesem"].tunings["slendro"]]
    for digit, wanted in zip((1, 2, 3, 5, 6), hz, strict=False):
        assert tuning.hz(Tone(0, digit).midi(tuning, "slendro")) == pytest.approx(wanted, rel=1e-5)
    assert tuning.hz(Tone(1, 1).midi(tuning, "slendro")) == pytest.approx(582, rel=1e-5)
    steps = [251, 238, 241, 236, 253]  # Polansky 1990, within a cent
    cents = [*tuning.degrees, tuning.octave]
    assert all(abs(b - a - step) < 1.0 for a, b, step in zip(cents, cents[1:], steps, strict=False))


def test_every_gamelan_has_both_laras_and_a_stretched_octave() -> None:
    assert len(GAMELANS) >= 2
    for gamelan in GAMELANS.values():
        for laras, name in gamelan.tunings.items():
            tuning = TUNINGS[name]
            assert len(tuning.degrees) == len(DIGITS[laras])
            assert 1200 < tuning.octave < 1240
            assert "Surjodiningrat" in tuning.source
            assert 250 < tuning.reference_hz < 300


@given(st.sampled_from(sorted(GAMELANS)), st.sampled_from(["slendro", "pelog"]), st.integers(-3, 3), st.integers(0, 6))
def test_tones_and_midi_numbers_are_inverse(name: str, laras: str, octave: int, degree: int) -> None:
    tuning = TUNINGS[GAMELANS[name].tunings[laras]]
    tone = Tone(octave, DIGITS[laras][degree % len(DIGITS[laras])])
    assert Tone.of_midi(tone.midi(tuning, laras), tuning, laras) == tone
    written = 440 * 2 ** ((tone.midi(tuning, laras) - 69) / 12)
    assert abs(1200 * math.log2(tuning.hz(tone.midi(tuning, laras)) / written)) < 300  # tone 1 is written D


def test_a_key_can_be_a_laras_with_its_pathet() -> None:
    for mode in PATHETS:
        key = Key.parse(mode)
        assert Key.parse(str(key)) == key
        assert key.laras == mode.split("-")[0]
        assert -2 <= key.fifths <= -1
    assert Key.parse(" Laras Pélog pathet Barang ").mode == "pelog-barang"
    assert str(Key.parse("slendro-sanga")) == "slendro sanga"
    assert not Key.parse("D minor").laras
    with pytest.raises(UnknownNameError, match="did you mean 'slendro manyura'"):
        Key.parse("slendro manyuro")
    with pytest.raises(InvalidValueError, match="tone 1 on D, got 'C'"):
        Key(NoteName.parse("C"), "slendro-sanga")


def test_pathet_and_cycles_are_whole() -> None:
    for pathet in PATHETS.values():
        tones = {tone.digit for tone in pathet.tones}
        assert len(tones) == 5
        assert {*pathet.gong, *pathet.rests, *pathet.avoided} <= tones
        assert not set(pathet.avoided) & {*pathet.gong, *pathet.rests}
        assert [pathet.tone(place) for place in range(5)] == sorted(pathet.tones)
    for cycle in CYCLES.values():
        assert cycle.beats % 4 == 0
        assert set(cycle.signs) <= set(STRUCTURE)
        assert cycle.signs[-1] == "G"


def test_a_gendhing_names_what_there_is() -> None:
    with pytest.raises(UnknownNameError, match="unknown gamelan 'kanyut'"):
        Gendhing("ladrang", "kanyut")
    with pytest.raises(UnknownNameError, match="unknown irama"):
        Gendhing("ladrang", "kanyut-mesem", {"verse": "lambat"})
    with pytest.raises(InvalidValueError, match="section must be one of"):
        Gendhing("ladrang", "kanyut-mesem", {"bait": "dadi"})
