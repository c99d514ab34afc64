"""Habits are learned from takes: our own voice sings with known habits, and they are found again."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.language.pronunciation import pronounce
from senandung.singing.builtin import render
from senandung.singing.habit_values import fitted_step
from senandung.singing.habits import Habits
from senandung.singing.phrase import sing_part
from senandung.singing.steps import step_response
from senandung.singing.sung_takes import Observed, SungTake, TakeNote, moments, observe
from senandung.singing.voices import VOICES
from singing.sung_songs import performed, sung_song

OTHER = Habits(
    vibrato_rate=6.6, vibrato_extent=85, vibrato_delay=0.15, scoop=180, scoop_share=0.9, lag=0.03,
    glide_rate=32, glide_lead=0.06, breath_level=-17, breath_least=0.25, breath_most=0.4,
)  # fmt: skip

LINES = (
    ("aku rindu kamu", "malam ini hujan turun lagi", "pulanglah sayang"),
    ("kau dan aku satu", "di bawah langit biru", "menunggu pagi datang"),
    ("lagu lama itu", "masih kusimpan di dada", "untuk dirimu saja"),
)


def sung_take(habits: Habits, number: int, who: str = "melati") -> SungTake:
    song = sung_song(LINES[number], bpm=84, last=1440, rest=720)
    performance = performed(song, seed=number + 1)
    said = pronounce(song.words)
    singing = sing_part(
        song, performance, said, voice=VOICES[who], feeling=Feeling.unread(), seed=number + 1, habits=habits
    )
    sound = render(singing, VOICES[who], seed=number + 1).samples[0]
    vocal = song.vocal
    assert vocal is not None
    notes = tuple(
        TakeNote(played.onset, played.onset + played.duration, float(note.pitch))
        for note, played in zip(vocal.notes, performance.parts[0].notes, strict=True)
    )
    return SungTake(sound.astype(np.float64), notes)


@pytest.fixture(scope="module")
def seen() -> list[Observed]:
    return [observe(sung_take(OTHER, number)) for number in range(3)]


def test_known_habits_are_found_in_the_sound(seen: list[Observed]) -> None:
    learned = Habits().learned(reduce(add, seen))
    usual = Habits()
    felt = OTHER.felt(Feeling.unread())
    assert learned.vibrato_rate == pytest.approx(felt.vibrato_rate, abs=0.25)
    assert learned.vibrato_extent == pytest.approx(felt.vibrato_extent, rel=0.15)
    assert learned.vibrato_delay == pytest.approx(felt.vibrato_delay, abs=0.06)
    assert learned.lag == pytest.approx(felt.lag, abs=0.012)
    assert learned.glide_rate == pytest.approx(felt.glide_rate, rel=0.25)
    assert learned.glide_lead == pytest.approx(felt.glide_lead, abs=0.02)
    assert learned.breath_level == pytest.approx(felt.breath_level, abs=4)
    assert learned.scoop > usual.scoop + 30
    assert learned.scoop_seconds == pytest.approx(felt.scoop_seconds, rel=0.3)
    assert learned.swell == usual.swell


def test_held_out_takes_lie_nearer_to_learned_habits(seen: list[Observed]) -> None:
    learned = Habits().learned(seen[0] + seen[1])
    near, usual = learned.distance(seen[2]), Habits().distance(seen[2])
    assert set(near) == set(usual) >= {"vibrato_rate", "vibrato_extent", "scoop", "late", "glide", "breath_level"}
    for name in ("vibrato_rate", "vibrato_extent", "vibrato_delay", "breath_level", "late", "glide"):
        assert near[name] < usual[name], name
    assert np.mean(list(near.values())) < 0.6 * np.mean(list(usual.values()))


def test_the_usual_habits_stay_where_they_are_sung() -> None:
    learned = Habits.fit([sung_take(Habits(), 0)])
    usual = Habits()
    assert learned.vibrato_rate == pytest.approx(usual.vibrato_rate, abs=0.2)
    assert learned.vibrato_extent == pytest.approx(usual.vibrato_extent, abs=10)
    assert learned.lag == pytest.approx(0, abs=0.01)
    assert learned.breath_level == pytest.approx(usual.breath_level, abs=3)


def test_a_step_is_found_again() -> None:
    for rate, damping, lead in ((30.0, 0.76, 0.06), (80.0, 0.6, 0.02)):
        found = fitted_step(step_response(moments() + lead, rate, damping))
        assert found == pytest.approx((rate, damping, lead), rel=0.08, abs=0.006)


def test_a_take_of_other_notes_is_refused(seen: list[Observed]) -> None:
    take = sung_take(Habits(), 0)
    moved = tuple(TakeNote(note.onset, note.end, note.pitch + 5) for note in take.notes)
    with pytest.raises(InvalidValueError, match="half of a take's 21 notes must be heard at their time, got 0"):
        observe(SungTake(take.samples, moved))
    with pytest.raises(InvalidValueError, match="a sung take must have notes"):
        SungTake(take.samples, ())
