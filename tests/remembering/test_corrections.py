"""What corrections teach: little, late, and never more than the cap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from senandung.domain.errors import InvalidValueError
from senandung.domain.feeling import Feeling
from senandung.remembering.corrections import EARLIER, FEWEST, MOST, Correction, Shift, shift_of, shifted

UNIT = st.floats(-1, 1)
CORRECTIONS = st.lists(
    st.builds(Correction, st.sampled_from(["text", "song"]), st.tuples(UNIT, UNIT), st.tuples(UNIT, UNIT)), max_size=12
)


@given(CORRECTIONS)
def test_a_shift_points_where_the_corrections_point_and_is_smaller(corrections: list[Correction]) -> None:
    shift = shift_of(corrections, "text")
    own = [each for each in corrections if each.kind == "text"]
    if len(own) < FEWEST:
        assert shift is None
        return
    assert shift is not None and shift.count == len(own)
    for axis, moved in enumerate((shift.valence, shift.arousal)):
        mean = sum(each.said[axis] - each.read[axis] for each in own) / len(own)
        assert abs(moved) <= min(abs(mean), MOST) + 1e-4
        assert moved * mean >= 0


def test_more_corrections_teach_more() -> None:
    one = Correction("text", (0.0, 0.0), (-0.2, 0.1))
    few, many = shift_of([one] * 3, "text"), shift_of([one] * 40, "text")
    assert few is not None and many is not None
    assert -0.2 < many.valence < few.valence < 0 < few.arousal < many.arousal < 0.1


def test_a_shifted_feeling_stays_a_feeling_and_moves_its_parts() -> None:
    mixed = Feeling(0.1, 0.0, parts=(Feeling.named("girang"), Feeling.named("sedih")))
    moved = shifted(mixed, Shift(0.25, -0.25, 9))
    assert [part.valence for part in moved.parts] == [1.0, pytest.approx(-0.4)]
    assert moved.evidence[-1].what == EARLIER and moved.words == mixed.words


def test_an_unread_feeling_is_not_shifted() -> None:
    with pytest.raises(InvalidValueError, match="only a feeling that was read"):
        shifted(Feeling.unread(), Shift(0.1, 0.1, 3))
