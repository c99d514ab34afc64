"""The gamelan in a campursari band: a saron line in quarters towards the next bar's tone, its doubling, the gong.

In campursari sarons and gongs play beside keyboard, guitar and bass in the twelve-tone system (Manthous brought the
keyboard into the gamelan; commonly stated). The line goes as a balungan does: by step through the scale towards the
tone of the next bar's beginning, its seleh; the figures are the project's own.
"""

from __future__ import annotations

from senandung.composing.arranging.chart import Bar, Chart
from senandung.composing.arranging.line import near_tone, scale_pitches
from senandung.composing.arranging.player import playing
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player

GONGAN = 4
"""Bars from one stroke of the gong to the next."""

DOUBLED = frozenset({"peking-doubles"})


def play_saron(chart: Chart, player: Player) -> list[Note]:
    """A tone a beat, by step towards the first tone of the next bar; the peking strikes each tone twice."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    times = 2 if player.pattern in DOUBLED else 1
    notes: list[Note] = []
    place = (low + high) // 2
    for bar in playing(chart, player):
        for beat, pitch in enumerate(balungan(chart, bar, place, low, high)):
            tick, length = bar.onset + beat * bar.metre.beat_ticks, bar.metre.beat_ticks // times
            accent = 0.2 if beat == 0 else -0.1
            for again in range(times):
                velocity = chart.velocity(bar, accent - 0.2 * again, 60)
                notes.append(Note(tick + again * length, length, pitch, velocity))
            place = pitch
    return notes


def balungan(chart: Chart, bar: Bar, place: int, low: int, high: int) -> list[int]:
    """A pitch a beat: from a chord tone near `place` by step towards the next bar's."""
    after = chart.bars[min(bar.number + 1, len(chart.bars) - 1)]
    goal = near_tone(chart, after.onset, place, low, high)
    pitch = near_tone(chart, bar.onset, place, low, high)
    found = [pitch]
    for beat in range(1, bar.metre.beats):
        tick = bar.onset + beat * bar.metre.beat_ticks
        scale = scale_pitches(chart, bar, tick, low, high)
        left = bar.metre.beats - beat
        at = min(range(len(scale)), key=lambda index: abs(scale[index] - found[-1]))
        to = min(range(len(scale)), key=lambda index: abs(scale[index] - goal))
        if abs(to - at) >= left:
            at += 1 if to > at else -1
        else:  # time is left: round the goal
            at += -1 if (beat % 2 == 1) == (at > 0) else 1
        found.append(scale[max(0, min(len(scale) - 1, at))])
    return found


def play_gong(chart: Chart, player: Player) -> list[Note]:
    """A tone of the chord, left to ring: the gong at every fourth bar of a section, the kempul half-way between two."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    offset = 0 if player.pattern == "gong" else GONGAN // 2
    notes: list[Note] = []
    for bar in playing(chart, player):
        if bar.place % GONGAN == offset:
            pitch = near_tone(chart, bar.onset, (low + high) // 2, low, high)
            rings = min(GONGAN // 2 * bar.ticks, chart.end - bar.onset)
            notes.append(Note(bar.onset, rings, pitch, chart.velocity(bar, 0.2, 62)))
    return notes
