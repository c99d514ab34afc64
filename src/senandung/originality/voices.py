"""The voices of a part: its notes divided into lines that never sound two notes at once.

A note goes to the voice whose last note is nearest in pitch and no longer sounds, which is the pitch proximity rule of
Chew & Wu (2004), "Separating voices in polyphonic music: a contig mapping approach", without their contigs: quick, and
the same on both sides of a comparison, which is what counts here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_VOICES = 8
"""Voices of a part; notes beyond them go to the nearest all the same."""

_SOUNDS, _NEW, _REST = 18, 16, 6
"""In semitones: what it costs to enter a voice that still sounds, to open one, to go on after a long rest."""

Ints = NDArray[np.int64]


def split_voices(onsets: Ints, lengths: Ints, pitches: Ints, *, bar: int = 96) -> Ints:
    """The number of the voice of each note of a part.

    Parameters
    ----------
    onsets, lengths, pitches : shape (notes,), in order of onset, then pitch; times in any unit.
    bar : about a bar in that unit; a voice that rested so long is entered less readily.

    A held bass under a moving tune:

    >>> rows = np.asarray([[0, 96, 48], [0, 48, 72], [48, 48, 74], [96, 96, 47], [96, 96, 76]])
    >>> split_voices(*rows.T).tolist()
    [1, 0, 0, 1, 0]
    """
    count = len(onsets)
    if not count or bool((onsets[1:] >= onsets[:-1] + lengths[:-1]).all()):
        return np.zeros(count, dtype=np.int64)
    return np.asarray(_divided(onsets.tolist(), lengths.tolist(), pitches.tolist(), bar), dtype=np.int64)


def _divided(onsets: list[int], lengths: list[int], pitches: list[int], bar: int) -> list[int]:
    voices = [0] * len(onsets)
    last: list[int] = []  # of each voice, its last pitch
    ends: list[int] = []
    at = len(onsets)
    at = 0
    while at < len(onsets):
        onset, stop = onsets[at], at + 1
        while stop < len(onsets) and onsets[stop] == onset:
            stop += 1
        pairs = [
            (
                abs(pitches[note] - last[voice])
                + (_SOUNDS if ends[voice] > onset else _REST if ends[voice] + bar < onset else 0),
                -pitches[note],
                voice,
                note,
            )
            for note in range(at, stop)
            for voice in range(len(last))
        ]
        pairs.sort()
        free, waiting = set(range(len(last))), set(range(at, stop))
        for cost, _, voice, note in pairs:
            if voice in free and note in waiting and (cost < _NEW or len(last) >= MOST_VOICES):
                free.remove(voice)
                waiting.remove(note)
                voices[note], last[voice], ends[voice] = voice, pitches[note], onset + lengths[note]
        for note in sorted(waiting, reverse=True):
            if len(last) < MOST_VOICES:
                voices[note] = len(last)
                last.append(pitches[note])
                ends.append(onset + lengths[note])
            else:
                voices[note] = min(range(len(last)), key=lambda voice: abs(pitches[note] - last[voice]))
        at = stop
    return voices
