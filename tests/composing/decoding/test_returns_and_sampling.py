"""Forms of bars that return; drawing of tokens; what the network is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composing.decoding.test_decode_fuzz import parts_of, random_wish
from composing.networks import RandomNetwork, RandomReading
from senandung.composing.decoding.decode import compose_piece
from senandung.composing.decoding.returns import form_after, forms_of, kept_rows, plan_returns
from senandung.composing.decoding.sampling import CUTS, Cut, blend_rows, draw, log_softmax
from senandung.composing.pieces.asked import FormPart, PieceWish
from senandung.composing.pieces.follow import NEW, SAME, VARIED
from senandung.composing.pieces.piece import METRES, PieceBar
from senandung.composing.pieces.vocabulary import IDS, NAMES, SIZE, STYLE_TOKENS


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 300))
def test_bars_only_return_from_before(seed: int, bars: int) -> None:
    wish = replace(random_wish(seed), bars=bars, chords=None)
    pointers, chords = plan_returns(wish, np.random.default_rng(seed))
    assert len(pointers) == (bars if bars >= 8 else 0)
    for bar, (to, strength) in pointers.items():
        assert strength in (NEW, VARIED, SAME)
        assert strength == NEW or 0 <= to < bar
    if pointers:
        assert pointers[bars - 1].strength == NEW
    assert not {bars - 1, bars - 2} & set(chords)
    assert all(pointers[bar].bar == to and pointers[bar].strength != NEW for bar, to in chords.items())
    assert all(bar in chords for bar, (_, strength) in pointers.items() if strength == SAME and bar < bars - 2)


def test_an_asked_form_comes_back_where_it_was_asked() -> None:
    form = (FormPart("verse", 8), FormPart("chorus", 8), FormPart("verse", 8, 0), FormPart("chorus", 8, 1))
    wish = replace(random_wish(1), bars=32, chords=None, form=form)
    pointers = plan_returns(wish, np.random.default_rng(3)).bars
    back = [pointers[bar] for bar in range(16, 31)]
    assert [pointer.bar for pointer in back] == list(range(15))
    assert {pointer.strength for pointer in back} == {SAME, VARIED}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 120))
def test_what_goes_on_from_an_opening_comes_back_to_it(seed: int, opening: int, new: int) -> None:
    wish = replace(random_wish(seed), bars=opening + new, chords=None, ranges={})
    row = ((),) * len(wish.parts)
    slots = 2 if METRES[wish.metre].halves else 1
    bar = PieceBar(wish.metre, wish.tonic, wish.mode, (None,) * slots, row)
    wish = replace(wish, opening=(bar,) * opening)
    form = form_after(wish, np.random.default_rng(seed))
    if opening < 4 or new < 8:
        assert form is None
        return
    assert form is not None
    assert form[0].bars == opening
    assert form[-1].source == 0
    assert any(part.source is None for part in form[1:])
    assert all(part.bars >= 4 or opening < 8 for part in form[1:])
    pointers = plan_returns(replace(wish, form=form), np.random.default_rng(seed)).bars
    assert {pointer.bar for pointer in pointers.values() if pointer.strength != NEW} & set(range(opening))


def test_bars_that_are_the_same_are_the_same() -> None:
    form = (FormPart("verse", 8), FormPart("verse", 8, 0), FormPart("verse", 8, 0))
    wish = PieceWish({"band": 1.0}, "band", parts_of(("drums",)), 24, "3/4", 7, "minor", 90.0, form=form)
    piece = compose_piece(wish, RandomNetwork(1, spread=1.0), seed=2)
    pointers = plan_returns(wish, np.random.default_rng(2)).bars
    same = [(bar, to) for bar, (to, strength) in pointers.items() if strength == SAME]
    assert len(same) >= 4
    assert all(piece.bars[bar].notes == piece.bars[to].notes for bar, to in same)


def test_bars_that_return_have_their_chords() -> None:
    wish = PieceWish({"bach": 1.0}, "choir", parts_of(("soprano", "basso")), 24, "4/4", 7, "minor", 90.0)
    piece = compose_piece(wish, RandomNetwork(1, spread=1.0), seed=2)
    repeats = plan_returns(wish, np.random.default_rng(2)).chords
    assert repeats
    assert all(piece.bars[bar].chords == piece.bars[to].chords for bar, to in repeats.items())


def test_real_forms_are_there_for_the_main_ensembles() -> None:
    for ensemble, style in (("choir", "bach"), ("piano", "chopin"), ("quartet", "haydn"), ("tune", "irish")):
        assert len(forms_of(ensemble, style)) >= 3
    assert 0.3 < kept_rows("quartet", "haydn")[0] < 0.8
    assert kept_rows("tune", "irish") == (0.0, 0.0)  # a varied tune is not the same


def test_pieces_repeat_as_much_and_as_little_as_real_ones() -> None:
    wish = PieceWish({"chopin": 1.0}, "piano", parts_of(("piano", "piano")), 32, "4/4", 7, "minor", 90.0)
    real = [sum(step == 0 for step in form[:32]) / 32 for form in forms_of("piano", "chopin") if len(form) >= 32]
    made = [
        sum(strength == NEW for _, strength in plan_returns(wish, np.random.default_rng(seed)).bars.values()) / 32
        for seed in range(60)
    ]
    assert abs(np.mean(made) - np.mean(real)) < 0.12
    assert abs(np.std(made) - np.std(real)) < 0.1


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_only_what_the_mask_allows_is_drawn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random(SIZE) < 0.02
    mask[rng.integers(SIZE)] = True
    assert mask[draw(rng.normal(0, 5, SIZE), mask, rng)]


def test_a_sharp_cut_takes_the_likeliest_and_a_wide_one_all() -> None:
    rng = np.random.default_rng(1)
    mask = np.zeros(SIZE, dtype=np.bool_)
    pitches = [IDS[f"pitch:{60 + step}"] for step in range(4)]
    mask[pitches] = True
    logits = np.zeros(SIZE)
    logits[pitches] = np.log([0.5, 0.3, 0.19, 0.01])
    sharp = {**CUTS, "note": Cut(1.0, top=0.4)}
    assert {draw(logits, mask, rng, sharp) for _ in range(50)} == {pitches[0]}
    least = {**CUTS, "note": Cut(1.0, least=0.03)}
    assert {draw(logits, mask, rng, least) for _ in range(300)} == set(pitches[:3])
    wide = {**CUTS, "note": Cut(1.0)}
    drawn = [draw(logits, mask, rng, wide) for _ in range(2000)]
    assert np.isclose(drawn.count(pitches[0]) / 2000, 0.5, atol=0.05)


def test_blends_are_means_of_logarithms() -> None:
    rows = np.random.default_rng(1).normal(0, 2, (2, SIZE))
    expected = 0.25 * log_softmax(rows[0]) + 0.75 * log_softmax(rows[1])
    assert np.allclose(blend_rows(rows, [0.25, 0.75]), expected)
    assert np.allclose(blend_rows(rows, [1.0], 1.0), log_softmax(rows[0]))
    assert np.allclose(blend_rows(rows, [1.0], 0.0), log_softmax(rows[1]))


class _Watching(RandomNetwork):
    """Keeps what it is fed."""

    def __init__(self) -> None:
        super().__init__(1)
        self.seen: list[np.ndarray] = []

    def begin(self, rows: int) -> RandomReading:
        outer = self

        class Reading(RandomReading):
            def feed(self, tokens: np.ndarray, features: np.ndarray) -> np.ndarray:
                outer.seen.append(tokens)
                return super().feed(tokens, features)

        return Reading(self, rows)


@pytest.mark.parametrize("styles", [{"chopin": 0.6, "band": 0.4}, {"bach": 1.0}])
def test_every_row_reads_its_own_style(styles: dict[str, float]) -> None:
    wish = replace(random_wish(2), styles=styles, bars=2, chords=None)
    network = _Watching()
    compose_piece(wish, network, seed=1)
    assert set(styles) <= set(STYLE_TOKENS)
    heads = [tokens for tokens in network.seen if NAMES[tokens[0, 0]] == "opening"]
    assert heads
    for tokens in heads:
        assert [NAMES[token] for token in tokens[:, 1]] == [f"style:{name}" for name in styles]
