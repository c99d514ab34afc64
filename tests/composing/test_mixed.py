"""Mixed feelings: each part has sections of its own, and the keys hold together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.compose import compose
from senandung.composing.form import plan_song
from senandung.composing.mixed import cast_parts
from senandung.composing.plan import VOCAL_KINDS, Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.chords import parse_chords
from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.reading import Reading
from senandung.domain.scales import Key
from senandung.domain.song import Song
from senandung.sensing.fusion import fuse_readings

LINES = ("aku senang dia lulus", "tapi sedih harus pisah")


def mixed(*words: str) -> Feeling:
    kinds = ("text", "song", "voice")
    feeling = fuse_readings([Reading(kinds[at], word, Feeling.named(word)) for at, word in enumerate(words)])
    assert len(feeling.parts) == len(words)
    return feeling


def song_of(feeling: Feeling, style: str, seed: int = 1, wishes: Wishes | None = None) -> Song:
    return compose(feeling, load_style(style), LINES, wishes or Wishes(), language="id", seed=seed, version="test")


def test_one_feeling_is_cast_nowhere() -> None:
    assert cast_parts(Feeling.named("rindu"), ("verse", "chorus")) == ()
    plan = plan_song(Feeling.named("rindu"), load_style("pop-ballad"), 2, Wishes(), seed=3)
    assert all(section.feeling is None and section.key is None for section in plan.sections)


@pytest.mark.parametrize(("chorus", "verse"), [("senang", "sedih"), ("marah", "cinta"), ("takut", "tenang")])
def test_the_more_stirred_part_has_the_chorus(chorus: str, verse: str) -> None:
    for words in ((chorus, verse), (verse, chorus)):
        cast = cast_parts(mixed(*words), ("intro", "verse", "prechorus", "chorus", "interlude", "bridge", "outro"))
        names = [part.words[0] for part in cast]
        surest = mixed(*words).parts[0].words[0]
        assert names == [verse, verse, verse, chorus, chorus, verse, surest]


def test_a_third_part_has_the_bridge() -> None:
    feeling = mixed("senang", "sedih", "takut")
    cast = cast_parts(feeling, ("verse", "chorus", "bridge"))
    assert len({part.words[0] for part in cast}) == 3


KINDS = st.lists(st.sampled_from(["intro", "verse", "prechorus", "chorus", "bridge", "interlude", "solo", "outro"]),
                 min_size=1, max_size=10)  # fmt: skip


@given(KINDS, st.sampled_from([("senang", "sedih"), ("marah", "tenang"), ("sedih", "lega")]))
def test_every_section_has_a_part_and_alike_sections_have_the_same(kinds: list[str], words: tuple[str, str]) -> None:
    cast = cast_parts(mixed(*words), kinds)
    if not any(kind in VOCAL_KINDS for kind in kinds):
        assert cast == ()
        return
    assert len(cast) == len(kinds)
    for kind in ("chorus", "bridge", "prechorus", "outro"):
        assert len({part.valence for part, other in zip(cast, kinds, strict=True) if other == kind}) <= 1
    sung = {part.valence for part, kind in zip(cast, kinds, strict=True) if kind in VOCAL_KINDS}
    if "chorus" in kinds and "verse" in kinds:
        assert len(sung) == 2


@settings(max_examples=40)
@given(
    st.sampled_from([name for name in band_style_names() if {"major", "minor"} <= set(load_style(name).modes)]),
    st.integers(0, 500),
    st.sampled_from([("girang", "sedih"), ("senang", "sendu"), ("marah", "cinta"), ("lega", "takut")]),
)
def test_bright_sections_stand_in_major_and_dark_ones_in_a_near_minor(
    style: str, seed: int, words: tuple[str, str]
) -> None:
    feeling = mixed(*words)
    plan = plan_song(feeling, load_style(style), 2, Wishes(), seed=seed)
    for at, section in enumerate(plan.sections):
        assert section.feeling is not None
        key = plan.key_of(at)
        assert key.mode == ("major" if PLACES[section.feeling.words[0]].valence > 0 else "minor")
    keys = {plan.key_of(at) for at in range(len(plan.sections))}
    assert len(keys) == 2 and plan.lift == 0
    major, minor = sorted(keys, key=lambda key: key.is_minor)
    assert major.fifths == minor.fifths or major.tonic.pitch_class == minor.tonic.pitch_class
    assert all(abs(key.fifths) <= 5 for key in keys)


@pytest.mark.parametrize("style", ["pop-ballad", "dangdut", "keroncong", "string-quartet", "folk-guitar"])
def test_the_song_shows_its_parts_in_curve_keys_and_chords(style: str) -> None:
    song = song_of(mixed("senang", "sedih"), style)
    for section in song.sections:
        inside = [p for p in song.feeling_curve if section.onset <= p.onset < section.end]
        key = next(change.key for change in reversed(song.keys) if change.onset <= section.onset)
        bright = all(point.valence > 0.4 for point in inside)
        assert bright or all(point.valence < -0.3 for point in inside)
        if section.kind in ("verse", "chorus"):
            assert key.is_minor != bright
            held = [span for span in song.chords if section.onset <= span.onset < section.end]
            at_home = [c for c in held if set(c.chord.pitch_classes) <= set(key.pitch_classes) | {
                (key.tonic.pitch_class + 11) % 12}]  # fmt: skip
            assert len(at_home) >= 0.6 * len(held)
    assert {section.kind for section in song.sections} >= {"verse", "chorus"}


def test_an_open_section_leads_into_the_next_key() -> None:
    seen = 0
    for seed in range(6):
        song = song_of(mixed("senang", "sedih"), "pop-ballad", seed)
        for before, change in pairwise(song.keys):
            last = next(span.chord for span in song.chords if span.onset < change.onset <= span.end)
            fifth = (change.key.tonic.pitch_class + 7) % 12
            home = before.key.tonic.pitch_class
            assert last.root.pitch_class in (fifth, home), (seed, change.onset, last)
            seen += last.root.pitch_class == fifth
    assert seen >= 6


def test_melody_keeps_to_the_key_of_its_section() -> None:
    song = song_of(mixed("senang", "sedih"), "pop-ballad", 4)
    voice = next(track for track in song.tracks if track.role == "vocal")
    inside = 0
    for note in voice.notes:
        key: Key = next(change.key for change in reversed(song.keys) if change.onset <= note.onset)
        chord = next(span.chord for span in song.chords if span.onset <= note.onset < span.end)
        inside += note.pitch % 12 in {*key.pitch_classes, *chord.pitch_classes}
    assert inside >= 0.97 * len(voice.notes)


def test_a_wished_key_and_wished_chords_are_kept() -> None:
    feeling = mixed("senang", "sedih")
    keyed = song_of(feeling, "pop-ballad", wishes=Wishes(key=Key.parse("D minor")))
    assert [str(change.key) for change in keyed.keys] == ["D minor"]
    chorded = song_of(feeling, "pop-ballad", wishes=Wishes(chords=parse_chords("Am F C G")))
    assert len(chorded.keys) == 1
    assert max(p.valence for p in keyed.feeling_curve) > 0.5 > -0.3 > min(p.valence for p in keyed.feeling_curve)


def test_a_style_of_one_mode_keeps_its_key() -> None:
    assert len(song_of(mixed("senang", "sedih"), "keroncong-asli").keys) == 1


def test_every_line_of_the_person_is_sung_and_the_chorus_has_the_line_that_fits_it() -> None:
    song = song_of(mixed("senang", "sedih"), "pop-ballad")
    sung = [line.text for line in song.words.lines]
    assert set(LINES) <= set(sung)
    chorus = next(at for at, section in enumerate(song.sections) if section.kind == "chorus")
    assert "senang" in next(line.text for line in song.words.lines if line.section == chorus)


def test_later_verses_sing_the_lines_of_their_own_part() -> None:
    lines = ("akhirnya kamu wisuda juga", "aku bangga sekali", "tapi rumah ini sepi", "aku sedih sendirian di kamar")
    style = load_style("pop-ballad")
    song = compose(mixed("bangga", "sedih"), style, lines, Wishes(), language="id", seed=11, version="test")
    verses = [at for at, section in enumerate(song.sections) if section.kind == "verse"]
    later = [line.text for line in song.words.lines if line.section in verses[1:]]
    assert later and not any("bangga" in line for line in later)
    chorus = next(at for at, section in enumerate(song.sections) if section.kind == "chorus")
    assert "bangga" in next(line.text for line in song.words.lines if line.section == chorus)


@pytest.mark.parametrize(("style", "free"), [("solo-piano", True), ("string-quartet", True), ("pop-ballad", False)])
def test_sections_have_a_tempo_of_their_own_where_nobody_drums(style: str, free: bool) -> None:
    song = song_of(mixed("senang", "sedih"), style)
    chorus, verse = (next(s for s in song.sections if s.kind == kind) for kind in ("chorus", "verse"))
    faster = song.tempo_map.bpm_at(chorus.onset) / song.tempo_map.bpm_at(verse.onset)
    assert (1.02 <= faster <= 1.09) if free else faster == 1
    kept = song_of(mixed("senang", "sedih"), style, wishes=Wishes(bpm=80))
    assert len(kept.tempos) == 1
