"""A hand on the fader of one part: soft passages of an accompaniment come nearer to its loud ones.

A sampled piano loses more than a real one when it is played softly: in an intro it stood 13 LU below the violin that it
accompanies, in the chorus 2 LU. The master's own hand (`rendering.master`) moves the whole song and cannot mend that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from senandung.audio.loudness import SILENCE, gated_loudness
from senandung.domain.time import Second

RIDDEN = frozenset({"chords", "pad", "counter"})
"""Roles whose fader is moved; a lead's dynamics are its own, and so are those of bass and drums."""

FREE, SHARE, RANGE = 2.0, 0.6, (-2.0, 5.0)
"""LU that a passage may differ from the part's whole, the share of the rest that is taken, its bounds in dB."""

GATE = -30.0
"""LU against the whole: what is below is silence between two passages, and does not count."""

WINDOW = 61
"""Tenths of a second over which a passage is heard."""


def part_ride(
    powers: NDArray[np.float64], until: Second, planned: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The linear gain of the hand for each tenth of a second, from K-weighted powers; constant after `until` seconds.

    Where an arc is planned, what it asks for (`rendering.master.planned_level`) is not evened out.

    >>> soft_then_loud = np.repeat([0.0005, 0.01], 200)
    >>> hand = part_ride(soft_then_loud, 40.0)
    >>> bool(hand[50] > 1.4), bool(0.9 < hand[350] <= 1.0)
    (True, True)
    """
    whole = gated_loudness(powers)
    if whole <= SILENCE:
        return np.ones(len(powers))
    level = -0.691 + 10 * np.log10(np.maximum(powers, 1e-13))
    sounds = (level > whole + GATE).astype(float)
    window = np.hanning(WINDOW + 2)[1:-1]
    side = WINDOW // 2
    heard = np.convolve(sounds, window, "full")[side:-side]
    power = np.convolve(powers * sounds, window, "full")[side:-side]
    known = np.flatnonzero(heard > 1e-6)
    passage = np.interp(np.arange(len(powers)), known, power[known] / heard[known])
    difference = -0.691 + 10 * np.log10(np.maximum(passage, 1e-13)) - whole
    if planned is not None:
        difference -= planned
    beyond = np.sign(difference) * np.maximum(np.abs(difference) - FREE, 0)
    held = np.minimum(np.arange(len(powers)), max(round(until * 10) - 1, 0))
    ride: NDArray[np.float64] = 10 ** (np.clip(-SHARE * beyond, *RANGE)[held] / 20)
    return ride
