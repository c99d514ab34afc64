"""The music follows the arc: form, fullness, notes, chords and the climax."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from senandung.composing.arc import climax_bar, curve_of, section_of_bar, tension_of_bar, usual_curve
from senandung.composing.compose import compose
from senandung.composing.form import plan_song
from senandung.composing.harmony.tense import unheard_chord
from senandung.composing.melody.appoggiatura import lean
from senandung.composing.plan import Plan, SectionPlan, Wishes
from senandung.composing.styles import load_style
from senandung.domain.chords import Chord
from senandung.domain.curve import SHAPES, TensionCurve, named_curve
from senandung.domain.feeling import Feeling
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Note, Song, from_plain, to_plain

FEELING = Feeling(valence=0.1, arousal=0.0)
LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "kota ini terlalu sepi", "aku masih menunggu di sini")


def song_of(curve: str | TensionCurve | None, style: str = "pop-ballad", seed: int = 3, **wishes: object) -> Song:
    drawn = named_curve(curve) if isinstance(curve, str) else curve
    wished = Wishes(curve=drawn, **({"minutes": 1.5} | wishes))  # type: ignore[arg-type]
    return compose(FEELING, load_style(style), LINES, wished, language="id", seed=seed, version="test")


def notes_by_bar(song: Song) -> list[int]:
    starts = [*song.bar_starts(), song.end]
    onsets = np.array([note.onset for track in song.tracks for note in track.notes])
    return [int(np.sum((onsets >= a) & (onsets < b))) for a, b in pairwise(starts)]


@pytest.mark.parametrize("style", ["pop-ballad", "pop-rock", "keroncong", "string-quartet", "solo-piano"])
def test_a_rise_makes_later_bars_fuller_and_a_fall_emptier(style: str) -> None:
    rising, falling = notes_by_bar(song_of("naik", style))[:-1], notes_by_bar(song_of("turun", style))[:-1]
    third = len(rising) // 3
    assert np.mean(rising[-third:]) > 1.2 * np.mean(rising[:third])
    third = len(falling) // 3
    assert np.mean(falling[:third]) > 1.2 * np.mean(falling[-third:])


def test_sections_are_as_full_as_the_curve() -> None:
    song = song_of("arch")
    assert song.arc is not None and song.arc.asked
    for section in song.sections:
        expected = named_curve("arch").mean(section.onset / song.sections[-1].end, section.end / song.sections[-1].end)
        assert section.intensity == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("seed", range(6))
def test_the_climax_stands_at_the_top_of_the_curve(seed: int) -> None:
    rng = random.Random(seed)
    top = rng.uniform(0.25, 0.9)
    curve = TensionCurve(((0.0, 0.2), (top, 1.0), (1.0, 0.3)))
    song = song_of(curve, seed=seed)
    assert song.arc is not None
    section_of_top = next(i for i, s in enumerate(song.sections) if s.onset <= top * song.sections[-1].end < s.end)
    section_of_climax = next(i for i, s in enumerate(song.sections) if s.onset <= song.arc.climax < s.end)
    assert abs(section_of_top - section_of_climax) <= 1
    assert 1 <= len(song.arc.devices) <= 3


def test_a_form_is_chosen_for_the_curve() -> None:
    sung = 0
    for seed in range(8):
        wishes = Wishes(curve=named_curve("late-climax"), minutes=2.0)
        plan = plan_song(FEELING, load_style("pop-ballad"), 4, wishes, seed=seed)
        assert plan.climax is not None
        sung += plan.sections[section_of_bar(plan, plan.climax)].kind in ("chorus", "bridge", "solo")
    assert sung >= 7


def test_without_a_curve_the_style_has_its_own_arc_with_its_top_in_the_last_chorus() -> None:
    for seed in range(6):
        plan = plan_song(FEELING, load_style("pop-ballad"), 4, Wishes(), seed=seed)
        assert plan.curve == usual_curve(plan.sections) == curve_of(plan)
        assert not plan.asked and plan.climax is not None
        choruses = [at for at, section in enumerate(plan.sections) if section.kind == "chorus"]
        assert section_of_bar(plan, plan.climax) == choruses[-1]
        assert 0.45 <= plan.climax / plan.bars <= 0.9


def test_the_same_seed_and_curve_give_the_same_song_and_it_is_kept_in_the_file() -> None:
    song = song_of("gelombang", seed=5)
    assert song == song_of("wave", seed=5)
    assert from_plain(to_plain(song)) == song
    assert from_plain({key: value for key, value in to_plain(song).items() if key != "arc"}).arc is None


def test_the_band_rests_before_a_sudden_texture() -> None:
    found = 0
    for seed in range(12):
        song = song_of("puncak-akhir", "pop-rock", seed=seed, voice=False)
        assert song.arc is not None
        if "sudden-texture" not in song.arc.devices:
            continue
        found += 1
        beat = song.metres[0].metre.beat_ticks
        for track in song.tracks:
            if track.role in ("vocal", "backing", "melody"):
                continue
            sounding = [n for n in track.notes if n.onset < song.arc.climax and n.end > song.arc.climax - beat]
            assert not sounding, track.name
    assert found


def test_a_new_harmony_was_not_heard_before() -> None:
    found = 0
    for seed in range(12):
        song = song_of("puncak-akhir", seed=seed, minutes=1.2)
        assert song.arc is not None
        chord = song.chord_at(song.arc.climax)
        if "new-harmony" in song.arc.devices and chord is not None:
            before = {(s.chord.root, s.chord.quality) for s in song.chords if s.onset < song.arc.climax}
            found += (chord.root, chord.quality) not in before
    assert found
    heard = [Chord.parse(name) for name in ("C", "Ab", "Fm", "Eb", "E")]
    assert unheard_chord(Key.parse("C"), heard) is None


def test_a_tone_leans_on_the_chord_tone_below_on_its_syllable() -> None:
    plan = Plan(Key.parse("C"), Metre(4, 4), 80.0, (SectionPlan("Verse", "verse", 8, 0.5, 2),), climax=4)
    chords = [ChordSpan(0, 8 * 1920, Chord.parse("C"))]
    melody = (Note(0, 960, 60, 80, 0), Note(4 * 1920, 960, 64, 80, 1))
    changed, leans = lean(melody, plan, chords, high=65)
    assert leans
    assert [(n.onset, n.duration, n.pitch, n.syllable) for n in changed[1:]] == [(7680, 480, 65, 1), (8160, 480, 64, 1)]
    assert lean(melody[:1], plan, chords, high=65) == (melody[:1], False)
    assert lean(melody, plan, chords, high=64) == (melody, False)


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_every_shape_makes_a_plan(name: str) -> None:
    plan = plan_song(FEELING, load_style("pop-rock"), 4, Wishes(curve=SHAPES[name], minutes=1.5), seed=2)
    levels = [tension_of_bar(plan, bar) for bar in range(plan.bars)]
    assert levels[climax_bar(plan)] >= max(levels) - 0.06
