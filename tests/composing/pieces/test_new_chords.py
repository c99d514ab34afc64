"""Chords of a song where bars were written anew: those of the new bars, and no others."""

from __future__ import annotations

from dataclasses import replace

from composing.simple_pieces import chord_composer
from senandung.composing.pieces.asked import PieceWish
from senandung.composing.pieces.piece import PieceChord, PiecePart
from senandung.composing.pieces.score_piece import Facts, song_of_piece
from senandung.composing.pieces.song_piece import lay_song
from senandung.composing.pieces.splicing import splice_rows

FACTS = Facts("A piece", version="1")


def test_a_song_has_the_chords_of_its_new_bars() -> None:
    parts = (PiecePart("piano"), PiecePart("piano", 1))
    piece = chord_composer(PieceWish({"bach": 1.0}, "piano", parts, 8, "4/4", 0, "major", 90.0), 1)
    song = song_of_piece(piece, FACTS)
    laid = lay_song(song)
    other = (PieceChord(1, "maj"), PieceChord(3, "min"))
    bars = list(laid.piece.bars)
    bars[2], bars[3] = replace(bars[2], chords=other), replace(bars[3], chords=other)
    names = {track.name for track in song.tracks}
    spliced = splice_rows(song, laid, replace(laid.piece, bars=tuple(bars)), range(1, 5), names, FACTS)
    assert [bar.chords for bar in lay_song(spliced).piece.bars] == [bar.chords for bar in bars]
    ends = [span.end for span in spliced.chords]
    assert all(end <= span.onset for end, span in zip(ends, spliced.chords[1:], strict=False))
    assert splice_rows(song, laid, laid.piece, range(1, 5), names, FACTS).chords == song.chords
