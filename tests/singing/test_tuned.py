"""A voice sings the tones of a gamelan, in its own octaves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from senandung.domain.feeling import Feeling
from senandung.domain.pitch import hz_to_midi
from senandung.domain.singing import FRAME
from senandung.domain.song import Song
from senandung.domain.tuning import TUNINGS
from senandung.language.pronunciation import pronounce
from senandung.singing.habits import Habits
from senandung.singing.phrase import sing_part
from singing.sung_songs import performed, sung_song

NAME = "pelog-kanyut-mesem"


def tuned_song() -> Song:
    song = sung_song(bpm=50)
    (track,) = song.tracks
    tones = [pitch for pitch in range(62, 75) if pitch % 12 in TUNINGS[NAME].pitch_classes()]
    notes = tuple(replace(note, pitch=tones[number % len(tones)]) for number, note in enumerate(track.notes))
    return replace(song, tracks=(replace(track, notes=notes, tuning=NAME),))


@pytest.mark.parametrize(("voice", "octaves"), [("melati", 0), ("jati", -1)])
def test_held_tones_are_those_of_the_tuning(voice: str, octaves: int) -> None:
    song = tuned_song()
    performance = performed(song)
    singing = sing_part(
        song,
        performance,
        pronounce(song.words),
        voice=voice,
        feeling=Feeling.named("netral"),
        seed=1,
        habits=Habits(fall_share=0.0, leap_share=0.0),
    )
    tuning, pitch = TUNINGS[NAME], np.array(singing.pitch)
    assert song.vocal is not None
    away = []
    for note, played in zip(song.vocal.notes, performance.parts[0].notes, strict=True):
        low, high = (int((played.onset + share * played.duration) / FRAME) for share in (0.4, 0.8))
        away.append(100 * float(np.median(pitch[low:high]) - hz_to_midi(tuning.hz(note.pitch + 12 * octaves))))
    assert abs(float(np.median(away))) < 5
    assert float(np.median(np.abs(away))) < 8
