"""Trained weights as they are shipped; against torch where it is installed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from composing.tiny_weights import SIZES, some_tokens, tiny_arrays, tiny_facts
from learning.toy import TUNE, other_tune, tune_piece
from senandung.composing.decoding.engine import load_engine
from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import FILE_NAME, Weights, load_weights, save_weights
from senandung.composing.pieces.follow import SLOTS, STYLE_SLOT
from senandung.domain.errors import FileError, InvalidValueError
from senandung.learning.cache_ranges import sample_of, with_cache_scales
from senandung.learning.export import FACTS_NAME, export_composer, main
from senandung.learning.pack import pack_pieces
from senandung.learning.tensors import save_in_pieces


@pytest.fixture
def pieces(tmp_path: Path) -> Path:
    folder = tmp_path / "trained"
    folder.mkdir()
    halves = {name: array.astype(np.float16) for name, array in tiny_arrays().items()}
    facts = {key: value for key, value in tiny_facts().items() if key != "context"}
    assert len(save_in_pieces(halves, folder, facts, most_bytes=600_000)) > 1
    return folder


def test_exported_floats_are_the_trained_ones(pieces: Path, tmp_path: Path) -> None:
    export_composer(pieces, tmp_path / "out", kind="fp32", context=200)
    weights = load_weights(tmp_path / "out" / FILE_NAME)
    assert weights.context == 200
    for name, array in tiny_arrays().items():
        assert np.array_equal(weights.floats(name), array.astype(np.float16).astype(np.float32)), name


def test_a_byte_a_weight_keeps_the_logits(pieces: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--weights", str(pieces), "--out", str(tmp_path / "out")])
    facts = json.loads(capsys.readouterr().out)
    path = tmp_path / "out" / FILE_NAME
    assert facts == json.loads((tmp_path / "out" / FACTS_NAME).read_text(encoding="utf-8"))
    assert (facts["kind"], facts["context"], facts["step"], facts["config"]["width"]) == ("int8", 1024, 12, SIZES.width)
    assert facts["parameters"] == sum(array.size for array in tiny_arrays().values())
    assert facts["bytes"] == path.stat().st_size < 1.1 * facts["parameters"] + 20_000
    export_composer(pieces, tmp_path / "floats", kind="fp32")
    tokens, features = some_tokens(1, 60)
    exact = NumpyDecoder(load_weights(tmp_path / "floats" / FILE_NAME), 1).feed(tokens, features)[:, -1]
    found = load_engine(tmp_path / "out").begin(1).feed(tokens, features)
    assert np.sqrt(np.mean((found - exact) ** 2)) < 0.03 * exact.std()


def test_a_cache_of_bytes_needs_a_look_at_music(pieces: Path, tmp_path: Path) -> None:
    sets = {"toy": pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])}
    sample = sample_of(sets, 150, windows=3)
    assert [(each.shape, known.shape) for each, known in sample] == [((1, 150), (1, 150, SLOTS))] * 3
    export_composer(pieces, tmp_path, kind="fp32")
    weights = load_weights(tmp_path / FILE_NAME)
    assert weights.cache_scales is None
    save_weights(with_cache_scales(weights, sample), tmp_path / "even.safetensors", weights.facts, kind="fp32")
    even = load_weights(tmp_path / "even.safetensors")
    assert even.cache_scales is not None
    for tokens, features in sample:
        before, after = NumpyDecoder(weights, 1), NumpyDecoder(even, 1)
        assert np.allclose(before.feed(tokens, features), after.feed(tokens, features), atol=1e-4)
        assert np.abs(before.cache).max() > 3
        # every number was seen at its largest, and nothing reaches beyond what a byte holds
        assert np.abs(after.cache).max() <= 1.0001 < 127 * even.cache_scales.min()
    largest = np.max([np.abs(_filled(even, *each)).max(axis=(2, 4)) for each in sample], axis=0)
    assert (largest[:, 1] > 0.999).all()
    halves = largest[:, 0].reshape(2, 2, 2, -1).max(axis=2)
    assert (halves > 0.999).all()


def _filled(weights: Weights, tokens: NDArray[np.integer], features: NDArray[np.integer]) -> NDArray[np.float32]:
    decoder = NumpyDecoder(weights, 1)
    decoder.feed(tokens, features)
    return decoder.cache


def test_half_a_network_is_not_exported(pieces: Path, tmp_path: Path) -> None:
    sorted(pieces.glob("*.safetensors"))[0].unlink()
    with pytest.raises(FileError, match=r"must have the shape .*, got None"):
        export_composer(pieces, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    with pytest.raises(InvalidValueError, match="the kind must be one of int8, fp32, got 'int4'"):
        export_composer(pieces, tmp_path / "out", kind="int4")


def test_broken_numbers_are_not_exported(pieces: Path, tmp_path: Path) -> None:
    arrays = tiny_arrays()
    arrays["layers.1.up.weight"][3, 4] = np.nan
    save_in_pieces(arrays, pieces, tiny_facts())
    with pytest.raises(FileError, match=r"layers.1.up.weight holds numbers that are not finite"):
        export_composer(pieces, tmp_path / "out")


def test_numpy_gives_what_torch_gives(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from senandung.learning.network import Composer, NetworkConfig, to_arrays

    config = NetworkConfig(width=96, layers=3, heads=6, key_heads=2, hidden=100, dropout=0.1)
    model = Composer(config, seed=3).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.mul_(1.3) if name.endswith("norm.weight") else parameter.mul_(4.0)
        model.styles.weight.normal_(0.0, 0.3, generator=torch.Generator().manual_seed(4))
    save_in_pieces(to_arrays(model, "float32"), tmp_path, {"config": json.dumps(config.plain()), "vocabulary": "1"})
    export_composer(tmp_path, tmp_path / "out", kind="fp32")
    tokens, features = some_tokens(2, 130)
    features[1, 1:, STYLE_SLOT] = 50
    with torch.no_grad():
        wanted = model(torch.from_numpy(tokens), torch.from_numpy(features)).numpy()
    found = NumpyDecoder(load_weights(tmp_path / "out" / FILE_NAME), 2).feed(tokens, features)
    assert wanted.std() > 0.3
    assert np.abs(found - wanted).max() < 1e-4
    state = load_engine(tmp_path / "out").begin(2)
    assert np.abs(state.feed(tokens, features) - wanted[:, -1]).max() < 1e-4
