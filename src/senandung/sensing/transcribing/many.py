"""Notes of music in which several sound at once, from what the network hears."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.sensing.transcribing.network import LOWEST, PITCHES, STEP, THIRDS, Floats, Heard

ONSET = 0.7
"""How likely an onset must be to begin a note."""

SOUNDS = 0.42
"""How likely a note must be to go on."""

WITHOUT = 0.45
"""How likely a note must be, in its mean, where no onset was heard."""

GAP = 6
"""Frames for which a note may be doubtful and go on: 70 ms."""

SHORTEST = 5
"""Frames that a note lasts at least: 58 ms."""

SHORTEST_WITHOUT = 11
"""The same where no onset was heard."""


def notes_of_many(heard: Heard, *, bends: bool = True) -> tuple[PlayedNote, ...]:
    """The notes of what was heard, in order.

    After the paper (section 2.3), in our own way: each likely onset begins a note of its pitch, which goes on while it
    sounds; then what still sounds long and clearly without an onset is a note too. The later onsets come first, so that
    a note ends where its pitch is struck again.

    Parameters
    ----------
    bends : whether notes have the pitch's way around them, in cents, where it moves.
    """
    onsets = _with_rises(heard)
    left = heard.notes.copy()
    peaks = _peaks(onsets, ONSET)
    found: list[tuple[int, int, int]] = []
    for frame, pitch in sorted(peaks, reverse=True):
        end = _end(left[:, pitch], frame)
        if end - frame >= SHORTEST:
            found.append((frame, end, pitch))
        left[frame:end, pitch] = 0
    for pitch in range(PITCHES):
        for first, last in _runs(left[:, pitch] > SOUNDS):
            if last - first >= SHORTEST_WITHOUT and float(left[first:last, pitch].mean()) > WITHOUT:
                found.append((first, last, pitch))
    return tuple(
        PlayedNote(
            frame * STEP,
            (end - frame) * STEP,
            pitch + LOWEST,
            _velocity(heard.notes[frame:end, pitch]),
            _bend(heard.contours, frame, end, pitch) if bends else (),
        )
        for frame, end, pitch in sorted(found)
    )


def _with_rises(heard: Heard) -> Floats:
    """The onsets, and beside them where a note's likelihood rises steeply, up to the same size."""
    rise = np.zeros_like(heard.notes)
    for apart in (1, 2):
        rise[apart:] = np.maximum(rise[apart:], heard.notes[apart:] - heard.notes[:-apart])
    rise[:2] = 0
    most = float(rise.max())
    if most <= 0:
        return heard.onsets
    return np.asarray(np.maximum(heard.onsets, rise * float(heard.onsets.max()) / most), dtype=np.float32)


def _peaks(onsets: Floats, least: float) -> list[tuple[int, int]]:
    """Frames and pitches at which an onset is the largest of its neighbours and large enough."""
    padded = np.pad(onsets, ((1, 1), (0, 0)))
    top = (onsets > padded[:-2]) & (onsets >= padded[2:]) & (onsets >= least)
    return [(int(frame), int(pitch)) for frame, pitch in np.argwhere(top)]


def _end(row: Floats, first: int) -> int:
    """The frame at which a note that begins at one has ended: after it, `GAP` frames are doubtful."""
    doubtful = 0
    frame = first + 1
    while frame < len(row) and doubtful < GAP:
        doubtful = doubtful + 1 if row[frame] < SOUNDS else 0
        frame += 1
    return frame - doubtful


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First frame and the one after the last of each stretch that is True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _velocity(row: Floats) -> int:
    """A velocity by how clearly the note was heard: the network does not tell how loud it was."""
    return int(np.clip(round(30 + 90 * float(row.mean())), 1, 127))


def _bend(contours: Floats, first: int, last: int, pitch: int) -> tuple[tuple[float, float], ...]:
    """The pitch's way around a note in cents, every fifth frame; empty where it stays within a third of a semitone."""
    middle = pitch * THIRDS + 1
    low, high = max(0, middle - THIRDS), min(contours.shape[1], middle + THIRDS + 1)
    part = contours[first:last:5, low:high].astype(np.float64)
    if len(part) < 2:
        return ()
    cents = (np.arange(low, high) - middle) * 100 / THIRDS
    around = np.round((part * cents).sum(axis=1) / np.maximum(part.sum(axis=1), 1e-6), 1)
    if np.ptp(around) < 100 / THIRDS:
        return ()
    return tuple((round(number * 5 * STEP, 4), float(value)) for number, value in enumerate(around))
