"""The master: one gain curve that brings a mix to its loudness and keeps its peaks below the ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.limiter import BLOCK, limiter_gain
from senandung.audio.loudness import SILENCE, block_powers, gated_loudness
from senandung.audio.mixing import db_to_gain, fade_curve
from senandung.audio.pieces import PIECE, cut
from senandung.audio.true_peak import peak_envelope
from senandung.domain.time import Second

LOUDNESS = -14.0
"""LUFS, what the streaming services play at."""

CEILING = -1.2
"""dBTP: 0.2 dB below the bar of -1 dBTP (EBU R 128), for readers that interpolate otherwise."""

FADE_IN, FADE_OUT = 0.02, 0.6
"""Seconds."""

ROUNDS = 3
"""Most times that the loudness is measured anew."""

ARC_FREE, ARC_SHARE, ARC_RANGE, ARC_WINDOW = 0.5, 0.9, (-7.0, 7.0), 43
"""As below, against the loudness that an arc asks for, heard over so many tenths of a second."""

RIDE_FREE, RIDE_SHARE, RIDE_RANGE = 2.0, 0.5, (-3.0, 5.0)
"""LU that a section may differ without a hand on the fader, the share of the rest that is taken, its bounds in dB."""

CLOSING_DB = 8.0
"""Diminuendo of a long last sound, in dB."""

MOST_PUSH = 60.0
"""dB: a song that is softer than that stays soft."""


@dataclass(frozen=True, eq=False)
class Master:
    """The gain curve, shape (n,), linear; `push` the static gain in it, `reduction` the deepest limiting, in dB."""

    gain: NDArray[np.float32]
    push: float
    reduction: float


def planned_level(arc: Sequence[tuple[Second, float]], n: int) -> NDArray[np.float64] | None:
    """The loudness that an arc asks for, in LU against the whole, for each tenth of a second.

    Its mean power is that of the whole, so that a plan makes a song neither louder nor softer. None without a plan.

    >>> level = planned_level(((0.0, 1.8), (20.0, 9.0)), 200)
    >>> bool(level[0] < 0 < level[-1]), round(float(level[-1] - level[0]), 1)
    (True, 7.2)
    """
    if not arc:
        return None
    seconds = (np.arange(n) + 0.5) / 10
    level = np.interp(seconds, [second for second, _ in arc], [loudness for _, loudness in arc])
    centred: NDArray[np.float64] = level - 10 * np.log10(np.mean(10 ** (level / 10)))
    return centred


def riding_gain(
    powers: NDArray[np.float64], until: Second, planned: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """What a hand on the fader does, in dB for each tenth of a second: sections come nearer to each other.

    The loudness over about six seconds is brought back by `RIDE_SHARE` of what it differs by more than `RIDE_FREE` LU
    from the whole, or, where an arc is planned, from what that asks for (`planned_level`); after `until` seconds
    the hand rests, so that the song may die away.

    >>> soft_then_loud = np.repeat([0.001, 0.1], 200)
    >>> gain = riding_gain(soft_then_loud, 40.0)
    >>> bool(gain[50] > 3), bool(gain[350] <= 0)
    (True, True)
    """
    whole = gated_loudness(powers)
    window = np.hanning(63 if planned is None else ARC_WINDOW + 2)[1:-1]
    side = len(window) // 2
    held = np.minimum(np.arange(len(powers)), max(round(until * 10) - 1, 0))
    heard = np.convolve(np.ones(len(powers)), window, "full")[side:-side]
    smooth = np.convolve(powers, window, "full")[side:-side] / heard
    difference = -0.691 + 10 * np.log10(np.maximum(smooth, 1e-13)) - whole
    free, share, bounds = (RIDE_FREE, RIDE_SHARE, RIDE_RANGE) if planned is None else (ARC_FREE, ARC_SHARE, ARC_RANGE)
    difference -= 0.0 if planned is None else planned
    beyond = np.sign(difference) * np.maximum(np.abs(difference) - free, 0)
    ride: NDArray[np.float64] = np.clip(-share * beyond, *bounds)[held]
    return ride


def closing_gain(n: int, sample_rate: int, last_onset: Second, played: Second) -> NDArray[np.float32]:
    """A diminuendo of `CLOSING_DB` over a last sound that is held long, shape (n,), linear.

    It begins a second after the last onset and ends with the last note at `played` seconds; shorter sounds are left
    alone.
    """
    begin, end = last_onset + 1.0, played
    if end - begin < 1.0:
        return np.ones(n, dtype=np.float32)
    places = np.array([0.0, begin, end, max(n / sample_rate, end + 0.1)]) * sample_rate
    return (10 ** (np.interp(np.arange(n), places, [0.0, 0.0, -CLOSING_DB, -CLOSING_DB]) / 20)).astype(np.float32)


def master_gain(
    samples: NDArray[np.float32],
    sample_rate: int,
    *,
    last_onset: Second | None = None,
    played: Second | None = None,
    arc: Sequence[tuple[Second, float]] = (),
) -> Master:
    """The one curve of gain that masters a mix of shape (channels, n): loudness, limiter and fades.

    It is linear, so a stem times the curve is the stem's share of the mastered song. Loudness is found by repetition:
    the limiter takes a little away, which the next push gives back. In between the K-weighted power of each tenth of a
    second is scaled by the curve's mean power there; a second round puts right what that estimate missed.

    `last_onset` and `played`, in seconds, say where the last note begins and ends; None takes the signal's end.
    `arc` is the planned loudness, as (seconds, LU).
    """
    n = samples.shape[1]
    tenth = sample_rate // 10
    end = n / sample_rate if played is None else played
    hand = fade_curve(n, sample_rate, FADE_IN, FADE_OUT)
    hand *= closing_gain(n, sample_rate, end if last_onset is None else last_onset, end)
    powers = block_powers(cut(samples), sample_rate)
    if gated_loudness(powers) <= SILENCE:
        return Master(hand, 0.0, 0.0)
    ride = riding_gain(powers, end if last_onset is None else last_onset, planned_level(arc, len(powers)))
    centres = (np.arange(len(ride)) + 0.5) * tenth
    for at in range(0, n, PIECE):
        piece = hand[at : at + PIECE]
        piece *= (10 ** (np.interp(np.arange(at, at + len(piece)), centres, ride) / 20)).astype(np.float32)
    ceiling = db_to_gain(CEILING)
    push = LOUDNESS - gated_loudness(powers * 10 ** (ride / 10))
    # The envelope is the ridden signal's: the ride is so slow that it is constant within a block.
    envelope = peak_envelope(
        samples, BLOCK, above=ceiling / db_to_gain(push + max(RIDE_RANGE[1], ARC_RANGE[1]) + 3.0) * 0.6
    )
    envelope *= np.resize(hand[::BLOCK], len(envelope))
    target = LOUDNESS
    for _ in range(ROUNDS):
        for _ in range(8):
            limited = limiter_gain(envelope * np.float32(db_to_gain(push)), ceiling, n, sample_rate)
            gain = limited * hand * np.float32(db_to_gain(push))
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
