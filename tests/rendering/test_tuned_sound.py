"""The gamelan as it sounds: each instrument's fundamental against the measured tuning."""

from __future__ import annotations

import numpy as np
import pytest

from senandung.domain.instruments import instrument
from senandung.domain.song import Note, Provenance, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.tuning import GAMELANS, TUNINGS
from senandung.performing.perform import perform
from senandung.rendering.synthesis.play import play_part

RATE = 22_050
NAMES = [name for gamelan in GAMELANS.values() for name in gamelan.tunings.values()]
WITHIN = 3.0
"""Cents."""


def heard(sound: str, tuning: str) -> list[float]:
    """Cents of every tone of an instrument's comfortable range away from the tuning, by the sound's strongest peak."""
    low, high = instrument(sound).comfortable
    classes = TUNINGS[tuning].pitch_classes()
    pitches = [pitch for pitch in range(low, high + 1) if pitch % 12 in classes][:8]
    notes = tuple(Note(1920 * n, 1920, pitch) for n, pitch in enumerate(pitches))
    song = Song(
        "Laras",
        (Track("Part", "melody", sound, notes, tuning),),
        tempos=(TempoChange.at_bpm(0, 120),),
        provenance=Provenance(1, "", "ladrang"),
    )
    performance = perform(song, seed=1, humanise=0.0)
    samples = play_part(performance.parts[0], performance.seconds + 0.5, RATE).astype(np.float64)
    away = []
    for pitch, played in zip(pitches, performance.parts[0].notes, strict=True):
        start = int((played.onset + 0.1) * RATE)
        piece = samples[start : start + int(1.8 * RATE)]
        wanted = TUNINGS[tuning].hz(pitch)
        spectrum = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 1 << 20))
        hz = np.fft.rfftfreq(1 << 20, 1 / RATE)
        near = (hz > wanted * 0.96) & (hz < wanted * 1.04)
        away.append(float(1200 * np.log2(hz[near][spectrum[near].argmax()] / wanted)))
    return away


@pytest.mark.parametrize("tuning", NAMES)
@pytest.mark.parametrize("sound", ["saron", "bonang-barung"])
def test_every_set_is_sounded_within_three_cents(sound: str, tuning: str) -> None:
    away = heard(sound, tuning)
    assert max(abs(cents) for cents in away) < WITHIN, away


@pytest.mark.parametrize(
    "sound",
    ["slenthem", "demung", "peking", "gender-barung", "bonang-panerus", "kenong", "kempul", "kethuk", "kempyang"],
)
def test_every_instrument_is_sounded_within_three_cents(sound: str) -> None:
    away = heard(sound, "pelog-kanyut-mesem")
    assert max(abs(cents) for cents in away) < WITHIN, away
