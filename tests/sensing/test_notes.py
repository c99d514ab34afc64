"""Feeling from notes: scales and chords whose mode, pace and loudness are known."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.api.feel import feel
from senandung.api.traces import sense
from senandung.domain.errors import FileError
from senandung.domain.metre import Metre
from senandung.domain.performance import Part, Performance, PlayedNote
from senandung.domain.reading import Reading
from senandung.domain.song import MetreChange, Note, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.files.midi import save_midi
from senandung.files.musicxml import save_musicxml
from senandung.files.song_json import save_song
from senandung.sensing.notes.cues import find_note_cues
from senandung.sensing.notes.events import LONGEST, events_of_performance, events_of_song
from senandung.sensing.notes.read import read_notes
from senandung.sensing.notes.rules import RULES, feel_notes


def piece(
    *, minor: bool = False, bpm: float = 100, step: int = 240, velocity: int = 80, swell: int = 20, up: int = 0
) -> Song:
    """I IV V I over and over, 16 bars, with a broken chord in the right hand."""
    third = 3 if minor else 4
    chords = [(0, third, 7), (5, 5 + third, 12), (7, 11, 14), (0, third, 7)]
    low, high = [], []
    for bar in range(16):
        chord = chords[bar % 4]
        loud = velocity + (swell if bar % 2 else -swell) // 2
        low.append(Note(bar * 1920, 1920, 48 + chord[0] + up, loud))
        for number in range(1920 // step):
            pitch = 60 + chord[number % 3] + up
            low_or_high = high
            low_or_high.append(Note(bar * 1920 + number * step, step, pitch, loud))
    tracks = (Track("Kanan", "chords", "piano", tuple(high)), Track("Kiri", "bass", "piano", tuple(low)))
    return Song("Latihan", tracks, tempos=(TempoChange.at_bpm(0, bpm),))


def read(song: Song) -> Reading:
    return read_notes(events_of_song(song), "latihan")


def test_mode_turns_valence_and_hardly_arousal() -> None:
    major, minor = read(piece()).feeling, read(piece(minor=True)).feeling
    assert major.valence > minor.valence + 0.5
    assert abs(major.arousal - minor.arousal) < 0.1


@pytest.mark.parametrize(
    ("calm", "stirred"),
    [
        (piece(bpm=60), piece(bpm=150)),
        (piece(step=960), piece(step=120)),
        (piece(velocity=45), piece(velocity=105)),
    ],
    ids=["tempo", "density", "dynamics"],
)
def test_pace_density_and_loudness_stir(calm: Song, stirred: Song) -> None:
    assert read(stirred).feeling.arousal > read(calm).feeling.arousal + 0.2


def test_what_moved_most_is_named_first_and_at_each_window() -> None:
    reading = read(piece(minor=True))
    assert reading.feeling.evidence[0].what == "minor"
    assert [span.lead for span in reading.curve].count("minor") > len(reading.curve) / 2


def test_key_tempo_and_length_are_told() -> None:
    facts = read(piece(minor=True, up=2)).facts
    assert (facts["key"], facts["tempo"], facts["seconds"]) == ("D minor", 100.0, 38.4)


def test_the_felt_beat_of_a_compound_metre_is_the_tempo() -> None:
    song = replace(piece(bpm=90), metres=(MetreChange(0, Metre(6, 8)),))
    assert read(song).facts["tempo"] == 60.0


def test_flat_velocities_are_not_read_as_loudness() -> None:
    soft, loud = (read(piece(velocity=level, swell=0)) for level in (40, 120))
    assert soft.feeling.arousal == loud.feeling.arousal
    assert soft.feeling.arousal_spread > read(piece()).feeling.arousal_spread
    assert any("nothing of loud and soft" in said for said in soft.remarks)
    assert "velocity" not in soft.facts


def test_levels_between_parts_are_a_mix_and_no_dynamics() -> None:
    song = piece(swell=0)
    loud = replace(song.tracks[0], notes=tuple(replace(note, velocity=120) for note in song.tracks[0].notes))
    assert events_of_song(replace(song, tracks=(loud, song.tracks[1]))).flat


def test_the_window_that_is_fullest_is_a_peak() -> None:
    song = piece(step=960, bpm=120)
    burst = tuple(Note(8 * 1920 + number * 60, 60, 72 + number % 12, 120) for number in range(128))
    song = replace(song, tracks=(*song.tracks, Track("Atas", "melody", "flute", burst)))
    peaks = [moment for moment in read(song).moments if moment.what == "peak"]
    assert len(peaks) == 1
    assert 14 <= peaks[0].start <= 20


@settings(max_examples=8, deadline=None)
@given(shift=st.integers(-12, 12))
def test_transposing_leaves_mode_and_arousal_but_for_the_register(shift: int) -> None:
    cues, moved = (find_note_cues(events_of_song(piece(minor=True, up=up))).whole for up in (0, shift))
    expected = {**asdict(cues), "register": cues.register + shift}
    assert asdict(moved) == pytest.approx(expected, abs=1e-9)


def test_a_performance_reads_as_its_song_does() -> None:
    song = piece()
    clock = song.tempo_map.ticks_to_seconds
    parts = tuple(
        Part(
            track.name, track.role, track.instrument,
            tuple(PlayedNote(clock(n.onset), clock(n.duration), n.pitch, n.velocity) for n in track.notes),
        )
        for track in song.tracks
    )  # fmt: skip
    played = read_notes(events_of_performance(Performance(song.song_id, parts, song.seconds)), "main")
    assert played.feeling.valence == pytest.approx(read(song).feeling.valence, abs=0.03)
    assert "tempo" not in played.facts


def test_few_notes_and_drums_alone_are_not_read() -> None:
    few = Song("Dua", (Track("Piano", "chords", "piano", (Note(0, 4800, 60), Note(4800, 4800, 64))),))
    drums = Song("Gendang", (Track("Drum", "drums", "drums", tuple(Note(n * 240, 240, 38) for n in range(64))),))
    for song, said in ((few, "too few notes"), (drums, "drums alone")):
        reading = read(song)
        assert not reading.feeling.readable
        assert said in reading.remarks[0]


def test_slendro_has_no_major_or_minor() -> None:
    song = piece(minor=True)
    tuned = replace(song, tracks=tuple(replace(track, tuning="slendro") for track in song.tracks))
    reading = read(tuned)
    assert "key" not in reading.facts
    assert "no major or minor" in reading.remarks[0]
    assert reading.feeling.valence > read(song).feeling.valence + 0.3


def test_an_hour_is_read_of_longer_notes() -> None:
    notes = tuple(Note(number * 4800, 4800, 60 + number % 8, 64 + number % 30) for number in range(1000))
    song = Song("Panjang", (Track("Piano", "chords", "piano", notes),))
    reading = read(song)
    assert reading.facts["seconds"] == LONGEST
    assert "only the first 60 minutes were read" in reading.remarks
    assert len(reading.curve) <= 901


def test_weights_follow_the_rank_of_the_literature() -> None:
    size = {rule.name: float(np.hypot(rule.valence, rule.arousal)) for rule in RULES}
    pace = size["onsets"] + size["tempo"]
    assert size["mode"] > size["dynamics"] > size["touch"]
    assert pace > size["register"] > 0


def test_dynamics_are_left_aside_when_asked() -> None:
    cues = find_note_cues(events_of_song(piece(velocity=110))).whole
    assert feel_notes(cues, dynamics=False).shares["dynamics"] == (0, 0)
    assert feel_notes(cues, dynamics=True).shares["dynamics"][1] > 0.2


def test_every_file_of_notes_is_a_trace(tmp_path: Path) -> None:
    song = piece(minor=True)
    save_midi(song, tmp_path / "a.mid")
    save_musicxml(song, tmp_path / "b.musicxml")
    (tmp_path / "lagu").mkdir()
    save_song(song, tmp_path / "lagu" / "song.json")
    traces = (tmp_path / "a.mid", tmp_path / "b.musicxml", tmp_path / "lagu")
    readings = [sense((trace,)).readings[0] for trace in traces]
    assert [(each.kind, each.name) for each in readings] == [
        ("notes", "a.mid"),
        ("notes", "b.musicxml"),
        ("notes", "lagu"),
    ]
    for each in readings:
        assert each.feeling.valence == pytest.approx(readings[0].feeling.valence, abs=0.02)


def test_notes_and_text_are_read_together(tmp_path: Path) -> None:
    save_midi(piece(minor=True), tmp_path / "a.mid")
    sensed = sense((tmp_path / "a.mid", "aku sedih sekali malam ini"))
    assert [reading.kind for reading in sensed.readings] == ["text", "notes"]
    assert sensed.text == "aku sedih sekali malam ini"


def test_what_is_no_file_of_notes_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.mid").write_bytes(b"Dear diary, today it rained")
    with pytest.raises(FileError, match="not a MIDI file"):
        feel(tmp_path / "a.mid")
    (tmp_path / "b.mid").write_bytes(b"")
    with pytest.raises(FileError, match="empty"):
        feel(tmp_path / "b.mid")
