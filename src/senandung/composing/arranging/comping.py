"""Chords in rhythm: blocks and broken chords for all, keyboard and guitar of dangdut."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.dangdut_plan import may_strike, song_pattern
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.rhythms import strokes
from senandung.composing.arranging.voicing import GUITAR, fifth_of, grip, lead, near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_keys(chart: Chart, player: Player) -> list[Note]:
    """The keyboard of dangdut: voice-led chops that grow with the section; the roots too where no bass plays."""
    low, high = INSTRUMENTS[player.instrument].comfortable
    notes: list[Note] = []
    before: tuple[int, ...] = ()
    alone = not any(other.role == "bass" for other in chart.style.ensemble)
    for bar in playing(chart, player):
        count = 3 if bar.fullness < 0.75 else 4
        top = min(high, 74 if bar.fullness < 0.8 else 79, chart.ceiling(bar) + count - 3)
        bottom = max(low, min(54 if bar.fullness < 0.8 else 57, top - 14))
        for span in bar.harmony:
            voices = lead(span.chord, before, count, bottom, top)
            before = voices
            notes += _dangdut_keys(chart, bar, span, voices)
            notes += _left_hand(chart, player, bar, span) if alone else []
    return notes


def _dangdut_keys(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int]) -> list[Note]:
    """Chops on the second and fourth beat, busier with the section; in campursari's langgam broken chords."""
    pattern = song_pattern(chart, bar)
    if pattern == "langgam":
        found = broken(chart, bar, span, voices, 2, 54)
    elif pattern == "koplo" and bar.fullness >= 0.6:
        found = block(chart, bar, span, voices, "dangdut-koplo", 58)
    else:
        name = (
            "dangdut-keys-thin"
            if bar.fullness < 0.42
            else "dangdut-keys"
            if bar.fullness < 0.66
            else "dangdut-keys-full"
        )
        found = block(chart, bar, span, voices, name, 58)
    return _stopped(chart, bar, span, voices, found)


def _stopped(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int], found: list[Note]) -> list[Note]:
    """What was found, or in a bar where the band stops short strokes together with it."""
    if may_strike(chart, bar, 1):
        return found
    return [
        Note(bar.onset + step * STEP, STEP, pitch, chart.velocity(bar, 0.3, 62))
        for step in range(bar.steps)
        if may_strike(chart, bar, step) and span.onset <= bar.onset + step * STEP < span.end
        for pitch in voices
    ]


def _left_hand(chart: Chart, player: Player, bar: Bar, span: Harmony) -> list[Note]:
    low, _ = INSTRUMENTS[player.instrument].comfortable
    root = near(span.chord.bass_pitch_class, 43, max(low, 36), 52)
    velocity = chart.velocity(bar, 0.1, 58)
    length = span.end - span.onset
    notes = [Note(span.onset, length, root, velocity)]
    if bar.fullness >= 0.6 and root - 12 >= low:
        notes.append(Note(span.onset, length, root - 12, velocity - 4))
    elif bar.fullness < 0.6 and length >= 2 * bar.metre.beat_ticks:
        fifth = near(fifth_of(span.chord), root + 7, root + 1, root + 12)
        later = span.onset + bar.metre.beat_ticks * (1 if bar.metre.beats == 3 else bar.metre.beats // 2 or 1)
        if later < span.end:
            notes.append(Note(later, span.end - later, fifth, velocity - 10))
    return notes


def block(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int], rhythm: str, base: int) -> list[Note]:
    """The voicing struck whole in a rhythm; a chord that begins between strokes is struck when it begins."""
    notes: list[Note] = []
    rows = [(bar.onset + step * STEP, length * STEP, accent) for step, length, accent in strokes(rhythm, bar)]
    inside = [row for row in rows if span.onset <= row[0] < span.end]
    if not inside or (inside[0][0] > span.onset and rows[0][0] == bar.onset):
        first = inside[0][0] if inside else span.end
        inside.insert(0, (span.onset, first - span.onset, 0.1))
    for onset, length, accent in inside:
        for index, pitch in enumerate(voices):
            top = 5 if index == len(voices) - 1 else 0
            notes.append(
                Note(onset, min(length, span.end - onset), pitch, min(124, chart.velocity(bar, accent, base) + top))
            )
    return notes


def broken(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int], every: int, base: int) -> list[Note]:
    """The voicing broken upwards and back, a tone each `every` sixteenths; tones ring until the chord changes."""
    order = [*range(len(voices)), *range(len(voices) - 2, 0, -1)]
    notes: list[Note] = []
    for count, tick in enumerate(range(span.onset, span.end, every * STEP)):
        pitch = voices[order[count % len(order)]]
        weight = bar.metre.weight(tick - bar.onset)
        ring = min(span.end - tick, max(every * STEP, bar.metre.beat_ticks))
        notes.append(Note(tick, ring, pitch, chart.velocity(bar, 0.08 * (weight - 2), base)))
    return notes


def play_guitar(chart: Chart, player: Player) -> list[Note]:
    """The guitar of dangdut: chops on three strings, in rock-dut driven eighths."""
    notes: list[Note] = []
    for bar in playing(chart, player):
        for span in bar.harmony:
            strings = [pitch for pitch in grip(span.chord, GUITAR, 5) if pitch is not None]
            if strings:
                rocks = _rocks(chart, bar)
                notes += _driven(chart, bar, span) if rocks else _chopped(chart, bar, span, strings[-3:])
    return notes


def _rocks(chart: Chart, bar: Bar) -> bool:
    """Whether the guitar drives in eighths, as in rock-dut."""
    return song_pattern(chart, bar) == "rock-dut" and may_strike(chart, bar, 1)


def _driven(chart: Chart, bar: Bar, span: Harmony) -> list[Note]:
    """Root, fifth and octave in eighths: damped in the verse, open in the chorus."""
    root = near(span.chord.root.pitch_class, 43, 40, 52)
    fifth = near(fifth_of(span.chord), root + 7, root + 5, root + 9)
    shape = (root, fifth) if bar.fullness < 0.6 else (root, fifth, root + 12)
    notes: list[Note] = []
    for step, length, accent in strokes("eighths", bar):
        tick = bar.onset + step * STEP
        if span.onset <= tick < span.end:
            sounding = STEP if bar.fullness < 0.6 else length * STEP
            for pitch in shape:
                notes.append(Note(tick, min(sounding, span.end - tick), pitch, chart.velocity(bar, accent, 60)))
    return notes


def _chopped(chart: Chart, bar: Bar, span: Harmony, voices: Sequence[int]) -> list[Note]:
    thin, full = bar.fullness < 0.42, bar.fullness >= 0.66
    name = "dangdut-chop-thin" if thin else "dangdut-chop-full" if full else "dangdut-chop"
    name = "backbeat" if song_pattern(chart, bar) == "langgam" else name
    rows = [(bar.onset + step * STEP, length * STEP, accent) for step, length, accent in strokes(name, bar)]
    found = [
        Note(onset, min(length, span.end - onset), pitch, chart.velocity(bar, accent, 58))
        for onset, length, accent in rows
        if span.onset <= onset < span.end
        for pitch in voices
    ]
    return _stopped(chart, bar, span, voices, found)
