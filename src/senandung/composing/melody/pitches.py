"""Pitches of a phrase: drawn from the learned intervals under the rules of singing, the best of several kept.

Rules: strong beats and long notes sing chord tones; a leap is left by a smaller step the other way; a foreign tone is
left and reached by step; the voice's compass is kept. Each candidate is judged two-sidedly: its range and its shares of
repeated notes, steps and leaps should lie inside the learned bands, and no score is driven to its end.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senandung.composing.melody.tunes import USUAL, Balance, Shares, Tunes
from senandung.composing.tables import Context, interval_context
from senandung.domain.chords import Chord
from senandung.domain.scales import Key

CANDIDATES = 16
"""Tunes tried for a phrase."""

EAR = 0.5
"""What a listener's shares weigh against the learned intervals, 0..1."""

HEARD_REPEATS = 0.45
"""A listener that is told a rhythm of many syllables hears more repeated tones than people sing."""

TARGET_SPREAD = 3.2
"""Semitones within which the phrase follows its outline."""


@dataclass(frozen=True)
class Tone:
    """One note to be pitched: its chord, metrical weight, whether it must be a chord tone, and its outline's height.

    `fixed` is the pitch that it has already, if any.
    """

    chord: Chord
    weight: int
    firm: bool
    target: float
    fixed: int | None = None


@dataclass(frozen=True)
class Frame:
    """What a phrase must keep to: key and compass, whether it ends on the tonic, and a pitch that it should pass.

    `above` is that pitch where the phrase is a climax, else None; `before` the last pitch of the phrase before;
    `narrow` is True where a chord's tones that are foreign to the key are not sung; `tunes` says what tunes are like.
    """

    key: Key
    low: int
    high: int
    tonic_end: bool = False
    above: int | None = None
    before: int | None = None
    narrow: bool = False
    tunes: Tunes = USUAL
    balance: Balance | None = None

    @property
    def mode(self) -> str:
        """The mode as the tables have it."""
        return "minor" if self.key.is_minor else "major"


def scale_tones(key: Key, chord: Chord, low: int, high: int, *, narrow: bool = False) -> list[int]:
    """Pitches from `low` to `high`: the key's tones, where a foreign chord tone replaces its neighbours.

    `narrow` leaves the key's tones as they are: five tones stay five.

    >>> scale_tones(Key.parse("Am"), Chord.parse("E7"), 64, 69)
    [64, 65, 68, 69]
    >>> scale_tones(Key.parse("C langgam-jawa"), Chord.parse("F"), 60, 72, narrow=True)
    [60, 64, 65, 67, 71, 72]
    """
    if narrow:
        return [pitch for pitch in range(low, high + 1) if pitch % 12 in key.pitch_classes]
    tones = set(chord.pitch_classes)
    foreign = tones - set(key.pitch_classes)
    classes = tones | {
        pitch for pitch in key.pitch_classes if not any((pitch - other) % 12 in (1, 11) for other in foreign)
    }
    if key.tonic.pitch_class not in classes and key.tonic.pitch_class in key.pitch_classes and key.is_minor:
        classes.add(key.tonic.pitch_class)  # the leading tone resolves to it
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


Option = tuple[int, float, bool]
"""A pitch, its share before the intervals are known, and whether it is a chord tone."""


class Listener(Protocol):
    """Foretells the next pitch of several candidates, and is told which were chosen."""

    @property
    def rows(self) -> int:
        """How many candidates are followed."""
        ...

    def shares(self) -> NDArray[np.float64]:
        """The share of each MIDI number as the next pitch of every candidate, shape (rows, 128)."""
        ...

    def sing(self, pitches: Sequence[int]) -> None:
        """Give every candidate its next pitch."""
        ...


def write_pitches(
    tones: Sequence[Tone], frame: Frame, rng: random.Random, listener: Listener | None = None
) -> tuple[int, ...]:
    """A pitch for every tone of a phrase, drawn from a listener's shares or else from the learned intervals."""
    options = [_options(tone, frame, final=at == len(tones) - 1) for at, tone in enumerate(tones)]
    best: tuple[float, tuple[int, ...]] = (-math.inf, ())
    for pitches, likelihood in _draw(tones, options, frame, rng, listener):
        best = max(best, (0.5 * likelihood - _penalty(pitches, tones, frame) + rng.gauss(0, 0.15), pitches))
    return best[1]


def _draw(
    tones: Sequence[Tone],
    options: Sequence[Sequence[Option]],
    frame: Frame,
    rng: random.Random,
    listener: Listener | None,
) -> list[tuple[tuple[int, ...], float]]:
    """Candidates, note by note side by side, with the mean log share of their choices."""
    candidates: list[list[int]] = [[] for _ in range(CANDIDATES if listener is None else listener.rows)]
    likelihood = [0.0] * len(candidates)
    for tone, row in zip(tones, options, strict=True):
        heard = None if listener is None else listener.shares()
        for number, pitches in enumerate(candidates):
            weights = _weights_by_intervals(tone, row, frame, pitches)
            if heard is not None:
                # a product of experts: each may forbid what the other finds usual
                weights = [
                    weight ** (1 - EAR)
                    * (base * heard[number, pitch]) ** EAR
                    * (HEARD_REPEATS if pitches and pitch == pitches[-1] else 1.0)
                    for weight, (pitch, base, _) in zip(weights, row, strict=True)
                ]
            weights = _leaned(weights, tone, row, frame, pitches)
            if not any(weights):
                weights = [math.exp(-abs(pitch - tone.target)) for pitch, _, _ in row]
            at = rng.choices(range(len(row)), weights)[0]
            likelihood[number] += math.log(weights[at] / sum(weights))
            pitches.append(row[at][0])
        if listener is not None:
            listener.sing([pitches[-1] for pitches in candidates])
    return [(tuple(pitches), found / len(tones)) for pitches, found in zip(candidates, likelihood, strict=True)]


