"""What the mouth does over a phrase: phonemes become tracks of formants, closures, voicing and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import phoneme
from senandung.domain.singing import SungPhoneme
from senandung.singing.consonants import CONSONANTS, LOCI, Spectrum
from senandung.singing.tract import VOWELS

Knots = list[tuple[float, float]]

_NEUTRAL = "ə"

PUFF = 0.3
"""Strength of the aspiration behind a voiceless stop."""

NASAL_LEAD = 0.05
"""Seconds before a nasal in which the velum opens; after it, it closes in half of them."""


@dataclass
class Tracks:
    """Knots of every track of a phrase, in seconds from the song's beginning.

    f1, f2, f3 in Hz of a grown man; opening, bar, voice, puff (aspiration) linear; noise linear, by phoneme; nasal and
    mouth_closed 0..1; zero in Hz. `trills` are spans of trilled phonemes; `spectra` of the noise by phoneme, with the
    time until which it holds.
    """

    f1: Knots = field(default_factory=list)
    f2: Knots = field(default_factory=list)
    f3: Knots = field(default_factory=list)
    opening: Knots = field(default_factory=list)
    bar: Knots = field(default_factory=list)
    voice: Knots = field(default_factory=list)
    puff: Knots = field(default_factory=list)
    noise: Knots = field(default_factory=list)
    nasal: Knots = field(default_factory=list)
    closed: Knots = field(default_factory=list)
    zero: Knots = field(default_factory=list)
    lift: Knots = field(default_factory=list)
    spectra: list[tuple[float, Spectrum]] = field(default_factory=list)
    trills: list[tuple[float, float]] = field(default_factory=list)


LIFT = {
    "u": 8.0,
    "o": 4.0,
    "ɔ": 3.0,
    "ʊ": 5.0,
    "w": 5.0,
    "m": 15.0,
    "n": 18.0,
    "ɲ": 16.0,
    "ŋ": 14.0,
    "l": 6.0,
    "r": 4.0,
    "j": 3.0,
}
"""dB by which what is above 1.2 kHz is raised in rounded vowels and nasals: a cascade makes them too dark."""


def eased(knots: Knots, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A track at times: between two knots half a cosine."""
    if not knots:
        return np.zeros(len(times))
    at, value = np.array(sorted(knots, key=lambda each: each[0])).T
    index = np.clip(np.searchsorted(at, times, side="right") - 1, 0, max(len(at) - 2, 0))
    after = np.minimum(index + 1, len(at) - 1)
    share = np.clip((times - at[index]) / np.maximum(at[after] - at[index], 1e-6), 0, 1)
    return np.asarray(value[index] + (value[after] - value[index]) * (0.5 - 0.5 * np.cos(np.pi * share)))


