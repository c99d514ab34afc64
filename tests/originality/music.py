"""Made music for tests: tunes by a random walk on a scale, with leaps and a rhythm of their own."""

from __future__ import annotations

import numpy as np

from senandung.domain.song import Note, Song, Track, tidy_notes

SCALE = (0, 2, 4, 5, 7, 9, 11)


def tune(seed: int, notes: int = 40) -> list[tuple[int, int]]:
    """Onsets in steps of a 24th of a quarter, and pitches."""
    rng = np.random.default_rng(seed)
    degree, onset, rows = 14, 0, []
    for _ in range(notes):
        rows.append((onset, 48 + 12 * (degree // 7) + SCALE[degree % 7]))
        onset += int(rng.choice([6, 12, 12, 24, 36]))
        degree = int(np.clip(degree + rng.choice([-4, -2, -1, 1, 1, 2, 3, 5]), 7, 21))
    return rows


def song(rows: list[tuple[int, int]], *, ticks: float = 20, shift: int = 0, instrument: str = "piano") -> Song:
    """A tune as a song of one track."""
    onsets = [round(onset * ticks) for onset, _ in rows]
    ends = [*onsets[1:], onsets[-1] + 480]
    notes = [
        Note(start, max(end - start, 1), pitch + shift, 80)
        for start, end, (_, pitch) in zip(onsets, ends, rows, strict=True)
    ]
    return Song("tune", (Track("tune", "melody", instrument, tidy_notes(notes)),))
