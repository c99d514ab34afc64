"""Swells within notes and phrases, for instruments whose sound is fed while it lasts: bow, breath, bellows, a pad.

A long note swells and fades (*messa di voce*; Fabian, Timmers & Schubert 2014, *Expressiveness in music performance*;
"Phrase arch" and "Final ritard" of Friberg, Bresin & Sundberg 2006), the last one of a phrase fades, a bar before a
fuller section grows into it, and the sound that ends the song dies away. The sizes are ours, within the 2 to 7 dB that
such studies report. The curve only takes away, so that its top is the level that the velocities ask for.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from senandung.domain.performance import PlayedNote
from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.clock import Clock
from senandung.performing.dynamics import FULLER
from senandung.performing.phrases import phrase_spans
from senandung.performing.players import SUSTAINED
from senandung.performing.rules import strength

FED = frozenset({"accordion", "pad"})
"""Instruments of other families that can swell. An organ's pipes cannot."""

LONG: tuple[Second, Second] = (0.45, 1.3)
"""From the first length on a note swells, from the second on in full."""

SWELL_DB = (-4.0, -3.0)
"""A long note's beginning and end against its middle."""
SWELL_TOP = 0.45
"""Where its top stands, as a share of its length."""

PHRASE_END_DB = -7.0
"""The end of a phrase's last note, where that is long."""

CALM_DB = -1.6
"""Level outside a crescendo into a fuller section; the crescendo rises to 0 and the section begins there."""
SETTLE: Second = 2.0
"""How long the fuller section takes to come back from that."""

DYING: Second = 1.5
"""The last sound fades over this long."""
DYING_DB = -20.0

SLOPE: Second = 0.03
"""The quickest change of level, so that none is heard as a click."""


def can_swell(track: Track) -> bool:
    """Whether the level of a note can be changed while it sounds."""
    return not track.sound.drum and (track.sound.family in SUSTAINED or track.instrument in FED)


def expression_curve(
    song: Song, track: Track, clock: Clock, notes: Sequence[PlayedNote], *, dial: float = 1.0
) -> tuple[tuple[Second, float], ...]:
    """The expression of a part, as (seconds, 0..1) in rising order; empty for instruments that cannot swell.

    `notes` are the track's notes as they are played, in its order.
    """
    much = strength("swell", dial)
    if not can_swell(track) or not notes or not much:
        return ()
    end = max(note.onset + note.duration for note in notes)
    curves = [_notes_level(song, track, notes), _growing_level(song, clock)]
    if clock.seconds(song.end) - end < 1.0:
        curves.append(_dying_level(end, notes))
    seconds = np.unique(np.round([second for curve in curves for second, _ in curve], 4))
    level = sum(np.interp(seconds, [at for at, _ in curve], [db for _, db in curve]) for curve in curves)
    values = np.minimum(np.round(10 ** (much * np.asarray(level) / 40), 4), 1.0)
    return tuple(zip(seconds.tolist(), values.tolist(), strict=True))


def _notes_level(song: Song, track: Track, notes: Sequence[PlayedNote]) -> list[tuple[Second, float]]:
    """What the notes of a part do, in dB: those that sound together swell together, the highest leading."""
    closing = {last for _, last in phrase_spans(song, track)}
    heard: list[tuple[Second, Second, bool]] = []
    for note, played in zip(track.notes, notes, strict=True):
        first, last, closes = played.onset, played.onset + played.duration, note.end in closing
        if heard and first < heard[-1][0] + 0.5 * (heard[-1][1] - heard[-1][0]):
            heard[-1] = (heard[-1][0], max(heard[-1][1], last), heard[-1][2] or closes)
        else:
            heard.append((first, last, closes))
    points: list[tuple[Second, float]] = [(0.0, 0.0)]
    for number, (first, last, closes) in enumerate(heard):
        # A note ends for the curve where the next one begins: a player has one bow.
        following = heard[number + 1][0] if number + 1 < len(heard) else last + 1.0
        until = min(last, following)
        share = min(max((until - first - LONG[0]) / (LONG[1] - LONG[0]), 0.0), 1.0)
        points.append((first, SWELL_DB[0] * share))
        if share:
            points.append((first + SWELL_TOP * (until - first), 0.0))
            points.append((until - SLOPE, (PHRASE_END_DB if closes else SWELL_DB[1]) * share))
        if following - SLOPE > until:
            points.append((following - SLOPE, points[-1][1]))
    return _rising(points)


def _growing_level(song: Song, clock: Clock) -> list[tuple[Second, float]]:
    """Crescendos into fuller sections, in dB."""
    points: list[tuple[Second, float]] = [(0.0, CALM_DB)]
    starts = song.bar_starts()
    for before, section in zip(song.sections, song.sections[1:], strict=False):
        if section.intensity - before.intensity < FULLER:
            continue
        bars = [tick for tick in starts if before.onset <= tick < section.onset]
        top, begin = clock.seconds(section.onset), clock.seconds(bars[-1] if bars else before.onset)
        points += [(begin, CALM_DB), (top, 0.0), (top + SETTLE, CALM_DB)]
    return _rising(points)


def _dying_level(end: Second, notes: Sequence[PlayedNote]) -> list[tuple[Second, float]]:
    """The last sound dies away, in dB, the longer the longer it is held."""
    begin = max(note.onset for note in notes)
    fade = min(DYING, 0.7 * (end - begin))
    last = DYING_DB * fade / DYING
    return _rising([(0.0, 0.0), (end - fade, 0.0), (end - 0.4 * fade, 0.35 * last), (end, last)])


def _rising(points: list[tuple[Second, float]]) -> list[tuple[Second, float]]:
    """The points whose times rise."""
    kept = points[:1]
    for second, level in points[1:]:
        if second > kept[-1][0] + 1e-3:
            kept.append((second, level))
    return kept
