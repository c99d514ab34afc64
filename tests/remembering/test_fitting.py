"""What fits now: reasons that add up, weights that learn within bounds, the same song all day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.remembering.fitting import (
    LEARNED,
    MOST_CHANGE,
    WEIGHTS,
    Now,
    Shelf,
    choose,
    draw,
    fit_of,
    hour_shares,
    learned,
    reasons,
)

DAY = 86_400_000
AT = 20_000 * DAY


def shelf_of(size: int, seed: int = 0) -> Shelf:
    """A shelf of songs of which much is known, and of some nothing."""
    rng = np.random.default_rng(seed)
    known = rng.random(size) < 0.7

    def unit() -> np.ndarray:
        return np.where(known, rng.uniform(-1, 1, size), np.nan)

    return Shelf(
        track=np.arange(1, size + 1),
        artist=rng.integers(0, 9, size),
        valence=unit(),
        arousal=unit(),
        felt=rng.random(size) < 0.1,
        year=np.where(known, rng.integers(1970, 2026, size), 0),
        made=rng.random(size) < 0.1,
        heard=np.where(known, rng.integers(0, 90, size), 0),
        last=np.where(known, AT - rng.integers(0, 400, size) * DAY, -1),
        hour=rng.uniform(0, 1, size),
        memory=rng.random(size) < 0.1,
        season=np.where(rng.random(size) < 0.1, rng.integers(0, 180, size), np.nan).astype(np.float64),
        sound=unit(),
    )


NOWS = st.builds(
    Now,
    at=st.just(AT),
    day=st.integers(0, 1_000_000),
    feeling=st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    born=st.none() | st.integers(1940, 2010),
    offered=st.dictionaries(st.integers(1, 40), st.floats(0, 14)),
    artists=st.lists(st.integers(0, 8), max_size=3).map(tuple),
)


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(0, 99), NOWS)
def test_reasons_add_up_and_without_one_its_points_are_gone(size: int, seed: int, now: Now) -> None:
    shelf = shelf_of(size, seed)
    fit = choose(shelf, now)
    assert fit is not None
    assert fit.points == sum(points for _, points in fit.reasons)
    place = int(np.flatnonzero(shelf.track == fit.track)[0])
    found = reasons(shelf, now)
    for name, points in fit.reasons:
        rest = fit_of(shelf, {other: each for other, each in found.items() if other != name}, place)
        assert rest.points == fit.points - points
        assert name not in dict(rest.reasons)


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(0, 99), NOWS)
def test_nothing_fits_better_than_what_is_chosen(size: int, seed: int, now: Now) -> None:
    shelf = shelf_of(size, seed)
    total = sum(reasons(shelf, now).values())
    fit = choose(shelf, now)
    assert fit is not None and fit.points == int(np.max(total))


def test_taking_a_stated_feeling_back_changes_the_score_by_what_was_printed() -> None:
    shelf, now = shelf_of(30, 3), Now(AT, 7, feeling=(0.5, -0.4))
    fit = choose(shelf, now)
    assert fit is not None
    mood = dict(fit.reasons).get("mood", 0)
    place = int(np.flatnonzero(shelf.track == fit.track)[0])
    assert mood > 0
    assert fit_of(shelf, reasons(shelf, replace(now, feeling=None)), place).points == fit.points - mood


def test_a_point_of_memory_outweighs_a_feeling_and_that_history_and_that_sound() -> None:
    assert WEIGHTS["season"] > WEIGHTS["mood"]
    assert WEIGHTS["mood"] > max(WEIGHTS[name] for name in ("hour", "familiar", "unheard"))
    assert min(WEIGHTS[name] for name in ("hour", "familiar", "unheard")) > WEIGHTS["sound"]


def bare(size: int) -> Shelf:
    nothing, none = np.zeros(size), np.full(size, np.nan)
    no = np.zeros(size, dtype=np.bool_)
    whole = np.zeros(size, dtype=np.int64)
    made = no.copy()
    return Shelf(np.arange(1, size + 1), whole, none, none, no, whole, made, whole, whole - 1, nothing, no, none, none)


def test_with_an_empty_history_a_song_that_was_made_here_comes_first() -> None:
    shelf = bare(50)
    shelf.made[17] = True
    fit = choose(shelf, Now(AT, 3))
    assert fit is not None and fit.track == 18 and fit.strongest == "made"


def test_where_nothing_is_known_the_day_draws_and_says_so() -> None:
    fit = choose(bare(50), Now(AT, 3))
    assert fit is not None and fit.strongest == "chance" and set(dict(fit.reasons)) <= {"chance"}
    assert choose(bare(0), Now(AT, 3)) is None


def test_the_same_day_gives_the_same_song_and_other_days_others() -> None:
    shelf = bare(200)
    days = [choose(shelf, Now(AT, day)) for day in range(30)]
    assert [choose(shelf, Now(AT, day)) for day in range(30)] == days
    assert len({fit.track for fit in days if fit}) > 15


def test_the_draw_is_even() -> None:
    numbers = draw(np.arange(100_000), 12)
    assert numbers.min() >= 0 and numbers.max() < 1
    assert np.histogram(numbers, 10, (0, 1))[0].std() < 150


def test_a_song_that_was_just_offered_or_heard_is_held_back() -> None:
    shelf = bare(3)
    shelf.last[1] = AT - 1000
    found = reasons(shelf, Now(AT, 3, offered={1: 0.0}, artists=(5,)))
    assert found["offered"].tolist() == [-40, 0, 0]
    assert found["just-heard"].tolist() == [0, -50, 0]
    assert found["same-artist"].tolist() == [0, 0, 0]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.dictionaries(st.sampled_from(LEARNED), st.integers(0, 60)), st.booleans()), max_size=60))
def test_learned_weights_stay_within_their_bounds(answers: list[tuple[dict[str, int], bool]]) -> None:
    for name, weight in learned(answers).items():
        assert WEIGHTS[name] * np.exp(-MOST_CHANGE) - 1e-9 <= weight <= WEIGHTS[name] * np.exp(MOST_CHANGE) + 1e-9 or (
            name not in LEARNED and weight == WEIGHTS[name]
        )


def test_what_was_refused_weighs_less_and_what_was_played_more() -> None:
    refused = [({"hour": 18, "familiar": 2}, False)] * 6 + [({"unheard": 18, "familiar": 2}, True)] * 6
    weights = learned(refused)
    assert weights["hour"] < WEIGHTS["hour"] and weights["unheard"] > WEIGHTS["unheard"]
    assert weights["youth"] == pytest.approx(WEIGHTS["youth"])


def test_a_song_of_this_hour_is_told_from_one_of_another() -> None:
    evening, morning = 20 * 3_600_000, 8 * 3_600_000
    days = np.arange(20)
    started = np.concatenate([days * DAY + evening, days * DAY + morning, days[:2] * DAY + evening])
    place = np.repeat([0, 1, 2], [20, 20, 2])
    shares = hour_shares(place, started, np.zeros(42, dtype=np.int64), 4, at=100 * DAY + evening, at_offset=0)
    assert shares[0] > 0.2 and shares[1] == 0 and shares[2] == 0 and shares[3] == 0
    moved = hour_shares(place, started - 7 * 3_600_000, np.full(42, 420), 4, at=100 * DAY + evening, at_offset=0)
    assert moved == pytest.approx(shares)


def test_columns_of_other_lengths_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="of one length"):
        replace(bare(3), made=np.zeros(2, dtype=np.bool_))
