"""The tunes of a person's works as tables: intervals, chord tones, endings, bands and bars of the parts that have them.

They are counted as the tables of the package are (`learning.extract_melody`), so that the two can be mixed
(`composing.melody.tunes`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from senandung.composing.pieces.piece import METRES, TICKS_PER_STEP, Piece, PieceBar, PieceNote
from senandung.composing.pieces.score_piece import chord_of, key_of_bar
from senandung.domain.scales import key_of_pitch_class
from senandung.learning.extract_melody import extract_melody, extract_rhythm, phrases
from senandung.learning.own.facts import row_tops
from senandung.learning.sung_parts import SungNote, SungPart

FEWEST = 64
"""Notes of all leading parts together from which on there is something to learn."""

SHORT, LONG = 6, 10
"""Notes after which a tune that does not rest is cut, at the end of every other bar and of every bar."""

LEAST_PHRASES = 4

MOST_REPEATS, MOST_WIDE, WIDE = 0.5, 0.15, 8
"""A part with a larger share of repeated tones (nine in ten sung phrases have a smaller one), or of
intervals of this many semitones and more, is no tune but a riff, a figure or a bass."""

LEAST_BARS = 1 / 3
"""The share of the bars in which a tune is heard."""

_SINGERS = ("voice", "melody", "soprano")

_HANDS = frozenset({"piano", "organ", "harpsichord", "accordion", "harp"})
"""Instruments whose first row of notes has the tune."""

_NO_TUNES = frozenset({"drums", "timpani", "bass", "contrabass", "pad", "basso", "continuo"})


def tunes_of(works: Sequence[Sequence[Piece]]) -> dict[str, Any]:
    """The tables of works' tunes, `melody` and `rhythm`; empty where there are too few notes."""
    parts = [part for pieces in works for piece in pieces for part in sung_parts(piece)]
    enough = sum(len(part.notes) for part in parts) >= FEWEST
    if not enough or sum(1 for part in parts for _ in phrases(part)) < LEAST_PHRASES:
        return {}
    melody, rhythm = extract_melody(parts), extract_rhythm(parts)
    melody["endings"] = {mode: {"inner": rows["inner"]} for mode, rows in melody["endings"].items()}
    melody["bands"] = {  # of few phrases the tenths are told from beyond what was seen
        name: [max(value, 0.0) if name == "range" else min(max(value, 0.0), 1.0) for value in band]
        for name, band in melody["bands"].items()
    }
    kept = ("intervals", "chord_tones", "endings", "bands", "phrases")
    return {
        "melody": {name: melody[name] for name in kept},
        "rhythm": {metre: bars for metre, bars in rhythm.items() if metre != "pickups"},
    }


def sung_parts(piece: Piece) -> Iterator[SungPart]:
    """The tune of a piece as it would be sung, in stretches of one key and metre; nothing where no part has one."""
    column = tune_part(piece)
    if column is None:
        return
    run: list[SungNote] = []
    held: PieceBar | None = None
    since = 0
    for number, bar in enumerate(piece.bars):
        if held is not None and (bar.metre, bar.tonic, bar.mode) != (held.metre, held.tonic, held.mode):
            yield _part(held, run)
            run, since = [], 0
        held = bar
        if run and since >= (SHORT if number % 2 == 0 else LONG):
            run[-1] = replace(run[-1], ends_line=True)
            since = 0
        notes = list(_notes(bar, column, number))
        run += notes
        since += len(notes)
    if held is not None:
        yield _part(held, run)


def tune_part(piece: Piece) -> int | None:
    """The number of the part that has the tune: who sings, else the first that goes as tunes do; None for none."""
    often = [
        column
        for column, part in enumerate(piece.parts)
        if part.instrument not in _NO_TUNES
        and not (part.instrument in _HANDS and part.slot)
        and sum(bool(bar.notes[column]) for bar in piece.bars) >= LEAST_BARS * len(piece.bars)
    ]
    sung = [column for column in often if piece.parts[column].instrument in _SINGERS]
    return next((column for column in (*sung, *often) if _goes_as_a_tune(piece, column)), None)


def _goes_as_a_tune(piece: Piece, column: int) -> bool:
    tops = [pitch for bar in piece.bars for pitch in row_tops(bar, column)]
    moves = [abs(b - a) for a, b in pairwise(tops)]
    if not moves:
        return False
    repeats, wide = sum(move == 0 for move in moves), sum(move >= WIDE for move in moves)
    return repeats <= MOST_REPEATS * len(moves) and wide <= MOST_WIDE * len(moves)


def _part(bar: PieceBar, notes: Sequence[SungNote]) -> SungPart:
    key = key_of_pitch_class(bar.tonic, "minor" if bar.mode in ("minor", "dorian") else "major")
    return SungPart("", key, bar.metre, METRES[bar.metre].steps * TICKS_PER_STEP, tuple(notes))


def _notes(bar: PieceBar, column: int, number: int) -> Iterator[SungNote]:
    """The highest note at each onset of a part in a bar."""
    tops: dict[int, PieceNote] = {}
    for note in bar.notes[column]:
        if note.start not in tops or note.pitch > tops[note.start].pitch:
            tops[note.start] = note
    key, steps = key_of_bar(bar), METRES[bar.metre].steps
    for start, note in sorted(tops.items()):
        found = bar.chords[min(start * len(bar.chords) // steps, len(bar.chords) - 1)]
        yield SungNote(
            number,
            start * TICKS_PER_STEP,
            note.length * TICKS_PER_STEP,
            note.pitch,
            not note.melisma,
            chord=None if found is None else chord_of(found, key),
        )
