"""A second voice: it sings some of the words along, a third or a sixth below or above, or the same line.

Each note of the first voice gets one of the second at the same time, on the same syllable. Which one is found for a
whole section at once, the cheapest way through: thirds first, sixths next, tones of the chord where it counts, small
steps, no fifths one after the other, always on its side of the first voice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from senandung.domain.song import Note, Song, Track, tidy_notes
from senandung.domain.style import Backing
from senandung.domain.time import Tick

NAMES = {"id": "Vokal latar", "en": "Backing voice"}
"""The backing track's name by language."""

SOFTER = 10
"""By how much its velocities are lower than the first voice's."""

INTERVALS = {3: 0.0, 4: 0.0, 8: 0.5, 9: 0.5, 5: 1.0, 7: 1.8, 6: 2.0}
"""Semitones from the first voice, and what each costs: thirds and sixths are sung, the others lead to them."""

FOREIGN, FOREIGN_WEAK, CLASH = 1.6, 0.5, 1.2
"""What a tone outside the chord costs on a beat or held, elsewhere; and more where it lies a semitone above a tone of
the chord."""

LEAP, FREE_LEAP, FIFTHS, STAYS = 0.22, 4, 2.5, 0.15
"""A semitone more than the free ones in a leap; two fifths or unisons in a row; a tone that stays while the first voice
moves."""

BEYOND, ROOM_BELOW, ROOM_ABOVE = 1.0, 6, 3
"""A semitone outside what the first voice sings, with so many semitones of room below and above."""


def with_backing(song: Song, backing: Backing) -> Song:
    """The song with the second voice behind the first; as it is where nobody sings in the sections that it wants."""
    vocal = song.vocal
    notes = second_line(song, backing)
    if vocal is None or not notes:
        return song
    at = song.tracks.index(vocal) + 1
    track = Track(NAMES[song.words.language], "backing", vocal.instrument, notes, vocal.tuning)
    return replace(song, tracks=(*song.tracks[:at], track, *song.tracks[at:]))


def second_line(song: Song, backing: Backing) -> tuple[Note, ...]:
    """The notes of the second voice, each at a note of the first and on its syllable."""
    vocal = song.vocal
    if vocal is None or not song.words.syllables:
        return ()
    wanted = [index for index, section in enumerate(song.sections) if section.kind in backing.sections]
    wanted = wanted[backing.begins - 1 :]
    section_of = _sections(song)
    return _along(song, vocal, {number for number, section in enumerate(section_of) if section in wanted}, backing.line)


def follow(song: Song, track: Track, before: Song, first: Tick, end: Tick) -> Track:
    """A backing track after the first voice was written anew from one tick to another.

    It sings the same syllables as before, on the side on which it sang; outside of the two ticks it stays as it is.

    Parameters
    ----------
    song : with the new first voice.
    track : the backing track as it was.
    before : the song as it was.
    """
    if song.vocal is None or before.vocal is None:
        return track
    lead = {note.onset: note.pitch for note in before.vocal.notes}
    apart = [note.pitch - lead[note.onset] for note in track.notes if note.onset in lead]
    line = "double" if not any(apart) else "above" if sum(apart) > 0 else "below"
    numbers = {note.syllable for note in track.notes if note.syllable is not None}
    new = [note for note in _along(song, song.vocal, numbers, line) if first <= note.onset < end]
    kept = [note for note in track.notes if not first <= note.onset < end]
    kept = [replace(n, duration=min(n.duration, first - n.onset)) if n.onset < first < n.end else n for n in kept]
    return replace(track, notes=tidy_notes([*kept, *new]))


def _sections(song: Song) -> list[int]:
    """The section of every syllable."""
    return [line.section for line in song.words.lines for _ in line.syllables]


