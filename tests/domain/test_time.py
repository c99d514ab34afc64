"""Metres and tempo maps."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.domain.metre import Metre
from senandung.domain.song import Song
from senandung.domain.tempo import TempoChange, TempoMap

CHANGES = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(100_000, 3_000_000)), min_size=1, max_size=8
).map(
    lambda rows: TempoMap(
        tuple(
            TempoChange(onset, micro)
            for onset, (_, micro) in zip(
                [0, *itertools.accumulate(step for step, _ in rows[1:])], rows, strict=True
            )
        )
    )
)  # fmt: skip


@given(CHANGES, st.integers(0, 10_000_000))
def test_tick_to_second_and_back_is_exact(tempo: TempoMap, tick: int) -> None:
    assert tempo.seconds_to_ticks(tempo.ticks_to_seconds(tick)) == tick


@given(CHANGES, st.integers(0, 40_000), st.integers(1, 40_000))
def test_time_always_advances(tempo: TempoMap, tick: int, step: int) -> None:
    assert tempo.exact_seconds(tick + step) > tempo.exact_seconds(tick)


def test_seconds_are_exact_not_summed_floats() -> None:
    tempo = TempoMap(tuple(TempoChange(480 * i, 333_333 + i) for i in range(1000)))
    expected = Fraction(sum(333_333 + i for i in range(1000)), 1_000_000)
    assert tempo.exact_seconds(480_000) == expected


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ((), "at least one tempo"),
        ((TempoChange(480, 500_000),), "first tempo must stand at tick 0"),
        ((TempoChange(0, 500_000), TempoChange(0, 400_000)), "rising ticks"),
    ],
)
def test_bad_tempo_maps(changes: tuple[TempoChange, ...], match: str) -> None:
    with pytest.raises(InvalidValueError, match=match):
        TempoMap(changes)


@pytest.mark.parametrize("bpm", [0, -3, float("nan"), float("inf"), 1001])
def test_impossible_tempi(bpm: float) -> None:
    with pytest.raises(InvalidValueError, match=r"4\.\.1000"):
        TempoChange.at_bpm(0, bpm)


@pytest.mark.parametrize(
    ("text", "bar", "beats"), [("4/4", 1920, 4), ("3/4", 1440, 3), ("6/8", 1440, 2), ("2/2", 1920, 2), ("7/8", 1680, 7)]
)
def test_metres(text: str, bar: int, beats: int) -> None:
    metre = Metre.parse(text)
    assert (metre.bar_ticks, metre.beats, str(metre)) == (bar, beats, text)
    assert metre.weight(0) == 4
    assert metre.weight(metre.bar_ticks) == 4


@pytest.mark.parametrize("text", ["4", "4/3", "0/4", "33/4", "a/b", ""])
def test_bad_metres(text: str) -> None:
    with pytest.raises(InvalidValueError, match="metre"):
        Metre.parse(text)


def test_times_are_finite_and_ticks_not_negative() -> None:
    with pytest.raises(InvalidValueError, match="a finite number of seconds, got nan"):
        TempoMap().seconds_to_ticks(float("nan"))
    with pytest.raises(InvalidValueError, match="ticks must be 0 or later, got -1"):
        Song("Rindu", ()).metre_at(-1)
    with pytest.raises(InvalidValueError, match="denominator must be"):
        Metre(4, 4.0)  # type: ignore[arg-type]
