"""The tunes of a person's works, counted as the tables are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from learning.own.test_learning_a_style import tune
from senandung.composing.pieces.piece import Piece, PieceChord, PieceNote, PiecePart
from senandung.files.midi import save_midi
from senandung.learning.own.facts import sings
from senandung.learning.own.read import read_work
from senandung.learning.own.tunes import sung_parts, tune_part, tunes_of


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Piece, ...]]:
    where = tmp_path_factory.mktemp("tunes")
    for seed in (1, 2, 3):
        save_midi(tune(seed, bars=16), where / f"{seed}.mid")
    return [read_work(where / f"{seed}.mid").pieces for seed in (1, 2, 3)]


def test_the_leading_part_is_read_as_it_would_be_sung(works: list[tuple[Piece, ...]], tmp_path: Path) -> None:
    parts = [part for piece in works[0] for part in sung_parts(piece)]
    written = tune(1, bars=16).tracks[0].notes
    assert [note.pitch for part in parts for note in part.notes] == [note.pitch for note in written]
    assert [note.position for part in parts for note in part.notes] == [note.onset % 1920 for note in written]
    assert any(note.ends_line for part in parts for note in part.notes), "a tune without rests is cut into phrases"
    piece = works[0][0]
    other = tuple(
        replace(bar, mode="minor" if at >= 8 else bar.mode, chords=(PieceChord(bar.tonic, "7"),) * len(bar.chords))
        for at, bar in enumerate(piece.bars)
    )
    apart = list(sung_parts(replace(piece, bars=other)))
    assert len(apart) == len(parts) + 1, "another mode is another stretch"
    assert {str(note.chord.quality) for part in apart for note in part.notes if note.chord} == {"7"}


def test_the_tables_hold_the_intervals_and_bars_of_the_tunes(works: list[tuple[Piece, ...]]) -> None:
    found = tunes_of(works)
    moves = {name: count for mode in found["melody"]["intervals"].values() for name, count in mode.get("", {}).items()}
    written = [note.pitch for note in tune(1, bars=16).tracks[0].notes]
    assert set(moves) >= {str(b - a) for a, b in pairwise(written[:8])}
    assert found["melody"]["bands"]["leaps"][2] <= 0.5
    assert found["rhythm"]["4/4"]["first"]["4"] == {"0 4 8 12": pytest.approx(24, abs=12)}


def test_a_figure_or_a_bass_is_no_tune(works: list[tuple[Piece, ...]]) -> None:
    piece = works[0][0]
    assert tune_part(piece) == 0
    turned = replace(
        piece,
        parts=(PiecePart("electric-guitar"), PiecePart("flute")),
        bars=tuple(
            replace(bar, notes=(tuple(PieceNote(12 * at, 52, 12) for at in range(8)), bar.notes[0]))
            for bar in piece.bars
        ),
    )
    assert tune_part(turned) == 1, "one tone all along is a riff"
    assert tune_part(replace(turned, parts=(PiecePart("voice"), PiecePart("bass")))) is None
    assert tune_part(replace(turned, parts=(PiecePart("flute"), PiecePart("voice")))) == 1
    hands = replace(turned, parts=(PiecePart("piano"), PiecePart("piano", 1)))
    assert tune_part(hands) is None and tunes_of([(hands,)] * 8) == {}


def test_one_part_of_single_notes_is_a_song_whatever_plays_it(works: list[tuple[Piece, ...]]) -> None:
    piece = works[0][0]
    assert not sings(works)
    alone = replace(piece, parts=piece.parts[:1], bars=tuple(replace(bar, notes=bar.notes[:1]) for bar in piece.bars))
    assert alone.ensemble == "piano" and sings([(alone,)])
    chords = replace(
        alone,
        bars=tuple(
            replace(bar, notes=(tuple(n._replace(pitch=n.pitch - up) for n in bar.notes[0] for up in (0, 4)),))
            for bar in alone.bars
        ),
    )
    assert not sings([(chords,)])
    drums = replace(alone, parts=(PiecePart("drums"),))
    assert not sings([(drums,)])


def test_too_few_notes_say_nothing(works: list[tuple[Piece, ...]]) -> None:
    assert tunes_of([]) == {}
    piece = works[0][0]
    assert tunes_of([(replace(piece, bars=piece.bars[:6]),)]) == {}
