"""What is written is read back the same, by us and by readers that we did not write."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, Note, Song, Track, tidy_notes
from senandung.domain.words import Words
from senandung.files.chordpro import chordpro_text
from senandung.files.midi import load_midi, midi_bytes, save_midi
from senandung.files.midi_read import parse_midi
from senandung.files.musicxml import load_musicxml, musicxml_text, save_musicxml
from senandung.files.musicxml_read import parse_musicxml
from senandung.files.notes import load_notes
from senandung.files.song_json import load_song, parse_song_json, save_song, song_json_text
from senandung.files.ustx import load_ustx, parse_ustx, save_ustx, ustx_text
from strategies import songs

HERE = Path("song")
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def word_rows(song: Song) -> list[tuple[str, bool, bool]]:
    return [(s.text, s.begins_word, s.ends_word) for s in song.words.syllables]


def line_texts(song: Song) -> list[int]:
    return [len(line.syllables) for line in song.words.lines]


@given(songs())
@quick
def test_song_json_keeps_everything(song: Song) -> None:
    text = song_json_text(song)
    assert parse_song_json(text, HERE) == song
    assert song_json_text(parse_song_json(text, HERE)) == text


@given(songs())
@quick
def test_midi_keeps_notes_words_and_times(song: Song) -> None:
    read = parse_midi(midi_bytes(song), HERE)
    assert read.tracks == song.tracks
    assert word_rows(read) == word_rows(song)
    assert line_texts(read) == line_texts(song)
    assert (read.title, read.tempos, read.metres, read.keys) == (song.title, song.tempos, song.metres, song.keys)
    assert [(s.name, s.onset, s.duration) for s in read.sections] == [
        (s.name, s.onset, s.duration) for s in song.sections
    ]
    assert read.provenance.story == song.provenance.story


@given(songs())
@quick
def test_musicxml_keeps_notes_words_chords_and_times(song: Song) -> None:
    read = parse_musicxml(musicxml_text(song).encode(), HERE)
    assert read.tracks == song.tracks
    assert word_rows(read) == word_rows(song)
    assert line_texts(read) == line_texts(song)
    assert (read.title, read.tempos, read.metres, read.keys) == (song.title, song.tempos, song.metres, song.keys)
    assert read.chords == song.chords
    assert [(s.name, s.onset, s.duration) for s in read.sections] == [
        (s.name, s.onset, s.duration) for s in song.sections
    ]


def test_a_song_of_drums_alone_keeps_its_key() -> None:
    drums = Track("Drum", "drums", "drums", (Note(0, 480, 38),))
    song = Song("Ketukan", (drums,), keys=(KeyChange(0, Key.parse("Cm")),))
    assert parse_musicxml(musicxml_text(song).encode(), HERE).keys == song.keys


@given(songs(vocal=True, tracks=0))
@quick
def test_ustx_keeps_the_vocal_part(song: Song) -> None:
    read = parse_ustx(ustx_text(song), HERE)
    assert song.vocal is not None
    assert read.vocal is not None
    ours = [(n.onset, n.duration, n.pitch, n.syllable) for n in song.vocal.notes]
    assert [(n.onset, n.duration, n.pitch, n.syllable) for n in read.vocal.notes] == ours
    assert [[(n.onset, n.duration, n.pitch, n.syllable) for n in track.notes] for track in read.backings] == [
        [(n.onset, n.duration, n.pitch, n.syllable) for n in track.notes] for track in song.backings
    ]
    assert word_rows(read) == word_rows(song)
    assert (read.tempos, read.metres) == (song.tempos, song.metres)


@given(songs(vocal=True))
@quick
def test_chordpro_holds_every_word_in_order(song: Song) -> None:
    rows = [row for row in chordpro_text(song).split("\n") if row and row[0] not in "{|"]
    words = re.sub(r"\[[^\]]*\]", "", " ".join(rows)).split()
    expected = " ".join(line.text for line in song.words.lines).split()
    assert words == expected


@pytest.mark.parametrize(
    ("save", "load", "name"),
    [
        (save_song, load_song, "song.json"),
        (save_midi, load_midi, "song.mid"),
        (save_musicxml, load_musicxml, "song.musicxml"),
        (save_ustx, load_ustx, "song.ustx"),
    ],
)
def test_files_are_found_by_content(small_song: Song, tmp_path: Path, save, load, name: str) -> None:
    save(small_song, tmp_path / name)
    (tmp_path / "nameless").write_bytes((tmp_path / name).read_bytes())
    assert load_notes(tmp_path / "nameless").tracks[0].notes == load(tmp_path / name).tracks[0].notes
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nameless", name]


def test_the_same_song_gives_the_same_bytes(small_song: Song) -> None:
    again = parse_song_json(song_json_text(small_song), HERE)
    assert midi_bytes(again) == midi_bytes(small_song)
    assert musicxml_text(again) == musicxml_text(small_song)
    assert ustx_text(again) == ustx_text(small_song)
    assert chordpro_text(again) == chordpro_text(small_song)


def test_a_song_without_a_voice_gives_a_project_without_notes(small_song: Song) -> None:
    silent = replace(small_song, tracks=small_song.tracks[1:], words=Words())
    assert parse_ustx(ustx_text(silent), HERE).tracks == ()


def test_odd_ticks_are_written_on_the_grid_one_note_each() -> None:
    notes = tidy_notes(Note(7 + 113 * i, 101, 60 + i % 7) for i in range(40))
    song = Song("Odd", (Track("Piano", "melody", "piano", notes),))
    read = parse_musicxml(musicxml_text(song).encode(), HERE)
    assert [note.pitch for note in read.tracks[0].notes] == [note.pitch for note in notes]
    for theirs, ours in zip(read.tracks[0].notes, notes, strict=True):
        assert abs(theirs.onset - ours.onset) <= 30
