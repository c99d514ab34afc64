"""Alignment: how far a voice of the index stands, note for note, in the notes around a common fingerprint.

The transposition is fixed by the fingerprint. A chain of pairs, a note of the voice with one of the piece of the same
pitch, goes on in time on both sides; every note counts what it says (`information`), skipped notes and changes of pace
cost (local alignment, Smith & Waterman 1981, over the pairs alone; chains of points under a transposition are Ukkonen,
Lemström & Mäkinen's geometric matching, 2003, with time scaled as in Lemström & Laitinen 2011). All candidates go
through the table at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SKIPPED_THERE, SKIPPED_HERE = 3, 6
"""The furthest that a pair may stand from the one before: notes of the voice, notes of the piece."""

START = 1.0
COST_THERE, COST_HERE, COST_MATE = 1.3, 0.5, 0.25
"""Bits that a left out note of the voice, a moment of the piece that is passed over, and a note there cost."""

SAME_PACE, OTHER_PACE, MOST_OTHER = 0.6, 1.0, 1.5
"""Bits for a step in the common tempo, against one an octave off, and octaves after which no more counts."""


@dataclass(frozen=True)
class Candidate:
    """Notes that are compared: of the piece (`here`) and of a voice (`there`), each with onsets and pitches.

    `bits` say how much the pitch of each note of the voice tells, `pace_bits` how much its rhythm; `shift` is how far
    the piece stands above, in semitones; `scale` log2 of its time against the voice's.
    """

    here_onsets: Ints
    here_pitches: Ints
    there_onsets: Ints
    there_pitches: Ints
    bits: Floats
    shift: int
    scale: float
    pace_bits: Floats


@dataclass(frozen=True)
class Alignment:
    """The best chain of a candidate: the pairs' numbers here and there, the gain of each, and their sum in bits."""

    here: Ints
    there: Ints
    gains: Floats

    @property
    def bits(self) -> float:
        """What the chain says."""
        return float(self.gains.sum())


def align(candidates: list[Candidate], *, reach: int = SKIPPED_HERE) -> list[Alignment]:
    """The best chain of every candidate, all computed together.

    Parameters
    ----------
    reach : how many notes of the piece a step may go; more where they sound together.
    """
    if not candidates:
        return []
    rows, wide = len(candidates), max(len(each.here_onsets) for each in candidates) + reach
    tall = max(len(each.there_onsets) for each in candidates)
    here_p, there_p = np.full((rows, wide), -999), np.full((rows, tall), -500)
    here_t, there_t = np.zeros((rows, wide)), np.zeros((rows, tall))
    order, bits = np.zeros((rows, wide)), np.zeros((rows, tall))
    for number, each in enumerate(candidates):
        count = len(each.here_onsets)
        here_p[number, reach : reach + count] = each.here_pitches - each.shift
        here_t[number, reach : reach + count] = each.here_onsets
        order[number, reach : reach + count] = np.cumsum(np.diff(each.here_onsets, prepend=-1) > 0)
        there_p[number, : len(each.there_pitches)] = each.there_pitches
        there_t[number, : len(each.there_pitches)] = each.there_onsets
        bits[number, : len(each.bits)] = each.bits
    rhythm = np.zeros((rows, tall))
    for number, each in enumerate(candidates):
        rhythm[number, : len(each.pace_bits)] = each.pace_bits
    scales = np.asarray([each.scale for each in candidates])
    score = np.full((rows, tall, wide), -np.inf)
    back = np.zeros((rows, tall, wide), dtype=np.int16)
    places, rows_at, columns_at = np.nonzero((there_p[:, :, None] == here_p[:, None, :]).transpose(1, 0, 2))
    cuts = np.searchsorted(places, np.arange(tall + 1)).tolist()
    steps = np.arange(1, reach + 1)
    for place in range(tall):
        row, column = rows_at[cuts[place] : cuts[place + 1]], columns_at[cuts[place] : cuts[place + 1]]
        best, came = np.full(len(row), START), np.zeros(len(row), dtype=np.int16)
        before = column[:, None] - steps
        lasts = here_t[row, column][:, None] - here_t[row[:, None], before]
        passed = order[row, column][:, None] - order[row[:, None], before]
        cost = COST_HERE * np.maximum(passed - 1, 0) + COST_MATE * (steps - np.maximum(passed, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            octaves = np.log2(lasts)
        for left in range(1, min(SKIPPED_THERE, place) + 1):
            step = there_t[row, place] - there_t[row, place - left]
            off = np.abs(octaves - np.log2(np.maximum(step, 1e-9))[:, None] - scales[row][:, None])
            same = SAME_PACE + (rhythm[row, place] if left == 1 else np.zeros(len(row)))
            pace = np.where(off < 0.1, same[:, None], -OTHER_PACE * np.minimum(off, MOST_OTHER))
            gain = bits[row, place] * (1.0 if left == 1 else 0.85) - COST_THERE * (left - 1)
            total = score[row[:, None], place - left, before] + gain[:, None] + pace - cost
            total = np.where((lasts > 0) & (step > 0)[:, None], total, -np.inf)
            choice = total.argmax(axis=1)
            value = total[np.arange(len(row)), choice]
            better = value > best
            best = np.where(better, value, best)
            came = np.where(better, left * 64 + choice + 1, came).astype(np.int16)
        score[row, place, column] = best
        back[row, place, column] = came
    return [_traced(score[number], back[number], reach) for number in range(rows)]


def _traced(score: Floats, back: NDArray[np.int16], reach: int) -> Alignment:
    place, column = (int(each) for each in np.unravel_index(int(score.argmax()), score.shape))
    here, there, sums = [], [], []
    while True:
        here.append(column - reach)
        there.append(place)
        sums.append(float(score[place, column]))
        came = int(back[place, column])
        if not came:
            break
        place, column = place - came // 64, column - came % 64
    gains = np.diff(np.asarray(sums[::-1]), prepend=0.0)
    return Alignment(np.asarray(here[::-1]), np.asarray(there[::-1]), np.where(np.isfinite(gains), gains, 0.0))
