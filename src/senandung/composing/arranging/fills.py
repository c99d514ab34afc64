"""Counter-lines: answers between the sung lines, long tones under them, and the lead where nobody sings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Bar, Chart
from senandung.composing.arranging.line import figure_line, near_tone, theme_line
from senandung.composing.arranging.ornaments import ornamented
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import near, third_of, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note, Section
from senandung.domain.style import Player
from senandung.domain.time import Tick

ORNAMENTED = ("keroncong-flute", "keroncong-violin", "suling-fills")
"""Figures whose longer tones are ornamented, and whose intro is a free voorspel."""


def leaders(players: Sequence[Player]) -> tuple[Player, ...]:
    """The players who can lead where nobody sings: those of the melody and the counter-lines."""
    return tuple(player for player in players if player.role in ("melody", "counter"))


def register(player: Player) -> tuple[int, int]:
    """Where the player's singing lines lie: an octave and a half that sounds well."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    middle = {"flute": 77, "suling": 77, "violin": 74, "trumpet": 69, "electric-guitar": 66}.get(
        player.instrument, min(72, (low + high) // 2 + 4)
    )
    return max(low, middle - 10), min(high, middle + 10)


def play_counter(chart: Chart, player: Player) -> list[Note]:
    """The part of a player with a counter-line.

    Players of counter-lines take turns: each half of a played section and each rest of the voice has one leader, and
    the others accompany with long tones or rest. In the Indonesian idioms their longer tones are ornamented.
    """
    players = leaders(chart.style.ensemble)
    index = next((i for i, other in enumerate(players) if other.track == player.track), 0)
    rng = chart.rng(player.track)
    low, high = register(player)
    notes: list[Note] = []
    if any(other.role == "melody" and other.track != player.track for other in players):
        turns: list[tuple[Tick, Tick, Section]] = []
        players = tuple(other for other in players if other.role != "melody")
        index = next((i for i, other in enumerate(players) if other.track == player.track), 0)
    else:
        turns = list(_turns(chart, len(players)))
    for count, (start, end, section) in enumerate(turns):
        if count % max(1, len(players)) != index:
            continue
        if section.kind == "intro" and player.pattern in ORNAMENTED and section.duration > chart.bars[0].ticks:
            # The voorspel: free runs, not yet the theme.
            licks = [name for name in chart.style.licks if name != "arch"]
            notes += figure_line(chart, start, end, low, high, (low + high) // 2, rng, licks, 0.1)
        else:
            theme = theme_line(chart, section, low, high, chart.rng(f"theme {section.name}"))
            notes += [
                replace(note, duration=min(note.end, end) - note.onset) for note in theme if start <= note.onset < end
            ]
    around = (low + high) // 2
    beat = chart.sketch.plan.metre.beat_ticks
    for count, (start, end) in enumerate(chart.rests):
        if count % max(1, len(players)) != index:
            continue
        onset = -(-(start + beat // 2) // STEP) * STEP if start % chart.bars[0].ticks else start
        until = min(end, onset + 2 * chart.bars[0].ticks) // STEP * STEP
        if until - onset >= 3 * STEP:
            notes += figure_line(chart, onset, until, low, high, around, rng, chart.style.licks, -0.1)
    notes += _long_tones(chart, player, notes, low, high)
    if player.pattern in ORNAMENTED:
        notes = ornamented(chart, sorted(notes), rng, 0.45)
    return notes


def _turns(chart: Chart, count: int) -> Iterator[tuple[Tick, Tick, Section]]:
    """Spans of the played sections, each with one leader: halves where two or more can take turns."""
    bar = chart.bars[0].ticks
    for section in chart.sketch.sections:
        if chart.is_led(section):
            continue
        bars = section.duration // bar
        if count < 2 or bars < 4:
            yield section.onset, section.end, section
        else:
            middle = section.onset + bars // 2 * bar
            yield section.onset, middle, section
            yield middle, section.end, section


def _long_tones(chart: Chart, player: Player, taken: Sequence[Note], low: int, high: int) -> list[Note]:
    """Guide tones (thirds and sevenths) held where the player would rest, in sections full enough."""
    busy = [(note.onset, note.end) for note in taken]
    notes: list[Note] = []
    place = (low + high) // 2 - 3
    for bar in playing(chart, player):
        thin = not any(other.role in ("chords", "pad") for other in chart.style.ensemble)
        least = 0.0 if thin or (player.pattern == "keroncong-violin" and bar.occurrence) else 0.5
        if bar.fullness < max(least, player.enters):
            continue
        for span in bar.harmony:
            if any(start < span.end and span.onset < end for start, end in busy):
                continue
            place = guide_tone(chart, bar, span.onset, place, low, high)
            notes.append(Note(span.onset, span.end - span.onset, place, chart.velocity(bar, -0.35, 58)))
    return notes


def guide_tone(chart: Chart, bar: Bar, tick: Tick, place: int, low: int, high: int) -> int:
    """The chord's third or seventh nearest to `place`, so that the line moves by steps."""
    chord = bar.chord_at(tick)
    wanted = [tone for tone in (third_of(chord), *tones(chord)[3:]) if tone is not None] or [tones(chord)[0]]
    choices = [near(tone, place, low, high) for tone in wanted]
    found = min(choices, key=lambda pitch: abs(pitch - place))
    return found if abs(found - place) <= 5 else near_tone(chart, tick, place, low, high)
