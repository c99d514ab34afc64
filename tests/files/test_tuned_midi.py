"""MIDI files of tuned parts: the MIDI Tuning Standard's messages say the frequencies of the tuning."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from senandung.domain.pitch import midi_to_hz
from senandung.domain.song import Note, Song, Track
from senandung.domain.tuning import TUNINGS
from senandung.files.midi import load_midi, save_midi

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
    assert [note.pitch for note in again.tracks[0].notes] == [note.pitch for note in song().tracks[0].notes]
