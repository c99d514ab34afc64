"""Five tones: in langgam Jawa all melodic players keep to the song's scale, whatever the chord.

The chords follow the melody there, and not the melody the chords ("Teknik permainan cak dalam langgam Jawa", ISI
Yogyakarta); the guitar plays in pelog or slendro (Kusumah 2021).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.voicing import near, tones
from senandung.domain.song import Note


def five_toned(chart: Chart) -> bool:
    """Whether the song has a scale of five tones and a band that plays in it."""
    return len(chart.key.pitch_classes) == 5 and any(p.pattern == "cak-siter" for p in chart.style.ensemble)


def to_five(chart: Chart, notes: Sequence[Note], *, chordal: bool = False) -> list[Note]:
    """The notes with every foreign tone moved to the nearest tone of the scale, not the one that has just sounded.

    Notes stay as they are where the song has more than five tones.

    Parameters
    ----------
    chordal : foreign tones become the nearest tone of the chord that is in the scale: for low strings.
    """
    if not five_toned(chart):
        return list(notes)
    scale = chart.key.pitch_classes
    kept: list[Note] = []
    for note in notes:
        chord = tones(chart.bar_at(note.onset).chord_at(note.onset)) if chordal else ()
        own = [tone for tone in chord if tone in scale]
        before = kept[-1].pitch if kept else None
        pitch = (
            _in_chord(note.pitch, own) if own and note.pitch % 12 not in scale else _nearest(note.pitch, before, scale)
        )
        kept.append(replace(note, pitch=pitch))
    return kept


def _nearest(pitch: int, before: int | None, scale: Collection[int]) -> int:
    if pitch % 12 in scale:
        return pitch
    ways = sorted((-2, -1, 1, 2), key=lambda step: (pitch + step == before, abs(step), step))
    return next((pitch + step for step in ways if (pitch + step) % 12 in scale), pitch)


def _in_chord(pitch: int, chord: Sequence[int]) -> int:
    return min((near(tone, pitch, 24, 96) for tone in chord), key=lambda found: (abs(found - pitch), found))
