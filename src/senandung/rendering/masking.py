"""Who is heard in a mix and who is hidden, and by whom: simultaneous masking, band by band.

A part's sound in a critical band is audible where it is stronger than what the others' sound there masks: their powers
are spread over neighbouring bands as the ear spreads them (Schroeder, Atal & Hall 1979, "Optimizing digital speech
coders by exploiting masking properties of the human ear", JASA 66) and lowered by an offset. What is audible counts by
its loudness, the 0.23th power of its power (Zwicker). Masking in time, and the ear's rest threshold, are left out; the
figure compares parts and mixes, it does not predict a listener.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senandung.audio.pieces import cut
from senandung.domain.checks import require
from senandung.domain.recording import Recording

WINDOW = 4096
"""Samples of a frame, Hann, frames side by side: 93 ms at 44.1 kHz."""

BARKS = 24
"""Critical bands of one bark each, from 20 Hz to 15.5 kHz."""

OFFSET = 6.0
"""dB by which a band must stand above the masked level to be heard less: noise masks tones to about 6 dB below itself,
tones mask noise to 14 dB and more (Hellman 1972, "Asymmetry of masking between noise and tone"); music lies between."""

SILENT = 50.0
"""dB below its own loudest frame from where a part is silent."""

LOUDNESS = 0.23
"""Exponent of loudness over power in a band (Zwicker)."""


@dataclass(frozen=True)
class Audibility:
    """How much of a part is heard.

    Parameters
    ----------
    audible : share of the part's own loudness that the others do not mask, 0..1, while it sounds.
    hidden_by : the part that masks most of the rest; "" where nothing is masked.
    low, middle, high : the same share below 400 Hz, to 2 kHz, and above; None where the part has nothing there.
    """

    audible: float
    hidden_by: str
    low: float | None
    middle: float | None
    high: float | None


def bark(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Critical-band rate of frequencies in Hz (Traunmüller 1990, "Analytical expressions for the tonotopic sensory
    scale", JASA 88, eq. 6).

    >>> bark(np.array([1000.0])).round(1).tolist()
    [8.5]
    """
    return 26.81 * hz / (1960 + hz) - 0.53


def audibility(stems: Mapping[str, Recording]) -> dict[str, Audibility]:
    """How much of every part is heard beside the others.

    Parameters
    ----------
    stems : as they sound in the mix, of the same length and rate; read one at a time.

    Returns
    -------
    By name, in the order of the stems; a silent stem is left out.
    """
    powers = {name: band_powers(cut(stems[name].samples), stems[name].sample_rate) for name in stems}
    powers = {name: each for name, each in powers.items() if each.max(initial=0.0) > 0}
    lengths = {len(each) for each in powers.values()}
    require(len(lengths) <= 1, "stems must be equally long", sorted(lengths))
    masks, all_masks = _masks(powers)
    return {name: _heard(name, own, all_masks - masks[name], masks) for name, own in powers.items()}


def heard_shares(powers: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """The share of every part that is heard, as `Audibility.audible`, from powers of bands; silent parts are left out.

    Parameters
    ----------
    powers : what `band_powers` returned of each part, all of one shape.
    """
    powers = {name: each for name, each in powers.items() if each.max(initial=0.0) > 0}
    masks, all_masks = _masks(powers)
    shares = {}
    for name, own in powers.items():
        loudness, audible, _ = _loudness(own, all_masks - masks[name])
        shares[name] = float((loudness * audible).sum() / loudness.sum())
    return shares


def band_powers(pieces: Iterable[NDArray[np.float32]], sample_rate: int, *, every: int = 1) -> NDArray[np.float64]:
    """Powers of a sound in its critical bands, channels summed, shape (frames, BARKS).

    Parameters
    ----------
    pieces : consecutive, of shape (channels, n).
    every : only each so-and-so-many-th frame is looked at; what is behind the last whole frame is left out.
    """
    edges = bark(np.fft.rfftfreq(WINDOW, 1 / sample_rate).astype(np.float64))
    starts = np.searchsorted(np.clip(np.floor(edges).astype(int), 0, BARKS - 1), np.arange(BARKS))
    window = np.hanning(WINDOW).astype(np.float32)
    step = every * WINDOW
    found: list[NDArray[np.float64]] = []
    rest: NDArray[np.float32] | None = None
    for piece in pieces:
        joined = piece if rest is None else np.concatenate((rest, piece), axis=1)
        count = joined.shape[1] // step
        rest = joined[:, count * step :]
        if count:
            frames = joined[:, : count * step].reshape(len(joined), count, step)[:, :, :WINDOW] * window
            spectrum = (np.abs(np.fft.rfft(frames, axis=2)) ** 2).sum(axis=0)
            found.append(np.add.reduceat(spectrum, starts, axis=1))
    if not found and rest is not None:
        padded = np.zeros((1, step), dtype=np.float32)
        return band_powers([np.concatenate((rest, padded.repeat(len(rest), axis=0)), axis=1)], sample_rate, every=every)
    return np.concatenate(found) if found else np.zeros((0, BARKS))


def _masks(powers: Mapping[str, NDArray[np.float64]]) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.float64]]:
    """What each sound masks, and what all mask together."""
    spread = _spreading()
    masks = {name: each @ spread * 10 ** (-OFFSET / 10) for name, each in powers.items()}
    return masks, np.asarray(np.sum(list(masks.values()), axis=0))


def _loudness(
    own: NDArray[np.float64], masked: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Of a part, while it sounds: the loudness of its bands, whether they are heard, and which frames these are."""
    total = own.sum(axis=1)
    sounding = total > total.max() * 10 ** (-SILENT / 10)
    own, masked = own[sounding], masked[sounding]
    return own**LOUDNESS * (own > total.max() * 10 ** (-2 * SILENT / 10)), own > masked, sounding


def _heard(
    name: str, own: NDArray[np.float64], masked: NDArray[np.float64], masks: Mapping[str, NDArray[np.float64]]
) -> Audibility:
    loudness, audible, sounding = _loudness(own, masked)
    masked = masked[sounding]
    heard = loudness * audible
    hiding = {
        other: float((loudness * ~audible * mask[sounding] / np.maximum(masked, 1e-30)).sum())
        for other, mask in masks.items()
        if other != name
    }
    hidden_by = max(hiding, key=lambda other: hiding[other]) if any(hiding.values()) else ""

    def share(first: int, stop: int) -> float | None:
        whole = float(loudness[:, first:stop].sum())
        return round(float(heard[:, first:stop].sum()) / whole, 3) if whole > 0.02 * float(loudness.sum()) else None

    low, high = (round(float(bark(np.array([edge]))[0])) for edge in (400.0, 2000.0))
    return Audibility(share(0, BARKS) or 0.0, hidden_by, share(0, low), share(low, high), share(high, BARKS))


def _spreading() -> NDArray[np.float64]:
    """Power that a band's sound masks in every band, shape (BARKS, BARKS), rows from, columns to."""
    away = np.subtract.outer(np.arange(BARKS), np.arange(BARKS)).T.astype(np.float64)
    level = 15.81 + 7.5 * (away + 0.474) - 17.5 * np.sqrt(1 + (away + 0.474) ** 2)
    spread: NDArray[np.float64] = 10 ** (level / 10)
    return spread
