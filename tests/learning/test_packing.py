"""Packed corpora, windows, the n-gram and weight files: all without torch."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from learning.toy import TUNE, other_tune, tune_piece
from senandung.composing.pieces.follow import (
    SAME,
    SLOT_SIZES,
    SLOTS,
    Follower,
    find_repeats,
    follow,
    follow_with_repeats,
)
from senandung.composing.pieces.tokens import encode
from senandung.composing.pieces.vocabulary import IDS, NAMES, SIZE
from senandung.domain.errors import FileError
from senandung.files.tensors import load_tensors, save_tensors
from senandung.learning.corpus.sets import Work
from senandung.learning.leakage import shared_spans
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.pack import load_folder, load_packed, pack_pieces, save_folder, save_packed, shared_line
from senandung.learning.prefetch import Prefetch, batch_of_step
from senandung.learning.tensors import load_pieces, save_in_pieces
from senandung.learning.windows import KIND_OF, KINDS, Sampler, held_out_windows, track_order, tracks_of_bar


def test_packed_pieces_are_their_tokens_and_survive_a_file(tmp_path: Path) -> None:
    pieces = [tune_piece(TUNE), tune_piece(other_tune(3)), tune_piece(other_tune(5))]
    packed = pack_pieces("toy", pieces)
    save_packed(packed, tmp_path / "toy.train.npz.xz")
    again = load_packed(tmp_path / "toy.train.npz.xz")
    for index, piece in enumerate(pieces):
        first, last = again.piece_bars[index], again.piece_bars[index + 1]
        body = again.tokens[again.bar_starts[first] : again.bar_starts[last]]
        assert [*again.header(index, int(first)).tolist(), *body.tolist()] == encode(piece)
    assert NAMES[again.header(1, int(again.piece_bars[1]) + 1)[0]] == "middle"


def test_a_damaged_pack_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.npz.xz").write_bytes(b"nothing")
    with pytest.raises(FileError, match="not a packed corpus"):
        load_packed(tmp_path / "x.npz.xz")
    with pytest.raises(FileError, match="no packed corpus here"):
        load_folder(tmp_path)


def test_a_folder_keeps_groups_apart_and_counts(tmp_path: Path) -> None:
    works = []
    for number in range(60):
        made = Work("toy", tmp_path / f"{number}.mid", str(number), "", "irish", "CC0", "me", f"toy/{number // 2}")
        made.pieces = [tune_piece(other_tune(number + 1))]
        made.dropped["bars: pickups"] += 1
        works.append(made)
    told: list[str] = []
    facts = save_folder(works, tmp_path, tmp_path / "packed", seed=1, progress=told.append)
    row = facts["sets"]["toy"]
    assert row["pieces"]["train"] + row["pieces"]["valid"] == 60
    assert row["pieces"]["valid"] >= 4
    assert row["counts"] == {"bars: pickups": 60}
    shared = json.loads((tmp_path / "packed" / "index.json").read_text("utf-8"))["shared"]
    assert told[-1] == shared_line(shared)
    loaded = load_folder(tmp_path / "packed")
    here, there = (
        [bytes(row) for row in np.lib.stride_tricks.sliding_window_view(loaded[split]["toy"].tokens, 16)]
        for split in ("train", "valid")
    )
    known = set(here)
    assert shared == {
        "span": 16,
        "sets": {"toy": {"held_out": len(there), "in_training": sum(span in known for span in there)}},
    }
    assert len(loaded["train"]["toy"].tokens) == row["tokens"]["train"]
    with Prefetch(tmp_path / "packed", 64, 3, seed=5, workers=1) as ahead:
        for step in (0, 1, 2):
            made, here = ahead.batch(step), batch_of_step(loaded["train"], 64, 3, 5, step)
            assert np.array_equal(made.tokens, here.tokens)
            assert np.array_equal(made.features, here.features)


def test_training_windows_ask_for_music_and_not_for_headers() -> None:
    packed = pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])
    batch = Sampler({"toy": packed}, 200, seed=1).batch(40)
    again = Sampler({"toy": packed}, 200, seed=1).batch(40)
    assert (batch.tokens == again.tokens).all()
    assert batch.tokens.shape == (40, 201)
    kinds = KIND_OF[batch.tokens[:, 1:]]
    assert not batch.wanted[np.isin(kinds, [KINDS.index(k) for k in ("style", "tempo", "ensemble")])].any()
    plain = ~(KIND_OF[batch.tokens] == KINDS.index("task")).any(axis=1)
    assert 10 < plain.sum() < 35
    assert batch.wanted[plain][np.isin(kinds[plain], [KINDS.index(k) for k in ("pitch", "bar", "end")])].all()
    filling = (batch.tokens == IDS["task:infill"]).any(axis=1)
    assert filling.any()
    assert batch.wanted[filling].any(axis=1).all()


def test_features_of_windows_are_those_of_the_pieces_in_them() -> None:
    packed = pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])
    batch = Sampler({"toy": packed}, 200, seed=1).batch(10)
    pointed = list(SLOT_SIZES).index("pointer")
    for tokens, features in zip(batch.tokens, batch.features, strict=True):
        plain = follow(tokens[:-1].tolist())
        others = [slot for slot in range(SLOTS) if not pointed <= slot < pointed + 4]
        assert np.array_equal(features[:, others], plain[:, others])


def test_held_out_windows_hold_every_bar_once() -> None:
    packed = pack_pieces("toy", [tune_piece(TUNE, repeats=8), tune_piece(other_tune(3))])
    batch = held_out_windows(packed, 64, 1000, seed=1)
    bars = (KIND_OF[batch.tokens[:, 1:]] == KINDS.index("bar")) & batch.wanted
    assert bars.sum() == len(packed.bar_heads)
    assert batch.wanted.sum() == len(packed.tokens)


def test_tracks_are_counted_in_their_bar() -> None:
    names = ["bar:2", "chord:none", "track:piano.0", "pitch:60", "track:piano.1", "pitch:50", "bar:1", "track:piano.1"]
    tokens = np.asarray([[IDS[name] for name in names]])
    assert track_order(tokens).tolist() == [[0, 0, 1, 1, 2, 2, 0, 1]]
    assert tracks_of_bar(tokens).tolist() == [[2, 2, 2, 2, 2, 2, 1, 1]]


def test_the_ngram_is_a_distribution_and_learns() -> None:
    packed = pack_pieces("toy", [tune_piece(TUNE), tune_piece(other_tune(3))])
    stream = token_stream({"toy": packed})
    ngram = TokenNgram.fit(stream)
    tokens = stream[None, 40:60]
    each = [ngram.probabilities(tokens, np.full((1, 19), token)) for token in range(SIZE)]
    assert np.allclose(np.sum(each, axis=0), 1.0, atol=1e-6)
    orders = [float(TokenNgram.fit(stream, order).nats(tokens).mean()) for order in (1, 2, 5)]
    assert orders[0] > orders[1] > orders[2]
    assert orders[0] < np.log(SIZE)


def test_shared_spans_find_copied_music_and_nothing_else() -> None:
    one, other = (pack_pieces("toy", [tune_piece(tune)]).tokens for tune in (TUNE, other_tune(3)))
    assert shared_spans({"toy": one}, {"toy": one}) == {"toy": (len(one) - 15, len(one) - 15)}
    count, shared = shared_spans({"toy": one}, {"toy": other})["toy"]
    assert count > 50
    assert shared < 0.05 * count
    assert shared_spans({"toy": one[:5]}, {"toy": other})["toy"] == (count, 0)


def test_weights_survive_a_file_and_are_cut_into_pieces(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    tensors = {f"t{i}": rng.normal(size=(10, 10)).astype(np.float16) for i in range(5)}
    save_tensors(tensors, tmp_path / "one.safetensors", {"a": "b"})
    again, facts = load_tensors(tmp_path / "one.safetensors")
    assert facts == {"a": "b"}
    assert all((again[name] == tensors[name]).all() for name in tensors)
    paths = save_in_pieces(tensors, tmp_path, {"a": "b"}, most_bytes=400)
    assert len(paths) == 3
    joined, _ = load_pieces(tmp_path)
    assert sorted(joined) == sorted(tensors)


def test_a_broken_weight_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights-1.safetensors").write_bytes(b"\1\0\0")
    with pytest.raises(FileError, match="not a safetensors file"):
        load_pieces(tmp_path)


def test_repeats_that_are_found_afterwards_are_told_as_if_they_had_been_asked_for() -> None:
    tokens = encode(tune_piece(TUNE))
    reader = Follower()
    for token in tokens:
        reader.feed(token)
    asked = find_repeats(reader.bars)
    assert any(pointer.strength == SAME for pointer in asked.values())
    first = next(at for at, token in enumerate(tokens) if KIND_OF[token] == KINDS.index("bar"))
    assert np.array_equal(follow_with_repeats(tokens)[first:], follow(tokens, asked)[first:])


def test_a_window_that_begins_with_a_new_key_says_it_once() -> None:
    piece = tune_piece(TUNE)
    bars = tuple(replace(bar, tonic=(bar.tonic + 7 * (at >= 2)) % 12) for at, bar in enumerate(piece.bars))
    packed = pack_pieces("toy", [replace(piece, bars=bars)])
    shift, seen = KINDS.index("shift"), 0
    sampler = Sampler({"toy": packed}, 40, seed=1)
    for _ in range(60):
        header, body = sampler._draw(0)
        later = {int(header[7])} == {IDS[f"tonic:{bars[2].tonic}"]}
        seen += later
        assert (KIND_OF[body] == shift).sum() == (0 if later or len(body) < 12 else 1)
    assert seen > 5