def _along(song: Song, vocal: Track, numbers: set[int], line: str) -> tuple[Note, ...]:
    """The second voice on the syllables of those numbers, section by section."""
    section_of = _sections(song)
    rows = [(section_of[n.syllable], n) for n in vocal.notes if n.syllable is not None and n.syllable in numbers]
    found: list[Note] = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        notes = [note for _, note in group]
        pitches = [note.pitch for note in notes] if line == "double" else _harmony(song, vocal, notes, line)
        found += [
            replace(note, pitch=pitch, velocity=max(note.velocity - SOFTER, 20), staff=0)
            for note, pitch in zip(notes, pitches, strict=True)
        ]
    return tidy_notes(found)


@dataclass(frozen=True)
class _Place:
    """What a note of the second voice is measured by: the first voice's pitch, the chords' tones, whether it counts."""

    pitch: int
    tones: tuple[frozenset[int], ...]
    scale: frozenset[int]
    counts: bool


def _harmony(song: Song, vocal: Track, notes: Sequence[Note], line: str) -> list[int]:
    """The cheapest line through a section."""
    side = -1 if line == "below" else 1
    low = max(vocal.sound.low, min(note.pitch for note in vocal.notes) - ROOM_BELOW)
    high = min(vocal.sound.high, max(note.pitch for note in vocal.notes) + ROOM_ABOVE)
    best: dict[int, tuple[float, tuple[int, ...]]] = {}
    before: _Place | None = None
    for note in notes:
        place = _place(song, note)
        now: dict[int, tuple[float, tuple[int, ...]]] = {}
        for pitch in _candidates(place, side, vocal):
            own = _cost(place, pitch) + BEYOND * max(low - pitch, pitch - high, 0)
            ways = [(cost + _step(before, place, path[-1], pitch), path) for cost, path in best.values() if before]
            cost, path = min(ways, default=(0.0, ()))
            now[pitch] = (cost + own, (*path, pitch))
        best, before = now, place
    return list(min(best.values())[1])


def _place(song: Song, note: Note) -> _Place:
    spans = [span for span in song.chords if span.onset < note.end and note.onset < span.end]
    tones = tuple(frozenset(span.chord.pitch_classes) for span in spans)
    scale = set(song.key_at(note.onset).pitch_classes)
    altered = {tone for chord in tones for tone in chord} - scale
    scale -= {(tone + by) % 12 for tone in altered for by in (-1, 1)} - {tone for chord in tones for tone in chord}
    return _Place(note.pitch, tones, frozenset(scale | altered), _counts(song, note))


def _counts(song: Song, note: Note) -> bool:
    """Whether a note stands on a beat or is held for one."""
    metre = song.metre_at(note.onset)
    change: Tick = max(each.onset for each in song.metres if each.onset <= note.onset)
    return note.duration >= metre.beat_ticks or (note.onset - change) % metre.beat_ticks == 0


def _candidates(place: _Place, side: int, vocal: Track) -> list[int]:
    near = [place.pitch + side * semitones for semitones in INTERVALS]
    able = [pitch for pitch in near if vocal.sound.plays(pitch)]
    fitting = [pitch for pitch in able if pitch % 12 in place.scale]
    return fitting or able or [place.pitch]


def _cost(place: _Place, pitch: int) -> float:
    cost = INTERVALS.get(abs(place.pitch - pitch), 3.0)
    for tones in place.tones:
        if pitch % 12 not in tones:
            share = 1 / len(place.tones)
            cost += share * (FOREIGN if place.counts else FOREIGN_WEAK)
            cost += share * (CLASH if place.counts and (pitch - 1) % 12 in tones else 0.0)
    return cost


def _step(before: _Place | None, place: _Place, last: int, pitch: int) -> float:
    if before is None:
        return 0.0
    moves = place.pitch != before.pitch
    perfect = abs(before.pitch - last) % 12 in (0, 7) and abs(place.pitch - pitch) == abs(before.pitch - last)
    cost = LEAP * max(abs(pitch - last) - max(FREE_LEAP, abs(place.pitch - before.pitch)), 0)
    return cost + (FIFTHS if perfect and moves else 0.0) + (STAYS if moves and pitch == last else 0.0)
