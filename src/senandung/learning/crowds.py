"""Crowds made by machine: claps, talk, cheering, and people who sing along; to learn to tell them from music.

Everything is mono at `RATE`, shape (n,), float32. Claps are short bursts of noise around 1 to 2 kHz (Repp 1987, "The
sound of two hands clapping", JASA 81), each person's at an own, nearly even pace of 2 to 5 a second (Néda et al. 2000,
"The sound of many hands clapping", Nature 403). Voices are pulses through the formants of vowels (commonly stated
values), with an own length of the throat for each person.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senandung.audio.hearing import RATE, Floats
from senandung.learning.worsened import Rng, in_band, in_room

FORMANTS = {
    "a": (730, 1090, 2440), "i": (270, 2290, 3010), "u": (300, 870, 2240), "e": (530, 1840, 2480),
    "o": (570, 840, 2410), "ə": (500, 1500, 2500),
}  # fmt: skip
"""Hz of the first three formants of men's vowels (Peterson & Barney 1952); others' are 10 to 25 % higher."""

Note = tuple[float, float, float]
"""When it begins, how long it lasts, in seconds; its pitch as a MIDI number."""


def applause(count: int, rng: Rng) -> Floats:
    """Many people clap: 8 to 300 of them, with a beginning and an end of their own."""
    from scipy.signal import oaconvolve

    people = int(np.exp(rng.uniform(np.log(8), np.log(300))))
    seconds = count / RATE
    kinds = []
    for _ in range(12):
        length = round(rng.uniform(0.008, 0.04) * RATE)
        burst = rng.standard_normal(length + 64) * np.exp(-np.arange(length + 64) / (0.25 * length))
        centre = np.exp(rng.uniform(np.log(600), np.log(2800)))
        kinds.append(in_band(burst.astype(np.float32), 0.6 * centre, 1.9 * centre, 1))
    struck = np.zeros((len(kinds), count))
    for _ in range(people):
        pace = rng.uniform(2.2, 5.0)
        first, last = 0.0, seconds
        if rng.random() < 0.3:
            first, last = rng.uniform(0, 0.3) * seconds, rng.uniform(0.6, 1) * seconds
        beats = np.cumsum(rng.normal(1 / pace, 0.06 / pace, int((last - first) * pace) + 2)) + first
        places = (beats[(beats > 0) & (beats < last)] * RATE).astype(int)
        np.add.at(struck[rng.integers(len(kinds))], places, rng.uniform(0.2, 1) * rng.uniform(0.6, 1, len(places)))
    sound = np.zeros(count, dtype=np.float32)
    for hands, kind in zip(struck, kinds, strict=True):
        sound += oaconvolve(hands, kind)[:count].astype(np.float32)
    return in_room(sound, rng.uniform(0.4, 2.5), rng.uniform(-3, 8), rng)


def voice(pitch: Floats, vowels: Sequence[str], loud: Floats, rng: Rng) -> Floats:
    """One voice: pulses at a pitch in Hz of shape (n,), through vowels that follow each other, as loud as `loud`.

    0 in `loud` is silence. Vowels glide into each other in a tenth of a second.
    """
    from scipy.signal import lfilter

    n = len(pitch)
    phase = np.cumsum(pitch / RATE)
    # A pulse train of limited band: the derivative of a sawtooth that is rounded by its own frequency.
    pulses = np.diff(np.floor(phase), prepend=0.0) + 0.02 * rng.standard_normal(n)
    throat = rng.uniform(1.0, 1.25)
    out = np.zeros(n, dtype=np.float32)
    length = -(-n // len(vowels))
    for place, vowel in enumerate(vowels):
        first, last = max(0, place * length - 1100), min(n, (place + 1) * length + 1100)
        if first >= last:
            continue
        part = pulses[first:last]
        total = np.zeros(last - first)
        for formant, size in zip(FORMANTS[vowel], (1.0, 0.5, 0.2), strict=True):
            radius = np.exp(-np.pi * (60 + 0.06 * formant) / RATE)
            angle = 2 * np.pi * min(formant * throat, 0.45 * RATE) / RATE
            total += size * lfilter([1 - radius], [1, -2 * radius * np.cos(angle), radius**2], part)
        edge = min(1100, last - first)
        fade = np.ones(last - first)
        fade[:edge] *= np.linspace(0, 1, edge)
        fade[-edge:] *= np.linspace(1, 0, edge)
        out[first:last] += (total * fade).astype(np.float32)
    return np.asarray(out * loud, dtype=np.float32)


def _slow(count: int, seconds: float, low: float, high: float, rng: Rng) -> Floats:
    """A curve between two values that turns every `seconds`."""
    knots = max(2, int(count / RATE / seconds) + 2)
    return np.interp(np.arange(count), np.linspace(0, count, knots), rng.uniform(low, high, knots)).astype(np.float32)


def talk(count: int, rng: Rng) -> Floats:
    """People who talk among each other, 4 to 40 of them: a few voices, laid over each other at other places."""
    people = int(rng.integers(4, 40))
    n = min(count, 12 * RATE)
    sounds = []
    for _ in range(8):
        pitch = rng.choice([110.0, 200.0]) * 2 ** (_slow(n, 0.4, -0.3, 0.3, rng)) * rng.uniform(0.8, 1.3)
        syllables = int(n / RATE * rng.uniform(3.5, 6))
        vowels = [list(FORMANTS)[each] for each in rng.integers(0, 6, syllables)]
        spoken = np.repeat(rng.random(max(1, syllables // 6)) < 0.7, 6)[:syllables]
        shape = np.interp(np.arange(n), np.linspace(0, n, 2 * syllables), np.tile((0.1, 1), syllables))
        spoken = np.resize(spoken, syllables).repeat(-(-n // syllables))[:n]
        sounds.append(voice(pitch, vowels, (shape * spoken).astype(np.float32), rng))
        hiss = in_band(rng.standard_normal(n).astype(np.float32), 3000, 8000) * (1 - shape).clip(0) * spoken
        sounds[-1] = (sounds[-1] + 0.05 * hiss).astype(np.float32)
    sound = np.zeros(count, dtype=np.float32)
    for _ in range(people):
        one = np.resize(sounds[rng.integers(len(sounds))], count)
        sound += np.roll(one, int(rng.integers(count))) * np.float32(10 ** (rng.uniform(-14, 0) / 20))
    return in_room(sound, rng.uniform(0.3, 1.5), rng.uniform(-10, 4), rng)


def cheering(count: int, rng: Rng) -> Floats:
    """People who cheer: shouted vowels that rise and fall, whistles, and the roar of those who are far."""
    sound = np.zeros(count, dtype=np.float32)
    shouts = max(2, int(count / RATE * np.exp(rng.uniform(np.log(2), np.log(20)))))
    shapes = []
    for _ in range(14):
        n = round(rng.uniform(0.5, 2.0) * RATE)
        turn = np.linspace(0, 1, n)
        high = rng.uniform(280, 800)
        pitch = high * 2 ** (rng.uniform(0.0, 0.5) * np.sin(np.pi * turn) - rng.uniform(0, 0.6) * turn**2)
        pitch = pitch * (1 + 0.02 * rng.standard_normal(n).cumsum() / np.sqrt(n))
        shapes.append(voice(pitch.astype(np.float32), [str(rng.choice(["a", "u", "e", "o"]))] * 2,
                            (np.sin(np.pi * turn) ** 0.5).astype(np.float32), rng))  # fmt: skip
        if rng.random() < 0.2:
            whistle = np.sin(2 * np.pi * np.cumsum(rng.uniform(1500, 3200) * (1 + 0.15 * np.sin(np.pi * turn))) / RATE)
            shapes[-1] = (0.3 * np.abs(shapes[-1]).max() * whistle * np.sin(np.pi * turn)).astype(np.float32)
    for _ in range(shouts):
        shape = shapes[rng.integers(len(shapes))]
        at = int(rng.integers(-len(shape) // 2, count))
        part = shape[max(0, -at) : count - at]
        sound[max(0, at) : max(0, at) + len(part)] += part * np.float32(10 ** (rng.uniform(-16, 0) / 20))
    roar = in_band(rng.standard_normal(count).astype(np.float32), 300, 2500) * 10 ** (
        _slow(count, 1.5, -6, 6, rng) / 20
    )
    sound += np.float32(10 ** (rng.uniform(-15, 3) / 20) * max(float(sound.std()), 1e-6)) * (roar / roar.std())
    return in_room(sound, rng.uniform(0.5, 2.5), rng.uniform(-8, 5), rng)


def crowd(count: int, rng: Rng) -> Floats:
    """A crowd of any kind: talk, cheering, applause, or several of them."""
    parts = [part(count, rng) for part in (applause, talk, cheering) if rng.random() < 0.5] or [talk(count, rng)]
    return np.asarray(sum(part / max(float(part.std()), 1e-9) * 10 ** (rng.uniform(-8, 0) / 20) for part in parts),
                      dtype=np.float32)  # fmt: skip


def singing_along(count: int, notes: Sequence[Note], rng: Rng) -> Floats:
    """A crowd of 8 to 60 that sings a tune, each a little late and off: two thirds in the tune's octave or below."""
    people = int(rng.integers(8, 60))
    sound = np.zeros(count + RATE, dtype=np.float32)
    words = [list(FORMANTS)[each] for each in rng.integers(0, 6, len(notes))]
    for _ in range(min(people, 10)):
        octave = rng.choice([-12, 0, 12], p=[0.35, 0.6, 0.05])
        late, off = rng.uniform(-0.03, 0.15), rng.normal(0, 25)
        pitch = np.full(count + RATE, 200.0, dtype=np.float32)
        loud = np.zeros(count + RATE, dtype=np.float32)
        for onset, duration, tone in notes:
            first = round((onset + late + rng.normal(0, 0.03)) * RATE)
            last = min(first + round(max(0.1, duration * rng.uniform(0.85, 1.05)) * RATE), count + RATE)
            if first < 0 or first >= count:
                continue
            cents = (
                off + rng.normal(0, 25) + 20 * np.sin(2 * np.pi * rng.uniform(4, 6) * np.arange(last - first) / RATE)
            )
            scoop = -rng.uniform(0, 200) * np.exp(-np.arange(last - first) / (0.06 * RATE))
            pitch[first:last] = 440 * 2 ** ((tone + octave - 69 + (cents + scoop) / 100) / 12)
            edge = np.minimum(np.arange(last - first), np.arange(last - first)[::-1]) / (0.03 * RATE)
            loud[first:last] = np.minimum(1, edge) * rng.uniform(0.6, 1)
        one = voice(pitch, words or ["a"], loud, rng)
        for _ in range(-(-people // 10)):
            shift = int(rng.normal(0, 0.03) * RATE)
            sound += np.roll(one, shift) * np.float32(10 ** (rng.uniform(-10, 0) / 20))
    return in_room(sound[:count], rng.uniform(0.6, 2.5), rng.uniform(-2, 8), rng)


def sung_by_many(sung: Floats, rng: Rng) -> Floats:
    """People who sing a sung part along, 10 to 40: the part at other speeds and times, five seconds at a time."""
    count, block, edge = len(sung), 5 * RATE, RATE // 10
    sound = np.zeros(count, dtype=np.float32)
    fade = np.minimum(1, np.minimum(np.arange(block + edge), np.arange(block + edge)[::-1]) / edge).astype(np.float32)
    for _ in range(int(rng.integers(10, 40))):
        person = np.zeros(count + block + 2 * edge, dtype=np.float32)
        for first in range(0, count, block):
            speed = 2 ** (rng.normal(0, 22) / 1200)
            places = first - rng.uniform(0, 0.15) * RATE + speed * np.arange(block + edge)
            person[first : first + block + edge] += fade * np.interp(places, np.arange(count), sung, 0, 0)
        highest = rng.uniform(1200, 2000) if rng.random() < 0.3 else rng.uniform(2000, 5000)
        heard = in_band(person[:count], rng.uniform(100, 350), highest, 1)
        sound += heard * np.float32(10 ** (rng.uniform(-9, 0) / 20))
    return in_room(sound, rng.uniform(0.6, 2.5), rng.uniform(-4, 8), rng)
