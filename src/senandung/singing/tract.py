"""The vocal tract: what it answers at every frequency, frame by frame.

Formants in cascade (Klatt 1980, "Software for a cascade/parallel formant synthesizer", J. Acoust. Soc. Am. 67(3)) at
the sample rate itself: five move, the rest stand at the resonances of a uniform tube up to 20 kHz. A nasal adds poles
and zeros. The response of a frame is the product of its second-order sections on the unit circle.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100

SIZE = 2048
"""Samples of a frame's answer: 46 ms, in which a formant 50 Hz wide falls by 63 dB."""

VOWELS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "a": (760.0, 1320.0, 2550.0),
        "i": (290.0, 2270.0, 3000.0),
        "u": (330.0, 880.0, 2350.0),
        "e": (420.0, 2080.0, 2650.0),
        "o": (460.0, 900.0, 2450.0),
        "ə": (500.0, 1420.0, 2500.0),
        "ɛ": (570.0, 1850.0, 2550.0),
        "ɔ": (590.0, 950.0, 2500.0),
        "æ": (690.0, 1700.0, 2450.0),
        "ʌ": (630.0, 1220.0, 2550.0),
        "ɑ": (740.0, 1120.0, 2500.0),
        "ɪ": (390.0, 1980.0, 2560.0),
        "ʊ": (440.0, 1050.0, 2300.0),
        "ɝ": (480.0, 1320.0, 1700.0),
    }
)
"""F1, F2, F3 of the vowels, a grown man's, in Hz: van Zanten (1989), "Vokal-vokal bahasa Indonesia"; English after
Peterson & Barney (1952), J. Acoust. Soc. Am. 24(2)."""

F4, F5 = 3400.0, 4400.0
"""Hz, for every vowel of a grown man."""


F1_ABOVE = 1.0
"""F1 is never lower than this times the pitch: singers open the mouth as they go up (Sundberg 1975, "Formant technique
in a professional female singer", Acustica 32)."""


