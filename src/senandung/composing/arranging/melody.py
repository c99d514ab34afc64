"""The leading line: sung, or played by an instrument where nobody sings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Chart
from senandung.composing.arranging.hook import hook_line
from senandung.composing.arranging.line import figure_line, theme_line
from senandung.composing.plan import Sketch
from senandung.domain.instruments import INSTRUMENTS, Instrument
from senandung.domain.song import Note, Track, tidy_notes
from senandung.domain.style import Player, Style

VOCAL_NAMES = {"id": "Vokal", "en": "Voice"}
"""The vocal track's name by language."""


def vocal_track(sketch: Sketch, style: Style) -> Track:
    """The vocal track: the sketch's melody with its syllables, on the style's lead until a voice sings it."""
    notes = fit_octave(sketch.melody, INSTRUMENTS[style.lead])
    return Track(VOCAL_NAMES[sketch.words.language], "vocal", style.lead, tidy_notes(notes))


def fit_octave(notes: Sequence[Note], sound: Instrument) -> list[Note]:
    """The notes moved by whole octaves, all alike, so that most lie in the comfortable range and all can be played."""
    if not notes:
        return []
    low, high = sound.comfortable
    pitches = [note.pitch for note in notes]

    def badness(octaves: int) -> tuple[int, int, int]:
        moved = [pitch + 12 * octaves for pitch in pitches]
        impossible = sum(not sound.plays(pitch) for pitch in moved)
        return impossible, sum(not low <= pitch <= high for pitch in moved), abs(octaves)

    octaves = min(range(-5, 6), key=badness)
    fitted = []
    for note in notes:
        pitch = note.pitch + 12 * octaves
        while pitch < sound.low:
            pitch += 12
        while pitch > sound.high:
            pitch -= 12
        fitted.append(replace(note, pitch=pitch))
    return fitted


def play_melody(chart: Chart, player: Player) -> list[Note]:
    """The melody on an instrument, with a line of its own where the sketch has none."""
    sound = INSTRUMENTS[player.instrument]
    notes = [replace(note, syllable=None) for note in fit_octave(chart.sketch.melody, sound)]
    low, high = sound.comfortable
    centre = round(sum(note.pitch for note in notes) / len(notes)) if notes else (low + high) // 2
    low, high = max(low, centre - 9), min(high, centre + 10)
    for section in chart.sketch.sections:
        if not chart.is_led(section):
            theme = hook_line(chart, section, low, high) if chart.style.staged else []
            notes += theme or theme_line(chart, section, low, high, chart.rng(f"{player.track} {section.name}"))
    if not any(other.track != player.track and not _is_drum(other) for other in chart.style.ensemble):
        notes += _echoes(chart, player, low, high)  # alone, it answers itself
    return sorted(notes)


def _is_drum(player: Player) -> bool:
    return INSTRUMENTS[player.instrument].drum


def _echoes(chart: Chart, player: Player, low: int, high: int) -> list[Note]:
    """Soft figures in the melody's own rests."""
    rng = chart.rng(player.track)
    beat = chart.sketch.plan.metre.beat_ticks
    notes: list[Note] = []
    for start, end in chart.rests:
        onset = -(-(start + beat // 2) // STEP) * STEP
        until = (end - beat // 2) // STEP * STEP
        if until - onset >= 3 * STEP:
            notes += figure_line(chart, onset, until, low, high, (low + high) // 2, rng, chart.style.licks, -0.4)
    return notes
