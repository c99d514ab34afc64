"""Harmony of four-part hymns: the chord of each half bar, from the notes that sound in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from senandung.composing.harmony.roman import numeral_of
from senandung.domain.chords import QUALITIES, Chord
from senandung.domain.metre import Metre
from senandung.domain.pitch import NoteName
from senandung.learning.extract_chords import Bar, SectionBars, SongBars
from senandung.learning.sung_lines import read_abc, read_voices

HYMN_QUALITIES: Mapping[str, float] = {"maj": 0.0, "min": 0.0, "dim": 0.12, "7": 0.1, "min7": 0.14, "hdim7": 0.16}
"""Chord qualities that are looked for, and the share of sounding time that a rarer one must explain in addition."""

LEAST_FIT = 0.6
"""Below this share of explained time (less what is foreign) a half bar keeps the chord before."""


def read_hymns(folder: Path) -> list[SongBars]:
    """Every hymn whose four voices end together, as one verse of numerals."""
    songs = []
    for path in sorted(folder.glob("Complete/*/*.abc")):
        parts, voices = read_abc(path), read_voices(path)
        if not parts or not voices:
            continue
        part = parts[0]
        metre = Metre.parse(part.metre)
        shift = part.notes[0].bar * part.bar_ticks + part.notes[0].position - voices[0][0][0]
        halves = 2 if metre.beats % 2 == 0 else 1
        span = part.bar_ticks // halves
        end = max(onset + ticks for onset, ticks, _ in voices[0]) + shift
        chords: list[Chord] = []
        first = -(-shift // part.bar_ticks) * halves
        for place in range(first, end // span):
            weights = _sounding(voices, place * span - shift, (place + 1) * span - shift)
            found = name_chord(*weights)
            chords.append(found or (chords[-1] if chords else Chord(part.key.tonic, "maj")))
        bars: list[Bar] = []
        for at in range(0, len(chords) - halves + 1, halves):
            numerals = [numeral_of(chord, part.key.tonic, part.key.is_minor) for chord in chords[at : at + halves]]
            bars.append(tuple(dict.fromkeys(numerals)))
        if len(bars) >= 6:
            songs.append(SongBars(part.name, part.metre, part.key.is_minor, (SectionBars("verse", tuple(bars)),)))
    return songs


def _sounding(
    voices: tuple[tuple[tuple[int, int, int], ...], ...], start: int, end: int
) -> tuple[dict[int, float], int | None]:
    """Sounding time of each pitch class between two ticks, and the pitch class of the lowest voice at the start."""
    weights: dict[int, float] = {}
    for voice in voices:
        for onset, ticks, pitch in voice:
            overlap = min(onset + ticks, end) - max(onset, start)
            if overlap > 0:
                weights[pitch % 12] = weights.get(pitch % 12, 0.0) + overlap
    bass = next((pitch % 12 for onset, ticks, pitch in voices[-1] if onset <= start < onset + ticks), None)
    return weights, bass


def name_chord(weights: Mapping[int, float], bass: int | None) -> Chord | None:
    """The chord that explains most of the sounding time, None where none explains enough.

    >>> str(name_chord({7: 1.0, 11: 1.0, 2: 1.0, 5: 0.5}, 7).letters())
    'G7'
    """
    total = sum(weights.values())
    if not total:
        return None
    best: tuple[float, Chord] | None = None
    for root in range(12):
        name = next(NoteName.from_fifths(f) for f in range(-5, 7) if NoteName.from_fifths(f).pitch_class == root)
        for quality, dear in HYMN_QUALITIES.items():
            tones = {(root + step) % 12 for step in QUALITIES[quality].semitones}
            inside = sum(weight for pitch, weight in weights.items() if pitch in tones) / total
            fit = 2 * inside - 1 - dear + 0.12 * (bass == root) + 0.08 * (root in weights)
            if best is None or fit > best[0] + 1e-9:
                best = (fit, Chord(name, quality))
    return best[1] if best is not None and best[0] >= LEAST_FIT else None
