"""Chords in rhythm: the figures of piano and guitar."""

from __future__ import annotations

from collections.abc import Sequence

from senandung.composing.arranging.chart import STEP, Bar, Chart, Harmony
from senandung.composing.arranging.dangdut_plan import may_strike, song_pattern
from senandung.composing.arranging.player import playing
from senandung.composing.arranging.rhythms import strokes, strum
from senandung.composing.arranging.voicing import GUITAR, fifth_of, grip, lead, near
from senandung.domain.instruments import INSTRUMENTS
from senandung.domain.song import Note
from senandung.domain.style import Player


def play_keys(chart: Chart, player: Player) -> list[Note]:
    """Piano and its kin: left hand roots, right hand voice-led figures that grow with the section."""
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
            notes += _right_hand(chart, player, bar, span, voices)
            notes += _left_hand(chart, player, bar, span, alone)
    return notes


def _right_hand(chart: Chart, player: Player, bar: Bar, span: Harmony, voices: Sequence[int]) -> list[Note]:
    if player.pattern == "piano-dangdut":
        return _dangdut_keys(chart, bar, span, voices)
    if player.pattern == "piano-pop":
        name = "charleston" if bar.fullness < 0.45 else "pop-syncopated" if bar.fullness < 0.8 else "eighths"
        return block(chart, bar, span, voices, name, 60)
    if bar.fullness < 0.42:
        return broken(chart, bar, span, voices, 2, 56)
    if bar.fullness < 0.62 and bar.occurrence % 2 == 0:
        return block(chart, bar, span, voices, "quarters", 58)
    if bar.fullness < 0.62:
        return broken(chart, bar, span, voices, 2, 60)
    return block(chart, bar, span, voices, "pop-syncopated" if bar.fullness < 0.85 else "eighths", 60)


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


def _left_hand(chart: Chart, player: Player, bar: Bar, span: Harmony, alone: bool) -> list[Note]:
    low, _ = INSTRUMENTS[player.instrument].comfortable
    leaves_bass = player.pattern == "piano-dangdut" or (player.pattern == "piano-pop" and bar.fullness < 0.5)
    if leaves_bass and not alone:
        return []
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
    """Guitar: only what a hand can hold; strummed, plucked, chopped or driven."""
    notes: list[Note] = []
    acoustic = [p.track for p in chart.style.ensemble if p.instrument in ("guitar", "nylon-guitar")]
    position = 5 if player.track in acoustic[1:] else 0  # a second guitar plays higher up the neck
    for bar in playing(chart, player):
        for span in bar.harmony:
            held = grip(span.chord, GUITAR, position)
            strings = [pitch for pitch in held if pitch is not None]
            if not strings:
                continue
            if player.pattern == "guitar-strum":
                notes += _strummed(chart, bar, span, strings)
            elif player.pattern == "guitar-picking":
                full = bar.fullness >= 0.78
                notes += _strummed(chart, bar, span, strings) if full else _picked(chart, bar, span, strings)
            elif player.pattern == "guitar-arpeggio":
                full = bar.fullness >= 0.72
                notes += _strummed(chart, bar, span, strings) if full else _plucked(chart, bar, span, strings)
            elif player.pattern == "guitar-drive" or _rocks(chart, player, bar):
                notes += _driven(chart, bar, span)
            else:
                high_grip = [p for p in grip(span.chord, GUITAR, 5) if p is not None][-3:] or strings[-3:]
                notes += _chopped(chart, player, bar, span, high_grip)
    return notes


def _rocks(chart: Chart, player: Player, bar: Bar) -> bool:
    """Whether a dangdut guitar drives in eighths, as in rock-dut."""
    rock = player.pattern == "guitar-dangdut" and song_pattern(chart, bar) == "rock-dut"
    return rock and may_strike(chart, bar, 1)


