"""A singing becomes the sound of a DiffSinger voicebank: phonemes and curves → spectrogram → sound.

Phrase by phrase, as OpenUtau does it: silence around each, whole frames, the pitch in Hz a frame. What the bank's
models ask for is given by name; what they do not ask for is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
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
from senandung.singing.diffsinger.symbols import spelt
from senandung.singing.diffsinger.variance import asked, guessed

SAMPLE_RATE = 44_100

AROUND = 0.093
"""Seconds of silence before and after a phrase: eight of the usual frames."""

APART = 0.4
"""Seconds of rest from which on what follows is a phrase of its own."""

ENERGY, HISS, SILENT, TENSION = -22.0, -54.0, -80.0, 1.0
"""dB of a vowel at dynamics 0 and of its breath at breathiness 0, of silence, and the usual tension (a logit): for
banks without variance models."""

USUAL_BREATH, BREATH_DB, TENSE = 0.12, 20.0, 5.0
"""The breathiness at which a bank's own guess stays as it is, what a whole unit more adds in dB, and what a unit of
tension adds: OpenUtau's 12 dB and 5 for a hundred, by the scales of `files.ustx_curves`."""


NOTHING: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float32]]] = MappingProxyType({})


@dataclass(frozen=True)
class Phrase:
    """A phrase in a bank's phonemes: its first frame, a frame's seconds, and each token's name, frames and kind.

    Silence and breath inside of a phrase count as vowels: the models let words begin with them.
    """

    first: int
    frame: float
    names: tuple[str, ...]
    frames: tuple[int, ...]
    voiced: tuple[bool, ...]
    vowels: tuple[bool, ...]

    @property
    def moments(self) -> NDArray[np.float64]:
        """When each frame begins, in seconds."""
        return np.asarray((self.first + np.arange(sum(self.frames))) * self.frame, dtype=np.float64)


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
    guesses = _guesses(singing, bank, symbols, acoustic, seed)
    for number, phrase in enumerate(phrases_of(singing, bank, symbols)):
        in_steps = acoustic.inputs.get("depth") is np.int64
        values = inputs_of(singing, phrase, bank, in_steps=in_steps, guess=guesses[number] if guesses else {})
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


def phrases_of(
    singing: Singing, bank: Bank, symbols: Mapping[str, tuple[str, ...]], frame: float = 0.0
) -> list[Phrase]:
    """The phrases of a singing in a bank's phonemes; a breath is sung where the bank has one.

    `frame` : seconds; 0 for the vocoder's.
    """
    frame = frame or bank.terms.frame
    groups: list[list[SungPhoneme]] = []
    for each in singing.phonemes:
        if not groups or each.start - groups[-1][-1].end > APART:
            groups.append([])
        groups[-1].append(each)
    breaths = singing.breaths if BREATH in bank.terms.tokens else ()
    return [_phrase(group, breaths, symbols, frame) for group in groups]


def _phrase(
    group: Sequence[SungPhoneme], breaths: Sequence[Breath], symbols: Mapping[str, tuple[str, ...]], frame: float
) -> Phrase:
    spans: list[tuple[float, float, str, bool, bool]] = [
        (breath.start, breath.end, BREATH, False, True)
        for breath in breaths
        if group[0].start - 0.6 < breath.start and breath.end <= group[-1].start
    ]
    for each in group:
        spelling = symbols[each.symbol]
        edges = np.linspace(each.start, each.end, len(spelling) + 1)
        for name, start, end in zip(spelling, edges, edges[1:], strict=False):
            kind = PHONEMES[each.symbol]
            spans.append((float(start), float(end), name, kind.voiced, kind.vowel))
    spans.sort(key=lambda span: span[0])
    around = max(round(AROUND / frame), 1)
    names, frames, voiced, vowels = [SILENCE], [around], [False], [False]
    first = round(spans[0][0] / frame) - around
    at = first + around
    for start, end, name, sounds, vowel in spans:
        if round(start / frame) > at:
            names.append(SILENCE)
            voiced.append(False)
            vowels.append(True)
            frames.append(round(start / frame) - at)
            at += frames[-1]
        names.append(name)
        voiced.append(sounds)
        vowels.append(vowel)
        frames.append(max(round(end / frame) - at, 1))
        at += frames[-1]
    return Phrase(first, frame, (*names, SILENCE), (*frames, around), (*voiced, False), (*vowels, False))


