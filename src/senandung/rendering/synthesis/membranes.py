"""Hand drums: the kendang of the gamelan and the gendang of dangdut, as modes of a struck head.

An ideal head's modes stand at 1 : 1.594 : 2.136 : 2.296 : 2.653 : 2.918 : 3.156 : 3.501 (zeros of Bessel functions;
Fletcher & Rossing 1998, section 18.1); a shell with two heads and air between shifts and couples them, and a stroke's
place and the hand that stays on the head choose among them. A stretched head is sharper while it swings widely. The
"dut" is the large head struck open while the heel of the other hand presses it: the tone slides upwards, as on the
tabla's bayan. Where a head is struck, and with what, follows `domain.hand_drums`; pitches, decays and the size of the
slides are ours: no measurement of a kendang or of a dangdut gendang was found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.hand_drums import stroke_at
from senandung.domain.performance import PlayedNote
from senandung.domain.time import Second
from senandung.rendering.synthesis.modes import burst, ring_along
from senandung.rendering.synthesis.notes import MIDDLING, damp, faded, strength

RATIOS = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.501)
"""The head's modes, the fundamental first."""

SWINGS = 0.018
"""Share by which a full stroke is sharp at first, dying away in `SWING_SECONDS`."""
SWING_SECONDS: Second = 0.04

CHOKED60: Second = 0.05
"""Seconds to -60 dB once the next stroke falls on the same head."""


@dataclass(frozen=True)
class Hit:
    """How one stroke sounds.

    Parameters
    ----------
    hz : the head's fundamental.
    seconds60 : how long it rings; higher modes ring shorter.
    modes : dB of the head's modes against the first, in the order of `RATIOS`.
    slap : (dB, low Hz, high Hz, seconds): the hand's noise.
    slides : points (seconds, semitones) of the pitch against `hz`.
    heads : which heads it chokes.
    """

    hz: float
    seconds60: Second
    modes: tuple[float, ...]
    slap: tuple[float, float, float, Second]
    slides: tuple[tuple[Second, float], ...] = ()
    heads: tuple[str, ...] = ("large",)


OPEN = (0.0, -7.0, -13.0, -12.0, -19.0, -20.0, -24.0, -26.0)
EDGE = (-9.0, 0.0, -4.0, -12.0, -9.0, -16.0, -15.0, -18.0)
CENTRE = (0.0, -14.0, -19.0, -9.0, -24.0, -20.0, -27.0, -23.0)
SLAPPED = (-8.0, -3.0, -2.0, 0.0, -3.0, -4.0, -6.0, -8.0)

HITS: Mapping[str, Mapping[str, Hit]] = MappingProxyType(
    {
        "gendang": MappingProxyType(
            {
                "tak": Hit(330.0, 0.16, SLAPPED, (0.0, 1200.0, 6500.0, 0.04), heads=("small",)),
                "tek": Hit(390.0, 0.11, SLAPPED, (-5.0, 1500.0, 7000.0, 0.025), heads=("small",)),
                "tung": Hit(262.0, 0.45, OPEN, (-12.0, 500.0, 4000.0, 0.02), heads=("small",)),
                "no": Hit(262.0, 0.40, EDGE, (-8.0, 1500.0, 7000.0, 0.02), heads=("small",)),
                "tang": Hit(150.0, 0.40, EDGE, (-4.0, 900.0, 6000.0, 0.03)),
                "dak": Hit(140.0, 0.09, SLAPPED, (2.0, 700.0, 5000.0, 0.05)),
                "dam": Hit(110.0, 0.45, OPEN, (-8.0, 500.0, 4000.0, 0.03), heads=("large", "small")),
                "duk": Hit(88.0, 0.16, CENTRE, (-12.0, 120.0, 900.0, 0.03)),
                "dut": Hit(
                    84.0, 0.50, CENTRE, (-10.0, 150.0, 1500.0, 0.03),
                    ((0.0, 0.0), (0.025, 0.3), (0.12, 6.0), (0.30, 7.5)),
                ),
                "ndut": Hit(
                    74.0, 0.75, CENTRE, (-10.0, 150.0, 1500.0, 0.03),
                    ((0.0, 0.0), (0.06, 0.2), (0.22, 7.0), (0.50, 10.0)),
                ),
            }
        ),
        "kendang": MappingProxyType(
            {
                "dhah": Hit(92.0, 0.75, OPEN, (-16.0, 150.0, 1500.0, 0.03), ((0.0, 0.4), (0.15, 0.0)), ("ageng",)),
                "dhung": Hit(112.0, 0.60, EDGE, (-12.0, 400.0, 3000.0, 0.02), heads=("ageng",)),
                "thung": Hit(262.0, 0.55, OPEN, (-14.0, 400.0, 3500.0, 0.02), heads=("ketipung",)),
                "tak": Hit(420.0, 0.09, SLAPPED, (2.0, 1400.0, 9000.0, 0.04), heads=("small",)),
                "ket": Hit(300.0, 0.05, SLAPPED, (-4.0, 900.0, 5000.0, 0.02), heads=("small",)),
                "dhe": Hit(118.0, 0.55, OPEN, (-12.0, 200.0, 2500.0, 0.03), ((0.0, 1.2), (0.10, 0.0))),
                "dhet": Hit(118.0, 0.12, CENTRE, (-6.0, 200.0, 2500.0, 0.03)),
                "lung": Hit(165.0, 0.45, EDGE, (-12.0, 500.0, 4000.0, 0.02), ((0.0, -0.8), (0.09, 0.0))),
                "tong": Hit(300.0, 0.40, OPEN, (-10.0, 800.0, 5000.0, 0.02), heads=("small",)),
                "tok": Hit(470.0, 0.12, EDGE, (-4.0, 1500.0, 8000.0, 0.015), heads=("small",)),
                "dang": Hit(
                    118.0, 0.50, OPEN, (2.0, 1200.0, 8000.0, 0.045), ((0.0, 1.2), (0.10, 0.0)), ("large", "small"),
                ),
            }
        ),
    }
)  # fmt: skip
"""By instrument and syllable; all syllables of `domain.hand_drums` have a row."""

