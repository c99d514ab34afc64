"""The second voice: on its side of the first, on the chord where it counts, on the same words, only where wanted."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from senandung.composing.backing import INTERVALS, NAMES, SOFTER, second_line, with_backing
from senandung.composing.compose import compose
from senandung.composing.plan import Wishes
from senandung.composing.styles import band_style_names, load_style
from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.domain.song import Note, Song, Track
from senandung.domain.style import Backing

LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "jangan pergi dulu")
FORM = "verse8 chorus8 verse8 chorus8 chorus8"


def made(style: str, seed: int, wishes: Wishes = Wishes(form=FORM)) -> Song:  # noqa: B008
    return compose(Feeling.named("rindu"), load_style(style), LINES, wishes, language="id", seed=seed, version="0")


def held(song: Song, note: Note) -> bool:
    beat = song.metre_at(note.onset).beat_ticks
    return note.duration >= beat or note.onset % beat == 0


@pytest.mark.parametrize(("style", "side"), [("pop-ballad", -1), ("pop-upbeat", 1), ("folk-guitar", -1)])
def test_thirds_and_sixths_on_its_side_and_on_the_chord(style: str, side: int) -> None:
    counted = fitting = sweet = notes = fifths = 0
    for seed in range(3):
        song = made(style, seed)
        (track,) = song.backings
        assert song.vocal is not None
        lead = {note.onset: note for note in song.vocal.notes}
        rows = [(lead[note.onset], note) for note in track.notes]
        for first, second in rows:
            assert (second.duration, second.syllable) == (first.duration, first.syllable)
            assert second.velocity == first.velocity - SOFTER
            assert side * (second.pitch - first.pitch) in INTERVALS
            chord = song.chord_at(second.onset)
            assert chord is not None
            scale = {*song.key_at(second.onset).pitch_classes, *chord.pitch_classes}
            assert second.pitch % 12 in scale
            sweet += abs(second.pitch - first.pitch) in (3, 4, 8, 9)
            if held(song, second):
                counted += 1
                fitting += second.pitch % 12 in chord.pitch_classes
        notes += len(rows)
        fifths += sum(
            a.pitch != b.pitch and abs(a.pitch - x.pitch) == abs(b.pitch - y.pitch) == 7
            for (a, x), (b, y) in pairwise(rows)
        )
    assert fitting > 0.85 * counted
    assert sweet > 0.75 * notes
    assert fifths <= 0.02 * notes


def test_it_sings_in_the_sections_that_the_style_wants() -> None:
    song = made("pop-ballad", 1)
    (track,) = song.backings
    assert track.name == NAMES["id"]
    assert song.tracks.index(track) == 1
    section_of = [line.section for line in song.words.lines for _ in line.syllables]
    sung = {section_of[note.syllable] for note in track.notes if note.syllable is not None}
    choruses = [index for index, section in enumerate(song.sections) if section.kind == "chorus"]
    assert sung == set(choruses[1:])  # a ballad's from the second chorus on
    plain = replace(song, tracks=tuple(each for each in song.tracks if each.role != "backing"))
    assert with_backing(plain, Backing("below", begins=2)) == song
    assert with_backing(plain, Backing("below", ("solo",))) is plain
    assert {
        section_of[n.syllable] for n in second_line(plain, Backing("above", ("verse", "chorus"))) if n.syllable
    } > sung


def test_a_double_sings_the_same_line() -> None:
    song = made("pop-rock", 2)
    (track,) = song.backings
    assert song.vocal is not None
    lead = {(note.onset, note.pitch, note.duration, note.syllable) for note in song.vocal.notes}
    assert {(note.onset, note.pitch, note.duration, note.syllable) for note in track.notes} < lead


def test_nobody_is_added_to_a_wished_ensemble_to_a_song_without_voice_or_to_a_style_without() -> None:
    assert not made("pop-ballad", 1, Wishes(form=FORM, ensemble=("piano", "cello"))).backings
    assert all(track.role != "backing" for track in made("pop-ballad", 1, Wishes(form=FORM, voice=False)).tracks)
    without = [name for name in band_style_names() if load_style(name).backing is None]
    assert {"keroncong", "keroncong-asli", "string-quartet", "solo-piano"} <= set(without)
    assert not made("keroncong", 1).backings


def test_a_backing_track_sings_syllables_of_the_song_in_order() -> None:
    song = made("pop-rock", 2)
    (track,) = song.backings
    others = tuple(each for each in song.tracks if each.role != "backing")
    numbers = [note.syllable for note in track.notes if note.syllable is not None]
    wrong = (replace(track.notes[0], syllable=max(numbers)), *track.notes[1:])
    with pytest.raises(InvalidValueError, match="a backing track must sing syllables of the song, in order"):
        replace(song, tracks=(*others, replace(track, notes=wrong)))
    with pytest.raises(InvalidValueError, match="a backing track must sing syllables of the song, in order"):
        Song("x", (Track("Latar", "backing", "voice", (Note(0, 480, 60, 80, 0),)),))
    assert Song("x", (Track("Latar", "backing", "voice", (Note(0, 480, 60),)),)).backings == ()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"line": "beside"}, "a second voice's line must be one of below, above, double, got 'beside'"),
        ({"line": "below", "sections": ("chrous",)}, "sections must be among intro, verse"),
        ({"line": "below", "begins": 0}, "must begin with a section of the number 1 or more, got 0"),
        ({"line": "below", "pan": 2.0}, "pan must be"),
        ({"line": "below", "level": 20.0}, "a second voice's level must be in -30..12 dB"),
    ],
)
def test_a_wrong_second_voice_is_refused(row: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        Backing(**row)  # type: ignore[arg-type]
