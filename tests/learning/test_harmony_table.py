"""Chains, closes and visits are counted from packed pieces."""

from __future__ import annotations

import json

import numpy as np
import pytest

from senandung.composing.decoding.chord_chains import CHORDS, FIRST, FULL, Region
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart
from senandung.composing.pieces.vocabulary import SIZE
from senandung.learning.extract_harmony import Harmony, bits, card, closes, evaded, extract, harmonies, visited
from senandung.learning.pack import Packed, pack_pieces

ROUND = ((0, "maj"), (5, "maj"), (7, "7"), (0, "maj"), (9, "min"), (2, "min"), (7, "7"), (0, "maj"))
NUMBERS = {name: number for number, name in enumerate(CHORDS)}


def piece(times: int, *, style: str = "mozart") -> Piece:
    """Eight bars of chords, some times over."""
    bars = []
    for _ in range(times):
        for root, quality in ROUND:
            chord = PieceChord(root, quality)
            bars.append(PieceBar("3/4", 0, "major", (chord,), ((PieceNote(0, 60 + chord.root, 72),),)))
    return Piece(style, "piano", (PiecePart("piano"),), tuple(bars), 100.0)


def packed(*pieces: Piece) -> dict[str, Packed]:
    return {"made-up": pack_pieces("made-up", pieces)}


def test_the_chords_of_a_piece_are_read_from_its_tokens() -> None:
    (found,) = harmonies(packed(piece(2))["made-up"])
    assert [CHORDS[chord] for chord in found.chords[:4]] == ["0:maj", "5:maj", "7:7", "0:maj"]
    assert (found.family, found.mode, found.total, found.whole, found.ended) == ("classical", "major", 16, True, True)
    changes, bars = found.changes()
    assert len(changes) == 15  # the second round begins with the chord that ended the first
    assert bars[8] == 9
    assert max(found.chords) + FIRST < SIZE


def test_closes_are_where_a_dominant_reaches_the_tonic() -> None:
    (found,) = harmonies(packed(piece(2))["made-up"])
    full, half = closes(found)
    assert np.flatnonzero(full).tolist() == [3, 7, 11, 15]
    assert np.flatnonzero(half).tolist() == [2, 6, 10, 14]


def test_a_table_is_counted_and_read_again() -> None:
    table = extract(packed(*[piece(4) for _ in range(30)]))
    assert json.loads(json.dumps(table)) == json.loads(json.dumps(extract(packed(*[piece(4) for _ in range(30)]))))
    rows = {row[0]: row[1:] for row in table["chains"]["any/major"]}
    total, *pairs = rows[NUMBERS["7:7"]]
    assert pairs == [NUMBERS["0:maj"], total]
    assert table["ends"]["classical/major"] == [(NUMBERS["7:7"], 100.0)]
    assert table["stays"]["any"][1] == pytest.approx(3 / 31, abs=0.01)
    assert table["visits"]["classical/major"] == [[32]] * 30
    assert table["goals"]["classical"] == [str(FULL) * 6] * 30  # from bar 8 on, without the last one
    assert "1 chains" in card({**table, "chains": {"any/major": table["chains"]["any/major"]}})


def test_a_dominant_that_goes_to_the_submediant_is_evaded() -> None:
    chords = tuple(NUMBERS[name] for name in ("0:maj", "7:7", "9:min", "7:7", "0:maj"))
    found = Harmony("classical", "major", False, chords, (0, 1, 2, 3, 4), 5, True, True)
    assert np.flatnonzero(evaded(found)).tolist() == [2]
    assert np.flatnonzero(closes(found)[0]).tolist() == [4]


def test_a_long_stretch_in_another_key_is_a_visit() -> None:
    (found,) = harmonies(packed(piece(4))["made-up"])
    _, bars = found.changes()
    home, fifth = Region(0, "major"), Region(7, "major")
    away = [fifth if 8 <= bar < 14 else home for bar in bars]
    assert visited(found, away) == [32, 9, 7, 0, 14, 0, 0]
    assert visited(found, [fifth if 8 <= bar < 10 else home for bar in bars]) == [32]


def test_held_out_chords_cost_fewer_bits_by_the_chain() -> None:
    train, valid = packed(*[piece(4) for _ in range(40)]), packed(*[piece(4) for _ in range(3)])
    changes, single, everywhere, own = bits(train, valid)["classical/major"]
    assert changes == 3 * (29 - 1)
    assert own < 1.2 < single
    assert everywhere < single


def test_a_change_knows_its_bar() -> None:
    found = Harmony("folk", "major", True, (1, 1, 0, 5), (0, 1, 1, 2), 3, True, True)
    assert found.changes() == ([1, 5], [0, 2])
    assert Region(0, found.mode) == Region(0, "major")
