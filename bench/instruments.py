"""Measure the computed instruments from their samples beside their tables, and draw them.

Usage: python bench/instruments.py [PICTURE.png]. Prints a Markdown table: the partials that the sound has, how far the
fundamental is from what was asked over the whole range, how long it rings, and what a second of the part costs.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.hand_drums import STROKES
from senandung.domain.instruments import instrument
from senandung.domain.performance import Part, PlayedNote
from senandung.domain.pitch import midi_to_hz
from senandung.rendering.synthesis.gamelan import IDIOPHONES
from senandung.rendering.synthesis.play import SYNTHESISED, play_part
from senandung.rendering.synthesis.strings import PLUCKED

RATE = 44_100
SIZE = 1 << 20


def sound_of(name: str, *notes: PlayedNote, seconds: float) -> NDArray[np.float64]:
    """Samples of a part."""
    role = "drums" if instrument(name).drum else "melody"
    return play_part(Part("x", role, name, notes), seconds, RATE).astype(np.float64)


def spectrum_of(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Amplitudes by bins of RATE / SIZE Hz."""
    return np.abs(np.fft.rfft(sound * np.hanning(len(sound)), SIZE))


def peak(spectrum: NDArray[np.float64], hz: float, width: float) -> tuple[float, float]:
    """The strongest frequency within a share of `hz`, and its level in dB."""
    low, high = round(hz * (1 - width) * SIZE / RATE), round(hz * (1 + width) * SIZE / RATE)
    at = low + int(spectrum[low : high + 1].argmax())
    return at * RATE / SIZE, 20 * float(np.log10(spectrum[at]))


def worst_cents(name: str) -> float:
    """How far the fundamental is away at most, over every semitone of the range, with odd bends."""
    worst = 0.0
    for pitch in range(instrument(name).low, instrument(name).high + 1):
        cents = 37.0 - 7 * (pitch % 11)
        wanted = midi_to_hz(pitch) * 2 ** (cents / 1200)
        seconds = 3.0 if wanted < 110 else 1.6
        sound = sound_of(name, PlayedNote(0.05, seconds, pitch, 84, ((0.0, cents),)), seconds=seconds)
        found, _ = peak(spectrum_of(sound[round(0.12 * RATE) :]), wanted, 0.02)
        worst = max(worst, abs(1200 * float(np.log2(found / wanted))))
    return worst


def ring_seconds(name: str, pitch: int) -> float:
    """Seconds in which the fundamental falls by 60 dB."""
    from scipy.signal import butter, sosfiltfilt

    hz = midi_to_hz(pitch)
    sound = sound_of(name, PlayedNote(0.0, 6.0, pitch, 84), seconds=6.0)
    turned = sound * np.exp(-2j * np.pi * hz * np.arange(len(sound)) / RATE)
    sos = butter(2, 0.12 * hz, fs=RATE, output="sos")
    level = np.abs(sosfiltfilt(sos, turned.real) + 1j * sosfiltfilt(sos, turned.imag))
    fallen = np.flatnonzero(level < level.max() / 100)
    fallen = fallen[fallen > level.argmax()]
    last = int(fallen[0]) if len(fallen) else len(level) - RATE // 2
    first = int(level.argmax()) + (last - int(level.argmax())) // 5
    return -3 * (last - first) / RATE / float(np.log10(level[last] / level[first]))


def cost(name: str) -> float:
    """Processor seconds for a second of a part of four notes a second."""
    low, high = instrument(name).comfortable
    keys = [stroke.key for stroke in STROKES[name].values()] if name in STROKES else range(low, high + 1)
    notes = [PlayedNote(0.25 * n, 0.24, keys[n % len(keys)], 60 + n % 50) for n in range(80)]
    started = time.process_time()
    sound_of(name, *notes, seconds=22.0)
    return (time.process_time() - started) / 22


