"""Staves of keyboards and of sections in MusicXML: a hand each, and one staff for one line."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from senandung.domain.errors import SenandungError
from senandung.domain.song import Note, Song, Track, tidy_notes
from senandung.files.hands import SPAN, needs_two_hands, split_hands, stated_staves
from senandung.files.midi import midi_bytes
from senandung.files.musicxml import musicxml_text, save_musicxml
from senandung.files.musicxml_read import parse_musicxml
from senandung.files.song_json import parse_song_json, song_json_text

HERE = Path("song")

CROSSING = (
    Note(0, 480, 76, staff=1), Note(480, 480, 72, staff=1), Note(960, 960, 55, staff=1), Note(1920, 1920, 79, staff=1),
    Note(0, 960, 48, staff=2), Note(960, 480, 67, staff=2), Note(1440, 480, 69, staff=2), Note(1920, 1920, 64, staff=2),
)  # fmt: skip
"""Two hands that cross in the third beat."""


def clefs_and_staves(track: Track, path: Path) -> tuple[list[tuple[str, str]], dict[str, set[str]]]:
    """Sign and octave change of each clef, and the steps with octaves that stand on each staff."""
    save_musicxml(Song("A", (track,)), path)
    root = etree.parse(str(path)).getroot()
    clefs = [(clef.findtext("sign"), clef.findtext("clef-octave-change") or "0") for clef in root.iter("clef")]
    staves: dict[str, set[str]] = {}
    for note in root.iter("note"):
        if note.find("pitch") is not None:
            pitch = f"{note.findtext('pitch/step')}{note.findtext('pitch/octave')}"
            staves.setdefault(note.findtext("staff") or "1", set()).add(pitch)
    return clefs, staves


@given(st.lists(st.tuples(st.integers(0, 16), st.integers(36, 96), st.integers(1, 8)), min_size=1, max_size=40))
def test_no_note_is_lost_between_the_hands(rows: list[tuple[int, int, int]]) -> None:
    notes = [Note(240 * onset, 120 * length, pitch) for onset, pitch, length in rows]
    right, left = split_hands(notes)
    assert sorted([*right, *left]) == sorted(notes)
    for onset in {note.onset for note in notes}:  # hands do not cross within a chord
        high = [note.pitch for note in right if note.onset == onset]
        low = [note.pitch for note in left if note.onset == onset]
        assert not high or not low or min(high) >= max(low)


def test_one_hand_is_enough_for_a_line_or_a_narrow_chord() -> None:
    assert not needs_two_hands([Note(0, 480, 60), Note(0, 480, 60 + SPAN)])
    assert needs_two_hands([Note(0, 480, 60), Note(0, 480, 61 + SPAN)])
    assert not needs_two_hands([])


def test_a_left_hand_above_middle_c_stays_on_its_staff(tmp_path: Path) -> None:
    notes = [Note(480 * at, 480, pitch) for at in range(8) for pitch in (62, 81 + at % 3, 84 + at % 3)]
    _, staves = clefs_and_staves(Track("Piano", "chords", "piano", tuple(sorted(notes))), tmp_path / "a.musicxml")
    assert staves["2"] == {"D4"}
    assert "A5" in staves["1"]


@pytest.mark.parametrize(("pitch", "clef"), [(76, ("G", "0")), (55, ("G", "-1")), (43, ("F", "0"))])
def test_a_line_of_a_choir_has_one_staff(pitch: int, clef: tuple[str, str], tmp_path: Path) -> None:
    notes = tuple(Note(480 * at, 480, pitch + at % 3) for at in range(8))
    for instrument in ("choir", "strings"):
        clefs, staves = clefs_and_staves(Track("A", "counter", instrument, notes), tmp_path / f"{instrument}.musicxml")
        assert clefs == [clef]
        assert list(staves) == ["1"]


def test_a_choir_in_chords_keeps_two_staves(tmp_path: Path) -> None:
    notes = tuple(Note(0, 480, pitch) for pitch in (48, 64, 72))
    clefs, staves = clefs_and_staves(Track("A", "chords", "choir", notes), tmp_path / "a.musicxml")
    assert clefs == [("G", "0"), ("F", "0")]
    assert set(staves) == {"1", "2"}


def piano(*notes: Note, instrument: str = "piano") -> Song:
    return Song("A", (Track("Keys", "chords", instrument, tidy_notes(notes)),))


def music21_staves(song: Song, path: Path) -> list[list[tuple[float, int]]]:
    """Onset in quarters and MIDI number of the notes on each staff, as music21 reads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21
    save_musicxml(song, path)
    return [
        sorted(
            (float(element.getOffsetInHierarchy(staff)), pitch.midi)
            for element in staff.recurse().notes
            for pitch in element.pitches
        )
        for staff in (part.stripTies() for part in music21.converter.parse(path).parts)
    ]


