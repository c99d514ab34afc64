"""Real parts: no parallels between the outer voices, suspensions resolve, voices keep their places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composing.sketches import simple_sketch
from senandung.composing.arranging import arrange, parallels
from senandung.composing.arranging.parallels import is_parallel
from senandung.composing.styles import load_style
from senandung.domain.feeling import Feeling
from senandung.domain.song import Note, Track

KEYS = ("C", "F# minor", "Eb", "D minor", "A")


def quartet(metre: str, key: str, seed: int, voice: bool = True, bpm: float = 72.0) -> dict[str, Track]:
    sketch = simple_sketch(metre=metre, key=key, split=True, bpm=bpm)
    tracks = arrange(sketch, load_style("string-quartet"), Feeling.named("sepi"), seed=seed, voice=voice)
    return {track.name: track for track in tracks}


def line(pitches: list[int]) -> list[Note]:
    return [Note(480 * index, 480, pitch) for index, pitch in enumerate(pitches)]


def test_the_checker_finds_fifths_octaves_and_unisons() -> None:
    assert parallels(line([67, 69]), line([60, 62])) == (480,)
    assert parallels(line([72, 74]), line([60, 62])) == (480,)
    assert parallels(line([60, 62]), line([60, 62])) == (480,)
    assert parallels(line([67, 74]), line([60, 55])) == (480,)  # a fifth to a twelfth, by contrary motion
    assert parallels(line([67, 69]), line([60, 65])) == ()
    assert parallels(line([67, 67]), line([60, 48])) == ()  # only one voice moves
    assert parallels(line([64, 65]), line([60, 62])) == ()


def test_a_rest_breaks_the_motion() -> None:
    upper = [Note(0, 240, 67), Note(480, 480, 69)]
    assert parallels(upper, line([60, 62])) == ()


@given(st.lists(st.integers(55, 80), min_size=2, max_size=12))
def test_any_line_doubled_at_the_octave_is_parallel_wherever_it_moves(pitches: list[int]) -> None:
    moves = tuple(480 * (i + 1) for i in range(len(pitches) - 1) if pitches[i] != pitches[i + 1])
    assert parallels(line(pitches), line([pitch - 12 for pitch in pitches])) == moves


@given(st.tuples(st.integers(60, 80), st.integers(36, 59)), st.tuples(st.integers(60, 80), st.integers(36, 59)))
def test_parallel_motion_is_the_same_backwards(before: tuple[int, int], after: tuple[int, int]) -> None:
    assert is_parallel(before, after) == is_parallel(after, before)


@pytest.mark.parametrize("metre", ["4/4", "3/4", "6/8"])
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_outer_voices_have_no_parallel_fifths_or_octaves(metre: str, key: str, seed: int) -> None:
    sung = quartet(metre, key, seed)
    assert parallels(sung["Violin 1"].notes, sung["Cello"].notes) == ()
    assert parallels(sung["Vokal"].notes, sung["Cello"].notes) == ()
    played = quartet(metre, key, seed, voice=False)
    assert list(played) == ["Violin 1", "Violin 2", "Viola", "Cello"]
    assert parallels(played["Violin 1"].notes, played["Cello"].notes) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_voices_seldom_cross(seed: int) -> None:
    parts = quartet("4/4", "D minor", seed, voice=False)
    crossed = beats = 0
    for tick in range(0, 40 * 1920, 480):
        sounding = []
        for name in ("Violin 1", "Violin 2", "Viola", "Cello"):
            sounding += [n.pitch for n in parts[name].notes if n.onset <= tick < n.end][:1]
        beats += 1
        crossed += sounding != sorted(sounding, reverse=True)
    assert crossed <= 0.15 * beats


def test_inner_parts_are_alive() -> None:
    parts = quartet("4/4", "C", 1, voice=False)
    bars = 44
    for name in ("Violin 2", "Viola"):
        assert len(parts[name].notes) >= 3 * bars
        rhythms = {
            tuple((n.onset % 1920, n.duration) for n in parts[name].notes if n.onset // 1920 == bar)
            for bar in range(bars)
        }
        assert len(rhythms) >= 5


def test_suspensions_are_prepared_and_resolve_down_by_step() -> None:
    found = 0
    sketch = simple_sketch(split=True)
    for seed in range(1, 7):
        parts = quartet("4/4", "C", seed)
        for name in ("Violin 2", "Viola"):
            notes = parts[name].notes
            for before, note, after in zip(notes, notes[1:], notes[2:], strict=False):
                chord = next(s.chord for s in sketch.chords if s.onset <= note.onset < s.onset + s.duration)
                foreign = note.pitch % 12 not in chord.pitch_classes and note.onset % 1920 == 0
                if foreign:
                    found += 1
                    assert before.pitch == note.pitch
                    assert before.end == note.onset
                    assert 1 <= note.pitch - after.pitch <= 2
    assert found >= 5
