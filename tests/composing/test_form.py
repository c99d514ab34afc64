"""The plan: lengths, slots, repeats, keys, and wishes that cannot be met."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.form import key_of_chords, plan_song
from senandung.composing.plan import VOCAL_KINDS, Plan, Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.chords import parse_chords
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key


def seconds(plan: Plan) -> float:
    return plan.bars * plan.metre.beats * 60 / plan.bpm


def capacity(plan: Plan) -> int:
    """Lines that can be sung once: choruses after the first sing the first one's words."""
    choruses = [section.slots for section in plan.sections if section.kind == "chorus"]
    return sum(section.slots for section in plan.sections if section.kind != "chorus") + sum(choruses[:1])


@pytest.mark.parametrize("name", band_style_names())
@pytest.mark.parametrize("word", ["sedih", "girang", "tenang", "marah"])
def test_a_song_lasts_two_to_three_minutes_and_sings(name: str, word: str) -> None:
    for seed in range(6):
        plan = plan_song(Feeling.named(word), load_style(name), 4, Wishes(), seed=seed)
        assert 120 <= seconds(plan) <= 180
        assert capacity(plan) >= 4
        low, high = load_style(name).tempo
        assert low <= plan.bpm <= high
        assert str(plan.metre) in load_style(name).metres
        assert plan.key.mode in load_style(name).modes


@given(bars=st.integers(4, 160), seed=st.integers(0, 50), name=st.sampled_from(band_style_names()))
@settings(max_examples=60, deadline=None)
def test_wished_bars_are_kept_exactly(bars: int, seed: int, name: str) -> None:
    plan = plan_song(Feeling.named("rindu"), load_style(name), 2, Wishes(bars=bars), seed=seed)
    assert plan.bars == bars
    assert any(section.slots for section in plan.sections)


@pytest.mark.parametrize("minutes", [0.5, 1, 2, 4, 8])
def test_wished_minutes_are_kept_within_a_bar(minutes: float) -> None:
    plan = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 2, Wishes(minutes=minutes), seed=3)
    assert seconds(plan) == pytest.approx(60 * minutes, abs=plan.metre.beats * 60 / plan.bpm)


@given(lines=st.integers(0, 90), seed=st.integers(0, 20), name=st.sampled_from(band_style_names()))
@settings(max_examples=40, deadline=None)
def test_every_line_finds_a_slot_and_the_song_stays_below_six_minutes(lines: int, seed: int, name: str) -> None:
    plan = plan_song(Feeling.named("senang"), load_style(name), lines, Wishes(), seed=seed)
    assert capacity(plan) >= lines
    assert seconds(plan) <= 360


def test_more_lines_make_a_longer_song() -> None:
    few = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 4, Wishes(), seed=1)
    many = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 30, Wishes(), seed=1)
    assert seconds(many) > seconds(few)
    assert sum(section.kind == "chorus" for section in many.sections) >= 2


def test_returning_sections_point_back_and_the_last_chorus_is_the_climax() -> None:
    plan = plan_song(
        Feeling.named("rindu"),
        load_style("pop-ballad"),
        3,
        Wishes(form="intro4 verse8 chorus8 verse8 chorus8 bridge4 chorus8 outro4"),
        seed=1,
    )
    assert [section.repeats for section in plan.sections] == [None, None, None, 1, 2, None, 2, None]
    assert [section.name for section in plan.sections][:5] == ["Intro", "Verse 1", "Chorus 1", "Verse 2", "Chorus 2"]
    assert max(plan.sections, key=lambda section: section.intensity) is plan.sections[6]


def test_what_a_bridge_leads_away_from_comes_back() -> None:
    for name in ("pop-ballad", "pop-rock", "pop-upbeat"):
        forms = [plan_song(Feeling.named("sedih"), load_style(name), 2, Wishes(), seed=seed) for seed in range(80)]
        kinds = [[section.kind for section in plan.sections] for plan in forms]
        assert any("bridge" in each for each in kinds)
        assert all(each[each.index("bridge") + 1] != "outro" for each in kinds if "bridge" in each)


def test_without_a_voice_nothing_is_sung() -> None:
    plan = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 3, Wishes(voice=False), seed=1)
    assert all(section.slots == 0 for section in plan.sections)
    assert any(section.kind in VOCAL_KINDS for section in plan.sections)


def test_wishes_win() -> None:
    wishes = Wishes(key=Key.parse("F# minor"), bpm=99, metre=Metre(6, 8))
    plan = plan_song(Feeling.named("girang"), load_style("keroncong"), 2, wishes, seed=4)
    assert (str(plan.key), plan.bpm, str(plan.metre)) == ("F# minor", 99, "6/8")


def test_feeling_sets_tempo_and_mode() -> None:
    style = load_style("pop-ballad")
    glad = [plan_song(Feeling.named("girang"), style, 2, Wishes(), seed=seed) for seed in range(20)]
    sad = [plan_song(Feeling.named("sedih"), style, 2, Wishes(), seed=seed) for seed in range(20)]
    assert sum(plan.key.is_minor for plan in glad) < 3
    assert sum(plan.key.is_minor for plan in sad) > 17
    assert sum(plan.bpm for plan in glad) > sum(plan.bpm for plan in sad) + 20 * 4


def test_chords_choose_their_key() -> None:
    for text, key in (
        ("Am F C G", "A minor"),
        ("D A Bm G", "D major"),
        ("Em C G D", "E minor"),
        ("Dm Gm A7", "D minor"),
    ):
        plan = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 2, Wishes(chords=parse_chords(text)), seed=1)
        assert str(plan.key) == str(key_of_chords(parse_chords(text))) == key


@pytest.mark.parametrize(
    ("wishes", "lines", "message"),
    [
        (Wishes(form="verse8 chorus8", bars=40), 2, r"bars must agree with the form, which has 16, got 40"),
        (Wishes(form="verse8 chorus8", minutes=0.5, bpm=60), 2, r"need a tempo of 128 beats a minute, got 60"),
        (Wishes(form="verse8", minutes=10), 2, r"30\.\.260 beats a minute.*need 3"),
        (Wishes(form="vers8"), 2, r"a form must look like"),
        (Wishes(form="intro4 outro4"), 2, r"a form for words must have one of verse, .*got 'intro4 outro4'"),
        (Wishes(bars=600, bpm=30), 2, r"a song must last at most 15 minutes, got 80"),
        (Wishes(bars=4), 40, r"a song of 4 bars must have at most 16 lines, got 40"),
    ],
)
def test_impossible_wishes_are_refused(wishes: Wishes, lines: int, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        plan_song(Feeling.named("rindu"), load_style("pop-ballad"), lines, wishes, seed=1)
