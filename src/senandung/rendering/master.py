"""The master: one gain curve that brings a mix to its loudness and keeps its peaks below the ceiling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.limiter import BLOCK, limiter_gain
from senandung.audio.loudness import SILENCE, block_powers, gated_loudness
from senandung.audio.mixing import db_to_gain, fade_curve
from senandung.audio.pieces import PIECE, cut
from senandung.audio.true_peak import peak_envelope

LOUDNESS = -14.0
"""LUFS, what the streaming services play at."""

CEILING = -1.2
"""dBTP: 0.2 dB below the bar of -1 dBTP (EBU R 128), for readers that interpolate otherwise."""

FADE_IN, FADE_OUT = 0.02, 0.6
"""Seconds."""

ROUNDS = 3
"""Most times that the loudness is measured anew."""

MOST_PUSH = 60.0
"""dB: a song that is softer than that stays soft."""


@dataclass(frozen=True, eq=False)
class Master:
    """The gain curve, shape (n,), linear; `push` the static gain in it, `reduction` the deepest limiting, in dB."""

    gain: NDArray[np.float32]
    push: float
    reduction: float


def master_gain(samples: NDArray[np.float32], sample_rate: int) -> Master:
    """The one curve of gain that masters a mix of shape (channels, n): loudness, limiter and fades.

    It is linear, so a stem times the curve is the stem's share of the mastered song. Loudness is found by repetition:
    the limiter takes a little away, which the next push gives back. In between the K-weighted power of each tenth of a
    second is scaled by the curve's mean power there; a second round puts right what that estimate missed.
    """
    n = samples.shape[1]
    fades = fade_curve(n, sample_rate, FADE_IN, FADE_OUT)
    powers = block_powers(cut(samples), sample_rate)
    before = gated_loudness(powers)
    if before <= SILENCE:
        return Master(fades, 0.0, 0.0)
    ceiling = db_to_gain(CEILING)
    push = LOUDNESS - before
    envelope = peak_envelope(samples, BLOCK, above=ceiling / db_to_gain(push + 6.0) * 0.6)
    tenth = sample_rate // 10
    target = LOUDNESS
    for _ in range(ROUNDS):
        for _ in range(8):
            limited = limiter_gain(envelope * np.float32(db_to_gain(push)), ceiling, n, sample_rate)
            gain = limited * fades * np.float32(db_to_gain(push))
            whole = gain[: len(powers) * tenth].reshape(len(powers), tenth)
            estimate = gated_loudness(powers * np.einsum("bt,bt->b", whole, whole, dtype=np.float64) / tenth)
            if abs(target - estimate) < 0.01:
                break
            push += min(target - estimate, MOST_PUSH - push)
        places = range(0, n, PIECE)
        mastered = (samples[:, at : at + PIECE] * gain[None, at : at + PIECE] for at in places)
        missed = gated_loudness(block_powers(mastered, sample_rate)) - estimate
        if abs(estimate + missed - LOUDNESS) < 0.02:
            break
        target = LOUDNESS - missed
    return Master(gain, push, float(-20 * np.log10(max(float(limited.min()), 1e-6))))
