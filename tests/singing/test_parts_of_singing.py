"""What singing is made of: durations, divisions, steps, noise, ornaments."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.phonemes import PHONEMES
from senandung.domain.scales import Key
from senandung.domain.singing import FRAME
from senandung.singing.breathing import divide
from senandung.singing.habits import COLOURS, Habits
from senandung.singing.ornaments import OrnamentNote, decorate, neighbour
from senandung.singing.pitch_curve import noise, step_response
from senandung.singing.timing import CONSONANT_SECONDS, SHORTEST, SungNote, SungSyllable, squeezed


def test_every_consonant_has_a_length() -> None:
    assert set(CONSONANT_SECONDS) == {symbol for symbol, each in PHONEMES.items() if not each.vowel}


@given(st.lists(st.floats(0.015, 0.3), max_size=6), st.floats(0, 1))
def test_squeezed_lengths_fit_and_are_never_too_short(wanted: list[float], room: float) -> None:
    found = squeezed(wanted, room)
    assert len(found) == len(wanted)
    assert all(each >= SHORTEST - 1e-12 for each in found)
    assert sum(found) <= max(room, SHORTEST * len(wanted)) + 1e-9
    assert all(each <= was + 1e-12 for each, was in zip(found, wanted, strict=True))


def test_every_feeling_can_colour_the_habits() -> None:
    from senandung.domain.feeling import BASIC, PLACES, Feeling

    assert set(COLOURS) == set(BASIC)
    for word in PLACES:
        felt = Habits().felt(Feeling.named(word))
        assert 4.5 < felt.vibrato_rate < 6.5, word
        assert 0 <= felt.breathiness <= 0.6, word


def test_a_step_is_there_in_a_tenth_of_a_second() -> None:
    response = step_response(np.array([-0.1, 0.0, 0.045, 0.1, 0.5]), 50.0, 0.68)
    assert response[:2].tolist() == [0.0, 0.0]
    assert response[2] == pytest.approx(0.82, abs=0.02)
    assert response[3:] == pytest.approx([1.05, 1.0], abs=0.02)


def test_noise_has_its_size_and_its_band() -> None:
    wave = noise(40_000, 1.5, 6.0, np.random.default_rng(1))
    assert wave.std() == pytest.approx(6.0, rel=0.15)
    power = np.abs(np.fft.rfft(wave)) ** 2
    frequency = np.fft.rfftfreq(len(wave), FRAME)
    assert power[frequency > 3].sum() < 0.01 * power.sum()


def _line(count: int, seconds: float, rest: float, line: int = 8) -> list[SungSyllable]:
    found, at = [], 1.0
    for number in range(count):
        ends = number % line == line - 1
        note = SungNote(at, at + seconds, 60.0, 80, number)
        found.append(SungSyllable(number, ("t", "a"), (note,), ends_word=number % 2 == 1, ends_line=ends))
        at += seconds + (rest if ends else 0.0)
    return found


def test_breath_is_taken_at_the_ends_of_lines_where_there_is_a_rest() -> None:
    phrases = divide(_line(24, 0.4, 0.8), Habits())
    assert [len(phrase.syllables) for phrase in phrases] == [8, 8, 8]
    assert all(phrase.breath > 0 for phrase in phrases)


def test_a_rest_is_made_where_there_is_none_and_only_at_a_words_end() -> None:
    syllables = _line(60, 0.5, 0.0, line=60)
    phrases = divide(syllables, Habits())
    assert len(phrases) > 3
    assert all(phrase.syllables[-1].ends_word for phrase in phrases)
    assert all(phrase.syllables[-1].end - phrase.syllables[0].onset <= 8.0 for phrase in phrases)
    for one, two in pairwise(phrases):
        assert 0.2 < two.syllables[0].onset - one.syllables[-1].end < 0.5
        assert one.syllables[-1].end - one.syllables[-1].onset >= 0.16


def test_short_rests_in_a_hurry_are_not_all_breathed_in() -> None:
    phrases = divide(_line(32, 0.12, 0.5, line=4), Habits())
    assert len(phrases) == 8
    assert sum(phrase.breath > 0 for phrase in phrases) < 8


def test_a_singer_with_little_breath_breathes_more() -> None:
    syllables = _line(60, 0.5, 0.0, line=60)
    assert len(divide(syllables, Habits(breath_lasts=4.0))) > len(divide(syllables, Habits(breath_lasts=10.0)))


def test_ornaments_stand_in_their_notes_and_come_as_often_as_counted() -> None:
    rng = np.random.default_rng(3)
    key = Key.parse("F")
    lengths = rng.choice([0.3, 0.45, 0.6, 0.9, 1.4], size=3000)
    notes = [
        OrnamentNote(2.0 * at, 2.0 * at + length, 65.0, key, at % 8 == 0, False) for at, length in enumerate(lengths)
    ]
    found = decorate(notes, rng)
    counts = {kind: sum(each.ornament.kind == kind for each in found) for kind in ("luk", "gregel", "embat", "cengkok")}
    assert counts["luk"] > counts["gregel"] > counts["cengkok"] > 100
    assert counts["luk"] > counts["embat"] > counts["cengkok"]
    for each in found:
        note = notes[int((each.ornament.end - 0.001) // 2.0)]
        assert note.onset - 0.13 <= each.ornament.start < each.ornament.end <= note.end
        assert np.all(np.diff(each.times) > 0)
        assert abs(each.cents[-1]) < 1e-6


def test_neighbours_are_tones_of_the_key() -> None:
    key = Key.parse("Am")
    for pitch in range(48, 80):
        for step in (1, -1):
            cents = neighbour(float(pitch), key, step)
            assert np.sign(cents) == step
            assert (pitch + round(cents / 100)) % 12 in key.pitch_classes
