"""A choir of many: other throats, a little apart in pitch and in time.

Singers who stand together share a tract: their voices are added before it, each with its own pitch and onset. That
costs a fifth of a singer each and is heard as many, since pitch and time are what parts the singers of a unison:
Ternström (1993), "Perceptual evaluations of voice scatter in unison choir sounds", J. Voice 7(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senandung.singing.voices import Voice

TOGETHER = 5
"""Singers that share a tract."""

DETUNED = 9.0
"""Cents, the deviation between singers."""

LATE = 0.008
"""Seconds, the deviation of the onset between singers; none is further than twice this."""


@dataclass(frozen=True)
class Desk:
    """Singers that share a tract: the length of it against the voice's, and each one's cents and seconds behind."""

    tract: float
    late: float
    cents: tuple[float, ...]
    behind: tuple[float, ...]


def desks(voice: Voice, *, seed: int) -> tuple[Desk, ...]:
    """Who sings: one desk of one singer without any deviation for a solo voice.

    >>> from senandung.singing.voices import VOICES
    >>> [len(desk.cents) for desk in desks(VOICES["melati"], seed=1)]
    [1]
    >>> sum(len(desk.cents) for desk in desks(VOICES["paduan"], seed=1))
    10
    """
    if voice.singers == 1:
        return (Desk(1.0, 0.0, (0.0,), (0.0,)),)
    rng = np.random.default_rng(seed)
    number = -(-voice.singers // TOGETHER)
    cents = rng.standard_normal(voice.singers).clip(-2, 2) * DETUNED
    late = rng.standard_normal(voice.singers).clip(-2, 2) * LATE
    # The choir as a whole is in tune and in time.
    cents -= cents.mean()
    late -= late.mean()
    tracts = np.linspace(0.98, 1.03, number)
    result = []
    for desk in range(number):
        own, behind = cents[desk::number], late[desk::number]
        result.append(Desk(float(tracts[desk]), float(behind.mean()), tuple(own.tolist()), tuple(behind.tolist())))
    return tuple(result)
