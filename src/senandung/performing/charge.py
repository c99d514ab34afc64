"""Tension of tones and chords: how far they are from what they stand on, and the swell that leads into it.

*Melodic charge* and *Harmonic charge* of Friberg, Bresin & Sundberg (2006); tables in `performing.rules`.
"""

from __future__ import annotations

import bisect
import math

from senandung.domain.song import Note, Song
from senandung.domain.time import Second, Tick
from senandung.performing.rules import HARMONIC_CHARGE, MELODIC_CHARGE

RISE: Second = 1.9
"""How long before a more charged chord the crescendo begins."""

MELODIC_DB = 0.2
HARMONIC_DB = 1.5


def melodic_charge(song: Song, note: Note) -> float:
    """Melodic charge of a note above the chord that sounds, 0..6.5; 0 where none is written.

    >>> from senandung.domain.song import ChordSpan
    >>> from senandung.domain.chords import Chord
    >>> song = Song("A", (), chords=(ChordSpan(0, 480, Chord.parse("C")),))
    >>> melodic_charge(song, Note(0, 240, 61)), melodic_charge(song, Note(0, 240, 67))
    (6.5, 1.0)
    """
    chord = song.chord_at(note.onset)
    return 0.0 if chord is None else MELODIC_CHARGE[(note.pitch - chord.root.pitch_class) % 12]


def harmonic_charge(song: Song, tick: Tick) -> float:
    """Harmonic charge of the chord at a tick in its key; 0 where none is written."""
    chord = song.chord_at(tick)
    if chord is None:
        return 0.0
    tones = {(pitch - chord.root.pitch_class) % 12 for pitch in chord.pitch_classes}
    kind = "dim" if {3, 6} <= tones else "min" if 3 in tones else "maj"
    return HARMONIC_CHARGE[kind][(chord.root.pitch_class - song.key_at(tick).tonic.pitch_class) % 12]


class Swell:
    """The level in dB that harmonic charge asks for at each tick, with a crescendo into charged chords (k = 1).

    Its mean over the song's chords is taken away, so that a song is not louder for its harmony.
    """

    def __init__(self, song: Song) -> None:
        self._seconds = song.tempo_map.ticks_to_seconds
        self._ticks = [span.onset for span in song.chords]
        self._levels = [HARMONIC_DB * math.sqrt(harmonic_charge(song, tick)) for tick in self._ticks]
        lengths = [span.duration for span in song.chords]
        total = sum(lengths)
        self._mean = sum(a * b for a, b in zip(self._levels, lengths, strict=True)) / total if total else 0.0

    def at(self, tick: Tick) -> float:
        """The level at a tick."""
        number = bisect.bisect_right(self._ticks, tick) - 1
        if number < 0:
            return 0.0
        here = self._levels[number]
        if number + 1 == len(self._ticks):
            return here - self._mean
        there, at = self._levels[number + 1], self._seconds(tick)
        begin, end = self._seconds(self._ticks[number]), self._seconds(self._ticks[number + 1])
        begin = max(begin, end - RISE) if there > here else begin
        share = min(max((at - begin) / max(end - begin, 1e-6), 0.0), 1.0)
        return here + (there - here) * share - self._mean
