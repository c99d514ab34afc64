"""Chords in Harte's syntax and in the letters people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.chords import QUALITIES, Chord, parse_chords
from senandung.domain.errors import InvalidValueError
from senandung.domain.pitch import NoteName

NAMES = st.integers(-6, 8).map(NoteName.from_fifths)
CHORDS = st.builds(Chord, NAMES, st.sampled_from(sorted(QUALITIES)), st.none() | NAMES)


@given(CHORDS)
def test_letters_round_trip(chord: Chord) -> None:
    assert Chord.parse(chord.letters()) == chord


@given(CHORDS)
def test_harte_round_trip(chord: Chord) -> None:
    assert Chord.parse_harte(chord.harte()) == chord


@given(CHORDS, st.integers(-5, 6))
def test_transposing_moves_every_tone(chord: Chord, fifths: int) -> None:
    moved = chord.transposed(fifths)
    assert moved.pitch_classes == tuple((tone + 7 * fifths) % 12 for tone in chord.pitch_classes)


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("C", [0, 4, 7]), ("Am", [9, 0, 4]), ("F#m7b5", [6, 9, 0, 4]), ("Bb7", [10, 2, 5, 8]), ("C/G", [0, 4, 7]),
        ("Am/G", [9, 0, 4, 7]), ("Dsus4", [2, 7, 9]), ("E7sus4", [4, 9, 11, 2]), ("Gmaj7", [7, 11, 2, 6]),
        ("C°7", [0, 3, 6, 9]), ("d-7", [2, 5, 9, 0]), ("Aaug", [9, 1, 5]), ("C5", [0, 7]), ("Fadd9", [5, 9, 0, 7]),
    ],
)  # fmt: skip
def test_what_people_type(text: str, tones: list[int]) -> None:
    assert list(Chord.parse(text).pitch_classes) == tones


@pytest.mark.parametrize(
    ("harte", "letters"),
    [
        ("C", "C"), ("A:min", "Am"), ("D:7/3", "D7/F#"), ("Bb:maj(9)", "Bbadd9"), ("C:min(b7)", "Cm7"),
        ("E:(3,5)", "E"), ("G:7(*5)", "G7"), ("F:maj/9", "F/G"), ("C:11", "C9"), ("D:min11", "Dm9"),
        ("A:maj13", "Amaj9"),
    ],
)  # fmt: skip
def test_harte_annotations_of_the_field(harte: str, letters: str) -> None:
    assert Chord.parse(harte).letters() == letters


@pytest.mark.parametrize("text", ["H", "Cfoo", "", "C:(99)", "A:zzz", "C/H", "/G"])
def test_bad_chords_say_what_is_wrong(text: str) -> None:
    with pytest.raises(InvalidValueError, match=r"must"):
        Chord.parse(text)


def test_progressions() -> None:
    assert [chord.letters() for chord in parse_chords("Am - F - C/G | G7, Dm")] == ["Am", "F", "C/G", "G7", "Dm"]
    with pytest.raises(InvalidValueError, match="at least one chord"):
        parse_chords(" | ")


@pytest.mark.parametrize("text", ["C:maj/" + "9" * 5000, "C:maj(²)", "C:maj(" + "1" * 5000 + ")", "C:maj/٣", "C:maj/0"])
def test_degrees_are_short_numbers(text: str) -> None:
    with pytest.raises(InvalidValueError, match="chord"):
        Chord.parse_harte(text)
