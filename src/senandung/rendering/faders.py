"""The faders after every part has been played: the voice above the band, and nobody hidden."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from senandung.audio.loudness import gated_loudness
from senandung.audio.mixing import db_to_gain
from senandung.domain.performance import Part
from senandung.rendering.masking import WINDOW
from senandung.rendering.mix import StemFile
from senandung.rendering.uncovering import uncovered
from senandung.rendering.vocal import VOICE_TO_BAND, lift, voice_ride, voice_to_band

EVERY = 2
"""Each so-and-so-many-th frame of a part is looked at to find who is hidden."""


def voices_placed(
    files: Mapping[str, StemFile],
    powers: Mapping[str, NDArray[np.float64]],
    sung: Mapping[str, str],
    levels: Mapping[str, float],
) -> tuple[dict[str, StemFile], float | None]:
    """The stems with sung parts above the band, and by how many dB they are; None where nobody sings.

    Parameters
    ----------
    files : the stems with their gains.
    powers : K-weighted powers of every stem for each tenth of a second, with its gain (`audio.loudness.block_powers`).
    sung : roles of the sung parts, by track name.
    levels : dB by which the style wants a track to stand out more than usual.
    """
    placed, ratio = dict(files), None
    leads = [track for track, role in sung.items() if role != "backing"]
    band = np.sum([own for track, own in powers.items() if track not in sung], axis=0)
    for track in leads:
        ride = voice_ride(powers[track], band) if np.ndim(band) else np.ones(len(powers[track]))
        voice = powers[track] * ride**2
        before = voice_to_band(voice, band) if np.ndim(band) else None
        moved = lift(before, VOICE_TO_BAND + levels.get(track, 0.0))
        ratio = None if before is None else before + moved
        for other in [track, *(sung.keys() - leads)]:  # a second voice stays where it is against the first
            with_it = powers[other] * ride[: len(powers[other])] ** 2
            placed[other] = replace(
                files[other],
                gain=files[other].gain * db_to_gain(moved),
                loudness=gated_loudness(with_it) + moved,
                ride=ride,
            )
    return placed, ratio


def hidden_moved(
    files: Mapping[str, StemFile],
    bands: Mapping[str, NDArray[np.float64]],
    parts: Sequence[Part],
    sung: Collection[str],
    sample_rate: int,
) -> dict[str, float]:
    """By how many dB the faders of those who accompany are moved so that nobody is hidden (`rendering.uncovering`).

    The lead, who sings, and a band's bass and drums stay where they are.

    Parameters
    ----------
    bands : of every stem without its gain (`rendering.masking.band_powers`), each `EVERY`-th frame.
    """
    lead = next((part.track for role in ("vocal", "melody") for part in parts if part.role == role), None)
    moved = [
        part.track
        for part in parts
        if part.track not in sung and part.track != lead and part.instrument not in ("bass", "drums")
    ]
    heard = {}
    for track, own in bands.items():
        centres = ((np.arange(len(own)) * EVERY + 0.5) * WINDOW).astype(int)
        curve = files[track].gain_at(centres, sample_rate)
        heard[track] = own * curve[:, None] ** 2
    return uncovered(heard, {track: file.loudness for track, file in files.items()}, moved)
