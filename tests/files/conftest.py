"""A small song that has one of everything."""

from __future__ import annotations

import pytest

from senandung.domain.chords import Chord
from senandung.domain.metre import Metre
from senandung.domain.scales import Key
from senandung.domain.song import (
    ChordSpan,
    KeyChange,
    MetreChange,
    Note,
    Provenance,
    Section,
    Song,
    Track,
    tidy_notes,
)
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Syllable, Words


@pytest.fixture
def small_song() -> Song:
    """Four tracks, two lines of words with a melisma, a triplet, a tie, two metres, chords and sections."""
    syllables = (
        Syllable("A", True, True, False), Syllable("ku", False, False, True), Syllable("rin", True, True, False),
        Syllable("du", False, False, True), Syllable("ma", False, True, False), Syllable("lam-", False, False, False),
        Syllable("ma", False, False, False), Syllable("lam", True, False, True),
    )  # fmt: skip
    words = Words("id", (Line("Aku rindu", syllables[:4]), Line("malam-malam", syllables[4:])))
    vocal = (
        Note(0, 480, 60, 80, 0), Note(480, 480, 62, 81, 1), Note(960, 960, 64, 82, 2), Note(1920, 240, 65, 80, 3),
        Note(2160, 240, 64, 80, 3), Note(2880, 160, 62, 80, 4), Note(3040, 160, 61, 80, 5), Note(3200, 160, 60, 80, 6),
        Note(3360, 1440, 59, 80, 7),
    )  # fmt: skip
    chords = [Note(0, 960, pitch) for pitch in (48, 55, 60, 64)] + [Note(960, 960, pitch) for pitch in (45, 52, 57, 60)]
    chords += [Note(1920, 1920, 41), Note(1920, 1920, 60), Note(1920, 480, 65), Note(2400, 480, 69)]
    chords += [Note(2880, 960, 72)]
    beat = [Note(tick, 120, 42) for tick in range(0, 4800, 240)] + [Note(tick, 120, 36) for tick in range(0, 4800, 960)]
    return Song(
        "Hujan é",
        (
            Track("Vokal", "vocal", "violin", vocal),
            Track("Piano", "chords", "piano", tidy_notes(chords)),
            Track("Cak", "chords", "cak", (Note(0, 480, 67), Note(0, 480, 71), Note(3840, 480, 74))),
            Track("Drum", "drums", "drums", tidy_notes(beat)),
        ),
        tempos=(TempoChange.at_bpm(0, 72), TempoChange.at_bpm(1920, 71)),
        metres=(MetreChange(0, Metre(4, 4)), MetreChange(3840, Metre(3, 4))),
        keys=(KeyChange(0, Key.parse("Am")),),
        chords=(
            ChordSpan(0, 960, Chord.parse("C")),
            ChordSpan(960, 960, Chord.parse("Am7")),
            ChordSpan(1920, 960, Chord.parse("F/A")),
            ChordSpan(3840, 960, Chord.parse("C7sus4")),
        ),
        sections=(Section("Verse 1", "verse", 0, 3840), Section("Outro", "outro", 3840, 1440)),
        words=words,
        provenance=Provenance(1, "0.1.0", "pop-ballad", story="Hujan turun."),
    )
