"""How near a style comes to files that were kept back, and whether it quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composing.own.test_own_style_in_use import WORKS, work
from senandung.learning.own.distance import COMPARED, is_small, originality, overlaps


def test_works_overlap_with_themselves_wholly_and_with_others_in_part() -> None:
    same, other = overlaps(WORKS[:1], WORKS[:1]), overlaps(WORKS[:1], WORKS[1:2])
    assert set(same) <= set(COMPARED) and all(share == pytest.approx(1, abs=0.01) for share in same.values())
    assert other["metres"] == 1 and 0 < other["tones"] < 1
    far = replace(WORKS[1][0], bars=tuple(replace(bar, tonic=8) for bar in WORKS[1][0].bars))
    assert overlaps(WORKS[:1], [[far]])["tones"] < other["tones"]


def test_a_small_effect_is_called_small() -> None:
    assert is_small({"mean_before": 0.5, "mean_after": 0.51})
    assert not is_small({"mean_before": 0.5, "mean_after": 0.6})
    assert not is_small({})


def test_a_piece_of_the_files_is_found_in_them() -> None:
    piece = work(2)
    up = tuple(
        replace(bar, notes=tuple(tuple(n._replace(pitch=n.pitch + 2) for n in row) for row in bar.notes))
        for bar in piece.bars
    )
    copy, new = originality([replace(piece, bars=up), work(99)], WORKS)
    assert copy.copied and copy.score < new.score
    assert copy.nearest[0].name.startswith("file 2")
