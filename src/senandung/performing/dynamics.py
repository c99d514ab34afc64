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
from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from senandung.domain.song import Note, Song, Track
from senandung.performing.charge import Tension
from senandung.performing.kit import GHOST_DB, is_ghost, kind_of, stroke_dynamics
from senandung.performing.phrases import phrase_spans, place_in_phrase
from senandung.performing.players import Player
from senandung.performing.rules import strength
from senandung.performing.strums import is_upstroke, spread_of, stroke_level

VELOCITY_PER_DB = 4.0

ACCENT_DB = (-1.4, -0.8, 0.0, 0.5, 1.2)
"""By metrical weight: between the half beats, half beat, beat, half bar, downbeat."""

HIGH_LOUD_DB_PER_SEMITONE = 0.25
ARCH_DB = 2.0
"""Fall from a phrase's top, which stands at `ARCH_TOP` of it, to its end, at k = 1."""
ARCH_TOP = 0.6
INTENSITY_DB = 2.5
"""Difference between sections of intensity 0 and 1."""
LIFT_DB = 2.0
"""Crescendo over the last bar before a section that is fuller by `FULLER` of intensity or more."""
FULLER = 0.12

ARC_LU = (8.0, 12.0, 3.0)
"""LU between a planned tension of 0 and of 1: by the style's own arc, by a drawn one, and what is added without drums.

A drawn curve is wider than the 4 to 9 LU that recordings of pop have as their loudness range, for it is asked for;
chamber music has 10 to 20 (both commonly stated)."""

UNEVEN_DB = 0.5
"""Standard deviation of each note's own deviation."""

LEADING = ("vocal", "backing", "melody", "counter")
"""Roles whose tones are heard one by one: melodic charge and duration contrast are theirs."""

CONTRAST_DB = 0.8
"""What duration contrast takes from the level of a note of 0.2 s, at k = 1."""

SOFTEST, LOUDEST = 18, 122
"""Bounds of a played velocity."""


def played_velocities(
    song: Song,
    track: Track,
    player: Player,
    rng: np.random.Generator,
    *,
    dial: float,
    tension: Tension,
    drummed: Mapping[int, float],
) -> list[int]:
    """The velocity of each note of a track, 18..122, in the order of `track.notes`; at dial 0 the written one.

    `tension` is what chords ask for, `drummed` the learned drummer's velocities by the index of a note.
    """
    if not dial:
        return [note.velocity for note in track.notes]
    arched, charged = strength("phrase arch, level", dial), strength("harmonic charge", dial)
    sections, accents = strength("section", dial), strength("metrical accent", dial)
    uneven_by = UNEVEN_DB * strength("unevenness", dial)
    leading = track.role in LEADING
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
        learned = index in drummed
        level = 0.0 if learned else accents * player.accent * ACCENT_DB[metre.weight(note.onset - bar_start)]
        number, place = place_in_phrase(spans, note.onset)
        if number not in phrase_level:
            phrase_level[number] = 0.6 * rng.standard_normal()
        level += player.phrase * (arched * arch(place) + min(dial, 1.0) * phrase_level[number])
        level += sections * INTENSITY_DB * (song.intensity_at(note.onset) - 0.5)
        rise = max((LIFT_DB * (note.onset - a) / (b - a) for a, b in lifts if a <= note.onset < b), default=0.0)
        level += sections * rise
        if track.sound.drum and not learned:
            stroke, uneven = stroke_dynamics(note, snares)
            level += min(dial, 1.0) * stroke + uneven * strength("unevenness", dial) * rng.standard_normal()
        elif learned and is_ghost(note):
            level += min(dial, 1.0) * GHOST_DB
        elif strums and together[note.onset] > 1:
            up = is_upstroke(song, track, note.onset, bar_start)
            level += min(dial, 1.0) * stroke_level(string, together[note.onset], up=up)
        if not track.sound.drum:
            height = HIGH_LOUD_DB_PER_SEMITONE * (note.pitch - mean_pitch)
            level += strength("high loud", dial) * max(min(height, 6.0), -6.0)
            level += charged * tension.harmony(note.onset)
        if leading:
            level += strength("melodic charge", dial) * tension.tone(note)
            level += strength("duration contrast, level", dial) * CONTRAST_DB * contrast(song, note)
        level += 0.0 if learned else uneven_by * rng.standard_normal()
        written = drummed.get(index, float(note.velocity))
        velocities.append(round(max(min(written + VELOCITY_PER_DB * level, LOUDEST), SOFTEST)))
    return velocities


def _lifts(song: Song) -> list[tuple[int, int]]:
    """The last bars before fuller sections, as (first tick, end tick)."""
    if song.arc is not None and song.arc.asked:
        return []  # the person has drawn where it grows
    bars = song.bar_starts()
    lifts = []
    for before, section in pairwise(song.sections):
        last = max((tick for tick in bars if before.onset <= tick < section.onset), default=None)
        if last is not None and section.intensity - before.intensity >= FULLER:
            lifts.append((last, section.onset))
    return lifts


def planned_loudness(song: Song) -> list[tuple[int, float]]:
    """The loudness that the arc asks for, as (tick, LU) of which only the differences count; empty without an arc."""
    if song.arc is None:
        return []
    usual, drawn, chamber = ARC_LU
    reach = drawn if song.arc.asked else usual
    reach += 0.0 if any(track.sound.drum for track in song.tracks) else chamber
    return [(tick, reach * tension) for tick, tension in song.arc.points]


def arch(place: float) -> float:
    """The phrase arch in dB at a place 0..1 of the phrase: 0 at its top, lower before and after.

    >>> arch(1.0) < arch(0.0) < arch(0.3) < 0 == arch(ARCH_TOP)
    True
    """
    if place <= ARCH_TOP:
        return -0.7 * ARCH_DB * ((ARCH_TOP - place) / ARCH_TOP) ** 2
    return -ARCH_DB * ((place - ARCH_TOP) / (1 - ARCH_TOP)) ** 2


def contrast(song: Song, note: Note) -> float:
    """How much duration contrast takes from a note's level and length: 0 from 0.6 s on, −1 at 0.2 s, 0 below 0.03 s.

    Three straight lines through the values of Director Musices (0, −7/11, −1 at 0.6, 0.4, 0.2 s; back to 0 at 0.03 s).
    """
    clock = song.tempo_map.ticks_to_seconds
    seconds = clock(note.end) - clock(note.onset)
    return float(np.interp(seconds, (0.03, 0.2, 0.4, 0.6), (0.0, -1.0, -7 / 11, 0.0)))


def arousal_at(song: Song, tick: int) -> float:
    """The arousal of the song's feeling curve at a tick, between its points; 0 where there is no curve."""
    if not song.feeling_curve:
        return 0.0
    ticks = [point.onset for point in song.feeling_curve]
    value = float(np.interp(tick, ticks, [point.arousal for point in song.feeling_curve]))
    return value if math.isfinite(value) else 0.0