def _strummed(chart: Chart, bar: Bar, span: Harmony, strings: Sequence[int]) -> list[Note]:
    name = "soft" if bar.fullness < 0.5 else "plain" if bar.fullness < 0.75 else "full"
    rows = strum(name, bar)
    notes: list[Note] = []
    inside = [(bar.onset + s * STEP, length * STEP, down) for s, length, down in rows]
    inside = [row for row in inside if span.onset <= row[0] < span.end]
    if not inside or inside[0][0] > span.onset:
        first = inside[0][0] if inside else span.end
        inside.insert(0, (span.onset, first - span.onset, True))
    for onset, length, down in inside:
        struck = strings if down else strings[-3:]
        weight = bar.metre.weight(onset - bar.onset)
        accent = (0.12 * (weight - 1.5) if down else -0.45) - 0.1
        for pitch in struck:
            notes.append(Note(onset, min(length, span.end - onset), pitch, chart.velocity(bar, accent, 56)))
    return notes


def _plucked(chart: Chart, bar: Bar, span: Harmony, strings: Sequence[int]) -> list[Note]:
    """Thumb, then the fingers over the upper strings and back, in eighths; each string rings."""
    upper = strings[1:][-3:]
    order = [strings[0], *upper, *upper[-2::-1]]
    notes: list[Note] = []
    for count, tick in enumerate(range(span.onset, span.end, 2 * STEP)):
        pitch = order[count % len(order)] if count % 8 else strings[0]
        accent = 0.1 if count % 8 == 0 else -0.15
        ring = min(span.end - tick, 8 * STEP if count % 8 == 0 else 4 * STEP)
        notes.append(Note(tick, ring, pitch, chart.velocity(bar, accent, 56)))
    return notes


def _picked(chart: Chart, bar: Bar, span: Harmony, strings: Sequence[int]) -> list[Note]:
    """Alternating thumb on the beats, fingers between them (commonly called Travis picking)."""
    basses = [strings[0], strings[1] if len(strings) > 4 else strings[0]]
    upper = strings[-3:]
    notes: list[Note] = []
    beat = bar.metre.beat_ticks
    for count, tick in enumerate(range(span.onset, span.end, beat)):
        notes.append(Note(tick, min(beat, span.end - tick), basses[count % 2], chart.velocity(bar, 0.15, 60)))
        if count % 2 == 0:
            notes.append(Note(tick, min(beat, span.end - tick), upper[-1], chart.velocity(bar, 0.0, 58)))
        later: tuple[int, ...] = (beat // 3, 2 * beat // 3) if bar.metre.is_compound else (beat // 2, beat // 4 * 3)
        if not bar.metre.is_compound and bar.fullness < 0.5 and count % 2 == 0:
            later = later[:1]
        for at, string in zip((tick + offset for offset in later), upper[count % 2 :], strict=False):
            if at < span.end:
                notes.append(Note(at, min(beat, span.end - at), string, chart.velocity(bar, -0.2, 56)))
    return notes


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


def _chopped(chart: Chart, player: Player, bar: Bar, span: Harmony, voices: Sequence[int]) -> list[Note]:
    if player.pattern == "guitar-dangdut":
        thin, full = bar.fullness < 0.42, bar.fullness >= 0.66
        name = "dangdut-chop-thin" if thin else "dangdut-chop-full" if full else "dangdut-chop"
        name = "backbeat" if song_pattern(chart, bar) == "langgam" else name
    else:
        name = "backbeat" if bar.fullness < 0.45 else "offbeats" if bar.fullness < 0.7 else "funky"
    rows = [(bar.onset + step * STEP, length * STEP, accent) for step, length, accent in strokes(name, bar)]
    found = [
        Note(onset, min(length, span.end - onset), pitch, chart.velocity(bar, accent, 58))
        for onset, length, accent in rows
        if span.onset <= onset < span.end
        for pitch in voices
    ]
    return _stopped(chart, bar, span, voices, found) if player.pattern == "guitar-dangdut" else found
