"""Tunes in seconds: tempo, metre, key, slides and slips."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from senandung.composing.motif.heard import BARS, candidates, hear_tune, signs_of
from senandung.composing.motif.taking import take_from_song
from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.performance import PlayedNote
from senandung.domain.song import MetreChange, Note, Song, Track


def played(
    beats: list[float], pitches: list[int], bpm: float, *, drift: float = 0.0, stray: float = 0.0
) -> list[PlayedNote]:
    rng, at, found = random.Random(1), 0.5, []
    for number, (length, pitch) in enumerate(zip(beats, pitches, strict=True)):
        seconds = length * 60 / bpm * (1 + drift * number)
        found.append(PlayedNote(at + rng.uniform(-stray, stray), 0.9 * seconds, pitch, 80))
        at += seconds
    return found


TWINKLE = [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60]
TWINKLE_BEATS = [1.0] * 6 + [2.0] + [1.0] * 6 + [2.0]


@pytest.mark.parametrize("bpm", [66.0, 92.0, 120.0])
def test_a_tune_comes_back_in_beats(bpm: float) -> None:
    tune = hear_tune(played(TWINKLE_BEATS, TWINKLE, bpm, drift=0.004, stray=0.02))
    assert [tone.pitch for tone in tune.tones] == TWINKLE
    gaps = [b.onset - a.onset for a, b in zip(tune.tones, tune.tones[1:], strict=False)]
    assert [gap / gaps[0] for gap in gaps] == TWINKLE_BEATS[:-1]
    assert str(tune.key) == "C major"
    assert tune.metre == Metre(4, 4)


def test_a_waltz_is_heard_as_one() -> None:
    beats = [2.0, 1, 2, 1, 1, 1, 1, 3] * 2
    tune = hear_tune(played(beats, [67, 64, 67, 64, 65, 67, 69, 67, 67, 64, 67, 64, 65, 64, 62, 60], 110))
    assert tune.metre.beats == 3 or tune.metre == Metre(6, 8)
    assert tune.tones[0].onset == 0


def test_a_slide_belongs_to_its_tone_and_a_slip_to_the_scale() -> None:
    notes = played([1.0] * 7 + [2.0], [60, 62, 64, 65, 67, 65, 64, 60], 80)
    first = notes[4]
    slide = PlayedNote(first.onset, 0.12, 66, 80)
    rest = PlayedNote(first.onset + 0.12, first.duration - 0.12, 67, 80)
    tune = hear_tune([*notes[:4], slide, rest, *notes[5:]])
    assert [tone.pitch for tone in tune.tones] == [60, 62, 64, 65, 67, 65, 64, 60]
    low = PlayedNote(notes[2].onset, notes[2].duration, 63, 80, ((0.2, 45.0), (0.3, 45.0), (0.4, 45.0)))
    tune = hear_tune([*notes[:2], low, *notes[3:]])
    assert [tone.pitch for tone in tune.tones][2] == 64
    assert tune.mended == 1


def test_of_a_long_tune_a_phrase_is_taken_and_said() -> None:
    notes, at = [], 0
    for _ in range(4):
        for pitch, length in ((60, 480), (64, 480), (67, 480), (65, 480), (64, 480), (62, 480), (60, 960)):
            notes.append(Note(at, length, pitch))
            at += length
    song = Song("x", (Track("Flute", "melody", "flute", tuple(notes)),))
    assert at > 8 * 1920 - 1 or len(notes) == 28
    doubled = tuple(Note(2 * n.onset, 2 * n.duration, n.pitch) for n in notes)
    taken = take_from_song(Song("x", (Track("Flute", "melody", "flute", doubled),)))
    assert taken.motif.bars <= 8
    assert any("were taken" in remark for remark in taken.remarks)
    assert take_from_song(song).motif.intervals[:6] == (4, 3, -2, -1, -2, -2)


def test_a_pickup_stands_before_the_first_bar_line() -> None:
    notes = (Note(0, 480, 62), *(Note(480 + 480 * at, 480, pitch) for at, pitch in enumerate((67, 69, 71, 74))))
    song = Song("x", (Track("Flute", "melody", "flute", notes),),
                metres=(MetreChange(0, Metre(1, 4)), MetreChange(480, Metre(3, 4))))  # fmt: skip
    motif = take_from_song(song).motif
    assert motif.tones[0].onset == -480
    assert motif.metre == Metre(3, 4)


def test_what_holds_no_tune_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="too few notes"):
        take_from_song(Song("x", (Track("Flute", "melody", "flute", (Note(0, 480, 72), Note(480, 480, 74))),)))
    with pytest.raises(InvalidValueError, match="no notes with a pitch"):
        take_from_song(Song("x", (Track("Drums", "drums", "drums", (Note(0, 480, 36),)),)))
    wide = tuple(Note(480 * at, 480, pitch) for at, pitch in enumerate((40, 60, 80, 90)))
    with pytest.raises(InvalidValueError, match="spans 50 semitones"):
        take_from_song(Song("x", (Track("Piano", "melody", "piano", wide),)))
    same = tuple(Note(480 * at, 480, 60) for at in range(5))
    with pytest.raises(InvalidValueError, match="one pitch"):
        take_from_song(Song("x", (Track("Piano", "melody", "piano", same),)))


def test_a_tone_that_was_heard_an_octave_off_comes_back() -> None:
    tune = hear_tune(played([1.0] * 7 + [2.0], [60, 62, 64, 77, 67, 65, 64, 60], 80))
    assert [tone.pitch for tone in tune.tones] == [60, 62, 64, 65, 67, 65, 64, 60]


def test_every_sign_of_a_bar_has_its_weight() -> None:
    places = [Fraction(at) for at in range(12)]
    for kind, begins in candidates():
        assert list(signs_of(places, np.arange(12.0), kind, begins)) == list(BARS)


def test_a_waltz_is_told_from_a_march() -> None:
    pitches = [60, 62, 64, 65, 67, 65, 64, 62] * 2
    waltz = hear_tune(played([2.0, 1.0] * 8, pitches, 100.0))
    assert waltz.metre == Metre(3, 4) and waltz.tones[0].onset == 0
    march = hear_tune(played([1.0, 0.5, 0.5, 2.0] * 4, pitches, 100.0))
    assert march.metre == Metre(4, 4) and march.tones[0].onset == 0
