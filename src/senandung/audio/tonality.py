"""Tuning, pitch classes, key, chords and roughness of a recording, from its strongest partials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.hearing import FRAME_RATE, SLOW, Floats, Heard
from senandung.domain.key_profiles import MAJOR, MINOR

SLOW_RATE = FRAME_RATE / SLOW
"""Slow frames a second."""

HARMONIC = 0.6
"""How much of a partial counts for the tone whose second harmonic it may be; its square for the third (Gómez 2006)."""

ROUGH = 14
"""Strongest partials above 300 Hz that roughness is heard from."""

BLOCK = 8192
"""Slow frames that are looked at at once, so that memory does not grow with a recording's length."""

STAYS = 0.92
"""How likely a chord goes on from one tenth of a second to the next; tuned on songs of our own."""


@dataclass(frozen=True)
class HeardKey:
    """The key that is heard.

    Parameters
    ----------
    tonic : pitch class 0..11, 0 is C.
    minor : True for a minor key.
    confidence : 0..1, how far the key stands before the best one of the other mode or another tonic.
    majorness : -1 (minor) to 1 (major): the best major key's fit minus the best minor's, over their usual distance.
    clarity : 0..1, the correlation with the key's profile.
    """

    tonic: int
    minor: bool
    confidence: float
    majorness: float
    clarity: float


def tuning(heard: Heard) -> float:
    """Cents, -50..50, by which the recording's tones stand above the scale of A4 = 440 Hz.

    The direction of the mean of all partials on the circle of a semitone, weighed by their size.
    """
    total = 0j
    for first in range(0, len(heard.partial_hz), BLOCK):
        size, hz = heard.partial_size[first : first + BLOCK], heard.partial_hz[first : first + BLOCK]
        cents = 1200 * np.log2(np.where(size > 0, hz, 440) / 440)
        total += complex((np.exp(2j * np.pi * cents / 100) * size).sum())
    return float(np.angle(total) / (2 * np.pi) * 100)


def chroma(heard: Heard, cents: float | None = None) -> Floats:
    """Strength of each pitch class (0 is C) in each slow frame, shape (m, 12); rows sum to 1, silent ones to 0.

    Parameters
    ----------
    cents : the tuning; None hears it.
    """
    shift = tuning(heard) if cents is None else cents
    rows = [
        _classes(heard.partial_hz[first : first + BLOCK], heard.partial_size[first : first + BLOCK], shift)
        for first in range(0, len(heard.partial_hz), BLOCK)
    ]
    return np.concatenate(rows) if rows else np.zeros((0, 12), dtype=np.float32)


def _classes(partial_hz: Floats, partial_size: Floats, shift: float) -> Floats:
    found = np.zeros((len(partial_hz), 12))
    inside = (partial_size > 0) & (partial_hz < 3000)
    size = np.sqrt(np.where(inside, partial_size, 0))
    pitch = 69 + 12 * np.log2(np.where(inside, partial_hz, 440) / 440) - shift / 100
    rows = np.broadcast_to(np.arange(len(found))[:, None], pitch.shape)
    for harmonic, weight in ((1, 1.0), (2, HARMONIC), (3, HARMONIC**2)):
        of = pitch - 12 * np.log2(harmonic)
        nearest = np.round(of)
        # A partial between two semitones belongs to neither in full.
        near = np.cos(np.pi * np.clip(of - nearest, -0.5, 0.5)) ** 2
        np.add.at(found, (rows, nearest.astype(int) % 12), weight * size * near)
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(found, total, out=np.zeros_like(found), where=total > 1e-6), dtype=np.float32)


