"""Bars that are the same, rows that stay, bars that are not what the form has."""

from __future__ import annotations

import numpy as np
import pytest

from composing.decoding.test_decode_fuzz import parts_of
from composing.networks import RandomNetwork
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.repeating import astray
from senandung.composing.decoding.returns import plan_returns
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.follow import NEW, SAME, VARIED
from senandung.composing.pieces.piece import PieceBar, PieceNote

FORM = (FormPart("verse", 8), FormPart("verse", 8, 0), FormPart("verse", 8, 0))


@pytest.mark.parametrize("parts", [("piano", "piano"), ("melody",), ("violin", "viola", "cello", "drums")])
@pytest.mark.parametrize("seed", range(3))
def test_bars_that_are_the_same_are_the_same_note_for_note(parts: tuple[str, ...], seed: int) -> None:
    wish = PieceWish({"bach": 1.0}, "chamber", parts_of(parts), 24, "3/4", 7, "minor", 90.0, form=FORM)
    piece = compose_piece(wish, RandomNetwork(seed, spread=1.0), seed=seed)
    pointers = plan_returns(wish, np.random.default_rng(seed)).bars
    same = [(bar, to) for bar, (to, strength) in pointers.items() if strength == SAME]
    rows = [
        (here, there)
        for bar, to in same
        for here, there in zip(piece.bars[bar].notes, piece.bars[to].notes, strict=True)
        if there and bar < 22  # a part that must not rest any longer plays where its source rests
    ]
    assert len(rows) >= 3
    assert all(here == there for here, there in rows)


def bar(*pitches: int, step: int = 24) -> PieceBar:
    return PieceBar(
        "4/4", 0, "major", (None, None), (tuple(PieceNote(step * i, p, step) for i, p in enumerate(pitches)),)
    )


def test_a_bar_is_told_apart_from_what_it_was_to_be() -> None:
    first, near, far = bar(60, 62, 64, 65), bar(60, 62, 64, 67), bar(72, 70, 69, 67)
    assert astray([first, first], 0, NEW) == 1.0
    assert astray([first, near], 0, NEW) == pytest.approx(0.6)
    assert astray([first, far], 0, NEW) == 0.0
    assert astray([first, far], 0, VARIED) == 0.5
    assert astray([first, near], 0, VARIED) == 0.0
    assert astray([first, first], 0, VARIED) == 0.5
    assert astray([first, far], 0, SAME) == 0.0
    assert astray([first], 0, NEW) == 0.0
    assert astray([bar(60), bar(60)], 0, NEW) == 1.0  # a single note that stands there again
