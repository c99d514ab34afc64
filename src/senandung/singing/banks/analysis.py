"""Sounds of a bank through WORLD: envelope, aperiodicity and voicing every 5 ms, kept beside the bank by content.

Morise, Yokomori & Ozawa (2016), "WORLD: a vocoder-based high-quality speech synthesis system for real-time
applications", IEICE Trans. Inf. Syst. E99-D(7): Harvest for the pitch, CheapTrick for the envelope, D4C for the
aperiodicity.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from senandung.domain.errors import FileError, MissingProgramError, OutputError
from senandung.domain.singing import FRAME
from senandung.domain.time import Second
from senandung.files.audio import load_audio
from senandung.files.writing import write_atomically
from senandung.singing.banks.bank import CACHE, Bank, Sound
from senandung.singing.voices import Voice

SAMPLE_RATE = 44_100

SIZE = 2048
"""Length of the spectra: 1,025 bins."""

LOWEST, HIGHEST = 65.0, 1100.0
"""Hz: where a pitch is looked for."""

NEAR, OCTAVE_LOW = 1.75, 2.3
"""A pitch is looked for up to so many times what Dio found, and down to an octave below it and a bit: Dio may be wrong
by one."""

AROUND: Second = 0.15
"""What is analysed of the recording before and after a sound, so that its edges are right."""

LONGEST: Second = 2.0
"""What is used of a sound at most."""

VOICE_SHARE, VOICE_BAR = 0.35, 38.0
"""Where less than this share of the power is below 1500 Hz, or that is so many dB below a sound's vowel, the voice is
gone."""

VERSION = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Analysis:
    """A sound as WORLD sees it: a row every `FRAME` seconds, the first at `first` seconds of the recording.

    Parameters
    ----------
    envelope : natural logarithm of the power spectrum, float32, shape (n, 1025).
    aperiodicity : 0..1, float32, shape (n, 1025).
    f0 : Hz, 0 where unvoiced, shape (n,).
    level : dB of each row, shape (n,).
    """

    first: Second
    envelope: NDArray[np.float32]
    aperiodicity: NDArray[np.float32]
    f0: Floats
    level: Floats


def world() -> Any:
    """The WORLD library. Raises `MissingProgramError` where it is not installed."""
    try:
        import pyworld
    except ImportError as error:
        raise MissingProgramError("singing with a voicebank needs the package pyworld-prebuilt") from error
    return pyworld


def analyse(bank: Bank, sound: Sound) -> Analysis:
    """The analysis of a sound, from the bank's cache where it has been made before."""
    stamp = _stamp(sound)
    path = bank.folder / CACHE / f"{stamp}.npz"
    kept = _kept(path)
    if kept is not None:
        return kept
    made = analyse_samples(_samples(sound.path), max(sound.start - 0.02, 0.0), min(sound.end, sound.start + LONGEST))
    with contextlib.suppress(OutputError, OSError):  # a bank that cannot be written to is analysed every time
        path.parent.mkdir(exist_ok=True)
        _keep(path, made)
    return made


def analyse_samples(samples: Floats, start: Second, end: Second) -> Analysis:
    """The analysis of a part of a recording, shape (n,) at 44.1 kHz, from `start` to `end` in seconds."""
    pyworld = world()
    first = max(round((start - AROUND) / FRAME), 0)
    part = samples[round(first * FRAME * SAMPLE_RATE) : round((end + AROUND) * SAMPLE_RATE)]
    part = np.ascontiguousarray(part + 1e-7 * np.random.default_rng(1).standard_normal(len(part)))
    f0, times = pitch_of(part)
    low, high = round(start / FRAME) - first, round(end / FRAME) - first + 1
    f0, times = np.ascontiguousarray(f0[low:high]), np.ascontiguousarray(times[low:high])
    f0[_voiceless(part, times, f0)] = 0.0
    envelope = pyworld.cheaptrick(part, f0, times, SAMPLE_RATE, fft_size=SIZE)
    aperiodicity = pyworld.d4c(part, f0, times, SAMPLE_RATE, fft_size=SIZE)
    logs = np.log(np.maximum(envelope, 1e-16)).astype(np.float32)
    return Analysis((first + low) * FRAME, logs, aperiodicity.astype(np.float32), f0, _level(logs))


