"""Rows written anew: what was not asked for stays, what was asked for can be played with it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from composing.decoding.test_decode_fuzz import random_wish
from composing.networks import RandomNetwork
from composing.piece_checks import bad_singing, faults
from senandung.composing.decoding.decode import compose_piece, rewrite_piece
from senandung.composing.decoding.fill_rows import Bounds
from senandung.composing.pieces.asked import SINGERS
from senandung.composing.pieces.piece import CHORD_TONES, METRES, PieceNote, PiecePart
from senandung.composing.pieces.room import syllable_room
from senandung.domain.errors import InvalidValueError

NOT_ASKED = ("plays in", "the last", "stops before", "is silent")
"""Rules of whole pieces, which rows alone cannot keep."""


@pytest.mark.parametrize("seed", range(60))
def test_only_the_blanks_change_and_they_can_be_played(seed: int) -> None:
    rng = random.Random(seed)
    wish = replace(random_wish(seed), bars=rng.choice((2, 3, 6)), chords=None, ranges={})
    piece = compose_piece(wish, RandomNetwork(seed), seed=seed)
    places = [(bar, part) for bar in range(wish.bars) for part in range(len(wish.parts))]
    blanks = {place for place in places if rng.random() < 0.5}
    network = RandomNetwork(seed + 1, context=192 if seed % 3 == 0 else 1024)
    again = rewrite_piece(piece, blanks, network, seed=seed)
    for bar, part in places:
        if (bar, part) not in blanks:
            assert again.bars[bar].notes[part] == piece.bars[bar].notes[part]
    assert [b.chords for b in again.bars] == [b.chords for b in piece.bars]
    broken = [fault for fault in faults(again, wish) if not any(word in fault for word in NOT_ASKED)]
    assert broken == []
    for bar, part in blanks:
        assert bool(again.bars[bar].notes[part]) or not piece.bars[bar].notes[part] or _held(again, bar, part)


def _held(piece: object, bar: int, part: int) -> bool:
    return bool(piece.bars[bar - 1].notes[part])  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(60))
def test_rows_with_words_keep_their_syllables(seed: int) -> None:
    rng = random.Random(seed)
    wish = replace(random_wish(seed), bars=rng.choice((2, 3, 6)), chords=None, ranges={})
    wish = replace(wish, parts=(PiecePart("tenor"), *(part for part in wish.parts if part.instrument not in SINGERS)))
    most = min(syllable_room(METRES[wish.metre].steps, last=True), 7)
    counts = tuple(rng.randint(0, most) for _ in range(wish.bars))
    wish = replace(wish, syllables={wish.parts[0]: counts})
    piece = compose_piece(wish, RandomNetwork(seed), seed=seed)
    places = [(bar, part) for bar in range(wish.bars) for part in range(len(wish.parts))]
    blanks = {place for place in places if rng.random() < 0.6}
    network = RandomNetwork(seed + 1, context=256 if seed % 3 == 0 else 1024)
    again = rewrite_piece(piece, blanks, network, seed=seed, sung={0})
    for bar, part in places:
        if (bar, part) not in blanks:
            assert again.bars[bar].notes[part] == piece.bars[bar].notes[part]
    wrong = [fault for fault in bad_singing(again, wish, 0) if "syllables for" in fault]
    assert wrong == []
    broken = [fault for fault in faults(again, wish) if not any(word in fault for word in (*NOT_ASKED, "melisma"))]
    assert broken == []
    if blanks >= {(bar, 0) for bar in range(wish.bars)}:
        assert bad_singing(again, wish, 0) == []


def test_a_part_that_rests_everywhere_is_written() -> None:
    wish = random_wish(160)
    piece = compose_piece(wish, RandomNetwork(1), seed=1)
    mute = replace(piece, bars=tuple(replace(bar, notes=(bar.notes[0], (), *bar.notes[2:])) for bar in piece.bars))
    again = rewrite_piece(mute, {(bar, 1) for bar in range(len(piece.bars))}, RandomNetwork(2), seed=1)
    assert all(bar.notes[1] for bar in again.bars)
    assert [bar.notes[0] for bar in again.bars] == [bar.notes[0] for bar in piece.bars]


def test_nothing_asked_changes_nothing_and_other_blanks_are_refused() -> None:
    wish = random_wish(160)
    piece = compose_piece(wish, RandomNetwork(1), seed=1)
    assert rewrite_piece(piece, set(), RandomNetwork(2), seed=1) == piece
    with pytest.raises(InvalidValueError, match=r"a blank must be in a bar 1\.\.2"):
        rewrite_piece(piece, {(2, 0)}, RandomNetwork(2), seed=1)
    with pytest.raises(InvalidValueError, match=r"a blank must be in a part 1\.\.4"):
        rewrite_piece(piece, {(0, 4)}, RandomNetwork(2), seed=1)


@pytest.mark.parametrize(
    ("note", "match"),
    [
        (PieceNote(500, 60, 4), "must begin before step"),
        (PieceNote(0, 60, 0), "must last a step or more"),
        (PieceNote(0, 128, 4), r"must be in 0\.\.127"),
    ],
)
def test_notes_that_have_no_token_are_refused(note: PieceNote, match: str) -> None:
    wish = random_wish(160)
    piece = compose_piece(wish, RandomNetwork(1), seed=1)
    bar = replace(piece.bars[0], notes=((note,), *piece.bars[0].notes[1:]))
    with pytest.raises(InvalidValueError, match=match):
        rewrite_piece(replace(piece, bars=(bar, *piece.bars[1:])), {(1, 1)}, RandomNetwork(1), seed=1)
    with pytest.raises(InvalidValueError, match=match):
        compose_piece(replace(wish, opening=(bar,), bars=3), RandomNetwork(1), seed=1)


@pytest.mark.parametrize("seed", range(12))
def test_bounds_hold_range_grid_bar_line_and_chord(seed: int) -> None:
    wish = replace(
        random_wish(seed), metre="4/4", bars=4, chords=None, ranges={}, opening=(),
        parts=(PiecePart("piano"), PiecePart("piano", 1)), ensemble="piano",
    )  # fmt: skip
    piece = compose_piece(wish, RandomNetwork(seed), seed=seed)
    blanks = {(bar, part) for bar in range(3) for part in (0, 1)}
    ranges = {(bar, part): ((60, 76), (43, 59))[part] for bar, part in blanks}
    bounds = Bounds(ranges, grid=12, foreign=60.0, over=False)
    again = rewrite_piece(piece, blanks, RandomNetwork(seed + 1), seed=seed, bounds=bounds)
    for bar, part in sorted(blanks):
        row, chords = again.bars[bar].notes[part], again.bars[bar].chords
        assert row or not piece.bars[bar].notes[part]
        low, high = ranges[bar, part]
        for note in row:
            assert low <= note.pitch <= high
            assert note.start % 12 == 0
            assert (note.start + note.length) % 12 == 0
            assert note.start + note.length <= 96
            chord = chords[note.start * len(chords) // 96]
            assert chord is None or (note.pitch - chord.root) % 12 in CHORD_TONES[chord.quality]


@pytest.mark.parametrize("seed", range(6))
def test_bars_that_are_emptied_get_new_chords_and_others_keep_theirs(seed: int) -> None:
    wish = replace(random_wish(seed), bars=12, chords=None, ranges={})
    piece = compose_piece(wish, RandomNetwork(seed), seed=seed)
    free = {(bar, part) for bar in range(4, 9) for part in range(len(piece.parts))}
    again = rewrite_piece(piece, free, RandomNetwork(seed + 1), seed=seed, harmony=True)
    around = [*range(4), *range(9, 12)]
    assert [again.bars[bar] for bar in around] == [piece.bars[bar] for bar in around]
    pitched = any(part.instrument != "drums" for part in piece.parts)
    before, after = ([bar.chords for bar in one.bars[4:9]] for one in (piece, again))
    assert (before != after) == pitched
    assert [len(chords) for chords in after] == [len(chords) for chords in before]
    one_part = {(bar, 0) for bar in range(4, 9)}
    if sum(part.instrument != "drums" for part in piece.parts) > 1:
        same = rewrite_piece(piece, one_part, RandomNetwork(seed + 1), seed=seed, harmony=True)
        assert [bar.chords for bar in same.bars] == [bar.chords for bar in piece.bars]
