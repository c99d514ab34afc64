"""Strokes go to the grid that was meant, and their distance from it is the drummer's."""

from __future__ import annotations

from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.learning.extract_feel import places, read_performances
from senandung.performing.drum_score import NAMES, UNITS


@given(st.integers(0, 2**32), st.floats(70, 150), st.sampled_from((3, 4)))
def test_a_beat_goes_to_the_grid_that_was_meant(seed: int, bpm: float, division: int) -> None:
    rng = np.random.default_rng(seed)
    meant = np.arange(32 * division) * UNITS // division
    played = meant / UNITS + rng.normal(0, 0.008, len(meant)) * bpm / 60
    played = np.sort(np.maximum(played, 0))
    inner = slice(4 * division, -4 * division)  # at its edges a take shows too little of what is meant
    assert places(played, bpm, triplets=True)[inner].tolist() == meant[inner].tolist()
    if division == 4:
        assert places(played, bpm, triplets=False).tolist() == meant.tolist()
    else:
        assert (places(played, bpm, triplets=False) % 3 == 0).all()


def test_performances_are_read_with_offsets_and_the_loudest_of_two(tmp_path: Path) -> None:
    folder = tmp_path / "groove"
    folder.mkdir()
    midi = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    midi.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(120)))
    at = 0
    for tick, key, velocity in (
        (5, 36, 100),
        (470, 38, 60),
        (482, 38, 90),
        (960, 60, 50),
        (1210, 42, 70),
        (1440, 36, 80),
    ):
        track.append(mido.Message("note_on", note=key, velocity=velocity, time=tick - at, channel=9))
        at = tick
    midi.save(folder / "one.mid")
    head = "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split"
    rows = [f"d,s,s/{n},rock/shuffle,120,beat,{metre},{name},,1.0,train" for n, metre, name in
            ((1, "4-4", "one.mid"), (2, "3-4", "one.mid"), (3, "4-4", "gone.mid"))]  # fmt: skip
    (folder / "info.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    (found,) = read_performances(tmp_path)
    score = found.take.score
    assert [NAMES[drum] for drum in score.drum] == ["kick", "snare", "closed", "kick"]
    assert score.place.tolist() == [0, 12, 30, 36]
    assert found.take.velocity.tolist() == [100, 90, 70, 80]
    assert found.take.offset == pytest.approx(np.array([5, 2, 10, 0]) / 960)
    assert score.tags == ("rock", "shuffle")
    assert found.bpm == pytest.approx(120)
