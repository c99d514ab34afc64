"""The keroncong band: cuk and cak that interlock, the drum-like cello, the running guitar.

Roles and paces (engkel in the first verse, dobel from the second on) after the sources in `docs/styles.md`; the exact
steps are the project's own reading.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.line import near_tone, scale_pitches, snap
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import CAK, CUK, fifth_of, grip, near, tones
from senandung.domain.chords import Chord
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

# The plucked cello imitates a drum: (step, length, string L low, M middle, H high, accent).
CELLO: Mapping[str, tuple[tuple[int, int, str, float], ...]] = MappingProxyType(
    {
        "engkel": (
            (0, 3, "L", 0.3), (3, 1, "M", -0.3), (4, 2, "H", 0.1), (6, 2, "M", -0.2), (8, 3, "F", 0.2),
            (11, 1, "M", -0.3), (12, 2, "H", 0.1), (14, 1, "M", -0.1), (15, 1, "M", -0.3),
        ),
        "dobel": (
            (0, 2, "L", 0.35), (2, 1, "M", -0.1), (3, 1, "M", -0.3), (4, 2, "H", 0.15), (6, 1, "M", -0.1),
            (7, 1, "M", -0.3), (8, 2, "F", 0.25), (10, 1, "M", -0.1), (11, 1, "M", -0.3), (12, 1, "H", 0.15),
            (13, 1, "M", -0.3), (14, 1, "H", 0.0), (15, 1, "M", -0.25),
        ),
    }
)  # fmt: skip


def is_dobel(chart: Chart, bar: Bar) -> bool:
    """Whether the bar is played at the double pace: from the second sung section on, but not in the last bars."""
    if bar.section.kind == "outro":
        return bar.place < bar.section_bars // 2
    sung_before = sum(1 for section in chart.sketch.sections[: bar.section_index] if chart.is_led(section))
    return sung_before >= 1


def _chords(chart: Chart, player: Player) -> Iterator[tuple[Bar, range, Chord]]:
    """For each chord the bar, the sixteenths of the bar that it covers, and itself."""
    for bar in playing(chart, player):
        for span in bar.harmony:
            yield bar, range((span.onset - bar.onset) // STEP, -(-(span.end - bar.onset) // STEP)), span.chord


def play_cuk(chart: Chart, player: Player) -> list[Note]:
    """The cuk: three strings on the beats; at the double pace eighths, the single high string between."""
    notes: list[Note] = []
    for bar, steps, chord in _chords(chart, player):
        strings = [pitch for pitch in grip(chord, CUK, 0, 5) if pitch is not None]
        if not strings:
            continue
        dobel = is_dobel(chart, bar)
        for step in steps:
            tick = bar.onset + step * STEP
            on_beat = step % bar.beat_steps == 0
            velocity = chart.velocity(bar, 0.15 if step == 0 else 0.0, 58)
            if on_beat or step == steps[0]:
                length = min(2 if dobel else min(3, bar.beat_steps // 2 + 1), steps.stop - step)
                notes += [Note(tick, length * STEP, pitch, velocity) for pitch in sorted(set(strings))]
            elif dobel and step % 2 == 0:
                notes += [Note(tick, STEP, pitch, max(1, velocity - 12)) for pitch in sorted(set(strings))[-2:]]
    return notes


def play_cak(chart: Chart, player: Player) -> list[Note]:
    """The cak: in the gaps of the cuk, so that the two interlock (the "crong")."""
    notes: list[Note] = []
    for bar, steps, chord in _chords(chart, player):
        strings = sorted({pitch for pitch in grip(chord, CAK, 0, 5) if pitch is not None})
        if not strings:
            continue
        dobel = is_dobel(chart, bar)
        for step in steps:
            tick = bar.onset + step * STEP
            inside = step % bar.beat_steps
            velocity = chart.velocity(bar, 0.05, 56)
            if dobel and step % 2 == 1:
                # Single strings run through the odd sixteenths, the whole chord falls before each beat.
                whole = inside == bar.beat_steps - 1
                struck = strings if whole else [strings[(step // 2) % len(strings)]]
                notes += [Note(tick, STEP, pitch, velocity if whole else max(1, velocity - 10)) for pitch in struck]
            elif not dobel and inside != 0 and step % 2 == 0:
                length = min(2, steps.stop - step)
                notes += [Note(tick, length * STEP, pitch, velocity) for pitch in strings]
    return notes


def play_cello(chart: Chart, player: Player) -> list[Note]:
    """The plucked cello: low and high strings of the chord in the manner of a drum."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    notes: list[Note] = []
    for bar in playing(chart, player):
        table = CELLO["dobel" if is_dobel(chart, bar) else "engkel"]
        rows = [row for row in table if row[0] < bar.steps]
        if bar.steps != 16:
            rows = [
                (step, 1, "L" if step == 0 else "H" if step % bar.beat_steps == 0 else "M", 0.1)
                for step in range(0, bar.steps, 2)
            ]
        for step, length, string, accent in rows:
            tick = bar.onset + step * STEP
            chord = bar.chord_at(tick)
            root = near(chord.bass_pitch_class, 43, low, 49)
            fifth = near(fifth_of(chord), root, low, 50)
            middle = near(chord.root.pitch_class, 50, 45, 56)
            if middle == root:
                middle = near(fifth_of(chord), 52, 45, 57)
            upper = near_tone(chart, tick, 60, 56, high)
            changed = any(span.onset == tick for span in bar.harmony)
            pitch = {"L": root, "F": root if changed else fifth, "M": middle, "H": upper}[string]
            notes.append(Note(tick, length * STEP, pitch, chart.velocity(bar, accent, 62)))
    return notes


