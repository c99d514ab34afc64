"""A bank sings: the pieces' spectra are laid over each other on one clock, and WORLD makes one sound of a phrase.

Nothing is joined as sound, so nothing can click: where two pieces meet, their envelopes pass into each other (in
decibels), and pitch, loudness, breath and tension are the singing's own curves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.domain.recording import Recording
from senandung.domain.singing import FRAME, Singing
from senandung.singing.banks.analysis import SAMPLE_RATE, SIZE, Analysis, analyse, world
from senandung.singing.banks.bank import Bank, Sound
from senandung.singing.banks.plan import RELEASE, PhrasePieces, Piece, plan_pieces
from senandung.singing.breath import breath_noise
from senandung.singing.levels import LEVEL

Floats = NDArray[np.float64]

EVEN = 0.7
"""How much of a held vowel's swelling and fading in the recording is taken away."""

LOUDER, SOFTER = 18.0, 30.0
"""dB by which a sound is made louder or softer at most so that all vowels are alike."""

AS_RECORDED = 0.11
"""The breathiness at which a bank sounds as it was recorded (`Habits.breathiness`)."""

BREATHY_FROM, BREATHY_OCTAVES = 700.0, 2.0
"""Hz from which on breath is heard first, and over how many octaves it becomes full."""

TENSE_DB = 7.0
"""dB by which 2 kHz and more are raised at tension 1, and lowered at -1; the fundamental goes the other way by half."""

LOUD_TILT = 0.12
"""dB more above 2 kHz for each dB of dynamics."""

_EDGE = 0.012


@dataclass(frozen=True)
class Sung:
    """What a bank sang, and a sentence about the sounds that it lacks ("" where it has all)."""

    recording: Recording
    remark: str


def sing_with(bank: Bank, singing: Singing, *, name: str, seed: int) -> Sung:
    """The singing in a bank's voice: mono, 44.1 kHz, as long as it says.

    Parameters
    ----------
    bank : a voicebank.
    singing : phonemes and curves.
    name : the voice's name, for the remark.
    seed : of the breaths.
    """
    phrases, gaps = plan_pieces(bank, singing.phonemes, singing.pitch)
    sound = np.zeros(round(singing.seconds * SAMPLE_RATE), dtype=np.float32)
    known: dict[Sound, tuple[Analysis, float]] = {}
    for phrase in phrases:
        first, made = _phrase(bank, singing, phrase, known)
        _add(sound, first, made)
    for number, breath in enumerate(singing.breaths):
        place = min(round((breath.end + 0.1) / FRAME), len(singing.dynamics) - 1)
        level = LEVEL * 10 ** ((breath.level + 0.5 * float(singing.dynamics[place])) / 20)
        noise = breath_noise(breath, 1.05, SAMPLE_RATE, seed=seed * 1_000_003 + 500_000 + number)
        _add(sound, round(breath.start * SAMPLE_RATE), noise * np.float32(level))
    return Sung(Recording(sound[None, :], SAMPLE_RATE), gaps.sentence(name))


def _add(sound: NDArray[np.float32], first: int, made: NDArray[np.float32]) -> None:
    low, high = max(first, 0), min(first + len(made), len(sound))
    if low < high:
        sound[low:high] += made[low - first : high - first]