def find_key(classes: Floats) -> HeardKey:
    """The key of a recording or a part of it, from its pitch classes, shape (m, 12).

    >>> scale = np.array([[9, 0, 5, 0, 7, 4, 0, 8, 0, 4, 0, 3]], dtype=np.float32)
    >>> find_key(scale).tonic, find_key(scale).minor
    (0, False)
    """
    profile = classes.astype(np.float64).mean(axis=0) if len(classes) else np.zeros(12)
    if profile.std() < 1e-9:
        return HeardKey(0, False, 0.0, 0.0, 0.0)
    fits = np.array(
        [[np.corrcoef(np.roll(profile, -tonic), mode)[0, 1] for tonic in range(12)] for mode in (MAJOR, MINOR)]
    )
    mode, tonic = (int(place) for place in np.unravel_index(np.argmax(fits), fits.shape))
    best = float(fits[mode, tonic])
    others = np.delete(fits.ravel(), mode * 12 + tonic)
    majorness = (fits[0].max() - fits[1].max()) / 0.2
    return HeardKey(
        tonic,
        mode == 1,
        float(np.clip((best - others.max()) / 0.15, 0, 1)),
        float(np.clip(majorness, -1, 1)),
        float(np.clip(best, 0, 1)),
    )


def find_chords(classes: Floats) -> NDArray[np.int64]:
    """The chord of each slow frame: 0..11 major triads, 12..23 minor ones, by their root, shape (m,).

    Templates of triads, compared by their angle, joined by a Viterbi path that prefers to stay (Sheh & Ellis 2003,
    "Chord segmentation and recognition using EM-trained hidden Markov models", simplified).
    """
    count = len(classes)
    if not count:
        return np.zeros(0, dtype=np.int64)
    from scipy.ndimage import uniform_filter1d

    shapes = np.zeros((24, 12))
    for root in range(12):
        shapes[root, [root, (root + 4) % 12, (root + 7) % 12]] = 1
        shapes[12 + root, [root, (root + 3) % 12, (root + 7) % 12]] = 1
    smooth = uniform_filter1d(classes.astype(np.float64), 3, axis=0, mode="nearest")
    length = np.linalg.norm(smooth, axis=1, keepdims=True)
    fits = smooth / np.maximum(length, 1e-9) @ (shapes / np.sqrt(3)).T
    heard = 12.0 * fits
    change = np.log((1 - STAYS) / 23) - np.log(STAYS)
    best = heard[0]
    links = np.zeros((count, 24), dtype=np.int64)
    for frame in range(1, count):
        leap = int(np.argmax(best))
        leaves = best[leap] + change > best
        links[frame] = np.where(leaves, leap, np.arange(24))
        best = np.where(leaves, best[leap] + change, best) + heard[frame]
    path = np.zeros(count, dtype=np.int64)
    path[-1] = int(np.argmax(best))
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = links[frame, path[frame]]
    return path


def roughness(heard: Heard) -> Floats:
    """Roughness of each slow frame, shape (m,), free of the level: Sethares' (1993) curve over pairs of partials.

    Only partials from 300 Hz on are heard, for a telephone carries no others.
    """
    rough = np.zeros(len(heard.partial_hz), dtype=np.float32)
    for first in range(0, len(rough), 512):
        hz = heard.partial_hz[first : first + 512].astype(np.float64)
        size = heard.partial_size[first : first + 512].astype(np.float64)
        high = (hz > 300) & (np.cumsum(hz > 300, axis=1) <= ROUGH)
        order = np.argsort(~high, axis=1, kind="stable")[:, :ROUGH]
        hz, size = np.take_along_axis(hz, order, 1), np.take_along_axis(np.where(high, size, 0), order, 1)
        size = size / np.maximum(np.linalg.norm(size, axis=1, keepdims=True), 1e-12)
        low = np.minimum(hz[:, :, None], hz[:, None, :])
        apart = np.abs(hz[:, :, None] - hz[:, None, :]) * 0.24 / (0.0207 * low + 18.96)
        both = np.minimum(size[:, :, None], size[:, None, :])
        rough[first : first + 512] = (both * (np.exp(-3.51 * apart) - np.exp(-5.75 * apart))).sum(axis=(1, 2)) / 2
    return rough


def height(heard: Heard) -> Floats:
    """Mean pitch of the partials from 300 Hz to 2 kHz, in MIDI numbers, weighed by size, shape (m,); 0 in silence.

    Deeper ones are left out, for a telephone does not carry them.
    """
    size = np.where((heard.partial_hz > 300) & (heard.partial_hz < 2000), heard.partial_size, 0)
    pitch = 69 + 12 * np.log2(np.maximum(heard.partial_hz, 1) / 440)
    return np.asarray((size * pitch).sum(axis=1) / np.maximum(size.sum(axis=1), 1e-12), dtype=np.float32)
