"""The sections of a piece that was written without a form: eight bars each, a letter for what comes back, how full."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

from senandung.composing.pieces.asked import FormPart
from senandung.composing.pieces.piece import METRES, STEPS_PER_QUARTER, Piece, PieceBar

SECTION_BARS = 8

LEAST_BARS = 16
"""A shorter piece is one section."""

ALIKE = 0.5
"""Share of the notes that two sections have at the same places, from which on the later is the earlier come back."""

MIDDLE, SPREAD = 0.52, 0.14
"""Fullness of a usual section, and what one standard deviation adds; kept in .3 to .85."""


def find_form(piece: Piece) -> tuple[FormPart, ...]:
    """Sections of eight bars, the last of up to eleven; one that comes back names the earlier one as its source."""
    count = len(piece.bars)
    if count < LEAST_BARS:
        return (FormPart("verse", count),)
    starts = list(range(0, count - SECTION_BARS // 2 + 1, SECTION_BARS))
    form: list[FormPart] = []
    for place, start in enumerate(starts):
        stop = starts[place + 1] if place + 1 < len(starts) else count
        mine = piece.bars[start:stop]
        shares = [likeness(piece.bars[at : at + len(mine)], mine) for at in starts[:place]]
        best = max(range(place), key=lambda at: shares[at], default=None)
        returns = best is not None and shares[best] >= ALIKE
        form.append(FormPart("verse", stop - start, best if returns else None))
    return tuple(form)


def likeness(one: Sequence[PieceBar], other: Sequence[PieceBar]) -> float:
    """Share of notes, 0..1, with the same part, place and pitch in both (twice the common ones by all)."""
    common = total = 0
    for first, second in zip(one, other, strict=False):
        for row, again in zip(first.notes, second.notes, strict=True):
            here, there = {(n.start, n.pitch) for n in row}, {(n.start, n.pitch) for n in again}
            common += 2 * len(here & there)
            total += len(here) + len(there)
    return common / total if total else 0.0


def fullness(piece: Piece, form: Sequence[FormPart]) -> list[float]:
    """How full each section is, 0..1: its onsets a quarter, its playing parts and its height against the others."""
    rows: list[tuple[float, float, float]] = []
    at = 0
    for part in form:
        bars = piece.bars[at : at + part.bars]
        at += part.bars
        quarters = sum(METRES[bar.metre].steps for bar in bars) / STEPS_PER_QUARTER
        pitches = [
            note.pitch
            for bar in bars
            for own, row in zip(piece.parts, bar.notes, strict=True)
            if own.instrument != "drums"
            for note in row
        ]
        onsets = sum(len(row) for bar in bars for row in bar.notes) / quarters
        playing = fmean(sum(bool(row) for row in bar.notes) for bar in bars)
        rows.append((onsets, playing, fmean(pitches) if pitches else 60.0))
    if len(rows) < 2:
        return [0.5] * len(rows)
    scores = [0.0] * len(rows)
    for column in zip(*rows, strict=True):
        middle, spread = fmean(column), pstdev(column)
        for index, value in enumerate(column):
            scores[index] += (value - middle) / spread / 3 if spread > 1e-9 else 0.0
    return [round(min(max(MIDDLE + SPREAD * 1.5 * score, 0.3), 0.85), 3) for score in scores]
