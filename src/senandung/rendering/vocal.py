"""A sung part in the mix: evened and de-essed, the band makes room for it, and it stands above the band, no louder.

Practice as in Senior, *Mixing Secrets* (2011), ch. 9 to 11: compression of a few dB, sibilants taken down on their own,
a shallow dip in what accompanies where words live, only while they are sung. How far: Gerdes & Siedenburg (2023),
"Lead-vocal level in recordings of popular music 1946-2020", JASA Express Letters 3, find the lead vocal about 1 dB
above the accompaniment since 1975, and 5 dB in the years before; a made voice is harder to understand and gets a
little more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.audio.compression import BLOCK, Compression, block_levels, followed, own_level, per_sample
from senandung.audio.filters import apply, filtered, high_pass, peaking
from senandung.domain.recording import Recording

VOICE_TO_BAND = 2.0
"""dB by which the voice stands above all others together, K-weighted, in the middle of the moments when it sings."""

RIDE_SHARE, RIDE_RANGE, RIDE_TENTHS = 0.6, (-3.0, 4.0), 41
"""The share of what a passage's ratio differs by that a hand on the fader takes, its bounds in dB, and the tenths of a
second over which a passage is heard."""

MOST_LIFT, MOST_CUT = 6.0, -4.0
"""dB: no further is the voice moved from its place in the balance for that."""

DIP = (2000.0, -3.5, 0.55)
"""Hz, dB, q of the bell in the accompaniment: down by half of it at about 1 and 4 kHz."""

MAKES_ROOM: Mapping[str, float] = MappingProxyType(
    {"melody": 1.0, "counter": 1.0, "chords": 1.0, "pad": 1.0, "drums": 0.4, "bass": 0.3}
)
"""How much of the dip a role gets."""

COMPRESSION = Compression(threshold=-3.0, ratio=2.6, knee=6.0, attack=0.008, release=0.14)
"""Of the voice, after its sibilants."""

SIBILANT_HZ, SIBILANT_FREE, SIBILANT_RATIO, SIBILANT_MOST = 5000.0, -11.0, 3.0, 9.0
"""What is above that frequency may be as loud as that against the voice's own loudness; what is more is divided by the
ratio, at most so many dB are taken."""

SINGS = -32.0
"""dB against its own loudness from which on the voice counts as singing."""
OPENS, CLOSES = 0.12, 0.35
"""Seconds in which the accompaniment makes room, and in which it comes back."""


def treated(sung: Recording) -> Recording:
    """A sung part, de-essed and compressed, mono. Its loudness is set later."""
    samples = sung.samples.mean(axis=0, keepdims=True).astype(np.float32)
    rate = sung.sample_rate
    loud = own_level(block_levels(samples[0], rate))
    if loud <= -100:
        return Recording(samples, rate)
    hiss = filtered(samples, high_pass(SIBILANT_HZ, rate))
    over = np.maximum(block_levels(hiss[0], rate) - (loud + SIBILANT_FREE), 0)
    taken = np.minimum(over * (1 - 1 / SIBILANT_RATIO), SIBILANT_MOST)
    share = 10 ** (-followed(taken, 0.002, 0.03) / 20) - 1
    samples = samples + hiss * per_sample(share, 0, samples.shape[1], rate)
    gain = COMPRESSION.gain(block_levels(samples[0], rate), loud)
    return Recording((samples * per_sample(gain, 0, samples.shape[1], rate)).astype(np.float32), rate)


def activity(sung: Iterable[Recording], seconds: float) -> NDArray[np.float64]:
    """How much somebody sings, 0..1, every `BLOCK` seconds; it opens a little before and closes slowly."""
    count = int(seconds / BLOCK) + 2
    active = np.zeros(count)
    for recording in sung:
        level = block_levels(recording.samples.mean(axis=0), recording.sample_rate)[:count]
        sings = level > max(own_level(level) + SINGS, -90.0)
        active[: len(sings)] = np.maximum(active[: len(sings)], sings)
    ahead = round(OPENS / BLOCK)
    early = np.concatenate((active[ahead:], np.zeros(ahead)))
    return followed(np.maximum(active, early), OPENS / 2, CLOSES)


def making_room(
    pieces: Iterable[NDArray[np.float32]], active: NDArray[np.float64], share: float, sample_rate: int
) -> Iterator[NDArray[np.float32]]:
    """The pieces of an accompanying part with `DIP` in them where `active` (of `activity`) says so.

    `share` is how much of the dip, 0..1.
    """
    frequency, gain, q = DIP
    bell = peaking(frequency, gain * share, sample_rate, q)
    kept: list[NDArray[np.float32]] = []

    def remembered() -> Iterator[NDArray[np.float32]]:
        for piece in pieces:
            kept.append(piece)
            yield piece

    at = 0
    moments = np.arange(len(active)) * BLOCK
    for dipped in apply((bell,), remembered()):
        plain = kept.pop(0)
        n = plain.shape[1]
        blend = np.interp(np.arange(at, at + n) / sample_rate, moments, active).astype(np.float32)
        yield plain + blend * (dipped - plain)
        at += n


def voice_to_band(voice: NDArray[np.float64], band: NDArray[np.float64]) -> float | None:
    """The median over the tenths of a second in which the voice sings of its level against the band's, in dB.

    Both are powers (`audio.loudness.block_powers`) as they stand in the mix; None where nobody sings, or nobody plays.

    >>> round(voice_to_band(np.full(50, 0.02), np.full(50, 0.01)), 2)
    3.01
    """
    count = min(len(voice), len(band))
    voice, band = voice[:count], band[:count]
    both = _sings(voice) & (band > 1e-12)
    if not both.any():
        return None
    return float(np.median(10 * np.log10(voice[both] / band[both])))


def voice_ride(voice: NDArray[np.float64], band: NDArray[np.float64]) -> NDArray[np.float64]:
    """The linear gain of a hand on the voice's fader for each tenth of a second: it follows the band.

    Where the voice stands closer to the band than it usually does, over some `RIDE_TENTHS`, it is brought up, and down
    where it stands further above.

    >>> soft_verse, band = np.repeat([0.001, 0.01], 300), np.full(600, 0.005)
    >>> hand = voice_ride(soft_verse, band)
    >>> bool(hand[100] > 1.4 * hand[500])
    True
    """
    count = min(len(voice), len(band))
    sings = _sings(voice[:count]) & (band[:count] > 1e-12)
    if sings.sum() < RIDE_TENTHS:
        return np.ones(len(voice))
    window = np.hanning(RIDE_TENTHS + 2)[1:-1]
    side = RIDE_TENTHS // 2
    heard = np.convolve(sings.astype(float), window, "full")[side:-side]
    above = np.convolve(voice[:count] * sings, window, "full")[side:-side]
    below = np.convolve(band[:count] * sings, window, "full")[side:-side]
    known = np.flatnonzero(heard > 1e-3)
    ratio = np.interp(np.arange(count), known, 10 * np.log10(above[known] / below[known]))
    decibels = np.clip(-RIDE_SHARE * (ratio - np.median(ratio[sings])), *RIDE_RANGE)
    ride = np.ones(len(voice))
    ride[:count] = 10 ** (decibels / 20)
    ride[count:] = ride[count - 1]
    return ride


def lift(ratio: float | None, wanted: float = VOICE_TO_BAND) -> float:
    """By how many dB the voice is moved.

    >>> lift(1.5), lift(-20.0), lift(None)
    (0.5, 6.0, 0.0)
    """
    return 0.0 if ratio is None else min(max(wanted - ratio, MOST_CUT), MOST_LIFT)


def _sings(voice: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The tenths of a second in which a voice sings, from its powers."""
    if not voice.any():
        return np.zeros(len(voice), dtype=bool)
    return np.asarray(voice > 0.05 * float(np.mean(voice[voice > 1e-3 * voice.max()])))
