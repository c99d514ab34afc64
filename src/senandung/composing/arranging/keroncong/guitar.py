"""The guitar: running figures (*banyu mili*, flowing water), its turn in the voorspel, a chord to sing from.

The guitar plucks broken chords with tones between them (Kusumah 2021, Journal of Music Science, Technology, and
Industry 4(2)), tone after tone as in *kothek* (Nugroho 2015); in langgam Jawa it keeps to the five tones (Kusumah). In
a voorspel it answers the violin (Tukiyo in Nugroho 2015). Stambul opens with a broken chord that gives the singer the
tone ("Keroncong Stambul", 123dok 2.3.4.3). The figures are ours.
"""

from __future__ import annotations

import random

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.keroncong.five import to_five
from senandung.composing.arranging.keroncong.pace import banded, pace, turns_next
from senandung.composing.arranging.keroncong.passages import ANSWERS, passage, voorspel_parts
from senandung.composing.arranging.line import near_tone, scale_pitches, snap
from senandung.composing.arranging.voicing import near, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player
from senandung.domain.time import Tick

BROKEN = 4
"""Tones of the singer's chord before the one that is held."""


def play_guitar(chart: Chart, player: Player) -> list[Note]:
    """The running guitar: a bass tone on one, then broken chords and scale runs in turn, twice as dense at the dobel.

    Tones on beats belong to the chord; runs arrive on the next beat's chord tone by step.
    """
    low, high = INSTRUMENTS[player.instrument].comfortable
    low, high = max(low, 43), min(high, 69)
    rng = chart.rng(player.track)
    notes = _opening(chart, rng, low, high)
    place = 57
    for bar, irama in banded(chart, player):
        for beat in range(bar.metre.beats):
            tick = bar.onset + beat * bar.metre.beat_ticks
            later = min(tick + bar.metre.beat_ticks, chart.end - 1)
            every = _every(irama, beat, turns_next(chart, bar), bar.beat_steps)
            count = bar.beat_steps // every if bar.beat_steps % every == 0 else 1
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
    return to_five(chart, notes)


def _every(irama: str, beat: int, turns: bool, beat_steps: int) -> int:
    """Sixteenths from tone to tone: two, at the double pace one but for the first beat; one before a turn."""
    if beat_steps % 2:
        return 1
    if irama == "dobel":
        return 2 if beat == 0 and not turns else 1
    return 1 if turns and beat >= 2 else 2


def _opening(chart: Chart, rng: random.Random, low: int, high: int) -> list[Note]:
    """What the guitar plays before the band: its part of a voorspel, or the singer's chord."""
    notes: list[Note] = []
    parts = voorspel_parts(chart)
    if parts:
        start, end = parts[1]
        notes += passage(chart, start, end, rng.choice(ANSWERS), low + 7, low, high)
    if pace(chart, chart.bars[0]) in ("alone", "bawa"):
        notes += _broken(chart, chart.bars[0], low)
    return notes


def _broken(chart: Chart, bar: Bar, low: int) -> list[Note]:
    """The singer's chord: broken upwards in eighths, the last tone held to the end of the bar."""
    chord = bar.chord_at(bar.onset)
    root = near(chord.bass_pitch_class, low + 2, low, low + 11)
    rising = [pitch for pitch in range(root, root + 20) if pitch % 12 in tones(chord)][: BROKEN + 1]
    onsets = [bar.onset + index * 2 * STEP for index in range(len(rising)) if index * 2 < bar.steps]
    ends = [*onsets[1:], bar.end]
    return [
        Note(onset, end - onset, pitch, chart.velocity(bar, 0.0, 56))
        for onset, end, pitch in zip(onsets, ends, rising, strict=False)
    ]


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
