"""Rooms, crowds and devices by another synthesis than the one that is learned from: for what is reported only.

Rooms by image sources (Allen & Berkley 1979, JASA 65) and by delay networks (Schroeder 1962), telephones and
radios by real coders of ffmpeg (GSM, Opus, MP3), crowds and singing along from the project's own sung voices.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from scipy.signal import butter, lfilter, oaconvolve, sosfilt

from senandung.audio.hearing import RATE, Floats
from senandung.learning.worsened import Rng, level, mixed

SPEED = 343.0
"""Metres a second."""


@lru_cache(maxsize=64)
def box(sides: tuple[float, float, float], reflects: float, distance: float, draw: int) -> Floats:
    """The response of a box of some metres whose walls reflect a share of the amplitude, heard from a distance.

    `draw` numbers the places of the source and the ear.
    """
    rng = np.random.default_rng(draw)
    room = np.array(sides)
    ear = room * rng.uniform(0.3, 0.7, 3)
    turn = rng.uniform(0, 2 * np.pi)
    source = np.clip(ear + distance * np.array([np.cos(turn), np.sin(turn), 0.05]), 0.3, room - 0.3)
    walls = 2 * (room.prod() / room).sum()
    lasts = min(2.5, 24 * np.log(10) * room.prod() / (SPEED * walls * -2 * np.log(reflects)))  # Eyring's formula
    most = (lasts * SPEED / 2 / room + 1).astype(int)
    response = np.zeros(int((lasts + 0.1) * RATE))
    for across in range(-most[0], most[0] + 1):
        rest = np.stack(np.meshgrid(*[np.arange(-m, m + 1) for m in most[1:]], indexing="ij"), -1).reshape(-1, 2)
        grid = np.concatenate((np.full((len(rest), 1), across), rest), axis=1)
        for mirror in np.ndindex(2, 2, 2):
            flip = np.array(mirror)
            apart = np.linalg.norm((1 - 2 * flip) * source + 2 * grid * room - ear, axis=1)
            bounces = (np.abs(grid - flip) + np.abs(grid)).sum(axis=1)
            at = (apart / SPEED * RATE).astype(int)
            inside = at < len(response)
            sizes = (reflects**bounces / np.maximum(apart, 0.5))[inside]
            response += np.bincount(at[inside], sizes, len(response))
    response = np.trim_zeros(response, "f")
    air = lfilter([0.25], [1, -0.75], response)  # the treble dies sooner than the rest
    share = np.minimum(np.arange(len(response)) / (0.6 * len(response)), 1)
    return np.asarray((1 - share) * response + share * air, dtype=np.float32)


def in_box(sound: Floats, response: Floats) -> Floats:
    """A sound through a response."""
    return np.asarray(oaconvolve(sound, response)[: len(sound)], dtype=np.float32)


def church(sound: Floats, decay: float, wet: float) -> Floats:
    """In a large room of combs and all-passes, the reverberation `wet` dB over the direct sound."""
    wet_sound = np.zeros(len(sound))
    for milliseconds in (29.7, 37.1, 41.1, 43.7, 50.3, 56.9):
        wet_sound += _comb(sound, round(milliseconds / 1000 * RATE), 10 ** (-3 * milliseconds / 1000 / decay))
    for milliseconds in (5.0, 1.7, 7.3):
        lag = round(milliseconds / 1000 * RATE)
        ringing = _comb(wet_sound, lag, 0.7, 0.0)
        wet_sound = np.concatenate((np.zeros(lag), ringing[:-lag])) - 0.7 * ringing
    wet_sound = sosfilt(butter(1, [80, 5000], "band", fs=RATE, output="sos"), wet_sound)
    return np.asarray(sound + wet_sound * (10 ** (wet / 20) * level(sound) / level(wet_sound)), dtype=np.float32)


def _comb(sound: Floats, lag: int, feedback: float, dull: float = 0.3) -> Floats:
    """A sound with its echoes every `lag` samples, each `feedback` of the one before, `dull` of it a sample later."""
    out = np.concatenate((np.zeros(lag + 1), sound))
    for first in range(lag + 1, len(out), lag):
        last = min(first + lag, len(out))
        echo = (1 - dull) * out[first - lag : last - lag] + dull * out[first - lag - 1 : last - lag - 1]
        out[first:last] += feedback * echo
    return out[lag + 1 :]


def through(sound: Floats, *codec: str) -> Floats:
    """Through a coder of ffmpeg, such as "gsm" with the arguments that make it."""
    peak = max(float(np.abs(sound).max()), 1e-9)
    plain = (sound / peak * 0.9).astype("<f4").tobytes()
    raw = ["-f", "f32le", "-ar", str(RATE), "-ac", "1"]
    tool = ["ffmpeg", "-v", "error", "-nostdin"]
    shut = subprocess.run([*tool, *raw, "-i", "pipe:0", *codec, "pipe:1"], input=plain, capture_output=True, check=True)
    kind = codec[codec.index("-f") + 1]
    opened = subprocess.run(
        [*tool, "-f", kind, "-i", "pipe:0", *raw, "pipe:1"], input=shut.stdout, capture_output=True, check=True
    )
    out = np.frombuffer(opened.stdout, dtype="<f4")
    return np.asarray(np.resize(out, len(sound)) if len(out) < len(sound) else out[: len(sound)], dtype=np.float32)


def telephone(sound: Floats) -> Floats:
    """Through a mobile telephone of 1990 (GSM full rate, 8 kHz)."""
    narrow = sosfilt(butter(4, [250, 3500], "band", fs=RATE, output="sos"), sound)
    return through(narrow.astype(np.float32), "-ar", "8000", "-c:a", "libgsm", "-f", "gsm")


def messenger(sound: Floats) -> Floats:
    """A voice message: Opus at 12 kbit/s."""
    return through(sound, "-c:a", "libopus", "-b:a", "12k", "-application", "voip", "-f", "ogg")


def old_mp3(sound: Floats) -> Floats:
    """MP3 at 32 kbit/s."""
    return through(sound, "-c:a", "libmp3lame", "-b:a", "32k", "-f", "mp3")


def fan(sound: Floats, decibels: float, rng: Rng) -> Floats:
    """Beside a fan: a hum at 50 Hz with its harmonics, and rushing air that comes and goes."""
    times = np.arange(len(sound)) / RATE
    hum = sum(np.sin(2 * np.pi * 50 * k * times + rng.uniform(0, 6)) / k for k in range(1, 12))
    air = lfilter([1], [1, -0.95], rng.standard_normal(len(sound))) * (1 + 0.5 * np.sin(2 * np.pi * 0.4 * times))
    return mixed(sound, (hum / np.std(hum) * 0.5 + air / np.std(air)).astype(np.float32), decibels)


def clapping(count: int, rng: Rng) -> Floats:
    """Applause: clicks through two resonances each, people at places of their own, pace falling with tiredness."""
    sound = np.zeros(count)
    times = np.arange(round(0.05 * RATE)) / RATE
    for _ in range(int(rng.integers(15, 150))):
        hands = sum(
            np.sin(2 * np.pi * hz * times) * np.exp(-times * hz / rng.uniform(4, 9))
            for hz in (rng.uniform(700, 1600), rng.uniform(1800, 4200))
        )
        at, gap = rng.uniform(0, 0.5), 1 / rng.uniform(2.5, 4.5)
        while at * RATE < count - len(hands):
            first = int(at * RATE)
            sound[first : first + len(hands)] += hands * 10 ** (rng.uniform(-9, 0) / 20)
            at, gap = at + gap * rng.normal(1, 0.1), gap * 1.001
    return church(sound.astype(np.float32), rng.uniform(0.6, 2.0), rng.uniform(-9, 3))


def chatter(count: int, voices: Sequence[Floats], rng: Rng) -> Floats:
    """Talk: half-second pieces of sung voices, at other speeds and places, 8 to 60 people."""
    sound = np.zeros(count + 2 * RATE)
    for _ in range(int(rng.integers(8, 60))):
        own, speed, loud = voices[rng.integers(len(voices))], rng.uniform(0.75, 1.4), 10 ** (rng.uniform(-14, 0) / 20)
        at = int(rng.uniform(0, RATE))
        while at < count:
            n = int(rng.uniform(0.15, 0.6) * RATE)
            first = int(rng.integers(0, max(1, len(own) - 2 * n)))
            glide = np.cumsum(speed * 2 ** (np.linspace(0.25, -0.25, n) * rng.uniform(-1, 1)))
            piece = np.interp(glide, np.arange(2 * n), own[first : first + 2 * n]) if len(own) > 2 * n else np.zeros(n)
            sound[at : at + n] += (loud * np.hanning(n) * piece)[: len(sound) - at]
            at += int(n * (0.7 if rng.random() < 0.85 else 3))
    return church(sound[:count].astype(np.float32), rng.uniform(0.4, 1.5), rng.uniform(-9, 3))


def hurrahs(count: int, voices: Sequence[Floats], rng: Rng) -> Floats:
    """Cheering: long held pieces of sung voices, sped up and gliding, with the rush of thousands."""
    sound = np.zeros(count + 3 * RATE)
    for _ in range(int(count / RATE * rng.uniform(3, 15))):
        own, n = voices[rng.integers(len(voices))], int(rng.uniform(0.6, 1.8) * RATE)
        first, at = int(rng.integers(0, max(1, len(own) - 4 * n))), int(rng.integers(0, count))
        glide = np.cumsum(rng.uniform(1.3, 2.6) * 2 ** (0.4 * np.sin(np.linspace(0, np.pi, n)) - 0.3))
        piece = np.interp(glide, np.arange(4 * n), np.resize(own[first:], 4 * n))
        sound[at : at + n] += piece * np.hanning(n) * 10 ** (rng.uniform(-12, 0) / 20)
    sound = sound[:count]
    rush = lfilter([1], [1, -0.8], rng.standard_normal(count)) * (1 + 0.6 * np.sin(np.arange(count) / RATE * 0.9))
    sound = sound + rush / np.std(rush) * max(float(np.std(sound)), 1e-6) * 10 ** (rng.uniform(-12, 0) / 20)
    return church(sound.astype(np.float32), rng.uniform(0.8, 2.5), rng.uniform(-6, 3))


def chorus(sung: Floats, rng: Rng, octave: Callable[[Floats], Floats] | None = None) -> Floats:
    """Singing along: a sung part read 15 to 40 times with delays of their own that wander, which detunes it."""
    sound = np.zeros(len(sung))
    places = np.arange(len(sung), dtype=np.float64)
    own = octave(sung) if octave else sung
    for _ in range(int(rng.integers(15, 40))):
        knots = rng.uniform(0.0, 0.12) + np.cumsum(rng.normal(0, 0.008, len(sung) // (RATE // 2) + 2))
        late = np.interp(places, np.arange(len(knots)) * (RATE // 2), knots)
        low, high = rng.uniform(120, 400), rng.uniform(1800, 5000)
        heard = sosfilt(
            butter(1, [low, high], "band", fs=RATE, output="sos"), np.interp(places - late * RATE, places, own)
        )
        sound += heard * 10 ** (rng.uniform(-8, 0) / 20)
    return church(sound.astype(np.float32), rng.uniform(0.8, 2.0), rng.uniform(-6, 3))
