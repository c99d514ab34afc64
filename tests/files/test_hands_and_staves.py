"""Staves of keyboards and of sections in MusicXML: a hand each, and one staff for one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from senandung.domain.song import Note, Song, Track
from senandung.files.hands import SPAN, needs_two_hands, split_hands
from senandung.files.musicxml import save_musicxml


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
