"""Which takes are better recorded again, and why: every reason in words that a singer understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.singing import FRAME
from senandung.singing.banks.record_list import VOWELS, Row, Unit
from senandung.singing.banks.segment import Heard, Segment, islands

CLIPPED = 0.985
"""Full scale from which on a sample counts as cut off, and how many in a row make it so."""
CLIPPED_RUN = 4

NOISE_DB = 35.0
"""The noise between the sounds lies so far below them."""

QUIET_DB = -45.0
"""A take whose sounds have less level than this (dB of full scale) is too quiet."""

SHORT = 0.3
"""Seconds that a vowel lasts at least."""

UNSTABLE = 45.0
"""Cents by which the pitch of a held vowel may wander (standard deviation)."""

AWAY = 1.5
"""Semitones by which a take may lie off the middle of all."""

CONFUSED = 0.75
"""A vowel is taken for another where that one is so much nearer (ratio of the distances)."""

LIKE = {"e": ("ə",), "ə": ("e", "o"), "o": ("u", "ə"), "u": ("o",), "i": ("e",), "a": ()}
"""Vowels that lie so near that mistaking them needs twice the evidence."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """A take: its row, its sounds, and the reasons to record it again (none: it is good)."""

    row: Row
    segments: tuple[Segment, ...]
    reasons: tuple[str, ...]


def judge(takes: Sequence[tuple[Row, Heard, tuple[Segment, ...]]]) -> tuple[Judged, ...]:
    """Every take with what is wrong with it. Vowels and pitch are held against the singer's own other takes."""
    middle = _middle_pitch([(heard, segments) for _, heard, segments in takes])
    shapes = [
        (number, segment.unit, _shape(heard, segment))
        for number, (_, heard, segments) in enumerate(takes)
        for segment in segments
    ]
    judged = []
    for number, (row, heard, segments) in enumerate(takes):
        reasons = _of_the_sound(row, heard, segments)
        if segments:
            reasons += _of_the_sounds(heard, segments, middle)
            own = [(unit, shape) for at, unit, shape in shapes if at == number]
            others = [(unit, shape) for at, unit, shape in shapes if at != number]
            reasons += _of_the_vowels(own, others)
        judged.append(Judged(row, segments, tuple(reasons)))
    return tuple(judged)


def middle_pitch(takes: Sequence[tuple[Row, Heard, tuple[Segment, ...]]]) -> float:
    """The MIDI number around which the takes were sung; 60 where nothing has a pitch."""
    found = _middle_pitch([(heard, segments) for _, heard, segments in takes])
    return 60.0 if found is None else found


def _of_the_sound(row: Row, heard: Heard, segments: Sequence[Segment]) -> list[str]:
    reasons = []
    over = np.abs(heard.samples) >= CLIPPED
    runs = np.convolve(over, np.ones(CLIPPED_RUN), "valid") >= CLIPPED_RUN if len(over) >= CLIPPED_RUN else over
    if runs.any():
        reasons.append(f"too loud: it is cut off at {np.flatnonzero(runs)[0] / 44_100:.1f} s; sing farther away")
    count = len(islands(heard))
    if not segments:
        texts = " ".join(unit.text for unit in row.units)
        reasons.append(f"{count} sounds were found, not {len(row.units)} ({texts}); leave half a second after each")
        if heard.top < QUIET_DB:
            reasons.append(f"too quiet: {heard.top:.0f} dB of full scale")
        return reasons
    level = float(np.median([heard.level[_inside(segment)].mean() for segment in segments]))
    if level < QUIET_DB:
        reasons.append(f"too quiet: its sounds have {level:.0f} dB of full scale, at least {QUIET_DB:.0f} are needed")
    elif level - heard.noise < NOISE_DB:
        reasons.append(
            f"noisy: its rests lie only {level - heard.noise:.0f} dB below its sounds, {NOISE_DB:.0f} are needed"
        )
    return reasons


def _of_the_sounds(heard: Heard, segments: Sequence[Segment], middle: float | None) -> list[str]:
    reasons = []
    short = [each.unit.text for each in segments if each.vowel_end - each.vowel < SHORT]
    if short:
        reasons.append(f"too short: {', '.join(short)}; hold each vowel for a second")
    unstable, away = [], []
    for each in segments:
        f0 = heard.f0[_inside(each)]
        f0 = f0[f0 > 0]
        if len(f0) < 10:
            unstable.append(each.unit.text)
            continue
        semitones = 69 + 12 * np.log2(f0 / 440)
        if 100 * float(np.std(semitones[np.abs(semitones - np.median(semitones)) < 6])) > UNSTABLE:
            unstable.append(each.unit.text)
        if middle is not None and abs(float(np.median(semitones)) - middle) > AWAY:
            away.append(each.unit.text)
    if unstable:
        reasons.append(f"its pitch is not held still: {', '.join(unstable)}")
    if away:
        reasons.append(f"on another note than the other takes: {', '.join(away)}")
    return reasons


def _of_the_vowels(own: Sequence[tuple[Unit, Floats]], others: Sequence[tuple[Unit, Floats]]) -> list[str]:
    """Vowels that are nearer to another vowel of the same singer than to their own."""
    usual = {}
    for vowel in VOWELS:
        rows = [shape for unit, shape in others if unit.vowel == vowel]
        if len(rows) >= 2:
            usual[vowel] = np.median(rows, axis=0)
    wrong = []
    for unit, shape in own:
        if unit.vowel not in usual or len(usual) < 2:
            continue
        far = {vowel: float(np.sqrt(((shape - middle) ** 2).mean())) for vowel, middle in usual.items()}
        nearest = min(far, key=lambda vowel: far[vowel])
        ratio = CONFUSED**2 if nearest in LIKE[unit.vowel] else CONFUSED
        if nearest != unit.vowel and far[nearest] < ratio * far[unit.vowel]:
            wrong.append(f"{unit.text} sounds like {VOWELS[nearest]}")
    return [f"the wrong vowel: {', '.join(wrong)}"] if wrong else []


def _shape(heard: Heard, segment: Segment) -> Floats:
    """The spectrum of a held vowel without its loudness and its tilt."""
    rows = np.median(heard.bands[_inside(segment), :26], axis=0)
    line = np.polynomial.polynomial.polyfit(np.arange(len(rows)), rows, 1)
    return np.asarray(rows - line[0] - line[1] * np.arange(len(rows)))


def _inside(segment: Segment) -> slice:
    """The rows of a vowel's middle."""
    length = segment.vowel_end - segment.vowel
    low = round((segment.vowel + 0.3 * length) / FRAME)
    share = 0.5 if segment.unit.kind == "diphthong" else 0.85
    return slice(low, max(round((segment.vowel + share * length) / FRAME), low + 3))


def _middle_pitch(takes: Sequence[tuple[Heard, tuple[Segment, ...]]]) -> float | None:
    found = []
    for heard, segments in takes:
        for each in segments:
            f0 = heard.f0[_inside(each)]
            found += [float(np.median(f0[f0 > 0]))] if np.any(f0 > 0) else []
    return float(69 + 12 * np.log2(np.median(found) / 440)) if found else None
