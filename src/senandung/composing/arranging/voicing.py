"""Voicings: which tones of a chord sound, and where, so that each voice moves little."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise, product

from senandung.domain.chords import QUALITIES, Chord

GUITAR = (40, 45, 50, 55, 59, 64)
"""Open strings of the guitar, E2 A2 D3 G3 B3 E4."""

CUK = (79, 71, 76)
"""Open strings of the cuk, g2 b1 e2 in Helmholtz's names (thesis extract "Ragam irama pada musik keroncong")."""

CAK = (74, 74, 66, 71)
"""Open strings of the cak, d2 d2 fis1 b1 (the same source)."""


def tones(chord: Chord) -> tuple[int, ...]:
    """Pitch classes of the chord without a foreign bass, root first.

    >>> tones(Chord.parse("Am/G"))
    (9, 0, 4)
    """
    return tuple(dict.fromkeys((chord.root.pitch_class + s) % 12 for s in QUALITIES[chord.quality].semitones))


def third_of(chord: Chord) -> int | None:
    """Pitch class of the chord's third, or None where it has none."""
    for interval in (3, 4):
        if interval in QUALITIES[chord.quality].semitones:
            return (chord.root.pitch_class + interval) % 12
    return None


def fifth_of(chord: Chord) -> int:
    """Pitch class of the chord's fifth (perfect, diminished or augmented); the root where it has none."""
    for interval in (7, 6, 8):
        if interval in QUALITIES[chord.quality].semitones:
            return (chord.root.pitch_class + interval) % 12
    return chord.root.pitch_class


def near(pitch_class: int, around: int, low: int, high: int) -> int:
    """The pitch of a pitch class nearest to `around` inside low..high (the lower of two as near).

    >>> near(0, 50, 40, 70)
    48
    """
    found = [pitch for pitch in range(low, high + 1) if pitch % 12 == pitch_class % 12]
    if not found:
        found = [pitch for pitch in range(max(0, low - 11), min(127, high + 11) + 1) if pitch % 12 == pitch_class % 12]
    return min(found, key=lambda pitch: (abs(pitch - around), pitch))


def lead(
    chord: Chord, before: Sequence[int], count: int, low: int, high: int, basses: tuple[int, int] | None = None
) -> tuple[int, ...]:
    """`count` voices of the chord inside low..high that move least from the voices before.

    Parameters
    ----------
    chord : what to voice; the bass is left to others.
    before : the voices of the last chord, rising; empty for a start in the middle of the range.
    count : voices wanted, 2..5.
    low, high : MIDI notes between which they lie.
    basses : pitch classes of the bass under the last chord and under this one, where the top voice is to keep clear of
        parallel fifths and octaves with it.

    Returns
    -------
    Rising MIDI notes. The third (and the seventh) is present, the third is not doubled where it can be avoided,
    and neighbours lie within an octave.

    >>> lead(Chord.parse("F"), (60, 64, 67), 3, 55, 72)
    (60, 65, 69)
    """
    return _lead(chord, tuple(before), count, low, high, basses)


@cache
def _lead(
    chord: Chord, before: tuple[int, ...], count: int, low: int, high: int, basses: tuple[int, int] | None
) -> tuple[int, ...]:
    wanted = tones(chord)
    third = third_of(chord)
    fifth = fifth_of(chord)
    needed = {third} if third is not None else set()
    if len(wanted) > 3:
        needed.add(wanted[3])
    centre = (low + high) / 2
    best: tuple[float, tuple[int, ...]] | None = None
    pitches = [pitch for pitch in range(low, high + 1) if pitch % 12 in wanted]
    for voices in combinations(pitches, count):
        gaps = [b - a for a, b in pairwise(voices)]
        if any(gap > 12 for gap in gaps) or voices[-1] - voices[0] > 5 + 6 * (count - 1):
            continue
        classes = [pitch % 12 for pitch in voices]
        score = 0.0
        score += 12 * len(needed - set(classes))
        score += 6 * len({wanted[0]} - set(classes)) if len(wanted) <= 3 else 0
        score += 3 * len({fifth} - set(classes)) if count >= 3 else 0
        score += 8 * max(0, classes.count(third if third is not None else -1) - 1)
        score += 2 * max(0, classes.count(wanted[3]) - 1) * 4 if len(wanted) > 3 else 0
        score += sum(3 for gap in gaps if gap <= 2 and voices[0] < 60)
        score += sum(2 for gap in gaps if gap == 1)
        if before and len(before) == count:
            score += sum(abs(a - b) for a, b in zip(before, voices, strict=True))
            score += _marching(before, voices)
            score += _beside_bass(before[-1], voices[-1], basses)
            score += 0.15 * abs(sum(voices) / count - centre)
        elif before:
            score += abs(voices[-1] - before[-1]) + abs(voices[0] - before[0])
        else:
            score += 0.8 * abs(sum(voices) / count - centre)
        if best is None or score < best[0]:
            best = (score, voices)
    return best[1] if best else tuple(sorted({near(pc, int(centre), low, high) for pc in wanted}))