def straight(knots: Knots, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """A track at times: straight between knots."""
    if not knots:
        return np.zeros(len(times))
    at, value = np.array(sorted(knots, key=lambda each: each[0])).T
    return np.asarray(np.interp(times, at, value))


def _vowel_near(phonemes: Sequence[SungPhoneme], index: int, step: int) -> str:
    """The vowel next to a consonant in one direction, else in the other."""
    for direction in (step, -step):
        place = index
        while 0 <= place < len(phonemes):
            if phoneme(phonemes[place].symbol).vowel:
                return phonemes[place].symbol
            place += direction
    return _NEUTRAL


def consonant_formants(symbol: str, vowel: str) -> tuple[float, float, float]:
    """F1, F2, F3 of a consonant beside a vowel.

    >>> [round(value) for value in consonant_formants("d", "a")]
    [300, 1564, 2630]
    """
    row = CONSONANTS[symbol]
    f1, f2, f3 = VOWELS[vowel]
    if row.target is not None:
        share = row.target[2]
        return (
            row.f1 + 0.15 * (f1 - row.f1),
            row.target[0] + share * (f2 - row.target[0]),
            row.target[1] + share * (f3 - row.target[1]),
        )
    if phoneme(symbol).place == "glottal":
        return f1, f2, f3
    locus = LOCI[phoneme(symbol).place]
    second = locus.slope * f2 + locus.start
    return row.f1, second, max(locus.f3 * 0.8 + f3 * 0.2, second + 350)


def _velar(vowel: str, level: float = 0.0) -> Spectrum:
    """The noise of a velar: a peak where F2 of the vowel begins."""
    peak = min(max(0.9 * VOWELS[vowel][1] + 450, 1100.0), 3000.0)
    return (
        (100, level - 36), (peak * 0.55, level - 18), (peak * 0.85, level - 3), (peak, level), (peak * 1.2, level - 4),
        (peak * 1.7, level - 14), (peak * 3, level - 17), (20_000, level - 34),
    )  # fmt: skip


def tracks(phonemes: Sequence[SungPhoneme]) -> Tracks:
    """The tracks of a phrase: phonemes that follow each other, with rests where they do not."""
    result = Tracks()
    for index, each in enumerate(phonemes):
        before = phonemes[index - 1] if index and each.start - phonemes[index - 1].end < 0.01 else None
        after = (
            phonemes[index + 1] if index + 1 < len(phonemes) and phonemes[index + 1].start - each.end < 0.01 else None
        )
        if phoneme(each.symbol).vowel:
            _vowel(result, each, before, after)
        else:
            left, right = _vowel_near(phonemes, index, -1), _vowel_near(phonemes, index, 1)
            _consonant(result, each, before, after, left, right)
        if before is None:
            result.voice.append((each.start - 0.004, 0.0))
    return result


def _glide(symbol: str) -> float:
    if CONSONANTS[symbol].target is not None and symbol in ("w", "j", "ɹ"):
        return 0.09
    if symbol in ("r", "l"):
        return 0.075
    return LOCI[phoneme(symbol).place or "glottal"].glide


def _vowel(result: Tracks, each: SungPhoneme, before: SungPhoneme | None, after: SungPhoneme | None) -> None:
    seconds = each.end - each.start
    f1, f2, f3 = VOWELS[each.symbol]
    first, last = each.start, each.end
    if before is not None:
        first += min(0.04 if phoneme(before.symbol).vowel else _glide(before.symbol), 0.45 * seconds)
    if after is not None:
        last -= min(0.04 if phoneme(after.symbol).vowel else _glide(after.symbol), 0.45 * seconds)
    for knots, value in ((result.f1, f1), (result.f2, f2), (result.f3, f3), (result.lift, LIFT.get(each.symbol, 0.0))):
        knots.extend(((first, value), (last, value)))
    rise = 0.022 if before is None else 0.008
    fall = min(0.09, 0.4 * seconds) if after is None else 0.008
    result.voice.extend(((each.start + min(rise, 0.3 * seconds), 1.0), (each.end - fall, 1.0)))
    if after is None:
        result.voice.append((each.end, 0.0))
        result.puff.extend(((each.end - fall, 0.0), (each.end - 0.3 * fall, 0.04), (each.end + 0.03, 0.0)))
    result.opening.extend(((each.start + 0.004, 1.0), (each.end - 0.004, 1.0)))
    result.bar.extend(((each.start, 0.0), (each.end, 0.0)))
    lead = min(NASAL_LEAD, 0.4 * seconds)
    from_nasal = before is not None and phoneme(before.symbol).manner == "nasal"
    to_nasal = after is not None and phoneme(after.symbol).manner == "nasal"
    result.nasal.extend(
        ((each.start + (lead / 2 if from_nasal else 0), 0.0), (each.end - (lead if to_nasal else 0), 0.0))
    )
    result.closed.extend(((each.start + 0.003, 0.0), (each.end - 0.003, 0.0)))


def _consonant(
    result: Tracks, each: SungPhoneme, before: SungPhoneme | None, after: SungPhoneme | None, left: str, right: str
) -> None:
    row, kind = CONSONANTS[each.symbol], phoneme(each.symbol)
    start, end, seconds = each.start, each.end, each.end - each.start
    _place(result, each, left, right)
    closed = kind.manner in ("stop", "affricate") and each.symbol != "ʔ"
    release = min(row.release, 0.5 * seconds)
    if closed:
        opened = end - release
        result.opening.extend(((start + 0.004, 0.0), (opened - 0.001, 0.0), (end + 0.003, 1.0)))
        if kind.voiced:
            lead = min(0.012, 0.2 * seconds)
            result.bar.extend(((start + lead, row.bar), (opened - lead, row.bar), (opened, 0.0)))
            result.voice.extend(((start + 0.004, 1.0), (end - 0.004, 1.0)))
        else:
            result.voice.extend(((start + 0.006, 0.0), (end - 0.001, 0.0)))
        _release(result, each, after, opened, right)
        return
    if each.symbol == "ʔ":
        edge = min(0.012, 0.3 * seconds)
        result.voice.extend(((start + edge, 0.0), (end - edge / 2, 0.0)))
        result.opening.extend(((start, 1.0), (end, 1.0)))
        return
    if each.symbol == "h":
        middle = min(0.03, 0.35 * seconds)
        low = 0.12 if before is not None and after is not None else 0.0
        result.voice.extend(((start + middle, low), (end - 0.012, low)))
        result.puff.extend(
            ((start - 0.01, 0.0), (start + middle, 0.16), (end - 0.3 * middle, 0.16), (end + 0.025, 0.0))
        )
        result.opening.extend(((start, 1.0), (end, 1.0)))
        return
    if row.noise is not None:
        edge = min(0.025, 0.3 * seconds)
        spectrum = row.spectrum or _velar(right)
        level = _gain(row.noise)
        result.spectra.append((end + 0.02, spectrum))
        result.noise.extend(
            ((start - 0.008, 0.0), (start + edge, level), (end - edge * 0.7, level), (end + 0.006, 0.0))
        )
        low = row.voice
        result.voice.extend(((start + 0.012, low), (end - 0.006, low)))
        opening = 1.0 if kind.voiced else 0.5
        result.opening.extend(((start + 0.01, opening), (end - 0.006, opening)))
        return
    if kind.manner == "nasal":
        result.nasal.extend(((start - 0.004, 0.75), (start + 0.01, 1.0), (end - 0.004, 1.0), (end + 0.006, 0.7)))
        result.closed.extend(((start + 0.005, 1.0), (end - 0.005, 1.0)))
        result.zero.extend(((start, row.zero or 1000.0), (end, row.zero or 1000.0)))
    edge = min(0.01, 0.2 * seconds)
    if kind.manner == "trill" and seconds > 0.035:
        result.trills.append((start, end))
    level = row.voice
    if after is None:
        fall = min(0.06, 0.5 * seconds)
        result.voice.extend(((start + edge, level), (end - fall, level), (end, 0.0)))
    elif before is None:
        result.voice.extend(((start + min(0.03, 0.5 * seconds), level), (end - edge, level)))
    else:
        result.voice.extend(((start + edge, level), (end - edge, level)))
    result.opening.extend(((start, 1.0), (end, 1.0)))


def _place(result: Tracks, each: SungPhoneme, left: str, right: str) -> None:
    """The formants through a consonant."""
    seconds = each.end - each.start
    # The tongue leaves an affricate while it still hisses, so that the vowel is there when the hiss ends.
    moves = CONSONANTS[each.symbol].target is not None or phoneme(each.symbol).manner == "affricate"
    inset = 0.25 * seconds if moves else 0.0
    for when, vowel in ((each.start + inset, left), (each.end - inset, right)):
        f1, f2, f3 = consonant_formants(each.symbol, vowel)
        result.f1.append((when, f1))
        result.f2.append((when, f2))
        result.f3.append((when, f3))
    result.lift.append(((each.start + each.end) / 2, LIFT.get(each.symbol, 0.5 * LIFT.get(right, 0.0))))


def _release(result: Tracks, each: SungPhoneme, after: SungPhoneme | None, opened: float, right: str) -> None:
    """The burst, the frication of an affricate and the puff before the voice."""
    row = CONSONANTS[each.symbol]
    weak = 1.0 if after is not None else 0.5
    spectrum = row.spectrum or _velar(right)
    level = _gain(row.burst or -60.0) * weak
    result.spectra.append((each.end + 0.03, spectrum))
    end = each.end if after is not None else min(each.end, opened + 0.05)
    result.noise.extend(((opened - 0.0015, 0.0), (opened, level)))
    if row.noise is not None:
        hiss = _gain(row.noise) * weak
        result.noise.extend(((opened + 0.006, hiss), (end - 0.012, hiss), (end + 0.004, 0.0)))
    else:
        decay = 0.006 if row.release < 0.02 else 0.012
        result.noise.extend(((opened + 0.002, level * 0.8), (opened + decay, level * 0.25), (end + 0.002, 0.0)))
        if not phoneme(each.symbol).voiced:
            result.puff.extend(
                ((opened, 0.0), (opened + 0.004, PUFF * weak), (end, 0.6 * PUFF * weak), (end + 0.015, 0.0))
            )


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))
