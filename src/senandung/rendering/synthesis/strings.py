"""Plucked strings: cuk, cak, the plucked cello and bass of keroncong.

A stiff string's modes lie at k f sqrt((1 + B k^2) / (1 + B)) (Fletcher 1964, "Normal vibration frequencies of a stiff
piano string", J. Acoust. Soc. Am. 36(1)); plucked at the share p of its length mode k has sin(pi k p) / k, and loses
energy at a rate that rises with frequency (Chaigne & Askenfelt 1994; Valette 1995). A digital waveguide of the string
has the same modes; here they are summed one by one, so that the pitch needs no fractional delay. Two polarisations
a fraction of a hertz apart give the two-stage decay (Weinreich 1977). The body answers with its own resonances.

The tunings are those of docs/styles.md. Body and decay figures are ours, in the range that is commonly stated: a small
ukulele's air resonance around 400 Hz and its top around 700 Hz, a cello's at about 100 and 180 Hz, a double bass's at
about 62 and 105 Hz.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.performance import PlayedNote
from senandung.domain.time import Second
from senandung.rendering.synthesis.modes import burst, ring, ring_along
from senandung.rendering.synthesis.notes import HIGHEST, MIDDLING, course_of, damp, faded, hz_of, next_same, strength

Body = tuple[float, float, float]
"""A resonance of the body: Hz, dB over what the body passes anyway, and Q."""


@dataclass(frozen=True)
class Plucked:
    """A plucked instrument.

    Parameters
    ----------
    stiffness : the inharmonicity B of its strings.
    plucked_at : share of the string's length at which it is plucked.
    seconds60 : (Hz, seconds): how long a mode of this frequency rings to -60 dB on an open string.
    losses : powers of the frequency by which a mode's time falls below and above 1 kHz.
    soft : Hz above which the finger's or pick's width takes 12 dB an octave, at velocity 80.
    body : its resonances.
    thump : dB of the body's own sound at the pluck.
    noise : dB of the pick or nail.
    damped60 : seconds to -60 dB once the fretting hand lets go.
    """

    stiffness: float
    plucked_at: float
    seconds60: tuple[float, Second]
    losses: tuple[float, float]
    soft: float
    body: tuple[Body, ...]
    thump: float
    noise: float
    damped60: Second


PLUCKED: Mapping[str, Plucked] = MappingProxyType(
    {
        "cuk": Plucked(
            4e-5, 0.21, (400.0, 1.5), (0.35, 0.9), 3400.0,
            ((405.0, 7.0, 9.0), (690.0, 6.0, 11.0), (1180.0, 4.0, 9.0), (2300.0, 3.0, 5.0)), -20.0, -24.0, 0.16,
        ),
        "cak": Plucked(
            6e-5, 0.14, (300.0, 3.2), (0.30, 0.75), 6800.0,
            ((340.0, 6.0, 9.0), (610.0, 6.0, 12.0), (1500.0, 5.0, 7.0), (3200.0, 4.0, 4.0)), -24.0, -19.0, 0.18,
        ),
        "keroncong-cello": Plucked(
            9e-5, 0.13, (75.0, 1.7), (0.45, 0.95), 1500.0,
            ((102.0, 6.0, 10.0), (182.0, 7.0, 13.0), (360.0, 4.0, 8.0), (900.0, 3.0, 4.0)), -13.0, -26.0, 0.20,
        ),
        "keroncong-bass": Plucked(
            1.1e-4, 0.17, (50.0, 2.6), (0.5, 0.9), 900.0,
            ((62.0, 3.0, 7.0), (106.0, 6.0, 10.0), (215.0, 4.0, 8.0), (700.0, 2.0, 4.0)), -15.0, -28.0, 0.22,
        ),
    }
)  # fmt: skip
"""By the instrument's name. Cuk: nylon and a thumb; cak: steel and a pick; cello and bass: fingers."""

MOST_MODES = 48
POLARISED = 0.25
"""Hz between the two polarisations, at most; a share of the frequency below 300 Hz: 1.4 cents."""


def string_modes(
    kind: Plucked, hz: float, velocity: int, sample_rate: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies in Hz, amplitudes and seconds to -60 dB of a pluck's modes, both polarisations."""
    k = np.arange(1, MOST_MODES + 1)
    f = k * hz * np.sqrt((1 + kind.stiffness * k**2) / (1 + kind.stiffness))
    k, f = k[f < 0.36 * sample_rate], f[f < 0.36 * sample_rate]
    soft = kind.soft * (velocity / MIDDLING) ** 0.8
    levels = np.abs(np.sin(np.pi * k * kind.plucked_at)) / k / (1 + (f / soft) ** 2)
    levels = levels * np.sqrt(f / hz)  # the bridge feels a force, and a body radiates high sound better
    levels = levels * body_gain(kind.body, f)
    levels = levels / np.sqrt(2 * np.sum(levels**2))
    low, high = kind.losses
    reference, seconds = kind.seconds60
    decays = seconds * (f / reference) ** -low * np.where(f > 1000, (f / 1000) ** -(high - low), 1.0)
    twin = f * min(POLARISED / 300, POLARISED / hz)
    return (
        np.concatenate((f - 0.35 * twin, f + 0.65 * twin)),
        np.concatenate((levels, 0.3 * levels)),
        np.concatenate((0.8 * decays, 1.7 * decays)),
    )


def body_gain(body: tuple[Body, ...], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """How a body amplifies frequencies: 1 and a bell for each resonance."""
    gain = np.ones(len(frequencies))
    for hz, level, q in body:
        off = q * (frequencies / hz - hz / frequencies)
        gain = gain + (10 ** (level / 20) - 1) / np.sqrt(1 + off**2)
    return gain


def play(
    kind: Plucked, notes: tuple[PlayedNote, ...], n: int, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """All plucks of a part, shape (n,)."""
    heard = np.zeros(n, dtype=np.float32)
    resonances = np.array([hz for hz, _, _ in kind.body[:2]])
    ringing = np.array([2.2 * q / hz for hz, _, q in kind.body[:2]])  # T60 = 6.9 Q / (pi f)
    for note, again in zip(notes, next_same(notes), strict=True):
        hz = hz_of(note)
        if hz > HIGHEST * sample_rate:
            continue
        frequencies, amplitudes, decays = string_modes(kind, hz, note.velocity, sample_rate)
        amplitudes = amplitudes * 10 ** (rng.normal(0.0, 0.7, len(amplitudes)) / 20)
        ends = min(note.duration, again - note.onset)
        first = round(note.onset * sample_rate)
        length = min(n - first, round((ends + 1.3 * kind.damped60) * sample_rate))
        if length <= 0:
            continue
        course = course_of(note, length, sample_rate)
        if course is None:
            tone = ring(frequencies, amplitudes, decays, length, sample_rate)
        else:
            tone = ring_along(frequencies, amplitudes, decays, course, sample_rate)
        level = 10 ** (kind.thump / 20)
        tone += ring(resonances, np.full(len(resonances), level), ringing, length, sample_rate)
        few = min(length, round(0.02 * sample_rate))
        scratch = burst(rng, few, 1500.0, 9000.0, 0.012, sample_rate) * (note.velocity / MIDDLING)
        tone[:few] += 10 ** (kind.noise / 20) * scratch
        rise = min(length, 30)
        tone[:rise] *= np.arange(1, rise + 1) / rise
        tone = faded(damp(tone, ends, kind.damped60, sample_rate), sample_rate)
        heard[first : first + len(tone)] += strength(note.velocity) * tone
    return heard
