"""Notes in seconds → a song: tempo, metre, key and notes in ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from senandung.audio.tonality import HeardKey, find_key
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.metre import Metre
from senandung.domain.parts import KeyChange, MetreChange, Note, Track, tidy_notes
from senandung.domain.performance import PlayedNote
from senandung.domain.provenance import Provenance
from senandung.domain.scales import key_of_pitch_class
from senandung.domain.song import Song
from senandung.domain.tempo import TempoChange
from senandung.sensing.transcribing.grid import Grid, place_notes

SINGLE = ("voice", "violin", "flute", "cello", "bass", "piano")
"""Who plays what one voice sang: the first in whose range it lies."""

LEGATO = 0.5
"""Beats of silence between two notes of one voice that are written as no silence: breath, consonants and touch."""

LICENCE = "Whoever holds the rights in the recording holds them in these notes; Senandung claims no right in them."


def key_of_notes(notes: Sequence[PlayedNote]) -> HeardKey:
    """The key of notes, by how long each pitch class sounds."""
    row = np.zeros((1, 12), dtype=np.float32)
    for note in notes:
        row[0, note.pitch % 12] += min(note.duration, 2.0) + 0.1
    return find_key(row)


def write_song(
    notes: Sequence[PlayedNote],
    grid: Grid,
    key: HeardKey,
    *,
    title: str,
    single: bool,
    models: tuple[str, ...] = (),
) -> Song:
    """The song of notes as they were played, with one tempo.

    Parameters
    ----------
    notes : at least one, in order.
    single : whether one voice sang or played them; else a keyboard takes them all.
    """
    placed = place_notes(notes, grid)
    written = [
        Note(first, last - first, note.pitch, note.velocity) for note, (first, last) in zip(notes, placed, strict=True)
    ]
    instrument = _player(written) if single else "piano"
    sound = INSTRUMENTS[instrument]
    inside = [replace(note, pitch=_into(note.pitch, sound.low, sound.high)) for note in written]
    tidied = tidy_notes(_joined(inside) if single else inside)
    metre = Metre(grid.bar, 4)
    mode = "minor" if key.minor else "major"
    return Song(
        title=title,
        tracks=(Track("Melody" if single else "Piano", "melody", instrument, tidied),),
        tempos=(TempoChange.at_bpm(0, min(max(grid.tempo, 30.0), 260.0)),),
        metres=(MetreChange(0, metre),),
        keys=(KeyChange(0, key_of_pitch_class(key.tonic, mode)),),
        provenance=Provenance(0, "", "", models, (), LICENCE),
    )


def _player(notes: Sequence[Note]) -> str:
    """The first of `SINGLE` that can play all notes, or all but a few strays."""
    for name in SINGLE:
        can = sum(INSTRUMENTS[name].plays(note.pitch) for note in notes)
        if can >= 0.97 * len(notes):
            return name
    return SINGLE[-1]


def _into(pitch: int, low: int, high: int) -> int:
    """The pitch, moved by octaves into a range."""
    while pitch < low:
        pitch += 12
    while pitch > high:
        pitch -= 12
    return pitch


def _joined(notes: Sequence[Note]) -> list[Note]:
    """The notes of one voice: none over another, and short silences between them closed."""
    ordered = sorted({note.onset: note for note in notes}.values())
    joined = []
    for note, following in zip(ordered, [*ordered[1:], None], strict=True):
        if following is None:
            joined.append(note)
            continue
        gap = following.onset - note.end
        close = gap < LEGATO * 480
        joined.append(replace(note, duration=following.onset - note.onset) if close else note)
    return joined
