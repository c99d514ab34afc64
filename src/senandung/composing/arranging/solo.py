"""One instrument alone that plays chords: the left hand flows, the right sings or answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.comping import broken
from senandung.composing.arranging.line import figure_line, theme_line
from senandung.composing.arranging.voicing import fifth_of, lead, near, third_of
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick


def play_solo(chart: Chart, player: Player) -> list[Note]:
    """The part of a solo piano, guitar or harp.

    With the role "melody" its right hand carries the melody; else it accompanies a voice, leads in the played sections
    and answers in the voice's rests.
    """
    sound = INSTRUMENTS[player.instrument]
    low = max(sound.comfortable[0], 36)
    split = max(low + 17, 57) if sound.comfortable[1] >= 81 else low + 15
    high = min(sound.comfortable[1], split + 26)
    line = _line(chart, player, split + 1, high)
    sung = player.role != "melody"
    notes: list[Note] = []
    before: tuple[int, ...] = ()
    for bar in chart.bars:
        for span in bar.harmony:
            notes += _left(chart, bar, span, low, split)
            over = [note for note in line if note.onset < span.end and note.end > span.onset]
            if sung and not over:
                before = lead(span.chord, before, 3, split, min(high, split + 15))
                if bar.occurrence and bar.fullness < 0.66:
                    notes += broken(chart, bar, span, before[::-1], 2, 50)
                else:
                    notes += _answering_chords(chart, bar, span, before)
            elif bar.fullness >= 0.5:
                notes += _under(chart, bar, span, over, split)
    return notes + line


def _line(chart: Chart, player: Player, low: int, high: int) -> list[Note]:
    notes: list[Note] = []
    if player.role == "melody" and chart.sketch.melody:
        pitches = [note.pitch for note in chart.sketch.melody]
        centre = sum(pitches) / len(pitches)
        octave = 12 * round(((low + high) / 2 - centre) / 12)
        for note in chart.sketch.melody:
            pitch = note.pitch + octave
            while pitch < low:
                pitch += 12
            while pitch > high:
                pitch -= 12
            notes.append(replace(note, pitch=pitch, syllable=None))
    rng = chart.rng(player.track)
    for section in chart.sketch.sections:
        if not chart.is_led(section):
            notes += theme_line(chart, section, low, high, rng)
    if player.role != "melody":
        beat = chart.sketch.plan.metre.beat_ticks
        for start, end in chart.rests:
            onset = -(-(start + beat // 2) // STEP) * STEP
            until = end // STEP * STEP
            if until - onset >= 4 * STEP:
                notes += figure_line(chart, onset, until, low, high, (low + high) // 2, rng, chart.style.licks, -0.2)
    return sorted(notes)


def _left(chart: Chart, bar: Bar, span: Harmony, low: int, split: int) -> list[Note]:
    """Root, fifth and tenth in a wave of eighths (sixteenths where it is full), the root held below."""
    chord = span.chord
    root = near(chord.bass_pitch_class, low + 7, low, max(low + 11, split - 8))
    fifth = near(fifth_of(chord), root + 7, root + 3, max(split, root + 9))
    octave = root + 12 if root + 12 <= split + 2 else root
    third = third_of(chord)
    tenth = near(third if third is not None else chord.root.pitch_class, root + 15, fifth, max(split + 3, fifth + 11))
    if bar.fullness < 0.35:
        order: Sequence[int] = (root, fifth, octave, fifth)
        every = 4 if not bar.metre.is_compound else 2
    elif bar.fullness < 0.7:
        order, every = (root, fifth, octave, tenth, octave, fifth), 2
    else:
        order, every = (root, fifth, octave, tenth, octave, fifth), 2 if bar.place % 2 == 0 else 1
    if chart.sketch.plan.bpm > 92:
        every = max(2, every)
    notes: list[Note] = []
    for count, tick in enumerate(range(span.onset, span.end, every * STEP)):
        pitch = order[count % len(order)]
        ring = bar.metre.beat_ticks * 2 if count == 0 else bar.metre.beat_ticks
        accent = 0.15 if count == 0 else -0.2
        notes.append(Note(tick, min(max(ring, every * STEP), span.end - tick), pitch, chart.velocity(bar, accent, 54)))
    if bar.fullness >= 0.65 and root - 12 >= low:
        notes.append(Note(span.onset, span.end - span.onset, root - 12, chart.velocity(bar, 0.1, 54)))
    return notes


def _answering_chords(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int]) -> list[Note]:
    """Soft chords after the beat under the voice; on the beat as well where it is full."""
    beat = bar.metre.beat_ticks
    first = span.onset if bar.fullness >= 0.55 else span.onset + beat
    notes: list[Note] = []
    for tick in range(first, span.end, beat if bar.fullness >= 0.55 else 2 * beat):
        struck = voices if bar.fullness >= 0.4 else voices[-2:]
        accent = 0.0 if (tick - bar.onset) % (2 * beat) == 0 else -0.2
        length = min(beat if bar.fullness >= 0.55 else 2 * beat, span.end - tick)
        notes += [Note(tick, length, pitch, chart.velocity(bar, accent, 52)) for pitch in struck]
    return notes


def _under(chart: Chart, bar: Bar, span: Harmony, over: Sequence[Note], split: int) -> list[Note]:
    """One or two chord tones under the melody where it begins with a chord."""
    start: Tick = span.onset
    top = min((note.pitch for note in over), default=split + 14)
    if top - split < 5:
        return []
    voices = lead(span.chord, (), 2, split - 1, min(top - 2, split + 12))
    return [Note(start, span.end - start, pitch, chart.velocity(bar, -0.3, 52)) for pitch in voices if pitch < top]