SMALL_WITH = ("dam", "dang")
"""Strokes of both hands: the small head of the instrument's "tung" or "tong" sounds with the large one."""


def hit_tone(hit: Hit, velocity: int, sample_rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """One stroke until it has died away, at the amplitude of its velocity."""
    length = round(1.2 * hit.seconds60 * sample_rate) + 64
    seconds = np.arange(length) / sample_rate
    swing = SWINGS * strength(velocity) * np.exp(-seconds / SWING_SECONDS)
    course = (1 + swing) * 2 ** (_slide(hit, seconds) / 12)
    ratios = np.array(RATIOS) * np.concatenate(([1.0], 1 + rng.normal(0, 0.004, len(RATIOS) - 1)))
    brighter = 3.0 * (velocity - MIDDLING) / MIDDLING * np.log2(RATIOS)
    levels = 10 ** ((np.array(hit.modes) + brighter + rng.normal(0, 0.8, len(RATIOS)) * (ratios > 1)) / 20)
    decays = hit.seconds60 / np.array(RATIOS) ** 0.9
    tone = ring_along(hit.hz * ratios, levels, decays, course, sample_rate)
    tone /= max(float(np.abs(tone).max()), 1e-9)
    level, low, high, slap = hit.slap
    few = min(length, round(1.2 * slap * sample_rate))
    loud = 10 ** ((level + 6 * (velocity - MIDDLING) / MIDDLING) / 20)
    tone[:few] += loud * burst(rng, few, low, high, slap, sample_rate)
    rise = 40
    tone[:rise] *= np.arange(1, rise + 1) / rise
    return faded(tone * strength(velocity), sample_rate)


def _slide(hit: Hit, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Semitones against the head's pitch along a stroke, rounded at its corners."""
    if not hit.slides:
        return np.zeros(len(seconds))
    at, semitones = np.array(hit.slides).T
    curve = np.interp(seconds, at, semitones)
    width = max(int(0.012 * len(seconds) / max(seconds[-1], 1e-9)), 1)
    padded = np.concatenate((np.full(width, curve[0]), curve, np.full(width, curve[-1])))
    sums = np.cumsum(padded)
    return np.asarray((sums[2 * width :] - sums[: -2 * width]) / (2 * width))


def play(
    name: str, notes: tuple[PlayedNote, ...], n: int, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """All strokes of a drum's part, shape (n,)."""
    hits = HITS[name]
    strokes = [stroke_at(name, note.pitch).name for note in notes]
    free: dict[str, Second] = {}
    chokes: list[Second] = [np.inf] * len(notes)
    for index in range(len(notes) - 1, -1, -1):
        heads = hits[strokes[index]].heads
        chokes[index] = min((free.get(head, np.inf) for head in heads), default=np.inf)
        free |= dict.fromkeys(heads, notes[index].onset)
    heard = np.zeros(n, dtype=np.float32)
    for note, stroke, choke in zip(notes, strokes, chokes, strict=True):
        hit = hits[stroke]
        tone = hit_tone(hit, note.velocity, sample_rate, rng)
        if stroke in SMALL_WITH:
            other = hit_tone(hits["tung" if name == "gendang" else "tong"], note.velocity, sample_rate, rng)
            few = min(len(tone), len(other))
            tone[:few] += 0.6 * other[:few]
        if np.isfinite(choke):
            tone = damp(tone, choke - note.onset, CHOKED60, sample_rate)
        first = round(note.onset * sample_rate)
        few = min(len(tone), n - first)
        if few > 0:
            heard[first : first + few] += tone[:few]
    return heard
