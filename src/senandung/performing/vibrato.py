"""Vibrato and scoops by the pitch wheel, where the sound font's sample has none, and slides.

Vibrato begins after the tone has settled and grows (Prame 1994, "Measurements of the vibrato rate of ten singers", J.
Acoust. Soc. Am. 96(4): about 6 Hz, quicker towards the end; Prame 1997: 34 to 123 cents from top to mean in Western
singers, less in others). `VIBRATO` was set after measuring held notes of MuseScore General: its violin, cello, flute,
oboe and saxophone swing by 8 to 23 cents on their own and get nothing more; clarinet, suling, trumpet and voice stand
still. Scoops: a singer reaches a note from below at a phrase's beginning or after a leap (*luk* is the larger kin).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.phrases import phrase_spans
from senandung.performing.rules import strength
from senandung.performing.slides import ROLES, SLIDES, Bend, slide_of, sliding

VIBRATO: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "clarinet": (5.3, 15.0),
        "suling": (5.6, 22.0),
        "voice": (5.6, 30.0),
        "trumpet": (5.2, 15.0),
        "trombone": (5.0, 15.0),
        "viola": (5.4, 15.0),
    }
)
"""Rate in Hz and extent in cents (mean to top), by instrument."""

SINGS = 1.4
"""How much wider it is where the instrument stands in for the voice; never beyond `WIDEST`."""
WIDEST = 35.0

SHORTEST: Second = 0.6
"""Notes shorter than this are played straight."""
DELAY: Second = 0.3
GROWS: Second = 0.6
CYCLE_POINTS = 8

SCOOPED = frozenset({"winds", "strings", "voice", "brass"})
"""Families that can slide into a note."""

SCOOP_SECONDS: Second = 0.085
SCOOP_CENTS = (30.0, 80.0)
AT_PHRASE, AT_LEAP = 0.45, 0.3
"""How often a phrase begins with a scoop, and a leap upwards of `LEAP` semitones or more ends in one."""
LEAP = 3


def played_bends(
    song: Song, track: Track, durations: Sequence[Second], seed: Sequence[int], *, dial: float = 1.0
) -> list[Bend]:
    """The bend of each note of a track in cents around its own pitch, in the order of `track.notes`.

    Only parts that lead (vocal, backing, melody, counter) scoop; those and the bass slide (`performing.slides`). `seed`
    begins their random stream.
    """
    plain: list[Bend] = [()] * len(track.notes)
    wide = strength("bends", dial)
    if not wide:
        return plain
    scoops = track.role in ("vocal", "backing", "melody", "counter") and track.sound.family in SCOOPED
    if not scoops and (track.instrument not in SLIDES or track.role not in ROLES):
        return plain
    rng, hand = np.random.default_rng([*seed, 1]), np.random.default_rng([*seed, 3])
    begins = {first for first, _ in phrase_spans(song, track)}
    slides = sliding(song)
    rate, extent = VIBRATO.get(track.instrument, (0.0, 0.0))
    extent = min(extent * (SINGS if track.role == "vocal" else 1.0), WIDEST)
    found = []
    before: int | None = None
    for index, (note, duration) in enumerate(zip(track.notes, durations, strict=True)):
        luck, depth, unlike = rng.random(), rng.uniform(*SCOOP_CENTS), rng.standard_normal()
        leaps = before is not None and note.pitch - before >= LEAP
        chance = AT_PHRASE if note.onset in begins else AT_LEAP if leaps else 0.0
        before = note.pitch
        points: list[tuple[Second, float]] = list(slide_of(track, index, duration, slides, hand))
        if (
            scoops
            and not points
            and track.tuning == "equal"
            and luck < chance * slides
            and duration > 2.5 * SCOOP_SECONDS
        ):
            points = [(0.0, -depth), (0.4 * SCOOP_SECONDS, -0.45 * depth), (SCOOP_SECONDS, 0.0)]
        if extent and duration >= SHORTEST:
            points += _vibrato(duration, rate * (1 + 0.03 * unlike), extent * (1 + 0.1 * max(min(unlike, 1.5), -1.5)))
        found.append(tuple((round(at, 4), round(wide * cents, 2)) for at, cents in points))
    return found


def _vibrato(duration: Second, rate: float, extent: float) -> list[tuple[Second, float]]:
    """Points of a vibrato that begins at `DELAY`, grows, quickens a little and calms down at the note's end."""
    points = [(DELAY, 0.0)]
    step = 1 / (CYCLE_POINTS * rate)
    for number in range(1, int((duration - DELAY) / step) + 1):
        at = number * step
        left = duration - DELAY - at
        size = extent * min(at / GROWS, 1.0) * min(left / 0.15, 1.0)
        points.append((DELAY + at, size * math.sin(2 * math.pi * rate * at * (1 + 0.03 * at / duration))))
    return points