def _marching(before: Sequence[int], voices: Sequence[int]) -> float:
    """Cost of voices that march: all in one direction, or two in parallel fifths or octaves."""
    moves = [b - a for a, b in zip(before, voices, strict=True)]
    cost = 4.0 if all(move > 0 for move in moves) or all(move < 0 for move in moves) else 0.0
    for low, high in combinations(range(len(voices)), 2):
        if moves[low] and moves[high]:
            interval = (before[high] - before[low]) % 12
            cost += 2.0 if interval in (0, 7) and (voices[high] - voices[low]) % 12 == interval else 0.0
    return cost


def _beside_bass(before: int, top: int, basses: tuple[int, int] | None) -> float:
    """Cost of a top voice that goes in fifths or octaves with the bass."""
    if basses is None or basses[0] == basses[1] or before == top:
        return 0.0
    interval = (before - basses[0]) % 12
    return 9.0 if interval in (0, 7) and (top - basses[1]) % 12 == interval else 0.0


@cache
def grip(chord: Chord, strings: tuple[int, ...], position: int = 0, reach: int = 3) -> tuple[int | None, ...]:
    """What a hand can hold on a fretted instrument: for each string a MIDI note, or None where it is not struck.

    All stopped frets lie in `position`..`position + reach`, open strings are allowed below the fifth position, no
    more than four frets are stopped by single fingers (a barre at the lowest counts as one). Strings that rise (the
    guitar's) begin with the root; re-entrant ones (cuk, cak) take any tone.

    >>> grip(Chord.parse("E"), GUITAR)
    (40, 47, 52, 56, 59, 64)
    """
    wanted = set(tones(chord))
    root = chord.root.pitch_class
    third = third_of(chord)
    rising = len(strings) > 4
    options: list[list[int | None]] = []
    for string in strings:
        frets = [fret for fret in range(position, position + reach + 1) if (string + fret) % 12 in wanted]
        if position < 5 and position > 0 and string % 12 in wanted:
            frets.insert(0, 0)
        options.append([string + fret for fret in frets[:3]] or [None])
    best: tuple[float, tuple[int | None, ...]] | None = None
    for choice in product(*options):
        held = list(choice)
        if rising:
            start = next((i for i, pitch in enumerate(held) if pitch is not None and pitch % 12 == root), None)
            if start is None or len(held) - start < 4:
                continue
            held[:start] = [None] * start
        stopped = [p - s for p, s in zip(held, strings, strict=True) if p is not None and p > s]
        lowest = min(stopped, default=0)
        fingers = sum(1 for fret in stopped if fret > lowest) + (1 if stopped else 0)
        if fingers > 4 or (stopped and max(stopped) - lowest > reach):
            continue
        sounding = [p for p in held if p is not None]
        classes = [p % 12 for p in sounding]
        missing = sum(2.0 if tone == fifth_of(chord) else 6.0 for tone in wanted - set(classes))
        score = missing - len(sounding) + 0.4 * fingers + 0.1 * sum(stopped)
        score += 5.0 * (third is not None and third not in classes)
        score += 2.5 * max(0, classes.count(third) - 1) if third is not None and rising else 0
        score += 1.5 * (len(sounding) - len(set(sounding))) if rising else 0
        if best is None or score < best[0]:
            best = (score, tuple(held))
    if best is None:
        return grip(chord, strings, position + 1, reach) if position < 9 else tuple(None for _ in strings)
    return best[1]
