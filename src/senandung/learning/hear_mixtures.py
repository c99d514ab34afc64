"""Made concerts: music with applause, crowds and singing along at known times, to learn to tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import RATE, Floats
from senandung.learning.crowds import Note
from senandung.learning.worsened import Rng, level
from senandung.sensing.sound.crowd import KINDS

Maker = Callable[[int, Rng], Floats]

HEARD, HIDDEN = -8.0, -18.0
"""dB against all else from which on a kind counts as heard, and below which it counts as absent."""


@dataclass(frozen=True, eq=False)
class Music:
    """A song of a made concert: its sound, and the tune that people know, with times from the sound's beginning.

    `chorus` makes people who sing the tune along, from (samples, rng); None where nobody can.
    """

    sound: Floats
    chorus: Maker | None = None
    notes: Sequence[Note] = ()


@dataclass(frozen=True, eq=False)
class Mixture:
    """A made concert and the sound of each of `KINDS` in it, shape (4, n)."""

    sound: Floats
    parts: Floats

    def labels(self, start: float, end: float) -> NDArray[np.float64]:
        """Of a stretch in seconds, for each kind: 1 heard, 0 absent, nan between."""
        part = self.parts[:, int(start * RATE) : int(end * RATE)].astype(np.float64)
        power = (part**2).mean(axis=1) + 1e-12
        if power.sum() < 1e-7:
            return np.zeros(len(KINDS))
        others = power.sum() - power
        against = 10 * np.log10(power / np.maximum(others, 1e-12))
        return np.where(against > HEARD, 1.0, np.where(against < HIDDEN, 0.0, np.nan))


def mixture(music: Music, makers: dict[str, Maker], seconds: float, rng: Rng) -> Mixture:
    """A made concert: music all the time or with pauses, and none to three stretches of what a crowd does.

    Parameters
    ----------
    makers : of "applause", "talk" and "cheering".
    """
    count = round(seconds * RATE)
    first = int(rng.integers(0, max(1, len(music.sound) - count)))
    sound = music.sound[first : first + count]
    sound = np.pad(sound, (0, count - len(sound))) / level(sound)
    parts = np.zeros((len(KINDS), count), dtype=np.float32)
    playing = np.ones(count, dtype=np.float32)
    if rng.random() < 0.6:
        begin, end = sorted(rng.uniform(0, 1, 2))
        if end - begin > 0.15:
            playing *= 1 - _gate(count, begin, min(end, begin + 0.5), rng)
    parts[0] = sound * playing
    for name in ("applause", "talk", "cheering"):
        if rng.random() < 0.4:
            begin = rng.uniform(0, 0.8)
            gate = _gate(count, begin, begin + rng.uniform(0.15, 0.8), rng)
            if rng.random() < 0.4:
                gate = np.minimum(gate, 1 - 0.97 * playing)  # people clap when the music has ended
            other = makers[name](count, rng)
            parts[1 if name == "applause" else 2] += other / level(other) * gate * 10 ** (rng.uniform(-15, 6) / 20)
    if music.chorus is not None and rng.random() < 0.5:
        begin = rng.uniform(0, 0.6)
        gate = _gate(count, begin, begin + rng.uniform(0.25, 0.9), rng)
        along = music.chorus(first, rng)[:count]
        along = np.pad(along, (0, count - len(along)))
        parts[3] = along / level(along) * gate * 10 ** (rng.uniform(-8, 8) / 20)
    return Mixture(np.asarray(parts.sum(axis=0), dtype=np.float32), parts)


def _gate(count: int, begin: float, end: float, rng: Rng) -> Floats:
    """1 between two shares of the length, with edges of up to two seconds."""
    edge = rng.uniform(0.05, 2.0) * RATE
    places = np.arange(count)
    rise, fall = (places - begin * count) / edge, (end * count - places) / edge
    return np.asarray(np.clip(np.minimum(rise, fall), 0, 1), dtype=np.float32)
