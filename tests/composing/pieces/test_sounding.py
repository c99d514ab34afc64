"""Guitars sound an octave lower than they are written, whoever composed them; harps have two staves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composing.simple_pieces import chord_composer
from senandung.composing.catalogue import choose
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import PiecePart
from senandung.composing.pieces.players import seats_of_instruments
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.pieces.song_piece import lay_song
from senandung.composing.pieces.sounding import as_it_sounds
from senandung.composing.pieces.splicing import extend_song, splice_rows
from senandung.composing.plan import Wishes
from senandung.composing.wishing import ask

GUITAR = PiecePart("guitar")


def guitar_wish(low: int, ensemble: str = "guitar") -> PieceWish:
    return PieceWish(
        {"giuliani": 1.0}, ensemble, (GUITAR, PiecePart("violin")), 8, "4/4", 7, "major", 90.0,
        ranges={GUITAR: (low, low + 29), PiecePart("violin"): (60, 80)},
    )  # fmt: skip


def pitches(song, name: str) -> list[int]:
    return [note.pitch for track in song.tracks if track.instrument == name for note in track.notes]


def test_a_guitar_composed_as_it_is_written_sounds_an_octave_lower() -> None:
    piece = chord_composer(guitar_wish(52), 1)
    song = song_of_piece(piece, Facts("A"))
    composed = [note.pitch for bar in piece.bars for note in bar.notes[0]]
    assert pitches(song, "guitar") == [pitch - 12 for pitch in composed]
    assert pitches(song, "violin") == [note.pitch for bar in piece.bars for note in bar.notes[1]]


@pytest.mark.parametrize(("low", "ensemble"), [(40, "guitar"), (52, "band")])
def test_a_guitar_that_goes_to_its_low_string_or_plays_in_a_band_stays(low: int, ensemble: str) -> None:
    piece = chord_composer(guitar_wish(low, ensemble), 1)
    assert as_it_sounds(piece) is piece


@pytest.mark.parametrize("style", ["giuliani", "horetzky", "classical"])
def test_guitar_styles_that_were_read_as_written_reach_down_to_the_low_string(style: str) -> None:
    for seed in range(4):
        wish = ask(choose(style), Wishes(ensemble=("guitar",)), seed=seed).wish
        song = song_of_piece(chord_composer(wish, seed), Facts("A"))
        heard = pitches(song, "guitar")
        assert 40 <= min(heard) < 52
        assert max(heard) <= 76


def test_a_guitar_piece_is_gone_on_with_at_its_own_octave() -> None:
    composed = chord_composer(guitar_wish(52), 1)
    song = song_of_piece(composed, Facts("A", version="1"))
    laid = lay_song(song, "giuliani")
    assert laid.raised == 12
    guitar = laid.columns[[track.instrument for track in song.tracks].index("guitar")][0]
    assert [bar.notes[guitar] for bar in laid.piece.bars] == [bar.notes[0] for bar in composed.bars]
    assert splice_rows(song, laid, laid.piece, range(2, 5), [t.name for t in song.tracks], Facts("A")) == replace(
        song, provenance=Facts("A").provenance
    )
    assert lay_song(song, "mertz").raised == 0
    whole = chord_composer(replace(guitar_wish(52), bars=12, opening=laid.piece.bars, parts=laid.piece.parts), 2)
    longer = extend_song(song, laid, whole, Facts("A"))
    assert max(pitches(longer, "guitar")) <= 81 - 12


def test_a_harp_is_one_player_with_two_staves() -> None:
    (seat,) = seats_of_instruments(["harp"])
    assert seat.parts == (PiecePart("harp"), PiecePart("harp", 1))
    wish = PieceWish({"any": 1.0}, "solo", seat.parts, 4, "3/4", 0, "major", 90.0)
    (track,) = song_of_piece(chord_composer(wish, 1), Facts("A"), seats=(seat,)).tracks
    assert {note.staff for note in track.notes} == {1, 2}
