"""Density and register by the arc: the band's figures thin out where a drawn curve is low and fill up where it is high.

Figures have two or three grades of their own (`arranging`); a drawn curve asks for more. Nothing here touches a line
that leads, a bass or a part whose voices belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from senandung.composing.arc import tension_of_bar
from senandung.composing.plan import Plan
from senandung.domain.song import Note, Track, tidy_notes
from senandung.domain.time import Tick

Level = Callable[[Tick], float]
"""The planned tension at a tick."""

BARE, THIN, FULL, HIGH = 0.15, 0.35, 0.7, 0.8
"""Below the first only half bars are struck, below the second only beats; from the third on gaps of a beat and more are
filled, from the fourth on the chords of one player reach an octave higher."""

QUICKEST = 0.2
"""Seconds between two strokes, at least, where a gap is filled."""

CYMBALS = frozenset({42, 44, 46, 51, 54, 70})
"""Percussion keys that keep time: hats, ride, tambourine, maracas."""

TOP = 88
"""No added note lies above this pitch (E6)."""

FILLED = -10
"""Velocity of a filled-in stroke against the one before."""


def graded(plan: Plan, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The tracks with chords and time-keeping cymbals as dense as a drawn curve is high; as they are without one."""
    if not plan.asked:
        return tuple(tracks)
    levels = [tension_of_bar(plan, bar) for bar in range(plan.bars)]
    highest = next(
        (t.name for role in ("pad", "chords") for t in tracks if t.role == role and t.sound.polyphony >= 4), None
    )
    graded_roles = ("chords", "pad", "drums")
    return tuple(
        _graded(plan, track, levels, track.name == highest) if track.role in graded_roles else track for track in tracks
    )


def _graded(plan: Plan, track: Track, levels: Sequence[float], highest: bool) -> Track:
    bar, beat = plan.metre.bar_ticks, plan.metre.beat_ticks
    last = (plan.bars - 1) * bar

    def level(tick: Tick) -> float:
        return levels[min(tick // bar, len(levels) - 1)]

    kept: list[Note] = []
    dropped = 0
    for note in track.notes:
        high = level(note.onset)
        place = note.onset % bar
        grid = 2 * beat if high < BARE and plan.metre.beats % 2 == 0 else beat
        timed = track.sound.drum and note.pitch not in CYMBALS
        if high < THIN and place % grid and note.onset < last and not timed:
            dropped += 1
            continue
        kept.append(note)
    if dropped and not track.sound.drum:
        kept = _let_ring(kept, level, bar)
    if track.role != "pad":
        kept += _between(plan, track, kept, level, last)
    if highest:
        kept += _octaves(track, kept, level, last)
    return replace(track, notes=tidy_notes(kept))


def _let_ring(notes: list[Note], level: Level, bar: Tick) -> list[Note]:
    """Where strokes were left out, those before ring on to the next one, inside their bar."""
    onsets = sorted({note.onset for note in notes})
    following = dict(pairwise(onsets))
    rung = []
    for note in notes:
        end = min(following.get(note.onset, note.end), (note.onset // bar + 1) * bar)
        longer = level(note.onset) < THIN and end > note.end
        rung.append(replace(note, duration=end - note.onset) if longer else note)
    return rung


def _between(plan: Plan, track: Track, notes: Sequence[Note], level: Level, last: Tick) -> list[Note]:
    """Strokes half way into gaps, where it is full: the chord again, or the cymbal that keeps time."""
    seconds = 60.0 / plan.bpm / plan.metre.beat_ticks
    groups: dict[Tick, list[Note]] = {}
    for note in notes:
        if not track.sound.drum or note.pitch in CYMBALS:
            groups.setdefault(note.onset, []).append(note)
    onsets = sorted(groups)
    added: list[Note] = []
    for onset, following in pairwise(onsets):
        half = (following - onset) // 2
        if level(onset) < FULL or following >= last or half % 120 or half * seconds < QUICKEST:
            continue
        if following - onset > 2 * plan.metre.beat_ticks:
            continue
        for note in groups[onset]:
            velocity = max(note.velocity + FILLED, 1)
            length = 120 if track.sound.drum else half
            added.append(replace(note, onset=onset + half, duration=length, velocity=velocity))
    return added


def _octaves(track: Track, notes: Sequence[Note], level: Level, last: Tick) -> list[Note]:
    """The highest tone of a chord an octave higher as well, where it is highest."""
    tops: dict[Tick, Note] = {}
    counts: dict[Tick, int] = {}
    for note in notes:
        counts[note.onset] = counts.get(note.onset, 0) + 1
        if note.onset not in tops or note.pitch > tops[note.onset].pitch:
            tops[note.onset] = note
    return [
        replace(note, pitch=note.pitch + 12, velocity=max(note.velocity - 6, 1))
        for onset, note in tops.items()
        if level(onset) >= HIGH
        and onset < last
        and note.pitch + 12 <= TOP
        and track.sound.plays(note.pitch + 12)
        and counts[onset] < track.sound.polyphony
    ]
