"""How loud the parts of a sound are against each other: what is made even and what is set."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senandung.domain.phonemes import phoneme
from senandung.domain.singing import SungPhoneme
from senandung.singing.consonants import CONSONANTS
from senandung.singing.source import lf_pulse
from senandung.singing.tract import F1_ABOVE, F4, F5, SIZE, VOWELS, Shape, bins, responses
from senandung.singing.voices import Voice

LEVEL = 0.063
"""Root of the mean square of a vowel at dynamics 0: -24 dB of full scale, so that +12 dB still has its peaks."""

EVEN = 0.65
"""The share of the differences in level, of vowels and of harmonics that meet a formant, that is taken away: singers
even their vowels out."""


def consonant_gains(
    phonemes: Sequence[SungPhoneme],
    shape: Shape,
    middles: NDArray[np.float64],
    f0: NDArray[np.float64],
    voice: Voice,
) -> list[tuple[float, float]]:
    """Knots of a gain in dB that brings nasals, liquids and glides to their levels, beside `EVEN`."""
    at = np.searchsorted(middles, [(each.start + each.end) / 2 for each in phonemes]).clip(0, len(middles) - 1)
    levels = vowel_level(responses(shape.part(at), voice.tract, voice.ring), shape.part(at), f0[at], voice)
    knots: list[tuple[float, float]] = []
    for each, found in zip(phonemes, levels.tolist(), strict=True):
        vowel = phoneme(each.symbol).vowel
        wanted = None if vowel else CONSONANTS[each.symbol].level
        if not vowel and wanted is None:
            continue
        gain = 0.0 if wanted is None else float(np.clip(wanted - (1 - EVEN) * found, -14, 14))
        edge = min(0.012, 0.3 * (each.end - each.start))
        knots += [(each.start + edge, gain), (each.end - edge, gain)]
    return knots


_HARMONICS = 40


def vowel_level(
    answer: NDArray[np.complex64], shape: Shape, f0: NDArray[np.float64], voice: Voice
) -> NDArray[np.float64]:
    """The level of the voiced sound of each frame in dB against a vowel's, from the harmonics that the tract meets."""
    calm, _ = source_gains(voice)
    pulse = (2 * np.abs(lf_pulse(round(voice.rd, 2)).harmonics(_HARMONICS)[1:]) ** 2).astype(np.float32)
    place = np.minimum(np.arange(1, _HARMONICS + 1) * (f0 / bins()[1])[:, None], SIZE // 2 - 1)
    low = place.astype(np.intp)
    rest = (place - low).astype(np.float32)
    flat, rows = answer.reshape(-1), (np.arange(len(answer)) * answer.shape[1])[:, None]
    one, two = flat.take(rows + low), flat.take(rows + low + 1)
    met = (one.real**2 + one.imag**2) * (1 - rest) + (two.real**2 + two.imag**2) * rest
    power = (met @ pulse) * (calm / LEVEL) ** 2 / np.maximum(shape.opening, 0.05) ** 2
    return np.asarray(10 * np.log10(np.maximum(power, 1e-6)), dtype=np.float64)


@lru_cache(maxsize=16)
def source_gains(voice: Voice) -> tuple[float, float]:
    """Gains of the source and of noise of deviation 1 that bring a vowel to `LEVEL`."""
    f0 = 440 * 2 ** (((voice.low + voice.high) / 2 - 69) / 12)
    count = int(20_000 / f0)
    power = np.abs(lf_pulse(round(voice.rd, 2)).harmonics(count)) ** 2
    voiced, noisy = [], []
    for vowel in "aiueoə":
        f1, f2, f3 = VOWELS[vowel]
        formants = np.array([[max(f1 * voice.mouth, F1_ABOVE * f0), *(f * voice.tract for f in (f2, f3, F4, F5))]])
        one = np.ones(1)
        shape = Shape(
            formants,
            voice.bandwidth * (60 + 0.03 * formants),
            one,
            0 * one,
            0 * one,
            1000 * one,
            0 * one,
            0 * one,
            0 * one,
        )
        answer = np.abs(responses(shape, voice.tract, voice.ring)[0]) ** 2
        voiced.append(2 * float((power[1:] * np.interp(np.arange(1, count + 1) * f0, bins(), answer)).sum()))
        noisy.append(float(answer.mean()))
    return LEVEL / float(np.sqrt(np.mean(voiced))), LEVEL / float(np.sqrt(np.mean(noisy)))
