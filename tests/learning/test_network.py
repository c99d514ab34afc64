"""The network: shapes, causality, learning, going on; skipped where torch is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from learning.toy import TUNE, other_tune, tune_piece  # noqa: E402
from senandung.composing.pieces.follow import FEATURES, SLOTS  # noqa: E402
from senandung.composing.pieces.vocabulary import SIZE  # noqa: E402
from senandung.learning.evaluate import gate, network_nats, ngram_nats, table, windows_by_set  # noqa: E402
from senandung.learning.export import export_composer  # noqa: E402
from senandung.learning.network import Composer, NetworkConfig, load_arrays, to_arrays  # noqa: E402
from senandung.learning.ngram import TokenNgram, token_stream  # noqa: E402
from senandung.learning.pack import Packed, pack_pieces  # noqa: E402
from senandung.learning.train_composer import Trainer, Training  # noqa: E402

SMALL = NetworkConfig(width=32, layers=2, heads=2, key_heads=1, hidden=64, dropout=0.1)
TRAINING = Training(steps=30, windows=2, length=96, rate=1e-2, warmup=3)


@pytest.fixture(scope="module")
def toy() -> dict[str, Packed]:
    torch.set_num_threads(1)
    return {"toy": pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])}


def _with_features(tokens: torch.Tensor) -> torch.Tensor:
    rows = np.random.default_rng(1).integers(0, FEATURES, (*tokens.shape, SLOTS))
    return torch.from_numpy(rows)


def test_logits_have_their_shape_and_never_look_ahead() -> None:
    model = Composer(SMALL, seed=1).eval()
    tokens = torch.arange(40).reshape(2, 20) * 7 % SIZE
    features = _with_features(tokens)
    with torch.no_grad():
        logits = model(tokens, features)
        changed = tokens.clone()
        changed[:, 12] += 1
        other = model(changed, features)
        features[:, 12, 3] += 1
        told = model(tokens, features)
    assert logits.shape == (2, 20, SIZE)
    assert torch.allclose(logits[:, :12], other[:, :12], atol=1e-5)
    assert not torch.allclose(logits[:, 12:], other[:, 12:], atol=1e-3)
    assert torch.allclose(logits[:, :12], told[:, :12], atol=1e-5)
    assert not torch.allclose(logits[:, 12:], told[:, 12:], atol=1e-3)


def test_positions_matter() -> None:
    model = Composer(SMALL, seed=1).eval()
    with torch.no_grad():
        features = _with_features(torch.zeros(1, 1)).expand(1, 4, SLOTS)
        one = model(torch.tensor([[5, 9, 9, 700]]), features)
        other = model(torch.tensor([[9, 5, 9, 700]]), features)
    assert not torch.allclose(one[:, -1], other[:, -1], atol=1e-5)


def test_the_loss_falls_and_a_resumed_run_is_the_same(toy: dict[str, Packed], tmp_path: Path) -> None:
    whole = Trainer(SMALL, TRAINING, toy)
    whole.run(steps=30)
    first = Trainer(SMALL, TRAINING, toy)
    first.run(steps=12)
    first.save(tmp_path)
    second = Trainer(SMALL, TRAINING, toy)
    second.load(tmp_path)
    assert second.step == 12
    second.run()
    for (name, one), (_, other) in zip(to_arrays(whole.model).items(), to_arrays(second.model).items(), strict=True):
        assert np.allclose(one, other, atol=1e-3), name
    held = windows_by_set(toy, 96, 10)["toy"]
    before = network_nats(Composer(SMALL, seed=1), held).sum()
    after = network_nats(whole.model, held).sum()
    assert after < 0.7 * before


def test_saved_weights_warm_start_another_network(toy: dict[str, Packed], tmp_path: Path) -> None:
    trainer = Trainer(SMALL, TRAINING, toy)
    trainer.run(steps=2)
    trainer.save(tmp_path)
    fresh = Trainer(SMALL, TRAINING, toy)
    fresh.warm_start(tmp_path)
    assert fresh.step == 0
    for one, other in zip(to_arrays(fresh.model).values(), to_arrays(trainer.averaged_model()).values(), strict=True):
        assert np.allclose(one, other)
    other_model = Composer(SMALL, seed=9)
    load_arrays(other_model, to_arrays(trainer.model, "float32"))
    assert torch.equal(other_model.embedding.weight, trainer.model.embedding.weight)


def test_shipped_weights_warm_start_a_network_too(toy: dict[str, Packed], tmp_path: Path) -> None:
    trainer = Trainer(SMALL, TRAINING, toy)
    trainer.run(steps=2)
    trainer.save(tmp_path / "run")
    export_composer(tmp_path / "run", tmp_path / "shipped")
    fresh = Trainer(SMALL, TRAINING, toy)
    fresh.warm_start(tmp_path / "shipped")
    for name, one in to_arrays(trainer.averaged_model(), "float32").items():
        other = to_arrays(fresh.model, "float32")[name]
        assert np.allclose(one, other, atol=np.abs(one).max() / 100), name


def test_the_table_and_the_gate(toy: dict[str, Packed]) -> None:
    held = windows_by_set(toy, 96, 10)
    ngram = TokenNgram.fit(token_stream(toy))
    model = Composer(SMALL, seed=1)
    rows = table(held, {"network": lambda b: network_nats(model, b), "n-gram": lambda b: ngram_nats(ngram, b)})
    assert [row["set"] for row in rows] == ["toy", "all"]
    assert rows[0]["n-gram"] < rows[0]["network"]
    parts = [rows[0][f"network {part}"] for part in ("pitch", "time", "track", "chord")]
    assert sum(parts) == pytest.approx(rows[0]["network"], abs=0.01)
    found = gate(held, lambda b: network_nats(model, b))
    assert set(found["passes"]) == {"along the window", "by track", "style"}
