"""Chords over another bass: in slow songs an inner chord takes its third or fifth below where the bass then walks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from senandung.domain.chords import Chord
from senandung.domain.pitch import NoteName
from senandung.domain.scales import Key
from senandung.domain.song import ChordSpan, Section

SLOW_BPM = 96.0
"""In faster songs the bass keeps to roots: riffs and grooves need them."""

WALKS, LEADS = 0.8, 0.3
"""How often an inversion is taken that steps from the chord before and into the next, and one that only leads on."""


def invert_chords(
    spans: Sequence[ChordSpan], sections: Sequence[Section], key: Key, *, seed: int
) -> tuple[ChordSpan, ...]:
    """The same chords, some of them inverted, never two in a row and never the first or the last two of a section.

    Equal progressions get equal basses, so that a chorus that returns is the same. Third in the bass, or the fifth
    where the bass passes through it by step (the passing six-four): commonly taught.

    Parameters
    ----------
    spans, sections : the chords in root position, and the sections that they fill.
    key : spells the bass notes.
    seed : the same seed gives the same basses.
    """
    result = list(spans)
    for section in sections:
        inside = [at for at, span in enumerate(spans) if section.onset <= span.onset < section.end]
        for place, at in enumerate(inside[1:-2], start=1):
            chord = spans[at].chord
            before, after = result[at - 1].chord, spans[at + 1].chord
            if before.bass is not None or chord.bass is not None:
                continue
            cadence = after.root == key.tonic and place + 1 == len(inside) - 1
            if cadence or chord.root in (before.root, after.root):
                continue
            bass = _walking_bass(before, chord, after, key, random.Random(f"{seed} {before} {chord} {after}"))
            if bass is not None:
                result[at] = replace(spans[at], chord=replace(chord, bass=bass))
    return tuple(result)


def _walking_bass(before: Chord, chord: Chord, after: Chord, key: Key, rng: random.Random) -> NoteName | None:
    start, end = before.bass_pitch_class, after.bass_pitch_class
    tones = chord.pitch_classes[1:3]
    for tone, fifth in zip(tones, (False, True), strict=False):
        coming, going = _move(start, tone), _move(tone, end)
        step = abs(going) in (1, 2)
        walks = step and abs(coming) in (1, 2) and (not fifth or coming * going > 0)
        leads = step and not fifth and abs(coming) <= 4
        if (walks and rng.random() < WALKS) or (leads and rng.random() < LEADS):
            return key.spell(tone)
    return None


def _move(start: int, end: int) -> int:
    """Semitones of the shortest way between two pitch classes.

    >>> _move(0, 11), _move(11, 0)
    (-1, 1)
    """
    return (end - start + 6) % 12 - 6