def _phrase(
    bank: Bank, singing: Singing, phrase: PhrasePieces, known: dict[Sound, tuple[Analysis, float]]
) -> tuple[int, NDArray[np.float32]]:
    """A phrase's first sample and its sound."""
    first = max(int(phrase.start / FRAME), 0)
    count = int(phrase.end / FRAME) + 2 - first
    times: Floats = np.asarray((first + np.arange(count)) * FRAME, dtype=np.float64)
    logs = np.full((count, SIZE // 2 + 1), -27.0, dtype=np.float32)
    rough = np.ones_like(logs)
    voiced = np.zeros(count)
    for number, piece in enumerate(phrase.pieces):
        if piece.sound not in known:
            analysis = analyse(bank, piece.sound)
            known[piece.sound] = (analysis, _gain(piece.sound, analysis))
        following = phrase.pieces[number + 1] if number + 1 < len(phrase.pieces) else None
        _lay(piece, following, *known[piece.sound], times, (logs, rough, voiced))
    curves = {
        name: np.interp(times, np.arange(len(getattr(singing, name))) * FRAME, getattr(singing, name))
        for name in ("pitch", "dynamics", "tension", "breathiness")
    }
    f0 = np.where(voiced >= 0.5, 440 * 2 ** ((curves["pitch"] - 69) / 12), 0.0)
    logs += (_shade(curves, f0) + _fades(phrase, times)[:, None]).astype(np.float32)
    envelope = np.exp(logs.astype(np.float64))
    aperiodicity = _breathed(rough.astype(np.float64), curves["breathiness"])
    f0[curves["breathiness"] > 0.985] = 0.0
    made = world().synthesize(f0, envelope, aperiodicity, SAMPLE_RATE, 1000 * FRAME)
    return round(first * FRAME * SAMPLE_RATE), made.astype(np.float32)


def _gain(sound: Sound, analysis: Analysis) -> float:
    """dB that bring the vowel of a sound to `LEVEL`."""
    rows = np.arange(len(analysis.f0)) * FRAME + analysis.first
    sides = (rows >= sound.onset) & (rows <= sound.end), (rows >= sound.start) & (rows <= sound.onset)
    # Of a vowel with what follows it, the vowel lies before. WORLD makes a sound whose power is the envelope's mean.
    levels = [
        np.median(analysis.level[side & (analysis.f0 > 0)]) for side in sides if (side & (analysis.f0 > 0)).sum() > 3
    ]
    if not levels:
        return 0.0
    level = float(max(levels))
    return float(np.clip(20 * np.log10(LEVEL) - level, -SOFTER, LOUDER))


def _lay(
    piece: Piece,
    following: Piece | None,
    analysis: Analysis,
    gain: float,
    times: Floats,
    into: tuple[NDArray[np.float32], NDArray[np.float32], Floats],
) -> None:
    """Lay a piece over what is there, from where it begins to rise until the following one has risen."""
    logs, rough, voiced = into
    until = following.rises[1] if following is not None else times[-1] + FRAME
    here = np.flatnonzero((times >= piece.rises[0]) & (times <= until))
    if not len(here):
        return
    moments = times[here]
    place = np.interp(moments, piece.at, piece.source)
    before = moments < piece.at[0]
    place[before] = piece.source[0] - (piece.at[0] - moments[before])
    rows = np.clip((place - analysis.first) / FRAME, 0, len(analysis.f0) - 1)
    low = np.minimum(rows.astype(np.int64), len(analysis.f0) - 2)
    part = (rows - low).astype(np.float32)[:, None]
    new = analysis.envelope[low] * (1 - part) + analysis.envelope[low + 1] * part
    air = analysis.aperiodicity[low] * (1 - part) + analysis.aperiodicity[low + 1] * part
    steady = np.clip((moments - piece.steady[0]) / 0.05, 0, 1) * (moments <= piece.steady[1] + 0.1)
    if np.any(steady > 0):
        usual = np.median(analysis.level[low[steady > 0]])
        swell = (analysis.level[low] - usual).clip(-12, 12)
        new = new - (EVEN * steady * swell * np.log(10) / 10).astype(np.float32)[:, None]
    new = new + np.float32(gain * np.log(10) / 10)
    start, end = piece.rises
    risen = np.clip((moments - start) / max(end - start, FRAME), 0, 1)
    weight = (0.5 - 0.5 * np.cos(np.pi * risen)).astype(np.float32)[:, None]
    logs[here] = logs[here] * (1 - weight) + new * weight
    rough[here] = rough[here] * (1 - weight) + air * weight
    sounding = (analysis.f0[np.rint(rows).astype(np.int64)] > 0).astype(np.float64)
    voiced[here] = voiced[here] * (1 - weight[:, 0]) + sounding * weight[:, 0]


def _fades(phrase: PhrasePieces, times: Floats) -> Floats:
    """Natural logarithm of the power of a phrase's beginning and end: out of silence and into it."""
    rise = np.clip((times - phrase.start) / _EDGE, 1e-6, 1)
    fall = np.clip((phrase.end - times) / RELEASE, 1e-6, 1)
    return np.asarray(2 * (np.log(np.sin(0.5 * np.pi * rise)) + np.log(np.sin(0.5 * np.pi * fall))))


def _bins() -> Floats:
    return np.arange(SIZE // 2 + 1) * SAMPLE_RATE / SIZE


def _shade(curves: dict[str, Floats], f0: Floats) -> Floats:
    """Natural logarithm of the power by which dynamics and tension change the envelope, shape (n, bins)."""
    bright = np.clip(np.log2(np.maximum(_bins(), 1) / 700) / 1.5, 0, 1)
    tilt = TENSE_DB * curves["tension"] + LOUD_TILT * np.clip(curves["dynamics"], -20, 10)
    hertz = np.maximum(f0, 80.0)[:, None]
    lowest = np.exp(-0.5 * ((_bins()[None, :] - hertz) / (0.45 * hertz)) ** 2)
    shade = tilt[:, None] * bright - 0.5 * TENSE_DB * curves["tension"][:, None] * lowest
    return np.asarray((shade + curves["dynamics"][:, None]) * np.log(10) / 10)


def _breathed(rough: Floats, breathiness: Floats) -> Floats:
    """The aperiodicity with more breath, or with less than was recorded."""
    more = np.clip((breathiness - AS_RECORDED) / (1 - AS_RECORDED), 0, 1)[:, None]
    less = np.clip(1 - breathiness / AS_RECORDED, 0, 1)[:, None]
    high = np.clip(np.log2(np.maximum(_bins(), 1) / BREATHY_FROM) / BREATHY_OCTAVES, 0, 1)[None, :]
    wanted = np.clip(more * (0.25 + 0.75 * high) * 1.2, 0, 1) ** 0.7
    return np.asarray(np.clip(np.maximum(rough * (1 - 0.3 * less * (rough < 0.9)), wanted), 0.001, 0.999))
