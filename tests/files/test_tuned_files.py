"""Files of tuned parts: MIDI Tuning Standard messages say the frequencies; tuning and laras come back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mido
import pytest

from senandung.domain.pitch import midi_to_hz
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, Note, Section, Song, Track
from senandung.domain.tuning import TUNINGS
from senandung.files.midi import load_midi, save_midi
from senandung.files.musicxml import load_musicxml, save_musicxml

TUNED = "pelog-kanyut-mesem"


def song() -> Song:
    degrees = TUNINGS[TUNED].pitch_classes()
    notes = tuple(Note(480 * n, 480, pitch) for n, pitch in enumerate(p for p in range(50, 90) if p % 12 in degrees))
    plain = Track("Violin", "counter", "violin", (Note(0, 480, 69),))
    return Song("Pelog", (Track("Saron", "melody", "harp", notes, TUNED), plain))


def test_every_key_is_tuned_to_its_frequency(tmp_path: Path) -> None:
    save_midi(song(), tmp_path / "song.mid")
    midi = mido.MidiFile(tmp_path / "song.mid")
    messages = [message for track in midi.tracks for message in track if message.type == "sysex"]
    assert len(messages) == 1
    data = messages[0].data
    assert data[:5] == (0x7F, 0x7F, 0x08, 0x02, 1)
    assert data[5] == (len(data) - 6) / 4 == len(song().tracks[0].notes)
    for at in range(6, len(data), 4):
        key, semitone, high, low = data[at : at + 4]
        sounding = midi_to_hz(semitone + (high * 128 + low) / 16384)
        assert sounding == pytest.approx(TUNINGS[TUNED].hz(key), rel=1e-4)


def test_only_tuned_parts_choose_the_tuning_and_the_notes_stay(tmp_path: Path) -> None:
    save_midi(song(), tmp_path / "song.mid")
    chosen = {}
    for track in mido.MidiFile(tmp_path / "song.mid").tracks:
        controls = [(m.control, m.value) for m in track if m.type == "control_change"]
        chosen[track.name] = (100, 3) in controls and (6, 1) in controls
    assert chosen == {"Pelog": False, "Saron": True, "Violin": False}
    again = load_midi(tmp_path / "song.mid")
    assert [track.tuning for track in again.tracks] == [TUNED, "equal"]
    assert [note.pitch for note in again.tracks[0].notes] == [note.pitch for note in song().tracks[0].notes]


@pytest.mark.parametrize("ending", ["mid", "musicxml"])
def test_tuning_laras_and_sections_come_back(tmp_path: Path, ending: str) -> None:
    made = replace(
        song(),
        keys=(KeyChange(0, Key.parse("pelog barang")),),
        sections=(Section("Buka", "intro", 0, 1920), Section("Ngelik", "chorus", 1920, 40 * 480 - 1920)),
    )
    path = tmp_path / f"song.{ending}"
    (save_midi if ending == "mid" else save_musicxml)(made, path)
    again = (load_midi if ending == "mid" else load_musicxml)(path)
    assert [track.tuning for track in again.tracks] == [TUNED, "equal"]
    assert str(again.keys[0].key) == "pelog barang"
    assert [section.kind for section in again.sections] == ["intro", "chorus"]


def test_a_tuning_that_has_not_all_the_notes_is_left_out(tmp_path: Path) -> None:
    save_midi(song(), tmp_path / "song.mid")
    midi = mido.MidiFile(tmp_path / "song.mid")
    for track in midi.tracks:
        for message in track:
            if message.type in ("note_on", "note_off") and track.name == "Saron":
                message.note += 1
            if message.type == "text" and track.name == "Violin":
                message.text = "tuning: just"
    midi.save(tmp_path / "moved.mid")
    assert {track.tuning for track in load_midi(tmp_path / "moved.mid").tracks} == {"equal"}