def raised(f1: NDArray[np.float64], pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 in Hz as it is sung at a pitch in Hz: above it, and higher in a vowel whose F1 is higher in speech.

    The fourth root of a sum of fourth powers: where a vowel's own F1 and the pitch are alike, the mouth opens before
    it must, so that i and e, u and o stay apart on high notes.

    >>> raised(np.array([330.0, 480.0, 860.0]), np.array([466.0, 466.0, 466.0])).round()
    array([493., 563., 878.])
    """
    return np.asarray((f1**4 + (F1_ABOVE * pitch) ** 4) ** 0.25)


NASAL_POLE, NASAL_ZERO = 0.9, 1.5
"""The nose's resonance and the zero beside it are never lower than these times the pitch."""


@dataclass(frozen=True, eq=False)
class Shape:
    """The tract at each frame.

    Parameters
    ----------
    formants, bandwidths : Hz, shape (frames, 5).
    opening : linear gain of what leaves the open mouth, shape (frames,).
    bar : linear gain of what leaves through the walls.
    nasal : 0..1, how far the velum is open.
    zero : Hz of the zero that the closed mouth makes beside an open nose; `mouth_closed` 0..1.
    lift : dB by which what is above 1.2 kHz is raised.
    pitch : Hz, where the velum is open; 0 elsewhere: the tract is built around it.
    """

    formants: NDArray[np.float64]
    bandwidths: NDArray[np.float64]
    opening: NDArray[np.float64]
    bar: NDArray[np.float64]
    nasal: NDArray[np.float64]
    zero: NDArray[np.float64]
    mouth_closed: NDArray[np.float64]
    lift: NDArray[np.float64]
    pitch: NDArray[np.float64]

    def part(self, frames: slice | NDArray[np.intp]) -> Shape:
        """Some of the frames."""
        return Shape(
            self.formants[frames], self.bandwidths[frames], self.opening[frames], self.bar[frames],
            self.nasal[frames], self.zero[frames], self.mouth_closed[frames], self.lift[frames], self.pitch[frames],
        )  # fmt: skip


@lru_cache(maxsize=1)
def bins() -> NDArray[np.float64]:
    """The frequencies of a response in Hz, shape (SIZE // 2 + 1,)."""
    return np.asarray(np.fft.rfftfreq(SIZE, 1 / SAMPLE_RATE))


@lru_cache(maxsize=1)
def _circle() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    angle = 2 * np.pi * bins() / SAMPLE_RATE
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def section(frequency: NDArray[np.float64], bandwidth: NDArray[np.float64]) -> NDArray[np.complex64]:
    """The polynomial z - 2r·cos θ + r²/z of a pole or zero pair, 1 at 0 Hz; shape (frames, bins).

    Dividing by z less than usual makes its parts products of one row and one column; it advances the phase by one
    sample, which `responses` takes back.
    """
    cosine, sine = _circle()
    r = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
    p1 = -2 * r * np.cos(2 * np.pi * frequency / SAMPLE_RATE)
    p2 = r * r
    norm = 1 / (1 + p1 + p2)
    result = np.empty((len(r), len(cosine)), dtype=np.complex64)
    np.multiply(((1 + p2) * norm).astype(np.float32)[:, None], cosine, out=result.real)
    result.real += (p1 * norm).astype(np.float32)[:, None]
    np.multiply(((1 - p2) * norm).astype(np.float32)[:, None], sine, out=result.imag)
    return result


@lru_cache(maxsize=16)
def _fixed(
    tract: float, ring: float, late: int
) -> tuple[NDArray[np.complex64], NDArray[np.complex64], NDArray[np.float32]]:
    """What does not move: the upper poles with the phase that the sections advanced, the walls, the lift in dB."""
    upper = np.ones(SIZE // 2 + 1, dtype=np.complex128)
    frequency = 5500.0 * tract
    while frequency < 20_500:
        one = np.array([frequency])
        upper /= section(one, np.maximum(0.06 * one, 250.0))[0]
        frequency += 1000 * tract
    upper = np.abs(upper) * np.exp(1j * _minimum_phase(np.abs(upper)))
    wall = np.ones(SIZE // 2 + 1, dtype=np.complex128)
    for at, width in WALL:
        wall /= section(np.array([at]), np.array([width]))[0]
    wall = np.abs(wall) * np.exp(1j * _minimum_phase(np.abs(wall)))
    f = bins()
    step = 1 / (1 + (1200.0 / np.maximum(f, 1.0)) ** 2)
    peak = 10 ** (ring / 20 * np.exp(-(((f - 2900 * tract) / 500) ** 2)))
    lift = np.asarray(step)
    # `section` advances by one sample each of the five that move: taken back here.
    turn = np.exp(-2j * np.pi * f / SAMPLE_RATE * late)
    upper *= peak * turn * np.exp(2j * np.pi * f / SAMPLE_RATE * 5)
    wall *= turn
    return upper.astype(np.complex64), wall.astype(np.complex64), lift.astype(np.float32)


WALL = ((200.0, 180.0), (500.0, 500.0))
"""Hz, bandwidth: the resonances of what is heard through the walls while the mouth is closed."""


def wall_gain(f0: NDArray[np.float64]) -> NDArray[np.float64]:
    """What brings a high fundamental through the walls most of the way to its strength at 180 Hz."""
    gain = np.ones(len(f0))
    for frequency, width in WALL:
        gain *= np.hypot(1 - (f0 / frequency) ** 2, f0 * width / frequency**2)
        gain /= np.hypot(1 - (180.0 / frequency) ** 2, 180.0 * width / frequency**2)
    return np.asarray(np.maximum(gain, 1.0) ** 0.8)


def _minimum_phase(magnitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """The phase of the causal response with this magnitude (real cepstrum folded), shape (SIZE // 2 + 1,)."""
    cepstrum = np.fft.irfft(np.log(np.maximum(magnitude, 1e-9)))
    cepstrum[1 : SIZE // 2] *= 2
    cepstrum[SIZE // 2 + 1 :] = 0
    return np.asarray(np.fft.rfft(cepstrum).imag)


def responses(shape: Shape, tract: float, ring: float, late: int = 0) -> NDArray[np.complex64]:
    """The tract's answer at every frame, shape (frames, SIZE // 2 + 1), set `late` samples late."""
    upper, wall, lift = _fixed(tract, ring, late)
    below = section(shape.formants[:, 0], shape.bandwidths[:, 0])
    for column in range(1, shape.formants.shape[1]):
        below *= section(shape.formants[:, column], shape.bandwidths[:, column])
    nosed = np.flatnonzero(shape.nasal > 0.003)
    if len(nosed):
        amount, closed = shape.nasal[nosed], shape.mouth_closed[nosed]
        # Beside an open mouth the nose sets a pole and a zero apart below F1; beside a closed one it has a resonance of
        # its own and the zero of the mouth's side branch.
        # Both go up with the pitch: a zero upon the fundamental would leave a murmur without its strongest partial.
        pitch = shape.pitch[nosed]
        resonance = np.maximum(270.0, NASAL_POLE * pitch)
        low = section(resonance, np.full(len(nosed), 100.0))
        high = section(
            np.maximum(resonance + amount * (180 + 60 * closed), amount * NASAL_ZERO * pitch), 100 + 60 * amount
        )
        zero = shape.zero[nosed]
        own = section(zero * (1 - 0.18 * closed), 150 + 200 * closed)
        branch = section(zero, np.full(len(nosed), 150.0))
        below[nosed] *= low * own / (high * branch)
    power = below.real**2 + below.imag**2
    answer = np.conj(below)
    answer /= power
    answer *= upper
    if np.any(shape.lift != 0):
        answer *= np.exp((shape.lift * (np.log(10) / 20)).astype(np.float32)[:, None] * lift)
    answer *= shape.opening.astype(np.float32)[:, None]
    walled = np.flatnonzero(shape.bar > 1e-4)
    if len(walled):
        answer[walled] += shape.bar[walled].astype(np.float32)[:, None] * wall
    return answer
