"""Songs, feelings, tunings, instruments, styles: what they refuse, and the canonical form."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.chords import Chord
from senandung.domain.errors import InvalidValueError, UnknownNameError
from senandung.domain.feeling import PLACES, Feeling
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.performance import PlayedNote
from senandung.domain.recording import Recording
from senandung.domain.scales import Key
from senandung.domain.song import (
    ChordSpan,
    FeelingPoint,
    KeyChange,
    MetreChange,
    Note,
    Provenance,
    Section,
    Song,
    Track,
    from_plain,
    tidy_notes,
    to_plain,
)
from senandung.domain.style import parse_form
from senandung.domain.tempo import TempoChange
from senandung.domain.tuning import TUNINGS, Tuning
from senandung.domain.words import Line, Syllable, Words


def small_song() -> Song:
    syllables = (Syllable("rin", True, True, False), Syllable("du", False, False, True))
    vocal = (Note(0, 480, 67, 80, 0), Note(480, 480, 69, 80, 1), Note(960, 960, 67, 80, 1))
    return Song(
        title="Rindu",
        tracks=(
            Track("Vokal", "vocal", "flute", vocal),
            Track("Bas", "bass", "bass", (Note(0, 1920, 36),)),
        ),
        sections=(Section("Bait 1", "verse", 0, 1920),),
        chords=(ChordSpan(0, 1920, Chord.parse("C/E")),),
        feeling_curve=(FeelingPoint(0, -0.1, -0.05, 0.3),),
        words=Words("id", (Line("rindu", syllables),)),
        provenance=Provenance(7, "0.1.0", "pop-ballad", ("melody",), ("openewld",), "free", "untuk ibu"),
    )


def test_canonical_form_round_trip_through_json() -> None:
    song = small_song()
    again = from_plain(json.loads(json.dumps(to_plain(song))))
    assert again == song
    assert again.song_id == song.song_id


def test_song_id_changes_with_a_note_and_with_the_story() -> None:
    song = small_song()
    louder = replace(song, tracks=(song.tracks[0], replace(song.tracks[1], notes=(Note(0, 1920, 36, 81),))))
    told = replace(song, provenance=replace(song.provenance, story="lain"))
    assert len({song.song_id, louder.song_id, told.song_id}) == 3


@pytest.mark.parametrize("field", ["title", "tracks", "tempos", "words", "provenance", "sections"])
def test_a_song_without_a_field_is_refused(field: str) -> None:
    plain = to_plain(small_song())
    del plain[field]
    with pytest.raises(InvalidValueError, match=field):
        from_plain(plain)


def test_foreign_forms_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="format must be 'senandung-song'"):
        from_plain({"format": "other"})
    with pytest.raises(InvalidValueError, match="version must be 1, got 99"):
        from_plain({**to_plain(small_song()), "version": 99})


def test_every_syllable_is_sung_once_in_order() -> None:
    song = small_song()
    swapped = (Note(0, 480, 67, 80, 1), Note(480, 480, 69, 80, 0))
    with pytest.raises(InvalidValueError, match="every syllable once, in order"):
        replace(song, tracks=(Track("Vokal", "vocal", "flute", swapped),))
    with pytest.raises(InvalidValueError, match="every syllable once, in order"):
        replace(song, tracks=(Track("Vokal", "vocal", "flute", (Note(0, 480, 67, 80, 0),)),))


@pytest.mark.parametrize(
    ("notes", "match"),
    [
        ((Note(0, 960, 60), Note(480, 480, 60)), "still sounds"),
        ((Note(480, 960, 60), Note(0, 480, 60)), "in order"),
        ((Note(0, 960, 20),), r"must stay in"),
    ],
)
def test_tracks_refuse_what_cannot_be_played(notes: tuple[Note, ...], match: str) -> None:
    with pytest.raises(InvalidValueError, match=match):
        Track("Flute", "melody", "flute", notes)


@given(st.lists(st.builds(Note, st.integers(0, 2000), st.integers(1, 900), st.integers(60, 72)), max_size=40))
def test_tidied_notes_are_always_legal(notes: list[Note]) -> None:
    tidied = tidy_notes(notes)
    Track("Flute", "melody", "flute", tidied)
    assert {(n.onset, n.pitch) for n in tidied} == {(n.onset, n.pitch) for n in notes}


@pytest.mark.parametrize("values", [(0, 0, 60), (-1, 5, 60), (0, 5, 128), (0, 5, 60, 0), (0, 5, 60, 128)])
def test_notes_refuse_impossible_values(values: tuple[int, ...]) -> None:
    with pytest.raises(InvalidValueError, match=r"must"):
        Note(*values)


def test_sections_leave_no_gap() -> None:
    with pytest.raises(InvalidValueError, match="without a gap"):
        replace(small_song(), sections=(Section("A", "verse", 0, 960), Section("B", "chorus", 1000, 920)))


def test_feelings() -> None:
    for word, place in PLACES.items():
        feeling = Feeling.named(word)
        assert (feeling.valence, feeling.arousal) == (place.valence, place.arousal)
        assert math.fsum(feeling.basic.values()) == pytest.approx(1)
        assert Feeling.named(place.english.upper()).valence == place.valence or word in ("kangen", "rindu")
    with pytest.raises(UnknownNameError, match="did you mean 'sedih'"):
        Feeling.named("sedhi")
    with pytest.raises(InvalidValueError, match=r"valence must be a number in -1..1, got 1.5"):
        Feeling.at(1.5, 0)
    with pytest.raises(InvalidValueError, match="sum to 1"):
        Feeling(0, 0, basic={"sedih": 0.4})
    assert not Feeling.unread().readable


def test_tunings_give_their_own_cents() -> None:
    for tuning in TUNINGS.values():
        for degree, cents in enumerate(tuning.degrees):
            midi = tuning.reference_midi + round(cents / 100)
            assert tuning.cents(midi) == cents
            assert tuning.cents(midi + 12) == pytest.approx(cents + tuning.octave)
            assert tuning.pitch_classes()[degree] == midi % 12
    with pytest.raises(InvalidValueError, match="one of its tones"):
        TUNINGS["slendro"].cents(61)
    with pytest.raises(InvalidValueError, match="must rise"):
        Tuning("bad", "", (0.0, 500.0, 300.0))


def test_the_instrument_table_is_sound() -> None:
    for name, row in INSTRUMENTS.items():
        assert name == row.name == name.lower()
        assert row.low < row.high
        assert row.clef in ("treble", "alto", "bass", "grand", "percussion")
        assert row.drum == (row.bank == 128)


def test_forms() -> None:
    with pytest.raises(InvalidValueError, match="a form must look like"):
        parse_form("strophe9")
    with pytest.raises(InvalidValueError, match="at least one section"):
        parse_form("  ")


def test_recordings_are_checked_and_read_only() -> None:
    recording = Recording(np.zeros((2, 100), np.float32), 44_100)
    with pytest.raises(ValueError, match="read-only"):
        recording.samples[0, 0] = 1
    with pytest.raises(InvalidValueError, match="finite"):
        Recording(np.full((1, 4), np.nan, np.float32), 44_100)
    with pytest.raises(InvalidValueError, match="float32"):
        Recording(np.zeros((1, 4)), 44_100)  # type: ignore[arg-type]


def test_played_notes_are_finite() -> None:
    with pytest.raises(InvalidValueError, match="0 s or later"):
        PlayedNote(float("nan"), 1, 60, 80)


def test_the_id_of_a_song_stays_what_it_was() -> None:
    """Ids are written into song folders and tags: a change of the canonical form needs a new `VERSION`."""
    assert small_song().song_id == "14af049df6267bd6770e7e2c01bc1ce82c8f1017b15741a5f01fcef4a8a6f4f0"


@pytest.mark.parametrize(
    "values", [(0.0, 480, 60), (0, 480.0, 60), (0, 480, 60.0), (0, 480, 60, 80.5), (True, 480, 60)]
)
def test_notes_are_made_of_whole_numbers(values: tuple[float, ...]) -> None:
    with pytest.raises(InvalidValueError, match=r"whole|MIDI note number"):
        Note(*values)  # type: ignore[arg-type]


@pytest.mark.parametrize("syllable", [-1, 0.0, "0"])
def test_a_syllable_has_a_number(syllable: object) -> None:
    with pytest.raises(InvalidValueError, match="a syllable's number must be whole"):
        Note(0, 480, 60, 80, syllable)  # type: ignore[arg-type]


@pytest.mark.parametrize("onset", [-480, 0.5, float("nan")])
def test_changes_stand_at_whole_ticks(onset: float) -> None:
    tick: int = onset  # type: ignore[assignment]
    for make in (
        lambda: MetreChange(tick, Metre()),
        lambda: KeyChange(tick, Key.parse("C")),
        lambda: TempoChange(tick, 500_000),
        lambda: ChordSpan(tick, 480, Chord.parse("C")),
        lambda: Section("Bait", "verse", tick, 480),
        lambda: FeelingPoint(tick, 0.0, 0.0, 0.0),
    ):
        with pytest.raises(InvalidValueError, match=f"whole tick, 0 or later, got {onset}"):
            make()


def test_a_track_names_a_tuning_that_exists() -> None:
    with pytest.raises(InvalidValueError, match=r"a tuning must be one of equal, slendro, pelog, .*, got 'just'"):
        Track("Flute", "melody", "flute", (), "just")


def test_the_feeling_curve_rises() -> None:
    points = (FeelingPoint(480, 0.0, 0.0, 0.1), FeelingPoint(0, 0.0, 0.0, 0.2))
    with pytest.raises(InvalidValueError, match="feeling curve must stand at rising ticks"):
        replace(small_song(), feeling_curve=points)


def test_numbers_with_a_point_are_refused_in_a_saved_song() -> None:
    plain = json.loads(json.dumps(to_plain(small_song())))
    plain["tracks"][0]["notes"][0][0] = 0.0
    with pytest.raises(InvalidValueError, match=r"whole tick, 0 or later, got 0\.0"):
        from_plain(plain)


def test_a_foreign_tone_is_written_as_its_chord_has_it() -> None:
    song = replace(small_song(), chords=(ChordSpan(0, 960, Chord.parse("A7")), ChordSpan(960, 960, Chord.parse("Fm"))))
    assert [str(song.spell(61, 0)), str(song.spell(68, 960)), str(song.spell(68, 0)), str(song.spell(64, 0))] == [
        "C#", "Ab", "G#", "E",
    ]  # fmt: skip
