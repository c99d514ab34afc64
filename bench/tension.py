"""How tense a recording sounds over time, from its samples alone, and how well songs follow curves that were asked for.

The measure knows nothing of the song but its sound. Five features are heard twice a second: loudness, onset density,
roughness, brightness and pitch height, each as its rank over the song, added with the weights of `WEIGHTS` and smoothed
over `SMOOTHED` seconds.

Where the features and weights come from, all fixed before a song was measured and never fitted to one:

- Farbood (2012), "A parametric, temporal model of musical tension", Music Perception 29(4): tension is foretold by
  dynamics, pitch height, onset frequency, harmony, tempo and melodic expectation; dynamics and pitch height count most
  when features change alone; windows of 1 to 4 s for all but harmony (Farbood & Upham 2013, Frontiers in Psychology 4).
- Granot & Eitan (2011), Music Perception 28(3): loudness is the powerful determinant; register and contour work through
  interactions (low register was *tenser*), hence pitch height counts little here.
- Barchet, Rimmele & Pelofi (2024), "TenseMusic", PLOS ONE 19(1): from audio, by loudness, pitch height, tonal tension,
  roughness, tempo and onset frequency.
- Pressnitzer, McAdams, Winsberg & Fineberg (2000), Perception & Psychophysics 62(1): roughness counts in the tension of
  timbres; that brightness does (Farbood & Price 2017, JASA 141) is commonly stated and was not checked here.

No paper gives one table of weights for these five on songs: that loudness has two fifths of all is our reading of them.

    .venv/bin/python bench/tension.py --songs 50 --seed 5000
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from senandung.domain.curve import TensionCurve

Sound = NDArray[np.float64]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"loudness": 0.4, "onsets": 0.2, "roughness": 0.15, "brightness": 0.15, "height": 0.1}
)

HOP = 0.5
"""Seconds between two values."""

SMOOTHED = 5.0
"""Seconds of the window (Hann) over which the sum is smoothed."""

FRAME = 4096
"""Samples of a spectrum at `RATE`."""

RATE = 22_050

PEAKS = 24
"""Strongest spectral peaks that are heard for roughness and height."""


# The measure ----------------------------------------------------------------------------------------------------------


def features(samples: Sound, sample_rate: int) -> dict[str, Sound]:
    """The five features of a mono recording, each an array with a value every `HOP` seconds, in its own unit.

    Loudness in dB over 3 s after a high-pass and shelf as in ITU-R BS.1770; onsets as the sum of the peaks of spectral
    flux over 4 s; roughness after Sethares (1993) on the strongest peaks, free of the level; brightness as the log of
    the spectral centroid; height as the mean log frequency of the strongest peaks between 60 and 2,000 Hz.
    """
    from scipy.signal import resample_poly

    samples = resample_poly(samples, RATE, sample_rate) if sample_rate != RATE else samples
    hop = round(RATE * 0.02)
    count = max(1, (len(samples) - FRAME) // hop + 1)
    window = np.hanning(FRAME)
    frequency = np.asarray(np.fft.rfftfreq(FRAME, 1 / RATE), dtype=np.float64)
    weighting = _hearing(frequency)
    power, flux, centroid, rough, height = (np.zeros(count) for _ in range(5))
    before: Sound | None = None
    for index in range(count):
        frame = samples[index * hop : index * hop + FRAME] * window
        spectrum = np.asarray(np.abs(np.fft.rfft(frame)) / FRAME, dtype=np.float64)
        heard = spectrum * weighting
        power[index] = np.sum(heard**2)
        logged = np.log1p(1e4 * heard)
        if before is not None:
            flux[index] = np.sum(np.maximum(logged - before, 0))
        before = logged
        total = heard.sum()
        centroid[index] = np.log2((heard @ frequency) / total + 1e-9) if total > 1e-7 else np.nan
        if index % 5 == 0:
            rough[index], height[index] = _peaks(spectrum, frequency)
        else:
            rough[index], height[index] = rough[index - 1], height[index - 1]
    quiet = power < 1e-9 * max(power.max(), 1e-12)
    for row in (centroid, rough, height):
        row[quiet] = np.nan
    times = np.arange(0, len(samples) / RATE, HOP)
    frames = np.arange(count) * hop / RATE + FRAME / 2 / RATE
    return {
        "loudness": 10 * np.log10(_mean(power, frames, times, 3.0) + 1e-12),
        "onsets": _mean(_struck(flux), frames, times, 4.0),
        "roughness": _mean(rough, frames, times, 4.0),
        "brightness": _mean(centroid, frames, times, 4.0),
        "height": _mean(height, frames, times, 4.0),
    }


def tension(samples: Sound, sample_rate: int) -> tuple[Sound, Sound]:
    """Seconds and tension (0..1 by rank) of a mono recording."""
    return combined(features(samples, sample_rate))


def combined(rows: Mapping[str, Sound]) -> tuple[Sound, Sound]:
    """Seconds and tension of the features of a recording."""
    total = np.sum([WEIGHTS[name] * _ranks(row) for name, row in rows.items()], axis=0)
    window = np.hanning(round(SMOOTHED / HOP) + 2)[1:-1]
    smooth = np.convolve(np.pad(total, len(window), "edge"), window / window.sum(), "same")[len(window) : -len(window)]
    return np.arange(len(smooth), dtype=np.float64) * HOP, np.asarray(smooth, dtype=np.float64)


def _hearing(frequency: Sound) -> Sound:
    """Amplitude weighting near the one of BS.1770: a high-pass at 60 Hz and 4 dB more above 2 kHz."""
    low = frequency**2 / (frequency**2 + 60.0**2)
    shelf: Sound = 1 + 0.58 * frequency**2 / (frequency**2 + 1700.0**2)
    return low * shelf


def _peaks(spectrum: Sound, frequency: Sound) -> tuple[float, float]:
    """Roughness and mean log2 frequency of the strongest peaks; NaN in silence."""
    inside = spectrum[1:-1]
    places = np.flatnonzero((inside > spectrum[:-2]) & (inside >= spectrum[2:])) + 1
    places = places[(frequency[places] > 60) & (frequency[places] < 5000)]
    if len(places) < 2 or spectrum[places].max() < 1e-7:
        return np.nan, np.nan
    places = np.sort(places[np.argsort(spectrum[places])[-PEAKS:]])
    f, a = frequency[places], spectrum[places] / np.linalg.norm(spectrum[places])
    low = np.minimum.outer(f, f)
    apart = np.abs(np.subtract.outer(f, f)) * 0.24 / (0.0207 * low + 18.96)
    pairs = np.minimum.outer(a, a) * (np.exp(-3.51 * apart) - np.exp(-5.75 * apart))
    tones = f < 2000
    height = float(np.sum(a[tones] * np.log2(f[tones])) / max(a[tones].sum(), 1e-9)) if tones.any() else np.nan
    return float(pairs.sum() / 2), height


def _struck(flux: Sound) -> Sound:
    """The flux at its local peaks that stand out from the half second around, 0 elsewhere; in counts, not in size.

    A stroke counts between 0 and 1 by how far it stands out, so that a loud song has not more of them than a soft one.
    """
    around = np.convolve(flux, np.ones(25) / 25, "same")
    peak = np.zeros(len(flux))
    inner = flux[1:-1]
    places = np.flatnonzero((inner > flux[:-2]) & (inner >= flux[2:])) + 1
    peak[places] = np.clip(flux[places] / (around[places] + 1e-9) - 1.0, 0, 1)
    return peak


def _mean(row: Sound, frames: Sound, times: Sound, seconds: float) -> Sound:
    """The mean of a row of frames in a window around each time, NaN left out; what stays unknown is filled in."""
    first = np.searchsorted(frames, times - seconds / 2)
    last = np.maximum(np.searchsorted(frames, times + seconds / 2), first + 1)
    known = np.concatenate([[0], np.cumsum(np.isfinite(row))])
    total = np.concatenate([[0], np.cumsum(np.nan_to_num(row))])
    first, last = np.minimum(first, len(row) - 1), np.minimum(last, len(row))
    number = known[last] - known[first]
    mean = np.where(number > 0, (total[last] - total[first]) / np.maximum(number, 1), np.nan)
    good = np.isfinite(mean)
    if not good.any():
        return np.zeros(len(times))
    return np.interp(times, times[good], mean[good])


def _ranks(row: Sound) -> Sound:
    """Ranks in 0..1, equals sharing theirs."""
    from scipy.stats import rankdata

    ranks: Sound = (np.asarray(rankdata(row), dtype=np.float64) - 1) / max(len(row) - 1, 1)
    return ranks


# Songs and curves -----------------------------------------------------------------------------------------------------


def random_curve(seed: int) -> TensionCurve:
    """A curve as a hand might draw it: four to six points, 12 % of the song apart at least, their range .4 or more."""
    rng = random.Random(f"curve {seed}")
    while True:
        inner = sorted(rng.uniform(0.1, 0.9) for _ in range(rng.randint(2, 4)))
        shares = [0.0, *inner, 1.0]
        heights = [rng.random() for _ in shares]
        apart = min(b - a for a, b in pairwise(shares))
        if apart >= 0.12 and max(heights) - min(heights) >= 0.4:
            return TensionCurve(tuple(zip(shares, heights, strict=True)))


def follows(
    mono: Sound, rate: int, curve: TensionCurve, seconds: float, *, lead_in: float = 0.1
) -> tuple[float, dict[str, float]]:
    """Spearman's rank correlation of the asked curve and the sounded tension, once a second; and of each feature."""
    from scipy.stats import spearmanr

    rows = features(mono, rate)
    times, sounded = combined(rows)
    at = np.arange(0.5, seconds, 1.0)
    asked = np.array([curve.at(float(t / seconds)) for t in at])
    heard = np.interp(at + lead_in, times, sounded)
    single = {
        name: float(spearmanr(asked, np.interp(at + lead_in, np.arange(len(row)) * HOP, row)).statistic)
        for name, row in rows.items()
    }
    return float(spearmanr(asked, heard).statistic), single


