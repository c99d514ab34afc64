"""Notes of music in which several sound at once, from what the network hears."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.sensing.transcribing.network import LOWEST, PITCHES, STEP, THIRDS, Floats, Heard

CHANCE = (9.8, 17.1, 2.7, -2.4, -9.4)
"""Logits of a beginning for the likelihood of the onset, the rise of the note's likelihood, its mean in the following
93 ms, and the onset an octave, a twelfth or two octaves below, and the constant: by logistic regression on music of our
own, half way between single instruments (clean, in a room, in noise) and whole mixes."""

BEGINS = -0.6
"""Logit from which a note begins."""

LEAST = 0.15
"""How likely an onset or a rise must be to be looked at."""

FOLLOWING = 8
"""Frames after an onset in which its note must sound."""

SPEAKS = 4
"""Frames before its peak within which an onset may lie."""

BELOW = (12, 19, 24)
"""Semitones from a tone down to those whose harmonics it may be."""

SOUNDS, OF_ITS_BEST = 0.3, 0.75
"""How likely a note must be to go on, and as a share of its likelihood where it began: a room rings on."""

WITHOUT = 0.6
"""How likely a note must be, in its mean, where no onset was heard."""

GAP = 6
"""Frames for which a note may be doubtful and go on: 70 ms."""

SHORTEST = 4
"""Frames that a note lasts at least: 46 ms."""

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
    left = heard.notes.copy()
    peaks = _beginnings(heard)
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


def _beginnings(heard: Heard) -> list[tuple[int, int]]:
    """Frames and pitches at which notes begin."""
    from scipy.ndimage import maximum_filter1d, uniform_filter1d

    rise = np.zeros_like(heard.notes)
    for apart in (1, 2):
        rise[apart:] = np.maximum(rise[apart:], heard.notes[apart:] - heard.notes[:-apart])
    either = np.maximum(heard.onsets, rise)
    top = (either >= maximum_filter1d(either, 5, axis=0)) & (either > LEAST)
    mean = uniform_filter1d(heard.notes, FOLLOWING, axis=0, origin=-FOLLOWING // 2, mode="constant")
    near = maximum_filter1d(heard.onsets, 5, axis=0)
    below = np.zeros_like(near)
    for apart in BELOW:
        below[:, apart:] = np.maximum(below[:, apart:], near[:, :-apart])
    weights = CHANCE[:-1]
    parts = (maximum_filter1d(heard.onsets, 3, axis=0), maximum_filter1d(rise, 3, axis=0), mean, below)
    logit = sum(weight * part for weight, part in zip(weights, parts, strict=True)) + CHANCE[-1]
    return [(_foot(heard.onsets[:, pitch], frame), int(pitch)) for frame, pitch in np.argwhere(top & (logit > BEGINS))]


def _foot(row: Floats, peak: int) -> int:
    """The frame at which an onset's likelihood first has half of its peak: a bow or a pipe speaks before its peak."""
    frame = int(peak)
    while frame > max(0, peak - SPEAKS) and row[frame - 1] > row[peak] / 2:
        frame -= 1
    return frame


def _end(row: Floats, first: int) -> int:
    """The frame at which a note that begins at one has ended: after it, `GAP` frames are doubtful."""
    doubtful = 0
    frame = first + 1
    enough = max(SOUNDS, OF_ITS_BEST * float(row[first : first + FOLLOWING].max(initial=0)))
    while frame < len(row) and doubtful < GAP:
        doubtful = doubtful + 1 if row[frame] < enough else 0
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
