"""Recordings made worse: rooms, noise, telephones, clipping, gain; what the reader of recordings learns to look past.

Everything here is mono at `RATE`, shape (n,), float32, and drawn by a generator of random numbers that is given.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from senandung.audio.hearing import RATE, Floats

Rng = np.random.Generator


def level(sound: Floats) -> float:
    """Root mean square of what is louder than a tenth of the mean power, at least 1e-9."""
    power = sound.astype(np.float64) ** 2
    loud = power[power > 0.1 * power.mean()]
    return float(np.sqrt(loud.mean())) if len(loud) and loud.mean() > 1e-18 else 1e-9


def mixed(music: Floats, other: Floats, decibels: float) -> Floats:
    """Music with something else, the music `decibels` louder than it; the other is repeated or cut to its length."""
    fitted = np.resize(other, len(music)) if len(other) else np.zeros_like(music)
    return np.asarray(music + fitted * (level(music) / level(fitted) * 10 ** (-decibels / 20)), dtype=np.float32)


def in_band(sound: Floats, low: float, high: float, order: int = 2) -> Floats:
    """What is between two frequencies in Hz (Butterworth)."""
    from scipy.signal import butter, sosfilt

    sections = butter(order, [low, min(high, 0.49 * RATE)], "band", fs=RATE, output="sos")
    return np.asarray(sosfilt(sections, sound), dtype=np.float32)


def in_room(sound: Floats, decay: float, wet: float, rng: Rng) -> Floats:
    """In a room: noise that dies away, its treble sooner, after Moorer (1979); a new one at every call.

    Parameters
    ----------
    decay : seconds in which the room falls by 60 dB.
    wet : the room's energy over that of the direct sound, in dB.
    """
    from scipy.signal import oaconvolve

    times = np.arange(round(1.2 * decay * RATE)) / RATE
    response = np.zeros(len(times))
    for low, high, share in ((60, 500, rng.uniform(0.8, 1.3)), (500, 3000, 1.0), (3000, 10_000, rng.uniform(0.3, 0.8))):
        tail = in_band(rng.standard_normal(len(times)).astype(np.float32), low, high)
        response += tail * 10 ** (-3 * times / (decay * share))
    response[: round(0.002 * RATE)] = 0
    response = np.roll(response, round(rng.uniform(0.0, 0.02) * RATE))
    response *= 10 ** (wet / 20) / np.sqrt((response**2).sum())
    response[0] = 1.0
    return np.asarray(oaconvolve(sound, response)[: len(sound)], dtype=np.float32)


def with_noise(sound: Floats, decibels: float, rng: Rng) -> Floats:
    """With a steady noise, white to brown, `decibels` below the music."""
    noise = rng.standard_normal(len(sound))
    spectrum = np.fft.rfft(noise)
    spectrum *= np.maximum(np.fft.rfftfreq(len(noise), 1 / RATE), 30.0) ** -rng.uniform(0, 1)
    return mixed(sound, np.fft.irfft(spectrum, len(noise)).astype(np.float32), decibels)


def by_telephone(sound: Floats, rng: Rng) -> Floats:
    """Through a telephone: a narrow band, and steps of 7 to 9 bits on a logarithmic scale (mu-law, ITU-T G.711)."""
    narrow = in_band(sound, rng.uniform(150, 350), rng.uniform(3000, 4000), 4)
    narrow = narrow / max(float(np.abs(narrow).max()), 1e-9)
    steps = 2 ** rng.integers(6, 9)
    coded = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * steps) / steps
    return np.asarray(np.sign(coded) * (256 ** np.abs(coded) - 1) / 255, dtype=np.float32)


def small_speaker(sound: Floats, rng: Rng) -> Floats:
    """Through a cheap microphone or loudspeaker: bass and treble cut, some bands louder than others."""
    from senandung.audio.filters import filtered, peaking

    narrow = in_band(sound, rng.uniform(40, 250), rng.uniform(3500, 9000), 1)
    bands = [peaking(float(np.exp(rng.uniform(np.log(150), np.log(6000)))), rng.uniform(-8, 8), RATE) for _ in range(3)]
    return np.asarray(filtered(narrow[None, :], np.stack(bands))[0], dtype=np.float32)


def coded(sound: Floats, rng: Rng) -> Floats:
    """Through a coder that spends few bits: weak bins of short spectra are dropped, the others coarse."""
    from scipy.signal import istft, stft

    size = int(rng.choice([512, 1024]))
    spectra = stft(sound, RATE, nperseg=size)[2]
    bins = np.arange(spectra.shape[0])
    usual = np.sqrt(np.mean(np.abs(spectra) ** 2, axis=0, keepdims=True)) * 10 ** (-rng.uniform(5, 25) / 20)
    step = np.maximum(usual * (0.3 + 3 * bins / len(bins))[:, None], 1e-9)
    kept = np.round(spectra.real / step) * step + 1j * np.round(spectra.imag / step) * step
    kept[int(rng.uniform(0.35, 1.0) * len(bins)) :] = 0
    return np.asarray(istft(kept, RATE, nperseg=size)[1][: len(sound)], dtype=np.float32)


def clipped(sound: Floats, decibels: float) -> Floats:
    """Recorded `decibels` too loud: the peaks are cut off."""
    loud = sound / max(float(np.percentile(np.abs(sound), 99.95)), 1e-9) * 10 ** (decibels / 20)
    return np.asarray(np.clip(loud, -1, 1), dtype=np.float32)


def levelled(sound: Floats, rng: Rng) -> Floats:
    """With an automatic gain, as telephones and cameras have it: loud passages are turned down, slowly."""
    from scipy.ndimage import uniform_filter1d

    power = uniform_filter1d(sound.astype(np.float64) ** 2, round(rng.uniform(0.5, 4) * RATE), mode="nearest")
    gain = (power + 1e-3 * power.mean() + 1e-12) ** (-0.5 * rng.uniform(0.2, 0.8))
    return np.asarray(sound * gain / gain.max(), dtype=np.float32)


def worsened(sound: Floats, rng: Rng, crowd: Callable[[int, Rng], Floats] | None = None) -> Floats:
    """One to four things that befall recordings, in the order in which they do: the room, what else sounds, the device.

    Parameters
    ----------
    crowd : (samples, rng) → a crowd.
    """
    drawn = rng.random(7)
    if drawn[0] < 0.5:
        sound = in_room(sound, float(np.exp(rng.uniform(np.log(0.25), np.log(3.5)))), rng.uniform(-12, 13), rng)
    if crowd is not None and drawn[1] < 0.4:
        sound = mixed(sound, crowd(len(sound), rng), rng.uniform(2, 22))
    if drawn[2] < 0.3:
        sound = with_noise(sound, rng.uniform(6, 35), rng)
    if drawn[3] < 0.2:
        sound = small_speaker(sound, rng)
    if drawn[4] < 0.15:
        sound = levelled(sound, rng)
    if drawn[5] < 0.25:
        sound = clipped(sound, rng.uniform(2, 15))
    if drawn[6] < 0.2:
        sound = by_telephone(sound, rng)
    elif drawn[6] < 0.35:
        sound = coded(sound, rng)
    peak = max(float(np.abs(sound).max()), 1e-9)
    return np.asarray(sound / peak * 10 ** (rng.uniform(-26, 0) / 20), dtype=np.float32)
