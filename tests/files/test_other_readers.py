"""Readers that we did not write hold the same notes, words and times."""

from __future__ import annotations

import json
import warnings
import xml.etree.ElementTree as ET
from fractions import Fraction
from pathlib import Path

import mido
import pytest
import verovio
import yaml

from senandung.domain.song import Song
from senandung.files.midi import save_midi
from senandung.files.musicxml import musicxml_text, save_musicxml
from senandung.files.song_json import save_song
from senandung.files.ustx import save_ustx


@pytest.fixture
def score(small_song: Song, tmp_path: Path):
    """The small song's MusicXML as music21 reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import music21
    save_musicxml(small_song, tmp_path / "song.musicxml")
    return music21.converter.parse(tmp_path / "song.musicxml")


def test_music21_reads_the_same_notes(small_song: Song, score) -> None:
    read: dict[str, list[tuple[Fraction, Fraction, int]]] = {}
    for part in score.parts:
        tied = part.stripTies()
        for element in tied.recurse().notes:
            if "ChordSymbol" in element.classes or "NoChord" in element.classes:
                continue
            onset = Fraction(element.getOffsetInHierarchy(tied)) * 480
            for pitch in getattr(element, "pitches", ()):
                read.setdefault(part.partName, []).append((onset, Fraction(element.quarterLength) * 480, pitch.midi))
    for track in small_song.tracks[:3]:
        assert sorted(read[track.name]) == sorted((n.onset, n.duration, n.pitch) for n in track.notes)


def test_music21_reads_the_same_words_chords_and_signs(small_song: Song, score) -> None:
    voice = score.parts[0].flatten()
    lyrics = [(lyric.text, lyric.syllabic) for note in voice.notes for lyric in note.lyrics]
    assert lyrics == [
        ("A", "begin"), ("ku", "end"), ("rin", "begin"), ("du", "end"), ("ma", "begin"), ("lam-", "end"),
        ("ma", "begin"), ("lam", "end"),
    ]  # fmt: skip
    figures = [symbol.figure for symbol in voice.getElementsByClass("ChordSymbol")]
    assert figures == ["C", "Am7", "F/A", "N.C.", "Csus add b7", "N.C."]
    assert [metre.ratioString for metre in voice.getElementsByClass("TimeSignature")] == ["4/4", "3/4"]
    assert next(round(mark.getQuarterBPM(), 3) for mark in voice.getElementsByClass("MetronomeMark")) == 72.0
    triplet = [note for note in voice.notes if note.duration.tuplets]
    assert [note.duration.type for note in triplet if "ChordSymbol" not in note.classes] == ["eighth"] * 3
    assert score.metadata.title == small_song.title


def test_music21_finds_the_drums_on_their_lines(small_song: Song, score) -> None:
    drums = score.parts[-1].recurse().notes
    hits = sum(len(getattr(element, "notes", (element,))) for element in drums)
    assert hits == len(small_song.tracks[3].notes)


def test_verovio_engraves_every_syllable(small_song: Song) -> None:
    toolkit = verovio.toolkit()
    assert toolkit.loadData(musicxml_text(small_song))
    mei = ET.fromstring(toolkit.getMEI())
    space = "{http://www.music-encoding.org/ns/mei}"
    assert [syllable.text for syllable in mei.iter(f"{space}syl")] == [s.text for s in small_song.words.syllables]
    assert toolkit.getLog() == ""
    assert len(list(mei.iter(f"{space}measure"))) == len(small_song.bar_starts())


def test_verovio_plays_as_many_notes_as_the_song_has(small_song: Song) -> None:
    toolkit = verovio.toolkit()
    text = musicxml_text(small_song)
    toolkit.loadData(text)
    written = sum(len(row.get("on", ())) for row in toolkit.renderToTimemap({"includeRests": False}))
    assert written - text.count('<tie type="stop"/>') == sum(len(track.notes) for track in small_song.tracks)


def test_mido_reads_the_same_notes_words_and_channels(small_song: Song, tmp_path: Path) -> None:
    save_midi(small_song, tmp_path / "song.mid")
    midi = mido.MidiFile(tmp_path / "song.mid", charset="utf-8")
    assert (midi.type, midi.ticks_per_beat, len(midi.tracks)) == (1, 480, 5)
    for track, read in zip(small_song.tracks, midi.tracks[1:], strict=True):
        at, sounding, notes, lyrics = 0, {}, [], []
        for message in read:
            at += message.time
            if message.type == "note_on":
                assert message.note not in sounding
                sounding[message.note] = (at, message.velocity)
            elif message.type == "note_off":
                onset, velocity = sounding.pop(message.note)
                notes.append((onset, at - onset, message.note, velocity))
            elif message.type == "lyrics":
                lyrics.append(message.text)
        assert sorted(notes) == sorted((n.onset, n.duration, n.pitch, n.velocity) for n in track.notes)
        expected = ["A-", "ku", "rin-", "du\r", "ma-", "lam--", "ma-", "lam\r"] if track.role == "vocal" else []
        assert lyrics == expected
    channels = [{message.channel for message in track if not message.is_meta} for track in midi.tracks[1:]]
    assert channels == [{0}, {1}, {2}, {9}]
    banks = [m.value for m in midi.tracks[3] if m.type == "control_change" and m.control == 0]
    assert banks == [8]
    assert midi.length == pytest.approx(small_song.seconds)


def test_yaml_and_json_read_what_is_written(small_song: Song, tmp_path: Path) -> None:
    save_ustx(small_song, tmp_path / "song.ustx")
    project = yaml.safe_load((tmp_path / "song.ustx").read_text(encoding="utf-8"))
    notes = project["voice_parts"][0]["notes"]
    assert [note["lyric"] for note in notes] == ["A", "ku", "rin", "du", "+~", "ma", "lam", "ma", "lam"]
    assert project["ustx_version"] == "0.9"
    save_song(small_song, tmp_path / "song.json")
    text = (tmp_path / "song.json").read_text(encoding="utf-8")
    assert json.loads(text)["title"] == "Hujan é"
    assert text.endswith("}\n")


def test_libresvip_reads_the_same_sung_notes(small_song: Song, tmp_path: Path) -> None:
    from libresvip.plugins.ustx.ustx_converter import OpenUtauConverter

    save_ustx(small_song, tmp_path / "song.ustx")
    project = OpenUtauConverter.load(tmp_path / "song.ustx", {})
    read = [(n.start_pos, n.length, n.key_number) for track in project.track_list for n in track.note_list]
    assert small_song.vocal is not None
    assert read == [(note.onset, note.duration, note.pitch) for note in small_song.vocal.notes]
    written = [note.lyric for track in project.track_list for note in track.note_list if note.lyric != "-"]
    assert written == [syllable.text.strip("-") for syllable in small_song.words.syllables]
