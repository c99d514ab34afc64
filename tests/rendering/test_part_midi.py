"""A part's MIDI file, read back by mido."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import mido
import pytest
from made_up import band_song

from senandung.domain.performance import Part, PlayedNote
from senandung.performing.perform import perform
from senandung.rendering.part_midi import BEND_RANGE, save_part_midi


def played(path: Path) -> tuple[list[tuple[float, float, int, int]], list[tuple[float, mido.Message]], float]:
    """Notes as (onset, end, pitch, velocity) in seconds, every message with its second, and the file's length."""
    file = mido.MidiFile(path)
    now, messages, open_notes, notes = 0.0, [], defaultdict(list), []
    for message in file:
        now += message.time
        messages.append((now, message))
        if message.type == "note_on" and message.velocity:
            assert not open_notes[message.channel, message.note]
            open_notes[message.channel, message.note].append((now, message.velocity))
        elif message.type in ("note_on", "note_off"):
            start, velocity = open_notes[message.channel, message.note].pop()
            notes.append((start, now, message.note, velocity))
    assert not any(open_notes.values())
    return sorted(notes), messages, file.length


def test_every_note_comes_back_in_time(tmp_path: Path) -> None:
    performance = perform(band_song(8), seed=1)
    for part in performance.parts:
        save_part_midi(part, tmp_path / "a.mid", performance.seconds + 3)
        notes, messages, length = played(tmp_path / "a.mid")
        assert length == pytest.approx(performance.seconds + 3, abs=1e-3)
        for (onset, end, pitch, velocity), note in zip(notes, sorted(part.notes), strict=True):
            assert (pitch, velocity) == (note.pitch, note.velocity)
            assert onset == pytest.approx(note.onset, abs=1e-4)
            assert end == pytest.approx(note.onset + note.duration, abs=2e-4)
        pedals = [message for _, message in messages if message.is_cc(64)]
        assert len(pedals) == 2 * len(part.pedal)


def test_bank_program_and_drum_channel(tmp_path: Path) -> None:
    note = (PlayedNote(0.1, 0.2, 72, 80),)
    for name, channel, bank, program in (("cuk", 0, 8, 24), ("cello", 0, 0, 42), ("drums", 9, 0, 0)):
        save_part_midi(Part("a", "chords", name, note), tmp_path / "a.mid", 1.0)
        _, messages, _ = played(tmp_path / "a.mid")
        assert [m.value for _, m in messages if m.is_cc(0)] == [bank]
        changes = [m for _, m in messages if m.type == "program_change"]
        assert [(m.channel, m.program) for m in changes] == [(channel, program)]


def test_bends_become_the_pitch_wheel_of_channels_in_turn(tmp_path: Path) -> None:
    glide = ((0.0, -100.0), (0.2, 0.0), (0.3, 50.0))
    notes = tuple(PlayedNote(0.1 + n * 0.5, 0.6, 60 + n, 80, glide if n % 2 == 0 else ()) for n in range(4))
    save_part_midi(Part("Suling", "melody", "suling", notes), tmp_path / "a.mid", 4.0)
    found, messages, _ = played(tmp_path / "a.mid")
    assert len(found) == 4
    channels = [m.channel for _, m in messages if m.type == "note_on" and m.velocity]
    assert len(set(channels)) == 4
    assert 9 not in channels
    wheel = [(at, m.pitch * 100 * BEND_RANGE / 8192) for at, m in messages if m.type == "pitchwheel" and m.channel == 0]
    assert wheel[0] == (pytest.approx(0.1), pytest.approx(-100, abs=0.2))
    for at, cents in wheel:
        expected = -100 + 500 * (at - 0.1) if at <= 0.3 else min(50, 500 * (at - 0.3))
        assert cents == pytest.approx(expected, abs=4)
    assert wheel[-1][1] == pytest.approx(50, abs=0.2)
    ranges = {m.control: m.value for _, m in messages if m.type == "control_change" and m.channel == 0}
    assert (ranges[101], ranges[100], ranges[6]) == (0, 0, BEND_RANGE)


def test_expression_becomes_controller_11_on_every_channel_that_sounds(tmp_path: Path) -> None:
    bend = ((0.0, -50.0), (0.1, 0.0))
    notes = tuple(PlayedNote(0.1 + n, 0.9, 60 + n, 80, bend) for n in range(6))
    curve = ((0.0, 0.5), (2.0, 1.0), (4.0, 0.25))
    save_part_midi(Part("Suling", "melody", "suling", notes, (), curve), tmp_path / "a.mid", 8.0)
    _, messages, _ = played(tmp_path / "a.mid")
    channels = {m.channel for _, m in messages if m.type == "note_on"}
    assert len(channels) == 4
    for channel in channels:
        sent = [(at, m.value) for at, m in messages if m.is_cc(11) and m.channel == channel]
        assert sent[0] == (0.0, 64)
        assert max(value for _, value in sent) == 127
        assert sent[-1] == (pytest.approx(4.0, abs=0.03), 32)
        for at, value in sent:
            assert value == pytest.approx(127 * (0.5 + at / 4 if at < 2 else 1.75 - 0.375 * at), abs=1.5)


def test_a_part_without_expression_sends_none(tmp_path: Path) -> None:
    save_part_midi(Part("Piano", "chords", "piano", (PlayedNote(0.1, 1.0, 60, 80),)), tmp_path / "a.mid", 2.0)
    assert not [message for _, message in played(tmp_path / "a.mid")[1] if message.is_cc(11)]
