"""A style's row trained on a person's works: it learns, it ends where it is told to, and is read without torch."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch")

from composing.tiny_weights import CONTEXT, tiny_file
from learning.own.test_learning_a_style import tune
from senandung.composing.decoding.engine import Engine
from senandung.composing.decoding.engine_weights import Weights, load_weights
from senandung.composing.own.adapted import adapted
from senandung.files.midi import save_midi
from senandung.learning.own.adapt import adapt
from senandung.learning.own.marginals import Window, listen, windows_of
from senandung.learning.own.read import read_work

Arrays = dict[str, NDArray[np.float32]]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return load_weights(tiny_file(tmp_path_factory.mktemp("weights"), "fp32"))


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> list[Window]:
    where = tmp_path_factory.mktemp("tunes")
    save_midi(tune(1), where / "a.mid")
    return [window for piece in read_work(where / "a.mid").pieces for window in windows_of(piece, CONTEXT)]


def test_a_row_learns_what_it_reads_and_says_the_same_without_torch(weights: Weights, windows: list[Window]) -> None:
    made = adapt(weights, "bach", windows, windows[:1])
    assert min(made.nats) < made.nats[0] - 0.01
    ours = [in_style(window, "bach") for window in windows[:1]]
    heard = listen(ours, adapted(weights, "bach", made.arrays)).nats
    assert heard == pytest.approx(min(made.nats), abs=0.02)
    assert listen(ours, Engine(weights)).nats == pytest.approx(made.nats[0], abs=0.02)


def test_it_ends_where_it_is_told_and_keeps_the_row_before(weights: Weights, windows: list[Window]) -> None:
    shown: list[Arrays] = []

    def second(arrays: Arrays) -> bool:
        shown.append(arrays)
        return len(shown) == 2

    made = adapt(weights, "bach", windows, windows[:1], stop=second)
    assert len(shown) == 2 and len(made.nats) == 2
    assert all(np.array_equal(made.arrays[name], shown[0][name]) for name in shown[0])
    assert not np.array_equal(shown[0]["styles"], shown[1]["styles"])
    first = adapt(weights, "bach", windows, windows[:1], stop=lambda _: True)
    assert len(first.nats) == 1 and set(first.arrays) == {"styles", "known"}


def test_it_ends_when_its_time_is_over(
    weights: Weights, windows: list[Window], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("senandung.learning.own.adapt.LONGEST", 0.0)
    parts: list[float] = []
    made = adapt(weights, "bach", windows * 2, windows[:1], progress=lambda _, share: parts.append(share))
    assert len(parts) == 1 and len(made.nats) == 2, "one window, and what came of it is measured"


def in_style(window: Window, style: str) -> Window:
    """The window as it is heard under a style."""
    from senandung.composing.pieces.follow import STYLE_SLOT
    from senandung.composing.pieces.vocabulary import IDS

    tokens, features = list(window.tokens), window.features.copy()
    number = IDS[f"style:{style}"] - IDS["style:any"]
    tokens[1] = IDS["style:any"] + number
    features[1:, STYLE_SLOT] = number
    return Window(tokens, features, window.learnt)
