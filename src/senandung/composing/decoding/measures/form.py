"""Measures of form: repeated bars, the course of the chords, self-similarity and how much of it repeats.

Structureness: Wu & Yang (2020), "The Jazz Transformer on the front line", ISMIR, take the largest fitness of Müller,
Jiang & Grosche (2013), "A robust fitness measure for capturing repetitions in music recordings", IEEE TASLP 21(3),
among segments of 3-8, 8-15 and more than 15 seconds. The same fitness stands here, with three departures: the matrix
comes from the notes, a bar a row, and not from a recording; lengths are bars (2-4, 5-8, 9 and more: a bar lasts some
two seconds); and the threshold is absolute (`ALIKE`), not the upper fifth of each matrix, so that a piece without
likeness scores nothing. Their figures (.35 real, .10-.14 made) are therefore not comparable.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from senandung.composing.decoding.measures.flat import FlatPiece
from senandung.composing.pieces.piece import Piece

PLACES = 8
"""Places of a bar in which the sounding pitch classes are told apart."""

ALIKE = 0.6
"""Bars of at least this cosine count as alike."""

PENALTY = -2.0
"""What bars that are not alike cost a path (Müller et al.)."""

_NEVER = -1e9

SCALES = {"short": (2, 4), "mid": (5, 8), "long": (9, 32)}
"""Lengths in bars of the segments whose repetition is looked for."""


def repeated_bars(piece: Piece) -> float | None:
    """The share of a part's bars, among those with notes, that equal an earlier bar of that part, note for note.

    Places, pitches and lengths must be the same. None without notes.
    """
    seen: set[tuple[int, str, tuple[tuple[int, int, int], ...]]] = set()
    count, repeats = 0, 0
    for bar in piece.bars:
        for part, row in enumerate(bar.notes):
            if row:
                key = (part, bar.metre, tuple((note.start, note.pitch, note.length) for note in row))
                count += 1
                repeats += key in seen
                seen.add(key)
    return repeats / count if count else None


def chord_irregularity(piece: Piece) -> float | None:
    """The share of different ones among all runs of three chords, a held chord counted once (Wu & Yang 2020: CPI).

    None with fewer than four chords.
    """
    chords = [chord for bar in piece.bars for chord in bar.chords if chord is not None]
    changes = [chord for index, chord in enumerate(chords) if index == 0 or chord != chords[index - 1]]
    runs = list(zip(changes, changes[1:], changes[2:], strict=False))
    return len(set(runs)) / len(runs) if len(runs) >= 2 else None


def bar_features(flat: FlatPiece) -> NDArray[np.float64]:
    """How long each pitch class sounds in each of the `PLACES` of each bar, as unit vectors, a row a bar.

    Pieces of drums alone: which key is struck in which place. An empty bar is a row of zeros.
    """
    pitched = bool(flat.pitched.any())
    chosen = flat.pitched if pitched else flat.drum
    classes = 12 if pitched else 128
    found = np.zeros((flat.bars, PLACES, classes))
    edges = np.concatenate(
        [
            begin + (end - begin) * np.arange(PLACES) / PLACES
            for begin, end in zip(flat.bar_starts[:-1], flat.bar_starts[1:], strict=True)
        ]
        + [flat.bar_starts[-1:]]
    )
    rows = found.reshape(-1, classes)
    starts = flat.start[chosen]
    ends = starts + (flat.length[chosen] if pitched else 1)
    for start, end, pitch in zip(starts.tolist(), ends.tolist(), flat.pitch[chosen].tolist(), strict=True):
        first = int(np.searchsorted(edges, start, side="right")) - 1
        last = min(int(np.searchsorted(edges, end, side="left")), len(rows))
        for place in range(first, last):
            rows[place, pitch % classes] += min(end, edges[place + 1]) - max(start, edges[place])
    features = found.reshape(flat.bars, -1)
    unit: NDArray[np.float64] = features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)
    return unit


def self_similarity(flat: FlatPiece) -> NDArray[np.float64]:
    """The cosine of every two bars, 0..1, shape (bars, bars); empty bars are like nothing but themselves."""
    features = bar_features(flat)
    found: NDArray[np.float64] = np.clip(features @ features.T, 0.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def structureness(matrix: NDArray[np.float64]) -> dict[str, float]:
    """The largest fitness of a segment of each of the `SCALES`, 0..1, by the self-similarity of bars.

    A scale is left out where the piece has not twice its shortest length.
    """
    bars = len(matrix)
    scores = np.where(matrix >= ALIKE, (matrix - ALIKE) / (1 - ALIKE), PENALTY)
    found = {}
    for name, (least, most) in SCALES.items():
        if bars >= 2 * least:
            lengths = range(least, min(most, bars // 2) + 1)
            found[name] = max(float(fitness(scores, length).max()) for length in lengths)
    return found


def fitness(scores: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """The fitness of all segments of one length, shape (bars - length + 1,).

    `scores` are similarities with 1 on the diagonal and less than 0 where bars differ. For each segment the best family
    of paths is sought, each path an (approximate, up to twice as fast or slow) repetition of the whole segment; fitness
    is the harmonic mean of its score per step and of the share of bars covered, the segment itself taken off both.
    """
    bars = len(scores)
    columns = np.moveaxis(sliding_window_view(scores, length, axis=1), 1, 0)  # segment, row, column
    count = len(columns)
    lift = np.zeros((count, 3))  # outside any path: score, bars covered, steps
    never = np.full((count, length, 4), _NEVER)
    before = before2 = never  # inside a path: score, bars covered till it began, steps, row at which it began
    for row in range(bars):
        # a path may begin where another has ended the row before
        done = before[:, -1, :]
        closed = np.stack([done[:, 0], done[:, 1] + row - done[:, 3], done[:, 2]], axis=1)
        lift = np.where((done[:, 0] > lift[:, 0])[:, None], closed, lift)
        now = np.full((count, length, 4), _NEVER)
        now[:, 0] = np.column_stack([lift[:, 0], lift[:, 1], lift[:, 2], np.full(count, float(row))])
        if length > 1:
            now[:, 1:] = before[:, :-1]
            now[:, 1:] = _better(now[:, 1:], before2[:, :-1])
            if length > 2:
                now[:, 2:] = _better(now[:, 2:], before[:, :-2])
        now[..., 0] += columns[:, row]
        now[..., 2] += 1
        before2, before = before, now
    done = before[:, -1, :]
    closed = np.stack([done[:, 0], done[:, 1] + bars - done[:, 3], done[:, 2]], axis=1)
    lift = np.where((done[:, 0] > lift[:, 0])[:, None], closed, lift)
    score = np.maximum((lift[:, 0] - length) / np.maximum(lift[:, 2], 1), 0.0)
    covered = np.maximum((lift[:, 1] - length) / bars, 0.0)
    mean: NDArray[np.float64] = 2 * score * covered / np.maximum(score + covered, 1e-9)
    return mean


def _better(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where((other[..., 0] > one[..., 0])[..., None], other, one)
