"""The sustain pedal: pressed after each change of chord, lifted at the next."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.domain.song import Song, Track
from senandung.domain.time import Second
from senandung.performing.clock import Clock

PEDALLED = frozenset({"piano", "electric-piano", "vibraphone", "celesta"})
"""Instruments with a pedal that their players use."""

PRESS_AFTER: Second = 0.09
"""How long after the new chord the pedal goes down again: by then the old strings are damped (legato pedalling)."""

LONGEST: Second = 4.0


def pedal_spans(song: Song, track: Track, clock: Clock, onsets: Sequence[Second]) -> tuple[tuple[Second, Second], ...]:
    """When the pedal is down, as rising spans (down, up) in seconds; none without chords or on other instruments."""
    if track.instrument not in PEDALLED or track.role not in ("chords", "pad", "melody") or not song.chords:
        return ()
    spans: list[tuple[Second, Second]] = []
    at = 0
    struck = sorted(onsets)
    for chord in song.chords:
        down, up = clock.seconds(chord.onset), clock.seconds(chord.onset + chord.duration)
        parts = max(1, -int(-(up - down) // LONGEST))
        for part in range(parts):
            first = down + (up - down) * part / parts
            last = down + (up - down) * (part + 1) / parts
            while at < len(struck) and struck[at] < first - 0.05:
                at += 1
            if at < len(struck) and struck[at] < last - 0.05 and last - first > 2 * PRESS_AFTER:
                spans.append((first + PRESS_AFTER, last - 0.005))
    return tuple(spans)
