"""The network: shapes, causality, learning, going on; skipped where torch is missing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from learning.made_up_sets import write_sets  # noqa: E402
from learning.toy import TUNE, other_tune, tune_piece  # noqa: E402
from senandung.composing.pieces.follow import FEATURES, SLOT_SIZES, SLOTS, STYLE_SLOT  # noqa: E402
from senandung.composing.pieces.vocabulary import SIZE  # noqa: E402
from senandung.domain.errors import FileError  # noqa: E402
from senandung.learning.corpus.build import read_corpus  # noqa: E402
from senandung.learning.evaluate import gate, network_nats, ngram_nats, table, windows_by_set  # noqa: E402
from senandung.learning.export import export_composer  # noqa: E402
from senandung.learning.network import Composer, NetworkConfig, load_arrays, to_arrays  # noqa: E402
from senandung.learning.ngram import TokenNgram, token_stream  # noqa: E402
from senandung.learning.pack import Packed, pack_pieces, save_folder  # noqa: E402
from senandung.learning.train_composer import main as train_command  # noqa: E402
from senandung.learning.trainer import Trainer, Training  # noqa: E402
from senandung.learning.training_run import Reached, TrainingPlan, train  # noqa: E402

SMALL = NetworkConfig(width=32, layers=2, heads=2, key_heads=1, hidden=64, dropout=0.1)
TRAINING = Training(steps=30, windows=2, length=96, rate=1e-2, warmup=3)


@pytest.fixture(scope="module")
def toy() -> dict[str, Packed]:
    torch.set_num_threads(1)
    return {"toy": pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])}


def _with_features(tokens: torch.Tensor) -> torch.Tensor:
    rows = np.random.default_rng(1).integers(0, FEATURES, (*tokens.shape, SLOTS))
    rows[..., STYLE_SLOT] %= SLOT_SIZES["style"]
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


def test_another_network_is_refused_with_a_sentence(toy: dict[str, Packed], tmp_path: Path) -> None:
    Trainer(SMALL, TRAINING, toy).save(tmp_path)
    other = Trainer(replace(SMALL, hidden=32), TRAINING, toy)
    with pytest.raises(FileError, match=r"a training of another network \(hidden\)"):
        other.load(tmp_path)
    with pytest.raises(
        FileError, match=r"weights of another network: layers.0.down.weight is \(32, 64\), must be \(32, 32\)"
    ):
        other.warm_start(tmp_path)
    Trainer(replace(SMALL, dropout=0.3), TRAINING, toy).load(tmp_path)


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("packed")
    data = write_sets(tmp_path_factory.mktemp("data"))
    save_folder(read_corpus(data), data, folder, seed=1)
    return folder


def _plan(packed: Path, folder: Path, steps: int = 60) -> TrainingPlan:
    training = replace(TRAINING, steps=steps)
    return TrainingPlan(packed, folder, "toy", SMALL, training, device="cpu")


def test_one_loop_tells_saves_goes_on_and_ends(packed: Path, tmp_path: Path) -> None:
    told: list[Reached] = []
    done = train(_plan(packed, tmp_path), progress=told.append)
    assert (done.step, done.went_on) == (60, True)
    assert [reached.step for reached in told] == [0, 25, 50, 60]
    assert [reached.share for reached in told] == pytest.approx([0, 25 / 60, 50 / 60, 1])
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert log == [reached.row for reached in told]
    assert log[0]["config"] == "toy"
    assert log[-1]["step"] == 60
    before = (tmp_path / "checkpoint.pt").read_bytes()
    assert not train(_plan(packed, tmp_path)).went_on
    assert (tmp_path / "checkpoint.pt").read_bytes() == before
    assert train(_plan(packed, tmp_path, steps=61)).step == 61


def test_a_call_of_no_time_leaves_a_training_to_go_on_with(packed: Path, tmp_path: Path) -> None:
    assert train(_plan(packed, tmp_path), minutes=1e-9).step == 0
    assert (tmp_path / "checkpoint.pt").exists()


def test_the_command_trains_and_measures_through_the_same_loop(
    packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = ["--packed", str(packed), "--out", str(tmp_path), "--config", "tiny", "--length", "64", "--windows", "1"]
    train_command([*usual, "--steps", "2", "--measure-windows", "0", "--threads", "1"])
    shown = capsys.readouterr()
    assert [json.loads(line).get("step") for line in shown.err.splitlines()] == [None, 2]
    train_command([*usual, "--only-measure", "--measure-windows", "2", "--no-ngram"])
    measured = json.loads((tmp_path / "measured.json").read_text("utf-8"))
    assert measured["step"] == 2
    assert "n-gram" not in measured["table"][0]
    assert capsys.readouterr().out.startswith("| set | notes |")
    begun = tmp_path / "begun"
    train_command([*usual[:2], "--out", str(begun), *usual[4:], "--steps", "1", "--measure-windows", "0",
                   "--weights", str(tmp_path)])  # fmt: skip
    assert (begun / "weights-1.safetensors").exists()
