"""Whole songs: valid, repeatable, and each level with a seed of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from senandung.composing.compose import compose, place_sections, sketch_song, stage_seed, title_of
from senandung.composing.curve import feeling_curve
from senandung.composing.form import plan_song
from senandung.composing.harmony.write import harmonise
from senandung.composing.melody.write import write_melody
from senandung.composing.plan import Wishes
from senandung.composing.styles import load_style, style_names
from senandung.domain.feeling import Feeling
from senandung.domain.song import Song, from_plain, to_plain
from senandung.domain.words import Words

LINES = ("aku rindu kamu", "malam ini hujan turun lagi")


NONE = Wishes()


def song(name: str = "pop-ballad", word: str = "rindu", seed: int = 1, wishes: Wishes = NONE) -> Song:
    return compose(Feeling.named(word), load_style(name), LINES, wishes, language="id", seed=seed, version="1")


@pytest.mark.parametrize("name", style_names())
def test_every_style_makes_a_whole_song(name: str) -> None:
    made = song(name)
    assert 120 <= made.seconds <= 182
    assert from_plain(to_plain(made)) == made
    assert made.vocal is not None
    assert {line.text for line in made.words.lines} >= {"aku rindu kamu", "malam ini hujan turun lagi"}
    if load_style(name).gendhing is None:
        assert made.sections[-1].end == sum(span.duration for span in made.chords)
    assert made.provenance.style == name
    assert made.feeling_curve[0].onset == 0
    assert [point.onset for point in made.feeling_curve] == sorted({point.onset for point in made.feeling_curve})


def test_the_same_seed_gives_the_same_song_and_another_seed_another() -> None:
    assert song(seed=7).song_id == song(seed=7).song_id
    assert len({song(seed=seed).song_id for seed in range(4)}) == 4


def test_each_level_can_be_written_anew_with_the_others_kept() -> None:
    feeling, style, wishes = Feeling.named("rindu"), load_style("pop-ballad"), Wishes()
    made = sketch_song(feeling, style, LINES, wishes, language="id", seed=3)
    plan = plan_song(feeling, style, len(LINES), wishes, seed=stage_seed(3, "plan"))
    assert replace(plan, devices=()) == replace(made.plan, devices=())
    assert set(made.plan.devices) <= set(plan.devices)  # those that the notes allow
    sections = place_sections(plan, "en")
    assert harmonise(plan, sections, feeling, style, wishes, seed=stage_seed(3, "harmony")) == made.chords
    other = write_melody(plan, sections, made.words, made.chords, feeling, style, seed=99)
    assert other != made.melody
    assert [n.syllable for n in other if n.syllable is not None][-1] == len(made.words.syllables) - 1


def test_without_a_voice_there_is_no_vocal_track_and_no_word() -> None:
    made = song(wishes=Wishes(voice=False))
    assert made.vocal is None
    assert made.words == Words("id", ())


def test_without_lines_a_voice_still_sings() -> None:
    made = compose(Feeling.named("tenang"), load_style("pop-ballad"), (), Wishes(), language="id", seed=1, version="1")
    assert made.vocal is not None
    assert made.words.lines
    assert made.title == "Tenang"


def test_titles() -> None:
    feeling = Feeling.named("rindu")
    assert title_of(Words(), ("aku rindu kamu, sayang!",), feeling) == "Aku rindu kamu, sayang"
    long = "malam ini hujan turun lagi dan aku masih menunggu di sini sendiri"
    title = title_of(Words(), (long,), feeling)
    assert len(title) <= 40
    assert long.startswith(title.lower())
    assert long[len(title)] == " "
    assert title_of(Words(), ("😭😭",), feeling) == "Rindu"
    assert song(wishes=Wishes(title="  Surat  ")).title == "Surat"


def test_tension_is_highest_in_the_last_chorus() -> None:
    made = song(wishes=Wishes(form="intro4 verse8 chorus8 verse8 chorus8 outro4"))
    curve = feeling_curve(Feeling.named("rindu"), made.keys[0].key, made.sections, made.chords, 1920)
    top = max(curve, key=lambda point: point.tension)
    assert made.sections[4].onset <= top.onset < made.sections[4].end
    assert curve[-1].tension < top.tension


def test_a_story_is_kept_and_changes_nothing_else() -> None:
    told = song(wishes=Wishes(story="Untuk Ibu."))
    assert told.provenance.story == "Untuk Ibu."
    assert told.tracks == song().tracks
