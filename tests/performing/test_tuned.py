"""Tuned tracks: the performance carries the exact pitch of every note to whoever sounds it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from senandung.domain.feeling import Feeling
from senandung.domain.scales import Key
from senandung.domain.song import KeyChange, Note, Provenance, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.tuning import GAMELANS, TUNINGS
from senandung.performing.clock import LEAD_IN, Clock
from senandung.performing.perform import perform

NAMES = [name for gamelan in GAMELANS.values() for name in gamelan.tunings.values()]


def tuned_song(name: str) -> Song:
    tones = [pitch for pitch in range(60, 85) if pitch % 12 in TUNINGS[name].pitch_classes()]
    notes = tuple(Note(480 * n, 480, pitch) for n, pitch in enumerate(tones))
    parts = (Track("Saron", "melody", "vibraphone", notes, name), Track("Suling", "counter", "flute", notes, name))
    key = Key.parse(f"{name.partition('-')[0]} {'manyura' if name.startswith('slendro') else 'barang'}")
    return Song("Laras", parts, keys=(KeyChange(0, key),), provenance=Provenance(0, "", "ladrang"))


@pytest.mark.parametrize("name", NAMES)
def test_every_played_note_begins_at_its_tone(name: str) -> None:
    song = tuned_song(name)
    for track, part in zip(song.tracks, perform(song, seed=3).parts, strict=True):
        for note, played in zip(track.notes, part.notes, strict=True):
            cents = played.bend[0][1] if played.bend else 0.0
            sounding = 440 * 2 ** ((played.pitch - 69 + cents / 100) / 12)
            assert abs(1200 * math.log2(sounding / TUNINGS[name].hz(note.pitch))) < 0.01
            if track.name == "Saron":
                assert len(played.bend) <= 1  # a bar stays where it is tuned


def test_a_gendhing_keeps_its_written_tempo() -> None:
    song = tuned_song("slendro-kanyut-mesem")
    slowed = replace(song, tempos=(TempoChange(0, 500_000), TempoChange(1920, 900_000)))
    clock = Clock.of(slowed, Feeling.named("rindu").arousal)
    for tick in (0, 480, 1920, 2400, slowed.end):
        assert clock.seconds(tick) == pytest.approx(LEAD_IN + slowed.tempo_map.ticks_to_seconds(tick), abs=1e-6)
