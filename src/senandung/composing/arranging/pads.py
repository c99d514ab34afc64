"""Sustained chords: strings, pad, organ, choir. Common tones are tied, the others move by the smallest step."""

from __future__ import annotations

from senandung.composing.arranging.chart import Chart
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import lead
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_pad(chart: Chart, player: Player) -> list[Note]:
    """Voice-led chords for a sustaining instrument; a fourth voice on top joins in full sections."""
    sound = INSTRUMENTS[player.instrument]
    low, high = max(sound.comfortable[0], 50), min(sound.comfortable[1], 77)
    notes: list[Note] = []
    before: tuple[int, ...] = ()
    held: dict[int, Note] = {}
    for bar in playing(chart, player):
        count = min(sound.polyphony, 4 if bar.fullness >= 0.55 else 3)
        for span in bar.harmony:
            top = max(min(high, chart.ceiling(bar)), low + 15)
            voices = lead(span.chord, before if len(before) == count else (), count, low, top)
            velocity = chart.velocity(bar, -0.2, 58)
            fresh: dict[int, Note] = {}
            for pitch in voices:
                tied = held.get(pitch)
                # A common tone is tied over one bar line inside the section, so that the chord breathes every two bars.
                if tied is not None and tied.end == span.onset and bar.place % 2 == 1:
                    note = Note(tied.onset, span.end - tied.onset, pitch, tied.velocity)
                    notes.remove(tied)
                else:
                    note = Note(span.onset, span.end - span.onset, pitch, velocity)
                notes.append(note)
                fresh[pitch] = note
            held = fresh
            before = voices
    return notes
