"""Chords: in key, on the beat, schemes as written, home at the end."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.composing.compose import place_sections
from senandung.composing.form import plan_song
from senandung.composing.harmony.roman import chord_of, numeral_of, parse_scheme
from senandung.composing.harmony.write import bar_parts, harmonise
from senandung.composing.plan import VOCAL_KINDS, Plan, Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.chords import Chord, parse_chords
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan

NONE = Wishes()


def write(name: str, word: str, seed: int, wishes: Wishes = NONE) -> tuple[Plan, tuple[ChordSpan, ...]]:
    style, feeling = load_style(name), Feeling.named(word)
    plan = plan_song(feeling, style, 3, wishes, seed=seed)
    return plan, harmonise(plan, place_sections(plan, "en"), feeling, style, wishes, seed=seed)


def letters(plan: Plan, chords: tuple[ChordSpan, ...], section: int) -> list[list[str]]:
    start = sum(s.bars for s in plan.sections[:section])
    bar = plan.metre.bar_ticks
    return [
        [span.chord.letters() for span in chords if number * bar <= span.onset < (number + 1) * bar]
        for number in range(start, start + plan.sections[section].bars)
    ]


@pytest.mark.parametrize("name", band_style_names())
def test_chords_cover_the_song_bar_by_bar_and_end_at_home(name: str) -> None:
    for seed in range(2):
        for word in ("sedih", "girang"):
            plan, chords = write(name, word, seed)
            bar = plan.metre.bar_ticks
            at = 0
            for span in chords:
                assert span.onset == at
                at += span.duration
                assert span.onset // bar == (at - 1) // bar
            assert at == plan.bars * bar
            assert chords[-1].chord.root == plan.key.tonic
            assert chords[-1].chord.quality == ("min" if plan.key.is_minor else "maj")


@pytest.mark.parametrize("name", [name for name in band_style_names() if not load_style(name).schemes])
def test_most_chord_tones_lie_in_the_key_and_sections_move(name: str) -> None:
    foreign: Counter[bool] = Counter()
    moving: list[bool] = []
    for seed in range(5):
        plan, chords = write(name, ("sedih", "girang")[seed % 2], seed)
        scale = {*plan.key.pitch_classes, (plan.key.tonic.pitch_class + 11) % 12}
        foreign.update(pitch not in scale for span in chords for pitch in span.chord.pitch_classes)
        for section, planned in enumerate(plan.sections):
            if planned.kind in ("verse", "chorus") and planned.bars >= 8:
                roots = {text[:2] for bar in letters(plan, chords, section) for text in bar}
                moving.append(len(roots) >= 3)
    assert sum(moving) >= 0.9 * len(moving)
    assert foreign[True] < 0.08 * foreign.total()


def test_choruses_come_back_and_fixed_schemes_are_played() -> None:
    plan, chords = write("keroncong-asli", "tenang", 1, Wishes(key=Key.parse("C")))
    verse = next(at for at, section in enumerate(plan.sections) if section.kind == "verse")
    assert letters(plan, chords, verse) == [["C"], ["C"], ["G"], ["G"], ["D"], ["D"], ["G"], ["G"]]
    plan, chords = write("pop-ballad", "rindu", 5)
    choruses = [at for at, section in enumerate(plan.sections) if section.kind == "chorus"]
    assert letters(plan, chords, choruses[0])[:6] == letters(plan, chords, choruses[-1])[:6]


@pytest.mark.parametrize("name", band_style_names())
def test_the_last_sung_section_comes_home(name: str) -> None:
    for seed in range(4):
        plan, chords = write(name, "galau", seed)
        last = max(at for at, section in enumerate(plan.sections) if section.kind in VOCAL_KINDS)
        end = sum(section.bars for section in plan.sections[: last + 1]) * plan.metre.bar_ticks
        closing = max((span for span in chords if span.onset < end), key=lambda span: span.onset)
        assert closing.chord.root == plan.key.tonic, (name, seed)


def test_wished_chords_are_played_one_a_bar() -> None:
    wished = parse_chords("Am F C G")
    plan, chords = write("pop-upbeat", "girang", 2, Wishes(chords=wished, bars=18))
    assert [span.chord.letters() for span in chords] == ["Am", "F", "C", "G"] * 4 + ["Am", "Am"]
    assert str(plan.key) == "A minor"


def test_seeds_differ_and_repeat() -> None:
    assert write("pop-ballad", "rindu", 1) == write("pop-ballad", "rindu", 1)
    assert len({write("pop-ballad", "rindu", seed)[1] for seed in range(6)}) == 6


@given(count=st.integers(1, 8), metre=st.sampled_from(["4/4", "3/4", "6/8", "2/4", "5/4", "7/8", "12/8"]))
def test_parts_of_a_bar_cover_it(count: int, metre: str) -> None:
    parts = bar_parts(Metre.parse(metre), count)
    assert parts[0][0] == 0
    assert [start + length for start, length in parts] == [
        *[start for start, _ in parts[1:]],
        Metre.parse(metre).bar_ticks,
    ]
    assert all(length > 0 for _, length in parts)


@given(
    numeral=st.sampled_from(
        ["I", "ii7", "bIII", "IV", "V7", "vi", "bVII", "viio", "Imaj7", "Vsus4", "iii", "bVI", "#IV"]
    ),
    tonic=st.sampled_from(["C", "G", "F", "Bb", "E", "Ab", "D"]),
)
def test_numerals_round_trip_in_major(numeral: str, tonic: str) -> None:
    assert numeral_of(chord_of(numeral, Key.parse(tonic)), NoteName.parse(tonic), False) == numeral


@given(
    numeral=st.sampled_from(["i", "iv7", "bIII", "IV", "V7", "bVI", "bVII", "viio", "v", "#VI", "Vsus4", "iiø"]),
    tonic=st.sampled_from(["A", "E", "D", "B", "F#", "G", "C"]),
)
def test_numerals_round_trip_in_minor(numeral: str, tonic: str) -> None:
    key = Key.parse(f"{tonic} minor")
    assert numeral_of(chord_of(numeral, key), key.tonic, True) == numeral


def test_numerals_are_spelled_in_the_key() -> None:
    assert [chord_of(text, Key.parse("Eb")).letters() for text in ("IV", "V7", "vi")] == ["Ab", "Bb7", "Cm"]
    assert chord_of("V7", Key.parse("F# minor")) == Chord(NoteName("C", 1), "7")


@pytest.mark.parametrize("text", ["X", "VIII", "Iq", ""])
def test_bad_numerals_are_refused(text: str) -> None:
    with pytest.raises(InvalidValueError, match="a Roman numeral must look like"):
        chord_of(text, Key.parse("C"))


def test_bad_schemes_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="must not begin with %"):
        parse_scheme("% | I")
    with pytest.raises(InvalidValueError, match="every bar of a scheme must hold a chord"):
        parse_scheme("I | | V")