def play_running_guitar(chart: Chart, player: Player) -> list[Note]:
    """The guitar: a line that never rests: a bass tone on one, then broken chords and scale runs in turn.

    Tones on beats belong to the chord; runs arrive on the next beat's chord tone by step.
    """
    low, high = INSTRUMENTS[player.instrument].comfortable
    low, high = max(low, 43), min(high, 69)
    rng = chart.rng(player.track)
    notes: list[Note] = []
    place = 57
    for bar in playing(chart, player):
        every = 1 if is_dobel(chart, bar) and bar.place % 4 == 3 else 2
        count = bar.beat_steps // every if bar.beat_steps % every == 0 else 1
        for beat in range(bar.metre.beats):
            tick = bar.onset + beat * bar.metre.beat_ticks
            later = min(tick + bar.metre.beat_ticks, chart.end - 1)
            if beat == 0:
                bass = near(bar.chord_at(tick).bass_pitch_class, 47, low, 54)
                line = [bass, *_climb(chart, tick, place, count - 1, rng, low + 7, high)]
            elif rng.random() < 0.5:
                line = _climb(chart, tick, place, count, rng, low + 5, high)
            else:
                target = near_tone(chart, later, place + rng.choice((-7, -5, 5, 7)), low + 5, high)
                start = near_tone(chart, tick, place, low, high)
                if start == place:
                    start = near_tone(chart, tick, place + rng.choice((-3, 3)), low, high)
                line = _run(chart, bar, tick, start, target, count)
            for index, pitch in enumerate(line[:count]):
                accent = 0.2 if index == 0 and beat == 0 else 0.05 if index == 0 else -0.15
                onset = tick + index * every * STEP
                notes.append(Note(onset, every * STEP, pitch, chart.velocity(bar, accent, 58)))
            place = max(52, min(64, line[-1])) if beat == bar.metre.beats - 1 else line[-1]
    return notes


def _climb(chart: Chart, tick: Tick, place: int, count: int, rng: random.Random, low: int, high: int) -> list[int]:
    """`count` chord tones one after another, up or down from `place`."""
    chord = tones(chart.bar_at(tick).chord_at(tick))
    ladder = [pitch for pitch in range(low, high + 1) if pitch % 12 in chord]
    at = snap(ladder, place)
    direction = -1 if at + count >= len(ladder) else 1 if at - count < 0 else rng.choice((-1, 1))
    if ladder[at] == place:  # the tone has just sounded
        at += direction
    return [ladder[max(0, min(len(ladder) - 1, at + direction * index))] for index in range(count)]


def _run(chart: Chart, bar: Bar, tick: Tick, start: int, target: int, count: int) -> list[int]:
    """`count` steps of the scale from `start` that lead to `target`, the next beat's tone."""
    scale = scale_pitches(chart, bar, tick, 40, 76)
    last = snap(scale, target)
    side = 1 if target > start else -1
    line = [start]
    for index in range(1, count):
        pitch = scale[max(0, min(len(scale) - 1, last - side * (count - index)))]
        line.append(pitch if pitch != line[-1] else scale[max(0, min(len(scale) - 1, snap(scale, pitch) - side))])
    return line
