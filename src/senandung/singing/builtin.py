"""The built-in voice: a singing becomes sound.

Source and noise are cut into windows that overlap by half and add up to one; each is multiplied by the tract's answer
at its middle and added where it belongs. A sound through a tract that stands still is what a filter would make of it,
exactly; one that moves passes from one answer to the next without a step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from senandung.domain.recording import Recording
from senandung.domain.singing import FRAME, Singing, SungPhoneme
from senandung.singing.breath import breath_noise
from senandung.singing.choir import Desk, desks
from senandung.singing.consonants import Spectrum
from senandung.singing.gestures import Tracks, eased, straight, tracks
from senandung.singing.levels import EVEN, LEVEL, consonant_gains, source_gains, vowel_level
from senandung.singing.source import RD_HIGH, RD_LOW, wavetables
from senandung.singing.tract import F4, F5, SAMPLE_RATE, SIZE, Shape, bins, raised, responses, wall_gain
from senandung.singing.voices import Voice

HOP = 128
"""Samples between two answers of the tract: 2.9 ms."""

BATCH = 256
"""Windows at a time: what fits a processor's cache."""

HIGH = 330.0
"""Hz: where the head voice begins."""

HEAD_BREATH, HEAD_RD = 14.0, 0.3
"""dB of breath and Rd that an octave of head voice adds: the pulse is laxer there, and between partials so far apart
only breath shows where the formants are. Found by recognition (docs/voice.md)."""

_SHIFT = HOP
"""Samples by which a window is set late in its answer, so that what rings before it (noise spectra have no phase) is
not wrapped to the end."""


def render(singing: Singing, voice: Voice, *, seed: int) -> Recording:
    """The singing in a built-in voice: mono, 44.1 kHz, as long as it says.

    A phrase depends on nothing but itself, its number and the seed.

    Parameters
    ----------
    singing : phonemes and curves.
    voice : one of `voices.VOICES`, or your own.
    seed : of breath, noise and irregularity.
    """
    n = round(singing.seconds * SAMPLE_RATE)
    sound = np.zeros(n, dtype=np.float32)
    for place, desk in enumerate(desks(voice, seed=seed)):
        singer = replace(voice, tract=voice.tract * desk.tract, mouth=voice.mouth * desk.tract)
        for number, phrase in enumerate(phrases(singing.phonemes)):
            first, piece = _phrase(singing, phrase, singer, desk, (seed * 1009 + place) * 1_000_003 + number)
            _add(sound, first, piece)
    sound /= np.float32(np.sqrt(voice.singers))
    for number, breath in enumerate(singing.breaths):
        level = LEVEL * 10 ** (breath.level / 20) * _loud(singing, breath.end)
        noise = breath_noise(breath, voice.tract, SAMPLE_RATE, seed=seed * 1_000_003 + 500_000 + number)
        _add(sound, round(breath.start * SAMPLE_RATE), noise * np.float32(level))
    return Recording(sound[None, :], SAMPLE_RATE)


def _loud(singing: Singing, when: float) -> float:
    place = min(round((when + 0.1) / FRAME), len(singing.dynamics) - 1)
    return float(10 ** (0.5 * singing.dynamics[place] / 20))


def _add(sound: NDArray[np.float32], first: int, piece: NDArray[np.float32]) -> None:
    """Add a piece where it begins, cutting what lies outside."""
    low, high = max(first, 0), min(first + len(piece), len(sound))
    if low < high:
        sound[low:high] += piece[low - first : high - first]


def phrases(phonemes: Sequence[SungPhoneme], gap: float = 0.12) -> Iterator[tuple[SungPhoneme, ...]]:
    """The phonemes, cut where nothing sounds for longer than `gap` seconds."""
    first = 0
    for index in range(1, len(phonemes) + 1):
        if index == len(phonemes) or phonemes[index].start - phonemes[index - 1].end > gap:
            yield tuple(phonemes[first:index])
            first = index


def _curve(curve: NDArray[np.float32], times: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.interp(times, np.arange(len(curve)) * FRAME, curve))


