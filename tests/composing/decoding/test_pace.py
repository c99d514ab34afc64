"""How lively a piece is kept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from senandung.composing.decoding.decode import usual_arousal
from senandung.composing.decoding.measures.bands import bands
from senandung.composing.decoding.pace import FURTHEST, Pace, pacing_lengths
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import Follower
from senandung.composing.pieces.liveliness import AROUSAL_EDGES, onsets_a_second
from senandung.composing.pieces.piece import PieceBar, PieceNote, PiecePart
from senandung.composing.pieces.vocabulary import IDS, LENGTHS, SIZE

WISH = PieceWish({"mozart": 1.0}, "piano", (PiecePart("piano"),), 16, "4/4", 0, "major", 120.0, arousal=3)


def even(step: int, bars: int = 4) -> tuple[PieceBar, ...]:
    """Bars with a note every `step` steps."""
    notes = tuple(PieceNote(at, step, 60) for at in range(0, 96, step))
    return tuple(PieceBar("4/4", 0, "major", (None, None), (notes,)) for _ in range(bars))


def test_onsets_are_counted_once() -> None:
    chord = (PieceNote(0, 24, 60), PieceNote(0, 24, 64), PieceNote(24, 24, 67))
    bar = PieceBar("4/4", 0, "major", (None, None), (chord, (PieceNote(24, 24, 48),)))
    assert onsets_a_second([bar], 120.0) == pytest.approx(1.0)


def test_nothing_is_wanted_inside_the_bin_and_more_or_less_outside() -> None:
    pace = Pace(WISH)
    assert 2 ** AROUSAL_EDGES[2] - 1 == pytest.approx(pace.lower)
    assert pace.wanted(even(12)) == 0.0  # 4 a second
    assert pace.wanted(even(24)) == pytest.approx(math.log2(pace.lower / 2))
    assert pace.wanted(even(96)) == FURTHEST
    assert pace.wanted(even(3)) == -FURTHEST
    assert pace.wanted(()) == 0.0


def test_no_wish_leaves_the_lengths_alone() -> None:
    assert Pace(replace(WISH, arousal=None)).wanted(even(96)) == 0.0


def test_the_edges_keep_to_the_ensemble() -> None:
    band = bands("piano", "mozart")["onsets_per_quarter"]
    calm, wild = Pace(replace(WISH, arousal=0, tempo=40.0)), Pace(replace(WISH, arousal=4, tempo=40.0))
    assert calm.lower >= band.low * 40 / 60
    assert wild.lower <= band.upper * 40 / 60


def test_shorter_lengths_gain_where_more_is_wanted() -> None:
    reader = Follower({})
    added = pacing_lengths(reader, "pitch", 1.0)
    assert added is not None
    lengths = added[[IDS[f"len:{length}"] for length in LENGTHS]]
    assert (np.diff(lengths) < 0).all()
    assert lengths[LENGTHS.index(12)] == 0.0
    assert np.count_nonzero(added) == len(LENGTHS) - 1 < SIZE
    assert pacing_lengths(reader, "pos", 1.0) is None
    assert pacing_lengths(reader, "pitch", 0.0) is None


def test_an_opening_says_how_lively_it_goes_on() -> None:
    rng = np.random.default_rng(1)
    free = replace(WISH, arousal=None)
    assert usual_arousal(replace(free, opening=even(6, 2)), rng) == 4
    assert usual_arousal(replace(free, opening=even(48, 2)), rng) == 0
    drawn = {usual_arousal(free, rng) for _ in range(100)}
    assert len(drawn) > 1
    assert min(drawn) >= 2  # type: ignore[type-var]
