"""Strings, pads and organs of a staged band: four voices that hold their common tones, and a line inside them.

The voices go to the next chord by the smallest steps. Where a chord lasts a bar or more, one inner voice moves on the
half bar: a suspension that resolves (4-3), or a step away. In the bar before a chorus the pad climbs an inversion.
"""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.arranging.chart import Bar, Chart, Harmony
from senandung.composing.arranging.line import scale_pitches, snap
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import lead, third_of, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

BREATH = 4
"""Common tones are tied over bar lines, at most so many bars; then all begin anew."""

LONGEST_TIE = 2


def play_moving_pad(chart: Chart, player: Player) -> list[Note]:
    """The part of a sustaining instrument with chords."""
    sound = INSTRUMENTS[player.instrument]
    low, high = max(sound.comfortable[0], 50), min(sound.comfortable[1], 77)
    notes: list[Note] = []
    before: tuple[int, ...] = ()
    place = chart.rng(f"{player.track} moves").randrange(2)
    bass: int | None = None
    for bar in playing(chart, player):
        count = min(sound.polyphony, 4 if bar.fullness >= 0.5 else 3)
        top = max(min(high, chart.ceiling(bar)), low + 15)
        for span in bar.harmony:
            under = span.chord.bass_pitch_class
            basses = None if bass is None else (bass, under)
            voices = lead(span.chord, before if len(before) == count else (), count, low, top, basses)
            bass = under
            rows = [(pitch, span.onset, span.end) for pitch in voices]
            if bar.place % 2 == place and span.end - span.onset >= bar.ticks and bar.fullness >= 0.4:
                rows = _moved(chart, bar, span, voices, before)
            drive = chart.staging.drives.get(bar.number) in ("roll", "toms", "shake", "fill")
            if drive and span.end == bar.end:
                rows = _climbing(bar, span, voices, top)
            velocity = chart.velocity(bar, -0.2, 58)
            fresh_bar = bar.place % BREATH == 0
            for pitch, onset, end in rows:
                index = None if fresh_bar else _tied(notes, pitch, onset, LONGEST_TIE * bar.ticks)
                if index is None:
                    notes.append(Note(onset, end - onset, pitch, velocity + (6 if onset > span.onset and drive else 0)))
                else:
                    old = notes[index]
                    notes[index] = Note(old.onset, end - old.onset, pitch, old.velocity)
            before = voices
    return notes


def _tied(notes: Sequence[Note], pitch: int, onset: Tick, longest: Tick) -> int | None:
    """The index of the note of the same pitch that ends where this one begins, unless it has lasted long enough."""
    for index in range(len(notes) - 1, max(-1, len(notes) - 12), -1):
        note = notes[index]
        if note.pitch == pitch and note.end == onset and note.duration < longest:
            return index
    return None


def _moved(
    chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int], before: Sequence[int]
) -> list[tuple[int, Tick, Tick]]:
    """The chord with one inner voice moving on the half bar."""
    half = span.onset + bar.metre.beat_ticks * max(1, bar.metre.beats // 2)
    rows = [(pitch, span.onset, span.end) for pitch in voices]
    inner = range(1, len(voices) - 1)
    third = third_of(span.chord)
    sung = {note.pitch % 12 for note in chart.melody_in(span.onset, half)}
    for index in inner:
        pitch = voices[index]
        fourth = scale_pitches(chart, bar, span.onset, pitch, pitch + 2)
        held = fourth[-1] if fourth and fourth[-1] > pitch else None
        free = held is not None and held not in voices and held % 12 not in {(p + 1) % 12 for p in sung}
        if pitch % 12 == third and held is not None and held in before and free:  # prepared: it was there
            rows[index : index + 1] = [(held, span.onset, half), (pitch, half, span.end)]
            return rows
    for index in reversed(inner):
        pitch = voices[index]
        scale = scale_pitches(chart, bar, half, pitch - 3, pitch + 3)
        at = snap(scale, pitch)
        for step in (1, -1):
            other = scale[at + step] if 0 <= at + step < len(scale) else pitch
            late = {note.pitch % 12 for note in chart.melody_in(half, span.end)}
            clash = any(abs(other - voice) < 2 for voice in voices if voice != pitch)
            rubs = any((other - tone) % 12 in (1, 11) for tone in (*late, *tones(span.chord)))
            if other != pitch and other not in voices and not clash and not rubs:
                rows[index : index + 1] = [(pitch, span.onset, half), (other, half, span.end)]
                return rows
    return rows


def _climbing(bar: Bar, span: Harmony, voices: Sequence[int], top: int) -> list[tuple[int, Tick, Tick]]:
    """The chord, and from the half bar on its next inversion upwards."""
    half = max(span.onset, bar.onset + bar.metre.beat_ticks * max(1, bar.metre.beats // 2))
    chord = tones(span.chord)
    above = [pitch for pitch in range(voices[-1] + 1, top + 1) if pitch % 12 in chord]
    if not above or half <= span.onset:
        return [(pitch, span.onset, span.end) for pitch in voices]
    rows = [(voices[0], span.onset, half), (above[0], half, span.end)]
    return [*rows, *((pitch, span.onset, span.end) for pitch in voices[1:])]