def _phrase(
    singing: Singing, phonemes: tuple[SungPhoneme, ...], voice: Voice, desk: Desk, seed: int
) -> tuple[int, NDArray[np.float32]]:
    """A phrase's first sample and its sound from one tract."""
    rng = np.random.default_rng(seed)
    first = max(round((phonemes[0].start - 0.06) * SAMPLE_RATE), 0)
    last = round((phonemes[-1].end + 0.06) * SAMPLE_RATE)
    count = -(-(last - first) // HOP) + 1
    n = (count + 1) * HOP  # windows reach one hop before the first sample and one behind the last
    times = (first - HOP + np.arange(n)) / SAMPLE_RATE
    middles = (first + np.arange(count) * HOP) / SAMPLE_RATE
    found = tracks(phonemes)
    here = middles - desk.late
    breathy = _curve(singing.breathiness, middles)
    loud = 10 ** (_curve(singing.dynamics, middles) / 20)
    f0 = _hertz(_curve(singing.pitch, here))
    shape = _shape(found, here, f0, voice)
    wanted = straight(consonant_gains(phonemes, shape, here, f0, voice), here)
    head = np.clip(np.log2(f0 / HIGH), 0, 1)
    rd = np.repeat(_rd(singing, middles, voice, head), HOP)
    calm, hiss = source_gains(voice)
    voiced = np.zeros(n, dtype=np.float32)
    for cents, behind in zip(desk.cents, desk.behind, strict=True):
        own = _hertz(_curve(singing.pitch, times - behind) + (cents + voice.jitter * _wobble(times, 150.0, rng)) / 100)
        phase = np.cumsum(own) / SAMPLE_RATE + rng.random()
        voicing = straight(found.voice, times - behind)
        flow = wavetables().read(phase, own, np.concatenate((rd, rd[-HOP:])))
        flow *= (voicing * _trill(found, times - behind)).astype(np.float32)
        voiced += flow
    many = float(np.sqrt(len(desk.cents)))
    glottal = (1 - 0.3 * np.minimum(voicing, 1) * (1 + np.cos(2 * np.pi * (phase - 0.25)))).astype(np.float32)
    shimmer = 10 ** (voice.shimmer * _wobble(middles, 40.0, rng) / 20)
    calmest = voice.breath + HEAD_BREATH * head
    breath = 10 ** ((calmest + (-8 - calmest) * breathy**1.5) / 20)
    air = _air(n, rng) * glottal
    source = _cut(voiced, count) * _column(calm * loud * shimmer * np.sqrt(1 - breathy))
    source += _cut(air * np.maximum(voicing, 0).astype(np.float32), count) * _column(hiss * loud * breath * many)
    if found.puff:
        source += _cut(air * straight(found.puff, times).astype(np.float32), count) * _column(hiss * loud * many)
    frication = straight(found.noise, times - desk.late).astype(np.float32)
    frication *= rng.standard_normal(n, dtype=np.float32) * np.where(voicing > 0.05, glottal, np.float32(1))
    rough = _cut(frication, count) * _column(loud * LEVEL * many)
    return first, _filter(source, rough, shape, found, here, f0, wanted, voice)


def _column(values: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.asarray(values, dtype=np.float32)[:, None]


def _hertz(pitch: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(440 * np.exp2((pitch - 69) / 12))


def _wobble(times: NDArray[np.float64], rate: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Smooth noise of deviation about 1 that turns `rate` times a second."""
    span = float(times[-1] - times[0])
    points = max(int(span * rate) + 2, 4)
    return np.asarray(np.interp(times, np.linspace(times[0], times[-1], points), rng.standard_normal(points)))


def _air(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The noise of breath at the glottis, shape (n,)."""
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(n, real=True)
    spectrum = rfft(rng.standard_normal(size, dtype=np.float32))
    at, level = np.array(AIR).T
    frequency = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum *= (10 ** (np.interp(frequency, at, level) / 20)).astype(np.float32)
    return np.asarray(irfft(spectrum, size)[:n])


AIR = ((1000.0, 9.0), (4000.0, 4.0), (8000.0, -4.5), (11_000.0, -8.0), (20_000.0, -22.0))
"""Hz, dB of breath against white noise: between the partials of a high note it shows where F1 and F2 are; what is
above 6 kHz tells nothing and hisses. Found by recognition (docs/voice.md)."""


def _trill(found: Tracks, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """The tongue's beats: two or three closures, 26 a second."""
    gain = np.ones(len(times))
    for start, end in found.trills:
        beats = max(round((end - start) * 26), 1)
        inside = (times >= start) & (times < end)
        turn = (times[inside] - start) / (end - start) * beats
        gain[inside] = 1 - 0.85 * np.maximum(np.sin(np.pi * (turn % 1.0)), 0) ** 2
    return gain


def _rd(singing: Singing, middles: NDArray[np.float64], voice: Voice, head: NDArray[np.float64]) -> NDArray[np.float64]:
    """The pulse's shape: pressed by tension and loudness, lax by breath and in the head voice."""
    tension = _curve(singing.tension, middles) + 0.03 * _curve(singing.dynamics, middles)
    breathy = _curve(singing.breathiness, middles)
    rd = np.where(tension > 0, voice.rd + (0.5 - voice.rd) * tension, voice.rd + (voice.rd - 2.7) * tension)
    return np.asarray(np.clip(rd + 0.8 * breathy + HEAD_RD * head, max(RD_LOW, 0.4), RD_HIGH))


def _shape(found: Tracks, middles: NDArray[np.float64], f0: NDArray[np.float64], voice: Voice) -> Shape:
    f1 = eased(found.f1, middles) * voice.mouth
    f2 = eased(found.f2, middles) * voice.tract
    f3 = eased(found.f3, middles) * voice.tract
    f1 = raised(f1, f0)
    f2 = np.maximum(f2, f1 + 200)
    f3 = np.maximum(f3, f2 + 250)
    f4 = np.maximum(np.full(len(f1), F4 * voice.tract), f3 + 300)
    formants = np.stack((f1, f2, f3, f4, np.maximum(np.full(len(f1), F5 * voice.tract), f4 + 500)), axis=1)
    widths = voice.bandwidth * (np.array((60, 60, 70, 80, 100)) + formants * np.array((0.03, 0.02, 0.025, 0.035, 0.04)))
    widths[:, 0] += voice.bandwidth * 0.05 * np.rint(f0 / 20) * 20
    closed = np.clip(straight(found.closed, middles), 0, 1)
    zero = straight(found.zero, middles) if found.zero else np.full(len(f1), 1000.0)
    nasal = np.clip(straight(found.nasal, middles), 0, 1)
    return Shape(
        formants, widths, straight(found.opening, middles), straight(found.bar, middles) * wall_gain(f0),
        nasal, zero * voice.tract, closed, eased(found.lift, middles),
        np.where(nasal > 0, np.rint(f0 / 10) * 10, 0.0),
    )  # fmt: skip


def _cut(signal: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Views of 2 · HOP samples that begin every HOP, shape (count, 2 · HOP)."""
    return np.lib.stride_tricks.sliding_window_view(signal, 2 * HOP)[::HOP][:count]


def _noise_answers(found: Tracks, voice: Voice) -> tuple[NDArray[np.float64], NDArray[np.complex64]]:
    """Until when each noise spectrum holds, and the spectra, of energy 1."""
    if not found.spectra:
        return np.zeros(0), np.zeros((0, SIZE // 2 + 1), dtype=np.complex64)
    logs = np.log(np.maximum(bins(), 20.0))
    rows = [_noise_answer(spectrum, voice.tract**0.6, logs) for _, spectrum in found.spectra]
    turn = np.exp(-2j * np.pi * bins() / SAMPLE_RATE * _SHIFT)
    return np.array([until for until, _ in found.spectra]), (np.array(rows) * turn).astype(np.complex64)


def _answers(shape: Shape, voice: Voice) -> NDArray[np.complex64]:
    """The tract's answer at every frame; one that stands still is computed once."""
    single = (shape.opening, shape.bar, shape.nasal, shape.zero, shape.mouth_closed, shape.lift, shape.pitch)
    columns = np.column_stack((shape.formants, shape.bandwidths, *single))
    new = np.any(columns[1:] != columns[:-1], axis=1)
    moves = np.flatnonzero(np.concatenate(([True], new)))
    if len(moves) > 0.8 * len(columns):
        return responses(shape, voice.tract, voice.ring, _SHIFT)
    answer = responses(shape.part(moves), voice.tract, voice.ring, _SHIFT)
    return answer[np.concatenate(([0], np.cumsum(new)))]


def _noise_answer(spectrum: Spectrum, scale: float, logs: NDArray[np.float64]) -> NDArray[np.float64]:
    at, level = np.array(spectrum).T
    answer = 10 ** (np.interp(logs, np.log(at * scale), level) / 20)
    answer[bins() < 60] = 0
    return np.asarray(answer / np.sqrt((answer**2).mean()))


def _filter(
    source: NDArray[np.float32],
    rough: NDArray[np.float32],
    shape: Shape,
    found: Tracks,
    middles: NDArray[np.float64],
    f0: NDArray[np.float64],
    wanted: NDArray[np.float64],
    voice: Voice,
) -> NDArray[np.float32]:
    """Windows through the tract's answers, added up: the phrase's sound from its first sample on."""
    from scipy.fft import irfft, rfft

    count = len(source)
    window = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(2 * HOP)) / (2 * HOP))).astype(np.float32)
    blocks = np.zeros((count + SIZE // HOP, HOP), dtype=np.float32)
    until, spectra = _noise_answers(found, voice)
    which = np.searchsorted(until, middles)
    for low in range(0, count, BATCH):
        part = slice(low, min(low + BATCH, count))
        spectrum = rfft(source[part] * window, SIZE, axis=1)
        answer = _answers(shape.part(part), voice)
        spectrum *= answer
        even = -EVEN * vowel_level(answer, shape.part(part), f0[part], voice).clip(-20, 20) * shape.opening[part]
        spectrum *= _column(10 ** ((wanted[part] + even) / 20))
        noisy = np.flatnonzero(np.any(rough[part] != 0, axis=1) & (which[part] < len(until)))
        if len(noisy):
            spectrum[noisy] += rfft(rough[part][noisy] * window, SIZE, axis=1) * spectra[which[part][noisy]]
        ringing = irfft(spectrum, SIZE, axis=1).reshape(-1, SIZE // HOP, HOP)
        for step in range(SIZE // HOP):
            blocks[low + step : low + step + len(ringing)] += ringing[:, step]
    sound = blocks.reshape(-1)
    # A window begins one hop before its middle, and was set late by another.
    return np.ascontiguousarray(sound[HOP + _SHIFT :])
