"""Tension of tones and chords: how far they are from what they stand on, and the swell that leads into it.

*Melodic charge* and *Harmonic charge* of Friberg, Bresin & Sundberg (2006); tables in `performing.rules`.
"""

from __future__ import annotations

import bisect
import math

from senandung.domain.chords import Chord
from senandung.domain.scales import Key
from senandung.domain.song import Note, Song
from senandung.domain.time import Second, Tick
from senandung.performing.rules import HARMONIC_CHARGE, MELODIC_CHARGE

RISE: Second = 1.9
"""How long before a more charged chord the crescendo begins."""

MELODIC_DB = 0.2
HARMONIC_DB = 1.5


def harmonic_charge(chord: Chord, key: Key) -> float:
    """Harmonic charge of a chord in a key.

    >>> [harmonic_charge(Chord.parse(name), Key.parse("C")) for name in ("C", "G7", "D", "Bdim")]
    [0.0, 1.5, 4.0, 5.0]
    """
    tones = {(pitch - chord.root.pitch_class) % 12 for pitch in chord.pitch_classes}
    kind = "dim" if {3, 6} <= tones else "min" if 3 in tones else "maj"
    return HARMONIC_CHARGE[kind][(chord.root.pitch_class - key.tonic.pitch_class) % 12]


class Tension:
    """What a song's chords ask of loudness: charge of tones, and of harmony with a crescendo into charged chords.

    The harmony's mean over the song is taken away, so that a song is not louder for its chords.
    """

    def __init__(self, song: Song) -> None:
        self._seconds = song.tempo_map.ticks_to_seconds
        self._spans = song.chords
        self._ticks = [span.onset for span in song.chords]
        charges = [harmonic_charge(span.chord, song.key_at(span.onset)) for span in song.chords]
        self._levels = [HARMONIC_DB * math.sqrt(charge) for charge in charges]
        lengths = [span.duration for span in song.chords]
        total = sum(lengths)
        self._mean = sum(a * b for a, b in zip(self._levels, lengths, strict=True)) / total if total else 0.0

    def tone(self, note: Note) -> float:
        """Level in dB that the melodic charge of a note asks for at k = 1; 0 where no chord is written.

        >>> from senandung.domain.song import ChordSpan
        >>> tension = Tension(Song("A", (), chords=(ChordSpan(0, 480, Chord.parse("C")),)))
        >>> round(tension.tone(Note(0, 240, 61)), 2), round(tension.tone(Note(0, 240, 67)), 2)
        (1.3, 0.2)
        """
        number = bisect.bisect_right(self._ticks, note.onset) - 1
        if number < 0 or note.onset >= self._spans[number].end:
            return 0.0
        return MELODIC_DB * MELODIC_CHARGE[(note.pitch - self._spans[number].chord.root.pitch_class) % 12]

    def harmony(self, tick: Tick) -> float:
        """Level in dB that harmonic charge asks for at a tick at k = 1."""
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
