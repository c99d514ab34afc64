"""Measures of voices and phrases: parallels of the outer parts, cadences at the ends of phrases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.composing.decoding.measures.flat import FlatPiece
from senandung.composing.pieces.piece import METRES, Piece, PieceChord


def outer_parts(flat: FlatPiece) -> tuple[int, int] | None:
    """The parts with the highest and with the lowest mean pitch; None where fewer than two have pitched notes."""
    means = {
        part: float(flat.pitch[flat.pitched & (flat.part == part)].mean())
        for part in np.unique(flat.part[flat.pitched]).tolist()
    }
    if len(means) < 2:
        return None
    return max(means, key=lambda part: means[part]), min(means, key=lambda part: means[part])


def parallels(flat: FlatPiece) -> float | None:
    """Parallel fifths and octaves between the outer parts, per 100 of their common moves.

    A common move is a time at which the highest pitch of the upper part and the lowest of the lower both change while
    both sound before and after; it is parallel where they move the same way and stand a fifth apart before and after,
    or an octave or unison, compound intervals counted as simple. None where they never move together. Doubled tunes
    (an orchestra in unison) count as well: real music is not at 0.
    """
    outer = outer_parts(flat)
    if outer is None:
        return None
    upper, lower = flat.roll_of(outer[0]), flat.roll_of(outer[1])
    both: NDArray[np.bool_] = np.logical_and(upper.any(axis=1), lower.any(axis=1))
    high = np.where(both, 127 - upper[:, ::-1].argmax(axis=1), -1)
    low = np.where(both, lower.argmax(axis=1), -1)
    near = both[:-1] & both[1:]
    up, down = np.diff(high), np.diff(low)
    moves = near & (up != 0) & (down != 0)
    if not moves.any():
        return None
    before, after = (high[:-1] - low[:-1]) % 12, (high[1:] - low[1:]) % 12
    same = moves & (np.sign(up) == np.sign(down)) & (before == after) & np.isin(after, (0, 7))
    return 100.0 * float(same.sum()) / float(moves.sum())


def phrase_ends(flat: FlatPiece) -> NDArray[np.int64]:
    """Times of the last notes of phrases in the uppermost part, in steps; guessed from long notes and rests.

    A phrase ends with a note after which the next comes no sooner than a quarter and twice the usual (median) time
    later, at least a bar and a half behind the last such end; the last note ends one as well. (Temperley 2001, "The
    Cognition of Basic Musical Structures", chapter 3: gaps and a length of some eight notes.)
    """
    outer = outer_parts(flat)
    chosen = flat.pitched if outer is None else flat.pitched & (flat.part == outer[0])
    starts = np.unique(flat.start[chosen])
    if len(starts) < 2:
        return starts
    gaps = np.diff(starts)
    least = max(24.0, 2.0 * float(np.median(gaps)))
    bar = float(np.median(np.diff(flat.bar_starts)))
    ends: list[int] = []
    before = float(starts[0])
    for start, gap in zip(starts[:-1].tolist(), gaps.tolist(), strict=True):
        if gap >= least and start - before >= 1.5 * bar:
            ends.append(start)
            before = start
    return np.asarray([*ends, int(starts[-1])], dtype=np.int64)


def cadences(flat: FlatPiece, piece: Piece) -> float | None:
    """The share of guessed phrases that end with a cadence by the chords of the piece.

    The chord under the end is I, and the chord that differs from it before (a bar back at most) V, vii or IV; or it is
    V after another chord. None where the piece has no chords or no notes.
    """
    times, chords, degrees = _changes(piece)
    if not chords or not flat.pitched.any():
        return None
    ends = phrase_ends(flat)
    bar = float(np.median(np.diff(flat.bar_starts)))
    closed = 0
    for end in ends.tolist():
        at = int(np.searchsorted(times, end, side="right")) - 1
        if at < 1 or times[at] - times[at - 1] > 2 * bar:
            continue
        here, there = (degrees[at], chords[at].quality), (degrees[at - 1], chords[at - 1].quality)
        closed += _is_cadence(there, here)
    return closed / len(ends)


def _is_cadence(before: tuple[int, str], after: tuple[int, str]) -> bool:
    degree, quality = after
    if degree == 0 and quality in ("maj", "min", "maj7", "min7"):
        return before[0] in (7, 11, 5)
    return degree == 7 and quality in ("maj", "7") and before[0] != 7


def _changes(piece: Piece) -> tuple[NDArray[np.int64], list[PieceChord], list[int]]:
    """Where the chord changes, in steps; the chords, and their degrees above the tonic of their bar."""
    times: list[int] = []
    chords: list[PieceChord] = []
    degrees: list[int] = []
    at = 0
    for bar in piece.bars:
        steps = METRES[bar.metre].steps
        for half, chord in enumerate(bar.chords):
            if chord is not None and (not chords or chords[-1] != chord):
                times.append(at + half * steps // 2)
                chords.append(chord)
                degrees.append((chord.root - bar.tonic) % 12)
        at += steps
    return np.asarray(times, dtype=np.int64), chords, degrees
