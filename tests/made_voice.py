"""A voice made from a source and a tract whose pitch, jitter, shimmer, noise, rate and pauses are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE = 16_000
FINE = 48_000

VOWELS = {
    "a": (750, 1250, 2600),
    "i": (300, 2250, 2950),
    "u": (330, 800, 2300),
    "e": (480, 1950, 2600),
    "o": (500, 900, 2450),
}
"""Formants in Hz."""


@dataclass(frozen=True, eq=False)
class Made:
    """What was made.

    Parameters
    ----------
    samples : mono at `RATE`.
    jitter, shimmer : as Praat defines them, of the periods that were made.
    noise : dB of the voice over its noise where it sounds; inf without noise.
    rate : syllables a second, pauses included.
    pauses : spans of silence in seconds.
    """

    samples: Floats
    jitter: float
    shimmer: float
    noise: float
    rate: float
    pauses: tuple[tuple[float, float], ...]


def speak(
    *,
    seconds: float = 8.0,
    hz: float = 120.0,
    semitones: float = 2.5,
    rate: float = 4.5,
    pauses: Sequence[tuple[float, float]] = (),
    jitter: float = 0.005,
    shimmer: float = 0.03,
    noise: float = 25.0,
    tilt: float = 0.00025,
    dip: float = 14.0,
    hiss: bool = True,
    vowels: str = "aiueo",
    seed: int = 1,
) -> Made:
    """Speech-like sound: syllables of random vowels with dips between them, some begun by a hiss.

    Parameters
    ----------
    hz, semitones : median of the pitch, and its standard deviation.
    rate : syllables a second outside of the pauses.
    jitter, shimmer : about what is made; what was made exactly stands in the result.
    tilt : seconds of a pulse's decay: the longer the darker.
    dip : dB between syllables.
    """
    rng = np.random.default_rng(seed)
    n = round(seconds * FINE)
    time = np.arange(n) / FINE
    starts = np.arange(0.15, seconds - 0.3, 1 / rate)
    starts = starts[[not any(a - 0.05 < s + 0.5 / rate < b + 0.05 for a, b in pauses) for s in starts]]
    centres = starts + 0.5 / rate
    wobble = rng.standard_normal(len(starts)) * semitones
    pitch = hz * 2 ** (np.interp(time, centres, wobble - np.median(wobble)) / 12)
    # Loudness: a rise and a fall in each syllable, `dip` dB deep.
    loud = np.full(n, 0.0)
    for start in starts:
        inside = (time >= start) & (time < start + 1 / rate)
        place = (time[inside] - start) * rate
        loud[inside] = 10 ** ((dip * (np.sin(np.pi * place) - 1) + rng.normal(0, 1.0)) / 20)
    quiet = np.ones(n, dtype=bool)
    for start in starts:
        quiet[(time >= start - 0.02) & (time < start + 1 / rate + 0.02)] = False
    voiced = ~quiet
    hissed = starts[rng.random(len(starts)) < (0.4 if hiss else 0)]
    for start in hissed:
        voiced[(time >= start) & (time < start + 0.07)] = False
    marks, sizes = _pulses(pitch, voiced, jitter, shimmer, rng)
    source = np.zeros(n)
    reach = np.arange(round(10 * tilt * FINE))
    for mark, size in zip(marks, sizes, strict=True):
        first = int(np.ceil(mark * FINE))
        since = (first + reach) / FINE - mark
        kept = first + reach < n
        source[first + reach[kept]] += size * (since / tilt * np.exp(1 - since / tilt))[kept]
    source = np.diff(source, prepend=0.0)  # the lips
    breath = rng.standard_normal(n) * voiced
    weights = _vowel_weights(time, starts, 1 / rate, vowels, rng)
    voice = sum(weights[v] * _tract(source, VOWELS[v]) for v in weights) * loud
    air = sum(weights[v] * _tract(breath, VOWELS[v]) for v in weights) * loud
    sounding = voiced & (loud > 0)
    if np.isfinite(noise):
        air *= np.sqrt((voice[sounding] ** 2).mean() / (air[sounding] ** 2).mean()) * 10 ** (-noise / 20)
    else:
        air = np.zeros(n)
    sound = voice + air
    size = np.sqrt((sound[sounding] ** 2).mean())
    for start in hissed:
        inside = (time >= start) & (time < start + 0.07)
        burst = np.diff(rng.standard_normal(int(inside.sum())), prepend=0.0)
        sound[inside] += 0.12 * size * burst * np.hanning(len(burst))
    from scipy.signal import resample_poly

    sound = resample_poly(0.08 * sound / size, 1, 3)
    made_jitter, made_shimmer = _local(marks, sizes)
    return Made(sound, made_jitter, made_shimmer, noise, len(starts) / seconds, tuple(pauses))


def _pulses(
    pitch: Floats, voiced: NDArray[np.bool_], jitter: float, shimmer: float, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    # The mean difference of two normal numbers is 2 / sqrt(pi) of their deviation.
    spread = np.sqrt(np.pi) / 2
    marks, sizes = [], []
    at, end = 0.0, len(pitch) / FINE
    while at < end - 0.01:
        place = int(at * FINE)
        if voiced[place]:
            marks.append(at)
            sizes.append(max(1 + shimmer * spread * rng.standard_normal(), 0.2))
        at += max(1 + jitter * spread * rng.standard_normal(), 0.5) / pitch[place]
    return np.array(marks), np.array(sizes)


def _local(marks: Floats, sizes: Floats) -> tuple[float, float]:
    lasts = np.diff(marks)
    inner = np.maximum(lasts[1:] / lasts[:-1], lasts[:-1] / lasts[1:]) <= 1.3
    joined = lasts < 1.3 * np.median(lasts)
    jitter = np.abs(np.diff(lasts))[inner].mean() / lasts[joined].mean()
    return float(jitter), float(np.abs(np.diff(sizes))[joined].mean() / sizes.mean())


def _vowel_weights(
    time: Floats, starts: Floats, lasts: float, vowels: str, rng: np.random.Generator
) -> dict[str, Floats]:
    weights = {v: np.zeros(len(time)) for v in vowels}
    for start in starts:
        near = np.clip(1.5 - np.abs(time - start - lasts / 2) / lasts * 1.5, 0, 1)
        weights[vowels[rng.integers(len(vowels))]] += near
    total = np.maximum(sum(weights.values()), 1e-3)
    return {v: w / total for v, w in weights.items() if w.any()}


def _tract(source: Floats, formants: tuple[int, ...]) -> Floats:
    from scipy.signal import lfilter

    sound = source
    for place, hz in enumerate((*formants, 3500, 4500)):
        radius = np.exp(-np.pi * (60 + 40 * place) / FINE)
        angle = 2 * np.pi * hz / FINE
        poles = [1, -2 * radius * np.cos(angle), radius**2]
        sound = lfilter([sum(poles)], poles, sound)
    return np.asarray(sound)