def pitch_of(samples: Floats) -> tuple[Floats, Floats]:
    """The pitch of sung notes near each other: Hz (0 where there is none), and seconds, a `FRAME` apart.

    Dio looks roughly, Harvest around what it found: so Harvest is three times as quick, and a vowel whose second
    partial is strong is not heard an octave too high.
    """
    pyworld = world()
    rough, _ = pyworld.dio(samples, SAMPLE_RATE, f0_floor=LOWEST, f0_ceil=HIGHEST, frame_period=1000 * FRAME)
    low, high = LOWEST, HIGHEST
    if np.count_nonzero(rough) > 6:
        middle = float(np.median(rough[rough > 0]))
        low, high = max(LOWEST, middle / OCTAVE_LOW), min(HIGHEST, middle * NEAR)
    f0, times = pyworld.harvest(samples, SAMPLE_RATE, f0_floor=low, f0_ceil=high, frame_period=1000 * FRAME)
    return f0, times


def typical_pitch(bank: Bank) -> float:
    """The MIDI number around which a bank was recorded: the middle of a few of its sounds."""
    names = sorted(bank.rows)
    found = []
    for name in names[:: max(len(names) // 5, 1)][:5]:
        sound = bank.find([name], 60)
        if sound is not None:
            f0 = analyse(bank, sound).f0
            found += [float(np.median(f0[f0 > 0]))] if np.any(f0 > 0) else []
    if not found:
        raise FileError(bank.folder, "a voicebank must have sounds with a pitch; none was found in its recordings")
    return float(69 + 12 * np.log2(np.median(found) / 440))


def bank_voice(bank: Bank, name: str) -> Voice:
    """What a song needs to know of a bank: its range, under the name that it was asked for."""
    if bank.card is not None:
        return Voice(name, bank.card.low, bank.card.high, tract=1.0, mouth=1.0)
    middle = round(typical_pitch(bank))
    spare = 3 if len(set(bank.character.affixes.values())) > 1 else 0
    return Voice(name, middle - 8 - spare, middle + 11 + spare, tract=1.0, mouth=1.0)


def _voiceless(samples: Floats, times: Floats, f0: Floats) -> NDArray[np.bool_]:
    """Where Harvest goes on with a pitch although the voice is gone: in closures, bursts and frication.

    There CheapTrick's window would be as long as three periods, and a closure would be filled by its neighbours.
    """
    if not np.any(f0 > 0):
        return np.zeros(len(f0), dtype=np.bool_)
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    low = np.fft.irfft(np.where((hertz > 60) & (hertz < 1500), spectrum, 0), len(samples))
    window = np.hanning(round(0.008 * SAMPLE_RATE))
    powers = [np.convolve(part**2, window / window.sum(), "same") + 1e-14 for part in (low, samples)]
    moments = np.arange(len(samples)) / SAMPLE_RATE
    below, all_ = (np.interp(times, moments, power) for power in powers)
    usual = np.percentile(below[f0 > 0], 90)
    return np.asarray((below < VOICE_SHARE * all_) | (below < usual * 10 ** (-VOICE_BAR / 10)))


def _level(logs: NDArray[np.float32]) -> Floats:
    """dB of the power of each row."""
    return np.asarray(10 * np.log10(np.exp(logs.astype(np.float64)).mean(axis=1) + 1e-16))


def _samples(path: Path) -> Floats:
    recording = load_audio(path, sample_rate=SAMPLE_RATE)
    return np.asarray(recording.samples.mean(axis=0), dtype=np.float64)


def _stamp(sound: Sound) -> str:
    try:
        content = hashlib.sha256(sound.path.read_bytes())
    except OSError as error:
        raise FileError(sound.path, f"cannot be read: {error.strerror or error}") from error
    content.update(f"{VERSION} {sound.start:.4f} {sound.end:.4f}".encode())
    return content.hexdigest()[:32]


def _keep(path: Path, made: Analysis) -> None:
    pyworld = world()
    coded = pyworld.code_aperiodicity(made.aperiodicity.astype(np.float64), SAMPLE_RATE)
    buffer = io.BytesIO()
    np.savez(
        buffer, first=np.float64(made.first), envelope=made.envelope.astype(np.float16),
        aperiodicity=coded.astype(np.float32), f0=made.f0.astype(np.float32),
    )  # fmt: skip
    write_atomically(path, buffer.getvalue())


def _kept(path: Path) -> Analysis | None:
    """What the cache holds; what is broken there is made anew."""
    if not path.is_file():
        return None
    pyworld = world()
    try:
        with np.load(path, allow_pickle=False) as kept:
            logs = kept["envelope"].astype(np.float32)
            coded = np.ascontiguousarray(kept["aperiodicity"].astype(np.float64))
            f0 = kept["f0"].astype(np.float64)
            first = float(kept["first"])
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None
    if logs.shape != (len(f0), SIZE // 2 + 1) or len(coded) != len(f0) or not np.isfinite(logs).all():
        return None
    aperiodicity = pyworld.decode_aperiodicity(coded, SAMPLE_RATE, SIZE).astype(np.float32)
    return Analysis(first, logs, aperiodicity, f0, _level(logs))
