"""A singing becomes the sound of a DiffSinger voicebank: phonemes and curves → spectrogram → sound.

Phrase by phrase, as OpenUtau does it: silence around each, whole frames, the pitch in Hz a frame. What the bank's
models ask for is given by name; what they do not ask for is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senandung.audio.resample import resample
from senandung.domain.errors import FileError
from senandung.domain.phonemes import PHONEMES
from senandung.domain.recording import Recording
from senandung.domain.singing import FRAME, Breath, Singing, SungPhoneme
from senandung.singing.diffsinger.bank import BREATH, SILENCE, STEPS, Bank
from senandung.singing.diffsinger.session import Model
from senandung.singing.diffsinger.symbols import language_of, spelt

SAMPLE_RATE = 44_100

AROUND = 8
"""Frames of silence before and after a phrase."""

APART = 0.4
"""Seconds of rest from which on what follows is a phrase of its own."""

ENERGY, HISS, SILENT, TENSION = -22.0, -54.0, -80.0, 1.0
"""dB of a vowel at dynamics 0 and of its breath at breathiness 0, of silence, and the usual tension (a logit). OpenUtau
has these from a bank's variance models, which are not run here; a unit of tension is five, as there."""


@dataclass(frozen=True)
class Phrase:
    """A phrase in a bank's phonemes: its first frame in the song, and each token's name and frames."""

    first: int
    names: tuple[str, ...]
    frames: tuple[int, ...]
    voiced: tuple[bool, ...]


def render(singing: Singing, bank: Bank, *, seed: int) -> Recording:
    """The singing in a DiffSinger voicebank: mono, 44.1 kHz, as long as it says.

    Parameters
    ----------
    singing : phonemes and curves.
    bank : of `bank.load_bank`.
    seed : of the noise that its models draw; the same seed gives the same sound.

    Raises `FileError` where the bank lacks a phoneme or its models cannot be used.
    """
    symbols = spelt(bank, (each.symbol for each in singing.phonemes))
    acoustic, vocoder = Model(bank.acoustic, seed=seed), Model(bank.vocoder.model, seed=seed)
    rate, hop = bank.vocoder.sample_rate, bank.vocoder.hop
    sound = np.zeros(round(singing.seconds * rate) + 1, dtype=np.float32)
    for phrase in phrases_of(singing, bank, symbols):
        values = inputs_of(singing, phrase, bank, in_steps=acoustic.inputs.get("depth") is np.int64)
        mel = acoustic.run(values, "mel")
        count = sum(phrase.frames)
        if mel.ndim != 3 or mel.shape[:2] != (1, count) or mel.shape[2] != bank.vocoder.bins:
            rule = f"a spectrogram must have the shape (1, {count}, {bank.vocoder.bins})"
            raise FileError(bank.acoustic, f"{rule}, got {mel.shape}")
        wave = vocoder.run({"mel": mel * _base_change(bank), "f0": values["f0"]}, "waveform").reshape(-1)
        if abs(len(wave) - count * hop) > 2 * hop:
            raise FileError(bank.vocoder.model, f"{count} frames must give {count * hop} samples, got {len(wave)}")
        start = phrase.first * hop
        moments = (start + np.arange(len(wave))) / rate
        if "energy" not in acoustic.inputs:
            wave = wave * (10 ** (_curve(singing.dynamics, moments) / 20)).astype(np.float32)
        low, high = max(start, 0), min(start + len(wave), len(sound))
        sound[low:high] += wave[low - start : high - start]
    sound = resample(sound[None, :], rate, SAMPLE_RATE)[0]
    n = round(singing.seconds * SAMPLE_RATE)
    return Recording(np.pad(sound, (0, max(n - len(sound), 0)))[None, :n].copy(), SAMPLE_RATE)


def phrases_of(singing: Singing, bank: Bank, symbols: Mapping[str, tuple[str, ...]]) -> list[Phrase]:
    """The phrases of a singing in a bank's phonemes; a breath is sung where the bank has one."""
    frame = bank.vocoder.hop / bank.vocoder.sample_rate
    groups: list[list[SungPhoneme]] = []
    for each in singing.phonemes:
        if not groups or each.start - groups[-1][-1].end > APART:
            groups.append([])
        groups[-1].append(each)
    breaths = singing.breaths if BREATH in bank.tokens else ()
    return [_phrase(group, breaths, symbols, frame) for group in groups]


