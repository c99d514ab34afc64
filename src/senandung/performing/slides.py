"""Slides from tone to tone, and strings that are bent up to their tone.

A slide begins at the tone before and arrives after 60 to 100 ms; a bent string begins a tone or half a tone lower, as
it was stopped, and is pushed up. That suling and violin glide in dangdut and keroncong, and that lead guitars bend a
whole tone, is commonly stated; how often is ours. *Score legato* must hold: only joined tones slide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from senandung.domain.song import Song, Track
from senandung.domain.time import Second

Bend = tuple[tuple[Second, float], ...]

JOINED = 10
"""Ticks between two notes that are still joined."""

PAST_THE_MIDDLE = (0.5, 0.35)
"""Half of a slide's time, and what is left of its way by then: a hand starts slowly and arrives slowly."""


@dataclass(frozen=True)
class Slide:
    """How an instrument slides.

    Parameters
    ----------
    chance : how often a joined tone is reached by a slide, from up to `widest` semitones away, in `seconds`.
    bent : how often a tone of `LONG` seconds or more is a string bent up by `cents`.
    """

    chance: float
    widest: int
    seconds: Second
    bent: float = 0.0
    cents: float = 0.0


SLIDES: Mapping[str, Slide] = MappingProxyType(
    {
        "suling": Slide(0.24, 4, 0.09),
        "violin": Slide(0.14, 5, 0.08),
        "viola": Slide(0.10, 5, 0.08),
        "cello": Slide(0.10, 5, 0.09),
        "flute": Slide(0.04, 2, 0.06),
        "trombone": Slide(0.18, 7, 0.10),
        "saxophone": Slide(0.08, 3, 0.07, 0.15, 100.0),
        "electric-guitar": Slide(0.15, 5, 0.07, 0.30, 200.0),
        "guitar": Slide(0.08, 4, 0.06),
        "nylon-guitar": Slide(0.08, 4, 0.06),
        "bass": Slide(0.05, 7, 0.06),
    }
)
"""By instrument; what is not here has fixed tones, or nobody to slide them."""

ROLES = ("melody", "counter", "bass")
LONG: Second = 0.4
BENDING: Second = 0.13

SLIDING: Mapping[str, float] = MappingProxyType(
    {"keroncong": 1.6, "langgam": 1.6, "campursari": 1.6, "dangdut": 1.7, "string-quartet": 0.3}
)
"""How much more or less a style slides, by the beginning of its name."""


def sliding(song: Song) -> float:
    """How much more or less than usual a song's style slides."""
    return next((share for name, share in SLIDING.items() if song.provenance.style.startswith(name)), 1.0)


def slide_of(track: Track, index: int, duration: Second, share: float, rng: np.random.Generator) -> Bend:
    """The slide or the bent string that begins a note; empty for most. Two numbers are drawn for every note."""
    luck, other = rng.random(), rng.random()
    slide = SLIDES.get(track.instrument)
    if slide is None or track.role not in ROLES or track.tuning != "equal":
        return ()
    note, before = track.notes[index], track.notes[index - 1] if index else None
    alone = before is None or before.onset < note.onset
    followed = index + 1 < len(track.notes) and track.notes[index + 1].onset == note.onset
    if followed or not alone:
        return ()
    if before is not None and abs(note.onset - before.end) <= JOINED and duration > 2.5 * slide.seconds:
        away = before.pitch - note.pitch
        if 0 < abs(away) <= slide.widest and luck < slide.chance * share:
            return _way(100.0 * away, slide.seconds)
    if slide.bent and duration >= LONG and other < slide.bent * min(share, 1.0):
        return _way(-slide.cents, BENDING)
    return ()


def _way(cents: float, seconds: Second) -> Bend:
    half, left = PAST_THE_MIDDLE
    return ((0.0, cents), (half * seconds, left * cents), (seconds, 0.0))
