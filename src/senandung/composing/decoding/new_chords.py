"""New chords for bars of which nothing pitched stays, between the chords that stand around them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from senandung.composing.decoding.grammar import chord_of
from senandung.composing.decoding.plan_chords import plan_chords
from senandung.composing.decoding.sampling import Taste
from senandung.composing.decoding.window import Network
from senandung.composing.pieces.asked import MOST_BARS, PieceWish
from senandung.composing.pieces.piece import METRES, Piece, PieceBar, PieceChord

USUAL_TEMPO = 96.0
"""Quarters a minute of a piece that does not say."""

SLOWEST, FASTEST = 10.0, 400.0
"""Quarters a minute that can be asked for."""


def emptied(piece: Piece, blanks: Collection[tuple[int, int]]) -> list[int]:
    """The bars of which every part that is no drum is blank."""
    pitched = [index for index, part in enumerate(piece.parts) if part.instrument != "drums"]
    if not pitched:
        return []
    return [bar for bar in range(len(piece.bars)) if all((bar, part) in blanks for part in pitched)]


def with_new_chords(
    piece: Piece, bars: Collection[int], network: Network, rng: np.random.Generator, taste: Taste
) -> Piece:
    """The piece with other chords in some bars; the notes stay as they are, and so do bars that have no chord.

    Each run of such bars in one key and metre is planned as a stretch of a new piece would be, with the chords before
    and behind it given.
    """
    found = list(piece.bars)
    for first, stop in _runs(piece.bars, sorted(bars)):
        wish = _wish(replace(piece, bars=tuple(found)), first, stop)
        planned = plan_chords(wish, network, rng, taste, until=stop)[first:stop]
        for number, tokens in enumerate(planned, first):
            here = found[number]
            chords = [chord_of(token, here.tonic) for token in tokens]
            found[number] = replace(here, chords=tuple((chords * 2)[: len(here.chords)]))
    return replace(piece, bars=tuple(found))


def _runs(bars: Sequence[PieceBar], free: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of neighbouring free bars of one key and metre, from their first to before their last."""
    runs: list[tuple[int, int]] = []
    for bar in free:
        if all(chord is None for chord in bars[bar].chords):
            continue
        if runs and runs[-1][1] == bar and _key(bars[bar]) == _key(bars[bar - 1]):
            runs[-1] = (runs[-1][0], bar + 1)
        else:
            runs.append((bar, bar + 1))
    return [(first, stop) for first, stop in runs if first < MOST_BARS - 1]


def _key(bar: PieceBar) -> tuple[str, int, str]:
    return bar.metre, bar.tonic, bar.mode


def _wish(piece: Piece, first: int, stop: int) -> PieceWish:
    """What is asked where bars of a piece are free: the opening before them, the chords behind them."""
    here = piece.bars[first]
    slots = 2 if METRES[here.metre].halves else 1
    total = min(len(piece.bars) + piece.bars_after, MOST_BARS)
    chords: list[tuple[PieceChord | None, ...]] = [() for _ in range(total)]
    for number, bar in enumerate(piece.bars[:total]):
        if number < first:
            chords[number] = bar.chords
        elif number >= stop:
            chords[number] = ((*bar.chords, bar.chords[-1])[0], bar.chords[-1])[:slots]
    tempo = min(max(piece.tempo or USUAL_TEMPO, SLOWEST), FASTEST)
    return PieceWish(
        {piece.style: 1.0}, piece.ensemble, piece.parts, total, here.metre, here.tonic, here.mode, tempo,
        piece.valence, piece.arousal, tuple(chords), piece.bars[:first],
    )  # fmt: skip