def row(name: str) -> str:
    """One line of the table."""
    spent = min(cost(name) for _ in range(2))
    if instrument(name).drum:
        return f"| {name} | – | – | – | {spent:.4f} |"
    pitch = sum(instrument(name).comfortable) // 2
    hz = midi_to_hz(pitch)
    sound = sound_of(name, PlayedNote(0.0, 4.0, pitch, 80), seconds=4.0)
    spectrum = spectrum_of(sound[round(0.03 * RATE) :][: RATE if hz < 120 else round(0.3 * RATE)])
    if name in IDIOPHONES:
        ratios = [partial.ratio for partial in IDIOPHONES[name].partials[1:6]]
    else:
        ratios = [2.0, 3.0, 4.0, 5.0]
    base, top = peak(spectrum, hz, 0.02)
    partials = [(found / base, level - top) for found, level in (peak(spectrum, hz * ratio, 0.015) for ratio in ratios)]
    heard = ", ".join(f"{ratio:.2f} ({level:.0f})" for ratio, level in partials)
    ringing = "–" if name == "suling" else f"{ring_seconds(name, pitch):.1f} at {hz:.0f} Hz"
    return f"| {name} | {heard} | {worst_cents(name):.2f} | {ringing} | {spent:.4f} |"


SHOWN: tuple[tuple[str, int, float], ...] = (
    ("slenthem", 50, 3000), ("saron", 74, 9000), ("peking", 86, 14000), ("bonang-barung", 69, 6000),
    ("kenong", 67, 5000), ("kempul", 52, 2500), ("gong", 30, 1000), ("suling", 76, 8000),
    ("cuk", 71, 9000), ("cak", 66, 13000), ("gendang", 0, 1500), ("kendang", 0, 1500),
)  # fmt: skip
"""What is drawn: instrument, key, and the highest frequency in Hz."""


def draw(path: Path) -> None:
    """Spectrograms of twelve instruments."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 4, figsize=(14, 8.4), layout="constrained")
    for axis, (name, pitch, top) in zip(axes.ravel(), SHOWN, strict=True):
        title, seconds = name, 3.0
        if name in STROKES:
            strokes = list(STROKES[name].values())
            notes = [PlayedNote(0.1 + 0.5 * n, 0.2, stroke.key, 95) for n, stroke in enumerate(strokes)]
            seconds, title = 0.5 * len(strokes) + 0.3, f"{name}: " + " ".join(stroke.name for stroke in strokes)
        elif name == "gong":
            notes, seconds = [PlayedNote(0.1, 6.0, pitch, 95)], 8.0
        elif name == "suling":
            bend = ((0.0, -80.0), (0.1, 0.0), (0.5, 0.0), (0.55, 25.0), (0.64, -25.0), (0.73, 25.0), (0.82, -25.0))
            notes = [PlayedNote(0.1, 0.8, 76, 70), PlayedNote(0.9, 0.5, 79, 95), PlayedNote(1.5, 0.9, 74, 95, bend)]
        else:
            notes = [PlayedNote(0.1, 0.9, pitch, 60), PlayedNote(1.1, 1.4, pitch, 115)]
        sound = sound_of(name, *notes, seconds=seconds)
        sound = sound + 1e-9 * np.random.default_rng(0).standard_normal(len(sound))
        window = 8192 if top <= 3000 and name not in STROKES else 2048
        axis.specgram(sound, NFFT=window, Fs=RATE, noverlap=window * 3 // 4, cmap="magma", vmin=-140, vmax=-45)
        axis.set_ylim(0, top)
        axis.set_title(title, fontsize=6.5 if name in STROKES else 8)
        axis.tick_params(labelsize=7)
    figure.supxlabel("seconds; each tone first softly, then hard", fontsize=9)
    figure.supylabel("Hz", fontsize=9)
    figure.savefig(path, dpi=70, metadata={"Software": None})


def main() -> None:
    """Print the table, and draw where a path is given."""
    print("| instrument | partials heard (dB) | worst cents | rings, s | CPU s/s |\n|---|---|---|---|---|")
    for name in (*IDIOPHONES, *PLUCKED, *sorted(SYNTHESISED - IDIOPHONES.keys() - PLUCKED.keys())):
        print(row(name), flush=True)
    if len(sys.argv) > 1:
        draw(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
