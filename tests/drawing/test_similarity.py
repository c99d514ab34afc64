"""The picture of self-similarity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senandung.domain.errors import InvalidValueError
from senandung.drawing.similarity import save_similarity


def test_alike_bars_are_dark(tmp_path: Path) -> None:
    from matplotlib.image import imread

    save_similarity({"alone": np.eye(8)}, tmp_path / "one.png")
    save_similarity({"alone": np.ones((8, 8))}, tmp_path / "other.png")
    one, other = (imread(tmp_path / name)[..., :3].mean() for name in ("one.png", "other.png"))
    assert other < one - 0.2
    save_similarity({f"$ {n}": np.eye(n) for n in (1, 2, 30)}, tmp_path / "three.png", columns=2)
    assert imread(tmp_path / "three.png").shape[1] > imread(tmp_path / "one.png").shape[1]


def test_only_squares(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="must be square"):
        save_similarity({"a": np.ones((2, 3))}, tmp_path / "no.png")
    with pytest.raises(InvalidValueError, match="must have a panel"):
        save_similarity({}, tmp_path / "no.png")
    assert not list(tmp_path.iterdir())
