"""Made-up songs for the tests of performing and rendering: a band of eight parts, as long as one likes."""

from __future__ import annotations

import random

from senandung.domain.chords import Chord
from senandung.domain.song import ChordSpan, FeelingPoint, Note, Provenance, Section, Song, Track, tidy_notes
from senandung.domain.tempo import TempoChange

PROGRESSION = ("C", "Am", "F", "G")
BAR = 1920


def band_song(bars: int = 60, *, bpm: float = 80, style: str = "pop-ballad", seed: int = 1) -> Song:
    """A song in 4/4 with lead, counter line, two chord parts, pad, bass and drums; 60 bars at 80 bpm last 3 minutes."""
    rng = random.Random(seed)
    chords = [Chord.parse(PROGRESSION[bar % 4]) for bar in range(bars)]
    quarter = max(bars // 4, 1)
    lead, counter, piano, guitar, pad, bass, drums = ([] for _ in range(7))
    pitch = 72
    for bar, chord in enumerate(chords):
        at = bar * BAR
        tones = sorted(p for p in range(36, 96) if p % 12 in chord.pitch_classes)
        root = next(p for p in tones if p % 12 == chord.bass_pitch_class)
        if not quarter // 2 <= bar < bars - 1 or bar % 4 == 3:
            lead += [Note(at, 960, rng.choice([p for p in tones if 67 <= p <= 79]), 88)]
        else:
            for step in range(0, BAR, 240):
                if rng.random() < 0.75:
                    pitch = min(max(pitch + rng.choice((-2, -1, 0, 1, 2)), 62), 81)
                    lead.append(Note(at + step, 240, pitch, 88))
        middle = [p for p in tones if 52 <= p <= 67][:4]
        for step in (0, 960):
            piano += [Note(at + step, 900, p, 70) for p in middle]
        if bar >= quarter:
            guitar += [Note(at + step, 220, p, 66) for step in range(0, BAR, 480) for p in middle[1:]]
            pad += [Note(at, BAR, p, 64) for p in tones if 60 <= p <= 72]
            for step in range(0, BAR, 240):
                drums.append(Note(at + step, 60, 42, 66))
            drums += [Note(at, 60, 36, 96), Note(at + 960, 60, 36, 90)]
            drums += [Note(at + 480, 60, 38, 92), Note(at + 1440, 60, 38, 94)]
        if bar >= 2 * quarter:
            counter += [Note(at, 940, next(p for p in tones if p >= 74), 72), Note(at + 960, 900, 79, 72)]
        bass += [Note(at, 700, root, 88), Note(at + 720, 240, root, 74), Note(at + 960, 900, root + 7, 82)]
    tracks = (
        Track("Melodi", "melody", "flute", tidy_notes(lead)),
        Track("Biola", "counter", "violin", tidy_notes(counter)),
        Track("Piano", "chords", "piano", tidy_notes(piano)),
        Track("Gitar", "chords", "guitar", tidy_notes(guitar)),
        Track("Gesek", "pad", "strings", tidy_notes(pad)),
        Track("Bas", "bass", "bass", tidy_notes(bass)),
        Track("Drum", "drums", "drums", tidy_notes(drums)),
    )
    names = ("intro", "verse", "chorus", "outro")
    bounds = [0, quarter, 2 * quarter, 3 * quarter, bars]
    sections = tuple(
        Section(kind.title(), kind, first * BAR, (last - first) * BAR, intensity)
        for kind, first, last, intensity in zip(names, bounds, bounds[1:], (0.3, 0.5, 0.9, 0.6), strict=False)
        if last > first
    )
    return Song(
        "Lagu percobaan",
        tuple(track for track in tracks if track.notes),
        tempos=(TempoChange.at_bpm(0, bpm),),
        chords=tuple(ChordSpan(bar * BAR, BAR, chord) for bar, chord in enumerate(chords)),
        sections=sections,
        feeling_curve=(FeelingPoint(0, -0.4, -0.4, 0.2), FeelingPoint(bars * BAR, -0.2, 0.2, 0.4)),
        provenance=Provenance(seed, "0", style),
    )
