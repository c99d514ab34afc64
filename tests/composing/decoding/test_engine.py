"""The engine: what it computes is what plain numpy computes, however the tokens come in."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from composing.tiny_weights import CONTEXT, SIZES, some_tokens, tiny_arrays, tiny_facts, tiny_file
from senandung.composing.decoding.engine import Engine, load_engine
from senandung.composing.decoding.engine_numpy import NumpyDecoder
from senandung.composing.decoding.engine_weights import (
    BLOCKS,
    FILE_NAME,
    block_of,
    load_weights,
    pack,
    save_weights,
    unpack,
)
from senandung.composing.pieces.follow import SLOTS, STYLE_SLOT
from senandung.domain.errors import FileError, InvalidValueError
from senandung.files.tensors import load_tensors, save_tensors

INT8_TOLERANCE = 0.04
"""Of the logits' spread, root mean square: what may be lost by rounding to bytes what the weights are multiplied with,
and keys and values; the oracle has the rounded weights."""


@pytest.fixture(scope="module", params=["fp32", "int8", "int8 cache"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_file(tmp_path_factory.mktemp("weights"), request.param)


@pytest.fixture(scope="module")
def engine(file: Path) -> Engine:
    return load_engine(file)


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return load_engine(tiny_file(tmp_path_factory.mktemp("weights"), "fp32"))


def test_a_prompt_and_steps_give_what_numpy_gives(file: Path, engine: Engine) -> None:
    tokens, features = some_tokens(3, CONTEXT)
    wanted = NumpyDecoder(load_weights(file), 3).feed(tokens, features)
    # 150: longer than what is read at once
    state = engine.begin(3)
    found = {149: state.feed(tokens[:, :150], features[:, :150])}
    for at in range(150, 200):
        found[at] = state.feed(tokens[:, at : at + 1], features[:, at : at + 1])
    # a few tokens and many go different ways
    for start, end in ((200, 203), (203, 290), (290, 300)):
        found[end - 1] = state.feed(tokens[:, start:end], features[:, start:end])
    assert state.length == CONTEXT
    assert wanted.std() > 0.3
    for at, logits in found.items():
        apart = logits - wanted[:, at]
        if engine.facts["kind"] == "fp32":
            assert np.abs(apart).max() < 1e-4, at
        else:
            assert np.sqrt(np.mean(apart**2)) < INT8_TOLERANCE * wanted.std(), at


def test_numpy_steps_are_its_prompt(file: Path) -> None:
    tokens, features = some_tokens(2, 40)
    weights = load_weights(file)
    whole = NumpyDecoder(weights, 2).feed(tokens, features)
    steps = NumpyDecoder(weights, 2)
    parts = [steps.feed(tokens[:, a:b], features[:, a:b]) for a, b in ((0, 7), (7, 8), (8, 9), (9, 40))]
    assert np.allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)


def test_nothing_looks_ahead(file: Path) -> None:
    tokens, features = some_tokens(1, 30)
    decoder = NumpyDecoder(load_weights(file), 1)
    before = decoder.feed(tokens, features)
    changed = tokens.copy()
    changed[0, 20] = (changed[0, 20] + 1) % SIZES.vocabulary
    after = NumpyDecoder(load_weights(file), 1).feed(changed, features)
    assert np.allclose(before[:, :20], after[:, :20], atol=1e-6)
    assert np.abs(before[:, 20:] - after[:, 20:]).max() > 1e-3


def test_rows_know_nothing_of_each_other(engine: Engine) -> None:
    tokens, features = some_tokens(4, 25)
    together = engine.begin(4)
    together.feed(tokens[:, :20], features[:, :20])
    for at in range(20, 25):
        logits = together.feed(tokens[:, at : at + 1], features[:, at : at + 1])
    for row in range(4):
        alone = engine.begin(1)
        alone.feed(tokens[row : row + 1, :20], features[row : row + 1, :20])
        for at in range(20, 25):
            one = alone.feed(tokens[row : row + 1, at : at + 1], features[row : row + 1, at : at + 1])
        assert np.allclose(one[0], logits[row], atol=1e-4)


def test_every_row_is_read_in_its_own_style(file: Path, engine: Engine) -> None:
    tokens, features = some_tokens(1, 60)
    tokens, features = np.repeat(tokens, 3, axis=0), np.repeat(features, 3, axis=0)
    for row, style in enumerate((0, 3, SIZES.styles - 1)):
        features[row, 1:, STYLE_SLOT] = style
    # a piece keeps its style, but nothing need
    features[1, 30:40, STYLE_SLOT] = 7
    wanted = NumpyDecoder(load_weights(file), 3).feed(tokens, features)
    state = engine.begin(3)
    found = {49: state.feed(tokens[:, :50], features[:, :50]), 52: state.feed(tokens[:, 50:53], features[:, 50:53])}
    found |= {at: state.feed(tokens[:, at : at + 1], features[:, at : at + 1]) for at in range(53, 60)}
    # the same tokens: only the styles tell the rows apart
    assert np.abs(wanted[0] - wanted[1]).max() > 0.5
    assert np.abs(wanted[0] - wanted[2]).max() > 0.5
    tolerance = 1e-4 if engine.facts["kind"] == "fp32" else 4 * INT8_TOLERANCE * wanted.std()
    for at, logits in found.items():
        assert np.abs(logits - wanted[:, at]).max() < tolerance, at
    # one row alone is what it is beside others, and may go on in another style
    alone = state.keep([1])
    alone.truncate(50)
    assert np.allclose(alone.feed(tokens[:1, 50:53], features[:1, 50:53]), _alone(engine, tokens, features), atol=1e-4)


def _alone(engine: Engine, tokens: NDArray[np.int64], features: NDArray[np.int64]) -> NDArray[np.float32]:
    """Logits of one row that read the second's first 50 tokens and then three in the first's style."""
    state = engine.begin(1)
    state.feed(tokens[1:2, :50], features[1:2, :50])
    return state.feed(tokens[:1, 50:53], features[:1, 50:53])


def test_forked_kept_and_cut_states_go_on_as_if_they_had_read_it_all(engine: Engine) -> None:
    prompt, known = some_tokens(1, 30)
    more, more_known = some_tokens(3, 12, seed=5)
    start = engine.begin(1)
    start.feed(prompt, known)
    many = start.fork(3)
    for at in range(10):
        many.feed(more[:, at : at + 1], more_known[:, at : at + 1])
    kept = many.keep([2, 0, 2])
    kept.truncate(34)
    assert (start.length, many.length, kept.length, kept.rows) == (30, 40, 34, 3)
    rows = [2, 0, 2]
    found = kept.feed(more[rows, 10:], more_known[rows, 10:])

    fresh = engine.begin(3)
    tokens = np.concatenate([np.repeat(prompt, 3, axis=0), more[rows, :4], more[rows, 10:]], axis=1)
    features = np.concatenate([np.repeat(known, 3, axis=0), more_known[rows, :4], more_known[rows, 10:]], axis=1)
    wanted = fresh.feed(tokens, features)
    assert np.allclose(found, wanted, atol=1e-4)
    assert np.allclose(found[0], found[2], atol=1e-6)
    assert np.abs(found[0] - found[1]).max() > 0.1
    # the first state has not been touched
    one = start.feed(more[:1, :1], more_known[:1, :1])
    again = engine.begin(1)
    again.feed(prompt, known)
    assert np.allclose(one, again.feed(more[:1, :1], more_known[:1, :1]), atol=1e-5)


def test_what_was_returned_stays_as_it_was(exact: Engine) -> None:
    tokens, features = some_tokens(1, 2)
    state = exact.begin()
    first = state.feed(tokens[:, :1], features[:, :1])
    copy = first.copy()
    state.feed(tokens[:, 1:], features[:, 1:])
    assert np.array_equal(first, copy)


def test_wrong_use_is_told_in_a_sentence(exact: Engine) -> None:
    tokens, features = some_tokens(1, CONTEXT + 1)
    with pytest.raises(InvalidValueError, match="at most 300 tokens can be read, got 301"):
        exact.begin(1).feed(tokens, features)
    state = exact.begin(2)
    with pytest.raises(InvalidValueError, match=r"tokens must have the shape \(2, n\), got \(1, 3\)"):
        state.feed(tokens[:, :3], features[:, :3])
    with pytest.raises(InvalidValueError, match=rf"features must have the shape \(2, 3, {SLOTS}\)"):
        state.feed(np.repeat(tokens[:, :3], 2, axis=0), features[:, :3])
    unknown = some_tokens(2, 3, style=SIZES.styles)
    with pytest.raises(InvalidValueError, match=rf"styles must lie in 0\.\.{SIZES.styles - 1}, got \[{SIZES.styles}\]"):
        state.feed(*unknown)
    with pytest.raises(InvalidValueError, match="only a state of one row can be forked, got 2"):
        state.fork(3)
    with pytest.raises(InvalidValueError, match=r"rows to keep must lie in 0\.\.1, got \[0, 2\]"):
        state.keep([0, 2])
    with pytest.raises(InvalidValueError, match=r"length must be a whole number in 0\.\.0, got 1"):
        state.truncate(1)
    with pytest.raises(InvalidValueError, match="rows must be a whole number from 1, got 0"):
        exact.begin(0)


@pytest.mark.parametrize(("size", "block"), [(2 * BLOCKS[-1] + 9, 64), (704, 64), (384, 128), (768, 256)])
def test_a_block_is_right_within_half_a_step(size: int, block: int) -> None:
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(5, size)).astype(np.float32)
    matrix[2] = 0
    numbers, scales = pack(matrix)
    assert block_of(size, scales.shape[1]) == block
    steps = np.repeat(scales.astype(np.float32), block, axis=1)[:, :size]
    assert (np.abs(unpack(numbers, scales) - matrix) <= 0.55 * steps).all()
    assert np.abs(numbers[[0, 1, 3, 4]]).max() == 127
    assert not numbers[2].any()


def test_missing_and_wrong_weights_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=f"{FILE_NAME}: the composer's weights are missing; train some"):
        load_engine(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(b"not a tensor in sight")
    with pytest.raises(FileError, match="not a safetensors file"):
        load_engine(tmp_path)
    save_tensors({}, path, {"made": "by hand"})
    with pytest.raises(FileError, match="not the composer's weights: a fact is missing or wrong"):
        load_engine(tmp_path)
    save_weights(tiny_arrays(), path, tiny_facts(vocabulary=7), kind="int8")
    with pytest.raises(FileError, match=r"weights for vocabulary 1 with 7 tokens, .* do not fit this program"):
        load_engine(tmp_path)
    save_weights(tiny_arrays(), path, tiny_facts(heads=5), kind="int8")
    with pytest.raises(FileError, match=r"width of a head must be a multiple of 8, got 19\.2"):
        load_engine(tmp_path)
    save_weights(tiny_arrays(), path, tiny_facts(hidden=64), kind="int8")
    with pytest.raises(FileError, match=r"gate.weight must have the shape \(64, 96\), got \(100, 96\)"):
        load_engine(tmp_path)
    save_weights(tiny_arrays(), path, tiny_facts(), kind="int8")
    arrays, facts = load_tensors(path)
    del arrays["known.weight.scales"]
    save_tensors(arrays, path, facts)
    with pytest.raises(FileError, match=r"known.weight.scales must have the shape .*, got None"):
        load_engine(tmp_path)
    save_tensors(arrays, path, {**facts, "kind": "int3"})
    with pytest.raises(FileError, match="weights of kind 'int3'; known are int8, fp32"):
        load_engine(tmp_path)


def _logits_elsewhere(file: Path, **environment: str) -> NDArray[np.float32]:
    """What a fresh process with these variables reads from the first tokens of two rows, prompt and steps."""
    code = (
        "import sys, numpy as np; from pathlib import Path; from composing.tiny_weights import some_tokens; "
        "from senandung.composing.decoding.engine import load_engine; state = load_engine(Path(sys.argv[1])).begin(2); "
        "tokens, known = some_tokens(2, 90); found = [state.feed(tokens[:, :85], known[:, :85])]; "
        "found += [state.feed(tokens[:, i:i+1], known[:, i:i+1]) for i in range(85, 90)]; np.save(sys.argv[2], found)"
    )
    found = file.parent / "logits.npy"
    tests = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code, str(file), str(found)],
        env={**os.environ, "PYTHONPATH": tests, **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return np.load(found)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="older processors of one family are tried")
@pytest.mark.parametrize(("processor", "features"), [("haswell", "+avx2"), ("x86-64", "")])
def test_an_older_processor_gives_the_very_same_logits(tmp_path: Path, processor: str, features: str) -> None:
    """A seed gives the same notes everywhere. (Where nothing but this fails, `byte_tiles` may have changed after numba
    had compiled `engine_steps`: touch that.)"""
    file = tiny_file(tmp_path, "int8 cache")
    here = _logits_elsewhere(file)
    older = {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": features, "NUMBA_CACHE_DIR": str(tmp_path / "older")}
    assert np.array_equal(here, _logits_elsewhere(file, **older))
    assert here.std() > 0.3


def test_starting_an_engine_leaves_nothing_in_a_persons_folders(tmp_path: Path) -> None:
    file = tiny_file(tmp_path, "int8 cache")
    home = tmp_path / "home"
    home.mkdir()
    names = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
    _logits_elsewhere(file, **dict.fromkeys(names, str(home)))
    assert list(home.iterdir()) == []
