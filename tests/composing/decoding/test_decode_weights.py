"""Pieces by the weights that come with the program keep the rules, and what is asked of them is heard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import senandung.weights
from composing.decoding.test_decode_fuzz import parts_of
from composing.piece_checks import faults
from senandung.composing.decoding.decode import compose_piece, rewrite_piece
from senandung.composing.decoding.engine import Engine, load_engine
from senandung.composing.decoding.measures.table import measure
from senandung.composing.decoding.returns import plan_returns
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.follow import SAME, VARIED

WEIGHTS = Path(next(iter(senandung.weights.__path__))) / "composer" / "composer.safetensors"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not WEIGHTS.exists(), reason="no weights are trained yet")]

WISHES = {
    "choir": PieceWish(
        {"bach": 1.0}, "choir", parts_of(("soprano", "alto", "tenor", "basso")), 8, "4/4", 7, "minor", 80.0
    ),
    "piano": PieceWish({"chopin": 1.0}, "piano", parts_of(("piano", "piano")), 16, "3/4", 8, "major", 120.0),
    "tune": PieceWish({"irish": 1.0}, "tune", parts_of(("melody",)), 16, "6/8", 2, "major", 110.0),
    "quartet": PieceWish(
        {"haydn": 0.5, "brahms": 0.5}, "quartet", parts_of(("violin", "violin", "viola", "cello")), 8, "2/4", 0,
        "major", 100.0,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return load_engine()


@pytest.mark.parametrize("name", sorted(WISHES))
def test_pieces_keep_the_rules(name: str, engine: Engine) -> None:
    piece = compose_piece(WISHES[name], engine, seed=1)
    assert faults(piece, WISHES[name]) == []
    assert piece == compose_piece(WISHES[name], engine, seed=1)


def test_bars_return_where_they_are_told_to(engine: Engine) -> None:
    wish = replace(WISHES["piano"], bars=32)
    found: dict[int, list[float]] = {SAME: [], VARIED: []}
    for seed in range(6):
        piece = compose_piece(wish, engine, seed=seed)
        for bar, (to, strength) in plan_returns(wish, np.random.default_rng(seed)).bars.items():
            if strength in found:
                here, there = (
                    {(part, note.start, note.pitch) for part, row in enumerate(piece.bars[index].notes) for note in row}
                    for index in (bar, to)
                )
                found[strength].append(len(here & there) / max(len(here | there), 1))
    # not all: a hand that still holds a chord of the bar before cannot strike every note again
    assert np.mean(found[SAME]) > 0.75
    assert np.mean(found[VARIED]) > 0.17  # without being told: about a tenth


def test_aroused_pieces_have_more_notes(engine: Engine) -> None:
    calm, excited = (
        [measure(compose_piece(replace(WISHES["piano"], arousal=chosen), engine, seed=seed), structure=False)
         for seed in range(3)]
        for chosen in (0, 4)
    )  # fmt: skip
    assert np.mean([m["onsets_per_quarter"] for m in excited]) > np.mean([m["onsets_per_quarter"] for m in calm])


def test_a_rewritten_voice_fits_the_others(engine: Engine) -> None:
    wish = WISHES["choir"]
    piece = compose_piece(wish, engine, seed=2)
    again = rewrite_piece(piece, {(bar, 1) for bar in range(2, 6)}, engine, seed=3)
    changed = [bar for bar in range(8) if again.bars[bar].notes[1] != piece.bars[bar].notes[1]]
    assert changed
    assert set(changed) <= set(range(2, 6))
    assert measure(again)["dissonant_pairs"] < 0.3
