"""The table of voices and the choir."""

from __future__ import annotations

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.singing.choir import LATE, desks
from senandung.singing.voices import VOICES, Voice, voice


def test_there_are_two_women_two_men_a_child_and_a_choir() -> None:
    solo = sorted((each for each in VOICES.values() if each.singers == 1), key=lambda each: each.tract)
    assert len(solo) == 5
    assert solo[1].tract < 1.05 < solo[2].tract, "two tracts of a man's length"
    assert solo[3].tract < 1.15 < solo[4].tract, "two of a woman's, one of a child's"
    assert [each.singers for each in VOICES.values() if each.singers > 1] == [10]


def test_every_voice_sings_the_same_part_in_its_own_range() -> None:
    assert all(each.high - each.low >= 19 for each in VOICES.values())


def test_a_choir_is_in_tune_and_in_time_as_a_whole_and_apart_in_itself() -> None:
    found = desks(VOICES["paduan"], seed=3)
    cents = np.array([each for desk in found for each in desk.cents])
    behind = np.array([each for desk in found for each in desk.behind])
    assert len(cents) == len(behind) == 10
    assert abs(cents.mean()) < 1e-9
    assert abs(behind.mean()) < 1e-9
    assert cents.std() > 4
    assert np.abs(behind).max() < 3 * LATE
    assert len({desk.tract for desk in found}) == len(found) > 1


def test_the_same_seed_brings_the_same_singers() -> None:
    assert desks(VOICES["paduan"], seed=3) == desks(VOICES["paduan"], seed=3)
    assert desks(VOICES["paduan"], seed=3) != desks(VOICES["paduan"], seed=4)


def test_an_unknown_voice_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidValueError, match=r"a voice must be one of melati, .*, got 'elvis'"):
        voice("elvis")


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"tract": 3.0}, "tract"), ({"mouth": 0.1}, "mouth"), ({"rd": 3.0}, "rd"), ({"singers": 0}, "1..16 singers"),
     ({"low": 90}, "range must go up")],
)  # fmt: skip
def test_a_voice_that_no_throat_has_is_refused(change: dict[str, float], rule: str) -> None:
    values = {"low": 50, "high": 70, "tract": 1.0, "mouth": 1.0} | change
    with pytest.raises(InvalidValueError, match=rule):
        Voice("x", **values)  # type: ignore[arg-type]
