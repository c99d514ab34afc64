"""The copier and the n-gram: what they foretell, and that they compose through the grammar."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning.toy import TUNE, other_tune, tune_piece
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import PiecePart
from senandung.composing.pieces.vocabulary import IDS, SIZE, signed_tonic
from senandung.domain.errors import InvalidValueError
from senandung.learning.baselines import CopyNetwork, NgramNetwork, plan_stream, shares_after
from senandung.learning.mosaic import Mosaic
from senandung.learning.ngram import TokenNgram, token_stream
from senandung.learning.pack import Packed, pack_pieces
from senandung.learning.reference import unpack
from senandung.learning.retrieval import (
    BUCKETS,
    DEVELOPMENT,
    ORDERS,
    SEEN,
    CopyModel,
    copy_measures,
    one_bar,
    own_matches,
    span_codes,
)
from senandung.learning.windows import held_out_windows

TRUST = ((0.5,) * len(SEEN),) * len(ORDERS)
OWN = (0.5,) * len(BUCKETS)


def tunes(*seeds: int) -> dict[str, Packed]:
    return {"tunes": pack_pieces("tunes", [tune_piece(other_tune(seed)) for seed in seeds])}


def test_a_tune_that_was_counted_is_copied() -> None:
    known, unknown = tunes(2, 3, 4, 5, 6), tunes(7)
    stream = token_stream(known)
    model = CopyModel(TokenNgram.fit(stream), one_bar(stream).astype(np.uint16), TRUST, OWN)
    again = held_out_windows(known["tunes"], 128, 1, seed=1)
    new = held_out_windows(unknown["tunes"], 128, 1, seed=1)
    counted = model.nats(again, own=False).sum() / again.wanted.sum()
    assert counted < 0.6 * (model.nats(new, own=False).sum() / new.wanted.sum())
    by_ngram = model.ngram.nats(again.tokens)
    late = again.wanted.copy()
    late[:, :40] = False  # by now the context says which tune it is
    assert model.nats(again, own=False)[late].sum() < by_ngram[late].sum()


def test_probabilities_sum_to_one_over_what_may_follow() -> None:
    known = tunes(2, 3, 4, 5)
    stream = token_stream(known)
    model = CopyModel(TokenNgram.fit(stream), one_bar(stream).astype(np.uint16), TRUST, OWN)
    window = held_out_windows(known["tunes"], 40, 1, seed=1).tokens[:1]
    rows = np.repeat(window, SIZE, axis=0)
    rows[:, -1] = np.arange(SIZE)
    last = model.probabilities(rows)[:, -1]
    bars = one_bar(np.arange(SIZE)) != np.arange(SIZE)  # all bars are one: counted once
    assert last[~bars].sum() == pytest.approx(1.0, abs=1e-9)


def test_its_own_past_helps_where_a_piece_repeats() -> None:
    repeating = {"tunes": pack_pieces("tunes", [tune_piece(TUNE, repeats=4)])}
    stream = token_stream(tunes(2, 3, 4))
    model = CopyModel(TokenNgram.fit(stream), one_bar(stream).astype(np.uint16), TRUST, OWN)
    window = held_out_windows(repeating["tunes"], 200, 1, seed=1)
    assert model.nats(window).sum() < model.nats(window, own=False).sum()


def test_weights_are_fitted_on_pieces_that_are_not_counted() -> None:
    many = tunes(*range(2, 2 + 2 * DEVELOPMENT))
    model = CopyModel.fit(many, length=64, windows=2)
    assert len(model.stream) < len(token_stream(many))
    assert all(0 <= share <= 0.99 for row in (*model.trust, model.weights) for share in row)
    assert max(model.trust[0]) > 0.1  # the tunes are made by one rule: what followed before follows again
    with pytest.raises(InvalidValueError, match=f"must have {DEVELOPMENT} pieces"):
        CopyModel.fit(tunes(2, 3))


def test_measures_of_all_windows_at_once_are_those_of_each() -> None:
    stream = token_stream(tunes(2, 3, 4))
    model = CopyModel(TokenNgram.fit(stream), one_bar(stream).astype(np.uint16), TRUST, OWN)
    windows = {str(seed): held_out_windows(tunes(seed)["tunes"], 60, 2, seed=1) for seed in (3, 7)}
    measures = copy_measures(model, windows)
    for batch in windows.values():
        assert np.allclose(measures["copy"](batch), model.nats(batch, own=False))
        assert np.allclose(measures["copy, own"](batch), model.nats(batch))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=24))
def test_own_matches_are_the_longest(line: list[int]) -> None:
    tokens = np.asarray([[IDS["pitch:60"] + step for step in line]])
    lengths, agrees = own_matches(tokens)
    for at in range(len(line) - 1):
        best = 0
        for place in range(at):
            length = 0
            while length <= place and line[place - length] == line[at - length]:
                length += 1
            best = max(best, length)
        assert lengths[0, at] == best
        if not best:
            assert not agrees[0, at]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2), min_size=6, max_size=40), st.integers(1, 6))
def test_codes_are_alike_where_tokens_are(line: list[int], length: int) -> None:
    codes = span_codes(np.asarray(line), length)
    spans = [tuple(line[at : at + length]) for at in range(len(line) - length + 1)]
    assert len(codes) == len(spans)
    assert len(set(codes.tolist())) == len(set(spans))
    same = dict(zip(spans, codes.tolist(), strict=True))
    assert all(same[span] == code for span, code in zip(spans, codes.tolist(), strict=True))


def test_shares_are_those_of_the_ngram() -> None:
    stream = token_stream(tunes(2, 3, 4))
    ngram = TokenNgram.fit(stream)
    before = stream[10:40]
    rows = np.repeat(before[None], SIZE, axis=0)
    rows = np.concatenate([rows, np.arange(SIZE)[:, None]], axis=1)
    slow = ngram.probabilities(rows, rows[:, 1:])[:, -1]
    assert np.allclose(shares_after(ngram, before[-4:].tolist()), slow)


def test_the_plan_stream_holds_heads_alone() -> None:
    sets = tunes(2, 3)
    names = {token: name for name, token in IDS.items()}
    kinds = [names[token].partition(":")[0] for token in plan_stream(sets).tolist()]
    assert not set(kinds) & {"pitch", "pos", "len", "end"}
    assert kinds.count("bar") == len(sets["tunes"].bar_heads)
    assert kinds.count("task") == 2 * sets["tunes"].pieces


def test_the_copier_goes_on_as_the_tune_does() -> None:
    sets = tunes(2, 3, 4, 5)
    stream = token_stream(sets)
    plain = NgramNetwork.fit(sets)
    copier = CopyNetwork.beside(plain, sets)
    begun = stream[None, :60]
    empty = np.zeros((1, 60, 0), dtype=np.int64)
    copied, counted = (np.exp(network.begin(1).feed(begun, empty)[0]) for network in (copier, plain))
    assert copied.sum() == pytest.approx(1.0, abs=1e-6)
    assert copied[stream[60]] > counted[stream[60]]
    assert int(copied.argmax()) == stream[60]


def test_readings_are_kept_and_cut() -> None:
    stream = token_stream(tunes(2, 3))
    network = NgramNetwork(TokenNgram.fit(stream))
    reading = network.begin(2)
    rows = np.stack([stream[:20], stream[5:25]])
    empty = np.zeros((2, 20, 0), dtype=np.int64)
    after = reading.feed(rows, empty)
    one = reading.keep([1])
    reading.truncate(10)
    assert np.array_equal(reading.feed(rows[:, 10:], empty[:, 10:]), after)
    assert [len(row) for row in one.rows] == [20]
    assert one.rows[0] == rows[1].tolist()


@pytest.mark.parametrize("kind", ["n-gram", "copier"])
def test_both_compose_through_the_grammar(kind: str) -> None:
    sets = tunes(2, 3, 4, 5)
    network = NgramNetwork.fit(sets)
    if kind == "copier":
        network = CopyNetwork.beside(network, sets)
    wish = PieceWish({"irish": 1.0}, "tune", (PiecePart("melody"),), 8, "4/4", 2, "major", 120.0)
    made = compose_piece(wish, network, seed=3)
    assert made.parts == wish.parts
    assert len(made.bars) == 8
    assert {bar.tonic for bar in made.bars} == {2}
    assert compose_piece(wish, network, seed=3) == made


def test_a_mosaic_holds_real_bars_alone() -> None:
    sets = tunes(2, 3, 4, 5)
    wish = PieceWish({"irish": 1.0}, "tune", (PiecePart("melody"),), 12, "4/4", 2, "major", 120.0)
    made = Mosaic(sets).compose(wish, seed=3)
    assert len(made.bars) == 12
    assert {bar.tonic for bar in made.bars} == {2}
    real = {
        tuple((note.start, note.length, note.pitch - signed_tonic(bar.tonic)) for note in bar.notes[0])
        for index in range(sets["tunes"].pieces)
        for bar in unpack(sets["tunes"], index).bars
    }
    for bar in made.bars:
        assert tuple((note.start, note.length, note.pitch - 2) for note in bar.notes[0]) in real
    assert Mosaic(sets).compose(wish, seed=3) == made
    assert len({Mosaic(sets).compose(wish, seed=seed) for seed in range(6)}) > 1
    with pytest.raises(InvalidValueError, match="must hold bars of the metre"):
        Mosaic(sets).compose(replace(wish, metre="7/8"), seed=3)
