"""Slopes over the logits, and the help with voice-leading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composing.decoding.test_decode_fuzz import parts_of, random_wish
from senandung.composing.decoding.sampling import CUTS, draw
from senandung.composing.decoding.shaping import CLIMAX, felt, highest_part, shape_bar, shape_chords, tension
from senandung.composing.decoding.voice_leading import CLASH, LEAP, PARALLEL, leaning
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.vocabulary import IDS, SIZE


def wish(**changes: object) -> PieceWish:
    parts = parts_of(("violin", "violin", "viola", "cello"))
    asked = PieceWish({"haydn": 1.0}, "quartet", parts, 32, "4/4", 0, "major", 100.0)
    return replace(asked, **changes)  # type: ignore[arg-type]


def test_tension_is_highest_at_the_climax_and_falls_to_the_end() -> None:
    curve = [tension(bar / 100) for bar in range(101)]
    assert int(np.argmax(curve)) == round(100 * CLIMAX)
    assert all(-1.0 <= value <= 1.0 for value in curve)
    assert curve[100] < curve[85] < curve[70]


def test_the_climax_lifts_the_highest_part_and_shortens_notes() -> None:
    climax = round(31 * CLIMAX)
    first = shape_bar(wish(), climax, 0)
    cello = shape_bar(wish(), climax, 3)
    assert first is not None
    assert cello is not None
    assert first[IDS["pitch:84"]] > first[IDS["pitch:60"]]
    assert cello[IDS["pitch:84"]] == cello[IDS["pitch:60"]] == 0.0
    assert cello[IDS["len:12"]] > cello[IDS["len:48"]]
    assert highest_part(wish()) == 0


def test_a_short_piece_without_a_feeling_is_left_alone() -> None:
    assert shape_bar(wish(bars=8), 4, 0) is None
    assert not shape_chords(wish()).any()


@pytest.mark.parametrize(("low", "high"), [(0, 4), (1, 3)])
def test_arousal_shortens_and_valence_brightens(low: int, high: int) -> None:
    calm, excited = (shape_bar(wish(bars=8, arousal=chosen), 2, 1) for chosen in (low, high))
    assert calm is not None
    assert excited is not None
    assert excited[IDS["len:6"]] > 0 > excited[IDS["len:96"]]
    assert calm[IDS["len:6"]] < 0 < calm[IDS["len:96"]]
    sad, glad = shape_chords(wish(valence=low)), shape_chords(wish(valence=high))
    assert glad[IDS["chord:0:maj"]] > 0 > glad[IDS["chord:0:min"]]
    assert sad[IDS["chord:0:maj"]] < 0 < sad[IDS["chord:0:min"]]
    assert felt(2) == felt(None) == 0.0


def _reader(text: str) -> Follower:
    header = "opening style:any ensemble:any tempo:any valence:any arousal:any metre:4/4 tonic:0 mode:major"
    reader = Follower()
    for name in f"{header} track:soprano.0 track:basso.0 {text}".split():
        reader.feed(IDS[name])
    return reader


def test_parallel_fifths_and_octaves_lose() -> None:
    sung = "bar:2 chord:none track:soprano.0 pitch:67 len:48 pitch:69 track:basso.0 pitch:60 len:48"
    added = leaning(_reader(sung))
    assert added is not None
    assert added[IDS["pitch:62"]] == -PARALLEL  # the fifth again, upwards
    assert added[IDS["pitch:55"]] == 0.0  # the other way
    assert added[IDS["pitch:57"]] == 0.0
    assert added[IDS["pitch:48"]] == -5 * LEAP
    octaves = "bar:2 chord:none track:soprano.0 pitch:72 len:96 track:basso.0 pitch:48 len:96"
    octaves += " bar:1 chord:none track:soprano.0 pitch:71 len:96 track:basso.0"
    added = leaning(_reader(octaves))
    assert added is not None
    assert added[IDS["pitch:47"]] == -PARALLEL
    assert added[IDS["pitch:52"]] == 0.0


def test_a_semitone_struck_together_loses() -> None:
    added = leaning(_reader("bar:2 chord:none track:soprano.0 pitch:72 len:96 track:basso.0"))
    assert added is not None
    assert added[IDS["pitch:59"]] == added[IDS["pitch:61"]] == -CLASH
    assert added[IDS["pitch:60"]] == 0.0
    assert leaning(_reader("bar:2 chord:none track:soprano.0")) is None


def test_slopes_do_not_break_the_mask() -> None:
    shape = shape_bar(random_wish(4), 0, 0, 5.0)
    mask = np.zeros(SIZE, dtype=np.bool_)
    mask[IDS["pitch:60"]] = mask[IDS["len:24"]] = True
    logits = np.zeros(SIZE) if shape is None else shape
    assert mask[draw(logits, mask, np.random.default_rng(1), CUTS)]
