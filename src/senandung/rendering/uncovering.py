"""Parts that nobody would hear are brought up, as far as that goes, and the band stays as loud as it was.

Ronan, Ma, Mc Namara, Gunes & Reiss (2018), "Automatic minimisation of masking in multitrack audio using subgroups",
arXiv:1803.09960, found that mixes moved by a masking measure are judged clearer; theirs moves equalisers and
compressors, this one faders only, in steps of a decibel, by `rendering.masking`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from senandung.rendering.masking import heard_shares

WANTED = 0.2
"""Share of a part that ought to be heard (`rendering.masking`)."""

STEP, MOST = 1.0, 4.0
"""dB of one step, and dB beyond which no part is moved: what is meant to be in the background stays there."""


def uncovered(
    bands: Mapping[str, NDArray[np.float64]], loudness: Mapping[str, float], moved: Collection[str]
) -> dict[str, float]:
    """By how many dB the parts' faders are moved.

    Parameters
    ----------
    bands : of every part as it stands in the mix, by track name (`rendering.masking.band_powers`).
    loudness : of every part in the mix, in LUFS.
    moved : names of those whose faders may be moved; together they stay as loud as they were.

    >>> quiet, loud = np.full((9, 24), 1e-3), np.full((9, 24), 1.0)
    >>> found = uncovered({"cello": quiet, "cak": loud}, {"cello": -40.0, "cak": -10.0}, ("cello", "cak"))
    >>> {name: round(decibels, 2) for name, decibels in found.items()}
    {'cello': 3.99, 'cak': -0.01}
    """
    up = dict.fromkeys(moved, 0.0)
    if len(bands) < 2 or not up:
        return up
    for _ in range(round(MOST / STEP)):
        shares = heard_shares({name: own * 10 ** (up.get(name, 0.0) / 10) for name, own in bands.items()})
        hidden = [name for name in up if name in shares and shares[name] < WANTED]
        if not hidden:
            break
        up |= {name: up[name] + STEP for name in hidden}
    before, after = (
        10 * np.log10(sum(10 ** ((loudness[name] + added) / 10) for name, added in faders.items()))
        for faders in (dict.fromkeys(up, 0.0), up)
    )
    return {name: added - float(after - before) for name, added in up.items()}
