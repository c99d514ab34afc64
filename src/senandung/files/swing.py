"""Swing: pairs of long and short eighths (2:1) that are written as even eighths under the word "Swing".

Hornpipes and shuffles lie on triplets throughout; players read them as even eighths (Levine, *The Jazz Theory Book*,
1995, on swing eighths; hornpipes are written even or dotted). MusicXML 4.0 says with `swing` how they are played.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from senandung.domain.song import Note, Song
from senandung.domain.time import TICKS_PER_QUARTER, Tick

LONG: Tick = TICKS_PER_QUARTER * 2 // 3
EVEN: Tick = TICKS_PER_QUARTER // 2

FEWEST, SHARE = 16, 0.7
"""Beats of one long and one short eighth that swung music has at least, and their share of the divided beats."""


def is_swung(song: Song) -> bool:
    """Whether a song lies on triplets and most of its divided beats are a long and a short eighth.

    >>> from senandung.domain.song import Track
    >>> pairs = [Note(480 * at + first, last - first, 72) for at in range(16) for first, last in ((0, 320), (320, 480))]
    >>> is_swung(Song("A", (Track("Fiddle", "melody", "violin", tuple(pairs)),)))
    True
    """
    if any(change.metre.denominator != 4 for change in song.metres):
        return False
    beats = _divided(song)
    if any(places - {LONG, LONG // 2} for places in beats.values()):
        return False
    pairs = sum(places == {LONG} for places in beats.values())
    return pairs >= FEWEST and pairs >= SHARE * len(beats)


def evened(song: Song) -> Song:
    """Swung music with even eighths; beats of three stay. Inverse of `swung`."""
    pairs = {beat for beat, places in _divided(song).items() if places == {LONG}}
    return _moved(song, pairs, LONG, EVEN)


def swung(song: Song) -> Song:
    """Even eighths played long and short; beats that are divided otherwise stay. Inverse of `evened`."""
    pairs = {beat for beat, places in _divided(song).items() if places == {EVEN}}
    return _moved(song, pairs, EVEN, LONG)


def _divided(song: Song) -> dict[int, set[Tick]]:
    """Where notes begin or end inside of beats, by the beat's number."""
    beats: dict[int, set[Tick]] = defaultdict(set)
    for track in song.tracks:
        for note in track.notes:
            for tick in (note.onset, note.end):
                beat, place = divmod(tick, TICKS_PER_QUARTER)
                if place:
                    beats[beat].add(place)
    return beats


def _moved(song: Song, beats: set[int], place: Tick, to: Tick) -> Song:
    def tick(old: Tick) -> Tick:
        beat, inside = divmod(old, TICKS_PER_QUARTER)
        return beat * TICKS_PER_QUARTER + to if inside == place and beat in beats else old

    def note(old: Note) -> Note:
        onset = tick(old.onset)
        return replace(old, onset=onset, duration=tick(old.end) - onset)

    tracks = tuple(replace(track, notes=tuple(map(note, track.notes))) for track in song.tracks)
    return replace(song, tracks=tracks)
