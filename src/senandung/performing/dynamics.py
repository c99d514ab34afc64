"""Loudness of each note: accents of the metre, the phrase arch, the section's intensity, high-loud, unevenness.

Rules and quantities (k = 1), in decibels, from Friberg, Bresin & Sundberg (2006) and the technical descriptions in
Friberg (1991), Computer Music Journal 15(2), and Friberg (1995), STL-QPSR 36(2-3): *High loud* raises the level by 3 dB
an octave; *Phrase arch* is a parabola over the phrase, lowest at its end; *Performance noise* moves each tone a little.
The accents follow the metrical weight (Lerdahl & Jackendoff 1983). Decibels become velocities by `VELOCITY_PER_DB`:
fluidsynth, like the MIDI recommendation, plays velocity v at 40 log10(v / 127) dB, so 1 dB is about 4 around 75.
"""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np

from senandung.domain.song import Song, Track
from senandung.performing.kit import is_ghost, kind_of, stroke_dynamics
from senandung.performing.phrases import phrase_spans, place_in_phrase
from senandung.performing.players import Player
from senandung.performing.strums import is_upstroke, spread_of, stroke_level

VELOCITY_PER_DB = 4.0

ACCENT_DB = (-1.4, -0.8, 0.0, 0.5, 1.2)
"""By metrical weight: between the half beats, half beat, beat, half bar, downbeat."""

HIGH_LOUD_DB_PER_SEMITONE = 0.25
ARCH_DB = 2.2
"""Fall from a phrase's top, which stands at `ARCH_TOP` of it, to its end."""
ARCH_TOP = 0.6
INTENSITY_DB = 2.5
"""Difference between sections of intensity 0 and 1."""
LIFT_DB = 2.0
"""Crescendo over the last bar before a section that is fuller by `FULLER` of intensity or more."""
FULLER = 0.12
UNEVEN_DB = 0.5
"""Standard deviation of each note's own deviation."""

SOFTEST, LOUDEST = 18, 122
"""Bounds of a played velocity."""


def played_velocities(song: Song, track: Track, player: Player, rng: np.random.Generator) -> list[int]:
    """The velocity of each note of a track, 18..122, in the order of `track.notes`."""
    spans = phrase_spans(song, track)
    mean_pitch = sum(note.pitch for note in track.notes) / max(len(track.notes), 1)
    bars = song.bar_starts()
    bar_of = np.searchsorted(bars, [note.onset for note in track.notes], side="right") - 1
    phrase_level: dict[int, float] = {}
    together = Counter(note.onset for note in track.notes)
    strums = spread_of(track)[1] > 0
    snares = frozenset(note.onset for note in track.notes if kind_of(note.pitch) == "snare" and not is_ghost(note))
    lifts = _lifts(song)
    velocities = []
    string = 0
    for index, (note, bar) in enumerate(zip(track.notes, bar_of, strict=True)):
        string = string + 1 if index and track.notes[index - 1].onset == note.onset else 0
        bar_start = bars[max(int(bar), 0)]
        metre = song.metre_at(note.onset)
        level = player.accent * ACCENT_DB[metre.weight(note.onset - bar_start)]
        number, place = place_in_phrase(spans, note.onset)
        if number not in phrase_level:
            phrase_level[number] = 0.6 * rng.standard_normal()
        level += player.phrase * (arch(place) + phrase_level[number])
        section = song.section_at(note.onset)
        level += INTENSITY_DB * ((section.intensity if section else 0.5) - 0.5)
        level += max((LIFT_DB * (note.onset - a) / (b - a) for a, b in lifts if a <= note.onset < b), default=0.0)
        if track.sound.drum:
            stroke, uneven = stroke_dynamics(note, snares)
            level += stroke + uneven * rng.standard_normal()
        elif strums and together[note.onset] > 1:
            up = is_upstroke(song, track, note.onset, bar_start)
            level += stroke_level(string, together[note.onset], up=up)
        if not track.sound.drum:
            rise = HIGH_LOUD_DB_PER_SEMITONE * (note.pitch - mean_pitch)
            level += 0.5 * max(min(rise, 3.0), -3.0)
        level += UNEVEN_DB * rng.standard_normal()
        velocities.append(round(max(min(note.velocity + VELOCITY_PER_DB * level, LOUDEST), SOFTEST)))
    return velocities


def _lifts(song: Song) -> list[tuple[int, int]]:
    """The last bars before fuller sections, as (first tick, end tick)."""
    bars = song.bar_starts()
    lifts = []
    for before, section in pairwise(song.sections):
        last = max((tick for tick in bars if before.onset <= tick < section.onset), default=None)
        if last is not None and section.intensity - before.intensity >= FULLER:
            lifts.append((last, section.onset))
    return lifts


def arch(place: float) -> float:
    """The phrase arch in dB at a place 0..1 of the phrase: 0 at its top, lower before and after.

    >>> arch(1.0) < arch(0.0) < arch(0.3) < 0 == arch(ARCH_TOP)
    True
    """
    if place <= ARCH_TOP:
        return -0.7 * ARCH_DB * ((ARCH_TOP - place) / ARCH_TOP) ** 2
    return -ARCH_DB * ((place - ARCH_TOP) / (1 - ARCH_TOP)) ** 2


def arousal_at(song: Song, tick: int) -> float:
    """The arousal of the song's feeling curve at a tick, between its points; 0 where there is no curve."""
    if not song.feeling_curve:
        return 0.0
    ticks = [point.onset for point in song.feeling_curve]
    value = float(np.interp(tick, ticks, [point.arousal for point in song.feeling_curve]))
    return value if math.isfinite(value) else 0.0
