"""Written names of notes against scores that every player knows, and what holds for all names."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.chords import Chord
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, KeyChange, Note, Song, Track
from senandung.domain.spelling import Sounding, spell_notes


def names(key: str, *lines: str) -> str:
    """The names that a tune gets, given as the score has them ("G#4:2" is two quarters long), lines together."""
    notes = []
    for number, line in enumerate(lines):
        at = 0
        for word in line.split():
            pitch, _, length = word.partition(":")
            step = NoteName.parse(pitch[:-1])
            midi = 12 * (int(pitch[-1]) + 1) + step.pitch_class
            notes.append(Sounding(at, at + 480 * int(length or 1), midi, number))
            at += 480 * int(length or 1)
    notes.sort()
    found = spell_notes(notes, [(0, Key.parse(key))])
    by_line = [
        [str(name) for note, name in zip(notes, found, strict=True) if note.line == line] for line in range(len(lines))
    ]
    return " | ".join(" ".join(line) for line in by_line)


def bare(line: str) -> str:
    return " ".join(word.partition(":")[0][:-1] for word in line.split())


TUNES = [
    ("Am", "E5 D#5 E5 D#5 E5 B4 D5 C5 A4:3 C4 E4 A4 B4:3 E4 G#4 B4 C5:3"),  # Beethoven, Für Elise
    ("D minor", "D4 A4 F4 D4 C#4 D4 E4 F4 G4 F4 E4 D4"),  # Bach, The Art of Fugue
    ("C minor", "C5 B4 C5 G4 Ab4 C5 B4 C5 D5 G4 C5 B4 C5 D5 F4 G4 Ab4 G4 F4 Eb4"),  # Bach, fugue in C minor, book 1
    ("G minor", "Eb5 D5 D5:2 Eb5 D5 D5:2 Eb5 D5 D5:2 Bb5:2 Bb5 A5 G5 G5 F5 Eb5 Eb5 D5 C5 C5:2"),  # Mozart, K. 550
    ("D minor", "D5 E5 F5 G#4 A4 D5 C#5 D5 F5 G#4 A4:2 D5 C#5 D5:2"),  # the raised fourth of D minor
    ("C", "C5 E5 G5 F#5 G5 A5 G5 C#5 D5 F5 E5 D#5 E5 G5 C5"),  # neighbours from below are raised
    ("C", "C5 G4 Bb4 A4 F4 Ab4 G4 C5 E4 D4 Db4 C4"),  # falling to their goals: lowered
]


@pytest.mark.parametrize(("key", "tune"), TUNES)
def test_tunes_are_written_as_in_their_scores(key: str, tune: str) -> None:
    assert names(key, tune) == bare(tune)


def test_a_bass_tells_what_a_lone_tone_is() -> None:
    upper = "C5 C5 G#4 B4 C5 A4 G#4 A4"
    lower = "A3 E3 E3 E3 A3 D3 E3 A2"
    assert names("Am", upper, lower) == f"{bare(upper)} | {bare(lower)}"
    upper = "C5 C5 Ab4 Ab4 G4 F4 Eb4 F4"
    lower = "F3 C3 F3 Db3 C3 Db3 C3 F2"
    assert names("Fm", upper, lower) == f"{bare(upper)} | {bare(lower)}"


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(21, 108), st.integers(0, 2)), min_size=1, max_size=80),
    st.sampled_from([f"{tonic} {mode}" for tonic in ("C", "F#", "Db", "A", "Eb", "B") for mode in ("major", "dorian")]),
)
@settings(deadline=None, max_examples=60)
def test_every_name_is_a_name_of_its_pitch(rows: list[tuple[int, int, int]], key: str) -> None:
    onsets = list(itertools.accumulate(240 * step for step, _, _ in rows))
    notes = [Sounding(onset, onset + 240, pitch, line) for onset, (_, pitch, line) in zip(onsets, rows, strict=True)]
    found = spell_notes(notes, [(0, Key.parse(key))])
    assert [name.pitch_class for name in found] == [note.pitch % 12 for note in notes]


def test_long_music_is_spelled_as_its_parts_are() -> None:
    rng = random.Random(3)
    notes = [Sounding(240 * at, 240 * at + 240, rng.randint(48, 84), at % 2) for at in range(9000)]
    keys = [(0, Key.parse("Gm"))]
    whole = spell_notes(notes, keys)
    assert whole[4000:4200] == spell_notes(notes[3700:4500], keys)[300:500]
    assert spell_notes([], keys) == []


@pytest.mark.parametrize(("chord", "name"), [("E7", "G#"), ("Fm", "Ab")])
def test_where_the_notes_are_divided_the_chord_above_tells(chord: str, name: str) -> None:
    melody = tuple(Note(480 * at, 480, pitch) for at, pitch in enumerate((60, 64, 60, 68, 64, 60, 64)))
    song = Song("A", (Track("Flute", "melody", "flute", melody),), chords=(ChordSpan(0, 3360, Chord.parse(chord)),))
    assert str(song.names["Flute", 1440, 68]) == name


def test_names_follow_the_key() -> None:
    tune = (*(60, 64, 67, 66, 67, 69, 71, 67) * 3, *(61, 65, 68, 66, 65, 63, 60, 61) * 3)
    melody = tuple(Note(480 * at, 480, pitch) for at, pitch in enumerate(tune))
    keys = (KeyChange(0, Key.parse("C")), KeyChange(11520, Key.parse("Db")))
    song = Song("A", (Track("Flute", "melody", "flute", melody),), keys=keys)
    assert [str(song.names["Flute", onset, 66]) for onset in (1440, 12960)] == ["F#", "Gb"]