def _guesses(
    singing: Singing, bank: Bank, symbols: Mapping[str, tuple[str, ...]], acoustic: Model, seed: int
) -> list[dict[str, tuple[NDArray[np.float64], NDArray[np.float32]]]]:
    """For each phrase what the bank's variance models guess, with the moments; empty where nobody asks or guesses."""
    variance = bank.variance
    if variance is None or not set(variance.guesses) & set(acoustic.inputs):
        return []
    models = Model(variance.linguistic, seed=seed), Model(variance.variance, seed=seed)
    found = []
    for phrase in phrases_of(singing, bank, symbols, variance.terms.frame):
        missing = next((name for name in phrase.names if name not in variance.terms.tokens), None)
        if missing is not None:
            raise FileError(
                variance.variance, f"its phonemes must be those of the acoustic model, but it lacks {missing}"
            )
        numbers, languages = variance.terms.numbers(phrase.names), variance.terms.language_numbers(phrase.names)
        given = asked(numbers, languages, phrase.frames, phrase.vowels)
        pitch = _curve(singing.pitch, phrase.moments)
        curves = guessed(variance, models, given, pitch, steps=STEPS, speedup=1000 // STEPS)
        found.append({name: (phrase.moments, curve) for name, curve in curves.items()})
    return found


def inputs_of(
    singing: Singing,
    phrase: Phrase,
    bank: Bank,
    *,
    in_steps: bool = False,
    guess: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float32]]] = NOTHING,
) -> dict[str, NDArray[Any]]:
    """All that an acoustic model may ask for, by the names that OpenUtau uses.

    Parameters
    ----------
    in_steps : depth is counted in steps of a thousand instead of as a share.
    guess : curves that the bank's variance models guess, with their moments in seconds.
    """
    count = sum(phrase.frames)
    moments = phrase.moments
    silent = np.repeat([name == SILENCE for name in phrase.names], phrase.frames)
    voiced = np.repeat(phrase.voiced, phrase.frames)
    loud = _curve(singing.dynamics, moments)
    breathy = _curve(singing.breathiness, moments)
    speedup = max(1000 // STEPS, 1)
    values = {
        "tokens": bank.terms.numbers(phrase.names),
        "languages": bank.terms.language_numbers(phrase.names),
        "durations": list(phrase.frames),
        "f0": 440 * 2 ** ((_curve(singing.pitch, moments) - 69) / 12),
        "gender": np.zeros(count),
        "velocity": np.ones(count),
        "energy": np.where(silent, SILENT, np.minimum(ENERGY + loud, 0)),
        "breathiness": np.where(silent, SILENT, np.minimum(HISS + loud + 36 * breathy, 0)),
        "voicing": np.where(voiced, np.minimum(ENERGY + loud - 6 * breathy, 0), SILENT),
        "tension": TENSION + TENSE * _curve(singing.tension, moments),
    }
    more = {"energy": loud, "breathiness": BREATH_DB * (breathy - USUAL_BREATH), "voicing": np.zeros(count),
            "tension": TENSE * _curve(singing.tension, moments)}  # fmt: skip
    for name, (times, curve) in guess.items():
        own = np.interp(moments, times, curve) + more[name]
        values[name] = own if name == "tension" else np.minimum(own, 0)
    rows: dict[str, NDArray[Any]] = {name: np.asarray(value)[None, :] for name, value in values.items()}
    rows["speedup"] = np.array([speedup])
    rows["steps"] = np.array([STEPS])
    deepest = bank.deepest or 1.0
    whole = deepest * 1000 if deepest <= 1 else deepest
    rows["depth"] = np.array([int(whole) // speedup * speedup if in_steps else whole / 1000])
    return rows | bank.terms.voices(count)


def _base_change(bank: Bank) -> np.float32:
    """What a spectrogram's logarithm is multiplied by where bank and vocoder have other bases."""
    if bank.base == bank.vocoder.base:
        return np.float32(1)
    return np.float32(np.log(10) if bank.vocoder.base == "e" else 1 / np.log(10))


def _curve(curve: NDArray[np.float32], moments: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.interp(moments, np.arange(len(curve)) * FRAME, curve))
