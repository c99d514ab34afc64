"""Plans and infills: what they hold, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composing.pieces.test_tokens import pieces
from senandung.composing.pieces.piece import Piece
from senandung.composing.pieces.tasks import (
    BLANK,
    MUSIC,
    split_bars,
    split_rows,
    with_blanks,
    with_plan,
    without_blanks,
    without_plan,
)
from senandung.composing.pieces.tokens import encode_bars
from senandung.composing.pieces.vocabulary import IDS, kind_of
from senandung.domain.errors import InvalidValueError


@given(pieces())
@settings(max_examples=40, deadline=None)
def test_a_plan_holds_every_chord_and_the_music_follows(piece: Piece) -> None:
    bars = encode_bars(piece)
    tokens, learnt = with_plan(bars)
    assert len(tokens) == len(learnt)
    assert without_plan(tokens) == [token for bar in bars for token in bar]
    plan = tokens[1 : tokens.index(MUSIC)]
    chords = [token for bar in bars for token in bar if kind_of(token) == "chord"]
    assert [token for token in plan if kind_of(token) == "chord"] == chords
    # every head is learnt once, but bar lines twice: they also end the rows before them
    assert sum(learnt) == len(tokens) - 1 - len(plan) + len(bars)
    assert all(known for token, known in zip(tokens, learnt, strict=True) if kind_of(token) in ("bar", "track", "end"))


@given(pieces(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_blanks_are_filled_with_what_was_there(piece: Piece, random: object) -> None:
    bars = encode_bars(piece)
    rows = [(index, row[0]) for index, bar in enumerate(bars) for row in split_rows(bar)[1:]]
    blanks = {row for row in rows if random.random() < 0.5}  # type: ignore[attr-defined]
    tokens, learnt = with_blanks(bars, blanks)
    assert tokens.count(BLANK) == len(blanks)
    assert without_blanks(tokens) == [token for bar in bars for token in bar]
    missing = sum(len(row) for i, bar in enumerate(bars) for row in split_rows(bar)[1:] if (i, row[0]) in blanks)
    assert sum(learnt) == missing + 1


def test_bars_are_split_where_they_begin() -> None:
    tokens = [IDS[name] for name in ("bar:2", "chord:none", "bar:1", "chord:none", "end")]
    assert [len(bar) for bar in split_bars(tokens)] == [2, 3]
    with pytest.raises(InvalidValueError, match="must begin with a bar"):
        split_bars(tokens[1:])


def test_a_blank_without_its_row_is_refused() -> None:
    tokens = [IDS[n] for n in ("task:infill", "bar:1", "chord:none", "track:piano.0", "task:blank", "task:fill")]
    with pytest.raises(InvalidValueError, match="every blank must be filled"):
        without_blanks(tokens)