STYLES = ("pop-ballad", "pop-rock", "pop-upbeat", "folk-guitar", "solo-piano", "string-quartet", "keroncong", "dangdut")

LINES = (
    "aku rindu kamu\nmalam ini hujan turun lagi\nkota ini terlalu sepi\naku masih menunggu di sini",
    "kita pernah tertawa\ndi bawah lampu jalan\nsekarang semua diam\nhanya suara angin",
    "pagi datang perlahan\nmembawa harum kopi\naku membuka jendela\ndan mengingat namamu",
)


def make(number: int, curve: TensionCurve | None, *, style: str, voice: bool, minutes: float) -> tuple[Sound, float]:
    """Compose and render one song: its samples at 44.1 kHz in mono, and its length in seconds by the score."""
    from senandung.api.compose import compose
    from senandung.api.voice import take_of, voiced
    from senandung.files.curve import write_points
    from senandung.rendering.render import render

    drawn = {} if curve is None else {"curve": write_points(curve)}
    options = {"style": style, "seed": number, "minutes": minutes, "voice": voice, **drawn}
    song = compose(LINES[number % len(LINES)], **options).song  # type: ignore[arg-type]
    take = take_of(song, seed=number, voice=None if voice else False)
    sung = {singing.track: voiced(singing, seed=number, voice=take.voice) for singing in take.singings}
    with render(take.performance, workers=1, sung=sung) as mix:
        return mix.mix.samples.mean(axis=0).astype(np.float64), song.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Make songs on random curves and say how well they follow."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--songs", type=int, default=8)
    parser.add_argument(
        "--seed", type=int, default=100, help="the first song's and curve's; 5000 on are kept for reports"
    )
    parser.add_argument("--minutes", type=float, default=1.2)
    parser.add_argument("--styles", default=",".join(STYLES))
    parser.add_argument("--voice", action="store_true", help="sung; without it the voice's part is played")
    parser.add_argument(
        "--deaf", action="store_true", help="songs without a curve, judged by it all the same: a baseline"
    )
    parser.add_argument("--out", type=Path, help="a JSON file for the single results")
    asked = parser.parse_args(arguments)
    styles = asked.styles.split(",")
    rows = []
    for number in range(asked.seed, asked.seed + asked.songs):
        curve, style, began = random_curve(number), styles[number % len(styles)], time.perf_counter()
        drawn = None if asked.deaf else curve
        mono, seconds = make(number, drawn, style=style, voice=asked.voice, minutes=asked.minutes)
        whole, single = follows(mono, 44_100, curve, seconds)
        rows.append({"seed": number, "style": style, "rho": whole, "curve": curve.points, **single})
        said = "  ".join(f"{name} {value:+.2f}" for name, value in single.items())
        print(f"{number} {style:15} {whole:+.3f}   {said}   {time.perf_counter() - began:.0f} s", flush=True)
    if asked.out:
        asked.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    values = np.array([row["rho"] for row in rows], dtype=float)
    low, quarter, middle, upper, high = np.percentile(values, [0, 25, 50, 75, 100])
    print(f"mean {values.mean():.3f}   sd {values.std():.3f}   share of .7 or more {np.mean(values >= 0.7):.2f}")
    print(f"least {low:.2f}   quartiles {quarter:.2f} {middle:.2f} {upper:.2f}   most {high:.2f}")
    for style in sorted(set(styles)):
        own = [row["rho"] for row in rows if row["style"] == style]
        if own:
            print(f"  {style:15} {np.mean(np.array(own, dtype=float)):+.3f}  ({len(own)})")
    for name in WEIGHTS:
        print(f"  {name:15} {np.mean(np.array([row[name] for row in rows], dtype=float)):+.3f} alone")
    return 0


if __name__ == "__main__":
    sys.exit(main())
