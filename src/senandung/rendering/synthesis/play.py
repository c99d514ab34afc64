"""A part becomes sound by the instruments that are computed here."""

from __future__ import annotations

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pieces import PIECE
from senandung.domain.checks import require
from senandung.domain.errors import InvalidValueError
from senandung.domain.performance import Part
from senandung.domain.time import Second
from senandung.rendering.synthesis import flute, idiophones, membranes, strings
from senandung.rendering.synthesis.gamelan import IDIOPHONES

SYNTHESISED = frozenset({*IDIOPHONES, *strings.PLUCKED, *membranes.HITS, "suling"})
"""Names of the instruments that are computed and not sampled."""

FULL = 0.9
"""The peak that a part may have."""

LEVEL = 0.25
"""What a single full stroke gets, so that parts seldom reach `FULL`."""


def play_part(part: Part, seconds: Second, sample_rate: int, *, seed: int = 0) -> NDArray[np.float32]:
    """A part by our own instruments: mono, shape (n,), n = seconds times the sample rate, no sample beyond ±0.9.

    Parameters
    ----------
    part : its instrument must be one of `SYNTHESISED`.
    seconds : how long to play; what rings after it is cut.
    seed : 0 or more; the same part, seed and version give the same samples.

    >>> from senandung.domain.performance import PlayedNote
    >>> tone = play_part(Part("Saron", "melody", "saron", (PlayedNote(0.0, 0.5, 74, 90),)), 1.0, 44_100)
    >>> tone.shape, bool(abs(tone).max() > 0.05)
    ((44100,), True)
    """
    name = part.instrument
    if name not in SYNTHESISED:
        raise InvalidValueError(f"an instrument to compute must be one of {', '.join(sorted(SYNTHESISED))}, got {name}")
    require(seconds > 0, "a part must last", seconds)
    require(sample_rate >= 16_000, "a sample rate must be 16000 Hz or more", sample_rate)
    n = round(seconds * sample_rate)
    notes = tuple(sorted(note for note in part.notes if note.onset * sample_rate < n))
    rng = np.random.default_rng([seed, crc32(part.track.encode("utf-8"))])
    if name in IDIOPHONES:
        heard = idiophones.play(IDIOPHONES[name], notes, n, sample_rate, rng)
    elif name in strings.PLUCKED:
        heard = strings.play(strings.PLUCKED[name], notes, n, sample_rate, rng)
    elif name in membranes.HITS:
        heard = membranes.play(name, notes, n, sample_rate, rng)
    else:
        heard = flute.play(notes, n, sample_rate, rng)
    if part.expression:
        at, values = np.array(part.expression).T
        for first in range(0, n, PIECE):
            last = min(first + PIECE, n)
            heard[first:last] *= np.interp(np.arange(first, last) / sample_rate, at, values) ** 2
    few = min(n, round(0.005 * sample_rate))
    heard[n - few :] *= np.linspace(1.0, 0.0, few)
    heard *= LEVEL
    peak = max(float(heard.max(initial=0.0)), -float(heard.min(initial=0.0)))
    if peak > FULL:
        heard *= FULL / peak
    return heard
