"""Fills that drummers played, as they are written down."""

from __future__ import annotations

import pytest

from senandung.composing.arranging.groove import FILL_DRUMS, LEARNED, learned_fills


@pytest.mark.parametrize("pattern", sorted(LEARNED))
def test_learned_fills_fit_a_half_bar_and_grow_heavier(pattern: str) -> None:
    fills = learned_fills(pattern)
    assert len(fills) >= 12
    assert [fill.weight for fill in fills] == sorted(fill.weight for fill in fills)
    for fill in fills:
        assert all(1 <= back <= 8 and key in FILL_DRUMS and 38 <= loud <= 104 for back, key, loud in fill.hits)
        assert max(loud for _, _, loud in fill.hits) == 104
        assert len({(back, key) for back, key, _ in fill.hits}) == len(fill.hits)
        assert min(back for back, _, _ in fill.hits) <= 3
    assert learned_fills("drums-brush") == ()
