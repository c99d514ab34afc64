"""A picture of a take of a voicebank: its spectrum, its sounds, where each vowel begins and ends, and its pitch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senandung.domain.time import Second
from senandung.drawing.figure import GRID, INK, SOFT, VALENCE_COLOUR, VOCAL_COLOUR, new_figure, plain_text, save_figure

Sound = tuple[str, Second, Second, Second, Second]
"""Its text, where it begins, its vowel begins, its vowel ends, it ends."""


def save_segmentation(
    path: Path,
    title: str,
    samples: NDArray[np.float64],
    sample_rate: int,
    sounds: Sequence[Sound],
    f0: NDArray[np.float64],
    step: Second,
    reasons: Sequence[str],
) -> None:
    """Draw a take as PNG.

    Parameters
    ----------
    samples, sample_rate : the take, shape (n,), and Hz.
    sounds : what was found.
    f0, step : its pitch in Hz, 0 where it has none, every `step` seconds.
    reasons : why it should be recorded again; none where it is good.
    """
    seconds = len(samples) / sample_rate
    figure = new_figure(min(max(1.5 * seconds, 8.0), 22.0), 4.6)
    top, bottom = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": (3, 1), "hspace": 0.08})
    size, hop = 1024, 256
    count = max((len(samples) - size) // hop, 1)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, (0, size)), size)[::hop][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1))[:, : int(8000 / sample_rate * size)] ** 2
    levels = 10 * np.log10(power.T + 1e-9)
    highest = float(np.percentile(levels, 99.8))
    top.imshow(levels, origin="lower", aspect="auto", cmap="magma", vmin=highest - 75, vmax=highest,
               extent=(0, count * hop / sample_rate, 0, 8000), interpolation="nearest")  # fmt: skip
    for text, start, vowel, vowel_end, end in sounds:
        for moment, colour, style in ((start, "white", ":"), (vowel, "#7fd4ff", "-"), (vowel_end, "#7fd4ff", "--"),
                                      (end, "white", ":")):  # fmt: skip
            top.axvline(moment, color=colour, linestyle=style, linewidth=0.9)
        top.text((start + end) / 2, 7350, plain_text(text), color="white", ha="center", fontsize=10)
        bottom.axvspan(vowel, vowel_end, color=GRID)
    times = np.arange(len(f0)) * step
    inside = np.zeros(len(times), dtype=bool)
    for _, start, _, _, end in sounds:
        inside |= (times >= start) & (times <= end)
    heard = (f0 > 0) & (inside if len(sounds) else True)
    midi = 69 + 12 * np.log2(np.maximum(f0, 1) / 440)
    bottom.plot(times[heard], midi[heard], ".", color=VOCAL_COLOUR if reasons else VALENCE_COLOUR, markersize=2)
    if heard.any():
        middle = float(np.median(midi[heard]))
        bottom.set_ylim(middle - 4, middle + 4)
    bottom.set_ylabel("MIDI note", color=SOFT, fontsize=8)
    bottom.set_xlabel("seconds", color=SOFT, fontsize=8)
    top.set_ylabel("Hz", color=SOFT, fontsize=8)
    for axes in (top, bottom):
        axes.tick_params(colors=SOFT, labelsize=8)
        for spine in axes.spines.values():
            spine.set_visible(False)
    bottom.set_xlim(0, seconds)
    said = "; ".join(reasons)
    wrapped = f"{title}: {said if said else 'good'}"
    figure.suptitle(plain_text(wrapped[:150]), color=VOCAL_COLOUR if reasons else INK, fontsize=10, x=0.02, ha="left")
    save_figure(figure, path)
