"""Lines laid on bars: all are sung, in order, and every bar has room."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from senandung.composing.melody.lay_lines import lay_lines
from senandung.composing.pieces.piece import METRES
from senandung.composing.pieces.room import syllable_room
from senandung.domain.errors import InvalidValueError

LINES = ("aku rindu kamu malam ini", "hujan", "dan aku sendiri di sini menunggu pagi", "pergi", "kau jauh", "di sana")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=9), st.sampled_from(sorted(METRES)),
    st.floats(40, 200), st.one_of(st.none(), st.integers(4, 200)), st.integers(0, 99),
)  # fmt: skip
def test_every_line_is_sung_whole_and_no_bar_overflows(
    lines: list[str], metre: str, tempo: float, bars: int | None, seed: int
) -> None:
    try:
        laid = lay_lines(lines, "id", metre, tempo, bars=bars, seed=seed)
    except InvalidValueError as refused:
        assert bars is not None
        assert "bars of" in str(refused)
        return
    assert sum(laid.syllables) == len(laid.words.syllables)
    assert bars is None or len(laid.syllables) == bars
    assert max(laid.syllables) <= syllable_room(METRES[metre].steps, last=True)
    texts = [line.text for line in laid.words.lines]
    assert texts == lines * (len(texts) // len(lines))


def test_a_line_has_about_the_time_that_lines_have() -> None:
    laid = lay_lines(LINES[:1], "id", "4/4", 109, bars=None, seed=1)
    assert laid.syllables[:4] == (0, 0, 0, 0)
    assert laid.syllables[6:] == ()  # the voice ends with the piece
    assert sum(laid.syllables[4:6]) == 10


def test_words_without_a_syllable_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="must hold a syllable"):
        lay_lines((), "id", "4/4", 90, bars=None, seed=1)
