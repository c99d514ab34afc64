"""No hole in the sound: where all rest too long, a player holds on; and nobody sounds more tones than they can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.voicing import near, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note, Track, tidy_notes
from senandung.domain.time import Tick

LONGEST_REST = 1.5
"""Seconds of silence that a song may hold inside (listeners and judges take four for a fault)."""


def close_holes(chart: Chart, tracks: Sequence[Track]) -> tuple[Track, ...]:
    """The tracks with every silence of `LONGEST_REST` or more filled by a held chord tone of one player.

    The player is the one whose note ended last before the silence; the vocal line is never touched.
    """
    tracks = list(tracks)
    pitched = [i for i, track in enumerate(tracks) if track.role != "vocal" and not track.sound.drum]
    if not pitched:
        return tuple(tracks)
    limit = LONGEST_REST / chart.seconds_a_tick
    for start, end in _silences(chart, tracks):
        if end - start < limit:
            continue

        def last_end(index: int, start: Tick = start) -> tuple[Tick, int]:
            return max((n.end for n in tracks[index].notes if n.end <= start), default=-1), -index

        chosen = max(pitched, key=last_end)
        tracks[chosen] = _held(chart, tracks[chosen], start, end)
    return tuple(tracks)


def _silences(chart: Chart, tracks: Sequence[Track]) -> list[tuple[Tick, Tick]]:
    found, reached = [], 0
    for onset, end in sorted((note.onset, note.end) for track in tracks for note in track.notes):
        if onset > reached:
            found.append((reached, onset))
        reached = max(reached, end)
    if reached < chart.end:
        found.append((reached, chart.end))
    return found


def _held(chart: Chart, track: Track, start: Tick, end: Tick) -> Track:
    sound = INSTRUMENTS[track.instrument]
    low, high = sound.comfortable
    before = [note for note in track.notes if note.onset < end]
    place = max(before, key=lambda note: note.onset).pitch if before else (low + high) // 2
    notes = list(track.notes)
    at = start
    while at < end:
        bar = chart.bar_at(at)
        span = next(s for s in bar.harmony if at < s.end)
        until = min(span.end, end)
        choices = [near(tone, place, low, high) for tone in tones(span.chord)[:3]]
        place = min(choices, key=lambda pitch: (abs(pitch - place), pitch))
        notes.append(Note(at, until - at, place, chart.velocity(bar, -0.3, 58)))
        at = until
    return replace(track, notes=tidy_notes(notes))


def cap_polyphony(notes: Sequence[Note], most: int) -> list[Note]:
    """The notes with no more than `most` sounding at once: the oldest ends where a new one needs its place.

    Of too many that begin together the lowest and the highest stay.

    >>> [n.duration for n in cap_polyphony([Note(0, 960, 60), Note(480, 480, 64)], 1)]
    [480, 480]
    """
    kept: list[Note] = []
    sounding: list[int] = []
    groups: dict[Tick, list[Note]] = {}
    for note in sorted(notes, key=lambda n: (n.onset, n.pitch)):
        groups.setdefault(note.onset, []).append(note)
    for onset, group in groups.items():
        while len(group) > most:
            group.pop(len(group) // 2 if most > 1 else 0)
        sounding = [index for index in sounding if kept[index].end > onset]
        while sounding and len(sounding) + len(group) > most:
            index = sounding.pop(0)
            kept[index] = replace(kept[index], duration=onset - kept[index].onset)
        for note in group:
            sounding.append(len(kept))
            kept.append(note)
    return kept