def _phrase(
    group: Sequence[SungPhoneme], breaths: Sequence[Breath], symbols: Mapping[str, tuple[str, ...]], frame: float
) -> Phrase:
    spans: list[tuple[float, float, str, bool]] = [
        (breath.start, breath.end, BREATH, False)
        for breath in breaths
        if group[0].start - 0.6 < breath.start and breath.end <= group[-1].start
    ]
    for each in group:
        spelling = symbols[each.symbol]
        edges = np.linspace(each.start, each.end, len(spelling) + 1)
        for name, start, end in zip(spelling, edges, edges[1:], strict=False):
            spans.append((float(start), float(end), name, PHONEMES[each.symbol].voiced))
    spans.sort(key=lambda span: span[0])
    names, frames, voiced = [SILENCE], [AROUND], [False]
    first = round(spans[0][0] / frame) - AROUND
    at = first + AROUND
    for start, end, name, sounds in spans:
        if round(start / frame) > at:
            names.append(SILENCE)
            voiced.append(False)
            frames.append(round(start / frame) - at)
            at += frames[-1]
        names.append(name)
        voiced.append(sounds)
        frames.append(max(round(end / frame) - at, 1))
        at += frames[-1]
    return Phrase(first, (*names, SILENCE), (*frames, AROUND), (*voiced, False))


def inputs_of(singing: Singing, phrase: Phrase, bank: Bank, *, in_steps: bool = False) -> dict[str, NDArray[Any]]:
    """All that an acoustic model may ask for, by the names that OpenUtau uses.

    `in_steps` : depth is counted in steps of a thousand instead of as a share.
    """
    count = sum(phrase.frames)
    moments = (phrase.first + np.arange(count)) * bank.vocoder.hop / bank.vocoder.sample_rate
    silent = np.repeat([name == SILENCE for name in phrase.names], phrase.frames)
    voiced = np.repeat(phrase.voiced, phrase.frames)
    loud = _curve(singing.dynamics, moments)
    breathy = _curve(singing.breathiness, moments)
    speedup = max(1000 // STEPS, 1)
    values = {
        "tokens": [bank.tokens[name] for name in phrase.names],
        "languages": [bank.languages.get(language_of(name), 0) for name in phrase.names],
        "durations": list(phrase.frames),
        "f0": 440 * 2 ** ((_curve(singing.pitch, moments) - 69) / 12),
        "gender": np.zeros(count),
        "velocity": np.ones(count),
        "energy": np.where(silent, SILENT, np.minimum(ENERGY + loud, 0)),
        "breathiness": np.where(silent, SILENT, np.minimum(HISS + loud + 36 * breathy, 0)),
        "voicing": np.where(voiced, np.minimum(ENERGY + loud - 6 * breathy, 0), SILENT),
        "tension": TENSION + 5 * _curve(singing.tension, moments),
    }
    rows: dict[str, NDArray[Any]] = {name: np.asarray(value)[None, :] for name, value in values.items()}
    rows["speedup"] = np.array([speedup])
    rows["steps"] = np.array([STEPS])
    deepest = bank.deepest or 1.0
    whole = deepest * 1000 if deepest <= 1 else deepest
    rows["depth"] = np.array([int(whole) // speedup * speedup if in_steps else whole / 1000])
    if bank.speaker is not None:
        rows["spk_embed"] = np.broadcast_to(bank.speaker, (1, count, len(bank.speaker)))
    return rows


def _base_change(bank: Bank) -> np.float32:
    """What a spectrogram's logarithm is multiplied by where bank and vocoder have other bases."""
    if bank.base == bank.vocoder.base:
        return np.float32(1)
    return np.float32(np.log(10) if bank.vocoder.base == "e" else 1 / np.log(10))


def _curve(curve: NDArray[np.float32], moments: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.interp(moments, np.arange(len(curve)) * FRAME, curve))
