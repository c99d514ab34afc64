"""A style's row that was trained: read without torch, in the place of the ground's, all other styles untouched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from composing.tiny_weights import some_tokens, tiny_file
from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.engine_weights import load_weights
from senandung.composing.own.adapted import ROWS, adapted
from senandung.composing.pieces.vocabulary import IDS
from senandung.domain.errors import InvalidValueError


@pytest.mark.parametrize("kind", ["fp32", "int8"])
def test_only_the_ground_is_changed(kind: str, tmp_path: Path) -> None:
    weights = load_weights(tiny_file(tmp_path, kind))
    number = IDS["style:bach"] - IDS["style:any"]
    rows = {name: weights.floats(f"{name}.weight")[number] for name in ROWS}
    plain = Engine(weights)
    same, other = adapted(weights, "bach", rows), adapted(weights, "bach", {n: row + 0.5 for n, row in rows.items()})
    in_style, elsewhere = some_tokens(1, 12, style=number), some_tokens(1, 12, style=number + 1)
    assert np.allclose(same.begin(1).feed(*in_style), plain.begin(1).feed(*in_style), atol=1e-4)
    assert not np.allclose(other.begin(1).feed(*in_style), plain.begin(1).feed(*in_style), atol=1e-2)
    features = elsewhere[1].copy()
    features[features == number] += 1  # the row of the ground is nobody else's
    elsewhere = (elsewhere[0], features)
    assert np.allclose(other.begin(1).feed(*elsewhere), plain.begin(1).feed(*elsewhere), atol=1e-4)


def test_an_adapter_must_fit_the_network(tmp_path: Path) -> None:
    weights = load_weights(tiny_file(tmp_path, "fp32"))
    with pytest.raises(InvalidValueError, match="an adapter must have a row styles"):
        adapted(weights, "bach", {"styles": np.zeros(3, dtype=np.float32)})
