"""How a struck bar, kettle or gong sounds, from a table of its partials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from senandung.domain.checks import require
from senandung.domain.performance import PlayedNote
from senandung.domain.time import Second
from senandung.rendering.synthesis.modes import burst, ring
from senandung.rendering.synthesis.notes import HIGHEST, MIDDLING, damp, faded, hz_of, next_onsets, next_same, strength

Damping = Literal["next", "same", "written", "never"]


@dataclass(frozen=True)
class Partial:
    """One partial.

    Parameters
    ----------
    ratio : its frequency against the fundamental's.
    level : dB against the fundamental, struck at velocity 80.
    decay : its time of decay against the fundamental's.
    beat : Hz to a twin that is `twin` dB against it: the two beat; 0 for none.
    """

    ratio: float
    level: float
    decay: float
    beat: float = 0.0
    twin: float = -4.0


@dataclass(frozen=True)
class Idiophone:
    """A kind of struck metal or wood.

    Parameters
    ----------
    partials : the fundamental first.
    seconds60 : (Hz, seconds): how long a fundamental of this frequency falls by 60 dB; others by `shorter` powers of
        the ratio of the frequencies.
    contact : seconds that the mallet touches it, struck softly and hard: a short touch is bright.
    knock : (dB, low Hz, high Hz, seconds): the mallet's own noise against the tone.
    damping : what ends a tone: "next", the player's other hand as the next one is struck; "same", the next stroke on
        the same key; "written", the written end; "never".
    damped60 : seconds in which a damped tone falls by 60 dB.
    source : where the figures come from.
    """

    partials: tuple[Partial, ...]
    seconds60: tuple[float, Second]
    contact: tuple[Second, Second]
    knock: tuple[float, float, float, Second]
    damping: Damping
    source: str
    damped60: Second = 0.12
    shorter: float = 0.6

    def __post_init__(self) -> None:
        first = self.partials[0]
        plain = first.ratio == 1 and first.level == 0 and first.decay == 1 and first.beat == 0
        require(plain, "an idiophone's first partial must be its plain fundamental", first)

    def modes(
        self, hz: float, velocity: int, sample_rate: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Frequencies in Hz, amplitudes and seconds to -60 dB of a stroke's modes, twins included."""
        rows = []
        base = self.seconds60[1] * (self.seconds60[0] / hz) ** self.shorter
        for partial in self.partials:
            level = 10 ** (partial.level / 20)
            rows.append((partial.ratio * hz, level, partial.decay * base))
            if partial.beat:
                rows.append(
                    (partial.ratio * hz + partial.beat, level * 10 ** (partial.twin / 20), partial.decay * base)
                )
        frequencies, levels, decays = np.array([row for row in rows if row[0] < 0.42 * sample_rate]).T
        soft, hard = self.contact
        touch = [soft * (hard / soft) ** (v / 127) for v in (velocity, MIDDLING)]
        bright = touch_gain(frequencies, touch[0]) / touch_gain(frequencies, touch[1])
        return frequencies, levels * bright / bright[0], decays


def touch_gain(frequencies: NDArray[np.float64], seconds: Second) -> NDArray[np.float64]:
    """How much of each frequency a touch of this length excites: level up to 1 / (2 seconds), then 18 dB an octave.

    The spectrum of a half sine without its zeros (Fletcher & Rossing 1998, section 19: mallets).
    """
    return np.asarray(1 / np.sqrt(1 + (1.4 * frequencies * seconds) ** 6))


def play(
    kind: Idiophone, notes: tuple[PlayedNote, ...], n: int, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """All strokes of a part, shape (n,). A stroke's spot differs a little each time: partials vary by about a dB."""
    heard = np.zeros(n, dtype=np.float32)
    for note, following, again in zip(notes, next_onsets(notes), next_same(notes), strict=True):
        hz = hz_of(note)
        if hz > HIGHEST * sample_rate:
            continue
        frequencies, amplitudes, decays = kind.modes(hz, note.velocity, sample_rate)
        amplitudes = amplitudes * 10 ** (rng.normal(0.0, 0.9, len(amplitudes)) * (frequencies > 1.01 * hz) / 20)
        ends = {"next": following, "same": again, "written": note.onset + note.duration, "never": np.inf}[kind.damping]
        ends = min(ends, again) if kind.damping != "never" else ends
        first = round(note.onset * sample_rate)
        longest = min(1.35 * float(decays.max()), ends - note.onset + 1.3 * kind.damped60)
        length = min(n - first, round(longest * sample_rate))
        if length <= 0:
            continue
        tone = ring(frequencies, amplitudes, decays, length, sample_rate)
        soft, hard = kind.contact
        rise = max(round(soft * (hard / soft) ** (note.velocity / 127) * sample_rate), 8)
        rise = min(rise, length)
        tone[:rise] *= np.sin(0.5 * np.pi * np.arange(1, rise + 1) / rise) ** 2
        level, low, high, seconds = kind.knock
        if level > -60:
            few = min(length, round(1.2 * seconds * sample_rate))
            tone[:few] += (
                10 ** (level / 20) * (note.velocity / MIDDLING) * burst(rng, few, low, high, seconds, sample_rate)
            )
        tone = damp(tone, ends - note.onset, kind.damped60, sample_rate) if np.isfinite(ends) else tone
        tone = faded(tone, sample_rate)
        heard[first : first + len(tone)] += strength(note.velocity) * tone
    return heard
