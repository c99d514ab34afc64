"""Counter-lines: answers between the sung lines, long tones under them, and the lead where nobody sings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.hook import hook_line
from senandung.composing.arranging.line import figure_line, theme_line
from senandung.composing.arranging.ornaments import ornamented
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.voicing import third_of, tones
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note, Section
from senandung.domain.style import Player
from senandung.domain.time import Tick

ORNAMENTED = ("suling-fills",)
"""Figures whose longer tones are ornamented, and whose intro is a free voorspel."""

STABBING = ("trumpet", "trombone", "electric-guitar", "saxophone")
"""Instruments that answer a full band with short tones rather than with held ones."""


def leaders(players: Sequence[Player]) -> tuple[Player, ...]:
    """The players who can lead where nobody sings: those of the melody and the counter-lines."""
    return tuple(player for player in players if player.role in ("melody", "counter"))


def register(player: Player) -> tuple[int, int]:
    """Where the player's singing lines lie: an octave and a half that sounds well."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    middle = {"flute": 77, "suling": 77, "violin": 74, "trumpet": 69, "electric-guitar": 66}.get(
        player.instrument, max(min(72, (low + high) // 2 + 4), low + 8)
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
        led: list[tuple[Tick, Tick, Section]] = []
        players = tuple(other for other in players if other.role != "melody")
        index = next((i for i, other in enumerate(players) if other.track == player.track), 0)
    else:
        led = list(turns(chart, len(players)))
    for count, (start, end, section) in enumerate(led):
        if count % max(1, len(players)) != index:
            continue
        if section.kind == "intro" and player.pattern in ORNAMENTED and section.duration > chart.bars[0].ticks:
            # The voorspel: free runs, not yet the theme.
            licks = [name for name in chart.style.licks if name != "arch"]
            notes += figure_line(chart, start, end, low, high, (low + high) // 2, rng, licks, 0.1)
        else:
            theme = hook_line(chart, section, low, high) if chart.style.staged else []
            theme = theme or theme_line(chart, section, low, high, chart.rng(f"theme {section.name}"))
            notes += [
                replace(note, duration=min(note.end, end) - note.onset) for note in theme if start <= note.onset < end
            ]
    around = (low + high) // 2
    beat = chart.sketch.plan.metre.beat_ticks
    for count, (start, end) in enumerate(chart.rests):
        if count % max(1, len(players)) != index:
            continue
        short = end - start < 2 * beat
        if short and player.pattern not in ORNAMENTED:
            continue
        onset = -(-(start if short else start + beat // 2) // STEP) * STEP if start % chart.bars[0].ticks else start
        until = min(end, onset + 2 * chart.bars[0].ticks) // STEP * STEP
        if short and until - onset >= 2 * STEP:
            notes += figure_line(chart, onset, until, low, high, around, rng, ("pickup",), -0.1)
        elif until - onset >= 4 * STEP:
            notes += figure_line(chart, onset, until, low, high, around, rng, chart.style.licks, -0.1)
    if player.pattern in ORNAMENTED:
        notes += _cadence_turns(chart, player, notes, low, high, index, len(players))
    notes += _long_tones(chart, player, notes, low, high)
    if player.pattern in ORNAMENTED:
        notes = ornamented(chart, sorted(notes), rng, 0.45)
    return notes


def _cadence_turns(
    chart: Chart, player: Player, taken: Sequence[Note], low: int, high: int, index: int, count: int
) -> list[Note]:
    """Soft figures over the second half of every fourth bar, where the sung lines end without a rest."""
    busy = [(note.onset, note.end) for note in taken]
    rng = chart.rng(f"{player.track} turns")
    notes: list[Note] = []
    for bar in chart.bars:
        if not bar.sung or bar.place % 4 != 3 or (bar.place // 4 + bar.section_index) % max(1, count) != index:
            continue
        onset = bar.onset + bar.steps // 2 // bar.beat_steps * bar.beat_steps * STEP
        if onset >= bar.end or any(start < bar.end and onset < end for start, end in busy):
            continue
        around = (low + high) // 2
        notes += figure_line(chart, onset, bar.end, low, high, around, rng, ("pickup", *chart.style.licks), -0.2)
    return notes


def turns(chart: Chart, count: int) -> Iterator[tuple[Tick, Tick, Section]]:
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
    """Guide tones held where the player would rest, in sections full enough.

    Two such players take turns every two bars; in the fullest sections both play, the second a chord tone lower.
    """
    busy = [(note.onset, note.end) for note in taken]
    others = [p for p in chart.style.ensemble if p.role == "counter" and p.pattern != "quartet"]
    index = next((i for i, other in enumerate(others) if other.track == player.track), 0)
    thin = not any(other.role in ("chords", "pad") for other in chart.style.ensemble)
    idiom = player.pattern in ORNAMENTED
    notes: list[Note] = []
    before = place = (low + high) // 2 - 2 - 4 * index
    for bar in playing(chart, player):
        least = 0.0 if thin else 0.4 if idiom else 0.5
        if bar.fullness < max(least, player.enters):
            continue
        if idiom and bar.sung and bar.place % 4 in (0, 3):
            continue
        if len(others) > 1 and bar.fullness < 0.75 and (bar.place // 2 + bar.section_index) % len(others) != index:
            continue
        for span in bar.harmony:
            if any(start < span.end and span.onset < end for start, end in busy):
                continue
            sung = chart.melody_in(span.onset, span.end) if bar.sung else ()
            before, place = place, guide_tone(bar, span.onset, place, before, low, high, first=index == 0, sung=sung)
            if player.instrument in STABBING:
                notes += _stabs(chart, bar, span, place)
            else:
                notes.append(Note(span.onset, span.end - span.onset, place, chart.velocity(bar, -0.35, 58)))
    return notes


def _stabs(chart: Chart, bar: Bar, span: Harmony, pitch: int) -> list[Note]:
    """Short pushed tones: on the half bar, and in every second bar an off-beat before it."""
    beat = bar.beat_steps
    half = bar.steps // 2 // beat * beat or beat
    rows: tuple[tuple[int, int, float], ...] = (
        (half - max(1, beat // 2), max(1, beat // 2), 0.1),
        (half, max(2, beat - 1), 0.2),
    )
    rows = rows if bar.place % 2 else rows[1:]
    ticks = [(bar.onset + step * STEP, length * STEP, accent) for step, length, accent in rows]
    return [
        Note(tick, min(length, span.end - tick), pitch, chart.velocity(bar, accent, 60))
        for tick, length, accent in ticks
        if span.onset <= tick < span.end
    ]


def guide_tone(
    bar: Bar, tick: Tick, place: int, before: int, low: int, high: int, *, first: bool, sung: Sequence[Note] = ()
) -> int:
    """A chord tone near `place`, the third or the seventh where it is as near; held to the middle of the range.

    The line moves where it can, and not to and fro between `place` and the tone `before` it. `first` is False for a
    second player, who takes the other tones. Where `sung` notes sound, the tone keeps clear of them: no unison, no
    second, and thirds and sixths beside them rather than crossings.
    """
    chord = bar.chord_at(tick)
    guides = {third_of(chord), *tones(chord)[3:]}
    middle = (low + high) // 2 - (2 if first else 6)
    length = max(sum(note.duration for note in sung), 1)

    def cost(pitch: int) -> tuple[float, int]:
        value = abs(pitch - place) + 0.25 * abs(pitch - middle)
        value += 3.5 if pitch == place else 1.0 if pitch == before else 0.0
        value -= 1.5 if (pitch % 12 in guides) == first else 0.0
        return value + sum(note.duration * _nearness(pitch - note.pitch) for note in sung) / length, pitch

    return min((p for p in range(low, high + 1) if p % 12 in tones(chord)), key=cost)


def _nearness(semitones: int) -> float:
    """What it costs a long tone to sound so far above (or below) a sung one: it hides in unisons, rubs in seconds."""
    distance = abs(semitones)
    return 7.0 if distance in (0, 1) else 6.0 if distance == 2 else 2.0 if distance in (11, 13, 14) else 0.0
