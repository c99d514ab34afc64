"""The follower: what it knows after each token is what the decoded piece holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composing.pieces.test_tokens import pieces
from senandung.composing.pieces.follow import (
    FEATURES,
    NEW,
    SAME,
    SLOT_SIZES,
    SLOTS,
    VARIED,
    Follower,
    Pointer,
    find_repeats,
    follow,
    follow_with_repeats,
)
from senandung.composing.pieces.piece import METRES, Piece, PieceBar, PieceNote, PiecePart
from senandung.composing.pieces.tasks import split_rows, with_blanks, with_plan
from senandung.composing.pieces.tokens import decode, encode, encode_bars, encode_header
from senandung.composing.pieces.vocabulary import IDS, kind_of, signed_tonic

SLOT = {name: index for index, name in enumerate(SLOT_SIZES)}
OFFSETS = np.cumsum([0, *SLOT_SIZES.values()])[:-1]


def value(features: list[int], slot: str) -> int:
    return features[SLOT[slot]] - int(OFFSETS[SLOT[slot]])


def read(tokens: list[int], pointers: dict[int, Pointer] | None = None) -> Follower:
    follower = Follower(pointers)
    for token in tokens:
        follower.feed(token)
    return follower


@settings(max_examples=80, deadline=None)
@given(pieces())
def test_rows_starts_and_ends_are_those_of_the_decoded_piece(piece: Piece) -> None:
    tokens = encode(piece)
    again = decode(tokens)
    follower = read(tokens)
    assert len(follower.bars) == len(again.bars)
    for known, bar in zip(follower.bars, again.bars, strict=True):
        assert known.steps == METRES[bar.metre].steps
        assert known.tonic == bar.tonic
        for part, row in zip(again.parts, bar.notes, strict=True):
            found = known.rows.get(IDS[f"track:{part.instrument}.{part.slot}"])
            assert (found is None) == (not row)
            if found is None:
                continue
            assert sorted(found.things) == sorted({note.start for note in row})
            if part.instrument != "drums":
                tonic = signed_tonic(bar.tonic)
                held = [(note.start, note.start + note.length, note.pitch - tonic) for note in row]
                assert [tuple(note) for note in found.held] == held


@settings(max_examples=40, deadline=None)
@given(pieces())
def test_notes_that_ring_over_the_bar_line_are_carried(piece: Piece) -> None:
    tokens = encode(piece)
    bars = decode(tokens).bars
    follower = read(tokens)
    expected: list[tuple[int, int]] = []
    for index, bar in enumerate(bars):
        steps = METRES[bar.metre].steps
        found = sorted((note.end, note.pitch + signed_tonic(bar.tonic)) for note in follower.bars[index].carried)
        assert found == sorted(expected)
        rung = [(end - steps, pitch) for end, pitch in expected if end > steps]
        for part, row in zip(piece.parts, bar.notes, strict=True):
            if part.instrument != "drums":
                rung += [(n.start + n.length - steps, n.pitch) for n in row if n.start + n.length > steps]
        expected = rung


@settings(max_examples=40, deadline=None)
@given(pieces(), st.data())
def test_what_comes_later_changes_nothing_that_was_known(piece: Piece, data: st.DataObject) -> None:
    tokens = encode(piece)
    cut = data.draw(st.integers(1, len(tokens)))
    assert (follow(tokens)[:cut] == follow(tokens[:cut])).all()


@settings(max_examples=40, deadline=None)
@given(pieces(), st.booleans())
def test_every_number_lies_in_its_slot(piece: Piece, plan: bool) -> None:
    bars = encode_bars(piece)
    music = with_plan(bars)[0] if plan else [token for bar in bars for token in bar]
    for found in (follow([*encode_header(piece), *music]), follow_with_repeats([*encode_header(piece), *music])):
        values = found - OFFSETS
        assert found.shape[1] == SLOTS
        assert (values >= 0).all()
        assert (values < np.asarray(list(SLOT_SIZES.values()))).all()
        assert found.max() < FEATURES


@settings(max_examples=40, deadline=None)
@given(pieces(), st.data())
def test_a_fork_goes_its_own_way(piece: Piece, data: st.DataObject) -> None:
    tokens = encode(piece)
    cut = data.draw(st.integers(1, len(tokens)))
    follower = read(tokens[:cut])
    other = follower.fork()
    for token in tokens[cut:]:
        other.feed(token)
    assert follower.features() == read(tokens[:cut]).features()
    assert other.features() == read(tokens).features()


@settings(max_examples=40, deadline=None)
@given(pieces(), st.randoms(use_true_random=False))
def test_rows_filled_in_are_known_in_their_bars(piece: Piece, random: object) -> None:
    bars = encode_bars(piece)
    rows = [
        (index, row[0]) for index, bar in enumerate(bars) for row in split_rows(bar)[1:] if kind_of(row[0]) != "end"
    ]
    blanks = {row for row in rows if random.random() < 0.5}  # type: ignore[attr-defined]
    follower = read([*encode_header(piece), *with_blanks(bars, blanks)[0]])
    whole = read([*encode_header(piece), *(token for bar in bars for token in bar)])
    assert [bar.rows for bar in follower.bars] == [bar.rows for bar in whole.bars]
    assert len(follower.blanks) == len(blanks)


def test_a_blank_row_is_not_known_before_it_is_filled() -> None:
    piece = _two_bars(((0, 60, 96),), ((0, 62, 96),))
    bars = encode_bars(piece)
    track = IDS["track:piano.0"]
    tokens = [*encode_header(piece), *with_blanks(bars, {(0, track)})[0]]
    at = tokens.index(IDS["task:fill"])
    before = read(tokens[: at + 1])
    assert track not in before.bars[0].rows
    filling = read(tokens[: at + 2])
    assert (filling.bar, filling.track, filling.cursor) == (0, track, 0)


def _two_bars(*rows: tuple[tuple[int, int, int], ...]) -> Piece:
    bars = tuple(
        PieceBar("4/4", 0, "major", (None, None), (tuple(PieceNote(*note) for note in row),)) for row in rows
    )  # fmt: skip
    return Piece("bach", "piano", (PiecePart("piano"),), bars)


def test_what_stood_a_bar_ago_is_told_at_its_place() -> None:
    piece = _two_bars(((0, 60, 24), (24, 64, 72)), ((0, 60, 24), (24, 65, 72)))
    tokens = encode(piece)
    names = encode_bars(piece)
    first = len(encode_header(piece)) + len(names[0])
    follower = Follower()
    for token in tokens[: first + len(split_rows(names[1])[0]) + 1]:  # to the second bar's track
        follower.feed(token)
    assert value(follower.features(), "back 1") == 2 + 60 - 12
    assert value(follower.features(), "back onset") == 1 + 24
    assert value(follower.features(), "back 2") == 0


@pytest.mark.parametrize(("second", "strength"), [(60, SAME), (65, VARIED)])
def test_a_bar_points_to_what_it_repeats(second: int, strength: int) -> None:
    rest = ((24, 64, 24), (48, 67, 24), (72, 72, 24))
    piece = _two_bars(((0, 60, 24), *rest), ((0, second, 24), *rest), ((0, 50, 12), (12, 51, 84)))
    pointers = find_repeats(read(encode(piece)).bars)
    assert pointers[0].strength == NEW
    assert pointers[1] == (0, strength)
    assert pointers[2].strength == NEW


def test_a_pointer_tells_what_stands_where_it_points() -> None:
    piece = _two_bars(((0, 60, 24), (24, 64, 72)), ((0, 50, 24), (24, 65, 72)))
    tokens = encode(piece)
    bars = encode_bars(piece)
    to_track = len(encode_header(piece)) + len(bars[0]) + len(split_rows(bars[1])[0]) + 1
    told = read(tokens[:to_track], {1: Pointer(0, VARIED)}).features()
    assert value(told, "pointer") == VARIED
    assert value(told, "pointed") == 2 + 60 - 12
    assert value(read(tokens[:to_track], {1: Pointer(0, NEW)}).features(), "pointed") == 0
    assert value(read(tokens[:to_track]).features(), "pointer") == 0


def test_a_plan_tells_the_next_chord() -> None:
    piece = _two_bars(((0, 60, 96),), ((0, 62, 96),))
    bars = [list(bar) for bar in encode_bars(piece)]
    chord = IDS["chord:7:maj"]
    bars[1][bars[1].index(IDS["chord:none"])] = chord
    planned = [*encode_header(piece), *with_plan(bars)[0]]
    at = planned.index(IDS["task:music"]) + 1
    known = value(read(planned[: at + 2]).features(), "next chord")
    assert known == 1 + chord - IDS["chord:none"]
    unplanned = [*encode_header(piece), *bars[0], *bars[1]]
    assert value(read(unplanned[: len(encode_header(piece)) + 2]).features(), "next chord") == 0
