"""Loudness by ITU-R BS.1770-4 and EBU R 128: gated integrated loudness in LUFS, and the loudness range in LU."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from senandung.audio.filters import Section, apply

ABSOLUTE_GATE = -70.0
"""LUFS below which a block does not count (BS.1770-4, annex 1)."""

RELATIVE_GATE = -10.0
"""LU below the ungated mean below which a block does not count (BS.1770-4, annex 1)."""

SILENCE = -120.0
"""What is said instead of minus infinity, in LUFS."""


def block_powers(pieces: Iterable[NDArray[np.float32]], sample_rate: int) -> NDArray[np.float64]:
    """K-weighted power of each tenth of a second of a signal that comes in pieces, channels summed, shape (tenths,).

    Four neighbours make one gating block. Kept so that a change of gain can be judged without filtering again.
    """
    tenth = sample_rate // 10
    powers: list[NDArray[np.float64]] = []
    rest: NDArray[np.float32] | None = None
    for piece in apply(_k_weighting(sample_rate), pieces):
        joined = piece if rest is None else np.concatenate((rest, piece), axis=1)
        count = joined.shape[1] // tenth
        whole = joined[:, : count * tenth].reshape(len(joined), count, tenth)
        powers.append(np.einsum("cbt,cbt->b", whole, whole, dtype=np.float64) / tenth)
        rest = joined[:, count * tenth :]
    return np.concatenate(powers) if powers else np.zeros(0)


def gated_loudness(powers: NDArray[np.float64]) -> float:
    """Integrated loudness in LUFS of what `block_powers` returned (BS.1770-4, equations 3 to 7).

    >>> round(gated_loudness(np.full(50, 0.5)), 2)
    -3.7
    """
    if len(powers) < 4:
        return SILENCE
    blocks = np.convolve(powers, np.full(4, 0.25), "valid")
    loud = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if not len(loud):
        return SILENCE
    kept = loud[_lufs(loud) > _lufs(loud.mean()) + RELATIVE_GATE]
    return float(_lufs(kept.mean())) if len(kept) else SILENCE


def loudness_range(powers: NDArray[np.float64]) -> float:
    """Loudness range in LU of what `block_powers` returned: from the 10th to the 95th percentile of the loudness of
    3 seconds, without what is below -70 LUFS or 20 LU below the mean (EBU Tech 3342).

    >>> round(loudness_range(np.repeat([0.1, 0.01], 200)), 1)
    10.0
    """
    if len(powers) < 30:
        return 0.0
    blocks = np.convolve(powers, np.full(30, 1 / 30), "valid")
    loud = blocks[_lufs(blocks) > ABSOLUTE_GATE]
    if not len(loud):
        return 0.0
    kept = _lufs(loud[_lufs(loud) > _lufs(loud.mean()) - 20.0])
    return float(np.percentile(kept, 95) - np.percentile(kept, 10))


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-0.691 + 10 * np.log10(np.maximum(power, 1e-13)))


def _k_weighting(sample_rate: int) -> tuple[Section, Section]:
    """The two filters of BS.1770-4 for any rate: a high shelf (+4 dB) and a high-pass, as second-order sections.

    Analogue parameters after De Man (2014), "Evaluation of implementations of the EBU R128 loudness measurement".
    """
    gain, q, centre = 3.99984385397, 0.7071752369554193, 1681.9744509555319
    k = np.tan(np.pi * centre / sample_rate)
    vh = 10 ** (gain / 20)
    vb = vh**0.499666774155
    a0 = 1 + k / q + k * k
    shelf = (
        (vh + vb * k / q + k * k) / a0,
        2 * (k * k - vh) / a0,
        (vh - vb * k / q + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )
    q, centre = 0.5003270373253953, 38.13547087613982
    k = np.tan(np.pi * centre / sample_rate)
    a0 = 1 + k / q + k * k
    high_pass = (1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0)
    return np.array(shelf), np.array(high_pass)
