"""Stretches, tables and bands of packed pieces."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.toy import TUNE, other_tune, tune_piece
from senandung.composing.decoding.measures.table import MEASURES
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import Piece, PiecePart
from senandung.learning.pack import pack_pieces, save_packed
from senandung.learning.reference import build, card, controls, stretches, summary, training_sample, unpack


def tune(bars: int) -> Piece:
    return tune_piece(TUNE, repeats=bars // 6)


def moved(semitones: int) -> Piece:
    return tune_piece(tuple(pitch + semitones for pitch in TUNE))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 24), st.integers(1, 12))
def test_stretches_hold_the_first_bar_and_the_last(sixths: int, most: int) -> None:
    piece = tune(6 * sixths)
    found = stretches(piece, most)
    assert 1 <= len(found) <= max(most, 1)
    assert all(len(part.bars) == min(32, len(piece.bars)) for part in found)
    assert found[-1].bars[-1] == piece.bars[-1]
    assert found[-1].bars_after == 0
    if len(found) > 1:
        assert found[0].bars == piece.bars[:32]
        assert found[0].opening
        assert found[0].bars_after == len(piece.bars) - 32
        assert not found[1].opening


def test_a_short_piece_is_not_measured() -> None:
    assert stretches(tune(6)) == []


def test_unpacking_gives_the_piece() -> None:
    pieces = [tune_piece(other_tune(seed)) for seed in (2, 3)]
    packed = pack_pieces("tunes", pieces)
    assert [unpack(packed, index) for index in (0, 1)] == pieces


def test_controls_are_wishes_without_notes() -> None:
    packed = pack_pieces("tunes", [tune(12), tune(24), tune(36)])
    found = controls(packed, most=2)
    assert len(found) == 2
    for row in found:
        parts = tuple(PiecePart(text.partition(".")[0], int(text.partition(".")[2])) for text in row["parts"])
        wish = PieceWish({row["style"]: 1.0}, row["ensemble"], parts, 8, row["metre"], row["tonic"], row["mode"], 96.0)
        assert wish.style == "irish"
    assert "pitch" not in json.dumps(found)


def test_summary_counts_what_is_there() -> None:
    rows = [{"polyphony": float(value)} for value in range(101)] + [{"register": 60.0}]
    assert summary(rows) == {"register": [60.0] * 6 + [1], "polyphony": [50.0, 5.0, 25.0, 50.0, 75.0, 95.0, 101]}


def test_the_sample_is_drawn_by_seed() -> None:
    packed = pack_pieces("tunes", [moved(semitones) for semitones in range(10)])
    one = training_sample([packed], seed=1, per_set=3)
    assert list(one) == ["solo/folk"]
    assert len(one["solo/folk"]) == 3
    assert training_sample([packed], seed=1, per_set=3) == one
    assert training_sample([packed], seed=2, per_set=3) != one


def test_bands_come_from_training_and_the_table_from_held_out_pieces(tmp_path: Path) -> None:
    from senandung.composing.pieces import vocabulary

    low, high = [moved(index % 3 - 12) for index in range(30)], [moved(12), moved(11)]
    save_packed(pack_pieces("tunes", low), tmp_path / "tunes.train.npz.xz")
    save_packed(pack_pieces("tunes", high), tmp_path / "tunes.valid.npz.xz")
    facts = {"vocabulary": vocabulary.VERSION, "vocabulary_size": vocabulary.SIZE, "seed": 1}
    facts["sets"] = {"tunes": {"tokens": {"train": 1, "valid": 1}}}  # type: ignore[assignment]
    (tmp_path / "index.json").write_text(json.dumps(facts))
    found = build(tmp_path)
    assert set(found["bands"]) == {"solo", "solo/folk"}
    assert found["bands"]["solo"]["measures"]["register"][4] < 60
    assert found["held_out"]["tunes"]["measures"]["register"][0] > 70
    assert set(found["held_out"]["tunes"]["measures"]) <= set(MEASURES)
    assert len(found["wishes"]["tunes"]) == 2
    assert build(tmp_path) == found
    assert "tunes (2 pieces, 2 stretches)" in card(found)
    assert np.isfinite(
        [row for band in found["bands"].values() for rows in band["measures"].values() for row in rows]
    ).all()


@pytest.mark.parametrize("bars", [12, 42])
def test_all_stretches_are_of_the_piece(bars: int) -> None:
    piece = tune(bars)
    for part in stretches(piece):
        at = len(piece.bars) - part.bars_after - len(part.bars)
        assert part.bars == piece.bars[at : at + len(part.bars)]