def _weights_by_intervals(tone: Tone, row: Sequence[Option], frame: Frame, pitches: Sequence[int]) -> list[float]:
    if not pitches:
        return [weight * _allowed(pitch, pitches, frame, in_chord=in_chord) for pitch, weight, in_chord in row]
    previous = pitches[-1] - pitches[-2] if len(pitches) > 1 else None
    shares = frame.tunes.shares(frame.mode, _context(tone, frame, pitches))
    return [
        weight
        * _allowed(pitch, pitches, frame, in_chord=in_chord)
        * _step(pitch - pitches[-1], pitches, previous, shares)
        if weight
        else 0.0
        for pitch, weight, in_chord in row
    ]


def _context(tone: Tone, frame: Frame, pitches: Sequence[int]) -> Context:
    """What is known before the interval to a tone; there is a pitch before."""
    previous = pitches[-1] - pitches[-2] if len(pitches) > 1 else None
    return interval_context((pitches[-1] - frame.key.tonic.pitch_class) % 12, previous, strong=tone.weight >= 2)


def _leaned(
    weights: Sequence[float], tone: Tone, row: Sequence[Option], frame: Frame, pitches: Sequence[int]
) -> list[float]:
    """Weights, leaned towards what a person's tunes have oftener than all others: who says them does not matter."""
    lean = frame.tunes.lean(frame.mode, _context(tone, frame, pitches)) if pitches else {}
    if not lean:
        return list(weights)
    leaps = [pitch - pitches[-1] for pitch, _, _ in row]
    found = [weight * lean.get(str(leap), 1.0) for weight, leap in zip(weights, leaps, strict=True)]
    if frame.balance is not None and any(found):
        found = [weight * frame.balance.factor(frame.mode, leap) for weight, leap in zip(found, leaps, strict=True)]
        if tone.fixed is None:
            frame.balance.add(frame.mode, leaps, found)
    return found


def _allowed(pitch: int, before: Sequence[int], frame: Frame, *, in_chord: bool) -> float:
    """A factor by the rules of singing: no leap that nobody finds, a foreign tone only by step."""
    if not before:
        if frame.before is not None and abs(pitch - frame.before) > 12:
            return 1e-4
        return 1.0
    leap = abs(pitch - before[-1])
    if (leap > 9 and leap != 12) or leap == 6:
        return 0.0
    return 0.15 if not in_chord and leap > 2 else 1.0


def _options(tone: Tone, frame: Frame, *, final: bool) -> list[Option]:
    """Every pitch that a tone may have, by its outline, its chord and where the phrase ends."""
    tones = tone.chord.pitch_classes
    if tone.fixed is not None:
        return [(tone.fixed, 1.0, tone.fixed % 12 in tones)]
    inside, outside = frame.tunes.tone_factors(tone.weight)
    ends = frame.tunes.ends(frame.mode)
    found = []
    for pitch in scale_tones(frame.key, tone.chord, frame.low, frame.high, narrow=frame.narrow):
        in_chord = pitch % 12 in tones
        weight = math.exp(-(((pitch - tone.target) / TARGET_SPREAD) ** 2))
        if tone.firm or final:
            weight *= 1.0 if pitch % 12 in tones[:3] else 0.35 if in_chord and not final else 0.0
        else:
            weight *= inside if in_chord else outside
        degree = (pitch - frame.key.tonic.pitch_class) % 12
        if final and frame.tonic_end:
            weight *= 1.0 if degree == 0 else 1e-9
        elif final:
            weight *= 0.1 + ends.get(degree, 0.0)
        found.append((pitch, weight, in_chord))
    return found


def _step(leap: int, before: Sequence[int], previous: int | None, shares: Shares) -> float:
    """The learned share of an interval, and what the table is too short to know: leaps turn back, few tones repeat."""
    weight = shares.get(str(leap), 1e-4)
    if previous is not None and abs(previous) >= 5:
        back = previous * leap < 0 and abs(leap) <= 4
        weight *= 2.0 if back else 0.6 if abs(leap) <= 2 else 0.05
    if leap == 0:
        weight *= 0.5
        if previous == 0:
            weight *= 0.35 if len(before) < 3 or before[-3] != before[-2] else 0.05
    return weight


def _penalty(pitches: Sequence[int], tones: Sequence[Tone], frame: Frame) -> float:
    """How far a phrase lies outside the learned bands, and outside its frame."""
    penalty = 0.0
    if len(pitches) >= 4:
        moves = [abs(b - a) for a, b in pairwise(pitches)]
        measured = {
            "range": (float(max(pitches) - min(pitches)), 4.0),
            "repeats": (sum(move == 0 for move in moves) / len(moves), 0.25),
            "steps": (sum(1 <= move <= 2 for move in moves) / len(moves), 0.25),
            "leaps": (sum(move >= 5 for move in moves) / len(moves), 0.2),
        }
        bands = frame.tunes.bands()
        for name, (value, scale) in measured.items():
            low, _, high = bands[name]
            penalty += 0.8 * max(low - value, value - high, 0.0) / scale
        penalty += 0.4 * max(0, 3 - len(set(pitches)))
    if frame.above is not None and max(pitches) <= frame.above:
        penalty += 2.0
    peaks = sum(pitch == max(pitches) for pitch in pitches)
    penalty += 0.15 * max(peaks - 2, 0)
    return penalty + sum(
        0.6
        for (a, b), tone in zip(pairwise(pitches), tones, strict=False)
        if abs(b - a) >= 5 and a % 12 not in tone.chord.pitch_classes
    )
