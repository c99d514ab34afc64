"""Plays that are told twice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from senandung.domain.doubled import CODES, NEAR_BY_MINUTE_MS, NEAR_MS, find_doubled

Row = tuple[int, int, int, str, int]
"""Song, started, played, source, how much it says."""


def doubled(rows: Sequence[Row]) -> list[bool]:
    song, started, played, source, told = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    whole = [np.array(each, dtype=np.int64) for each in (song, started, played, [CODES[s] for s in source], told)]
    return find_doubled(*whole, np.arange(len(rows))).tolist()


ROWS = some.lists(
    some.tuples(
        some.integers(0, 2),
        some.integers(0, 40).map(lambda each: each * 9_000),
        some.sampled_from([-1, 1000, 4000, 180_000]),
        some.sampled_from(sorted(CODES)),
        some.integers(0, 2),
    ),
    max_size=14,
)


def test_the_same_row_again_is_doubled_and_the_fuller_one_stays() -> None:
    assert doubled([(0, 0, 100, "spotify", 1), (0, 0, 100, "spotify", 3), (0, 0, 100, "spotify", 1)]) == [
        True, False, True,
    ]  # fmt: skip
    assert doubled([(0, 0, 100, "spotify", 1), (0, 0, 101, "spotify", 1), (1, 0, 100, "spotify", 1)]) == [False] * 3


@pytest.mark.parametrize(("late", "expected"), [(0, True), (NEAR_MS, True), (-NEAR_MS, True), (NEAR_MS + 1, False)])
def test_two_services_within_seconds(late: int, expected: bool) -> None:
    assert doubled([(0, 10**12 + late, -1, "listenbrainz", 0), (0, 10**12, 900_000, "spotify", 7)]) == [expected, False]


def test_a_service_that_writes_the_end_down_is_known_too() -> None:
    assert doubled([(0, 200_500, -1, "lastfm", 0), (0, 0, 200_000, "spotify", 7)]) == [True, False]


def test_one_stands_for_one() -> None:
    repeated = [(0, at, 5000, "spotify", 7) for at in (0, 5000, 10_000)]
    assert doubled([*repeated, (0, 4000, -1, "listenbrainz", 0)]) == [False] * 3 + [True]
    assert doubled([repeated[0], *((0, at, -1, "listenbrainz", 0) for at in (0, 5000, 12_000))]).count(True) == 1


def test_lengths_that_contradict_each_other_are_two_plays() -> None:
    assert doubled([(0, 0, 5000, "spotify", 7), (0, 0, 180_000, "spotify-short", 0)]) == [False, False]
    assert doubled([(0, 0, 5000, "spotify", 7), (0, -NEAR_BY_MINUTE_MS, 5000, "spotify-short", 0)]) == [False, True]


def test_three_services_tell_one_play() -> None:
    rows = [(0, 0, 180_000, "spotify", 7), (0, 3000, -1, "listenbrainz", 0), (0, 15_000, -1, "lastfm", 0)]
    for turned in (rows, rows[::-1]):
        assert sorted(doubled(turned)) == [False, True, True]


@given(ROWS, some.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], dice: object) -> None:
    there = sorted(row for row, twice in zip(rows, doubled(rows), strict=True) if not twice)
    turned = list(rows)
    dice.shuffle(turned)  # type: ignore[attr-defined]
    assert sorted(row for row, twice in zip(turned, doubled(turned), strict=True) if not twice) == there


@given(ROWS)
def test_rows_told_again_change_nothing(rows: list[Row]) -> None:
    once = sorted(row for row, twice in zip(rows, doubled(rows), strict=True) if not twice)
    again = rows + rows
    assert sorted(row for row, twice in zip(again, doubled(again), strict=True) if not twice) == once


@given(ROWS, some.integers(-(10**12), 10**12))
def test_another_clock_changes_nothing(rows: list[Row], hours: int) -> None:
    moved = [(song, started + hours, *rest) for song, started, *rest in rows]
    assert doubled(moved) == doubled(rows)  # type: ignore[arg-type]


@given(ROWS)
def test_of_each_song_at_least_one_play_stays(rows: list[Row]) -> None:
    left = {row[0] for row, twice in zip(rows, doubled(rows), strict=True) if not twice}
    assert left == {row[0] for row in rows}
