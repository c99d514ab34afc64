"""Pitches, names, intervals, scales and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.pitch import Interval, NoteName, Pitch, hz_to_midi, midi_to_hz, parse_pitch
from senandung.domain.scales import SCALES, Key, key_of_pitch_class

KEYS = [key_of_pitch_class(pitch_class, mode) for pitch_class in range(12) for mode in SCALES]


@given(st.floats(0, 127))
def test_frequency_round_trip(midi: float) -> None:
    assert hz_to_midi(midi_to_hz(midi)) == pytest.approx(midi, abs=1e-9)


def test_known_frequencies() -> None:
    assert midi_to_hz(60) == pytest.approx(261.6256, abs=1e-4)
    assert Pitch(69, 50.0).hz == pytest.approx(452.8930, abs=1e-4)


@given(st.floats(8.2, 12_500))
def test_pitch_from_hz_keeps_the_frequency(hz: float) -> None:
    assert Pitch.from_hz(hz).hz == pytest.approx(hz, rel=1e-6)


@given(st.integers(-15, 19))
def test_line_of_fifths_round_trip(fifths: int) -> None:
    name = NoteName.from_fifths(fifths)
    assert name.fifths == fifths
    assert NoteName.parse(str(name)) == name
    assert name.pitch_class == fifths * 7 % 12


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [
        ("C4", "G4", "P5"), ("C4", "Eb4", "m3"), ("C4", "D#4", "A2"), ("B3", "F4", "d5"), ("C4", "E5", "M10"),
        ("G4", "C4", "-P5"), ("C4", "C4", "P1"), ("C4", "C#4", "A1"), ("F4", "B4", "A4"), ("C4", "C5", "P8"),
    ],
)  # fmt: skip
def test_interval_names(low: str, high: str, name: str) -> None:
    assert Interval.between(low, high).name == name


@pytest.mark.parametrize("text", ["H4", "C", "C11", "", "4C"])
def test_bad_pitch_names(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"must"):
        parse_pitch(text)


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_key_text_round_trip(key: Key) -> None:
    assert Key.parse(str(key)) == key
    assert abs(key.fifths) <= 6


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_note_can_be_spelled_in_every_key(key: Key) -> None:
    for midi in range(24, 100):
        name = key.spell(midi)
        assert name.pitch_class == midi % 12
        octave = name.octave_of(midi)
        assert parse_pitch(f"{NoteName(name.step)}{octave}") + name.alter == midi


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("C", "C Db D Eb E F F# G Ab A Bb B"),
        ("Am", "C C# D D# E F F# G G# A Bb B"),
        ("Eb", "C Db D Eb E F Gb G Ab A Bb B"),
        ("E", "C C# D D# E F F# G G# A A# B"),
    ],
)
def test_scale_tones_are_spelled_by_the_key(key: str, expected: str) -> None:
    parsed = Key.parse(key)
    names = expected.split()
    for pitch_class in parsed.pitch_classes:
        assert str(parsed.spell(60 + pitch_class)) == names[pitch_class]


def test_seven_tone_scales_use_each_letter_once() -> None:
    for key in KEYS:
        if len(SCALES[key.mode]) == 7:
            assert len({key.spell(60 + tone).step for tone in key.pitch_classes}) == 7, str(key)


def test_bad_keys() -> None:
    with pytest.raises(InvalidValueError, match="a key must look like C, Am"):
        Key.parse("H moll?")
    with pytest.raises(UnknownNameError, match="did you mean 'dorian'"):
        Key.parse("D dorain")
    with pytest.raises(InvalidValueError, match="at most seven sharps or flats"):
        Key.parse("G# major")


@pytest.mark.parametrize("text", ["C" + "9" * 5000, "C٣", "C100", "C"])
def test_octaves_are_short_numbers(text: str) -> None:
    with pytest.raises(InvalidValueError, match="a pitch must look like"):
        parse_pitch(text)


def test_halves_of_a_semitone_have_no_name() -> None:
    with pytest.raises(InvalidValueError, match=r"whole number in -2\.\.2 semitones, got 0\.5"):
        NoteName("C", 0.5)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match=r"whole number in 0\.\.11, got 1\.5"):
        key_of_pitch_class(1.5, "major")  # type: ignore[arg-type]
