"""What a part by the network is faulted for."""

from __future__ import annotations

from senandung.composing.part_judge import faults_of
from senandung.composing.pieces.piece import Piece, PieceBar, PieceChord, PieceNote, PiecePart

BARS = range(4)


def _piece(row: tuple[PieceNote, ...], part: str = "piano") -> Piece:
    """Four bars of C major with the same row."""
    chord = PieceChord(0, "maj")
    bar = PieceBar("4/4", 0, "major", (chord, chord), (row,))
    return Piece("lied", "piano", (PiecePart(part),), (bar,) * len(BARS))


def _chords(pitches: tuple[int, ...] = (60, 64, 67), every: int = 24, length: int = 24) -> tuple[PieceNote, ...]:
    return tuple(PieceNote(at, pitch, length) for at in range(0, 96, every) for pitch in pitches)


SUNG = _piece((PieceNote(0, 72, 96),), "voice")
ARRANGED = _piece(_chords())


def _named(row: tuple[PieceNote, ...], **more: bool) -> set[str]:
    return set(faults_of(_piece(row), ARRANGED, SUNG, BARS, [0], **more))


def test_the_same_part_and_one_as_good_have_no_fault() -> None:
    assert _named(_chords()) == set()
    assert _named(_chords((55, 60, 64))) == set()


def test_each_fault_is_named() -> None:
    assert "rubs" in _named(_chords((61, 64, 67)))
    assert "says less" in _named(_chords((60,)))
    assert "paced otherwise" in _named(_chords(every=3, length=3))
    assert "rests" in _named(_chords()[:3])
    assert "of other weight" in _named(_chords((48, 52, 55, 60, 64, 67, 72)))
    assert "thinner" in _named(_chords(length=6))
    broken = tuple(PieceNote(12 * at, pitch, 12) for at, pitch in enumerate((60, 64, 67, 64) * 2))
    struck = tuple(PieceNote(12 * at, 60, 12) for at in range(8))
    assert "stands still" in faults_of(_piece(struck), _piece(broken), SUNG, BARS, [0])
    assert "off the root" in _named(_chords((64, 67, 72)), bass=True)
    assert "off the root" not in _named(_chords((64, 67, 72)))


def test_a_part_without_a_figure_is_faulted() -> None:
    rows = [_chords(every=12, length=12), (PieceNote(6, 60, 90),), _chords(every=48), (PieceNote(18, 64, 30),)]
    bars = tuple(
        PieceBar("4/4", 0, "major", (PieceChord(0, "maj"), PieceChord(0, "maj")), (tuple(row),)) for row in rows
    )
    other = Piece("lied", "piano", (PiecePart("piano"),), bars)
    assert "no figure" in faults_of(other, ARRANGED, SUNG, BARS, [0])


def test_bars_in_which_the_arranger_rests_do_not_count() -> None:
    assert faults_of(_piece(_chords((61,))), _piece(()), SUNG, BARS, [0]) == {}
