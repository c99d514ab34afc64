"""Nobody is hidden, and the band stays as loud as it was."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from senandung.rendering.masking import BARKS, heard_shares
from senandung.rendering.uncovering import MOST, WANTED, uncovered


def part(level: float, *bands: int) -> NDArray[np.float64]:
    """Fifty frames of a part with so many dB in some bands, give or take 6, and 40 dB less elsewhere."""
    rng = np.random.default_rng(bands)
    powers = np.full((50, BARKS), 10 ** ((level - 40) / 10))
    powers[:, list(bands)] = 10 ** ((level + 6 * rng.standard_normal((50, len(bands)))) / 10)
    return powers


BANDS = {"lead": part(0, 5, 6, 7), "cak": part(-4, 10, 11), "cello": part(-9, 6), "pad": part(-14, 6, 7)}
LOUDNESS = {"lead": -20.0, "cak": -24.0, "cello": -29.0, "pad": -34.0}
ACCOMPANIMENT = ("cak", "cello", "pad")


def total(moves: dict[str, float]) -> float:
    return float(10 * np.log10(sum(10 ** ((LOUDNESS[name] + up) / 10) for name, up in moves.items())))


def test_hidden_parts_come_up_and_the_band_stays_as_loud() -> None:
    moves = uncovered(BANDS, LOUDNESS, ACCOMPANIMENT)
    assert set(moves) == set(ACCOMPANIMENT)
    assert total(moves) == pytest.approx(total(dict.fromkeys(ACCOMPANIMENT, 0.0)))
    assert moves["pad"] - moves["cak"] == pytest.approx(MOST)
    assert -MOST < moves["cak"] < 0
    before = heard_shares(BANDS)
    after = heard_shares({name: own * 10 ** (moves.get(name, 0) / 10) for name, own in BANDS.items()})
    assert before["cello"] < WANTED
    assert after["cello"] > before["cello"]
    assert after["lead"] > before["lead"] - 0.1


def test_where_nobody_is_hidden_nothing_moves() -> None:
    apart = {name: part(0, 3 + 6 * number) for number, name in enumerate(ACCOMPANIMENT)}
    assert uncovered(apart, LOUDNESS, ACCOMPANIMENT) == dict.fromkeys(ACCOMPANIMENT, 0.0)


def test_a_part_alone_or_silent_stays() -> None:
    assert uncovered({"pad": BANDS["pad"]}, LOUDNESS, ("pad",)) == {"pad": 0.0}
    assert uncovered(BANDS, LOUDNESS, ()) == {}
    silent = {**BANDS, "cello": np.zeros((50, BARKS))}
    moves = uncovered(silent, LOUDNESS, ACCOMPANIMENT)
    assert moves["cello"] == moves["cak"]
