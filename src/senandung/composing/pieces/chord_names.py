"""The roots of chords that were read from notes or planned, written as the notes under them are."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from senandung.domain.chords import Chord
from senandung.domain.pitch import NoteName
from senandung.domain.song import ChordSpan, Song


def respell_chords(song: Song, *, kept: Sequence[ChordSpan] = ()) -> Song:
    """The song with its chords, but for those to be kept, named as most of the notes that begin under them are.

    A root has one sharp or flat at most; where the notes do not tell, the name stays.

    >>> from senandung.domain.song import KeyChange, Note, Track
    >>> from senandung.domain.scales import Key
    >>> notes = [Note(480 * at, 480, pitch) for at, pitch in enumerate((69, 68, 71, 68, 69, 72, 69, 64))]
    >>> chords = (ChordSpan(480, 1440, Chord.parse("Ab")),)
    >>> song = Song("A", (Track("Flute", "melody", "flute", tuple(notes)),), keys=(KeyChange(0, Key.parse("Am")),))
    >>> respell_chords(replace(song, chords=chords)).chords[0].chord.letters()
    'G#'
    """
    stay = set(kept)
    if stay.issuperset(song.chords):
        return song
    heard = sorted(
        ((onset, pitch, name) for (_, onset, pitch), name in replace(song, chords=()).names.items()),
        key=lambda row: row[:2],
    )
    onsets = [onset for onset, _, _ in heard]

    def named(span: ChordSpan) -> ChordSpan:
        under = heard[bisect_left(onsets, span.onset) : bisect_left(onsets, span.end)]
        return _respelled(span, [name for _, _, name in under])

    return replace(song, chords=tuple(span if span in stay else named(span) for span in song.chords))


def _respelled(span: ChordSpan, names: list[NoteName]) -> ChordSpan:
    root = span.chord.root.pitch_class
    found = [span.chord]
    for fifths in range(-8, 13):
        name = NoteName.from_fifths(fifths)
        if name.pitch_class == root and abs(name.alter) <= 1 and span.chord.bass is None:
            found.append(Chord(name, span.chord.quality))
    best = max(found, key=lambda chord: sum(chord.name_of(name.pitch_class) == name for name in names))
    return replace(span, chord=best)
