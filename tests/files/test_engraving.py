"""How scores are written: staccato and portato for short notes before rests, which come back exactly; brackets."""

from __future__ import annotations

import re
import warnings
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.metre import Metre
from senandung.domain.song import MetreChange, Note, Song, Track, tidy_notes
from senandung.files.musicxml import musicxml_text, save_musicxml
from senandung.files.musicxml_read import parse_musicxml

HERE = Path("song")


def song(*notes: Note, instrument: str = "violin", metre: str = "4/4") -> Song:
    track = Track("A", "drums" if instrument == "drums" else "melody", instrument, tidy_notes(notes))
    return Song("A", (track,), metres=(MetreChange(0, Metre.parse(metre)),))


def every(step: int, length: int, count: int = 8, pitch: int = 72) -> list[Note]:
    return [Note(step * at, length, pitch + at % 3) for at in range(count)]


@pytest.mark.parametrize(
    ("step", "length", "kind", "sign"),
    [(240, 120, "eighth", "staccato"), (120, 60, "16th", "staccato"), (480, 360, "quarter", "detached-legato"),
     (240, 180, "eighth", "detached-legato"), (240, 80, "eighth", "staccatissimo")],
)  # fmt: skip
def test_music21_reads_whole_values_with_an_articulation(
    step: int, length: int, kind: str, sign: str, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21
    score = song(*every(step, length))
    save_musicxml(score, tmp_path / "a.musicxml")
    read = list(music21.converter.parse(tmp_path / "a.musicxml").recurse().notes)
    assert {note.duration.type for note in read} == {kind}
    named = "".join(word.capitalize() for word in sign.split("-"))
    assert {type(mark).__name__ for note in read for mark in note.articulations} == {named}
    assert parse_musicxml(musicxml_text(score).encode(), HERE).tracks == score.tracks


@pytest.mark.parametrize(
    "score",
    [
        song(*every(240, 240)),  # nothing rests
        song(Note(120, 120, 72), Note(360, 120, 74)),  # off the beat
        song(*every(480, 240)),  # an eighth and its rest are read well where the quarter is the beat
        song(Note(0, 360, 72), Note(720, 360, 74), metre="6/8"),  # half a beat of three eighths
        song(*every(240, 120, pitch=38), instrument="drums"),
    ],
)
def test_what_is_no_articulation_is_written_with_its_rests(score: Song) -> None:
    text = musicxml_text(score)
    assert "articulations" not in text
    assert "release" not in text


@given(
    st.lists(st.tuples(st.integers(0, 63), st.sampled_from((40, 60, 80, 120, 180, 240, 360, 480)), st.integers(60, 76)),
             min_size=1, max_size=40),
    st.sampled_from(("4/4", "3/4", "6/8", "5/8", "2/2")),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_what_sounds_comes_back_exactly(rows: list[tuple[int, int, int]], metre: str) -> None:
    score = song(*(Note(60 * at, length, pitch) for at, length, pitch in rows), instrument="piano", metre=metre)
    assert parse_musicxml(musicxml_text(score).encode(), HERE).tracks == score.tracks


def test_short_quarters_of_a_cut_time_are_staccato() -> None:
    score = song(*every(480, 240), metre="2/2")
    text = musicxml_text(score)
    assert text.count("<staccato/>") == text.count("<type>quarter</type>") == 8
    assert parse_musicxml(text.encode(), HERE).tracks == score.tracks


def hornpipe(beats: int = 24, triplets: int = 4) -> Song:
    notes = []
    for beat in range(beats):
        places = (0, 160, 320, 480) if beat < triplets else (0, 320, 480)
        notes += [Note(480 * beat + a, b - a, 67 + (beat + a) % 7) for a, b in pairwise(places)]
    return song(*notes)


def test_swung_tunes_are_written_with_even_eighths(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21
    tune = hornpipe()
    save_musicxml(tune, tmp_path / "a.musicxml")
    read = music21.converter.parse(tmp_path / "a.musicxml")
    assert [str(note.quarterLength) for note in read.recurse().notes][:16] == ["1/3"] * 12 + ["0.5"] * 4
    assert [text.content for text in read.recurse().getElementsByClass("TextExpression")] == ["Swing"]
    assert parse_musicxml((tmp_path / "a.musicxml").read_bytes(), HERE).tracks == tune.tracks


@pytest.mark.parametrize(
    "tune",
    [
        hornpipe(12),  # too short to tell
        hornpipe(24, 12),  # as many triplets as pairs
        song(*hornpipe().tracks[0].notes, Note(24 * 480, 240, 60), Note(24 * 480 + 240, 240, 62)),  # and an even pair
    ],
)
def test_what_does_not_swing_throughout_keeps_its_triplets(tune: Song) -> None:
    text = musicxml_text(tune)
    assert "Swing" not in text
    assert parse_musicxml(text.encode(), HERE).tracks == tune.tracks


@given(st.lists(st.sampled_from(((0, 480), (0, 320, 480), (320, 480), (0, 160, 320, 480), (160, 480), ())),
                min_size=20, max_size=50))  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_swung_music_comes_back_exactly(shapes: list[tuple[int, ...]]) -> None:
    notes = [
        Note(480 * beat + a, b - a, 60 + (7 * beat + a // 160) % 20)
        for beat, places in enumerate(shapes)
        for a, b in pairwise(places)
    ]
    if notes:
        tune = song(*notes, instrument="piano")
        assert parse_musicxml(musicxml_text(tune).encode(), HERE).tracks == tune.tracks


def test_neighbours_of_a_family_stand_in_a_bracket(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21
    names = ("flute", "violin", "viola", "cello", "piano", "choir", "choir")
    notes = (Note(0, 480, 62),)
    tracks = tuple(Track(f"{name} {at}", "counter", name, notes) for at, name in enumerate(names))
    save_musicxml(Song("A", tracks), tmp_path / "a.musicxml")
    read = music21.converter.parse(tmp_path / "a.musicxml")
    groups = [
        ([part.partName for part in group.getSpannedElements()], group.symbol, group.barTogether)
        for group in read.recurse().getElementsByClass("StaffGroup")
        if group.symbol == "bracket"
    ]
    assert groups == [
        (["violin 1", "viola 2", "cello 3"], "bracket", True), (["choir 5", "choir 6"], "bracket", False),
    ]  # fmt: skip


def test_other_files_staccati_last_as_they_are_written() -> None:
    text = musicxml_text(song(*every(240, 120)))
    foreign = re.sub(r' release="-?\d+"', ' release="-30"', text)
    assert {note.duration for note in parse_musicxml(foreign.encode(), HERE).tracks[0].notes} == {240}