@pytest.mark.parametrize("instrument", ["piano", "harp", "organ"])
def test_music21_finds_each_note_on_the_staff_that_it_states(instrument: str, tmp_path: Path) -> None:
    song = parse_song_json(song_json_text(piano(*CROSSING, instrument=instrument)), HERE)
    expected = [sorted((n.onset / 480, n.pitch) for n in CROSSING if n.staff == staff) for staff in (1, 2)]
    assert music21_staves(song, tmp_path / "a.musicxml") == expected


def test_an_organ_has_its_pedals_on_a_third_staff(tmp_path: Path) -> None:
    song = piano(*CROSSING, Note(0, 1920, 36, staff=3), Note(1920, 1920, 43, staff=3), instrument="organ")
    assert music21_staves(song, tmp_path / "a.musicxml")[2] == [(0.0, 36), (4.0, 43)]
    assert parse_musicxml(musicxml_text(song).encode(), HERE).tracks == song.tracks


hands = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 9), st.integers(40, 90), st.integers(1, 2)), min_size=1, max_size=30
)


@given(hands)
@settings(max_examples=60, deadline=None)
def test_song_json_and_musicxml_keep_the_staves(rows: list[tuple[int, int, int, int]]) -> None:
    song = piano(*(Note(240 * at, 120 * length, pitch, staff=staff) for at, length, pitch, staff in rows))
    assert parse_song_json(song_json_text(song), HERE) == song
    assert parse_musicxml(musicxml_text(song).encode(), HERE).tracks == song.tracks


def test_songs_without_staves_are_written_as_before() -> None:
    plain = json.loads(song_json_text(piano(Note(0, 480, 60), Note(0, 480, 30))))
    assert plain["tracks"][0]["notes"] == [[0, 480, 30, 80], [0, 480, 60, 80]]
    plain["tracks"][0]["notes"] = [[0, 480, 30, 80, None, 2], [0, 480, 60, 80]]  # a person put one in
    song = parse_song_json(json.dumps(plain), HERE)
    assert [note.staff for note in song.tracks[0].notes] == [2, 0]
    plain["tracks"][0]["notes"][0][5] = 5
    with pytest.raises(SenandungError, match=r"a staff must be a whole number in 0\.\.4, got 5"):
        parse_song_json(json.dumps(plain), HERE)


def test_staves_that_were_found_are_not_read_as_stated() -> None:
    song = piano(Note(0, 480, 40), Note(0, 480, 76))
    read = parse_musicxml(musicxml_text(song).encode(), HERE)
    assert read.tracks == song.tracks
    foreign = musicxml_text(song).replace(' name="staves-P1">found', ' name="other">found')
    assert [note.staff for note in parse_musicxml(foreign.encode(), HERE).tracks[0].notes] == [2, 1]


def test_a_note_that_a_person_puts_in_goes_to_the_nearer_hand() -> None:
    upper, lower = stated_staves([*CROSSING, Note(3840, 480, 47), Note(3840, 480, 77)])
    assert [note.pitch for note in upper if note.onset == 3840] == [77]
    assert [note.pitch for note in lower if note.onset == 3840] == [47]
    assert stated_staves([Note(0, 480, 60)]) == ()


def test_midi_knows_no_staves() -> None:
    songs = piano(*CROSSING), piano(*(Note(n.onset, n.duration, n.pitch) for n in CROSSING))
    stated, plain = (midi_bytes(song).replace(song.song_id.encode(), b"") for song in songs)
    assert stated == plain


def test_a_hand_that_moves_far_has_another_clef(tmp_path: Path) -> None:
    left = [Note(240 * at, 240, (43, 76)[8 <= at < 24], staff=2) for at in range(32)]
    song = piano(Note(0, 7680, 84, staff=1), *left)
    root = etree.fromstring(musicxml_text(song).encode())
    found = [
        (measure.get("number"), clef.get("number"), clef.findtext("sign"))
        for measure in root.iter("measure")
        for clef in measure.iter("clef")
    ]
    assert found == [("1", "1", "G"), ("1", "2", "F"), ("2", "2", "G"), ("4", "2", "F")]
