"""What becomes of a motif: properties of every form, and of its fitting to metre, key and tempo."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.composing.melody.motif_words import ThemeLine, lay_words
from senandung.composing.melody.slots import Slot
from senandung.composing.motif.fitting import bent, fit_metre, fit_tempo, into_key, scaled
from senandung.composing.motif.forms import head_of, mirrored, moved, stretched
from senandung.composing.motif.said_again import say_again, times_for
from senandung.composing.motif.tune_key import key_of_tones
from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.motif import (
    Motif,
    Statement,
    Theme,
    Tone,
    motif_of_plain,
    motif_plain,
    theme_of_plain,
    theme_plain,
)
from senandung.domain.scales import SCALES, Key, key_of_pitch_class
from senandung.domain.words import Line, Words
from senandung.language.syllables import syllabify_line


@st.composite
def motifs(draw: st.DrawFn, mode: str | None = None) -> Motif:
    """Tunes of a scale on a grid of eighths."""
    key = key_of_pitch_class(draw(st.integers(0, 11)), mode or draw(st.sampled_from(("major", "minor"))))
    scale = [pitch for pitch in range(55, 80) if pitch % 12 in key.pitch_classes]
    metre = Metre.parse(draw(st.sampled_from(("4/4", "3/4", "6/8"))))
    pitches = draw(st.lists(st.sampled_from(scale), min_size=4, max_size=12).filter(lambda row: len(set(row)) > 1))
    at, tones = draw(st.sampled_from((0, 0, -240, 480))), []
    for pitch in pitches:
        length = draw(st.sampled_from((240, 480, 720, 960)))
        tones.append(Tone(at, length, pitch))
        at += length
    return Motif(tuple(tones), key, metre, draw(st.sampled_from((60.0, 96.0, 132.0))))


def spans(motif: Motif) -> list[Fraction]:
    gaps = [b.onset - a.onset for a, b in pairwise(motif.tones)]
    return [Fraction(gap, gaps[0]) for gap in gaps]


@given(motifs())
def test_a_motif_and_a_theme_come_back_from_plain_values(motif: Motif) -> None:
    assert motif_of_plain(motif_plain(motif)) == motif
    theme = Theme(motif, (Statement(0, 960, "sequence", "Vokal", 0, 3, -2),))
    assert theme_of_plain(theme_plain(theme)) == theme


@given(motifs(), st.integers(-6, 6))
def test_a_sequence_and_a_mirror_stay_in_the_key_and_come_back(motif: Motif, steps: int) -> None:
    there = moved(motif.tones, motif.key, steps)
    assert all(tone.pitch % 12 in motif.key.pitch_classes for tone in there)
    assert moved(there, motif.key, -steps) == motif.tones
    turned = mirrored(motif.tones, motif.key)
    assert mirrored(turned, motif.key) == motif.tones
    for (a, b), (c, d) in zip(pairwise(motif.tones), pairwise(turned), strict=True):
        assert (b.pitch - a.pitch) * (d.pitch - c.pitch) <= 0
    assert [t.onset for t in stretched(motif.tones)] == [2 * t.onset for t in motif.tones]
    assert 4 <= head_of(motif.tones, motif.metre) <= len(motif.tones)


@given(motifs(), st.integers(0, 11))
def test_another_key_keeps_every_interval(motif: Motif, tonic: int) -> None:
    key = key_of_pitch_class(tonic, motif.key.mode)
    found = into_key(motif, key, 57, 74)
    assert found.motif.intervals == motif.intervals
    assert found.motif.key == key
    assert not found.remarks
    assert (found.motif.tones[0].pitch - motif.tones[0].pitch - tonic + motif.key.tonic.pitch_class) % 12 == 0


@given(motifs())
def test_tempo_and_metre_keep_the_proportions_of_the_rhythm(motif: Motif) -> None:
    for quarters in (40.0, 90.0, 180.0):
        assert spans(fit_tempo(motif, quarters)) == spans(motif)
    assert spans(Motif(scaled(motif.tones, Fraction(2)), motif.key, Metre(4, 1), 60.0)) == spans(motif)
    name = "4/4" if motif.metre.beats % 2 == 0 else "3/4"
    fitted = fit_metre(motif, (name,), "a style", None)
    assert fitted.motif.metre == Metre.parse(name)
    assert spans(fitted.motif) == spans(motif)


def test_a_waltz_in_four_holds_the_end_of_each_bar() -> None:
    tones = tuple(Tone(480 * at, 480, 60 + at) for at in range(6))
    found = fit_metre(Motif(tones, Key.parse("C"), Metre(3, 4), 96.0), ("4/4",), "dangdut", None)
    assert [tone.onset for tone in found.motif.tones] == [0, 480, 960, 1920, 2400, 2880]
    assert found.motif.tones[2].duration == 960
    assert "dangdut in 4/4" in found.remarks[0]


def test_a_metre_that_cannot_carry_it_is_refused() -> None:
    tones = tuple(Tone(480 * at, 480, 60 + at) for at in range(8))
    motif = Motif(tones, Key.parse("C"), Metre(4, 4), 96.0)
    with pytest.raises(InvalidValueError, match="a motif in 4/4 cannot be carried here: --metre 3/4 was asked for"):
        fit_metre(motif, ("4/4",), "keroncong", Metre(3, 4))


@given(motifs(mode="major"))
def test_a_bent_motif_keeps_its_steps(motif: Motif) -> None:
    found = bent(motif, "minor")
    assert found.key.is_minor
    assert all(tone.pitch % 12 in found.key.pitch_classes for tone in found.tones)
    assert [tone.onset for tone in found.tones] == [tone.onset for tone in motif.tones]


@pytest.mark.parametrize(("tune", "key"), [
    ((60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60), "C major"),
    ((57, 60, 59, 60, 64, 62, 60, 59, 57), "A minor"),
    ((67, 71, 74, 72, 71, 69, 67), "G major"),
])  # fmt: skip
def test_the_key_of_a_tune(tune: tuple[int, ...], key: str) -> None:
    assert str(key_of_tones([Tone(480 * at, 480, pitch) for at, pitch in enumerate(tune)])) == key


@given(motifs(), st.lists(st.booleans(), min_size=1, max_size=24))
def test_words_on_a_motif_keep_its_tune(motif: Motif, stresses: list[bool]) -> None:
    line = ThemeLine(motif.tones)
    laid = lay_words(line.tones, stresses, motif.metre, 0.6)
    numbers = list(dict.fromkeys(laid.syllables))
    assert numbers == list(range(laid.sung))
    assert laid.sung == len(stresses)
    heard = {tone.onset: tone.pitch for tone in laid.tones}
    for tone in motif.tones:  # every tone begins where it did
        assert heard[tone.onset] == tone.pitch
    for tone in laid.tones:  # and what is between says the same pitch again
        source = [t for t in motif.tones if t.onset <= tone.onset][-1]
        assert tone.pitch == source.pitch


def test_what_is_no_motif_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"a motif must have 4\.\.64 tones, got 3"):
        Motif(tuple(Tone(480 * at, 480, 60 + at) for at in range(3)), Key.parse("C"), Metre(), 96.0)
    with pytest.raises(InvalidValueError, match="two pitches or more"):
        Motif(tuple(Tone(480 * at, 480, 60) for at in range(4)), Key.parse("C"), Metre(), 96.0)
    with pytest.raises(InvalidValueError, match="a form must be one of "):
        Statement(0, 1, "retrograde", "Vokal", 0, 4)
    assert len(SCALES["major"]) == 7


@given(motifs(), st.data())
def test_a_mirror_strays_from_the_exact_one_by_a_semitone_an_interval_also_where_tones_are_altered(
    motif: Motif, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(motif.tones) - 1))
    altered = replace(motif.tones[at], pitch=motif.tones[at].pitch + 1)
    tones = (*motif.tones[:at], altered, *motif.tones[at + 1 :])
    there = mirrored(tones, motif.key)
    for (a, b), (c, d) in zip(pairwise(tones), pairwise(there), strict=True):
        assert abs((d.pitch - c.pitch) + (b.pitch - a.pitch)) <= 1 + (a is altered or b is altered)


def test_a_raised_tone_is_lowered_in_the_mirror() -> None:
    key = Key.parse("Dm")
    tones = [Tone(480 * at, 480, pitch) for at, pitch in enumerate((74, 73, 74, 69, 70, 69, 70, 66))]
    there = [tone.pitch for tone in mirrored(tones, key)]
    strays = [d - c + b - a for (a, b), (c, d) in zip(pairwise(t.pitch for t in tones), pairwise(there), strict=True)]
    assert max(map(abs, strays)) <= 1


def test_a_head_has_four_tones_behind_its_pickup() -> None:
    tones = [Tone(480 * at - 960, 480, 60 + at % 3) for at in range(12)]
    assert head_of(tones, Metre()) >= 6


UPBEAT = tuple(Tone(*row) for row in ((-480, 480, 62), (0, 480, 67), (480, 480, 69), (960, 960, 71), (1920, 960, 67)))


def test_a_stressed_syllable_on_a_pickup_is_held_over_the_bar_line() -> None:
    laid = lay_words(UPBEAT, (True, False, True, False), Metre(), 0.6)
    assert laid.syllables == (0, 0, 1, 2, 3) and laid.tones == UPBEAT and laid.sung == 4
    plain = lay_words(UPBEAT, (False, True, False, True, False), Metre(), 0.6)
    assert plain.syllables == (0, 1, 2, 3, 4)


def test_a_stressed_syllable_is_not_slurred_over_an_octave_or_where_tones_are_few() -> None:
    high = (replace(UPBEAT[0], pitch=55), *UPBEAT[1:])
    assert lay_words(high, (True, False, True, False, False), Metre(), 0.6).syllables == (0, 1, 2, 3, 4)
    many = (True, False) * 5
    assert lay_words(UPBEAT, many, Metre(), 0.6).syllables[:2] == (0, 1)


def words(*texts: str) -> Words:
    return Words("id", tuple(Line(text, syllabify_line(text, "id"), "person", at) for at, text in enumerate(texts)))


def test_a_short_line_on_many_tones_is_said_again_but_not_when_it_is_first_sung() -> None:
    given = words("pulang", "pulang.", "malam ini hujan turun lagi")
    slots = [Slot(at, 0, 1920 * at, 1920 * (at + 1), (True,), start) for at, start in enumerate(given.line_starts)]
    tones = tuple(Tone(120 * at, 120, 60 + at % 5) for at in range(12))
    again = say_again(given, slots, {(at, 0): ThemeLine(tones) for at in range(3)})
    assert [line.text for line in again.lines] == [
        "pulang", "pulang, pulang, pulang, pulang", "malam ini hujan turun lagi",
    ]  # fmt: skip
    assert [line.source for line in again.lines] == ["person", "variation", "person"]
    assert len(again.lines[1].syllables) == 8


@given(st.integers(0, 64), st.integers(1, 20))
def test_a_line_said_again_has_a_tone_for_every_syllable(tones: int, syllables: int) -> None:
    times = times_for(tones, syllables)
    assert times == 1 or times * syllables <= tones
    assert 1 <= times <= 4
