"""Made-up songs with words for the tests of singing."""

from __future__ import annotations

from dataclasses import replace

from senandung.domain.performance import Performance
from senandung.domain.song import FeelingPoint, Note, Provenance, Section, Song, Track
from senandung.domain.tempo import TempoChange
from senandung.domain.words import Line, Words
from senandung.language.syllables import syllabify_line
from senandung.performing.perform import perform

LINES = ("aku rindu kamu", "malam ini hujan turun lagi", "pulanglah sayang")
TUNE = (60, 62, 64, 65, 67, 65, 64, 62)


def sung_song(
    lines: tuple[str, ...] = LINES,
    *,
    bpm: float = 84,
    style: str = "pop-ballad",
    step: int = 480,
    rest: int = 480,
    last: int = 960,
    language: str = "id",
    pitch: int = 0,
) -> Song:
    """A song of one voice: a note of `step` ticks a syllable, the last of a line `last` long, then a rest."""
    words = Words(language, tuple(Line(line, syllabify_line(line, language)) for line in lines))
    notes, at, number = [], 960, 0
    for line in words.lines:
        for place in range(len(line.syllables)):
            ends = place + 1 == len(line.syllables)
            length = last if ends else step
            notes.append(Note(at, length, TUNE[number % len(TUNE)] + pitch, 80, number))
            at += length + (rest if ends else 0)
            number += 1
    end = (at // 1920 + 1) * 1920
    return Song(
        "Rindu",
        (Track("Vokal", "vocal", "voice", tuple(notes)),),
        tempos=(TempoChange.at_bpm(0, bpm),),
        sections=(Section("Bait", "verse", 0, end, 0.5),),
        feeling_curve=(FeelingPoint(0, -0.4, -0.3, 0.2), FeelingPoint(end, -0.2, 0.3, 0.5)),
        words=words,
        provenance=Provenance(1, "0", style),
    )


def with_melisma(song: Song, number: int) -> Song:
    """The song with the note of a syllable divided into three that rise and fall."""
    (track,) = song.tracks
    notes = []
    for note in track.notes:
        if note.syllable != number:
            notes.append(note)
            continue
        third = note.duration // 3
        for place, up in enumerate((0, 2, -1)):
            notes.append(replace(note, onset=note.onset + place * third, duration=third, pitch=note.pitch + up))
    return replace(song, tracks=(replace(track, notes=tuple(notes)),))


def performed(song: Song, seed: int = 1) -> Performance:
    """The song's performance."""
    return perform(song, seed=seed)
